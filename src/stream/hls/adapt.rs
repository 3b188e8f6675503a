//! Which variant to fetch next, by throughput and buffer. Pure: what was measured comes in as arguments.

use std::time::Duration;

/// Share of the estimate that a variant chosen now may take up, as hls.js has it
/// (`abrBandWidthUpFactor`).
const SAFE_SHARE: f64 = 0.7;

/// Share of the estimate that the variant in use may take up, as hls.js has it (`abrBandWidthFactor`).
const LASTING_SHARE: f64 = 0.95;

/// Seconds of sound below which nothing is risked, as media3 has it
/// (`DEFAULT_MIN_DURATION_FOR_QUALITY_INCREASE_MS`).
const RESERVE_SECONDS: f64 = 10.0;

/// Shortest time between two switches.
const MIN_BETWEEN: Duration = Duration::from_secs(10);

/// What is known when a segment is about to be fetched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Situation {
    /// Estimate of the throughput, in bits a second.
    pub throughput: f64,
    /// Seconds of sound fetched and not yet decoded.
    pub buffered: f64,
    /// Length of the segment in seconds.
    pub segment: f64,
    /// Time since the last switch, if there was one.
    pub since_switch: Option<Duration>,
}

/// Bits a second that a variant may have to be begun with at this throughput.
pub(super) fn affordable(throughput: f64) -> f64 {
    throughput * SAFE_SHARE
}

/// The variant to go on with, as an index of `rates`: bits a second, lowest first.
///
/// Down when fetching the segment at the present rate would eat into the reserve, to what is safe at
/// once; up when the reserve is there, to what fits with room to spare; else it stays.
pub(super) fn decide(rates: &[u64], current: usize, now: &Situation) -> usize {
    let Some(rate) = rates.get(current).map(|rate| *rate as f64) else { return current };
    if now.since_switch.is_some_and(|since| since < MIN_BETWEEN) {
        return current;
    }
    let safe = rates.iter().rposition(|rate| *rate as f64 <= affordable(now.throughput)).unwrap_or(0);
    let fetching = now.segment * rate / now.throughput.max(1.0);
    let is_too_much = rate > now.throughput * LASTING_SHARE;
    if is_too_much && now.buffered - fetching < RESERVE_SECONDS {
        return safe.min(current);
    }
    if now.buffered >= RESERVE_SECONDS { safe.max(current) } else { current }
}

/// How long to wait for a segment before a lower variant is tried in its place: as long as it plays,
/// and longer while there is more than the reserve or the last switch was just now.
pub(super) fn patience(now: &Situation) -> Duration {
    let seconds = now.segment.max(now.buffered - RESERVE_SECONDS);
    let still = now.since_switch.map_or(Duration::ZERO, |since| MIN_BETWEEN.saturating_sub(since));
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX).max(still)
}

