//! The tree of lists: trending, recent, charts, genres, what an album, playlist or artist opens, and what is
//! the listener's own.

use futures_util::future::join_all;
use serde_json::Value;
use url::Url;

use crate::catalog::CatalogError;
use crate::catalog::address::{asked_id, is_id};
use crate::catalog::call::{Asked, Kept};
use crate::model::{BrowseList, CleanText, Item, Kind, ListId, Page};

use super::requests::Params;
use super::{Audiomack, NAME, PAGE_ROWS, wire};

/// What a row of songs and albums needs; the rest is not sent.
pub(super) const MUSIC: &str = "id,type,title,artist,featuring,album,duration,isrc,explicit,image,image_base,url_slug,\
     uploader:name,uploader:url_slug,status,private,geo_restricted,stream_only,track_count,released,genre";

/// What a row of any kind needs.
pub(super) const ANY: &str = "id,type,title,name,artist,featuring,album,duration,isrc,explicit,image,image_base,url_slug,\
     uploader:name,uploader:url_slug,status,private,geo_restricted,stream_only,track_count,released,genre,\
     followers_count,follow";

/// What a row of a playlist needs.
pub(super) const PLAYLISTS: &str =
    "id,type,title,artist:name,artist:url_slug,image,image_base,url_slug,private,track_count";

/// What a row of an artist needs.
pub(super) const ARTISTS: &str = "id,name,url_slug,image,image_base,followers_count,follow";

/// Kinds of charts, and what the screen calls them.
const CHARTS: [(&str, &str); 3] = [("songs", "Songs"), ("albums", "Albums"), ("playlists", "Playlists")];

/// Times of charts.
const SPANS: [(&str, &str); 5] = [
    ("daily", "today"),
    ("weekly", "this week"),
    ("monthly", "this month"),
    ("yearly", "this year"),
    ("total", "of all time"),
];

/// What else an artist's page leads to: the list's first word and its title.
const OF_ARTIST: [(&str, &str); 6] = [
    ("favorites", "Favourites"),
    ("playlists-of", "Playlists"),
    ("feed", "Feed"),
    ("pinned", "Pinned"),
    ("following", "Following"),
    ("followers", "Followers"),
];

/// What favourites can be narrowed down to.
const SHOWN: [(&str, &str); 3] = [("song", "Songs"), ("album", "Albums"), ("playlist", "Playlists")];

/// The listener's own lists.
const OWN: [(&str, &str); 8] = [
    ("feed", "My feed"),
    ("favorites", "My favourites"),
    ("playlists", "My playlists"),
    ("uploads", "My uploads"),
    ("following", "Whom I follow"),
    ("pinned", "Pinned on my profile"),
    ("downloads", "Downloaded on any device"),
    ("notifications", "Notifications"),
];

impl Audiomack {
    /// The lists to begin with.
    pub(super) fn lists(&self) -> Vec<BrowseList> {
        let mut lists: Vec<BrowseList> =
            [("trending", "Trending"), ("recent", "Recent"), ("charts", "Charts"), ("genres", "Genres")]
                .map(|(id, title)| list(id.to_owned(), title))
                .into();
        if self.session().is_some() {
            lists.extend(OWN.map(|(id, title)| list(format!("mine/{id}"), title)));
        }
        lists
    }

    /// A page of any list.
    pub(super) async fn list(&self, id: &ListId, page: u32) -> Result<Page<Item>, CatalogError> {
        match id.item() {
            Some((Kind::Album, id)) => return self.opened(Kind::Album, id, page).await,
            Some((Kind::Playlist, id)) => return self.opened(Kind::Playlist, id, page).await,
            Some((Kind::Artist, slug)) => return self.artist_page(slug, page).await,
            Some((Kind::Track, _)) => return Err(unknown(id)),
            None => {}
        }
        let parts: Vec<&str> = id.0.split('/').collect();
        if !parts.iter().all(|part| is_id(part)) {
            return Err(unknown(id));
        }
        self.setup.base()?;
        match parts.as_slice() {
            ["trending"] => self.music("/music/trending", &[], page).await,
            ["recent"] => self.music("/music/recent", &[], page).await,
            ["charts"] => Ok(charts("", page)),
            ["genres"] => Ok(lists_only(self.genres(), page)),
            ["charts", genre] => Ok(charts(&format!("/{genre}"), page)),
            ["genre", genre] => Ok(lists_only(of_genre(genre), page)),
            ["trending", genre] => self.music("/music/{genre}/trending", &[("genre", genre)], page).await,
            ["recent", genre] => self.music("/music/{genre}/recent", &[("genre", genre)], page).await,
            ["playlists", genre] => {
                let values = [("genre", *genre)];
                self.list_page("/playlist/{genre}/trending", &values, &[("fields", PLAYLISTS)], page).await
            }
            ["chart", kind, span] => {
                self.chart("/chart/{kind}/{span}", &[("kind", kind), ("span", span)], page).await
            }
            ["chart", kind, span, genre] => {
                let values = [("kind", *kind), ("span", span), ("genre", genre)];
                self.chart("/{genre}/chart/{kind}/{span}", &values, page).await
            }
            ["mine", what] => self.own(what, page).await,
            [what, slug] => self.of_artist(what, slug, page).await.unwrap_or_else(|| Err(unknown(id))),
            ["favorites", slug, show] => self.favourites(slug, Some(show), page).await,
            _ => Err(unknown(id)),
        }
    }

