//! The client itself.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderName, HeaderValue, InvalidHeaderValue};
use tokio::sync::watch;
use tokio::time::Instant;
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::config::NetworkSettings;
use crate::model::{Network, Reach, Secret, clean, is_nearby, is_web_address};

use super::error::{NetError, Phase, Unreached};
use super::presence::Presence;
use super::redirect::{MAX_REDIRECTS, has_userinfo, host_of, next_hop};
use super::request::{Body, Limit, Request};
use super::resolver::{Lookup, NameTrouble, PrivateName, Resolver, passed_on, proxy_names, system};
use super::response::Response;
use super::trust::{extra_roots, trouble};
use super::way::{self, Way};

/// How often a connection with a request under way is asked whether it still lives, so that one that a
/// router has forgotten ends before its request does.
const HTTP2_PING_EVERY: Duration = Duration::from_secs(10);

/// Longest wait for the answer to that; a dead connection is known before the wait for a first byte ends.
const HTTP2_PING_PATIENCE: Duration = Duration::from_secs(5);

/// The one HTTP client. Clones share its connections. It is made at the first request, so that a
/// program that needs no network pays nothing for it.
#[derive(Clone, Debug)]
pub struct Net(Arc<Inner>);

struct Inner {
    settings: NetworkSettings,
    lookup: Lookup,
    /// The listener's proxies by name.
    proxies: Vec<String>,
    /// For what the listener names himself.
    anywhere: Clients,
    /// For what others name; its connections never go into a private network.
    public: Clients,
    presence: Mutex<Presence>,
    /// Tells what `presence` knows.
    network: watch::Sender<Network>,
    /// `presence` counts time from here.
    born: Instant,
}

