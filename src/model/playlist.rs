//! Playlists that are kept on the listener's own disk: what can be asked about them, and what comes back.

use std::sync::Arc;
use std::time::Duration;

use super::catalogue::ServiceId;
use super::entry::Entry;
use super::journal::{Journal, Step};
use super::list_edit::EntryId;
use super::mirror::Remote;
use super::text::CleanText;

/// The word that stands for this machine where a service is named.
pub const LOCAL: &str = "local";

/// Most rows of one playlist.
pub const MAX_PLAYLIST_ROWS: usize = 50_000;

/// Which playlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaylistId(pub u64);

/// A playlist without its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaylistInfo {
    /// Which one.
    pub id: PlaylistId,
    /// What it is called.
    pub name: CleanText,
    /// How many rows it has.
    pub tracks: usize,
    /// How long they play; those of unknown length count as nothing.
    pub length: Duration,
    /// When it was changed last, in seconds since 1970.
    pub changed_at: u64,
    /// Where the queue stood that it was saved from, if it was one.
    pub place: Option<QueuePlace>,
    /// Where a service keeps it; `None`: it is on this machine alone, where no other one is called so.
    pub remote: Option<Remote>,
}

/// Where a queue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuePlace {
    /// The row that plays, or would.
    pub entry: EntryId,
    /// How far into it the ear was.
    pub position: Duration,
}

/// A playlist and how it came to be so.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedPlaylist {
    /// The playlist itself.
    pub about: PlaylistInfo,
    /// Counts its changes, whoever made them.
    pub revision: u64,
    /// Its rows.
    pub entries: Vec<Entry>,
    /// Every edit of it with its way back.
    pub journal: Journal,
}

/// What an edit is to its playlist's journal.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one for each edit that is being kept")]
pub enum JournalMove {
    /// A new step, made when this was the number of the last one that was done.
    Step {
        /// That number.
        after: u64,
        /// The step.
        step: Step,
    },
    /// From here on, the step of this number is the last one that is done.
    To(u64),
}

/// An edit of a playlist's rows.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaylistEdit {
    /// Which playlist.
    pub id: PlaylistId,
    /// What was done: "taking rows out".
    pub name: String,
    /// The playlist's revision that the edit was made of.
    pub revision: u64,
    /// Its rows then.
    pub before: Arc<[Entry]>,
    /// Its rows after the edit.
    pub after: Arc<[Entry]>,
    /// What it is to the journal.
    pub journal: JournalMove,
}

/// A change of which playlists there are, and of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfStep {
    /// Which playlist.
    pub id: PlaylistId,
    /// What it was called; `None`: it was not there.
    pub before: Option<CleanText>,
    /// What it is called since; `None`: it is gone.
    pub after: Option<CleanText>,
}

/// A change of which playlists there are, with what it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfChange {
    /// The change.
    pub step: ShelfStep,
    /// How many rows the playlist has, there or not.
    pub tracks: usize,
    /// How long they play.
    pub length: Duration,
    /// When it was made, in seconds since 1970, where that is known.
    pub made_at: Option<u64>,
}

/// Every change of which playlists there are, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShelfLog {
    /// The changes.
    pub steps: Vec<ShelfChange>,
    /// The number of the change before the first of them.
    pub first_number: u64,
    /// The number of the last one that is done.
    pub number: u64,
}

/// What is asked of whoever keeps the playlists.
#[derive(Clone, Debug, PartialEq)]
pub enum PlaylistOrder {
    /// Which there are.
    List,
    /// What is in this one.
    Open(PlaylistId),
    /// A new one.
    Make {
        /// What it is called.
        name: CleanText,
        /// What is in it.
        entries: Vec<Entry>,
    },
    /// A new one of the queue, to be brought back where it stands.
    SaveQueue {
        /// What it is called.
        name: CleanText,
        /// The rows, with numbers of their own.
        entries: Vec<Entry>,
        /// Where it stands, by these numbers.
        place: QueuePlace,
    },
    /// A new one that a service shall keep.
    MakeAt {
        /// Which service.
        service: ServiceId,
        /// What it is called.
        name: CleanText,
        /// What is in it: tracks of this service.
        entries: Vec<Entry>,
        /// Whether nobody else shall see it; else it is as the service has new ones.
        is_private: bool,
    },
    /// Another name.
    Rename {
        /// Of which one.
        id: PlaylistId,
        /// The name.
        name: CleanText,
    },
    /// This one goes; that can be taken back.
    Delete(PlaylistId),
    /// Rows at the end of one that may not be open.
    Append {
        /// Of which one.
        id: PlaylistId,
        /// The rows.
        entries: Vec<Entry>,
    },
    /// An edit of rows.
    Edit(Box<PlaylistEdit>),
    /// The last making, renaming or deleting is taken back.
    Undo,
    /// And made again.
    Redo,
    /// Every making, renaming and deleting there was.
    Log,
    /// As many of them are taken back or made again as it takes that the one of this number is the last one done.
    GoTo(u64),
}

/// What came of an order. Whatever it tells is on the disk.
#[derive(Clone, Debug, PartialEq)]
pub enum PlaylistAnswer {
    /// All playlists, by name.
    Listed(Vec<PlaylistInfo>),
    /// One with its rows.
    Opened(Box<OpenedPlaylist>),
    /// One was made, renamed or deleted, or that was taken back; `None`: there was nothing to take back.
    Shelved {
        /// What was done now.
        done: Option<ShelfStep>,
        /// All playlists, by name.
        all: Vec<PlaylistInfo>,
    },
    /// Every change of which playlists there are.
    Logged(ShelfLog),
    /// Rows were put at the end.
    Appended {
        /// Of which one, as it is now.
        about: PlaylistInfo,
        /// How many.
        count: usize,
    },
    /// An edit was kept.
    Kept {
        /// The playlist's revision now.
        revision: u64,
        /// The playlist, when somebody else had changed it meanwhile and both changes were put together.
        merged: Option<Box<OpenedPlaylist>>,
        /// Rows that the edit is about and that somebody else had taken out.
        lost: Vec<CleanText>,
    },
}
