//! Marked rows in the lists to choose from: what a search found, and what a service's list holds. Many rows go into the
//! queue, a playlist or the clipboard as one does.

use std::sync::Arc;

use super::browse::Place;
use super::editor::{Entry, Select, Selection, numbered};
use super::effect::Effect;
use super::focus::Focus;
use super::list::List;
use super::mouse::ListPlace;
use super::notices::Level;
use super::queue::{title_of, tracks};
use super::search::FoundRow;
use super::state::State;
use crate::model::{Allowed, EntryId, Item, Track};

/// The rows of a list whose marks are changed.
struct Chosen<'a> {
    ids: Vec<EntryId>,
    selection: &'a mut Selection,
    list: &'a mut List,
    shown: Option<&'a [usize]>,
}

impl State {
    /// Changes what is selected.
    pub(super) fn select_rows(&mut self, how: Select) -> Vec<Effect> {
        let height = self.list_height();
        let album = (how == Select::Album).then(|| self.rows_of_album_here());
        if album.as_ref().is_some_and(Vec::is_empty) {
            return self.tell(Level::Info, "Nothing tells which album this row is of");
        }
        let Some(Chosen { ids, selection, list, shown }) = self.chosen() else { return Vec::new() };
        let cursor = list.cursor();
        let Some(id) = cursor.and_then(|row| ids.get(row)) else { return Vec::new() };
        let mut goes_on = false;
        match how {
            Select::Range => selection.toggle_range(&ids, cursor, shown),
            Select::Row => {
                selection.toggle(*id);
                goes_on = true;
            }
            Select::All => {
                let all = shown.map_or(ids.len(), <[usize]>::len);
                let selected = selection.selected(&ids, None, None);
                let is_shown = |row: &&usize| shown.is_none_or(|shown| shown.binary_search(row).is_ok());
                if selected.iter().filter(is_shown).count() == all {
                    selection.clear();
                } else {
                    selection.select(&ids, shown, |_, _| true);
                }
            }
            Select::Others => selection.invert(&ids, cursor, shown),
            Select::Album => {
                let album = album.unwrap_or_default();
                selection.select(&ids, shown, |row, _| album.binary_search(&row).is_ok());
            }
        }
        if goes_on
            && !self.move_in_filter(1)
            && !self.move_in_fold(1)
            && let Some(Chosen { list, .. }) = self.chosen()
        {
            list.move_by(1, height);
        }
        Vec::new()
    }

    /// Does something with so many rows from the cursor on, unless rows are marked: then with those.
    pub(super) fn with_rows_from_here(
        &mut self,
        count: usize,
        act: impl FnOnce(&mut Self) -> Vec<Effect>,
    ) -> Vec<Effect> {
        let begun = self.chosen().is_some_and(|Chosen { ids, selection, list, shown }| {
            let Some(cursor) = list.cursor().filter(|_| selection.is_empty()) else { return false };
            let last = match shown {
                Some(shown) => shown.iter().filter(|row| **row >= cursor).take(count).last().copied(),
                None => Some(cursor.saturating_add(count).saturating_sub(1)),
            };
            selection.select(&ids, shown, |row, _| row >= cursor && last.is_some_and(|last| row <= last));
            true
        });
        let effects = act(self);
        if begun && let Some(Chosen { selection, .. }) = self.chosen() {
            selection.clear();
        }
        effects
    }

