//! What fetching needs besides the bytes: where they are asked for, what waits and room are given, whom to tell.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{DownloadProgress, DownloadState, Fault, Locator, Retry, Wanted};
use crate::stream::StreamError;
use crate::stream::keep::{Brake, Found, Version, Wish};

use super::folder::Folder;
use super::stop::{Snag, Stop};
use super::{Copier, Helper};

/// Tries in a row that bring nothing.
const MOST_TRIES: u8 = 5;

/// One download at its work.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub copier: &'a Copier,
    pub helper: &'a dyn Helper,
    pub wanted: &'a Wanted,
    pub folder: &'a Folder,
}

impl Line<'_> {
    /// Asks for bytes of `locator`, once.
    pub(super) async fn ask(
        &self,
        locator: &Locator,
        (from, to): (u64, Option<u64>),
        version: Option<&Version>,
    ) -> Result<Found, StreamError> {
        let brake: Arc<dyn Brake> = Arc::new(self.copier.pace.clone());
        let brake = Some(brake);
        let variant = self.copier.rules.variant;
        self.copier.streams.keep(&Wish { locator, from, to, version, variant, brake }).await
    }

    /// Waits before the try that follows the failed one number `tries`; an error when another is of no use.
    pub(super) async fn pause(&self, error: StreamError, tries: u8, most: u8) -> Result<(), Snag> {
        if error.is_limit() {
            // Not this request alone: the whole service wants to be left alone, which the queue has to know.
            // A second that has begun is waited for.
            let whole = |wait: Duration| wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
            let wait_s = error.asked_wait().map(whole);
            return Err(Stop::Failed(Fault { retry: Retry::Later, wait_s, ..error.fault() }).into());
        }
        match error.retry_delay(tries, jitter()) {
            Some(delay) if tries < most => {
                tokio::time::sleep(delay).await;
                Ok(())
            }
            _ => Err(error.into()),
        }
    }

    /// The same with the usual patience.
    pub(super) async fn pause_usual(&self, error: StreamError, tries: u8) -> Result<(), Snag> {
        self.pause(error, tries, MOST_TRIES).await
    }

    /// Whether `needed` bytes more may be written.
    pub(super) fn check_room(&self, needed: u64) -> Result<(), Stop> {
        let reserve = self.copier.rules.reserve_bytes;
        let free = self.folder.free_bytes().map_err(|error| Stop::disk(&error, self.folder.path()))?;
        if free < needed.saturating_add(reserve) {
            return Err(Stop::no_room(self.folder.path(), needed, free, reserve));
        }
        Ok(())
    }

    /// What an error of the disk means here.
    pub(super) fn disk(&self, error: &std::io::Error) -> Stop {
        Stop::disk(error, self.folder.path())
    }

    /// Tells how far it is.
    pub(super) fn tell(
        &self,
        state: DownloadState,
        bytes: u64,
        total: Option<u64>,
        pieces: Option<(usize, usize)>,
    ) {
        self.helper.tell(self.wanted.id, DownloadProgress { state, bytes, total, pieces });
    }
}

/// A random number from 0.0 to 1.0 that spreads the waits between tries.
fn jitter() -> f64 {
    // Without a source of randomness the waits are merely not spread.
    f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX)
}
