//! What the engine reports, and what follows from it.

use std::sync::Arc;
use std::time::Duration;

use super::job::{Engine, Outcome};
use super::jobs::{JobOrder, Jobs};
use super::schedule::{LONGEST, back_off};
use crate::model::{
    DownloadId, DownloadProgress, DownloadState, EntryId, Fault, FaultKind, FinishedCopy, Hold, HoldReason,
    Retry,
};

/// A report of the engine about one run of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineReport {
    /// Which job.
    pub id: DownloadId,
    /// Which run of it.
    pub run: u64,
    /// What happened.
    pub news: EngineNews,
}

/// What happened to a job.
#[derive(Clone, Debug, PartialEq)]
pub enum EngineNews {
    /// It goes on.
    Progress(DownloadProgress),
    /// The copy is there. The run is over.
    Done(Box<FinishedCopy>),
    /// It was stopped, as was asked. The run is over.
    Stopped,
    /// Something outside stands in its way. The run is over.
    Held(Hold),
    /// It failed. The run is over.
    Failed(Fault),
}

impl Jobs {
    /// Whether a report is about the run that is under way.
    pub(super) fn is_of_this_run(&self, report: &EngineReport) -> bool {
        self.by_id.get(&EntryId(report.id.0)).is_some_and(|job| match &job.engine {
            Engine::Runs { run, .. } | Engine::Stops { run } => *run == report.run,
            Engine::Idle => false,
        })
    }

    /// Takes a report in; one of an earlier run changes nothing. `chance` is any number.
    pub fn hear(&mut self, report: EngineReport, chance: u64) -> Vec<JobOrder> {
        let id = EntryId(report.id.0);
        let Some(job) = self.by_id.get_mut(&id) else { return Vec::new() };
        let (was_stopping, from) = match &job.engine {
            Engine::Runs { run, from, .. } if *run == report.run => (false, *from),
            Engine::Stops { run } if *run == report.run => (true, job.bytes),
            Engine::Idle | Engine::Runs { .. } | Engine::Stops { .. } => return Vec::new(),
        };
        if let EngineNews::Progress(progress) = report.news {
            return self.went_on(id, progress);
        }
        job.engine = Engine::Idle;
        job.speed = 0;
        let came = job.bytes > from;
        let was_probe = self.barrier.as_ref().is_some_and(|barrier| barrier.probe == Some(id));
        if was_probe && let Some(barrier) = &mut self.barrier {
            barrier.probe = None;
        }
        match report.news {
            EngineNews::Progress(_) => {}
            // What it ran into while it stopped shows again, unless it is final.
            EngineNews::Stopped | EngineNews::Held(_) if was_stopping => {}
            EngineNews::Done(file) => self.is_done(id, *file),
            // Nobody asked for that: not at once again.
            EngineNews::Stopped => self.try_again_in(id, Duration::from_secs(1)),
            EngineNews::Failed(fault) if was_stopping && fault.retry == Retry::Later => {}
            EngineNews::Held(hold) => self.is_held(id, hold, chance),
            EngineNews::Failed(fault) => self.has_failed(id, &fault, came, chance),
        }
        self.note(id);
        self.plan()
    }

    fn went_on(&mut self, id: EntryId, progress: DownloadProgress) -> Vec<JobOrder> {
        let Some(job) = self.by_id.get_mut(&id) else { return Vec::new() };
        let was_known = job.total.is_some();
        job.bytes = progress.bytes;
        job.total = progress.total.or(job.total);
        let is_news = job.total.is_some() && !was_known;
        let Engine::Runs { state, from, .. } = &mut job.engine else { return Vec::new() };
        let is_stage = matches!(
            progress.state,
            DownloadState::Locating
                | DownloadState::Fetching
                | DownloadState::Verifying
                | DownloadState::Tagging
        );
        let wrote = progress.bytes > *from;
        let is_new = is_stage && *state != progress.state;
        if is_new {
            *state = progress.state;
        }
        if wrote {
            self.roomless = None;
        }
        if wrote && self.barrier.as_ref().is_some_and(|barrier| barrier.probe == Some(id)) {
            self.barrier = None;
        }
        if is_new {
            self.note(id);
        }
        if !is_news {
            return Vec::new();
        }
        let mut orders = self.keep_to_budget(id);
        if self.look_for_room() {
            orders.extend(self.plan());
        }
        orders
    }

