//! What was changed here and has not reached its service: when it is sent, and what is told of it.

use super::browse::ShelfState;
use super::effect::Effect;
use super::focus::Page;
use super::notices::Level;
use super::state::State;
use crate::model::{
    Arrival, CleanText, Fault, ListId, MarkWish, PlaylistId, Remote, Round, ServiceId, Settled, Ticket, Told,
    Waiting, WaitingMark, lost_words,
};

/// How long edits may follow each other before they are sent together.
const GATHER_MS: u64 = 1000;

/// How long to wait after the library failed; twice as long after each further time, up to so many.
const AFTER_FAILURE_MS: u64 = 2_500;
const MAX_FAILURES: u32 = 8;

/// A service may take so long to show what it has taken.
const SHOWING_MS: u64 = 60_000;

/// A playlist whose change its service may not show yet: until then what is known here is believed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fresh {
    /// The wait after which it is shown.
    ticket: Ticket,
    /// Which playlist.
    pub id: PlaylistId,
    /// Where it was deleted, by what id, if it was.
    pub deleted: Option<(ServiceId, String)>,
}

/// Changes on their way to services.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox {
    /// What has not arrived, as far as is known.
    pub waiting: Vec<Waiting>,
    /// Marks that have not arrived, as far as is known.
    pub marks: Vec<WaitingMark>,
    /// Marks that are being kept just now.
    pub(super) keeping: Vec<(Ticket, MarkWish)>,
    sending: Option<Ticket>,
    /// Something was changed while others were sent.
    is_behind: bool,
    /// The time that is waited for.
    wait: Option<Ticket>,
    /// What arrived a moment ago: its service may not show it yet.
    pub(super) fresh: Vec<Fresh>,
    /// How often the library failed, one time after the other.
    failures: u32,
}

impl State {
    /// A change of a service's playlist is kept here, and is sent once no other follows.
    pub(super) fn change_waits(&mut self, id: PlaylistId, title: &CleanText, remote: &Remote) -> Vec<Effect> {
        match self.outbox.waiting.iter_mut().find(|waiting| waiting.id == id) {
            Some(known) => known.changes += 1,
            None => self.outbox.waiting.push(Waiting {
                id,
                title: title.clone(),
                is_gone: false,
                remote: Remote { arrival: Arrival::Waiting(1), ..remote.clone() },
                changes: 1,
                next_try_at: 0,
            }),
        }
        self.send_in(GATHER_MS)
    }

    fn send_in(&mut self, delay_ms: u64) -> Vec<Effect> {
        let ticket = self.next_ticket();
        self.outbox.wait = Some(ticket);
        vec![Effect::Wait { ticket, delay_ms }]
    }

    pub(super) fn outbox_elapsed(&mut self, ticket: Ticket) -> Vec<Effect> {
        let before = self.outbox.fresh.len();
        self.outbox.fresh.retain(|fresh| fresh.ticket != ticket);
        if self.outbox.fresh.len() < before {
            self.gather_playlists();
            let is_seen = self.page == Page::Playlists && self.playlists.open.is_none();
            return if is_seen { self.list_theirs() } else { Vec::new() };
        }
        if self.outbox.wait != Some(ticket) {
            return Vec::new();
        }
        self.outbox.wait = None;
        self.send_changes(false)
    }

    /// Sends what is due; with `all` also what waits for another time or is held.
    pub(super) fn send_changes(&mut self, all: bool) -> Vec<Effect> {
        if self.outbox.sending.is_some() {
            self.outbox.is_behind = true;
            return Vec::new();
        }
        let ticket = self.next_ticket();
        (self.outbox.sending, self.outbox.is_behind) = (Some(ticket), false);
        vec![Effect::SendChanges { ticket, all }]
    }

