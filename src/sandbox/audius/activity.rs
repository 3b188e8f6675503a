//! What somebody marked, played or was told: favourites, reposts, library, history and feed.

use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::catalogue::Access;
use crate::sandbox::date;

use super::ids::{self, id};
use super::shelves::Shelf;
use super::state::{Mark, Thing};
use super::{Desk, Generation, Refusal, playlists, refusal, shapes, users};

/// `GET /v1/users/{user_id}/favorites`: only ids, and newer servers write numbers.
pub(super) fn favourites(desk: &Desk<'_>, user: u32) -> Result<Response, Refusal> {
    let (limit, offset) = desk.bounds(50)?;
    let marks = if user == ids::ME {
        desk.world.audius.lock().favourites.clone()
    } else {
        users::marks_of_artist(&desk.world.catalogue, user, 17)
    };
    let row = |(thing, time): &Mark| match thing {
        Thing::Track(number) if desk.generation == Generation::Python => Some(json!({
            "favorite_item_id": id(*number), "favorite_type": "SaveType.track", "user_id": id(user) })),
        Thing::Track(number) => Some(json!({ "favorite_item_id": number, "favorite_type": "SaveType.track",
            "user_id": user, "created_at": date::http_date(*time) })),
        Thing::Playlist(_) => None,
    };
    let rows = marks.iter().rev().filter_map(row).skip(offset).take(limit);
    Ok(desk.data(rows.collect()))
}

/// `GET /v1/users/{user_id}/reposts`.
pub(super) fn reposts(desk: &Desk<'_>, user: u32) -> Result<Response, Refusal> {
    let mut marks = if user == ids::ME {
        desk.world.audius.lock().reposts.clone()
    } else {
        users::marks_of_artist(&desk.world.catalogue, user, 29)
    };
    if user != ids::ME {
        marks.push((Thing::Playlist(ids::PLAYLISTS + 1), 1_767_300_000));
    }
    rows(desk, &marks, 100)
}

/// `GET /v1/users/{id}/history/tracks`.
pub(super) fn history(desk: &Desk<'_>, user: u32) -> Result<Response, Refusal> {
    owner(desk, user)?;
    let tracks: Vec<Mark> = (1..=40).map(|number| (Thing::Track(number), 1_767_300_000)).collect();
    rows(desk, &tracks, 100)
}

/// `GET /v1/users/{id}/feed`: what those who are followed uploaded and made.
pub(super) fn feed(desk: &Desk<'_>, user: u32) -> Result<Response, Refusal> {
    owner(desk, user)?;
    desk.one_of("filter", &["all", "original", "repost"])?;
    let follows: Vec<u32> = desk.world.audius.lock().follows.iter().copied().collect();
    let mut marks: Vec<Mark> = Vec::new();
    for followed in &follows {
        let uploads = users::uploads(&desk.world.catalogue, *followed);
        marks.extend(uploads.map(|entry| (Thing::Track(entry.number), entry.uploaded())));
        if desk.ask.query("tracks_only") != Some("true") {
            let shelves = playlists::all(desk);
            let made = shelves.iter().filter(|shelf| shelf.owner == *followed && !shelf.is_private);
            marks.extend(made.map(|shelf| (Thing::Playlist(shelf.number), shelf.created)));
        }
    }
    marks.sort_by_key(|(_, time)| *time);
    rows(desk, &marks, 50)
}

/// `GET /v1/users/{id}/library/...`: favourites and reposts, and one's own playlists.
pub(super) fn library(desk: &Desk<'_>, user: u32, kind: &str) -> Result<Response, Refusal> {
    owner(desk, user)?;
    desk.one_of("type", &["all", "favorite", "repost", "purchase"])?;
    desk.one_of("sort_method", &["added_date", "plays", "reposts", "saves", "title", "artist_name"])?;
    desk.one_of("sort_direction", &["asc", "desc"])?;
    let wanted = desk.ask.query("type").unwrap_or("all");
    let shelves = playlists::all(desk);
    let mut marks: Vec<Mark> = Vec::new();
    {
        let changes = desk.world.audius.lock();
        let own = shelves.iter().filter(|shelf| shelf.owner == user);
        if wanted == "all" {
            marks.extend(own.map(|shelf| (Thing::Playlist(shelf.number), shelf.created)));
        }
        if matches!(wanted, "all" | "favorite") {
            marks.extend(&changes.favourites);
        }
        if matches!(wanted, "all" | "repost") {
            marks.extend(&changes.reposts);
        }
    }
    let album = |number: u32| shelves.iter().any(|shelf| shelf.number == number && shelf.is_album);
    marks.retain(|(thing, _)| match thing {
        Thing::Track(_) => kind == "tracks",
        Thing::Playlist(number) => kind == if album(*number) { "albums" } else { "playlists" },
    });
    marks.sort();
    marks.dedup_by_key(|(thing, _)| *thing);
    marks.sort_by_key(|(_, time)| *time);
    if desk.ask.query("sort_direction") == Some("asc") {
        marks.reverse();
    }
    rows(desk, &marks, 50)
}

/// The refusal unless the library is of who asks.
fn owner(desk: &Desk<'_>, user: u32) -> Result<(), Refusal> {
    match desk.me() {
        Some(me) if me == user => Ok(()),
        Some(_) => Err(refusal(403, "forbidden")),
        None => Err(refusal(401, "unauthorized")),
    }
}

/// The newest first; what is gone is dropped after the query.
fn rows(desk: &Desk<'_>, marks: &[Mark], usual: usize) -> Result<Response, Refusal> {
    let (limit, offset) = desk.bounds(usual)?;
    let shelves = playlists::all(desk);
    let rows = marks.iter().rev().skip(offset).take(limit);
    Ok(desk.data(rows.filter_map(|mark| row(desk, &shelves, mark)).collect()))
}

fn row(desk: &Desk<'_>, shelves: &[Shelf], (thing, time): &Mark) -> Option<Value> {
    let (kind, class, item) = match thing {
        Thing::Track(number) => {
            let entry = desk.world.catalogue.entry(*number);
            let entry = entry.filter(|entry| entry.access != Access::TakenDown)?;
            ("track", "track_activity", shapes::track(desk, entry))
        }
        Thing::Playlist(number) => {
            let shelf = shelves.iter().find(|shelf| shelf.number == *number)?;
            ("playlist", "collection_activity", shapes::playlist(desk, shelf))
        }
    };
    let mut row = json!({ "timestamp": date::http_date(*time), "item_type": kind, "item": item });
    if let Some(fields) = row.as_object_mut().filter(|_| desk.generation != Generation::Python) {
        fields.insert("class".to_owned(), json!(class));
    }
    Some(row)
}
