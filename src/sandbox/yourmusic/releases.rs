//! Releases of YourMusic: search, one, its tracks, and several at once.

use std::sync::Arc;

use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::ask::Ask;
use crate::sandbox::catalogue::{Catalogue, Entry, slug};
use crate::sandbox::reply;
use crate::sandbox::world::World;

use super::{batch, is_on, message, no_route, results, shapes, tracks};

/// Tracks of one artist with one album's name. A track without an album is a single.
pub(super) struct Release<'a> {
    /// Gives the release its number, picture and year.
    pub first: &'a Arc<Entry>,
    pub entries: Vec<&'a Arc<Entry>>,
}

impl Release<'_> {
    /// With a capital, as upstream sends it.
    pub(super) fn kind(&self) -> &'static str {
        if self.first.album.is_some() { "Album" } else { "Single" }
    }

    fn title(&self) -> Option<&str> {
        self.first.album.as_deref().or(self.first.title.as_deref())
    }

    fn seconds(&self) -> u64 {
        self.entries.iter().map(|entry| entry.piece.seconds()).sum()
    }

    fn is_explicit(&self) -> bool {
        self.entries.iter().any(|entry| entry.explicit)
    }
}

/// All releases, the most played first.
pub(super) fn all(catalogue: &Catalogue) -> Vec<Release<'_>> {
    let mut releases: Vec<Release<'_>> = Vec::new();
    for entry in super::tracks(catalogue) {
        let same = |release: &&mut Release<'_>| {
            entry.album.is_some()
                && release.first.album == entry.album
                && release.first.artist == entry.artist
        };
        match releases.iter_mut().find(same) {
            Some(release) => release.entries.push(entry),
            None => releases.push(Release { first: entry, entries: vec![entry] }),
        }
    }
    releases
}

/// Answers `/releases/...`; `path` is what follows.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    let releases = all(&world.catalogue);
    let find = |id: u32| releases.iter().find(|release| shapes::FIRST_RELEASE + release.first.number == id);
    let one = |id: u32| find(id).map(|release| shape(world, ask, release, &json!(release.first.year)));
    match path {
        ["search"] => search(world, ask, &releases),
        ["batch"] => batch(ask, "releaseids", "releases", one).unwrap_or_else(|refusal| *refusal),
        [id] => match id.parse().ok().and_then(one) {
            Some(release) => reply::json(200, &json!({ "release": release })),
            None => message(404, "Release not found."),
        },
        [id, "tracks"] => match id.parse().ok().and_then(find) {
            Some(release) => {
                // The last comes first: the numbers tell the place.
                let entries = release.entries.iter().rev();
                let rows: Vec<Value> = entries.map(|entry| shapes::track(world, entry, ask)).collect();
                let answer = json!({ "page": 1, "pageSize": rows.len().max(10), "totalItems": rows.len(),
                    "tracks": rows });
                reply::json(200, &answer)
            }
            None => message(404, "Release not found."),
        },
        _ => no_route(ask),
    }
}

/// By title and artist. Without a picture, and flatter than elsewhere.
fn search(world: &World, ask: &Ask, releases: &[Release<'_>]) -> Response {
    let matching = match tracks::found(world, ask) {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    let clean_only = is_on(ask, "excludeExplicitContent");
    let found: Vec<&Release<'_>> = releases
        .iter()
        .filter(|release| !(clean_only && release.is_explicit()))
        .filter(|release| matching.iter().any(|entry| entry.number == release.first.number))
        .collect();
    results(ask, found, |release| {
        let first = release.first;
        json!({ "id": shapes::FIRST_RELEASE + first.number, "title": release.title(), "subtitle": null,
            "upc": format!("50{:011}", first.number), "explicitContent": release.is_explicit(),
            "trackCount": release.entries.len(), "year": first.year, "type": release.kind().to_lowercase(),
            "availableFor": ["stream"],
            "artist": { "id": shapes::artist_id(&world.catalogue, first), "name": first.artist },
            "licensor": { "id": 3, "name": "Pier" }, "label": { "id": 9, "name": "Quay" },
            "packages": [{ "id": 2, "name": "standard", "price": { "currencyCode": "GBP", "rrp": "7.99" },
                "formats": [{ "id": 17, "name": "MP3 320" }] }],
            "popularity": f64::from(400 - first.number) / 400.0, "score": 9.75 })
    })
}

/// A whole release; its year is a number or a text, depending on where it stands.
pub(super) fn shape(world: &World, ask: &Ask, release: &Release<'_>, year: &Value) -> Value {
    let first = release.first;
    let title = release.title();
    json!({ "id": shapes::FIRST_RELEASE + first.number, "title": title, "version": "",
        "type": release.kind(), "barcode": format!("50{:011}", first.number), "year": year,
        "explicitContent": release.is_explicit(), "artist": shapes::artist(world, first),
        "slug": slug(title.unwrap_or_default()), "cline": "© Quay", "pline": "℗ Quay",
        "image": shapes::image(world, first, ask.query("imageSize").unwrap_or("50")),
        "label": { "id": 9, "name": "Quay" }, "licensor": { "id": 3, "name": "Pier" },
        "popularity": 0.5, "duration": release.seconds(), "trackCount": release.entries.len(),
        "download": { "releaseDate": format!("{}-05-15T00:00:00Z", first.year), "packages": [{ "id": 2,
            "description": "standard", "price": { "currencyCode": "GBP", "sevendigitalPrice": "7.99",
            "recommendedRetailPrice": "7.99" }, "formats": [{ "id": 17, "description": "MP3 320" }] }] },
        "subscriptionStreaming": { "releaseDate": format!("{}-05-15T00:00:00Z", first.year) } })
}
