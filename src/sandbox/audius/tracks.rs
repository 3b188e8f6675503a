//! Reading tracks: one, several at once, lists, and what hangs on one.

use std::sync::Arc;

use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::catalogue::{Access, Entry};
use crate::sandbox::piece;

use super::ids::{self, id};
use super::{Desk, Generation, Refusal, refusal, search, shapes, stream, users};

const TIMES: &[&str] = &["week", "month", "allTime"];

/// Answers below `/v1/tracks`.
pub(super) fn answer(desk: &Desk<'_>, path: &[&str]) -> Response {
    list(desk, path).unwrap_or_else(|refused| desk.tell(&refused))
}

fn list(desk: &Desk<'_>, path: &[&str]) -> Result<Response, Refusal> {
    let all = || desk.world.catalogue.all().collect::<Vec<_>>();
    if path != ["search"] && path != ["trending"] && desk.generation == Generation::Python && path.len() == 1
    {
        // The first servers have no other list.
        return Ok(with(desk, path.first().unwrap_or(&""), |entry| desk.data(shapes::track(desk, entry))));
    }
    Ok(match path {
        [] => by_names(desk),
        ["search"] => search::tracks(desk)?,
        ["trending"] => {
            desk.one_of("time", TIMES)?;
            // Other times, other leaders.
            let mut tracks = all();
            tracks.rotate_left(if desk.ask.query("time") == Some("allTime") { 8 } else { 0 });
            page(desk, tracks, 100)?
        }
        ["trending", "underground"] => {
            page(desk, desk.world.catalogue.all().filter(|entry| entry.number % 3 == 0).collect(), 100)?
        }
        ["recommended"] => {
            let out = desk.ask.all("exclusion_list");
            page(
                desk,
                all()
                    .into_iter()
                    .filter(|entry| !out.iter().any(|id| ids::names(id, entry.number)))
                    .collect(),
                10,
            )?
        }
        ["feeling-lucky"] => {
            let mut tracks = all();
            let turns = usize::try_from(desk.world.now() % 97).unwrap_or(0);
            tracks.rotate_left(turns);
            page(desk, tracks, 10)?
        }
        ["most-shared"] => {
            desk.one_of("time_range", TIMES)?;
            page(desk, all(), 10)?
        }
        ["recent-comments"] => page(desk, all(), 10)?,
        [id] => with(desk, id, |entry| desk.data(shapes::track(desk, entry))),
        [id, "stream"] => with(desk, id, |entry| stream::play(desk, entry)),
        [id, "download"] => with(desk, id, |entry| stream::download(desk, entry)),
        [id, what] => with(desk, id, |entry| about(desk, entry, what)),
        _ => desk.error(404, "not found"),
    })
}

/// What hangs on a track.
fn about(desk: &Desk<'_>, entry: &Entry, what: &str) -> Response {
    let all = &desk.world.catalogue;
    let answered = match what {
        "remixes" => {
            let remixes = all.all().filter(|remix| shapes::parent(remix) == Some(entry.number)).collect();
            rows(desk, remixes, 10).map(|rows| {
                let count = rows.len();
                desk.data(if desk.full { json!({ "count": count, "tracks": rows }) } else { rows.into() })
            })
        }
        "remixing" => {
            page(desk, shapes::parent(entry).and_then(|parent| all.entry(parent)).into_iter().collect(), 10)
        }
        "comments" => Ok(comments(desk, entry)),
        "favorites" | "reposts" => {
            let fans = (0..3).map(|fan| users::of(all, all.entry(fan * 7 + 1).map_or(entry, |fan| fan)));
            users::page(desk, fans.collect(), 20)
        }
        "top_listeners" => Ok(desk.data(json!([{ "count": 12, "user": shapes::user(desk, ids::ME) }]))),
        "access-info" => Ok(desk.data(json!({ "user_id": users::of(all, entry), "blocknumber": 7,
            "access": { "stream": entry.access == Access::Open, "download": shapes::is_downloadable(entry) },
            "is_stream_gated": shapes::gate(entry).is_object(), "stream_conditions": shapes::gate(entry),
            "is_download_gated": false, "download_conditions": null }))),
        "stems" => Ok(desk.data(json!([]))),
        "inspect" => Ok(desk.data(json!({ "size": piece::file(entry.piece.file()).map_or(0, <[u8]>::len),
            "content_type": crate::sandbox::cdn::media_type(entry.piece.file()) }))),
        _ => Err(refusal(404, "not found")),
    };
    answered.unwrap_or_else(|refused| desk.tell(&refused))
}

