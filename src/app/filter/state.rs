//! What the filter shows of a list.

use crate::app::input::TextInput;
use crate::app::list::List;
use crate::app::mouse::ListPlace;
use crate::model::{Kind, ListId, PlaylistId, ServiceId};

/// A filter over the rows of one list.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// What is looked for.
    pub input: TextInput,
    /// Whether keys go into the line.
    pub typing: bool,
    /// Which list.
    pub place: ListPlace,
    /// The places of the rows that are shown, in order.
    pub rows: Vec<usize>,
    /// Cursor over `rows`.
    pub list: List,
    pub(super) subject: Subject,
    /// As the list was when `rows` were found.
    pub(super) stamp: Option<Stamp>,
    /// What `rows` answer.
    pub(super) words: String,
    /// Whether letters need only come in order, since nothing was found otherwise.
    pub(super) loosely: bool,
    /// Where the cursor was before.
    pub(super) origin: usize,
}

/// What a list holds: with another subject in its place the filter is over.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Subject {
    Queue,
    /// The lists of all services.
    Shelves,
    Downloads,
    Settings,
    Playlists,
    Playlist(PlaylistId),
    Results(Kind, String),
    /// A service's list, and how many were opened one out of the other.
    Shelf(ServiceId, Option<ListId>, usize),
}

/// Tells whether rows may be others than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub rows: usize,
    pub version: [u64; 3],
}

impl Filter {
    pub(super) fn new(place: ListPlace, subject: Subject, origin: usize) -> Self {
        Self {
            input: TextInput::default(),
            typing: true,
            place,
            rows: Vec::new(),
            list: List::default(),
            subject,
            stamp: None,
            words: String::new(),
            loosely: false,
            origin,
        }
    }

    /// Whether something is looked for; else every row is shown.
    pub fn narrows(&self) -> bool {
        !self.words.is_empty()
    }

    /// The real row at this place among those that are shown.
    pub fn row(&self, place: usize) -> Option<usize> {
        self.rows.get(place).copied()
    }

    /// The real row nearest to this one, at it or behind it where there is one.
    pub(super) fn nearest(&self, row: usize) -> Option<(usize, usize)> {
        let last = self.rows.len().checked_sub(1)?;
        let place = self.rows.partition_point(|shown| *shown < row).min(last);
        Some((place, self.rows[place]))
    }
}
