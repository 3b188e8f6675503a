//! Decisions about the services' own playlists: listed beside those of this machine, opened in the same editor, and
//! what a service cannot do refused before it is done.

use std::sync::Arc;

use super::state::{Asked, OpenPlaylist, PlaylistRow, Theirs, Wish};
use crate::app::effect::Effect;
use crate::app::focus::Page as Shown;
use crate::app::notices::Level;
use crate::app::queue::tracks;
use crate::app::state::State;
use crate::model::{
    Arrival, CleanText, Collection, Fault, FaultKind, Item, ItemRef, Kind, ListSource, Mirrored,
    OpenedPlaylist, Page, PlaylistId, PlaylistInfo, PlaylistOrder, Powers, Remote, Retry, ServiceId,
    ServiceInfo, Ticket, Told, Track, at_service,
};

/// Most pages of one service's playlists that are asked for.
const MAX_PAGES: u32 = 50;

/// What shall be done once a service's playlist is there.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) enum Then {
    /// It is shown.
    Show,
    /// What is shown already is brought up to date.
    Renew,
    /// It is deleted.
    Delete,
    /// It gets this name.
    Rename(CleanText),
    /// It is copied to this machine.
    Copy,
    /// These tracks go to its end.
    Add(CleanText, Vec<Arc<Track>>),
}

/// A playlist that was asked of its service.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) struct Opening {
    ticket: Ticket,
    item: ItemRef,
    title: CleanText,
    then: Then,
}

/// What a listener does with a playlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Doing {
    Rename,
    Delete,
}

impl State {
    /// Asks the services for the listener's playlists there.
    pub(in crate::app) fn list_theirs(&mut self) -> Vec<Effect> {
        let keep =
            |service: &ServiceInfo| Some((service.id.clone(), service.capabilities.own_playlists.clone()?));
        let lists: Vec<_> = self.services.iter().filter_map(keep).collect();
        self.playlists.theirs.retain(|theirs| lists.iter().any(|(service, _)| *service == theirs.service));
        let mut effects = Vec::new();
        for (service, list) in lists {
            if !self.playlists.theirs.iter().any(|theirs| theirs.service == service) {
                self.playlists.theirs.push(Theirs::new(service.clone()));
            }
            let ticket = self.next_ticket();
            let Some(theirs) = self.playlists.theirs.iter_mut().find(|theirs| theirs.service == service)
            else {
                continue;
            };
            (theirs.ticket, theirs.next_page) = (Some(ticket), 0);
            theirs.coming.clear();
            effects.push(Effect::Browse { ticket, service, list, page: 0 });
        }
        effects
    }

    /// A page of a service's playlists has come; the answer comes back when it is none.
    pub(in crate::app) fn theirs_browsed(
        &mut self,
        ticket: Ticket,
        result: Result<Page<Item>, Fault>,
    ) -> Result<Vec<Effect>, Result<Page<Item>, Fault>> {
        let Some(at) = self.playlists.theirs.iter().position(|theirs| theirs.ticket == Some(ticket)) else {
            return Err(result);
        };
        let next = self.next_ticket();
        let Some(theirs) = self.playlists.theirs.get_mut(at) else { return Err(result) };
        theirs.ticket = None;
        let service = theirs.service.clone();
        match result {
            Ok(page) => {
                let more = page.more && !page.items.is_empty() && theirs.next_page < MAX_PAGES;
                theirs.next_page += 1;
                theirs.is_stale |= page.is_stale;
                theirs.coming.extend(page.items.into_iter().filter_map(|item| match item {
                    Item::Collection(found) if found.reference.kind == Kind::Playlist => Some(found),
                    Item::Collection(_) | Item::Track(_) | Item::List(_) => None,
                }));
                let list = self.services.iter().find(|known| known.id == service);
                let list = list.and_then(|known| known.capabilities.own_playlists.clone());
                if let (true, Some(list)) = (more, list) {
                    theirs.ticket = Some(next);
                    return Ok(vec![Effect::Browse { ticket: next, service, list, page: theirs.next_page }]);
                }
                theirs.all = std::mem::take(&mut theirs.coming);
                (theirs.is_known, theirs.fault) = (true, None);
                self.gather_rows();
                Ok(Vec::new())
            }
            Err(fault) => {
                theirs.fault = Some(fault.clone());
                self.gather_rows();
                Ok(self.note_limit(&service, &fault))
            }
        }
    }

