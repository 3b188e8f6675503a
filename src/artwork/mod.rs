//! The covers: found in files, beside them and at addresses that services give; decoded within limits on a worker,
//! kept on disk and in memory, and written as terminals take pictures. What leaves here is pixels that were decoded
//! here, never a byte or a name that came from outside.

mod accent;
mod beside;
mod decode;
pub mod encode;
mod error;
mod finder;
mod shelf;
#[cfg(test)]
mod tests;

pub use decode::decode;
pub use error::ArtworkError;
pub use finder::{Artwork, Wanted};

/// Largest picture that is read, in bytes.
pub const MAX_BYTES: usize = 10 << 20;

/// Most pixels of a picture that is decoded.
pub const MAX_PIXELS: u64 = 64 << 20;
