//! Playlists of YourMusic: the tenant's featured ones and the user's own. They cannot be changed.

use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::ask::Ask;
use crate::sandbox::credentials::CREDENTIALS;
use crate::sandbox::reply;
use crate::sandbox::world::World;

use super::{invalid, message, shapes};

struct Playlist {
    id: &'static str,
    name: &'static str,
    own: bool,
    public: bool,
    /// Which of the tenant's tracks are in it: those from the first to before the second.
    range: (usize, usize),
    /// Whether its rows name streams instead of catalogue tracks.
    by_stream: bool,
}

const PLAYLISTS: &[Playlist] = &[
    Playlist {
        id: "550e8400-e29b-41d4-a716-446655440001",
        name: "Harbour Mix",
        own: false,
        public: true,
        range: (0, 12),
        by_stream: false,
    },
    Playlist {
        id: "550e8400-e29b-41d4-a716-446655440002",
        name: "Odd Sleeves",
        own: false,
        public: true,
        // More than one batch of tracks.
        range: (12, 72),
        by_stream: false,
    },
    Playlist {
        id: "550e8400-e29b-41d4-a716-446655440003",
        name: "My Evening 🌙",
        own: true,
        public: false,
        range: (2, 9),
        by_stream: false,
    },
    Playlist {
        id: "550e8400-e29b-41d4-a716-446655440004",
        name: "Streams Only",
        own: true,
        public: true,
        range: (0, 4),
        by_stream: true,
    },
    Playlist {
        id: "550e8400-e29b-41d4-a716-446655440005",
        name: "Nothing Yet",
        own: true,
        public: false,
        range: (0, 0),
        by_stream: false,
    },
];

const STAMP: &str = "2026-03-10T12:00:00.000000Z";

/// The items of the home page's module.
pub(super) fn featured() -> Value {
    PLAYLISTS
        .iter()
        .filter(|playlist| !playlist.own)
        .map(|playlist| {
            json!({ "id": playlist.id, "type": "playlist", "name": playlist.name, "artwork_url": null,
                "track_id": null, "stream_url": null, "metadata": {} })
        })
        .collect()
}

/// The user's own, as a bare list.
pub(super) fn mine() -> Value {
    PLAYLISTS.iter().filter(|playlist| playlist.own).map(shape).collect()
}

/// Own and public ones by name, on one page.
pub(super) fn search(ask: &Ask) -> Response {
    let Some(keyword) = ask.query("keyword") else {
        return invalid("keyword", "The keyword field is required.");
    };
    let keyword = keyword.to_lowercase();
    let found: Vec<Value> = PLAYLISTS
        .iter()
        .filter(|playlist| playlist.own || playlist.public)
        .filter(|playlist| playlist.name.to_lowercase().contains(&keyword))
        .map(shape)
        .collect();
    let meta = json!({ "current_page": 1, "last_page": 1, "per_page": 15, "total": found.len() });
    let links = json!({ "first": null, "last": null, "prev": null, "next": null });
    reply::json(200, &json!({ "data": found, "links": links, "meta": meta }))
}

/// One playlist, with its rows if `with=tracks` asks for them.
pub(super) fn one(world: &World, ask: &Ask, id: &str) -> Response {
    let Some(playlist) = find(id) else { return message(404, "Playlist not found.") };
    let mut answer = shape(playlist);
    if ask.query("with") == Some("tracks") {
        answer["tracks"] = rows(world, playlist);
    }
    reply::json(200, &answer)
}

/// The rows of a playlist, as a bare list.
pub(super) fn tracks(world: &World, id: &str) -> Response {
    match find(id) {
        Some(playlist) => reply::json(200, &rows(world, playlist)),
        None => message(404, "Playlist not found."),
    }
}

fn find(id: &str) -> Option<&'static Playlist> {
    PLAYLISTS.iter().find(|playlist| playlist.id == id)
}

fn shape(playlist: &Playlist) -> Value {
    json!({ "id": playlist.id, "tenant_id": "34f5a9d2-0f4b-4b7e-8a51-6d2f0a9b1c3e",
        "user_id": playlist.own.then_some(CREDENTIALS.yourmusic.user_id), "playlist_name": playlist.name,
        "public": playlist.public, "created_at": STAMP, "updated_at": STAMP })
}

/// A row holds no title; the last ones come first, so that only `order` tells the place.
fn rows(world: &World, playlist: &Playlist) -> Value {
    let (from, to) = playlist.range;
    let tracks: Vec<_> = super::tracks(world).enumerate().skip(from).take(to - from).collect();
    tracks
        .into_iter()
        .rev()
        .map(|(place, entry)| {
            let by_stream = shapes::stream_id(entry).filter(|_| playlist.by_stream);
            json!({ "id": format!("7a000000-0000-4000-8000-{place:012x}"), "playlist_id": playlist.id,
                "track_id": by_stream.unwrap_or_else(|| shapes::id(entry).to_string()),
                "order": place - from, "created_at": STAMP, "updated_at": STAMP })
        })
        .collect()
}
