//! Packed audio (RFC 8216 section 3.4): frames with an ID3 tag before them that says when they belong.

use super::id3;
use super::mpeg_audio::Header;

/// Owner of the tag's timestamp.
const OWNER: &[u8] = b"com.apple.streaming.transportStreamTimestamp\0";

/// The segment without its leading ID3 tags, and its timestamp (90 kHz, 33 bits) if they hold one.
pub(super) fn strip_tags(segment: &[u8]) -> (Option<u64>, &[u8]) {
    let (mut timestamp, mut rest) = (None, segment);
    while let Some((tag, behind)) = id3::split(rest) {
        timestamp =
            timestamp.or_else(|| tag.frames().find_map(|(name, content)| read_timestamp(name, content)));
        rest = behind;
    }
    (timestamp, rest)
}

/// Frames of MPEG audio without the one that tells of a file, as of how many frames there are: a segment is no file.
pub(super) fn without_index(frames: &[u8]) -> &[u8] {
    let index =
        Header::read(frames).filter(|header| header.tag(frames, &[b"Xing", b"Info", b"VBRI"]).is_some());
    let length = index.and_then(|header| usize::try_from(header.length()).ok());
    length.and_then(|length| frames.get(length..)).unwrap_or(frames)
}

fn read_timestamp(name: &[u8], content: &[u8]) -> Option<u64> {
    let value = content.strip_prefix(OWNER).filter(|_| name == b"PRIV")?;
    // 31 bits of zero stand before the 33 bits of the time.
    Some(u64::from_be_bytes(*value.first_chunk::<8>()?) & ((1 << 33) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The tag as Apple's tools write it: ID3v2.4, one PRIV frame of 53 bytes.
    fn tag(time: u64) -> Vec<u8> {
        let mut tag = b"ID3\x04\x00\x00\x00\x00\x00\x3fPRIV\x00\x00\x00\x35\x00\x00".to_vec();
        tag.extend_from_slice(OWNER);
        tag.extend_from_slice(&time.to_be_bytes());
        tag
    }

    fn check(segment: &[u8], timestamp: Option<u64>, rest: &[u8]) {
        assert_eq!(strip_tags(segment), (timestamp, rest));
    }

    #[test]
    fn the_time_is_read_and_the_frames_stay() {
        let frames = b"\xff\xf1\x50\x80";
        check(frames, None, frames);
        check(&[&tag(900_000), &frames[..]].concat(), Some(900_000), frames);
        check(&[&tag((1 << 33) - 1), &tag(5), &frames[..]].concat(), Some((1 << 33) - 1), frames);
        check(b"ID3\x04\x00\x10\x00\x00\x00\x00FOOTER____\xff\xf1", None, b"\xff\xf1");
        check(b"ID3\x04\x00\x00\x7f\x7f\x7f\x7fPRIV", None, b"");
    }

    #[test]
    fn a_frame_that_tells_of_a_file_is_left_out() {
        let frame = |tag: &[u8], place: usize| {
            let mut frame = b"\xff\xfb\x90\x64".to_vec();
            frame.resize(417, 0);
            frame[place..place + tag.len()].copy_from_slice(tag);
            frame
        };
        let sound = frame(b"", 36);
        for tag in [b"Info", b"Xing", b"VBRI"] {
            let segment = [frame(tag, 36), sound.clone()].concat();
            assert_eq!(without_index(&segment), sound);
        }
        let elsewhere = frame(b"Info", 100);
        for segment in [&sound[..], &elsewhere, &frame(b"Info", 36)[..200], b"", b"\xff\xf1\x50\x80"] {
            assert_eq!(without_index(segment), segment);
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(mut bytes in prop::collection::vec(any::<u8>(), 0..200), flip in any::<prop::sample::Index>()) {
            strip_tags(&bytes);
            let mut tagged = tag(7);
            tagged.append(&mut bytes);
            let at = flip.index(tagged.len());
            tagged[at] ^= 0x55;
            let (_, rest) = strip_tags(&tagged);
            prop_assert!(tagged.ends_with(rest));
        }
    }
}