/// Clients that are made when they are first needed.
#[derive(Default)]
struct Clients {
    unpacking: OnceLock<Result<reqwest::Client, NetError>>,
    /// For who asks for the bytes as they are: a server that packs them all the same is not helped.
    raw: OnceLock<Result<reqwest::Client, NetError>>,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Net {
    /// A client with these limits.
    pub fn new(settings: NetworkSettings) -> Self {
        // As the HTTP library reads them.
        let names = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
        let proxies = proxy_names(names.iter().filter_map(|name| std::env::var(name).ok()));
        Self::made_of(settings, system(), proxies)
    }

    /// A client with its own way to look names up.
    #[cfg(test)]
    pub(super) fn with_lookup(settings: NetworkSettings, lookup: Lookup, is_proxied: bool) -> Self {
        let proxies = is_proxied.then(|| "proxy.example".to_owned()).into_iter().collect();
        Self::made_of(settings, lookup, proxies)
    }

    fn made_of(settings: NetworkSettings, lookup: Lookup, proxies: Vec<String>) -> Self {
        let (anywhere, public) = (Clients::default(), Clients::default());
        let presence = Presence::new(settings.offline);
        let network = watch::Sender::new(presence.network());
        let (presence, born) = (Mutex::new(presence), Instant::now());
        Self(Arc::new(Inner { settings, lookup, proxies, anywhere, public, presence, network, born }))
    }

    /// The limits it keeps.
    pub fn settings(&self) -> &NetworkSettings {
        &self.0.settings
    }

    /// What is known of the network, now and whenever that changes.
    pub fn network(&self) -> watch::Receiver<Network> {
        self.0.network.subscribe()
    }

    /// Asks nobody for anything from now on, or as usual again.
    pub fn set_off(&self, off: bool) {
        self.0.note(|presence| presence.set_off(off));
    }

    /// Looks while there is no network whether that may have changed. Nobody is asked.
    pub fn look(&self) {
        let way = self.0.way();
        self.0.note(|presence| presence.look(way, self.0.born.elapsed()));
    }

    /// Sends a request and follows redirects. Any HTTP status is an `Ok` answer;
    /// [`Response::success`] tells them apart.
    pub async fn send(&self, request: Request) -> Result<Response, NetError> {
        let whole = match request.limit {
            Limit::Api => Some(self.0.settings.api_timeout),
            Limit::Playlist => Some(self.0.settings.playlist_timeout),
            Limit::Segment => Some(self.0.settings.segment_timeout),
            Limit::Stream => None,
        };
        let deadline = whole.map(|limit| tokio::time::Instant::now() + limit);
        let allows_http = self.0.settings.allow_http_media;
        let mut request = request;
        for _ in 0..=MAX_REDIRECTS {
            let response = self.hop(&request, deadline).await?;
            let location = match response.status {
                301 | 302 | 303 | 307 | 308 if request.follows => response.header("location"),
                _ => None,
            };
            match location {
                Some(location) => {
                    request = next_hop(&request, response.status, location, response.reach, allows_http)?;
                }
                None => return Ok(response),
            }
        }
        Err(NetError::Redirects { host: host_of(&request.url) })
    }

    async fn hop(
        &self,
        request: &Request,
        deadline: Option<tokio::time::Instant>,
    ) -> Result<Response, NetError> {
        if !is_web_address(&request.url) {
            return Err(NetError::Address(request.url.scheme().to_owned() + ":"));
        }
        if request.reach == Reach::Public && is_nearby(&request.url) {
            return Err(NetError::Private { host: host_of(&request.url) });
        }
        if request.reach == Reach::Public && has_userinfo(&request.url) {
            return Err(NetError::Address("an address with a user in it".to_owned()));
        }
        let is_near = is_nearby(&request.url);
        self.0.lock_presence().may_go(is_near)?;
        let unwritable = request.headers.iter().find(|(name, value)| !is_writable(name, value.reveal()));
        if let Some((name, _)) = unwritable {
            return Err(NetError::Header { host: host_of(&request.url), name: clean(name) });
        }
        let client = self.0.client(request)?;
        let mut builder = client.request(request.method.clone(), request.url.clone());
        for (name, value) in &request.headers {
            let Ok(value) = secret_header(value) else {
                return Err(NetError::Header { host: host_of(&request.url), name: clean(name) });
            };
            builder = builder.header(name, value);
        }
        for (name, value) in &request.open_headers {
            builder = builder.header(*name, value);
        }
        builder = match &request.body {
            Body::Empty => builder,
            Body::Form(form) => {
                builder.header("Content-Type", "application/x-www-form-urlencoded").body(form.clone())
            }
            Body::Json(json) => builder.header("Content-Type", "application/json").body(json.clone()),
            Body::Bytes(bytes) => builder.body(bytes.clone()),
        };
        // reqwest bounds silence inside a body; the wait for the first header byte is bounded here.
        let usual = self.0.settings.connect_timeout + self.0.settings.idle_timeout;
        let patience = request.first_byte.unwrap_or(usual);
        let first_byte = tokio::time::Instant::now() + patience;
        let until = deadline.map_or(first_byte, |deadline| deadline.min(first_byte));
        let timed_out = NetError::Timeout { host: host_of(&request.url), phase: Phase::Byte };
        let inner = match tokio::time::timeout_at(until, builder.send()).await.map_err(|_| timed_out)? {
            Ok(inner) => inner,
            Err(error) => {
                let error = self.explained(classify(&error, &request.url), &request.url).await;
                if !is_near {
                    let way = self.0.way();
                    self.0.note(|presence| presence.failed(&error, way, self.0.born.elapsed()));
                }
                return Err(error);
            }
        };
        if !is_near {
            self.0.note(Presence::answered);
        }
        let peer = inner.remote_addr().map(|peer| peer.ip());
        let reach = passed_on(request.reach, &request.url, peer, !self.0.proxies.is_empty());
        let (status, url) = (inner.status().as_u16(), request.url.clone());
        Response { status, url, reach, inner, deadline, ahead: None }.with_shoutcast_head().await
    }

    /// The same error; where no way leads to a host that has only IPv6 addresses, it says so.
    pub(super) async fn explained(&self, error: NetError, url: &Url) -> NetError {
        match error {
            NetError::Connect { host, why: Unreached::NoRoute, .. } if self.0.is_only_ipv6(url).await => {
                let reason =
                    "it has only IPv6 addresses, and no way leads from this network to them".to_owned();
                NetError::Connect { host, why: Unreached::OnlyIpv6, reason }
            }
            error => error,
        }
    }
}

impl Inner {
    fn lock_presence(&self) -> MutexGuard<'_, Presence> {
        self.presence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Learns something about the network, and tells when that changes what is known.
    fn note(&self, learn: impl FnOnce(&mut Presence)) {
        let mut presence = self.lock_presence();
        learn(&mut presence);
        let network = presence.network();
        self.network.send_if_modified(|told| std::mem::replace(told, network) != network);
    }

    /// How the machine stands to the world. Behind a proxy only that one knows.
    fn way(&self) -> Way {
        if self.proxies.is_empty() { way::look() } else { Way::Unknown }
    }

