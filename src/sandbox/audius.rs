//! Audius: open, every request says which app asks. Under `/audius`, its API under `/audius/v1`.

use std::sync::Arc;

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::catalogue::{Access, Entry, slug};
use super::credentials::CREDENTIALS;
use super::world::World;
use super::{cdn, reply};

/// Letters of the ids, the whole sixty-two.
const ALPHABET: &[u8; 62] = b"azbycxdwevfugthsirjqkplomn0918273645AZBYCXDWEVFUGTHSIRJQKPLOMN";

/// Answers a request; `path` is what follows `/audius`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    let Some((&"v1", path)) = path.split_first() else {
        return match path {
            [] => reply::json(200, &json!({ "data": [format!("{}/audius", world.api)] })),
            ["health_check"] => reply::json(200, &json!({ "data": { "healthy": true } })),
            _ => error(404, "not found"),
        };
    };
    if ask.query("app_name").is_none() {
        return error(400, "app_name is required");
    }
    if ask.header("x-api-key").is_some_and(|key| key != CREDENTIALS.audius.api_key) {
        return error(401, "invalid api key");
    }
    if let Some(user) = ask.query("user_id") {
        let words = format!("You are not authorized to make this request authedWallet= myId={user}");
        return error(403, &words);
    }
    if ask.method != Method::GET {
        return error(405, "method not allowed");
    }
    read(world, ask, path)
}

fn read(world: &World, ask: &Ask, path: &[&str]) -> Response {
    let all = || world.catalogue.all().collect::<Vec<_>>();
    match path {
        ["tracks"] => by_ids(world, ask),
        ["tracks", "search"] => match ask.query("query") {
            None => error(400, "query is required"),
            Some(words) => page(world, ask, world.catalogue.search(words), 10),
        },
        ["tracks", "trending"] => match ask.query("time") {
            None | Some("week" | "month" | "allTime") => page(world, ask, all(), 100),
            Some(_) => error(400, "invalid time"),
        },
        ["tracks", "trending", "underground"] => {
            page(world, ask, world.catalogue.all().filter(|entry| entry.number % 3 == 0).collect(), 100)
        }
        ["tracks", "recommended" | "feeling-lucky" | "most-shared"] => page(world, ask, all(), 10),
        ["tracks", id] => with_track(world, id, |entry| data(&track(world, entry))),
        ["tracks", id, "stream"] => with_track(world, id, |entry| stream(world, ask, entry)),
        ["tracks", id, "download"] => with_track(world, id, |entry| download(world, entry)),
        ["playlists", "trending"] => match ask.query("time") {
            None | Some("week" | "month" | "year") => albums(world, ask),
            Some(_) => error(400, "invalid time"),
        },
        ["playlists", id] => match album(world, id) {
            Some(first) => data(&json!([playlist(world, first)])),
            None => error(404, "playlist not found"),
        },
        ["playlists", id, "tracks"] => match album(world, id) {
            Some(first) => {
                let tracks = world.catalogue.all().filter(|entry| same_album(first, entry));
                data(&tracks.map(|entry| track(world, entry)).collect())
            }
            None => error(404, "playlist not found"),
        },
        ["resolve"] => resolve(world, ask),
        _ => error(404, "not found"),
    }
}

fn by_ids(world: &World, ask: &Ask) -> Response {
    let ids = ask.all("id").into_iter().filter_map(|id| find(world, id));
    data(&ids.map(|entry| track(world, entry)).collect())
}

/// The rows that `limit` and `offset` ask for. Entries that were taken down are dropped after the query,
/// so that a page may be short.
fn page(world: &World, ask: &Ask, entries: Vec<&Arc<Entry>>, usual: usize) -> Response {
    let Some(limit) = ask.number("limit", usual, 1..=100) else { return error(400, "invalid limit") };
    let Some(offset) = ask.number("offset", 0, 0..=usize::MAX) else { return error(400, "invalid offset") };
    let genres = ask.all("genre");
    let of_genre = |entry: &&Arc<Entry>| {
        genres.is_empty() || genres.iter().any(|genre| genre.is_empty() || *genre == entry.genre)
    };
    let rows = entries.into_iter().filter(of_genre).skip(offset).take(limit);
    let there = rows.filter(|entry| entry.access != Access::TakenDown);
    data(&there.map(|entry| track(world, entry)).collect())
}

