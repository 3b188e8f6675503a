//! Tracks of YourMusic as 7digital shapes them.

use serde_json::{Value, json};

use crate::sandbox::catalogue::{Access, Entry, slug};
use crate::sandbox::cdn;
use crate::sandbox::world::World;

/// Catalogue ids are this much above the numbers.
const FIRST_ID: u32 = 2000;

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

/// A full track, the same everywhere.
pub(super) fn track(world: &World, entry: &Entry) -> Value {
    let sloppy = entry.is_sloppy();
    let cover = cdn::cover(world, entry);
    let text_or_number = |number: u64| if sloppy { json!(number.to_string()) } else { json!(number) };
    let mut track = json!({
        "id": if sloppy { json!(id(entry).to_string()) } else { json!(id(entry)) },
        "stream_id": stream_id(entry),
        "payload": "b3BhcXVl",
        "title": entry.title,
        "version": if entry.number % 7 == 6 { "Remastered" } else { "" },
        "artist": { "id": 50 + entry.number, "name": entry.artist,
            "slug": slug(entry.artist.as_deref().unwrap_or_default()), "image": cover },
        "artist_image": cover,
        "cover_art": cover,
        "trackNumber": entry.piece.track_number,
        "number": entry.piece.track_number,
        "discNumber": 1,
        "duration": text_or_number(entry.piece.seconds()),
        "explicitContent": if sloppy { json!(u8::from(entry.explicit)) } else { json!(entry.explicit) },
        "isrc": entry.isrc,
        "type": "audio",
        "release": { "id": 200 + entry.number, "title": entry.album, "type": "Album",
            "year": text_or_number(u64::from(entry.year)), "image": cover,
            "label": { "id": 9, "name": "Quay" } },
        "subscriptionStreaming": { "releaseDate": format!("{}-05-15T00:00:00Z", entry.year) },
        "download": { "releaseDate": null, "packages": [{ "id": 2, "description": "standard",
            "price": { "currencyCode": "GBP", "sevendigitalPrice": "0.99", "recommendedRetailPrice": "0.99" } }] },
    });
    if sloppy && let Some(fields) = track.as_object_mut() {
        fields
            .retain(|name, _| !matches!(name.as_str(), "version" | "artist_image" | "payload" | "download"));
        fields.insert("cover_art".to_owned(), Value::Null);
    }
    track
}
