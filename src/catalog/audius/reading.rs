//! Reading things and pages of lists: as whoever is signed in sees them from the gateway, else as everybody
//! does from any host.

use serde_json::Value;
use url::Url;

use crate::catalog::address::asked_id;
use crate::catalog::call::{Asked, bearer_header};
use crate::catalog::{CatalogError, tolerant};
use crate::model::{Item, Kind, ListId, Page, Track};
use crate::net::{Limit, NetError, Request};

use super::convert::{self, Eyes};
use super::hosts::{Get, GetPage, Host, Route, is_down};
use super::lists::{self, Opening, Rows};
use super::session::{Session, Shape};
use super::{Audius, NAME, wire};

/// Most ids asked for at once.
const MAX_BATCH: usize = 50;

/// One call that reads.
pub(super) struct Reading<'a> {
    pub asked: Asked,
    pub route: Route,
    pub path: &'a str,
    /// What stands for `{id}`.
    pub id: &'a str,
    pub query: Vec<(&'a str, String)>,
}

/// What came, and from which host.
pub(super) struct Found {
    pub answer: Value,
    pub base: Url,
    /// Whether it may no longer be so.
    pub is_stale: bool,
}

impl Audius {
    fn request(&self, host: &Host, url: Url) -> Request {
        let request = Request::get(url, Limit::Api).open_header("Accept", "application/json");
        let mut request = Request { reach: host.reach, ..request };
        request.headers.extend(self.key_header());
        if host.is_gateway && !self.bearer.is_empty() {
            return request.header("Authorization", bearer_header(&self.bearer));
        }
        request
    }

    /// A request for a host.
    pub(super) fn make(&self, reading: &Reading<'_>, host: &Host) -> Result<Request, CatalogError> {
        let url = self.house()?.hosts.url(host, reading.path, &[("id", reading.id)], &reading.query)?;
        Ok(self.request(host, url))
    }

    /// What a call brings, for whoever is signed in if somebody is.
    pub(super) async fn read(&self, reading: &Reading<'_>) -> Result<Found, CatalogError> {
        let hosts = &self.house()?.hosts;
        if self.me().is_some() && hosts.current().is_gateway {
            match self.read_own(reading, Shape::Page).await {
                // Another host may know better.
                Ok(found) if found.is_stale => {}
                // Servers of 2025 know no bearer and refuse whoever is named.
                Err(CatalogError::SignIn { .. } | CatalogError::Refused { .. }) => {}
                Err(error) if is_down(&error) => {}
                // Another host may have it, or this one may have nothing at all.
                Err(CatalogError::NotFound { .. } | CatalogError::WebPage { .. }) => {}
                answer => return answer,
            }
        }
        let make = |host: &Host| self.make(reading, host);
        let get = Get { asked: reading.asked.clone(), make: &make };
        let found = hosts.ask(reading.route, GetPage(get)).await;
        if found.as_ref().map_or_else(is_down, |(kept, _)| kept.is_stale)
            && let Some(own) = self.kept_own(reading).await
        {
            return Ok(own);
        }
        let (kept, host) = found?;
        Ok(Found { answer: kept.value, base: host.base, is_stale: kept.is_stale })
    }

    /// What was read before for whoever is signed in.
    async fn kept_own(&self, reading: &Reading<'_>) -> Option<Found> {
        let house = self.house().ok()?;
        let (gateway, session) = (house.hosts.gateway(), house.account.session()?);
        let request = named(self.make(reading, gateway).ok()?, &session);
        let kept = gateway.caller.kept(&session.user_id, &request).await?;
        Some(Found { answer: kept.value, base: gateway.base.clone(), is_stale: kept.is_stale })
    }

    /// What a call brings for whoever is signed in, from the gateway.
    pub(super) async fn read_own(&self, reading: &Reading<'_>, shape: Shape) -> Result<Found, CatalogError> {
        let house = self.house()?;
        let gateway = house.hosts.gateway();
        let plain = self.make(reading, gateway)?;
        let make = |session: &Session| named(plain.clone(), session);
        let kept = house.account.call(&reading.asked, shape, &make).await?;
        Ok(Found { answer: kept.value, base: gateway.base.clone(), is_stale: kept.is_stale })
    }

