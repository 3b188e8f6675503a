//! Watches folders, so that what changes in them is seen without being asked for. Where the system cannot watch
//! so many, the folders are looked through from time to time.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

/// Nothing must change for so long before it is worth a scan.
const QUIET: Duration = Duration::from_secs(2);

/// Changes without an end are not waited for longer.
const MAX_QUIET_WAITS: u32 = 30;

/// How often folders are looked through that cannot be watched.
const RESCAN_INTERVAL: Duration = Duration::from_secs(600);

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Something changed, or may have.
    Changed,
    /// The program ends.
    Stop,
}

/// Calls for a scan when one is due.
#[derive(Debug)]
pub struct Watch {
    calls: Receiver<Call>,
    /// Ends with this.
    watcher: Option<RecommendedWatcher>,
}

impl Watch {
    /// Where calls are made, and where they come out.
    pub fn calls() -> (SyncSender<Call>, Receiver<Call>) {
        sync_channel(1)
    }

    /// Watches `folders` and all below; what changes there is told to `caller`, whose calls come out of `calls`.
    /// With it comes the reason why the folders cannot be watched, if so. Folders that are not there cannot be.
    pub fn begin(
        folders: &[PathBuf],
        caller: SyncSender<Call>,
        calls: Receiver<Call>,
    ) -> (Self, Option<String>) {
        let made = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // Reading is no change. An error means that something may have been missed.
            if event.is_ok_and(|event| event.kind.is_access() && !event.need_rescan()) {
                return;
            }
            // A call that waits already is enough.
            let _ = caller.try_send(Call::Changed);
        });
        let watching = made.and_then(|mut watcher| {
            for folder in folders.iter().filter(|folder| folder.is_dir()) {
                watcher.watch(folder, RecursiveMode::Recursive)?;
            }
            Ok(watcher)
        });
        match watching {
            Ok(watcher) => (Self { calls, watcher: Some(watcher) }, None),
            Err(error) => (Self { calls, watcher: None }, Some(error.to_string())),
        }
    }

    /// Waits until a scan is due, or the program ends.
    pub fn wait(&self) -> Call {
        let first = match &self.watcher {
            Some(_) => self.calls.recv().unwrap_or(Call::Stop),
            None => match self.calls.recv_timeout(RESCAN_INTERVAL) {
                Ok(call) => call,
                Err(RecvTimeoutError::Timeout) => return Call::Changed,
                Err(RecvTimeoutError::Disconnected) => Call::Stop,
            },
        };
        if first == Call::Stop {
            return Call::Stop;
        }
        for _ in 0..MAX_QUIET_WAITS {
            match self.calls.recv_timeout(QUIET) {
                Ok(Call::Changed) => {}
                Ok(Call::Stop) => return Call::Stop,
                Err(_) => break,
            }
        }
        Call::Changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_calls_for_a_scan_and_reading_does_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("old.mp3"), "x").unwrap();
        let (caller, calls) = Watch::calls();
        let (watch, problem) = Watch::begin(&[folder.path().to_owned()], caller.clone(), calls);
        assert_eq!(problem, None);
        std::fs::read(folder.path().join("old.mp3")).unwrap();
        std::fs::create_dir(folder.path().join("new")).unwrap();
        assert_eq!(watch.wait(), Call::Changed);
        std::fs::read(folder.path().join("old.mp3")).unwrap();
        caller.send(Call::Stop).unwrap();
        assert_eq!(watch.wait(), Call::Stop);
    }
}
