//! What can be browsed, by the names of lists: which call each is, and what its rows are.

use crate::model::{BrowseList, Kind, ListId};

use super::hosts::Route;

/// Rows a page of a list; the API takes 1 to 100.
pub(super) const PAGE_ROWS: u64 = 50;

/// What the rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    Tracks,
    Users,
    Playlists,
    /// Tracks and playlists with which somebody did something.
    Activities,
    /// Ids of tracks, which are then asked for all at once.
    Favourites,
    /// Texts, each a list of tracks.
    Tags,
}

/// How to open a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Opening {
    pub path: &'static str,
    /// What stands for `{id}`.
    pub id: String,
    pub query: Vec<(&'static str, String)>,
    pub rows: Rows,
    /// Rows a page, `None` when the list comes whole.
    pub page_rows: Option<u64>,
    /// Whether somebody must be signed in.
    pub is_own: bool,
    /// Lists before the first page's rows.
    pub before: Vec<BrowseList>,
    pub route: Route,
    /// What is asked for, in words: "artist nlGNe".
    pub thing: Option<String>,
}

/// A way to order an artist's tracks: name, title, `sort_method`, and `sort` of the first servers.
const SORTS: [(&str, &str, &str, Option<&str>); 4] = [
    ("plays", "Most played", "plays", Some("plays")),
    ("saves", "Most liked", "saves", None),
    ("reposts", "Most reposted", "reposts", None),
    ("title", "By title", "title", None),
];

/// Times of the charts: name, title, `time`.
const TIMES: [(&str, &str, &str); 3] = [
    ("week", "Trending this week", "week"),
    ("month", "Trending this month", "month"),
    ("all-time", "Trending of all time", "allTime"),
];

/// The genres of the service's own picker; its field is free text.
pub(super) const GENRES: &[&str] = &[
    "Electronic",
    "Rock",
    "Metal",
    "Alternative",
    "Hip-Hop/Rap",
    "Experimental",
    "Punk",
    "Folk",
    "Pop",
    "Ambient",
    "Soundtrack",
    "World",
    "Jazz",
    "Acoustic",
    "Funk",
    "R&B/Soul",
    "Devotional",
    "Classical",
    "Reggae",
    "Podcasts",
    "Country",
    "Spoken Word",
    "Comedy",
    "Blues",
    "Kids",
    "Audiobooks",
    "Latin",
    "Lo-Fi",
    "Hyperpop",
    "Techno",
    "Trap",
    "House",
    "Tech House",
    "Deep House",
    "Disco",
    "Electro",
    "Jungle",
    "Progressive House",
    "Hardstyle",
    "Glitch Hop",
    "Trance",
    "Future Bass",
    "Future House",
    "Tropical House",
    "Downtempo",
    "Drum & Bass",
    "Dubstep",
    "Jersey Club",
    "Vaporwave",
    "Moombahton",
];

/// Name of the list of the listener's own playlists.
pub(super) const OWN_PLAYLISTS: &str = "mine/playlists";

/// Lists for everybody.
const OPEN: [(&str, &str); 9] = [
    ("trending-week", TIMES[0].1),
    ("trending-month", TIMES[1].1),
    ("trending-all-time", TIMES[2].1),
    ("genres", "Genres"),
    ("underground", "Underground"),
    ("playlists", "Trending playlists"),
    ("albums", "Trending albums"),
    ("most-shared", "Most shared"),
    ("lucky", "Feeling lucky"),
];

/// Lists for who is signed in.
const OWN: [(&str, &str); 8] = [
    ("mine/feed", "Feed"),
    ("mine/tracks", "Your tracks"),
    ("mine/albums", "Your albums"),
    (OWN_PLAYLISTS, "Your playlists"),
    ("mine/collected", "Collected playlists"),
    ("mine/history", "Listened to"),
    ("mine/recommended", "Recommended to you"),
    ("mine/following", "Artists you follow"),
];

