//! The order of copies. It is the listener's; out of it the next ones are taken so that no service keeps the
//! others waiting, none is asked more than it may be, and one that fails all the time is left alone for a while.

use std::collections::BTreeMap;

use crate::model::{CleanText, DownloadId, DownloadState, Fault, Hold, HoldReason, Retry, ServiceId};

use super::waits;

/// How many copies are made at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub at_once: usize,
    /// Of one service.
    pub per_service: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { at_once: 3, per_service: 2 }
    }
}

/// A copy in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Names it.
    pub id: DownloadId,
    /// Who has it; `None` for an address without a service.
    pub service: Option<ServiceId>,
    /// Where it stands.
    pub state: DownloadState,
    /// Failures in a row.
    pub failures: u32,
    /// When it is tried again by itself, in Unix seconds.
    pub again_at: Option<u64>,
}

/// A service that is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceHold {
    /// Until when, in Unix seconds.
    pub until: u64,
    /// Why, in words.
    pub reason: CleanText,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Standing {
    failures: u32,
    hold: Option<ServiceHold>,
}

/// How a copy ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The file is there.
    Done,
    /// It was stopped, because it was asked to be.
    Stopped,
    /// Something outside stands in the way.
    Held(Hold),
    /// It failed.
    Failed(Fault),
}

/// All copies that are asked for, in the listener's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    jobs: Vec<Job>,
    services: BTreeMap<Option<ServiceId>, Standing>,
    limits: Limits,
    is_paused: bool,
}

/// Whether somebody works at it.
fn is_running(state: &DownloadState) -> bool {
    matches!(
        state,
        DownloadState::Locating | DownloadState::Fetching | DownloadState::Verifying | DownloadState::Tagging
    )
}

/// Whether its turn may come.
fn is_due(job: &Job, now: u64) -> bool {
    let is_over = job.again_at.is_none_or(|at| !waits::is_ahead(at, now));
    (job.state == DownloadState::Waiting || job.state.heals()) && is_over
}

