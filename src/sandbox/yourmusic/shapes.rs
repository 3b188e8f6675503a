//! Tracks and artists of YourMusic as 7digital shapes them.

use serde_json::{Value, json};

use crate::sandbox::ask::Ask;
use crate::sandbox::catalogue::{Access, Catalogue, Entry, slug};
use crate::sandbox::cdn;
use crate::sandbox::world::World;

/// Catalogue ids are this much above the numbers.
const FIRST_ID: u32 = 2000;

/// Ids of artists are this much above the number of their first entry.
const FIRST_ARTIST: u32 = 50;

/// Ids of releases are this much above the number of their first entry.
pub(super) const FIRST_RELEASE: u32 = 200;

/// The catalogue's id.
pub(super) fn id(entry: &Entry) -> u32 {
    FIRST_ID + entry.number
}

/// What opens the manifest; nothing for what was taken down.
pub(super) fn stream_id(entry: &Entry) -> Option<String> {
    let number = entry.number;
    let id = format!("{:08x}-5e60-4{:03x}-8000-{:012x}", number.wrapping_mul(0x9e37_79b1), number, number);
    (entry.access != Access::TakenDown).then_some(id)
}

/// The number of an artist's first entry; of an entry that names nobody, its own.
pub(super) fn first_of_artist(catalogue: &Catalogue, entry: &Entry) -> u32 {
    let first = super::tracks(catalogue).find(|other| other.artist.is_some() && other.artist == entry.artist);
    first.map_or(entry.number, |first| first.number)
}

/// The catalogue's id of an entry's artist.
pub(super) fn artist_id(catalogue: &Catalogue, entry: &Entry) -> u32 {
    FIRST_ARTIST + first_of_artist(catalogue, entry)
}

fn release_id(catalogue: &Catalogue, entry: &Entry) -> u32 {
    let first = super::tracks(catalogue)
        .find(|other| other.album.is_some() && other.album == entry.album && other.artist == entry.artist);
    FIRST_RELEASE + first.map_or(entry.number, |first| first.number)
}

/// The artist's name as lists sort it.
pub(super) fn sort_name(entry: &Entry) -> &str {
    let name = entry.artist.as_deref().unwrap_or_default();
    name.strip_prefix("The ").unwrap_or(name)
}

/// A picture in one size, which stands at the end of its name.
pub(super) fn image(world: &World, entry: &Entry, size: &str) -> String {
    let cover = cdn::cover(world, entry);
    match cover.rsplit_once('.') {
        Some((stem, end)) => format!("{stem}_{size}.{end}"),
        None => cover,
    }
}

/// The artist of an entry.
pub(super) fn artist(world: &World, entry: &Entry) -> Value {
    let bio = match entry.number % 3 {
        0 => Value::Null,
        1 => json!({ "text": "Plays by the water." }),
        _ => json!({}),
    };
    json!({ "id": artist_id(&world.catalogue, entry), "name": entry.artist, "sortName": sort_name(entry),
        "appearsAs": entry.artist, "slug": slug(entry.artist.as_deref().unwrap_or_default()),
        "image": image(world, entry, "150"), "isPlaceholderImage": false, "bio": bio })
}

/// A full track, the same everywhere.
pub(super) fn track(world: &World, entry: &Entry, ask: &Ask) -> Value {
    let sloppy = entry.is_sloppy();
    let size = ask.query("imageSize");
    let text_or_number = |number: u64| if sloppy { json!(number.to_string()) } else { json!(number) };
    let mut track = json!({
        "id": if sloppy { json!(id(entry).to_string()) } else { json!(id(entry)) },
        "stream_id": stream_id(entry),
        "payload": "b3BhcXVl",
        "title": entry.title,
        "version": if entry.number % 7 == 6 { "Remastered" } else { "" },
        "artist": { "id": artist_id(&world.catalogue, entry), "name": entry.artist,
            "slug": slug(entry.artist.as_deref().unwrap_or_default()), "image": image(world, entry, "150") },
        "artist_image": image(world, entry, "150"),
        "cover_art": image(world, entry, size.unwrap_or("350")),
        "trackNumber": entry.piece.track_number,
        "number": entry.piece.track_number,
        "discNumber": 1,
        "duration": text_or_number(entry.piece.seconds()),
        "explicitContent": if sloppy { json!(u8::from(entry.explicit)) } else { json!(entry.explicit) },
        "isrc": entry.isrc,
        "type": "audio",
        "release": { "id": release_id(&world.catalogue, entry), "title": entry.album,
            "type": if entry.album.is_some() { "Album" } else { "Single" },
            "year": text_or_number(u64::from(entry.year)), "image": image(world, entry, size.unwrap_or("50")),
            "label": { "id": 9, "name": "Quay" } },
        "subscriptionStreaming": { "releaseDate": format!("{}-05-15T00:00:00Z", entry.year) },
        "adSupportedStreaming": { "releaseDate": null },
        "download": { "releaseDate": null, "previewDate": null, "packages": [{ "id": 2,
            "description": "standard", "price": { "currencyCode": "GBP", "sevendigitalPrice": "0.99",
            "recommendedRetailPrice": "0.99" } }] },
    });
    if sloppy && let Some(fields) = track.as_object_mut() {
        fields
            .retain(|name, _| !matches!(name.as_str(), "version" | "artist_image" | "payload" | "download"));
        fields.insert("cover_art".to_owned(), Value::Null);
    }
    track
}
