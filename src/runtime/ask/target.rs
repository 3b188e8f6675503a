//! How things and lists are named on the command line.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use url::Url;

use crate::model::{FilePart, ItemRef, Kind, ListId, ServiceId, TrackRef, TrackRefError, path_text};

/// Something that is named to be shown, played or marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file on this machine.
    File(PathBuf),
    /// A stretch of such a file.
    Part(FilePart),
    /// An address: a page of a service's web site, else a file or an `.m3u8` playlist.
    Link(Url),
    /// A thing of a service.
    Item(ItemRef),
}

impl Target {
    /// The same where no shell has read it: `~` is home, and a relative path counts from here.
    pub(in crate::runtime) fn with_whole_path(self) -> Self {
        match self {
            Self::File(path) => Self::File(home_path(&path)),
            Self::Part(part) => Self::Part(FilePart { path: home_path(&part.path), ..part }),
            Self::Link(_) | Self::Item(_) => self,
        }
    }
}

fn home_path(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        (Ok(_) | Err(_), _) => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.write_str(&path_text(path)),
            Self::Part(part) => part.fmt(f),
            Self::Link(link) => link.fmt(f),
            Self::Item(item) => item.fmt(f),
        }
    }
}

impl FromStr for Target {
    type Err = TrackRefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(item) = text.parse() {
            return Ok(Self::Item(item));
        }
        // A name that reads like a part of a file may be a file's own.
        if Path::new(text).is_file() {
            return Ok(Self::File(text.into()));
        }
        Ok(match text.parse()? {
            TrackRef::File(path) => Self::File(path),
            TrackRef::Part(part) => Self::Part(part),
            TrackRef::Url(url) => Self::Link(url),
            TrackRef::Service { service, id } => Self::Item(ItemRef { service, kind: Kind::Track, id }),
        })
    }
}

/// Where to browse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A service's own lists.
    Service(ServiceId),
    /// One list of a service.
    List(ServiceId, ListId),
}

impl FromStr for Place {
    type Err = String;

    /// `SERVICE`, `SERVICE/LIST` or `SERVICE:KIND:ID`; a list's own name may hold slashes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(item) = text.parse::<ItemRef>() {
            return Ok(Self::List(item.service.clone(), item.list()));
        }
        let (service, list) = text.split_once('/').unwrap_or((text, ""));
        let service = service
            .parse()
            .map_err(|_| format!("{text:?} is no place; write SERVICE, SERVICE/LIST or SERVICE:KIND:ID"))?;
        if list.is_empty() {
            return Ok(Self::Service(service));
        }
        Ok(Self::List(service, ListId(list.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn targets_are_told_apart() {
        let check = |text: &str, expected: Result<Target, ()>| {
            assert_eq!(text.parse::<Target>().map_err(|_| ()), expected, "{text}");
        };
        let item = |kind, id: &str| {
            Ok(Target::Item(ItemRef { service: ServiceId::known("audius"), kind, id: id.to_owned() }))
        };
        check("audius:track:D7KyD", item(Kind::Track, "D7KyD"));
        check("audius:album:a:b/c", item(Kind::Album, "a:b/c"));
        check("audius:song:1", Ok(Target::File("audius:song:1".into())));
        let part = FilePart { path: "a.flac".into(), start: Duration::from_secs(1), end: None };
        check("a.flac#t=1", Ok(Target::Part(part)));
        check("night:ferry.mp3", Ok(Target::File("night:ferry.mp3".into())));
        check("https://audius.co/a/b", Ok(Target::Link("https://audius.co/a/b".parse().unwrap())));
        check("file:///m/caf%20e.mp3", Ok(Target::File("/m/caf e.mp3".into())));
        check("ftp://example.net/a.mp3", Err(()));
        check("", Err(()));
    }

    #[test]
    fn a_tilde_is_home() {
        let path = |text: &str| text.parse::<Target>().unwrap().with_whole_path().to_string();
        let home = std::env::home_dir().unwrap();
        assert_eq!(path("~/a.flac"), home.join("a.flac").display().to_string());
        assert_eq!(path("/music/~/a.flac"), "/music/~/a.flac");
        assert_eq!(path("a.flac"), std::path::absolute("a.flac").unwrap().display().to_string());
        assert_eq!(path("audius:track:1"), "audius:track:1");
    }

    #[test]
    fn places_are_told_apart() {
        let audius = || ServiceId::known("audius");
        let list = |id: &str| Ok(Place::List(audius(), ListId(id.to_owned())));
        let rows = [
            ("audius", Ok(Place::Service(audius()))),
            ("audius/", Ok(Place::Service(audius()))),
            ("audius/trending", list("trending")),
            ("audius/charts/songs/weekly", list("charts/songs/weekly")),
            ("audius:playlist:7", list("playlist/7")),
            ("audius:track:7", list("track/7")),
            ("", Err(())),
            ("No Service", Err(())),
        ];
        for (text, expected) in rows {
            assert_eq!(text.parse::<Place>().map_err(|_| ()), expected, "{text}");
        }
    }
}
