//! Which recordings the listener's own files are of.

use super::file_name::is_lossless_name;
use super::locator::TrackRef;

/// The recording codes (ISRC, ISO 3901) of the listener's own files, in 13 bytes each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnCodes(Vec<([u8; 12], bool)>);

impl OwnCodes {
    /// Whether one of the files of this recording leaves nothing of the sound out; `None`: there is none. `code` is in upper case,
    /// without hyphens.
    pub fn lossless(&self, code: &str) -> Option<bool> {
        let code: [u8; 12] = code.as_bytes().try_into().ok()?;
        let place = self.0.binary_search_by_key(&code, |(known, _)| *known).ok()?;
        self.0.get(place).map(|(_, is_lossless)| *is_lossless)
    }
}

impl FromIterator<(String, TrackRef)> for OwnCodes {
    fn from_iter<I: IntoIterator<Item = (String, TrackRef)>>(files: I) -> Self {
        let row = |(code, file): (String, TrackRef)| {
            let is_lossless = file.file().is_some_and(|path| is_lossless_name(&path.to_string_lossy()));
            Some((recording_code(&code)?.into_bytes().try_into().ok()?, is_lossless))
        };
        let mut rows: Vec<([u8; 12], bool)> = files.into_iter().filter_map(row).collect();
        // Of those of the same recording the best one.
        rows.sort_unstable_by(|a, b| (a.0, b.1).cmp(&(b.0, a.1)));
        rows.dedup_by_key(|(code, _)| *code);
        rows.shrink_to_fit();
        Self(rows)
    }
}

/// A recording code as it is compared: twelve letters and digits in upper case. `None`: it is a service's placeholder.
pub fn recording_code(text: &str) -> Option<String> {
    let code: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    (code.len() == 12).then(|| code.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_file_of_a_recording_counts() {
        let files = [
            ("zz-seg-26-00003", "/a.mp3"),
            ("ZZSEG2600003", "/a.FLAC"),
            ("ZZSEG2600001", "/b.mp3"),
            ("0", "/c.wav"),
        ];
        let file = |(code, path): (&str, &str)| (code.to_owned(), TrackRef::File(path.into()));
        let codes: OwnCodes = files.into_iter().map(file).collect();
        for (code, expected) in [
            ("ZZSEG2600003", Some(true)),
            ("ZZSEG2600001", Some(false)),
            ("ZZSEG2600002", None),
            ("0", None),
            ("", None),
        ] {
            assert_eq!(codes.lossless(code), expected, "{code}");
        }
    }
}
