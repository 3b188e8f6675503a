//! What the listener asks of the queue.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::copies::Presence;
use super::job::{Added, Engine, Job, Outcome};
use super::jobs::{JobOrder, Jobs, MAX_JOBS};
use crate::app::editor;
use crate::app::search::{code, is_same_elsewhere, name};
use crate::model::{
    Allowed, CleanText, DownloadCommand, DownloadGroup, DownloadId, Entry, EntryId, MoveTo, Track, TrackRef,
};

/// What came of a command.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Obeyed {
    /// What the engine is to do.
    pub orders: Vec<JobOrder>,
    /// What became of what was to be added.
    pub added: Added,
    /// How many jobs it changed.
    pub count: usize,
    /// The edit that was taken back or made again, and whether it fitted what is in the queue now.
    pub retraced: Option<(String, bool)>,
}

impl Jobs {
    /// Does what is asked, at this time in seconds since 1970 where that is known.
    pub fn obey(&mut self, command: DownloadCommand, made_at: Option<u64>) -> Obeyed {
        let (mut added, mut retraced) = (Added::default(), None);
        let before = self.entries.clone();
        let (count, name) = match command {
            DownloadCommand::Add { tracks, group } => {
                let name = match (&group, tracks.as_slice()) {
                    (Some(title), _) => format!("queueing {title}"),
                    (None, [one]) => format!("queueing {}", one.title),
                    (None, many) => format!("queueing {}", rows_of(many.len())),
                };
                added = self.add(tracks, group);
                (added.queued, name)
            }
            DownloadCommand::Renew(tracks) => {
                for track in &tracks {
                    self.forget_copy(&track.reference);
                }
                let name = format!("queueing {} again", rows_of(tracks.len()));
                added = self.add(tracks, None);
                (added.queued, name)
            }
            DownloadCommand::Pause(ids) => {
                (self.each(&ids, |job| !std::mem::replace(&mut job.is_paused, true)), String::new())
            }
            DownloadCommand::Resume(ids) => {
                (self.each(&ids, |job| std::mem::replace(&mut job.is_paused, false)), String::new())
            }
            DownloadCommand::PauseAll => {
                self.pause_all(true);
                (self.open_count(), String::new())
            }
            DownloadCommand::ResumeAll => {
                self.pause_all(false);
                (self.open_count(), String::new())
            }
            DownloadCommand::Cancel(ids) => {
                let ids = entry_ids(&ids);
                self.entries.retain(|entry| !ids.contains(&entry.id));
                let count = before.len() - self.entries.len();
                (count, format!("taking out {}", rows_of(count)))
            }
            DownloadCommand::Delete(ids) => return self.delete_copies(&ids, made_at),
            DownloadCommand::Retry(ids) => (self.retry(&ids), String::new()),
            DownloadCommand::RetryFailed => {
                let failed = |id: &EntryId| {
                    self.by_id
                        .get(id)
                        .is_some_and(|job| matches!(job.outcome, Outcome::Failed(_)) && job.is_idle())
                };
                let ids: Vec<_> = self.entries.iter().map(|entry| entry.id).filter(failed).collect();
                let ids: Vec<_> = ids.iter().map(|id| DownloadId(id.0)).collect();
                (self.retry(&ids), String::new())
            }
            DownloadCommand::Move { ids, to } => {
                let count = self.shift(&entry_ids(&ids), to);
                (count, format!("moving {}", rows_of(count)))
            }
            DownloadCommand::Undo | DownloadCommand::Redo => {
                retraced = self.retrace(command == DownloadCommand::Undo);
                (usize::from(matches!(retraced, Some((_, true)))), String::new())
            }
            DownloadCommand::GoTo(number) => (usize::from(self.go_to_step(number)), String::new()),
            DownloadCommand::KeepList { source, title } => {
                let is_new = self.keep_list(source.clone(), title);
                let mut orders = self.settle();
                orders.push(JobOrder::Read(source));
                return Obeyed { orders, added, count: usize::from(is_new), retraced };
            }
            DownloadCommand::LeaveList(source) => (usize::from(self.leave_list(&source)), String::new()),
        };
        // Not every command is an edit of the order.
        let orders = if name.is_empty() { self.settle() } else { self.edited(name, &before, made_at) };
        Obeyed { orders, added, count, retraced }
    }

