//! Playlists as we use them: everything resolved, keys and initialisation sections carried forward,
//! and whatever must not be opened set aside with a reason.

mod address;
mod attributes;
mod define;
mod model;
mod read;
mod summary;
#[cfg(test)]
mod tests;
mod tidy;

pub use define::Variables;
pub use model::{
    ByteRange, Key, Map, MasterPlaylist, MediaPlaylist, Playlist, Refused, Rendition, Segment, Start, Variant,
};
pub use read::{parse, parse_within};
pub use summary::{PlaylistSummary, summarise};
pub(in crate::stream) use tidy::without_lead;

/// Largest playlist that is read.
pub const MAX_PLAYLIST_BYTES: usize = 8 << 20;

/// Most segments of one media playlist.
pub const MAX_SEGMENTS: usize = 100_000;

/// Most variants, and most renditions, of one master playlist.
pub const MAX_VARIANTS: usize = 1_000;

/// Longest line of a playlist.
pub const MAX_LINE_BYTES: usize = 64 << 10;

/// Longest segment believed; a longer `EXTINF` counts as this many seconds.
pub const MAX_SEGMENT_SECONDS: f64 = 86_400.0;
