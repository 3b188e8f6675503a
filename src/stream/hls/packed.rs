//! Packed audio (RFC 8216 section 3.4): frames with an ID3 tag before them that says when they belong.

/// Owner of the tag's timestamp.
const OWNER: &[u8] = b"com.apple.streaming.transportStreamTimestamp\0";

/// The segment without its leading ID3 tags, and its timestamp (90 kHz, 33 bits) if they hold one.
pub(super) fn strip_tags(segment: &[u8]) -> (Option<u64>, &[u8]) {
    let (mut timestamp, mut rest) = (None, segment);
    while let Some((version, body, behind)) = split_tag(rest) {
        timestamp = timestamp.or_else(|| read_timestamp(version, body));
        rest = behind;
    }
    (timestamp, rest)
}

/// Version, body and what follows of an ID3v2 tag at the start.
fn split_tag(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [b'I', b'D', b'3', version, _, flags, a, b, c, d, rest @ ..] = bytes else { return None };
    let length = syncsafe([*a, *b, *c, *d])?;
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    // A tag that is longer than the segment leaves no frames.
    let body = rest.get(..length).unwrap_or(rest);
    Some((*version, body, rest.get(length + footer..).unwrap_or_default()))
}

fn read_timestamp(version: u8, mut body: &[u8]) -> Option<u64> {
    loop {
        let [name @ .., a, b, c, d, _, _] = body.first_chunk::<10>()?;
        if name[0] == 0 {
            return None; // padding
        }
        let size = [*a, *b, *c, *d];
        let length =
            if version >= 4 { syncsafe(size)? } else { usize::try_from(u32::from_be_bytes(size)).ok()? };
        let content = body.get(10..)?.get(..length)?;
        if name == b"PRIV"
            && let Some(value) = content.strip_prefix(OWNER)
        {
            // 31 bits of zero stand before the 33 bits of the time.
            return Some(u64::from_be_bytes(*value.first_chunk::<8>()?) & ((1 << 33) - 1));
        }
        body = body.get(10 + length..)?;
    }
}

/// Four bytes of seven bits each.
fn syncsafe(bytes: [u8; 4]) -> Option<usize> {
    bytes.iter().try_fold(0, |sum, byte| (byte & 0x80 == 0).then(|| sum << 7 | usize::from(*byte)))
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
