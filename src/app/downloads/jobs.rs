//! The queue of downloads, without a screen: jobs in the listener's order, and who waits for what. Pure: time comes in
//! as steps, chance as numbers, and what the engine is to do goes out as [`JobOrder`]s.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use super::copies::{Copies, Presence};
use super::engine::heals;
use super::job::{Engine, Job, Outcome, Source, Weather};
use super::keeping::HereOfKept;
use super::schedule::{Barrier, Standing};
use crate::app::filter::is_found;
use crate::model::{
    DownloadChange, DownloadId, DownloadJob, DownloadState, Entry, EntryId, FinishedCopy, Journal,
    KeptDownloads, KeptList, ListSource, OfflineCopy, OwnCodes, Snapshot, Step, Track, TrackRef,
};

/// Most jobs in the queue.
pub(super) const MAX_JOBS: usize = 20_000;

/// How many jobs run at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobLimits {
    /// In all.
    pub at_once: usize,
    /// Of one service.
    pub per_service: usize,
    /// Bytes that all copies together may take; 0: as many as there are.
    pub budget_bytes: u64,
}

impl Default for JobLimits {
    fn default() -> Self {
        Self { at_once: 3, per_service: 2, budget_bytes: 0 }
    }
}

/// What the engine is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobOrder {
    /// Copy this. Every report about it carries the number of the run.
    Fetch {
        /// Which job.
        id: DownloadId,
        /// Numbers the runs of all jobs.
        run: u64,
    },
    /// Stop, and report [`super::EngineNews::Stopped`].
    Stop {
        /// Which job.
        id: DownloadId,
    },
    /// Read a list that is kept offline; [`Jobs::list_read`] takes what is in it.
    Read(ListSource),
    /// Remove the file of a copy, if it is as it was made. Nothing comes back.
    Remove(Box<FinishedCopy>),
}

/// All jobs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Jobs {
    /// Those in the queue, in the listener's order.
    pub(in crate::app) entries: Vec<Entry>,
    /// Everything about them, and about those that were taken out and may come back.
    pub(super) by_id: HashMap<EntryId, Job>,
    pub(in crate::app) limits: JobLimits,
    pub(super) is_paused: bool,
    pub(super) weather: Weather,
    pub(super) sources: BTreeMap<Source, Standing>,
    /// What stands in the way of everything that goes to the folder for copies.
    pub(super) barrier: Option<Barrier>,
    /// The job that found no room on the disk, while none has found any since.
    pub(super) roomless: Option<EntryId>,
    pub(super) copies: Copies,
    /// The lists that are kept offline.
    pub(super) lists: Vec<KeptList>,
    /// What they hold.
    pub(super) pins: HashSet<TrackRef>,
    /// How much of them is here.
    pub(super) here_of_kept: HereOfKept,
    pub(super) last_id: u64,
    pub(super) last_run: u64,
    /// The sum of all steps.
    pub(super) now: Duration,
    /// Those of `entries` that were there when jobs followed last.
    pub(super) listed: HashSet<EntryId>,
    /// The same by their tracks.
    pub(super) rows_of: HashMap<TrackRef, Vec<EntryId>>,
    pub(super) unsaved: BTreeSet<EntryId>,
    /// Where each job stands in what is kept.
    places: HashMap<EntryId, usize>,
    /// Every edit of the order and its way back.
    pub(super) journal: Journal,
    pub(super) changes: Vec<DownloadChange>,
}

impl Jobs {
    /// The queue as it was kept. What ran then waits.
    pub fn new(kept: KeptDownloads, limits: JobLimits) -> Self {
        let (is_paused, last_id, journal) = (kept.is_paused, kept.last_id, kept.journal);
        let mut jobs = Self { limits, is_paused, last_id, journal, ..Self::default() };
        for job in kept.gone {
            jobs.last_id = jobs.last_id.max(job.id.0);
            jobs.by_id.insert(EntryId(job.id.0), restored(job));
        }
        for (place, job) in kept.jobs.into_iter().enumerate() {
            let id = EntryId(job.id.0);
            jobs.last_id = jobs.last_id.max(job.id.0);
            jobs.places.insert(id, place);
            jobs.hold_again(&job);
            jobs.entries.push(Entry::new(id, job.track.clone()));
            jobs.by_id.insert(id, restored(job));
        }
        jobs.list();
        kept.copies.into_iter().for_each(|copy| jobs.copies.take(copy));
        jobs.lists = kept.lists;
        jobs.pin();
        jobs
    }