fn list(id: impl Into<String>, title: &str) -> BrowseList {
    BrowseList { id: ListId(id.into()), title: title.into() }
}

/// The lists at the top.
pub(super) fn top(is_signed_in: bool) -> Vec<BrowseList> {
    let own = OWN.iter().filter(|_| is_signed_in);
    OPEN.iter().chain(own).map(|(id, title)| list(*id, title)).collect()
}

/// The rows of a list that holds nothing but lists.
pub(super) fn shelf(id: &ListId) -> Option<Vec<BrowseList>> {
    let genre = |genre: &&str| list(format!("trending/week/{genre}"), genre);
    (id.0 == "genres").then(|| GENRES.iter().map(genre).collect())
}

/// The list of a tag.
pub(super) fn tag(tag: &str) -> BrowseList {
    list(format!("tag/{tag}"), &format!("#{tag}"))
}

/// How to open a list; `me` is the id of who is signed in. `None` when there is no such list.
pub(super) fn find(list: &ListId, me: Option<&str>) -> Option<Opening> {
    if let Some((kind, id)) = list.item() {
        return match kind {
            Kind::Track => None,
            Kind::Artist => Some(artist(id)),
            Kind::Album | Kind::Playlist => Some(Opening {
                page_rows: None,
                thing: Some(format!("{kind} {id}")),
                ..Opening::new("/playlists/{id}/tracks", Rows::Tracks).of(id, Route::Thing)
            }),
        };
    }
    let name = list.0.as_str();
    if let Some(what) = name.strip_prefix("mine/") {
        return mine(what, me.unwrap_or_default());
    }
    if let Some(tag) = name.strip_prefix("tag/").filter(|tag| !tag.is_empty()) {
        let query = vec![("query", tag.to_owned()), ("kind", "tracks".to_owned())];
        return Some(Opening { query, ..Opening::new("/search/tags", Rows::Tracks) });
    }
    if let Some((user, what)) = name.strip_prefix("user/").and_then(|rest| rest.split_once('/')) {
        return user_list(user, what);
    }
    if let Some((time, genre)) = name.strip_prefix("trending/").and_then(|rest| rest.split_once('/')) {
        return trending(time, genre);
    }
    match name {
        "underground" => Some(Opening::new("/tracks/trending/underground", Rows::Tracks)),
        "playlists" => Some(of_type("playlist")),
        "albums" => Some(of_type("album")),
        "most-shared" => Some(Opening::new("/tracks/most-shared", Rows::Tracks)),
        "lucky" => {
            let query = vec![("limit", PAGE_ROWS.to_string())];
            Some(Opening { query, page_rows: None, ..Opening::new("/tracks/feeling-lucky", Rows::Tracks) })
        }
        _ => trending(name.strip_prefix("trending-")?, ""),
    }
}

/// A chart, of one genre or of all. The other times of a genre's chart are before its rows.
fn trending(time: &str, genre: &str) -> Option<Opening> {
    let (_, _, value) = TIMES.iter().find(|(name, ..)| *name == time)?;
    let mut query = vec![("time", (*value).to_owned())];
    let mut before = Vec::new();
    if !genre.is_empty() {
        query.push(("genre", genre.to_owned()));
        let others = TIMES.iter().filter(|(name, ..)| *name != time && time == "week");
        before.extend(others.map(|(name, title, _)| list(format!("trending/{name}/{genre}"), title)));
    }
    Some(Opening { query, before, route: Route::Sure, ..Opening::new("/tracks/trending", Rows::Tracks) })
}

fn of_type(kind: &str) -> Opening {
    let query = vec![("time", "week".to_owned()), ("type", kind.to_owned())];
    Opening { query, ..Opening::new("/playlists/trending", Rows::Playlists) }
}

