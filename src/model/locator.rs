//! How a track is named, and where its bytes are right now.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Instant;

use url::Url;

use super::catalogue::{ItemRef, Kind, ServiceId};
use super::file_part::FilePart;
use super::nearby::{Reach, is_nearby};
use super::path_text::{file_address, path_text};
use super::secret::Secret;
use super::text::CleanText;

/// What names a track for good: written in queues, playlists and on the command line as a path (or its `file:`
/// address), a path with `#t=FROM,TO` behind it, an http(s) address, or `service:track:ID`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum TrackRef {
    /// A file on this machine.
    File(PathBuf),
    /// A stretch of a file on this machine.
    Part(FilePart),
    /// A public address of a file or an `.m3u8` playlist.
    Url(Url),
    /// A track of a service, by the service's own id.
    Service {
        /// Which service.
        service: ServiceId,
        /// The service's id for the track, unchanged.
        id: String,
    },
}

/// Why a text names no track.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackRefError {
    /// Nothing was given.
    #[error("an empty text names nothing to play")]
    Empty,
    /// A scheme other than http, https or file.
    #[error("{0}: addresses cannot be played; use http, https, a file path or SERVICE:track:ID")]
    Scheme(String),
    /// It looks like an address but cannot be read as one.
    #[error("{0:?} is not a valid address")]
    Address(String),
}

/// Whether `url` may be fetched at all: http or https, with a host. Everything that follows an
/// address from outside (variants, segments, keys, redirects, artwork) asks this first.
pub fn is_web_address(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

impl TrackRef {
    /// The same as the name of a service's thing, if it is a service's.
    pub fn item(&self) -> Option<ItemRef> {
        match self {
            Self::Service { service, id } => {
                Some(ItemRef { service: service.clone(), kind: Kind::Track, id: id.clone() })
            }
            Self::File(_) | Self::Part(_) | Self::Url(_) => None,
        }
    }

    /// The file on this machine that it is, or is in.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Part(part) => Some(&part.path),
            Self::Url(_) | Self::Service { .. } => None,
        }
    }

    /// What a track is called of which only the place is known: the last word of the place, else all of it.
    pub fn bare_title(&self) -> CleanText {
        let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let title = match self {
            Self::File(path) => stem(path),
            Self::Part(part) => stem(&part.path) + &part.fragment(),
            Self::Url(url) => {
                let name = url.path_segments().and_then(|mut parts| parts.next_back());
                let name = name.filter(|name| !name.is_empty());
                // A list is not what its track is called.
                let name = name
                    .map(|name| name.strip_suffix(".m3u8").filter(|stem| !stem.is_empty()).unwrap_or(name));
                name.or(url.host_str()).unwrap_or_default().to_owned()
            }
            Self::Service { id, .. } => id.clone(),
        };
        CleanText::from(if title.is_empty() { self.to_string() } else { title })
    }

    /// The same in the file at `path`; what is in no file stays.
    pub fn in_file(self, path: PathBuf) -> Self {
        match self {
            Self::File(_) => Self::File(path),
            Self::Part(part) => Self::Part(FilePart { path, ..part }),
            Self::Url(_) | Self::Service { .. } => self,
        }
    }
}

impl FromStr for TrackRef {
    type Err = TrackRefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(TrackRefError::Empty);
        }
        if let Some((service, id)) = text.split_once(":track:")
            && let Ok(service) = service.parse()
            && !id.is_empty()
        {
            return Ok(Self::Service { service, id: id.to_owned() });
        }
        if text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("file:/")) {
            let wrong = || TrackRefError::Address(text.to_owned());
            let part = FilePart::split(text);
            let path = file_address(part.map_or(text, |(before, ..)| before)).ok_or_else(wrong)?;
            return Ok(match part {
                Some((_, start, end)) => Self::Part(FilePart { path, start, end }),
                None => Self::File(path),
            });
        }
        match text.split_once("://") {
            Some((scheme, _)) if is_scheme(scheme) => match Url::parse(text) {
                Ok(url) if is_web_address(&url) => Ok(Self::Url(url)),
                Ok(url) if matches!(url.scheme(), "http" | "https") => {
                    Err(TrackRefError::Address(text.to_owned()))
                }
                Ok(url) => Err(TrackRefError::Scheme(url.scheme().to_owned())),
                Err(_) => Err(TrackRefError::Address(text.to_owned())),
            },
            _ => Ok(match FilePart::split(text) {
                Some((path, start, end)) => Self::Part(FilePart { path: path.into(), start, end }),
                None => Self::File(PathBuf::from(text)),
            }),
        }
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