    /// The rows were edited: jobs follow. Rows that are new become jobs, unless they are there already.
    pub(in crate::app) fn settle(&mut self) -> Vec<JobOrder> {
        let fresh: Vec<Entry> =
            self.entries.iter().filter(|entry| !self.listed.contains(&entry.id)).cloned().collect();
        if !fresh.is_empty() {
            let is_fresh: HashSet<_> = fresh.iter().map(|entry| entry.id).collect();
            let mut known = self.known(|entry| !is_fresh.contains(&entry.id));
            let mut dropped = HashSet::new();
            let mut taken_out = self.taken_out(&fresh);
            for entry in fresh {
                // What was cut and is pasted has a new row, and is the same job.
                if let Some(job) = taken_out.remove(&entry.track.reference)
                    && !self.by_id.contains_key(&entry.id)
                {
                    self.by_id.insert(entry.id, Job { engine: Engine::Idle, ..job });
                }
                let is_here = self.copies.get(&entry.track.reference).is_some();
                let job = self.by_id.get_mut(&entry.id);
                let is_known = job.is_some();
                if let Some(job) = job.filter(|job| job.is_idle()) {
                    if is_here {
                        // Copied meanwhile, by another row.
                        (job.outcome, job.again_at) = (Outcome::Done, None);
                    } else if job.outcome == Outcome::Done {
                        // Its copy was deleted meanwhile.
                        (job.outcome, job.bytes, job.seen) = (Outcome::Open, 0, 0);
                    }
                }
                let over = self.by_id.get(&entry.id).filter(|job| job.is_over());
                let may_come = (is_known || !is_here) && why_not(&entry.track).is_none();
                let is_kept = match over.map(|job| &job.outcome) {
                    Some(Outcome::Done) => true,
                    Some(_) => may_come && known.take_failed(&entry.track),
                    None => may_come && !known.has_failed(&entry.track) && known.take(&entry.track),
                };
                if is_kept {
                    self.last_id = self.last_id.max(entry.id.0);
                    self.by_id.entry(entry.id).or_insert_with(|| Job::new(entry.track, None));
                } else {
                    dropped.insert(entry.id);
                }
            }
            self.entries.retain(|entry| !dropped.contains(&entry.id));
        }
        self.list();
        self.plan()
    }

    /// The newest of the jobs of these tracks that are in no row.
    fn taken_out(&self, fresh: &[Entry]) -> HashMap<TrackRef, Job> {
        let is_known = |entry: &Entry| self.by_id.contains_key(&entry.id);
        if fresh.iter().all(is_known) {
            return HashMap::new();
        }
        let rows: HashSet<_> = self.entries.iter().map(|entry| entry.id).collect();
        let mut jobs: Vec<_> = self.by_id.iter().filter(|(id, _)| !rows.contains(id)).collect();
        jobs.sort_by_key(|(id, _)| **id);
        jobs.into_iter().map(|(_, job)| (job.track.reference.clone(), job.clone())).collect()
    }

    /// Changes what is said of some jobs in the queue; how many of them.
    fn each(&mut self, ids: &[DownloadId], mut change: impl FnMut(&mut Job) -> bool) -> usize {
        let ids = entry_ids(ids);
        let listed: Vec<_> =
            self.entries.iter().map(|entry| entry.id).filter(|id| ids.contains(id)).collect();
        let mut count = 0;
        for id in listed {
            let Some(job) = self.by_id.get_mut(&id).filter(|job| job.outcome != Outcome::Done) else {
                continue;
            };
            if change(job) {
                count += 1;
                self.note(id);
            }
        }
        count
    }

    /// Jobs that are to be done and not held by themselves.
    fn open_count(&self) -> usize {
        let jobs = self.entries.iter().filter_map(|entry| self.by_id.get(&entry.id));
        jobs.filter(|job| job.is_open()).count()
    }

    fn retry(&mut self, ids: &[DownloadId]) -> usize {
        let sources: Vec<_> =
            ids.iter().filter_map(|id| Some(self.by_id.get(&EntryId(id.0))?.source())).collect();
        let count = self.each(ids, |job| {
            job.start_over();
            true
        });
        if count > 0 {
            // Whoever asks for it now means now.
            for source in &sources {
                self.sources.remove(source);
            }
            self.barrier = None;
        }
        count
    }

