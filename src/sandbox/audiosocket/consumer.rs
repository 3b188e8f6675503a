//! The web site's API of 2022: `Authorization: APP JWT` without a scheme, and `auth-token` for what belongs to
//! the listener. Refused tokens are a 422, missing parameters a 500, and what was done is a sentence.

use std::sync::Arc;

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::ask::Ask;
use crate::sandbox::catalogue::Entry;
use crate::sandbox::credentials::CREDENTIALS;
use crate::sandbox::world::World;
use crate::sandbox::{reply, seal};

use super::shelf::Media;
use super::{FIRST_ID, Outcome, find, personal, said, shapes};

/// Seconds that a listener's session lasts; the platform does not say.
pub(super) const SESSION_LIFE_S: u64 = 86_400;

/// Answers a request; `path` is what follows `/audiosocket/manage/api/v1`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    if ask.header("authorization") != Some(CREDENTIALS.audiosocket.app_token) {
        return reply::json(422, &json!({ "message": "Invalid token" }));
    }
    let path = match path {
        ["filters", "track_filters"] => return reply::json(200, &shapes::filters(world)),
        ["filters", "sfx_filters"] => return reply::json(200, &json!([])),
        ["consumer", path @ ..] => path,
        _ => return dressed(Outcome::Missing),
    };
    if let (&Method::POST, ["session"]) = (&ask.method, path) {
        return sign_in(world, ask);
    }
    let is_signed_in = is_session(world, ask.header("auth-token").unwrap_or_default());
    if let Some(response) = open(world, ask, path, is_signed_in) {
        return response;
    }
    if !is_signed_in {
        return reply::json(422, &json!({ "message": "Auth token is missing or invalid" }));
    }
    match personal::answer(world, ask, path) {
        Some(outcome) => dressed(outcome),
        None => dressed(read(world, ask, path)),
    }
}

/// What needs no session: tracks and sound effects.
fn open(world: &World, ask: &Ask, path: &[&str], is_signed_in: bool) -> Option<Response> {
    let tracks = |entries| tracks(world, ask, entries, is_signed_in);
    Some(match (&ask.method, path) {
        (&Method::GET, ["tracks"]) => match find::tracks(world, ask) {
            Some(entries) => tracks(entries),
            None => dressed(Outcome::Wrong("filters are wrong")),
        },
        (&Method::GET, ["tracks", "artist_tracks"]) => {
            match find::by_id(find::artists(world), ask.query("id").unwrap_or_default()) {
                Some(artist) => tracks(find::by_artist(world, &artist)),
                None => dressed(Outcome::Missing),
            }
        }
        (&Method::GET, ["tracks", "similar_tracks"]) => {
            let id = ask.query("aims_id").and_then(|id| id.strip_prefix("aims-"));
            match id.and_then(|id| super::track(world, id)) {
                Some(entry) => tracks(find::similar(world, entry)),
                None => dressed(Outcome::Missing),
            }
        }
        (&Method::POST, ["tracks", id, "similar_tracks"]) => match super::track(world, id) {
            Some(entry) => tracks(find::similar(world, entry)),
            None => dressed(Outcome::Missing),
        },
        (&Method::POST, ["tracks", "upload_track_search"]) => {
            let is_form = ask.header("content-type").unwrap_or_default().starts_with("multipart/form-data");
            let has_file = String::from_utf8_lossy(&ask.body).contains("name=\"file\"");
            match (is_form && has_file).then(|| find::all(world).take(8).collect()) {
                Some(entries) => tracks(entries),
                None => dressed(Outcome::Wrong("file is missing")),
            }
        }
        (&Method::POST, ["tracks", "track_segment_search"]) => match said(ask, "track") {
            Some(_) => tracks(find::all(world).take(8).collect()),
            None => dressed(Outcome::Wrong("track is missing")),
        },
        // Of two clients one has seen the object bare.
        (&Method::GET, ["tracks", id]) => match super::track(world, id) {
            Some(entry) if entry.number.is_multiple_of(2) => reply::json(200, &shapes::track(world, entry)),
            Some(entry) => reply::json(200, &json!({ "track": shapes::track(world, entry) })),
            None => dressed(Outcome::Missing),
        },
        (&Method::GET, ["sfxes"]) => {
            let words = ask.query("query").unwrap_or_default().to_lowercase();
            let ids: Vec<u32> = find::SOUNDS
                .iter()
                .filter(|(_, name, _)| name.to_lowercase().contains(&words))
                .map(|(id, ..)| *id)
                .collect();
            let total = ids.len();
            let rows: Vec<Value> =
                find::page(ask, ids)?.into_iter().filter_map(|id| shapes::sound(world, id)).collect();
            reply::json(200, &json!({ "sfxes": rows, "meta": { "total_sfx_count": total } }))
        }
        (&Method::GET, ["sfxes", id]) if *id != "get_downloaded_sfxes" => {
            match id.parse().ok().and_then(|id| shapes::sound(world, id)) {
                Some(value) => dressed(Outcome::One { key: "sfx", value }),
                None => dressed(Outcome::Missing),
            }
        }
        _ => return None,
    })
}

