//! Whether the decoder stands still for want of bytes: then every second counts in getting them.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Set by whoever reads, looked at by whoever fetches.
#[derive(Debug, Default)]
pub(super) struct Hunger {
    is_hungry: AtomicBool,
    notify: Notify,
}

impl Hunger {
    /// The decoder waits from here on, or goes on.
    pub(super) fn set(&self, is_hungry: bool) {
        self.is_hungry.store(is_hungry, Ordering::Release);
        if is_hungry {
            self.notify.notify_waiters();
        }
    }

    /// Whether the decoder waits.
    pub(super) fn is_hungry(&self) -> bool {
        self.is_hungry.load(Ordering::Acquire)
    }

    /// Resolves once the decoder waits.
    pub(super) async fn begins(&self) {
        loop {
            let notified = self.notify.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            if self.is_hungry() {
                return;
            }
            notified.await;
        }
    }
}
