//! Calls a decode thread away from a wait for bytes that nobody wants any more: the listener moved to another place.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::StreamError;

/// Nobody has begun to answer calls: waits are not ended.
const NOT_YET: u64 = u64::MAX;

/// Where a decode thread waits for bytes.
pub(super) trait Waiting: Send + Sync {
    /// Makes whoever waits look again. Takes the lock that is held between looking and waiting.
    fn wake(&self);
}

/// The calls made and answered. Numbers only grow.
#[derive(Debug)]
pub struct Interrupt {
    called: AtomicU64,
    answered: AtomicU64,
    place: Mutex<Option<Weak<dyn Waiting>>>,
}

impl Default for Interrupt {
    fn default() -> Self {
        Self { called: AtomicU64::new(0), answered: AtomicU64::new(NOT_YET), place: Mutex::new(None) }
    }
}

impl Interrupt {
    /// Ends the wait under way and those to come, until `number` is answered. What it is about has to be there
    /// before: whoever is called looks for it at once.
    pub fn call(&self, number: u64) {
        self.called.store(number, Ordering::Release);
        let place = self.place.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(place) = place.as_ref().and_then(Weak::upgrade) {
            place.wake();
        }
    }

    /// Calls up to `number` are answered, and later ones will be.
    pub fn answer(&self, number: u64) {
        self.answered.store(number, Ordering::Release);
    }

    /// Fails while a call is not answered.
    pub(super) fn check(&self) -> Result<(), StreamError> {
        let is_called = self.called.load(Ordering::Acquire) > self.answered.load(Ordering::Acquire);
        if is_called { Err(StreamError::Cancelled) } else { Ok(()) }
    }

    /// The next calls go to `place`. To be said before [`Self::check`], and that before waiting.
    pub(super) fn wait_at<P: Waiting + 'static>(&self, place: &Arc<P>) {
        let place: Weak<dyn Waiting> = Arc::downgrade(place) as Weak<dyn Waiting>;
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = Some(place);
    }
}
