//! The names of a service's things and lists, and how they are asked for.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::text::CleanText;

/// Short name of a service: lower-case ASCII letters, digits and `-`, as in `audius:track:ID`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(Arc<str>);

impl ServiceId {
    /// A service's own constant name; must be of the form that [`ServiceId::from_str`] takes.
    pub fn known(name: &'static str) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ServiceId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid =
            text.len() > 1 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if valid { Ok(Self(text.into())) } else { Err(format!("{text:?} is no service name")) }
    }
}

impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for ServiceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// What kind of thing a service holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A single recording.
    #[default]
    Track,
    /// An album, EP or single.
    Album,
    /// A person or band; at some services every listener is one.
    Artist,
    /// A list made by somebody or by the service.
    Playlist,
}

impl Kind {
    /// All kinds, in the order they are shown.
    pub const ALL: [Self; 4] = [Self::Track, Self::Album, Self::Artist, Self::Playlist];

    /// Several of them, as a heading.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Track => "Tracks",
            Self::Album => "Albums",
            Self::Artist => "Artists",
            Self::Playlist => "Playlists",
        }
    }

    /// The word in names: `audius:album:ID`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Album => "album",
            Self::Artist => "artist",
            Self::Playlist => "playlist",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| format!("{text:?} is no kind: use track, album, artist or playlist"))
    }
}

/// What names a thing of a service for good: `audius:album:ID`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ItemRef {
    /// Which service.
    pub service: ServiceId,
    /// What it is.
    pub kind: Kind,
    /// The service's id for it, unchanged. Unique only together with `kind`.
    pub id: String,
}

impl ItemRef {
    /// The list that opens when this is opened; of a track, those like it where the service has
    /// [`super::Capabilities::similar`].
    pub fn list(&self) -> ListId {
        ListId(format!("{}/{}", self.kind, self.id))
    }
}

impl fmt::Display for ItemRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.service, self.kind, self.id)
    }
}

impl FromStr for ItemRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(service), Some(kind), Some(id)) if !id.is_empty() => {
                Ok(Self { service: service.parse()?, kind: kind.parse()?, id: id.to_owned() })
            }
            _ => Err(format!("{text:?} names nothing; write SERVICE:KIND:ID, as in audius:album:D7KyD")),
        }
    }
}

/// What the listener searches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    /// The words as typed, trimmed, never empty.
    pub words: String,
    /// What to look for; one of the kinds in the service's capabilities.
    pub kind: Kind,
    /// Narrower: names and values of [`super::Filter`]s that the service has.
    pub filters: Vec<(String, String)>,
    /// Most results wanted.
    pub limit: u16,
    /// Which page, from 0.
    pub page: u32,
}

impl SearchQuery {
    /// A filter's value, if it is set.
    pub fn filter(&self, key: &str) -> Option<&str> {
        self.filters.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in the service's order.
    pub items: Vec<T>,
    /// How many there are in all, where the service says.
    pub total: Option<u64>,
    /// Whether asking for the next page may bring more.
    pub more: bool,
    /// Whether this is what was kept from earlier because the service cannot be reached.
    pub is_stale: bool,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { items: Vec::new(), total: None, more: false, is_stale: false }
    }
}

impl<T> Page<T> {
    /// The same page with each row made into something else, or left out.
    pub fn filter_map<U>(self, make: impl FnMut(T) -> Option<U>) -> Page<U> {
        let items = self.items.into_iter().filter_map(make).collect();
        Page { items, total: self.total, more: self.more, is_stale: self.is_stale }
    }
}

/// A service's own name for one of its lists. What an [`ItemRef`] opens is `KIND/ID`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListId(pub String);

impl ListId {
    /// Kind and id of what this list is, where it is [`ItemRef::list`] of something.
    pub fn item(&self) -> Option<(Kind, &str)> {
        let (kind, id) = self.0.split_once('/')?;
        Some((kind.parse().ok()?, id)).filter(|(_, id)| !id.is_empty())
    }
}

/// A list that a service offers for browsing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowseList {
    /// Handed back to the service when the list is opened.
    pub id: ListId,
    /// What the screen calls it: "Trending".
    pub title: CleanText,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_they_are_read() {
        for text in ["audius:album:D7KyD", "audiomack:artist:ada-cole", "yourmusic:track:a:b/c"] {
            let read: ItemRef = text.parse().unwrap();
            assert_eq!(read.to_string(), text);
            assert_eq!(read.list().item(), Some((read.kind, read.id.as_str())));
        }
        for text in ["", "audius", "audius:album", "audius:album:", "audius:song:1", "A:track:1"] {
            assert!(text.parse::<ItemRef>().is_err(), "{text}");
        }
        for list in ["trending", "charts/songs", "album/", "/1"] {
            assert_eq!(ListId(list.to_owned()).item(), None, "{list}");
        }
    }
}
