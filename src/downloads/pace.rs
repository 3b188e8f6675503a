//! How fast bytes may come: a token bucket. Pure but for [`Pace`], which shares one and reads the clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::stream::keep::Brake;

/// How long a time's worth of bytes may come at once: small, so that no second is much above the rate.
const BURST: Duration = Duration::from_millis(100);

/// So many bytes a second, and no more.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    bytes_per_second: u64,
    /// Bytes that may come at once; negative when more came than may.
    level: f64,
    /// When that was so.
    at: Duration,
}

impl Bucket {
    /// A full bucket at the time `now`. 0 bytes a second: no limit.
    pub fn new(bytes_per_second: u64, now: Duration) -> Self {
        Self { bytes_per_second, level: bytes_per_second as f64 * BURST.as_secs_f64(), at: now }
    }

    /// Takes what came; how long to wait before any more may.
    pub fn take(&mut self, now: Duration, bytes: usize) -> Duration {
        if self.bytes_per_second == 0 {
            return Duration::ZERO;
        }
        let rate = self.bytes_per_second as f64;
        let since = now.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(now);
        self.level = (self.level + since * rate).min(rate * BURST.as_secs_f64()) - bytes as f64;
        Duration::try_from_secs_f64(-self.level.min(0.0) / rate).unwrap_or(Duration::MAX)
    }
}

/// One bucket for all that is copied. Clones share it.
#[derive(Clone, Debug)]
pub struct Pace {
    bucket: Arc<Mutex<Bucket>>,
    start: tokio::time::Instant,
}

impl Pace {
    /// So many bytes a second for all together; 0 sets no limit.
    pub fn new(bytes_per_second: u64) -> Self {
        let bucket = Bucket::new(bytes_per_second, Duration::ZERO);
        Self { bucket: Arc::new(Mutex::new(bucket)), start: tokio::time::Instant::now() }
    }

    /// What may come in a second; 0: there is no limit.
    pub fn bytes_per_second(&self) -> u64 {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner).bytes_per_second
    }

    /// Another rate from now on.
    pub fn set(&self, bytes_per_second: u64) {
        let now = self.start.elapsed();
        *self.bucket.lock().unwrap_or_else(PoisonError::into_inner) = Bucket::new(bytes_per_second, now);
    }
}

impl Brake for Pace {
    fn is_on(&self) -> bool {
        self.bytes_per_second() > 0
    }

    fn wait(&self, bytes: usize) -> Duration {
        let now = self.start.elapsed();
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner).take(now, bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Bytes that come within ten seconds, in pieces of so many, each read as soon as it may be.
    fn come(rate: u64, piece: usize, lanes: usize) -> u64 {
        let mut bucket = Bucket::new(rate, Duration::ZERO);
        let mut free_at = vec![Duration::ZERO; lanes];
        let mut bytes = 0;
        loop {
            let lane = free_at.iter_mut().min().unwrap();
            if *lane >= Duration::from_secs(10) {
                return bytes;
            }
            let now = *lane;
            *lane = now + bucket.take(now, piece) + Duration::from_nanos(1);
            bytes += piece as u64;
        }
    }

    #[test]
    fn ten_seconds_are_honest_within_five_percent() {
        for rate in [50_000, 100_000, 1_000_000, 10_000_000] {
            for (piece, lanes) in [(1_000, 1), (16_384, 1), (16_384, 4), (1_000, 12)] {
                let ratio = come(rate, piece, lanes) as f64 / (rate as f64 * 10.0);
                // Each lane may have one piece too many, which is more than 5 % of a very low rate.
                let pieces = (lanes * piece) as f64 / (rate as f64 * 10.0);
                assert!(
                    (0.95..1.05 + pieces).contains(&ratio),
                    "{rate} B/s in {piece} over {lanes}: {ratio}"
                );
            }
        }
    }

    #[test]
    fn no_rate_is_no_limit_and_clocks_that_go_back_cost_nothing() {
        let mut free = Bucket::new(0, Duration::ZERO);
        assert_eq!(free.take(Duration::ZERO, usize::MAX), Duration::ZERO);
        let mut bucket = Bucket::new(1000, Duration::from_secs(100));
        assert_eq!(bucket.take(Duration::from_secs(100), 600), Duration::from_millis(500));
        assert_eq!(bucket.take(Duration::from_secs(1), 500), Duration::from_secs(1));
        assert_eq!(bucket.take(Duration::from_secs(101), 0), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn never_more_than_the_rate_and_a_burst(
            rate in 1_u64..1_000_000_000, steps in prop::collection::vec((0_u64..2_000, 0_usize..100_000), 1..200),
        ) {
            let mut bucket = Bucket::new(rate, Duration::ZERO);
            let (mut now, mut bytes) = (Duration::ZERO, 0_u64);
            for (idle_ms, piece) in steps {
                now += Duration::from_millis(idle_ms);
                let may = rate as f64 * (now + BURST).as_secs_f64() + 1.0;
                prop_assert!(bytes as f64 <= may, "{bytes} of {may}");
                now += bucket.take(now, piece);
                bytes += piece as u64;
                let may = rate as f64 * (now + BURST).as_secs_f64() * 1.000_001 + 1.0;
                prop_assert!(bytes as f64 <= may, "{bytes} of {may} after waiting");
            }
        }
    }
}
