//! Artists of YourMusic: search, by letter, one, and the releases of one.

use std::sync::Arc;

use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::ask::Ask;
use crate::sandbox::catalogue::{Catalogue, Entry};
use crate::sandbox::reply;
use crate::sandbox::world::World;

use super::{cut, invalid, message, no_route, releases, results, shapes};

/// Answers `/artists/...`; `path` is what follows.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    match path {
        ["search"] => search(world, ask),
        ["browse"] => browse(world, ask),
        [id] => match find(&world.catalogue, id) {
            Some(entry) => {
                let artist = shapes::artist(world, entry);
                reply::json(200, &json!({ "status": "ok", "version": "1.2", "artist": artist }))
            }
            None => message(404, "Artist not found."),
        },
        [id, "releases"] => match find(&world.catalogue, id) {
            Some(entry) => releases_of(world, ask, entry),
            None => message(404, "Artist not found."),
        },
        _ => no_route(ask),
    }
}

/// The first entry of each artist who has a name.
fn all(catalogue: &Catalogue) -> impl Iterator<Item = &Arc<Entry>> {
    super::tracks(catalogue)
        .filter(|entry| entry.artist.as_deref().is_some_and(|name| !name.trim().is_empty()))
        .filter(|entry| shapes::first_of_artist(catalogue, entry) == entry.number)
}

fn find<'a>(catalogue: &'a Catalogue, id: &str) -> Option<&'a Arc<Entry>> {
    all(catalogue).find(|entry| shapes::artist_id(catalogue, entry).to_string() == id)
}

fn search(world: &World, ask: &Ask) -> Response {
    let Some(words) = ask.query("q") else { return invalid("q", "The q field is required.") };
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let matches = |entry: &&Arc<Entry>| {
        let name = entry.artist.as_deref().unwrap_or_default().to_lowercase();
        words.iter().all(|word| name.contains(word))
    };
    let found: Vec<&Arc<Entry>> = all(&world.catalogue).filter(matches).collect();
    results(ask, found, |entry| {
        json!({ "id": shapes::artist_id(&world.catalogue, entry), "name": entry.artist,
            "popularity": f64::from(400 - entry.number) / 400.0, "score": 12.5 })
    })
}

/// Those whose name in a list begins with a letter; all of them on one page.
fn browse(world: &World, ask: &Ask) -> Response {
    let Some(letter) = ask.query("letter") else {
        return invalid("letter", "The letter field is required.");
    };
    let letter = letter.to_lowercase();
    let mut found: Vec<&Arc<Entry>> = all(&world.catalogue)
        .filter(|entry| shapes::sort_name(entry).to_lowercase().starts_with(&letter))
        .collect();
    found.sort_by_key(|entry| shapes::sort_name(entry).to_lowercase());
    let rows: Vec<Value> = found.iter().map(|entry| shapes::artist(world, entry)).collect();
    let inner =
        json!({ "page": 1, "pageSize": rows.len().max(10), "totalItems": rows.len(), "artist": rows });
    reply::json(200, &json!({ "status": "ok", "version": "1.2", "artists": inner }))
}

/// Here, and only here, the year is a text.
fn releases_of(world: &World, ask: &Ask, entry: &Entry) -> Response {
    let wanted = ask.query("type");
    let releases: Vec<_> = releases::all(&world.catalogue)
        .into_iter()
        .filter(|release| release.first.artist == entry.artist)
        .filter(|release| wanted.is_none_or(|kind| release.kind().eq_ignore_ascii_case(kind)))
        .collect();
    let total = releases.len();
    match cut(ask, releases) {
        Err(refusal) => *refusal,
        Ok((page, size, rows)) => {
            let year = |release: &releases::Release| json!(release.first.year.to_string());
            let rows: Vec<Value> =
                rows.iter().map(|release| releases::shape(world, ask, release, &year(release))).collect();
            let inner = json!({ "page": page, "pageSize": size, "totalItems": total, "releases": rows });
            reply::json(200, &json!({ "status": "ok", "version": "1.2", "releases": inner }))
        }
    }
}
