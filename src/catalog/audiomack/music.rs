//! One thing at a time: songs, albums, artists and playlists by their ids, where a song's bytes are, and the
//! report that somebody listens.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use sha1::{Digest as _, Sha1};
use url::Url;

use crate::catalog::address::{asked_id, reach};
use crate::catalog::call::Asked;
use crate::catalog::{CatalogError, tolerant};
use crate::model::{Item, Kind, Locator, Purpose, RemoteAddress, Track};
use crate::net::Method;

use super::lists::{ANY, ARTISTS, MUSIC, PLAYLISTS};
use super::requests::Sent;
use super::{Audiomack, NAME, wire};

/// How long after it was given a signed address may be asked, as the service documents.
const ADDRESS_LIFE: Duration = Duration::from_secs(10);

impl Audiomack {
    /// A single object, in its envelope or bare.
    pub(super) async fn single(&self, asked: &Asked, url: &Url) -> Result<wire::Row, CatalogError> {
        let answer = self.read(asked, url).await?;
        self.one_of(answer)
    }

    /// The single object of an answer.
    pub(super) fn one_of(&self, answer: serde_json::Value) -> Result<wire::Row, CatalogError> {
        tolerant::single(answer, &["results"])
            .and_then(tolerant::item)
            .ok_or_else(|| self.caller.senseless("it holds nothing of the kind"))
    }

    /// A row of music by its id, with the key that opens it if one is known.
    async fn music_row(&self, kind: &str, id: &str, fields: &str) -> Result<wire::Row, CatalogError> {
        let url = self.music_url(id, fields)?;
        self.single(&Asked::known("reading music").thing(format!("{kind} {id}")), &url).await
    }

    fn music_url(&self, id: &str, fields: &str) -> Result<Url, CatalogError> {
        let key = self.keys().get(id).cloned();
        let mut query = vec![("fields", fields)];
        query.extend(key.as_deref().map(|key| ("key", key)));
        self.url("/music/{id}", &[("id", id)], &query)
    }

