//! Which host is asked: the configured one, the public gateway, then those that the gateway lists. One that
//! fails goes to the end of the row until the program ends. Nobody's credentials leave the gateway from here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use url::Url;

use crate::catalog::address::{fill, reach, usable_base};
use crate::catalog::call::{Asked, Caller, Kept};
use crate::catalog::line::Line;
use crate::catalog::{CatalogError, Surroundings, tolerant};
use crate::model::{Reach, is_nearby, is_web_address};
use crate::net::{Limit, Net, NetError, Pace, Request};

use super::NAME;

/// The gateway that the document names.
const PUBLIC: &str = "https://api.audius.co";

/// Most hosts asked for one thing: somebody is waiting.
const MAX_TRIED: usize = 4;

/// Most hosts taken from a list.
const MAX_LISTED: usize = 32;

/// A path that every host must have.
const SURE_PATH: &str = "/tracks/trending";

/// What it means that a host does not have a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// The host is of no use.
    Sure,
    /// There is no such thing, unless nothing has come from the host yet and it lacks a sure path too.
    Thing,
    /// This host is of another generation; the next may have it.
    Rare,
}

/// One host.
#[derive(Clone)]
pub(super) struct Host {
    /// Its API, with its version.
    pub base: Url,
    /// How it is called; each host has a pace of its own.
    pub caller: Caller,
    /// Whether credentials may be shown to it.
    pub is_gateway: bool,
    /// What its address may reach.
    pub reach: Reach,
}

struct Known {
    host: Host,
    is_proven: bool,
    is_demoted: bool,
}

#[derive(Default)]
struct Row {
    known: Vec<Known>,
    /// Whether the list of further hosts was read, or could not be since something last worked.
    is_listed: bool,
    /// Whether the list held any.
    has_listed: bool,
}

/// All hosts there are.
pub(super) struct Hosts {
    gateway: Host,
    row: Mutex<Row>,
    /// Held while the list is read.
    listing: tokio::sync::Mutex<()>,
    app_name: String,
}

impl Hosts {
    /// The configured gateway first. One in the listener's own network stands for itself: the public one is
    /// asked only beside another public one.
    pub(super) fn new(
        configured: &Url,
        pace: Pace,
        app_name: &str,
        net: &Net,
        surroundings: &Surroundings,
    ) -> Option<Self> {
        let caller = |base: &Url| Caller {
            service: NAME,
            net: net.clone(),
            line: Arc::new(Line::new(pace, Some(base))),
            surroundings: surroundings.clone(),
            sign_in_hint: "Sign in again, or check services.audius.api_key",
            clock: None,
            verdict: super::verdict,
        };
        let host = |base: Url| Host { caller: caller(&base), base, is_gateway: true, reach: Reach::Anywhere };
        let gateway = host(with_version(configured)?);
        let mut known = vec![Known::new(gateway.clone())];
        if !is_nearby(configured)
            && let Some(public) = PUBLIC.parse().ok().as_ref().and_then(with_version)
            && public.origin() != gateway.base.origin()
        {
            // Credentials belong to the configured gateway alone.
            known.push(Known::new(Host { is_gateway: false, ..host(public) }));
        }
        let row = Mutex::new(Row { known, ..Row::default() });
        Some(Self { gateway, row, listing: tokio::sync::Mutex::default(), app_name: app_name.to_owned() })
    }

    /// The one that credentials may be shown to.
    pub(super) fn gateway(&self) -> &Host {
        &self.gateway
    }

    /// The listener changed something: no page counts that was read before.
    pub(super) fn changed(&self) {
        self.row().known.iter().for_each(|known| known.host.caller.changed());
    }

    /// The one that is asked first at the moment.
    pub(super) fn current(&self) -> Host {
        self.first_of(&[]).unwrap_or_else(|| self.gateway.clone())
    }

    /// The address of a call at a host.
    pub(super) fn url(
        &self,
        host: &Host,
        path: &str,
        values: &[(&str, &str)],
        query: &[(&str, String)],
    ) -> Result<Url, CatalogError> {
        let mut url =
            fill(&host.base, path, values).ok_or_else(|| host.caller.senseless("its address is no base"))?;
        url.query_pairs_mut().extend_pairs(query).append_pair("app_name", &self.app_name);
        Ok(url)
    }

