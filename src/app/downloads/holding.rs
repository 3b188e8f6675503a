//! Holding rows of the page back, letting them go on, and trying them again.

use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::queue::tracks;
use crate::app::state::State;
use crate::model::{DownloadCommand, DownloadId, EntryId};

impl State {
    /// Holds the rows, or lets them go on where all are held.
    pub(in crate::app) fn pause_downloads(&mut self) -> Vec<Effect> {
        let (ids, resumes) = self.jobs_to_pause();
        let command = if resumes { DownloadCommand::Resume(ids) } else { DownloadCommand::Pause(ids) };
        let mut effects = self.command_downloads(command).0;
        if self.downloads.jobs.is_paused() {
            let words =
                if resumes { "All downloads are held as well" } else { "Held also when all downloads go on" };
            effects.extend(self.tell(Level::Info, words));
        }
        effects
    }

    /// The jobs meant that are not over, and whether to pause them means to let them go on: all of them are held.
    fn jobs_to_pause(&mut self) -> (Vec<DownloadId>, bool) {
        let meant = self.jobs_meant();
        let job = |id: &DownloadId| self.downloads.jobs.job(EntryId(id.0));
        let ids: Vec<_> = meant.into_iter().filter(|id| job(id).is_some_and(|job| !job.is_over())).collect();
        let resumes = !ids.is_empty() && ids.iter().all(|id| job(id).is_some_and(|job| job.is_paused));
        (ids, resumes)
    }

    /// Holds everything, or lets it go on.
    pub(in crate::app) fn pause_all_downloads(&mut self) -> Vec<Effect> {
        let resumes = self.downloads.jobs.is_paused();
        let (command, words) = if resumes {
            (DownloadCommand::ResumeAll, "Downloads go on")
        } else {
            (DownloadCommand::PauseAll, "All downloads are held")
        };
        let mut effects = self.command_downloads(command).0;
        effects.extend(self.tell(Level::Info, words));
        effects
    }

    /// Tries the rows again now.
    pub(in crate::app) fn retry_downloads(&mut self, all: bool) -> Vec<Effect> {
        let command =
            if all { DownloadCommand::RetryFailed } else { DownloadCommand::Retry(self.jobs_meant()) };
        let (mut effects, obeyed) = self.command_downloads(command);
        let words = match obeyed.map(|obeyed| obeyed.count) {
            Some(0) => "Nothing failed here".to_owned(),
            Some(count) => format!("Trying again: {}", tracks(count)),
            None => "The Segue that downloads was asked to try again".to_owned(),
        };
        effects.extend(self.tell(Level::Info, words));
        effects
    }
}
