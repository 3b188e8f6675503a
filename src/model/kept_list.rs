//! Lists that are kept offline: their copies stay in step with them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::catalogue::{ItemRef, Kind, ListId, ServiceId};
use super::playlist::{LOCAL, PlaylistId};
use super::text::CleanText;
use super::track::Track;

/// A list of a service, such as an album, a playlist or what is liked there; or a playlist on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListSource {
    /// Which service; [`LOCAL`]: this machine.
    pub service: ServiceId,
    /// Which of its lists.
    pub list: ListId,
}

impl ListSource {
    /// The list that an album or a playlist is.
    pub fn of(item: &ItemRef) -> Self {
        Self { service: item.service.clone(), list: item.list() }
    }

    /// A playlist on this machine.
    pub fn local(id: PlaylistId) -> Self {
        Self::of(&ItemRef { service: ServiceId::known(LOCAL), kind: Kind::Playlist, id: id.0.to_string() })
    }

    /// Which playlist on this machine it is, if it is one.
    pub fn playlist(&self) -> Option<PlaylistId> {
        let (kind, id) = self.list.item().filter(|_| self.service.as_str() == LOCAL)?;
        (kind == Kind::Playlist).then(|| id.parse().ok().map(PlaylistId)).flatten()
    }
}

impl fmt::Display for ListSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.service.as_str(), self.list.0)
    }
}

impl FromStr for ListSource {
    type Err = String;

    /// As it is written: `SERVICE/LIST`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (service, list) = text.split_once('/').ok_or_else(|| format!("{text:?} is no SERVICE/LIST"))?;
        Ok(Self { service: service.parse()?, list: ListId(list.to_owned()) })
    }
}

/// A list that is kept offline, as it was read last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptList {
    /// Which list.
    pub source: ListSource,
    /// What it is called.
    pub title: CleanText,
    /// What is in it, and what was until lately, in its order.
    pub members: Vec<KeptMember>,
    /// When it was read, in seconds since 1970; 0: not yet.
    pub read_at: u64,
}

/// A track of such a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMember {
    /// Which track.
    pub track: Arc<Track>,
    /// When it was seen to be no longer in the list, in seconds since 1970.
    pub gone_at: Option<u64>,
    /// Why it may not be copied, if it may not.
    pub why_not: Option<CleanText>,
}

/// How much of such a list can be heard without a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListStanding {
    /// Which list.
    pub source: ListSource,
    /// What it is called.
    pub title: CleanText,
    /// When it was read last, in seconds since 1970; 0: not yet.
    pub read_at: u64,
    /// How many tracks are in it.
    pub all: usize,
    /// How many of them are on this machine.
    pub here: usize,
    /// Those that are not, and why they never will be where that is so.
    pub missing: Vec<(Arc<Track>, Option<CleanText>)>,
}