    /// One track.
    pub(super) async fn read_track(&self, id: &str) -> Result<Track, CatalogError> {
        let found = self.thing("track", "/tracks/{id}", id).await?;
        let me = self.me();
        let track = tolerant::single(found.answer, &["data"])
            .and_then(tolerant::item)
            .and_then(|wire| convert::track(Eyes { base: &found.base, me: me.as_deref() }, wire));
        track.ok_or_else(|| senseless("it holds no track"))
    }

    /// One thing of any kind. What was asked for as a playlist may turn out to be an album.
    pub(super) async fn read_item(&self, kind: Kind, id: &str) -> Result<Item, CatalogError> {
        let path = match kind {
            Kind::Track => return self.read_track(id).await.map(Item::Track),
            Kind::Artist => "/users/{id}",
            Kind::Album | Kind::Playlist => "/playlists/{id}",
        };
        let found = self.thing(kind.as_str(), path, id).await?;
        let me = self.me();
        let eyes = Eyes { base: &found.base, me: me.as_deref() };
        let single = tolerant::single(found.answer, &["data"]);
        let item = match kind {
            Kind::Artist => single.and_then(tolerant::item).and_then(|wire| convert::user(eyes, wire)),
            _ => single.and_then(tolerant::item).and_then(|wire| convert::playlist(eyes, wire)),
        };
        item.map(Item::Collection).ok_or_else(|| senseless(format!("it holds no {kind}")))
    }

    async fn thing(&self, kind: &str, path: &str, id: &str) -> Result<Found, CatalogError> {
        let id = asked_id(NAME, kind, id)?;
        let asked = Asked::known("reading one thing").thing(format!("{kind} {id}"));
        self.read(&Reading { asked, route: Route::Thing, path, id, query: Vec::new() }).await
    }

    /// A page of a list.
    pub(super) async fn open(&self, list: &ListId, page: u32) -> Result<Page<Item>, CatalogError> {
        let house = self.house()?;
        if let Some(lists) = lists::shelf(list) {
            let items = if page == 0 { lists.into_iter().map(Item::List).collect() } else { Vec::new() };
            return Ok(Page { items, ..Page::default() });
        }
        let me = self.me();
        let unknown = || CatalogError::NotFound { service: NAME, what: format!("list {:?}", list.0) };
        let opening = lists::find(list, me.as_deref()).ok_or_else(unknown)?;
        if opening.is_own && me.is_none() {
            return Err(house.hosts.gateway().caller.sign_in());
        }
        if !opening.id.is_empty() || opening.path.contains("{id}") {
            asked_id(NAME, "list", &opening.id)?;
        }
        if page > 0 && opening.page_rows.is_none() {
            return Ok(Page::default());
        }
        self.rows(opening, page).await
    }

    async fn rows(&self, opening: Opening, page: u32) -> Result<Page<Item>, CatalogError> {
        let Opening { path, id, query, rows, page_rows, is_own, before, route, thing } = opening;
        let asked = Asked::known("reading a list");
        let asked = match thing {
            Some(thing) => asked.thing(thing),
            None => asked,
        };
        let mut query = query;
        if let Some(limit) = page_rows {
            query.extend(bounds(limit, page));
        }
        let mut reading = Reading { asked, route, path, id: &id, query };
        let mut found =
            if is_own { self.read_own(&reading, Shape::Page).await } else { self.read(&reading).await };
        if found.as_ref().is_err_and(is_unfit) && reading.query.iter().any(|(name, _)| *name == "time") {
            // Which times there are differs from server to server.
            reading.query.retain(|(name, _)| *name != "time");
            found = self.read(&reading).await;
        }
        let mut found = self.page(found?, rows, page, page_rows.is_some()).await?;
        if page == 0 {
            found.items.splice(0..0, before.into_iter().map(Item::List));
        }
        Ok(found)
    }

