//! Decisions about which playlists there are, and what the library answers.

use std::sync::Arc;

use super::state::{Asked, PlaylistRow};
use super::theirs::{Doing, Then};
use crate::app::browse::Pane;
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::queue::tracks;
use crate::app::state::{Overlay, State};
use crate::model::{
    CleanText, Fault, PlaylistAnswer, PlaylistId, PlaylistInfo, PlaylistOrder, Remote, ServiceId, ShelfStep,
    Ticket, Track,
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

    /// The same, whether or not that is being done.
    pub(in crate::app) fn list_playlists_anew(&mut self) -> Vec<Effect> {
        self.order(PlaylistOrder::List, Asked::List)
    }

    /// Opens what is under the cursor.
    pub(in crate::app) fn open_playlist(&mut self) -> Vec<Effect> {
        match self.playlists.selected().cloned() {
            Some(PlaylistRow::Own(about)) => self.wish_open(about.id),
            Some(PlaylistRow::There { found: Some(found), title, kept, .. }) => {
                if self.is_editable(&found) || kept.is_some() {
                    self.open_theirs(&found.reference, title)
                } else {
                    self.open_collection(*found)
                }
            }
            Some(PlaylistRow::There { kept: Some(about), title, .. }) => {
                match about.remote.as_ref().and_then(Remote::item) {
                    Some(item) => self.open_theirs(&item, title),
                    None => self.wish_open(about.id),
                }
            }
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
            Some(PlaylistRow::There { .. }) | None => Vec::new(),
        }
    }

    /// Back from the open playlist to all of them.
    pub(in crate::app) fn close_playlist(&mut self) -> Vec<Effect> {
        self.playlists.open = None;
        let mut effects = self.list_playlists();
        effects.extend(self.list_theirs());
        effects
    }

    /// The playlist that is open, or under the cursor.
    pub(in crate::app) fn playlist_meant(&self) -> Option<(PlaylistId, CleanText)> {
        match (&self.playlists.open, self.playlists.selected()) {
            (Some(open), _) => Some((open.id, open.name.clone())),
            (None, Some(PlaylistRow::Own(about))) => Some((about.id, about.name.clone())),
            (None, Some(PlaylistRow::There { kept: Some(about), .. })) => {
                Some((about.id, about.name.clone()))
            }
            (None, Some(PlaylistRow::At { .. } | PlaylistRow::There { .. }) | None) => None,
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
        if let Some(refusal) =
            self.service_meant().and_then(|service| self.refused_there(&service, Doing::Delete))
        {
            return refusal;
        }
        match (self.playlist_meant(), self.playlists.selected().cloned()) {
            (Some((id, _)), _) => self.order_shelf(PlaylistOrder::Delete(id)),
            (None, Some(PlaylistRow::There { found: Some(found), title, .. })) => {
                self.ask_there(&found.reference, title, Then::Delete)
            }
            (None, _) => self.tell(Level::Info, "There is no playlist of yours here to delete"),
        }
    }

    /// The service that keeps the playlist that is meant.
    pub(super) fn service_meant(&self) -> Option<ServiceId> {
        match (&self.playlists.open, self.playlists.selected()) {
            (Some(open), _) => open.remote.as_ref().map(|remote| remote.service.clone()),
            (None, Some(PlaylistRow::There { service, .. })) => Some(service.clone()),
            (None, _) => None,
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
            Err(fault) => {
                self.wished(ticket);
                return self.playlists_failed(&asked, fault);
            }
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
                        return self.show_wished(ticket, *opened);
                    }
                    Some(_) | None => {}
                }
                Vec::new()
            }
            PlaylistAnswer::Shelved { done, all } => self.shelved(&asked, done, all),
            PlaylistAnswer::Logged(log) => self.shelf_log_came(&log),
            PlaylistAnswer::Appended { about, count } => {
                let mut effects = self.appended(&asked, &about, count);
                effects.extend(self.kept_playlist_changed(about.id));
                effects
            }
            PlaylistAnswer::Kept { revision, merged, lost } => {
                let Asked::Edit(id) = asked else { return Vec::new() };
                let mut effects = self.edit_kept(id, revision, merged, &lost);
                effects.extend(self.changed_there(id));
                effects.extend(self.kept_playlist_changed(id));
                effects
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
        // Who has not moved yet is on the first row, whatever stood there until now.
        let begins = !self.playlists.known && self.playlists.list.cursor().is_none_or(|row| row == 0);
        (self.playlists.known, self.playlists.fault) = (true, None);
        self.playlists.listed += 1;
        self.playlists.infos = all;
        self.gather_rows();
        if begins {
            let height = self.list_height();
            self.playlists.list.go_to(0, height);
        }
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
        let of_step = |about: &&PlaylistInfo| done.as_ref().is_some_and(|step| step.id == about.id);
        let there = all.iter().find(of_step).or_else(|| self.playlists.infos.iter().find(of_step)).cloned();
        let mut effects = match there {
            Some(PlaylistInfo { id, name, remote: Some(remote), .. }) => {
                let effects = self.change_waits(id, &name, &remote);
                let is_gone = done.as_ref().is_some_and(|step| step.after.is_none());
                if let Some(waiting) = self.outbox.waiting.iter_mut().find(|waiting| waiting.id == id) {
                    waiting.is_gone = is_gone;
                }
                effects
            }
            _ => Vec::new(),
        };
        // A queue that was saved under the same name has made way.
        let made_way = self.playlists.infos.iter().find(|about| {
            let is_of_it =
                |step: &ShelfStep| step.before.is_none() && step.after.as_ref() == Some(&about.name);
            let stays = all.iter().any(|known| known.id == about.id);
            *asked == Asked::Shelf && about.place.is_some() && !stays && done.as_ref().is_some_and(is_of_it)
        });
        let made_way = made_way.map(|about| about.id);
        if made_way.is_some() && self.playlists.open.as_ref().map(|open| open.id) == made_way {
            self.playlists.open = None;
        }
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
        let is_it = |row: &PlaylistRow| match row {
            PlaylistRow::Own(about) => about.id == step.id,
            PlaylistRow::There { kept: Some(about), .. } => about.id == step.id,
            PlaylistRow::At { .. } | PlaylistRow::There { .. } => false,
        };
        if let Some(row) = self.playlists.rows.iter().position(is_it) {
            let height = self.list_height();
            self.playlists.list.go_to(row, height);
        }
        let words = match (&step.before, &step.after) {
            (None, Some(name)) if *asked == Asked::Back => format!("{name} is back ({})", tracks(count)),
            (None, Some(name)) if made_way.is_some() => {
                format!("Kept {name} ({}); undo twice brings back what was kept so before", tracks(count))
            }
            (None, Some(name)) => format!("Kept {name} ({})", tracks(count)),
            (Some(name), None) => format!("Deleted {name}"),
            (Some(before), Some(after)) => format!("{before} is now called {after}"),
            (None, None) => return Vec::new(),
        };
        let words = match asked {
            Asked::Back | Asked::Again | Asked::GoTo => words,
            _ => format!("{words} \u{b7} {}", self.undo_on_shelf_words()),
        };
        effects.extend(self.tell(Level::Info, words));
        effects
    }

    /// Rows of a playlist were changed: those of a service are to be sent.
    pub(super) fn changed_there(&mut self, id: PlaylistId) -> Vec<Effect> {
        let open = self.playlists.open.as_ref().filter(|open| open.id == id);
        let open = open.and_then(|open| Some((open.name.clone(), open.remote.clone()?)));
        let known = || {
            let info = self.playlists.infos.iter().find(|info| info.id == id)?;
            Some((info.name.clone(), info.remote.clone()?))
        };
        match open.or_else(known) {
            Some((name, remote)) => self.change_waits(id, &name, &remote),
            None => Vec::new(),
        }
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
        if let Some(remote) = &about.remote {
            effects.extend(self.change_waits(about.id, &about.name, remote));
        }
        if self.playlists.open.as_ref().is_some_and(|open| open.id == about.id) {
            effects.extend(self.order(PlaylistOrder::Open(about.id), Asked::Open(about.id)));
        }
        effects.extend(self.list_playlists());
        effects
    }
}
