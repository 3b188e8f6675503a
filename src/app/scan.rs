//! The scan of the listener's own music, as far as the screen tells it.

use super::effect::Effect;
use super::focus::Page;
use super::notices::Level;
use super::state::State;
use crate::model::{Fault, ServiceInfo};

/// How far a scan is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanProgress {
    /// Files that were read.
    pub done: usize,
    /// Files that are to be read; 0 while folders are still looked through.
    pub total: usize,
}

/// What a scan came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanOutcome {
    /// New tracks, those that are elsewhere now included.
    pub added: usize,
    /// Tracks that are not as they were.
    pub changed: usize,
    /// Tracks that are not there any more.
    pub removed: usize,
    /// Files and folders with which something is wrong.
    pub problems: usize,
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
        let ScanOutcome { added, changed, removed, problems } = outcome;
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
        effects.extend(self.tell(Level::Info, format!("My music: {}", parts.join(", "))));
        effects
    }

    fn renew_own_music(&mut self) -> Vec<Effect> {
        let height = self.list_height();
        let is_own = |info: &&ServiceInfo| info.capabilities.is_local;
        let Some(own) = self.services.iter().find(is_own).cloned() else { return Vec::new() };
        self.browse.renew(&own, height);
        let is_open =
            self.browse.trail.is_empty() && self.browse.open().is_some_and(|shelf| shelf.service == own.id);
        if self.page == Page::Browse && is_open { self.fill_open_shelf() } else { Vec::new() }
    }
}