    /// The list that has the keys, if rows of it can be marked.
    fn chosen(&mut self) -> Option<Chosen<'_>> {
        let place = self.choosable().filter(|_| self.overlays.is_empty())?;
        let filter = self.filter.as_ref().filter(|filter| filter.place == place && filter.narrows());
        let mut shown = filter.map(|filter| filter.rows.as_slice());
        let (ids, selection, list) = match place {
            ListPlace::Queue => {
                let ids = self.queue.entries.iter().map(|entry| entry.id).collect();
                (ids, &mut self.queue.selection, &mut self.queue.list)
            }
            ListPlace::Playlist => {
                let open = self.playlists.open.as_mut()?;
                let ids = open.entries.iter().map(|entry| entry.id).collect();
                (ids, &mut open.selection, &mut open.list)
            }
            ListPlace::Downloads => {
                let downloads = &mut self.downloads;
                let ids = downloads.jobs.entries().iter().map(|entry| entry.id).collect();
                let is_whole = self.filter.as_ref().is_none_or(|filter| filter.place != place);
                if is_whole && downloads.fold.is_active() {
                    shown = Some(downloads.fold.rows());
                }
                (ids, &mut downloads.selection, &mut downloads.list)
            }
            ListPlace::Results => {
                let search = &mut self.search;
                (numbered(search.rows.len()), &mut search.selection, &mut search.list)
            }
            ListPlace::Tracks => {
                let shelf = self.browse.open_mut()?;
                (numbered(shelf.rows.len()), &mut shelf.selection, &mut shelf.list)
            }
            _ => return None,
        };
        Some(Chosen { ids, selection, list, shown })
    }

    /// The rows of the album that the cursor is on.
    fn rows_of_album_here(&self) -> Vec<usize> {
        let Some(Item::Track(here)) = self.item_here() else { return Vec::new() };
        let is_it = |track: &Track| is_of_album(track, &here);
        let of_items = |items: &mut dyn Iterator<Item = &Item>| {
            let same = items.enumerate().filter(|(_, item)| item.track().is_some_and(is_it));
            same.map(|(row, _)| row).collect()
        };
        let entries = match self.focus() {
            Focus::Queue => &self.queue.entries,
            Focus::Downloads => self.downloads.jobs.entries(),
            Focus::Playlist => match &self.playlists.open {
                Some(open) => &open.entries,
                None => return Vec::new(),
            },
            Focus::SearchResults => return of_items(&mut self.search.rows.iter().map(|row| &row.item)),
            Focus::BrowseTracks => {
                return self.browse.open().map_or_else(Vec::new, |shelf| of_items(&mut shelf.rows.iter()));
            }
            _ => return Vec::new(),
        };
        entries.iter().enumerate().filter(|(_, entry)| is_it(&entry.track)).map(|(row, _)| row).collect()
    }

    /// The marked rows of the list to choose from; `None` where nothing is marked, or the list is another.
    pub(super) fn items_marked(&self) -> Option<Vec<Item>> {
        let items: Vec<Item> = match self.focus() {
            Focus::SearchResults => {
                let rows = self.marked_places(ListPlace::Results);
                rows.iter().filter_map(|row| self.search.rows.get(*row).map(FoundRow::whole)).collect()
            }
            Focus::BrowseTracks => {
                let shelf = self.browse.open()?;
                let rows = self.marked_places(ListPlace::Tracks);
                rows.iter().filter_map(|row| shelf.rows.get(*row).cloned()).collect()
            }
            _ => return None,
        };
        (!items.is_empty()).then_some(items)
    }

    /// How many rows of a list are marked.
    pub fn marked_rows(&self, place: ListPlace) -> usize {
        self.marked_places(place).len()
    }

    /// The places of the marked rows of a list, in order.
    pub fn marked_places(&self, place: ListPlace) -> Vec<usize> {
        let shown = self.shown_rows(place);
        let of_entries = |selection: &Selection, entries: &[Entry], list: &List| {
            if selection.is_empty() { Vec::new() } else { selection.selected(entries, list.cursor(), shown) }
        };
        let of_items = |selection: &Selection, count: usize, list: &List| {
            let cursor = list.cursor();
            if selection.is_empty() {
                Vec::new()
            } else {
                selection.selected(&numbered(count), cursor, shown)
            }
        };
        match place {
            ListPlace::Queue => of_entries(&self.queue.selection, &self.queue.entries, &self.queue.list),
            ListPlace::Playlist => self
                .playlists
                .open
                .as_ref()
                .map_or_else(Vec::new, |open| of_entries(&open.selection, &open.entries, &open.list)),
            ListPlace::Downloads => {
                let downloads = &self.downloads;
                of_entries(&downloads.selection, downloads.jobs.entries(), &downloads.list)
            }
            ListPlace::Results => of_items(&self.search.selection, self.search.rows.len(), &self.search.list),
            ListPlace::Tracks => self
                .browse
                .open()
                .map_or_else(Vec::new, |shelf| of_items(&shelf.selection, shelf.rows.len(), &shelf.list)),
            _ => Vec::new(),
        }
    }

    /// Nothing is marked any more in the list to choose from.
    pub(super) fn end_marks(&mut self) {
        match self.focus() {
            Focus::SearchResults => self.search.selection.clear(),
            Focus::BrowseTracks => {
                if let Some(shelf) = self.browse.open_mut() {
                    shelf.selection.clear();
                }
            }
            _ => {}
        }
    }

    /// Puts all marked rows into the queue: tracks at once, albums and playlists when they have been read.
    pub(super) fn add_marked(&mut self, items: Vec<Item>, place: Place) -> Vec<Effect> {
        self.end_marks();
        let (mut playable, mut refused, mut collections, mut others) = (Vec::new(), 0, Vec::new(), 0);
        for item in items {
            match item {
                Item::Track(track) if track.playable == Allowed::Yes => playable.push(track),
                Item::Track(_) => refused += 1,
                Item::Collection(collection) => collections.push(collection),
                Item::List(_) => others += 1,
            }
        }
        let mut effects = Vec::new();
        for collection in collections {
            effects.extend(self.gather(&collection.reference, &collection.title, place));
        }
        if !playable.is_empty() {
            let mut title = tracks(playable.len());
            if refused > 0 {
                title = format!("{title}, without {refused} that cannot be played");
            }
            effects.extend(self.add_tracks(playable, place, &title));
        } else if refused > 0 {
            effects.extend(self.tell(Level::Warning, "None of these can be played"));
        } else if others > 0 && effects.is_empty() {
            effects.extend(self.tell(Level::Info, "A list of lists cannot be queued; open it"));
        }
        effects
    }

    /// Queues all marked rows for listening offline: tracks at once, albums and playlists when they have been read.
    pub(super) fn download_marked(&mut self, items: Vec<Item>) -> Vec<Effect> {
        self.end_marks();
        let (mut effects, mut found, mut others) = (Vec::new(), Vec::new(), 0);
        for item in items {
            match item {
                Item::Track(track) => found.push(Arc::new(track)),
                Item::Collection(collection) => effects.extend(self.gather_kept(&collection)),
                Item::List(_) => others += 1,
            }
        }
        if !found.is_empty() {
            let title = title_of(&found);
            effects.extend(self.download(found, None, &title));
        } else if others > 0 && effects.is_empty() {
            effects.extend(self.tell(Level::Info, "A list of lists cannot be downloaded; open it"));
        }
        effects
    }

    /// Keeps rows of a list to choose from for pasting them elsewhere.
    pub(super) fn copy_items(&mut self, cut: bool) -> Vec<Effect> {
        let one =
            || self.search.selected().filter(|_| self.focus() == Focus::SearchResults).map(FoundRow::whole);
        let items = self.items_marked().or_else(|| one().or_else(|| self.item_here()).map(|item| vec![item]));
        let copied: Vec<Arc<Track>> =
            items.into_iter().flatten().filter_map(Item::into_track).map(Arc::new).collect();
        if copied.is_empty() {
            return self.tell(Level::Info, "Only tracks can be copied; open it and copy what is in it");
        }
        self.end_marks();
        let words = format!("Copied {}", tracks(copied.len()));
        self.clipboard = copied;
        let words = if cut { format!("{words}; nothing is taken out of this list") } else { words };
        self.tell(Level::Info, words)
    }

    /// The tracks that are marked in a list to choose from, and how they are called together.
    pub(super) fn tracks_marked(&self) -> Option<Vec<Arc<Track>>> {
        let items = self.items_marked()?;
        Some(items.into_iter().filter_map(Item::into_track).map(Arc::new).collect())
    }
}

/// Whether a track is of the album that another one is of: of the same name, and by the service's own number or by the
/// same main artist, since many albums are called alike.
fn is_of_album(track: &Track, here: &Track) -> bool {
    let is_same = |one: Option<&str>, other: Option<&str>| one.is_some() && one == other;
    let is_called_so = track.album.is_some() && track.album == here.album;
    let main = |track: &Track| track.artists.first().map(ToString::to_string);
    is_called_so
        && (is_same(track.album_id.as_deref(), here.album_id.as_deref())
            || is_same(track.artist_id.as_deref(), here.artist_id.as_deref())
            || is_same(main(track).as_deref(), main(here).as_deref()))
}

impl FoundRow {
    /// What was found, a recording with where else it is.
    pub(super) fn whole(&self) -> Item {
        match &self.item {
            Item::Track(track) => {
                let elsewhere = self.others.iter().map(|other| other.reference.clone()).collect();
                Item::Track(Track { elsewhere, ..track.clone() })
            }
            other => other.clone(),
        }
    }
}