    fn shift(&mut self, ids: &HashSet<EntryId>, to: MoveTo) -> usize {
        let rows: Vec<_> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| ids.contains(&entry.id))
            .map(|(row, _)| row)
            .collect();
        match to {
            MoveTo::Up | MoveTo::Down => {
                if editor::moved(&mut self.entries, &rows, to == MoveTo::Down, 1).is_none() {
                    return 0;
                }
            }
            MoveTo::Top | MoveTo::Place(_) => {
                let place = if let MoveTo::Place(place) = to { place } else { 0 };
                let block = editor::remove(&mut self.entries, &rows);
                editor::with_rows_at(&mut self.entries, place, block);
            }
        }
        rows.len()
    }

    /// Puts tracks at the end of the queue, but for those that need not or may not be copied.
    pub(super) fn add(&mut self, tracks: Vec<Arc<Track>>, group: Option<CleanText>) -> Added {
        let mut added = Added::default();
        let group = group.map(|title| DownloadGroup { id: self.last_id + 1, title });
        let mut known = self.known(|_| true);
        for track in tracks {
            let presence = self.presence(&track);
            if let Some(why) = why_not(&track) {
                added.refused.push((track.title.clone(), why));
            } else if presence == Presence::AsGood {
                added.here += 1;
            } else if known.has_failed(&track) {
                added.known += 1;
                // Unless somebody else's of the same recording is to come.
                if known.take(&track) {
                    self.start_over(&track.reference);
                }
            } else if !known.take(&track) {
                added.known += 1;
                self.start_over(&track.reference);
            } else if self.entries.len() >= MAX_JOBS {
                added.beyond += 1;
            } else {
                self.last_id += 1;
                let id = EntryId(self.last_id);
                self.by_id.insert(id, Job::new(track.clone(), group.clone()));
                self.entries.push(Entry::new(id, track));
                added.queued += 1;
                added.better += usize::from(presence == Presence::Worse);
            }
        }
        added
    }

    /// What failed and is asked for again is tried again.
    fn start_over(&mut self, reference: &TrackRef) {
        let found =
            self.entries.iter().find(|entry| entry.track.reference == *reference).map(|entry| entry.id);
        if let Some(id) = found
            && let Some(job) = self.by_id.get_mut(&id)
            && job.is_idle()
            && matches!(job.outcome, Outcome::Failed(_))
        {
            job.start_over();
            self.note(id);
        }
    }

    /// What the rows that are meant say. Finished ones count no more: their copies do. What failed for good is tried again,
    /// but keeps nobody from taking the recording from elsewhere.
    fn known(&self, is_meant: impl Fn(&Entry) -> bool) -> Known {
        let mut known = Known::default();
        for entry in self.entries.iter().filter(|entry| is_meant(entry)) {
            match self.by_id.get(&entry.id) {
                Some(job) if !job.is_over() => {
                    known.take(&entry.track);
                }
                Some(job) if job.outcome != Outcome::Done => {
                    known.take_failed(&entry.track);
                }
                Some(_) | None => {}
            }
        }
        known
    }
}

/// Recordings by their names and codes.
#[derive(Default)]
struct Known {
    references: HashSet<TrackRef>,
    codes: HashSet<String>,
    titles: HashMap<String, Vec<Arc<Track>>>,
    /// The names of what failed for good.
    failed: HashSet<TrackRef>,
}

impl Known {
    fn has_failed(&self, track: &Track) -> bool {
        self.failed.contains(&track.reference)
    }

    /// Remembers what failed for good, in the way of nothing but itself; `false` when it was known.
    fn take_failed(&mut self, track: &Track) -> bool {
        !self.references.contains(&track.reference) && self.failed.insert(track.reference.clone())
    }

    /// Remembers a recording; `false` when it was known.
    fn take(&mut self, track: &Arc<Track>) -> bool {
        let alike = self.titles.entry(name(track)).or_default();
        if alike.iter().any(|known| is_same_elsewhere(known, track)) {
            return false;
        }
        let mut names = std::iter::once(&track.reference).chain(&track.elsewhere);
        let code = code(track);
        if names.any(|name| self.references.contains(name))
            || code.as_ref().is_some_and(|code| self.codes.contains(code))
        {
            return false;
        }
        alike.push(Arc::clone(track));
        self.references.insert(track.reference.clone());
        self.references.extend(track.elsewhere.iter().cloned());
        self.codes.extend(code);
        true
    }
}

/// Why a track is not copied at all.
pub(super) fn why_not(track: &Track) -> Option<CleanText> {
    match (&track.reference, &track.keepable, &track.playable) {
        (TrackRef::File(_), _, _) => Some("it is a file on this machine".into()),
        (_, Allowed::No(why), _) | (_, Allowed::Yes, Allowed::No(why)) => Some(why.clone()),
        (_, Allowed::Yes, Allowed::Yes) => None,
    }
}

/// What of these may be copied, and of the others why not: before somebody else is asked for them, who is told less.
pub fn leave_out_refused(tracks: Vec<Arc<Track>>) -> (Vec<Arc<Track>>, Vec<(CleanText, CleanText)>) {
    let mut refused = Vec::new();
    let may_be_kept = |track: &Arc<Track>| match why_not(track) {
        Some(why) => {
            refused.push((track.title.clone(), why));
            false
        }
        None => true,
    };
    (tracks.into_iter().filter(may_be_kept).collect(), refused)
}

fn rows_of(count: usize) -> String {
    if count == 1 { "a row".to_owned() } else { format!("{count} rows") }
}

fn entry_ids(ids: &[DownloadId]) -> HashSet<EntryId> {
    ids.iter().map(|id| EntryId(id.0)).collect()
}
