//! Audius' tracks into the player's.

use url::Url;

use crate::catalog::address::{is_id, resolve};
use crate::catalog::tolerant::shown;
use crate::model::{Allowed, ServiceId, Track, TrackRef};

use super::wire;

/// The track, or nothing when it has no usable id.
pub(super) fn track(base: &Url, wire: wire::Track) -> Option<Track> {
    let playable = playable(&wire);
    let id = wire.id.filter(|id| is_id(id))?;
    let title = shown(wire.title).unwrap_or_else(|| id.as_str().into());
    let mut track = Track::new(TrackRef::Service { service: ServiceId::known(super::ID), id }, title);
    track.artists.extend(wire.user.and_then(|user| shown(user.name).or_else(|| shown(user.handle))));
    track.album = wire.album_backlink.and_then(|album| shown(album.playlist_name));
    track.length = wire.duration;
    track.isrc = shown(wire.isrc);
    track.explicit = wire.parental_warning_type.is_some_and(|kind| kind.eq_ignore_ascii_case("explicit"));
    track.artwork = wire
        .artwork
        .and_then(|art| art.medium.or(art.large).or(art.small))
        .and_then(|address| resolve(base, &address));
    track.playable = playable;
    Some(track)
}

fn playable(wire: &wire::Track) -> Allowed {
    let stream = wire.access.as_ref().and_then(|access| access.stream);
    let gate = wire.stream_conditions.as_object().filter(|gate| !gate.is_empty());
    let reason = if wire.is_delete == Some(true) {
        "deleted by its artist"
    } else if wire.is_available == Some(false) {
        "not available at the moment"
    } else if wire.is_unlisted == Some(true) {
        "not published"
    } else if let Some(gate) = gate.filter(|_| stream != Some(true)) {
        let has = |key| gate.contains_key(key);
        if has("usdc_purchase") {
            "only for buyers"
        } else if has("follow_user_id") {
            "only for followers of the artist"
        } else if has("tip_user_id") {
            "only for supporters of the artist"
        } else {
            "only for holders of the artist's token"
        }
    } else if stream == Some(false) || wire.is_streamable == Some(false) {
        "not for streaming"
    } else {
        return Allowed::Yes;
    };
    Allowed::No(reason.into())
}
