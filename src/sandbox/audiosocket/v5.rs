//! The partner API: `X-Audiosocket-Token: TOKEN` or `TOKEN:UID`, bare objects, pages with `data`, errors that
//! are not for display, and nothing at all with a 404.

use std::sync::Arc;

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::ask::Ask;
use crate::sandbox::catalogue::{Access, Entry};
use crate::sandbox::credentials::CREDENTIALS;
use crate::sandbox::world::World;
use crate::sandbox::{cdn, reply, seal};

use super::find::{self, Named};
use super::{FIRST_ID, said};

/// Rows a page when no `pp` is sent.
const PAGE_ROWS: usize = 40;

/// The names of the context's lists.
const LISTS: [&str; 11] = [
    "categories",
    "endings",
    "genres",
    "instruments",
    "intros",
    "languages",
    "moods",
    "restrictions",
    "tempos",
    "themes",
    "vocals",
];

/// Answers a request; `path` is what follows `/audiosocket/v5`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    let token = ask.header("x-audiosocket-token").unwrap_or_default();
    let (token, uid) = token.split_once(':').unwrap_or((token, ""));
    if token != CREDENTIALS.audiosocket.token {
        return errors(401, "request", "Unauthorized.");
    }
    match (&ask.method, path) {
        (&Method::POST, ["auth"]) => sign_in(ask),
        (&Method::POST, ["auth", temporary]) => match temporary.split_once('.') {
            Some((uid, proof)) if proof == seal::seal(uid, 0) => reply::json(200, &user()),
            _ => errors(422, "token", "is not valid"),
        },
        (&Method::POST, ["token"]) if uid.is_empty() => errors(422, "uid", "is missing"),
        (&Method::POST, ["token"]) => {
            reply::json(200, &json!({ "token": format!("{uid}.{}", seal::seal(uid, 0)) }))
        }
        (&Method::GET, path) => read(world, ask, path),
        _ => reply::empty(404),
    }
}

fn read(world: &World, ask: &Ask, path: &[&str]) -> Response {
    let tracks = |entries: Vec<&Arc<Entry>>| {
        let with: Vec<&str> = ask.query("w").unwrap_or_default().split(',').collect();
        page(ask, entries, |entry| track(world, entry, &with))
    };
    let album = |album: &Named| {
        json!({ "id": album.id, "name": album.name, "artist": { "name": album.entry.artist,
            "id": find::artist_id(world, album.entry) } })
    };
    let artist = |artist: &Named| json!({ "id": artist.id, "name": artist.name });
    match path {
        ["ping"] => reply::json(200, &json!({})),
        ["context"] => {
            let lists = LISTS.map(|name| (name.to_owned(), list(world, name).into()));
            reply::json(200, &Value::Object(lists.into_iter().collect()))
        }
        ["tracks"] => {
            let mut found = world.catalogue.search(ask.query("q").unwrap_or_default());
            found.retain(|entry| entry.access != Access::TakenDown);
            tracks(found)
        }
        ["tracks", id] => match super::track(world, id) {
            Some(entry) => reply::json(200, &track(world, entry, &["g", "m"])),
            None => reply::empty(404),
        },
        ["tracks", file, "url"] => match file.strip_suffix(".mp3").and_then(|id| super::track(world, id)) {
            Some(entry) => address(world, ask, entry),
            None => reply::empty(404),
        },
        ["albums"] => page(ask, find::albums(world), |one| album(&one)),
        ["artists"] => page(ask, find::artists(world), |one| artist(&one)),
        ["albums", id, rest @ ..] => match (find::by_id(find::albums(world), id), rest) {
            (Some(one), []) => reply::json(200, &album(&one)),
            (Some(one), ["tracks"]) => tracks(find::on_album(world, &one)),
            _ => reply::empty(404),
        },
        ["artists", id, rest @ ..] => match (find::by_id(find::artists(world), id), rest) {
            (Some(one), []) => reply::json(200, &artist(&one)),
            (Some(one), ["tracks"]) => tracks(find::by_artist(world, &one)),
            (Some(one), ["albums"]) => {
                let mut albums = find::albums(world);
                albums.retain(|album| album.entry.artist.as_deref() == Some(one.name));
                page(ask, albums, |one| album(&one))
            }
            _ => reply::empty(404),
        },
        [name] if LISTS.contains(name) => reply::json(200, &list(world, name).into()),
        [name, id] if LISTS.contains(name) => {
            let id: Option<u64> = id.parse().ok();
            match list(world, name).into_iter().find(|one| id.is_some() && one["id"].as_u64() == id) {
                Some(one) => reply::json(200, &one),
                None => reply::empty(404),
            }
        }
        _ => reply::empty(404),
    }
}

