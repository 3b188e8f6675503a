//! YourMusic: a tenant's catalogue with HLS streams. Its document names no path, so every path is a
//! guess that the configuration can replace.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use crate::config::YourMusicSettings;
use crate::model::{
    BrowseList, Capabilities, Item, Kind, ListId, Locator, Page, Purpose, RemoteAddress, SearchQuery, Secret,
    ServiceId, Track,
};
use crate::net::{Limit, Net, Request};

use super::address::{Operation, Paths, asked_id, is_id};
use super::call::{Asked, Caller, Verdict, error_words};
use super::line::{Line, USUAL_PACE};
use super::setup::Setup;
use super::{Answer, Catalog, CatalogError, Surroundings, tolerant};

mod auth;
mod convert;
mod playlists;
#[cfg(test)]
mod tests;
mod wire;

use auth::{Auth, bearer_header};

/// Short name.
const ID: &str = "yourmusic";

/// Own spelling.
const NAME: &str = "YourMusic";

const HOME: Operation = Operation { key: "home", path: "/home", words: "reading the home page" };
const TRACK_SEARCH: Operation =
    Operation { key: "track_search", path: "/tracks/search", words: "searching tracks" };
const TRACK: Operation = Operation { key: "track", path: "/tracks/{track_id}", words: "reading a track" };
const STREAM: Operation = Operation { key: "stream", path: "/stream/{stream_id}", words: "opening a stream" };

/// The service.
pub(super) struct YourMusic {
    setup: Setup,
    caller: Caller,
    paths: Paths,
    auth: Auth,
    tenant: String,
    stream_hosts: Vec<Url>,
}

/// One call: which, about what, with what in its path and its query.
struct Call<'a> {
    operation: &'a Operation,
    thing: Option<String>,
    values: &'a [(&'a str, &'a str)],
    query: &'a [(&'a str, &'a str)],
}

impl YourMusic {
    /// With these settings.
    pub(super) fn new(settings: &YourMusicSettings, net: &Net, surroundings: &Surroundings) -> Self {
        let needs = [
            ("client_id", !settings.client_id.is_empty()),
            ("client_secret", !settings.client_secret.is_empty()),
            ("user_id", is_id(&settings.user_id)),
            ("device_id", !settings.device_id.is_empty()),
        ];
        let caller = Caller {
            service: NAME,
            net: net.clone(),
            line: Arc::new(Line::new(USUAL_PACE, settings.base_url.as_ref())),
            surroundings: surroundings.clone(),
            sign_in_hint: "Check services.yourmusic.client_id, client_secret, user_id and device_id",
            clock: None,
            verdict,
        };
        let paths = Paths { service: NAME, prefix: "services.yourmusic.paths", set: settings.paths.clone() };
        Self {
            setup: Setup::new(NAME, "services.yourmusic", settings.base_url.as_ref(), &needs),
            auth: Auth::new(settings, caller.clone(), paths.clone()),
            caller,
            paths,
            tenant: settings.tenant.clone(),
            stream_hosts: settings.stream_hosts.clone(),
        }
    }

    /// The headers for an address: the bearer only where it may go.
    fn headers(&self, base: &Url, url: &Url, bearer: &Secret) -> Vec<(String, Secret)> {
        let trusted = std::iter::once(base).chain(&self.stream_hosts);
        let mut headers = Vec::new();
        if trusted.into_iter().any(|host| host.origin() == url.origin()) {
            headers.push(("Authorization".to_owned(), bearer_header(bearer)));
            if !self.tenant.is_empty() {
                headers.push(("X-Tenant".to_owned(), Secret::new(self.tenant.as_str())));
            }
        }
        headers
    }

    /// The answer to a call; a refused token is renewed once.
    async fn call(&self, call: Call<'_>) -> Result<Value, CatalogError> {
        let base = self.setup.base()?;
        let mut url = self.paths.url(base, call.operation, call.values)?;
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let mut asked = Asked::guessed(&self.paths, call.operation);
        if let Some(thing) = call.thing {
            asked = asked.thing(thing);
        }
        let mut renewed = false;
        loop {
            let bearer = self.auth.bearer(base).await?;
            let make = || Request {
                headers: self.headers(base, &url, &bearer),
                ..Request::get(url.clone(), Limit::Api).open_header("Accept", "application/json")
            };
            match self.caller.json(&asked, make).await {
                Err(CatalogError::SignIn { .. }) if !renewed => {
                    self.auth.forget(&bearer).await;
                    renewed = true;
                }
                result => return result,
            }
        }
    }

