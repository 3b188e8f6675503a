//! The objects as they are sent: tracks, users, playlists, pictures. What is not known is `null` or missing.

use serde_json::{Value, json};

use crate::sandbox::catalogue::{Access, Entry, slug};
use crate::sandbox::{cdn, date};

use super::ids::{self, id};
use super::shelves::Shelf;
use super::state::Thing;
use super::{Desk, Generation, users};

/// Fields of a track that the first servers send.
const FIRST_FIELDS: &[&str] = &[
    "artwork",
    "description",
    "genre",
    "id",
    "mood",
    "release_date",
    "remix_of",
    "repost_count",
    "favorite_count",
    "tags",
    "title",
    "user",
    "duration",
    "play_count",
];

/// Fields that older nodes of newer servers leave out.
const NEWER_FIELDS: &[&str] = &[
    "access",
    "stream_conditions",
    "is_stream_gated",
    "is_streamable",
    "is_downloadable",
    "is_available",
    "is_delete",
    "is_unlisted",
    "album_backlink",
    "isrc",
];

/// A track.
pub(super) fn track(desk: &Desk<'_>, entry: &Entry) -> Value {
    let world = desk.world;
    let permalink = permalink(desk, entry);
    let mut track = json!({
        "id": id(entry.number),
        "title": entry.title,
        "user": user(desk, users::of(&world.catalogue, entry)),
        "duration": entry.piece.seconds(),
        "artwork": artwork(desk, entry),
        "description": null,
        "genre": entry.genre,
        "mood": entry.piece.mood,
        "release_date": release_date(desk, entry),
        "remix_of": remix_of(entry),
        "tags": tags(entry).join(","),
        "repost_count": entry.plays() / 40,
        "favorite_count": entry.plays() / 25,
        "play_count": entry.plays(),
        "comment_count": 1,
        "permalink": permalink,
        "is_streamable": true,
        "is_downloadable": is_downloadable(entry),
        "isrc": entry.isrc.as_deref().unwrap_or_default(),
        "bpm": entry.piece.bpm,
        "musical_key": entry.piece.key,
        "parental_warning_type": entry.explicit.then_some("Explicit"),
        "is_unlisted": false,
        "is_delete": false,
        "is_available": true,
        "is_stream_gated": gate(entry).is_object(),
        "stream_conditions": gate(entry),
        "access": { "stream": entry.access == Access::Open, "download": is_downloadable(entry) },
        "album_backlink": backlink(desk, entry),
    });
    let Some(fields) = track.as_object_mut() else { return track };
    if desk.generation == Generation::Python {
        fields.retain(|name, _| FIRST_FIELDS.contains(&name.as_str()));
        fields.insert("downloadable".to_owned(), json!(is_downloadable(entry)));
    } else if entry.is_sloppy() {
        // An older node: fewer fields, another name for one of them, counts as texts.
        fields.retain(|name, _| entry.access != Access::Open || !NEWER_FIELDS.contains(&name.as_str()));
        fields.insert("downloadable".to_owned(), json!(is_downloadable(entry)));
        fields.insert("play_count".to_owned(), json!(entry.plays().to_string()));
        fields.insert("artwork".to_owned(), Value::Null);
    }
    if desk.full && entry.access == Access::Open {
        let stream = json!({ "url": cdn::node_address(world, entry, "true"), "mirrors": [world.cdn] });
        fields.insert("stream".to_owned(), stream);
    }
    if desk.me().is_some() {
        let changes = world.audius.lock();
        let has =
            |marks: &[(Thing, u64)]| marks.iter().any(|(thing, _)| *thing == Thing::Track(entry.number));
        fields.insert("has_current_user_saved".to_owned(), json!(has(&changes.favourites)));
        fields.insert("has_current_user_reposted".to_owned(), json!(has(&changes.reposts)));
    }
    track
}

/// A user by number.
pub(super) fn user(desk: &Desk<'_>, number: u32) -> Value {
    let catalogue = &desk.world.catalogue;
    let lead = catalogue.entry(number.saturating_sub(ids::USERS));
    let shelves = desk.world.audius.lock().shelves.clone();
    let own = |is_album: bool| {
        let own = shelves.iter().filter(|shelf| shelf.owner == number && !shelf.is_private);
        own.filter(|shelf| shelf.is_album == is_album).count()
    };
    let tracks = users::uploads(catalogue, number).count();
    let mut user = json!({
        "id": id(number),
        "handle": users::handle(number),
        "name": lead.map_or(Some("Lis Tener"), |lead| lead.artist.as_deref()),
        "bio": lead.filter(|lead| lead.number % 2 == 1).map(|lead| format!("Makes {}.\nAsk.", lead.genre)),
        "location": lead.filter(|lead| lead.number % 4 == 1).map(|_| "By the sea"),
        "is_verified": lead.is_some_and(|lead| lead.is_real()),
        "profile_picture": lead.map(|lead| artwork(desk, lead)),
        "cover_photo": lead.map(|lead| {
            let cover = cdn::cover(desk.world, lead);
            json!({ "640x": cover, "2000x": cover, "mirrors": [] })
        }),
        "follower_count": lead.map_or(0, |lead| lead.plays() / 90),
        "followee_count": 3, "track_count": tracks, "album_count": own(true),
        "playlist_count": own(false), "repost_count": 1,
    });
    if let Some(fields) = user.as_object_mut().filter(|_| desk.generation != Generation::Python) {
        fields.insert("website".to_owned(), Value::Null);
        fields.insert("is_deactivated".to_owned(), json!(false));
        fields.insert("total_audio_balance".to_owned(), json!(0));
        fields.insert("artist_pick_track_id".to_owned(), lead.map_or(Value::Null, |lead| json!(lead.number)));
        if desk.me().is_some() {
            let follows = desk.world.audius.lock().follows.contains(&number);
            fields.insert("does_current_user_follow".to_owned(), json!(follows));
        }
    }
    user
}