    /// The queue as another program runs it, to be looked at.
    pub fn mirror(kept: KeptDownloads, limits: JobLimits) -> Self {
        let states: Vec<_> = kept.jobs.iter().map(|job| (EntryId(job.id.0), job.state.clone())).collect();
        let mut jobs = Self::new(kept, limits);
        for (id, state) in states {
            let Some(job) = jobs.by_id.get_mut(&id) else { continue };
            match state {
                DownloadState::Locating
                | DownloadState::Fetching
                | DownloadState::Verifying
                | DownloadState::Tagging => job.engine = Engine::Runs { run: 0, state, from: 0 },
                DownloadState::Held(hold) => job.outcome = Outcome::Held(hold),
                DownloadState::Waiting
                | DownloadState::Done
                | DownloadState::Paused
                | DownloadState::Failed(_) => {}
            }
        }
        jobs
    }

    /// Remembers which rows there are.
    pub(super) fn list(&mut self) {
        self.listed = self.entries.iter().map(|entry| entry.id).collect();
        self.rows_of.clear();
        for entry in &self.entries {
            self.rows_of.entry(entry.track.reference.clone()).or_default().push(entry.id);
        }
    }

    /// Rows of their own for these tracks.
    pub(in crate::app) fn new_entries(&mut self, tracks: Vec<std::sync::Arc<Track>>) -> Vec<Entry> {
        let mut make = |track| {
            self.last_id += 1;
            Entry::new(EntryId(self.last_id), track)
        };
        tracks.into_iter().map(&mut make).collect()
    }

    /// The order is another one than `before`: jobs follow, and it can be taken back. `made_at`, in seconds since 1970, is
    /// when it was edited.
    pub(in crate::app) fn edited(
        &mut self,
        name: String,
        before: &[Entry],
        made_at: Option<u64>,
    ) -> Vec<JobOrder> {
        let orders = self.settle();
        let snapshot = Snapshot::new(before, None, None);
        if let Some(step) = Step::between(name, snapshot, &self.entries, None, None) {
            let (after, step) = (self.journal.number(), Step { made_at, ..step });
            self.changes.push(DownloadChange::Step { after, step: Box::new(step.clone()) });
            self.journal.push(step);
        }
        orders
    }

    /// Takes the newest edit of the order back, or makes it again; what it is called, and whether it fits still.
    pub(super) fn retrace(&mut self, is_back: bool) -> Option<(String, bool)> {
        let step = if is_back { self.journal.step_back() } else { self.journal.step_on() }?;
        self.changes.push(DownloadChange::StandAt(self.journal.number()));
        let fits = step.apply(&mut self.entries).is_ok();
        Some((step.name, fits))
    }

    /// Goes to where the edit of this number is the last one that is done; whether all between still fit, else nothing is done.
    pub(super) fn go_to_step(&mut self, number: u64) -> bool {
        let mut after = self.entries.clone();
        if !self.journal.way_to(number).iter().all(|step| step.apply(&mut after).is_ok()) {
            return false;
        }
        self.entries = after;
        self.journal.stand_at(number);
        self.changes.push(DownloadChange::StandAt(self.journal.number()));
        true
    }

    /// The largest number that was ever given to a job.
    pub(in crate::app) fn last_id(&self) -> u64 {
        self.last_id
    }

    /// Every edit of the order.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The rows in the listener's order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What is known of a row.
    pub fn job(&self, id: EntryId) -> Option<&Job> {
        self.by_id.get(&id)
    }

