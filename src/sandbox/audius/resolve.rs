//! From an address of the web site to one of the API: a redirect to a path on the same host, without the
//! parameters that came.

use axum::response::Response;

use crate::sandbox::reply;

use super::ids::id;
use super::{Desk, playlists, shapes, users};

/// `GET /v1/resolve`.
pub(super) fn answer(desk: &Desk<'_>) -> Response {
    let Some(url) = desk.ask.query("url") else { return desk.error(400, "missing url") };
    let path = match url.split_once("://") {
        None => url.to_owned(),
        Some((_, rest)) => match rest.strip_prefix("audius.co") {
            Some(path) => path.to_owned(),
            None => return desk.error(400, "invalid url"),
        },
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if !path.starts_with('/') {
        return desk.error(400, "invalid url");
    }
    let tracks = || desk.world.catalogue.all();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let found = match parts.as_slice() {
        [handle] => {
            users::find(desk, |user| users::handle(user) == *handle).map(|user| format!("users/{}", id(user)))
        }
        [_, "playlist" | "album", _] => playlists::all(desk)
            .iter()
            .find(|shelf| shapes::shelf_permalink(shelf) == path)
            .map(|shelf| format!("playlists/{}", id(shelf.number))),
        [_, _] => tracks()
            .find(|entry| shapes::permalink(desk, entry) == path)
            .map(|entry| format!("tracks/{}", id(entry.number))),
        _ => None,
    };
    match found {
        Some(found) => reply::redirect(302, &format!("{}/v1/{found}", desk.base)),
        None => desk.error(404, "not found"),
    }
}
