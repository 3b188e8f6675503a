//! The head of one HTTP/1 request, read from a stranger: judged by RFC 9112, with small limits.

use crate::model::Secret;

/// A request's line and headers are together at most this long. An answer carries a code of some hundred bytes.
pub(super) const MAX_HEAD_BYTES: usize = 16 * 1024;

/// Its first line is at most this long.
const MAX_LINE_BYTES: usize = 8 * 1024;

/// Its headers are at most this many.
const MAX_HEADERS: usize = 64;

/// Its parameters are at most this many.
const MAX_PAIRS: usize = 32;

/// Why a request is not the answer that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Not HTTP, or not as it should be.
    Bad,
    /// Another path: `favicon.ico`.
    NotFound,
    /// Not a GET.
    Method,
    /// For another host: a page that leads its own name to this machine.
    Host,
    /// Too long.
    TooLong,
}

impl Refusal {
    /// The status line's number and words.
    pub fn status(self) -> &'static str {
        match self {
            Self::Bad => "400 Bad Request",
            Self::NotFound => "404 Not Found",
            Self::Method => "405 Method Not Allowed",
            Self::Host => "421 Misdirected Request",
            Self::TooLong => "431 Request Header Fields Too Large",
        }
    }
}

/// Where the head ends, if all of it is there.
pub(super) fn end_of(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// The query's pairs of a whole head that asks `GET path` of `host`.
pub(super) fn read(head: &[u8], path: &str, host: &str) -> Result<Vec<(String, Secret)>, Refusal> {
    let head = std::str::from_utf8(head).map_err(|_| Refusal::Bad)?;
    let mut lines = head.trim_end_matches("\r\n").split("\r\n");
    let line = lines.next().unwrap_or_default();
    if line.len() > MAX_LINE_BYTES {
        return Err(Refusal::TooLong);
    }
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some("HTTP/1.1" | "HTTP/1.0"), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Refusal::Bad);
    };
    if !target.starts_with('/') || target.chars().any(|c| !c.is_ascii_graphic() || c == '#') {
        return Err(Refusal::Bad);
    }
    check_headers(lines, host)?;
    let (asked, query) = target.split_once('?').unwrap_or((target, ""));
    if asked != path {
        return Err(Refusal::NotFound);
    }
    if method != "GET" {
        return Err(Refusal::Method);
    }
    pairs(query)
}

/// One `Host`, and it is ours; no body; nothing that one reader takes for a header and another does not.
fn check_headers<'a>(lines: impl Iterator<Item = &'a str>, host: &str) -> Result<(), Refusal> {
    let mut hosts = 0;
    for (number, line) in lines.enumerate() {
        if number >= MAX_HEADERS {
            return Err(Refusal::TooLong);
        }
        let (name, value) = line.split_once(':').ok_or(Refusal::Bad)?;
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(is_token) || line.chars().any(|c| c.is_control() && c != '\t')
        {
            return Err(Refusal::Bad);
        }
        let value = value.trim_matches([' ', '\t']);
        if name.eq_ignore_ascii_case("host") {
            hosts += 1;
            if !value.eq_ignore_ascii_case(host) {
                return Err(Refusal::Host);
            }
        }
        let has_body = name.eq_ignore_ascii_case("transfer-encoding")
            || (name.eq_ignore_ascii_case("content-length") && value != "0");
        if has_body {
            return Err(Refusal::Bad);
        }
    }
    if hosts == 1 { Ok(()) } else { Err(Refusal::Bad) }
}

/// The pairs of a query. A name that comes twice is refused (RFC 6749 section 3.1): two readers could choose
/// differently.
fn pairs(query: &str) -> Result<Vec<(String, Secret)>, Refusal> {
    let mut pairs: Vec<(String, Secret)> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if pairs.len() == MAX_PAIRS || pairs.iter().any(|(known, _)| *known == name) {
            return Err(Refusal::Bad);
        }
        pairs.push((name.into_owned(), Secret::new(value)));
    }
    Ok(pairs)
}
