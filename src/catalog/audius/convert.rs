//! Audius' tracks, users and playlists into the player's.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use crate::catalog::address::{is_id, resolve};
use crate::catalog::tolerant::{self, count_of, shown};
use crate::model::{
    Allowed, CleanText, Collection, Facts, Item, ItemRef, Kind, ServiceId, Track, TrackRef, is_lossless_name,
};

use super::wire;

/// Where the pages for a browser are.
const SITE: &str = "https://audius.co";

/// What rows are looked at with.
#[derive(Clone, Copy)]
pub(super) struct Eyes<'a> {
    /// The host that answered.
    pub base: &'a Url,
    /// Id of whoever is signed in.
    pub me: Option<&'a str>,
}

/// The track, or nothing when it has no usable id.
pub(super) fn track(eyes: Eyes<'_>, wire: wire::Track) -> Option<Track> {
    let (playable, keepable) = (playable(&wire), keepable(&wire));
    let id = wire.id.filter(|id| is_id(id))?;
    let title = shown(wire.title).unwrap_or_else(|| id.as_str().into());
    let mut track = Track::new(TrackRef::Service { service: ServiceId::known(super::ID), id }, title);
    if let Some(user) = wire.user {
        track.artist_id = user.id.filter(|id| is_id(id));
        track.artists.extend(shown(user.name).or_else(|| shown(user.handle)));
    }
    if let Some(album) = wire.album_backlink {
        track.album = shown(album.playlist_name);
        track.album_id = album.playlist_id.filter(|id| is_id(id));
    }
    track.length = wire.duration;
    track.isrc = shown(wire.isrc);
    track.explicit = wire.parental_warning_type.is_some_and(|kind| kind.eq_ignore_ascii_case("explicit"));
    track.artwork = wire.artwork.and_then(|art| picture(eyes.base, &art));
    track.link = wire.permalink.and_then(|path| page(&path));
    let year = wire.release_date.as_deref().and_then(year);
    let original = wire.orig_filename.filter(|_| wire.is_original_available == Some(true));
    let is_lossless = original.as_deref().is_some_and(is_lossless_name);
    let genre = shown(wire.genre);
    track.facts = Some(Arc::new(Facts { year, genre, is_lossless, ..Facts::default() }));
    track.liked = wire.has_current_user_saved == Some(true);
    track.playable = playable;
    track.keepable = keepable;
    Some(track)
}

/// The user as an artist, or nothing when they have no usable id or are gone.
pub(super) fn user(eyes: Eyes<'_>, wire: wire::User) -> Option<Collection> {
    if wire.is_deactivated == Some(true) {
        return None;
    }
    let id = wire.id.filter(|id| is_id(id))?;
    let link = wire.handle.as_ref().and_then(|handle| page(&format!("/{handle}")));
    let title = shown(wire.name).or_else(|| shown(wire.handle)).unwrap_or_else(|| id.as_str().into());
    let mut artist = Collection::new(reference(Kind::Artist, id), title);
    artist.tracks = count_of(&wire.track_count);
    artist.note = count_of(&wire.follower_count).map(followers);
    artist.artwork = wire.profile_picture.and_then(|art| picture(eyes.base, &art));
    artist.link = link;
    artist.liked = wire.does_current_user_follow == Some(true);
    Some(artist)
}

/// The playlist or album, or nothing when it has no usable id or is gone.
pub(super) fn playlist(eyes: Eyes<'_>, wire: wire::Playlist) -> Option<Collection> {
    if wire.is_delete == Some(true) {
        return None;
    }
    let id = wire.id.filter(|id| is_id(id))?;
    let kind = if wire.is_album == Some(true) { Kind::Album } else { Kind::Playlist };
    let title = shown(wire.name).unwrap_or_else(|| id.as_str().into());
    let mut found = Collection::new(reference(kind, id), title);
    let rows = wire.contents.as_array().map(|rows| rows.len() as u64);
    found.tracks = count_of(&wire.track_count).or(rows);
    if let Some(user) = wire.user {
        found.mine = eyes.me.is_some() && user.id.as_deref() == eyes.me;
        found.by = shown(user.name).or_else(|| shown(user.handle));
    }
    found.year = wire.release_date.as_deref().and_then(year);
    found.note = (wire.is_private == Some(true)).then(|| "private".into());
    found.artwork = wire.artwork.and_then(|art| picture(eyes.base, &art));
    found.link = wire.permalink.and_then(|path| page(&path));
    found.liked = wire.has_current_user_saved == Some(true);
    Some(found)
}

/// What somebody did something with.
pub(super) fn activity(eyes: Eyes<'_>, wire: wire::Activity) -> Option<Item> {
    // Where the type is no text, the item tells by its own name what it is.
    let is_playlist = match wire.item_type.as_deref() {
        Some(kind) => matches!(kind, "playlist" | "album"),
        None => wire.item.get("playlist_name").is_some(),
    };
    if is_playlist {
        tolerant::item(wire.item).and_then(|wire| playlist(eyes, wire)).map(Item::Collection)
    } else {
        tolerant::item(wire.item).and_then(|wire| track(eyes, wire)).map(Item::Track)
    }
}

pub(super) fn reference(kind: Kind, id: String) -> ItemRef {
    ItemRef { service: ServiceId::known(super::ID), kind, id }
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

fn keepable(wire: &wire::Track) -> Allowed {
    let offered = wire.is_downloadable.or(wire.downloadable);
    let barred = wire.access.as_ref().and_then(|access| access.download) == Some(false);
    match offered {
        Some(true) if !barred => Allowed::Yes,
        Some(true) => Allowed::No("its download is not for everybody".into()),
        Some(false) | None => Allowed::No("its artist does not offer it for download".into()),
    }
}

/// The picture nearest to 500 pixels. One whose address is of no use is looked for at its mirrors, under
/// the same path.
pub(super) fn picture(base: &Url, art: &wire::Artwork) -> Option<Url> {
    let text = art.medium.as_ref().or(art.large.as_ref()).or(art.small.as_ref())?;
    let whole = Url::parse(text.trim()).ok();
    if whole.is_some() {
        return resolve(base, text);
    }
    let mirrors = art.mirrors.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut mirrors = mirrors.iter().filter_map(Value::as_str).filter_map(|mirror| Url::parse(mirror).ok());
    mirrors.find_map(|mirror| resolve(&mirror, text))
}

/// A page of the web site by its path.
fn page(path: &str) -> Option<Url> {
    let site = Url::parse(SITE).ok()?;
    let page = site.join(path).ok().filter(|_| path.starts_with('/'))?;
    (page.origin() == site.origin()).then_some(page)
}

/// The year in a date, whichever of its forms it has: the first number of four digits.
fn year(date: &str) -> Option<u16> {
    let numbers = date.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
    numbers.filter_map(|digits| digits.parse().ok()).find(|year| (1800..2200).contains(year))
}

/// "1,204 followers".
fn followers(count: u64) -> CleanText {
    let digits = count.to_string();
    let mut words = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words.push_str(if count == 1 { " follower" } else { " followers" });
    words.into()
}
