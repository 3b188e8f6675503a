//! Decisions about the filter.

use super::find::{self, Fit, Wanted};
use super::state::{Filter, Stamp, Subject};
use crate::app::downloads::Fold;
use crate::app::effect::Effect;
use crate::app::focus::Focus;
use crate::app::mouse::ListPlace;
use crate::app::playlists::PlaylistRow;
use crate::app::state::State;
use crate::model::{CleanText, Item, Track};

impl State {
    /// The list under the keys, if it can be filtered.
    pub(in crate::app) fn filterable(&self) -> Option<ListPlace> {
        match self.page_focus() {
            Focus::SearchResults => Some(ListPlace::Results),
            Focus::BrowseLists => Some(ListPlace::Shelves),
            Focus::BrowseTracks => Some(ListPlace::Tracks),
            Focus::Queue => Some(ListPlace::Queue),
            Focus::Playlists => Some(ListPlace::Playlists),
            Focus::Playlist => Some(ListPlace::Playlist),
            Focus::Downloads => Some(ListPlace::Downloads),
            Focus::Settings => Some(ListPlace::Settings),
            _ => None,
        }
    }

    /// How many rows the list under the keys has that can be filtered.
    pub fn filterable_rows(&self) -> usize {
        self.filterable().map_or(0, |place| self.stamp(place).rows)
    }

    /// The list under the keys, if its rows can be marked.
    pub(in crate::app) fn choosable(&self) -> Option<ListPlace> {
        self.filterable().filter(|place| !matches!(place, ListPlace::Shelves | ListPlace::Settings))
    }

    /// How many rows a list has, those included that a filter hides.
    pub fn rows_of(&self, place: ListPlace) -> usize {
        self.stamp(place).rows
    }

    /// The filter over a list, if there is one.
    pub fn filter_of(&self, place: ListPlace) -> Option<&Filter> {
        self.filter.as_ref().filter(|filter| filter.place == place)
    }

    /// The filter over the list that has the keys.
    pub(in crate::app) fn filter_here(&self) -> Option<&Filter> {
        self.filterable().filter(|_| self.overlays.is_empty()).and_then(|place| self.filter_of(place))
    }

    /// The rows that are shown of a list; `None`: all.
    pub(in crate::app) fn shown_rows(&self, place: ListPlace) -> Option<&[usize]> {
        let filtered = self.filter_of(place).filter(|filter| filter.narrows());
        filtered.map(|filter| filter.rows.as_slice()).or_else(|| self.fold_of(place).map(Fold::rows))
    }

    /// Types into the line of the list's filter. Where there is nothing to filter, the services are searched.
    pub(in crate::app) fn start_filter(&mut self) -> Vec<Effect> {
        let place = self.filterable().filter(|_| self.overlays.is_empty());
        let Some((place, subject)) = place.and_then(|place| Some((place, self.subject(place)?))) else {
            return self.search_page();
        };
        if let Some(filter) = self.filter.as_mut().filter(|filter| filter.place == place) {
            filter.typing = true;
            filter.input.caret_end();
            if let Some(row) = filter.list.cursor().and_then(|place| filter.row(place)) {
                filter.origin = row;
            }
            return Vec::new();
        }
        self.drop_filter();
        let Some(list) = self.list_at(place).filter(|list| !list.is_empty()) else {
            return self.search_page();
        };
        let origin = list.cursor().unwrap_or_default();
        self.filter = Some(Filter::new(place, subject, origin));
        Vec::new()
    }

    /// Filters the list under the keys by these words, as it was last time.
    pub(in crate::app) fn filter_again(&mut self, words: &str) {
        let Some((place, subject)) = self.filterable().and_then(|place| Some((place, self.subject(place)?)))
        else {
            return;
        };
        let origin = self.list_at(place).and_then(|list| list.cursor()).unwrap_or_default();
        let mut filter = Filter { typing: false, ..Filter::new(place, subject, origin) };
        filter.input.insert(words);
        self.filter = Some(filter);
        self.settle_filter();
    }

    /// Done typing: the rows have the keys.
    pub(in crate::app) fn keep_filter(&mut self) -> Vec<Effect> {
        if let Some(filter) = &mut self.filter {
            filter.typing = false;
        }
        Vec::new()
    }

    /// Shows every row again, with the cursor where it was before anything was typed.
    pub(in crate::app) fn leave_filter(&mut self) -> Vec<Effect> {
        let height = self.list_height();
        if let Some(filter) = self.filter.take()
            && let Some(list) = self.list_at(filter.place)
        {
            list.hide_cursor(false);
            list.go_to(filter.origin, height);
        }
        Vec::new()
    }

    /// Shows every row again; the cursor stays on the row that it is on.
    pub(in crate::app) fn drop_filter(&mut self) -> Vec<Effect> {
        if let Some(filter) = self.filter.take()
            && let Some(list) = self.list_at(filter.place)
        {
            list.hide_cursor(false);
        }
        Vec::new()
    }

