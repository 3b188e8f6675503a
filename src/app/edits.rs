//! The one list editor: edits of the rows of the queue, of the open playlist or of the downloads, those that are selected, else the one under the
//! cursor. What an edit means for what plays, or for what is kept, is for the list itself to say.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::action::Action;
use super::editor::{self, Arrangement, Entry, Selection, SortKey};
use super::effect::Effect;
use super::focus::Focus;
use super::list::List;
use super::mouse::ListPlace;
use super::notices::Level;
use super::queue::tracks;
use super::state::State;
use crate::model::{MAX_PLAYLIST_ROWS, OwnMove, Track};

/// A list that the editor's keys edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edited {
    /// The queue.
    Queue,
    /// The playlist that is open.
    Playlist,
    /// The queue of downloads.
    Downloads,
}

impl Edited {
    /// Where it is on the screen.
    pub fn place(self) -> ListPlace {
        match self {
            Self::Queue => ListPlace::Queue,
            Self::Playlist => ListPlace::Playlist,
            Self::Downloads => ListPlace::Downloads,
        }
    }
}

/// What the editor changes of a list.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    pub entries: &'a mut Vec<Entry>,
    pub list: &'a mut List,
    pub selection: &'a mut Selection,
    /// The rows that a filter shows, or that are not folded away; `None`: all.
    pub shown: Option<&'a [usize]>,
    /// The rows that one stands for, where some are folded.
    pub whole: Option<&'a HashMap<usize, Vec<usize>>>,
}

impl Sheet<'_> {
    /// The places of the rows that an edit is about.
    pub fn meant(&self) -> Vec<usize> {
        let rows = self.selection.rows(self.entries, self.list.cursor(), self.shown);
        let Some(whole) = self.whole else { return rows };
        let all = rows.into_iter().flat_map(|row| whole.get(&row).cloned().unwrap_or_else(|| vec![row]));
        all.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The rows moved so many places, as they are shown: over a folded group as a whole. As [`editor::moved`] otherwise.
    fn moved(&self, entries: &mut Vec<Entry>, rows: &[usize], down: bool, by: usize) -> Option<usize> {
        let (Some(whole), Some(shown)) = (self.whole, self.shown) else {
            return editor::moved(entries, rows, down, by);
        };
        let block = |row: &usize| whole.get(row).cloned().unwrap_or_else(|| vec![*row]);
        let of = |places: &[usize]| places.iter().filter_map(|row| entries.get(*row).cloned()).collect();
        let mut blocks: Vec<Vec<Entry>> = shown.iter().map(|row| of(&block(row))).collect();
        let meant: Vec<usize> =
            (0..shown.len()).filter(|at| rows.binary_search(&shown[*at]).is_ok()).collect();
        let place = editor::moved(&mut blocks, &meant, down, by)?;
        let before = blocks.iter().take(place).map(Vec::len).sum();
        *entries = blocks.concat();
        Some(before)
    }

    /// A range that is being drawn stays as it is from here on, wherever its rows go.
    pub(in crate::app) fn settle_range(&mut self) {
        if self.selection.is_ranging() {
            self.selection.toggle_range(self.entries, self.list.cursor(), self.shown);
        }
    }
}

impl State {
    /// The list whose rows have the keys.
    pub(super) fn edited(&self) -> Option<Edited> {
        match self.focus() {
            Focus::Queue => Some(Edited::Queue),
            Focus::Playlist => Some(Edited::Playlist),
            Focus::Downloads => Some(Edited::Downloads),
            _ => None,
        }
    }

