//! Looks at the first bytes for what is certainly no sound, before a demuxer finds music in it.

use crate::audio::error::DecodeError;

/// How many bytes to look at.
pub(super) const WANTED: usize = 1024;

/// Length of a packet of an MPEG transport stream (ISO/IEC 13818-1 section 2.4.3.2).
const TS_PACKET: usize = 188;

/// How sound begins for which there is no decoder here: AC-3 and E-AC-3 (ETSI TS 102 366 section 4.3.1), ASF (its header object's
/// name, ASF specification section 10.1), and the marks of the others' own descriptions.
const UNPLAYABLE: [(&[u8], &str); 8] = [
    (&[0x0b, 0x77], "Dolby Digital (AC-3) sound"),
    (&[0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11], "Windows Media (ASF) sound"),
    (b"wvpk", "WavPack sound"),
    (b"MAC ", "Monkey's Audio sound"),
    (b"TTA1", "True Audio sound"),
    (b"MPCK", "Musepack sound"),
    (b"MP+", "Musepack sound"),
    (b"DSD ", "DSD sound"),
];

/// Fails for nothing at all, web pages, text, raw transport streams and bare Dolby Digital.
pub(super) fn refuse_what_is_no_sound(head: &[u8]) -> Result<(), DecodeError> {
    if head.is_empty() {
        return Err(DecodeError::Unrecognised("it is empty"));
    }
    if is_transport_stream(head) {
        return Err(DecodeError::Unsupported("a raw MPEG transport stream; open its playlist".to_owned()));
    }
    if let Some((_, what)) = UNPLAYABLE.iter().find(|(start, _)| head.starts_with(start)) {
        return Err(DecodeError::Unsupported((*what).to_owned()));
    }
    if !is_text(head) {
        return Ok(());
    }
    let start = head.trim_ascii_start();
    Err(DecodeError::Unrecognised(match start.first() {
        Some(b'<') => "it is a web page",
        Some(b'#') if start.starts_with(b"#EXTM3U") => "it is a playlist",
        Some(b'{' | b'[') => "it is a JSON document",
        _ => "it is text",
    }))
}

fn is_transport_stream(head: &[u8]) -> bool {
    [0, TS_PACKET, 2 * TS_PACKET].iter().all(|&at| head.get(at) == Some(&0x47))
}

/// No container begins with nothing but printable bytes for long; the shortest text of a server is.
fn is_text(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The last character may be cut.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !valid.is_empty() && !valid.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_sound_is_named() {
        let check = |head: &[u8], expected: &str| {
            let words =
                refuse_what_is_no_sound(head).map_or_else(|error| error.to_string(), |()| String::new());
            assert_eq!(words.is_empty(), expected.is_empty(), "{words}");
            assert!(words.contains(expected), "{words}");
        };
        check(b"\x0b\x77\x1c\x0f\x40\x43", "Dolby Digital");
        check(b"wvpk\x2c\x00\x00\x00\x10\x04", "WavPack");
        check(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9", "Windows Media");
        check(b"", "empty");
        check(b"\n <!doctype html><html>", "web page");
        check(b"#EXTM3U\n#EXT-X-VERSION:3\n", "playlist");
        check(b"{\"error\":\"gone\"}", "JSON");
        check("\u{feff}caf\u{e9}".as_bytes(), "text");
        check(b"caf\xc3", "text");
        let mut ts = vec![0_u8; 600];
        (ts[0], ts[188], ts[376]) = (0x47, 0x47, 0x47);
        check(&ts, "transport stream");
        check(b"ID3\x04\x00\x00\x00\x00\x00\x00", "");
        check(b"fLaC\x00\x00\x00\x22", "");
        check(b"OggS\x00\x02", "");
        check(b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00", "");
    }
}
