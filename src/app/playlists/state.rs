//! What the page of playlists shows.

use std::time::Duration;

use crate::app::browse::Place;
use crate::app::editor::{Entry, Journal, Selection};
use crate::app::edits::Sheet;
use crate::app::list::List;
use crate::model::{
    CleanText, Collection, Fault, ListId, OpenedPlaylist, PlaylistId, PlaylistInfo, Remote, ServiceId,
    Ticket, any_rated, total_length, unknown_lengths,
};

use super::theirs::Opening;

/// The page of playlists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Playlists {
    /// The playlists of this machine, then each service with those that it keeps.
    pub rows: Vec<PlaylistRow>,
    /// Cursor over `rows`.
    pub list: List,
    /// Why they are not known, if they could not be read.
    pub fault: Option<Fault>,
    /// Whether they were read.
    pub known: bool,
    /// The one that is open.
    pub open: Option<OpenPlaylist>,
    pub(super) asked: Vec<(Ticket, Asked)>,
    /// How often they were read.
    pub(in crate::app) listed: u64,
    /// All that are kept here, those of services too.
    pub(super) infos: Vec<PlaylistInfo>,
    /// What the services list.
    pub(super) theirs: Vec<Theirs>,
    /// What stayed out of the open playlist at the last edit, in words.
    pub(in crate::app) not_there: Option<String>,
    /// Playlists that were asked of their services.
    pub(super) openings: Vec<Opening>,
    /// The one that is to be shown when it comes.
    pub(super) wish: Option<Wish>,
}

/// A playlist that the listener wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    /// Of the request.
    pub ticket: Ticket,
    /// What was open then.
    pub open: Option<PlaylistId>,
    /// What it was filtered by at the end of the last run, if it was open then.
    pub left: Option<String>,
}

/// A row of the page.
#[derive(Clone, Debug, PartialEq)]
pub enum PlaylistRow {
    /// A playlist on this machine.
    Own(PlaylistInfo),
    /// Those that a service keeps.
    At {
        /// Which service.
        service: ServiceId,
        /// In its own spelling.
        name: CleanText,
        /// Its list of the listener's playlists.
        list: ListId,
    },
    /// One of those.
    There {
        /// Which service.
        service: ServiceId,
        /// As the service lists it; `None`: it does not, or not yet.
        found: Option<Box<Collection>>,
        /// As it is kept here, once it was opened here.
        kept: Option<Box<PlaylistInfo>>,
        /// What it is called.
        title: CleanText,
    },
}

/// The playlists that a service lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Theirs {
    /// Which service.
    pub service: ServiceId,
    /// Why they are not known, if they did not come.
    pub fault: Option<Fault>,
    /// Whether they have come.
    pub is_known: bool,
    /// Whether the service could not be reached and this is from earlier.
    pub is_stale: bool,
    pub(super) all: Vec<Collection>,
    /// Those of the pages that have come, until the last one has.
    pub(super) coming: Vec<Collection>,
    pub(super) next_page: u32,
    pub(super) ticket: Option<Ticket>,
}

impl Theirs {
    pub(super) fn new(service: ServiceId) -> Self {
        Self {
            service,
            fault: None,
            is_known: false,
            is_stale: false,
            all: Vec::new(),
            coming: Vec::new(),
            next_page: 0,
            ticket: None,
        }
    }
}

impl PlaylistRow {
    /// Whether it is the same row while what is known of it comes and goes.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Own(one), Self::Own(two)) => one.id == two.id,
            (Self::At { service: one, .. }, Self::At { service: two, .. }) => one == two,
            (Self::There { service: one, .. }, Self::There { service: two, .. }) => {
                let is_kept = self.kept().is_some() && self.kept() == other.kept();
                one == two && (is_kept || (self.there().is_some() && self.there() == other.there()))
            }
            (_, _) => false,
        }
    }

    fn kept(&self) -> Option<PlaylistId> {
        match self {
            Self::There { kept, .. } => kept.as_ref().map(|kept| kept.id),
            Self::Own(_) | Self::At { .. } => None,
        }
    }

    fn there(&self) -> Option<String> {
        let Self::There { found, kept, .. } = self else { return None };
        let known = || kept.as_ref()?.remote.as_ref()?.id.clone();
        found.as_ref().map(|found| found.reference.id.clone()).or_else(known)
    }
}

/// What was asked of the library.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    List,
    Open(PlaylistId),
    /// To read this one, to put it into the queue.
    Queue(PlaylistId, Place),
    /// To read this one, to be the queue again.
    BringBack(PlaylistId),
    /// To make, rename or delete; the words that tell of it when nothing better can be said.
    Shelf,
    /// To take one of these back, or make it again.
    Back,
    Again,
    /// To tell of all of them.
    Log,
    /// To take many of them back or make them again.
    GoTo,
    /// To put this into a playlist.
    Append(CleanText),
    /// To keep an edit of the open playlist.
    Edit(PlaylistId),
}