/// A playlist or an album.
pub(super) fn playlist(desk: &Desk<'_>, shelf: &Shelf) -> Value {
    let content = |(track, added): &(u32, u64)| json!({ "track_id": id(*track), "timestamp": added, "metadata_timestamp": *added as f64 + 0.5 });
    let first = shelf.contents.first().and_then(|(track, _)| desk.world.catalogue.entry(*track));
    let plays: u64 = first.map_or(0, |entry| entry.plays());
    let mut playlist = json!({
        "id": id(shelf.number),
        "playlist_name": shelf.name,
        "is_album": shelf.is_album,
        "description": shelf.description,
        "artwork": first.map(|entry| artwork(desk, entry)),
        "repost_count": 4, "favorite_count": 11, "total_play_count": plays,
        "user": user(desk, shelf.owner),
    });
    let Some(fields) = playlist.as_object_mut().filter(|_| desk.generation != Generation::Python) else {
        return playlist;
    };
    let contents: Vec<Value> = shelf.contents.iter().map(content).collect();
    let more = json!({
        "track_count": shelf.contents.len(),
        "permalink": shelf_permalink(shelf),
        "playlist_contents": contents,
        "is_private": shelf.is_private,
        "is_delete": false,
        "is_image_autogenerated": true,
        "access": { "stream": true, "download": false },
        "upc": null,
        "created_at": date::http_date(shelf.created),
        "updated_at": date::http_date(shelf.updated),
    });
    fields.extend(more.as_object().cloned().unwrap_or_default());
    if desk.me().is_some() {
        let changes = desk.world.audius.lock();
        let has =
            |marks: &[(Thing, u64)]| marks.iter().any(|(thing, _)| *thing == Thing::Playlist(shelf.number));
        fields.insert("has_current_user_saved".to_owned(), json!(has(&changes.favourites)));
        fields.insert("has_current_user_reposted".to_owned(), json!(has(&changes.reposts)));
    }
    playlist
}

/// One picture in all sizes; the first servers' have no sizes to choose from.
fn artwork(desk: &Desk<'_>, entry: &Entry) -> Value {
    let cover = cdn::cover(desk.world, entry);
    match entry.number % 11 {
        7 => json!({ "480x480": cover }),
        8 => json!({}),
        _ => json!({ "150x150": cover, "480x480": cover, "1000x1000": cover, "mirrors": [desk.world.cdn] }),
    }
}

/// What a listener must do first; exactly one key.
pub(super) fn gate(entry: &Entry) -> Value {
    match entry.access {
        Access::Open | Access::TakenDown => Value::Null,
        Access::Region => json!({ "follow_user_id": entry.number }),
        Access::Gated => json!({ "usdc_purchase": { "price": 199, "splits": [] } }),
    }
}

/// Three ways to write a date are in the wild.
fn release_date(desk: &Desk<'_>, entry: &Entry) -> Value {
    match entry.number % 3 {
        _ if desk.generation == Generation::Python => {
            json!(format!("Mon Sep 23 {} 12:35:10 GMT-0700", entry.year))
        }
        0 => json!(format!("Mon Sep 23 {} 12:35:10 GMT-0700", entry.year)),
        1 => json!(format!("{}-08-02T21:57:07Z", entry.year)),
        _ => Value::Null,
    }
}

/// Every ninth is a remix of the one before.
pub(super) fn parent(entry: &Entry) -> Option<u32> {
    (entry.number % 9 == 2 && !entry.is_real()).then(|| entry.number - 1)
}

fn remix_of(entry: &Entry) -> Value {
    match parent(entry) {
        Some(parent) => json!({ "tracks": [{ "parent_track_id": id(parent) }] }),
        None if entry.number.is_multiple_of(2) => json!({ "tracks": null }),
        None => Value::Null,
    }
}

/// The tags of a track.
pub(super) fn tags(entry: &Entry) -> [String; 2] {
    [slug(&entry.genre), entry.year.to_string()]
}

pub(super) fn is_downloadable(entry: &Entry) -> bool {
    entry.access == Access::Open && entry.number % 2 == 1
}

fn backlink(desk: &Desk<'_>, entry: &Entry) -> Value {
    let album = entry.album.as_ref();
    album.map_or(Value::Null, |album| {
        json!({ "playlist_id": entry.number, "playlist_name": album,
            "permalink": format!("/{}/album/{}", handle_of(desk, entry), slug(album)) })
    })
}

fn handle_of(desk: &Desk<'_>, entry: &Entry) -> String {
    users::handle(users::of(&desk.world.catalogue, entry))
}

/// Where a track is on the web site.
pub(super) fn permalink(desk: &Desk<'_>, entry: &Entry) -> String {
    format!("/{}/track-{}", handle_of(desk, entry), entry.number)
}

/// Where a playlist is on the web site.
pub(super) fn shelf_permalink(shelf: &Shelf) -> String {
    let kind = if shelf.is_album { "album" } else { "playlist" };
    let name = slug(&shelf.name);
    format!("/{}/{kind}/{name}-{}", users::handle(shelf.owner), shelf.number)
}
