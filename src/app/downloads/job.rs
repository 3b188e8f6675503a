//! One job: what the listener wants of it, what the engine has of it, what came of it. Where it stands follows from
//! these, so it stands in one state at a time.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{
    CleanText, DownloadGroup, DownloadState, Fault, FaultKind, Hold, ServiceId, Track, TrackRef,
};

/// Whose server a job asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// A service.
    Service(ServiceId),
    /// A host that the listener named.
    Host(String),
}

impl Source {
    pub fn of(track: &Track) -> Self {
        match &track.reference {
            TrackRef::Service { service, .. } => Self::Service(service.clone()),
            TrackRef::Url(url) => Self::Host(url.host_str().unwrap_or_default().to_owned()),
            TrackRef::File(_) | TrackRef::Part(_) => Self::Host(String::new()),
        }
    }
}

/// What the engine has of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Engine {
    /// Nothing.
    #[default]
    Idle,
    /// It is at it.
    Runs {
        /// Tells its reports from those of earlier runs.
        run: u64,
        /// How far it is.
        state: DownloadState,
        /// Bytes that were there when it began.
        from: u64,
    },
    /// It was told to stop and has not answered.
    Stops {
        /// As above.
        run: u64,
    },
}

/// What came of a job so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing yet.
    #[default]
    Open,
    /// The copy is there.
    Done,
    /// It failed; it is tried again by itself when a time for that is set.
    Failed(Fault),
    /// Something stands in the way of this one alone.
    Held(Hold),
}

/// A job of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// What is copied.
    pub track: Arc<Track>,
    /// What it was asked for with.
    pub group: Option<DownloadGroup>,
    /// Bytes on the disk.
    pub bytes: u64,
    /// Bytes of the whole, where known.
    pub total: Option<u64>,
    /// Bytes a second lately.
    pub speed: u64,
    pub(in crate::app) is_paused: bool,
    pub(super) engine: Engine,
    pub(super) outcome: Outcome,
    /// Failures in a row.
    pub(super) tries: u32,
    /// When it is tried again by itself.
    pub(super) again_at: Option<Duration>,
    /// Bytes at the last look at the speed.
    pub(super) seen: u64,
}

impl Job {
    pub(super) fn new(track: Arc<Track>, group: Option<DownloadGroup>) -> Self {
        Self {
            track,
            group,
            bytes: 0,
            total: None,
            speed: 0,
            is_paused: false,
            engine: Engine::Idle,
            outcome: Outcome::Open,
            tries: 0,
            again_at: None,
            seen: 0,
        }
    }

    pub(super) fn source(&self) -> Source {
        Source::of(&self.track)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.engine == Engine::Idle
    }

    /// Its copy of so many bytes is there.
    pub(super) fn complete(&mut self, bytes: u64) {
        self.outcome = Outcome::Done;
        (self.tries, self.again_at) = (0, None);
        (self.bytes, self.total) = (bytes, Some(bytes));
    }

    /// Whether it is over as far as it can tell by itself.
    pub(in crate::app) fn is_over(&self) -> bool {
        match &self.outcome {
            Outcome::Done => true,
            Outcome::Failed(_) => self.again_at.is_none(),
            Outcome::Open | Outcome::Held(_) => false,
        }
    }

    /// Whether it is to be done, and not held by itself.
    pub(super) fn is_open(&self) -> bool {
        !self.is_over() && !self.is_paused
    }

    /// Whether it may be begun at `now`, for all that it knows itself.
    pub(super) fn is_due(&self, now: Duration) -> bool {
        self.is_idle() && self.is_open() && self.again_at.is_none_or(|at| at <= now)
    }

    /// Tries it again as if it had never been tried.
    pub(super) fn start_over(&mut self) {
        self.is_paused = false;
        if self.outcome != Outcome::Done {
            (self.outcome, self.tries, self.again_at) = (Outcome::Open, 0, None);
        }
    }

    /// How long it takes yet at the speed it has.
    pub fn time_left(&self) -> Option<Duration> {
        let left = self.total?.checked_sub(self.bytes)?;
        (self.speed > 0 && matches!(self.engine, Engine::Runs { .. }))
            .then(|| Duration::from_secs(left / self.speed))
    }
}

/// What is outside that keeps everything from being copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// There is no network.
    pub is_offline: bool,
    /// It is a time in which nothing is copied.
    pub is_quiet: bool,
    /// The network is paid for by the byte, and the listener wants nothing copied over such.
    pub is_metered: bool,
}

impl Weather {
    /// Why nothing is copied, if nothing is.
    pub(super) fn hold(self) -> Option<Hold> {
        use crate::model::HoldReason::{Metered, NoNetwork, QuietHours};
        let hold = |reason, message: &str, hint: &str| {
            let fault = Fault::new(FaultKind::Network, message).hint(hint);
            Some(Hold { reason, fault })
        };
        if self.is_offline {
            hold(NoNetwork, "There is no network", "It goes on by itself when there is")
        } else if self.is_metered {
            let hint = "It goes on by itself on another one, and at once with network.metered = \"no\"";
            hold(Metered, "The network is paid for by the byte", hint)
        } else if self.is_quiet {
            hold(QuietHours, "These are quiet hours", "It goes on by itself after them")
        } else {
            None
        }
    }
}

/// What became of things that were to be copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// How many are queued now that were not.
    pub queued: usize,
    /// How many of these are on this machine already, but not as well.
    pub better: usize,
    /// How many are on this machine already.
    pub here: usize,
    /// How many were in the queue already.
    pub known: usize,
    /// What may not be kept, and why.
    pub refused: Vec<(CleanText, CleanText)>,
    /// How many found no room in the queue.
    pub beyond: usize,
}