    pub(super) fn sheet(&mut self, which: Edited) -> Option<Sheet<'_>> {
        let place = which.place();
        let filter = self.filter.as_ref().filter(|filter| filter.place == place && filter.narrows());
        let shown = filter.map(|filter| filter.rows.as_slice());
        match which {
            Edited::Queue => Some(Sheet { shown, ..self.queue.sheet() }),
            Edited::Playlist => self.playlists.open.as_mut().map(|open| Sheet { shown, ..open.sheet() }),
            Edited::Downloads => {
                let sheet = self.downloads.sheet();
                Some(if shown.is_some() { Sheet { shown, whole: None, ..sheet } } else { sheet })
            }
        }
    }

    /// The list whose rows have the keys, and the rows that an edit is about.
    pub(super) fn meant_rows(&mut self) -> Option<(Edited, Vec<usize>)> {
        let which = self.edited()?;
        let rows = self.sheet(which)?.meant();
        (!rows.is_empty()).then_some((which, rows))
    }

    /// What the rows at these places play.
    pub(super) fn tracks_at(&mut self, which: Edited, rows: &[usize]) -> Vec<Arc<Track>> {
        let Some(sheet) = self.sheet(which) else { return Vec::new() };
        rows.iter().filter_map(|row| Some(sheet.entries.get(*row)?.track.clone())).collect()
    }

    /// Rows of their own for these tracks.
    pub(super) fn rows_for(&mut self, which: Edited, tracks: Vec<Arc<Track>>) -> Vec<Entry> {
        match which {
            Edited::Queue => self.queue.make_entries(tracks),
            Edited::Playlist => self.new_entries(tracks),
            Edited::Downloads => self.downloads.jobs.new_entries(tracks),
        }
    }

    /// Edits rows and ends the selection.
    fn edit_rows(
        &mut self,
        which: Edited,
        name: &str,
        rows: &[usize],
        edit: impl FnOnce(&mut Sheet<'_>, &[usize]),
    ) -> Vec<Effect> {
        let name = match rows.len() {
            0 | 1 => name.to_owned(),
            count => format!("{name} ({count} rows)"),
        };
        let edit = |sheet: &mut Sheet<'_>| {
            edit(sheet, rows);
            sheet.selection.clear();
        };
        match which {
            Edited::Queue => self.edit_queue_rows(name, edit),
            Edited::Playlist => self.edit_playlist(name, edit),
            Edited::Downloads => self.edit_downloads(name, edit),
        }
    }

    /// Words that name the key that takes an edit back.
    pub(super) fn undo_words(&self) -> String {
        match self.keymap.keys_of(&Action::Undo).first() {
            Some(keys) => format!("{keys} undoes"),
            None => "undo brings it back".to_owned(),
        }
    }

    /// Tells what was done, and how it is taken back.
    fn tell_edit(&mut self, words: &str) -> Vec<Effect> {
        // What a service cannot hold is the news then.
        let not_there = self.playlists.not_there.take().filter(|_| self.edited() == Some(Edited::Playlist));
        if let Some(words) = not_there {
            return self.tell(Level::Warning, words);
        }
        let words = format!("{words} \u{b7} {}", self.undo_words());
        self.tell_done(&words, MAX_PLAYLIST_ROWS)
    }

    /// Tells what was done, and what the last edit left out of a list that holds so many rows.
    pub(super) fn tell_done(&mut self, words: &str, most: usize) -> Vec<Effect> {
        if self.left_out == 0 {
            return self.tell(Level::Info, words);
        }
        let words = format!("{words} \u{b7} {}", self.left_out_words(most));
        self.tell(Level::Warning, words)
    }

    /// That rows found no room.
    pub(super) fn left_out_words(&self, most: usize) -> String {
        format!("{} left out, since a list holds at most {most}", tracks(self.left_out))
    }

    /// Takes rows out. When one of them plays, the row after them plays instead.
    pub(super) fn remove_entries(&mut self) -> Vec<Effect> {
        let Some((which, rows)) = self.meant_rows() else { return Vec::new() };
        let mut effects = self.take_rows_out(which, "taking a row out", &rows);
        effects.extend(self.tell_edit(&format!("Removed {}", rows.len())));
        effects
    }

    fn take_rows_out(&mut self, which: Edited, name: &str, rows: &[usize]) -> Vec<Effect> {
        if rows.is_empty() {
            return Vec::new();
        }
        let plays_on = if which == Edited::Queue { self.plays_on_without(rows) } else { None };
        let mut effects = if plays_on.is_some() { self.unload() } else { Vec::new() };
        let height = self.list_height();
        effects.extend(self.edit_rows(which, name, rows, |sheet, rows| {
            let cursor = sheet.list.cursor().unwrap_or_default();
            let before = rows.iter().filter(|row| **row < cursor).count();
            editor::remove(sheet.entries, rows);
            sheet.list.set_len(sheet.entries.len());
            sheet.list.go_to(cursor - before, height);
        }));
        if plays_on == Some(true) {
            effects.extend(self.play_current());
        }
        effects
    }

    /// Takes all rows out.
    pub(super) fn clear_list(&mut self) -> Vec<Effect> {
        let which = self.edited().unwrap_or(Edited::Queue);
        if which == Edited::Downloads {
            return self.clear_downloads();
        }
        let count = self.sheet(which).map_or(0, |sheet| sheet.entries.len());
        if count == 0 {
            return Vec::new();
        }
        let (effects, what) = match which {
            Edited::Queue => (self.clear_queue(), "queue"),
            Edited::Playlist | Edited::Downloads => {
                let effects = self.edit_playlist("clearing the playlist".to_owned(), |sheet| {
                    sheet.entries.clear();
                    sheet.selection.clear();
                });
                (effects, "playlist")
            }
        };
        let mut effects = effects;
        effects.extend(self.tell_edit(&format!("The {what} is empty: removed {}", tracks(count))));
        effects
    }

    /// Copies rows for pasting them, here or elsewhere.
    pub(super) fn copy_rows(&mut self) -> Vec<Effect> {
        if self.edited().is_none() {
            return self.copy_items(false);
        }
        let Some((which, rows)) = self.meant_rows() else { return Vec::new() };
        self.clipboard = self.tracks_at(which, &rows);
        if let Some(sheet) = self.sheet(which) {
            sheet.selection.clear();
        }
        self.tell(Level::Info, format!("Copied {}", tracks(rows.len())))
    }

    /// Takes rows out and keeps them for pasting.
    pub(super) fn cut_rows(&mut self) -> Vec<Effect> {
        if self.edited().is_none() {
            return self.copy_items(true);
        }
        let Some((which, rows)) = self.meant_rows() else { return Vec::new() };
        self.clipboard = self.tracks_at(which, &rows);
        let mut effects = self.take_rows_out(which, "cutting a row", &rows);
        effects.extend(self.tell_edit(&format!("Cut {}", tracks(rows.len()))));
        effects
    }

    /// Puts what was cut or copied behind the row under the cursor, or before it, so many times.
    pub(super) fn paste_rows(&mut self, behind: bool, times: usize) -> Vec<Effect> {
        let Some(which) = self.edited() else { return Vec::new() };
        if self.clipboard.is_empty() {
            return self.tell(Level::Info, "Nothing was cut or copied");
        }
        let height = self.list_height();
        let count = self.clipboard.len().saturating_mul(times).min(MAX_PLAYLIST_ROWS);
        let pasted = self.clipboard.iter().cycle().take(count).cloned().collect();
        let entries = self.rows_for(which, pasted);
        let mut effects = self.edit_rows(which, "pasting", &[], |sheet, _| {
            let place = sheet.list.cursor().map_or(0, |row| row + usize::from(behind));
            editor::with_rows_at(sheet.entries, place, entries);
            sheet.list.set_len(sheet.entries.len());
            sheet.list.go_to(place, height);
        });
        effects.extend(self.tell_edit(&format!("Pasted {}", tracks(count))));
        effects
    }

    /// Puts each row in a second time, behind the last of them.
    pub(super) fn duplicate_rows(&mut self) -> Vec<Effect> {
        let Some((which, rows)) = self.meant_rows() else { return Vec::new() };
        let place = rows.last().map_or(0, |last| last + 1);
        let same = self.tracks_at(which, &rows);
        let entries = self.rows_for(which, same);
        let mut effects = self.edit_rows(which, "doubling a row", &rows, |sheet, _| {
            editor::with_rows_at(sheet.entries, place, entries);
        });
        effects.extend(self.tell_edit(&format!("Put {} in again", tracks(rows.len()))));
        effects
    }

    /// Moves rows so many places up or down, and the cursor with them. They stay selected.
    pub(super) fn move_entries(&mut self, down: bool, by: usize) -> Vec<Effect> {
        let (Some(which), height) = (self.edited(), self.list_height()) else { return Vec::new() };
        let Some(mut sheet) = self.sheet(which) else { return Vec::new() };
        sheet.settle_range();
        let rows = sheet.meant();
        let mut entries = sheet.entries.clone();
        let Some(place) = sheet.moved(&mut entries, &rows, down, by) else { return Vec::new() };
        let selection = sheet.selection.clone();
        let cursor = sheet.list.cursor().unwrap_or_default();
        let offset = rows.iter().position(|row| *row == cursor);
        let effects = self.edit_rows(which, "moving a row", &rows, |sheet, _| *sheet.entries = entries);
        if let Some(sheet) = self.sheet(which) {
            *sheet.selection = selection;
            if let Some(offset) = offset {
                sheet.list.go_to(place + offset, height);
            }
        }
        effects
    }

    /// Takes out all but the selected rows.
    pub(super) fn crop_rows(&mut self) -> Vec<Effect> {
        let Some(which) = self.edited() else { return Vec::new() };
        let Some(sheet) = self.sheet(which) else { return Vec::new() };
        let (kept, count) = (sheet.meant(), sheet.entries.len());
        if kept.is_empty() || sheet.selection.is_empty() {
            return self.tell(Level::Info, "Select the rows to keep first");
        }
        let others: Vec<_> = (0..count).filter(|row| kept.binary_search(row).is_err()).collect();
        let mut effects = self.take_rows_out(which, "keeping only what was selected", &others);
        effects.extend(self.tell_edit(&format!("Kept {}, removed {}", tracks(kept.len()), others.len())));
        effects
    }

    /// Takes out rows that say what another one before them says.
    pub(super) fn remove_duplicates(&mut self) -> Vec<Effect> {
        let Some(which) = self.edited() else { return Vec::new() };
        let rows = self.sheet(which).map_or_else(Vec::new, |sheet| editor::duplicates(sheet.entries));
        let mut effects = self.take_rows_out(which, &Arrangement::WithoutDoubles.words(), &rows);
        effects.extend(match rows.len() {
            0 => self.tell(Level::Info, "Nothing is there twice"),
            1 => self.tell_edit("Removed 1 track that was there twice"),
            count => self.tell_edit(&format!("Removed {} that were there twice", tracks(count))),
        });
        effects
    }

    /// Sorts the selected rows among each other, or all. A playlist shows that for now; it is kept when the listener
    /// says so.
    pub(super) fn sort_rows(&mut self, key: SortKey) -> Vec<Effect> {
        let sorted = Arrangement::Sorted { by: vec![key], down: false };
        self.rearrange(&sorted.words(), |entries| sorted.apply(entries))
    }

    /// Puts the selected rows among each other in any order, or all.
    pub(super) fn shuffle_rows(&mut self) -> Vec<Effect> {
        let shuffled = Arrangement::Shuffled(self.random.draw());
        self.rearrange(&shuffled.words(), |entries| shuffled.apply(entries))
    }

    /// Turns the order of the selected rows round, or of all.
    pub(super) fn reverse_rows(&mut self) -> Vec<Effect> {
        self.rearrange("turning the order round", |entries| entries.reverse())
    }

    fn rearrange(&mut self, name: &str, arrange: impl FnOnce(&mut Vec<Entry>)) -> Vec<Effect> {
        let Some(which) = self.edited() else { return Vec::new() };
        let Some(mut sheet) = self.sheet(which) else { return Vec::new() };
        sheet.settle_range();
        let all = sheet.selection.is_empty();
        let rows: Vec<_> = if all { (0..sheet.entries.len()).collect() } else { sheet.meant() };
        let selection = sheet.selection.clone();
        let in_order = |sheet: &mut Sheet<'_>, rows: &[usize]| {
            let mut meant: Vec<_> = rows.iter().filter_map(|row| sheet.entries.get(*row).cloned()).collect();
            arrange(&mut meant);
            for (row, entry) in rows.iter().zip(meant) {
                sheet.entries[*row] = entry;
            }
        };
        let mut effects = match which {
            Edited::Playlist => return self.show_sorted(name, |sheet| in_order(sheet, &rows)),
            Edited::Queue | Edited::Downloads => self.edit_rows(which, name, &rows, in_order),
        };
        if let Some(sheet) = self.sheet(which) {
            *sheet.selection = selection;
        }
        effects.extend(self.tell_edit(&format!("Done: {name}")));
        effects
    }

    pub(super) fn undo(&mut self) -> Vec<Effect> {
        if self.said_last(true) {
            return self.go_in_own(OwnMove::Back);
        }
        match self.edited() {
            Some(Edited::Playlist) => self.undo_in_playlist(),
            Some(Edited::Downloads) => self.undo_in_downloads(),
            None if self.focus() == Focus::Playlists => self.undo_on_shelf(true),
            Some(Edited::Queue) | None => self.undo_in_queue(),
        }
    }

    pub(super) fn redo(&mut self) -> Vec<Effect> {
        if self.said_last(false) {
            return self.go_in_own(OwnMove::On);
        }
        match self.edited() {
            Some(Edited::Playlist) => self.redo_in_playlist(),
            Some(Edited::Downloads) => self.redo_in_downloads(),
            None if self.focus() == Focus::Playlists => self.undo_on_shelf(false),
            Some(Edited::Queue) | None => self.redo_in_queue(),
        }
    }
}
