//! `[downloads]`: where copies go, and how many are made at once.

use std::path::PathBuf;

/// How copies for listening offline are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadSettings {
    /// The folder for copies; `None`: the program's own. One that is named is never made.
    pub folder: Option<PathBuf>,
    /// What a copy is called in there.
    pub template: String,
    /// How many are made at once, 1 to 16.
    pub at_once: u8,
    /// How many of one service, 1 to 16.
    pub per_service: u8,
    /// Bytes a second for all together; 0: as many as come.
    pub bytes_per_second: u64,
    /// Whether title, artists and cover are written into copies.
    pub writes_tags: bool,
}

impl Default for DownloadSettings {
    fn default() -> Self {
        Self {
            folder: None,
            template: "{artist}/{album}/{number} {title}".to_owned(),
            at_once: 3,
            per_service: 2,
            bytes_per_second: 0,
            writes_tags: true,
        }
    }
}
