//! Where a redirect may lead and what goes along (bars of RFC 9110 section 15.4).

use url::Url;

use crate::model::{Reach, is_web_address};

use super::error::NetError;
use super::request::{Body, Method, Request};

/// Most redirects followed for one request.
pub(super) const MAX_REDIRECTS: usize = 10;

/// The request that follows `location`, or why it must not be made.
///
/// Headers stay only with the same scheme, host and port. `303` and a POST answered by `301` or
/// `302` turn into a GET without a body. A step from https to http is refused. `reach` is what the
/// redirecting answer's addresses may reach.
pub(super) fn next_hop(
    request: &Request,
    status: u16,
    location: &str,
    reach: Reach,
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
        return Err(refused("it leaves the encrypted connection"));
    }
    let mut next = request.clone();
    if target.origin() != request.url.origin() {
        next.headers.clear();
    }
    let becomes_get = status == 303 && request.method != Method::HEAD
        || matches!(status, 301 | 302) && request.method == Method::POST;
    if becomes_get {
        next.method = Method::GET;
        next.body = Body::Empty;
    }
    next.url = target;
    next.reach = reach;
    Ok(next)
}

/// The host of an address, for messages.
pub(super) fn host_of(url: &Url) -> String {
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
        match (next_hop(&request, status, location, Reach::Anywhere), expected) {
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
        for hostile in
            ["file:///etc/passwd", "data:,x", "ftp://a.example/", "javascript:alert(1)", "gopher://a"]
        {
            check("http://a.example/x", 301, hostile, Err("refused"));
        }
    }

    #[test]
    fn a_post_becomes_a_get_only_where_it_must() {
        for (status, method) in [
            (301, Method::GET),
            (302, Method::GET),
            (303, Method::GET),
            (307, Method::POST),
            (308, Method::POST),
        ] {
            let mut request = Request::get("http://a.example/".parse().unwrap(), Limit::Api);
            request.method = Method::POST;
            assert_eq!(next_hop(&request, status, "/b", Reach::Public).unwrap().method, method, "{status}");
        }
    }
}
