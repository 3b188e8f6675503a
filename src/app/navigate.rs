//! From page to page, from pane to pane, from row to row.

use super::browse::{Pane, Shelf};
use super::effect::Effect;
use super::focus::{Focus, Page};
use super::list::List;
use super::mouse::ListPlace;
use super::notices::Level;
use super::state::{Overlay, State};
use super::table::Context;
use super::welcome::{NO_LIBRARY, is_own_music};
use crate::model::ServiceInfo;

impl State {
    /// Shows a page, without what lay over the last one.
    pub(super) fn show_page(&mut self, page: Page) -> Vec<Effect> {
        self.overlays.clear();
        if self.page.has_tab() && !page.has_tab() {
            self.tab = self.page;
        }
        self.page = page;
        match page {
            Page::Welcome
            | Page::Queue
            | Page::Downloads
            | Page::Accounts
            | Page::Now
            | Page::Settings
            | Page::Log => Vec::new(),
            Page::Search => {
                let effects = self.search_left();
                self.search.typing = self.search.rows.is_empty() && effects.is_empty();
                self.search.input.begin_anew();
                effects
            }
            Page::Playlists => {
                let mut effects = self.list_playlists();
                effects.extend(self.list_theirs());
                effects
            }
            Page::Browse => self.fill_open_shelf(),
        }
    }

    /// Shows the search page with its line to type into: what is typed takes the place of the words before.
    pub(super) fn search_page(&mut self) -> Vec<Effect> {
        let effects = self.show_page(Page::Search);
        self.search.typing = true;
        effects
    }

    /// Whose keys count, the nearest first.
    pub(super) fn contexts(&self) -> Vec<Context> {
        let focus = self.focus();
        let is_filtered = focus != Focus::FilterInput && self.filter_here().is_some();
        is_filtered.then_some(Context::Filtered).into_iter().chain(focus.contexts().iter().copied()).collect()
    }

    /// Shows the queue with the cursor on what plays, or would. A filter that hides that goes.
    pub(super) fn show_playing(&mut self) -> Vec<Effect> {
        let row = self.playing_row().or(self.queue.current);
        let is_hidden = |shown: &[usize]| row.is_some_and(|row| shown.binary_search(&row).is_err());
        if self.shown_rows(ListPlace::Queue).is_some_and(is_hidden) {
            self.drop_filter();
        }
        if let Some(row) = row {
            let height = self.list_height();
            self.queue.list.go_to(row, height);
        }
        self.show_page(Page::Queue)
    }

    pub(super) fn other_pane(&mut self) -> Vec<Effect> {
        match self.focus() {
            Focus::SearchResults => {
                self.search.typing = true;
                self.search.input.begin_anew();
                Vec::new()
            }
            Focus::SearchInput => self.leave_input(),
            Focus::FilterInput => self.keep_filter(),
            Focus::BrowseLists => self.go_to_pane(Pane::Tracks),
            Focus::BrowseTracks => self.go_to_pane(Pane::Lists),
            Focus::Doors
            | Focus::Queue
            | Focus::Playlists
            | Focus::Playlist
            | Focus::Downloads
            | Focus::Naming
            | Focus::Journal
            | Focus::Info
            | Focus::Accounts
            | Focus::Now
            | Focus::SignIn
            | Focus::SignInForm
            | Focus::Help
            | Focus::Outputs
            | Focus::Themes
            | Focus::HelpInput
            | Focus::Palette
            | Focus::Choice
            | Focus::Capture
            | Focus::Settings
            | Focus::Log
            | Focus::Picker => Vec::new(),
        }
    }

    pub(super) fn go_to_pane(&mut self, pane: Pane) -> Vec<Effect> {
        if self.page != Page::Browse || !self.overlays.is_empty() {
            return Vec::new();
        }
        self.browse.pane = pane;
        match pane {
            Pane::Lists => Vec::new(),
            Pane::Tracks => self.fill_open_shelf(),
        }
    }

