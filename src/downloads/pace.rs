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

    /// Another rate from now on.
    pub fn set(&self, bytes_per_second: u64) {
        let now = self.start.elapsed();
        *self.bucket.lock().unwrap_or_else(PoisonError::into_inner) = Bucket::new(bytes_per_second, now);
    }
}

impl Brake for Pace {
    fn wait(&self, bytes: usize) -> Duration {
        let now = self.start.elapsed();
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner).take(now, bytes)
    }
}