    /// A round of sending is over.
    pub(super) fn changes_sent(&mut self, ticket: Ticket, result: Result<Round, Fault>) -> Vec<Effect> {
        if self.outbox.sending != Some(ticket) {
            return Vec::new();
        }
        self.outbox.sending = None;
        let round = match result {
            Ok(round) => round,
            Err(fault) => {
                let mut effects = self.tell(Level::Error, fault.to_string());
                // Nothing went; what waits is sent all the same once the library answers again.
                self.outbox.failures = (self.outbox.failures + 1).min(MAX_FAILURES);
                if self.outbox.wait.is_none() {
                    effects.extend(self.send_in(AFTER_FAILURE_MS << self.outbox.failures));
                }
                return effects;
            }
        };
        self.outbox.failures = 0;
        let fresh = self.note_fresh(&round.told);
        self.outbox.waiting = round.waiting;
        self.take_marks(round.marks);
        let mut effects = fresh;
        for told in &round.marked {
            effects.extend(self.tell_mark(told));
        }
        for told in &round.told {
            effects.extend(self.tell_settled(told));
        }
        if !round.told.is_empty() {
            effects.extend(self.list_playlists());
            effects.extend(self.forget_lists(&round.told));
            for told in round.told.iter().filter(|told| told.what == Settled::Arrived) {
                effects.extend(self.kept_lists_changed_at(&told.service));
            }
            let open = self.playlists.open.as_ref().map(|open| open.id);
            if let Some(id) = open.filter(|id| round.told.iter().any(|told| told.id == *id)) {
                effects.extend(self.read_again(id));
            }
            let arrived = |told: &Told| {
                matches!(told.what, Settled::Arrived | Settled::Merged { .. } | Settled::Spared { .. })
            };
            if self.page == Page::Playlists && self.playlists.open.is_none() && round.told.iter().any(arrived)
            {
                effects.extend(self.list_theirs());
            }
        }
        if self.outbox.is_behind {
            effects.extend(self.send_changes(false));
        } else if let Some(seconds) = round.again_in_s
            && self.outbox.wait.is_none()
        {
            effects.extend(self.send_in(seconds.saturating_mul(1000)));
        }
        effects
    }

    /// Believes what arrived for as long as its service may not show it.
    fn note_fresh(&mut self, told: &[Told]) -> Vec<Effect> {
        let arrived: Vec<PlaylistId> =
            told.iter().filter(|told| told.what == Settled::Arrived).map(|told| told.id).collect();
        if arrived.is_empty() {
            return Vec::new();
        }
        let ticket = self.next_ticket();
        self.outbox.fresh.retain(|fresh| !arrived.contains(&fresh.id));
        for id in arrived {
            let waiting = self.outbox.waiting.iter().find(|waiting| waiting.id == id && waiting.is_gone);
            let deleted = waiting.and_then(|waiting| {
                let known = waiting.remote.id.clone().or_else(|| self.playlists.remote_of(id)?.id.clone());
                Some((waiting.remote.service.clone(), known?))
            });
            self.outbox.fresh.push(Fresh { ticket, id, deleted });
        }
        vec![Effect::Wait { ticket, delay_ms: SHOWING_MS }]
    }

    /// Lists that are not what they were now that something has arrived.
    fn forget_lists(&mut self, told: &[Told]) -> Vec<Effect> {
        let mut changed: Vec<(ServiceId, ListId)> = Vec::new();
        for told in told {
            let service = &told.service;
            let known = self.services.iter().find(|known| known.id == *service);
            let own = known.and_then(|known| known.capabilities.own_playlists.clone());
            let item = self.playlists.remote_of(told.id).and_then(|remote| remote.item());
            let lists = own.into_iter().chain(item.map(|item| item.list()));
            changed.extend(lists.map(|list| (service.clone(), list)));
        }
        for shelf in self.browse.all_mut().filter(|shelf| shelf.state != ShelfState::Loading) {
            let source = shelf.source.as_ref().map(|source| (shelf.service.clone(), source.id.clone()));
            if source.is_some_and(|source| changed.contains(&source)) {
                shelf.forget();
            }
        }
        if self.page == Page::Browse { self.fill_open_shelf() } else { Vec::new() }
    }

