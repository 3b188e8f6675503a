//! Liking, reposting and following from any row, and going from a row to its album, artist or sources. What
//! is marked shows at once; when the service refuses, it is taken back and said. What a service has yet to hear is kept
//! (`kept_marks.rs`).

use std::sync::Arc;

use super::effect::Effect;
use super::focus::Focus;
use super::input::TextInput;
use super::limits::reason;
use super::notices::Level;
use super::state::State;
use crate::model::{
    CleanText, Collection, Fault, Item, ItemRef, Kind, Mark, MarkWish, OwnChange, Ticket, Track, TrackRef,
};

/// A mark that was sent and not yet answered.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Marking {
    ticket: Ticket,
    mark: Mark,
    target: ItemRef,
    on: bool,
    /// What was wanted meanwhile.
    wanted: bool,
    title: CleanText,
}

impl State {
    /// The row that the cursor is on, on whichever page.
    pub fn item_here(&self) -> Option<Item> {
        match self.focus() {
            Focus::SearchResults => self.search.selected().map(|row| row.item.clone()),
            Focus::BrowseTracks => self.browse.open()?.selected().cloned(),
            Focus::Queue => {
                let entry = self.queue.entries.get(self.queue.list.cursor()?)?;
                Some(Item::Track(Track::clone(&entry.track)))
            }
            Focus::Playlist => {
                let open = self.playlists.open.as_ref()?;
                Some(Item::Track(Track::clone(&open.entries.get(open.list.cursor()?)?.track)))
            }
            Focus::Downloads => {
                let entry = self.downloads.jobs.entries().get(self.downloads.list.cursor()?)?;
                Some(Item::Track(Track::clone(&entry.track)))
            }
            Focus::Now => self.current_track().cloned().map(Item::Track),
            Focus::Doors
            | Focus::SearchInput
            | Focus::FilterInput
            | Focus::BrowseLists
            | Focus::Playlists
            | Focus::Naming
            | Focus::Journal
            | Focus::Info
            | Focus::Accounts
            | Focus::SignIn
            | Focus::SignInForm
            | Focus::Help
            | Focus::Outputs
            | Focus::Themes
            | Focus::Palette
            | Focus::Choice
            | Focus::Capture
            | Focus::Settings
            | Focus::Log
            | Focus::HelpInput
            | Focus::Picker => None,
        }
    }

    /// Marks the row under the cursor.
    pub(super) fn mark_here(&mut self, mark: Mark) -> Vec<Effect> {
        match self.item_here() {
            Some(item) => self.mark(mark, &item),
            None => Vec::new(),
        }
    }

    /// Likes what plays, or no longer.
    pub(super) fn like_playing(&mut self) -> Vec<Effect> {
        match self.playback.now.as_ref().map(|now| now.track.clone()) {
            Some(track) => self.mark(Mark::Like, &Item::Track(track)),
            None => self.tell(Level::Info, "Nothing is playing"),
        }
    }

    fn mark(&mut self, mark: Mark, item: &Item) -> Vec<Effect> {
        let Some((target, title, shown_on)) = target(mark, item) else {
            let words = match (mark, item) {
                (Mark::Follow, Item::Track(_)) => "Whose track this is is not known here",
                (_, _) => "Only your own files and what comes from a service can be marked",
            };
            return self.tell(Level::Info, words);
        };
        let was_on = shown_on || self.marked.contains(&(mark, target.clone()));
        let Some(service) = self.services.iter().find(|service| service.id == target.service) else {
            return self.tell(Level::Info, "There is no library here to keep that in; set library.folders");
        };
        if !mark.allowed(&service.capabilities.powers).contains(&target.kind) {
            let (name, doing) = (&service.name, mark.words());
            let account = &service.capabilities.account;
            let words = match (&account.who, &account.way) {
                (None, Some(way)) => format!("{name} wants you to sign in before {doing}: {way}"),
                (_, _) => format!("{name} has no {doing} for {}", target.kind.plural().to_lowercase()),
            };
            return self.tell(Level::Warning, words);
        }
        let on = !was_on;
        let is_local = service.capabilities.is_local;
        self.show_mark(mark, &target, on);
        let words = format!("{} {title}", mark.done(on));
        if let (true, Mark::Like, Some(track)) = (is_local, mark, TrackRef::from_kept(&target.id)) {
            let mut effects = vec![Effect::KeepOwn(OwnChange::Like { track, on })];
            self.note_said();
            self.forget_own_lists();
            effects.extend(self.kept_lists_changed_at(&target.service));
            let words = format!("{words} \u{b7} {}", self.undo_words());
            effects.extend(self.tell(Level::Info, words));
            return effects;
        }
        if !is_local {
            let mut effects = self.keep_mark(MarkWish { item: target, mark, on, title });
            effects.extend(self.tell(Level::Info, words));
            return effects;
        }
        let under_way =
            self.marking.iter_mut().find(|marking| marking.mark == mark && marking.target == target);
        let mut effects = match under_way {
            // One at a time, or the service might take them in the wrong order.
            Some(marking) => {
                marking.wanted = on;
                Vec::new()
            }
            None => self.send_mark(mark, target, on, title),
        };
        effects.extend(self.tell(Level::Info, words));
        effects
    }

