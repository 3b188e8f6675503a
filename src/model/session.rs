//! How things were left: what comes back, paused, at the next start.

use std::time::Duration;

use super::track::Track;

/// The queue and the place in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The queue in its order.
    pub tracks: Vec<Track>,
    /// The row that was current, if any.
    pub current: Option<usize>,
    /// How far into that track the ear was.
    pub position: Duration,
}
