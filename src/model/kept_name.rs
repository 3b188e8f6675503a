//! Names of tracks as they are kept and handed on: every path comes back as it was, whatever bytes it has.

use std::path::{Path, PathBuf};

use super::catalogue::{ItemRef, Kind, ServiceId};
use super::file_part::FilePart;
use super::locator::TrackRef;

/// The name that the listener's own music has among the services.
pub const OWN_FILES: &str = "files";

/// Before the bytes of a path that is no UTF-8 text, or that reads like a part of another file. No path that
/// comes from outside begins so: it would be an address of a scheme that is refused.
const BYTES: &str = "path-bytes://";

impl TrackRef {
    /// The name as it is kept; [`TrackRef::from_kept`] reads it back.
    pub fn kept(&self) -> String {
        match self {
            Self::File(path) => kept_path(path),
            Self::Part(part) => kept_path(&part.path) + &part.fragment(),
            Self::Url(_) | Self::Service { .. } => self.to_string(),
        }
    }

    /// The track that a kept name names; `None` where it names nothing any more.
    pub fn from_kept(text: &str) -> Option<Self> {
        let Some(rest) = text.strip_prefix(BYTES) else { return text.parse().ok() };
        let (hex, part) = match FilePart::split(rest) {
            Some((hex, start, end)) => (hex, Some((start, end))),
            None => (rest, None),
        };
        let bytes =
            hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        let path = path_of(&bytes.collect::<Option<Vec<_>>>()?);
        Some(match part {
            Some((start, end)) => Self::Part(FilePart { path, start, end }),
            None => Self::File(path),
        })
    }

    /// What it is called as a thing that can be marked: a service's by its id, one of the listener's own by its
    /// kept name.
    pub fn marked_as(&self) -> Option<ItemRef> {
        match self {
            Self::File(_) | Self::Part(_) => {
                Some(ItemRef { service: ServiceId::known(OWN_FILES), kind: Kind::Track, id: self.kept() })
            }
            Self::Url(_) | Self::Service { .. } => self.item(),
        }
    }
}

fn kept_path(path: &Path) -> String {
    match path.to_str() {
        Some(text) if text.parse() == Ok(TrackRef::File(path.to_owned())) => text.to_owned(),
        // What is nowhere stays so.
        Some("") => String::new(),
        _ => path
            .as_os_str()
            .as_encoded_bytes()
            .iter()
            .fold(BYTES.to_owned(), |text, byte| format!("{text}{byte:02x}")),
    }
}

/// The path that has these bytes.
#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// The path that has these bytes, as near as this system's paths come.
#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_come_back_as_they_were() {
        let texts = [
            "/music/a.flac",
            "audius:track:D7KyD",
            "https://example.org/a.mp3",
            "/m/雨.ogg",
            "/m/album.flac#t=192.533333333,421",
        ];
        for text in texts {
            let reference: TrackRef = text.parse().unwrap();
            assert_eq!(reference.kept(), text);
            assert_eq!(TrackRef::from_kept(text), Some(reference));
        }
        for broken in ["path-bytes://zz", "path-bytes://é", ""] {
            assert_eq!(TrackRef::from_kept(broken), None, "{broken}");
        }
    }

    proptest! {
        #[test]
        fn any_path_comes_back(
            bytes in proptest::collection::vec(any::<u8>(), 1..40),
            end in "(#t=[0-9.,]{0,6})?|:track:x|://x",
            part in any::<Option<(u32, u32)>>(),
        ) {
            let path = path_of(&[bytes.as_slice(), end.as_bytes()].concat());
            let reference = match part {
                Some((start, length)) => {
                    let start = std::time::Duration::from_millis(start.into());
                    let length = std::time::Duration::from_nanos(length.into());
                    let end = (!length.is_zero()).then_some(start + length);
                    TrackRef::Part(FilePart { path, start, end })
                }
                None => TrackRef::File(path),
            };
            prop_assert_eq!(TrackRef::from_kept(&reference.kept()), Some(reference));
        }
    }
}