    pub(super) fn submit(&mut self) -> Vec<Effect> {
        match self.focus() {
            Focus::SearchInput => self.search_at_once(),
            Focus::FilterInput => self.keep_filter(),
            Focus::HelpInput => self.run_help_row(),
            Focus::Picker | Focus::Palette | Focus::Choice => self.take_row(),
            Focus::Naming => self.submit_name(),
            Focus::Doors
            | Focus::SearchResults
            | Focus::BrowseLists
            | Focus::BrowseTracks
            | Focus::Queue
            | Focus::Playlists
            | Focus::Playlist
            | Focus::Journal
            | Focus::Info
            | Focus::Downloads
            | Focus::Accounts
            | Focus::Now
            | Focus::SignIn
            | Focus::SignInForm
            | Focus::Help
            | Focus::Outputs
            | Focus::Themes
            | Focus::Capture
            | Focus::Settings
            | Focus::Log => Vec::new(),
        }
    }

    /// Takes the row under the cursor of what is open to choose from.
    pub(super) fn take_row(&mut self) -> Vec<Effect> {
        match self.focus() {
            Focus::Palette => self.run_palette_row(),
            Focus::Choice => self.choose_value(),
            _ => self.pick(),
        }
    }

    pub(super) fn leave_input(&mut self) -> Vec<Effect> {
        match self.overlays.last_mut() {
            Some(Overlay::Help(help)) => help.typing = false,
            None if self.page == Page::Search => self.search.typing = false,
            Some(_) | None => {}
        }
        Vec::new()
    }

    pub(super) fn retry(&mut self) -> Vec<Effect> {
        let effects = match self.page {
            Page::Search => self.retry_search(),
            Page::Browse => self.retry_shelf(),
            Page::Playlists if self.playlists.fault.is_some() => self.list_playlists(),
            Page::Playlists if !self.outbox.waiting.is_empty() => self.send_changes(true),
            Page::Playlists if self.playlists.some_failed() => self.list_theirs(),
            Page::Downloads => return self.retry_downloads(false),
            Page::Now => self.retry_lyrics(),
            Page::Settings => self.show_settings(),
            Page::Welcome | Page::Queue | Page::Playlists | Page::Accounts | Page::Log => Vec::new(),
        };
        if effects.is_empty() { self.tell(Level::Info, "Nothing failed here") } else { effects }
    }

    pub(super) fn half_page(&self) -> isize {
        isize::try_from(self.list_height() / 2).unwrap_or(1).max(1)
    }

    pub(super) fn move_cursor(&mut self, rows: isize) -> Vec<Effect> {
        self.forget_wanted_rows();
        let height = self.list_height();
        let focus = self.focus();
        if focus == Focus::Now {
            return self.scroll_lyrics(rows);
        }
        if !self.move_in_filter(rows)
            && !self.move_in_fold(rows)
            && let Some(list) = self.focused_list()
        {
            list.move_by(rows, height);
        }
        match focus {
            Focus::SearchResults => self.more_results(),
            Focus::BrowseLists => self.shelf_chosen(),
            Focus::BrowseTracks => self.more_of_shelf(),
            Focus::Doors
            | Focus::SearchInput
            | Focus::FilterInput
            | Focus::Queue
            | Focus::Playlists
            | Focus::Playlist
            | Focus::Downloads
            | Focus::Naming
            | Focus::Journal
            | Focus::Info
            | Focus::Accounts
            | Focus::Now
            | Focus::SignIn
            | Focus::SignInForm
            | Focus::Help
            | Focus::Outputs
            | Focus::Themes
            | Focus::HelpInput
            | Focus::Palette
            | Focus::Choice
            | Focus::Capture
            | Focus::Settings
            | Focus::Log
            | Focus::Picker => Vec::new(),
        }
    }

    fn focused_list(&mut self) -> Option<&mut List> {
        match self.focus() {
            Focus::Doors => Some(&mut self.welcome.list),
            Focus::SearchInput
            | Focus::FilterInput
            | Focus::HelpInput
            | Focus::SignIn
            | Focus::SignInForm
            | Focus::Capture
            | Focus::Naming
            | Focus::Now => None,
            Focus::Settings => Some(&mut self.settings.list),
            Focus::Log => Some(&mut self.log.list),
            Focus::SearchResults => Some(&mut self.search.list),
            Focus::BrowseLists => Some(&mut self.browse.list),
            Focus::BrowseTracks => self.browse.open_mut().map(|shelf| &mut shelf.list),
            Focus::Queue => Some(&mut self.queue.list),
            Focus::Playlists => Some(&mut self.playlists.list),
            Focus::Playlist => self.playlists.open.as_mut().map(|open| &mut open.list),
            Focus::Downloads => Some(&mut self.downloads.list),
            Focus::Accounts => Some(&mut self.accounts.list),
            Focus::Help
            | Focus::Outputs
            | Focus::Themes
            | Focus::Picker
            | Focus::Journal
            | Focus::Info
            | Focus::Palette
            | Focus::Choice => self.overlay_list(),
        }
    }

