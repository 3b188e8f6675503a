//! The one place that reads the clock and draws random numbers; others are handed what they need.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The monotonic clock.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Instant {
    Instant::now()
}

/// Seconds since 1970; 0 when the machine's clock is before that.
pub fn unix_seconds() -> u64 {
    unix_millis() / 1000
}

/// Milliseconds since 1970; 0 when the machine's clock is before that.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn unix_millis() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

/// 128 bits from the system's random source. Falls back to the clock where there is none, so a
/// nonce stays new even then.
pub fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        bytes = u128::from(unix_millis()).to_be_bytes();
    }
    bytes
}

/// 64 of those bits.
pub fn random_number() -> u64 {
    random_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Ticks that do not come all at once after a pause.
pub(super) fn paced(period: Duration) -> tokio::time::Interval {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ticks
}
