//! Artists: their page, what they made, like and follow, and who follows them.

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::reply;

use super::lists::{Row, error, invalid};
use super::shelf::{Music, OWN};
use super::state::Liked;
use super::{UNAVAILABLE, Visit, done};

/// Most items that a profile shows first.
const MAX_PINNED: usize = 4;

/// Rows of a feed of somebody else.
const FEED_ROWS: usize = 45;

impl<'a> Visit<'a> {
    /// Answers what follows `/artist`.
    pub(super) fn artist_answer(&mut self, path: &[&str]) -> Response {
        let [slug, rest @ ..] = path else { return error(404, 1002, "Artist not found") };
        if *slug == UNAVAILABLE {
            return error(503, 1010, "Artist details are unavailable");
        }
        // The one call that wants the number.
        let artist = match rest {
            ["metrics"] => self.shelf.artists.iter().position(|artist| artist.id.to_string() == *slug),
            _ => self.shelf.artist(slug),
        };
        let Some(artist) = artist else { return error(404, 1002, "Artist not found") };
        let artists = |artists: Vec<usize>| artists.into_iter().map(Row::Artist).collect();
        match (&self.ask.method, rest) {
            (&Method::GET, []) => self.one(self.artist(artist)),
            (&Method::GET, ["uploads"]) => self.list(self.uploads(artist)),
            (&Method::GET, ["favorites"]) => self.shown_favourites(artist),
            (&Method::GET, ["favorites", "search"]) => self.search_favourites(artist),
            (&Method::GET, ["playlists"]) => self.playlists_of(artist, false),
            (&Method::GET, ["following"]) => self.list(artists(self.following(artist))),
            (&Method::GET, ["follows"]) => self.list(artists(self.followers(artist))),
            (&Method::GET, ["feed"]) => self.feed(artist),
            (&Method::GET, ["metrics"]) => self.one(json!({
                "event_counters": { "play": 1200, "follow": 3 },
                "music_top10": self.uploads(artist).iter().filter_map(upload_id).take(10).collect::<Vec<_>>(),
            })),
            (&Method::GET, ["pinned"]) => {
                let pinned = if artist == OWN { self.state.pinned.clone() } else { Vec::new() };
                let items: Vec<Value> = pinned.into_iter().filter_map(|item| self.liked(item)).collect();
                reply::json(200, &json!({ "results": items }))
            }
            (&Method::PUT, ["follow"]) => self.follow(artist, true),
            (&Method::DELETE, ["follow"]) => self.follow(artist, false),
            (&Method::POST | &Method::PUT | &Method::DELETE, ["pinned"]) => self.pin(artist),
            _ => error(405, 0, "Method not allowed"),
        }
    }

