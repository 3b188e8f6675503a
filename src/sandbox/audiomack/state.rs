//! What requests change: the account's likes, lists and notifications, and the tokens that were given out.

use std::collections::{BTreeMap, BTreeSet};

use crate::sandbox::catalogue::slug;

use super::shelf::OWN;

/// Playlists of other people that are there from the start.
const OTHER_PLAYLISTS: u32 = 30;

/// Notifications at the start; more than one page.
const NOTIFICATIONS: u32 = 25;

/// When everything at the start was made, in unix seconds.
const MADE: u64 = 1_767_225_600;

/// A playlist.
#[derive(Clone, Debug)]
pub(super) struct Playlist {
    /// Unique among playlists only: a song may have the same.
    pub id: u32,
    /// Which artist's it is.
    pub owner: usize,
    pub title: String,
    pub slug: String,
    pub genre: String,
    pub private: bool,
    /// Numbers of its entries, in order; one may stand there twice.
    pub songs: Vec<u32>,
    /// Media type and bytes of its own cover.
    pub cover: Option<(&'static str, Vec<u8>)>,
    /// In unix seconds.
    pub created: u64,
    /// In unix seconds.
    pub updated: u64,
}

/// A token that a sign-in begins with.
#[derive(Clone, Debug)]
pub(super) struct RequestToken {
    pub secret: String,
    /// Where the browser goes, or `oob`.
    pub callback: String,
    /// In unix seconds.
    pub issued: u64,
    /// There once the listener has agreed.
    pub verifier: Option<String>,
}

/// A token of a finished sign-in.
#[derive(Clone, Debug)]
pub(super) struct AccessToken {
    pub secret: String,
    /// In unix seconds.
    pub expires: u64,
}

/// Something that happened to the account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Notification {
    pub number: u32,
    pub seen: bool,
    /// Whether it was in an answer.
    pub told: bool,
}

/// What a favourite, repost or pin is of: `true` for playlists, and the id. An id alone is not enough.
pub(super) type Liked = (bool, u32);

/// Everything that requests change.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The newest last.
    pub favourites: Vec<Liked>,
    pub reposts: Vec<Liked>,
    /// Which artists the account follows.
    pub follows: Vec<usize>,
    pub playlists: Vec<Playlist>,
    pub pinned: Vec<Liked>,
    /// The newest first.
    pub notifications: Vec<Notification>,
    /// Ids of music, in the order they came.
    pub downloads: Vec<u32>,
    /// Ids of music that somebody could not play.
    pub unplayable: BTreeSet<u32>,
    /// Plays reported, by song id.
    pub plays: BTreeMap<u32, u64>,
    /// Tokens to report a play with, and the music they are for.
    pub stats_tokens: BTreeMap<String, u32>,
    /// Previews that are ready to be heard.
    pub previews: BTreeSet<u32>,
    pub request_tokens: BTreeMap<String, RequestToken>,
    pub access_tokens: BTreeMap<String, AccessToken>,
    /// How many names were made up so far.
    names: u32,
}

impl State {
    /// The state at the start, when there are so many artists, the account included.
    pub(super) fn new(artists: usize) -> Self {
        Self {
            favourites: vec![(false, 14_216_004), (true, 4201), (false, 14_300_001)],
            reposts: vec![(false, 14_216_006)],
            follows: vec![1, 3],
            playlists: playlists(artists),
            pinned: vec![(true, 4212)],
            notifications: (1..=NOTIFICATIONS)
                .rev()
                .map(|number| Notification { number, seen: number <= NOTIFICATIONS - 3, told: false })
                .collect(),
            ..Self::default()
        }
    }

    /// A number that was not given out before.
    pub(super) fn next_name(&mut self) -> u32 {
        self.names += 1;
        self.names
    }

    /// Makes the name of a playlist in addresses one of a kind among its owner's.
    pub(super) fn free_slug(&self, owner: usize, title: &str) -> String {
        let wanted = super::shelf::short(title);
        let taken =
            |name: &String| self.playlists.iter().any(|list| list.owner == owner && list.slug == *name);
        let numbered = (2..).map(|number| format!("{wanted}-{number}"));
        let names = std::iter::once(wanted.clone()).filter(|name| !name.is_empty()).chain(numbered);
        names.into_iter().find(|name| !taken(name)).unwrap_or_default()
    }
}

fn playlists(artists: usize) -> Vec<Playlist> {
    let list = |id: u32, owner: usize, title: &str, genre: &str, songs: &[u32]| Playlist {
        id,
        owner,
        title: title.to_owned(),
        slug: slug(title),
        genre: genre.to_owned(),
        private: false,
        songs: songs.to_vec(),
        cover: None,
        created: MADE + u64::from(id % 1000),
        updated: MADE + 86_400,
    };
    let run = |from: u32, to: u32| (from..=to).collect::<Vec<_>>();
    let mut lists = vec![
        list(4201, 1, "Harbour Mix", "afrobeats", &run(1, 12)),
        // More than fits on one page, awkward entries among them.
        list(4202, 3, "Odd Sleeves", "electronic", &run(9, 72)),
        // The id is a song's as well.
        list(14_216_002, 1, "Low Tide", "jazz", &run(5, 9)),
        // Its own address is that of a genre's trending playlists.
        list(4203, 2, "Trending", "pop", &run(1, 3)),
        Playlist { private: true, ..list(4211, OWN, "My Evening 🌙", "ambient", &run(2, 9)) },
        // One song twice.
        list(4212, OWN, "For the Road", "electronic", &[1, 2, 3, 1]),
        Playlist { private: true, ..list(4213, OWN, "Nothing Yet", "other", &[]) },
    ];
    let genres = ["hip-hop-rap", "afrobeats", "reggae", "electronic", "pop", "jazz"];
    lists.extend((0..OTHER_PLAYLISTS).zip(genres.iter().cycle()).map(|(number, genre)| {
        let owner = 1 + usize::try_from(number).unwrap_or(0) % artists.saturating_sub(1).max(1);
        let from = number * 7 % 300 + 1;
        list(4300 + number, owner, &format!("Mix No. {}", number + 1), genre, &run(from, from + number % 9))
    }));
    lists
}