    /// The next row that is shown, or the one before; from the last one to the first.
    pub(in crate::app) fn next_match(&mut self, on: bool) -> Vec<Effect> {
        let Some(filter) = self.filter_here() else { return Vec::new() };
        let count = filter.rows.len();
        let Some(cursor) = filter.list.cursor() else { return Vec::new() };
        let place = if on { (cursor + 1) % count } else { (cursor + count - 1) % count };
        self.go_in_filter(place)
    }

    /// Moves the cursor among the rows that are shown; `false` where nothing is filtered.
    pub(in crate::app) fn move_in_filter(&mut self, rows: isize) -> bool {
        let Some(cursor) = self.filter_here().map(|filter| filter.list.cursor()) else { return false };
        if let Some(cursor) = cursor {
            self.go_in_filter(cursor.saturating_add_signed(rows));
        }
        true
    }

    /// Puts the cursor on a row by its place among those that are shown.
    fn go_in_filter(&mut self, place: usize) -> Vec<Effect> {
        self.forget_wanted_rows();
        let height = self.list_height();
        let Some(filter) = &mut self.filter else { return Vec::new() };
        filter.list.go_to(place, height);
        let (at, row) = (filter.place, filter.list.cursor().and_then(|place| filter.row(place)));
        if let (Some(list), Some(row)) = (self.list_at(at), row) {
            list.go_to(row, height);
        }
        Vec::new()
    }

    /// The wheel turned over a list that is filtered; `false` where it is not.
    pub(in crate::app) fn scroll_filter(&mut self, place: ListPlace, rows: isize, height: usize) -> bool {
        let Some(filter) = self.filter.as_mut().filter(|filter| filter.place == place) else { return false };
        filter.list.scroll(rows, height);
        let row = filter.list.cursor().and_then(|place| filter.row(place));
        if let (Some(list), Some(row)) = (self.list_at(place), row) {
            list.go_to(row, height);
        }
        true
    }

    /// The real row of one that is shown in a list.
    pub(in crate::app) fn real_row(&self, place: ListPlace, shown: usize) -> Option<usize> {
        match self.filter_of(place) {
            Some(filter) => filter.row(shown),
            None => match self.fold_of(place) {
                Some(fold) => fold.rows().get(shown).copied(),
                None => Some(shown),
            },
        }
    }

    /// After every message: the filter keeps to its list, and the cursor to a row that is shown.
    pub(in crate::app) fn settle_filter(&mut self) {
        let Some(mut filter) = self.filter.take() else { return };
        let place = filter.place;
        let words = filter.input.text().trim().to_owned();
        let is_over =
            self.subject(place).as_ref() != Some(&filter.subject) || (!filter.typing && words.is_empty());
        if let Some(list) = self.list_at(place) {
            list.hide_cursor(false);
        }
        if is_over {
            return;
        }
        let stamp = self.stamp(place);
        let typed = words != filter.words;
        if typed || filter.stamp != Some(stamp) {
            self.find_rows(&mut filter, words, stamp);
        }
        let height = self.list_height();
        if let Some(list) = self.list_at(place) {
            // While words are typed the cursor goes to what is found from where it was.
            let from = if typed { Some(filter.origin) } else { list.cursor() };
            if let Some((place, row)) = from.and_then(|from| filter.nearest(from)) {
                if list.cursor() != Some(row) {
                    list.go_to(row, height);
                }
                if filter.list.cursor() != Some(place) {
                    filter.list.go_to(place, height);
                }
            }
            list.hide_cursor(filter.rows.is_empty());
        }
        self.filter = Some(filter);
    }

    fn find_rows(&self, filter: &mut Filter, words: String, stamp: Stamp) {
        let wanted = Wanted::new(&words);
        let mut texts = String::new();
        let mut fit = |row: usize| {
            texts.clear();
            self.texts_of(filter.place, row, &mut texts);
            wanted.fit(&texts)
        };
        // What is typed on finds fewer of the same rows.
        let narrower = filter.stamp == Some(stamp)
            && filter.narrows()
            && !filter.loosely
            && words.starts_with(&filter.words)
            && !words[filter.words.len()..].contains(char::is_whitespace);
        let all: Vec<usize> = (0..stamp.rows).collect();
        let among = if narrower { &filter.rows } else { &all };
        let (mut whole, mut loose) = (Vec::new(), Vec::new());
        for row in among {
            match fit(*row) {
                Fit::Whole => whole.push(*row),
                Fit::Loose => loose.push(*row),
                Fit::None => {}
            }
        }
        // Letters that only come in order are meant where nothing else can be.
        filter.loosely = whole.is_empty() && !words.is_empty();
        let found = if filter.loosely { loose } else { whole };
        filter.rows = found;
        filter.list.set_len(filter.rows.len());
        (filter.words, filter.stamp) = (words, Some(stamp));
    }

