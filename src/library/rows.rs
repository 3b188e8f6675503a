//! How values stand in columns.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use crate::model::TrackRef;

/// Before the bytes of a path that is no UTF-8 text. No path that comes from outside begins so: it would be an
/// address of a scheme that is refused.
const BYTES: &str = "path-bytes://";

/// A track's name as it is kept; [`read_reference`] reads it back, whatever bytes a path has.
pub(super) fn reference_text(reference: &TrackRef) -> String {
    match reference {
        TrackRef::File(path) => match path.to_str() {
            Some(text) => text.to_owned(),
            None => path
                .as_os_str()
                .as_encoded_bytes()
                .iter()
                .fold(BYTES.to_owned(), |text, byte| format!("{text}{byte:02x}")),
        },
        TrackRef::Url(_) | TrackRef::Service { .. } => reference.to_string(),
    }
}

/// The track that a text names; `None` where it names nothing any more.
pub(super) fn read_reference(text: &str) -> Option<TrackRef> {
    let Some(hex) = text.strip_prefix(BYTES) else { return text.parse().ok() };
    let bytes =
        hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    Some(TrackRef::File(path_of(&bytes.collect::<Option<Vec<_>>>()?)))
}

/// Between references in one column: no text that names a track holds it.
const BETWEEN: &str = "\n";

/// Several tracks' names in one column.
pub(super) fn references_text(references: &[TrackRef]) -> String {
    references.iter().map(reference_text).collect::<Vec<_>>().join(BETWEEN)
}

/// Those of them that name something.
pub(super) fn read_references(text: &str) -> Vec<TrackRef> {
    text.split(BETWEEN).filter_map(read_reference).collect()
}

/// The path that has these bytes.
#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// The path that has these bytes, as near as this system's paths come.
#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

pub(super) fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_they_were() {
        for text in ["/music/a.flac", "audius:track:D7KyD", "https://example.org/a.mp3", "/m/雨.ogg"] {
            let reference: TrackRef = text.parse().unwrap();
            assert_eq!(reference_text(&reference), text);
            assert_eq!(read_reference(text), Some(reference));
        }
        let strange = TrackRef::File(path_of(b"/m/\xff\xfe \x01.mp3"));
        assert_eq!(read_reference(&reference_text(&strange)), Some(strange));
        for broken in ["path-bytes://zz", "path-bytes://é", ""] {
            assert_eq!(read_reference(broken), None, "{broken}");
        }
    }
}
