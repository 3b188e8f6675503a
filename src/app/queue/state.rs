//! What the queue page shows.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::app::editor::{Entry, Journal, Selection};
use crate::app::edits::Sheet;
use crate::app::list::List;
use crate::model::{
    EntryId, Repeat, Session, Side, Snapshot, Step, Track, any_rated, total_length, unknown_lengths,
};

/// The queue page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queue {
    /// The rows in the order they play.
    pub entries: Vec<Entry>,
    /// The row that plays, or would on the play key.
    pub current: Option<usize>,
    /// Cursor over `entries`.
    pub list: List,
    /// The rows that the next edit is about.
    pub selection: Selection,
    /// Every edit and its way back.
    pub journal: Journal,
    /// What follows the last row.
    pub repeat: Repeat,
    /// How long all rows play together.
    pub(super) length: Duration,
    /// Of how many rows it is not known how long they play.
    pub(super) unknown: usize,
    /// Whether any row is rated.
    rated: bool,
    /// The rows' own order, while they are shuffled.
    pub(super) order: Option<Arc<[EntryId]>>,
    /// Where rows were left that made way for another queue in this run.
    pub(super) left_at: HashMap<EntryId, Duration>,
    pub(super) last_id: u64,
    /// The last step that was done when the run began, as long as the steps before it have not come.
    pub(super) step_at_start: Option<u64>,
    /// Edits that are to be taken back once those of earlier runs are all here; `None`: nobody asked for them.
    pub(super) back_later: Option<u32>,
}

impl Queue {
    pub(in crate::app) fn new(session: &Session) -> Self {
        let mut queue = Self::default();
        queue.step_at_start = Some(session.step);
        queue.last_id = session.entries.iter().map(|id| id.0).max().unwrap_or(0);
        queue.entries = queue.make_entries(session.tracks.clone());
        for (entry, id) in queue.entries.iter_mut().zip(&session.entries) {
            entry.id = *id;
        }
        queue.current = session.current.filter(|row| *row < queue.entries.len());
        queue.settle();
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
        self.length
    }

    /// Of how many rows it is not known how long they play.
    pub fn unknown_lengths(&self) -> usize {
        self.unknown
    }

    /// Whether any row is rated.
    pub fn is_rated(&self) -> bool {
        self.rated
    }

    /// Cursor and length are those of the rows that there are. A screen is drawn far more often than rows change.
    pub(in crate::app) fn settle(&mut self) {
        self.list.set_len(self.entries.len());
        self.length = total_length(&self.entries);
        self.unknown = unknown_lengths(&self.entries);
        self.rated = any_rated(&self.entries);
    }

    pub(in crate::app) fn make_entries<T: Into<Arc<Track>>>(&mut self, tracks: Vec<T>) -> Vec<Entry> {
        let mut make = |track: T| {
            self.last_id += 1;
            Entry::new(EntryId(self.last_id), track)
        };
        tracks.into_iter().map(&mut make).collect()
    }

    pub(in crate::app) fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// What the editor changes.
    pub(in crate::app) fn sheet(&mut self) -> Sheet<'_> {
        Sheet {
            entries: &mut self.entries,
            list: &mut self.list,
            selection: &mut self.selection,
            shown: None,
            whole: None,
        }
    }

    /// The number of the last step of the journal that is done.
    pub(in crate::app) fn step_number(&self) -> u64 {
        self.step_at_start.unwrap_or_else(|| self.journal.number())
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot::new(&self.entries, self.current_entry().map(|entry| entry.id), self.order.as_ref())
    }

    /// What was done since `before`.
    pub(super) fn step(&self, name: impl Into<String>, before: Snapshot) -> Option<Step> {
        let current = self.current_entry().map(|entry| entry.id);
        Step::between(name, before, &self.entries, current, self.order.as_ref())
    }

    /// Takes a step; the queue is then as that step left it. `false`, and nothing is changed, when it does not fit.
    pub(super) fn take_step(&mut self, step: &Step) -> bool {
        let Ok(Side { current, order, .. }) = step.apply(&mut self.entries) else { return false };
        self.order = order.clone();
        self.current = current.and_then(|id| self.row_of(id));
        true
    }

    pub(in crate::app) fn row_of(&self, id: EntryId) -> Option<usize> {
        self.entries.iter().position(|entry| entry.id == id)
    }
}
