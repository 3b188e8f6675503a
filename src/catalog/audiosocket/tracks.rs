//! Tracks: found, read one by one, and where their sound is.

use std::sync::Arc;

use url::Url;

use crate::catalog::address::{asked_id, reach};
use crate::catalog::call::Asked;
use crate::catalog::{CatalogError, tolerant};
use crate::config::{AudiosocketProfile, DownloadFormat};
use crate::model::{
    Filter, Item, Kind, Locator, Page, Purpose, RemoteAddress, SearchQuery, Track, TrackRef, parse_clock,
};

use super::operations::{Call, SFX_ONE, TRACK, TRACK_DOWNLOAD, TRACK_STREAM, TRACKS};
use super::{At, Audiosocket, NAME, Rows, Values, convert, wire};

/// What a track is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// Its name and what else is shown.
    Show,
    /// Its files.
    Open,
}

impl Audiosocket {
    /// How a search for tracks is narrowed down; the partner API has words only.
    pub(super) fn filters(&self) -> Vec<Filter> {
        if self.profile == AudiosocketProfile::V5 {
            return Vec::new();
        }
        let any = |key, words| Filter { key, words, values: Vec::new(), is_free: true };
        let of = |key, words, values: &[&str]| Filter {
            key,
            words,
            values: values.iter().map(|&value| value.to_owned()).collect(),
            is_free: false,
        };
        vec![
            any("genre", "genre"),
            any("mood", "mood"),
            any("instrument", "instrument"),
            any("theme", "theme"),
            of("sort", "order", &["newest", "oldest"]),
            of("explicit", "explicit tracks", &["no"]),
            of("vocals", "tracks with vocals", &["no"]),
            any("longer", "least length, as 1:30"),
            any("shorter", "greatest length, as 4:00"),
        ]
    }

    pub(super) fn searchable(&self) -> Vec<Kind> {
        match self.profile {
            AudiosocketProfile::Bearer => vec![Kind::Track, Kind::Playlist],
            AudiosocketProfile::Consumer if self.is_personal() => vec![Kind::Track, Kind::Playlist],
            AudiosocketProfile::V5 | AudiosocketProfile::Consumer => vec![Kind::Track],
        }
    }

    pub(super) async fn find(&self, query: &SearchQuery) -> Result<Page<Item>, CatalogError> {
        if query.words.trim().is_empty() {
            return Ok(Page::default());
        }
        let at = (query.page, u64::from(query.limit.clamp(1, 100)));
        match query.kind {
            Kind::Track => {}
            Kind::Playlist if self.searchable().contains(&Kind::Playlist) => {
                return self.curated(&[("query", &query.words)], at).await;
            }
            Kind::Playlist | Kind::Album | Kind::Artist => return Ok(Page::default()),
        }
        let named = ["genre", "mood", "instrument", "theme"].into_iter().filter_map(|key| query.filter(key));
        let filters = named.collect::<Vec<_>>().join(",");
        let no = |key: &str, value| if query.filter(key) == Some("no") { value } else { "" };
        let (order_by, direction) = match query.filter("sort") {
            Some("newest") => ("recently_published", "desc"),
            Some("oldest") => ("recently_published", "asc"),
            _ => ("", ""),
        };
        let seconds = |key: &str| {
            let length = query.filter(key).and_then(parse_clock);
            length.map(|length| length.as_secs().to_string()).unwrap_or_default()
        };
        let values = [
            ("query", query.words.as_str()),
            ("filters", &filters),
            ("order_by", order_by),
            ("direction", direction),
            ("explicit", no("explicit", "false")),
            ("exclude_vocals", no("vocals", "true")),
            ("from", &seconds("longer")),
            ("to", &seconds("shorter")),
        ];
        self.tracks(&TRACKS, &values, at, None).await
    }

    /// All tracks, those last published first where the service can; `filter` is the id of a genre or mood.
    pub(super) async fn all_tracks(&self, filter: &str, at: At) -> Result<Page<Item>, CatalogError> {
        let order = if filter.is_empty() { ("recently_published", "desc") } else { ("", "") };
        let values = [
            ("query", ""),
            ("filters", filter),
            ("order_by", order.0),
            ("direction", order.1),
            ("explicit", ""),
            ("exclude_vocals", ""),
            ("from", ""),
            ("to", ""),
        ];
        self.tracks(&TRACKS, &values, at, None).await
    }

    /// One page of a list of tracks.
    pub(super) async fn tracks(
        &self,
        call: &Call,
        values: Values<'_>,
        at: At,
        thing: Option<String>,
    ) -> Result<Page<Item>, CatalogError> {
        let rows = self.rows(call, values, at, &["data", "tracks"], thing).await?;
        self.track_page(rows, convert::track)
    }

    pub(super) fn track_page(
        &self,
        rows: Rows,
        make: fn(&Url, wire::Track) -> Option<Track>,
    ) -> Result<Page<Item>, CatalogError> {
        let base = self.setup.base()?;
        let liked = rows.liked.clone();
        let marked = |track: Track| {
            let is_liked = matches!(&track.reference, TrackRef::Service { id, .. } if liked.contains(id));
            self.as_kept(Track { liked: is_liked, ..track })
        };
        Ok(rows.page(|wire| make(base, wire).map(marked)))
    }

