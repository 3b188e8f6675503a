//! Edits of the queue's rows: of those that are selected, else of the one under the cursor.

use std::collections::HashMap;
use std::time::Duration;

use super::state::Queue;
use super::update::tracks;
use crate::app::editor::{self, SortKey};
use crate::app::effect::Effect;
use crate::app::focus::Focus;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::model::EntryId;

impl State {
    /// The rows that an edit is about; none where the keys are not the queue's.
    fn meant_rows(&self) -> Vec<usize> {
        if self.focus() == Focus::Queue { self.queue.meant() } else { Vec::new() }
    }

    /// Edits rows and ends the selection. What is current stays so; when its row goes, the one after it is.
    fn edit_rows(
        &mut self,
        name: &str,
        rows: &[usize],
        edit: impl FnOnce(&mut Queue, &[usize]),
    ) -> Vec<Effect> {
        let name = match rows.len() {
            0 | 1 => name.to_owned(),
            count => format!("{name} ({count} rows)"),
        };
        self.edit_queue(name, |queue| {
            let after: Vec<EntryId> =
                queue.entries.iter().skip(queue.current.unwrap_or_default()).map(|entry| entry.id).collect();
            let was_current = queue.current.is_some();
            edit(queue, rows);
            queue.selection.clear();
            let places: HashMap<_, _> = queue.entries.iter().map(|entry| entry.id).zip(0_usize..).collect();
            let next = after.iter().find_map(|id| places.get(id).copied());
            let last = queue.entries.len().checked_sub(1);
            queue.current = if was_current { next.or(last) } else { queue.current };
        })
    }

    /// Takes rows out. When one of them plays, the row after them plays instead.
    pub(in crate::app) fn remove_entries(&mut self) -> Vec<Effect> {
        let rows = self.meant_rows();
        self.take_rows_out("taking a row out", &rows)
    }

    fn take_rows_out(&mut self, name: &str, rows: &[usize]) -> Vec<Effect> {
        if rows.is_empty() {
            return Vec::new();
        }
        let playing = self.playing_row().filter(|row| rows.contains(row));
        let plays_on = playing.filter(|_| !self.playback.paused);
        let has_next = plays_on.is_some_and(|playing| {
            (playing + 1..self.queue.entries.len()).any(|row| rows.binary_search(&row).is_err())
        });
        let mut effects = if playing.is_some() { self.unload() } else { Vec::new() };
        let height = self.list_height();
        effects.extend(self.edit_rows(name, rows, |queue, rows| {
            let cursor = queue.list.cursor().unwrap_or_default();
            let before = rows.iter().filter(|row| **row < cursor).count();
            editor::remove(&mut queue.entries, rows);
            queue.list.set_len(queue.entries.len());
            queue.list.go_to(cursor - before, height);
        }));
        if has_next && let Some(row) = self.queue.current {
            effects.extend(self.play_row(row, Duration::ZERO));
        }
        effects
    }

    /// Copies rows for pasting them, here or elsewhere.
    pub(in crate::app) fn copy_rows(&mut self) -> Vec<Effect> {
        let rows = self.meant_rows();
        let copied: Vec<_> =
            rows.iter().filter_map(|row| Some(self.queue.entries.get(*row)?.track.clone())).collect();
        if copied.is_empty() {
            return Vec::new();
        }
        let words = format!("Copied {}", tracks(copied.len()));
        self.clipboard = copied;
        self.queue.selection.clear();
        self.tell(Level::Info, words)
    }

    /// Takes rows out and keeps them for pasting.
    pub(in crate::app) fn cut_rows(&mut self) -> Vec<Effect> {
        let rows = self.meant_rows();
        if rows.is_empty() {
            return Vec::new();
        }
        let cut = rows.iter().filter_map(|row| Some(self.queue.entries.get(*row)?.track.clone()));
        self.clipboard = cut.collect();
        let mut effects = self.take_rows_out("cutting a row", &rows);
        effects.extend(self.tell(Level::Info, format!("Cut {}", tracks(rows.len()))));
        effects
    }

    /// Puts what was cut or copied behind the row under the cursor, or before it.
    pub(in crate::app) fn paste_rows(&mut self, behind: bool) -> Vec<Effect> {
        if self.focus() != Focus::Queue {
            return Vec::new();
        }
        if self.clipboard.is_empty() {
            return self.tell(Level::Info, "Nothing was cut or copied");
        }
        let (pasted, height) = (self.clipboard.clone(), self.list_height());
        let count = pasted.len();
        let mut effects = self.edit_rows("pasting", &[], |queue, _| {
            let place = queue.list.cursor().map_or(0, |row| row + usize::from(behind));
            let entries = queue.make_entries(pasted);
            editor::with_rows_at(&mut queue.entries, place, entries);
            queue.current = queue.current.or(Some(0));
            queue.list.set_len(queue.entries.len());
            queue.list.go_to(place, height);
        });
        effects.extend(self.tell(Level::Info, format!("Pasted {}", tracks(count))));
        effects
    }

