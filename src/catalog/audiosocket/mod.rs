//! Audiosocket: a pasted bearer token. Its document names no path, so every path is a guess that the
//! configuration can replace; the older partner API differs in paths, header and prefix only.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use crate::config::AudiosocketSettings;
use crate::model::{
    BrowseList, Capabilities, Item, Kind, ListId, Locator, Page, Purpose, RemoteAddress, SearchQuery,
    ServiceId, Track,
};
use crate::net::{Limit, Net, Request};

use super::address::{Operation, Paths, asked_id, is_id, reach, resolve};
use super::call::{Asked, Caller, Verdict, error_words};
use super::line::{Line, USUAL_PACE};
use super::setup::Setup;
use super::{Answer, Catalog, CatalogError, Surroundings, tolerant};

mod auth;
mod convert;
#[cfg(test)]
mod tests;
mod wire;

use auth::Auth;

/// Short name.
const ID: &str = "audiosocket";

/// Own spelling.
const NAME: &str = "Audiosocket";

/// Rows a page of a list.
const PAGE_ROWS: u64 = 50;

const TRACKS: Operation = Operation {
    key: "tracks",
    path: "/tracks?query={query}&page={page}&per_page={per_page}",
    words: "searching tracks",
};
const RECENT: Operation = Operation {
    key: "recent",
    path: "/tracks?order_by=recently_published&direction=desc&page={page}&per_page={per_page}",
    words: "reading new tracks",
};
const TRACK: Operation = Operation { key: "track", path: "/tracks/{id}", words: "reading a track" };
const TRACK_STREAM: Operation =
    Operation { key: "track_stream", path: "/tracks/{id}/stream", words: "asking for a stream" };
const PLAYLISTS: Operation = Operation {
    key: "playlists",
    path: "/curated_playlists?page={page}&per_page={per_page}",
    words: "reading the playlists",
};
const PLAYLIST_TRACKS: Operation = Operation {
    key: "playlist_tracks",
    path: "/curated_playlists/{id}/playlist_tracks?klass=curated_playlist&page=1&per_page=100",
    words: "reading a playlist",
};
const PING: Operation = Operation { key: "ping", path: "/ping", words: "checking the token" };

/// The service.
pub(super) struct Audiosocket {
    setup: Setup,
    caller: Caller,
    paths: Paths,
    auth: Auth,
}

type Values<'a> = &'a [(&'a str, &'a str)];

impl Audiosocket {
    /// With these settings.
    pub(super) fn new(settings: &AudiosocketSettings, net: &Net, surroundings: &Surroundings) -> Self {
        let needs = [("token", !settings.token.is_empty())];
        Self {
            setup: Setup::new(NAME, "services.audiosocket", settings.base_url.as_ref(), &needs),
            caller: Caller {
                service: NAME,
                net: net.clone(),
                line: Arc::new(Line::new(USUAL_PACE, settings.base_url.as_ref())),
                surroundings: surroundings.clone(),
                sign_in_hint: "Check services.audiosocket.token, or ask Audiosocket for a new one",
                clock: None,
                verdict,
            },
            paths: Paths { service: NAME, prefix: "services.audiosocket.paths", set: settings.paths.clone() },
            auth: Auth::new(settings),
        }
    }

    fn request(&self, base: &Url, url: &Url) -> Request {
        Request { headers: self.auth.headers(base, url), ..Request::get(url.clone(), Limit::Api) }
            .open_header("Accept", "application/json")
    }

    async fn get(
        &self,
        asked: Asked,
        operation: &Operation,
        values: Values<'_>,
    ) -> Result<Value, CatalogError> {
        let base = self.setup.base()?;
        let url = self.paths.url(base, operation, values)?;
        self.caller.json(&asked, || self.request(base, &url)).await
    }

    fn rows(&self, answer: Value, keys: &[&str]) -> Result<Vec<Value>, CatalogError> {
        tolerant::rows(answer, keys).ok_or_else(|| self.caller.senseless("it holds no list"))
    }

    async fn page(
        &self,
        operation: &Operation,
        words: &str,
        (limit, page): (u64, u32),
    ) -> Result<Page<Item>, CatalogError> {
        let (number, size) = ((u64::from(page) + 1).to_string(), limit.to_string());
        let values = [("query", words), ("page", &number), ("per_page", &size)];
        let answer = self.get(Asked::guessed(&self.paths, operation), operation, &values).await?;
        let total = wire::total(&answer);
        let rows = self.rows(answer, &["data", "tracks"])?;
        let came = rows.len() as u64;
        let seen = u64::from(page) * limit + came;
        let more =
            came > 0 && page < tolerant::MAX_PAGES && total.map_or(came >= limit, |total| seen < total);
        let base = self.setup.base()?;
        Ok(Page {
            items: tolerant::items(NAME, rows, |wire| convert::track(base, wire)),
            total,
            more,
            is_stale: false,
        })
    }

