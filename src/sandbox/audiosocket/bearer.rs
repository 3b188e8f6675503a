//! The first profile: `Authorization: Bearer TOKEN`, and an envelope around everything but a real 204 and
//! the sentence of an empty list.

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::ask::Ask;
use crate::sandbox::catalogue::{Access, Entry};
use crate::sandbox::credentials::CREDENTIALS;
use crate::sandbox::world::World;
use crate::sandbox::{cdn, reply};

use super::{MEDIA_LIFE_S, Outcome, find, personal, shapes};

/// Answers a request; `path` is what follows `/audiosocket/v1`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    if ask.bearer() != Some(CREDENTIALS.audiosocket.token) {
        return error(401, "Unauthorized", "Invalid or missing Bearer Token");
    }
    if let Some(outcome) = personal::answer(world, ask, path) {
        return dressed(outcome);
    }
    if ask.method != Method::GET {
        return error(405, "Method Not Allowed", "The method is not allowed here");
    }
    match path {
        ["tracks", id, "stream" | "download"] => match super::track(world, id) {
            Some(_) if ask.query("format").is_some_and(|format| !matches!(format, "mp3" | "wav")) => {
                dressed(Outcome::Wrong("format"))
            }
            Some(entry) => stream(world, entry),
            None => dressed(Outcome::Missing),
        },
        path => dressed(read(world, ask, path)),
    }
}

fn read(world: &World, ask: &Ask, path: &[&str]) -> Outcome {
    let one = |value: Option<Value>| match value {
        Some(value) => Outcome::One { key: "data", value },
        None => Outcome::Missing,
    };
    let tracks = |entries: Vec<_>| {
        let entries: Vec<&std::sync::Arc<Entry>> = entries;
        page(ask, entries, |entry| shapes::track(world, entry))
    };
    let curated = |id: &str| find::PLAYLISTS.iter().find(|(known, ..)| known.to_string() == id);
    match path {
        ["ping"] => one(Some(json!({ "pong": true }))),
        ["tracks"] => find::tracks(world, ask).map_or(Outcome::Wrong("filters"), tracks),
        ["tracks", id] => one(super::track(world, id).map(|entry| shapes::track(world, entry))),
        ["tracks", id, "similar"] => {
            super::track(world, id).map_or(Outcome::Missing, |entry| tracks(find::similar(world, entry)))
        }
        ["albums"] => page(ask, find::albums(world), |album| shapes::album(world, &album)),
        ["albums", id] => one(find::by_id(find::albums(world), id).map(|album| shapes::album(world, &album))),
        ["albums", id, "tracks"] => find::by_id(find::albums(world), id)
            .map_or(Outcome::Missing, |album| tracks(find::on_album(world, &album))),
        ["artists"] => page(ask, find::artists(world), |artist| shapes::artist(world, &artist)),
        ["artists", id] => {
            one(find::by_id(find::artists(world), id).map(|artist| shapes::artist(world, &artist)))
        }
        ["artists", id, "tracks"] => find::by_id(find::artists(world), id)
            .map_or(Outcome::Missing, |artist| tracks(find::by_artist(world, &artist))),
        ["artists", id, "albums"] => match find::by_id(find::artists(world), id) {
            Some(artist) => {
                let mut albums = find::albums(world);
                albums.retain(|album| album.entry.artist.as_deref() == Some(artist.name));
                page(ask, albums, |album| shapes::album(world, &album))
            }
            None => Outcome::Missing,
        },
        ["curated_playlists"] => {
            let words = ask.query("query").unwrap_or_default().to_lowercase();
            let found = find::PLAYLISTS.iter().filter(|(_, name, ..)| name.to_lowercase().contains(&words));
            page(ask, found.collect(), |playlist| shapes::curated(world, playlist))
        }
        ["curated_playlists", id] => one(curated(id).map(|playlist| shapes::curated(world, playlist))),
        ["curated_playlists", id, "playlist_tracks"] => match curated(id) {
            Some((.., remainder)) => tracks(find::curated(world, *remainder)),
            None => Outcome::Missing,
        },
        ["filters", "track_filters"] => one(Some(shapes::filters(world))),
        ["sfxes"] => {
            let ids = find::SOUNDS.iter().map(|(id, ..)| *id).collect();
            page(ask, ids, |id| shapes::sound(world, id).unwrap_or_default())
        }
        ["sfxes", id] => one(id.parse().ok().and_then(|id| shapes::sound(world, id))),
        _ => Outcome::Missing,
    }
}

fn page<T>(ask: &Ask, rows: Vec<T>, shape: impl Fn(T) -> Value) -> Outcome {
    let total = rows.len();
    match find::page(ask, rows) {
        Some(rows) => Outcome::Rows { key: "data", rows: rows.into_iter().map(shape).collect(), total },
        None => Outcome::Wrong("page"),
    }
}

/// An address in an object, a bare address, or a redirect to it.
fn stream(world: &World, entry: &Entry) -> Response {
    if entry.access != Access::Open {
        return error(403, "Forbidden", "Access to this resource is denied");
    }
    let address = cdn::signed(world, "audiosocket", entry.piece.file(), MEDIA_LIFE_S);
    match entry.number % 3 {
        0 => data(200, "OK", &json!({ "url": address, "until": world.now() + MEDIA_LIFE_S })),
        1 => data(200, "OK", &json!(address)),
        _ => reply::redirect(302, &address),
    }
}

fn dressed(outcome: Outcome) -> Response {
    match outcome {
        Outcome::Rows { key, rows, total } => {
            let meta = if key == "data" { "total_track_count" } else { "count" };
            let meta = json!({ meta: total });
            reply::json(200, &json!({ "status": 200, "message": "OK", "data": rows, "meta": meta }))
        }
        Outcome::One { value, .. } => data(200, "OK", &value),
        Outcome::Made { value, .. } => data(201, "Created", &value),
        Outcome::Put(words) => data(201, "Created", &json!({ "status": words })),
        Outcome::Taken(_) | Outcome::Left(_) => reply::empty(204),
        Outcome::Nothing(words) => reply::json(200, &json!({ "status": words })),
        Outcome::Twice => error(409, "Conflict", "Resource conflict (duplicate)"),
        Outcome::Missing => error(404, "Not Found", "Resource not found"),
        Outcome::Wrong(_) => error(400, "Bad Request", "Invalid or missing parameters"),
    }
}

fn data(status: u16, message: &str, value: &Value) -> Response {
    reply::json(status, &json!({ "status": status, "message": message, "data": value }))
}

fn error(status: u16, message: &str, words: &str) -> Response {
    reply::json(status, &json!({ "status": status, "message": message, "error": words }))
}
