//! How a stream that plays already goes on asking when nothing comes: patiently while there is sound in reserve,
//! every second once there is none, and not for ever.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::net::{NetError, retry_delay};

use super::hunger::Hunger;

/// So long after the first failure without a success a stream is given up.
const LONGEST: Duration = Duration::from_secs(600);

/// Between two tries while the listener hears nothing and the network is away.
const URGENT: Duration = Duration::from_secs(1);

/// After a try that took its time already.
const AT_ONCE: Duration = Duration::from_millis(100);

/// How long such a try waits for an answer beyond twice what the slowest one took. The system repeats a lost
/// greeting after 1, 3 and 7 s: to greet anew is sooner.
const URGENT_PATIENCE: Duration = Duration::from_millis(1500);

/// What one stream knows of the line being away.
#[derive(Debug, Default)]
pub(super) struct Outage(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// When the first of the failures in a row was.
    since: Option<Instant>,
    tries: u8,
    /// Whether the last failure was that nobody was reached.
    is_unreached: bool,
    /// The longest that an answer was waited for.
    slowest: Duration,
}

impl Outage {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something came.
    pub(super) fn over(&self) {
        let mut state = self.lock();
        *state = State { slowest: state.slowest, ..State::default() };
    }

    /// An answer began after so long.
    pub(super) fn answered(&self, took: Duration) {
        let mut state = self.lock();
        state.slowest = state.slowest.max(took);
    }

    /// A try failed. How long to wait before the next one; `None` when it is not worth one, or all patience is spent.
    pub(super) fn failed(&self, error: &NetError, jitter: f64) -> Option<Duration> {
        let mut state = self.lock();
        state.is_unreached = is_unreached(error);
        state.tries = state.tries.saturating_add(1);
        let since = *state.since.get_or_insert_with(Instant::now);
        if since.elapsed() >= LONGEST {
            return None;
        }
        retry_delay(error, state.tries, jitter)
    }

    /// Whether all patience is spent.
    pub(super) fn is_hopeless(&self) -> bool {
        self.lock().since.is_some_and(|since| since.elapsed() >= LONGEST)
    }

    /// How long the next request may wait for the first byte of its answer, where that is not as usual.
    pub(super) fn patience(&self, hunger: &Hunger) -> Option<Duration> {
        let state = self.lock();
        (state.is_unreached && hunger.is_hungry()).then(|| URGENT_PATIENCE + 2 * state.slowest)
    }

    /// Waits `delay` after `error`, but not for so long when the network is away and the decoder waits or begins to.
    pub(super) async fn pause(&self, hunger: &Hunger, error: &NetError, delay: Duration, jitter: f64) {
        if !is_unreached(error) {
            return sleep(delay).await;
        }
        let was_slow = matches!(error, NetError::Timeout { .. });
        let urgent = if was_slow { AT_ONCE } else { URGENT.mul_f64(0.75 + jitter.clamp(0.0, 1.0) / 2.0) };
        let once_hungry = async {
            hunger.begins().await;
            sleep(urgent).await;
        };
        tokio::select! {
            () = sleep(delay) => {}
            () = once_hungry => {}
        }
    }
}

/// Whether nobody answered: unlike a server that says to come later, nobody is troubled by being asked often.
fn is_unreached(error: &NetError) -> bool {
    matches!(error, NetError::Connect { .. } | NetError::Timeout { .. } | NetError::Broken { .. })
        || error.is_offline()
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;
    use crate::net::Phase;

    fn timed_out() -> NetError {
        NetError::Timeout { host: "h".to_owned(), phase: Phase::Byte }
    }

    fn busy(retry_after: Option<u64>) -> NetError {
        NetError::Status {
            host: "h".to_owned(),
            status: 503,
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    fn broken() -> NetError {
        NetError::Broken { host: "h".to_owned(), reason: "reset".to_owned() }
    }

    #[tokio::test(start_paused = true)]
    async fn ten_minutes_and_no_longer() {
        let outage = Outage::default();
        let mut waits = Vec::new();
        while let Some(delay) = outage.failed(&timed_out(), 0.5) {
            waits.push(delay.as_secs());
            advance(delay).await;
        }
        assert_eq!(waits[..6], [1, 2, 4, 8, 8, 8]);
        assert_eq!(waits.iter().sum::<u64>(), 607, "the first whole step beyond 600");
        assert!(outage.is_hopeless());
        outage.over();
        assert!(!outage.is_hopeless() && outage.failed(&timed_out(), 0.5).is_some());
        let refused = NetError::Status { host: "h".to_owned(), status: 403, retry_after: None };
        assert_eq!(outage.failed(&refused, 0.5), None);
    }

    #[tokio::test(start_paused = true)]
    async fn who_hears_nothing_is_in_a_hurry() {
        let outage = Outage::default();
        for (error, is_hungry, expected) in [
            (timed_out(), false, 8_000),
            (timed_out(), true, 100),
            (broken(), true, 1_000),
            (broken(), false, 8_000),
            // A server that is there and asks to be left alone is.
            (busy(None), true, 8_000),
            (busy(Some(7)), true, 7_000),
        ] {
            let hunger = Hunger::default();
            hunger.set(is_hungry);
            let delay = Duration::from_millis(if expected == 7_000 { 7_000 } else { 8_000 });
            let began = Instant::now();
            outage.pause(&hunger, &error, delay, 0.5).await;
            let took = began.elapsed().as_millis();
            assert!(took.abs_diff(expected) < 10, "{error}, hungry: {is_hungry}: {took} ms");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends_soon_when_the_sound_does() {
        let (outage, hunger) = (Outage::default(), Hunger::default());
        let began = Instant::now();
        let away = timed_out();
        let pause = outage.pause(&hunger, &away, Duration::from_secs(8), 0.5);
        tokio::join!(pause, async {
            sleep(Duration::from_secs(3)).await;
            hunger.set(true);
        });
        assert_eq!(began.elapsed().as_millis() / 10, 310);
    }

    #[test]
    fn an_urgent_try_is_given_what_answers_usually_take() {
        let (outage, hunger) = (Outage::default(), Hunger::default());
        hunger.set(true);
        assert_eq!(outage.patience(&hunger), None, "nothing has failed");
        outage.answered(Duration::from_millis(400));
        outage.failed(&timed_out(), 0.5);
        assert_eq!(outage.patience(&hunger), Some(Duration::from_millis(2_300)));
        outage.failed(&busy(None), 0.5);
        assert_eq!(outage.patience(&hunger), None);
        hunger.set(false);
        outage.failed(&timed_out(), 0.5);
        assert_eq!(outage.patience(&hunger), None, "there is time");
    }
}
