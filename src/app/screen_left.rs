//! How the screen was left, and as it comes back: nothing is asked for but what is on it.

use super::browse::{Pane, Shelf, ShelfState};
use super::effect::Effect;
use super::focus::{Focus, Page};
use super::panes::Panes;
use super::state::State;
use crate::model::{
    BrowseList, Collection, Item, ItemRef, ListLeft, PlaylistId, ScreenLeft, SearchLeft, ServiceInfo, SignIn,
};

/// Pages that come back, with the names they are kept by. The first page is for those who have none, and a sign-in
/// does not outlive its run.
const PAGES: [(Page, &str); 8] = [
    (Page::Search, "search"),
    (Page::Browse, "browse"),
    (Page::Queue, "queue"),
    (Page::Playlists, "playlists"),
    (Page::Downloads, "downloads"),
    (Page::Now, "now"),
    (Page::Settings, "settings"),
    (Page::Log, "log"),
];

/// The page of this name.
fn page_named(name: &str) -> Option<Page> {
    PAGES.iter().find(|(_, known)| *known == name).map(|(page, _)| *page)
}

fn name_of(page: Page) -> String {
    PAGES.iter().find(|(known, _)| *known == page).map_or("", |(_, name)| name).to_owned()
}

/// What names a row for good.
pub(super) fn row_name(item: &Item) -> String {
    match item {
        Item::Track(track) => track.reference.to_string(),
        Item::Collection(collection) => collection.reference.to_string(),
        Item::List(list) => list.id.0.clone(),
    }
}

impl State {
    pub(super) fn screen_left(&self) -> ScreenLeft {
        let Panes { lists, now, hides_lists, hides_now } = self.panes;
        let opened = self.browse.trail.iter().filter_map(|shelf| self.list_left(shelf));
        let shelf = self.browse.list.cursor().and_then(|row| self.browse.shelves.get(row));
        let filter = self.filter_here().map(|filter| filter.input.text().trim().to_owned());
        let waiting = self.browse.left.as_ref().filter(|_| self.page_focus() == Focus::BrowseTracks);
        let filter = filter.or_else(|| waiting.map(|(_, filter)| filter.clone()));
        let (sound, sound_configured) = self.sound_left();
        ScreenLeft {
            sound,
            sound_configured,
            page: name_of(self.page),
            tab: if self.page.has_tab() { String::new() } else { name_of(self.tab) },
            lists,
            now,
            hides_lists,
            hides_now,
            spectrum: self.playback.shows_spectrum,
            lyrics: self.lyrics.is_shown,
            playlist: self.playlists.open.as_ref().map(|open| open.id.0),
            search: self.search.left.clone().or_else(|| self.search_shown()),
            shelf: match &self.browse.left {
                Some((left, _)) => Some(left.clone()),
                None => shelf.and_then(|shelf| self.list_left(shelf)),
            },
            opened: opened.collect(),
            in_rows: self.browse.pane == Pane::Tracks,
            opened_from: self.browse.way_back.map(name_of).unwrap_or_default(),
            filter: filter.unwrap_or_default(),
        }
    }

    fn search_shown(&self) -> Option<SearchLeft> {
        let search = &self.search;
        let row = search.wanted.clone().or_else(|| Some(row_name(&search.selected()?.item)));
        (!search.words.is_empty()).then(|| SearchLeft {
            kind: search.kind,
            words: search.words.clone(),
            row: row.unwrap_or_default(),
        })
    }

    /// A list that can be asked for again; the first one of all, before anything was done there, needs no word.
    fn list_left(&self, shelf: &Shelf) -> Option<ListLeft> {
        let source = shelf.source.as_ref().filter(|source| !source.id.0.is_empty())?;
        let is_first = self.browse.shelves.first().is_some_and(|first| std::ptr::eq(first, shelf));
        let row = shelf.wanted.clone().or_else(|| shelf.selected().map(row_name)).unwrap_or_default();
        (!is_first || !row.is_empty()).then(|| ListLeft {
            service: shelf.service.clone(),
            list: source.id.clone(),
            title: source.title.clone(),
            by: shelf.about.as_ref().and_then(|about| about.by.clone()),
            row,
        })
    }

