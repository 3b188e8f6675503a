//! The listener's own playlists: `consumers_playlists` and what lies below it.

use axum::http::Method;
use serde_json::Value;

use crate::sandbox::ask::Ask;
use crate::sandbox::world::World;

use super::shelf::{Media, OwnPlaylist, Row, Things};
use super::{Outcome, find, said, shapes};

/// Answers a request; `path` is what follows `consumers_playlists`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Outcome {
    let mut things = world.audiosocket.open();
    match (&ask.method, path) {
        (&Method::GET, []) => {
            let rows: Vec<Value> = things.playlists.iter().map(shapes::own).collect();
            rows_of(ask, "consumer_playlists", rows)
        }
        (&Method::POST, []) => create(ask, &mut things),
        (_, [id, rest @ ..]) => {
            if things.playlist(id).is_none() {
                return Outcome::Missing;
            }
            below(world, ask, &mut things, id, rest)
        }
        _ => Outcome::Missing,
    }
}

fn create(ask: &Ask, things: &mut Things) -> Outcome {
    let Some(name) = said(ask, "name").filter(|name| !name.trim().is_empty()) else {
        return Outcome::Wrong("Name can't be blank");
    };
    let folder = said(ask, "folder_id").and_then(|id| id.parse().ok());
    let playlist = OwnPlaylist { id: things.new_id(), name, folder, rows: Vec::new() };
    let value = shapes::own(&playlist);
    things.playlists.push(playlist);
    Outcome::Made { key: "consumer_playlist", value }
}

fn below(world: &World, ask: &Ask, things: &mut Things, id: &str, path: &[&str]) -> Outcome {
    let new_id = things.new_id();
    let is_class = ask.query("klass") == Some("consumer_playlist");
    let Some(playlist) = things.playlist(id) else { return Outcome::Missing };
    match (&ask.method, path) {
        (&Method::GET, []) => one(world, playlist),
        (&Method::GET, ["playlist_tracks"]) if is_class => {
            rows_of(ask, "playlist_tracks", shapes::own_rows(world, playlist, true))
        }
        (_, ["playlist_tracks", ..]) if !is_class => Outcome::Wrong("klass is missing"),
        (&Method::GET, ["playlist_artists"]) => {
            let mut ids: Vec<u32> = playlist
                .rows
                .iter()
                .filter_map(|row| match row.media {
                    Media::Track(id) => find::artist_id(world, super::track(world, &id.to_string())?),
                    Media::Sound(_) => None,
                })
                .collect();
            ids.dedup();
            let artists = find::artists(world);
            let artists = artists.iter().filter(|artist| ids.contains(&artist.id));
            rows_of(ask, "artists", artists.map(|artist| shapes::artist(world, artist)).collect())
        }
        (&Method::PATCH, ["rename"]) => match said(ask, "name").filter(|name| !name.trim().is_empty()) {
            Some(name) => {
                playlist.name = name;
                Outcome::One { key: "consumer_playlist", value: shapes::own(playlist) }
            }
            None => Outcome::Wrong("Name can't be blank"),
        },
        (&Method::PATCH, []) => update(world, ask, things, id),
        (&Method::DELETE, []) => {
            things.playlists.retain(|playlist| playlist.id.to_string() != id);
            Outcome::Left(things.playlists.iter().map(shapes::own).collect())
        }
        (&Method::POST, ["add_media"]) => {
            let media = said(ask, "mediable_id").and_then(|id| id.parse().ok());
            let media = media.and_then(|id| Media::of(&said(ask, "mediable_type")?, id));
            let Some(media) = media else { return Outcome::Wrong("mediable is missing") };
            if !is_there(world, media) {
                return Outcome::Missing;
            }
            playlist.rows.push(Row { id: new_id, note: String::new(), media });
            Outcome::Put(match media {
                Media::Track(_) => "Track added to playlist",
                Media::Sound(_) => "Sfx added to playlist",
            })
        }
        (&Method::DELETE, ["playlist_tracks", row]) => {
            let before = playlist.rows.len();
            playlist.rows.retain(|known| known.id.to_string() != *row);
            if playlist.rows.len() == before {
                return Outcome::Missing;
            }
            Outcome::Taken("Track removed from playlist")
        }
        _ => Outcome::Missing,
    }
}

/// The whole playlist. Its rows are in it twice: as places, and as what stands there.
fn one(world: &World, playlist: &OwnPlaylist) -> Outcome {
    let mut value = shapes::own(playlist);
    value["playlist_tracks"] = shapes::own_rows(world, playlist, false).into();
    Outcome::One { key: "consumer_playlist", value }
}

/// Name and places at once. A place with `_destroy` goes; one without an id comes to the end.
fn update(world: &World, ask: &Ask, things: &mut Things, id: &str) -> Outcome {
    let body: Value = serde_json::from_slice(&ask.body).unwrap_or_default();
    let empty = Vec::new();
    let changes = body["playlist_tracks_attributes"].as_array().unwrap_or(&empty);
    let mut new_ids: Vec<u32> = changes.iter().map(|_| things.new_id()).collect();
    let Some(playlist) = things.playlist(id) else { return Outcome::Missing };
    let mut rows = playlist.rows.clone();
    for change in changes {
        let number = |name: &str| {
            let value = &change[name];
            value.as_u64().or_else(|| value.as_str()?.parse().ok()).and_then(|id| u32::try_from(id).ok())
        };
        match number("id") {
            Some(row) if !rows.iter().any(|known| known.id == row) => return Outcome::Missing,
            Some(row) if change["_destroy"] == true => rows.retain(|known| known.id != row),
            Some(row) => {
                if let (Some(note), Some(row)) =
                    (change["note"].as_str(), rows.iter_mut().find(|known| known.id == row))
                {
                    note.clone_into(&mut row.note);
                }
            }
            None => {
                let class = change["mediable_type"].as_str().unwrap_or_default();
                let media = number("mediable_id").and_then(|id| Media::of(class, id));
                let Some(media) = media.filter(|media| is_there(world, *media)) else {
                    return Outcome::Wrong("Playlist tracks mediable must exist");
                };
                let note = change["note"].as_str().unwrap_or_default().to_owned();
                rows.push(Row { id: new_ids.pop().unwrap_or_default(), note, media });
            }
        }
    }
    playlist.rows = rows;
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut playlist.name);
    }
    one(world, playlist)
}

fn is_there(world: &World, media: Media) -> bool {
    match media {
        Media::Track(id) => super::track(world, &id.to_string()).is_some(),
        Media::Sound(id) => find::SOUNDS.iter().any(|(known, _, _)| *known == id),
    }
}

fn rows_of(ask: &Ask, key: &'static str, rows: Vec<Value>) -> Outcome {
    let total = rows.len();
    match find::page(ask, rows) {
        Some(rows) => Outcome::Rows { key, rows, total },
        None => Outcome::Wrong("page is wrong"),
    }
}
