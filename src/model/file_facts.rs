//! What a file of the listener's own is made of, and what the library remembers of it.

use super::numbers::Bitrate;
use super::output::SoundFormat;
use super::text::CleanText;

/// What is known of a file beside what its row shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileFacts {
    /// "FLAC", "MP4".
    pub container: CleanText,
    /// How its sound is written.
    pub format: Option<SoundFormat>,
    /// Bits a second of the whole file.
    pub bitrate: Option<Bitrate>,
    /// How large it is.
    pub bytes: Option<u64>,
    /// What its tags say brings it to a common loudness, in decibels.
    pub gain_db: Option<f32>,
    /// Its tags by name.
    pub tags: Vec<(CleanText, CleanText)>,
    /// What the library remembers of it.
    pub remembered: Option<Remembered>,
    /// Why not everything could be read.
    pub problem: Option<CleanText>,
}

/// What the library remembers of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remembered {
    /// When it was found, in seconds since 1970.
    pub added_at: u64,
    /// How often it was heard.
    pub plays: u64,
    /// When it was heard last, in seconds since 1970.
    pub played_at: Option<u64>,
    /// How it is rated, 1 to 5.
    pub stars: Option<u8>,
}