/// An open playlist.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenPlaylist {
    /// Which one.
    pub id: PlaylistId,
    /// What it is called.
    pub name: CleanText,
    /// Its rows.
    pub entries: Vec<Entry>,
    /// Cursor over `entries`.
    pub list: List,
    /// The rows that the next edit is about.
    pub selection: Selection,
    /// Every edit and its way back.
    pub journal: Journal,
    /// How long all rows play together.
    length: Duration,
    /// Of how many rows it is not known how long they play.
    unknown: usize,
    /// Whether any row is rated.
    rated: bool,
    /// How it is sorted for now: by what, and the rows as they are kept.
    pub(super) sorted: Option<(String, Vec<Entry>)>,
    pub(super) revision: u64,
    /// Where a service keeps it; `None`: it is on this machine alone.
    pub remote: Option<Remote>,
    /// Edits that were not answered yet.
    pub(super) unkept: usize,
}

impl OpenPlaylist {
    pub(super) fn new(opened: OpenedPlaylist) -> Self {
        let mut list = List::default();
        list.set_len(opened.entries.len());
        Self {
            length: total_length(&opened.entries),
            unknown: unknown_lengths(&opened.entries),
            rated: any_rated(&opened.entries),
            id: opened.about.id,
            name: opened.about.name,
            entries: opened.entries,
            list,
            selection: Selection::default(),
            journal: opened.journal,
            sorted: None,
            revision: opened.revision,
            remote: opened.about.remote,
            unkept: 0,
        }
    }

    /// Takes over how the playlist is on the disk; the cursor and the selection stay where they can.
    pub(super) fn take_over(&mut self, opened: OpenedPlaylist) {
        self.name = opened.about.name;
        self.entries = opened.entries;
        self.journal = opened.journal;
        self.revision = opened.revision;
        self.remote = opened.about.remote;
        self.sorted = None;
        self.settle();
    }

    /// Cursor and selection keep to the rows that there are.
    pub(in crate::app) fn settle(&mut self) {
        self.list.set_len(self.entries.len());
        self.length = total_length(&self.entries);
        self.unknown = unknown_lengths(&self.entries);
        self.rated = any_rated(&self.entries);
        self.selection.keep_to(&self.entries);
    }

    /// What the editor changes.
    pub(in crate::app) fn sheet(&mut self) -> Sheet<'_> {
        Sheet {
            entries: &mut self.entries,
            list: &mut self.list,
            selection: &mut self.selection,
            shown: None,
            whole: None,
        }
    }

    /// Another one when its rows may be others.
    pub(in crate::app) fn version(&self) -> [u64; 3] {
        let sorted = self.sorted.as_ref().map_or(0, |(name, _)| name.len() as u64 + 1);
        let steps = self.journal.all().len() as u64;
        [self.journal.number(), steps.wrapping_mul(1 << 20).wrapping_add(sorted), self.revision]
    }

    /// How long all rows play together; rows of unknown length count as nothing.
    pub fn total_length(&self) -> Duration {
        self.length
    }

    /// Of how many rows it is not known how long they play.
    pub fn unknown_lengths(&self) -> usize {
        self.unknown
    }

    /// Whether any row is rated.
    pub fn is_rated(&self) -> bool {
        self.rated
    }

    /// By what it is sorted for now, while that is not kept: "sorting by title".
    pub fn sorted(&self) -> Option<&str> {
        self.sorted.as_ref().map(|(name, _)| name.as_str())
    }

    /// The rows as they are kept, while they are shown in another order.
    pub(in crate::app) fn each_sorted(&mut self, change: impl FnMut(&mut Entry)) {
        self.sorted.iter_mut().flat_map(|(_, kept)| kept).for_each(change);
    }

    /// Whether everything that was done is on the disk.
    pub fn is_kept(&self) -> bool {
        self.unkept == 0
    }
}

impl Playlists {
    /// Whether the playlist that was open at the end of the last run is about to come.
    pub fn reopens(&self) -> bool {
        self.wish.as_ref().is_some_and(|wish| wish.left.is_some())
    }

    /// The listener's own playlists.
    pub fn own(&self) -> impl Iterator<Item = &PlaylistInfo> {
        self.rows.iter().filter_map(|row| match row {
            PlaylistRow::Own(info) => Some(info),
            PlaylistRow::At { .. } | PlaylistRow::There { .. } => None,
        })
    }

    /// Nothing is selected in the open one any more.
    pub(in crate::app) fn end_selection(&mut self) {
        if let Some(open) = &mut self.open {
            open.selection.clear();
        }
    }

    /// Where a service keeps a playlist.
    pub(in crate::app) fn remote_of(&self, id: PlaylistId) -> Option<&Remote> {
        self.infos.iter().find(|info| info.id == id)?.remote.as_ref()
    }

    /// Whether a service did not list its playlists.
    pub(in crate::app) fn some_failed(&self) -> bool {
        self.theirs.iter().any(|theirs| theirs.fault.is_some())
    }

    /// The row under the cursor.
    pub fn selected(&self) -> Option<&PlaylistRow> {
        self.rows.get(self.list.cursor()?)
    }
}
