//! What a listener changes at a service.

use super::capabilities::Powers;
use super::catalogue::{ItemRef, Kind};

/// What a listener puts on a thing of a service, or takes from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// It is liked.
    Like,
    /// It is reposted.
    Repost,
    /// It is followed.
    Follow,
}

impl Mark {
    /// The kinds of things it can be put on.
    pub fn allowed(self, powers: &Powers) -> &[Kind] {
        match self {
            Self::Like => &powers.like,
            Self::Repost => &powers.repost,
            Self::Follow => &powers.follow,
        }
    }

    /// The change that puts it on a thing, or takes it away.
    pub fn change(self, item: ItemRef, on: bool) -> Change {
        match self {
            Self::Like => Change::Like { item, on },
            Self::Repost => Change::Repost { item, on },
            Self::Follow => Change::Follow { item, on },
        }
    }
}

/// One change. Made twice it is as if made once, but for `CreatePlaylist` and `AddToPlaylist`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Mark as liked, or no longer.
    Like {
        /// What.
        item: ItemRef,
        /// Or no longer.
        on: bool,
    },
    /// Repost, or take the repost back.
    Repost {
        /// What.
        item: ItemRef,
        /// Or take it back.
        on: bool,
    },
    /// Follow, or no longer.
    Follow {
        /// Whom.
        item: ItemRef,
        /// Or no longer.
        on: bool,
    },
    /// Make a playlist; the answer names it.
    CreatePlaylist {
        /// What it is called and who sees it.
        about: PlaylistAbout,
        /// Ids of its tracks in their order.
        tracks: Vec<String>,
    },
    /// Change what a playlist is called or who sees it.
    EditPlaylist {
        /// The playlist's id.
        id: String,
        /// What is `None` stays.
        about: PlaylistAbout,
    },
    /// Delete a playlist.
    DeletePlaylist {
        /// The playlist's id.
        id: String,
    },
    /// Put tracks at a playlist's end.
    AddToPlaylist {
        /// The playlist's id.
        id: String,
        /// Ids of the tracks.
        tracks: Vec<String>,
    },
    /// Give a playlist these tracks in this order, with the fewest requests the service allows.
    ArrangePlaylist {
        /// The playlist's id.
        id: String,
        /// Ids of the tracks it is believed to hold. When the service holds others, and not `after` either,
        /// nothing is changed and the service's answer is a refusal.
        before: Vec<String>,
        /// Ids of the tracks it shall hold.
        after: Vec<String>,
    },
    /// Tell the account which tracks are kept on this device, or no longer.
    NoteDownloads {
        /// Ids of the tracks.
        tracks: Vec<String>,
        /// Or no longer.
        on: bool,
    },
}

/// What a playlist may have beside its title; not every service has all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaylistPart {
    /// What it is about.
    Description,
    /// Its genre.
    Genre,
    /// Whether everybody sees it.
    Audience,
    /// Its picture.
    Cover,
}

impl PlaylistPart {
    /// What it is, for "Audiosocket has no ... for playlists".
    pub fn words(self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::Genre => "genre",
            Self::Audience => "choice of public or private",
            Self::Cover => "cover",
        }
    }
}

/// What a playlist is called and who sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaylistAbout {
    /// Its title.
    pub title: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// The genre, where a service wants one.
    pub genre: Option<String>,
    /// Whether everybody sees it.
    pub public: Option<bool>,
    /// Its picture, a whole JPEG, PNG or WebP file.
    pub cover: Option<Vec<u8>>,
}

impl PlaylistAbout {
    /// What it says beside the title.
    pub fn parts(&self) -> Vec<PlaylistPart> {
        let said = [
            (self.description.is_some(), PlaylistPart::Description),
            (self.genre.is_some(), PlaylistPart::Genre),
            (self.public.is_some(), PlaylistPart::Audience),
            (self.cover.is_some(), PlaylistPart::Cover),
        ];
        said.into_iter().filter_map(|(is_said, part)| is_said.then_some(part)).collect()
    }

    /// What it says that is lost where playlists have only `kept` beside the title. An empty description or genre
    /// takes away the one there is; where there can be none, nothing is lost.
    pub fn beyond(&self, kept: &[PlaylistPart]) -> Vec<PlaylistPart> {
        let is_empty = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
        let is_lost = |part: &PlaylistPart| match part {
            _ if kept.contains(part) => false,
            PlaylistPart::Description => !is_empty(&self.description),
            PlaylistPart::Genre => !is_empty(&self.genre),
            PlaylistPart::Audience | PlaylistPart::Cover => true,
        };
        self.parts().into_iter().filter(is_lost).collect()
    }
}
