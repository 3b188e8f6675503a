//! Where a frame lies in an MP3 file of constant bit rate, so that a far seek need not read all that
//! comes before: a stream over the network would have to fetch it.

use symphonia::core::io::MediaSource as _;

use super::source::Source;
use crate::audio::error::DecodeError;
pub(super) use crate::stream::hls::MpegHeader as Header;

/// How far a frame may lie from where the arithmetic puts it: encoders round each frame to a byte.
const SLACK: u64 = 3;

/// Bytes to look at around a frame: the slack, the longest frame and the next one's header.
const WINDOW: u64 = 2 * SLACK + 1441 + 4;

/// The layout of a file of constant bit rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mp3Map {
    /// Whether no tag of the encoder says anything, and the layout was found by looking.
    pub(super) is_bare: bool,
    /// Where the first frame of sound lies.
    first: u64,
    /// Its header, which all others resemble.
    header: Header,
}

impl Mp3Map {
    /// Reads the layout; `None` unless the encoder's tag says that the bit rate is constant, or there is no tag and
    /// frames lie where they would if it was.
    pub(super) fn read(source: &Source) -> Result<Option<Self>, DecodeError> {
        let start = id3_length(&source.window(0, 10)?);
        let head = source.window(start, WINDOW)?;
        let Some(tag) = Header::read(&head) else { return Ok(None) };
        if tag.tag(&head, &[b"Info", b"Xing", b"VBRI"]).is_none() {
            let bare = Self { is_bare: true, first: start, header: tag };
            return Ok(bare.holds_throughout(source)?.then_some(bare));
        }
        if tag.tag(&head, &[b"Info"]).is_none() {
            return Ok(None);
        }
        let first = start + tag.length();
        let header = Header::read(&source.window(first, 4)?);
        Ok(header.filter(|header| header.samples == tag.samples).map(|header| Self {
            is_bare: false,
            first,
            header,
        }))
    }

    /// Whether there are frames where they should be at the beginning and in the middle of the file: a look at the
    /// middle is a request, and what is sought is looked at as well.
    fn holds_throughout(&self, source: &Source) -> Result<bool, DecodeError> {
        let Header { samples, bitrate, sample_rate, .. } = self.header;
        let Some(bytes) = source.byte_len().and_then(|length| length.checked_sub(self.first)) else {
            return Ok(false);
        };
        let packets = bytes.saturating_mul(sample_rate) / (samples / 8 * bitrate);
        for packet in [1, 2, 3, 5, 8, 13, 21, packets / 2] {
            if self.find(packet, source)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The number of the packet that holds `frame`, counted from the first frame of sound with the
    /// encoder's delay.
    pub(super) fn packet_of(&self, frame: u64) -> u64 {
        frame / self.header.samples
    }

    /// The first frame of a packet.
    pub(super) fn frame_of(&self, packet: u64) -> u64 {
        packet * self.header.samples
    }

    /// Where a packet begins; `None` when no packet is found where it should be.
    pub(super) fn find(&self, packet: u64, source: &Source) -> Result<Option<u64>, DecodeError> {
        let Header { samples, bitrate, sample_rate, .. } = self.header;
        let start = self.first + packet.saturating_mul(samples / 8 * bitrate) / sample_rate;
        let from = start.saturating_sub(SLACK).max(self.first);
        let there = source.window(from, WINDOW)?;
        let mut offsets = (0..=2 * SLACK).filter(|&offset| {
            let follows = |at: u64| Header::read(there.get(usize::try_from(at).ok()?..)?);
            let like = |header: &Header| header.is_like(&self.header);
            let Some(header) = follows(offset).filter(like) else { return false };
            follows(offset + header.length()).is_some_and(|next| like(&next))
        });
        // Two candidates would leave it open which frame it is.
        let found = offsets.next().filter(|_| offsets.next().is_none());
        Ok(found.map(|offset| from + offset))
    }
}

/// Length of the ID3v2 tag at the beginning of a file, zero without one (ID3v2.4 section 3.1).
pub(super) fn id3_length(head: &[u8]) -> u64 {
    match head {
        [b'I', b'D', b'3', _, _, flags, size @ ..] => {
            let content = size.iter().take(4).fold(0, |sum, &byte| sum << 7 | u64::from(byte & 0x7F));
            content + if flags & 0x10 == 0 { 10 } else { 20 }
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::fixture::{Bytes, SIGNAL, ffmpeg_make, run};
    use super::*;

    fn source(bytes: Vec<u8>) -> Source {
        Source::new(Box::new(Bytes::new(bytes, true)))
    }

    /// Where ffprobe sees the packets.
    fn packets(path: &Path) -> Vec<u64> {
        let wanted = ["-select_streams", "a:0", "-show_entries", "packet=pos", "-of", "csv=p=0"];
        let printed = run("ffprobe", &[&wanted[..], &[path.to_str().unwrap()]].concat());
        let printed = String::from_utf8(printed).unwrap();
        printed.lines().filter_map(|line| line.trim_end_matches(',').parse().ok()).collect()
    }

    #[test]
    fn packets_lie_where_ffprobe_sees_them() {
        let folder = tempfile::tempdir().unwrap();
        let check = |name: &str, options: &str, is_constant: bool| {
            let (path, bytes) = ffmpeg_make(folder.path(), name, &format!("{SIGNAL} {options}"));
            let source = source(bytes);
            let Some(map) = Mp3Map::read(&source).unwrap() else {
                assert!(!is_constant, "{name}");
                return;
            };
            assert!(is_constant, "{name}");
            let packets = packets(&path);
            assert!(packets.len() > 100, "{name}: {}", packets.len());
            for (number, &place) in packets.iter().enumerate().take(packets.len() - 1) {
                assert_eq!(map.find(number as u64, &source).unwrap(), Some(place), "{name} {number}");
            }
            assert_eq!(map.find(1_000_000, &source).unwrap(), None);
        };
        check("128.mp3", "-c:a libmp3lame -b:a 128k -metadata title=A", true);
        check("320.mp3", "-c:a libmp3lame -b:a 320k -ar 48000", true);
        check("mono.mp3", "-c:a libmp3lame -b:a 48k -ar 22050 -ac 1", true);
        check("vbr.mp3", "-c:a libmp3lame -q:a 3", false);
        check("bare.mp3", "-c:a libmp3lame -b:a 128k -write_xing 0", true);
        check("bare320.mp3", "-c:a libmp3lame -b:a 320k -write_xing 0 -id3v2_version 0", true);
        check("bare_vbr.mp3", "-c:a libmp3lame -q:a 3 -write_xing 0", false);
        check("not.flac", "-c:a flac", false);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(mut bytes in proptest::collection::vec(any::<u8>(), 0..2000), packet: u64) {
            let map = Mp3Map { is_bare: false, first: 0, header: Header::read(&[0xFF, 0xFB, 0x90, 0]).unwrap() };
            map.find(packet % (1 << 40), &source(bytes.clone())).unwrap();
            Mp3Map::read(&source(bytes.clone())).unwrap();
            if bytes.len() > 44 {
                bytes[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0]);
                bytes[36..40].copy_from_slice(b"Info");
                Mp3Map::read(&source(bytes)).unwrap();
            }
        }
    }
}