    fn rows(&self, answer: Value, keys: &[&str]) -> Result<Vec<Value>, CatalogError> {
        tolerant::rows(answer, keys).ok_or_else(|| self.caller.senseless("it holds no list"))
    }

    async fn search_tracks(&self, query: &SearchQuery) -> Result<Page<Item>, CatalogError> {
        // Other sizes are refused.
        let size = u64::from(query.limit.clamp(10, 50));
        let (page, size_text) = ((u64::from(query.page) + 1).to_string(), size.to_string());
        let params = [("q", query.words.as_str()), ("page", &page), ("pageSize", &size_text)];
        let call = Call { operation: &TRACK_SEARCH, thing: None, values: &[], query: &params };
        let answer = self.call(call).await?;
        let total = answer.get("estimatedTotalItems").and_then(tolerant::count_of);
        let expected = answer.get("expectedPageSize").and_then(tolerant::count_of).unwrap_or(size);
        let rows = self.rows(answer, &["results", "data", "tracks"])?;
        let more = !rows.is_empty() && rows.len() as u64 >= expected && query.page < tolerant::MAX_PAGES;
        let base = self.setup.base()?;
        Ok(Page {
            items: tolerant::items(NAME, rows, |wire| convert::track(base, wire)),
            total,
            more,
            is_stale: false,
        })
    }

    async fn wire_track(&self, id: &str) -> Result<wire::Track, CatalogError> {
        let call = Call {
            operation: &TRACK,
            thing: Some(format!("track {id}")),
            values: &[("track_id", id)],
            query: &[("imageSize", "500")],
        };
        tolerant::single(self.call(call).await?, &["track", "data"])
            .and_then(tolerant::item)
            .ok_or_else(|| self.caller.senseless("it holds no track"))
    }

    async fn read_track(&self, id: &str) -> Result<Track, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let base = self.setup.base()?;
        if convert::is_stream_id(id) {
            // Nothing tells more about it.
            return Ok(convert::named_only(id));
        }
        convert::track(base, self.wire_track(id).await?)
            .ok_or_else(|| self.caller.senseless("it holds no track"))
    }

    async fn manifest(&self, id: &str) -> Result<Locator, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let base = self.setup.base()?;
        let stream_id = if convert::is_stream_id(id) {
            id.to_owned()
        } else {
            let track = self.wire_track(id).await?;
            track.stream_id.filter(|id| is_id(id)).ok_or_else(|| CatalogError::Refused {
                service: NAME,
                reason: "this track is not for streaming".to_owned(),
            })?
        };
        let url = self.paths.url(base, &STREAM, &[("stream_id", &stream_id)])?;
        let bearer = self.auth.bearer(base).await?;
        let headers = self.headers(base, &url, &bearer);
        Ok(Locator::Hls(RemoteAddress { headers, ..RemoteAddress::plain(url) }))
    }
}

/// An error of the catalogue behind the service can come with a 200.
fn verdict(status: u16, body: &Value) -> Option<Verdict> {
    if status == 200 && body.get("status").and_then(Value::as_str) == Some("error") {
        return Some(Verdict::Refused(error_words(body).unwrap_or_else(|| "no reason given".to_owned())));
    }
    None
}

impl Catalog for YourMusic {
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
            lists: vec![list("home", "Featured playlists"), list("mine", "Your playlists")],
            sign_in: self.setup.sign_in(),
            ..Capabilities::default()
        }
    }

    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        Box::pin(async move {
            if query.words.trim().is_empty() {
                return Ok(Page::default());
            }
            self.search_tracks(query).await
        })
    }

    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        Box::pin(self.list(list, page))
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
        Box::pin(self.manifest(id))
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            let call = Call { operation: &HOME, thing: None, values: &[], query: &[] };
            self.call(call).await.map(drop)
        })
    }
}