    /// The rows of what lies over the page.
    pub(super) fn overlay_list(&mut self) -> Option<&mut List> {
        self.overlays.last_mut().and_then(|overlay| match overlay {
            Overlay::Help(help) => Some(&mut help.list),
            Overlay::Outputs(outputs) => Some(&mut outputs.list),
            Overlay::Themes(themes) => Some(&mut themes.list),
            Overlay::Picker(picker) => Some(&mut picker.list),
            Overlay::Journal(journal) => Some(&mut journal.list),
            Overlay::Info(info) => Some(&mut info.list),
            Overlay::Palette(palette) => Some(&mut palette.list),
            Overlay::Choice(choice) => Some(&mut choice.list),
            Overlay::Naming(_) | Overlay::Capture(_) => None,
        })
    }

    pub(super) fn open_door(&mut self) -> Vec<Effect> {
        let door = self.welcome.list.cursor().and_then(|row| self.welcome.doors.get(row));
        match door.map(|door| door.action.clone()) {
            Some(action) => self.perform(action),
            None => Vec::new(),
        }
    }

    /// Shows the lists of the own music: the one where the listener was among them, else the first.
    pub(super) fn show_library(&mut self) -> Vec<Effect> {
        let Some(own) = self.services.iter().find(|info| is_own_music(info)).map(|info| info.id.clone())
        else {
            return self.tell(Level::Warning, NO_LIBRARY);
        };
        if self.filter_of(ListPlace::Shelves).is_some() {
            self.drop_filter();
        }
        let here = self.browse.list.cursor().and_then(|row| self.browse.shelves.get(row));
        let list = here.filter(|shelf| shelf.service == own).and_then(|shelf| shelf.source.clone());
        if let Some(shelf) = here.filter(|shelf| shelf.service != own) {
            self.browse.beside_library = Some((shelf.service.clone(), shelf.source.clone()));
        }
        // As many of its lists as there is room for are in view.
        if let Some(last) = self.browse.shelves.iter().rposition(|shelf| shelf.service == own) {
            let height = self.list_height();
            self.browse.list.go_to(last, height);
        }
        self.show_shelf(|shelf| shelf.service == own && (list.is_none() || shelf.source == list), Pane::Lists)
    }

    /// Shows the lists of the services: as they were left, or out of the library where the listener was last, else the first.
    pub(super) fn show_browse(&mut self) -> Vec<Effect> {
        if !self.browse.open().is_some_and(|shelf| self.is_own_shelf(shelf)) {
            return self.show_page(Page::Browse);
        }
        let others = || self.browse.shelves.iter().filter(|shelf| !self.is_own_shelf(shelf));
        let is_left = |shelf: &&Shelf| {
            let left = self.browse.beside_library.as_ref();
            left.is_some_and(|(service, list)| shelf.service == *service && shelf.source == *list)
        };
        let Some(shelf) = others().find(is_left).or_else(|| others().next()) else {
            return self.show_page(Page::Browse);
        };
        let (service, list) = (shelf.service.clone(), shelf.source.clone());
        if self.filter_of(ListPlace::Shelves).is_some() {
            self.drop_filter();
        }
        self.show_shelf(|shelf| shelf.service == service && shelf.source == list, Pane::Lists)
    }

    /// Whether the page of lists shows the own music.
    pub fn is_in_library(&self) -> bool {
        self.page == Page::Browse && self.browse.open().is_some_and(|shelf| self.is_own_shelf(shelf))
    }

    fn is_own_shelf(&self, shelf: &Shelf) -> bool {
        self.services.iter().any(|info| info.id == shelf.service && is_own_music(info))
    }

    /// Opens the first list of the first service of this kind.
    pub(super) fn open_shelf_of(&mut self, kind: fn(&ServiceInfo) -> bool, otherwise: &str) -> Vec<Effect> {
        match self.services.iter().find(|service| kind(service)).map(|service| service.id.clone()) {
            Some(service) => self.show_shelf(|shelf| shelf.service == service, Pane::Tracks),
            None => self.tell(Level::Warning, otherwise),
        }
    }
}
