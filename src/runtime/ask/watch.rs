//! The queue of downloads as it changes, whoever runs it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::library::Downloads;
use crate::model::{DownloadId, DownloadJob, DownloadState, Fault, Retry};
use crate::runtime::profile::Profile;

use super::clock;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(500);

/// What has changed.
#[derive(Clone, Debug, PartialEq)]
pub enum WatchNews {
    /// Whether another program runs the queue, which is told first.
    Runs(bool),
    /// A download is new, or stands elsewhere.
    Job(Box<DownloadJob>),
    /// A download was taken out.
    Gone(DownloadId),
    /// Where everything is, after what changed.
    Sum {
        /// How many are done.
        done: usize,
        /// Of how many.
        all: usize,
        /// Bytes that came of those that are not done.
        bytes: u64,
        /// Bytes of those, as far as known.
        total: u64,
    },
}

/// Tells of everything in the queue, and of what changes there until nothing is left to be done.
///
/// # Errors
/// When the library fails.
pub fn watch_downloads(profile: &Profile, news: &mut dyn FnMut(WatchNews)) -> Result<(), Fault> {
    // Looking makes no library.
    if !profile.paths.library_file().exists() {
        return Ok(());
    }
    let tasks = crate::runtime::tokio_runtime()?;
    let mut kept = Downloads::open(&profile.paths.library_file()).map_err(|error| error.fault())?;
    news(WatchNews::Runs(!kept.take_turn()));
    kept.give_turn();
    let mut known: BTreeMap<DownloadId, DownloadJob> = BTreeMap::new();
    loop {
        // Before it is read, so that nothing falls between.
        kept.has_changed()?;
        let jobs = kept.load(clock::unix_millis())?.jobs;
        tell(&mut known, &jobs, news);
        if jobs.iter().all(is_over) {
            return Ok(());
        }
        while !kept.has_changed()? {
            tasks.block_on(async { tokio::time::sleep(LOOK).await });
        }
    }
}

fn tell(
    known: &mut BTreeMap<DownloadId, DownloadJob>,
    jobs: &[DownloadJob],
    news: &mut dyn FnMut(WatchNews),
) {
    let mut has_changed = known.is_empty();
    known.retain(|id, _| {
        let stays = jobs.iter().any(|job| job.id == *id);
        if !stays {
            news(WatchNews::Gone(*id));
            has_changed = true;
        }
        stays
    });
    for job in jobs {
        let is_same = |before: &DownloadJob| DownloadJob { wait: job.wait, ..before.clone() } == *job;
        if !known.get(&job.id).is_some_and(is_same) {
            known.insert(job.id, job.clone());
            news(WatchNews::Job(Box::new(job.clone())));
            has_changed = true;
        }
    }
    if has_changed {
        let open = || jobs.iter().filter(|job| job.state != DownloadState::Done);
        news(WatchNews::Sum {
            done: jobs.len() - open().count(),
            all: jobs.len(),
            bytes: open().map(|job| job.bytes).sum(),
            total: open().filter_map(|job| job.total).sum(),
        });
    }
}

/// Whether nothing more comes of it by itself.
fn is_over(job: &DownloadJob) -> bool {
    match &job.state {
        DownloadState::Done | DownloadState::Paused => true,
        DownloadState::Failed(fault) => fault.retry == Retry::Never,
        DownloadState::Waiting
        | DownloadState::Locating
        | DownloadState::Fetching
        | DownloadState::Verifying
        | DownloadState::Tagging
        | DownloadState::Held(_) => false,
    }
}
