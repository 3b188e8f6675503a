//! The control file beside a part: what the part is a version of, and which of its bytes are sure to be on the
//! disk. A note of the same form tells what came since: a kill leaves it, a power cut may not. Neither says anything of the address.
//! A part is trusted only as far as it has the hashes written here.

use std::fmt::Write as _;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::stream::keep::{Checksum, Version};

/// What the name of a part's control file ends in, behind the part's.
pub(super) const CONTROL_SUFFIX: &str = ".control";

/// What the name of the note of what came since ends in, behind the part's.
pub(super) const NOTE_SUFFIX: &str = ".note";

/// The names of both beside a part.
pub(super) fn proofs(part: &str) -> [String; 2] {
    [CONTROL_SUFFIX, NOTE_SUFFIX].map(|suffix| format!("{part}{suffix}"))
}

/// Largest control file that is read: some hundred thousand spans.
pub(super) const MAX_CONTROL_BYTES: u64 = 32 << 20;

/// The end of the first line, and the second one.
const HASH_LINE_BYTES: usize = 1 + 64 + 1;

/// Written in every control file; another number is another form.
const FORM: u32 = 1;

/// What a control file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Control {
    pub version: Version,
    /// Stretches from the part, each with the SHA-256 of its bytes.
    pub spans: Vec<(Range<u64>, [u8; 32])>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    segue: u32,
    etag: Option<String>,
    last_modified: Option<String>,
    bytes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    md5: Option<String>,
    spans: Vec<(u64, u64, String)>,
}

impl Control {
    /// A line of JSON, and one with its hash.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.to_bytes_of(0)
    }

    /// The same, filled up with blanks to at least `least` bytes, so that it covers an earlier one whole.
    pub(super) fn to_bytes_of(&self, least: usize) -> Vec<u8> {
        let (sha256, md5) = match &self.version.checksum {
            Some(Checksum::Sha256(bytes)) => (Some(hex(bytes)), None),
            Some(Checksum::Md5(bytes)) => (None, Some(hex(bytes))),
            None => (None, None),
        };
        let written = Written {
            segue: FORM,
            etag: self.version.etag.clone(),
            last_modified: self.version.last_modified.clone(),
            bytes: self.version.bytes,
            sha256,
            md5,
            spans: self.spans.iter().map(|(span, hash)| (span.start, span.end, hex(hash))).collect(),
        };
        // Numbers and text always become JSON.
        let mut line = serde_json::to_string(&written).unwrap_or_default();
        let short = least.saturating_sub(line.len() + HASH_LINE_BYTES);
        line.extend(std::iter::repeat_n(' ', short));
        let hash = hex(&Sha256::digest(line.as_bytes()));
        format!("{line}\n{hash}\n").into_bytes()
    }

    /// `None` unless every byte is as it was written.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (line, hash) = text.strip_suffix('\n')?.split_once('\n')?;
        if hash != hex(&Sha256::digest(line.as_bytes())) {
            return None;
        }
        let written: Written =
            serde_json::from_str(line).ok().filter(|written: &Written| written.segue == FORM)?;
        let mut spans = Vec::new();
        for (start, end, hash) in written.spans {
            spans.push(((start < end).then_some(start..end)?, unhex(&hash)?));
        }
        let checksum = match (written.sha256, written.md5) {
            (Some(text), _) => Some(Checksum::Sha256(unhex(&text)?)),
            (None, Some(text)) => Some(Checksum::Md5(unhex(&text)?)),
            (None, None) => None,
        };
        let (etag, last_modified, bytes) = (written.etag, written.last_modified, written.bytes);
        Some(Self { version: Version { etag, last_modified, bytes, checksum }, spans })
    }
}

/// In lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control() -> Control {
        Control {
            version: Version {
                etag: Some("\"a\"".to_owned()),
                last_modified: Some("Sat, 21 Nov 2026 20:00:00 GMT".to_owned()),
                bytes: Some(5_000_000),
                checksum: Some(Checksum::Md5([0xa5; 16])),
            },
            spans: vec![(0..1_048_576, [7; 32]), (2_000_000..2_000_001, [0xfe; 32])],
        }
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else_is() {
        let bytes = control().to_bytes();
        assert_eq!(Control::read(&bytes), Some(control()));
        for at in 0..bytes.len() {
            for damage in [0x01, 0x20, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] ^= damage;
                assert_eq!(Control::read(&damaged), None, "byte {at} with {damage:#x}");
            }
            assert_eq!(Control::read(&bytes[..at]), None, "torn at {at}");
        }
        assert_eq!(Control::read(&[bytes.as_slice(), b"x"].concat()), None);
        let longer = control().to_bytes_of(bytes.len() + 7);
        assert_eq!((longer.len(), Control::read(&longer)), (bytes.len() + 7, Some(control())));
        assert_eq!(control().to_bytes_of(7), bytes);
    }
}
