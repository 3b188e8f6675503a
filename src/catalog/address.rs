//! Addresses of API calls: paths as data with `{name}` places, ids made safe, and addresses that a
//! service hands out. Makes no request.

use std::collections::BTreeMap;

use url::{Host, Url};

use crate::config::split_path;
use crate::model::{CleanText, Reach, clean, is_nearby, is_web_address};
use crate::net::{Method, NetError, host_of};

use super::CatalogError;

/// Longest id taken, in characters.
const MAX_ID_CHARS: usize = 512;

/// Whether an id can stand in a path and on a screen: not empty, not too long, no `/`, no control
/// character, and no step up or down the path.
pub(super) fn is_id(id: &str) -> bool {
    !matches!(id, "" | "." | "..")
        && !id.contains('/')
        && id.chars().count() <= MAX_ID_CHARS
        && clean(id) == id
}

/// `id` if it can be asked for, else the error that there is no such `kind`.
pub(super) fn asked_id<'a>(service: &'static str, kind: &str, id: &'a str) -> Result<&'a str, CatalogError> {
    if is_id(id) {
        return Ok(id);
    }
    let shown: String = clean(id).chars().take(40).collect();
    Err(CatalogError::NotFound { service, what: format!("{kind} {shown:?}") })
}

/// The address of `template` under `base`. In its path and its query, `{name}` becomes the value of
/// that name, percent-encoded; a pair of the query for which there is only an empty value is left out. A
/// template that is an address itself stands alone. `None` when it gives no web address or names a value
/// that is not there.
pub(super) fn fill(base: &Url, template: &str, values: &[(&str, &str)]) -> Option<Url> {
    let (path, query) = template.split_once('?').unwrap_or((template, ""));
    let (mut url, path) = if let Some((scheme, rest)) = path.split_once("://") {
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        (Url::parse(&format!("{scheme}://{host}/")).ok()?, path)
    } else {
        (base.clone(), path)
    };
    {
        let mut segments = url.path_segments_mut().ok()?;
        segments.pop_if_empty();
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            segments.push(&place(segment, values)?);
        }
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let placed = place(value, values)?;
        if !placed.is_empty() || value.is_empty() {
            url.query_pairs_mut().append_pair(name, &placed);
        }
    }
    is_web_address(&url).then_some(url)
}

/// `text` with each `{name}` replaced.
fn place(text: &str, values: &[(&str, &str)]) -> Option<String> {
    let mut placed = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        let (_, value) = values.iter().find(|(known, _)| *known == name)?;
        placed.push_str(before);
        placed.push_str(value);
        rest = after;
    }
    placed.push_str(rest);
    Some(placed)
}

/// An address that a service hands out, absolute or relative to its base. An open address from an
/// encrypted API is asked for encrypted too, and is none if its port stands against that; so is one with a
/// user in it.
pub(super) fn resolve(base: &Url, text: &str) -> Option<Url> {
    let mut url = as_written(base, text)?;
    if is_step_down(base, &url) {
        if url.port().is_some() {
            return None;
        }
        url.set_scheme("https").ok()?;
    }
    Some(url)
}

