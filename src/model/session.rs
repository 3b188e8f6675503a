//! How things were left: what comes back, paused, at the next start.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::list_edit::EntryId;
use super::locator::TrackRef;
use super::numbers::Volume;
use super::screen_left::ScreenLeft;
use super::track::Track;

/// The queue, the place in it, and how it is played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The queue in its order.
    pub tracks: Vec<Arc<Track>>,
    /// The rows' numbers, by which the journal knows them; rows that have none here count on from the largest.
    pub entries: Vec<EntryId>,
    /// The number of the last step of the queue's journal that is done.
    pub step: u64,
    /// The row that was current, if any.
    pub current: Option<usize>,
    /// How far into that track the ear was.
    pub position: Duration,
    /// How loud it was; `None`: nobody has said yet.
    pub volume: Option<Volume>,
    /// Whether it was silenced.
    pub muted: bool,
    /// What follows the last row.
    pub repeat: Repeat,
    /// While the rows are shuffled, which of them come first, second, ... in their own order. Rows that are not
    /// named here came since.
    pub order: Option<Vec<usize>>,
    /// How the screen was left.
    pub screen: Box<ScreenLeft>,
}

/// What follows the last row of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repeat {
    /// Nothing.
    #[default]
    Off,
    /// The first row.
    All,
    /// Each row follows itself.
    One,
}

impl Repeat {
    /// As the screen says it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::All => "all",
            Self::One => "one",
        }
    }

    /// What [`Repeat::title`] says, read back; anything else is off.
    pub fn from_title(title: &str) -> Self {
        [Self::All, Self::One].into_iter().find(|repeat| repeat.title() == title).unwrap_or_default()
    }
}

/// How loud a whole track was measured to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Integrated loudness in LUFS (EBU R 128).
    pub lufs: f64,
    /// The largest sample; full scale is 1.0.
    pub peak: f64,
}

/// Where a track was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume {
    /// How far in.
    pub position: Duration,
    /// How long the track is, where that was known.
    pub length: Option<Duration>,
    /// When that was, in seconds since 1970.
    pub kept_at: u64,
}

/// What was learned about tracks in earlier runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learned {
    /// How loud they are.
    pub loudness: HashMap<TrackRef, Loudness>,
    /// Where they were left.
    pub resume: HashMap<TrackRef, Resume>,
    /// By how many milliseconds their words come later than they say.
    pub words_offset_ms: HashMap<TrackRef, i64>,
    /// Which of the listener's own are liked.
    pub liked: HashSet<TrackRef>,
}
