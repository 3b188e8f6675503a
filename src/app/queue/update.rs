//! Edits of the queue.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::Repeat;
use super::state::Queue;
use crate::app::browse::Place;
use crate::app::editor::{Entry, Journal, leave_out};
use crate::app::edits::Sheet;
use crate::app::effect::Effect;
use crate::app::focus::Focus;
use crate::app::notices::Level;
use crate::app::search::FoundRow;
use crate::app::state::State;
use crate::model::{Allowed, CleanText, EntryId, Item, Step, Track};

/// Most rows; what is added beyond is left out, with a notice.
pub(super) const MAX_ENTRIES: usize = 50_000;

impl State {
    /// Edits the queue in a way that can be taken back, and lets what plays next follow.
    pub(super) fn edit_queue(
        &mut self,
        name: impl Into<String>,
        edit: impl FnOnce(&mut Queue),
    ) -> Vec<Effect> {
        let before = self.queue.snapshot();
        let mut effects = self.change_queue(edit);
        if let Some(step) = self.queue.step(name, before) {
            effects.extend(self.keep_queue_step(step));
        }
        effects
    }

    fn keep_queue_step(&mut self, step: Step) -> Option<Effect> {
        let after = self.queue.journal.number();
        // Before the steps of earlier runs have come, this one waits for them.
        let keep = self.queue.step_at_start.is_none();
        let step = Step { made_at: step.made_at.or(self.time.map(|time| time.unix_s)), ..step };
        let effect = keep.then(|| Effect::KeepQueueStep { after, step: Box::new(step.clone()) });
        self.queue.journal.push(step);
        effect
    }

    /// The edits of earlier runs have come: what was done meanwhile follows on them.
    pub(in crate::app) fn queue_journal_came(&mut self, earlier: Journal) -> Vec<Effect> {
        if self.queue.step_at_start.take().is_none() {
            return self.whole_queue_journal_came(earlier);
        }
        let own = std::mem::replace(&mut self.queue.journal, earlier);
        let effects: Vec<_> =
            own.all().iter().filter_map(|step| self.keep_queue_step(step.clone())).collect();
        for _ in own.steps().len()..own.all().len() {
            self.queue.journal.step_back();
        }
        self.forget_order_of_edits();
        effects
    }

    /// Asks for the edits of earlier runs that are not here, once; so many edits are to be taken back then.
    pub(in crate::app) fn ask_queue_journal(&mut self, back: u32) -> Vec<Effect> {
        let is_asked = self.queue.back_later.is_some();
        *self.queue.back_later.get_or_insert_default() += back;
        let last = self.queue.journal.first_number();
        if is_asked { Vec::new() } else { vec![Effect::ReadQueueJournal { last }] }
    }

    fn whole_queue_journal_came(&mut self, kept: Journal) -> Vec<Effect> {
        let Some(back) = self.queue.back_later.take() else { return Vec::new() };
        let first = self.queue.journal.first_number();
        self.queue.journal.take_earlier(kept);
        // Where it could not be read, that was told.
        let is_stuck = self.queue.journal.has_earlier() && self.queue.journal.first_number() == first;
        // The page of the journal shows as many as are held.
        if back == 0 && !is_stuck && self.queue.journal.has_earlier() && !self.queue.journal.is_full() {
            return self.ask_queue_journal(0);
        }
        let back = if is_stuck { 0 } else { back };
        let effects = (0..back).flat_map(|_| self.undo_in_queue()).collect();
        self.show_queue_journal();
        effects
    }

