//! Tracks of YourMusic: search, one, and several at once.

use std::sync::Arc;

use axum::response::Response;
use serde_json::json;

use crate::sandbox::ask::Ask;
use crate::sandbox::catalogue::{Catalogue, Entry};
use crate::sandbox::reply;
use crate::sandbox::world::World;

use super::{Refusal, batch, invalid, is_on, message, no_route, refuse, results, shapes};

/// Answers `/tracks/...`; `path` is what follows.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    let one = |id: u32| find(&world.catalogue, id).map(|entry| shapes::track(world, entry, ask));
    match path {
        ["search"] => match found(world, ask) {
            Ok(found) => results(ask, found, |entry| shapes::track(world, entry, ask)),
            Err(refusal) => *refusal,
        },
        ["batch"] => batch(ask, "trackids", "tracks", one).unwrap_or_else(|refusal| *refusal),
        [id] => match id.parse().ok().and_then(one) {
            Some(track) => reply::json(200, &json!({ "track": track })),
            None => message(404, "Track not found."),
        },
        _ => no_route(ask),
    }
}

fn find(catalogue: &Catalogue, id: u32) -> Option<&Arc<Entry>> {
    super::tracks(catalogue).find(|entry| shapes::id(entry) == id)
}

/// What the words and the filters find, tracks one by one.
pub(super) fn found<'a>(world: &'a World, ask: &Ask) -> Result<Vec<&'a Arc<Entry>>, Refusal> {
    let Some(words) = ask.query("q") else { return refuse(invalid("q", "The q field is required.")) };
    let clean_only = is_on(ask, "excludeExplicitContent");
    let artist = ask.query("artistId");
    let mut found = world.catalogue.search(words);
    found.retain(|entry| entry.piece.playlist().is_some() && !(clean_only && entry.explicit));
    found
        .retain(|entry| artist.is_none_or(|id| shapes::artist_id(&world.catalogue, entry).to_string() == id));
    Ok(found)
}
