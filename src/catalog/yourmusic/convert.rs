//! YourMusic's things into the player's.

use std::sync::Arc;

use url::Url;

use crate::catalog::address::{is_id, resolve};
use crate::catalog::tolerant::shown;
use crate::model::{Allowed, Collection, Facts, ItemRef, Kind, ServiceId, Track, TrackRef};

use super::wire;

/// The sizes of pictures there are, in pixels.
const IMAGE_SIZES: [&str; 9] = ["33", "50", "100", "180", "182", "200", "350", "500", "800"];

/// The size that is asked for.
pub(super) const IMAGE_SIZE: &str = "500";

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
    track.artists.extend(shown(wire.artist.name));
    track.artist_id = wire.artist.id.filter(|id| is_id(id));
    let number = |text: Option<String>| text.and_then(|text| text.parse().ok());
    let release = wire.release.unwrap_or_default();
    track.facts = Some(Arc::new(Facts {
        number: number(wire.number).or_else(|| number(wire.other_number)),
        disc: number(wire.disc_number),
        year: release.year.and_then(|year| year.parse().ok()),
        album_artist: shown(release.artist.name),
        ..Facts::default()
    }));
    track.album = shown(release.title);
    track.album_id = release.id.filter(|id| is_id(id));
    track.length = wire.duration;
    track.isrc = shown(wire.isrc);
    track.explicit = wire.explicit_content == Some(true);
    let image = wire.cover_art.or(release.image).map(|image| resized(&image)).or(wire.artist_image);
    track.artwork = image.and_then(|image| resolve(base, &image));
    track.keepable = playable.clone();
    track.playable = playable;
    Some(track)
}

/// A track of which nothing but the id is known.
pub(super) fn named_only(id: &str) -> Track {
    Track::new(TrackRef::Service { service: ServiceId::known(super::ID), id: id.to_owned() }, id)
}

/// A track of a playlist that the catalogue no longer has: it keeps its place.
pub(super) fn gone(id: &str) -> Track {
    let gone = Allowed::No("no longer in the catalogue".into());
    Track { playable: gone.clone(), keepable: gone, ..named_only(id) }
}

/// An album, EP or single.
pub(super) fn release(base: &Url, wire: wire::Release) -> Option<Collection> {
    let mut release = collection(Kind::Album, wire.id?, wire.title)?;
    if let Some(version) = shown(wire.version.or(wire.subtitle)) {
        release.title = format!("{} ({version})", release.title).into();
    }
    release.by = shown(wire.artist.name);
    release.tracks = wire.track_count.and_then(|count| count.parse().ok());
    release.year = wire.year.and_then(|year| year.parse().ok());
    release.note = shown(wire.kind.map(|kind| kind.to_lowercase())).filter(|kind| kind.as_str() != "album");
    release.artwork = wire.image.and_then(|image| resolve(base, &resized(&image)));
    release.explicit = wire.explicit_content == Some(true);
    Some(release)
}

/// An artist.
pub(super) fn artist(base: &Url, wire: wire::Artist) -> Option<Collection> {
    let mut artist = collection(Kind::Artist, wire.id?, wire.name)?;
    artist.artwork = wire.image.and_then(|image| resolve(base, &image));
    Some(artist)
}

/// A playlist; the listener's own if it is `user`'s.
pub(super) fn playlist(wire: wire::Playlist, user: Option<&str>) -> Option<Collection> {
    let mut playlist = collection(Kind::Playlist, wire.id?, wire.title.or(wire.name))?;
    playlist.mine = user.is_some() && user == wire.user_id.as_deref();
    playlist.note = match wire.public {
        Some(true) if playlist.mine => Some("public".into()),
        Some(false) => Some("private".into()),
        Some(true) | None => None,
    };
    Some(playlist)
}

/// A collection with its id for a title if it has none.
pub(super) fn collection(kind: Kind, id: String, title: Option<String>) -> Option<Collection> {
    let id = Some(id).filter(|id| is_id(id))?;
    let title = shown(title).unwrap_or_else(|| id.as_str().into());
    Some(Collection::new(ItemRef { service: ServiceId::known(super::ID), kind, id }, title))
}

/// The address of a sleeve in the size that is wanted: the size stands at the end of the file's name.
fn resized(image: &str) -> String {
    let parts = image.rsplit_once('.').and_then(|(stem, end)| Some((stem.rsplit_once('_')?, end)));
    match parts {
        Some(((stem, size), end)) if IMAGE_SIZES.contains(&size) => format!("{stem}_{IMAGE_SIZE}.{end}"),
        _ => image.to_owned(),
    }
}

/// Whether an id opens the manifest itself. Ids of the catalogue are all digits.
pub(super) fn is_stream_id(id: &str) -> bool {
    is_uuid(id)
}

/// Whether a text is a UUID as RFC 9562 section 4 writes it.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}
