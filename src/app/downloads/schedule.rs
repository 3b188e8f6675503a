//! Which job is begun next, and who waits: limits, fairness, services and folders that are held.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::job::{Engine, Job, Outcome, Source, Weather};
use super::jobs::{JobOrder, Jobs};
use crate::model::{
    DownloadId, DownloadJob, DownloadState, EntryId, Fault, FaultKind, Hold, HoldReason, ServiceId, TrackRef,
};

/// A service that fails so often in a row is held.
const MOST_FAILURES: u32 = 6;

/// How long it is held the first time; twice as long each further time, up to [`LONGEST`].
const FIRST_HOLD: Duration = Duration::from_secs(60);

/// Nothing waits longer by itself.
pub(super) const LONGEST: Duration = Duration::from_secs(600);

/// How long a folder that takes nothing is left alone.
const FOLDER_HOLD: Duration = Duration::from_secs(30);

/// The wait after the first failure; twice as long each further time, up to [`LONGEST`].
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// How often what runs is kept, in steps.
const KEEP_EVERY_S: u64 = 5;

/// How a service does.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Standing {
    /// Failures in a row.
    pub failures: u32,
    /// Until when nothing of it is begun.
    pub held_until: Option<Duration>,
    /// Why.
    fault: Option<Fault>,
    /// It wants the listener to sign in again.
    signed_out: Option<Fault>,
}

impl Standing {
    /// Why it is held, if it is.
    pub fn held(&self, now: Duration) -> Option<Hold> {
        if let Some(fault) = &self.signed_out {
            return Some(Hold { reason: HoldReason::SignIn, fault: fault.clone() });
        }
        self.held_until.filter(|until| *until > now)?;
        Some(Hold { reason: HoldReason::Service, fault: self.fault.clone()? })
    }

    /// The sign-in there has ended: nothing of it is begun until there is another one.
    pub fn signed_out(&mut self, fault: Fault) {
        self.signed_out = Some(fault);
    }

    /// A job of it failed.
    pub fn failed(&mut self, fault: &Fault, now: Duration) {
        self.failures += 1;
        let asked = fault.wait_s.map(|wait_s| Duration::from_secs(wait_s).min(LONGEST));
        let too_often = (self.failures >= MOST_FAILURES).then(|| {
            let times = self.failures - MOST_FAILURES;
            FIRST_HOLD.saturating_mul(1 << times.min(8)).min(LONGEST)
        });
        let until = asked.into_iter().chain(too_often).max().map(|wait| now + wait);
        // As long as it is held, it says what for.
        let held_until = self.held_until.filter(|until| *until > now);
        if until >= held_until {
            self.held_until = until;
            self.fault = Some(fault.clone());
        }
    }

    /// Whether what failed last is that it could not be reached.
    fn is_unreached(&self) -> bool {
        self.fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::Network)
    }

    /// Jobs of it that may run at once; after a hold one shows whether it works again.
    fn most(&self, per_service: usize) -> usize {
        if self.failures >= MOST_FAILURES { 1 } else { per_service }
    }
}

/// What stands in the way of everything that goes to the folder for copies.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Barrier {
    pub hold: Hold,
    pub until: Duration,
    /// The job that tries whether it is still there.
    pub probe: Option<EntryId>,
}

/// How long to wait after so many failures in a row: between half of it and all. `chance` is any number.
pub(super) fn back_off(tries: u32, chance: u64) -> Duration {
    let whole = FIRST_WAIT.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(LONGEST);
    let half = whole / 2;
    let millis = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
    half + Duration::from_millis(chance % (millis + 1))
}

impl Jobs {
    /// A service that was left alone when the program ended is so still, for what was left of the time.
    pub(super) fn hold_again(&mut self, job: &DownloadJob) {
        if let (DownloadState::Held(Hold { reason: HoldReason::Service, fault }), Some(wait)) =
            (&job.state, job.wait)
        {
            let standing = self.sources.entry(Source::of(&job.track)).or_default();
            standing.failures = MOST_FAILURES;
            standing.held_until = standing.held_until.max(Some(self.now + wait));
            standing.fault = Some(fault.clone());
        }
    }

    /// Time goes on by so much.
    pub fn step(&mut self, step: Duration) -> Vec<JobOrder> {
        let before = self.now.as_secs() / KEEP_EVERY_S;
        self.now += step;
        let keeps = self.now.as_secs() / KEEP_EVERY_S != before;
        let mut unsaved = Vec::new();
        for (id, job) in &mut self.by_id {
            if job.is_idle() {
                job.speed = 0;
                continue;
            }
            let came = job.bytes.saturating_sub(job.seen) * 1000
                / u64::try_from(step.as_millis().max(1)).unwrap_or(1);
            // Even enough to be read.
            job.speed = if job.speed == 0 { came } else { (job.speed * 3 + came) / 4 };
            job.seen = job.bytes;
            if keeps {
                unsaved.push(*id);
            }
        }
        for id in unsaved {
            self.note(id);
        }
        self.plan()
    }

    /// Whether time matters: something runs, or is counted down.
    pub fn is_ticking(&self) -> bool {
        let waits = |entry: &crate::model::Entry| {
            self.by_id.get(&entry.id).is_some_and(Job::is_open) && self.wait(entry.id).is_some()
        };
        self.by_id.values().any(|job| !job.is_idle()) || (!self.is_paused && self.entries.iter().any(waits))
    }

    /// Whether anything runs.
    pub fn is_running(&self) -> bool {
        self.by_id.values().any(|job| !job.is_idle())
    }