    async fn is_only_ipv6(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv6(_)) => true,
            Some(Host::Domain(name)) => {
                let found = (self.lookup)(name.to_owned()).await.unwrap_or_default();
                !found.is_empty() && found.iter().all(SocketAddr::is_ipv6)
            }
            Some(Host::Ipv4(_)) | None => false,
        }
    }

    fn client(&self, request: &Request) -> Result<&reqwest::Client, NetError> {
        let reach = request.reach;
        let clients = match reach {
            Reach::Anywhere => &self.anywhere,
            Reach::Public => &self.public,
        };
        let mut headers = request.open_headers.iter();
        let is_raw = headers.any(|(name, value)| *name == "Accept-Encoding" && value == "identity");
        let client = if is_raw { &clients.raw } else { &clients.unpacking };
        let resolver = || Resolver { lookup: Arc::clone(&self.lookup), reach, proxies: self.proxies.clone() };
        client
            .get_or_init(|| build(&self.settings, &Arc::new(resolver()), is_raw))
            .as_ref()
            .map_err(Clone::clone)
    }
}

fn build(
    settings: &NetworkSettings,
    resolver: &Arc<Resolver>,
    is_raw: bool,
) -> Result<reqwest::Client, NetError> {
    // An error only means that a provider is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let extra = settings.extra_ca.as_deref().map(extra_roots).transpose()?.unwrap_or_default();
    let builder = || {
        let builder = reqwest::Client::builder();
        // Sound may come from SHOUTcast servers.
        if is_raw { builder.http09_responses() } else { builder }
            .tls_certs_merge(extra.iter().cloned())
            .user_agent(concat!("segue/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(settings.connect_timeout)
            .read_timeout(settings.idle_timeout)
            .gzip(!is_raw)
            .brotli(!is_raw)
            .pool_idle_timeout(Duration::from_secs(60))
            .http2_keep_alive_interval(HTTP2_PING_EVERY)
            .http2_keep_alive_timeout(HTTP2_PING_PATIENCE)
            .dns_resolver(Arc::clone(resolver))
    };
    // A machine without a certificate store (slim containers) gets Mozilla's roots instead.
    builder().build().or_else(|_| {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .filter_map(|der| reqwest::Certificate::from_der(der).ok())
            .chain(extra.iter().cloned());
        builder().tls_certs_only(roots).build().map_err(|error| NetError::Setup(innermost(&error)))
    })
}

/// A header's value that is wiped when the request is over.
fn secret_header(value: &Secret) -> Result<HeaderValue, InvalidHeaderValue> {
    let bytes = Bytes::from_owner(Zeroizing::new(value.reveal().as_bytes().to_vec()));
    let mut value = HeaderValue::from_maybe_shared(bytes)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether HTTP can write the header: no line break, no other control character.
fn is_writable(name: &str, value: &str) -> bool {
    HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_str(value).is_ok()
}

/// What a failure of the HTTP library means for the caller.
pub(super) fn classify(error: &reqwest::Error, url: &Url) -> NetError {
    let host = host_of(url);
    let reason = innermost(error);
    if is_private(error) {
        NetError::Private { host }
    } else if error.is_timeout() {
        let phase = if error.is_connect() { Phase::Connect } else { Phase::Byte };
        NetError::Timeout { host, phase }
    } else if error.is_connect() {
        let untrusted = causes(error).find_map(|cause| trouble(cause, &host));
        untrusted.unwrap_or_else(|| NetError::Connect { host, why: unreached(error), reason })
    } else if error.is_builder() {
        NetError::Setup(reason)
    } else {
        NetError::Broken { host, reason }
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source())
}

/// Whether the resolver refused the name.
fn is_private(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.is::<PrivateName>())
}

/// Why there is no connection, as far as the system says.
fn unreached(error: &reqwest::Error) -> Unreached {
    if causes(error).any(|cause| cause.is::<NameTrouble>()) {
        return Unreached::Name;
    }
    let system = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
    system.map_or(Unreached::Other, |error| no_way(error.kind()))
}

/// What the system's error means. Without an address of the kind that a host has, there is no way to it.
pub(super) fn no_way(kind: io::ErrorKind) -> Unreached {
    match kind {
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::AddrNotAvailable => Unreached::NoRoute,
        _ => Unreached::Other,
    }
}

/// The deepest cause in words; the outer layers repeat the address, query included.
fn innermost(error: &reqwest::Error) -> String {
    let Some(mut cause) = error.source() else { return "no reason given".to_owned() };
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
