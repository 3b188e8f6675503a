//! Tracks, artists, albums, sound effects and playlists as the platform of 2022 and after writes them.

use serde_json::{Value, json};

use crate::sandbox::catalogue::{Access, Entry};
use crate::sandbox::cdn;
use crate::sandbox::world::World;

use super::find::{self, Named};
use super::shelf::{Download, Media, OwnPlaylist};
use super::{FIRST_ID, MEDIA_LIFE_S};

/// A track with all its fields; some name things as the older API did.
pub(super) fn track(world: &World, entry: &Entry) -> Value {
    let sloppy = entry.is_sloppy();
    let (seconds, id) = (entry.piece.seconds(), FIRST_ID + entry.number);
    let (duration, explicit) = match entry.number % 10 {
        0 if sloppy => (json!(entry.piece.duration_ms as f64 / 1000.0), json!(u8::from(entry.explicit))),
        _ if sloppy => {
            (json!(format!("{}:{:02}", seconds / 60, seconds % 60)), json!(entry.explicit.to_string()))
        }
        _ => (json!(seconds), json!(entry.explicit)),
    };
    let (artist_id, album_id) = (find::artist_id(world, entry), find::album_id(world, entry));
    let mut track = json!({
        "id": if sloppy { json!(id.to_string()) } else { json!(id) },
        "title": entry.title,
        "artist_name": entry.artist,
        "artist_id": artist_id,
        "album": { "id": album_id, "name": entry.album },
        "album_artwork": cdn::cover(world, entry),
        "duration": duration,
        "bpm": entry.piece.bpm,
        "key": entry.piece.key,
        "language": null,
        "explicit": explicit,
        "instrumental": find::is_instrumental(entry),
        "composer": entry.artist,
        "description": null,
        "lyrics": null,
        "moods": find::moods(entry).collect::<Vec<_>>(),
        "genres": [entry.genre],
        "instruments": [],
        "themes": [],
        "aims_id": format!("aims-{id}"),
        "featured": entry.is_real(),
        "publish_date": format!("{}-05-15", entry.year),
        "created_at": "May 15, 2022",
        "parent_track_id": null,
        "public_domain": false,
        "status": "approved",
        "isrc": entry.isrc,
        "alternate_versions": [],
    });
    if let Some(fields) = track.as_object_mut() {
        if sloppy {
            // As the older API names things.
            let title = fields.remove("title").unwrap_or_default();
            fields.insert("name".to_owned(), title);
            fields.remove("artist_name");
            fields.insert("artist".to_owned(), json!({ "id": artist_id, "name": entry.artist }));
        }
        for (name, address) in media(world, entry) {
            fields.insert(name.to_owned(), json!(address));
        }
    }
    track
}

/// The addresses in a track. A quarter of the tracks has none: those are asked for.
fn media(world: &World, entry: &Entry) -> Vec<(&'static str, String)> {
    if entry.access != Access::Open || entry.number % 4 == 2 {
        return Vec::new();
    }
    let file = entry.piece.file();
    let name = file.rsplit('/').next().unwrap_or_default();
    let address = if entry.number % 4 == 1 {
        format!("/rails/active_storage/blobs/redirect/{}/{name}", FIRST_ID + entry.number)
    } else {
        cdn::signed(world, "audiosocket", file, MEDIA_LIFE_S)
    };
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("mp3") => vec![("mp3_file", address.clone()), ("mp3_file_compressed", address)],
        Some("opus") => vec![("opus_file", address)],
        _ => vec![("file", address)],
    }
}

pub(super) fn artist(world: &World, artist: &Named<'_>) -> Value {
    json!({ "id": artist.id, "name": artist.name, "artist_image": cdn::cover(world, artist.entry),
        "country": null, "status": "approved" })
}

pub(super) fn album(world: &World, album: &Named<'_>) -> Value {
    json!({ "id": album.id, "name": album.name, "artist_name": album.entry.artist,
        "artist_id": find::artist_id(world, album.entry), "album_artwork": cdn::cover(world, album.entry),
        "release_date": format!("{}-05-15", album.entry.year) })
}

/// A sound effect, if there is one with this id.
pub(super) fn sound(world: &World, id: u32) -> Option<Value> {
    let (_, name, number) = find::SOUNDS.iter().find(|(known, _, _)| *known == id)?;
    let entry = world.catalogue.entry(*number)?;
    let file = cdn::signed(world, "audiosocket", entry.piece.file(), MEDIA_LIFE_S);
    Some(json!({ "id": id, "title": name, "duration": entry.piece.seconds(), "keywords": [], "file": file }))
}

/// A curated playlist.
pub(super) fn curated(world: &World, playlist: &(u32, &str, &str, u32)) -> Value {
    let (id, name, category, remainder) = *playlist;
    let entries = find::curated(world, remainder);
    let image = entries.first().map(|entry| cdn::cover(world, entry));
    json!({ "id": id, "name": name, "category": category, "order": id - 30, "keywords": [],
        "playlist_image": image, "banner_image": null, "compressed_playlist_image": image,
        "media_count": entries.len() })
}

/// The filters of tracks: genres and moods, one below the other.
pub(super) fn filters(world: &World) -> Value {
    let names = find::filters(world);
    let branch = |id: u32, name: &str, is_mood: bool| {
        let of = |name: &&&str| world.catalogue.all().any(|entry| entry.genre == **name) != is_mood;
        let leaves: Vec<Value> = names
            .iter()
            .filter(of)
            .map(|name| {
                json!({ "id": find::filter_id(&names, name), "name": name, "sub_filters": [],
                    "media_count": 40 })
            })
            .collect();
        json!({ "id": id, "name": name, "sub_filters": leaves, "media_count": 360 })
    };
    json!([branch(1, "Genres", false), branch(2, "Moods", true)])
}

/// A playlist of the listener's own, without its rows.
pub(super) fn own(playlist: &OwnPlaylist) -> Value {
    json!({ "id": playlist.id, "name": playlist.name, "folder_id": playlist.folder, "playlist_image": null,
        "banner_image": null, "media_count": playlist.rows.len() })
}

/// Its rows. Every other one only names what stands there, as the platform does in a playlist's own answer.
pub(super) fn own_rows(world: &World, playlist: &OwnPlaylist, whole: bool) -> Vec<Value> {
    let rows = playlist.rows.iter().zip(1..);
    rows.map(|(row, order): (_, u32)| {
        let (class, id) = row.media.named();
        let mut shape = json!({ "id": row.id, "note": row.note, "order": order, "mediable_type": class,
            "mediable_id": id });
        if whole || order % 2 == 1 {
            shape["mediable"] = media_of(world, row.media).unwrap_or_default();
        }
        shape
    })
    .collect()
}

/// A noted download.
pub(super) fn download(world: &World, download: &Download) -> Value {
    let (class, id) = download.media.named();
    json!({ "id": download.id, "mediable_type": class, "mediable_id": id,
        "mediable": media_of(world, download.media), "work_title": download.work_title,
        "created_at": download.at })
}

fn media_of(world: &World, media: Media) -> Option<Value> {
    match media {
        Media::Track(id) => super::track(world, &id.to_string()).map(|entry| track(world, entry)),
        Media::Sound(id) => sound(world, id),
    }
}
