//! Audiosocket's tracks into the player's.

use url::Url;

use crate::catalog::address::{is_id, resolve};
use crate::catalog::tolerant::shown;
use crate::model::{ServiceId, Track, TrackRef};

use super::wire;

/// The track, or nothing when it has no usable id.
pub(super) fn track(base: &Url, wire: wire::Track) -> Option<Track> {
    let id = wire.id.filter(|id| is_id(id))?;
    let title = shown(wire.title).or_else(|| shown(wire.name)).unwrap_or_else(|| id.as_str().into());
    let mut track = Track::new(TrackRef::Service { service: ServiceId::known(super::ID), id }, title);
    track.artists.extend(shown(wire.artist_name).or_else(|| shown(wire.artist)));
    track.album = shown(wire.album);
    track.length = wire.duration.or(wire.length);
    track.isrc = shown(wire.isrc);
    track.explicit = wire.explicit == Some(true);
    let pictures = wire.pictures;
    track.artwork = pictures
        .album_artwork
        .or(pictures.artwork)
        .or(pictures.image)
        .or(pictures.cover)
        .or(pictures.artwork_url)
        .and_then(|address| resolve(base, &address));
    Some(track)
}
