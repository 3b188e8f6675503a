//! A row of a list that can be edited.

use std::sync::Arc;
use std::time::Duration;

use super::fault::Fault;
use super::list_edit::{EntryId, Keyed};
use super::track::Track;

/// A row of the queue or of a playlist.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Which row.
    pub id: EntryId,
    /// What it plays. Shared with every copy of the row that the journal keeps.
    pub track: Arc<Track>,
    /// Why it could not be played, when it was tried last.
    pub problem: Option<Arc<Fault>>,
}

impl Entry {
    /// A row that was not tried yet.
    pub fn new(id: EntryId, track: impl Into<Arc<Track>>) -> Self {
        Self { id, track: track.into(), problem: None }
    }
}

impl Keyed for Entry {
    fn key(&self) -> EntryId {
        self.id
    }
}

/// Of how many rows it is not known how long they play.
pub fn unknown_lengths<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> usize {
    entries.into_iter().filter(|entry| entry.track.length.is_none()).count()
}

/// Whether any of these rows is rated.
pub fn any_rated<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> bool {
    entries.into_iter().any(|entry| entry.track.stars > 0)
}

/// How long rows play together; those of unknown length count as nothing.
pub fn total_length<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Duration {
    let lengths = entries.into_iter().filter_map(|entry| entry.track.length);
    lengths.fold(Duration::ZERO, Duration::saturating_add)
}
