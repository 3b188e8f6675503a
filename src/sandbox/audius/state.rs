//! What changes at Audius: who is signed in, and what they made of their library.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::sandbox::catalogue::Catalogue;

use super::ids;
use super::oauth::Grants;
use super::shelves::{self, Shelf};

/// A thing that can be favourited or reposted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    /// By its number in the catalogue.
    Track(u32),
    /// A playlist or an album, by its number.
    Playlist(u32),
}

/// A thing and when it was marked, in unix seconds.
pub(super) type Mark = (Thing, u64);

/// Everything that changes.
pub(in crate::sandbox) struct State(Mutex<Changes>);

/// See [`State`].
pub(super) struct Changes {
    pub grants: Grants,
    /// The listener's favourites, the newest last.
    pub favourites: Vec<Mark>,
    /// The listener's reposts, the newest last.
    pub reposts: Vec<Mark>,
    /// Users whom the listener follows.
    pub follows: BTreeSet<u32>,
    /// Users whose news the listener wants.
    pub subscriptions: BTreeSet<u32>,
    /// All playlists and albums that are there.
    pub shelves: Vec<Shelf>,
    /// How many playlists listeners made.
    pub made: u32,
    /// How often somebody asked who they are.
    pub me_asked: u32,
}

impl State {
    /// A listener with a few things in the library.
    pub(in crate::sandbox) fn new(catalogue: &Catalogue) -> Self {
        Self(Mutex::new(Changes {
            grants: Grants::default(),
            favourites: vec![
                (Thing::Track(3), 1_767_300_000),
                (Thing::Playlist(ids::ALBUMS + 1), 1_767_300_100),
                (Thing::Track(1), 1_767_300_200),
            ],
            reposts: vec![(Thing::Track(2), 1_767_300_300)],
            follows: BTreeSet::from([ids::USERS + 1, ids::USERS + 3]),
            subscriptions: BTreeSet::new(),
            shelves: shelves::all(catalogue),
            made: 0,
            me_asked: 0,
        }))
    }

    /// The state, for as long as the answer is made.
    pub(super) fn lock(&self) -> MutexGuard<'_, Changes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds a mark, or takes it away. What is so already stays so.
pub(super) fn mark(marks: &mut Vec<Mark>, thing: Thing, on: bool, now: u64) {
    let there = marks.iter().position(|(known, _)| *known == thing);
    match (there, on) {
        (None, true) => marks.push((thing, now)),
        (Some(at), false) => drop(marks.remove(at)),
        (Some(_), true) | (None, false) => {}
    }
}
