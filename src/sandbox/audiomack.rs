//! Audiomack: every request is signed with OAuth 1.0a. Under `/audiomack/v1`. Its types are as sloppy as
//! the service's own.

use std::sync::Arc;

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::catalogue::{Access, Entry, slug};
use super::credentials::CREDENTIALS;
use super::oauth::{self, Known, Signer};
use super::world::World;
use super::{cdn, reply};

/// Rows a page when no `limit` is sent.
const PAGE_ROWS: usize = 20;

/// Largest `limit`; the documents name none, 0 stands for everything.
const MAX_LIMIT: usize = 1000;

/// Seconds within which an address that `/play` gave must be opened.
pub(super) const PLAY_LIFE_S: u64 = 10;

/// Ids start here, so that they look like ids.
const FIRST_ID: u32 = 14_216_000;

/// Answers a request; `path` is what follows `/audiomack/v1`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    let known = Known {
        consumer_key: CREDENTIALS.audiomack.consumer_key,
        consumer_secret: CREDENTIALS.audiomack.consumer_secret,
        token: CREDENTIALS.audiomack.access_token,
        token_secret: CREDENTIALS.audiomack.access_token_secret,
    };
    let signer = match oauth::check(ask, &known, &world.nonces, world.now()) {
        Ok(signer) => signer,
        Err(refusal) => return error(401, 1003, refusal.words()),
    };
    // Lists other than searches carry their page at the end of the path.
    let (path, page) = match path {
        [list @ .., "page", page] => (list, page.parse().unwrap_or(0)),
        path => (path, ask.number("page", 1, 1..=usize::MAX).unwrap_or(0)),
    };
    if page == 0 {
        return error(422, 1008, "Validation failed");
    }
    match (&ask.method, path) {
        (&Method::GET, path) => read(world, ask, path, page, signer),
        (&Method::POST, ["music", id, "play"]) => with_song(world, id, |entry| play(world, entry)),
        (&Method::POST, ["music", "stats", id]) => {
            with_song(world, id, |entry| match (ask.field("token"), ask.field("type").as_deref()) {
                (Some(token), Some("view" | "pv" | "play")) if token == stats_token(entry) => {
                    reply::empty(200)
                }
                _ => error(422, 1008, "Validation failed"),
            })
        }
        _ => error(405, 0, "Method not allowed"),
    }
}

fn read(world: &World, ask: &Ask, path: &[&str], page: usize, signer: Signer) -> Response {
    let songs =
        |entries: Vec<&Arc<Entry>>| list(ask, entries.iter().map(|entry| song(world, entry)).collect(), page);
    match path {
        ["search"] => search(world, ask, page),
        ["search_autosuggest"] => match ask.query("q") {
            None => error(422, 1008, "Validation failed"),
            Some(words) => {
                let found = world.catalogue.search(words);
                let titles: Vec<&str> =
                    found.iter().filter_map(|entry| entry.title.as_deref()).take(10).collect();
                reply::json(200, &json!({ "results": titles }))
            }
        },
        ["music", "trending"] | ["chart", "songs", "total" | "daily" | "weekly" | "monthly" | "yearly"] => {
            songs(world.catalogue.all().collect())
        }
        ["music", "recent"] => songs(world.catalogue.all().rev().collect()),
        ["music", "stats", "token"] => match ask.query("music_id") {
            None => error(422, 1008, "Validation failed"),
            Some(id) => {
                with_song(world, id, |entry| reply::json(200, &json!({ "token": stats_token(entry) })))
            }
        },
        ["music", genre, "trending"]
        | [genre, "chart", "songs", "total" | "daily" | "weekly" | "monthly" | "yearly"] => {
            songs(world.catalogue.genre(genre).collect())
        }
        ["music", genre, "recent"] => {
            let mut entries: Vec<_> = world.catalogue.genre(genre).collect();
            entries.reverse();
            songs(entries)
        }
        ["chart", _, _] | [_, "chart", _, _] => list(ask, Vec::new(), page),
        ["music", id] => with_song(world, id, |entry| one(ask, song(world, entry))),
        ["music", "song", artist, name] => {
            let is_it = |entry: &&Arc<Entry>| {
                artist_slug(entry) == *artist
                    && title_slug(entry) == *name
                    && entry.access != Access::TakenDown
            };
            match world.catalogue.all().find(is_it) {
                // One client has seen a bare object here.
                Some(entry) => reply::json(200, &song(world, entry)),
                None => error(404, 1005, "Song not found"),
            }
        }
        ["user"] => match signer {
            Signer::User => {
                one(ask, json!({ "id": "880", "name": "Sandbox", "url_slug": "sandbox", "verified": "" }))
            }
            Signer::Application => error(401, 1004, "This endpoint requires a user token"),
        },
        _ => error(404, 0, "Not found"),
    }
}

fn search(world: &World, ask: &Ask, page: usize) -> Response {
    let Some(words) = ask.query("q") else { return error(422, 1008, "Validation failed") };
    let mut found = world.catalogue.search(words);
    if let Some(genre) = ask.query("genre") {
        found.retain(|entry| slug(&entry.genre) == genre);
    }
    if ask.query("sort") == Some("recent") {
        found.reverse();
    }
    let songs = found.iter().map(|entry| song(world, entry));
    // An artist has a name and no type.
    let artists = found.iter().filter(|entry| entry.is_real() && entry.piece.track_number == 1);
    let artists = artists.map(|entry| uploader(world, entry));
    let rows = match ask.query("show").unwrap_or("all") {
        "songs" => songs.collect(),
        "music" | "all" => artists.chain(songs).collect(),
        "artists" => artists.collect(),
        "albums" | "playlists" => Vec::new(),
        _ => return error(422, 1008, "Validation failed"),
    };
    list(ask, rows, page)
}

