//! A row of a service's list.

use std::time::Duration;

use url::Url;

use super::catalogue::{BrowseList, ItemRef};
use super::text::CleanText;
use super::track::Track;

/// A row of a list or a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Plays.
    Track(Track),
    /// Opens: an album, artist or playlist.
    Collection(Collection),
    /// Opens: a further list to browse.
    List(BrowseList),
}

/// An album, an artist or a playlist. Only `reference` and `title` are sure to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// What names it for good; its kind is never a track.
    pub reference: ItemRef,
    /// Title or name, never empty.
    pub title: CleanText,
    /// Whose it is: an album's artist, a playlist's owner.
    pub by: Option<CleanText>,
    /// How many tracks it has.
    pub tracks: Option<u64>,
    /// How long they play together, where that is known.
    pub length: Option<Duration>,
    /// When it came out.
    pub year: Option<u16>,
    /// What else to say in a few words: "1,204 followers", "private".
    pub note: Option<CleanText>,
    /// Picture, the size nearest to 500 pixels.
    pub artwork: Option<Url>,
    /// Its page for a browser.
    pub link: Option<Url>,
    /// Marked as explicit by its source.
    pub explicit: bool,
    /// The listener likes it, or follows the artist.
    pub liked: bool,
    /// A playlist that the listener may change.
    pub mine: bool,
}

impl Collection {
    /// Whether nobody but the listener sees it, where its service says so.
    pub fn is_private(&self) -> bool {
        self.note.as_ref().is_some_and(|note| note.as_str() == "private")
    }

    /// A collection of which only name and title are known.
    pub fn new(reference: ItemRef, title: impl Into<CleanText>) -> Self {
        Self {
            reference,
            title: title.into(),
            by: None,
            tracks: None,
            length: None,
            year: None,
            note: None,
            artwork: None,
            link: None,
            explicit: false,
            liked: false,
            mine: false,
        }
    }
}

impl Item {
    /// What the row is called.
    pub fn title(&self) -> &CleanText {
        match self {
            Self::Track(track) => &track.title,
            Self::Collection(collection) => &collection.title,
            Self::List(list) => &list.title,
        }
    }

    /// The track, if it is one.
    pub fn track(&self) -> Option<&Track> {
        match self {
            Self::Track(track) => Some(track),
            Self::Collection(_) | Self::List(_) => None,
        }
    }

    /// The track, if it is one.
    pub fn into_track(self) -> Option<Track> {
        match self {
            Self::Track(track) => Some(track),
            Self::Collection(_) | Self::List(_) => None,
        }
    }
}

impl Item {
    /// The album, artist or playlist, if it is one.
    pub fn into_collection(self) -> Option<Collection> {
        match self {
            Self::Collection(collection) => Some(collection),
            Self::Track(_) | Self::List(_) => None,
        }
    }
}

impl From<Track> for Item {
    fn from(track: Track) -> Self {
        Self::Track(track)
    }
}

impl From<Collection> for Item {
    fn from(collection: Collection) -> Self {
        Self::Collection(collection)
    }
}
