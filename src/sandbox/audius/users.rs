//! Reading users: artists by what they uploaded, and the one listener.

use std::sync::Arc;

use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::catalogue::{Access, Catalogue, Entry};

use super::ids::{self, id};
use super::state::Thing;
use super::{Desk, Refusal, activity, playlists, refusal, search, shapes, tracks};

/// The number of the user who uploaded an entry: all that share an artist are one user's.
pub(super) fn of(catalogue: &Catalogue, entry: &Entry) -> u32 {
    let lead = catalogue.all().find(|other| other.artist == entry.artist);
    ids::USERS + lead.map_or(entry.number, |lead| lead.number)
}

/// What a user uploaded.
pub(super) fn uploads(catalogue: &Catalogue, user: u32) -> impl Iterator<Item = &Arc<Entry>> {
    let lead = user.checked_sub(ids::USERS).and_then(|number| catalogue.entry(number));
    catalogue.all().filter(move |entry| lead.is_some_and(|lead| lead.artist == entry.artist))
}

/// All artists, those of the first entries first.
pub(super) fn artists(catalogue: &Catalogue) -> impl Iterator<Item = (u32, &Arc<Entry>)> {
    catalogue
        .all()
        .map(|entry| (of(catalogue, entry), entry))
        .filter(|(number, entry)| *number == ids::USERS + entry.number)
}

/// How a user is called in addresses.
pub(super) fn handle(number: u32) -> String {
    if number == ids::ME {
        "listener".to_owned()
    } else {
        format!("artist{}", number.saturating_sub(ids::USERS))
    }
}

/// A user by id, number or handle.
pub(super) fn find(desk: &Desk<'_>, is: impl Fn(u32) -> bool) -> Option<u32> {
    let known = artists(&desk.world.catalogue).map(|(number, _)| number).chain([ids::ME]);
    known.into_iter().find(|number| is(*number))
}

/// Answers below `/v1/users`.
pub(super) fn answer(desk: &Desk<'_>, path: &[&str]) -> Response {
    let whole = |number: u32| desk.data(shapes::user(desk, number));
    match path {
        [] => {
            let wanted =
                desk.ask.all("id").into_iter().filter_map(|id| find(desk, |user| ids::names(id, user)));
            desk.data(wanted.map(|number| shapes::user(desk, number)).collect())
        }
        ["search"] => search::users(desk).unwrap_or_else(|refused| desk.tell(&refused)),
        ["handle", handle] => match find(desk, |user| self::handle(user) == handle.to_lowercase()) {
            Some(number) => whole(number),
            None => desk.error(404, "user not found"),
        },
        [user, rest @ ..] => match find(desk, |number| ids::names(user, number)) {
            None => desk.error(404, "user not found"),
            Some(number) if rest.is_empty() => whole(number),
            Some(number) => about(desk, number, rest).unwrap_or_else(|refused| desk.tell(&refused)),
        },
    }
}

