//! What a service is, what it can do, and how it is asked.

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

/// What can be searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    /// Single recordings.
    Track,
    /// Albums, EPs and singles.
    Album,
    /// People and bands.
    Artist,
    /// Lists made by people or the service.
    Playlist,
}

/// What the listener searches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    /// The words as typed, trimmed, never empty.
    pub words: String,
    /// Most results wanted.
    pub limit: u16,
    /// Which page, from 0.
    pub page: u32,
}

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in the service's order.
    pub items: Vec<T>,
    /// How many there are in all, where the service says.
    pub total: Option<u64>,
    /// Whether asking for the next page may bring more.
    pub more: bool,
}

/// A service's own name for one of its lists.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListId(pub String);

/// A list that a service offers for browsing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowseList {
    /// Handed back to the service when the list is opened.
    pub id: ListId,
    /// What the screen calls it: "Trending".
    pub title: CleanText,
}

/// Whether and how a service wants to know who listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// Everything offered works without.
    NotNeeded,
    /// Credentials are there.
    Ready,
    /// Nothing works until this is done: "Set services.audiomack.consumer_key and consumer_secret".
    Missing(CleanText),
}

/// What a service can do; the screen offers just this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// What can be searched for; empty: no search.
    pub search: Vec<SearchKind>,
    /// Lists to browse, the first one opened by default.
    pub lists: Vec<BrowseList>,
    /// Who must be signed in.
    pub sign_in: SignIn,
}

/// A service as the screen knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceInfo {
    /// Its short name.
    pub id: ServiceId,
    /// Its own spelling: "Audiomack".
    pub name: CleanText,
    /// What it can do.
    pub capabilities: Capabilities,
}
