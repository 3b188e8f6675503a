//! Search by kind, and how it is narrowed down.

use crate::catalog::CatalogError;
use crate::catalog::call::Asked;
use crate::model::{Allowed, Filter, Item, Kind, Page, SearchQuery};

use super::Audius;
use super::hosts::Route;
use super::lists::{GENRES, Rows};
use super::reading::{Reading, bounds};

/// Filters that the service takes as they are: own key, the service's parameter.
const PASSED_ON: [(&str, &str); 5] = [
    ("sort", "sort_method"),
    ("mood", "mood"),
    ("key", "key"),
    ("bpm-min", "bpm_min"),
    ("bpm-max", "bpm_max"),
];

/// What a search can be narrowed down by.
pub(super) fn filters() -> Vec<Filter> {
    let any = |key, words| Filter { key, words, values: Vec::new(), is_free: true };
    let some = |key, words, values: &[&str]| Filter {
        key,
        words,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        is_free: false,
    };
    vec![
        some("downloads", "only what may be downloaded", &["yes", "no"]),
        some("sort", "order", &["relevant", "popular", "recent"]),
        some("verified", "only verified artists", &["yes", "no"]),
        // The API takes any text; these are what its own pages offer.
        Filter { is_free: true, ..some("genre", "genre", GENRES) },
        any("mood", "mood"),
        any("key", "musical key, as in C major"),
        any("bpm-min", "slowest tempo, in beats a minute"),
        any("bpm-max", "fastest tempo, in beats a minute"),
    ]
}

/// Whether a switch is on.
fn is_on(query: &SearchQuery, key: &str) -> bool {
    query.filter(key).is_some_and(|value| matches!(value, "yes" | "true" | "1" | "on"))
}

impl Audius {
    /// A page of what matches the words.
    pub(super) async fn find(&self, query: &SearchQuery) -> Result<Page<Item>, CatalogError> {
        self.house()?;
        if query.words.trim().is_empty() {
            return Ok(Page::default());
        }
        let (path, rows) = match query.kind {
            Kind::Track => ("/tracks/search", Rows::Tracks),
            Kind::Artist => ("/users/search", Rows::Users),
            Kind::Playlist => ("/playlists/search", Rows::Playlists),
            // A search of its own on newer servers; on older ones albums are among the playlists.
            Kind::Album => ("/search/full", Rows::Playlists),
        };
        let asked = Asked::known(match query.kind {
            Kind::Track => "searching tracks",
            Kind::Artist => "searching artists",
            Kind::Playlist => "searching playlists",
            Kind::Album => "searching albums",
        });
        let route = if query.kind == Kind::Album { Route::Thing } else { Route::Sure };
        let mut reading = Reading { asked, route, path, id: "", query: parameters(query) };
        let found = match self.read(&reading).await {
            Err(CatalogError::NotFound { .. } | CatalogError::WebPage { .. })
                if query.kind == Kind::Album =>
            {
                reading.path = "/playlists/search";
                reading.route = Route::Sure;
                reading.query.retain(|(name, _)| *name != "kind");
                self.read(&reading).await?
            }
            found => found?,
        };
        let mut page = self.page(found, rows, query.page, true).await?;
        // Albums and playlists are found by the same search, and older servers do not know every filter.
        page.items.retain(|item| match item {
            Item::Track(track) => !is_on(query, "downloads") || track.keepable == Allowed::Yes,
            Item::Collection(collection) => collection.reference.kind == query.kind,
            Item::List(_) => false,
        });
        Ok(page)
    }
}

fn parameters(query: &SearchQuery) -> Vec<(&'static str, String)> {
    let mut parameters = vec![("query", query.words.clone())];
    parameters.extend(bounds(u64::from(query.limit.clamp(1, 100)), query.page));
    if query.kind == Kind::Album {
        parameters.push(("kind", "albums".to_owned()));
    }
    if is_on(query, "downloads") {
        // As the older servers call it, and as the newer do.
        parameters.push(("only_downloadable", "true".to_owned()));
        parameters.push(("has_downloads", "true".to_owned()));
    }
    if is_on(query, "verified") {
        parameters.push(("is_verified", "true".to_owned()));
    }
    // Several are sent as several parameters; no genre has a comma in it.
    for genre in query.filter("genre").unwrap_or_default().split(',').map(str::trim) {
        if !genre.is_empty() {
            parameters.push(("genre", genre.to_owned()));
        }
    }
    for (key, name) in PASSED_ON {
        if let Some(value) = query.filter(key).filter(|value| !value.is_empty()) {
            parameters.push((name, value.to_owned()));
        }
    }
    parameters
}
