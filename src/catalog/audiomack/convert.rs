//! Audiomack's songs into the player's tracks.

use url::Url;

use crate::catalog::address::{is_id, resolve};
use crate::catalog::tolerant::shown;
use crate::model::{Allowed, CleanText, ServiceId, Track, TrackRef};

use super::wire;

/// The track, or nothing when it is no song or has no usable id.
pub(super) fn track(base: &Url, wire: wire::Music) -> Option<Track> {
    if wire.kind.as_deref().is_some_and(|kind| kind != "song") {
        return None;
    }
    let playable = playable(&wire);
    let id = wire.song_id.or(wire.id).filter(|id| is_id(id))?;
    let title = shown(wire.title).unwrap_or_else(|| id.as_str().into());
    let mut track = Track::new(TrackRef::Service { service: ServiceId::known(super::ID), id }, title);
    let artist = wire.artist.or_else(|| wire.uploader?.name);
    let featuring = wire.featuring.unwrap_or_default();
    let names = artist.iter().map(String::as_str).chain(featuring.split(','));
    track.artists = names.map(CleanText::new).filter(|name| !name.is_empty()).collect();
    track.album = shown(wire.album);
    track.length = wire.duration;
    track.isrc = shown(wire.isrc);
    track.explicit = wire.explicit == Some(true);
    let sized = wire.image_base.and_then(|address| resolve(base, &address)).map(|mut address| {
        address.set_query(Some("width=500"));
        address
    });
    track.artwork = sized.or_else(|| resolve(base, &wire.image?));
    track.playable = playable;
    Some(track)
}

fn playable(wire: &wire::Music) -> Allowed {
    let reason = match wire.status.as_deref() {
        Some("suspended" | "takedown") => "taken down",
        Some("unplayable") => "its file is damaged",
        _ if wire.geo_restricted == Some(true) => "not in your country",
        _ if wire.private == Some(true) => "private",
        _ => return Allowed::Yes,
    };
    Allowed::No(reason.into())
}
