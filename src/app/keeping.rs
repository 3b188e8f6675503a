//! Keeping lists offline: which one is meant, when they are read again, and what is told of them.

use super::browse::{Pane, ShelfState};
use super::downloads::travel_words;
use super::effect::Effect;
use super::focus::{Focus, Page};
use super::notices::Level;
use super::playlists::PlaylistRow;
use super::state::State;
use crate::model::{
    BrowseList, CleanText, DownloadCommand, Fault, FaultKind, Item, KeptList, Kind, ListSource, PlaylistId,
    PlaylistInfo, Remote, ServiceId, Ticket, Track,
};

/// How often lists that are kept offline are read again.
const READ_MS: u64 = 30 * 60_000;

/// Most titles that are told of what is missing.
const MOST_TOLD: usize = 3;

impl State {
    /// Keeps the list at hand offline, or no longer.
    pub(super) fn keep_offline_here(&mut self) -> Vec<Effect> {
        let Some((source, title)) = self.list_meant() else {
            return self
                .tell(Level::Info, "Albums, playlists and lists of tracks can be kept offline; go to one");
        };
        let was_kept = self.downloads.jobs.keeps(&source);
        let (command, words) = if was_kept {
            let words = format!("{title} is kept offline no longer; its copies stay until room is needed");
            (DownloadCommand::LeaveList(source), words)
        } else {
            let words = format!("{title} is kept offline from now on");
            (DownloadCommand::KeepList { source, title }, words)
        };
        let (mut effects, _) = self.command_downloads(command);
        effects.extend(self.tell(Level::Info, words));
        effects
    }

    /// The list under the cursor, or the one whose rows the cursor is among.
    fn list_meant(&self) -> Option<(ListSource, CleanText)> {
        match self.page {
            Page::Playlists => match &self.playlists.open {
                Some(open) => Some((source_of(open.id, open.remote.as_ref()), open.name.clone())),
                None => match self.playlists.rows.get(self.playlists.list.cursor()?)? {
                    PlaylistRow::Own(about) => Some((of_playlist(about), about.name.clone())),
                    PlaylistRow::There { found: Some(found), title, .. } => {
                        Some((ListSource::of(&found.reference), title.clone()))
                    }
                    PlaylistRow::There { kept: Some(kept), title, .. } => {
                        Some((of_playlist(kept), title.clone()))
                    }
                    PlaylistRow::At { .. } | PlaylistRow::There { .. } => None,
                },
            },
            Page::Search | Page::Browse => {
                if let Some(Item::Collection(collection)) = self.item_here()
                    && collection.reference.kind != Kind::Artist
                {
                    return Some((ListSource::of(&collection.reference), collection.title));
                }
                let shelf = self.browse.open().filter(|_| self.page == Page::Browse)?;
                let service = shelf.service.clone();
                let list = match self.item_here() {
                    Some(Item::List(list)) if self.focus() == Focus::BrowseTracks => list,
                    Some(Item::Track(_)) | None if shelf.state == ShelfState::Ready => {
                        shelf.source.clone()?
                    }
                    Some(_) | None => return None,
                };
                Some((ListSource { service, list: list.id }, list.title))
            }
            Page::Welcome
            | Page::Queue
            | Page::Downloads
            | Page::Accounts
            | Page::Now
            | Page::Settings
            | Page::Log => None,
        }
    }

    /// The services' lists that are kept offline stand on the browse page, where they can be opened without a network.
    /// Those of this machine are there anyhow.
    pub(super) fn show_kept_lists(&mut self) {
        let height = self.list_height();
        let of_service = |list: &KeptList| {
            let service = self.services.iter().find(|known| known.id == list.source.service)?;
            let shown = BrowseList { id: list.source.list.clone(), title: list.title.clone() };
            (!service.capabilities.is_local).then_some((service, shown))
        };
        let lists: Vec<_> = self.downloads.jobs.lists().iter().filter_map(of_service).collect();
        self.browse.keep(lists, height);
    }

    /// Reads every list that is kept offline, and again after a while.
    pub(super) fn read_kept_lists(&mut self) -> Vec<Effect> {
        if !self.downloads.runs_here || self.downloads.jobs.lists().is_empty() {
            return Vec::new();
        }
        let ticket = self.next_ticket();
        self.downloads.reading = Some(ticket);
        let mut effects = vec![Effect::Wait { ticket, delay_ms: READ_MS }];
        effects.extend(self.read_lists_that(|_| true));
        effects
    }

