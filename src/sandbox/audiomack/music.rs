//! Songs and albums: by id and by name, recent and trending, heard, liked and passed on.

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::catalogue::{Access, Entry};
use crate::sandbox::{cdn, piece, reply};

use super::lists::{Row, error, invalid};
use super::shelf::{Album, Music, song_id};
use super::state::Liked;
use super::{Visit, done};

/// Seconds within which an address that `/play` gave must be opened.
const PLAY_LIFE_S: u64 = 10;

/// Opens private items to those who were given it.
const PROMO_KEY: &str = "sandbox-promo";

/// What a player with advertisements may tell.
const AD_STATES: [&str; 6] = ["requested", "loaded", "started", "skipped", "completed", "error"];

impl<'a> Visit<'a> {
    /// Answers what follows `/music`.
    pub(super) fn music_answer(&mut self, path: &[&str]) -> Response {
        let songs = |entries: Vec<&'a Entry>| -> Vec<Row<'a>> {
            entries.into_iter().map(|entry| Row::Music(Music::Song(entry))).collect()
        };
        match (&self.ask.method, path) {
            (&Method::GET, ["trending"]) => self.list(songs(self.all())),
            (&Method::GET, ["recent"]) => self.list(songs(self.all().into_iter().rev().collect())),
            (&Method::GET, [genre, "trending"]) => self.list(songs(self.of_genre(genre))),
            (&Method::GET, [genre, "recent"]) => {
                self.list(songs(self.of_genre(genre).into_iter().rev().collect()))
            }
            (&Method::GET, ["preview", id]) => self.with_song(id, Self::preview),
            (&Method::GET, [id, "metrics"]) => self.with_music(id, Self::metrics),
            (&Method::GET, [id]) => self.with_music(id, |visit, music| visit.one(visit.whole(music))),
            (&Method::POST, [id, "play"]) => self.with_song(id, Self::play),
            (&Method::POST, [id, "ads"]) => self.with_song(id, |visit, _| {
                let status = visit.ask.field("status").unwrap_or_default();
                let is_known = AD_STATES.contains(&status.as_str());
                if is_known { reply::empty(200) } else { invalid("status", "isInvalid") }
            }),
            (&Method::PUT, [id, "favorite"]) => self.mark(id, true, true),
            (&Method::DELETE, [id, "favorite"]) => self.mark(id, true, false),
            (&Method::PUT, [id, "repost"]) => self.mark(id, false, true),
            (&Method::DELETE, [id, "repost"]) => self.mark(id, false, false),
            (&Method::GET | &Method::PATCH, [kind, artist, slug]) => self.named(kind, artist, slug),
            _ => error(405, 0, "Method not allowed"),
        }
    }