fn albums(world: &World, ask: &Ask) -> Response {
    let Some(limit) = ask.number("limit", 30, 1..=100) else { return error(400, "invalid limit") };
    let Some(offset) = ask.number("offset", 0, 0..=usize::MAX) else { return error(400, "invalid offset") };
    let firsts = world.catalogue.all().filter(|entry| entry.is_real() && entry.piece.track_number == 1);
    data(&firsts.skip(offset).take(limit).map(|first| playlist(world, first)).collect())
}

fn stream(world: &World, ask: &Ask, entry: &Entry) -> Response {
    if entry.access != Access::Open {
        return error(403, "track not streamable");
    }
    let address = cdn::node_address(world, entry, ask.query("skip_play_count").unwrap_or("true"));
    if ask.query("no_redirect") == Some("true") {
        return data(&json!(address));
    }
    reply::redirect(302, &address)
}

fn download(world: &World, entry: &Entry) -> Response {
    if entry.access != Access::Open {
        return error(403, "you are not allowed to download this track");
    }
    if !is_downloadable(entry) {
        return error(404, "track is not downloadable");
    }
    reply::redirect(302, &cdn::node_address(world, entry, "true"))
}

fn resolve(world: &World, ask: &Ask) -> Response {
    let Some(url) = ask.query("url") else { return error(400, "missing url") };
    let path = url.strip_prefix("https://audius.co").unwrap_or(url);
    match world.catalogue.all().find(|entry| permalink(entry) == path) {
        Some(entry) => reply::redirect(302, &format!("/audius/v1/tracks/{}", id(entry.number))),
        None => error(404, "not found"),
    }
}

fn with_track(world: &World, id: &str, then: impl FnOnce(&Entry) -> Response) -> Response {
    match find(world, id) {
        Some(entry) if entry.access != Access::TakenDown => then(entry),
        _ => error(404, "track not found"),
    }
}

/// By the short id, or by the plain number.
fn find<'w>(world: &'w World, wanted: &str) -> Option<&'w Arc<Entry>> {
    match wanted.parse() {
        Ok(number) => world.catalogue.entry(number),
        Err(_) => world.catalogue.all().find(|entry| id(entry.number) == wanted),
    }
}

/// A short id that gives nothing away, as the service's: five letters or digits, a letter first.
pub(super) fn id(number: u32) -> String {
    // Steps through 26 * 62^4 values without meeting one twice, since the factor is odd and no multiple
    // of 13 or 31.
    let mut rest = u64::from(number) * 101_027_987 % (26 * 62_u64.pow(4));
    let mut id = String::new();
    for base in [26, 62, 62, 62, 62] {
        let letter = usize::try_from(rest % base).unwrap_or(0);
        id.push(ALPHABET.get(letter).map_or('a', |byte| char::from(*byte)));
        rest /= base;
    }
    id
}

fn track(world: &World, entry: &Entry) -> Value {
    let mut track = json!({
        "id": id(entry.number),
        "title": entry.title,
        "user": user(world, entry),
        "duration": entry.piece.seconds(),
        "artwork": artwork(world, entry),
        "description": null,
        "genre": entry.genre,
        "mood": entry.piece.mood,
        "release_date": release_date(entry),
        "remix_of": null,
        "tags": format!("{},{}", slug(&entry.genre), entry.year),
        "repost_count": entry.plays() / 40,
        "favorite_count": entry.plays() / 25,
        "play_count": entry.plays(),
        "permalink": permalink(entry),
        "is_streamable": true,
        "is_downloadable": is_downloadable(entry),
        "isrc": entry.isrc.as_deref().unwrap_or_default(),
        "bpm": entry.piece.bpm,
        "musical_key": entry.piece.key,
        "parental_warning_type": entry.explicit.then_some("Explicit"),
        "is_unlisted": false,
        "is_delete": false,
        "is_available": true,
        "is_stream_gated": entry.access == Access::Gated,
        "stream_conditions": gate(entry),
        "access": { "stream": entry.access == Access::Open, "download": is_downloadable(entry) },
        "album_backlink": entry.album.as_ref().map(|album| json!({
            "playlist_id": entry.number,
            "playlist_name": album,
            "permalink": format!("/{}/album/{}", handle(entry), slug(album)),
        })),
    });
    if entry.is_sloppy()
        && let Some(fields) = track.as_object_mut()
    {
        // An older node: fewer fields, another name for one of them, ids as numbers.
        let newer = [
            "access",
            "stream_conditions",
            "is_stream_gated",
            "is_streamable",
            "is_downloadable",
            "is_available",
            "is_delete",
            "is_unlisted",
            "album_backlink",
            "isrc",
        ];
        fields.retain(|name, _| entry.access == Access::Gated || !newer.contains(&name.as_str()));
        fields.insert("downloadable".to_owned(), json!(is_downloadable(entry)));
        fields.insert("play_count".to_owned(), json!(entry.plays().to_string()));
        fields.insert("artwork".to_owned(), Value::Null);
    }
    track
}

