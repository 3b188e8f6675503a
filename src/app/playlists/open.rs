//! Decisions about the open playlist: each edit shows at once, goes to the library, and counts as kept once that says so.

use std::collections::HashSet;
use std::sync::Arc;

use super::state::{Asked, OpenPlaylist};
use crate::app::editor::{Entry, leave_out};
use crate::app::edits::Sheet;
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::queue::tracks;
use crate::app::state::State;
use crate::model::{
    CleanText, EntryId, Fault, JournalMove, MAX_PLAYLIST_ROWS, OpenedPlaylist, PlaylistEdit, PlaylistId,
    PlaylistOrder, Snapshot, Step, Track, lost_words,
};

impl State {
    /// Rows with numbers of their own, short and by chance: two runs of the program number rows of one playlist.
    pub(in crate::app) fn new_entries(&mut self, tracks: Vec<Arc<Track>>) -> Vec<Entry> {
        let open = self.playlists.open.iter().flat_map(|open| &open.entries);
        let mut taken: HashSet<EntryId> = open.map(|entry| entry.id).collect();
        let mut number = || {
            loop {
                let id = self.random.entry_id();
                if taken.insert(id) {
                    return id;
                }
            }
        };
        tracks.into_iter().map(|track| Entry::new(number(), track)).collect()
    }

