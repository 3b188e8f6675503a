//! What the page of downloads shows.

use super::deleting::Asked;
use super::fold::Fold;
use super::job::Weather;
use super::jobs::{JobLimits, Jobs};
use crate::app::editor::Selection;
use crate::app::edits::Sheet;
use crate::app::list::List;
use crate::model::{DownloadState, KeptDownloads, PlayId, Ticket, Track, TrackRef};

/// What a run begins with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DownloadStart {
    /// The queue as it is kept.
    pub kept: KeptDownloads,
    /// How many run at once.
    pub limits: JobLimits,
    /// Whether this program runs it.
    pub runs_here: bool,
}

/// The page of downloads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Downloads {
    /// The queue itself.
    pub jobs: Jobs,
    /// Cursor over its rows.
    pub list: List,
    /// The rows that the next edit is about.
    pub selection: Selection,
    /// Which groups are folded.
    pub fold: Fold,
    /// What is being looked up to be downloaded.
    pub(super) finding: Vec<Ticket>,
    /// Whether this program runs the queue; else another one does, and is asked.
    pub runs_here: bool,
    /// Whether another program does, as far as is known.
    pub runs_elsewhere: bool,
    /// The listener was told that the program does not end while copies are made.
    pub(super) warned: bool,
    /// The listener was asked whether copies are to be deleted.
    pub(super) asked: Option<Asked>,
    /// What is outside that keeps everything from being copied, whoever runs the queue.
    pub(super) weather: Weather,
    /// The time at which the lists that are kept offline are read again.
    pub(in crate::app) reading: Option<Ticket>,
    /// The copies that the player was given lately, and for what, the newest last.
    pub(super) given: Vec<(PlayId, TrackRef)>,
    /// The step of time that is waited for.
    pub(super) step: Option<Ticket>,
}

/// How far everything is that was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DownloadSum {
    /// How many are done.
    pub done: usize,
    /// How many are still to be done.
    pub open: usize,
    /// How many there are, but for those that failed for good.
    pub all: usize,
    /// The part that is done, those that run among it.
    pub percent: u8,
    /// How many run.
    pub running: usize,
    /// How many failed for good.
    pub failed: usize,
    /// Bytes a second of all together.
    pub speed: u64,
}

impl Downloads {
    pub(in crate::app) fn new(start: DownloadStart) -> Self {
        let jobs = if start.runs_here {
            Jobs::new(start.kept, start.limits)
        } else {
            Jobs::mirror(start.kept, start.limits)
        };
        let mut downloads = Self { jobs, runs_here: start.runs_here, ..Self::default() };
        downloads.follow_rows();
        downloads
    }

    /// The queue as another program keeps it; the cursor stays where it can.
    pub(super) fn mirror(&mut self, kept: KeptDownloads) {
        self.runs_elsewhere = true;
        let own = std::mem::take(&mut self.jobs.copies.own);
        self.jobs = Jobs::mirror(kept, self.jobs.limits);
        self.jobs.set_own(own);
        self.follow_rows();
    }

    /// Cursor and selection keep to the rows that there are.
    pub(super) fn follow_rows(&mut self) {
        self.list.set_len(self.jobs.entries.len());
        self.selection.keep_to(&self.jobs.entries);
    }

    /// What the editor changes.
    pub(in crate::app) fn sheet(&mut self) -> Sheet<'_> {
        let (entries, list, selection) = (&mut self.jobs.entries, &mut self.list, &mut self.selection);
        let fold = Some(&self.fold).filter(|fold| fold.is_active());
        Sheet { entries, list, selection, shown: fold.map(Fold::rows), whole: fold.map(Fold::members) }
    }

    /// Whether a wait is a step of its time, which goes on as long as anything runs.
    #[cfg(test)]
    pub(crate) fn steps_with(&self, ticket: Ticket) -> bool {
        self.step == Some(ticket)
    }

    /// How far everything is.
    pub fn sum(&self) -> DownloadSum {
        let (mut sum, mut parts) = (DownloadSum::default(), 0_u64);
        for entry in self.jobs.entries() {
            let (Some(state), Some(job)) = (self.jobs.state(entry.id), self.jobs.job(entry.id)) else {
                continue;
            };
            match state {
                DownloadState::Failed(_) if job.is_over() => sum.failed += 1,
                DownloadState::Done => {
                    sum.done += 1;
                    parts += 100;
                }
                DownloadState::Locating
                | DownloadState::Fetching
                | DownloadState::Verifying
                | DownloadState::Tagging => {
                    sum.running += 1;
                    sum.speed += job.speed;
                    sum.open += 1;
                    parts += u64::from(percent(job.bytes, job.total));
                }
                DownloadState::Waiting
                | DownloadState::Paused
                | DownloadState::Held(_)
                | DownloadState::Failed(_) => sum.open += 1,
            }
        }
        sum.all = sum.done + sum.open;
        sum.percent = u8::try_from(parts / u64::try_from(sum.all.max(1)).unwrap_or(u64::MAX)).unwrap_or(100);
        sum
    }

    /// What is said of a track in any list: whether it is here, or on its way.
    pub fn mark(&self, track: &Track) -> Option<DownloadMark> {
        if self.jobs.copy_of(track).is_some() {
            return Some(DownloadMark::Here);
        }
        self.jobs.is_queued(&track.reference).then_some(DownloadMark::OnItsWay)
    }
}

/// Whether a track can be heard offline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DownloadMark {
    /// Its copy is on this machine.
    Here,
    /// It is in the queue.
    OnItsWay,
}

/// How much of the whole there is, below 100 as long as it is not done.
pub fn percent(bytes: u64, total: Option<u64>) -> u8 {
    let Some(total) = total.filter(|total| *total > 0) else { return 0 };
    let percent = u128::from(bytes) * 100 / u128::from(total);
    u8::try_from(percent.min(99)).unwrap_or(99)
}
