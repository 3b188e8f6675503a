//! What the listener says of the own music: ratings, and searches that are kept as lists. Whatever is said shows
//! at once; the library writes it down.

use std::sync::Arc;

use super::effect::Effect;
use super::focus::Page;
use super::notices::Level;
use super::state::State;
use crate::model::{CleanText, Item, MAX_STARS, OwnChange, Track, TrackRef, query_problem};

/// The lists of the own music that change with what the listener says of it.
pub(super) const SAID: [&str; 3] = ["liked", "ratings", "smart"];

/// Before the name of a kept search in the name of its list.
const SMART: &str = "smart:";

impl State {
    /// Rates the track under the cursor, or what plays.
    pub(super) fn rate(&mut self, stars: u8) -> Vec<Effect> {
        let playing = || self.playback.now.as_ref().map(|now| now.track.clone());
        let track = match self.item_here() {
            Some(Item::Track(track)) => track,
            Some(Item::Collection(_) | Item::List(_)) => {
                return self.tell(Level::Info, "Only tracks are rated");
            }
            None => match playing() {
                Some(track) => track,
                None => return self.tell(Level::Info, "There is no track here to rate"),
            },
        };
        if track.reference.file().is_none() {
            return self.tell(Level::Info, "Only your own files are rated here; f likes what a service has");
        }
        let words = match stars {
            0 => format!("Not rated any more: {}", track.title),
            stars => format!("{stars} of {MAX_STARS} stars: {}", track.title),
        };
        self.show_stars(&track.reference, stars);
        let mut effects = vec![Effect::KeepOwn(OwnChange::Rate { track: track.reference, stars })];
        self.note_said();
        self.forget_own_lists();
        let words = format!("{words} \u{b7} {}", self.undo_words());
        effects.extend(self.tell(Level::Info, words));
        effects
    }

    /// Shows a rating wherever the track is on a list.
    pub(super) fn show_stars(&mut self, track: &TrackRef, stars: u8) {
        let rate = |row: &mut Track| {
            if row.reference == *track {
                row.stars = stars;
            }
        };
        for row in &mut self.search.rows {
            if let Item::Track(track) = &mut row.item {
                rate(track);
            }
            row.others.iter_mut().for_each(rate);
        }
        self.browse.all_mut().for_each(|shelf| shelf.each_track(rate));
        if let Some(now) = &mut self.playback.now {
            rate(&mut now.track);
        }
        // What is the same stays shared.
        let mut made: Option<Arc<Track>> = None;
        self.each_kept_row(|row| {
            if row.reference == *track && row.stars != stars {
                let rated = Track { stars, ..Track::clone(row) };
                let same = made.take().filter(|made| **made == rated).unwrap_or_else(|| Arc::new(rated));
                *row = Arc::clone(made.insert(same));
            }
        });
        self.queue.settle();
        if let Some(open) = &mut self.playlists.open {
            open.settle();
        }
    }

    /// Asks for the name under which the search is kept as a list.
    pub(super) fn name_search(&mut self) -> Vec<Effect> {
        let words = self.search.input.text().trim().to_owned();
        if words.is_empty() {
            return self.tell(Level::Info, "Search for something first; the search is what is kept");
        }
        if !self.services.iter().any(|service| service.capabilities.is_local) {
            return self.tell(Level::Info, "There is no library here to keep that in; set library.folders");
        }
        if let Some(problem) = query_problem(&words, &[]) {
            return self.tell(Level::Warning, problem.fault().to_string());
        }
        self.open_search_naming(words)
    }

    /// Keeps a search as a list of the own music.
    pub(super) fn keep_search(&mut self, name: CleanText, words: String) -> Vec<Effect> {
        self.overlays.pop();
        let told = format!("{name} is now among the smart lists of My music");
        let mut effects = vec![Effect::KeepOwn(OwnChange::KeepSearch { name, words })];
        self.note_said();
        self.forget_own_lists();
        effects.extend(self.tell(Level::Info, told));
        effects
    }

    /// Forgets the kept search under the cursor.
    pub(super) fn forget_search(&mut self) -> Vec<Effect> {
        let named = match self.item_here() {
            Some(Item::List(list)) => list.id.0.strip_prefix(SMART).map(CleanText::new),
            Some(Item::Track(_) | Item::Collection(_)) | None => None,
        };
        let Some(name) = named else {
            return self.tell(Level::Info, "There is no smart list under the cursor");
        };
        if let Some(shelf) = self.browse.open_mut() {
            let id = format!("{SMART}{name}");
            shelf.retain(|row| !matches!(row, Item::List(list) if list.id.0 == id));
            shelf.list.set_len(shelf.rows.len());
            shelf.total = shelf.total.map(|_| shelf.rows.len() as u64);
        }
        let undo = self.undo_words();
        let told = format!("{name} is no smart list any more; its tracks are where they were \u{b7} {undo}");
        let mut effects = vec![Effect::KeepOwn(OwnChange::ForgetSearch { name })];
        self.note_said();
        effects.extend(self.tell(Level::Info, told));
        effects
    }

    /// Lists that are not as they were are read again when they are opened; the one that is seen stays.
    pub(super) fn forget_own_lists(&mut self) {
        let open = self.browse.list.cursor().filter(|_| self.page == Page::Browse);
        for (row, shelf) in self.browse.shelves.iter_mut().enumerate() {
            let is_said = shelf.source.as_ref().is_some_and(|source| SAID.contains(&source.id.0.as_str()));
            let is_own = self.services.iter().any(|own| own.capabilities.is_local && own.id == shelf.service);
            if is_said && is_own && open != Some(row) {
                shelf.forget();
            }
        }
    }
}
