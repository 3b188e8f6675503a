//! Playlists: read, made, changed, ordered and removed.

use axum::http::Method;
use axum::response::Response;
use serde_json::json;

use crate::sandbox::reply;

use super::cover::{Form, picture_type};
use super::lists::{Row, error, invalid};
use super::music::{put, unchanged};
use super::shelf::{Music, OWN, short};
use super::state::Playlist;
use super::{UNAVAILABLE, Visit, done, is_on};

/// New playlists' ids start here.
const FIRST_NEW: u32 = 5000;

impl Visit<'_> {
    /// Answers what follows `/playlist`.
    pub(super) fn playlist_answer(&mut self, path: &[&str]) -> Response {
        match (&self.ask.method, path) {
            (&Method::GET, ["trending"]) => {
                self.list(self.public_playlists(None).map(Row::Playlist).collect())
            }
            // Also in the place of an artist's playlist of that name, which cannot be reached.
            (&Method::GET, [genre, "trending"]) => {
                self.list(self.public_playlists(Some(genre)).map(Row::Playlist).collect())
            }
            (&Method::GET, [id]) => {
                self.with_playlist(id, |visit, list| visit.one(visit.whole_playlist(&list)))
            }
            (&Method::GET, [id, "metrics"]) => self.with_playlist(id, |visit, _| {
                visit.one(json!({ "event_counters": { "play": 21, "favorite": 2 } }))
            }),
            (&Method::GET, [artist, slug]) => {
                let owner = self.shelf.artist(artist);
                let is_it = |list: &&Playlist| Some(list.owner) == owner && list.slug == *slug;
                let list = self.state.playlists.iter().find(is_it).filter(|list| self.may_see(list));
                match list {
                    Some(list) => self.one(self.whole_playlist(list)),
                    None => missing(),
                }
            }
            _ => match self.refuse_strangers() {
                Some(refusal) => refusal,
                None => self.change_playlist(path),
            },
        }
    }

    fn change_playlist(&mut self, path: &[&str]) -> Response {
        match (&self.ask.method, path) {
            (&Method::POST, []) => self.create_playlist(),
            (&Method::PUT, [id]) => self.with_own(id, Self::edit_playlist),
            (&Method::DELETE, [id]) => self.with_own(id, |visit, list| {
                visit.state.playlists.retain(|known| known.id != list.id);
                visit.state.favourites.retain(|liked| *liked != (true, list.id));
                visit.state.pinned.retain(|pinned| *pinned != (true, list.id));
                reply::empty(204)
            }),
            (&Method::POST, [id, "track"]) => self.with_own(id, |visit, mut list| {
                let ids = visit.ask.field("music_id").unwrap_or_default();
                if ids.is_empty() {
                    return invalid("music_id", "isEmpty");
                }
                let Some(songs) = visit.songs(&ids) else { return error(404, 1005, "Song not found") };
                list.songs.extend(songs);
                visit.keep(list);
                reply::empty(200)
            }),
            (&Method::PUT, [id, "favorite"]) => self.mark_playlist(id, true),
            (&Method::DELETE, [id, "favorite"]) => self.mark_playlist(id, false),
            (&Method::DELETE, [id, song]) => self.with_own(id, |visit, mut list| {
                let Some(song) = visit.songs(song).and_then(|songs| songs.first().copied()) else {
                    return error(404, 1005, "Song not found");
                };
                if !list.songs.contains(&song) {
                    return error(404, 1005, "Song not found");
                }
                list.songs.retain(|known| *known != song);
                visit.keep(list);
                reply::empty(204)
            }),
            _ => error(405, 0, "Method not allowed"),
        }
    }

    /// Those that everybody may see, perhaps of a genre.
    pub(super) fn public_playlists(&self, genre: Option<&str>) -> impl Iterator<Item = Playlist> {
        let lists = self.state.playlists.iter().filter(|list| !list.private);
        lists.filter(move |list| genre.is_none_or(|genre| list.genre == genre)).cloned()
    }

    /// An artist's, perhaps of a genre; private ones only for the account itself.
    pub(super) fn playlists_of(&self, artist: usize, with_private: bool) -> Response {
        let genre = self.ask.query("genre");
        let lists = self.state.playlists.iter().filter(|list| list.owner == artist);
        let lists = lists.filter(|list| with_private || !list.private);
        let lists = lists.filter(|list| genre.is_none_or(|genre| list.genre == genre));
        self.list(lists.cloned().map(Row::Playlist).collect())
    }

    /// A playlist that this visitor may see.
    pub(super) fn seen_playlist(&self, id: u32) -> Option<&Playlist> {
        self.state.playlists.iter().find(|list| list.id == id).filter(|list| self.may_see(list))
    }

    fn may_see(&self, list: &Playlist) -> bool {
        !list.private || (self.is_user && list.owner == OWN)
    }

    fn with_playlist(&mut self, id: &str, then: impl FnOnce(&mut Self, Playlist) -> Response) -> Response {
        match id.parse().ok().and_then(|id| self.seen_playlist(id)).cloned() {
            Some(list) => then(self, list),
            None => missing(),
        }
    }

    fn with_own(&mut self, id: &str, then: impl FnOnce(&mut Self, Playlist) -> Response) -> Response {
        self.with_playlist(id, |visit, list| match list.owner {
            OWN => then(visit, list),
            _ => error(403, 0, "This is not your playlist"),
        })
    }

    fn create_playlist(&mut self) -> Response {
        let (title, genre, form) = match self.form() {
            Ok(form) => form,
            Err(refusal) => return *refusal,
        };
        if title == UNAVAILABLE {
            return error(503, 1017, "The playlist could not be created");
        }
        let now = self.world.now();
        let list = Playlist {
            id: FIRST_NEW + self.state.next_name(),
            owner: OWN,
            slug: self.state.free_slug(OWN, &title),
            title,
            genre,
            private: false,
            songs: Vec::new(),
            cover: None,
            created: now,
            updated: now,
        };
        let id = list.id;
        match self.filled(list, &form) {
            Ok(list) => self.state.playlists.push(list),
            Err(refusal) => return *refusal,
        }
        let location = format!("{}/audiomack/v1/playlist/{id}", self.world.api);
        reply::with(reply::empty(201), "location", &location)
    }

    fn edit_playlist(&mut self, list: Playlist) -> Response {
        let (title, genre, form) = match self.form() {
            Ok(form) => form,
            Err(refusal) => return *refusal,
        };
        let slug = if title == list.title { list.slug } else { self.state.free_slug(OWN, &title) };
        match self.filled(Playlist { title, slug, genre, ..list }, &form) {
            Ok(list) => self.keep(list),
            Err(refusal) => return *refusal,
        }
        reply::empty(200)
    }

    /// The form, and in front of it what must be in it: title and genre.
    fn form(&self) -> Result<(String, String, Form), Box<Response>> {
        let form = Form::read(self.ask).ok_or_else(|| Box::new(error(422, 1008, "Validation failed")))?;
        let title = form.field("title").ok_or_else(|| Box::new(invalid("title", "isEmpty")))?.to_owned();
        let genre = form.field("genre").ok_or_else(|| Box::new(invalid("genre", "isEmpty")))?.to_owned();
        Ok((title, short(&genre), form))
    }

    /// The playlist with what else the form says.
    fn filled(&self, mut list: Playlist, form: &Form) -> Result<Playlist, Box<Response>> {
        if let Some(private) = form.field("private") {
            list.private = is_on(private);
        }
        if form.has("music_id") {
            let ids = form.field("music_id").unwrap_or_default();
            list.songs = self.songs(ids).ok_or_else(|| Box::new(error(404, 1005, "Song not found")))?;
        }
        if let Some(image) = &form.image {
            let media_type = picture_type(image).ok_or_else(|| Box::new(invalid("image", "isNoPicture")))?;
            list.cover = Some((media_type, image.clone()));
        }
        Ok(list)
    }

    /// Entries by ids with commas between them; those of an album are all its songs.
    fn songs(&self, ids: &str) -> Option<Vec<u32>> {
        let mut songs = Vec::new();
        for id in ids.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            match self.shelf.music(&self.world.catalogue, id)? {
                Music::Song(entry) => songs.push(entry.number),
                Music::Album(album) => songs.extend(&album.songs),
            }
        }
        Some(songs)
    }

    fn keep(&mut self, list: Playlist) {
        let updated = self.world.now();
        if let Some(known) = self.state.playlists.iter_mut().find(|known| known.id == list.id) {
            *known = Playlist { updated, ..list };
        }
    }

    fn mark_playlist(&mut self, id: &str, add: bool) -> Response {
        self.with_playlist(id, |visit, list| {
            if put(&mut visit.state.favourites, (true, list.id), add) {
                done(list.id)
            } else {
                unchanged(add)
            }
        })
    }
}

fn missing() -> Response {
    error(404, 0, "Playlist not found")
}