    /// The track with what a copy of it would be.
    pub(super) fn as_kept(&self, mut track: Track) -> Track {
        if let Some(facts) = track.facts.as_mut().filter(|_| self.format == DownloadFormat::Mp3) {
            Arc::make_mut(facts).is_lossless = false;
        }
        track
    }

    /// The track or sound effect as the service tells it. What is kept names no signed file, so that whoever
    /// wants to play it asks anew.
    async fn wire_track(&self, id: &str, wish: Wish) -> Result<wire::Track, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let (call, id, thing) = match id.strip_prefix(convert::SOUND) {
            Some(id) => (&SFX_ONE, id, format!("sound effect {id}")),
            None => (&TRACK, id, format!("track {id}")),
        };
        if call.of(self.profile).is_none() {
            return Err(CatalogError::NotFound { service: NAME, what: thing });
        }
        let (values, thing) = ([("id", id)], Some(thing));
        let answer = match wish {
            Wish::Show => self.read(call, &values, thing).await?.value,
            Wish::Open => self.get(call, &values, thing).await?,
        };
        tolerant::single(answer, &["data", "track", "sfx"])
            .and_then(tolerant::item)
            .ok_or_else(|| self.caller.senseless("it holds no track"))
    }

    pub(super) async fn read_track(&self, id: &str) -> Result<Track, CatalogError> {
        let wire = self.wire_track(id, Wish::Show).await?;
        let base = self.setup.base()?;
        let is_sound = id.starts_with(convert::SOUND);
        let track = if is_sound { convert::sound(base, wire) } else { convert::track(base, wire) };
        let track = track.ok_or_else(|| self.caller.senseless("it holds no track"))?;
        Ok(self.as_kept(track))
    }

    pub(super) async fn words(&self, id: &str) -> Result<Option<String>, CatalogError> {
        Ok(self.wire_track(id, Wish::Show).await?.lyrics)
    }

    /// What the service asks similar tracks to be asked for with, where that is not the id.
    pub(super) async fn aims_id(&self, id: &str) -> Result<String, CatalogError> {
        if self.profile != AudiosocketProfile::Consumer {
            return Ok(String::new());
        }
        let missing =
            || CatalogError::NotFound { service: NAME, what: format!("similar tracks for track {id}") };
        self.wire_track(id, Wish::Show).await?.aims_id.ok_or_else(missing)
    }

    /// The address in the track itself, else what the operation for it answers.
    pub(super) async fn place(&self, id: &str, purpose: Purpose) -> Result<Locator, CatalogError> {
        let (call, words) = match purpose {
            Purpose::Listen | Purpose::GoOn => (&TRACK_STREAM, "stream"),
            Purpose::Keep => (&TRACK_DOWNLOAD, "download"),
        };
        // The partner API's tracks name no file.
        if self.profile == AudiosocketProfile::V5 {
            let id = asked_id(NAME, "track", id)?;
            return self.ask_for_place(call, id, format!("track {id}")).await;
        }
        let audio = self.wire_track(id, Wish::Open).await?.audio;
        let address = match purpose {
            Purpose::Listen | Purpose::GoOn => audio.played_from(),
            Purpose::Keep => audio.kept_from(self.format),
        };
        let base = self.setup.base()?;
        let url = address.map(|address| self.caller.sound_at(base, &address)).transpose()?.flatten();
        if let Some(url) = url {
            return Ok(self.locator(base, url));
        }
        if call.of(self.profile).is_none() || id.starts_with(convert::SOUND) {
            let reason = "this track names no file for you".to_owned();
            return Err(CatalogError::Refused { service: NAME, reason });
        }
        self.ask_for_place(call, id, format!("{words} for track {id}")).await
    }

    async fn ask_for_place(&self, call: &Call, id: &str, thing: String) -> Result<Locator, CatalogError> {
        let base = self.base()?;
        let operation = self.operation(call)?;
        let format = match self.format {
            DownloadFormat::Mp3 => "mp3",
            DownloadFormat::Wav => "wav",
        };
        let allows_http = self.caller.net.settings().allow_http_media;
        let values = [("id", id), ("format", format)];
        let url = self.paths.sound_url(base, &operation, &values, allows_http)?;
        let asked: Asked = self.asked(&operation, Some(thing));
        let token = self.auth.token();
        let response = self.caller.open(&asked, self.request(base, &url, token.as_ref())).await;
        let response = self.learn(token.as_ref(), response).await?;
        let is_words =
            response.media_type().is_none_or(|kind| kind.ends_with("json") || kind.starts_with("text/"));
        if !is_words {
            // The audio itself: it is asked for again when it plays.
            return Ok(self.locator(base, url));
        }
        let answer = self.caller.read_json(&asked, response).await?;
        let address = wire::stream_address(&answer);
        let url = address.map(|address| self.caller.sound_at(base, &address)).transpose()?.flatten();
        url.map(|url| self.locator(base, url))
            .ok_or_else(|| self.caller.senseless("it holds no stream address"))
    }

    fn locator(&self, base: &Url, url: Url) -> Locator {
        let headers = self.auth.headers(base, &url, self.auth.token().as_ref());
        Locator::Http(RemoteAddress { headers, reach: reach(base, &url), ..RemoteAddress::plain(url) })
    }
}
