//! The listener's own playlists: which there are, the one that is open, and the line in which they are named. What is
//! shown as kept was answered as kept.

mod copying;
mod naming;
mod open;
mod queueing;
mod shelf;
mod state;
#[cfg(test)]
mod tests;
mod theirs;

pub use naming::Naming;
pub use state::{OpenPlaylist, PlaylistRow, Playlists};