    /// Edits the open playlist in a way that can be taken back.
    pub(in crate::app) fn edit_playlist(
        &mut self,
        name: impl Into<String>,
        edit: impl FnOnce(&mut Sheet<'_>),
    ) -> Vec<Effect> {
        // What it was sorted by is kept with the first edit that is made of it.
        let mut effects = self.keep_order();
        let Some(open) = &mut self.playlists.open else { return effects };
        let before = open.entries.clone();
        edit(&mut open.sheet());
        let there: Vec<EntryId> = before.iter().map(|entry| entry.id).collect();
        self.playlists.not_there = None;
        let not_there = self.keep_to_service();
        if let Some(open) = &mut self.playlists.open {
            self.left_out = leave_out(&mut open.entries, &there, MAX_PLAYLIST_ROWS);
            open.settle();
        }
        effects.extend(self.keep_edit(name.into(), before));
        effects.extend(not_there);
        if self.left_out > 0 {
            let words = format!("The playlist is full: {}", self.left_out_words(MAX_PLAYLIST_ROWS));
            effects.extend(self.tell(Level::Warning, words));
        }
        effects
    }

    /// Sends what was changed since `before` to the library, and into the journal.
    fn keep_edit(&mut self, name: String, before: Vec<Entry>) -> Vec<Effect> {
        let made_at = self.time.map(|time| time.unix_s);
        let Some(open) = &mut self.playlists.open else { return Vec::new() };
        let snapshot = Snapshot::new(&before, None, None);
        let Some(step) = Step::between(name.clone(), snapshot, &open.entries, None, None) else {
            return Vec::new();
        };
        let step = Step { made_at, ..step };
        let journal = JournalMove::Step { after: open.journal.number(), step: step.clone() };
        open.journal.push(step);
        self.send_edit(name, before, journal)
    }

    fn send_edit(&mut self, name: String, before: Vec<Entry>, journal: JournalMove) -> Vec<Effect> {
        let Some(open) = &mut self.playlists.open else { return Vec::new() };
        let (id, revision) = (open.id, open.revision);
        let edit = PlaylistEdit {
            id,
            name,
            revision,
            before: before.into(),
            after: open.entries.as_slice().into(),
            journal,
        };
        // What the library counts too, unless somebody else changes the playlist: then it says so.
        open.revision += 1;
        open.unkept += 1;
        self.order(PlaylistOrder::Edit(Box::new(edit)), Asked::Edit(id))
    }

    /// An edit is on the disk.
    pub(super) fn edit_kept(
        &mut self,
        id: PlaylistId,
        revision: u64,
        merged: Option<Box<OpenedPlaylist>>,
        lost: &[CleanText],
    ) -> Vec<Effect> {
        let Some(open) = self.playlists.open.as_mut().filter(|open| open.id == id) else {
            return Vec::new();
        };
        open.unkept = open.unkept.saturating_sub(1);
        let Some(merged) = merged else {
            open.revision = open.revision.max(revision);
            return Vec::new();
        };
        let words = format!(
            "{} was changed elsewhere too; both changes are in it now{}",
            open.name,
            lost_words(lost)
        );
        let level = if lost.is_empty() { Level::Info } else { Level::Warning };
        // Edits that are still under way are put together with it as well; the last answer is the whole.
        if open.unkept == 0 {
            open.take_over(*merged);
        } else if lost.is_empty() {
            return Vec::new();
        }
        self.tell(level, words)
    }

    /// An edit could not be kept: the playlist is shown as it is on the disk.
    pub(super) fn edit_not_kept(&mut self, id: PlaylistId, fault: &Fault) -> Vec<Effect> {
        let Some(open) = self.playlists.open.as_mut().filter(|open| open.id == id) else {
            return Vec::new();
        };
        open.unkept = open.unkept.saturating_sub(1);
        let words = format!("The change of {} was not kept. {fault}", open.name);
        let mut effects = self.order(PlaylistOrder::Open(id), Asked::Open(id));
        effects.extend(self.tell(Level::Error, words));
        effects
    }

    /// Shows the open playlist in another order for now.
    pub(in crate::app) fn show_sorted(
        &mut self,
        name: &str,
        arrange: impl FnOnce(&mut Sheet<'_>),
    ) -> Vec<Effect> {
        let Some(open) = &mut self.playlists.open else { return Vec::new() };
        let before = open.entries.clone();
        arrange(&mut open.sheet());
        match &mut open.sorted {
            Some((known, _)) => *known = format!("{known}, {name}"),
            None => open.sorted = Some((name.to_owned(), before)),
        }
        if open.sorted.as_ref().is_some_and(|(_, kept)| same_order(kept, &open.entries)) {
            open.sorted = None;
            return self.tell(Level::Info, "It is in this order already");
        }
        let keep = self.keymap.keys_of(&crate::app::Action::KeepOrder);
        let keep = keep.first().cloned().unwrap_or_default();
        let words = format!("Shown in another order for now \u{b7} {keep} keeps it, Esc puts it back");
        self.tell(Level::Info, words)
    }

    /// Keeps the order that is shown.
    pub(in crate::app) fn keep_order(&mut self) -> Vec<Effect> {
        let Some(open) = &mut self.playlists.open else { return Vec::new() };
        let Some((name, before)) = open.sorted.take() else { return Vec::new() };
        self.keep_edit(name, before)
    }

    /// Keeps the order that is shown, and says so.
    pub(in crate::app) fn keep_order_here(&mut self) -> Vec<Effect> {
        let mut effects = self.keep_order();
        let words = if effects.is_empty() {
            "Nothing is sorted for now".to_owned()
        } else {
            format!("The order is kept \u{b7} {}", self.undo_words())
        };
        effects.extend(self.tell(Level::Info, words));
        effects
    }

    /// Puts the rows back as they are kept; `false` where they are so.
    pub(in crate::app) fn put_order_back(&mut self) -> bool {
        let Some(open) = &mut self.playlists.open else { return false };
        match open.sorted.take() {
            Some((_, before)) => {
                open.entries = before;
                open.settle();
                true
            }
            None => false,
        }
    }

    pub(in crate::app) fn undo_in_playlist(&mut self) -> Vec<Effect> {
        if self.put_order_back() {
            return self.tell(Level::Info, "Back in its own order");
        }
        self.retrace_playlist(|open| open.journal.step_back(), "Undone", "Nothing to undo")
    }

    pub(in crate::app) fn redo_in_playlist(&mut self) -> Vec<Effect> {
        self.put_order_back();
        self.retrace_playlist(|open| open.journal.step_on(), "Done again", "Nothing to redo")
    }

    /// Goes to where the step of this number is the last one that is done, as one change.
    pub(in crate::app) fn go_in_playlist_journal(&mut self, number: u64) -> Vec<Effect> {
        self.put_order_back();
        let Some(open) = &mut self.playlists.open else { return Vec::new() };
        let before = open.entries.clone();
        let mut after = before.clone();
        let fits = open.journal.way_to(number).iter().all(|step| step.apply(&mut after).is_ok());
        if !fits {
            return self.tell(Level::Warning, "The playlist was changed elsewhere; this is out of reach");
        }
        open.entries = after;
        open.journal.stand_at(number);
        open.settle();
        let (number, count) = (open.journal.number(), open.entries.len());
        let mut effects =
            self.send_edit("going back in the journal".to_owned(), before, JournalMove::To(number));
        effects.extend(self.tell(Level::Info, format!("Now as it was then: {}", tracks(count))));
        effects
    }

    fn retrace_playlist(
        &mut self,
        take: impl FnOnce(&mut OpenPlaylist) -> Option<Step>,
        done: &str,
        nothing: &str,
    ) -> Vec<Effect> {
        let Some(open) = &mut self.playlists.open else { return Vec::new() };
        let Some(step) = take(open) else { return self.tell(Level::Info, nothing) };
        let before = open.entries.clone();
        if step.apply(&mut open.entries).is_err() {
            let words = format!("{} does not fit the playlist any more and was passed over", step.name);
            return self.tell(Level::Warning, words);
        }
        open.settle();
        let (number, count) = (open.journal.number(), open.entries.len());
        let mut effects = self.send_edit(format!("{done}: {}", step.name), before, JournalMove::To(number));
        let words = format!("{done}: {} (now {})", step.name, tracks(count));
        effects.extend(self.tell(Level::Info, words));
        effects
    }
}

fn same_order(one: &[Entry], other: &[Entry]) -> bool {
    one.iter().map(|entry| entry.id).eq(other.iter().map(|entry| entry.id))
}
