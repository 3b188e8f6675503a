//! Audiosocket: a bearer token and an envelope around everything. Under `/audiosocket/v1`; the paths are
//! those that the API's description suggests, and media can be had in each of the ways it knows.

use std::sync::Arc;

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::catalogue::{Access, Entry};
use super::credentials::CREDENTIALS;
use super::world::World;
use super::{cdn, reply};

/// Ids are this much above the numbers.
const FIRST_ID: u32 = 800;

/// Rows a page, usual and most.
const PAGE_ROWS: (usize, usize) = (20, 100);

/// Seconds that an address in a track is good for.
pub(super) const MEDIA_LIFE_S: u64 = 3600;

/// Seconds that the storage address behind a blob is good for.
pub(super) const BLOB_LIFE_S: u64 = 300;

/// The curated playlists: id, name, the remainder of dividing by three that its tracks' numbers have.
const PLAYLISTS: &[(u32, &str, u32)] = &[(31, "Waterfront", 1), (32, "Late Trains", 2), (33, "雨 & Rain", 0)];

/// Answers a request; `path` is what follows `/audiosocket/v1`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    if ask.bearer() != Some(CREDENTIALS.audiosocket.token) {
        return error(401, "Unauthorized", "Invalid or missing Bearer Token");
    }
    if ask.method != Method::GET {
        return error(405, "Method Not Allowed", "The method is not allowed here");
    }
    match path {
        ["ping"] => data(&json!({ "pong": true })),
        ["tracks"] => {
            let mut found = world.catalogue.search(ask.query("query").unwrap_or_default());
            if ask.query("explicit") == Some("false") {
                found.retain(|entry| !entry.explicit);
            }
            if ask.query("order_by") == Some("recently_published") {
                found.reverse();
            }
            page(world, ask, &found)
        }
        ["tracks", id] => with_track(world, id, |entry| data(&track(world, entry))),
        ["tracks", id, "similar"] => with_track(world, id, |entry| {
            let alike = |other: &&Arc<Entry>| other.genre == entry.genre && other.number != entry.number;
            page(world, ask, &world.catalogue.all().filter(alike).collect::<Vec<_>>())
        }),
        ["tracks", id, "stream" | "download"] => with_track(world, id, |entry| stream(world, entry)),
        ["curated_playlists"] => {
            let playlists: Value =
                PLAYLISTS.iter().map(|(id, name, _)| json!({ "id": id, "name": name })).collect();
            list(&playlists, &json!({ "count": PLAYLISTS.len() }))
        }
        ["curated_playlists", id] => {
            with_playlist(id, |(id, name, _)| data(&json!({ "id": id, "name": name })))
        }
        ["curated_playlists", id, "playlist_tracks"] => with_playlist(id, |(_, _, remainder)| {
            let entries = world.catalogue.all().filter(|entry| entry.number % 3 == *remainder).take(30);
            page(world, ask, &entries.collect::<Vec<_>>())
        }),
        ["filters", "track_filters"] => {
            let ambient = json!({ "id": 3, "name": "Ambient", "sub_filters": [], "media_count": 40 });
            let genres = json!({ "id": 1, "name": "Genres", "sub_filters": [ambient], "media_count": 360 });
            data(&json!([genres]))
        }
        _ => error(404, "Not Found", "Resource not found"),
    }
}

/// A blob of the API's host: `redirect/{id}/{name}` leads to storage for a short while. Whoever knows the
/// address may have it.
pub(super) fn blob(world: &World, path: &[&str]) -> Response {
    match path {
        ["blobs", "redirect", id, _] => with_track(world, id, |entry| {
            reply::redirect(302, &cdn::signed(world, "audiosocket", entry.piece.file(), BLOB_LIFE_S))
        }),
        _ => reply::empty(404),
    }
}

fn with_track(world: &World, id: &str, then: impl FnOnce(&Entry) -> Response) -> Response {
    let number = id.parse::<u32>().ok().and_then(|id| id.checked_sub(FIRST_ID));
    match number.and_then(|number| world.catalogue.entry(number)) {
        Some(entry) if entry.access != Access::TakenDown => then(entry),
        _ => error(404, "Not Found", "Resource not found"),
    }
}