    /// Whether anything runs or is begun before long: what failed `most_tries` times in a row is not waited for.
    pub fn is_busy(&self, most_tries: u32) -> bool {
        self.is_running() || (self.weather.hold().is_none() && self.is_wanted(most_tries))
    }

    /// Whether anything would be begun before long in fair weather.
    pub fn is_wanted(&self, most_tries: u32) -> bool {
        let is_near = |entry: &crate::model::Entry| {
            self.by_id.get(&entry.id).is_some_and(|job| {
                let standing = self.sources.get(&job.source());
                let failures = standing.map_or(0, |standing| standing.failures);
                let is_held = matches!(&job.outcome, Outcome::Held(hold) if hold.reason == HoldReason::Budget)
                    || standing.is_some_and(|standing| standing.signed_out.is_some());
                job.is_open() && !is_held && job.tries.max(failures) < most_tries
            })
        };
        !self.is_paused && self.entries.iter().any(is_near)
    }

    /// Somebody is signed in at a service again.
    pub fn signed_in(&mut self, service: &ServiceId) -> Vec<JobOrder> {
        if let Some(standing) = self.sources.get_mut(&Source::Service(service.clone())) {
            standing.signed_out = None;
        }
        self.plan()
    }

    /// What is outside has changed.
    pub fn set_weather(&mut self, weather: Weather) -> Vec<JobOrder> {
        let was_offline = std::mem::replace(&mut self.weather, weather).is_offline;
        if weather.is_offline {
            // It was no service's fault.
            self.sources.retain(|_, standing| standing.signed_out.is_some() || !standing.is_unreached());
        } else if was_offline {
            self.try_unreached();
        }
        self.plan()
    }

    /// What waits because nobody could be reached is tried at once.
    fn try_unreached(&mut self) {
        for job in self.by_id.values_mut() {
            if matches!(&job.outcome, Outcome::Failed(fault) if fault.kind == FaultKind::Network)
                && job.again_at.is_some()
            {
                (job.again_at, job.tries) = (Some(self.now), 0);
            }
        }
    }

    /// Stops what may not run any more, and begins what may.
    pub(super) fn plan(&mut self) -> Vec<JobOrder> {
        let may_run = !self.is_paused && self.weather.hold().is_none();
        let mut orders = Vec::new();
        let mut stopped = Vec::new();
        for (id, job) in &mut self.by_id {
            if let Engine::Runs { run, .. } = job.engine
                && !(may_run && !job.is_paused && self.listed.contains(id))
            {
                job.engine = Engine::Stops { run };
                stopped.push(*id);
            }
        }
        stopped.sort_unstable();
        for id in stopped {
            self.note(id);
            orders.push(JobOrder::Stop { id: DownloadId(id.0) });
        }
        if !may_run {
            return orders;
        }
        let mut running: BTreeMap<Source, usize> = BTreeMap::new();
        for job in self.by_id.values().filter(|job| !job.is_idle()) {
            *running.entry(job.source()).or_default() += 1;
        }
        while running.values().sum::<usize>() < self.limits.at_once {
            let Some(id) = self.next_job(&running) else { break };
            match self.make_room(id) {
                Ok(removals) => {
                    orders.extend(removals);
                    orders.extend(self.begin(id, &mut running));
                }
                Err(hold) => self.hold_back(id, hold),
            }
        }
        orders
    }

    /// The first job of the service that has the fewest running; of equals the first in the listener's order. Where one is to try
    /// whether there is room again, it is the one that was tried longest ago.
    fn next_job(&self, running: &BTreeMap<Source, usize>) -> Option<EntryId> {
        if let Some(barrier) = &self.barrier
            && (barrier.until > self.now || barrier.probe.is_some())
        {
            return None;
        }
        // Of what was cut and pasted the old row may still be stopping.
        let busy: HashSet<&TrackRef> =
            self.by_id.values().filter(|job| !job.is_idle()).map(|job| &job.track.reference).collect();
        let mut best: Option<((Duration, usize), EntryId)> = None;
        for entry in &self.entries {
            let Some(job) = self.by_id.get(&entry.id).filter(|job| job.is_due(self.now)) else { continue };
            if busy.contains(&job.track.reference) {
                continue;
            }
            let source = job.source();
            let count = running.get(&source).copied().unwrap_or(0);
            let most = match self.sources.get(&source) {
                Some(standing) if standing.held(self.now).is_some() => continue,
                Some(standing) => standing.most(self.limits.per_service),
                None => self.limits.per_service,
            };
            let tried = job.again_at.filter(|_| self.barrier.is_some()).unwrap_or_default();
            let rank = (tried, count);
            if count < most && best.is_none_or(|(first, _)| rank < first) {
                best = Some((rank, entry.id));
                if rank == (Duration::ZERO, 0) {
                    break;
                }
            }
        }
        best.map(|(_, id)| id)
    }

    fn begin(&mut self, id: EntryId, running: &mut BTreeMap<Source, usize>) -> Option<JobOrder> {
        self.last_run += 1;
        let run = self.last_run;
        let job = self.by_id.get_mut(&id)?;
        job.engine = Engine::Runs { run, state: DownloadState::Locating, from: job.bytes };
        job.outcome = Outcome::Open;
        job.again_at = None;
        job.seen = job.bytes;
        *running.entry(job.source()).or_default() += 1;
        if let Some(barrier) = &mut self.barrier {
            barrier.probe = Some(id);
        }
        self.note(id);
        Some(JobOrder::Fetch { id: DownloadId(id.0), run })
    }

    /// The folder takes nothing for now.
    pub(super) fn bar(&mut self, hold: Hold) {
        self.barrier = Some(Barrier { hold, until: self.now + FOLDER_HOLD, probe: None });
    }
}