    /// What `ask` gets from the first host that works, and that host.
    pub(super) async fn ask<T>(
        &self,
        route: Route,
        ask: impl AsyncAsk<T>,
    ) -> Result<(T, Host), CatalogError> {
        let mut tried: Vec<Url> = Vec::new();
        let (mut first, mut old) = (None, None);
        while tried.len() < MAX_TRIED
            && let Some(host) = self.next(&tried).await
        {
            let error = match ask.ask(&host).await {
                // Another host may know better than this one's page of some time ago.
                Ok(found) if ask.is_stale(&found) => {
                    self.demote(&host.base);
                    tried.push(host.base.clone());
                    old.get_or_insert((found, host));
                    continue;
                }
                Ok(found) => {
                    self.prove(&host.base);
                    return Ok((found, host));
                }
                Err(error) => error,
            };
            let is_missing = matches!(error, CatalogError::NotFound { .. } | CatalogError::WebPage { .. });
            let moves_on = match route {
                _ if is_down(&error) => true,
                Route::Sure => matches!(error, CatalogError::NotFound { .. }),
                Route::Thing => is_missing && !self.is_proven(&host.base) && self.is_gone(&host).await,
                Route::Rare => is_missing,
            };
            if !moves_on {
                return old.ok_or(error);
            }
            if route != Route::Rare || is_down(&error) {
                self.demote(&host.base);
            }
            tried.push(host.base);
            first.get_or_insert(error);
        }
        let none = || first.unwrap_or_else(|| self.gateway.caller.senseless("no host is known"));
        old.ok_or_else(none)
    }

    /// Whether a host lacks what every host must have.
    async fn is_gone(&self, host: &Host) -> bool {
        let Ok(url) = self.url(host, SURE_PATH, &[], &[("limit", "1".to_owned())]) else { return true };
        let asked = Asked::known("looking for a host");
        let make = || Request { reach: host.reach, ..Request::get(url.clone(), Limit::Api) };
        host.caller.json(&asked, make).await.is_err()
    }

    /// The next to be asked; reads the list of hosts when those that are known have all failed.
    async fn next(&self, tried: &[Url]) -> Option<Host> {
        if let Some(host) = self.first_of(tried) {
            return Some(host);
        }
        self.read_list().await;
        self.first_of(tried).or_else(|| self.last_resort(tried))
    }

    fn first_of(&self, tried: &[Url]) -> Option<Host> {
        let row = self.row();
        let fresh = |known: &&Known| !known.is_demoted && !tried.contains(&known.host.base);
        row.known.iter().find(fresh).map(|known| known.host.clone())
    }

    /// When all have failed at some time, all get another chance.
    fn last_resort(&self, tried: &[Url]) -> Option<Host> {
        if !tried.is_empty() {
            return None;
        }
        let mut row = self.row();
        row.known.iter_mut().for_each(|known| known.is_demoted = false);
        row.known.first().map(|known| known.host.clone())
    }

    /// Takes up the hosts that the gateways list, a random one first. What is wrong with a list is a list
    /// without hosts.
    pub(super) async fn read_list(&self) {
        let _turn = self.listing.lock().await;
        let gateways: Vec<Host> = {
            let mut row = self.row();
            if row.is_listed {
                return;
            }
            row.is_listed = true;
            row.known.iter().map(|known| known.host.clone()).collect()
        };
        for gateway in gateways {
            let listed = self.listed_by(&gateway).await;
            if listed.is_empty() {
                continue;
            }
            let mut row = self.row();
            row.has_listed = true;
            for host in listed {
                if !row.known.iter().any(|known| known.host.base == host.base) {
                    row.known.push(Known::new(host));
                }
            }
            return;
        }
    }