/// What needs a session and is not the listener's own.
fn read(world: &World, ask: &Ask, path: &[&str]) -> Outcome {
    let curated = |playlists: Vec<&(u32, &str, &str, u32)>| {
        rows(
            ask,
            "curated_playlists",
            playlists.iter().map(|playlist| shapes::curated(world, playlist)).collect(),
        )
    };
    match (&ask.method, path) {
        (&Method::GET, ["curated_playlists"]) => {
            let words = ask.query("query").unwrap_or_default().to_lowercase();
            let mut found: Vec<_> = find::PLAYLISTS.iter().collect();
            found.retain(|(_, name, category, _)| {
                name.to_lowercase().contains(&words)
                    && ask.query("filters").is_none_or(|filter| filter == *category)
            });
            if ask.query("featured") == Some("true") {
                found.truncate(1);
            }
            curated(found)
        }
        (&Method::GET, ["curated_playlists", "categories"]) => {
            let categories = ["Places", "Weather"].iter().zip(1_u32..);
            let rows = categories.map(|(name, id)| json!({ "id": id, "name": name })).collect();
            Outcome::One { key: "categories", value: rows }
        }
        (&Method::GET, ["curated_playlists", "trending_playlists"]) => {
            curated(find::PLAYLISTS.iter().rev().collect())
        }
        (&Method::GET, ["curated_playlists", id, rest @ ..]) => {
            let Some(playlist) = find::PLAYLISTS.iter().find(|(known, ..)| known.to_string() == *id) else {
                return Outcome::Missing;
            };
            match rest {
                [] => Outcome::One { key: "curated_playlist", value: shapes::curated(world, playlist) },
                ["playlist_tracks"] if ask.query("klass") != Some("curated_playlist") => {
                    Outcome::Wrong("klass is missing")
                }
                ["playlist_tracks"] => {
                    let entries = find::curated(world, playlist.3).into_iter().zip(1_u32..);
                    let places = entries.map(|(entry, order)| {
                        json!({ "id": 9000 + order, "note": null, "order": order, "mediable_type": "Track",
                            "mediable_id": FIRST_ID + entry.number, "mediable": shapes::track(world, entry) })
                    });
                    rows(ask, "playlist_tracks", places.collect())
                }
                _ => Outcome::Missing,
            }
        }
        (&Method::GET, ["sfxes", "get_downloaded_sfxes"]) => {
            let things = world.audiosocket.open();
            let sounds = things.downloads.iter().filter_map(|download| match download.media {
                Media::Sound(id) => shapes::sound(world, id),
                Media::Track(_) => None,
            });
            match sounds.collect::<Vec<_>>() {
                sounds if sounds.is_empty() => Outcome::Nothing("No downloaded sfxes"),
                sounds => rows(ask, "sfxes", sounds),
            }
        }
        (&Method::GET, ["consumers", "show_profile"]) => {
            let value = json!({ "id": 7, "first_name": "Ada", "last_name": "Cole",
                "email": CREDENTIALS.audiosocket.email });
            Outcome::One { key: "consumer", value }
        }
        (&Method::GET, ["consumers", "current_subscription"]) => {
            let value = json!({ "plan": "Sandbox", "status": "active", "current_period_end": null });
            Outcome::One { key: "subscription", value }
        }
        _ => Outcome::Missing,
    }
}

fn tracks(world: &World, ask: &Ask, entries: Vec<&Arc<Entry>>, is_signed_in: bool) -> Response {
    let total = entries.len();
    let Some(entries) = find::page(ask, entries) else {
        return dressed(Outcome::Wrong("page is wrong"));
    };
    let rows: Vec<Value> = entries.into_iter().map(|entry| shapes::track(world, entry)).collect();
    let favourites = if is_signed_in { world.audiosocket.open().favourites.clone() } else { Vec::new() };
    let meta = json!({ "total_track_count": total, "favorite_tracks_ids": favourites, "options": "tracks" });
    reply::json(200, &json!({ "tracks": rows, "meta": meta }))
}

fn rows(ask: &Ask, key: &'static str, rows: Vec<Value>) -> Outcome {
    let total = rows.len();
    match find::page(ask, rows) {
        Some(rows) => Outcome::Rows { key, rows, total },
        None => Outcome::Wrong("page is wrong"),
    }
}

fn sign_in(world: &World, ask: &Ask) -> Response {
    let known = CREDENTIALS.audiosocket;
    let (Some(email), Some(password)) = (said(ask, "email"), said(ask, "password")) else {
        return dressed(Outcome::Wrong("email or password is missing"));
    };
    if email != known.email || password != known.password {
        return reply::json(401, &json!({ "message": "Invalid email or password" }));
    }
    let expires = world.now() + SESSION_LIFE_S;
    let token = format!("consumer.{expires}.{}", seal::seal("consumer", expires));
    reply::json(
        200,
        &json!({ "auth_token": token, "first_name": "Ada", "last_name": "Cole", "email": email }),
    )
}

fn is_session(world: &World, token: &str) -> bool {
    let mut parts = token.split('.');
    let (kind, expires, proof) = (parts.next(), parts.next(), parts.next());
    let Some(expires) = expires.and_then(|text| text.parse::<u64>().ok()) else { return false };
    kind == Some("consumer")
        && proof == Some(seal::seal("consumer", expires).as_str())
        && expires > world.now()
}

fn dressed(outcome: Outcome) -> Response {
    match outcome {
        Outcome::Rows { key, rows, total } => {
            reply::json(200, &json!({ key: rows, "meta": { "count": total } }))
        }
        Outcome::Left(rows) => {
            let count = rows.len();
            reply::json(200, &json!({ "consumer_playlists": rows, "meta": { "count": count } }))
        }
        Outcome::One { key, value } | Outcome::Made { key, value } => {
            reply::json(200, &json!({ key: value }))
        }
        Outcome::Put(words) | Outcome::Taken(words) | Outcome::Nothing(words) => {
            reply::json(200, &json!({ "status": words }))
        }
        Outcome::Twice => reply::json(409, &json!({ "status": "Already added" })),
        Outcome::Missing => reply::json(404, &json!({ "message": "Record not found" })),
        Outcome::Wrong(words) => {
            reply::json(500, &json!({ "errors": { "base": [words] }, "message": words }))
        }
    }
}