    /// A page made of an answer. Rows that are gone are left out by the service after it has counted, so
    /// that only an empty page is the end.
    pub(super) async fn page(
        &self,
        found: Found,
        rows: Rows,
        page: u32,
        is_paged: bool,
    ) -> Result<Page<Item>, CatalogError> {
        let Found { answer, base, mut is_stale } = found;
        let me = self.me();
        let eyes = Eyes { base: &base, me: me.as_deref() };
        let keys: &[&str] = match rows {
            Rows::Tracks => &["data", "tracks"],
            Rows::Users => &["data", "users"],
            Rows::Playlists => &["data", "playlists", "albums"],
            Rows::Activities | Rows::Favourites | Rows::Tags => &["data"],
        };
        let came = tolerant::rows(answer, keys).ok_or_else(|| senseless("it holds no list"))?;
        let more = is_paged && !came.is_empty() && page < tolerant::MAX_PAGES;
        let items = match rows {
            Rows::Tracks => tolerant::items(NAME, came, |wire| convert::track(eyes, wire)),
            Rows::Users => tolerant::items(NAME, came, |wire| convert::user(eyes, wire)),
            Rows::Playlists => tolerant::items(NAME, came, |wire| convert::playlist(eyes, wire)),
            Rows::Activities => tolerant::made(NAME, came, |wire| convert::activity(eyes, wire)),
            Rows::Favourites => {
                let (tracks, are_stale) = self.favourites(came).await?;
                is_stale |= are_stale;
                tracks.into_iter().map(Item::Track).collect()
            }
            Rows::Tags => {
                let tags = came.iter().filter_map(tolerant::text_of);
                tags.map(|text| Item::List(lists::tag(&text))).collect()
            }
        };
        Ok(Page { items, total: None, more, is_stale })
    }

    /// The tracks that favourites name, all with one call, and whether they may be no longer so.
    async fn favourites(&self, rows: Vec<Value>) -> Result<(Vec<Track>, bool), CatalogError> {
        let ids = tolerant::made(NAME, rows, |wire: wire::Favourite| {
            let is_track = wire.favorite_type.as_deref().is_none_or(|kind| kind.ends_with("track"));
            wire.favorite_item_id.filter(|id| is_track && crate::catalog::address::is_id(id))
        });
        let (mut tracks, mut are_stale) = (Vec::new(), false);
        for ids in ids.chunks(MAX_BATCH) {
            let query = ids.iter().map(|id| ("id", id.clone())).collect();
            let asked = Asked::known("reading several tracks");
            let reading = Reading { asked, route: Route::Rare, path: "/tracks", id: "", query };
            let found = self.read(&reading).await?;
            are_stale |= found.is_stale;
            let rows = tolerant::rows(found.answer, &["data"]).unwrap_or_default();
            let me = self.me();
            let eyes = Eyes { base: &found.base, me: me.as_deref() };
            tracks.extend(tolerant::made(NAME, rows, |wire| convert::track(eyes, wire)));
        }
        Ok((tracks, are_stale))
    }

    /// Asks for something small.
    pub(super) async fn look_in(&self) -> Result<(), CatalogError> {
        let query = vec![("limit", "1".to_owned())];
        let asked = Asked::known("reading a list");
        let reading = Reading { asked, route: Route::Sure, path: "/tracks/trending", id: "", query };
        let make = |host: &Host| self.make(&reading, host);
        let get = Get { asked: reading.asked.clone(), make: &make };
        self.house()?.hosts.ask(Route::Sure, get).await.map(drop)
    }
}

/// The same request in the name of whoever is signed in: never the name without the proof.
pub(super) fn named(mut request: Request, session: &Session) -> Request {
    request.url.query_pairs_mut().append_pair("user_id", &session.user_id);
    request.headers.retain(|(name, _)| name != "Authorization");
    request.header("Authorization", bearer_header(&session.access))
}

/// `limit` and `offset` of a page.
pub(super) fn bounds(limit: u64, page: u32) -> [(&'static str, String); 2] {
    [("limit", limit.to_string()), ("offset", (u64::from(page) * limit).to_string())]
}

/// Whether an error says that a parameter was wrong.
fn is_unfit(error: &CatalogError) -> bool {
    match error {
        CatalogError::Refused { .. } => true,
        CatalogError::Net { source: NetError::Status { status, .. }, .. } => *status == 400,
        _ => false,
    }
}

pub(super) fn senseless(reason: impl Into<String>) -> CatalogError {
    CatalogError::Answer { service: NAME, reason: reason.into() }
}
