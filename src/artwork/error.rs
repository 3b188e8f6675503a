//! Why there is no picture.

use std::io;

use super::{MAX_BYTES, MAX_PIXELS};
use crate::net::NetError;

/// Why a picture cannot be shown. A placeholder stands in its place, whatever the reason.
#[derive(Debug, thiserror::Error)]
pub enum ArtworkError {
    /// It has too many bytes.
    #[error("the cover has more than {} MiB", MAX_BYTES >> 20)]
    TooLarge,
    /// Its header says that it has too many pixels.
    #[error("the cover has {0} pixels, more than {MAX_PIXELS}")]
    TooManyPixels(u64),
    /// It is neither JPEG, PNG nor WebP.
    #[error("the cover is of no kind that is shown (JPEG, PNG, WebP)")]
    Kind,
    /// It cannot be decoded.
    #[error("the cover cannot be decoded: {0}")]
    Broken(String),
    /// Decoding took too long.
    #[error("the cover took too long to decode")]
    TooSlow,
    /// It did not come.
    #[error(transparent)]
    Net(#[from] NetError),
    /// A file cannot be read.
    #[error("the cover cannot be read: {0}")]
    Read(#[from] io::Error),
}