    /// Puts each row in a second time, behind the last of them.
    pub(in crate::app) fn duplicate_rows(&mut self) -> Vec<Effect> {
        let rows = self.meant_rows();
        let Some(last) = rows.last().copied() else { return Vec::new() };
        self.edit_rows("doubling a row", &rows, |queue, rows| {
            let same: Vec<_> =
                rows.iter().filter_map(|row| Some(queue.entries.get(*row)?.track.clone())).collect();
            let entries = queue.make_entries(same);
            editor::with_rows_at(&mut queue.entries, last + 1, entries);
        })
    }

    /// Moves rows a place up or down, and the cursor with them. They stay selected.
    pub(in crate::app) fn move_entries(&mut self, down: bool) -> Vec<Effect> {
        self.queue.settle_range();
        let (rows, height) = (self.meant_rows(), self.list_height());
        let mut entries = self.queue.entries.clone();
        let Some(place) = editor::moved(&mut entries, &rows, down) else { return Vec::new() };
        let selection = self.queue.selection.clone();
        let cursor = self.queue.list.cursor().unwrap_or_default();
        let offset = rows.iter().position(|row| *row == cursor);
        let effects = self.edit_rows("moving a row", &rows, |queue, _| queue.entries = entries);
        self.queue.selection = selection;
        if let Some(offset) = offset {
            self.queue.list.go_to(place + offset, height);
        }
        effects
    }

    /// Takes out all but the selected rows.
    pub(in crate::app) fn crop_rows(&mut self) -> Vec<Effect> {
        let kept = self.meant_rows();
        if kept.is_empty() || self.queue.selection.is_empty() {
            return self.tell(Level::Info, "Select the rows to keep first");
        }
        let others: Vec<_> =
            (0..self.queue.entries.len()).filter(|row| kept.binary_search(row).is_err()).collect();
        let mut effects = self.take_rows_out("keeping only what was selected", &others);
        effects.extend(
            self.tell(Level::Info, format!("Kept {}; undo brings the others back", tracks(kept.len()))),
        );
        effects
    }

    /// Takes out rows that say what another one before them says.
    pub(in crate::app) fn remove_duplicates(&mut self) -> Vec<Effect> {
        if self.focus() != Focus::Queue {
            return Vec::new();
        }
        let rows = editor::duplicates(&self.queue.entries);
        let mut effects = self.take_rows_out("taking out what was there twice", &rows);
        let words = match rows.len() {
            0 => "Nothing is there twice".to_owned(),
            count => format!("Took out {} that were there twice", tracks(count)),
        };
        effects.extend(self.tell(Level::Info, words));
        effects
    }

    /// Sorts the selected rows among each other, or all.
    pub(in crate::app) fn sort_rows(&mut self, key: SortKey) -> Vec<Effect> {
        self.rearrange(&format!("sorting by {}", key.title()), |entries| editor::sort(entries, key))
    }

    /// Turns the order of the selected rows round, or of all.
    pub(in crate::app) fn reverse_rows(&mut self) -> Vec<Effect> {
        self.rearrange("turning the order round", |entries| entries.reverse())
    }

    fn rearrange(&mut self, name: &str, arrange: impl FnOnce(&mut Vec<editor::Entry>)) -> Vec<Effect> {
        if self.focus() != Focus::Queue {
            return Vec::new();
        }
        self.queue.settle_range();
        let all = self.queue.selection.is_empty();
        let rows: Vec<_> = if all { (0..self.queue.entries.len()).collect() } else { self.queue.meant() };
        let selection = self.queue.selection.clone();
        let mut effects = self.edit_rows(name, &rows, |queue, rows| {
            let mut meant: Vec<_> = rows.iter().filter_map(|row| queue.entries.get(*row).cloned()).collect();
            arrange(&mut meant);
            for (row, entry) in rows.iter().zip(meant) {
                queue.entries[*row] = entry;
            }
        });
        self.queue.selection = selection;
        effects.extend(self.tell(Level::Info, format!("Done: {name}; undo brings the order back")));
        effects
    }

    /// Changes what is selected.
    pub(in crate::app) fn select_rows(&mut self, how: Select) -> Vec<Effect> {
        if self.focus() != Focus::Queue {
            return Vec::new();
        }
        let height = self.list_height();
        let queue = &mut self.queue;
        let cursor = queue.list.cursor();
        let Some(entry) = cursor.and_then(|row| queue.entries.get(row)) else { return Vec::new() };
        match how {
            Select::Range => queue.selection.toggle_range(&queue.entries, cursor),
            Select::Row => {
                queue.selection.toggle(entry.id);
                queue.list.move_by(1, height);
            }
            Select::All if queue.selection.rows(&queue.entries, None).len() == queue.entries.len() => {
                queue.selection.clear();
            }
            Select::All => queue.selection.select(&queue.entries, |_| true),
            Select::Others => queue.selection.invert(&queue.entries, cursor),
            Select::Album => {
                let album = entry.track.album.clone();
                queue.selection.select(&queue.entries, |entry| entry.track.album == album);
            }
        }
        Vec::new()
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