/// Where the sound is for `lifetime` seconds.
fn address(world: &World, ask: &Ask, entry: &Entry) -> Response {
    let Some(lifetime) = ask.number("lifetime", 300, 1..=86_400) else {
        return errors(422, "lifetime", "is not included in the list");
    };
    if entry.access != Access::Open {
        return errors(403, "track", "is not licensed to you");
    }
    let life_s = lifetime as u64;
    let url = cdn::signed(world, "audiosocket", entry.piece.file(), life_s);
    reply::json(200, &json!({ "url": url, "until": world.now() + life_s }))
}

/// A track; genres and moods only if they are asked for.
fn track(world: &World, entry: &Entry, with: &[&str]) -> Value {
    let names = find::filters(world);
    let mut track = json!({
        "id": FIRST_ID + entry.number,
        "name": entry.title,
        "length": entry.piece.duration_ms as f64 / 1000.0,
        "explicit": entry.explicit,
        "artist": { "id": find::artist_id(world, entry), "name": entry.artist },
        "album": { "id": find::album_id(world, entry), "name": entry.album },
    });
    if with.contains(&"g") {
        track["genres"] = json!([find::filter_id(&names, &entry.genre)]);
    }
    if with.contains(&"m") {
        track["moods"] = find::moods(entry).filter_map(|mood| find::filter_id(&names, mood)).collect();
    }
    track
}

/// The rows of one of the context's lists.
fn list(world: &World, name: &str) -> Vec<Value> {
    let names = find::filters(world);
    let is_genre = |name: &str| world.catalogue.all().any(|entry| entry.genre == name);
    let row = |name: &&&str| json!({ "id": find::filter_id(&names, name), "name": name });
    match name {
        "genres" => {
            let rows = names.iter().filter(|name| is_genre(name));
            rows.map(|name| json!({ "id": find::filter_id(&names, name), "name": name, "display": true }))
                .collect()
        }
        "moods" => names.iter().filter(|name| !is_genre(name)).map(|name| row(&name)).collect(),
        "tempos" => vec![json!({ "id": 901, "name": "Slow" }), json!({ "id": 902, "name": "Fast" })],
        "categories" => {
            vec![json!({ "id": 911, "name": "Film", "children": [{ "id": 912, "name": "Trailer" }] })]
        }
        _ => Vec::new(),
    }
}

fn page<T>(ask: &Ask, rows: Vec<T>, shape: impl Fn(T) -> Value) -> Response {
    let total = rows.len();
    let (Some(per), Some(page)) = (ask.number("pp", PAGE_ROWS, 1..=100), ask.number("p", 1, 1..=usize::MAX))
    else {
        return errors(422, "p", "is not a number in range");
    };
    let rows = rows.into_iter().skip((page - 1).saturating_mul(per)).take(per);
    let rows: Vec<Value> = rows.map(shape).collect();
    reply::json(200, &json!({ "data": rows, "page": page, "per": per, "total": total }))
}

fn sign_in(ask: &Ask) -> Response {
    let known = CREDENTIALS.audiosocket;
    match (said(ask, "email"), said(ask, "password")) {
        (Some(email), Some(password)) if email == known.email && password == known.password => {
            reply::json(200, &user())
        }
        _ => errors(422, "email", "or password is wrong"),
    }
}

fn user() -> Value {
    json!({ "id": 7, "email": CREDENTIALS.audiosocket.email, "name": "Ada Cole" })
}

fn errors(status: u16, field: &str, words: &str) -> Response {
    reply::json(status, &json!({ "errors": { field: [words] } }))
}
