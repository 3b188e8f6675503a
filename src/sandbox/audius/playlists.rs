//! Reading playlists and albums.

use axum::response::Response;
use serde_json::json;

use super::shelves::Shelf;
use super::{Desk, Generation, Refusal, ids, search, shapes, stream, users};
use crate::sandbox::catalogue::Access;

/// Answers below `/v1/playlists`.
pub(super) fn answer(desk: &Desk<'_>, path: &[&str]) -> Response {
    match path {
        [] => {
            let wanted = desk.ask.all("id");
            let shelves = wanted.into_iter().filter_map(|id| find(desk, id));
            desk.data(shelves.map(|shelf| shapes::playlist(desk, &shelf)).collect())
        }
        ["search"] => search::playlists(desk).unwrap_or_else(|refused| desk.tell(&refused)),
        ["trending"] => trending(desk).unwrap_or_else(|refused| desk.tell(&refused)),
        ["by_permalink", handle, slug] => {
            let end = format!("/{slug}");
            let all = all(desk);
            let found = all.iter().find(|shelf| {
                users::handle(shelf.owner) == *handle && shapes::shelf_permalink(shelf).ends_with(&end)
            });
            match found {
                Some(shelf) => desk.data(json!([shapes::playlist(desk, shelf)])),
                None => desk.error(404, "playlist not found"),
            }
        }
        [id, rest @ ..] => match find(desk, id) {
            Some(shelf) => one(desk, &shelf, rest),
            None => desk.error(404, "playlist not found"),
        },
    }
}

fn one(desk: &Desk<'_>, shelf: &Shelf, what: &[&str]) -> Response {
    let catalogue = &desk.world.catalogue;
    match what {
        // The first servers' example is an object, whatever their schema says.
        [] if desk.generation == Generation::Python => desk.data(shapes::playlist(desk, shelf)),
        [] => desk.data(json!([shapes::playlist(desk, shelf)])),
        ["tracks"] => {
            let entries = shelf.contents.iter().filter_map(|(track, _)| catalogue.entry(*track));
            let there = entries.filter(|entry| entry.access != Access::TakenDown);
            desk.data(there.map(|entry| shapes::track(desk, entry)).collect())
        }
        ["stream"] => stream::list(desk, shelf),
        ["access-info"] => desk.data(json!({ "access": { "stream": true, "download": false },
            "user_id": shelf.owner, "blocknumber": 7, "is_stream_gated": false, "stream_conditions": null,
            "is_download_gated": false, "download_conditions": null })),
        ["favorites" | "reposts"] => {
            users::page(desk, vec![ids::USERS + 1], 20).unwrap_or_else(|refused| desk.tell(&refused))
        }
        _ => desk.error(404, "not found"),
    }
}

fn trending(desk: &Desk<'_>) -> Result<Response, Refusal> {
    desk.one_of("time", &["week", "month", "year"])?;
    desk.one_of("type", &["playlist", "album"])?;
    let kind = desk.ask.query("type");
    let wanted = |shelf: &Shelf| kind.is_none_or(|kind| shelf.is_album == (kind == "album"));
    page(desk, |shelf| !shelf.is_private && wanted(shelf), 30)
}

/// Those that are wanted and that who asks may see.
pub(super) fn page(
    desk: &Desk<'_>,
    wanted: impl Fn(&Shelf) -> bool,
    usual: usize,
) -> Result<Response, Refusal> {
    desk.one_of("sort_method", &["recent", "popular", "relevant"])?;
    let (limit, offset) = desk.bounds(usual)?;
    let all = all(desk);
    let rows = all.iter().filter(|shelf| seen(desk, shelf) && wanted(shelf)).skip(offset).take(limit);
    Ok(desk.data(rows.map(|shelf| shapes::playlist(desk, shelf)).collect()))
}

/// All that there are, private ones too.
pub(super) fn all(desk: &Desk<'_>) -> Vec<Shelf> {
    desk.world.audius.lock().shelves.clone()
}

/// By id.
pub(super) fn find(desk: &Desk<'_>, id: &str) -> Option<Shelf> {
    all(desk).into_iter().find(|shelf| ids::names(id, shelf.number)).filter(|shelf| seen(desk, shelf))
}

/// Private ones are for their owner.
fn seen(desk: &Desk<'_>, shelf: &Shelf) -> bool {
    !shelf.is_private || desk.me() == Some(shelf.owner)
}
