//! Search: tracks, releases, artists and playlists, and the explicit filter.

use serde_json::Value;

use crate::catalog::CatalogError;
use crate::catalog::call::Kept;
use crate::catalog::tolerant;
use crate::model::{Item, Kind, Page, SearchQuery};

use super::calls::{Call, Place, number};
use super::operations::{ARTIST_SEARCH, PLAYLIST_SEARCH, RELEASE_SEARCH, TRACK_SEARCH};
use super::{MAX_ROWS, NAME, YourMusic, convert};

/// Fewest rows of a page that the service gives.
const MIN_ROWS: usize = 10;

impl YourMusic {
    /// What matches the words.
    pub(super) async fn found(&self, query: &SearchQuery) -> Result<Page<Item>, CatalogError> {
        self.setup.base()?;
        if query.words.trim().is_empty() {
            return Ok(Page::default());
        }
        let operation = match query.kind {
            Kind::Track => &TRACK_SEARCH,
            Kind::Album => &RELEASE_SEARCH,
            Kind::Artist => &ARTIST_SEARCH,
            Kind::Playlist => return self.found_playlists(query).await,
        };
        // Other sizes are refused.
        let size = usize::from(query.limit).clamp(MIN_ROWS, MAX_ROWS);
        let mut call = Call::get(operation)
            .with("q", query.words.as_str())
            .with("page", number(query.page))
            .with("pageSize", size.to_string());
        if query.kind != Kind::Artist {
            call = call.with("usageTypes", "stream");
            if self.hides_explicit(query) {
                call = call.with("excludeExplicitContent", "true");
            }
            if let Some(artist) = query.filter("artist") {
                call = call.with("artistId", artist);
            }
        }
        let Kept { value: answer, is_stale } = self.page(call).await?;
        let place = Place::read(&answer, "results", query.page, size);
        let rows = self.rows(answer, &["results", "data", "tracks", "releases", "artists"])?;
        Ok(place.page(rows.len(), self.made(query.kind, rows)?, is_stale))
    }

    fn hides_explicit(&self, query: &SearchQuery) -> bool {
        match query.filter("explicit") {
            Some("hide") => true,
            Some("show") => false,
            _ => self.hide_explicit,
        }
    }

    /// Rows of one kind.
    pub(super) fn made(&self, kind: Kind, rows: Vec<Value>) -> Result<Vec<Item>, CatalogError> {
        let base = self.setup.base()?;
        Ok(match kind {
            Kind::Track => self.tracks(rows)?.into_iter().map(Item::Track).collect(),
            Kind::Album => tolerant::items(NAME, rows, |wire| convert::release(base, wire)),
            Kind::Artist => tolerant::items(NAME, rows, |wire| convert::artist(base, wire)),
            Kind::Playlist => {
                let user = self.listener();
                tolerant::items(NAME, rows, |wire| convert::playlist(wire, user.as_deref()))
            }
        })
    }

    /// One's own and public ones, in pages as Laravel makes them.
    async fn found_playlists(&self, query: &SearchQuery) -> Result<Page<Item>, CatalogError> {
        let mut call = Call::get(&PLAYLIST_SEARCH).with("keyword", query.words.as_str());
        if query.page > 0 {
            call = call.with("page", number(query.page));
        }
        let Kept { value: answer, is_stale } = self.page(call).await?;
        let count = |name: &str| answer.get("meta")?.get(name).and_then(tolerant::count_of);
        let total = count("total");
        let next = answer.get("links").and_then(|links| links.get("next")).is_some_and(Value::is_string);
        let is_last = match (count("current_page"), count("last_page")) {
            (Some(current), Some(last)) => current >= last,
            _ => !next,
        };
        let rows = self.rows(answer, &["data", "playlists"])?;
        let more = !rows.is_empty() && !is_last && query.page < tolerant::MAX_PAGES;
        Ok(Page { items: self.made(Kind::Playlist, rows)?, total, more, is_stale })
    }

    /// The rows that are tracks; whose streams they are is remembered.
    pub(super) fn tracks(&self, rows: Vec<Value>) -> Result<Vec<crate::model::Track>, CatalogError> {
        let base = self.setup.base()?;
        Ok(tolerant::made(NAME, rows, |wire: super::wire::Track| {
            let stream_id = wire.stream_id.clone();
            let track = convert::track(base, wire)?;
            self.memory.note(stream_id, &track);
            Some(track)
        }))
    }
}
