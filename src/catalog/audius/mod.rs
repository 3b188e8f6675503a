//! Audius: open, needs no account. Everything is under `<base>/v1` and carries `app_name`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use url::Url;

use crate::config::AudiusSettings;
use crate::model::{
    BrowseList, Capabilities, Item, Kind, ListId, Locator, Page, Purpose, RemoteAddress, SearchQuery, Secret,
    ServiceId, Track,
};
use crate::net::{Limit, Net, Pace, Request};

use super::address::{asked_id, fill};
use super::call::{Asked, Caller};
use super::line::Line;
use super::setup::Setup;
use super::{Answer, Catalog, CatalogError, Surroundings, tolerant};

mod convert;
#[cfg(test)]
mod tests;
mod wire;

/// Short name.
const ID: &str = "audius";

/// Own spelling.
const NAME: &str = "Audius";

/// Rows a page of a list; the API takes 1 to 100.
const PAGE_ROWS: u64 = 50;

/// Its limits are not published. Its guides name 4 requests in 1.1 s, about 100 a minute without a key, and
/// 4 in flight.
const PACE: Pace = Pace { burst: 3, period: Duration::from_millis(660), in_flight: 4 };

/// A list to browse.
struct List {
    id: &'static str,
    title: &'static str,
    path: &'static str,
    /// `time`, where the list has it.
    time: Option<&'static str>,
}

const LISTS: [List; 4] = [
    List { id: "trending-week", title: "Trending this week", path: "/tracks/trending", time: Some("week") },
    List {
        id: "trending-month",
        title: "Trending this month",
        path: "/tracks/trending",
        time: Some("month"),
    },
    List {
        id: "trending-all-time",
        title: "Trending of all time",
        path: "/tracks/trending",
        time: Some("allTime"),
    },
    List { id: "underground", title: "Underground", path: "/tracks/trending/underground", time: None },
];

/// The service.
pub(super) struct Audius {
    setup: Setup,
    caller: Caller,
    app_name: String,
    api_key: Secret,
}

impl Audius {
    /// With these settings.
    pub(super) fn new(settings: &AudiusSettings, net: &Net, surroundings: &Surroundings) -> Self {
        Self {
            setup: Setup::new(NAME, "services.audius", settings.base_url.as_ref(), &[]),
            caller: Caller {
                service: NAME,
                net: net.clone(),
                line: Arc::new(Line::new(PACE, settings.base_url.as_ref())),
                surroundings: surroundings.clone(),
                sign_in_hint: "Check services.audius.api_key, or remove it",
                clock: None,
                verdict: |_, _| None,
            },
            app_name: settings.app_name.clone(),
            api_key: settings.api_key.clone(),
        }
    }

    /// The base every path is under. Further hosts would be chosen here.
    fn api(&self) -> Result<Url, CatalogError> {
        let base = self.setup.base()?;
        if base.path().trim_end_matches('/').ends_with("/v1") {
            return Ok(base.clone());
        }
        fill(base, "/v1", &[]).ok_or_else(|| self.caller.senseless("its address is no base"))
    }

    /// The address of a call; `path` may hold `{id}`.
    fn url(&self, path: &str, id: &str, query: &[(&str, &str)]) -> Result<Url, CatalogError> {
        let mut url = fill(&self.api()?, path, &[("id", id)])
            .ok_or_else(|| self.caller.senseless("its address is no base"))?;
        url.query_pairs_mut().extend_pairs(query).append_pair("app_name", &self.app_name);
        Ok(url)
    }

    fn key_header(&self) -> Option<(String, Secret)> {
        (!self.api_key.is_empty()).then(|| ("X-API-Key".to_owned(), self.api_key.clone()))
    }

    async fn get(&self, asked: Asked, url: Url) -> Result<Value, CatalogError> {
        let make = || {
            let mut request = Request::get(url.clone(), Limit::Api).open_header("Accept", "application/json");
            request.headers.extend(self.key_header());
            request
        };
        self.caller.json(&asked, make).await
    }

    /// A page of tracks. Rows that are gone are left out by the service after it has counted, so that
    /// only an empty page is the end.
    async fn page(
        &self,
        asked: Asked,
        path: &str,
        query: &[(&str, &str)],
        (limit, page): (u64, u32),
    ) -> Result<Page<Item>, CatalogError> {
        let (limit, offset) = (limit.to_string(), (u64::from(page) * limit).to_string());
        let query: Vec<(&str, &str)> =
            query.iter().copied().chain([("limit", limit.as_str()), ("offset", &offset)]).collect();
        let answer = self.get(asked, self.url(path, "", &query)?).await?;
        let rows = tolerant::rows(answer, &["data", "tracks"])
            .ok_or_else(|| self.caller.senseless("it holds no list"))?;
        let more = !rows.is_empty() && page < tolerant::MAX_PAGES;
        let base = self.api()?;
        let items = tolerant::items(NAME, rows, |wire| convert::track(&base, wire));
        Ok(Page { items, total: None, more, is_stale: false })
    }

    async fn read_track(&self, id: &str) -> Result<Track, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let asked = Asked::known("reading a track").thing(format!("track {id}"));
        let answer = self.get(asked, self.url("/tracks/{id}", id, &[])?).await?;
        let base = self.api()?;
        tolerant::single(answer, &["data"])
            .and_then(tolerant::item)
            .and_then(|wire| convert::track(&base, wire))
            .ok_or_else(|| self.caller.senseless("it holds no track"))
    }

    /// The stream address itself: opening it is what counts the listen, redirects lead to the bytes.
    fn stream(&self, id: &str) -> Result<Locator, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let url = self.url("/tracks/{id}/stream", id, &[("skip_play_count", "false")])?;
        Ok(Locator::Http(RemoteAddress {
            headers: self.key_header().into_iter().collect(),
            ..RemoteAddress::plain(url)
        }))
    }
}

impl Catalog for Audius {
    fn id(&self) -> ServiceId {
        ServiceId::known(ID)
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        let list = |list: &List| BrowseList { id: ListId(list.id.to_owned()), title: list.title.into() };
        Capabilities {
            search: vec![Kind::Track],
            lists: LISTS.iter().map(list).collect(),
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
            let words = [("query", query.words.as_str())];
            self.page(Asked::known("searching tracks"), "/tracks/search", &words, (limit, query.page)).await
        })
    }

    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        Box::pin(async move {
            let Some(known) = LISTS.iter().find(|known| known.id == list.0) else {
                return Err(CatalogError::NotFound { service: NAME, what: format!("list {:?}", list.0) });
            };
            let time: Vec<_> = known.time.map(|time| ("time", time)).into_iter().collect();
            self.page(Asked::known("reading a list"), known.path, &time, (PAGE_ROWS, page)).await
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
        Box::pin(async move { self.stream(id) })
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            let url = self.url("/tracks/trending", "", &[("limit", "1")])?;
            self.get(Asked::known("reading a list"), url).await.map(drop)
        })
    }
}
