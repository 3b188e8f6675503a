//! The exact places of packets in a container with coarse time stamps (Matroska: milliseconds).

use std::time::Duration;

use super::{TrackFacts, clock};

/// How far a time stamp may be off before it is believed over the count of frames.
const MAX_DRIFT: Duration = Duration::from_millis(50);

/// What was learned of a track's time stamps. It holds from its beginning on, wherever one goes in it.
#[derive(Clone, Copy, Default)]
pub(super) struct Coarse {
    /// Frames of the longest packet so far.
    longest: i64,
    /// How much later than its place the first packet is stamped.
    lag: Option<i64>,
}

impl Coarse {
    /// Whether the beginning of the track was seen.
    pub(super) fn is_known(self) -> bool {
        self.lag.is_some()
    }

    /// The place of a packet with so many frames, which would be at `counted` if nothing were missing.
    pub(super) fn place(
        &mut self,
        stamped: i64,
        counted: Option<i64>,
        (frames, rate): (usize, u32),
        track: &TrackFacts,
    ) -> i64 {
        self.longest = self.longest.max(i64::try_from(frames).unwrap_or(0));
        let step = track.step.map_or(self.longest, i64::from).max(1);
        let tick = clock::ticks_to_frames(1, track.time_base, rate).saturating_add(1);
        let delay = track.delay.into();
        let near = |counted: &i64| {
            stamped.saturating_sub(self.lag.unwrap_or(0)).abs_diff(*counted)
                <= clock::time_to_frames(MAX_DRIFT, rate).unsigned_abs()
        };
        if let Some(counted) = counted.filter(near) {
            self.lag.get_or_insert(stamped.saturating_sub(counted));
            return counted;
        }
        // Packets begin at multiples of what each of them holds.
        let first = stamped.saturating_sub(self.lag.unwrap_or(0)).saturating_add(delay);
        on_grid(first, step, tick).saturating_sub(delay)
    }
}

/// The nearest multiple of `step`, if it is no further away than `tolerance`.
fn on_grid(place: i64, step: i64, tolerance: i64) -> i64 {
    let nearest = place.saturating_add(step / 2).div_euclid(step).saturating_mul(step);
    if nearest.abs_diff(place) <= tolerance.unsigned_abs() { nearest } else { place }
}

#[cfg(test)]
mod tests {
    use super::on_grid;

    #[test]
    fn what_is_near_a_multiple_becomes_it() {
        // (place, step, expected) within 45 frames, a millisecond at 44.1 kHz
        for (place, step, expected) in [
            (1_044, 1_024, 1_024),
            (980, 1_024, 1_024),
            (1_100, 1_024, 1_100),
            (-20, 960, 0),
            (150, 64, 128),
            (i64::MIN, 1_024, i64::MIN),
        ] {
            assert_eq!(on_grid(place, step, 45), expected, "{place} {step}");
        }
    }
}