    async fn music(&self, path: &str, values: Params<'_>, page: u32) -> Result<Page<Item>, CatalogError> {
        self.list_page(path, values, &[("fields", MUSIC)], page).await
    }

    async fn mixed(&self, path: &str, values: Params<'_>, page: u32) -> Result<Page<Item>, CatalogError> {
        self.list_page(path, values, &[("fields", ANY)], page).await
    }

    async fn chart(&self, path: &str, values: Params<'_>, page: u32) -> Result<Page<Item>, CatalogError> {
        let of = |name: &str| values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        let is_known = CHARTS.iter().any(|(kind, _)| *kind == of("kind"))
            && SPANS.iter().any(|(span, _)| *span == of("span"));
        if !is_known {
            return Err(CatalogError::NotFound { service: NAME, what: "such chart".to_owned() });
        }
        let fields = if of("kind") == "playlists" { PLAYLISTS } else { MUSIC };
        self.list_page(path, values, &[("fields", fields)], page).await
    }

    fn genres(&self) -> Vec<BrowseList> {
        let genres = self.settings.genres.iter().filter(|genre| is_id(genre));
        genres.map(|genre| list(format!("genre/{genre}"), &genre_title(genre))).collect()
    }

    /// The tracks of an album or playlist, all at once.
    async fn opened(&self, kind: Kind, id: &str, page: u32) -> Result<Page<Item>, CatalogError> {
        let id = asked_id(NAME, kind.as_str(), id)?;
        let path = if kind == Kind::Album { "/music/{id}" } else { "/playlist/{id}" };
        let url = self.url(
            path,
            &[("id", id)],
            &[("fields", "id,type,title,artist,uploader,genre,released,image,image_base,tracks")],
        )?;
        if page > 0 {
            return Ok(Page::default());
        }
        let asked = Asked::known("opening a list").thing(format!("{kind} {id}"));
        let kept = self.read_page(&asked, &url).await?;
        let whole = self.one_of(kept.value)?;
        if kind == Kind::Album && whole.kind.as_deref().is_some_and(|kind| kind != "album") {
            return Err(CatalogError::NotFound { service: NAME, what: format!("album {id}") });
        }
        let items = self.view(|view| view.tracks(whole))?;
        Ok(Page { total: Some(items.len() as u64), items, more: false, is_stale: kept.is_stale })
    }

    /// What an artist has uploaded, and in front of it the ways to everything else.
    async fn artist_page(&self, slug: &str, page: u32) -> Result<Page<Item>, CatalogError> {
        let slug = asked_id(NAME, "artist", slug)?;
        let mut uploads = self.music("/artist/{slug}/uploads", &[("slug", slug)], page).await?;
        if page == 0 {
            let lists = OF_ARTIST.map(|(what, title)| list(format!("{what}/{slug}"), title));
            uploads.items.splice(0..0, lists.map(Item::List));
        }
        Ok(uploads)
    }

    async fn of_artist(&self, what: &str, slug: &str, page: u32) -> Option<Result<Page<Item>, CatalogError>> {
        let values = [("slug", slug)];
        Some(match what {
            "favorites" => self.favourites(slug, None, page).await,
            "playlists-of" => {
                self.list_page("/artist/{slug}/playlists", &values, &[("fields", PLAYLISTS)], page).await
            }
            "feed" => self.mixed("/artist/{slug}/feed", &values, page).await,
            // At most four, never a second page.
            "pinned" if page > 0 => Ok(Page::default()),
            "pinned" => {
                let pinned = self.mixed("/artist/{slug}/pinned", &values, page).await;
                pinned.map(|pinned| Page { more: false, ..pinned })
            }
            "following" => {
                self.list_page("/artist/{slug}/following", &values, &[("fields", ARTISTS)], page).await
            }
            // Those who follow the artist: the name misleads.
            "followers" => {
                self.list_page("/artist/{slug}/follows", &values, &[("fields", ARTISTS)], page).await
            }
            _ => return None,
        })
    }

