//! Closing what is open, and going back.

use super::effect::Effect;
use super::focus::{Focus, Page};
use super::notices::Level;
use super::state::State;

/// What the key that closes does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// What lies over the page goes.
    Overlay,
    /// The sign-in ends.
    SignIn,
    /// The list is shown whole.
    Filter,
    /// Back to the playlists.
    Playlist,
    /// Back to where an album, an artist or the like was opened.
    Opened,
    /// Back to the page with a tab that this one was shown from.
    Page,
    /// Nothing is open.
    Quit,
}

impl State {
    /// What the key that closes does now.
    pub(super) fn closing(&self) -> Closing {
        match self.focus() {
            _ if !self.overlays.is_empty() => Closing::Overlay,
            Focus::SignIn => Closing::SignIn,
            _ if self.filter_here().is_some() => Closing::Filter,
            Focus::Playlist => Closing::Playlist,
            Focus::BrowseTracks if !self.browse.trail.is_empty() => Closing::Opened,
            _ if self.has_page_behind() => Closing::Page,
            _ => Closing::Quit,
        }
    }

    pub(super) fn close(&mut self) -> Vec<Effect> {
        match self.closing() {
            Closing::Overlay => {
                self.overlays.pop();
                Vec::new()
            }
            Closing::SignIn => self.cancel_sign_in(),
            Closing::Filter => self.drop_filter(),
            Closing::Playlist => self.close_playlist(),
            Closing::Opened => self.leave_opened(),
            Closing::Page => self.leave_page(),
            Closing::Quit => self.quit(),
        }
    }

    fn has_page_behind(&self) -> bool {
        !self.page.has_tab() && self.page != self.tab
    }

    /// From a page without a tab back to the last one that has one.
    pub(super) fn leave_page(&mut self) -> Vec<Effect> {
        self.now_page.is_mini = false;
        self.show_page(self.tab)
    }

    /// Back to the page that something was opened from, behind which is what was there then.
    pub(super) fn return_to(&mut self, page: Page) -> Vec<Effect> {
        let tab = self.tab;
        let effects = self.show_page(page);
        self.tab = tab;
        effects
    }

    pub(super) fn step_back(&mut self) -> Vec<Effect> {
        if self.overlays.pop().is_some() {
            return Vec::new();
        }
        match self.page {
            Page::Search => self.search.selection.clear(),
            Page::Browse => {
                let marked = self.browse.open().is_some_and(|shelf| !shelf.selection.is_empty());
                if !marked || self.focus() != Focus::BrowseTracks {
                    return self.leave_opened();
                }
                self.end_marks();
            }
            Page::Queue => self.queue.selection.clear(),
            Page::Downloads => self.downloads.selection.clear(),
            Page::Playlists => return self.leave_playlist(),
            Page::Now => {
                if !self.follow_lyrics() {
                    return self.leave_page();
                }
            }
            Page::Welcome | Page::Accounts | Page::Settings | Page::Log => {
                if self.has_page_behind() {
                    return self.leave_page();
                }
            }
        }
        Vec::new()
    }

    /// One thing at a time: an order that is shown for now, the selection, the open playlist.
    fn leave_playlist(&mut self) -> Vec<Effect> {
        if self.put_order_back() {
            return self.tell(Level::Info, "Back in its own order");
        }
        match &mut self.playlists.open {
            Some(open) if !open.selection.is_empty() => {
                open.selection.clear();
                Vec::new()
            }
            Some(_) => self.close_playlist(),
            None => Vec::new(),
        }
    }
}
