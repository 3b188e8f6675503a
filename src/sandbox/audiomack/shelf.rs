//! What Audiomack has besides single songs: albums and artists made of the catalogue's entries, and the
//! names under which all of them stand in addresses. The same at every start.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::sandbox::catalogue::{Catalogue, Entry, slug};

use super::state::State;

/// Songs' ids start here, so that they look like ids.
const FIRST_SONG: u32 = 14_216_000;

/// Those of albums.
const FIRST_ALBUM: u32 = 14_300_000;

/// Those of artists; the first one is the account itself.
const FIRST_ARTIST: u32 = 880;

/// Longest name in an address, in characters.
const MAX_SLUG_CHARS: usize = 60;

/// The last entries are the account's own uploads; who made them is somebody else.
const OWN_UPLOADS_FROM: u32 = 359;

/// Which artist is the account itself.
pub(super) const OWN: usize = 0;

/// An album.
#[derive(Debug)]
pub(super) struct Album {
    pub id: u32,
    pub title: String,
    /// Which of the artists uploaded it.
    pub artist: usize,
    pub slug: String,
    /// Numbers of its entries.
    pub songs: Vec<u32>,
}

/// Somebody who uploads.
#[derive(Debug)]
pub(super) struct Artist {
    pub id: u32,
    pub name: Option<String>,
    pub slug: String,
}

/// A song or an album.
#[derive(Clone, Copy)]
pub(super) enum Music<'a> {
    Song(&'a Entry),
    Album(&'a Album),
}

impl Music<'_> {
    /// Its id; unique among songs and albums.
    pub(super) fn id(self) -> u32 {
        match self {
            Self::Song(entry) => song_id(entry),
            Self::Album(album) => album.id,
        }
    }
}

/// Everything that Audiomack keeps.
#[derive(Debug)]
pub(in crate::sandbox) struct Shelf {
    pub(super) artists: Vec<Artist>,
    pub(super) albums: Vec<Album>,
    /// By entry: who uploaded it, and its name in addresses.
    songs: Vec<(usize, String)>,
    state: Mutex<State>,
}

impl Shelf {
    /// Sorts the catalogue's entries onto the shelf.
    pub(in crate::sandbox) fn new(catalogue: &Catalogue) -> Self {
        let own = Artist { id: FIRST_ARTIST, name: Some("Sandbox".to_owned()), slug: "sandbox".to_owned() };
        let mut shelf =
            Self { artists: vec![own], albums: Vec::new(), songs: Vec::new(), state: Mutex::default() };
        let mut by_album = BTreeMap::new();
        for entry in catalogue.all() {
            let artist = shelf.uploader(entry);
            let taken = |name: &str| shelf.songs.iter().any(|(by, known)| *by == artist && known == name);
            let mut name = short(entry.title_or_untitled());
            if name.is_empty() || taken(&name) {
                name = format!("{name}-{}", entry.number).trim_start_matches('-').to_owned();
            }
            shelf.songs.push((artist, name));
            let Some(title) = &entry.album else { continue };
            let at = *by_album.entry((artist, title.clone())).or_insert(shelf.albums.len());
            match shelf.albums.get_mut(at) {
                Some(album) => album.songs.push(entry.number),
                None => shelf.albums.push(Album {
                    id: FIRST_ALBUM + entry.number,
                    title: title.clone(),
                    artist,
                    slug: Some(short(title)).filter(|slug| !slug.is_empty()).unwrap_or(format!("{at}")),
                    songs: vec![entry.number],
                }),
            }
        }
        *shelf.state() = State::new(shelf.artists.len());
        shelf
    }

    /// Who uploads an entry; a new artist when there is none of that name.
    fn uploader(&mut self, entry: &Entry) -> usize {
        if entry.number >= OWN_UPLOADS_FROM {
            return OWN;
        }
        let mut slug = short(entry.artist.as_deref().unwrap_or("unknown"));
        if slug.is_empty() {
            slug = format!("artist-{}", entry.number);
        }
        if let Some(known) = self.artists.iter().position(|artist| artist.slug == slug) {
            return known;
        }
        let id = FIRST_ARTIST + u32::try_from(self.artists.len()).unwrap_or_default();
        self.artists.push(Artist { id, name: entry.artist.clone(), slug });
        self.artists.len() - 1
    }

    /// What has changed since the start.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who uploaded an entry.
    pub(super) fn artist_of(&self, entry: &Entry) -> usize {
        self.place(entry).map_or(OWN, |(artist, _)| *artist)
    }

    /// An entry's name in addresses.
    pub(super) fn slug_of(&self, entry: &Entry) -> &str {
        self.place(entry).map_or("", |(_, slug)| slug)
    }

    fn place(&self, entry: &Entry) -> Option<&(usize, String)> {
        self.songs.get(usize::try_from(entry.number.checked_sub(1)?).ok()?)
    }

    /// The artist of that name in addresses.
    pub(super) fn artist(&self, slug: &str) -> Option<usize> {
        self.artists.iter().position(|artist| artist.slug == slug)
    }

    /// A song or album by its id.
    pub(super) fn music<'a>(&'a self, catalogue: &'a Catalogue, id: &str) -> Option<Music<'a>> {
        let id: u32 = id.parse().ok()?;
        if let Some(album) = self.albums.iter().find(|album| album.id == id) {
            return Some(Music::Album(album));
        }
        catalogue.entry(id.checked_sub(FIRST_SONG)?).map(|entry| Music::Song(entry))
    }

    /// The album that an entry is in.
    pub(super) fn album_of(&self, entry: &Entry) -> Option<&Album> {
        self.albums.iter().find(|album| album.songs.contains(&entry.number))
    }
}

/// A song's id.
pub(super) fn song_id(entry: &Entry) -> u32 {
    FIRST_SONG + entry.number
}

/// A text as it stands in addresses, cut.
pub(super) fn short(text: &str) -> String {
    slug(text).chars().take(MAX_SLUG_CHARS).collect()
}
