//! When a failed request is worth another try, and after how long. Pure: the caller waits.

use std::time::Duration;

use super::error::NetError;

/// Tries after the first while not one byte of a track has come: the listener is waiting.
pub const FIRST_BYTE_RETRIES: u8 = 1;

/// Longest wait a server may ask for before it is told as an error, and nothing is tried again by itself.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(600);

/// Waits between tries, in seconds.
const STEPS: [f64; 5] = [1.0, 2.0, 4.0, 8.0, 8.0];

/// How long to wait before try number `attempt` + 1 (`attempt` counts from 1), or `None` when it
/// is not worth one. `jitter` is 0.0 to 1.0 and spreads the wait by half of it up or down.
///
/// Worth another try: a broken connection, a time-out, 408, 429 and 5xx, as curl's `--retry`; for who has the patience,
/// also a network that is not there.
/// A wait named by the server (`Retry-After`) is kept to.
pub fn retry_delay(error: &NetError, attempt: u8, jitter: f64) -> Option<Duration> {
    let asked = match error {
        NetError::Connect { .. }
        | NetError::Timeout { .. }
        | NetError::Broken { .. }
        | NetError::Offline { .. } => None,
        NetError::Status { status: 408 | 429 | 500 | 502 | 503 | 504 | 522 | 524, retry_after, .. } => {
            *retry_after
        }
        NetError::Status { .. }
        | NetError::Setup(_)
        | NetError::Address(_)
        | NetError::Header { .. }
        | NetError::Certificate { .. }
        | NetError::Handshake { .. }
        | NetError::Redirects { .. }
        | NetError::RedirectRefused { .. }
        | NetError::Unencrypted { .. }
        | NetError::TooLarge { .. }
        | NetError::Private { .. }
        | NetError::Closed { .. } => return None,
    };
    if let Some(asked) = asked {
        return (asked <= MAX_RETRY_AFTER).then_some(asked);
    }
    let step = STEPS[usize::from(attempt.max(1) - 1).min(STEPS.len() - 1)];
    Some(Duration::from_secs_f64(step * (0.75 + 0.5 * jitter.clamp(0.0, 1.0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16, retry_after: Option<u64>) -> NetError {
        NetError::Status { host: "h".into(), status, retry_after: retry_after.map(Duration::from_secs) }
    }

    #[test]
    fn only_what_may_heal_is_tried_again() {
        for code in [408, 429, 500, 502, 503, 504] {
            assert!(retry_delay(&status(code, None), 1, 0.5).is_some(), "{code}");
        }
        for code in [400, 401, 403, 404, 410, 416, 501] {
            assert_eq!(retry_delay(&status(code, None), 1, 0.5), None, "{code}");
        }
        assert_eq!(retry_delay(&NetError::Redirects { host: "h".into() }, 1, 0.5), None);
    }

    #[test]
    fn waits_grow_and_a_named_wait_is_kept_to() {
        let waits: Vec<_> =
            (1..=6).map(|n| retry_delay(&status(503, None), n, 0.5).unwrap().as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 8, 8]);
        assert_eq!(retry_delay(&status(429, Some(7)), 1, 0.9), Some(Duration::from_secs(7)));
        assert_eq!(retry_delay(&status(429, Some(86_400)), 1, 0.5), None);
    }
}
