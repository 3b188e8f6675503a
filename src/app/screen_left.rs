//! How the screen was left, and as it comes back.

use super::effect::Effect;
use super::focus::Page;
use super::panes::Panes;
use super::state::State;
use crate::model::ScreenLeft;

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

impl State {
    pub(super) fn screen_left(&self) -> ScreenLeft {
        let page = PAGES.iter().find(|(page, _)| *page == self.page).map_or("", |(_, name)| name);
        let Panes { lists, now, hides_lists, hides_now } = self.panes;
        ScreenLeft {
            page: page.to_owned(),
            lists,
            now,
            hides_lists,
            hides_now,
            spectrum: self.playback.shows_spectrum,
            lyrics: self.lyrics.is_shown,
        }
    }

    /// Brings the screen to where it was left.
    pub(super) fn restore_screen(&mut self, left: &ScreenLeft) -> Vec<Effect> {
        let ScreenLeft { lists, now, hides_lists, hides_now, .. } = *left;
        self.panes = Panes { lists, now, hides_lists, hides_now };
        self.lyrics.is_shown = left.lyrics;
        let mut effects = Vec::new();
        if left.spectrum != self.playback.shows_spectrum {
            effects.extend(self.toggle_spectrum());
        }
        let page = PAGES.iter().find(|(_, name)| *name == left.page).map(|(page, _)| *page);
        match page {
            Some(Page::Now) if self.current_track().is_some() => effects.extend(self.show_now()),
            Some(Page::Settings) => effects.extend(self.show_settings()),
            Some(Page::Now) | None => {}
            Some(page) => effects.extend(self.show_page(page)),
        }
        // Keys are keys at the start, not words to look for.
        self.search.typing &= self.page != Page::Search || self.queue.entries.is_empty();
        effects
    }
}
