//! What a copy is, by its bytes alone: the extension that it gets is never the server's choice.

/// Bytes that suffice to tell.
pub(super) const HEAD_BYTES: usize = 4096;

/// The extension that bytes of this kind get, from a fixed list; `None` when they are nothing that is known.
pub(super) fn extension(head: &[u8]) -> Option<&'static str> {
    let sound = behind_tag(head);
    let at = |place: usize, name: &[u8]| sound.get(place..).is_some_and(|rest| rest.starts_with(name));
    Some(match sound {
        _ if at(0, b"fLaC") => "flac",
        _ if at(4, b"ftyp") => "m4a",
        _ if at(0, b"OggS") => ogg(sound),
        _ if at(0, b"RIFF") && at(8, b"WAVE") || at(0, b"RF64") => "wav",
        _ if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) => "aiff",
        _ if at(0, b"caff") => "caf",
        _ if at(0, b"wvpk") => "wv",
        _ if at(0, b"MAC ") => "ape",
        _ if at(0, &[0x1a, 0x45, 0xdf, 0xa3]) => "mka",
        [0xff, second, ..] if second & 0xf6 == 0xf0 => "aac",
        [0xff, second, ..] if second & 0xe0 == 0xe0 => "mp3",
        // The tag may be longer than what was read, and some files have padding behind it.
        _ if head.starts_with(b"ID3") => "mp3",
        _ => return None,
    })
}

/// What stands behind a leading ID3v2 tag.
fn behind_tag(head: &[u8]) -> &[u8] {
    let [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] = head else { return head };
    let length = [a, b, c, d].iter().fold(0, |length, byte| length << 7 | usize::from(*byte & 0x7f));
    head.get(10 + length..).unwrap_or_default()
}

fn ogg(head: &[u8]) -> &'static str {
    let holds = |name: &[u8]| head.windows(name.len()).take(200).any(|window| window == name);
    if holds(b"OpusHead") { "opus" } else { "ogg" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_the_extension() {
        let rows: &[(&[u8], Option<&str>)] = &[
            (b"fLaC\0\0\0\x22", Some("flac")),
            (b"\0\0\0\x20ftypM4A ", Some("m4a")),
            (b"OggS\0\x02........................OpusHead", Some("opus")),
            (b"OggS\0\x02........................\x01vorbis", Some("ogg")),
            (b"RIFF\0\0\0\0WAVEfmt ", Some("wav")),
            (b"FORM\0\0\0\0AIFFCOMM", Some("aiff")),
            (b"\x1a\x45\xdf\xa3\x01", Some("mka")),
            (b"\xff\xf1\x50\x80", Some("aac")),
            (b"\xff\xfb\x90\x00", Some("mp3")),
            (b"ID3\x04\0\0\0\0\0\x02xx\xff\xfb\x90\0", Some("mp3")),
            (b"ID3\x04\0\0\0\0\0\x02xxfLaC", Some("flac")),
            (b"ID3\x04\0\0\0\x7f\x7f\x7f", Some("mp3")),
            (b"<!DOCTYPE html>", None),
            (b"#!/bin/sh\n", None),
            (b"MZ\x90\0", None),
            (b"", None),
        ];
        for (head, expected) in rows {
            assert_eq!(extension(head), *expected, "{head:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn only_the_list_is_given(head in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..64)) {
            let list = ["flac", "m4a", "opus", "ogg", "wav", "aiff", "caf", "wv", "ape", "mka", "aac", "mp3"];
            proptest::prop_assert!(extension(&head).is_none_or(|found| list.contains(&found)));
        }
    }
}