    /// Services have come or gone.
    pub(in crate::app) fn gather_playlists(&mut self) {
        if self.playlists.known {
            self.gather_rows();
        }
    }

    /// What is known of a service's playlists is another account's: it is shown no more.
    pub(in crate::app) fn forget_theirs(&mut self, service: &ServiceId) {
        let is_theirs = |remote: Option<&Remote>| remote.is_some_and(|remote| remote.service == *service);
        self.playlists.theirs.retain(|theirs| theirs.service != *service);
        self.playlists.infos.retain(|info| !is_theirs(info.remote.as_ref()));
        if self.playlists.open.as_ref().is_some_and(|open| is_theirs(open.remote.as_ref())) {
            self.playlists.open = None;
        }
        self.gather_playlists();
    }

    /// Whether a playlist is one of whoever is signed in now.
    fn is_of_account(&self, remote: Option<&Remote>) -> bool {
        remote.is_none_or(|remote| {
            let known = self.services.iter().find(|known| known.id == remote.service);
            let account = known.and_then(|known| known.capabilities.account.key.as_ref());
            account.is_some() && account == remote.account.as_ref()
        })
    }

    /// The rows of the page: the playlists of this machine, then each service's.
    pub(super) fn gather_rows(&mut self) {
        let under_cursor = self.playlists.selected().cloned();
        let infos = std::mem::take(&mut self.playlists.infos);
        let mut rows: Vec<_> =
            infos.iter().filter(|info| info.remote.is_none()).cloned().map(PlaylistRow::Own).collect();
        for service in &self.services {
            let Some(list) = service.capabilities.own_playlists.clone() else { continue };
            rows.push(PlaylistRow::At { service: service.id.clone(), name: service.name.clone(), list });
            rows.extend(self.rows_at(&service.id, &infos));
        }
        self.playlists.infos = infos;
        self.playlists.rows = rows;
        self.playlists.list.set_len(self.playlists.rows.len());
        if let Some(before) = under_cursor
            && let Some(row) = self.playlists.rows.iter().position(|row| row.is_same(&before))
        {
            let height = self.list_height();
            self.playlists.list.go_to(row, height);
        }
    }

    fn rows_at(&self, service: &ServiceId, infos: &[PlaylistInfo]) -> Vec<PlaylistRow> {
        let theirs = self.playlists.theirs.iter().find(|theirs| theirs.service == *service);
        let all = theirs.map_or(&[][..], |theirs| &theirs.all);
        let is_whole =
            theirs.is_some_and(|theirs| theirs.is_known && theirs.fault.is_none() && theirs.ticket.is_none());
        let here: Vec<&PlaylistInfo> = infos
            .iter()
            .filter(|info| info.remote.as_ref().is_some_and(|remote| remote.service == *service))
            .collect();
        let fresh = &self.outbox.fresh;
        let is_just_deleted = |id: &str| {
            let deleted = fresh.iter().filter_map(|fresh| fresh.deleted.as_ref());
            deleted.into_iter().any(|(at, of)| at == service && of == id)
        };
        let is_just_sent = |info: &PlaylistInfo| fresh.iter().any(|fresh| fresh.id == info.id);
        let is_deleted = |id: &str| {
            let waiting = self.outbox.waiting.iter().filter(|waiting| waiting.is_gone);
            waiting
                .filter(|waiting| waiting.remote.service == *service)
                .any(|waiting| waiting.remote.id.as_deref() == Some(id))
        };
        let mut rows = Vec::new();
        for found in all
            .iter()
            .filter(|found| !is_deleted(&found.reference.id) && !is_just_deleted(&found.reference.id))
        {
            let id = found.reference.id.as_str();
            let of_id = |info: &&&PlaylistInfo| {
                info.remote.as_ref().and_then(|remote| remote.id.as_deref()) == Some(id)
            };
            let kept = here.iter().find(of_id).map(|info| Box::new(PlaylistInfo::clone(info)));
            let title = kept.as_ref().map_or_else(|| found.title.clone(), |kept| kept.name.clone());
            rows.push(PlaylistRow::There {
                service: service.clone(),
                found: Some(Box::new(found.clone())),
                kept,
                title,
            });
        }
        // What is not listed there is there all the same as long as something waits, or nobody can tell.
        let is_listed = |info: &PlaylistInfo| {
            let id = info.remote.as_ref().and_then(|remote| remote.id.as_deref());
            id.is_some_and(|id| all.iter().any(|found| found.reference.id == id))
        };
        let waits = |info: &PlaylistInfo| {
            info.remote.as_ref().is_some_and(|remote| remote.arrival != Arrival::Arrived)
        };
        let is_there = |info: &PlaylistInfo| waits(info) || is_just_sent(info) || !is_whole;
        for info in here.into_iter().filter(|info| !is_listed(info) && is_there(info)) {
            let (kept, title) = (Some(Box::new(info.clone())), info.name.clone());
            rows.push(PlaylistRow::There { service: service.clone(), found: None, kept, title });
        }
        rows
    }