    fn read_lists_that(&mut self, is_meant: impl Fn(&ListSource) -> bool) -> Vec<Effect> {
        if !self.downloads.runs_here {
            return Vec::new();
        }
        let lists = self.downloads.jobs.lists().iter().map(|list| list.source.clone());
        // On this machine a list is read without a network, too.
        let may_ask = |source: &ListSource| source.playlist().is_some() || !self.network.is_offline();
        lists.filter(|source| is_meant(source) && may_ask(source)).map(Effect::ReadList).collect()
    }

    /// A playlist on this machine has changed.
    pub(super) fn kept_playlist_changed(&mut self, id: PlaylistId) -> Vec<Effect> {
        self.read_lists_that(|source| *source == ListSource::local(id))
    }

    /// Something was changed at a service: its lists may be others now.
    pub(super) fn kept_lists_changed_at(&mut self, service: &ServiceId) -> Vec<Effect> {
        self.read_lists_that(|source| source.service == *service)
    }

    pub(super) fn keeping_elapsed(&mut self, ticket: Ticket) -> Vec<Effect> {
        if self.downloads.reading == Some(ticket) { self.read_kept_lists() } else { Vec::new() }
    }

    /// A list that is kept offline was read.
    pub(super) fn kept_list_read(
        &mut self,
        source: &ListSource,
        result: Result<Vec<Track>, Fault>,
        at: u64,
    ) -> Vec<Effect> {
        let Some(list) = self.downloads.jobs.lists().iter().find(|list| list.source == *source) else {
            return Vec::new();
        };
        let (title, is_first) = (list.title.clone(), list.read_at == 0);
        match result {
            Ok(found) => {
                let orders = self.downloads.jobs.list_read(source, found, at);
                let mut effects = self.follow_downloads(orders);
                if is_first {
                    effects.extend(self.tell_standing(source, &title));
                }
                effects
            }
            // As it was, it is still kept.
            Err(fault) if is_first => {
                self.tell(Level::Warning, format!("{title} could not be read yet. {fault}"))
            }
            Err(fault) if fault.kind == FaultKind::NotFound => {
                self.tell(Level::Warning, format!("{title} could not be read. {fault} Its copies stay."))
            }
            Err(_) => Vec::new(),
        }
    }

    fn tell_standing(&mut self, source: &ListSource, title: &CleanText) -> Vec<Effect> {
        let lists = self.downloads.jobs.travel_check();
        let lists: Vec<_> = lists.into_iter().filter(|list| list.source == *source).collect();
        let words = format!("{title} is kept offline: {}", travel_words(&lists));
        self.tell(Level::Info, words)
    }

    /// Shows what is kept offline, and tells how much of it is not yet here.
    pub(super) fn travel_check(&mut self) -> Vec<Effect> {
        let lists = self.downloads.jobs.travel_check();
        let mut words = travel_words(&lists);
        let waiting: Vec<_> = lists.iter().filter(|list| list.here < list.all).collect();
        let titles: Vec<String> = waiting
            .iter()
            .take(MOST_TOLD)
            .map(|list| format!("{} {} of {}", list.title, list.here, list.all))
            .collect();
        if !titles.is_empty() {
            words = format!("{words}: {}", titles.join(", "));
        }
        if waiting.len() > MOST_TOLD {
            words = format!("{words} and {} more lists", waiting.len() - MOST_TOLD);
        }
        let level = if waiting.is_empty() { Level::Info } else { Level::Warning };
        let mut effects = self.read_kept_lists();
        if self.browse.shelves.iter().any(|shelf| shelf.is_kept) {
            effects.extend(self.show_shelf(|shelf| shelf.is_kept, Pane::Lists));
        }
        effects.extend(self.tell(level, words));
        effects
    }
}

fn of_playlist(about: &PlaylistInfo) -> ListSource {
    source_of(about.id, about.remote.as_ref())
}

/// What a service keeps is read there, where it has got there.
fn source_of(id: PlaylistId, remote: Option<&Remote>) -> ListSource {
    remote.and_then(Remote::item).map_or_else(|| ListSource::local(id), |item| ListSource::of(&item))
}
