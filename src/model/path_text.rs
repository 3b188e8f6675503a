//! How a path is written where only text can stand: as it is, or as a `file:` address (RFC 8089) whose bytes are
//! escaped, where it is no UTF-8, holds what a terminal acts on, or reads like something else.

use std::path::{Path, PathBuf};

use url::Url;

use super::file_part::FilePart;
use super::text::clean;

/// The path as text; [`file_address`] reads the address back. A relative path that is no UTF-8 has no such form and
/// loses what is none.
pub fn path_text(path: &Path) -> String {
    let stands =
        |text: &&str| clean(text) == *text && !text.contains("://") && FilePart::split(text).is_none();
    if let Some(text) = path.to_str().filter(stands) {
        return text.to_owned();
    }
    Url::from_file_path(path).map_or_else(|()| path.display().to_string(), String::from)
}

/// Whether what somebody wrote is the path of a file rather than words: it begins like one.
pub fn is_path(text: &str) -> bool {
    ["/", "./", "../", "~/", "file:/"].iter().any(|start| text.starts_with(start))
}

/// The path that a `file:` address of this machine names; what is not escaped stands for itself.
pub(super) fn file_address(text: &str) -> Option<PathBuf> {
    let escaped = text.replace('?', "%3F").replace('#', "%23");
    Url::parse(&escaped).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use proptest::prelude::*;

    use super::*;
    use crate::model::TrackRef;

    #[test]
    fn paths_are_written_as_they_are_where_that_can_be_read() {
        let rows: [(&[u8], &str); 6] = [
            (b"/m/Night Ferry.mp3", "/m/Night Ferry.mp3"),
            ("/m/雨%41.ogg".as_bytes(), "/m/雨%41.ogg"),
            (b"/m/caf\xe9.mp3", "file:///m/caf%E9.mp3"),
            (b"/m/a\n  b.mp3", "file:///m/a%0A%20%20b.mp3"),
            (b"/m/50%#t=1", "file:///m/50%25%23t=1"),
            (b"caf\xe9.mp3", "caf\u{fffd}.mp3"),
        ];
        for (bytes, text) in rows {
            assert_eq!(path_text(Path::new(std::ffi::OsStr::from_bytes(bytes))), text);
        }
        assert_eq!(file_address("file:///m/what? #1%20x.mp3"), Some("/m/what? #1 x.mp3".into()));
        assert_eq!(file_address("file://elsewhere/m/a.mp3"), None);
    }

    proptest! {
        #[test]
        fn whole_paths_come_back(
            bytes in prop::collection::vec(1_u8.., 1..40),
            end in "(#t=[0-9]{1,3})?|[?]x|%41",
            part in any::<Option<u32>>(),
        ) {
            let bytes = [b"/m/", bytes.as_slice(), end.as_bytes()].concat();
            let path = PathBuf::from(std::ffi::OsStr::from_bytes(&bytes));
            // What leads up or nowhere is another spelling of the same place.
            prop_assume!(path.components().collect::<PathBuf>() == path && !bytes.windows(2).any(|two| two == b".."));
            let reference = match part {
                Some(start) => TrackRef::Part(FilePart {
                    path,
                    start: std::time::Duration::from_millis(start.into()),
                    end: None,
                }),
                None => TrackRef::File(path),
            };
            prop_assert_eq!(reference.to_string().parse::<TrackRef>(), Ok(reference));
        }
    }
}