impl Order {
    /// Nothing yet.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// The copies in their order.
    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    /// A copy.
    pub fn job(&self, id: DownloadId) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id == id)
    }

    /// The services that are left alone at `now`, each until when and why.
    pub fn holds(&self, now: u64) -> impl Iterator<Item = (Option<&ServiceId>, &ServiceHold)> {
        self.services.iter().filter_map(move |(service, standing)| {
            let hold = standing.hold.as_ref().filter(|hold| waits::is_ahead(hold.until, now))?;
            Some((service.as_ref(), hold))
        })
    }

    /// Adds a copy at the end. One that is there already stays where it is.
    pub fn add(&mut self, id: DownloadId, service: Option<ServiceId>) {
        if self.job(id).is_none() {
            let state = DownloadState::Waiting;
            self.jobs.push(Job { id, service, state, failures: 0, again_at: None });
        }
    }

    /// Puts a copy at place `to` of the order.
    pub fn move_to(&mut self, id: DownloadId, to: usize) {
        if let Some(from) = self.jobs.iter().position(|job| job.id == id) {
            let job = self.jobs.remove(from);
            self.jobs.insert(to.min(self.jobs.len()), job);
        }
    }

    /// Takes a copy out; whether somebody has to stop working at it.
    pub fn remove(&mut self, id: DownloadId) -> bool {
        let was_running = self.job(id).is_some_and(|job| is_running(&job.state));
        self.jobs.retain(|job| job.id != id);
        was_running
    }

    /// The listener stops a copy for now; whether somebody has to stop working at it.
    pub fn pause(&mut self, id: DownloadId) -> bool {
        let Some(job) = self.jobs.iter_mut().find(|job| job.id == id) else { return false };
        if job.state == DownloadState::Done {
            return false;
        }
        is_running(&std::mem::replace(&mut job.state, DownloadState::Paused))
    }

    /// The listener wants a copy to go on, or to be tried again: at once, whatever it failed of.
    pub fn resume(&mut self, id: DownloadId) {
        let Some(job) = self.jobs.iter_mut().find(|job| job.id == id) else { return };
        if !is_running(&job.state) && job.state != DownloadState::Done {
            (job.state, job.failures, job.again_at) = (DownloadState::Waiting, 0, None);
            if let Some(standing) = self.services.get_mut(&job.service) {
                // Who asks by hand knows more; a service that still fails is left alone again at once.
                standing.hold = None;
            }
        }
    }

    /// Stops everything for now, or lets it go on. The copies to stop working at.
    pub fn pause_all(&mut self, is_paused: bool) -> Vec<DownloadId> {
        self.is_paused = is_paused;
        let mut stopped = Vec::new();
        if is_paused {
            for job in self.jobs.iter_mut().filter(|job| is_running(&job.state)) {
                job.state = DownloadState::Waiting;
                stopped.push(job.id);
            }
        }
        stopped
    }

    /// The copies to begin now: they count as being worked at from here on.
    pub fn begin(&mut self, now: u64) -> Vec<DownloadId> {
        let mut begun = Vec::new();
        while let Some(index) = self.next(now) {
            if let Some(job) = self.jobs.get_mut(index) {
                (job.state, job.again_at) = (DownloadState::Locating, None);
                begun.push(job.id);
            }
        }
        begun
    }

    /// The place of the copy to begin next: the first whose service works at the fewest.
    fn next(&self, now: u64) -> Option<usize> {
        let mut running: BTreeMap<Option<&ServiceId>, usize> = BTreeMap::new();
        for job in self.jobs.iter().filter(|job| is_running(&job.state)) {
            *running.entry(job.service.as_ref()).or_default() += 1;
        }
        if self.is_paused || running.values().sum::<usize>() >= self.limits.at_once {
            return None;
        }
        let load = |job: &Job| running.get(&job.service.as_ref()).copied().unwrap_or_default();
        let ready = self.jobs.iter().enumerate().filter(|(_, job)| {
            is_due(job, now)
                && load(job) < self.limits.per_service
                && self.may_begin(job.service.as_ref(), load(job), now)
        });
        ready.min_by_key(|(place, job)| (load(job), *place)).map(|(place, _)| place)
    }

    /// Whether a service may be asked. One that has failed all the time is tried with one copy first.
    fn may_begin(&self, service: Option<&ServiceId>, running: usize, now: u64) -> bool {
        let found = self.services.iter().find(|(known, _)| known.as_ref() == service);
        found.is_none_or(|(_, standing)| {
            let is_held = standing.hold.as_ref().is_some_and(|hold| waits::is_ahead(hold.until, now));
            !is_held && (standing.failures < waits::MOST_FAILURES || running == 0)
        })
    }

    /// When something may be begun that may not now, in Unix seconds.
    pub fn wakes_at(&self, now: u64) -> Option<u64> {
        let holds = self.holds(now).map(|(_, hold)| hold.until);
        let jobs = self.jobs.iter().filter_map(|job| job.again_at.filter(|at| waits::is_ahead(*at, now)));
        holds.chain(jobs).min()
    }

    /// How far a copy is that is being worked at.
    pub fn moved_on(&mut self, id: DownloadId, state: DownloadState) {
        let job = self.jobs.iter_mut().find(|job| job.id == id);
        if let Some(job) = job.filter(|job| is_running(&job.state) && is_running(&state)) {
            job.state = state;
        }
    }

    /// A copy ended. What was paused or taken out meanwhile stays so, unless it was done all the same.
    pub fn ended(&mut self, id: DownloadId, outcome: Outcome, now: u64) {
        let Some(job) = self.jobs.iter_mut().find(|job| job.id == id) else { return };
        if !is_running(&job.state) && outcome != Outcome::Done {
            return;
        }
        let standing = self.services.entry(job.service.clone()).or_default();
        match outcome {
            Outcome::Done => {
                (job.state, job.failures, job.again_at) = (DownloadState::Done, 0, None);
                *standing = Standing::default();
            }
            Outcome::Stopped => job.state = DownloadState::Waiting,
            Outcome::Held(hold) => {
                // Nobody's disk is looked at more often than in ten seconds.
                job.again_at = Some(now + waits::of_copy(1, None));
                job.state = DownloadState::Held(hold);
            }
            Outcome::Failed(fault) if fault.retry == Retry::Never => {
                (job.state, job.again_at) = (DownloadState::Failed(fault), None);
            }
            Outcome::Failed(fault) => {
                job.failures = job.failures.saturating_add(1);
                job.again_at = Some(now + waits::of_copy(job.failures, fault.wait_s));
                standing.failures = standing.failures.saturating_add(1);
                let asked = fault.wait_s.map(|wait| wait.min(waits::LONGEST_S));
                if let Some(wait) = asked.max(waits::of_service(standing.failures)) {
                    standing.hold = Some(ServiceHold { until: now + wait, reason: fault.message.clone() });
                }
                job.state = DownloadState::Failed(fault);
            }
        }
    }

    /// The state in which a copy is shown at `now`: one that waits for its service says so.
    pub fn shown(&self, job: &Job, now: u64) -> DownloadState {
        let hold = self.services.get(&job.service).and_then(|standing| standing.hold.as_ref());
        match hold.filter(|hold| waits::is_ahead(hold.until, now)) {
            Some(hold) if job.state == DownloadState::Waiting => {
                let fault = Fault::new(crate::model::FaultKind::Limited, &hold.reason);
                let fault = Fault { wait_s: Some(hold.until - now), ..fault };
                DownloadState::Held(Hold { reason: HoldReason::Service, fault })
            }
            _ => job.state.clone(),
        }
    }
}
