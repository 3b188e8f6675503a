//! Which lists there are to browse, and what opens them.

use serde_json::Value;

use crate::catalog::address::asked_id;
use crate::catalog::call::Kept;
use crate::catalog::{CatalogError, tolerant};
use crate::config::AudiosocketProfile;
use crate::model::{BrowseList, Item, ListId, Page, Track};

use super::operations::{
    CATEGORIES, DOWNLOADS, FAVORITE_SFXES, FAVORITES, FILTERS, FOLLOWED_ARTISTS, PLAYLIST_TRACKS, SFX,
    SFX_DOWNLOADS, SIMILAR,
};
use super::{At, Audiosocket, NAME, PAGE_ROWS, convert, wire};

/// Lists of everybody: id, title, and whether each generation has it before a sign-in, in the order of the
/// profiles.
const LISTS: &[(&str, &str, [bool; 3])] = &[
    ("recent", "New tracks", [true, false, true]),
    ("tracks", "All tracks", [false, true, false]),
    ("curated", "Curated playlists", [true, false, false]),
    ("filters", "Genres and moods", [true, false, true]),
    ("albums", "Albums", [true, true, false]),
    ("artists", "Artists", [true, true, false]),
    ("sfx", "Sound effects", [true, false, true]),
];

/// Lists of the listener, which the partner API does not have, and whether the newest generation has them.
const OWN_LISTS: &[(&str, &str, bool)] = &[
    ("curated", "Curated playlists", false),
    ("trending", "Trending playlists", false),
    ("categories", "Playlists by category", false),
    ("favorites", "Your favourites", true),
    ("own", "Your playlists", true),
    ("following", "Artists you follow", true),
    ("followed-playlists", "Playlists you follow", true),
    ("favorite-playlists", "Your favourite playlists", true),
    ("favorite-sfx", "Your favourite sound effects", true),
    ("downloads", "Your downloads", true),
    ("sfx-downloads", "Your downloaded sound effects", false),
];

/// How deep the tree of filters is looked through.
const MAX_FILTER_DEPTH: u8 = 8;

impl Audiosocket {
    /// The lists that can be opened now.
    pub(super) fn lists(&self) -> Vec<BrowseList> {
        let place = match self.profile {
            AudiosocketProfile::Bearer => 0,
            AudiosocketProfile::V5 => 1,
            AudiosocketProfile::Consumer => 2,
        };
        let is_bearer = self.profile == AudiosocketProfile::Bearer;
        let common = LISTS.iter().filter(|(.., has)| has[place]).map(|(id, title, _)| (*id, *title));
        let own = OWN_LISTS.iter().filter(|(.., new)| self.is_personal() && (*new || !is_bearer));
        common
            .chain(own.map(|(id, title, _)| (*id, *title)))
            .map(|(id, title)| BrowseList { id: ListId(id.to_owned()), title: title.into() })
            .collect()
    }

    pub(super) async fn open_list(&self, list: &ListId, page: u32) -> Result<Page<Item>, CatalogError> {
        let at = (page, PAGE_ROWS);
        match list.0.split_once('/') {
            Some((kind, id)) => match kind {
                "track" => self.similar(id, at).await,
                "album" => self.album_tracks(id, at).await,
                "artist" => self.artist_page(id, at).await,
                "artist-albums" => self.artist_albums(id, at).await,
                "playlist" => match id.strip_prefix(convert::OWN) {
                    Some(id) => self.own_tracks(id, at).await,
                    None => self.curated_tracks(id, at).await,
                },
                "filter" => self.all_tracks(asked_id(NAME, "genre", id)?, at).await,
                "filters" => self.branch(Some(asked_id(NAME, "genre", id)?)).await,
                "category" => self.curated(&[("filters", asked_id(NAME, "category", id)?)], at).await,
                _ => Err(Self::unknown_list(list)),
            },
            None if self.offers(&list.0) => self.open_top(list, at).await,
            // What needs somebody to sign in first is there, but not yet.
            None if OWN_LISTS.iter().any(|(id, ..)| *id == list.0) && !self.is_personal() => {
                self.base()?;
                Err(self.caller.sign_in())
            }
            None => Err(Self::unknown_list(list)),
        }
    }

    fn offers(&self, id: &str) -> bool {
        self.lists().iter().any(|list| list.id.0 == id)
    }

