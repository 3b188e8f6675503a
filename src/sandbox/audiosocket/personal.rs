//! What belongs to the listener besides playlists: favourites, follows, noted downloads. A list with
//! nothing in it is a sentence.

use axum::http::Method;
use serde_json::Value;

use crate::sandbox::ask::Ask;
use crate::sandbox::world::World;

use super::shelf::{Download, Media};
use super::{Outcome, find, own, said, shapes};

/// Answers a request; `None` when the path is nothing personal.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Option<Outcome> {
    Some(match (&ask.method, path) {
        (_, ["consumers_playlists", path @ ..]) => own::answer(world, ask, path),
        (&Method::POST, ["favorites_following", verb]) => change(world, ask, verb),
        (&Method::GET, ["favorites_following", list]) => shelf(world, ask, list),
        (&Method::GET, ["consumer_downloads"]) => downloads(world, ask),
        (&Method::PATCH, ["consumer_downloads", id]) => name_work(world, ask, id),
        (&Method::POST, ["tracks", id, "add_download_track"]) => match super::track(world, id) {
            Some(entry) => note(world, Media::Track(super::FIRST_ID + entry.number)),
            None => Outcome::Missing,
        },
        (&Method::POST, ["sfxes", id, "add_download_sfx"]) => {
            match find::SOUNDS.iter().find(|(known, _, _)| known.to_string() == *id) {
                Some((id, _, _)) => note(world, Media::Sound(*id)),
                None => Outcome::Missing,
            }
        }
        _ => return None,
    })
}

/// `favorite`, `unfavorite`, `follow`, `unfollow` with `{id, klass}`.
fn change(world: &World, ask: &Ask, verb: &str) -> Outcome {
    let Some(id) = said(ask, "id").and_then(|id| id.parse::<u32>().ok()) else {
        return Outcome::Wrong("id is missing");
    };
    let Some(class) = said(ask, "klass") else { return Outcome::Wrong("klass is missing") };
    let mut things = world.audiosocket.open();
    let is_curated = || find::PLAYLISTS.iter().any(|(known, ..)| *known == id);
    let (list, is_there, put, taken) = match (verb, class.as_str()) {
        ("favorite" | "unfavorite", "track") => (
            &mut things.favourites,
            super::track(world, &id.to_string()).is_some(),
            "Track added to favorites",
            "Track removed from favorites",
        ),
        ("favorite" | "unfavorite", "sfx") => (
            &mut things.favourite_sounds,
            find::SOUNDS.iter().any(|(known, _, _)| *known == id),
            "Sfx added to favorites",
            "Sfx removed from favorites",
        ),
        ("favorite" | "unfavorite", "curated_playlist") => (
            &mut things.favourite_playlists,
            is_curated(),
            "Playlist added to favorites",
            "Playlist removed from favorites",
        ),
        ("follow" | "unfollow", "artist") => (
            &mut things.followed,
            find::artists(world).iter().any(|artist| artist.id == id),
            "Artist added to following list",
            "Artist removed from following list",
        ),
        ("follow" | "unfollow", "curated_playlist") => (
            &mut things.followed_playlists,
            is_curated(),
            "Playlist added to following list",
            "Playlist removed from following list",
        ),
        ("favorite" | "unfavorite" | "follow" | "unfollow", _) => return Outcome::Wrong("klass is wrong"),
        _ => return Outcome::Missing,
    };
    if !is_there {
        return Outcome::Missing;
    }
    if verb.starts_with("un") {
        list.retain(|known| *known != id);
        return Outcome::Taken(taken);
    }
    if list.contains(&id) {
        return Outcome::Twice;
    }
    list.push(id);
    Outcome::Put(put)
}

/// The lists of what was marked, newest first.
fn shelf(world: &World, ask: &Ask, list: &str) -> Outcome {
    let things = world.audiosocket.open();
    let curated = |ids: &[u32]| -> Vec<Value> {
        let one = |id: &u32| find::PLAYLISTS.iter().find(|(known, ..)| known == id);
        ids.iter().rev().filter_map(one).map(|playlist| shapes::curated(world, playlist)).collect()
    };
    let (key, rows, nothing): (_, Vec<Value>, _) = match list {
        "favorite_tracks" => {
            let entries =
                things.favourites.iter().rev().filter_map(|id| super::track(world, &id.to_string()));
            ("tracks", entries.map(|entry| shapes::track(world, entry)).collect(), "No favorite tracks")
        }
        "favorite_sfxes" => {
            let sounds = things.favourite_sounds.iter().rev().filter_map(|id| shapes::sound(world, *id));
            ("sfxes", sounds.collect(), "No favorite sfxes")
        }
        "followed_artists" => {
            let artists = find::artists(world);
            let one = |id: &u32| artists.iter().find(|artist| artist.id == *id);
            let followed = things.followed.iter().rev().filter_map(one);
            ("artists", followed.map(|one| shapes::artist(world, one)).collect(), "No followed artists")
        }
        "favorited_followed_playlists" => match ask.query("type") {
            Some("favorite") => {
                ("curated_playlists", curated(&things.favourite_playlists), "No favorite playlists")
            }
            Some("follow") => {
                ("curated_playlists", curated(&things.followed_playlists), "No followed playlists")
            }
            _ => return Outcome::Wrong("type is missing"),
        },
        _ => return Outcome::Missing,
    };
    rows_of(ask, key, rows, nothing)
}

fn note(world: &World, media: Media) -> Outcome {
    let at = world.now();
    let mut things = world.audiosocket.open();
    let id = things.new_id();
    things.downloads.push(Download { id, media, work_title: None, at });
    Outcome::Put("Download added")
}

fn downloads(world: &World, ask: &Ask) -> Outcome {
    let things = world.audiosocket.open();
    let rows = things.downloads.iter().rev().map(|one| shapes::download(world, one)).collect();
    rows_of(ask, "consumer_downloads", rows, "No downloads")
}

/// What the download was for.
fn name_work(world: &World, ask: &Ask, id: &str) -> Outcome {
    let Some(title) = said(ask, "work_title") else { return Outcome::Wrong("work_title is missing") };
    let mut things = world.audiosocket.open();
    match things.downloads.iter_mut().find(|download| download.id.to_string() == id) {
        Some(download) => {
            download.work_title = Some(title);
            Outcome::One { key: "consumer_download", value: shapes::download(world, download) }
        }
        None => Outcome::Missing,
    }
}

fn rows_of(ask: &Ask, key: &'static str, rows: Vec<Value>, nothing: &'static str) -> Outcome {
    let total = rows.len();
    match find::page(ask, rows) {
        _ if total == 0 => Outcome::Nothing(nothing),
        Some(rows) => Outcome::Rows { key, rows, total },
        None => Outcome::Wrong("page is wrong"),
    }
}