    /// Edits rows of the queue. What is current stays so; when its row goes, the one after it is.
    pub(in crate::app) fn edit_queue_rows(
        &mut self,
        name: String,
        edit: impl FnOnce(&mut Sheet<'_>),
    ) -> Vec<Effect> {
        self.edit_queue(name, |queue| {
            let after: Vec<EntryId> =
                queue.entries.iter().skip(queue.current.unwrap_or_default()).map(|entry| entry.id).collect();
            let (was_current, was_empty) = (queue.current.is_some(), queue.entries.is_empty());
            edit(&mut queue.sheet());
            let places: HashMap<_, _> = queue.entries.iter().map(|entry| entry.id).zip(0_usize..).collect();
            let next = after.iter().find_map(|id| places.get(id).copied());
            let last = queue.entries.len().checked_sub(1);
            queue.current = match (was_current, was_empty) {
                (true, _) => next.or(last),
                (false, true) => last.map(|_| 0),
                (false, false) => None,
            };
        })
    }

    /// Whether one of these rows plays, and then whether there is another to play on with.
    pub(in crate::app) fn plays_on_without(&self, rows: &[usize]) -> Option<bool> {
        let playing = self.playing_row().filter(|row| rows.contains(row))?;
        let stays = |row: usize| rows.binary_search(&row).is_err();
        Some(!self.playback.paused && (playing + 1..self.queue.entries.len()).any(stays))
    }

    /// Plays the current row from its start.
    pub(in crate::app) fn play_current(&mut self) -> Vec<Effect> {
        self.queue.current.map_or_else(Vec::new, |row| self.play_row(row, Duration::ZERO))
    }

    fn change_queue(&mut self, edit: impl FnOnce(&mut Queue)) -> Vec<Effect> {
        let before = self.queue.current_entry().map(|entry| entry.id);
        let was_shuffled = self.queue.is_shuffled();
        let there: Vec<EntryId> = self.queue.entries.iter().map(|entry| entry.id).collect();
        edit(&mut self.queue);
        let queue = &mut self.queue;
        self.left_out = leave_out(&mut queue.entries, &there, MAX_ENTRIES);
        queue.settle();
        queue.selection.keep_to(&queue.entries);
        queue.current = queue.current.filter(|row| *row < queue.entries.len());
        if queue.current_entry().map(|entry| entry.id) != before {
            self.playback.forget_place();
        }
        let is_shuffled = self.queue.is_shuffled();
        let mut effects = self.plan_ahead();
        if is_shuffled != was_shuffled {
            effects.push(Effect::SetShuffled(is_shuffled));
        }
        if self.left_out > 0 {
            let words = format!("The queue is full: {}", self.left_out_words(MAX_ENTRIES));
            effects.extend(self.tell(Level::Warning, words));
        }
        effects
    }

    /// The tracks of the list where the cursor is, and its row among them; `None` when it is on no track.
    fn tracks_here(&self) -> Option<(Vec<Track>, usize)> {
        let (items, cursor): (Vec<Item>, usize) = match self.focus() {
            Focus::SearchResults => {
                let search = &self.search;
                (search.rows.iter().map(FoundRow::whole).collect(), search.list.cursor()?)
            }
            Focus::BrowseTracks => {
                let open = self.browse.open()?;
                (open.rows.clone(), open.list.cursor()?)
            }
            Focus::Playlist => {
                let open = self.playlists.open.as_ref()?;
                let tracks = open.entries.iter().map(|entry| Item::Track(Track::clone(&entry.track)));
                (tracks.collect(), open.list.cursor()?)
            }
            Focus::Downloads => {
                let entries = self.downloads.jobs.entries().iter();
                let tracks = entries.map(|entry| Item::Track(Track::clone(&entry.track)));
                (tracks.collect(), self.downloads.list.cursor()?)
            }
            _ => return None,
        };
        items.get(cursor)?.track()?;
        let row = items.iter().take(cursor).filter(|item| item.track().is_some()).count();
        Some((items.into_iter().filter_map(Item::into_track).collect(), row))
    }

    /// The track under the cursor if it may be played, else why not.
    fn track_here(&self) -> Option<Result<Track, String>> {
        let item = match self.focus() {
            Focus::SearchResults => self.search.selected().map(FoundRow::whole),
            Focus::BrowseTracks | Focus::Playlist | Focus::Downloads => self.item_here(),
            _ => None,
        };
        let track = item?.into_track()?;
        Some(match &track.playable {
            Allowed::No(reason) => Err(format!("{} cannot be played: {reason}", track.title)),
            Allowed::Yes => Ok(track),
        })
    }

    /// Plays the track under the cursor, or opens what is there. Its list takes the queue's place, from its first row on, so
    /// that the track before is there too.
    pub(in crate::app) fn play_here(&mut self) -> Vec<Effect> {
        match self.track_here() {
            None => return self.open_here(),
            Some(Err(words)) => return self.tell(Level::Warning, words),
            Some(Ok(_)) => {}
        }
        let Some((tracks, row)) = self.tracks_here() else { return Vec::new() };
        let may_play = |track: &Track| track.playable == Allowed::Yes;
        let row = tracks.iter().take(row).filter(|track| may_play(track)).count();
        let tracks = tracks.into_iter().filter(may_play).collect();
        let mut effects = self.replace_queue("playing another list", tracks, row);
        effects.extend(self.play_row(self.queue.current.unwrap_or_default(), Duration::ZERO));
        effects
    }

    pub(in crate::app) fn play_all(&mut self, tracks: Vec<Track>, start: Duration) -> Vec<Effect> {
        let mut effects = self.replace_queue("playing another list", tracks, 0);
        effects.extend(self.play_row(self.queue.current.unwrap_or_default(), start));
        if self.queue.entries.is_empty() {
            self.playback.give_up();
        }
        effects
    }

    pub(in crate::app) fn replace_queue<T: Into<Arc<Track>>>(
        &mut self,
        name: &str,
        tracks: Vec<T>,
        row: usize,
    ) -> Vec<Effect> {
        let height = self.list_height();
        self.note_place();
        // What plays now makes way for a row of the new queue: nothing of it comes after.
        let mut effects = self.unload();
        let mut random = self.random;
        effects.extend(self.edit_queue(name, |queue| {
            queue.entries = queue.make_entries(tracks);
            queue.current = Some(row);
            if queue.is_shuffled() {
                queue.shuffle(&mut random);
            }
            queue.list.set_len(queue.entries.len());
            queue.list.go_to(queue.current.unwrap_or_default(), height);
        }));
        self.random = random;
        effects
    }

    /// Puts the track under the cursor into the queue, or all that the album or playlist there holds.
    pub(in crate::app) fn add_here(&mut self, place: Place) -> Vec<Effect> {
        if self.focus() == Focus::Playlist
            && let Some((which, rows)) = self.meant_rows()
        {
            let found = self.tracks_at(which, &rows);
            let title = title_of(&found);
            self.playlists.end_selection();
            return self.add_tracks(found, place, title.as_str());
        }
        if let Some(items) = self.items_marked() {
            return self.add_marked(items, place);
        }
        if self.focus() == Focus::Playlists {
            return self.queue_playlist(place);
        }
        let track = match self.track_here() {
            None => return self.add_collection_here(place),
            Some(Err(words)) => return self.tell(Level::Warning, words),
            Some(Ok(track)) => track,
        };
        let title = track.title.to_string();
        self.add_tracks(vec![track], place, &title)
    }

    fn add_collection_here(&mut self, place: Place) -> Vec<Effect> {
        match self.item_here() {
            Some(Item::Collection(collection)) => {
                self.gather(&collection.reference, &collection.title, place)
            }
            Some(Item::List(_)) => self.tell(Level::Info, "A list of lists cannot be queued; open it"),
            Some(Item::Track(_)) | None => Vec::new(),
        }
    }

    /// Puts tracks into the queue; `title` is what the notice calls them.
    pub(in crate::app) fn add_tracks<T: Into<Arc<Track>>>(
        &mut self,
        added: Vec<T>,
        place: Place,
        title: &str,
    ) -> Vec<Effect> {
        let (name, words) = match place {
            Place::End | Place::Kept => ("adding to the end", "at the end"),
            Place::Next => ("adding as next", "as next"),
        };
        let mut effects = self.edit_queue(name, |queue| {
            let row = match place {
                Place::End | Place::Kept => queue.entries.len(),
                Place::Next => queue.current.map_or(0, |row| row + 1),
            };
            let row = row.min(queue.entries.len());
            let entries = queue.make_entries(added);
            queue.entries.splice(row..row, entries);
            queue.current = queue.current.or(Some(0));
        });
        let count = self.queue.entries.len();
        effects
            .extend(self.tell_done(&format!("Queued {words}: {title} (now {})", tracks(count)), MAX_ENTRIES));
        effects
    }

    pub(in crate::app) fn play_entry(&mut self) -> Vec<Effect> {
        match self.queue.list.cursor() {
            Some(row) if self.focus() == Focus::Queue => self.play_row(row, Duration::ZERO),
            Some(_) | None => Vec::new(),
        }
    }

    pub(in crate::app) fn clear_queue(&mut self) -> Vec<Effect> {
        self.note_place();
        let mut effects = self.unload();
        effects.extend(self.edit_queue("clearing the queue", |queue| {
            queue.entries.clear();
            queue.current = None;
        }));
        effects
    }

    /// Remembers where the current row is left, for when it comes back.
    fn note_place(&mut self) {
        let position = self.playback.position();
        let plays_it = self.playback.now.is_none() || self.playing_row().is_some();
        if let Some(id) = self.queue.current_entry().map(|entry| entry.id).filter(|_| plays_it) {
            self.queue.left_at.insert(id, position);
        }
    }

    /// Where nothing plays, a current row that came back waits where it was left.
    fn return_to_place(&mut self) {
        let current = self.queue.current_entry().map(|entry| entry.id);
        if self.playback.now.is_none()
            && let Some(position) = current.and_then(|id| self.queue.left_at.get(&id))
        {
            self.playback.wait_at(*position);
        }
    }

    pub(in crate::app) fn undo_in_queue(&mut self) -> Vec<Effect> {
        match self.queue.journal.step_back() {
            Some(step) => self.retrace(&step, "Undone"),
            None if self.queue.journal.has_earlier() => self.ask_queue_journal(1),
            None => self.tell(Level::Info, "Nothing to undo"),
        }
    }

    pub(in crate::app) fn redo_in_queue(&mut self) -> Vec<Effect> {
        match self.queue.journal.step_on() {
            Some(step) => self.retrace(&step, "Done again"),
            None => self.tell(Level::Info, "Nothing to redo"),
        }
    }

    /// Takes a step of the journal; what plays goes on, and is the current row if it is there.
    fn retrace(&mut self, step: &Step, done: &str) -> Vec<Effect> {
        let playing = self.playback.now.as_ref().map(|now| now.entry);
        let mut fits = true;
        let before = (self.queue.order.clone(), ids(&self.queue.entries));
        let mut effects = self.change_queue(|queue| {
            fits = queue.take_step(step);
            if fits {
                queue.current = playing.and_then(|id| queue.row_of(id)).or(queue.current);
            }
        });
        self.return_to_place();
        if !fits {
            let words = format!("{} does not fit the queue any more and was passed over", step.name);
            effects.extend(self.tell(Level::Warning, words));
            return effects;
        }
        if before == (self.queue.order.clone(), ids(&self.queue.entries)) {
            let words =
                format!("{} left nothing that is different; once more for the change before", step.name);
            effects.extend(self.tell(Level::Info, words));
            return effects;
        }
        let count = self.queue.entries.len();
        effects.extend(self.tell(Level::Info, format!("{done}: {} (now {})", step.name, tracks(count))));
        effects
    }

    /// Goes to where the step of this number is the last one that is done; what plays goes on.
    pub(in crate::app) fn go_in_queue_journal(&mut self, number: u64) -> Vec<Effect> {
        let way = self.queue.journal.way_to(number);
        let mut after = self.queue.entries.clone();
        if !way.iter().all(|step| step.apply(&mut after).is_ok()) {
            return self.tell(Level::Warning, "The queue was changed otherwise; this is out of reach");
        }
        let playing = self.playback.now.as_ref().map(|now| now.entry);
        let mut effects = self.change_queue(|queue| {
            for step in &way {
                queue.take_step(step);
            }
            queue.current = playing.and_then(|id| queue.row_of(id)).or(queue.current);
            queue.journal.stand_at(number);
        });
        self.return_to_place();
        let count = self.queue.entries.len();
        effects.extend(self.tell(Level::Info, format!("Now as it was then: {}", tracks(count))));
        effects
    }

    pub(in crate::app) fn change_repeat(&mut self) -> Vec<Effect> {
        let queue = &mut self.queue;
        queue.repeat = match queue.repeat {
            Repeat::Off => Repeat::All,
            Repeat::All => Repeat::One,
            Repeat::One => Repeat::Off,
        };
        let words = format!("Repeat: {}", queue.repeat.title());
        let mut effects = self.plan_ahead();
        effects.extend(self.tell(Level::Info, words));
        effects
    }
}

fn ids(entries: &[Entry]) -> Vec<EntryId> {
    entries.iter().map(|entry| entry.id).collect()
}

/// What a notice calls them: one by its title, many by their number.
pub(in crate::app) fn title_of(found: &[Arc<Track>]) -> CleanText {
    match found {
        [one] => one.title.clone(),
        many => tracks(many.len()).into(),
    }
}

pub(in crate::app) fn tracks(count: usize) -> String {
    if count == 1 { "1 track".to_owned() } else { format!("{count} tracks") }
}