/// The signed address, in each of the three shapes that are in the wild.
fn play(world: &World, entry: &Entry) -> Response {
    match entry.access {
        Access::Open => {}
        Access::Region | Access::Gated => return error(403, 0, "This song is not available to you"),
        Access::TakenDown => return error(404, 1005, "Song not found"),
    }
    let address = cdn::signed(world, "audiomack", entry.piece.file(), PLAY_LIFE_S);
    match entry.number % 3 {
        0 => reply::body(200, "text/plain; charset=utf-8", address),
        1 => reply::json(200, &json!(address)),
        _ => reply::json(200, &json!({ "signedUrl": address })),
    }
}

fn with_song(world: &World, id: &str, then: impl FnOnce(&Entry) -> Response) -> Response {
    let number = id.parse::<u32>().ok().and_then(|id| id.checked_sub(FIRST_ID));
    match number.and_then(|number| world.catalogue.entry(number)) {
        Some(entry) => then(entry),
        None => error(404, 1005, "Song not found"),
    }
}

fn song(world: &World, entry: &Entry) -> Value {
    let sloppy = entry.is_sloppy();
    let (yes, no) = if sloppy { (json!(1), json!(0)) } else { (json!("yes"), json!("no")) };
    let flag = |on: bool| if on { yes.clone() } else { no.clone() };
    let seconds = entry.piece.seconds();
    let id = FIRST_ID + entry.number;
    let nothing = if sloppy { json!(false) } else { json!("") };
    let or_nothing =
        |text: &Option<String>| text.as_ref().map_or_else(|| nothing.clone(), |text| json!(text));
    let title = match &entry.title {
        // A title of digits comes as a number.
        Some(title) => title.parse::<u32>().map_or_else(|_| json!(title), |number| json!(number)),
        None => nothing.clone(),
    };
    json!({
        "id": if sloppy { json!(id) } else { json!(id.to_string()) },
        "type": "song",
        "title": title,
        "artist": or_nothing(&entry.artist),
        "featuring": featuring(entry),
        "album": or_nothing(&entry.album),
        "genre": slug(&entry.genre),
        "url_slug": title_slug(entry),
        "image": cdn::cover(world, entry),
        "duration": if sloppy { json!(seconds) } else { json!(seconds.to_string()) },
        "released": if sloppy { json!(entry.uploaded()) } else { json!(entry.uploaded().to_string()) },
        "isrc": or_nothing(&entry.isrc),
        "explicit": flag(entry.explicit),
        "status": if entry.access == Access::TakenDown { "takedown" } else { "complete" },
        "stream_only": flag(entry.number.is_multiple_of(2)),
        "private": flag(entry.access == Access::Gated),
        "geo_restricted": entry.access == Access::Region,
        "volume_data": "[0,12,40,12,0]",
        "uploader": uploader(world, entry),
        "stats": { "plays": format!("{}K", entry.plays() / 1000), "plays-raw": entry.plays(),
            "favorites-raw": entry.plays() / 25, "comments": 2 },
    })
}

/// Further artists; a comma stands between them.
fn featuring(entry: &Entry) -> String {
    let guests =
        ["Ada Cole", "Low Meridian"].into_iter().filter(|guest| entry.artist.as_deref() != Some(guest));
    if entry.number % 11 == 10 { guests.collect::<Vec<_>>().join(", ") } else { String::new() }
}

fn uploader(world: &World, entry: &Entry) -> Value {
    json!({
        "id": (880 + entry.number).to_string(),
        "name": entry.artist,
        "url_slug": artist_slug(entry),
        "verified": if entry.is_real() { "yes" } else { "" },
        "image": cdn::cover(world, entry),
        "twitter_id": false,
    })
}

fn artist_slug(entry: &Entry) -> String {
    slug(entry.artist.as_deref().unwrap_or("unknown"))
}

fn title_slug(entry: &Entry) -> String {
    slug(entry.title_or_untitled())
}

fn stats_token(entry: &Entry) -> String {
    format!("stats-{}", entry.number)
}

/// A page of rows; `count` is that of all.
fn list(ask: &Ask, rows: Vec<Value>, page: usize) -> Response {
    let Some(limit) = ask.number("limit", PAGE_ROWS, 0..=MAX_LIMIT) else {
        return error(422, 1008, "Validation failed");
    };
    let count = rows.len();
    let rows: Vec<Value> = match limit {
        0 => rows,
        limit => rows.into_iter().skip((page - 1).saturating_mul(limit)).take(limit).collect(),
    };
    let rows: Vec<Value> = rows.into_iter().map(|row| sparse(ask, row)).collect();
    // The count is a text now and then.
    let count = if page.is_multiple_of(2) { json!(count.to_string()) } else { json!(count) };
    reply::json(200, &json!({ "results": rows, "count": count }))
}

fn one(ask: &Ask, value: Value) -> Response {
    reply::json(200, &json!({ "results": sparse(ask, value) }))
}

/// Only the fields that `fields=a,b:c` asks for, if it is there.
fn sparse(ask: &Ask, mut value: Value) -> Value {
    if let (Some(wanted), Some(fields)) = (ask.query("fields"), value.as_object_mut()) {
        let wanted: Vec<&str> =
            wanted.split(',').map(|field| field.split(':').next().unwrap_or_default().trim()).collect();
        fields.retain(|name, _| wanted.contains(&name.as_str()));
    }
    value
}

fn error(status: u16, code: u32, words: &str) -> Response {
    let mut body = json!({ "errorcode": code, "message": words });
    if code == 1008 {
        body["errors"] = json!({ "request": { "isInvalid": "A parameter is missing or out of range" } });
    }
    reply::json(status, &body)
}
