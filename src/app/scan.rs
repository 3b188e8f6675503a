//! The scan of the listener's own music, as far as the screen tells it.

use std::collections::HashMap;
use std::sync::Arc;

use super::effect::Effect;
use super::focus::Page;
use super::notices::Level;
use super::state::State;
use crate::model::{Fault, ServiceInfo, Track, TrackRef};

/// How far a scan is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanProgress {
    /// Files that were read.
    pub done: usize,
    /// Files that are to be read; 0 while folders are still looked through.
    pub total: usize,
}

/// What a scan came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanOutcome {
    /// New tracks, those that are elsewhere now included.
    pub added: usize,
    /// Tracks that are not as they were.
    pub changed: usize,
    /// Tracks that are not there any more.
    pub removed: usize,
    /// Files and folders with which something is wrong.
    pub problems: usize,
    /// What tracks were called that are elsewhere now, and what they are called now.
    pub moved: Vec<(TrackRef, TrackRef)>,
}

impl State {
    pub(super) fn scan_went_on(&mut self, progress: ScanProgress) -> Vec<Effect> {
        self.scan = Some(progress);
        Vec::new()
    }

    /// The lists of the listener's own music are made anew where anything changed.
    pub(super) fn scanned(&mut self, result: Result<ScanOutcome, Fault>) -> Vec<Effect> {
        self.scan = None;
        let outcome = match result {
            Ok(outcome) => outcome,
            Err(fault) => return self.tell(Level::Warning, super::notices::words(&fault)),
        };
        let ScanOutcome { added, changed, removed, problems, moved } = outcome;
        self.follow_moved(moved);
        let parts = [(added, "added"), (changed, "changed"), (removed, "gone")];
        let mut parts: Vec<_> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if parts.is_empty() {
            return Vec::new();
        }
        if problems > 0 {
            parts.push(format!("{problems} not read; segue library check lists them"));
        }
        let mut effects = self.renew_own_music();
        effects.push(Effect::FindOwnCodes);
        effects.extend(self.tell(Level::Info, format!("My music: {}", parts.join(", "))));
        effects
    }

    /// Tracks whose files are elsewhere now go by their new names wherever rows of them are shown or kept for pasting, so
    /// that what is saved next does not bring the old ones back.
    fn follow_moved(&mut self, moved: Vec<(TrackRef, TrackRef)>) {
        if moved.is_empty() {
            return;
        }
        let moved: HashMap<TrackRef, TrackRef> = moved.into_iter().collect();
        let mut made: HashMap<TrackRef, Arc<Track>> = HashMap::new();
        self.each_kept_row(|track| {
            if let Some(now) = moved.get(&track.reference) {
                let known = made.entry(track.reference.clone());
                let same = known
                    .or_insert_with(|| Arc::new(Track { reference: now.clone(), ..Track::clone(track) }));
                *track = Arc::clone(same);
            }
        });
    }

    /// Changes what rows of lists say that are edited here, those that were taken out or copied included.
    pub(super) fn each_kept_row(&mut self, mut change: impl FnMut(&mut Arc<Track>)) {
        self.clipboard.iter_mut().for_each(&mut change);
        let queue = &mut self.queue;
        queue.entries.iter_mut().for_each(|entry| change(&mut entry.track));
        queue.journal.each_row(|entry| change(&mut entry.track));
        let Some(open) = &mut self.playlists.open else { return };
        open.entries.iter_mut().for_each(|entry| change(&mut entry.track));
        open.journal.each_row(|entry| change(&mut entry.track));
        open.each_sorted(|entry| change(&mut entry.track));
    }

    fn renew_own_music(&mut self) -> Vec<Effect> {
        let is_own = |info: &&ServiceInfo| info.capabilities.is_local;
        let Some(own) = self.services.iter().find(is_own).cloned() else { return Vec::new() };
        self.renew_lists(&own);
        let is_open =
            self.browse.trail.is_empty() && self.browse.open().is_some_and(|shelf| shelf.service == own.id);
        if self.page == Page::Browse && is_open { self.fill_open_shelf() } else { Vec::new() }
    }
}
