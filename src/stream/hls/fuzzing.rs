//! What the fuzz targets call: what comes from strangers, and what has to hold whatever it is. A broken
//! promise is a panic here.

use cbc::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use url::Url;

use crate::config::VariantChoice;
use crate::model::is_web_address;

use super::mpegts::Demuxer;
use super::packed::strip_tags;
use super::playlist::{MAX_SEGMENTS, MAX_VARIANTS, MasterPlaylist, MediaPlaylist, Playlist, Variables};
use super::segment::Unpacker;
use super::{beginning, fmp4, key, ladder, parse, parse_within, playlist, variant};

/// A playlist from the web.
pub fn playlist(text: &[u8]) {
    let Ok(base) = Url::parse("https://cdn.example.net/a/list.m3u8?token=1") else { return };
    match parse(text, &base) {
        Ok(Playlist::Master(master)) => master_holds(&master, &base),
        Ok(Playlist::Media(media)) => media_holds(&media, &base),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let _ = playlist::summarise(text, &base);
}

fn master_holds(master: &MasterPlaylist, base: &Url) {
    assert!(master.variants.len() <= MAX_VARIANTS && master.renditions.len() <= MAX_VARIANTS);
    for choice in [VariantChoice::Auto, VariantChoice::Highest, VariantChoice::Saver] {
        for address in variant::candidates(master, choice).into_iter().take(3) {
            is_web(&address);
            let rungs = variant::ladder(master, &address).rates();
            assert!(rungs.len() <= MAX_VARIANTS);
        }
    }
    let _ = key::refusal(&master.session_keys);
    let importing = b"#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"a\"\n#EXTINF:1,\n{$a}\n";
    let _ = parse_within(importing, base, &master.variables);
}

fn media_holds(media: &MediaPlaylist, base: &Url) {
    assert!(media.segments.len() <= MAX_SEGMENTS);
    assert!(media.total_seconds().is_finite() && media.total_seconds() >= 0.0);
    for segment in &media.segments {
        assert!((0.0..=playlist::MAX_SEGMENT_SECONDS).contains(&segment.duration));
        segment.resolved.iter().for_each(is_web);
        if let Some(range) = segment.byterange {
            assert!(range.offset.checked_add(range.length).is_some());
        }
        if let Some(key) = &segment.key {
            key.resolved.iter().for_each(|url| assert_eq!(url.scheme(), base.scheme()));
        }
    }
    if media.segments.is_empty() {
        return;
    }
    let first = beginning(media);
    assert!(first.index < media.segments.len() && first.position.is_finite() && first.position >= 0.0);
    assert!(first.left_out >= 0.0 && first.left_out <= playlist::MAX_SEGMENT_SECONDS, "{first:?}");
    let _ = ladder::same_place(media, first.index, media);
}

fn is_web(url: &Url) {
    assert!(matches!(url.scheme(), "http" | "https"), "{}", url.scheme());
}

/// A segment of a transport stream: read in pieces it gives what it gives read whole.
pub fn transport_stream(segment: &[u8]) {
    let demux = |pieces: &mut dyn Iterator<Item = &[u8]>| {
        let (mut demuxer, mut out) = (Demuxer::default(), Vec::new());
        for piece in pieces {
            demuxer.push(piece, &mut out);
        }
        demuxer.end_segment(&mut out);
        let about = (demuxer.codec(), demuxer.unsupported(), demuxer.take_title());
        (out, about, demuxer.take_times())
    };
    let whole = demux(&mut std::iter::once(segment));
    assert!(whole.0.len() <= segment.len());
    let size = usize::from(segment.last().copied().unwrap_or(0)) + 1;
    assert_eq!(demux(&mut segment.chunks(size)), whole);
}

/// Two segments, one after the other, of whatever kind.
pub fn packed_audio(bytes: &[u8]) {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    for change in [false, true] {
        let mut unpacker = Unpacker::default();
        for segment in [bytes, first, second, bytes] {
            let Ok(piece) = unpacker.unpack(segment.to_vec()) else { continue };
            assert!(piece.bytes.len() <= segment.len() && !piece.bytes.is_empty());
            if let Some(coding) = piece.kind.coding()
                && let Some(run) = coding.whole_frames(&piece.bytes)
            {
                assert!(run.samples > 0 && run.samples <= 586 * piece.bytes.len() as u64);
                assert_eq!(coding.place_of_frame(&piece.bytes, 0), Some(0));
                assert!(coding.last_frames(&piece.bytes, 3) < piece.bytes.len());
            }
            if change {
                unpacker.change_source();
            }
        }
    }
    assert!(fmp4::is_alike(first, first));
    assert_eq!(fmp4::is_alike(first, second), fmp4::is_alike(second, first));
}

/// The tags before packed audio.
pub fn timestamps(segment: &[u8]) {
    let (time, frames) = strip_tags(segment);
    assert!(segment.ends_with(frames) && time.is_none_or(|time| time < 1 << 33));
    // Nothing is left of the tags, and nothing but tags was taken.
    assert_eq!(strip_tags(frames), (None, frames));
    let framed = [segment, b"\xff\xf1\x50\x80"].concat();
    let _ = Unpacker::default().unpack(framed);
}

/// A key's attributes in the first line, then the key and what it is to decipher.
pub fn keys(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (attributes, rest) = bytes.split_at(end);
    let rest = rest.get(1..).unwrap_or_default();
    let Ok(base) = Url::parse("https://cdn.example.net/a/list.m3u8") else { return };
    let list = [
        &b"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-KEY:"[..],
        attributes,
        b"\n#EXTINF:6,\na.ts\n#EXT-X-ENDLIST\n",
    ]
    .concat();
    let mut vector = [7; 16];
    if let Ok(Playlist::Media(media)) = parse_within(&list, &base, &Variables::default()) {
        for key in media.segments.iter().filter_map(|segment| segment.key.as_deref()) {
            let _ = key::refusal(std::slice::from_ref(key));
            vector = key.initialisation_vector().unwrap_or(vector);
            // Whether it may leave an encrypted connection is for the fetching to say.
            assert!(key.resolved.iter().all(is_web_address));
        }
    }
    let Some((secret, sealed)) = rest.split_first_chunk::<16>() else { return };
    let Some(opened) = key::decrypt(secret, &vector, sealed.to_vec()) else { return };
    assert!(opened.len() < sealed.len());
    let cipher = cbc::Encryptor::<aes::Aes128>::new(secret.into(), (&vector).into());
    assert_eq!(cipher.encrypt_padded_vec::<Pkcs7>(&opened), sealed);
}

/// What an answer says of its range, and a note of the cache.
pub fn headers(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = crate::stream::http::range_of(&text);
    for total in [0, 10, u64::MAX] {
        let Some(ranges) = crate::stream::kept::Ranges::parse(&text, total) else { continue };
        assert!(ranges.end_of(0).is_none_or(|end| end > 0 && end <= total));
        assert_eq!(crate::stream::kept::Ranges::parse(&ranges.to_string(), total), Some(ranges));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Every seed, and every input that once broke something, is an input of the test.
    fn replay(target: &str, run: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            run(&std::fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 3, "{target}: {count} seeds");
    }

    #[test]
    fn seeds_hold() {
        replay("playlist", super::playlist);
        replay("transport_stream", super::transport_stream);
        replay("packed_audio", super::packed_audio);
        replay("timestamps", super::timestamps);
        replay("keys", super::keys);
        replay("headers", super::headers);
    }
}