fn comments(desk: &Desk<'_>, entry: &Entry) -> Response {
    let comment = json!({ "id": id(50_000 + entry.number), "entity_id": id(entry.number), "entity_type": "Track",
        "user_id": id(ids::ME), "message": "That bridge!", "track_timestamp_s": 12, "react_count": 1,
        "reply_count": 0, "is_edited": false, "created_at": "2026-01-02T03:04:05Z", "replies": [] });
    let related = json!({ "users": [shapes::user(desk, ids::ME)], "tracks": [] });
    crate::sandbox::reply::json(200, &json!({ "data": [comment], "related": related }))
}

/// Those that are named, in the order of the request; unknown ones are left out.
fn by_names(desk: &Desk<'_>) -> Response {
    let mut found: Vec<&Arc<Entry>> = Vec::new();
    for (name, value) in &desk.ask.query {
        let all = || desk.world.catalogue.all();
        found.extend(match name.as_str() {
            "id" => find(desk, value),
            "permalink" => all().find(|entry| shapes::permalink(desk, entry) == *value),
            "isrc" => all().find(|entry| entry.isrc.as_ref() == Some(value)),
            _ => None,
        });
    }
    let there = found.into_iter().filter(|entry| entry.access != Access::TakenDown);
    desk.data(there.map(|entry| shapes::track(desk, entry)).collect())
}

/// The rows that `limit` and `offset` ask for. Entries that were taken down are dropped after the query,
/// so that a page may be short.
pub(super) fn page(desk: &Desk<'_>, entries: Vec<&Arc<Entry>>, usual: usize) -> Result<Response, Refusal> {
    rows(desk, entries, usual).map(|rows| desk.data(rows.into()))
}

fn rows(desk: &Desk<'_>, entries: Vec<&Arc<Entry>>, usual: usize) -> Result<Vec<Value>, Refusal> {
    let (limit, offset) = desk.bounds(usual)?;
    let genres = desk.ask.all("genre");
    let moods = desk.ask.all("mood");
    let keys = desk.ask.all("key");
    let among = |wanted: &[&str], value: &str| {
        wanted.iter().all(|wanted| wanted.is_empty()) || wanted.contains(&value)
    };
    let kept = entries.into_iter().filter(|entry| {
        among(&genres, &entry.genre) && among(&moods, &entry.piece.mood) && among(&keys, &entry.piece.key)
    });
    let rows = kept.skip(offset).take(limit);
    let there = rows.filter(|entry| entry.access != Access::TakenDown);
    Ok(there.map(|entry| shapes::track(desk, entry)).collect())
}

fn with(desk: &Desk<'_>, id: &str, then: impl FnOnce(&Entry) -> Response) -> Response {
    match find(desk, id) {
        Some(entry) if entry.access != Access::TakenDown => then(entry),
        Some(_) | None => desk.error(404, "track not found"),
    }
}

/// By the short id, or by the plain number.
pub(super) fn find<'w>(desk: &Desk<'w>, wanted: &str) -> Option<&'w Arc<Entry>> {
    match wanted.parse() {
        Ok(number) => desk.world.catalogue.entry(number),
        Err(_) => desk.world.catalogue.all().find(|entry| id(entry.number) == wanted),
    }
}
