//! The one door to an API: whoever calls it passes here, one call after the other as fast as the API likes
//! it, and nobody passes while it wants to be left alone.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;
use url::Url;

use super::error::NetError;
use super::ledger::{Ledger, Pace, Turn};
use super::redirect::host_of;

/// Keeps one API's [`Pace`], back-off and retry budget.
#[derive(Debug)]
pub struct Gate {
    pace: Pace,
    seats: Semaphore,
    ledger: Mutex<Ledger>,
    /// The ledger counts time from here.
    born: Instant,
}

impl Gate {
    /// A door that nobody has passed yet.
    pub fn new(pace: Pace) -> Self {
        let seats = Semaphore::new(pace.in_flight.max(1));
        Self { pace, seats, ledger: Mutex::default(), born: Instant::now() }
    }

    /// Waits for a place and for the pace; a request to `url` may be under way while the permit lives. An
    /// API that wants to be left alone for longer than `patience` is told as [`NetError::Closed`] at once.
    pub async fn pass(&self, url: &Url, patience: Duration) -> Result<SemaphorePermit<'_>, NetError> {
        let closed = |wait| NetError::Closed { host: host_of(url), wait };
        // Asked before waiting for a place: the places may be taken by who has the patience.
        if let Some(wait) = self.ledger().closed_for(self.born.elapsed()).filter(|wait| *wait > patience) {
            return Err(closed(wait));
        }
        // The semaphore is never closed.
        let Ok(permit) = self.seats.acquire().await else { return Err(closed(Duration::ZERO)) };
        loop {
            let turn = self.ledger().ask(&self.pace, self.born.elapsed());
            match turn {
                Turn::Go => return Ok(permit),
                Turn::Closed(wait) if wait > patience => return Err(closed(wait)),
                Turn::Wait(wait) | Turn::Closed(wait) => tokio::time::sleep(wait).await,
            }
        }
    }

    /// Learns from what came of a request: `None` is a success.
    pub fn learn(&self, failure: Option<&NetError>) {
        match failure {
            None => self.ledger().answered(),
            Some(NetError::Status { status: 429 | 503, retry_after: Some(wait), .. }) => {
                let now = self.born.elapsed();
                self.ledger().close(now, *wait);
            }
            Some(_) => {}
        }
    }

    /// Whether one more retry is within the API's budget; it is counted.
    pub fn may_retry(&self) -> bool {
        self.ledger().spend_retry()
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
