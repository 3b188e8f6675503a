//! What time it is at a service. A machine whose clock is wrong gets its signatures refused; the `Date` of
//! the refusal tells by how much. Reads no clock by itself.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::net::unix_seconds;

/// Clocks nearer than this are as good as equal; services allow minutes.
const TOLERANCE_S: u64 = 60;

/// How far a service's clock is ahead of this machine's, as far as is known.
#[derive(Debug, Default)]
pub(super) struct ServiceClock {
    ahead_s: AtomicI64,
}

impl ServiceClock {
    /// The service's time when this machine's is `unix_time`, both in unix seconds.
    pub(super) fn time(&self, unix_time: u64) -> u64 {
        unix_time.saturating_add_signed(self.ahead_s.load(Ordering::Relaxed))
    }

    /// Takes the `Date` header of a refusal that came at `unix_time`. Whether the time that was sent was
    /// wrong, so that asking again may help.
    pub(super) fn learn(&self, date: &str, unix_time: u64) -> bool {
        let Some(there) = unix_seconds(date) else { return false };
        let was_wrong = self.time(unix_time).abs_diff(there) > TOLERANCE_S;
        if was_wrong && let Some(ahead_s) = there.checked_signed_diff(unix_time) {
            self.ahead_s.store(ahead_s, Ordering::Relaxed);
        }
        was_wrong
    }

    /// Drops what was learnt: it did not help.
    pub(super) fn forget(&self) {
        self.ahead_s.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_learnt_once() {
        let clock = ServiceClock::default();
        let date = "Wed, 01 Jan 2025 00:00:00 GMT";
        assert!(!clock.learn(date, 1_735_689_580), "near enough");
        assert_eq!(clock.time(100), 100);
        assert!(clock.learn(date, 1_735_689_600 - 7200));
        assert_eq!(clock.time(100), 7300);
        assert!(!clock.learn(date, 1_735_689_600 - 7200), "known already");
        assert!(clock.learn(date, 1_735_689_600 + 500));
        assert_eq!(clock.time(1000), 500);
        assert!(!clock.learn("nonsense", 0));
    }
}
