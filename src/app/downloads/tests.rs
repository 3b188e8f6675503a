//! The queue with an engine that is played by hand.

mod any;
mod keeping;
mod page;
mod rules;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::app::tests::{format, track};
use crate::model::{
    DownloadCommand, DownloadId, DownloadProgress, DownloadState, EntryId, Fault, FaultKind, FinishedCopy,
    Hold, HoldReason, ListSource, Track,
};

/// A queue and what its engine has been told.
pub(super) struct Bench {
    pub jobs: Jobs,
    /// What runs: by job, the number of the run and whether it was told to stop.
    pub running: BTreeMap<DownloadId, (u64, bool)>,
    /// Every run that was begun, in order.
    pub begun: Vec<DownloadId>,
    /// The files of copies that made room.
    pub removed: Vec<PathBuf>,
    /// The lists that are to be read.
    pub read: Vec<ListSource>,
    /// Mixed into every chance.
    chance: u64,
}

pub(in crate::app) fn file(id: DownloadId) -> FinishedCopy {
    FinishedCopy {
        path: PathBuf::from(format!("/music/{}.mp3", id.0)),
        bytes: 1000,
        sha256: "0".repeat(64),
        source_sha256: "1".repeat(64),
        format: format(),
        length: Duration::from_secs(200),
        notes: Vec::new(),
        learned: None,
    }
}

pub(super) fn slow() -> Fault {
    Fault::new(FaultKind::Network, "Nothing comes")
}

pub(super) fn full() -> Hold {
    let fault = Fault::new(FaultKind::Other, "The disk of /music is full").hint("Make room on that disk");
    Hold { reason: HoldReason::Space, fault }
}

impl Bench {
    pub fn new(limits: JobLimits) -> Self {
        Self::with(Jobs::new(crate::model::KeptDownloads::default(), limits))
    }

    pub fn with(jobs: Jobs) -> Self {
        Self {
            jobs,
            running: BTreeMap::new(),
            begun: Vec::new(),
            removed: Vec::new(),
            read: Vec::new(),
            chance: 1,
        }
    }

    /// Takes the orders as the engine does; none contradicts another.
    pub fn take(&mut self, orders: Vec<JobOrder>) {
        for order in orders {
            match order {
                JobOrder::Fetch { id, run } => {
                    assert!(self.running.insert(id, (run, false)).is_none(), "{id:?} runs twice");
                    self.begun.push(id);
                }
                JobOrder::Remove(copy) => self.removed.push(copy.path),
                JobOrder::Read(source) => self.read.push(source),
                JobOrder::Stop { id } => {
                    let (_, stops) = self.running.get_mut(&id).expect("only what runs is stopped");
                    assert!(!std::mem::replace(stops, true), "{id:?} is stopped twice");
                }
            }
        }
    }

    pub fn ask(&mut self, command: DownloadCommand) -> Obeyed {
        let obeyed = self.jobs.obey(command, None);
        self.take(obeyed.orders.clone());
        obeyed
    }

    pub fn add(&mut self, tracks: Vec<Track>) -> Added {
        self.ask(DownloadCommand::Add { tracks: tracks.into_iter().map(Arc::new).collect(), group: None })
            .added
    }

    /// The engine reports on what it runs.
    pub fn tell(&mut self, id: DownloadId, news: EngineNews) {
        let run = self.running.get(&id).expect("it runs").0;
        if !matches!(news, EngineNews::Progress(_)) {
            self.running.remove(&id);
        }
        self.chance =
            self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let orders = self.jobs.hear(EngineReport { id, run, news }, self.chance >> 20);
        self.take(orders);
    }

    pub fn finish(&mut self, id: DownloadId) {
        self.tell(id, EngineNews::Done(Box::new(file(id))));
    }

    pub fn progress(&mut self, id: DownloadId, state: DownloadState, bytes: u64) {
        let progress = DownloadProgress { state, bytes, total: Some(1000), pieces: None };
        self.tell(id, EngineNews::Progress(progress));
    }

    pub fn seconds(&mut self, seconds: u64) {
        for _ in 0..seconds {
            let orders = self.jobs.step(Duration::from_secs(1));
            self.take(orders);
        }
    }

    pub fn state(&self, id: DownloadId) -> DownloadState {
        self.jobs.state(EntryId(id.0)).expect("it is there")
    }

    /// The titles of what runs, by number.
    pub fn runs(&self) -> Vec<u64> {
        self.running.keys().map(|id| id.0).collect()
    }

    /// Every row in short words: its number and where it stands.
    pub fn rows(&self) -> String {
        let row = |entry: &crate::model::Entry| {
            let id = entry.id;
            format!("{} {}", id.0, brief(&self.jobs.state(id).expect("it is there")))
        };
        self.jobs.entries().iter().map(row).collect::<Vec<_>>().join(", ")
    }
}

pub(super) fn brief(state: &DownloadState) -> String {
    match state {
        DownloadState::Waiting => "waits".to_owned(),
        DownloadState::Locating => "locates".to_owned(),
        DownloadState::Fetching => "fetches".to_owned(),
        DownloadState::Verifying => "verifies".to_owned(),
        DownloadState::Tagging => "tags".to_owned(),
        DownloadState::Done => "done".to_owned(),
        DownloadState::Paused => "paused".to_owned(),
        DownloadState::Held(hold) => format!("held {:?}", hold.reason),
        DownloadState::Failed(fault) => format!("failed {:?}", fault.kind),
    }
}

pub(super) fn id(number: u64) -> DownloadId {
    DownloadId(number)
}

/// `count` tracks of a service.
pub(super) fn some(service: &str, count: usize) -> Vec<Track> {
    (0..count).map(|number| track(service, &format!("{service}{number}"))).collect()
}