    async fn listed_by(&self, gateway: &Host) -> Vec<Host> {
        let mut url = gateway.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().pop();
        }
        url.query_pairs_mut().append_pair("app_name", &self.app_name);
        let make = || Request { reach: gateway.reach, ..Request::get(url.clone(), Limit::Api) };
        let answer = gateway.caller.json(&Asked::known("reading the list of hosts"), make).await;
        let rows = answer.ok().and_then(|answer| tolerant::rows(answer, &["data"])).unwrap_or_default();
        let mut hosts: Vec<Host> =
            rows.iter().filter_map(|row| listed(gateway, row)).take(MAX_LISTED).collect();
        if !hosts.is_empty() {
            let turns = usize::from((gateway.caller.surroundings.random)()[0]) % hosts.len();
            hosts.rotate_left(turns);
        }
        hosts
    }

    /// The bases in their order.
    #[cfg(test)]
    pub(super) fn bases(&self) -> Vec<String> {
        self.row().known.iter().map(|known| known.host.base.to_string()).collect()
    }

    fn prove(&self, base: &Url) {
        self.with(base, |known| known.is_proven = true);
        let mut row = self.row();
        row.is_listed = row.has_listed;
    }

    fn demote(&self, base: &Url) {
        tracing::debug!(
            host = base.host_str().unwrap_or_default(),
            "an Audius host is asked last from now on"
        );
        self.with(base, |known| known.is_demoted = true);
    }

    fn is_proven(&self, base: &Url) -> bool {
        self.row().known.iter().any(|known| known.host.base == *base && known.is_proven)
    }

    fn with(&self, base: &Url, change: impl FnOnce(&mut Known)) {
        if let Some(known) = self.row().known.iter_mut().find(|known| known.host.base == *base) {
            change(known);
        }
    }

    fn row(&self) -> MutexGuard<'_, Row> {
        self.row.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn new(host: Host) -> Self {
        Self { host, is_proven: false, is_demoted: false }
    }
}

/// Something to ask of a host.
pub(super) trait AsyncAsk<T> {
    /// Asks it.
    fn ask(&self, host: &Host) -> impl Future<Output = Result<T, CatalogError>> + Send;

    /// Whether the host could not be reached and gave only what was kept from earlier.
    fn is_stale(&self, _found: &T) -> bool {
        false
    }
}

/// A GET for JSON: what is asked, with which address and headers.
pub(super) struct Get<'a> {
    /// For the words of an error.
    pub asked: Asked,
    /// Makes the request for a host.
    pub make: &'a (dyn Fn(&Host) -> Result<Request, CatalogError> + Send + Sync),
}

impl AsyncAsk<Value> for Get<'_> {
    async fn ask(&self, host: &Host) -> Result<Value, CatalogError> {
        let request = (self.make)(host)?;
        host.caller.json(&self.asked, || request.clone()).await
    }
}

/// A GET for a page that may be one that was read before by anybody.
pub(super) struct GetPage<'a>(pub Get<'a>);

impl AsyncAsk<Kept> for GetPage<'_> {
    async fn ask(&self, host: &Host) -> Result<Kept, CatalogError> {
        let request = (self.0.make)(host)?;
        host.caller.page(&self.0.asked, "", || request.clone()).await
    }

    fn is_stale(&self, found: &Kept) -> bool {
        found.is_stale
    }
}

/// A GET whose redirect is the answer.
pub(super) struct SentOn<'a>(pub Get<'a>);

impl AsyncAsk<Option<Url>> for SentOn<'_> {
    async fn ask(&self, host: &Host) -> Result<Option<Url>, CatalogError> {
        let request = Request { follows: false, ..(self.0.make)(host)? };
        host.caller.sent_on(&self.0.asked, request).await
    }
}

/// Whether an error says that the host does not work, rather than what was asked for.
pub(super) fn is_down(error: &CatalogError) -> bool {
    match error {
        CatalogError::Net { source, .. } => match source {
            NetError::Connect { .. }
            | NetError::Timeout { .. }
            | NetError::Broken { .. }
            | NetError::Certificate { .. }
            | NetError::Handshake { .. }
            | NetError::Redirects { .. }
            | NetError::RedirectRefused { .. } => true,
            NetError::Status { status, .. } => *status >= 500,
            _ => false,
        },
        CatalogError::Limited { is_down, .. } => *is_down,
        _ => false,
    }
}

/// A base with the API's version at its end.
pub(super) fn with_version(base: &Url) -> Option<Url> {
    let base = usable_base(Some(base))?;
    if base.path().trim_end_matches('/').ends_with("/v1") {
        return Some(base);
    }
    fill(&base, "/v1", &[])
}

/// A host of a gateway's list: a whole address, encrypted unless the gateway is at home too.
fn listed(gateway: &Host, row: &Value) -> Option<Host> {
    let text = row.as_str()?.trim().trim_end_matches('/');
    let url = Url::parse(text).ok()?;
    let is_at_home = is_nearby(&gateway.base) && is_nearby(&url);
    if !is_web_address(&url) || url.scheme() == "http" && !is_at_home {
        return None;
    }
    let base = with_version(&url)?;
    let line = Arc::new(Line::new(super::PACE, Some(&base)));
    Some(Host {
        reach: reach(&gateway.base, &base),
        caller: Caller { line, ..gateway.caller.clone() },
        base,
        is_gateway: false,
    })
}
