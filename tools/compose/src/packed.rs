//! Cuts an AAC stream into packed-audio segments for HTTP Live Streaming.
//!
//! Packed audio is plain ADTS. Having no container, each segment says when it starts in an
//! ID3v2 tag at its front, as RFC 8216 section 3.4 asks: a `PRIV` frame owned by
//! `com.apple.streaming.transportStreamTimestamp` with the time in 1/90000 s.

use std::fs;
use std::io;
use std::path::Path;

const OWNER: &[u8] = b"com.apple.streaming.transportStreamTimestamp\0";
const SAMPLES: u64 = 1024;
const RATES: [u64; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// Cuts `stream` (ADTS) into segments of about `target` seconds; writes them and `index.m3u8`.
pub fn segment(stream: &Path, folder: &Path, target: f64) -> io::Result<()> {
    let bytes = fs::read(stream)?;
    fs::create_dir_all(folder)?;
    let mut rest = bytes.as_slice();
    let (_, rate) = header(rest)?;
    let per_segment = (target * rate as f64 / SAMPLES as f64).round().max(1.0) as u64;

    let mut entries = String::new();
    let mut longest = 0.0_f64;
    let mut first = 0;
    let mut number = 0;
    while !rest.is_empty() {
        let mut count = 0;
        let mut end = 0;
        while count < per_segment && end < rest.len() {
            end += header(&rest[end..])?.0;
            count += 1;
        }
        let audio = rest.get(..end).ok_or_else(|| io::Error::other("the last frame is cut short"))?;
        rest = &rest[end..];
        let name = format!("seg{number:03}.aac");
        let mut segment = tag(first * SAMPLES * 90_000 / rate);
        segment.extend(audio);
        fs::write(folder.join(&name), segment)?;
        let length = (count * SAMPLES) as f64 / rate as f64;
        entries.push_str(&format!("#EXTINF:{length:.6},\n{name}\n"));
        longest = longest.max(length);
        first += count;
        number += 1;
    }
    let playlist = format!(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-PLAYLIST-TYPE:VOD\n{entries}#EXT-X-ENDLIST\n",
        longest.round()
    );
    fs::write(folder.join("index.m3u8"), playlist)
}

/// The length in bytes of the ADTS frame at the start of `bytes`, and its sample rate.
fn header(bytes: &[u8]) -> io::Result<(usize, u64)> {
    let wrong = || io::Error::other("this is not an ADTS stream");
    let head: &[u8; 6] = bytes.first_chunk().ok_or_else(wrong)?;
    if head[0] != 0xff || head[1] & 0xf6 != 0xf0 {
        return Err(wrong());
    }
    let rate = RATES.get(usize::from(head[2] >> 2 & 15)).ok_or_else(wrong)?;
    let length = usize::from(head[3] & 3) << 11 | usize::from(head[4]) << 3 | usize::from(head[5] >> 5);
    if length < 7 {
        return Err(wrong());
    }
    Ok((length, *rate))
}

/// The ID3v2.4 tag that says a segment starts at `time` (of which 33 bits count).
fn tag(time: u64) -> Vec<u8> {
    let body = OWNER.len() + 8;
    let mut bytes = Vec::from(*b"ID3\x04\0\0");
    bytes.extend(synchsafe(body + 10));
    bytes.extend(b"PRIV");
    bytes.extend(synchsafe(body));
    bytes.extend([0, 0]);
    bytes.extend(OWNER);
    bytes.extend((time & 0x1_ffff_ffff).to_be_bytes());
    bytes
}

/// A size in four bytes of seven bits each.
fn synchsafe(size: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (size >> shift & 0x7f) as u8)
}
