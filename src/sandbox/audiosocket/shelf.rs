//! What the one listener has at Audiosocket: favourites, follows, own playlists, noted downloads. The three
//! generations of the API share it.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the listener has. Ids are those of the API.
#[derive(Debug)]
pub(in crate::sandbox) struct Shelf(Mutex<Things>);

/// Everything on it, newest last.
#[derive(Debug)]
pub(super) struct Things {
    /// Tracks.
    pub favourites: Vec<u32>,
    /// Sound effects.
    pub favourite_sounds: Vec<u32>,
    /// Artists.
    pub followed: Vec<u32>,
    /// Curated playlists.
    pub favourite_playlists: Vec<u32>,
    /// Curated playlists.
    pub followed_playlists: Vec<u32>,
    pub playlists: Vec<OwnPlaylist>,
    pub downloads: Vec<Download>,
    last_id: u32,
}

/// A playlist of the listener's own.
#[derive(Clone, Debug)]
pub(super) struct OwnPlaylist {
    pub id: u32,
    pub name: String,
    pub folder: Option<u32>,
    pub rows: Vec<Row>,
}

/// A place in it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Of the place, not of what stands there.
    pub id: u32,
    pub note: String,
    pub media: Media,
}

/// What can stand in a playlist or be downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    Track(u32),
    Sound(u32),
}

/// A download that was noted.
#[derive(Clone, Debug)]
pub(super) struct Download {
    pub id: u32,
    pub media: Media,
    pub work_title: Option<String>,
    /// Unix seconds.
    pub at: u64,
}

impl Default for Shelf {
    /// One playlist is there, with a sound effect between its tracks, and one that is empty.
    fn default() -> Self {
        let row = |id, media| Row { id, note: String::new(), media };
        let rows = vec![
            row(601, Media::Track(801)),
            row(602, Media::Sound(701)),
            row(603, Media::Track(802)),
            row(604, Media::Track(803)),
        ];
        let playlist = |id, name: &str, rows| OwnPlaylist { id, name: name.to_owned(), folder: None, rows };
        Self(Mutex::new(Things {
            favourites: Vec::new(),
            favourite_sounds: Vec::new(),
            followed: Vec::new(),
            favourite_playlists: Vec::new(),
            followed_playlists: Vec::new(),
            playlists: vec![playlist(501, "Trailer Ideas", rows), playlist(502, "Not Yet", Vec::new())],
            downloads: Vec::new(),
            last_id: 1000,
        }))
    }
}

impl Shelf {
    pub(super) fn open(&self) -> MutexGuard<'_, Things> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Things {
    /// An id that nothing has yet.
    pub(super) fn new_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn playlist(&mut self, id: &str) -> Option<&mut OwnPlaylist> {
        self.playlists.iter_mut().find(|playlist| playlist.id.to_string() == id)
    }
}

impl Media {
    /// The class of this name, with this id.
    pub(super) fn of(class: &str, id: u32) -> Option<Self> {
        match class {
            "Track" => Some(Self::Track(id)),
            "Sfx" => Some(Self::Sound(id)),
            _ => None,
        }
    }

    /// Class and id.
    pub(super) fn named(self) -> (&'static str, u32) {
        match self {
            Self::Track(id) => ("Track", id),
            Self::Sound(id) => ("Sfx", id),
        }
    }
}
