//! Playlists of YourMusic. A user may read what is public and change what is his own. There is no call that
//! deletes a playlist or removes a row: whoever wants a row gone replaces all rows.

use axum::http::Method;
use axum::response::Response;
use serde_json::Value;

use crate::sandbox::ask::Ask;
use crate::sandbox::reply;
use crate::sandbox::world::World;

use super::state::{Playlist, Row, Store};
use super::{Refusal, invalid, laravel_page, message, no_method, refuse};

const MAX_NAME: usize = 255;

/// Answers `/playlists/...` for a user; `path` is what follows.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str], user: &str) -> Response {
    let answer = match (path, &ask.method) {
        ([], &Method::GET) => {
            let store = world.yourmusic.store();
            let own = store.playlists.iter().filter(|playlist| playlist.owner.as_deref() == Some(user));
            Ok(reply::json(200, &own.map(Playlist::shape).collect()))
        }
        ([], &Method::POST) => create(world, ask, user),
        (["search"], &Method::GET) => search(world, ask, user),
        ([id], &Method::GET) => one(world, ask, id, user),
        ([id], &Method::PATCH | &Method::PUT) => update(world, ask, id, user),
        ([id, "tracks"], &Method::GET) => {
            readable(&mut world.yourmusic.store(), id, user).map(|known| reply::json(200, &known.rows()))
        }
        ([id, "tracks"], &Method::POST) => add(world, ask, id, user),
        ([id, "tracks"], &Method::PUT) => replace(world, ask, id, user),
        ([id, "tracks", row], &Method::PATCH) => reorder(world, ask, id, row, user),
        ([] | [_] | [_, "tracks"] | [_, "tracks", _], _) => Ok(no_method(ask)),
        _ => Ok(message(404, &format!("The route {} could not be found.", ask.path))),
    };
    answer.unwrap_or_else(|refusal| *refusal)
}

fn readable<'a>(store: &'a mut Store, id: &str, user: &str) -> Result<&'a mut Playlist, Refusal> {
    let known = store.playlist_mut(id).ok_or_else(|| message(404, "Playlist not found."))?;
    if known.is_seen_by(user) { Ok(known) } else { refuse(message(404, "Playlist not found.")) }
}

fn writable<'a>(store: &'a mut Store, id: &str, user: &str) -> Result<&'a mut Playlist, Refusal> {
    let known = readable(store, id, user)?;
    let own = known.owner.as_deref() == Some(user);
    if own { Ok(known) } else { refuse(message(403, "This action is unauthorized.")) }
}

/// The JSON body; without one, nothing.
fn body(ask: &Ask) -> Value {
    serde_json::from_slice(&ask.body).unwrap_or_default()
}

fn name(body: &Value) -> Result<Option<String>, Refusal> {
    match &body["playlist_name"] {
        Value::Null => Ok(None),
        Value::String(name) if !name.trim().is_empty() && name.chars().count() <= MAX_NAME => {
            Ok(Some(name.clone()))
        }
        _ => {
            refuse(invalid("playlist_name", "The playlist name field must be a text of 1 to 255 characters."))
        }
    }
}

fn public(body: &Value) -> Result<Option<bool>, Refusal> {
    match &body["public"] {
        Value::Null => Ok(None),
        Value::Bool(public) => Ok(Some(*public)),
        _ => refuse(invalid("public", "The public field must be true or false.")),
    }
}

fn create(world: &World, ask: &Ask, user: &str) -> Result<Response, Refusal> {
    let body = body(ask);
    let Some(name) = name(&body)? else {
        return refuse(invalid("playlist_name", "The playlist name field is required."));
    };
    let public = public(&body)?.unwrap_or(false);
    let mut store = world.yourmusic.store();
    let (id, now) = (store.uuid(), world.now());
    let owner = Some(user.to_owned());
    let playlist = Playlist { id, owner, name, public, rows: Vec::new(), created: now, updated: now };
    let shape = playlist.shape();
    store.playlists.push(playlist);
    Ok(reply::json(201, &shape))
}

/// Own and public ones by name.
fn search(world: &World, ask: &Ask, user: &str) -> Result<Response, Refusal> {
    let Some(keyword) = ask.query("keyword") else {
        return refuse(invalid("keyword", "The keyword field is required."));
    };
    let keyword = keyword.to_lowercase();
    let found: Vec<Value> = world
        .yourmusic
        .store()
        .playlists
        .iter()
        .filter(|playlist| playlist.is_seen_by(user))
        .filter(|playlist| playlist.name.to_lowercase().contains(&keyword))
        .map(Playlist::shape)
        .collect();
    Ok(laravel_page(world, ask, &found))
}