    /// Asks a service for a mark at once, without keeping it: one of the own music needs no network.
    pub(super) fn send_mark(
        &mut self,
        mark: Mark,
        target: ItemRef,
        on: bool,
        title: CleanText,
    ) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let (service, change) = (target.service.clone(), mark.change(target.clone(), on));
        self.marking.push(Marking { ticket, mark, target, on, wanted: on, title });
        vec![Effect::Change { ticket, service, change }]
    }

    /// A service has answered to a change.
    pub(super) fn changed(&mut self, ticket: Ticket, result: Result<Option<ItemRef>, Fault>) -> Vec<Effect> {
        let Some(at) = self.marking.iter().position(|marking| marking.ticket == ticket) else {
            return Vec::new();
        };
        let Marking { mark, target, on, wanted, title, .. } = self.marking.remove(at);
        match result {
            Ok(_) if wanted != on => self.send_mark(mark, target, wanted, title),
            Ok(_) => {
                self.forget_own_lists();
                self.kept_lists_changed_at(&target.service)
            }
            Err(fault) => {
                self.show_mark(mark, &target, !on);
                let mut effects =
                    self.tell(Level::Error, format!("{title}: the mark was not taken. {}", reason(&fault)));
                effects.extend(self.note_limit(&target.service, &fault));
                effects
            }
        }
    }

    /// Shows a mark wherever the thing is on a list.
    pub(super) fn show_mark(&mut self, mark: Mark, item: &ItemRef, on: bool) {
        if on {
            self.marked.insert((mark, item.clone()));
        } else {
            self.marked.remove(&(mark, item.clone()));
        }
        if mark == Mark::Repost {
            return;
        }
        let found = self.search.rows.iter_mut();
        for row in found {
            set_liked(&mut row.item, item, on);
            row.others.iter_mut().for_each(|track| set_track_liked(track, item, on));
        }
        for shelf in self.browse.all_mut() {
            shelf.rows.iter_mut().for_each(|row| set_liked(row, item, on));
        }
        for entry in &mut self.queue.entries {
            if names(&entry.track, item) {
                Arc::make_mut(&mut entry.track).liked = on;
            }
        }
        if let Some(now) = &mut self.playback.now {
            set_track_liked(&mut now.track, item, on);
        }
    }

    /// Opens the album or the artist of the track under the cursor.
    pub(super) fn open_related(&mut self, kind: Kind) -> Vec<Effect> {
        let track = match self.item_here() {
            Some(Item::Track(track)) => track,
            Some(Item::Collection(_) | Item::List(_)) => return self.open_here(),
            None => match self.playback.now.as_ref().map(|now| now.track.clone()) {
                Some(track) => track,
                None => return Vec::new(),
            },
        };
        let (id, title) = match kind {
            Kind::Album => (&track.album_id, track.album.clone()),
            Kind::Track | Kind::Artist | Kind::Playlist => (&track.artist_id, track.artists.first().cloned()),
        };
        let own = || self.services.iter().find(|known| known.capabilities.is_local).map(|own| own.id.clone());
        let service = match &track.reference {
            TrackRef::File(_) | TrackRef::Part(_) => own(),
            TrackRef::Service { service, .. } => Some(service.clone()),
            TrackRef::Url(_) => None,
        };
        match (service, id) {
            (Some(service), Some(id)) => {
                let item = ItemRef { service, kind, id: id.clone() };
                let title = title.unwrap_or_else(|| kind.as_str().into());
                self.open_collection(Collection::new(item, title))
            }
            (_, _) => self.tell(Level::Info, format!("The {kind} of {} is not known", track.title)),
        }
    }

    /// Opens the tracks like the one under the cursor, or like what plays. Of a recording that several services
    /// have, the first one that knows is asked.
    pub(super) fn open_similar(&mut self) -> Vec<Effect> {
        let others = match self.focus() {
            Focus::SearchResults => self.search.selected().map(|row| row.others.clone()),
            _ => None,
        };
        let tracks: Vec<Track> = match self.item_here() {
            Some(Item::Track(track)) => std::iter::once(track).chain(others.into_iter().flatten()).collect(),
            Some(Item::Collection(_) | Item::List(_)) => {
                return self.tell(Level::Info, "Only of a track is known what is like it");
            }
            None => self.playback.now.as_ref().map(|now| now.track.clone()).into_iter().collect(),
        };
        let knows = |item: &ItemRef| {
            self.services.iter().any(|known| known.id == item.service && known.capabilities.similar)
        };
        let found = tracks.iter().find_map(|track| Some((track.reference.item().filter(knows)?, track)));
        match (found, tracks.first()) {
            (Some((item, track)), _) => {
                let title = CleanText::new(format!("Similar to {}", track.title));
                self.open_item(&item, title)
            }
            (None, Some(track)) => {
                let item = track.reference.item();
                let service =
                    item.and_then(|item| self.services.iter().find(|known| known.id == item.service));
                let words = match service {
                    Some(service) => format!("{} does not tell which tracks are similar", service.name),
                    None => "Only of a service's track is known what is like it".to_owned(),
                };
                self.tell(Level::Info, words)
            }
            (None, None) => Vec::new(),
        }
    }

    /// Opens what is under the cursor: a list, an album, an artist, a playlist.
    pub(super) fn open_here(&mut self) -> Vec<Effect> {
        let shelf = self.browse.open().map(|shelf| shelf.service.clone());
        match self.item_here() {
            Some(Item::Collection(collection)) if self.is_editable(&collection) => {
                self.open_theirs(&collection.reference, collection.title)
            }
            Some(Item::Collection(collection)) => self.open_collection(collection),
            Some(Item::List(list)) => match shelf {
                Some(service) => self.open_out(&service, list),
                None => Vec::new(),
            },
            Some(Item::Track(_)) | None => Vec::new(),
        }
    }

    /// Shows where a recording is to be had, as far as that is known; else looks for it at all services.
    pub(super) fn open_sources(&mut self) -> Vec<Effect> {
        let Some(Item::Track(first)) = self.item_here() else { return Vec::new() };
        let found = self.search.selected().filter(|_| self.focus() == Focus::SearchResults);
        let mut rows = vec![first.clone()];
        rows.extend(found.into_iter().flat_map(|row| row.others.clone()));
        for place in &first.elsewhere {
            if rows.iter().all(|row| row.reference != *place) {
                let elsewhere = Track::new(place.clone(), first.title.clone());
                let (artists, album, length) = (first.artists.clone(), first.album.clone(), first.length);
                rows.push(Track { artists, album, length, ..elsewhere });
            }
        }
        if rows.len() > 1 || found.is_some() {
            let title = CleanText::new(format!("Sources of {}", first.title));
            return self.open_rows(title, rows.into_iter().map(Item::Track).collect());
        }
        let words = format!("{} {}", first.title, first.artists.first().map_or("", CleanText::as_str));
        self.search.left = None;
        let mut effects = self.search_page();
        self.search.kind = Kind::Track;
        self.search.input = TextInput::default();
        self.search.input.insert(words.trim());
        effects.extend(self.search_at_once());
        effects
    }
}

