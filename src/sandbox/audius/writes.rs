//! Changing the library: favourites, reposts, follows and playlists. Takes a bearer with the write scope and
//! `user_id`, which must be the listener's own.

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::reply;

use super::ids::{self, id};
use super::oauth::Scope;
use super::shelves::Shelf;
use super::state::{Thing, mark};
use super::{Desk, Generation, Refusal, playlists, refusal, tracks, users};

/// Longest description of a playlist, in characters.
const MAX_DESCRIPTION_CHARS: usize = 1000;

/// Answers everything that is no GET.
pub(super) fn answer(desk: &Desk<'_>, path: &[&str]) -> Response {
    if desk.generation != Generation::Go2026 {
        return desk.error(405, "method not allowed");
    }
    match desk.session.as_ref().map(|session| session.scope) {
        None => return desk.error(401, "unauthorized"),
        Some(Scope::Read) => return desk.error(403, "the token has no write scope"),
        Some(Scope::Write) => {}
    }
    if desk.ask.query("user_id").is_none() {
        return desk.error(400, "user_id is required");
    }
    let on = match desk.ask.method {
        Method::POST => Some(true),
        Method::DELETE => Some(false),
        _ => None,
    };
    let missing = || desk.error(404, "not found");
    match (path, on) {
        (["tracks", track, what @ ("favorites" | "reposts")], Some(on)) => match tracks::find(desk, track) {
            Some(entry) => marked(desk, what, Thing::Track(entry.number), on),
            None => missing(),
        },
        (["tracks" | "playlists", _, "shares"] | ["tracks", _, "downloads"], Some(true)) => done(desk, 200),
        (["playlists"], Some(true)) => create(desk),
        (["playlists", shelf, rest @ ..], on) => match (playlists::find(desk, shelf), rest, on) {
            (Some(shelf), [what @ ("favorites" | "reposts")], Some(on)) => {
                marked(desk, what, Thing::Playlist(shelf.number), on)
            }
            (Some(shelf), [], None | Some(false)) if shelf.owner != ids::ME => {
                desk.error(403, "you do not own this playlist")
            }
            (Some(shelf), [], Some(false)) => {
                desk.world.audius.lock().shelves.retain(|known| known.number != shelf.number);
                done(desk, 200)
            }
            (Some(shelf), [], None) if desk.ask.method == Method::PUT => update(desk, &shelf),
            (Some(_), _, _) => desk.error(405, "method not allowed"),
            (None, _, _) => missing(),
        },
        (["users", user, what @ ("follow" | "subscribe")], Some(on)) => {
            match users::find(desk, |number| ids::names(user, number)) {
                Some(user) => {
                    let mut changes = desk.world.audius.lock();
                    let people =
                        if *what == "follow" { &mut changes.follows } else { &mut changes.subscriptions };
                    if on {
                        people.insert(user)
                    } else {
                        people.remove(&user)
                    };
                    drop(changes);
                    done(desk, 200)
                }
                None => missing(),
            }
        }
        _ => desk.error(405, "method not allowed"),
    }
}

fn marked(desk: &Desk<'_>, what: &str, thing: Thing, on: bool) -> Response {
    let mut changes = desk.world.audius.lock();
    let marks = if what == "favorites" { &mut changes.favourites } else { &mut changes.reposts };
    mark(marks, thing, on, desk.world.now());
    drop(changes);
    done(desk, 200)
}

fn create(desk: &Desk<'_>) -> Response {
    let now = desk.world.now();
    let number = ids::MADE + desk.world.audius.lock().made;
    let fresh = Shelf {
        number,
        name: String::new(),
        description: None,
        owner: ids::ME,
        is_album: false,
        is_private: false,
        contents: Vec::new(),
        created: now,
        updated: now,
    };
    match edited(desk, fresh) {
        Ok(shelf) if shelf.name.trim().is_empty() => desk.error(400, "playlist_name is required"),
        Ok(shelf) => {
            let mut changes = desk.world.audius.lock();
            changes.made += 1;
            changes.shelves.push(shelf);
            drop(changes);
            let answer = json!({ "success": true, "playlist_id": id(number), "transaction_hash": "0x0",
                "block_hash": "0x0", "block_number": 101 });
            reply::json(201, &answer)
        }
        Err(refused) => desk.tell(&refused),
    }
}

fn update(desk: &Desk<'_>, shelf: &Shelf) -> Response {
    match edited(desk, shelf.clone()) {
        Ok(edited) => {
            let mut changes = desk.world.audius.lock();
            if let Some(known) = changes.shelves.iter_mut().find(|known| known.number == shelf.number) {
                *known = Shelf { updated: desk.world.now(), ..edited };
            }
            drop(changes);
            done(desk, 200)
        }
        Err(refused) => desk.tell(&refused),
    }
}

/// The shelf with what the body holds put in its place; the list of tracks is always a whole one.
fn edited(desk: &Desk<'_>, mut shelf: Shelf) -> Result<Shelf, Refusal> {
    let bad = |words: &str| refusal(400, words);
    let Ok(Value::Object(body)) = serde_json::from_slice(&desk.ask.body) else {
        return Err(bad("send a JSON object"));
    };
    for (name, value) in &body {
        let text = || value.as_str().ok_or_else(|| bad(&format!("{name} is no text")));
        let flag = || value.as_bool().ok_or_else(|| bad(&format!("{name} is no switch")));
        match name.as_str() {
            "playlist_name" => shelf.name = text()?.to_owned(),
            "description" if value.is_null() => shelf.description = None,
            "description" if text()?.chars().count() > MAX_DESCRIPTION_CHARS => {
                return Err(bad("description is too long"));
            }
            "description" => shelf.description = Some(text()?.to_owned()),
            "is_private" => shelf.is_private = flag()?,
            "is_album" => shelf.is_album = flag()?,
            "playlist_contents" => shelf.contents = contents(desk, value)?,
            _ => {}
        }
    }
    Ok(shelf)
}

fn contents(desk: &Desk<'_>, value: &Value) -> Result<Vec<(u32, u64)>, Refusal> {
    let row = |row: &Value| {
        let track = match &row["track_id"] {
            Value::Number(number) => number.to_string(),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        let time = |name: &str| row[name].as_u64();
        let entry = tracks::find(desk, &track);
        let whole = time("timestamp").filter(|_| time("metadata_timestamp").is_some());
        Some((entry?.number, whole?))
    };
    let rows: Option<Vec<_>> = value.as_array().and_then(|rows| rows.iter().map(row).collect());
    rows.ok_or_else(|| refusal(400, "invalid playlist_contents"))
}

fn done(desk: &Desk<'_>, status: u16) -> Response {
    let block = desk.world.now() % 100_000;
    reply::json(
        status,
        &json!({ "success": true, "transaction_hash": "0x0", "block_hash": "0x0",
        "block_number": block }),
    )
}