    pub(super) fn tell_settled(&mut self, told: &Told) -> Vec<Effect> {
        let (title, place) = (&told.title, self.place_name(&told.service));
        match &told.what {
            Settled::Arrived => Vec::new(),
            Settled::Merged { lost, renamed } => {
                let name = renamed
                    .as_ref()
                    .map(|name| format!("; it was called {name} there, and keeps its name here"));
                let gone = format!("{}{}", name.unwrap_or_default(), lost_words(lost));
                let undo = self.undo_words();
                let words = format!(
                    "{title} was changed at {place} too; both changes are in it now{gone} \u{b7} {undo}: once for theirs, twice for yours"
                );
                self.tell(Level::Warning, words)
            }
            Settled::Spared { .. } => {
                let key =
                    self.keymap.keys_of(&super::Action::DeletePlaylist).first().cloned().unwrap_or_default();
                let undo = self.keymap.keys_of(&super::Action::Undo).first().cloned().unwrap_or_default();
                let words = format!(
                    "{title} was changed at {place} after you deleted it: it is not deleted there, and is back here \
                     with that change \u{b7} {key} deletes it all the same, {undo} in it brings yours back"
                );
                self.tell(Level::Warning, words)
            }
            Settled::Waits(fault) => {
                let mut effects = self.note_limit(&told.service, fault);
                effects.extend(self.tell(Level::Warning, format!("{title} waits for {place}. {fault}")));
                effects
            }
            Settled::Held(fault) => {
                let key = self.keymap.keys_of(&super::Action::Retry).first().cloned().unwrap_or_default();
                let copy = self.keymap.keys_of(&super::Action::CopyHere).first().cloned().unwrap_or_default();
                let words = format!(
                    "The change of {title} was not taken and is held here. {fault} {key} on the page of playlists \
                     sends it again, {copy} keeps a copy on this machine."
                );
                self.tell(Level::Error, words)
            }
        }
    }

    /// A service in its own spelling.
    pub fn place_name(&self, service: &ServiceId) -> CleanText {
        let known = self.services.iter().find(|known| known.id == *service);
        known.map_or_else(|| service.as_str().into(), |known| known.name.clone())
    }

    /// What the open playlist's service has of it, where a service keeps it.
    pub fn arrival_of_open(&self) -> Option<Remote> {
        let open = self.playlists.open.as_ref()?;
        let known = open.remote.clone()?;
        let waiting = self.outbox.waiting.iter().find(|waiting| waiting.id == open.id);
        let arrival = match waiting {
            Some(waiting) => waiting.remote.arrival.clone(),
            None => Arrival::Arrived,
        };
        Some(Remote { arrival, ..known })
    }

    /// What waits or is held, in words: "2 changes wait for Audiomack".
    pub fn outbox_words(&self) -> Option<String> {
        let mut parts = Vec::new();
        for service in &self.services {
            let here = || self.outbox.waiting.iter().filter(|waiting| waiting.remote.service == service.id);
            let is_held = |waiting: &&Waiting| matches!(waiting.remote.arrival, Arrival::Held(_));
            let count = |held: bool| -> u64 {
                here().filter(|waiting| is_held(waiting) == held).map(|waiting| waiting.changes).sum()
            };
            let marks = self.outbox.marks.iter().filter(|mark| mark.wish.item.service == service.id).count();
            match count(false) + marks as u64 {
                0 => {}
                1 => parts.push(format!("1 change waits for {}", service.name)),
                many => parts.push(format!("{many} changes wait for {}", service.name)),
            }
            match count(true) {
                0 => {}
                1 => parts.push(format!("1 change is held: {} did not take it", service.name)),
                many => parts.push(format!("{many} changes are held: {} did not take them", service.name)),
            }
        }
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}
