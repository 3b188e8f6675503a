//! Where a redirect may lead and what goes along (bars of RFC 9110 section 15.4).

use url::Url;

use crate::model::{Reach, is_web_address};

use super::error::NetError;
use super::request::{Body, Method, Request};

/// Most redirects followed for one request.
pub(super) const MAX_REDIRECTS: usize = 10;

/// The request that follows `location`, or why it must not be made.
///
/// Headers stay only with the same scheme, host and port, and a body goes nowhere else. `303` and a POST
/// answered by `301` or `302` turn into a GET without a body. A step from https to http is refused, but for
/// sound where the listener `allows_http`, and so is an address with a user in it. `reach` is what the
/// redirecting answer's addresses may reach.
pub(super) fn next_hop(
    request: &Request,
    status: u16,
    location: &str,
    reach: Reach,
    allows_http: bool,
) -> Result<Request, NetError> {
    let host = || host_of(&request.url);
    let target = request.url.join(location).map_err(|_| NetError::RedirectRefused {
        host: host(),
        target: "nowhere".to_owned(),
        reason: "it is no address",
    })?;
    let refused = |reason| NetError::RedirectRefused { host: host(), target: shown(&target), reason };
    if !is_web_address(&target) {
        return Err(refused("only http and https are followed"));
    }
    if request.url.scheme() == "https" && target.scheme() == "http" {
        match (request.is_sound, allows_http) {
            (true, true) => {}
            (true, false) => {
                let reason = "it leaves the encrypted connection, and network.allow_http_media is not set";
                return Err(refused(reason));
            }
            (false, _) => return Err(refused("it leaves the encrypted connection")),
        }
    }
    if has_userinfo(&target) {
        return Err(refused("it names a user"));
    }
    let mut next = request.clone();
    let becomes_get = status == 303 && request.method != Method::HEAD
        || matches!(status, 301 | 302) && request.method == Method::POST;
    if becomes_get {
        next.method = Method::GET;
        next.body = Body::Empty;
    }
    if target.origin() != request.url.origin() {
        if !matches!(next.body, Body::Empty) {
            return Err(refused("it would give what was sent to somebody else"));
        }
        next.headers.clear();
    }
    next.url = target;
    next.reach = reach;
    Ok(next)
}

/// Whether an address holds a name or a password, as in `https://good.example@bad.example/`.
pub(super) fn has_userinfo(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// The host of an address, for messages.
pub(crate) fn host_of(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => url.scheme().to_owned(),
    }
}