    /// A song.
    pub(super) async fn read_track(&self, id: &str) -> Result<Track, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let row = self.music_row("track", id, MUSIC).await?;
        self.view(|view| view.track(row))?.ok_or_else(|| self.caller.senseless("it holds no song"))
    }

    /// A song or an album, maybe as it was read before.
    pub(super) async fn read_music(&self, id: &str) -> Result<Item, CatalogError> {
        let asked = Asked::known("reading music").thing(format!("music {id}"));
        let row = self.one_of(self.read_page(&asked, &self.music_url(id, MUSIC)?).await?.value)?;
        self.view(|view| view.item(row))?.ok_or_else(|| self.caller.senseless("it holds no music"))
    }

    /// Anything by its id.
    pub(super) async fn read_item(&self, kind: Kind, id: &str) -> Result<Item, CatalogError> {
        let id = asked_id(NAME, kind.as_str(), id)?;
        let asked = Asked::known("reading a page").thing(format!("{kind} {id}"));
        let read = async |path: &str, fields: &str| {
            let url = self.url(path, &[("id", id)], &[("fields", fields)])?;
            self.single(&asked, &url).await
        };
        let found = match kind {
            Kind::Track => return self.read_track(id).await.map(Item::Track),
            Kind::Album => {
                let row = self.music_row("album", id, MUSIC).await?;
                if row.kind.as_deref().is_some_and(|kind| kind != "album") {
                    return Err(CatalogError::NotFound { service: NAME, what: format!("album {id}") });
                }
                self.view(|view| view.album(row))?
            }
            Kind::Artist => {
                let row = read("/artist/{id}", ARTISTS).await?;
                self.view(|view| view.artist(row))?
            }
            Kind::Playlist => {
                // Whether it is the listener's own shows by their name in addresses.
                if self.session().is_some_and(|session| session.slug.is_empty()) {
                    self.own_slug().await?;
                }
                let row = read("/playlist/{id}", PLAYLISTS).await?;
                self.view(|view| view.playlist(row))?
            }
        };
        let found = found.ok_or_else(|| self.caller.senseless(format!("it holds no {kind}")))?;
        Ok(found.into())
    }

    /// The signed address, for its ten seconds.
    pub(super) async fn play(&self, id: &str, purpose: Purpose) -> Result<Locator, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        match purpose {
            // What is played on must be the same encoding as before.
            Purpose::Listen | Purpose::GoOn => self.play_at(id, false).await,
            // The best may need rights that are not there.
            Purpose::Keep => match self.play_at(id, true).await {
                Err(CatalogError::Refused { .. }) => self.play_at(id, false).await,
                other => other,
            },
        }
    }

    async fn play_at(&self, id: &str, best: bool) -> Result<Locator, CatalogError> {
        let url = self.url("/music/{id}/play", &[("id", id)], &[])?;
        let asked = Asked::known("asking for a stream").thing(format!("stream for track {id}"));
        let key = self.keys().get(id).cloned();
        let mut form = vec![("session", self.run.as_str())];
        form.extend(best.then_some(("hq", "true")));
        form.extend(key.as_deref().map(|key| ("key", key)));
        let (_, body) = self.send(&asked, Method::POST, &url, Sent::Form(&form)).await?;
        let came = tokio::time::Instant::now().into_std();
        let base = self.setup.base()?;
        let address = wire::play_address(&body);
        let url = address.map(|address| self.caller.sound_at(base, &address)).transpose()?.flatten();
        let good_until = Some(came + ADDRESS_LIFE);
        url.map(|url| RemoteAddress { reach: reach(base, &url), good_until, ..RemoteAddress::plain(url) })
            .map(Locator::Http)
            .ok_or_else(|| self.caller.senseless("it holds no stream address"))
    }

    /// Reports that somebody listens: a token for this one listen, then the report itself.
    pub(super) async fn report_play(&self, id: &str) -> Result<(), CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let device = self.device();
        let url = self.url("/music/stats/token", &[], &[("device", &device), ("music_id", id)])?;
        let asked = Asked::known("reporting a listen");
        let answer = self.read(&asked, &url).await?;
        let token = wire::stats_token(&answer).ok_or_else(|| self.caller.senseless("it holds no token"))?;
        let url = self.url("/music/stats/{id}", &[("id", id)], &[])?;
        let form = [("token", token.as_str()), ("type", "play")];
        self.send(&asked, Method::POST, &url, Sent::Form(&form)).await.map(drop)
    }

    /// A name for this listener's devices that stays the same and says nothing about them.
    fn device(&self) -> String {
        let digest = Sha1::digest(format!("segue device {}", self.settings.consumer_key.reveal()));
        let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
    }

    /// Tells the service that a song cannot be played. Only when the listener says so.
    pub(super) async fn report_unplayable(&self, id: &str) -> Result<(), CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let row = self.music_row("track", id, "id,type,url_slug,uploader:url_slug").await?;
        let (Some(artist), Some(slug)) = (&row.uploader.slug, &row.url_slug) else {
            return Err(self.caller.senseless("it does not say how the song is called in addresses"));
        };
        let kind = row.kind.as_deref().filter(|kind| *kind == "album").unwrap_or("song");
        let values = [("type", kind), ("artist", artist.as_str()), ("slug", slug.as_str())];
        let url = self.url("/music/{type}/{artist}/{slug}", &values, &[])?;
        let form = [("status", "unplayable")];
        let asked = Asked::known("reporting a song").thing(format!("track {id}"));
        self.send(&asked, Method::PATCH, &url, Sent::Form(&form)).await.map(|_| self.caller.changed())
    }

    /// What a page of the web site shows.
    pub(super) async fn read_link(&self, link: Link) -> Result<Item, CatalogError> {
        let (path, values, fields) = match &link {
            Link::Artist(slug) => return self.read_item(Kind::Artist, slug).await,
            Link::Music { kind, artist, slug, .. } => {
                let values = vec![("type", *kind), ("artist", artist.as_str()), ("slug", slug.as_str())];
                ("/music/{type}/{artist}/{slug}", values, ANY)
            }
            Link::Playlist { artist, slug } => {
                let values = vec![("artist", artist.as_str()), ("slug", slug.as_str())];
                ("/playlist/{artist}/{slug}", values, PLAYLISTS)
            }
        };
        let key = match &link {
            Link::Music { key, .. } => key.as_deref(),
            Link::Artist(_) | Link::Playlist { .. } => None,
        };
        let mut query = vec![("fields", fields)];
        query.extend(key.map(|key| ("key", key)));
        let url = self.url(path, &values, &query)?;
        let row = self.single(&Asked::known("opening a link").thing("such page".to_owned()), &url).await?;
        if let (Some(key), Some(id)) = (key, &row.id) {
            let mut keys = self.keys();
            // Nobody opens so many private things in one run.
            if keys.len() < 1000 {
                keys.insert(id.clone(), key.to_owned());
            }
        }
        self.view(|view| view.item(row))?.ok_or_else(|| self.caller.senseless("it holds nothing of the kind"))
    }

    /// What opens private music, by its id.
    pub(super) fn keys(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.promo_keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A page of the web site.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Link {
    Artist(String),
    Music { kind: &'static str, artist: String, slug: String, key: Option<String> },
    Playlist { artist: String, slug: String },
}

impl Link {
    /// Reads an address; nothing when it is none of this web site's pages that show music.
    pub(super) fn read(url: &Url) -> Option<Self> {
        /// First words of addresses that name no artist.
        const NOBODY: [&str; 12] = [
            "trending-now",
            "search",
            "oauth",
            "about",
            "contact-us",
            "premium",
            "playlists",
            "world",
            "login",
            "join",
            "top",
            "edit",
        ];
        let host = url.host_str()?.trim_end_matches('.');
        if !matches!(host, "audiomack.com" | "www.audiomack.com" | "m.audiomack.com") {
            return None;
        }
        let path: Vec<String> =
            url.path_segments()?.filter(|part| !part.is_empty()).map(percent_decoded).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).filter(|part| *part != "embed").collect();
        let key = url.query_pairs().find(|(name, _)| name == "key").map(|(_, key)| key.into_owned());
        let owned = str::to_owned;
        let (kind, artist, slug) = match path.as_slice() {
            [artist] if !NOBODY.contains(artist) => return Some(Self::Artist(owned(artist))),
            // As people share it, and as it was once.
            [artist, kind @ ("song" | "album" | "playlist"), slug]
            | [kind @ ("song" | "album" | "playlist"), artist, slug] => (*kind, owned(artist), owned(slug)),
            _ => return None,
        };
        Some(match kind {
            "playlist" => Self::Playlist { artist, slug },
            "album" => Self::Music { kind: "album", artist, slug, key },
            _ => Self::Music { kind: "song", artist, slug, key },
        })
    }
}

/// A segment of a path as text.
fn percent_decoded(segment: &str) -> String {
    // A form decodes the same way, where there is no `+`.
    let query = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(query.as_bytes())
        .next()
        .map_or_else(String::new, |(name, _)| name.into_owned())
}
