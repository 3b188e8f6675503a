//! Groups that are folded: of each only its first row is shown, which stands for all of them. A view of the rows, as a filter is;
//! while one is looked through, all rows are there.

use std::collections::{BTreeSet, HashMap};

use super::jobs::Jobs;
use crate::app::effect::Effect;
use crate::app::list::List;
use crate::app::mouse::ListPlace;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::model::{DownloadState, EntryId};

/// Which groups are folded, and what is shown then.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fold {
    groups: BTreeSet<u64>,
    /// The places of the rows that are shown, in order.
    rows: Vec<usize>,
    /// The rows that one of them stands for.
    members: HashMap<usize, Vec<usize>>,
    /// Cursor over `rows`.
    list: List,
    /// The rows as they were when `rows` were found.
    seen: Vec<EntryId>,
}

/// A folded group as its row shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldedGroup {
    /// What it is called.
    pub title: String,
    /// How many rows it has.
    pub rows: usize,
    /// How many of them are done.
    pub done: usize,
    /// How many run.
    pub running: usize,
    /// How many are held by the listener.
    pub paused: usize,
    /// How many failed for good.
    pub failed: usize,
    /// Bytes of those that run or are done, and of all, as far as known.
    pub bytes: (u64, u64),
    /// Bytes a second.
    pub speed: u64,
}

impl Fold {
    /// Whether a group is folded.
    pub fn is_active(&self) -> bool {
        !self.members.is_empty()
    }

    /// The rows that are shown.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// Cursor over them.
    pub fn list(&self) -> &List {
        &self.list
    }

    /// The rows that each row of a folded group stands for.
    pub(in crate::app) fn members(&self) -> &HashMap<usize, Vec<usize>> {
        &self.members
    }

    fn find(&mut self, jobs: &Jobs) {
        let group = |id: EntryId| jobs.job(id).and_then(|job| job.group.as_ref()).map(|group| group.id);
        let mut members: HashMap<u64, Vec<usize>> = HashMap::new();
        self.rows.clear();
        for (row, entry) in jobs.entries().iter().enumerate() {
            let Some(group) = group(entry.id).filter(|group| self.groups.contains(group)) else {
                self.rows.push(row);
                continue;
            };
            let its = members.entry(group).or_default();
            if its.is_empty() {
                self.rows.push(row);
            }
            its.push(row);
        }
        self.members = members.into_values().filter_map(|rows| Some((*rows.first()?, rows))).collect();
        self.list.set_len(self.rows.len());
    }
}

impl State {
    /// What is folded of a list; `None` where nothing is, and while it is filtered.
    pub fn fold_of(&self, place: ListPlace) -> Option<&Fold> {
        let fold = &self.downloads.fold;
        (place == ListPlace::Downloads && fold.is_active() && self.filter_of(place).is_none()).then_some(fold)
    }

    /// A row of a list that stands for its group.
    pub fn folded_group(&self, row: usize) -> Option<FoldedGroup> {
        let jobs = &self.downloads.jobs;
        let rows = self.fold_of(ListPlace::Downloads)?.members.get(&row)?;
        let id = |row: &usize| jobs.entries().get(*row).map(|entry| entry.id);
        let title = jobs.job(rows.first().and_then(id)?)?.group.as_ref()?.title.to_string();
        let mut sum = FoldedGroup {
            title,
            rows: rows.len(),
            done: 0,
            running: 0,
            paused: 0,
            failed: 0,
            bytes: (0, 0),
            speed: 0,
        };
        for id in rows.iter().filter_map(id) {
            let (Some(job), Some(state)) = (jobs.job(id), jobs.state(id)) else { continue };
            match state {
                DownloadState::Done => sum.done += 1,
                DownloadState::Failed(_) if job.is_over() => sum.failed += 1,
                DownloadState::Paused => sum.paused += 1,
                DownloadState::Locating
                | DownloadState::Fetching
                | DownloadState::Verifying
                | DownloadState::Tagging => sum.running += 1,
                DownloadState::Waiting | DownloadState::Held(_) | DownloadState::Failed(_) => {}
            }
            sum.bytes.0 += job.bytes;
            sum.bytes.1 += job.total.unwrap_or(job.bytes);
            sum.speed += job.speed;
        }
        Some(sum)
    }

    /// Folds the group of the row under the cursor, or shows its rows again.
    pub(in crate::app) fn fold_group(&mut self) -> Vec<Effect> {
        let downloads = &mut self.downloads;
        let row = downloads.list.cursor().and_then(|row| downloads.jobs.entries().get(row));
        let job = row.and_then(|entry| downloads.jobs.job(entry.id));
        let Some(group) = job.and_then(|job| job.group.clone()) else {
            return self
                .tell(Level::Info, "This was not queued as an album or playlist; there is nothing to fold");
        };
        if !downloads.fold.groups.remove(&group.id) {
            downloads.fold.groups.insert(group.id);
        }
        downloads.fold.seen.clear();
        downloads.fold.find(&downloads.jobs);
        Vec::new()
    }

    /// After every message: what is shown follows the rows, and the cursor keeps to a row that is shown.
    pub(in crate::app) fn settle_fold(&mut self) {
        let height = self.list_height();
        let is_filtered = self.filter_of(ListPlace::Downloads).is_some();
        let downloads = &mut self.downloads;
        if downloads.fold.groups.is_empty() {
            return;
        }
        let ids = || downloads.jobs.entries().iter().map(|entry| entry.id);
        if !ids().eq(downloads.fold.seen.iter().copied()) {
            downloads.fold.seen = ids().collect();
            downloads.fold.find(&downloads.jobs);
        }
        let (fold, list) = (&mut downloads.fold, &mut downloads.list);
        let Some(row) = list.cursor().filter(|_| !is_filtered) else { return };
        // A row that is hidden is shown by the first one of its group.
        let head = fold.members.iter().find(|(_, rows)| rows.contains(&row)).map_or(row, |(head, _)| *head);
        if head != row {
            list.go_to(head, height);
        }
        let place = fold.rows.partition_point(|shown| *shown < head);
        if fold.list.cursor() != Some(place) {
            fold.list.go_to(place, height);
        }
    }

    /// Moves the cursor among the rows that are shown; `false` where nothing is folded.
    pub(in crate::app) fn move_in_fold(&mut self, rows: isize) -> bool {
        if self.page_focus() != crate::app::focus::Focus::Downloads
            || self.fold_of(ListPlace::Downloads).is_none()
        {
            return false;
        }
        let height = self.list_height();
        let Fold { rows: shown, list, .. } = &mut self.downloads.fold;
        list.move_by(rows, height);
        if let Some(row) = list.cursor().and_then(|place| shown.get(place)) {
            self.downloads.list.go_to(*row, height);
        }
        true
    }

    /// The wheel turned over a list in which something is folded; `false` where nothing is.
    pub(in crate::app) fn scroll_fold(&mut self, place: ListPlace, rows: isize, height: usize) -> bool {
        if self.fold_of(place).is_none() {
            return false;
        }
        let Fold { rows: shown, list, .. } = &mut self.downloads.fold;
        list.scroll(rows, height);
        if let Some(row) = list.cursor().and_then(|place| shown.get(place)) {
            self.downloads.list.go_to(*row, height);
        }
        true
    }
}