/// The same for sound, where the listener may allow open addresses; the error is that he does not.
pub(super) fn resolve_sound(base: &Url, text: &str, allows_http: bool) -> Result<Option<Url>, NetError> {
    let Some(url) = as_written(base, text) else { return Ok(None) };
    if !is_step_down(base, &url) || allows_http {
        return Ok(Some(url));
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    resolve(base, text).map(Some).ok_or(NetError::Unencrypted { host, is_key: false })
}

fn as_written(base: &Url, text: &str) -> Option<Url> {
    let url = base.join(text.trim()).ok()?;
    let has_user = !url.username().is_empty() || url.password().is_some();
    (is_web_address(&url) && !has_user).then_some(url)
}

/// Whether the way from one address to the other leaves an encrypted connection.
fn is_step_down(base: &Url, url: &Url) -> bool {
    base.scheme() == "https" && url.scheme() == "http"
}

/// What an address may reach that a service handed out: the listener's own network only if the service is
/// in it, or at the service's own host.
pub(super) fn reach(base: &Url, url: &Url) -> Reach {
    if is_nearby(base) || base.host() == url.host() { Reach::Anywhere } else { Reach::Public }
}

/// The base of an API as configured, if calls can be made to it: encrypted, or on this very machine.
pub(super) fn usable_base(configured: Option<&Url>) -> Option<Url> {
    let mut base = configured.filter(|url| is_private(url))?.clone();
    base.set_query(None);
    base.set_fragment(None);
    Some(base)
}

/// Whether nobody on the way can read what is sent to an address: it is encrypted, or on this very machine.
pub(super) fn is_private(url: &Url) -> bool {
    is_web_address(url) && (url.scheme() == "https" || is_this_machine(url))
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// One call whose path nobody has confirmed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    /// The configuration key of its path, without the service's prefix.
    pub key: &'static str,
    /// The path until it is configured.
    pub path: &'static str,
    /// In words: "searching tracks".
    pub words: &'static str,
}

/// The paths of a service whose own documents name none: defaults, and what the listener set.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    /// The service's own spelling.
    pub service: &'static str,
    /// "services.yourmusic.paths".
    pub prefix: &'static str,
    /// Templates by key, maybe with a method before them.
    pub set: BTreeMap<String, String>,
}

impl Paths {
    /// The configuration key of an operation's path.
    pub(super) fn key(&self, operation: &Operation) -> String {
        format!("{}.{}", self.prefix, operation.key)
    }

    /// The path of an operation, without its query.
    pub(super) fn path<'p>(&'p self, operation: &'p Operation) -> &'p str {
        let path = self.set_call(operation).map_or(operation.path, |(_, path)| path);
        path.split_once('?').map_or(path, |(path, _)| path)
    }

    /// The method of an operation where the listener set one.
    pub(super) fn method(&self, operation: &Operation) -> Option<Method> {
        let (method, _) = self.set_call(operation)?;
        method?.parse().ok()
    }

    /// The method and the path that the listener set.
    fn set_call(&self, operation: &Operation) -> Option<(Option<&'static str>, &str)> {
        split_path(self.set.get(operation.key)?)
    }

    /// The address of an operation, encrypted or on this very machine. A path that is set without a query keeps
    /// the query it had.
    pub(super) fn url(
        &self,
        base: &Url,
        operation: &Operation,
        values: &[(&str, &str)],
    ) -> Result<Url, CatalogError> {
        let url = self.filled(base, operation, values)?;
        if is_private(&url) { Ok(url) } else { Err(self.open(operation, &url, false)) }
    }

    /// The same for an operation that gives sound, where the listener may allow open addresses.
    pub(super) fn sound_url(
        &self,
        base: &Url,
        operation: &Operation,
        values: &[(&str, &str)],
        allows_http: bool,
    ) -> Result<Url, CatalogError> {
        let url = self.filled(base, operation, values)?;
        if allows_http || is_private(&url) { Ok(url) } else { Err(self.open(operation, &url, true)) }
    }

    fn open(&self, operation: &Operation, url: &Url, is_sound: bool) -> CatalogError {
        CatalogError::OpenPath {
            service: self.service,
            key: self.key(operation),
            host: host_of(url),
            is_sound,
        }
    }

    fn filled(
        &self,
        base: &Url,
        operation: &Operation,
        values: &[(&str, &str)],
    ) -> Result<Url, CatalogError> {
        let (_, query) = operation.path.split_once('?').unwrap_or_default();
        let template = match self.set_call(operation) {
            Some((_, set)) if set.contains('?') => set.to_owned(),
            Some((_, set)) => format!("{set}?{query}"),
            None => operation.path.to_owned(),
        };
        fill(base, &template, values).ok_or_else(|| CatalogError::UnknownPath {
            service: self.service,
            key: self.key(operation),
            operation: operation.words,
        })
    }
}