/// What an artist opens to: further lists, then their tracks, the newest first.
fn artist(id: &str) -> Opening {
    let others = [
        ("albums", "Albums"),
        ("playlists", "Playlists"),
        ("favourites", "Liked tracks"),
        ("reposts", "Reposts"),
        ("tags", "Tags"),
        ("related", "Related artists"),
        ("followers", "Followers"),
        ("following", "Following"),
    ];
    let sorts = SORTS.iter().map(|(name, title, ..)| list(format!("user/{id}/tracks/{name}"), title));
    let others = others.iter().map(|(name, title)| list(format!("user/{id}/{name}"), title));
    Opening { before: sorts.chain(others).collect(), ..tracks(id, "release_date", Some("date")) }
}

fn tracks(id: &str, method: &str, older: Option<&str>) -> Opening {
    let direction = if method == "title" { "asc" } else { "desc" };
    let mut query = vec![("sort_method", method.to_owned()), ("sort_direction", direction.to_owned())];
    query.extend(older.map(|older| ("sort", older.to_owned())));
    Opening { query, ..Opening::new("/users/{id}/tracks", Rows::Tracks).of(id, Route::Thing).artist() }
}

fn user_list(id: &str, what: &str) -> Option<Opening> {
    if let Some(sort) = what.strip_prefix("tracks/") {
        let (_, _, method, older) = SORTS.iter().find(|(name, ..)| *name == sort)?;
        return Some(tracks(id, method, *older));
    }
    let (path, rows, route) = match what {
        "albums" => ("/users/{id}/albums", Rows::Playlists, Route::Rare),
        "playlists" => ("/users/{id}/playlists", Rows::Playlists, Route::Rare),
        "favourites" => ("/users/{id}/favorites", Rows::Favourites, Route::Thing),
        "reposts" => ("/users/{id}/reposts", Rows::Activities, Route::Thing),
        "tags" => ("/users/{id}/tags", Rows::Tags, Route::Thing),
        "related" => ("/users/{id}/related", Rows::Users, Route::Rare),
        "followers" => ("/users/{id}/followers", Rows::Users, Route::Rare),
        "following" => ("/users/{id}/following", Rows::Users, Route::Rare),
        _ => return None,
    };
    let opening = Opening::new(path, rows).of(id, route).artist();
    if rows == Rows::Tags {
        return Some(Opening { page_rows: None, query: vec![("limit", PAGE_ROWS.to_string())], ..opening });
    }
    Some(opening)
}

fn mine(what: &str, me: &str) -> Option<Opening> {
    let (path, rows) = match what {
        "feed" => ("/users/{id}/feed", Rows::Activities),
        "tracks" => ("/users/{id}/library/tracks", Rows::Activities),
        "albums" => ("/users/{id}/library/albums", Rows::Activities),
        "collected" => ("/users/{id}/library/playlists", Rows::Activities),
        "playlists" => ("/users/{id}/playlists", Rows::Playlists),
        "history" => ("/users/{id}/history/tracks", Rows::Activities),
        "recommended" => ("/users/{id}/recommended-tracks", Rows::Tracks),
        "following" => ("/users/{id}/following", Rows::Users),
        _ => return None,
    };
    let query = if what == "tracks" { vec![("type", "favorite".to_owned())] } else { Vec::new() };
    Some(Opening { is_own: true, query, ..Opening::new(path, rows).of(me, Route::Thing) })
}

impl Opening {
    fn new(path: &'static str, rows: Rows) -> Self {
        Self {
            path,
            id: String::new(),
            query: Vec::new(),
            rows,
            page_rows: Some(PAGE_ROWS),
            is_own: false,
            before: Vec::new(),
            route: Route::Rare,
            thing: None,
        }
    }

    fn of(self, id: &str, route: Route) -> Self {
        Self { id: id.to_owned(), route, ..self }
    }

    fn artist(self) -> Self {
        Self { thing: Some(format!("artist {}", self.id)), ..self }
    }
}