    /// What is outside that keeps everything from being copied.
    pub fn weather(&self) -> Weather {
        self.weather
    }

    /// Whether everything is held by the listener.
    pub fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// Where a job stands.
    pub fn state(&self, id: EntryId) -> Option<DownloadState> {
        let job = self.by_id.get(&id)?;
        let held = || {
            let standing = self.sources.get(&job.source());
            let weather = self.weather.hold();
            let barrier = self.barrier.as_ref().map(|barrier| barrier.hold.clone());
            weather.or(barrier).or_else(|| standing.and_then(|standing| standing.held(self.now)))
        };
        Some(match (&job.engine, &job.outcome) {
            (Engine::Runs { state, .. }, _) => state.clone(),
            (_, Outcome::Done) => DownloadState::Done,
            (_, Outcome::Failed(fault)) if job.again_at.is_none() => DownloadState::Failed(fault.clone()),
            (_, _) if job.is_paused || self.is_paused => DownloadState::Paused,
            (_, outcome) => match (held(), outcome) {
                (Some(hold), _) => DownloadState::Held(hold),
                (None, Outcome::Held(hold)) => DownloadState::Held(hold.clone()),
                (None, Outcome::Failed(fault)) => DownloadState::Failed(fault.clone()),
                (None, Outcome::Open | Outcome::Done) => DownloadState::Waiting,
            },
        })
    }

    /// How long until a job is tried again by itself, where that is known.
    pub fn wait(&self, id: EntryId) -> Option<Duration> {
        let job = self.by_id.get(&id).filter(|job| job.is_idle() && !job.is_over())?;
        let of_source = self.sources.get(&job.source()).and_then(|standing| standing.held_until);
        let of_folder = self.barrier.as_ref().map(|barrier| barrier.until);
        let latest = [job.again_at, of_source, of_folder].into_iter().flatten().max()?;
        Some(latest.saturating_sub(self.now)).filter(|left| !left.is_zero())
    }

    /// The job as it is kept and told.
    pub fn told(&self, id: EntryId) -> Option<DownloadJob> {
        let job = self.by_id.get(&id)?;
        Some(DownloadJob {
            id: DownloadId(id.0),
            track: job.track.clone(),
            group: job.group.clone(),
            state: self.kept_state(id)?,
            tries: job.tries,
            wait: self.wait(id),
            bytes: job.bytes,
            total: job.total,
        })
    }

    /// What is kept says whether a job is held by itself, not that everything is.
    fn kept_state(&self, id: EntryId) -> Option<DownloadState> {
        let job = self.by_id.get(&id)?;
        match self.state(id)? {
            DownloadState::Paused if !job.is_paused => Some(match &job.outcome {
                Outcome::Failed(fault) => DownloadState::Failed(fault.clone()),
                Outcome::Open | Outcome::Done | Outcome::Held(_) => DownloadState::Waiting,
            }),
            state => Some(state),
        }
    }

    /// The finished copy of a track, or of the same recording under another name.
    pub fn copy_of(&self, track: &Track) -> Option<&OfflineCopy> {
        self.copies.of(track)
    }

    /// Whether the recording is on this machine: as a finished copy, or in a file of the listener's own.
    pub fn has_recording(&self, track: &Track) -> bool {
        self.copies.are_of(track)
    }

    /// The finished copy of what a reference names.
    pub fn copy(&self, reference: &TrackRef) -> Option<&OfflineCopy> {
        self.copies.get(reference)
    }

    /// Which recordings the listener has files of: they are not copied again, unless better.
    pub fn set_own(&mut self, own: OwnCodes) {
        self.copies.own = own;
    }

    /// Every finished copy, in no order.
    pub fn copies(&self) -> impl Iterator<Item = &OfflineCopy> {
        self.copies.iter()
    }