    /// Songs and albums of an artist.
    pub(super) fn uploads(&self, artist: usize) -> Vec<Row<'a>> {
        let albums = self.shelf.albums.iter().filter(|album| album.artist == artist).map(Music::Album);
        let songs = self.all().into_iter().filter(|entry| self.shelf.artist_of(entry) == artist);
        albums.chain(songs.map(Music::Song)).map(Row::Music).collect()
    }

    /// What an artist likes, the newest first: music and playlists in one list.
    pub(super) fn favourites(&self, artist: usize) -> Vec<Row<'a>> {
        let made_up = |number: usize| match number % 4 {
            3 => self.state.playlists.get(number % 3).map(|list| (true, list.id)),
            _ => u32::try_from((artist * 31 + number * 17) % 355 + 1).ok().map(|n| (false, 14_216_000 + n)),
        };
        let liked: Vec<Liked> = match artist {
            OWN => self.state.favourites.iter().rev().copied().collect(),
            artist => (0..artist % 30).filter_map(made_up).collect(),
        };
        liked.into_iter().filter_map(|item| self.liked_row(item)).collect()
    }

    fn liked_row(&self, (is_playlist, id): Liked) -> Option<Row<'a>> {
        if is_playlist {
            return self.seen_playlist(id).cloned().map(Row::Playlist);
        }
        self.shelf.music(&self.world.catalogue, &id.to_string()).map(Row::Music)
    }

    fn shown_favourites(&self, artist: usize) -> Response {
        let show = self.ask.query("show").unwrap_or("all");
        if !matches!(show, "all" | "music" | "song" | "album" | "playlist") {
            return invalid("show", "isInvalid");
        }
        let mut rows = self.favourites(artist);
        rows.retain(|row| match row {
            Row::Playlist(_) => matches!(show, "all" | "playlist"),
            Row::Music(Music::Song(_)) => matches!(show, "all" | "music" | "song"),
            Row::Music(Music::Album(_)) => matches!(show, "all" | "music" | "album"),
            Row::Artist(_) | Row::Repost(..) => false,
        });
        self.list(rows)
    }

    fn search_favourites(&self, artist: usize) -> Response {
        let Some(words) = self.ask.query("q") else { return invalid("q", "isEmpty") };
        let words = words.to_lowercase();
        let is_meant = |title: &str| title.to_lowercase().contains(&words);
        let mut rows = self.favourites(artist);
        rows.retain(|row| match row {
            Row::Playlist(list) => is_meant(&list.title),
            Row::Music(Music::Song(entry)) => entry.title.as_deref().is_some_and(is_meant),
            Row::Music(Music::Album(album)) => is_meant(&album.title),
            Row::Artist(_) | Row::Repost(..) => false,
        });
        self.list(rows)
    }

    /// Whom an artist follows.
    pub(super) fn following(&self, artist: usize) -> Vec<usize> {
        match artist {
            OWN => self.state.follows.clone(),
            artist => (artist + 1..self.shelf.artists.len()).take(artist % 5).collect(),
        }
    }

    /// Who follows an artist.
    pub(super) fn followers(&self, artist: usize) -> Vec<usize> {
        (0..self.shelf.artists.len())
            .filter(|by| *by != artist && self.following(*by).contains(&artist))
            .collect()
    }

    /// What those whom an artist follows upload and pass on.
    pub(super) fn feed(&self, artist: usize) -> Response {
        let followed = self.following(artist);
        let theirs = |row: &Row<'_>| match row {
            Row::Music(Music::Song(entry)) => followed.contains(&self.shelf.artist_of(entry)),
            Row::Music(Music::Album(album)) => followed.contains(&album.artist),
            Row::Artist(_) | Row::Playlist(_) | Row::Repost(..) => false,
        };
        let uploads = followed.iter().flat_map(|artist| self.uploads(*artist)).filter(theirs).take(FEED_ROWS);
        let mut rows: Vec<Row<'a>> = uploads.collect();
        if let Some(by) = followed.first() {
            let others =
                self.all().into_iter().filter(|entry| !followed.contains(&self.shelf.artist_of(entry)));
            let reposts = others.take(6).map(|entry| {
                Row::Repost(Music::Song(entry), *by, entry.uploaded() + u64::from(entry.number))
            });
            rows.splice(0..0, reposts);
        }
        self.list(rows)
    }

    fn follow(&mut self, artist: usize, add: bool) -> Response {
        if let Some(refusal) = self.refuse_strangers() {
            return refusal;
        }
        if artist == OWN {
            return error(422, 1008, "Nobody follows themselves");
        }
        self.state.follows.retain(|known| *known != artist);
        if add {
            self.state.follows.push(artist);
        }
        done(u32::try_from(artist).unwrap_or_default())
    }

    /// Adds, replaces or removes what the account's own page shows first.
    fn pin(&mut self, artist: usize) -> Response {
        if let Some(refusal) = self.refuse_strangers() {
            return refusal;
        }
        if artist != OWN {
            return error(403, 0, "This is not your profile");
        }
        let body: Option<Vec<Value>> = serde_json::from_slice(&self.ask.body).ok();
        let items = body.and_then(|items| items.iter().map(pinned_item).collect::<Option<Vec<Liked>>>());
        let Some(items) = items else { return invalid("items", "isInvalid") };
        if items.iter().any(|item| self.liked(*item).is_none()) {
            return error(404, 1005, "Song not found");
        }
        let mut pinned = self.state.pinned.clone();
        if self.ask.method == Method::PUT {
            pinned.clear();
        }
        pinned.retain(|known| !items.contains(known));
        if self.ask.method != Method::DELETE {
            pinned.extend(items);
        }
        if pinned.len() > MAX_PINNED {
            return invalid("items", "tooMany");
        }
        self.state.pinned = pinned;
        reply::empty(200)
    }
}

/// `{"kind":"music"|"playlist","id":...}`; the id is a text or a number.
fn pinned_item(item: &Value) -> Option<Liked> {
    let id = item["id"].as_u64().or_else(|| item["id"].as_str()?.parse().ok())?;
    let is_playlist = match item["kind"].as_str()? {
        "music" => false,
        "playlist" => true,
        _ => return None,
    };
    Some((is_playlist, u32::try_from(id).ok()?))
}

fn upload_id(row: &Row<'_>) -> Option<u32> {
    match row {
        Row::Music(music) => Some(music.id()),
        Row::Artist(_) | Row::Playlist(_) | Row::Repost(..) => None,
    }
}
