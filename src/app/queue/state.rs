//! What the queue page shows.

use std::collections::HashMap;
use std::time::Duration;

use crate::app::list::List;
use crate::model::{Fault, Repeat, Session, Track};

/// Tells rows of the queue apart, also where a track is there twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EntryId(pub u64);

/// A row of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Which row.
    pub id: EntryId,
    /// What it plays.
    pub track: Track,
    /// Why it could not be played, when it was tried last.
    pub problem: Option<Fault>,
}

/// The queue page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queue {
    /// The rows in the order they play.
    pub entries: Vec<Entry>,
    /// The row that plays, or would on the play key.
    pub current: Option<usize>,
    /// Cursor over `entries`.
    pub list: List,
    /// What follows the last row.
    pub repeat: Repeat,
    /// The rows' own order, while they are shuffled.
    pub(super) order: Option<Vec<EntryId>>,
    pub(in crate::app) undo: Vec<Edit>,
    pub(super) redo: Vec<Edit>,
    pub(super) last_id: u64,
}

/// The queue as it was around an edit.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) struct Edit {
    /// What was done: "the queue was cleared".
    pub name: &'static str,
    pub entries: Vec<Entry>,
    pub current: Option<usize>,
    pub order: Option<Vec<EntryId>>,
}

impl Queue {
    pub(in crate::app) fn new(session: &Session) -> Self {
        let mut queue = Self::default();
        queue.entries = queue.make_entries(session.tracks.clone());
        queue.current = session.current.filter(|row| *row < queue.entries.len());
        queue.list.set_len(queue.entries.len());
        queue.repeat = session.repeat;
        let own = |row: &usize| queue.entries.get(*row).map(|entry| entry.id);
        queue.order = session.order.as_ref().map(|order| order.iter().filter_map(own).collect());
        queue
    }

    /// The rows in their own order, while they are shuffled; rows that came since are not among them.
    pub(in crate::app) fn own_order(&self) -> Option<Vec<usize>> {
        let rows: HashMap<EntryId, usize> = self.entries.iter().map(|entry| entry.id).zip(0..).collect();
        self.order.as_ref().map(|order| order.iter().filter_map(|id| rows.get(id).copied()).collect())
    }

    /// The row that plays, or would.
    pub fn current_entry(&self) -> Option<&Entry> {
        self.entries.get(self.current?)
    }

    /// The rows after the current one, in order.
    pub fn upcoming(&self) -> &[Entry] {
        let after = self.current.map_or(0, |row| row + 1);
        self.entries.get(after..).unwrap_or_default()
    }

    /// How long all rows play together; rows of unknown length count as nothing.
    pub fn total_length(&self) -> Duration {
        self.entries
            .iter()
            .filter_map(|entry| entry.track.length)
            .fold(Duration::ZERO, Duration::saturating_add)
    }

    pub(super) fn make_entries(&mut self, tracks: Vec<Track>) -> Vec<Entry> {
        let mut make = |track| {
            self.last_id += 1;
            Entry { id: EntryId(self.last_id), track, problem: None }
        };
        tracks.into_iter().map(&mut make).collect()
    }

    pub(in crate::app) fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    pub(in crate::app) fn row_of(&self, id: EntryId) -> Option<usize> {
        self.entries.iter().position(|entry| entry.id == id)
    }
}
