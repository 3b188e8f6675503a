//! The time where the listener is, read from the clock. How far local clocks are off is asked anew every quarter of an hour,
//! which is where summer time begins and ends.

use crate::library::local_offset_s;
use crate::model::LocalTime;

use super::clock;

/// For so long an offset holds, in seconds.
const QUARTER_S: u64 = 15 * 60;

/// Tells the time.
#[derive(Debug, Default)]
pub(super) struct WallClock {
    offset_s: i64,
    /// The quarter of an hour in which it was asked.
    quarter: Option<u64>,
}

impl WallClock {
    /// What time it is.
    pub fn now(&mut self) -> LocalTime {
        let unix_s = clock::unix_seconds();
        let quarter = unix_s / QUARTER_S;
        if self.quarter.replace(quarter) != Some(quarter) {
            self.offset_s = local_offset_s(unix_s);
        }
        LocalTime { unix_s, offset_s: self.offset_s }
    }
}

/// What time it is, for whoever asks once.
pub fn local_time() -> LocalTime {
    WallClock::default().now()
}
