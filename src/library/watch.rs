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

/// How often a folder is looked for that is not there: a drive that comes later.
const RETRY_INTERVAL: Duration = Duration::from_secs(30);

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
    /// Each folder, and whether it is watched.
    folders: Vec<(PathBuf, bool)>,
    retry: Duration,
}

impl Watch {
    /// Where calls are made, and where they come out.
    pub fn calls() -> (SyncSender<Call>, Receiver<Call>) {
        sync_channel(1)
    }

    /// Watches `folders` and all below; what changes there is told to `caller`, whose calls come out of `calls`.
    /// With it comes the reason why the folders cannot be watched, if so. Folders that are not there are looked for from time
    /// to time.
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
            let mut watched = Vec::new();
            for folder in folders {
                let is_there = folder.is_dir();
                if is_there {
                    watcher.watch(folder, RecursiveMode::Recursive)?;
                }
                watched.push((folder.clone(), is_there));
            }
            Ok((watcher, watched))
        });
        let retry = RETRY_INTERVAL;
        match watching {
            Ok((watcher, folders)) => (Self { calls, watcher: Some(watcher), folders, retry }, None),
            Err(error) => {
                (Self { calls, watcher: None, folders: Vec::new(), retry }, Some(error.to_string()))
            }
        }
    }

    /// Watches folders that have come, and no longer those that went; whether any came.
    fn look_for_folders(&mut self) -> bool {
        let Some(watcher) = &mut self.watcher else { return false };
        let mut came = false;
        for (folder, is_watched) in &mut self.folders {
            let is_there = folder.is_dir();
            if *is_watched && !is_there {
                // What is gone is not watched any more by itself.
                let _ = watcher.unwatch(folder);
                *is_watched = false;
            } else if !*is_watched && is_there {
                *is_watched = watcher.watch(folder, RecursiveMode::Recursive).is_ok();
                came |= *is_watched;
            }
        }
        came
    }

    /// The first call; `None`: a folder came.
    fn first_call(&mut self) -> Option<Call> {
        if self.watcher.is_none() {
            return Some(match self.calls.recv_timeout(RESCAN_INTERVAL) {
                Ok(call) => call,
                Err(RecvTimeoutError::Timeout) => Call::Changed,
                Err(RecvTimeoutError::Disconnected) => Call::Stop,
            });
        }
        loop {
            if self.look_for_folders() {
                return None;
            }
            if self.folders.iter().all(|(_, is_watched)| *is_watched) {
                return Some(self.calls.recv().unwrap_or(Call::Stop));
            }
            match self.calls.recv_timeout(self.retry) {
                Ok(call) => return Some(call),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Some(Call::Stop),
            }
        }
    }

    /// Waits until a scan is due, or the program ends.
    pub fn wait(&mut self) -> Call {
        match self.first_call() {
            Some(Call::Stop) => return Call::Stop,
            None => return Call::Changed,
            Some(Call::Changed) => {}
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
        let (mut watch, problem) = Watch::begin(&[folder.path().to_owned()], caller.clone(), calls);
        assert_eq!(problem, None);
        std::fs::read(folder.path().join("old.mp3")).unwrap();
        std::fs::create_dir(folder.path().join("new")).unwrap();
        assert_eq!(watch.wait(), Call::Changed);
        std::fs::read(folder.path().join("old.mp3")).unwrap();
        caller.send(Call::Stop).unwrap();
        assert_eq!(watch.wait(), Call::Stop);
    }

    #[test]
    fn a_folder_that_comes_later_is_watched_then() {
        let folder = tempfile::tempdir().unwrap();
        let late = folder.path().join("drive");
        let (caller, calls) = Watch::calls();
        let (mut watch, problem) = Watch::begin(std::slice::from_ref(&late), caller.clone(), calls);
        assert_eq!(problem, None);
        watch.retry = Duration::from_millis(1);
        let waiting = std::thread::spawn(move || (watch.wait(), watch));
        std::fs::create_dir(&late).unwrap();
        let (call, mut watch) = waiting.join().unwrap();
        assert_eq!(call, Call::Changed);
        std::fs::write(late.join("new.mp3"), "x").unwrap();
        assert_eq!(watch.wait(), Call::Changed, "what comes into it is seen");
        // It goes, and comes again.
        std::fs::remove_dir_all(&late).unwrap();
        assert_eq!(watch.wait(), Call::Changed);
        assert!(!watch.look_for_folders());
        std::fs::create_dir(&late).unwrap();
        assert!(watch.look_for_folders());
    }
}