    /// The list of playlists is read one playlist a page.
    async fn playlists(&self, page: u32) -> Result<Page<Item>, CatalogError> {
        let number = u64::from(page);
        let (on, size) = ((number / PAGE_ROWS + 1).to_string(), PAGE_ROWS.to_string());
        let values = [("page", on.as_str()), ("per_page", &size)];
        let answer = self.get(Asked::guessed(&self.paths, &PLAYLISTS), &PLAYLISTS, &values).await?;
        let total = wire::total(&answer);
        let rows = self.rows(answer, &["data", "curated_playlists", "playlists"])?;
        let place = usize::try_from(number % PAGE_ROWS).unwrap_or(usize::MAX);
        let more = place + 1 < rows.len()
            || rows.len() as u64 == PAGE_ROWS && total.is_none_or(|total| number + 1 < total);
        let Some(row) = rows.into_iter().nth(place) else { return Ok(Page::default()) };
        let id = row.get("id").and_then(tolerant::text_of).filter(|id| is_id(id));
        let items = match id {
            Some(id) => self.playlist_tracks(&id).await?,
            None => Vec::new(),
        };
        Ok(Page { items: items.into_iter().map(Item::Track).collect(), more, ..Page::default() })
    }

    async fn playlist_tracks(&self, id: &str) -> Result<Vec<Track>, CatalogError> {
        let asked = Asked::guessed(&self.paths, &PLAYLIST_TRACKS).thing(format!("playlist {id}"));
        let answer = self.get(asked, &PLAYLIST_TRACKS, &[("id", id)]).await?;
        let rows = self.rows(answer, &["data", "playlist_tracks", "tracks"])?;
        let base = self.setup.base()?;
        let media = rows.into_iter().filter_map(wire::media).collect();
        Ok(tolerant::made(NAME, media, |wire| convert::track(base, wire)))
    }

    async fn wire_track(&self, id: &str) -> Result<wire::Track, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let asked = Asked::guessed(&self.paths, &TRACK).thing(format!("track {id}"));
        tolerant::single(self.get(asked, &TRACK, &[("id", id)]).await?, &["data", "track"])
            .and_then(tolerant::item)
            .ok_or_else(|| self.caller.senseless("it holds no track"))
    }

    async fn read_track(&self, id: &str) -> Result<Track, CatalogError> {
        let wire = self.wire_track(id).await?;
        convert::track(self.setup.base()?, wire).ok_or_else(|| self.caller.senseless("it holds no track"))
    }

    /// The address in the track itself, else what the stream operation answers.
    async fn stream(&self, id: &str) -> Result<Locator, CatalogError> {
        let wire = self.wire_track(id).await?;
        let base = self.setup.base()?;
        if let Some(url) = wire.audio.address().and_then(|address| resolve(base, &address)) {
            return Ok(self.locator(base, url));
        }
        let url = self.paths.url(base, &TRACK_STREAM, &[("id", id)])?;
        let asked = Asked::guessed(&self.paths, &TRACK_STREAM).thing(format!("stream for track {id}"));
        let response = self.caller.open(&asked, self.request(base, &url)).await?;
        let is_words =
            response.media_type().is_none_or(|kind| kind.ends_with("json") || kind.starts_with("text/"));
        if !is_words {
            // The audio itself: it is asked for again when it plays.
            return Ok(self.locator(base, url));
        }
        let answer = self.caller.read_json(&asked, response).await?;
        wire::stream_address(&answer)
            .and_then(|address| resolve(base, &address))
            .map(|url| self.locator(base, url))
            .ok_or_else(|| self.caller.senseless("it holds no stream address"))
    }

    fn locator(&self, base: &Url, url: Url) -> Locator {
        Locator::Http(RemoteAddress { headers: self.auth.headers(base, &url), reach: reach(base, &url), url })
    }
}

/// Older servers answer a missing or bad token with 422.
fn verdict(status: u16, body: &Value) -> Option<Verdict> {
    let of_token = |words: String| words.to_ascii_lowercase().contains("token");
    (status == 422 && error_words(body).is_some_and(of_token)).then_some(Verdict::SignIn)
}

impl Catalog for Audiosocket {
    fn id(&self) -> ServiceId {
        ServiceId::known(ID)
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        let list = |id: &str, title: &str| BrowseList { id: ListId(id.to_owned()), title: title.into() };
        Capabilities {
            search: vec![Kind::Track],
            lists: vec![list("recent", "New tracks"), list("curated", "Curated playlists")],
            sign_in: self.setup.sign_in(),
            ..Capabilities::default()
        }
    }

    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        Box::pin(async move {
            if query.words.trim().is_empty() {
                return Ok(Page::default());
            }
            let limit = u64::from(query.limit.clamp(1, 100));
            self.page(&TRACKS, &query.words, (limit, query.page)).await
        })
    }

    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        Box::pin(async move {
            match list.0.as_str() {
                "recent" => self.page(&RECENT, "", (PAGE_ROWS, page)).await,
                "curated" => self.playlists(page).await,
                _ => Err(CatalogError::NotFound { service: NAME, what: format!("list {:?}", list.0) }),
            }
        })
    }

    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track> {
        Box::pin(self.read_track(id))
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        Box::pin(async move {
            match kind {
                Kind::Track => self.track(id).await.map(Item::Track),
                Kind::Album | Kind::Artist | Kind::Playlist => Err(self.lacks(kind.as_str())),
            }
        })
    }

    fn locate<'a>(&'a self, id: &'a str, _purpose: Purpose) -> Answer<'a, Locator> {
        Box::pin(self.stream(id))
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            let base = self.setup.base()?;
            let url = self.paths.url(base, &PING, &[])?;
            let asked = Asked::guessed(&self.paths, &PING);
            self.caller.text(&asked, || self.request(base, &url)).await.map(drop)
        })
    }
}