    /// Brings the screen to where it was left.
    pub(super) fn restore_screen(&mut self, left: &ScreenLeft) -> Vec<Effect> {
        let ScreenLeft { lists, now, hides_lists, hides_now, .. } = *left;
        self.panes = Panes { lists, now, hides_lists, hides_now };
        self.lyrics.is_shown = left.lyrics;
        let mut effects = self.shape_as_left(&left.sound, &left.sound_configured);
        if left.spectrum != self.playback.shows_spectrum {
            effects.extend(self.toggle_spectrum());
        }
        match page_named(&left.page) {
            Some(Page::Now) if self.current_track().is_some() => effects.extend(self.show_now()),
            Some(Page::Settings) => effects.extend(self.show_settings()),
            Some(Page::Now) | None => {}
            Some(page) => effects.extend(self.show_page(page)),
        }
        if let Some(tab) = page_named(&left.tab).filter(|tab| tab.has_tab() && !self.page.has_tab()) {
            self.tab = tab;
        }
        let playlist = left.playlist.filter(|_| self.page == Page::Playlists);
        if let Some(id) = playlist {
            effects.extend(self.open_again(PlaylistId(id), &left.filter));
        }
        // Keys are keys at the start, not words to look for.
        let is_new = self.queue.entries.is_empty() && self.search.words.is_empty();
        self.search.typing &= self.page != Page::Search || is_new;
        if left.filter.is_empty() || playlist.is_some() {
            return effects;
        }
        match &mut self.browse.left {
            Some((_, filter))
                if left.in_rows && self.browse.trail.is_empty() && self.page == Page::Browse =>
            {
                filter.clone_from(&left.filter);
            }
            Some(_) | None => self.filter_again(&left.filter),
        }
        effects
    }

    /// Brings lists to where they were left; each is asked for once it is shown.
    pub(super) fn restore_lists(&mut self, left: &ScreenLeft) {
        self.search.left.clone_from(&left.search);
        let height = self.list_height();
        if let Some(left) = &left.shelf
            && let Some(row) = self.browse.row_left(left)
        {
            self.browse.list.go_to(row, height);
            match self.browse.shelves.get_mut(row) {
                Some(shelf) if is_list(shelf, left) => shelf.wanted = wanted(&left.row),
                // What the service has may come with its sign-in.
                Some(_) | None => self.browse.left = Some((left.clone(), String::new())),
            }
        }
        if left.in_rows {
            self.browse.pane = Pane::Tracks;
        }
        for left in &left.opened {
            if let Some(info) = self.services.iter().find(|info| info.id == left.service) {
                self.browse.trail.push(opened(info, left));
            }
        }
        if !self.browse.trail.is_empty() {
            self.browse.way_back = page_named(&left.opened_from);
        }
    }

    /// A service's lists are made anew, and one that was left is as it was.
    pub(super) fn renew_lists(&mut self, service: &ServiceInfo) {
        let height = self.list_height();
        let filter = self.browse.renew(service, height).filter(|words| !words.is_empty());
        if let Some(words) = filter.filter(|_| self.page_focus() == Focus::BrowseTracks) {
            self.filter_again(&words);
        }
    }

    /// Looks for what was looked for last time.
    pub(super) fn search_left(&mut self) -> Vec<Effect> {
        let Some(left) = self.search.left.take() else { return Vec::new() };
        self.search.kind = left.kind;
        self.search.input.insert(&left.words);
        let effects = self.search_quietly();
        self.search.wanted = wanted(&left.row);
        effects
    }

    /// The listener goes elsewhere: the rows of this page where the cursors were are no longer waited for.
    pub(super) fn forget_wanted_rows(&mut self) {
        match self.page {
            Page::Search => self.search.wanted = None,
            Page::Browse => {
                self.browse.left = None;
                self.browse.all_mut().for_each(|shelf| shelf.wanted = None);
            }
            Page::Welcome
            | Page::Queue
            | Page::Playlists
            | Page::Downloads
            | Page::Accounts
            | Page::Now
            | Page::Settings
            | Page::Log => {}
        }
    }
}

pub(super) fn is_list(shelf: &Shelf, left: &ListLeft) -> bool {
    shelf.service == left.service && shelf.source.as_ref().is_some_and(|source| source.id == left.list)
}

pub(super) fn wanted(row: &str) -> Option<String> {
    (!row.is_empty()).then(|| row.to_owned())
}

fn opened(info: &ServiceInfo, left: &ListLeft) -> Shelf {
    let item =
        left.list.item().map(|(kind, id)| ItemRef { service: info.id.clone(), kind, id: id.to_owned() });
    let about = item.filter(|item| item.kind != crate::model::Kind::Track).map(|item| {
        Box::new(Collection { by: left.by.clone(), ..Collection::new(item, left.title.clone()) })
    });
    let list = BrowseList { id: left.list.clone(), title: left.title.clone() };
    let mut shelf = Shelf::opened(info, list);
    (shelf.about, shelf.wanted) = (about, wanted(&left.row));
    if let SignIn::Missing(what) = &info.capabilities.sign_in {
        shelf.state = ShelfState::NeedsSignIn(what.clone());
    }
    shelf
}
