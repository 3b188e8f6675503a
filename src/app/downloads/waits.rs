//! How long a copy, and a service, is left alone after failures. Pure: times are Unix seconds that come in.

/// Failures of one service in a row after which it is left alone.
pub(super) const MOST_FAILURES: u32 = 6;

/// Seconds before the second, third, ... try of a copy.
const STEPS_S: [u64; 7] = [30, 60, 120, 300, 600, 1_800, 3_600];

/// Seconds that a service is left alone after six failures in a row; doubled each time up to the longest.
const HOLD_S: u64 = 300;

/// Longest wait that is believed, whoever asks for it: a clock that was set back a year holds nothing longer.
pub(super) const LONGEST_S: u64 = 6 * 3_600;

/// Seconds before the next try of a copy that failed so often, or as long as its service asks.
pub(super) fn of_copy(failures: u32, asked_s: Option<u64>) -> u64 {
    let index = usize::try_from(failures.max(1) - 1).unwrap_or(usize::MAX).min(STEPS_S.len() - 1);
    STEPS_S[index].max(asked_s.unwrap_or_default()).min(LONGEST_S)
}

/// Seconds that a service is left alone after so many failures in a row; `None`: it is not yet.
pub(super) fn of_service(failures: u32) -> Option<u64> {
    let times = failures.checked_sub(MOST_FAILURES)?;
    Some(HOLD_S.saturating_mul(1 << times.min(16)).min(LONGEST_S))
}

/// Whether the time `until` is still to come. One that lies further ahead than any wait may is of a clock that was
/// set back since, and over.
pub(super) fn is_ahead(until: u64, now: u64) -> bool {
    until > now && until - now <= LONGEST_S
}