    fn is_done(&mut self, id: EntryId, file: FinishedCopy) {
        let Some(job) = self.by_id.get_mut(&id) else { return };
        job.complete(file.bytes);
        if let Some(track) = &file.learned {
            job.track = Arc::clone(track);
            if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
                entry.track = Arc::clone(track);
            }
        }
        let (source, reference) = (job.source(), job.track.reference.clone());
        self.sources.remove(&source);
        (self.barrier, self.roomless) = (None, None);
        // What was cut and pasted while it came is here as well.
        for twin in self.rows_of.get(&reference).into_iter().flatten().filter(|twin| **twin != id) {
            if let Some(job) = self.by_id.get_mut(twin).filter(|job| job.is_idle()) {
                job.complete(file.bytes);
                self.unsaved.insert(*twin);
            }
        }
        self.finished(id, file);
        self.look_for_room();
    }

    fn is_held(&mut self, id: EntryId, hold: Hold, chance: u64) {
        let Some(job) = self.by_id.get_mut(&id) else { return };
        match hold.reason {
            HoldReason::Space => {
                // Smaller ones may find room where this one finds none.
                if self.roomless.is_some_and(|other| other != id) {
                    self.bar(hold.clone());
                }
                self.roomless = Some(id);
                self.hold_back(id, hold);
            }
            HoldReason::Folder | HoldReason::System | HoldReason::Budget => {
                job.outcome = Outcome::Open;
                self.bar(hold);
            }
            HoldReason::Service => self.has_failed(id, &hold.fault, false, chance),
            HoldReason::SignIn => {
                job.outcome = Outcome::Open;
                let source = job.source();
                self.sources.entry(source).or_default().signed_out(hold.fault);
            }
            HoldReason::NoNetwork | HoldReason::Metered | HoldReason::QuietHours | HoldReason::Elsewhere => {
                job.outcome = Outcome::Held(hold);
                job.again_at = Some(self.now + Duration::from_secs(30));
            }
        }
    }

    fn has_failed(&mut self, id: EntryId, fault: &Fault, came: bool, chance: u64) {
        let Some(job) = self.by_id.get_mut(&id) else { return };
        // A try that brought something is the first of a new row.
        job.tries = if came { 1 } else { job.tries.saturating_add(1) };
        job.again_at = heals(fault).then(|| {
            let asked =
                fault.wait_s.map_or(Duration::ZERO, |wait_s| Duration::from_secs(wait_s).min(LONGEST));
            self.now + back_off(job.tries, chance).max(asked)
        });
        let (source, tells_of_service) = (job.source(), is_of_service(fault));
        job.outcome = Outcome::Failed(fault.clone());
        if tells_of_service {
            let now = self.now;
            self.sources.entry(source).or_default().failed(fault, now);
        }
    }

    fn try_again_in(&mut self, id: EntryId, wait: Duration) {
        let at = self.now + wait;
        if let Some(job) = self.by_id.get_mut(&id) {
            job.again_at = Some(at);
        }
    }
}

/// Whether it is tried again by itself: asking again does not change what is allowed.
pub(super) fn heals(fault: &Fault) -> bool {
    fault.retry == Retry::Later && !matches!(fault.kind, FaultKind::Refused | FaultKind::SignInNeeded)
}

/// Whether a failure says something about the service, and not of one track alone.
fn is_of_service(fault: &Fault) -> bool {
    match fault.kind {
        FaultKind::Network | FaultKind::Limited | FaultKind::Refused | FaultKind::SignInNeeded => true,
        FaultKind::NotFound
        | FaultKind::Unsupported
        | FaultKind::Damaged
        | FaultKind::Device
        | FaultKind::Usage
        | FaultKind::Other => false,
    }
}
