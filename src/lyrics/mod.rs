//! The words: of tracks, in files, beside them, at services, and at LRCLIB where the listener allows that. What comes is
//! text of strangers: bounded, cleaned, and never more than lines.

mod beside;
mod error;
mod finder;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod lrc;
mod lrclib;
#[cfg(test)]
mod tests;

pub use error::LyricsError;
pub use finder::{LyricsFinder, Wanted};
pub use lrc::parse;

/// Most bytes of words that are read.
pub const MAX_BYTES: usize = 1 << 20;
