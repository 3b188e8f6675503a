//! The words of the queue of downloads: jobs, what may be asked about them, and what is kept of them.

use std::sync::Arc;
use std::time::Duration;

use super::download::{DownloadId, DownloadState, FinishedCopy};
use super::journal::{Journal, Step};
use super::kept_list::{KeptList, ListSource};
use super::locator::TrackRef;
use super::text::CleanText;
use super::track::Track;

/// An album or playlist that was asked for as a whole. Its members stay together by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadGroup {
    /// Tells groups apart; the number of its first job.
    pub id: u64,
    /// What it is called.
    pub title: CleanText,
}

/// A job as it stands, for whoever keeps or tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadJob {
    /// Names it for good; never given twice.
    pub id: DownloadId,
    /// What is copied.
    pub track: Arc<Track>,
    /// What it was asked for with.
    pub group: Option<DownloadGroup>,
    /// Where it stands.
    pub state: DownloadState,
    /// How often it failed in a row.
    pub tries: u32,
    /// How long until it is tried again by itself, where that is known.
    pub wait: Option<Duration>,
    /// Bytes on the disk, as far as was told.
    pub bytes: u64,
    /// Bytes of the whole, where known.
    pub total: Option<u64>,
}

/// Where rows go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveTo {
    /// A place up.
    Up,
    /// A place down.
    Down,
    /// Before all others.
    Top,
    /// Behind so many of the others.
    Place(usize),
}

/// What may be asked of the queue of downloads, from a key or the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DownloadCommand {
    /// Copy these.
    Add {
        /// What, in this order.
        tracks: Vec<Arc<Track>>,
        /// The album or playlist that they are.
        group: Option<CleanText>,
    },
    /// The copies of these are missing or damaged: copy them again.
    Renew(Vec<Arc<Track>>),
    /// Hold these until they are resumed.
    Pause(Vec<DownloadId>),
    /// Let these go on.
    Resume(Vec<DownloadId>),
    /// Hold everything.
    PauseAll,
    /// Let everything go on that is not held by itself.
    ResumeAll,
    /// Take these out of the queue. A copy that is finished stays on the disk.
    Cancel(Vec<DownloadId>),
    /// Delete the copies of these from the disk, and take them out of the queue. What a list keeps offline stays.
    Delete(Vec<DownloadId>),
    /// Try these again now.
    Retry(Vec<DownloadId>),
    /// Try everything again that failed.
    RetryFailed,
    /// Keep a list offline: its copies stay in step with it.
    KeepList {
        /// Which.
        source: ListSource,
        /// What it is called.
        title: CleanText,
    },
    /// Keep it offline no longer. Its copies stay as any others.
    LeaveList(ListSource),
    /// Put these elsewhere in the order.
    Move {
        /// Which.
        ids: Vec<DownloadId>,
        /// Where to.
        to: MoveTo,
    },
    /// Take the newest edit of the order back.
    Undo,
    /// Do it again after all.
    Redo,
    /// Go to where the edit of this number is the last one that is done.
    GoTo(u64),
}

/// A copy for listening offline. It outlives the job that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflineCopy {
    /// What it is a copy of.
    pub track: Arc<Track>,
    /// The file.
    pub file: FinishedCopy,
    /// Whether the listener wants it kept whatever else goes.
    pub pinned: bool,
    /// When it was played last, in seconds since 1970.
    pub played_at: Option<u64>,
}

/// A change of what is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum DownloadChange {
    /// A job is so, at this place in the order.
    Job {
        /// From 0.
        place: usize,
        /// The job.
        job: Box<DownloadJob>,
    },
    /// A job is out of the queue, and may come back.
    Gone(DownloadId),
    /// The order was edited.
    Step {
        /// The number of the step that was the last one done before.
        after: u64,
        /// What was done.
        step: Box<Step>,
    },
    /// The step of this number is the last one that is done.
    StandAt(u64),
    /// Everything is held, or no longer.
    Paused(bool),
    /// A copy was made.
    Copy(Box<OfflineCopy>),
    /// A copy is not there any more.
    CopyGone(TrackRef),
    /// A list that is kept offline is so.
    List(Box<KeptList>),
    /// A list is kept offline no longer.
    ListGone(ListSource),
}

/// The queue as it is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptDownloads {
    /// In the listener's order.
    pub jobs: Vec<DownloadJob>,
    /// Those that were taken out last and may come back.
    pub gone: Vec<DownloadJob>,
    /// Every edit of the order.
    pub journal: Journal,
    /// Whether everything is held.
    pub is_paused: bool,
    /// The largest number that was ever given to a job.
    pub last_id: u64,
    /// Every copy.
    pub copies: Vec<OfflineCopy>,
    /// The lists that are kept offline.
    pub lists: Vec<KeptList>,
}
