//! Searches, and what to suggest while somebody types.

use crate::catalog::address::{asked_id, is_id};
use crate::catalog::call::Asked;
use crate::catalog::{CatalogError, tolerant};
use crate::model::{CleanText, Filter, Item, Kind, Page, SearchQuery};

use super::lists::{ANY, ARTISTS, MUSIC, PLAYLISTS};
use super::{Audiomack, NAME, PAGE_ROWS, wire};

/// Most rows of one request.
const MAX_ROWS: u16 = 100;

/// Most suggestions that are passed on.
const MAX_SUGGESTIONS: usize = 10;

/// The filter that searches in what somebody likes.
const FAVOURITES_OF: &str = "favourites_of";

/// The listener, as a value of it.
const ME: &str = "me";

impl Audiomack {
    /// How a search can be narrowed down.
    pub(super) fn filters(&self) -> Vec<Filter> {
        let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let of = |key, words, values| Filter { key, words, values, is_free: false };
        let genres: Vec<String> = self.settings.genres.iter().filter(|genre| is_id(genre)).cloned().collect();
        vec![
            of("sort", "order", texts(&["relevance", "popular", "recent"])),
            Filter { is_free: genres.is_empty(), ..of("genre", "genre", genres) },
            of("verified", "verified artists only", texts(&["true", "false"])),
            Filter {
                key: FAVOURITES_OF,
                words: "only what this artist likes: the name in addresses, or me",
                values: Vec::new(),
                is_free: true,
            },
        ]
    }

    /// Rows of one kind.
    pub(super) async fn find(&self, query: &SearchQuery) -> Result<Page<Item>, CatalogError> {
        if query.words.trim().is_empty() {
            return Ok(Page::default());
        }
        if let Some(slug) = query.filter(FAVOURITES_OF) {
            return self.find_in_favourites(slug, query).await;
        }
        let (show, fields) = match query.kind {
            Kind::Track => ("songs", MUSIC),
            Kind::Album => ("albums", MUSIC),
            Kind::Artist => ("artists", ARTISTS),
            Kind::Playlist => ("playlists", PLAYLISTS),
        };
        let limit = u64::from(query.limit.clamp(1, MAX_ROWS));
        let (limit_text, page) = (limit.to_string(), (u64::from(query.page) + 1).to_string());
        let mut params =
            vec![("q", query.words.as_str()), ("show", show), ("page", &page), ("fields", fields)];
        if limit != PAGE_ROWS {
            params.push(("limit", &limit_text));
        }
        for key in ["sort", "genre", "verified"] {
            params.extend(query.filter(key).map(|value| (key, value)));
        }
        let url = self.url("/search", &[], &params)?;
        let mut kept = self.read_page(&Asked::known("searching"), &url).await?;
        let verified = kept.value.get_mut("verified_artist").map(serde_json::Value::take);
        let mut found = self.page_of(kept, (limit, query.page))?;
        found.items.retain(|item| is_of(item, query.kind));
        if query.kind == Kind::Artist && query.page == 0 {
            let verified = verified.and_then(tolerant::item::<wire::Row>);
            let verified = verified.and_then(|row| self.view(|view| view.artist(row)).ok().flatten());
            put_first(&mut found, verified.map(Item::from));
        }
        Ok(found)
    }

    async fn find_in_favourites(&self, slug: &str, query: &SearchQuery) -> Result<Page<Item>, CatalogError> {
        let own = if slug == ME { Some(self.own_slug().await?) } else { None };
        let slug = asked_id(NAME, "artist", own.as_deref().unwrap_or(slug))?;
        let params = [("q", query.words.as_str()), ("fields", ANY)];
        let path = "/artist/{slug}/favorites/search";
        let mut found = self.list_page(path, &[("slug", slug)], &params, query.page).await?;
        found.items.retain(|item| is_of(item, query.kind));
        found.total = None;
        Ok(found)
    }

    /// How the words may go on.
    pub(super) async fn complete(&self, words: &str) -> Result<Vec<CleanText>, CatalogError> {
        if words.trim().is_empty() {
            return Ok(Vec::new());
        }
        let url = self.url("/search_autosuggest", &[], &[("q", words)])?;
        let answer = self.read(&Asked::known("completing words"), &url).await?;
        let rows = tolerant::rows(answer, &["results"]).unwrap_or_default();
        let words = rows.iter().filter_map(tolerant::text_of).map(CleanText::new);
        Ok(words.filter(|words| !words.is_empty()).take(MAX_SUGGESTIONS).collect())
    }
}

/// The artist whom the service knows for sure stands first.
fn put_first(found: &mut Page<Item>, verified: Option<Item>) {
    let Some(Item::Collection(verified)) = verified else { return };
    let is_it =
        |item: &Item| matches!(item, Item::Collection(known) if known.reference == verified.reference);
    found.items.retain(|item| !is_it(item));
    found.items.insert(0, verified.into());
}

fn is_of(item: &Item, kind: Kind) -> bool {
    match item {
        Item::Track(_) => kind == Kind::Track,
        Item::Collection(collection) => collection.reference.kind == kind,
        Item::List(_) => false,
    }
}
