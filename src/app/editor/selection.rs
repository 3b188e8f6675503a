//! Which rows an edit is about: those that are selected, else the one under the cursor.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use crate::model::{EntryId, Keyed};

/// Selected rows, and where a range that is being drawn began.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    rows: HashSet<EntryId>,
    range_from: Option<EntryId>,
}

/// Keys for rows that are known by their places alone.
pub fn numbered(count: usize) -> Vec<EntryId> {
    (0..count as u64).map(EntryId).collect()
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
    pub fn range<T: Keyed>(&self, rows: &[T], cursor: Option<usize>) -> Option<RangeInclusive<usize>> {
        let from = self.range_from?;
        let (from, to) = (rows.iter().position(|row| row.key() == from)?, cursor?);
        Some(from.min(to)..=from.max(to))
    }

    /// Whether a row is selected, apart from the range.
    pub fn holds(&self, id: EntryId) -> bool {
        self.rows.contains(&id)
    }

    /// The places of the selected rows in order. Of a range only rows that are `shown`; `None`: all are.
    pub fn selected<T: Keyed>(
        &self,
        rows: &[T],
        cursor: Option<usize>,
        shown: Option<&[usize]>,
    ) -> Vec<usize> {
        let range = self.range(rows, cursor);
        let is_in_range =
            |row: &usize| range.as_ref().is_some_and(|range| range.contains(row)) && is_shown(shown, *row);
        let is_selected = |(row, entry): &(usize, &T)| self.holds(entry.key()) || is_in_range(row);
        rows.iter().enumerate().filter(is_selected).map(|(row, _)| row).collect()
    }

    /// The places of the selected rows in order; none selected: that of the cursor.
    pub(in crate::app) fn rows<T: Keyed>(
        &self,
        rows: &[T],
        cursor: Option<usize>,
        shown: Option<&[usize]>,
    ) -> Vec<usize> {
        let selected = if self.is_empty() { Vec::new() } else { self.selected(rows, cursor, shown) };
        if selected.is_empty() {
            return cursor.filter(|row| *row < rows.len()).into_iter().collect();
        }
        selected
    }

    /// Selects a row, or no longer.
    pub(in crate::app) fn toggle(&mut self, id: EntryId) {
        if !self.rows.remove(&id) {
            self.rows.insert(id);
        }
    }

    /// Begins a range at the cursor, or keeps what was drawn of the rows that are shown.
    pub(in crate::app) fn toggle_range<T: Keyed>(
        &mut self,
        rows: &[T],
        cursor: Option<usize>,
        shown: Option<&[usize]>,
    ) {
        match self.range(rows, cursor) {
            Some(range) => {
                let first = *range.start();
                let drawn = rows.get(range).unwrap_or_default().iter().zip(first..);
                let drawn = drawn.filter(|(_, row)| is_shown(shown, *row));
                self.rows.extend(drawn.map(|(entry, _)| entry.key()));
                self.range_from = None;
            }
            None => self.range_from = cursor.and_then(|row| rows.get(row)).map(Keyed::key),
        }
    }

    /// Selects exactly those of the shown rows for which `is_meant` holds.
    pub(in crate::app) fn select<T: Keyed>(
        &mut self,
        rows: &[T],
        shown: Option<&[usize]>,
        is_meant: impl Fn(usize, &T) -> bool,
    ) {
        self.range_from = None;
        let meant =
            rows.iter().enumerate().filter(|(row, entry)| is_shown(shown, *row) && is_meant(*row, entry));
        self.rows = meant.map(|(_, entry)| entry.key()).collect();
    }

    /// Selects what was not selected of the shown rows, and nothing else.
    pub(in crate::app) fn invert<T: Keyed>(
        &mut self,
        rows: &[T],
        cursor: Option<usize>,
        shown: Option<&[usize]>,
    ) {
        if self.is_ranging() {
            self.toggle_range(rows, cursor, shown);
        }
        let before = std::mem::take(&mut self.rows);
        self.select(rows, shown, |_, entry| !before.contains(&entry.key()));
    }

    /// Forgets rows that are gone.
    pub(in crate::app) fn keep_to<T: Keyed>(&mut self, rows: &[T]) {
        if self.is_empty() {
            return;
        }
        let there: HashSet<_> = rows.iter().map(Keyed::key).collect();
        self.rows.retain(|id| there.contains(id));
        self.range_from = self.range_from.filter(|id| there.contains(id));
    }

    pub(in crate::app) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn is_shown(shown: Option<&[usize]>, row: usize) -> bool {
    shown.is_none_or(|shown| shown.binary_search(&row).is_ok())
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
