//! Which rows an edit is about: those that are selected, else the one under the cursor.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::Entry;
use crate::model::EntryId;

/// Selected rows, and where a range that is being drawn began.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    rows: HashSet<EntryId>,
    range_from: Option<EntryId>,
}

impl Selection {
    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.range_from.is_none()
    }

    /// Whether a range follows the cursor.
    pub fn is_ranging(&self) -> bool {
        self.range_from.is_some()
    }

    /// The range between where it began and the cursor.
    pub fn range(&self, entries: &[Entry], cursor: Option<usize>) -> Option<RangeInclusive<usize>> {
        let from = self.range_from?;
        let (from, to) = (entries.iter().position(|entry| entry.id == from)?, cursor?);
        Some(from.min(to)..=from.max(to))
    }

    /// Whether a row is selected, apart from the range.
    pub fn holds(&self, id: EntryId) -> bool {
        self.rows.contains(&id)
    }

    /// The places of the selected rows in order; none selected: that of the cursor.
    pub(in crate::app) fn rows(&self, entries: &[Entry], cursor: Option<usize>) -> Vec<usize> {
        let range = self.range(entries, cursor);
        let is_in_range = |row: &usize| range.as_ref().is_some_and(|range| range.contains(row));
        let is_selected = |(row, entry): &(usize, &Entry)| is_in_range(row) || self.holds(entry.id);
        let rows: Vec<_> = entries.iter().enumerate().filter(is_selected).map(|(row, _)| row).collect();
        if rows.is_empty() { cursor.filter(|row| *row < entries.len()).into_iter().collect() } else { rows }
    }

    /// Selects a row, or no longer.
    pub(in crate::app) fn toggle(&mut self, id: EntryId) {
        if !self.rows.remove(&id) {
            self.rows.insert(id);
        }
    }

    /// Begins a range at the cursor, or keeps the one that was drawn.
    pub(in crate::app) fn toggle_range(&mut self, entries: &[Entry], cursor: Option<usize>) {
        match self.range(entries, cursor) {
            Some(range) => {
                self.rows.extend(entries.get(range).unwrap_or_default().iter().map(|entry| entry.id));
                self.range_from = None;
            }
            None => self.range_from = cursor.and_then(|row| entries.get(row)).map(|entry| entry.id),
        }
    }

    /// Selects exactly the rows for which `is_meant` holds.
    pub(in crate::app) fn select(&mut self, entries: &[Entry], is_meant: impl Fn(&Entry) -> bool) {
        self.range_from = None;
        self.rows = entries.iter().filter(|entry| is_meant(entry)).map(|entry| entry.id).collect();
    }

    /// Selects what was not selected, and nothing else.
    pub(in crate::app) fn invert(&mut self, entries: &[Entry], cursor: Option<usize>) {
        if self.is_ranging() {
            self.toggle_range(entries, cursor);
        }
        let before = std::mem::take(&mut self.rows);
        self.select(entries, |entry| !before.contains(&entry.id));
    }

    /// Forgets rows that are gone.
    pub(in crate::app) fn keep_to(&mut self, entries: &[Entry]) {
        if self.is_empty() {
            return;
        }
        let there: HashSet<_> = entries.iter().map(|entry| entry.id).collect();
        self.rows.retain(|id| there.contains(id));
        self.range_from = self.range_from.filter(|id| there.contains(id));
    }

    pub(in crate::app) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// How to change what is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// The rows from here to where the cursor goes; a second time keeps them.
    Range,
    /// The row under the cursor, or no longer.
    Row,
    /// All rows, or none.
    All,
    /// What was not selected.
    Others,
    /// The album of the row under the cursor.
    Album,
}