    /// What may be changed at a service.
    fn powers_at(&self, service: &ServiceId) -> Option<&Powers> {
        self.services.iter().find(|known| known.id == *service).map(|known| &known.capabilities.powers)
    }

    /// Whether this is a playlist of the listener's own at a service that lets it be edited.
    pub(in crate::app) fn is_editable(&self, found: &Collection) -> bool {
        let own = found.mine && found.reference.kind == Kind::Playlist;
        own && self.powers_at(&found.reference.service).is_some_and(|powers| powers.arrange_playlist)
    }

    /// Why a service does not let something be done with its playlist; it is said.
    pub(super) fn refused_there(&mut self, service: &ServiceId, doing: Doing) -> Option<Vec<Effect>> {
        let powers = self.powers_at(service)?;
        let (able, words) = match doing {
            Doing::Rename => (powers.edit_playlist, "rename"),
            Doing::Delete => (powers.delete_playlist, "delete"),
        };
        if able {
            return None;
        }
        let copy = self.keymap.keys_of(&crate::app::Action::CopyHere).first().cloned().unwrap_or_default();
        let place = self.place_name(service);
        let words = format!(
            "{place} has no way to {words} playlists; {copy} makes a copy on this machine, which has"
        );
        Some(self.tell(Level::Warning, words))
    }

    /// Opens a service's playlist in the editor: at once where it is known here, and as the service has it now.
    pub(in crate::app) fn open_theirs(&mut self, item: &ItemRef, title: CleanText) -> Vec<Effect> {
        let mut effects = self.show_page(Shown::Playlists);
        if let Some(id) = self.kept_of(item).map(|kept| kept.id) {
            effects.extend(self.wish_open(id));
            effects.extend(self.ask_there(item, title, Then::Renew));
        } else {
            effects.extend(self.tell(Level::Info, reading(&title)));
            effects.extend(self.ask_there(item, title, Then::Show));
            self.wish_for(self.playlists.openings.last().map(|opening| opening.ticket));
        }
        effects
    }

    /// Asks the library for a playlist that the listener wants to see.
    pub(in crate::app) fn wish_open(&mut self, id: PlaylistId) -> Vec<Effect> {
        let effects = self.order(PlaylistOrder::Open(id), Asked::Open(id));
        self.wish_for(self.playlists.asked.last().map(|(ticket, _)| *ticket));
        effects
    }

    fn wish_for(&mut self, ticket: Option<Ticket>) {
        let open = self.playlists.open.as_ref().map(|open| open.id);
        self.playlists.wish = ticket.map(|ticket| Wish { ticket, open, left: None });
    }

