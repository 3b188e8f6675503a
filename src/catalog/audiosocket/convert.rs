//! Audiosocket's things into the player's.

use std::sync::Arc;

use url::Url;

use crate::catalog::address::{is_id, resolve};
use crate::catalog::tolerant::{item, shown};
use crate::model::{
    BrowseList, CleanText, Collection, Facts, Item, ItemRef, Kind, ListId, ServiceId, Track, TrackRef,
};

use super::wire;

/// Stands before the id of a sound effect.
pub(super) const SOUND: &str = "sfx-";

/// Stands before the id of a playlist of the listener's own.
pub(super) const OWN: &str = "own-";

/// The track, or nothing when it has no usable id.
pub(super) fn track(base: &Url, wire: wire::Track) -> Option<Track> {
    let id = wire.id.clone()?;
    made(base, wire, id)
}

/// A sound effect as a track.
pub(super) fn sound(base: &Url, wire: wire::Track) -> Option<Track> {
    let id = format!("{SOUND}{}", wire.id.as_deref()?);
    made(base, wire, id)
}

fn made(base: &Url, wire: wire::Track, id: String) -> Option<Track> {
    if !is_id(&id) {
        return None;
    }
    let title = shown(wire.title).or_else(|| shown(wire.name)).unwrap_or_else(|| id.as_str().into());
    let mut track = Track::new(TrackRef::Service { service: ServiceId::known(super::ID), id }, title);
    track.artists.extend(shown(wire.artist_name).or_else(|| shown(wire.artist.name)));
    track.artist_id = wire.artist_id.or(wire.artist.id).filter(|id| is_id(id));
    track.album = shown(wire.album.name);
    track.album_id = wire.album.id.filter(|id| is_id(id));
    track.length = wire.duration.or(wire.length);
    track.isrc = shown(wire.isrc);
    track.explicit = wire.explicit == Some(true);
    // Ids say nothing to people.
    let genre = wire.genres.as_array().and_then(|genres| genres.first()?.as_str());
    let genre = genre.map(CleanText::new).filter(|genre| !genre.is_empty());
    let is_lossless = wire.audio.has_all();
    track.has_lyrics = wire.lyrics.as_deref().is_some_and(|words| !words.trim().is_empty());
    track.facts = Some(Arc::new(Facts { genre, lyrics: wire.lyrics, is_lossless, ..Facts::default() }));
    track.artwork = wire.pictures.address().and_then(|address| resolve(base, &address));
    Some(track)
}

/// What stands at a place of a playlist. Of some places only the id is told.
pub(super) fn placed(base: &Url, place: wire::Place) -> Option<Track> {
    let (words, id) = if place.is_sound {
        ("Sound effect", format!("{SOUND}{}", place.media_id))
    } else {
        ("Track", place.media_id.clone())
    };
    match place.media {
        Some(media) => made(base, item(media)?, id),
        None if is_id(&id) => {
            let reference = TrackRef::Service { service: ServiceId::known(super::ID), id };
            Some(Track::new(reference, format!("{words} {}", place.media_id)))
        }
        None => None,
    }
}

/// The name of an album, artist or playlist.
pub(super) fn reference(kind: Kind, id: String) -> ItemRef {
    ItemRef { service: ServiceId::known(super::ID), kind, id }
}

/// An album, artist or curated playlist.
pub(super) fn collection(base: &Url, kind: Kind, wire: wire::Collection) -> Option<Collection> {
    let id = wire.id.clone()?;
    gathered(base, kind, wire, id)
}

/// A playlist of the listener's own.
pub(super) fn own(base: &Url, wire: wire::Collection) -> Option<Collection> {
    let id = format!("{OWN}{}", wire.id.as_deref()?);
    Some(Collection { mine: true, ..gathered(base, Kind::Playlist, wire, id)? })
}

fn gathered(base: &Url, kind: Kind, wire: wire::Collection, id: String) -> Option<Collection> {
    if !is_id(&id) {
        return None;
    }
    let title = shown(wire.name).or_else(|| shown(wire.title)).unwrap_or_else(|| id.as_str().into());
    let mut collection = Collection::new(reference(kind, id), title);
    collection.by = shown(wire.artist_name).or_else(|| shown(wire.artist.name));
    collection.note = shown(wire.category);
    collection.tracks = wire.media_count.and_then(|count| count.parse().ok());
    collection.year = wire.release_date.and_then(|date| date.get(..4)?.parse().ok());
    collection.artwork = wire.pictures.address().and_then(|address| resolve(base, &address));
    Some(collection)
}

/// A branch of the filters opens to what is below it, a leaf to its tracks.
pub(super) fn filter(wire: wire::Filter) -> Option<Item> {
    let id = wire.id.filter(|id| is_id(id))?;
    let is_leaf = wire.sub_filters.as_array().is_none_or(Vec::is_empty);
    let title = shown(wire.name).unwrap_or_else(|| id.as_str().into());
    let id = ListId(format!("{}/{id}", if is_leaf { "filter" } else { "filters" }));
    Some(Item::List(BrowseList { id, title }))
}