/// Words of a service, short enough for a message.
pub(super) fn short_words(text: &str) -> String {
    const MAX_CHARS: usize = 200;
    let text = CleanText::new(text);
    match text.as_str().char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", text.as_str().get(..end).unwrap_or_default()),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn base() -> Url {
        "https://api.example/v1/".parse().unwrap()
    }

    fn check(template: &str, values: &[(&str, &str)], expected: Option<&str>) {
        let found = fill(&base(), template, values);
        assert_eq!(found.as_ref().map(Url::as_str), expected, "{template}");
    }

    #[test]
    fn templates_become_addresses() {
        let id = [("id", "a b?c#d%e")];
        check("/tracks/search", &[], Some("https://api.example/v1/tracks/search"));
        check("tracks/{id}", &id, Some("https://api.example/v1/tracks/a%20b%3Fc%23d%25e"));
        check("/t/{id}.mp3/url", &[("id", "7")], Some("https://api.example/v1/t/7.mp3/url"));
        check(
            "/track/details?trackid={id}&country=GB",
            &[("id", "7&8")],
            Some("https://api.example/v1/track/details?trackid=7%268&country=GB"),
        );
        check(
            "/t?q={id}&filters={none}&all=",
            &[("id", "7"), ("none", "")],
            Some("https://api.example/v1/t?q=7&all="),
        );
        check("https://s.example:8443/hls/{id}", &[("id", "7")], Some("https://s.example:8443/hls/7"));
        check("/tracks/{number}", &id, None);
        check("/tracks/{id", &id, None);
        check("file:///etc/{id}", &id, None);
    }

    #[test]
    fn ids_that_leave_their_place_are_refused() {
        for good in ["D7KyD", "14216571", "Größe 3", "a:b", "173fd1b7-72c4-44c4-9244-55a0a167a352"] {
            assert!(is_id(good), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "a\0b", "\u{1b}[2J", "a\u{202e}b", &"x".repeat(513)] {
            assert!(!is_id(bad), "{bad:?}");
        }
    }

    #[test]
    fn only_a_service_at_home_hands_out_places_at_home() {
        let rows = [
            ("https://api.example/v1", "https://cdn.example/a.mp3", Reach::Public),
            ("https://api.example/v1", "http://192.168.1.1/a.mp3", Reach::Public),
            ("https://api.example/v1", "https://api.example/a.mp3", Reach::Anywhere),
            ("http://127.0.0.1:4000/v1", "http://127.0.0.1:5000/a.mp3", Reach::Anywhere),
            ("http://nas.lan/v1", "http://192.168.1.1/a.mp3", Reach::Anywhere),
        ];
        for (base, url, expected) in rows {
            assert_eq!(reach(&base.parse().unwrap(), &url.parse().unwrap()), expected, "{base} {url}");
        }
    }

    #[test]
    fn calls_are_encrypted_unless_they_stay_on_this_machine() {
        let good =
            ["https://api.example/v1", "http://127.0.0.1:4000/v1", "http://localhost/", "http://[::1]:1/"];
        let bad = ["http://api.example/v1", "http://192.168.1.1/", "http://nas.lan/", "ftp://127.0.0.1/"];
        for (addresses, usable) in [(good, true), (bad, false)] {
            for address in addresses {
                assert_eq!(usable_base(Some(&address.parse().unwrap())).is_some(), usable, "{address}");
            }
        }
    }

    /// Client secrets, codes of e-mails and refresh tokens go to these addresses.
    #[test]
    fn a_path_that_is_set_leads_nowhere_in_the_clear() {
        const TOKEN: Operation = Operation { key: "token", path: "/token", words: "signing in" };
        let rows = [
            ("/tok", Ok("https://api.example/v1/tok")),
            ("https://id.example/tok", Ok("https://id.example/tok")),
            ("POST http://127.0.0.1:4000/tok", Ok("http://127.0.0.1:4000/tok")),
            ("http://192.0.2.2/tok", Err("192.0.2.2")),
            ("PUT http://nas.lan:8080/tok", Err("nas.lan")),
            ("http://localhost.example/tok", Err("localhost.example")),
            ("http://api.example/v1/tok", Err("api.example")),
        ];
        for (path, expected) in rows {
            let set = BTreeMap::from([("token".to_owned(), path.to_owned())]);
            let paths = Paths { service: "Example", prefix: "services.example.paths", set };
            let found = paths.url(&base(), &TOKEN, &[]);
            match expected {
                Ok(address) => assert_eq!(found.unwrap().as_str(), address),
                Err(host) => {
                    let fault = found.unwrap_err().fault().to_string();
                    let told = [host, "without encryption", "services.example.paths.token"];
                    assert!(told.iter().all(|words| fault.contains(words)), "{fault}");
                    assert!(!fault.contains("allow_http_media"), "{fault}");
                    let refused = paths.sound_url(&base(), &TOKEN, &[], false).unwrap_err();
                    assert!(refused.fault().to_string().contains("network.allow_http_media"));
                    assert!(paths.sound_url(&base(), &TOKEN, &[], true).is_ok(), "{path}");
                }
            }
        }
    }

    #[test]
    fn handed_out_addresses_resolve() {
        let rows = [
            ("https://cdn.example/a.mp3?X=1", Some("https://cdn.example/a.mp3?X=1")),
            ("http://cdn.example/a.mp3", Some("https://cdn.example/a.mp3")),
            ("http://cdn.example:8080/a.mp3", None),
            ("/rails/active_storage/x", Some("https://api.example/rails/active_storage/x")),
            ("//cdn.example/a.mp3", Some("https://cdn.example/a.mp3")),
            ("file:///etc/passwd", None),
            ("javascript:alert(1)", None),
            ("https://api.example@bad.example/a.mp3", None),
            ("//user:pw@api.example/a.mp3", None),
            ("/a\r\nX-Evil: 1", Some("https://api.example/aX-Evil:%201")),
            ("data:audio/mpeg,x", None),
        ];
        for (text, expected) in rows {
            assert_eq!(resolve(&base(), text).as_ref().map(Url::as_str), expected, "{text}");
        }
    }

    #[test]
    fn open_addresses_of_sound_are_for_the_listener_to_allow() {
        let (open, home) = ("http://cdn.example/a", "http://127.0.0.1:4000/v1");
        let port = "http://cdn.example:8080/a";
        let rows = [
            ("https://api.example/v1", open, false, Ok(Some("https://cdn.example/a"))),
            ("https://api.example/v1", open, true, Ok(Some(open))),
            ("https://api.example/v1", port, false, Err("network.allow_http_media is not set")),
            ("https://api.example/v1", port, true, Ok(Some(port))),
            ("https://api.example/v1", "http://u:p@cdn.example/a", true, Ok(None)),
            (home, port, false, Ok(Some(port))),
        ];
        for (base, text, allows_http, expected) in rows {
            let found = resolve_sound(&base.parse().unwrap(), text, allows_http);
            match (&found, expected) {
                (Ok(url), Ok(expected)) => assert_eq!(url.as_ref().map(Url::as_str), expected, "{text}"),
                (Err(error), Err(part)) => assert!(error.to_string().ends_with(part), "{error}"),
                _ => panic!("{text} {allows_http}: {found:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn an_id_stays_one_segment(id in any::<String>()) {
            prop_assume!(is_id(&id));
            let url = fill(&base(), "/tracks/{id}/stream", &[("id", &id)]).unwrap();
            let segments: Vec<_> = url.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 4, "{}", url);
            prop_assert_eq!(url.host_str(), Some("api.example"));
            prop_assert!(url.query().is_none() && url.fragment().is_none());
        }
    }
}