    /// The tracks of the copies that these words find, by artist, album and title.
    pub fn copies_named(&self, words: &str) -> Vec<Track> {
        let is_meant = |track: &Track| {
            let mut texts = vec![track.title.as_str()];
            texts.extend(track.artists.iter().map(|artist| artist.as_str()));
            texts.extend(track.album.as_ref().map(|album| album.as_str()));
            is_found(words, &texts)
        };
        let tracks = self.copies.iter().map(|copy| &copy.track).filter(|track| is_meant(track));
        let mut found: Vec<_> = tracks.map(|track| Track::clone(track)).collect();
        found.sort_by(|a, b| (&a.artists, &a.album, &a.title).cmp(&(&b.artists, &b.album, &b.title)));
        found
    }

    pub(super) fn presence(&self, track: &Track) -> Presence {
        self.copies.presence(track)
    }

    /// Whether a track waits or runs in the queue.
    pub fn is_queued(&self, reference: &TrackRef) -> bool {
        let rows = self.rows_of.get(reference).into_iter().flatten();
        rows.into_iter().any(|id| self.by_id.get(id).is_some_and(|job| !job.is_over()))
    }

    pub(super) fn finished(&mut self, id: EntryId, file: FinishedCopy) {
        let Some(job) = self.by_id.get(&id) else { return };
        let copy = OfflineCopy {
            track: job.track.clone(),
            file,
            pinned: self.is_pinned(&job.track.reference),
            played_at: None,
        };
        self.changes.push(DownloadChange::Copy(Box::new(copy.clone())));
        self.copies.take(copy);
        self.here_of_kept = HereOfKept::default();
    }

    /// A copy is not there any more: somebody took the file away.
    pub fn forget_copy(&mut self, reference: &TrackRef) {
        if self.copies.remove(reference) {
            self.here_of_kept = HereOfKept::default();
            self.changes.push(DownloadChange::CopyGone(reference.clone()));
        }
    }

    pub(super) fn note(&mut self, id: EntryId) {
        self.unsaved.insert(id);
    }

    /// The program ends: nothing stands in the way of what was stopped for that, and nothing is begun.
    pub fn come_to_rest(&mut self) {
        self.weather = Weather::default();
        self.unsaved.extend(self.by_id.keys());
    }

    pub(super) fn pause_all(&mut self, paused: bool) {
        if self.is_paused != paused {
            self.is_paused = paused;
            self.changes.push(DownloadChange::Paused(paused));
        }
    }

    /// Everything that changed since the last call, to be kept in one piece.
    pub fn take_changes(&mut self) -> Vec<DownloadChange> {
        let mut unsaved = std::mem::take(&mut self.unsaved);
        let mut changes = std::mem::take(&mut self.changes);
        let places: HashMap<_, _> = self.entries.iter().map(|entry| entry.id).zip(0_usize..).collect();
        let gone: Vec<_> = self.places.keys().filter(|id| !places.contains_key(id)).copied().collect();
        changes.extend(gone.iter().map(|id| DownloadChange::Gone(DownloadId(id.0))));
        unsaved.extend(
            places.iter().filter(|(id, place)| self.places.get(id) != Some(place)).map(|(id, _)| *id),
        );
        for id in unsaved {
            if let (Some(place), Some(job)) = (places.get(&id), self.told(id)) {
                changes.push(DownloadChange::Job { place: *place, job: Box::new(job) });
            }
        }
        self.places = places;
        changes
    }
}

/// A job as it was kept.
fn restored(kept: DownloadJob) -> Job {
    let mut job = Job::new(kept.track, kept.group);
    (job.tries, job.bytes, job.total, job.seen) = (kept.tries, kept.bytes, kept.total, kept.bytes);
    match kept.state {
        DownloadState::Done => job.outcome = Outcome::Done,
        DownloadState::Paused => job.is_paused = true,
        DownloadState::Failed(fault) => {
            job.again_at = heals(&fault).then(|| kept.wait.unwrap_or_default());
            job.outcome = Outcome::Failed(fault);
        }
        DownloadState::Held(_)
        | DownloadState::Waiting
        | DownloadState::Locating
        | DownloadState::Fetching
        | DownloadState::Verifying
        | DownloadState::Tagging => {}
    }
    job
}
