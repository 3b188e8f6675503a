//! The budget: how much of the disk copies may take, which of them make room, and what waits when none may.

use std::time::Duration;

use super::job::{Engine, Job, Outcome};
use super::jobs::{JobOrder, Jobs};
use crate::model::{DownloadId, EntryId, Fault, FaultKind, Hold, HoldReason, OfflineCopy, TrackRef};

/// What a second of sound is taken to need where there is no copy to go by: 320 kb/s.
const USUAL_RATE: u64 = 40_000;

/// How long a track is taken to be where nobody says.
const USUAL_LENGTH: Duration = Duration::from_secs(240);

/// How long what found no room is left alone before it is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

impl Jobs {
    /// Makes room for a job that is to be begun: what was played longest ago and is not kept offline goes.
    pub(super) fn make_room(&mut self, id: EntryId) -> Result<Vec<JobOrder>, Hold> {
        let budget = self.limits.budget_bytes;
        let Some(job) = self.by_id.get(&id).filter(|_| budget > 0) else { return Ok(Vec::new()) };
        let needs = self.needs(job);
        self.shrink_to(budget.saturating_sub(needs)).ok_or_else(|| over_budget(budget))
    }

    /// It is known now how much a job that runs takes: where that is too much, others make room, or it stops.
    pub(super) fn keep_to_budget(&mut self, id: EntryId) -> Vec<JobOrder> {
        let budget = self.limits.budget_bytes;
        if budget == 0 {
            return Vec::new();
        }
        if let Some(orders) = self.shrink_to(budget) {
            return orders;
        }
        let Some(job) = self.by_id.get_mut(&id) else { return Vec::new() };
        let Engine::Runs { run, .. } = job.engine else { return Vec::new() };
        job.engine = Engine::Stops { run };
        self.hold_back(id, over_budget(budget));
        vec![JobOrder::Stop { id: DownloadId(id.0) }]
    }

    /// A job waits by itself, and others go on.
    pub(super) fn hold_back(&mut self, id: EntryId, hold: Hold) {
        let again_at = Some(self.now + LOOK_AGAIN);
        if let Some(job) = self.by_id.get_mut(&id) {
            (job.outcome, job.again_at) = (Outcome::Held(hold), again_at);
            self.note(id);
        }
    }

    /// More is known of what is taken: the first that found no room are looked at again at once. Whether there are any.
    pub(super) fn look_for_room(&mut self) -> bool {
        let is_held = |id: &EntryId| {
            let job = self.by_id.get(id);
            job.is_some_and(
                |job| matches!(&job.outcome, Outcome::Held(hold) if hold.reason == HoldReason::Budget),
            )
        };
        let held = self.entries.iter().map(|entry| entry.id).filter(is_held);
        let held: Vec<_> = held.take(self.limits.at_once).collect();
        for id in &held {
            if let Some(job) = self.by_id.get_mut(id) {
                job.again_at = Some(self.now);
            }
        }
        !held.is_empty()
    }

    /// A copy is heard: it goes after all others that may go.
    pub(in crate::app) fn is_heard(&mut self, reference: &TrackRef) {
        let last = self.copies.iter().filter_map(|copy| copy.played_at).max().unwrap_or(0);
        if let Some(copy) = self.copies.get_mut(reference) {
            copy.played_at = Some(last + 1);
        }
    }

    /// Bytes that the copies take and those that are made will.
    pub fn taken_bytes(&self) -> u64 {
        let copies: u64 = self.copies.iter().map(|copy| copy.file.bytes).sum();
        let running: u64 = self.by_id.values().filter(|job| !job.is_idle()).map(|job| self.needs(job)).sum();
        copies.saturating_add(running)
    }

    /// Bytes that a job will take, as far as is known.
    fn needs(&self, job: &Job) -> u64 {
        let guess = || {
            let (bytes, seconds) = self.copies.iter().fold((0_u64, 0_u64), |(bytes, seconds), copy| {
                (bytes.saturating_add(copy.file.bytes), seconds.saturating_add(copy.file.length.as_secs()))
            });
            let rate = bytes.checked_div(seconds).unwrap_or(USUAL_RATE);
            rate.saturating_mul(job.track.length.unwrap_or(USUAL_LENGTH).as_secs())
        };
        job.total.unwrap_or_else(guess).max(job.bytes)
    }

    /// Removes copies until no more than this is taken; `None`, and nothing is removed, when that cannot be.
    fn shrink_to(&mut self, most: u64) -> Option<Vec<JobOrder>> {
        let mut over = self.taken_bytes().saturating_sub(most);
        let mut may_go: Vec<&OfflineCopy> = self.copies.iter().filter(|copy| may_go(copy)).collect();
        may_go.sort_by(|a, b| (a.played_at, &a.file.path).cmp(&(b.played_at, &b.file.path)));
        let mut going = Vec::new();
        for copy in may_go {
            if over == 0 {
                break;
            }
            over = over.saturating_sub(copy.file.bytes);
            going.push((copy.track.reference.clone(), Box::new(copy.file.clone())));
        }
        if over > 0 {
            return None;
        }
        let remove = |(reference, file)| {
            self.forget_copy(&reference);
            JobOrder::Remove(file)
        };
        Some(going.into_iter().map(remove).collect())
    }
}

/// What nobody has heard yet was wanted and is still to be heard.
fn may_go(copy: &OfflineCopy) -> bool {
    !copy.pinned && copy.played_at.is_some()
}

fn over_budget(budget: u64) -> Hold {
    let message = format!("Copies may take {} MB, and no more may go", budget / 1_000_000);
    let hint = "Those that were never played or are kept offline stay; delete some, or raise \
                downloads.budget_megabytes";
    Hold { reason: HoldReason::Budget, fault: Fault::new(FaultKind::Other, message).hint(hint) }
}