impl Mark {
    fn words(self) -> &'static str {
        match self {
            Self::Like => "liking",
            Self::Repost => "reposting",
            Self::Follow => "following",
        }
    }

    fn done(self, on: bool) -> &'static str {
        match (self, on) {
            (Self::Like, true) => "Liked:",
            (Self::Like, false) => "No longer liked:",
            (Self::Repost, true) => "Reposted:",
            (Self::Repost, false) => "No longer reposted:",
            (Self::Follow, true) => "Following:",
            (Self::Follow, false) => "No longer following:",
        }
    }
}

/// What a mark goes to, what it is called, and whether it is marked. Following a track means its artist.
fn target(mark: Mark, item: &Item) -> Option<(ItemRef, CleanText, bool)> {
    match item {
        Item::Track(track) if mark == Mark::Follow => {
            let named = track.reference.item()?;
            let artist = ItemRef { service: named.service, kind: Kind::Artist, id: track.artist_id.clone()? };
            Some((artist, track.artists.first()?.clone(), false))
        }
        Item::Track(track) => {
            let item = if mark == Mark::Like { track.reference.marked_as() } else { track.reference.item() };
            Some((item?, track.title.clone(), mark == Mark::Like && track.liked))
        }
        Item::Collection(collection) => {
            let was_on = mark != Mark::Repost && collection.liked;
            Some((collection.reference.clone(), collection.title.clone(), was_on))
        }
        Item::List(_) => None,
    }
}

fn set_liked(row: &mut Item, item: &ItemRef, on: bool) {
    match row {
        Item::Track(track) => set_track_liked(track, item, on),
        Item::Collection(collection) if collection.reference == *item => collection.liked = on,
        Item::Collection(_) | Item::List(_) => {}
    }
}

fn set_track_liked(track: &mut Track, item: &ItemRef, on: bool) {
    if names(track, item) {
        track.liked = on;
    }
}

fn names(track: &Track, item: &ItemRef) -> bool {
    item.kind == Kind::Track && track.reference.marked_as().as_ref() == Some(item)
}