fn user(world: &World, entry: &Entry) -> Value {
    json!({
        "id": id(entry.number + 10_000),
        "handle": handle(entry),
        "name": entry.artist,
        "bio": null,
        "location": null,
        "is_verified": entry.is_real(),
        "profile_picture": artwork(world, entry),
        "cover_photo": null,
        "follower_count": entry.plays() / 90,
        "followee_count": 3, "track_count": 2, "album_count": 1, "playlist_count": 0, "repost_count": 0,
    })
}

fn playlist(world: &World, first: &Entry) -> Value {
    let tracks: Vec<_> = world.catalogue.all().filter(|entry| same_album(first, entry)).collect();
    let content = |entry: &Entry| {
        let timestamp = entry.uploaded();
        json!({ "track_id": id(entry.number), "timestamp": timestamp, "metadata_timestamp": timestamp })
    };
    let contents: Vec<Value> = tracks.iter().map(|entry| content(entry)).collect();
    json!({
        "id": id(first.number + 20_000),
        "playlist_name": first.album,
        "is_album": true,
        "description": null,
        "artwork": artwork(world, first),
        "repost_count": 4, "favorite_count": 11, "total_play_count": first.plays(),
        "track_count": tracks.len(),
        "permalink": format!("/{}/album/{}", handle(first), slug(first.album.as_deref().unwrap_or_default())),
        "playlist_contents": contents,
        "user": user(world, first),
    })
}

/// The first track of the album with this id.
fn album<'w>(world: &'w World, wanted: &str) -> Option<&'w Arc<Entry>> {
    world.catalogue.all().filter(|entry| entry.is_real()).find(|entry| id(entry.number + 20_000) == wanted)
}

fn same_album(first: &Entry, entry: &Entry) -> bool {
    entry.is_real() && entry.album == first.album
}

/// One picture in all sizes.
fn artwork(world: &World, entry: &Entry) -> Value {
    let cover = cdn::cover(world, entry);
    json!({ "150x150": cover, "480x480": cover, "1000x1000": cover, "mirrors": [world.cdn] })
}

fn gate(entry: &Entry) -> Value {
    match entry.access {
        Access::Open | Access::TakenDown => Value::Null,
        Access::Region => json!({ "follow_user_id": entry.number }),
        Access::Gated => json!({ "usdc_purchase": { "price": 199, "splits": [] } }),
    }
}

/// Three ways to write a date are in the wild.
fn release_date(entry: &Entry) -> Value {
    match entry.number % 3 {
        0 => json!(format!("Mon Sep 23 {} 12:35:10 GMT-0700", entry.year)),
        1 => json!(format!("{}-08-02T21:57:07Z", entry.year)),
        _ => Value::Null,
    }
}

fn is_downloadable(entry: &Entry) -> bool {
    entry.access == Access::Open && entry.number % 2 == 1
}

fn handle(entry: &Entry) -> String {
    format!("artist{}", entry.number)
}

fn permalink(entry: &Entry) -> String {
    format!("/{}/track-{}", handle(entry), entry.number)
}

fn data(value: &Value) -> Response {
    reply::json(200, &json!({ "data": value }))
}

fn error(code: u16, words: &str) -> Response {
    reply::json(code, &json!({ "code": code, "error": words }))
}
