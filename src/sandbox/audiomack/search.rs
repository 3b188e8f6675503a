//! Searches, and what to suggest while somebody types.

use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::catalogue::{Entry, slug};
use crate::sandbox::reply;

use super::lists::{Row, invalid};
use super::shapes::verified;
use super::shelf::Music;
use super::{Visit, is_on};

/// Most suggestions.
const MAX_SUGGESTIONS: usize = 10;

impl<'a> Visit<'a> {
    /// `GET /search`.
    pub(super) fn search(&self) -> Response {
        let ask = self.ask;
        let Some(words) = ask.query("q") else { return invalid("q", "isEmpty") };
        let Some(page) = ask.number("page", 1, 1..=usize::MAX) else { return invalid("page", "isInvalid") };
        let mut found: Vec<&'a Entry> =
            self.world.catalogue.search(words).into_iter().map(|e| &**e).collect();
        if let Some(genre) = ask.query("genre") {
            found.retain(|entry| slug(&entry.genre) == genre);
        }
        if ask.query("verified").is_some_and(is_on) {
            found.retain(|entry| verified(self.shelf.artist_of(entry)) == "yes");
        }
        match ask.query("sort") {
            Some("recent") => found.reverse(),
            None | Some("relevance" | "popular") => {}
            Some(_) => return invalid("sort", "isInvalid"),
        }
        let songs = || found.iter().map(|entry| Row::Music(Music::Song(entry)));
        let albums = || self.albums_of(&found).into_iter();
        let artists = || self.artists_of(&found);
        let playlists = || self.playlists_named(words);
        let rows: Vec<Row<'a>> = match ask.query("show").unwrap_or("all") {
            "songs" => songs().collect(),
            "albums" => albums().collect(),
            "artists" => artists().into_iter().map(Row::Artist).collect(),
            "playlists" => playlists(),
            "music" => songs().chain(albums()).collect(),
            "all" => {
                let artists = artists().into_iter().map(Row::Artist);
                artists.chain(songs()).chain(albums()).chain(playlists()).collect()
            }
            _ => return invalid("show", "isInvalid"),
        };
        let known = artists().into_iter().find(|artist| verified(*artist) == "yes");
        let beside = match known {
            Some(artist) if page == 1 => json!({ "verified_artist": self.artist(artist) }),
            _ => json!({}),
        };
        self.list_page(rows, page, beside)
    }

    /// Albums of which something was found, in the order it was.
    fn albums_of(&self, found: &[&'a Entry]) -> Vec<Row<'a>> {
        let mut albums: Vec<&'a super::shelf::Album> = Vec::new();
        for album in found.iter().filter_map(|entry| self.shelf.album_of(entry)) {
            if !albums.iter().any(|known| known.id == album.id) {
                albums.push(album);
            }
        }
        albums.into_iter().map(|album| Row::Music(Music::Album(album))).collect()
    }

    /// Artists of whom something was found, in the order it was.
    fn artists_of(&self, found: &[&Entry]) -> Vec<usize> {
        let mut artists = Vec::new();
        for artist in found.iter().map(|entry| self.shelf.artist_of(entry)) {
            if !artists.contains(&artist) {
                artists.push(artist);
            }
        }
        artists
    }

    fn playlists_named(&self, words: &str) -> Vec<Row<'a>> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let lists = self.public_playlists(self.ask.query("genre"));
        let is_meant = |title: &str| words.iter().all(|word| title.to_lowercase().contains(word.as_str()));
        lists.filter(|list| is_meant(&list.title)).map(Row::Playlist).collect()
    }

    /// `GET /search_autosuggest`.
    pub(super) fn autosuggest(&self) -> Response {
        let Some(words) = self.ask.query("q") else { return invalid("q", "isEmpty") };
        let found = self.world.catalogue.search(words);
        let titles: Vec<Value> = found
            .iter()
            .filter_map(|entry| entry.title.as_deref())
            .take(MAX_SUGGESTIONS)
            .map(Value::from)
            .collect();
        reply::json(200, &json!({ "results": titles }))
    }
}