fn with_playlist(id: &str, then: impl FnOnce(&(u32, &str, u32)) -> Response) -> Response {
    match PLAYLISTS.iter().find(|(known, _, _)| known.to_string() == id) {
        Some(playlist) => then(playlist),
        None => error(404, "Not Found", "Resource not found"),
    }
}

fn page(world: &World, ask: &Ask, entries: &[&Arc<Entry>]) -> Response {
    let (usual, most) = PAGE_ROWS;
    let (Some(per_page), Some(page)) =
        (ask.number("per_page", usual, 1..=most), ask.number("page", 1, 1..=usize::MAX))
    else {
        return error(400, "Bad Request", "Invalid or missing parameters");
    };
    let there: Vec<_> = entries.iter().filter(|entry| entry.access != Access::TakenDown).collect();
    let rows = there.iter().skip((page - 1).saturating_mul(per_page)).take(per_page);
    let rows: Value = rows.map(|entry| track(world, entry)).collect();
    list(&rows, &json!({ "total_track_count": there.len() }))
}

/// An address in an object, a bare address, or a redirect to it.
fn stream(world: &World, entry: &Entry) -> Response {
    if entry.access != Access::Open {
        return error(403, "Forbidden", "Access to this resource is denied");
    }
    let address = cdn::signed(world, "audiosocket", entry.piece.file(), MEDIA_LIFE_S);
    match entry.number % 3 {
        0 => data(&json!({ "url": address, "until": world.now() + MEDIA_LIFE_S })),
        1 => data(&json!(address)),
        _ => reply::redirect(302, &address),
    }
}

fn track(world: &World, entry: &Entry) -> Value {
    let sloppy = entry.is_sloppy();
    let (seconds, id) = (entry.piece.seconds(), FIRST_ID + entry.number);
    let (duration, explicit) = if sloppy {
        (json!(format!("{}:{:02}", seconds / 60, seconds % 60)), json!(entry.explicit.to_string()))
    } else {
        (json!(seconds), json!(entry.explicit))
    };
    let mut track = json!({
        "id": if sloppy { json!(id.to_string()) } else { json!(id) },
        "title": entry.title,
        "artist_name": entry.artist,
        "artist_id": 70 + entry.number,
        "album": { "id": 10 + entry.number, "name": entry.album },
        "album_artwork": cdn::cover(world, entry),
        "duration": duration,
        "bpm": entry.piece.bpm,
        "key": entry.piece.key,
        "explicit": explicit,
        "instrumental": true,
        "moods": entry.piece.mood.split(", ").collect::<Vec<_>>(),
        "genres": [entry.genre],
        "instruments": [],
        "themes": [],
        "description": null,
        "status": "approved",
        "isrc": entry.isrc,
        "alternate_versions": [],
    });
    if let Some(fields) = track.as_object_mut() {
        if sloppy {
            // As the older API names things.
            let title = fields.remove("title").unwrap_or_default();
            fields.insert("name".to_owned(), title);
            fields.remove("artist_name");
            fields.insert("artist".to_owned(), json!({ "id": 70 + entry.number, "name": entry.artist }));
        }
        for (name, address) in media(world, entry) {
            fields.insert(name.to_owned(), json!(address));
        }
    }
    track
}

/// The addresses in a track. A quarter of the tracks has none: those are asked for.
fn media(world: &World, entry: &Entry) -> Vec<(&'static str, String)> {
    if entry.access != Access::Open || entry.number % 4 == 2 {
        return Vec::new();
    }
    let file = entry.piece.file();
    let name = file.rsplit('/').next().unwrap_or_default();
    let address = if entry.number % 4 == 1 {
        format!("/rails/active_storage/blobs/redirect/{}/{name}", FIRST_ID + entry.number)
    } else {
        cdn::signed(world, "audiosocket", file, MEDIA_LIFE_S)
    };
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("mp3") => vec![("mp3_file", address.clone()), ("mp3_file_compressed", address)],
        Some("opus") => vec![("opus_file", address)],
        _ => vec![("file", address)],
    }
}

fn list(rows: &Value, meta: &Value) -> Response {
    reply::json(200, &json!({ "status": 200, "message": "OK", "data": rows, "meta": meta }))
}

fn data(value: &Value) -> Response {
    reply::json(200, &json!({ "status": 200, "message": "OK", "data": value }))
}

fn error(status: u16, message: &str, words: &str) -> Response {
    reply::json(status, &json!({ "status": status, "message": message, "error": words }))
}
