//! Looks names up, and keeps what strangers name out of the listener's own network: the addresses that a
//! connection may be made to are looked at here, just before it is made.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Name, Resolve, Resolving};
use url::Url;

use crate::model::{Reach, is_nearby, is_nearby_ip};

/// Looks a name up.
pub(super) type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// As the system does it.
pub(super) fn system() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move { tokio::net::lookup_host((name, 0)).await.map(|found| found.collect()) })
    })
}

/// A name that stands only for addresses in a private network.
#[derive(Debug, thiserror::Error)]
#[error("it is in a private network")]
pub(super) struct PrivateName;

/// A name that cannot be looked up.
#[derive(Debug, thiserror::Error)]
#[error("its name cannot be looked up ({0})")]
pub(super) struct NameTrouble(String);

/// A resolver for requests of one reach.
pub(super) struct Resolver {
    pub lookup: Lookup,
    pub reach: Reach,
    /// Names of proxies, which the listener chose.
    pub proxies: Vec<String>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let is_free = self.reach == Reach::Anywhere || self.proxies.contains(&name);
        let found = (self.lookup)(name);
        Box::pin(async move {
            let found = found.await.map_err(|error| NameTrouble(in_short(&error)))?;
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|at| is_free || !is_nearby_ip(at.ip())).collect();
            if allowed.is_empty() && !found.is_empty() {
                return Err(PrivateName.into());
            }
            Ok(Box::new(allowed.into_iter()) as Box<dyn Iterator<Item = SocketAddr> + Send>)
        })
    }
}

/// The system's words without what says only that it was asked.
fn in_short(error: &io::Error) -> String {
    let words = error.to_string();
    words.strip_prefix("failed to lookup address information: ").map_or(words.clone(), str::to_owned)
}

/// The names of the proxies in these values of `http_proxy` and the like.
pub(super) fn proxy_names(values: impl IntoIterator<Item = String>) -> Vec<String> {
    let name = |value: String| {
        let value = value.trim();
        let url = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
        Url::parse(&url).ok()?.host_str().map(str::to_owned)
    };
    values.into_iter().filter_map(name).collect()
}

/// What the addresses in an answer may reach that came from `peer` for `url`: only who is in the listener's
/// own network, and was named by him, names further places in it. Behind a proxy nobody knows who answered.
pub(super) fn passed_on(asked: Reach, url: &Url, peer: Option<IpAddr>, is_proxied: bool) -> Reach {
    let is_home = is_nearby(url) || !is_proxied && peer.is_some_and(is_nearby_ip);
    if is_home { asked } else { Reach::Public }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_name_places_at_home() {
        let (home, out) = (Some([192, 168, 1, 9].into()), Some([203, 0, 113, 9].into()));
        let rows = [
            (Reach::Anywhere, "http://192.168.1.9/", home, false, Reach::Anywhere),
            (Reach::Anywhere, "http://nas.lan/", None, true, Reach::Anywhere),
            (Reach::Anywhere, "http://music.example/", home, false, Reach::Anywhere),
            (Reach::Anywhere, "http://music.example/", home, true, Reach::Public),
            (Reach::Anywhere, "http://music.example/", out, false, Reach::Public),
            (Reach::Anywhere, "http://music.example/", None, false, Reach::Public),
            (Reach::Public, "http://music.example/", home, false, Reach::Public),
        ];
        for (asked, url, peer, is_proxied, expected) in rows {
            let found = passed_on(asked, &url.parse().unwrap(), peer, is_proxied);
            assert_eq!(found, expected, "{url} {peer:?} {is_proxied}");
        }
    }

    #[test]
    fn proxies_are_named_with_and_without_a_scheme() {
        let values = ["http://user:pw@proxy.corp:3128/", "proxy.lan:8080", "", " socks5://10.0.0.1 "];
        let names = proxy_names(values.map(str::to_owned));
        assert_eq!(names, ["proxy.corp", "proxy.lan", "10.0.0.1"]);
    }
}