    async fn open_top(&self, list: &ListId, at: At) -> Result<Page<Item>, CatalogError> {
        match list.0.as_str() {
            "recent" | "tracks" => self.all_tracks("", at).await,
            "curated" => self.curated(&[], at).await,
            "trending" => self.trending(at).await,
            "categories" => self.categories().await,
            "filters" => self.branch(None).await,
            "albums" => self.albums(at).await,
            "artists" => self.artists(at).await,
            "sfx" => {
                let rows = self.rows(&SFX, &[], at, &["data", "sfxes"], None).await?;
                self.track_page(rows, convert::sound)
            }
            "favorites" => self.tracks(&FAVORITES, &[], at, None).await.map(liked),
            "favorite-sfx" => {
                let rows = self.rows(&FAVORITE_SFXES, &[], at, &["data", "sfxes"], None).await?;
                self.track_page(rows, convert::sound).map(liked)
            }
            "own" => self.own_playlists(at).await,
            "following" => self.marked_artists(&FOLLOWED_ARTISTS, at).await,
            "followed-playlists" => self.marked_playlists("follow", at).await,
            "favorite-playlists" => self.marked_playlists("favorite", at).await,
            "downloads" => {
                let keys = ["data", "consumer_downloads", "downloads"];
                let rows = self.rows(&DOWNLOADS, &[], at, &keys, None).await?;
                self.placed(rows)
            }
            "sfx-downloads" => {
                let rows = self.rows(&SFX_DOWNLOADS, &[], at, &["data", "sfxes"], None).await?;
                self.track_page(rows, convert::sound)
            }
            _ => Err(Self::unknown_list(list)),
        }
    }

    async fn similar(&self, id: &str, at: At) -> Result<Page<Item>, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        if SIMILAR.of(self.profile).is_none() || id.starts_with(convert::SOUND) {
            return Ok(Page::default());
        }
        let aims_id = self.aims_id(id).await?;
        let values = [("id", id), ("aims_id", &aims_id)];
        self.tracks(&SIMILAR, &values, at, Some(format!("track {id}"))).await
    }

    async fn curated_tracks(&self, id: &str, at: At) -> Result<Page<Item>, CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let keys = ["data", "playlist_tracks", "tracks"];
        let rows =
            self.rows(&PLAYLIST_TRACKS, &[("id", id)], at, &keys, Some(format!("playlist {id}"))).await?;
        self.placed(rows)
    }

    /// What is below a filter, or the top of the tree.
    async fn branch(&self, id: Option<&str>) -> Result<Page<Item>, CatalogError> {
        let Kept { value: answer, is_stale } = self.read(&FILTERS, &[], None).await?;
        let top = tolerant::rows(answer, &["data", "filters", "track_filters"])
            .ok_or_else(|| self.caller.senseless("it holds no list"))?;
        let rows = match id {
            None => Some(top),
            Some(id) => below(top, id, MAX_FILTER_DEPTH),
        };
        let missing =
            |id: &str| CatalogError::NotFound { service: NAME, what: format!("genre or mood {id}") };
        let rows = rows.ok_or_else(|| missing(id.unwrap_or_default()))?;
        Ok(Page { items: tolerant::made(NAME, rows, convert::filter), is_stale, ..Page::default() })
    }

    async fn categories(&self) -> Result<Page<Item>, CatalogError> {
        let Kept { value: answer, is_stale } = self.read(&CATEGORIES, &[], None).await?;
        let rows = tolerant::rows(answer, &["data", "categories", "curated_playlists"]).unwrap_or_default();
        let named = |row: Value| {
            let name = tolerant::text_of(&row).or_else(|| row.get("name").and_then(tolerant::text_of))?;
            let id = asked_id(NAME, "category", &name).ok()?;
            let id = ListId(format!("category/{id}"));
            Some(Item::List(BrowseList { id, title: tolerant::shown(Some(name))? }))
        };
        Ok(Page { items: rows.into_iter().filter_map(named).collect(), is_stale, ..Page::default() })
    }
}

/// The rows below the filter with this id.
fn below(rows: Vec<Value>, id: &str, depth: u8) -> Option<Vec<Value>> {
    for row in rows {
        let Some(filter): Option<wire::Filter> = tolerant::item(row) else { continue };
        let Value::Array(inner) = filter.sub_filters else { continue };
        if filter.id.as_deref() == Some(id) {
            return Some(inner);
        }
        if let Some(found) = depth.checked_sub(1).and_then(|depth| below(inner, id, depth)) {
            return Some(found);
        }
    }
    None
}

/// All tracks of a page marked as what the listener likes.
fn liked(page: Page<Item>) -> Page<Item> {
    page.filter_map(|item| item.into_track().map(|track| Item::Track(Track { liked: true, ..track })))
}
