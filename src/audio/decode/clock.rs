//! Ticks of a container, frames and time, turned into each other without rounding twice.

use std::time::Duration;

use symphonia::core::units::TimeBase;

const NANOS: i128 = 1_000_000_000;

/// The nearest frame.
pub(super) fn time_to_frames(time: Duration, rate: u32) -> i64 {
    ratio(i128::try_from(time.as_nanos()).unwrap_or(i128::MAX), i128::from(rate), NANOS)
}

pub(super) fn frames_to_time(frames: u64, rate: u32) -> Duration {
    if rate == 0 {
        return Duration::ZERO;
    }
    let nanos = ratio(i128::from(frames), NANOS, i128::from(rate));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
}

pub(super) fn ticks_to_frames(ticks: i64, base: TimeBase, rate: u32) -> i64 {
    let numer = i128::from(base.numer.get()) * i128::from(rate);
    ratio(i128::from(ticks), numer, i128::from(base.denom.get()))
}

pub(super) fn ticks_to_time(ticks: u64, base: TimeBase) -> Duration {
    let nanos = ratio(i128::from(ticks), NANOS * i128::from(base.numer.get()), base.denom.get().into());
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
}

/// The last tick at or before `time`.
pub(super) fn time_to_ticks(time: Duration, base: TimeBase) -> i64 {
    let nanos = i128::try_from(time.as_nanos()).unwrap_or(i128::MAX);
    let ticks = nanos.saturating_mul(base.denom.get().into()) / (NANOS * i128::from(base.numer.get()));
    i64::try_from(ticks).unwrap_or(i64::MAX)
}

/// Whether every frame falls on a tick, so that time stamps say exactly where a frame belongs.
pub(super) fn is_exact(base: TimeBase, rate: u32) -> bool {
    let frames = u64::from(base.numer.get()) * u64::from(rate);
    frames > 0 && u64::from(base.denom.get()).is_multiple_of(frames)
}

/// `value * numer / denom` to the nearest, halves up.
fn ratio(value: i128, numer: i128, denom: i128) -> i64 {
    let twice = value.saturating_mul(numer).saturating_mul(2).saturating_add(denom);
    i64::try_from(twice.div_euclid(2 * denom.max(1))).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_the_way_through_time() {
        for rate in [8000, 22050, 44100, 48000, 96000, 192_000] {
            for frame in [0_u64, 1, 2, 44_099, 1_543_327, 900_000_001] {
                let back = time_to_frames(frames_to_time(frame, rate), rate);
                assert_eq!(u64::try_from(back), Ok(frame), "{rate}");
            }
        }
    }

    #[test]
    fn ticks_turn_into_frames() {
        let base = |numer, denom| TimeBase::try_new(numer, denom).unwrap();
        // (ticks, base, rate, frames, exact)
        let rows = [
            (-1105, base(1, 44_100), 44_100, -1105, true),
            (2048, base(1, 44_100), 22_050, 1024, true),
            (21, base(1, 1000), 48_000, 1008, false),
            (23, base(1, 1000), 44_100, 1014, false),
        ];
        for (ticks, base, rate, frames, exact) in rows {
            assert_eq!(ticks_to_frames(ticks, base, rate), frames);
            assert_eq!(is_exact(base, rate), exact, "{base:?} {rate}");
        }
    }

    #[test]
    fn extremes_do_not_overflow() {
        let base = TimeBase::try_new(u32::MAX, 1).unwrap();
        assert_eq!(ticks_to_frames(i64::MIN, base, u32::MAX), i64::MIN);
        assert_eq!(time_to_ticks(Duration::MAX, TimeBase::try_new(1, u32::MAX).unwrap()), i64::MAX);
        assert_eq!(frames_to_time(u64::MAX, 0), Duration::ZERO);
    }
}