    /// What a list holds now; `None` where there is none.
    fn subject(&self, place: ListPlace) -> Option<Subject> {
        match place {
            ListPlace::Queue => Some(Subject::Queue),
            ListPlace::Shelves => Some(Subject::Shelves),
            ListPlace::Downloads => Some(Subject::Downloads),
            ListPlace::Settings => Some(Subject::Settings),
            ListPlace::Playlists => self.playlists.open.is_none().then_some(Subject::Playlists),
            ListPlace::Playlist => self.playlists.open.as_ref().map(|open| Subject::Playlist(open.id)),
            ListPlace::Results => Some(Subject::Results(self.search.kind, self.search.words.clone())),
            ListPlace::Tracks => {
                let shelf = self.browse.open()?;
                let list = shelf.source.as_ref().map(|source| source.id.clone());
                Some(Subject::Shelf(shelf.service.clone(), list, self.browse.trail.len()))
            }
            _ => None,
        }
    }

    fn stamp(&self, place: ListPlace) -> Stamp {
        let stamp = |rows: usize, version: [u64; 3]| Stamp { rows, version };
        match place {
            ListPlace::Queue => {
                let (queue, journal) = (&self.queue, &self.queue.journal);
                stamp(queue.entries.len(), [journal.number(), journal.all().len() as u64, 0])
            }
            ListPlace::Downloads => {
                let jobs = &self.downloads.jobs;
                let journal = jobs.journal();
                let version = [journal.number(), journal.all().len() as u64, jobs.last_id()];
                stamp(jobs.entries().len(), version)
            }
            ListPlace::Playlist => match &self.playlists.open {
                Some(open) => stamp(open.entries.len(), open.version()),
                None => stamp(0, [0; 3]),
            },
            ListPlace::Playlists => stamp(self.playlists.rows.len(), [self.playlists.listed, 0, 0]),
            ListPlace::Shelves => stamp(self.browse.shelves.len(), [self.browse.renewed, 0, 0]),
            ListPlace::Settings => stamp(self.settings.rows.len(), [0; 3]),
            ListPlace::Results => stamp(self.search.rows.len(), [0; 3]),
            ListPlace::Tracks => {
                let shelf = self.browse.open();
                stamp(shelf.map_or(0, |shelf| shelf.rows.len()), [0; 3])
            }
            _ => stamp(0, [0; 3]),
        }
    }

    /// The texts of a row, as they are compared.
    fn texts_of(&self, place: ListPlace, row: usize, texts: &mut String) {
        match place {
            ListPlace::Queue => self.queue.entries.get(row).map(|entry| of_track(&entry.track, texts)),
            ListPlace::Downloads => {
                let jobs = &self.downloads.jobs;
                jobs.entries().get(row).map(|entry| {
                    of_track(&entry.track, texts);
                    if let Some(group) = jobs.job(entry.id).and_then(|job| job.group.as_ref()) {
                        find::add(texts, group.title.as_str());
                    }
                })
            }
            ListPlace::Playlist => {
                let entries = self.playlists.open.as_ref().map(|open| &open.entries);
                entries.and_then(|entries| entries.get(row)).map(|entry| of_track(&entry.track, texts))
            }
            ListPlace::Playlists => self.playlists.rows.get(row).map(|row| match row {
                PlaylistRow::Own(about) => find::add(texts, about.name.as_str()),
                PlaylistRow::At { name, .. } => find::add(texts, name.as_str()),
                PlaylistRow::There { title, .. } => find::add(texts, title.as_str()),
            }),
            ListPlace::Shelves => self.browse.shelves.get(row).map(|shelf| {
                find::add(texts, shelf.title().as_str());
                find::add(texts, shelf.service_name.as_str());
            }),
            ListPlace::Settings => self.settings.rows.get(row).map(|setting| {
                find::add(texts, &setting.path.replace(['.', '_'], " "));
                find::add(texts, &setting.path);
                find::add(texts, &setting.about);
            }),
            ListPlace::Results => self.search.rows.get(row).map(|row| of_item(&row.item, texts)),
            ListPlace::Tracks => {
                self.browse.open().and_then(|shelf| shelf.rows.get(row)).map(|item| of_item(item, texts))
            }
            _ => None,
        };
    }
}

fn of_track(track: &Track, texts: &mut String) {
    find::add(texts, track.title.as_str());
    for text in track.artists.iter().chain(&track.album) {
        find::add(texts, text.as_str());
    }
}

fn of_item(item: &Item, texts: &mut String) {
    match item {
        Item::Track(track) => of_track(track, texts),
        Item::Collection(collection) => {
            find::add(texts, collection.title.as_str());
            let others = [&collection.by, &collection.note];
            others.into_iter().flatten().map(CleanText::as_str).for_each(|text| find::add(texts, text));
        }
        Item::List(list) => find::add(texts, list.title.as_str()),
    }
}