    /// All songs, most played first.
    pub(super) fn all(&self) -> Vec<&'a Entry> {
        self.world.catalogue.all().map(|entry| &**entry).collect()
    }

    /// Those of a genre.
    pub(super) fn of_genre(&self, genre: &str) -> Vec<&'a Entry> {
        self.world.catalogue.genre(genre).map(|entry| &**entry).collect()
    }

    fn with_music(&mut self, id: &str, then: impl FnOnce(&mut Self, Music<'a>) -> Response) -> Response {
        match self.shelf.music(&self.world.catalogue, id) {
            Some(music) => then(self, music),
            None => error(404, 1005, "Song not found"),
        }
    }

    /// As [`Visit::with_music`], for what albums cannot do.
    pub(super) fn with_song(
        &mut self,
        id: &str,
        then: impl FnOnce(&mut Self, &'a Entry) -> Response,
    ) -> Response {
        match self.shelf.music(&self.world.catalogue, id) {
            Some(Music::Song(entry)) => then(self, entry),
            Some(Music::Album(_)) | None => error(404, 1005, "Song not found"),
        }
    }

    fn whole(&self, music: Music<'_>) -> Value {
        match music {
            Music::Song(entry) => self.song(entry),
            Music::Album(album) => self.whole_album(album),
        }
    }

    /// By names, as share links have them; `PATCH` reports what cannot be played.
    fn named(&mut self, kind: &str, artist: &str, slug: &str) -> Response {
        let is_by = |known: usize| self.shelf.artists.get(known).is_some_and(|known| known.slug == artist);
        let found = match kind {
            "song" => {
                let is_it = |entry: &&Entry| {
                    is_by(self.shelf.artist_of(entry))
                        && self.shelf.slug_of(entry) == slug
                        && entry.access != Access::TakenDown
                };
                self.all().into_iter().find(is_it).map(Music::Song)
            }
            "album" => {
                let is_it = |album: &&Album| is_by(album.artist) && album.slug == slug;
                self.shelf.albums.iter().find(is_it).map(Music::Album)
            }
            _ => None,
        };
        let Some(music) = found else { return error(404, 1005, "Song not found") };
        if self.ask.method == Method::PATCH {
            if self.ask.field("status").as_deref() != Some("unplayable") {
                return invalid("status", "isInvalid");
            }
            self.state.unplayable.insert(music.id());
            return reply::empty(200);
        }
        match music {
            // One client has seen a bare object here.
            Music::Song(_) => self.bare(self.whole(music)),
            Music::Album(_) => self.one(self.whole(music)),
        }
    }

    /// The signed address, in each of the three shapes that are in the wild.
    fn play(&mut self, entry: &'a Entry) -> Response {
        let key = self.ask.field("key").or_else(|| self.ask.query("key").map(str::to_owned));
        match entry.access {
            Access::Open => {}
            Access::Gated if key.as_deref() == Some(PROMO_KEY) => {}
            Access::Region | Access::Gated => return error(403, 0, "This song is not available to you"),
            Access::TakenDown => return error(404, 1005, "Song not found"),
        }
        let address = cdn::signed(self.world, "audiomack", entry.piece.file(), PLAY_LIFE_S);
        match entry.number % 3 {
            0 => reply::body(200, "text/plain; charset=utf-8", address),
            1 => reply::json(200, &json!(address)),
            _ => reply::json(200, &json!({ "signedUrl": address })),
        }
    }

    /// The sound itself, or words about it; some must be made first.
    fn preview(&mut self, entry: &'a Entry) -> Response {
        if entry.access != Access::Open {
            return error(403, 0, "A preview cannot be made");
        }
        let file = entry.piece.file();
        let media_type = cdn::media_type(file);
        if entry.number % 4 == 2 {
            let address = cdn::signed(self.world, "audiomack", file, PLAY_LIFE_S);
            return self.one(json!({ "id": song_id(entry), "url": address, "duration": "30" }));
        }
        if entry.number % 4 == 3 && self.state.previews.insert(entry.number) {
            return reply::with(error(503, 0, "The preview is being made"), "retry-after", "1");
        }
        match piece::file(file) {
            Some(bytes) => reply::body(200, media_type, bytes),
            None => error(405, 0, "A preview cannot be made"),
        }
    }

    /// The last hour's.
    fn metrics(&mut self, music: Music<'a>) -> Response {
        match music {
            // An error can come with any status.
            Music::Song(entry) if entry.access == Access::TakenDown => error(200, 1005, "Song not found"),
            Music::Song(_) | Music::Album(_) => {
                let played = self.state.plays.get(&music.id()).copied().unwrap_or(0);
                self.one(json!({ "event_counters": { "play": 345 + played, "repost": 15 } }))
            }
        }
    }

    /// Adds music to the favourites or reposts, or takes it out.
    fn mark(&mut self, id: &str, is_favourite: bool, add: bool) -> Response {
        if let Some(refusal) = self.refuse_strangers() {
            return refusal;
        }
        self.with_music(id, |visit, music| {
            let list = if is_favourite { &mut visit.state.favourites } else { &mut visit.state.reposts };
            let changed = put(list, (false, music.id()), add);
            // Only for favourites do the documents name an error.
            if changed || !is_favourite { done(music.id()) } else { unchanged(add) }
        })
    }
}

/// Adds or removes; `false` when there was nothing to do.
pub(super) fn put(list: &mut Vec<Liked>, liked: Liked, add: bool) -> bool {
    let before = list.len();
    if !add {
        list.retain(|known| *known != liked);
    } else if !list.contains(&liked) {
        list.push(liked);
    }
    list.len() != before
}

/// The refusal of a favourite that is there already, or of taking out what is not there.
pub(super) fn unchanged(add: bool) -> Response {
    if add {
        error(422, 1000, "This is already a favorite")
    } else {
        error(422, 1001, "This is not a favorite")
    }
}