    /// Whether what this request brings is still to be shown: nothing else was wished since, and nothing else opened.
    pub(super) fn wished(&mut self, ticket: Ticket) -> Option<Wish> {
        let open = self.playlists.open.as_ref().map(|open| open.id);
        let wish = self.playlists.wish.take_if(|wish| wish.ticket == ticket);
        wish.filter(|wish| wish.open == open)
    }

    /// Shows a playlist that has come, if it is still wished.
    pub(super) fn show_wished(&mut self, ticket: Ticket, opened: OpenedPlaylist) -> Vec<Effect> {
        if let Some(wish) = self.wished(ticket) {
            self.playlists.open = Some(OpenPlaylist::new(opened));
            if let Some(words) = wish.left.filter(|words| !words.is_empty() && self.page == Shown::Playlists)
            {
                self.filter_again(&words);
            }
        }
        Vec::new()
    }

    /// Opens the playlist that was open at the end of the last run, filtered by these words.
    pub(in crate::app) fn open_again(&mut self, id: PlaylistId, filter: &str) -> Vec<Effect> {
        let effects = self.wish_open(id);
        if let Some(wish) = &mut self.playlists.wish {
            wish.left = Some(filter.to_owned());
        }
        effects
    }

    /// The playlist of this machine that stands for a service's.
    pub(in crate::app) fn kept_of(&self, item: &ItemRef) -> Option<&PlaylistInfo> {
        self.playlists.infos.iter().find(|info| {
            info.remote.as_ref().is_some_and(|remote| {
                remote.service == item.service && remote.id.as_deref() == Some(item.id.as_str())
            })
        })
    }

    /// Makes a playlist that a service shall keep.
    pub(in crate::app) fn make_theirs(
        &mut self,
        service: ServiceId,
        name: CleanText,
        tracks: Vec<Arc<Track>>,
    ) -> Vec<Effect> {
        let entries = self.new_entries(tracks);
        self.order_shelf(PlaylistOrder::MakeAt { service, name, entries, is_private: false })
    }

    /// Puts tracks at the end of a service's playlist.
    pub(in crate::app) fn add_to_theirs(
        &mut self,
        item: &ItemRef,
        name: CleanText,
        title: CleanText,
        tracks: Vec<Arc<Track>>,
    ) -> Vec<Effect> {
        match self.kept_of(item).map(|kept| kept.id) {
            Some(id) => self.append_to_playlist(id, title, tracks),
            None => self.ask_there(item, name, Then::Add(title, tracks)),
        }
    }

    pub(in crate::app) fn ask_there(&mut self, item: &ItemRef, title: CleanText, then: Then) -> Vec<Effect> {
        let ticket = self.next_ticket();
        self.playlists.openings.push(Opening { ticket, item: item.clone(), title, then });
        vec![Effect::OpenTheirs { ticket, item: item.clone() }]
    }

