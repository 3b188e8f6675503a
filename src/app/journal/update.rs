//! Decisions about the journal's page.

use super::state::{JournalPage, Journaled, Standing};
use crate::app::edits::Edited;
use crate::app::effect::Effect;
use crate::app::focus::Focus;
use crate::app::notices::Level;
use crate::app::state::{Overlay, State};
use crate::model::{OwnJournal, OwnMove, ShelfLog};

/// Whose journal the queue's is.
const QUEUE: &str = "the queue";

impl State {
    /// Shows the journal of the list that has the keys; outside lists, that of the queue.
    pub(in crate::app) fn open_journal(&mut self) -> Vec<Effect> {
        let height = self.list_height();
        let (page, effects) = match (self.edited(), &self.playlists.open) {
            (Some(Edited::Playlist), Some(open)) => {
                let what = Journaled::Playlist(open.id);
                (JournalPage::of(open.name.to_string(), what, &open.journal, self.time, height), Vec::new())
            }
            (Some(Edited::Downloads), _) => {
                let (title, what) = ("the downloads".to_owned(), Journaled::Downloads);
                let journal = self.downloads.jobs.journal();
                (JournalPage::of(title, what, journal, self.time, height), Vec::new())
            }
            (None, _) if self.focus() == Focus::Playlists => {
                let page = JournalPage::waiting("your playlists".to_owned(), Journaled::Shelf);
                (page, self.ask_shelf_log())
            }
            (None, _) if self.is_in_own_music() => {
                let page = JournalPage::waiting("My music".to_owned(), Journaled::Own);
                (page, self.go_in_own(OwnMove::Look))
            }
            (_, _) => {
                let effects =
                    if self.queue.journal.has_earlier() { self.ask_queue_journal(0) } else { Vec::new() };
                let page = if self.queue.journal.has_earlier() {
                    JournalPage::waiting(QUEUE.to_owned(), Journaled::Queue)
                } else {
                    self.queue_page()
                };
                (page, effects)
            }
        };
        self.overlays.clear();
        self.overlays.push(Overlay::Journal(Box::new(page)));
        effects
    }

    fn queue_page(&self) -> JournalPage {
        let (journal, height) = (&self.queue.journal, self.list_height());
        JournalPage::of(QUEUE.to_owned(), Journaled::Queue, journal, self.time, height)
    }

    /// The queue's whole journal has come, or cannot: the page that waits for it is filled.
    pub(in crate::app) fn show_queue_journal(&mut self) {
        let filled = self.queue_page();
        if let Some(Overlay::Journal(page)) = self.overlays.last_mut()
            && page.what == Journaled::Queue
            && page.waiting
        {
            **page = filled;
        }
    }

    /// Which changes of the playlists there were has come.
    pub(in crate::app) fn shelf_log_came(&mut self, log: &ShelfLog) -> Vec<Effect> {
        let (height, now) = (self.list_height(), self.time);
        if let Some(Overlay::Journal(page)) = self.overlays.last_mut()
            && page.what == Journaled::Shelf
        {
            **page = page.clone().of_shelf(log, now, height);
        }
        Vec::new()
    }

    /// What was said of the own music has come: the page that waits for it is filled.
    pub(in crate::app) fn show_own_journal(&mut self, journal: &OwnJournal) {
        let (height, now) = (self.list_height(), self.time);
        if let Some(Overlay::Journal(page)) = self.overlays.last_mut()
            && page.what == Journaled::Own
        {
            **page = page.clone().of_own(journal, now, height);
        }
    }

    /// Goes to where the row under the cursor leads: to before a change, or to the newest again.
    pub(in crate::app) fn go_back_to(&mut self) -> Vec<Effect> {
        let Some(Overlay::Journal(page)) = self.overlays.last() else { return Vec::new() };
        let Some(row) = page.selected() else { return Vec::new() };
        if row.standing == Standing::Here {
            return self.tell(Level::Info, "The list is as this row says now");
        }
        let (what, number) = (page.what, row.number);
        self.overlays.pop();
        match what {
            Journaled::Queue => self.go_in_queue_journal(number),
            Journaled::Shelf => self.go_on_shelf(number),
            Journaled::Own => self.go_in_own(OwnMove::To(number)),
            Journaled::Downloads => self.go_in_download_journal(number),
            Journaled::Playlist(id) if self.playlists.open.as_ref().is_some_and(|open| open.id == id) => {
                self.go_in_playlist_journal(number)
            }
            Journaled::Playlist(_) => self.tell(Level::Info, "This playlist is not open any more"),
        }
    }
}
