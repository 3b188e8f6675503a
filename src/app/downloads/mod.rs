//! Copies for listening offline: the queue of jobs, who waits for what and why, and the page that shows it. How one
//! track is copied is the engine's affair; what is kept over a restart is told as changes.

mod command;
mod copies;
mod deleting;
mod engine;
mod finding;
mod fold;
mod holding;
mod job;
mod jobs;
mod keeping;
mod room;
mod schedule;
mod state;
#[cfg(test)]
pub(in crate::app) mod tests;
mod update;

pub use command::{Obeyed, leave_out_refused};
pub use engine::{EngineNews, EngineReport};
pub use finding::FoundDownload;
pub use fold::{Fold, FoldedGroup};
pub use job::{Added, Job, Weather};
pub use jobs::{JobLimits, JobOrder, Jobs};
pub use keeping::travel_words;
pub use state::{DownloadMark, DownloadStart, DownloadSum, Downloads, percent};