/// One playlist, with its rows if `with=tracks` asks for them.
fn one(world: &World, ask: &Ask, id: &str, user: &str) -> Result<Response, Refusal> {
    let mut store = world.yourmusic.store();
    let playlist = readable(&mut store, id, user)?;
    let mut answer = playlist.shape();
    if ask.query("with") == Some("tracks") {
        answer["tracks"] = playlist.rows();
    }
    Ok(reply::json(200, &answer))
}

fn update(world: &World, ask: &Ask, id: &str, user: &str) -> Result<Response, Refusal> {
    let body = body(ask);
    let (name, public) = (name(&body)?, public(&body)?);
    let mut store = world.yourmusic.store();
    let playlist = writable(&mut store, id, user)?;
    playlist.name = name.unwrap_or_else(|| playlist.name.clone());
    playlist.public = public.unwrap_or(playlist.public);
    playlist.updated = world.now();
    Ok(reply::json(200, &playlist.shape()))
}

/// A track id is a text; a number is refused.
fn track_id(row: &Value, field: &str) -> Result<String, Refusal> {
    match &row["track_id"] {
        Value::String(id) if !id.is_empty() => Ok(id.clone()),
        Value::Null => refuse(invalid(field, "The track id field is required.")),
        _ => refuse(invalid(field, "The track id field must be a string.")),
    }
}

fn order(row: &Value, field: &str) -> Result<u64, Refusal> {
    row["order"]
        .as_u64()
        .filter(|order| *order >= 1)
        .ok_or_else(|| Box::new(invalid(field, "The order field must be at least 1.")))
}

/// One more at the end.
fn add(world: &World, ask: &Ask, id: &str, user: &str) -> Result<Response, Refusal> {
    let track_id = track_id(&body(ask), "track_id")?;
    let now = world.now();
    let mut store = world.yourmusic.store();
    let row_id = store.uuid();
    let playlist = writable(&mut store, id, user)?;
    let row = Row { id: row_id.clone(), track_id, order: u64::MAX, created: now, updated: now };
    playlist.rows.push(row);
    playlist.renumber(now);
    told(playlist, &row_id, 201)
}

/// Other rows for all rows there were.
fn replace(world: &World, ask: &Ask, id: &str, user: &str) -> Result<Response, Refusal> {
    let body = body(ask);
    let Some(wanted) = body["tracks"].as_array() else {
        return refuse(invalid("tracks", "The tracks field is required."));
    };
    let now = world.now();
    let mut store = world.yourmusic.store();
    let mut rows = Vec::new();
    for (at, row) in wanted.iter().enumerate() {
        let track_id = track_id(row, &format!("tracks.{at}.track_id"))?;
        let order = order(row, &format!("tracks.{at}.order"))?;
        rows.push(Row { id: store.uuid(), track_id, order, created: now, updated: now });
    }
    let playlist = writable(&mut store, id, user)?;
    playlist.rows = rows;
    playlist.renumber(now);
    Ok(reply::json(200, &playlist.rows()))
}

/// A row to another place, from 1; the others make room. Only the moved row is told.
fn reorder(world: &World, ask: &Ask, id: &str, row: &str, user: &str) -> Result<Response, Refusal> {
    let order = order(&body(ask), "order")?;
    let now = world.now();
    let mut store = world.yourmusic.store();
    let playlist = writable(&mut store, id, user)?;
    playlist.renumber(now);
    let Some(at) = playlist.rows.iter().position(|known| known.id == row) else {
        return refuse(message(404, "Playlist track not found."));
    };
    let moved = playlist.rows.remove(at);
    let to = usize::try_from(order - 1).unwrap_or(usize::MAX).min(playlist.rows.len());
    playlist.rows.insert(to, moved);
    for (row, order) in playlist.rows.iter_mut().zip(1..) {
        row.order = order;
    }
    told(playlist, row, 200)
}

fn told(playlist: &Playlist, row: &str, status: u16) -> Result<Response, Refusal> {
    let row = playlist.rows.iter().find(|known| known.id == row);
    row.map(|row| reply::json(status, &row.shape(&playlist.id)))
        .ok_or_else(|| Box::new(message(404, "Playlist track not found.")))
}
