//! Audiomack's rows into the player's words.

use std::collections::HashMap;
use std::sync::Arc;

use url::Url;

use crate::catalog::address::{is_id, resolve};
use crate::catalog::tolerant::{self, shown};
use crate::model::{
    Allowed, CleanText, Collection, Facts, Item, ItemRef, Kind, ListId, ServiceId, Track, TrackRef,
};

use super::lists::genre_title;
use super::session::Marks;
use super::wire::{Party, Row};
use super::{ID, NAME};

/// The web site, for links.
const SITE: &str = "https://audiomack.com/";

/// Seconds of a mean Gregorian year.
const YEAR_S: u64 = 31_556_952;

/// What must be known to write rows for this listener.
pub(super) struct View<'a> {
    /// The API's base.
    pub base: &'a Url,
    /// The listener's name in addresses, empty when nobody is signed in.
    pub own: &'a str,
    /// What the listener likes, as far as is known.
    pub marks: &'a Marks,
    /// What opens private music, by its id.
    pub keys: &'a HashMap<String, String>,
}

impl View<'_> {
    /// A row of any kind; nothing when it is none of them or has no usable id.
    pub(super) fn item(&self, row: Row) -> Option<Item> {
        match row.kind.as_deref() {
            None | Some("artist" | "user") if row.title.is_none() && row.name.is_some() => {
                self.artist(row).map(Item::from)
            }
            None | Some("song") => self.track(row).map(Item::from),
            Some("album") => self.album(row).map(Item::from),
            Some("playlist") => self.playlist(row).map(Item::from),
            Some(_) => None,
        }
    }

    /// The track, or nothing when it is no song.
    pub(super) fn track(&self, row: Row) -> Option<Track> {
        if row.kind.as_deref().is_some_and(|kind| kind != "song") {
            return None;
        }
        let artwork = self.artwork(&row);
        let id = row.song_id.as_ref().or(row.id.as_ref()).filter(|id| is_id(id))?.clone();
        let playable = self.playable(&row, &id);
        let title = shown(row.title).unwrap_or_else(|| id.as_str().into());
        let liked = self.marks.music.contains(&id);
        let mut track = Track::new(TrackRef::Service { service: ServiceId::known(ID), id }, title);
        let artist = row.artist.name.as_ref().or(row.uploader.name.as_ref());
        let featuring = row.featuring.unwrap_or_default();
        let names = artist.into_iter().map(String::as_str).chain(featuring.split(','));
        track.artists = names.map(CleanText::new).filter(|name| !name.is_empty()).collect();
        track.album = shown(row.album);
        track.length = row.duration;
        track.isrc = shown(row.isrc);
        track.explicit = row.explicit == Some(true);
        track.link = page(&row.uploader, Some("song"), row.url_slug.as_deref());
        track.artist_id = row.uploader.slug.filter(|slug| is_id(slug));
        track.artwork = artwork;
        let genre = row.genre.as_deref().map(|genre| CleanText::new(genre_title(genre)));
        let year = row.released.and_then(year);
        track.facts = Some(Arc::new(Facts { year, genre, ..Facts::default() }));
        track.liked = liked;
        track.playable = playable;
        if row.stream_only == Some(true) {
            track.keepable = Allowed::No("only to be streamed".into());
        }
        Some(track)
    }

    fn playable(&self, row: &Row, id: &str) -> Allowed {
        let reason = match row.status.as_deref() {
            Some("suspended" | "takedown") => "taken down",
            Some("unplayable") => "its file is damaged",
            _ if row.geo_restricted == Some(true) => "not in your country",
            _ if row.private == Some(true) && !self.keys.contains_key(id) => "private",
            _ => return Allowed::Yes,
        };
        Allowed::No(reason.into())
    }

    /// The album without its tracks.
    pub(super) fn album(&self, row: Row) -> Option<Collection> {
        let mut album = self.collection(Kind::Album, &row, row.id.as_deref()?)?;
        album.by = shown(row.artist.name.or(row.uploader.name.clone()));
        album.liked = self.marks.music.contains(&album.reference.id);
        album.link = page(&row.uploader, Some("album"), row.url_slug.as_deref());
        Some(album)
    }

    /// The playlist without its tracks.
    pub(super) fn playlist(&self, row: Row) -> Option<Collection> {
        let mut list = self.collection(Kind::Playlist, &row, row.id.as_deref()?)?;
        list.mine = !self.own.is_empty() && row.artist.slug.as_deref() == Some(self.own);
        list.liked = self.marks.playlists.contains(&list.reference.id);
        list.note = (row.private == Some(true)).then(|| "private".into());
        list.link = page(&row.artist, Some("playlist"), row.url_slug.as_deref());
        list.by = shown(row.artist.name);
        Some(list)
    }

    /// The artist, whose id is the name in addresses: most calls want that.
    pub(super) fn artist(&self, row: Row) -> Option<Collection> {
        let mut artist = self.collection(Kind::Artist, &row, row.url_slug.as_deref()?)?;
        let followed = row.id.as_ref().is_some_and(|id| self.marks.artists.contains(id));
        artist.liked = row.follow.unwrap_or(followed);
        artist.note = row.followers_count.map(|count| match count {
            1 => "1 follower".into(),
            count => CleanText::new(format!("{} followers", grouped(count))),
        });
        artist.link = page(&Party { name: None, slug: row.url_slug }, None, None);
        artist.mine = false;
        Some(artist)
    }

    fn collection(&self, kind: Kind, row: &Row, id: &str) -> Option<Collection> {
        let id = Some(id).filter(|id| is_id(id))?.to_owned();
        let title = shown(row.title.clone().or_else(|| row.name.clone()));
        let title = title.unwrap_or_else(|| id.as_str().into());
        let mut collection = Collection::new(ItemRef { service: ServiceId::known(ID), kind, id }, title);
        collection.artwork = self.artwork(row);
        collection.explicit = row.explicit == Some(true);
        collection.tracks = row.track_count;
        collection.year = row.released.and_then(year);
        Some(collection)
    }

    fn artwork(&self, row: &Row) -> Option<Url> {
        let sized = row.image_base.as_ref().and_then(|address| resolve(self.base, address));
        let sized = sized.map(|mut address| {
            address.set_query(Some("width=500"));
            address
        });
        sized.or_else(|| resolve(self.base, row.image.as_ref()?))
    }

    /// The tracks of an album or playlist, with what they share with an album.
    pub(super) fn tracks(&self, mut whole: Row) -> Vec<Item> {
        let rows = tolerant::rows(whole.tracks.take(), &[]).unwrap_or_default();
        let is_album = whole.kind.as_deref() == Some("album");
        let album = whole.id.clone().filter(|_| is_album);
        tolerant::items(NAME, rows, |mut row: Row| {
            if is_album {
                let inherit = |own: &mut Option<String>, shared: &Option<String>| {
                    if own.is_none() {
                        own.clone_from(shared);
                    }
                };
                inherit(&mut row.album, &whole.title);
                inherit(&mut row.image, &whole.image);
                inherit(&mut row.genre, &whole.genre);
                inherit(&mut row.image_base, &whole.image_base);
                inherit(&mut row.artist.name, &whole.artist.name);
                inherit(&mut row.uploader.name, &whole.uploader.name);
                inherit(&mut row.uploader.slug, &whole.uploader.slug);
            }
            let mut track = self.track(row)?;
            track.album_id.clone_from(&album);
            Some(track)
        })
    }

    /// A notification as a row that says what happened and opens what it is about.
    pub(super) fn notification(&self, told: super::wire::Notification) -> Option<Item> {
        let who = told.actor.name.clone().unwrap_or_else(|| "Somebody".to_owned());
        let about = told.object.and_then(|row| self.item(row));
        let what = about.as_ref().map(|item| item.title().to_string());
        let verb = told.verb.or(told.kind)?;
        let words = match (verb.as_str(), what) {
            ("follow", _) => format!("{who} follows you"),
            ("favorite", Some(what)) => format!("{who} likes {what}"),
            ("reup" | "repost", Some(what)) => format!("{who} reposted {what}"),
            ("playlist_add", Some(what)) => format!("{who} put {what} into a playlist"),
            ("playlist_favorite", Some(what)) => format!("{who} likes your playlist {what}"),
            ("comment", Some(what)) => format!("{who} wrote about {what}"),
            // New kinds may come at any time.
            _ => return None,
        };
        let opens = match about {
            Some(Item::Collection(collection)) => collection.reference.list(),
            _ => ListId(format!("artist/{}", told.actor.slug.filter(|slug| is_id(slug))?)),
        };
        Some(Item::List(crate::model::BrowseList { id: opens, title: CleanText::new(words) }))
    }
}

/// The page of a thing on the web site, as people share it.
fn page(by: &Party, kind: Option<&str>, slug: Option<&str>) -> Option<Url> {
    let mut url: Url = SITE.parse().ok()?;
    {
        let mut path = url.path_segments_mut().ok()?;
        path.pop_if_empty().push(by.slug.as_deref().filter(|slug| is_id(slug))?);
        if let Some(kind) = kind {
            path.push(kind).push(slug.filter(|slug| is_id(slug))?);
        }
    }
    Some(url)
}

/// The year of a time in unix seconds; nothing for times that nobody means.
fn year(unix_s: u64) -> Option<u16> {
    let year = 1970 + unix_s / YEAR_S;
    (unix_s > 0).then(|| u16::try_from(year).ok().filter(|year| *year < 3000)).flatten()
}

/// `1204` as "1,204".
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