    /// A service's playlist is there, perhaps only as it was last known.
    pub(in crate::app) fn theirs_opened(
        &mut self,
        ticket: Ticket,
        result: Result<Mirrored, Fault>,
    ) -> Vec<Effect> {
        let Some(at) = self.playlists.openings.iter().position(|opening| opening.ticket == ticket) else {
            return Vec::new();
        };
        let Opening { item, title, then, .. } = self.playlists.openings.remove(at);
        let Mirrored { opened, merged, fault } = match result {
            Ok(opened) => opened,
            Err(fault)
                if then == Then::Show
                    && fault.kind == FaultKind::Network
                    && self.downloads.jobs.keeps(&ListSource::of(&item))
                    && self.page == Shown::Playlists
                    && self.overlays.is_empty()
                    && self.wished(ticket).is_some() =>
            {
                // It cannot be changed, but it can be heard.
                self.notices.over(&reading(&title));
                return self.open_collection(Collection::new(item, title));
            }
            Err(fault) => {
                // What is kept here is shown and changed all the same; this one never was.
                let never = if fault.retry == Retry::Later {
                    " It was never opened here; once it was, it can be changed without a network too."
                } else {
                    ""
                };
                let words = match then {
                    Then::Add(what, _) => format!("Not added to {title}: {what}. {fault}{never}"),
                    Then::Delete => format!("{title} was not deleted. {fault}{never}"),
                    Then::Rename(_) => format!("{title} keeps its name. {fault}{never}"),
                    Then::Copy => format!("{title} was not copied. {fault}"),
                    Then::Show | Then::Renew => format!("{title} was not opened. {fault}{never}"),
                };
                return self.tell(Level::Error, words);
            }
        };
        if !self.is_of_account(opened.about.remote.as_ref()) {
            return Vec::new();
        }
        let (id, name) = (opened.about.id, opened.about.name.clone());
        let service = opened.about.remote.as_ref().map(|remote| remote.service.clone());
        let told = merged.zip(service);
        let told = told.map(|(what, service)| Told { id, service, title: name.clone(), what });
        let mut effects = match then {
            Then::Show => {
                if self.wished(ticket).is_some() && self.page == Shown::Playlists && self.overlays.is_empty()
                {
                    self.notices.over(&reading(&title));
                    self.playlists.open = Some(OpenPlaylist::new(*opened));
                    Vec::new()
                } else {
                    // The screen belongs to what the listener does now.
                    self.tell(Level::Info, format!("{name} has been read; open it again to see it"))
                }
            }
            Then::Renew => {
                let is_it =
                    |open: &&mut OpenPlaylist| open.id == id && open.is_kept() && open.sorted.is_none();
                if let Some(open) = self.playlists.open.as_mut().filter(is_it)
                    && open.revision <= opened.revision
                {
                    open.take_over(*opened);
                }
                Vec::new()
            }
            Then::Delete => self.order_shelf(PlaylistOrder::Delete(id)),
            Then::Rename(name) => self.order_shelf(PlaylistOrder::Rename { id, name }),
            Then::Copy => {
                let tracks = opened.entries.iter().map(|entry| entry.track.clone()).collect();
                self.make_copy(&name, tracks)
            }
            Then::Add(what, tracks) => self.append_to_playlist(id, what, tracks),
        };
        effects.extend(self.list_playlists());
        if let Some(told) = told {
            effects.extend(self.tell_settled(&told));
        }
        if let Some(fault) = fault {
            let words = format!("{name} is shown as it was last known. {fault}");
            effects.extend(self.tell(Level::Warning, words));
        }
        effects
    }

    /// The open playlist as it is on the disk now.
    pub(in crate::app) fn read_again(&mut self, id: PlaylistId) -> Vec<Effect> {
        self.order(PlaylistOrder::Open(id), Asked::Open(id))
    }

    /// Keeps to what the open playlist can hold: of a service's, its own tracks, or the same recordings there. Says
    /// what stayed out.
    pub(super) fn keep_to_service(&mut self) -> Vec<Effect> {
        let Some(open) = &mut self.playlists.open else { return Vec::new() };
        let Some(service) = open.remote.as_ref().map(|remote| remote.service.clone()) else {
            return Vec::new();
        };
        let before = open.entries.len();
        open.entries.retain_mut(|entry| match at_service(&entry.track, &service) {
            Some(there) => {
                if there.reference != entry.track.reference {
                    entry.track = Arc::new(there);
                }
                true
            }
            None => false,
        });
        let left_out = before - open.entries.len();
        if left_out == 0 {
            return Vec::new();
        }
        let copy = self.keymap.keys_of(&crate::app::Action::CopyHere).first().cloned().unwrap_or_default();
        let place = self.place_name(&service);
        let (what, are) = (tracks(left_out), if left_out == 1 { "is" } else { "are" });
        let words = format!(
            "{what} {are} not of {place} and stayed out \u{b7} {copy} makes a copy on this machine, which takes anything"
        );
        self.playlists.not_there = Some(words.clone());
        self.tell(Level::Warning, words)
    }
}

/// What is told while a service's playlist is read.
fn reading(title: &CleanText) -> String {
    format!("Reading {title}...")
}