fn about(desk: &Desk<'_>, user: u32, what: &[&str]) -> Result<Response, Refusal> {
    let all = &desk.world.catalogue;
    match what {
        ["tracks"] => {
            desk.one_of("filter_tracks", &["all", "public", "unlisted"])?;
            tracks::page(desk, sorted(desk, uploads(all, user).collect())?, 20)
        }
        ["favorites"] => activity::favourites(desk, user),
        ["reposts"] => activity::reposts(desk, user),
        ["tags"] => {
            let limit = desk.ask.number("limit", 10, 1..=100);
            let limit = limit.ok_or_else(|| refusal(400, "invalid limit"))?;
            let mut tags: Vec<String> = uploads(all, user).flat_map(|entry| shapes::tags(entry)).collect();
            tags.sort();
            tags.dedup();
            tags.truncate(limit);
            Ok(desk.data(tags.into()))
        }
        ["albums"] => playlists::page(desk, |shelf| shelf.owner == user && shelf.is_album, 20),
        ["playlists"] => playlists::page(desk, |shelf| shelf.owner == user && !shelf.is_album, 20),
        ["followers" | "subscribers"] => page(desk, vec![ids::ME, ids::USERS + 4], 100),
        ["following" | "mutuals"] if user == ids::ME => {
            let follows = desk.world.audius.lock().follows.iter().copied().collect();
            page(desk, follows, 100)
        }
        ["following" | "mutuals" | "related"] => {
            let others = artists(all).map(|(number, _)| number).filter(|number| *number != user);
            page(desk, others.take(30).collect(), 10)
        }
        ["supporters"] => {
            Ok(desk.data(json!([{ "rank": 1, "amount": "10", "sender": shapes::user(desk, ids::ME) }])))
        }
        ["supporting"] => Ok(desk.data(json!([]))),
        ["history", "tracks"] => activity::history(desk, user),
        ["library", kind @ ("tracks" | "playlists" | "albums")] => activity::library(desk, user, kind),
        ["feed"] => activity::feed(desk, user),
        ["recommended-tracks"] => {
            tracks::page(desk, all.all().filter(|entry| entry.number % 5 == 1).collect(), 10)
        }
        ["now-playing"] => Ok(desk.data(Value::Null)),
        _ => Err(refusal(404, "not found")),
    }
}

/// As `sort`, or `sort_method` and `sort_direction`, ask.
fn sorted<'w>(desk: &Desk<'_>, entries: Vec<&'w Arc<Entry>>) -> Result<Vec<&'w Arc<Entry>>, Refusal> {
    desk.one_of("sort", &["date", "plays"])?;
    desk.one_of("sort_method", &["title", "release_date", "plays", "reposts", "saves"])?;
    desk.one_of("sort_direction", &["asc", "desc"])?;
    let mut entries = entries;
    if let Some(words) = desk.ask.query("query").map(str::to_lowercase) {
        entries.retain(|entry| entry.title.as_deref().unwrap_or_default().to_lowercase().contains(&words));
    }
    let method = desk.ask.query("sort_method").or_else(|| desk.ask.query("sort")).unwrap_or("release_date");
    match method {
        "title" => entries.sort_by_key(|entry| entry.title.clone()),
        "release_date" | "date" => entries.sort_by_key(|entry| entry.uploaded()),
        _ => entries.sort_by_key(|entry| entry.plays()),
    }
    let usual = if method == "title" { "asc" } else { "desc" };
    if desk.ask.query("sort_direction").unwrap_or(usual) == "desc" {
        entries.reverse();
    }
    Ok(entries)
}

/// The rows that `limit` and `offset` ask for.
pub(super) fn page(desk: &Desk<'_>, numbers: Vec<u32>, usual: usize) -> Result<Response, Refusal> {
    let (limit, offset) = desk.bounds(usual)?;
    let rows = numbers.into_iter().skip(offset).take(limit);
    Ok(desk.data(rows.map(|number| shapes::user(desk, number)).collect()))
}

/// What an artist marked; it never changes.
pub(super) fn marks_of_artist(catalogue: &Catalogue, user: u32, every: u32) -> Vec<(Thing, u64)> {
    let tracks = catalogue.all().filter(|entry| (entry.number + user).is_multiple_of(every));
    let open = tracks.filter(|entry| entry.access != Access::TakenDown);
    open.map(|entry| (Thing::Track(entry.number), entry.uploaded())).collect()
}

/// `GET /v1/notifications/{user_id}`.
pub(super) fn notifications(desk: &Desk<'_>, user: &str) -> Response {
    if desk.me().is_none() || !ids::names(user, ids::ME) {
        return desk.error(403, "forbidden");
    }
    let note = json!({ "type": "create", "group_id": "create:track:1", "is_seen": false,
        "actions": [{ "specifier": id(1), "type": "create", "timestamp": 1_767_300_000,
            "data": { "track_id": id(1) } }] });
    desk.data(json!({ "notifications": [note], "unread_count": 1 }))
}
