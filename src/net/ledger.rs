//! What one API may still be asked: a token bucket, the time until which it asked to be left alone, and the
//! retries it has left. Pure: time is an argument, counted from any fixed moment.

use std::time::Duration;

/// Retries that calls to one API may make in a row without a success between them.
const RETRY_BUDGET: u32 = 10;

/// Successful answers that earn one retry back.
const ANSWERS_PER_RETRY: u32 = 5;

/// How fast an API is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Requests that may go at once after a quiet time.
    pub burst: u32,
    /// After them one more may go each time this has passed. Zero: any number.
    pub period: Duration,
    /// Requests that may be under way at the same time, at least 1.
    pub in_flight: usize,
}

/// Whether a request may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It may, and is counted.
    Go,
    /// Not before this has passed: it would be one too many.
    Wait(Duration),
    /// The API asked to be left alone for this long yet.
    Closed(Duration),
}

/// The account of one API.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// When the bucket would be full if nothing went any more.
    full_at: Duration,
    closed_until: Duration,
    /// Retries spent, each as [`ANSWERS_PER_RETRY`].
    spent: u32,
}

impl Ledger {
    /// Asks at the time `now` to let one request go.
    pub(super) fn ask(&mut self, pace: &Pace, now: Duration) -> Turn {
        if let Some(left) = self.closed_for(now) {
            return Turn::Closed(left);
        }
        // A bucket that lacks all but one of its tokens lets one more go.
        let room = pace.period * pace.burst.max(1).saturating_sub(1);
        if let Some(wait) = self.full_at.checked_sub(now + room).filter(|wait| !wait.is_zero()) {
            return Turn::Wait(wait);
        }
        self.full_at = self.full_at.max(now) + pace.period;
        Turn::Go
    }

    /// How long from `now` on the API wants to be left alone yet.
    pub(super) fn closed_for(&self, now: Duration) -> Option<Duration> {
        self.closed_until.checked_sub(now).filter(|left| !left.is_zero())
    }

    /// The API asked at the time `now` to be left alone for `wait`, however long that is.
    pub(super) fn close(&mut self, now: Duration, wait: Duration) {
        self.closed_until = self.closed_until.max(now.saturating_add(wait));
    }

    /// Takes a retry out of the budget, if there is one.
    pub(super) fn spend_retry(&mut self) -> bool {
        let spent = self.spent + ANSWERS_PER_RETRY;
        let may = spent <= RETRY_BUDGET * ANSWERS_PER_RETRY;
        if may {
            self.spent = spent;
        }
        may
    }

    /// Counts a successful answer.
    pub(super) fn answered(&mut self) {
        self.spent = self.spent.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PACE: Pace = Pace { burst: 3, period: Duration::from_millis(500), in_flight: 4 };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_burst_goes_and_the_rest_waits() {
        let mut ledger = Ledger::default();
        let mut check = |now, expected| assert_eq!(ledger.ask(&PACE, ms(now)), expected, "{now}");
        check(0, Turn::Go);
        check(0, Turn::Go);
        check(0, Turn::Go);
        check(0, Turn::Wait(ms(500)));
        check(200, Turn::Wait(ms(300)));
        check(500, Turn::Go);
        check(500, Turn::Wait(ms(500)));
        check(10_000, Turn::Go);
        check(10_000, Turn::Go);
        check(10_000, Turn::Go);
        check(10_000, Turn::Wait(ms(500)));
    }

    #[test]
    fn no_period_is_no_limit() {
        let mut ledger = Ledger::default();
        let pace = Pace { period: Duration::ZERO, ..PACE };
        assert!((0..1000).all(|_| ledger.ask(&pace, ms(7)) == Turn::Go));
    }

    #[test]
    fn who_asks_to_be_left_alone_is() {
        let mut ledger = Ledger::default();
        ledger.close(ms(1000), ms(42_000));
        ledger.close(ms(1000), ms(5));
        assert_eq!(ledger.ask(&PACE, ms(2000)), Turn::Closed(ms(41_000)));
        assert_eq!(ledger.ask(&PACE, ms(43_000)), Turn::Go);
        let year = Duration::from_secs(365 * 86_400);
        ledger.close(ms(43_000), year);
        assert_eq!(
            ledger.ask(&PACE, ms(643_000)),
            Turn::Closed(year.saturating_sub(ms(600_000))),
            "not after ten minutes"
        );
        ledger.close(ms(43_000), Duration::MAX);
        assert_eq!(ledger.ask(&PACE, ms(43_000)), Turn::Closed(Duration::MAX.saturating_sub(ms(43_000))));
    }

    #[test]
    fn retries_run_out_and_are_earned_back() {
        let mut ledger = Ledger::default();
        assert_eq!((0..50).filter(|_| ledger.spend_retry()).count(), 10);
        for _ in 0..4 {
            ledger.answered();
        }
        assert!(!ledger.spend_retry());
        ledger.answered();
        assert!(ledger.spend_retry());
        assert!(!ledger.spend_retry());
    }

    proptest! {
        /// Whoever asks, and however often: no stretch of a second holds more than five requests.
        #[test]
        fn never_more_than_five_a_second(steps in proptest::collection::vec(0_u64..700, 1..200)) {
            let mut ledger = Ledger::default();
            let (mut now, mut gone) = (0, Vec::new());
            for step in steps {
                now += step;
                if ledger.ask(&PACE, ms(now)) == Turn::Go {
                    gone.push(now);
                }
            }
            for six in gone.windows(6) {
                prop_assert!(six[5] - six[0] >= 1000, "{six:?}");
            }
        }
    }
}
