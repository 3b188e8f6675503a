//! YourMusic's tracks into the player's.

use url::Url;

use crate::catalog::address::{is_id, resolve};
use crate::catalog::tolerant::shown;
use crate::model::{Allowed, ServiceId, Track, TrackRef};

use super::wire;

/// The track, or nothing when it has no usable id.
pub(super) fn track(base: &Url, wire: wire::Track) -> Option<Track> {
    let playable = if wire.kind.as_deref() == Some("video") {
        Allowed::No("a video".into())
    } else if wire.stream_id.is_none() {
        Allowed::No("not for streaming".into())
    } else {
        Allowed::Yes
    };
    let id = wire.id.or(wire.stream_id).filter(|id| is_id(id))?;
    let mut track = named_only(&id);
    if let Some(title) = shown(wire.title) {
        track.title = match shown(wire.version) {
            Some(version) => format!("{title} ({version})").into(),
            None => title,
        };
    }
    track.artists.extend(shown(wire.artist));
    let (release, sleeve) = wire.release.map(|release| (release.title, release.image)).unwrap_or_default();
    track.album = shown(release);
    track.length = wire.duration;
    track.isrc = shown(wire.isrc);
    track.explicit = wire.explicit_content == Some(true);
    // The size stands at the end of the file name; 500 is among those that exist.
    let sleeve = sleeve.map(|image| image.replace("_50.", "_500."));
    track.artwork = wire.cover_art.or(sleeve).or(wire.artist_image).and_then(|image| resolve(base, &image));
    track.playable = playable;
    Some(track)
}

/// A track of which nothing but the id is known.
pub(super) fn named_only(id: &str) -> Track {
    Track::new(TrackRef::Service { service: ServiceId::known(super::ID), id: id.to_owned() }, id)
}

/// Whether an id opens the manifest itself. Ids of the catalogue are all digits.
pub(super) fn is_stream_id(id: &str) -> bool {
    id.len() == 36
        && id.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}
