//! Playlists and albums: which there are from the start, and what each holds.

use std::sync::Arc;

use crate::sandbox::catalogue::{Catalogue, Entry};

use super::{ids, users};

/// A playlist or an album.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    pub number: u32,
    pub name: String,
    pub description: Option<String>,
    /// The user's number.
    pub owner: u32,
    pub is_album: bool,
    pub is_private: bool,
    /// Track numbers and when each was added, in unix seconds.
    pub contents: Vec<(u32, u64)>,
    /// In unix seconds.
    pub created: u64,
    /// In unix seconds.
    pub updated: u64,
}

/// Name, tracks from, to and by step.
const PLAYLISTS: &[(&str, u32, u32, usize)] = &[
    ("Late Night Cuts", 1, 30, 3),
    ("Odd Sleeves", 9, 120, 3),
    ("Every Seventh", 7, 360, 7),
    ("Nothing Yet", 1, 1, 1),
];

/// The albums of the bundled pieces, then playlists of their artists.
pub(super) fn all(catalogue: &Catalogue) -> Vec<Shelf> {
    let real = || catalogue.all().filter(|entry| entry.is_real());
    let album = |first: &Arc<Entry>| {
        let same = real().filter(|entry| entry.album == first.album);
        Shelf {
            number: ids::ALBUMS + first.number,
            name: first.album.clone().unwrap_or_default(),
            description: None,
            owner: users::of(catalogue, first),
            is_album: true,
            is_private: false,
            contents: same.map(|entry| (entry.number, entry.uploaded())).collect(),
            created: first.uploaded(),
            updated: first.uploaded(),
        }
    };
    let playlist = |(number, (name, from, to, step)): (u32, &(&str, u32, u32, usize))| Shelf {
        number: ids::PLAYLISTS + number,
        name: (*name).to_owned(),
        description: (number % 2 == 1).then(|| format!("{name}, picked by hand.\nOne a day.")),
        owner: ids::USERS + 1,
        is_album: false,
        is_private: false,
        contents: (*from..*to).step_by(*step).map(|track| (track, 1_719_830_000)).collect(),
        created: 1_719_830_000,
        updated: 1_719_830_000,
    };
    let albums = real().filter(|entry| entry.piece.track_number == 1).map(album);
    let own = Shelf {
        number: ids::PLAYLISTS + 100,
        name: "My Evening 🌙".to_owned(),
        description: None,
        owner: ids::ME,
        is_album: false,
        is_private: true,
        contents: vec![(5, 1_719_840_000), (2, 1_719_840_001), (9, 1_719_840_002)],
        created: 1_719_840_000,
        updated: 1_719_840_002,
    };
    albums.chain((1..).zip(PLAYLISTS).map(playlist)).chain([own]).collect()
}