/// The variant to take when patience has run out: lower than the one in use.
pub(super) fn lower(rates: &[u64], current: usize, throughput: f64) -> usize {
    let safe = rates.iter().rposition(|rate| *rate as f64 <= affordable(throughput)).unwrap_or(0);
    safe.min(current.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::super::meter::Estimate;
    use super::*;

    const RATES: [u64; 4] = [48_000, 96_000, 192_000, 320_000];

    fn check(current: usize, throughput: f64, buffered: f64, since_switch: Option<u64>, expected: usize) {
        let since_switch = since_switch.map(Duration::from_secs);
        let now = Situation { throughput, buffered, segment: 5.0, since_switch };
        assert_eq!(decide(&RATES, current, &now), expected, "from {current} with {now:?}");
    }

    #[test]
    fn up_only_with_room_to_spare() {
        // 0.7 of the estimate has to hold the rate: 320 kb/s need 457,143 b/s.
        check(0, 457_200.0, 20.0, None, 3);
        check(0, 457_000.0, 20.0, None, 2);
        check(0, 137_000.0, 20.0, None, 0);
        check(0, 138_000.0, 20.0, None, 1);
        check(2, 1e9, 9.9, None, 2);
        check(2, 1e9, 10.0, None, 3);
        check(3, 1e9, 30.0, None, 3);
    }

    #[test]
    fn down_before_the_reserve_is_gone() {
        // 5 s of 320 kb/s take 16 s at 100 kb/s.
        check(3, 100_000.0, 27.0, None, 3);
        check(3, 100_000.0, 25.9, None, 0);
        check(3, 150_000.0, 15.0, None, 1);
        // Just enough, and less than enough: the estimate has to bear the rate with a little over.
        check(2, 203_000.0, 5.0, None, 2);
        check(2, 201_000.0, 5.0, None, 1);
        check(0, 1_000.0, 0.0, None, 0);
        check(3, 0.0, 0.0, None, 0);
    }

    #[test]
    fn one_switch_in_ten_seconds() {
        check(0, 1e9, 30.0, Some(9), 0);
        check(0, 1e9, 30.0, Some(10), 3);
        check(3, 50_000.0, 11.0, Some(9), 3);
        check(3, 50_000.0, 11.0, Some(10), 0);
    }

    #[test]
    fn nonsense_stays_where_it_is() {
        check(9, 1e9, 30.0, None, 9);
        check(1, f64::NAN, 30.0, None, 1);
        check(1, 1e9, f64::NAN, None, 1);
    }

    #[test]
    fn patience_ends_before_the_sound_does() {
        for (buffered, since_switch, expected) in [
            (0.0, None, 5),
            (14.0, None, 5),
            (30.0, None, 20),
            (30.0, Some(3), 20),
            (0.0, Some(3), 7),
            (0.0, Some(60), 5),
            (f64::NAN, None, 5),
            (f64::INFINITY, None, u64::MAX),
        ] {
            let since_switch = since_switch.map(Duration::from_secs);
            let now = Situation { throughput: 1.0, buffered, segment: 5.0, since_switch };
            assert_eq!(patience(&now).as_secs(), expected, "{now:?}");
        }
        for (current, throughput, expected) in
            [(3, 1e9, 2), (3, 1e3, 0), (1, 1e9, 0), (0, 1e9, 0), (3, 140_000.0, 1)]
        {
            assert_eq!(lower(&RATES, current, throughput), expected, "from {current} at {throughput}");
        }
    }

    /// Ten minutes of a stream on a line whose bits a second are `line(second)`, fetched by the rules
    /// above: seconds of silence after the start, and the seconds at which the variant changed.
    fn played(line: impl Fn(f64) -> f64) -> (f64, Vec<(f64, usize)>) {
        const STEP: f64 = 0.05;
        let (mut estimate, mut current) = (Estimate::default(), 2);
        let (mut clock, mut buffered, mut silence, mut has_begun) = (0.0, 0.0_f64, 0.0, false);
        let mut switches: Vec<(f64, usize)> = Vec::new();
        let segment = 5.0;
        while clock < 600.0 {
            if buffered >= 30.0 {
                (clock, buffered) = (clock + STEP, buffered - STEP);
                continue;
            }
            let since_switch = switches.last().map(|(at, _)| Duration::from_secs_f64(clock - at));
            let now = Situation { throughput: estimate.bits_per_second(), buffered, segment, since_switch };
            let next = decide(&RATES, current, &now);
            if next != current {
                current = next;
                switches.push((clock, next));
            }
            let since_switch = switches.last().map(|(at, _)| Duration::from_secs_f64(clock - at));
            let limit = patience(&Situation { since_switch, ..now }).as_secs_f64();
            let (mut bits, mut took, wanted) = (0.0, 0.0, segment * RATES[current] as f64);
            while bits < wanted && !(took >= limit && current > 0) {
                bits += line(clock) * STEP;
                clock += STEP;
                took += STEP;
                buffered -= STEP;
                if buffered < 0.0 {
                    // What comes before the first sound is waiting, not silence.
                    silence += if has_begun { -buffered } else { 0.0 };
                    buffered = 0.0;
                }
            }
            estimate.add(bits / 8.0, Duration::from_secs_f64(took));
            if bits >= wanted {
                buffered += segment;
                has_begun = true;
            } else {
                current = lower(&RATES, current, estimate.bits_per_second());
                switches.push((clock, current));
            }
        }
        (silence, switches)
    }

    #[test]
    fn ten_minutes_of_five_lines_play_without_a_gap() {
        let steps = |period: f64, high: f64, low: f64| {
            move |at: f64| if at % (2.0 * period) < period { high } else { low }
        };
        let check = |what: &str, line: &dyn Fn(f64) -> f64, most_switches: usize, ends_at: usize| {
            let (silence, switches) = played(line);
            assert!(silence <= 0.0, "{what}: {silence} s of silence, {switches:?}");
            assert!(switches.len() <= most_switches, "{what}: {switches:?}");
            assert_eq!(switches.last().map_or(2, |(_, to)| *to), ends_at, "{what}: {switches:?}");
            for pair in switches.windows(2) {
                assert!(pair[1].0 - pair[0].0 >= 9.99, "{what}: {switches:?}");
            }
        };
        check("broad", &|_| 1e7, 1, 3);
        check("narrow", &|_| 100_000.0, 1, 0);
        check("ten-fold drops", &steps(60.0, 1e6, 1e5), 40, 0);
        check("one drop and back", &|at| if (200.0..300.0).contains(&at) { 64_000.0 } else { 1e6 }, 5, 3);
        check("restless", &steps(7.0, 600_000.0, 150_000.0), 40, 2);
    }
}
