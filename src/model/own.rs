//! What a listener says of the music on this machine.

use super::locator::TrackRef;
use super::text::CleanText;

/// Most stars.
pub const MAX_STARS: u8 = 5;

/// A change of what is kept about the listener's own music. Made twice it is as if made once.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnChange {
    /// Like a track, or no longer.
    Like {
        /// Which.
        track: TrackRef,
        /// Or no longer.
        on: bool,
    },
    /// Rate a track.
    Rate {
        /// Which.
        track: TrackRef,
        /// 0 (not rated) to [`MAX_STARS`].
        stars: u8,
    },
    /// Keep a search as a list of its own; one of the same name is replaced.
    KeepSearch {
        /// What the list is called, never empty.
        name: CleanText,
        /// The search as it is typed.
        words: String,
    },
    /// Forget such a list.
    ForgetSearch {
        /// What it is called.
        name: CleanText,
    },
}