fn shown(url: &Url) -> String {
    match url.host_str() {
        Some(_) => format!("{}://{}{}", url.scheme(), host_of(url), url.path()),
        None => format!("{}:", url.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Secret;
    use crate::net::Limit;

    fn check(from: &str, status: u16, location: &str, expected: Result<(&str, bool), &str>) {
        let mut request = Request::get(from.parse().unwrap(), Limit::Api)
            .header("Authorization", Secret::new("Bearer x"))
            .open_header("Range", "bytes=5-");
        request.method = Method::POST;
        request.body = Body::Form("password=x".to_owned());
        match (next_hop(&request, status, location, Reach::Anywhere, true), expected) {
            (Ok(next), Ok((url, keeps_secret))) => {
                assert_eq!(next.url.as_str(), url);
                assert_eq!(!next.headers.is_empty(), keeps_secret, "{location}");
                assert_eq!(next.open_headers.len(), 1);
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (found, expected) => panic!("{from} -> {location}: {found:?}, not {expected:?}"),
        }
    }

    #[test]
    fn secrets_stay_with_their_origin() {
        check("https://a.example/x", 302, "/y?z=1", Ok(("https://a.example/y?z=1", true)));
        check("https://a.example/x", 302, "https://b.example/y", Ok(("https://b.example/y", false)));
        check(
            "https://a.example/x",
            302,
            "https://a.example:8443/y",
            Ok(("https://a.example:8443/y", false)),
        );
        check("http://a.example/x", 302, "https://a.example/y", Ok(("https://a.example/y", false)));
        check("https://a.example/x", 302, "http://a.example/y", Err("encrypted"));
        // The same origin, written otherwise.
        check("https://a.example/x", 302, "https://A.EXAMPLE:443/y", Ok(("https://a.example/y", true)));
        check("https://a.example/x", 302, "//a.example/y", Ok(("https://a.example/y", true)));
        check("https://a.example/x?k=s", 302, "?z=1", Ok(("https://a.example/x?z=1", true)));
        check("https://a.example/x?k=s", 302, "//b.example", Ok(("https://b.example/", false)));
        check("https://a.example/x", 302, "https://a.example./y", Ok(("https://a.example./y", false)));
        check("https://a.example/x", 302, "https://cdn.a.example/y", Ok(("https://cdn.a.example/y", false)));
        check("https://a.example/x", 302, "https://a.example@b.example/y", Err("names a user"));
        check("https://a.example/x", 302, "https://u:p@a.example/y", Err("names a user"));
        for status in [307, 308] {
            check("https://a.example/x", status, "https://b.example/y", Err("to somebody else"));
            check("https://a.example/x", status, "/y", Ok(("https://a.example/y", true)));
        }
        for hostile in
            ["file:///etc/passwd", "data:,x", "ftp://a.example/", "javascript:alert(1)", "gopher://a"]
        {
            check("http://a.example/x", 301, hostile, Err("refused"));
        }
    }

    /// What left its origin does not get its headers back there.
    #[test]
    fn secrets_do_not_come_back() {
        let start = Request::get("https://a.example/".parse().unwrap(), Limit::Api)
            .header("Authorization", Secret::new("Bearer x"));
        let away = next_hop(&start, 302, "https://b.example/", Reach::Public, false).unwrap();
        let back = next_hop(&away, 302, "https://a.example/", Reach::Public, false).unwrap();
        assert_eq!((back.url, back.headers.len()), (start.url, 0));
    }

    /// Only sound leaves an encrypted connection, only where the listener says so, and with nothing secret.
    #[test]
    fn sound_alone_may_leave_the_encryption() {
        for (is_sound, allows_http, expected) in [
            (false, false, Err("refused: it leaves the encrypted connection")),
            (false, true, Err("refused: it leaves the encrypted connection")),
            (true, false, Err("and network.allow_http_media is not set")),
            (true, true, Ok(())),
        ] {
            let request = Request::get("https://a.example/x".parse().unwrap(), Limit::Stream)
                .header("Authorization", Secret::new("Bearer x"))
                .open_header("Range", "bytes=5-");
            let request = Request { is_sound, ..request };
            match (next_hop(&request, 302, "http://a.example/y", Reach::Public, allows_http), expected) {
                (Ok(next), Ok(())) => {
                    assert_eq!((next.url.as_str(), next.headers.len()), ("http://a.example/y", 0));
                    assert_eq!(next.open_headers, request.open_headers);
                }
                (Err(error), Err(end)) => assert!(error.to_string().ends_with(end), "{error}"),
                (found, expected) => panic!("{is_sound} {allows_http}: {found:?}, not {expected:?}"),
            }
            let named = next_hop(&request, 302, "http://u:p@a.example/y", Reach::Public, allows_http);
            assert!(named.is_err(), "{named:?}");
        }
    }

    /// RFC 9110 sections 15.4.2 to 15.4.9.
    #[test]
    fn a_post_becomes_a_get_only_where_it_must() {
        let rows = [
            (Method::POST, [Method::GET, Method::GET, Method::GET, Method::POST, Method::POST]),
            (Method::PUT, [Method::PUT, Method::PUT, Method::GET, Method::PUT, Method::PUT]),
            (Method::DELETE, [Method::DELETE, Method::DELETE, Method::GET, Method::DELETE, Method::DELETE]),
            (Method::HEAD, [Method::HEAD, Method::HEAD, Method::HEAD, Method::HEAD, Method::HEAD]),
        ];
        for (sent, expected) in rows {
            for (status, expected) in [301, 302, 303, 307, 308].into_iter().zip(expected) {
                let mut request = Request::get("http://a.example/".parse().unwrap(), Limit::Api);
                request.method = sent.clone();
                request.body = Body::Json("{}".to_owned());
                let next = next_hop(&request, status, "/b", Reach::Public, false).unwrap();
                assert_eq!(next.method, expected, "{sent} {status}");
                assert_eq!(matches!(next.body, Body::Empty), sent != expected, "{sent} {status}");
            }
        }
    }
}
