//! Decisions about which playlists there are, and what the library answers.

use std::sync::Arc;

use super::state::{Asked, OpenPlaylist, PlaylistRow};
use crate::app::browse::Pane;
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::queue::tracks;
use crate::app::state::{Overlay, State};
use crate::model::{
    CleanText, Fault, PlaylistAnswer, PlaylistId, PlaylistInfo, PlaylistOrder, ShelfStep, Ticket, Track,
};

impl State {
    /// Asks something of the library.
    pub(super) fn order(&mut self, order: PlaylistOrder, asked: Asked) -> Vec<Effect> {
        let ticket = self.next_ticket();
        self.playlists.asked.push((ticket, asked));
        vec![Effect::Playlists { ticket, order: Box::new(order) }]
    }

    pub(super) fn order_shelf(&mut self, order: PlaylistOrder) -> Vec<Effect> {
        self.order(order, Asked::Shelf)
    }

    /// Reads which playlists there are, unless that is being done.
    pub(in crate::app) fn list_playlists(&mut self) -> Vec<Effect> {
        if self.playlists.asked.iter().any(|(_, asked)| *asked == Asked::List) {
            return Vec::new();
        }
        self.order(PlaylistOrder::List, Asked::List)
    }

    /// Opens what is under the cursor.
    pub(in crate::app) fn open_playlist(&mut self) -> Vec<Effect> {
        match self.playlists.selected().cloned() {
            Some(PlaylistRow::Own(about)) => self.order(PlaylistOrder::Open(about.id), Asked::Open(about.id)),
            Some(PlaylistRow::At { service, list, .. }) => {
                let is_it = |shelf: &crate::app::browse::Shelf| {
                    shelf.service == service && shelf.source.as_ref().is_some_and(|source| source.id == list)
                };
                if self.browse.shelves.iter().any(is_it) {
                    return self.show_shelf(is_it, Pane::Tracks);
                }
                let title = "Your playlists".into();
                self.open_out(&service, crate::model::BrowseList { id: list, title })
            }
            None => Vec::new(),
        }
    }

    /// Back from the open playlist to all of them.
    pub(in crate::app) fn close_playlist(&mut self) -> Vec<Effect> {
        self.playlists.open = None;
        self.list_playlists()
    }

    /// The playlist that is open, or under the cursor.
    pub(in crate::app) fn playlist_meant(&self) -> Option<(PlaylistId, CleanText)> {
        match (&self.playlists.open, self.playlists.selected()) {
            (Some(open), _) => Some((open.id, open.name.clone())),
            (None, Some(PlaylistRow::Own(about))) => Some((about.id, about.name.clone())),
            (None, Some(PlaylistRow::At { .. }) | None) => None,
        }
    }

    pub(in crate::app) fn make_playlist(&mut self, name: CleanText, tracks: Vec<Arc<Track>>) -> Vec<Effect> {
        let entries = self.new_entries(tracks);
        self.order_shelf(PlaylistOrder::Make { name, entries })
    }

    /// Puts tracks at the end of one of the listener's own playlists.
    pub(in crate::app) fn append_to_playlist(
        &mut self,
        id: PlaylistId,
        title: CleanText,
        tracks: Vec<Arc<Track>>,
    ) -> Vec<Effect> {
        let entries = self.new_entries(tracks);
        self.order(PlaylistOrder::Append { id, entries }, Asked::Append(title))
    }

    /// Deletes the playlist under the cursor.
    pub(in crate::app) fn delete_playlist(&mut self) -> Vec<Effect> {
        match self.playlist_meant() {
            Some((id, _)) => self.order_shelf(PlaylistOrder::Delete(id)),
            None => self.tell(Level::Info, "Playlists of a service are deleted where they are"),
        }
    }

    /// Takes the last making, renaming or deleting back, or makes it again.
    pub(in crate::app) fn undo_on_shelf(&mut self, back: bool) -> Vec<Effect> {
        if back {
            self.order(PlaylistOrder::Undo, Asked::Back)
        } else {
            self.order(PlaylistOrder::Redo, Asked::Again)
        }
    }

    /// Asks which changes of the playlists there were.
    pub(in crate::app) fn ask_shelf_log(&mut self) -> Vec<Effect> {
        self.order(PlaylistOrder::Log, Asked::Log)
    }

    /// Goes to where the change of this number is the last one that is done.
    pub(in crate::app) fn go_on_shelf(&mut self, number: u64) -> Vec<Effect> {
        self.order(PlaylistOrder::GoTo(number), Asked::GoTo)
    }