    /// What an artist likes, of every kind or of one.
    async fn favourites(
        &self,
        slug: &str,
        show: Option<&str>,
        page: u32,
    ) -> Result<Page<Item>, CatalogError> {
        if show.is_some_and(|show| SHOWN.iter().all(|(known, _)| *known != show)) {
            return Err(CatalogError::NotFound { service: NAME, what: "such favourites".to_owned() });
        }
        let query = [("fields", ANY), ("show", show.unwrap_or("all"))];
        let mut rows = self.list_page("/artist/{slug}/favorites", &[("slug", slug)], &query, page).await?;
        if page == 0 && show.is_none() {
            let lists = SHOWN.map(|(show, title)| list(format!("favorites/{slug}/{show}"), title));
            rows.items.splice(0..0, lists.map(Item::List));
        }
        Ok(rows)
    }

    async fn own(&self, what: &str, page: u32) -> Result<Page<Item>, CatalogError> {
        self.listener()?;
        self.acquaint().await;
        match what {
            "feed" => self.mixed("/user/feed", &[], page).await,
            "favorites" => {
                let mut liked = self.mixed("/user/favorites", &[], page).await?;
                liked.items.iter_mut().for_each(mark_liked);
                Ok(liked)
            }
            "playlists" => {
                let mut own = self.list_page("/user/playlists", &[], &[("fields", PLAYLISTS)], page).await?;
                own.items.iter_mut().for_each(mark_own);
                Ok(own)
            }
            "uploads" => self.music("/user/uploads", &[], page).await,
            "downloads" => self.noted_downloads(page).await,
            "notifications" => self.notifications(page).await,
            "following" | "pinned" => {
                let slug = self.own_slug().await?;
                let list = self.of_artist(what, &slug, page).await;
                list.unwrap_or_else(|| Err(unknown(&ListId(what.to_owned()))))
            }
            _ => Err(unknown(&ListId(format!("mine/{what}")))),
        }
    }

    /// What was downloaded on any device. The service tells ids alone, and nothing tells several records at once,
    /// so each row is asked for by itself, unless it is kept from before.
    async fn noted_downloads(&self, page: u32) -> Result<Page<Item>, CatalogError> {
        let url = self.downloads_url(&[("type", "all")], u64::from(page) * PAGE_ROWS)?;
        let Kept { value, is_stale } =
            self.read_page(&Asked::known("reading the list of downloads"), &url).await?;
        let ids = ids_in(&value);
        let rows = join_all(ids.iter().filter(|id| is_id(id)).map(|id| self.read_music(id))).await;
        let more = ids.len() as u64 >= PAGE_ROWS;
        let mut items = Vec::new();
        for row in rows {
            match row {
                Ok(item) => items.push(item),
                // Gone from the service, not from the list.
                Err(CatalogError::NotFound { .. } | CatalogError::Answer { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Page { items, more, is_stale, ..Page::default() })
    }

    fn downloads_url(&self, query: Params<'_>, offset: u64) -> Result<Url, CatalogError> {
        let (offset, limit) = (offset.to_string(), PAGE_ROWS.to_string());
        let query: Vec<_> =
            query.iter().copied().chain([("offset", offset.as_str()), ("limit", &limit)]).collect();
        self.url("/user/downloads", &[], &query)
    }
}

fn ids_in(answer: &Value) -> Vec<String> {
    wire::ids_of(if answer.is_array() { answer } else { answer.get("results").unwrap_or(answer) })
}

fn list(id: String, title: &str) -> BrowseList {
    BrowseList { id: ListId(id), title: CleanText::new(title) }
}

fn lists_only(lists: Vec<BrowseList>, page: u32) -> Page<Item> {
    let items: Vec<Item> = if page == 0 { lists.into_iter().map(Item::List).collect() } else { Vec::new() };
    Page { total: Some(items.len() as u64), items, ..Page::default() }
}

/// All charts; `of` is `/GENRE` or nothing.
fn charts(of: &str, page: u32) -> Page<Item> {
    let all = CHARTS.iter().flat_map(|(kind, kinds)| {
        SPANS
            .iter()
            .map(move |(span, when)| list(format!("chart/{kind}/{span}{of}"), &format!("{kinds} {when}")))
    });
    lists_only(all.collect(), page)
}

fn of_genre(genre: &str) -> Vec<BrowseList> {
    let lists = [
        ("trending", "Trending"),
        ("recent", "Recent"),
        ("playlists", "Trending playlists"),
        ("charts", "Charts"),
    ];
    lists.map(|(what, title)| list(format!("{what}/{genre}"), title)).into()
}

/// `hip-hop-rap` as "Hip hop rap".
pub(super) fn genre_title(slug: &str) -> String {
    let mut words = slug.replace('-', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

fn mark_liked(item: &mut Item) {
    match item {
        Item::Track(track) => track.liked = true,
        Item::Collection(collection) => collection.liked = true,
        Item::List(_) => {}
    }
}

fn mark_own(item: &mut Item) {
    if let Item::Collection(collection) = item {
        collection.mine = true;
    }
}

fn unknown(list: &ListId) -> CatalogError {
    CatalogError::NotFound { service: NAME, what: format!("list {:?}", list.0) }
}
