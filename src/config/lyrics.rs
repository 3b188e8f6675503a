//! Where words of tracks may come from.

use url::Url;

/// `[lyrics]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LyricsSettings {
    /// Whether LRCLIB is asked for words that are not here: it is told what is played.
    pub lrclib: bool,
    /// Where it is.
    pub lrclib_url: Option<Url>,
}

impl Default for LyricsSettings {
    fn default() -> Self {
        Self { lrclib: false, lrclib_url: "https://lrclib.net".parse().ok() }
    }
}
