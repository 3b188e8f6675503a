//! How fast bytes come, over all streams of the program: what one track learned, the next one begins with.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Believed until something is measured, in bits a second, as hls.js has it
/// (`abrEwmaDefaultEstimate`).
const FIRST_GUESS: f64 = 500_000.0;

/// Seconds of fetching after which half of what is known is forgotten: quick and slow, as shaka has
/// them. The lower of both counts, so that a drop is believed at once and a rise when it lasts.
const HALF_LIVES: [f64; 2] = [2.0, 5.0];

/// A shorter transfer counts as this long: what came out of a cache on the way says little.
const MIN_SECONDS: f64 = 0.05;

/// Smaller answers measure the round trip rather than the line.
const MIN_BYTES: f64 = 4096.0;

/// A mean in which what is older counts for less.
#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    value: f64,
    /// How much was measured so far, from 0 to 1.
    weight: f64,
}

impl Mean {
    fn add(&mut self, value: f64, seconds: f64, half_life: f64) {
        let kept = 0.5_f64.powf(seconds / half_life);
        self.value = kept * self.value + (1.0 - kept) * value;
        self.weight = kept * self.weight + (1.0 - kept);
    }
}

/// An estimate of the throughput from transfers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Estimate([Mean; 2]);

impl Estimate {
    /// Learns from a transfer of so many bytes in so much time.
    pub(super) fn add(&mut self, bytes: f64, took: Duration) {
        if bytes < MIN_BYTES {
            return;
        }
        let seconds = took.as_secs_f64().max(MIN_SECONDS);
        for (mean, half_life) in self.0.iter_mut().zip(HALF_LIVES) {
            mean.add(bytes * 8.0 / seconds, seconds, half_life);
        }
    }

    /// Bits a second.
    pub(super) fn bits_per_second(&self) -> f64 {
        let means = self.0.iter().filter(|mean| mean.weight > 0.0).map(|mean| mean.value / mean.weight);
        means.reduce(f64::min).unwrap_or(FIRST_GUESS)
    }
}

/// The estimate that all streams share, and the clock that times them.
#[derive(Clone)]
pub(in crate::stream) struct Meter {
    clock: Arc<dyn Fn() -> Duration + Send + Sync>,
    estimate: Arc<Mutex<Estimate>>,
}

impl Meter {
    /// A meter that knows nothing yet; `clock` tells the time since any fixed moment.
    pub(in crate::stream) fn new(clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), estimate: Arc::default() }
    }

    /// The time since the fixed moment.
    pub(super) fn now(&self) -> Duration {
        (self.clock)()
    }

    /// Learns from a transfer that began at `began` and has just ended.
    pub(super) fn add(&self, bytes: usize, began: Duration) {
        let took = self.now().saturating_sub(began);
        self.estimate.lock().unwrap_or_else(PoisonError::into_inner).add(bytes as f64, took);
    }

    /// Bits a second, as far as is known.
    pub(super) fn bits_per_second(&self) -> f64 {
        self.estimate.lock().unwrap_or_else(PoisonError::into_inner).bits_per_second()
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Meter").field(&self.bits_per_second()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After transfers of (kilobytes, milliseconds) the estimate is so many kilobits a second.
    fn check(transfers: &[(f64, u64)], expected: f64) {
        let mut estimate = Estimate::default();
        for (kilobytes, milliseconds) in transfers {
            estimate.add(kilobytes * 1000.0, Duration::from_millis(*milliseconds));
        }
        let found = estimate.bits_per_second() / 1000.0;
        assert!((found - expected).abs() < 0.001, "{transfers:?}: {found}, not {expected}");
    }

    #[test]
    fn drops_are_believed_at_once_and_rises_when_they_last() {
        check(&[], 500.0);
        check(&[(4.0, 9_000)], 500.0);
        check(&[(125.0, 1_000)], 1000.0);
        check(&[(125.0, 1_000); 9], 1000.0);
        // Ten seconds at 1 Mb/s, then two at 100 kb/s: of the quick mean, whose weight is then
        // 1 - 0.5^6, half is new.
        let quick = (0.5 * (1.0 - 0.5_f64.powi(5)) * 1000.0 + 0.5 * 100.0) / (1.0 - 0.5_f64.powi(6));
        check(&[(1250.0, 10_000), (25.0, 2_000)], quick);
        // The other way round the slow mean counts, of which a quarter is old after ten seconds.
        check(&[(125.0, 10_000), (1250.0, 10_000)], (0.25 * 0.75 * 100.0 + 0.75 * 1000.0) / (1.0 - 0.0625));
        // Twenty bytes a microsecond is no line.
        check(&[(100.0, 0)], 16_000.0);
    }

    #[test]
    fn the_clock_is_the_one_given() {
        let time = Arc::new(Mutex::new(Duration::ZERO));
        let shown = time.clone();
        let meter = Meter::new(move || *shown.lock().unwrap());
        let began = meter.now();
        *time.lock().unwrap() = Duration::from_secs(2);
        meter.clone().add(50_000, began);
        assert!((meter.bits_per_second() - 200_000.0).abs() < 0.1);
    }
}
