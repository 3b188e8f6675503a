//! ID3v2 tags, as streams carry them: times before packed audio, and what plays (the ID3 standard, versions 2.3 and 2.4).

use crate::model::CleanText;

/// One tag, without its header.
pub(super) struct Tag<'a> {
    version: u8,
    body: &'a [u8],
}

/// The tag that `bytes` begin with, and what follows it.
pub(super) fn split(bytes: &[u8]) -> Option<(Tag<'_>, &[u8])> {
    let [b'I', b'D', b'3', version, _, flags, a, b, c, d, rest @ ..] = bytes else { return None };
    let length = syncsafe([*a, *b, *c, *d])?;
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    // A tag that is longer than the segment leaves no frames.
    let mut body = rest.get(..length).unwrap_or(rest);
    if flags & 0x40 != 0 {
        let size = *body.first_chunk::<4>()?;
        // Version 2.3 does not count the four bytes of the size itself.
        let extension = if *version >= 4 { syncsafe(size) } else { plain(size).map(|size| size + 4) };
        body = body.get(extension?..).unwrap_or_default();
    }
    Some((Tag { version: *version, body }, rest.get(length + footer..).unwrap_or_default()))
}

impl<'a> Tag<'a> {
    /// The frames, each with its name and content.
    pub(super) fn frames(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let (version, mut body) = (self.version, self.body);
        std::iter::from_fn(move || {
            let (head, rest) = body.split_first_chunk::<10>()?;
            let [name @ .., a, b, c, d, _, _] = head;
            if name[0] == 0 {
                return None; // padding
            }
            let size = [*a, *b, *c, *d];
            let length = if version >= 4 { syncsafe(size)? } else { plain(size)? };
            let (content, behind) = rest.split_at_checked(length)?;
            let name = body.get(..4)?;
            body = behind;
            Some((name, content))
        })
    }

    /// What plays, as a station would write it: the artist, if there is one, and the title.
    fn title(&self) -> Option<CleanText> {
        let (mut title, mut artist) = (None, None);
        for (name, content) in self.frames() {
            match name {
                b"TIT2" => title = text(content).into_iter().next(),
                b"TPE1" => artist = text(content).into_iter().next(),
                b"TXXX" => match text(content).as_slice() {
                    [about, told, ..] if about.eq_ignore_ascii_case("StreamTitle") => {
                        return Some(CleanText::new(told.trim()));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        let known = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Some(match (known(artist), title) {
            (Some(artist), Some(title)) => CleanText::new(format!("{} - {}", artist.trim(), title.trim())),
            (_, title) => CleanText::new(title?.trim()),
        })
    }
}

/// What plays, by the last of the tags that `bytes` begin with that says so.
pub(super) fn title(mut bytes: &[u8]) -> Option<CleanText> {
    let mut newest = None;
    while let Some((tag, behind)) = split(bytes) {
        newest = tag.title().or(newest);
        bytes = behind;
    }
    newest
}

/// The texts of a text frame: the first byte says how they are written, zeros stand between them.
fn text(content: &[u8]) -> Vec<String> {
    let Some((encoding, bytes)) = content.split_first() else { return Vec::new() };
    let wide = |bytes: &[u8], is_little: bool| {
        let units: Vec<u16> = bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|two| if is_little { u16::from_le_bytes(*two) } else { u16::from_be_bytes(*two) })
            .collect();
        String::from_utf16_lossy(&units).replace(['\u{feff}', '\u{fffe}'], "")
    };
    let all = match (encoding, bytes) {
        (0, _) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        (1, [0xff, 0xfe, ..]) => wide(bytes, true),
        (1 | 2, _) => wide(bytes, false),
        (3, _) => String::from_utf8_lossy(bytes).into_owned(),
        _ => return Vec::new(),
    };
    all.split('\0').map(str::to_owned).collect()
}

fn plain(size: [u8; 4]) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(size)).ok()
}

/// Four bytes of seven bits each.
fn syncsafe(bytes: [u8; 4]) -> Option<usize> {
    bytes.iter().try_fold(0, |sum, byte| (byte & 0x80 == 0).then(|| sum << 7 | usize::from(*byte)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tag(version: u8, frames: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, content) in frames {
            body.extend_from_slice(*name);
            body.extend([0, 0, 0, u8::try_from(content.len()).unwrap(), 0, 0]);
            body.extend_from_slice(content);
        }
        let mut tag = vec![b'I', b'D', b'3', version, 0, 0, 0, 0, 0, u8::try_from(body.len()).unwrap()];
        tag.append(&mut body);
        tag
    }

    #[test]
    fn what_plays_is_read_however_it_is_written() {
        let check = |frames: &[(&[u8; 4], &[u8])], expected: Option<&str>| {
            for version in [3, 4] {
                let found = title(&tag(version, frames));
                assert_eq!(found.as_ref().map(CleanText::as_str), expected, "2.{version}: {frames:?}");
            }
        };
        check(&[(b"TIT2", b"\x03Night Ferry")], Some("Night Ferry"));
        check(
            &[(b"TPE1", b"\x03Ada Cole\0"), (b"TIT2", b"\x03Night Ferry\0")],
            Some("Ada Cole - Night Ferry"),
        );
        check(&[(b"TIT2", b"\x00Zo\xeb"), (b"TPE1", b"\x00")], Some("Zo\u{eb}"));
        check(&[(b"TIT2", b"\x01\xff\xfeZ\0o\0\xeb\0")], Some("Zo\u{eb}"));
        check(&[(b"TIT2", b"\x01\xfe\xff\0Z\0o\0\xeb")], Some("Zo\u{eb}"));
        check(&[(b"TIT2", b"\x02\0Z\0o\0\xeb")], Some("Zo\u{eb}"));
        check(
            &[(b"TXXX", b"\x03StreamTitle\0Ada Cole - Live"), (b"TIT2", b"\x03no")],
            Some("Ada Cole - Live"),
        );
        check(&[(b"TXXX", b"\x03adId\0x"), (b"TIT2", b"\x03\x1b[2Jred")], Some("[2Jred"));
        check(&[(b"TPE1", b"\x03Ada Cole")], None);
        check(&[(b"PRIV", b"owner\0x")], None);
        check(&[(b"TIT2", b"\x09x")], None);
        check(&[(b"TIT2", b"")], None);
        let two = [tag(4, &[(b"TIT2", b"\x03one")]), tag(4, &[(b"TIT2", b"\x03two")])].concat();
        assert_eq!(title(&two).unwrap().as_str(), "two");
    }

    #[test]
    fn an_extended_header_is_passed_over() {
        for (version, extension) in [(3, &[0, 0, 0, 6, 0, 0, 0, 0, 0, 0][..]), (4, &[0, 0, 0, 6, 1, 0])] {
            let mut bytes = tag(version, &[(b"TIT2", b"\x03one")]);
            bytes.splice(10..10, extension.iter().copied());
            bytes[9] += u8::try_from(extension.len()).unwrap();
            bytes[5] = 0x40;
            assert_eq!(title(&bytes).unwrap().as_str(), "one", "2.{version}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6)) {
            title(&bytes);
            let mut tagged = tag(4, &[(b"TIT2", b"\x01\xff\xfeZ\0o\0"), (b"TXXX", b"\x03StreamTitle\0x")]);
            for (at, value) in flips {
                let at = at.index(tagged.len());
                tagged[at] = value;
            }
            title(&tagged);
        }
    }
}
