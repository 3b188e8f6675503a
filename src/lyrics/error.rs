//! Why there are no words.

use crate::net::NetError;

/// Why LRCLIB told nothing.
#[derive(Debug, thiserror::Error)]
pub enum LyricsError {
    /// It did not answer, or refused.
    #[error(transparent)]
    Net(#[from] NetError),
    /// Its answer makes no sense.
    #[error("LRCLIB's answer cannot be read: {0}")]
    Answer(#[from] serde_json::Error),
}