    /// The library has answered.
    pub(in crate::app) fn playlists_answered(
        &mut self,
        ticket: Ticket,
        result: Result<PlaylistAnswer, Fault>,
    ) -> Vec<Effect> {
        let Some(at) = self.playlists.asked.iter().position(|(asked, _)| *asked == ticket) else {
            return Vec::new();
        };
        let (_, asked) = self.playlists.asked.remove(at);
        let answer = match result {
            Ok(answer) => answer,
            Err(fault) => return self.playlists_failed(&asked, fault),
        };
        match answer {
            PlaylistAnswer::Listed(all) => {
                self.take_playlists(all);
                Vec::new()
            }
            PlaylistAnswer::Opened(opened) => {
                if let Asked::Queue(_, place) = asked {
                    return self.queue_rows_of(*opened, place);
                }
                if let Asked::BringBack(_) = asked {
                    return self.queue_came_back(*opened);
                }
                match self.playlists.open.as_mut().filter(|open| open.id == opened.about.id) {
                    // Read again; edits made meanwhile are answered with how it is then.
                    Some(open) if open.is_kept() => open.take_over(*opened),
                    None if asked == Asked::Open(opened.about.id) => {
                        self.playlists.open = Some(OpenPlaylist::new(*opened));
                    }
                    Some(_) | None => {}
                }
                Vec::new()
            }
            PlaylistAnswer::Shelved { done, all } => self.shelved(&asked, done, all),
            PlaylistAnswer::Logged(log) => self.shelf_log_came(&log),
            PlaylistAnswer::Appended { about, count } => self.appended(&asked, &about, count),
            PlaylistAnswer::Kept { revision, merged } => {
                let Asked::Edit(id) = asked else { return Vec::new() };
                self.edit_kept(id, revision, merged)
            }
        }
    }

    fn playlists_failed(&mut self, asked: &Asked, fault: Fault) -> Vec<Effect> {
        match asked {
            Asked::List => {
                self.playlists.fault = Some(fault);
                Vec::new()
            }
            Asked::Edit(id) => self.edit_not_kept(*id, &fault),
            Asked::Append(title) => {
                let words = format!("{title} was not added. {fault}");
                self.tell(Level::Error, words)
            }
            Asked::Open(_)
            | Asked::Queue(..)
            | Asked::BringBack(_)
            | Asked::Shelf
            | Asked::Back
            | Asked::Again
            | Asked::Log
            | Asked::GoTo => self.tell(Level::Error, fault.to_string()),
        }
    }

    /// Shows these playlists, and behind them the services that keep some.
    pub(in crate::app) fn take_playlists(&mut self, all: Vec<PlaylistInfo>) {
        (self.playlists.known, self.playlists.fault) = (true, None);
        self.playlists.listed += 1;
        let services = self.services.iter().filter_map(|service| {
            let list = service.capabilities.own_playlists.clone()?;
            Some(PlaylistRow::At { service: service.id.clone(), name: service.name.clone(), list })
        });
        self.playlists.rows = all.into_iter().map(PlaylistRow::Own).chain(services).collect();
        self.playlists.list.set_len(self.playlists.rows.len());
        if let Some(Overlay::Picker(picker)) = self.overlays.last_mut() {
            picker.own = self.playlists.own().cloned().collect();
            picker.find();
        }
    }

    /// Playlists were made, renamed or deleted, or that was taken back.
    fn shelved(&mut self, asked: &Asked, done: Option<ShelfStep>, all: Vec<PlaylistInfo>) -> Vec<Effect> {
        if *asked == Asked::Shelf && matches!(self.overlays.last(), Some(Overlay::Naming(_))) {
            self.overlays.pop();
        }
        let count = done.as_ref().and_then(|step| all.iter().find(|about| about.id == step.id));
        let count = count.map_or(0, |about| about.tracks);
        self.take_playlists(all);
        let Some(step) = done else {
            return match asked {
                Asked::Back => self.tell(Level::Info, "Nothing to undo"),
                Asked::Again => self.tell(Level::Info, "Nothing to redo"),
                _ => Vec::new(),
            };
        };
        if let Some(open) = self.playlists.open.as_mut().filter(|open| open.id == step.id) {
            match &step.after {
                Some(name) => open.name = name.clone(),
                None => self.playlists.open = None,
            }
        }
        let is_it = |row: &PlaylistRow| matches!(row, PlaylistRow::Own(about) if about.id == step.id);
        if let Some(row) = self.playlists.rows.iter().position(is_it) {
            let height = self.list_height();
            self.playlists.list.go_to(row, height);
        }
        let words = match (&step.before, &step.after) {
            (None, Some(name)) if *asked == Asked::Back => format!("{name} is back ({})", tracks(count)),
            (None, Some(name)) => format!("Kept {name} ({})", tracks(count)),
            (Some(name), None) => format!("Deleted {name}"),
            (Some(before), Some(after)) => format!("{before} is now called {after}"),
            (None, None) => return Vec::new(),
        };
        let words = match asked {
            Asked::Back | Asked::Again | Asked::GoTo => words,
            _ => format!("{words} \u{b7} {}", self.undo_on_shelf_words()),
        };
        self.tell(Level::Info, words)
    }

    /// How what was done to playlists is taken back, which works on their page alone.
    fn undo_on_shelf_words(&self) -> String {
        let words = self.undo_words();
        if self.page == crate::app::focus::Page::Playlists && self.playlists.open.is_none() {
            words
        } else {
            format!("{words} on the page of playlists")
        }
    }

    fn appended(&mut self, asked: &Asked, about: &PlaylistInfo, count: usize) -> Vec<Effect> {
        let Asked::Append(title) = asked else { return Vec::new() };
        let are = if count == 1 { "is" } else { "are" };
        let words = format!("{title} {are} now in {} ({})", about.name, tracks(about.tracks));
        let mut effects = self.tell(Level::Info, words);
        if self.playlists.open.as_ref().is_some_and(|open| open.id == about.id) {
            effects.extend(self.order(PlaylistOrder::Open(about.id), Asked::Open(about.id)));
        }
        effects.extend(self.list_playlists());
        effects
    }
}
