//! Whole albums and playlists into the queue: their pages are read one after the other, then all of it is
//! put where it was asked for.

use crate::app::effect::Effect;
use crate::app::limits::reason;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::model::{Allowed, CleanText, Collection, Fault, Item, ItemRef, ListId, Page, Ticket, Track};

/// Most pages read for one album or playlist.
const MAX_PAGES: u32 = 100;

/// Most albums and playlists on their way at a time.
const MAX_AT_ONCE: usize = 20;

/// An album or playlist on its way into the queue.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) struct Gathering {
    item: ItemRef,
    title: CleanText,
    place: Place,
    /// The album itself, where it is known.
    whole: Option<Box<Collection>>,
    tracks: Vec<Track>,
    next_page: u32,
    ticket: Ticket,
}

/// Where in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Place {
    /// After the last row.
    End,
    /// After the row that plays.
    Next,
    /// Not there, but in the queue of downloads.
    Kept,
}

impl State {
    /// Begins to read what an album, artist or playlist holds, to queue it.
    pub(in crate::app) fn gather(&mut self, item: &ItemRef, title: &CleanText, place: Place) -> Vec<Effect> {
        if self.gatherings.len() >= MAX_AT_ONCE {
            return self.tell(Level::Warning, "Enough is on its way to the queue already; wait for it first");
        }
        let ticket = self.next_ticket();
        let (item, title) = (item.clone(), title.clone());
        let mut effects = self.tell(Level::Info, format!("Reading {title}..."));
        let gathering =
            Gathering { item, title, place, whole: None, tracks: Vec::new(), next_page: 0, ticket };
        effects.push(gathering.ask());
        self.gatherings.push(gathering);
        effects
    }

    /// The same for listening offline: what the album tells goes into the copies.
    pub(in crate::app) fn gather_kept(&mut self, whole: &Collection) -> Vec<Effect> {
        let before = self.gatherings.len();
        let effects = self.gather(&whole.reference, &whole.title, Place::Kept);
        if let Some(gathering) = self.gatherings.get_mut(before) {
            gathering.whole = Some(Box::new(whole.clone()));
        }
        effects
    }

    /// A page of something that is on its way.
    pub(super) fn gathered(&mut self, ticket: Ticket, result: Result<Page<Item>, Fault>) -> Vec<Effect> {
        let Some(at) = self.gatherings.iter().position(|known| known.ticket == ticket) else {
            return Vec::new();
        };
        let mut gathering = self.gatherings.remove(at);
        let page = match result {
            Ok(page) => page,
            Err(fault) => {
                let words = format!("{} was not queued. {}", gathering.title, reason(&fault));
                let mut effects = self.tell(Level::Error, words);
                effects.extend(self.note_limit(&gathering.item.service, &fault));
                return effects;
            }
        };
        let came = !page.items.is_empty();
        let is_kept = gathering.place == Place::Kept;
        let playable = |track: &Track| is_kept || track.playable == Allowed::Yes;
        gathering.tracks.extend(page.items.into_iter().filter_map(Item::into_track).filter(playable));
        gathering.next_page += 1;
        if page.more && came && gathering.next_page < MAX_PAGES {
            gathering.ticket = self.next_ticket();
            let ask = gathering.ask();
            self.gatherings.push(gathering);
            return vec![ask];
        }
        if gathering.tracks.is_empty() {
            return self.tell(Level::Warning, format!("There is nothing to play in {}", gathering.title));
        }
        if is_kept {
            if let Some(whole) = &gathering.whole {
                whole.lend(&mut gathering.tracks);
            }
            let found = gathering.tracks.into_iter().map(Into::into).collect();
            return self.download(found, Some(gathering.title.clone()), &gathering.title);
        }
        self.add_tracks(gathering.tracks, gathering.place, gathering.title.as_str())
    }
}

impl Gathering {
    fn ask(&self) -> Effect {
        let list: ListId = self.item.list();
        Effect::Browse { ticket: self.ticket, service: self.item.service.clone(), list, page: self.next_page }
    }
}