impl fmt::Display for TrackRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.write_str(&path_text(path)),
            Self::Part(part) => write!(f, "{part}"),
            Self::Url(url) => write!(f, "{url}"),
            Self::Service { service, id } => write!(f, "{service}:track:{id}"),
        }
    }
}

impl fmt::Debug for TrackRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => f.write_str(&without_query(url)),
            Self::File(_) | Self::Part(_) | Self::Service { .. } => write!(f, "{self}"),
        }
    }
}

/// What somebody wants a track's bytes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To listen to it from now on.
    Listen,
    /// To go on with a listen whose address no longer answers, or that goes elsewhere in the track.
    GoOn,
    /// To keep it.
    Keep,
}

/// Where a track's bytes are right now. May be signed and short-lived: never stored, never logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Locator {
    /// A file on this machine.
    File(PathBuf),
    /// A stretch of such a file.
    Part(FilePart),
    /// An address on the web; whether it is a file or an HLS playlist shows when it is opened.
    Http(RemoteAddress),
    /// An address known to answer an HLS playlist.
    Hls(RemoteAddress),
}

/// An address with what must be sent along. `Debug` shows neither its query nor its headers.
#[derive(Clone, PartialEq, Eq)]
pub struct RemoteAddress {
    /// http or https.
    pub url: Url,
    /// Headers for this origin only; a redirect or a segment elsewhere goes without them.
    pub headers: Vec<(String, Secret)>,
    /// Whether it may lead into the listener's own network.
    pub reach: Reach,
    /// Until when a request for it may begin; what has begun goes on. `None`: nobody says.
    pub good_until: Option<Instant>,
}

impl RemoteAddress {
    /// An address that the listener named himself and that needs nothing along.
    pub fn plain(url: Url) -> Self {
        Self { url, headers: Vec::new(), reach: Reach::Anywhere, good_until: None }
    }

    /// What a request for `url` may reach after an answer came whose own addresses may reach `named`. A name
    /// may stand for another place at the second look-up; what is written as a place at home does not.
    pub fn reach_later(&self, url: &Url, named: Reach) -> Reach {
        if *url == self.url && is_nearby(url) { self.reach } else { named }
    }

    /// Whether no request for it may begin any more.
    pub fn has_run_out(&self, now: Instant) -> bool {
        self.good_until.is_some_and(|until| now >= until)
    }

    /// The address without its query, which may be a signature; safe to show.
    pub fn shown(&self) -> String {
        without_query(&self.url)
    }
}

impl fmt::Debug for RemoteAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

pub(super) fn without_query(url: &Url) -> String {
    let mut shown = url.clone();
    let had_query = shown.query().is_some();
    shown.set_query(None);
    shown.set_fragment(None);
    // Credentials in an address are secrets too; a web address always lets them be removed.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    if had_query { format!("{shown}?…") } else { shown.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        let found = text.parse::<TrackRef>();
        match expected {
            Ok(kind) => {
                let kind_found = match found.unwrap() {
                    TrackRef::File(_) => "file",
                    TrackRef::Part(_) => "part",
                    TrackRef::Url(_) => "url",
                    TrackRef::Service { .. } => "service",
                };
                assert_eq!(kind_found, kind, "{text}");
            }
            Err(part) => assert!(found.unwrap_err().to_string().contains(part), "{text}"),
        }
    }

    #[test]
    fn references_parse() {
        check("audius:track:D7KyD", Ok("service"));
        check("music/Night Ferry.mp3", Ok("file"));
        check("a:b.flac", Ok("file"));
        check("music/album.flac#t=12.5,30", Ok("part"));
        check("#1 hits #t=x.mp3", Ok("file"));
        check("https://example.net/a.mp3#t=1,2", Ok("url"));
        check("https://example.net/a.m3u8?x=1", Ok("url"));
        check("HTTP://EXAMPLE.NET/a.mp3", Ok("url"));
        check("file:///m/a%20b.mp3", Ok("file"));
        check("file:///m/album.flac#t=1,2", Ok("part"));
        check("file://elsewhere/a.mp3", Err("not a valid address"));
        check("ftp://example.net/a.mp3", Err("ftp: addresses"));
        check("gopher://x", Err("gopher: addresses"));
        check("http://", Err("not a valid address"));
        check("", Err("empty"));
    }

    #[test]
    fn signatures_never_show() {
        let url: Url = "https://user:pw@cdn.example/a.mp3?Signature=abc".parse().unwrap();
        let address = RemoteAddress {
            headers: vec![("Authorization".into(), Secret::new("Bearer xyz"))],
            ..RemoteAddress::plain(url)
        };
        let shown = format!("{:?} {:?}", Locator::Http(address.clone()), TrackRef::Url(address.url));
        assert!(!shown.contains("abc") && !shown.contains("xyz") && !shown.contains("pw"), "{shown}");
    }
}
