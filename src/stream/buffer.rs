//! A window onto a body that is still arriving: a task writes ahead, a decode thread reads and may
//! move back a little. Bounded, so that a fast server cannot fill the memory.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::Monitor;
use super::StreamError;
use super::interrupt::Waiting;

/// Bytes kept ready beyond the reader, at least: half a minute of sound at a megabit a second.
const AHEAD_BYTES: u64 = 4 << 20;

/// Bytes kept ready beyond the reader, at most.
const MOST_AHEAD_BYTES: u64 = 32 << 20;

/// Seconds of sound kept ready, where it is known how many bytes those are.
const AHEAD_SECONDS: f64 = 35.0;

/// Bytes to be kept ready of a file of `total` bytes that plays for `length`.
pub(super) fn bytes_ahead(total: Option<u64>, length: Duration) -> u64 {
    let bytes = total.map_or(0.0, |total| AHEAD_SECONDS * total as f64 / length.as_secs_f64());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped, and what is no number is 0"
    )]
    let bytes = bytes as u64;
    bytes.clamp(AHEAD_BYTES, MOST_AHEAD_BYTES)
}

/// Bytes kept behind the reader, for a decoder that steps back.
pub(super) const BEHIND_BYTES: u64 = 512 << 10;

/// A stretch of the body around the reader's position.
pub(super) struct Window {
    state: Mutex<State>,
    readable: Condvar,
    writable: Notify,
}

struct State {
    /// Offset in the body of the first byte held.
    start: u64,
    bytes: VecDeque<u8>,
    position: u64,
    /// Bytes kept ready beyond that.
    ahead: u64,
    end: Option<End>,
}

enum End {
    Whole,
    Failed(Option<StreamError>),
}

impl State {
    fn filled_to(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    fn drop_before(&mut self, offset: u64) {
        let surplus = offset.saturating_sub(self.start).min(self.bytes.len() as u64);
        // The surplus is at most the length of the queue, which is a usize.
        self.bytes.drain(..usize::try_from(surplus).unwrap_or(0));
        self.start += surplus;
    }
}

impl Window {
    /// An empty window whose first byte will be the body's byte `start`, and the end that feeds it.
    pub(super) fn new(start: u64) -> (Arc<Self>, Feed) {
        let state = State { start, bytes: VecDeque::new(), position: start, ahead: AHEAD_BYTES, end: None };
        let window =
            Arc::new(Self { state: Mutex::new(state), readable: Condvar::new(), writable: Notify::new() });
        (window.clone(), Feed(window))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps so many bytes ready from now on.
    pub(super) fn read_ahead(&self, bytes: u64) {
        self.lock().ahead = bytes;
        self.writable.notify_one();
    }

    /// Moves the reader to `position` if that is held or arrives within `skip_bytes`.
    pub(super) fn move_to(&self, position: u64, skip_bytes: u64) -> bool {
        let mut state = self.lock();
        let slack = if state.end.is_none() { skip_bytes } else { 0 };
        let reachable = state.start..=state.filled_to().saturating_add(slack);
        if matches!(state.end, Some(End::Failed(_))) || !reachable.contains(&position) {
            return false;
        }
        state.position = position;
        self.writable.notify_one();
        true
    }

    /// How far can be read from `position` on, if that is held: what comes within `skip_bytes` counts as being there.
    pub(super) fn end_of(&self, position: u64, skip_bytes: u64) -> Option<u64> {
        let state = self.lock();
        let slack = if state.end.is_none() { skip_bytes } else { 0 };
        let is_held = (state.start..=state.filled_to()).contains(&position);
        (is_held && !matches!(state.end, Some(End::Failed(_)))).then(|| state.filled_to() + slack)
    }

    /// Reads what is there, waiting for at least a byte; 0 at the end of the body. Fails with
    /// [`StreamError::Cancelled`] when it would wait and the reader is called elsewhere.
    pub(super) fn read(self: &Arc<Self>, buffer: &mut [u8], monitor: &Monitor) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let mut state = self.lock();
        while state.end.is_none() && state.position >= state.filled_to() {
            monitor.interrupt.wait_at(self);
            monitor.interrupt.check().inspect_err(|_| monitor.hunger.set(false))?;
            monitor.hunger.set(true);
            state = self.readable.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        monitor.hunger.set(false);
        if state.position >= state.filled_to() {
            return match &mut state.end {
                Some(End::Failed(error)) => {
                    Err(error.take().map_or_else(|| io::Error::other("the stream has failed"), Into::into))
                }
                Some(End::Whole) | None => Ok(0),
            };
        }
        let offset = usize::try_from(state.position - state.start).map_err(io::Error::other)?;
        let (front, back) = state.bytes.as_slices();
        let source = if offset < front.len() { &front[offset..] } else { &back[offset - front.len()..] };
        let count = source.len().min(buffer.len());
        buffer[..count].copy_from_slice(&source[..count]);
        state.position += count as u64;
        let keep_from = state.position.saturating_sub(BEHIND_BYTES);
        state.drop_before(keep_from);
        self.writable.notify_one();
        Ok(count)
    }
}

impl Waiting for Window {
    fn wake(&self) {
        let _state = self.lock();
        self.readable.notify_all();
    }
}

/// The end that feeds a [`Window`]. Dropping it without [`Feed::finish`] ends the reader's waits too.
pub(super) struct Feed(Arc<Window>);

impl Feed {
    /// Adds bytes as soon as there is room.
    pub(super) async fn push(&self, bytes: &[u8]) {
        loop {
            {
                let mut state = self.0.lock();
                if state.filled_to().saturating_sub(state.position) < state.ahead {
                    state.bytes.extend(bytes);
                    let keep_from = state.position.saturating_sub(BEHIND_BYTES);
                    state.drop_before(keep_from);
                    self.0.readable.notify_all();
                    return;
                }
            }
            self.0.writable.notified().await;
        }
    }

    /// Says that nothing more comes: the body is whole, or why it is not.
    pub(super) fn finish(self, failure: Option<StreamError>) {
        self.end(failure.map_or(End::Whole, |error| End::Failed(Some(error))));
    }

    fn end(&self, end: End) {
        self.0.lock().end.get_or_insert(end);
        self.0.readable.notify_all();
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.end(End::Failed(Some(StreamError::Cancelled)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn moves_are_free_inside_and_refused_outside() {
        let (window, feed) = Window::new(100);
        feed.push(b"hello world").await;
        let mut buffer = [0; 5];
        assert_eq!((window.read(&mut buffer, &Monitor::default()).unwrap(), &buffer), (5, b"hello"));
        assert!(window.move_to(106, 0));
        assert_eq!((window.read(&mut buffer, &Monitor::default()).unwrap(), &buffer), (5, b"world"));
        assert!(!window.move_to(99, 0) && !window.move_to(112, 0) && window.move_to(112, 1));
        assert!(window.move_to(111, 0));
        feed.finish(None);
        assert_eq!(window.read(&mut buffer, &Monitor::default()).unwrap(), 0);
    }

    #[tokio::test]
    async fn a_dropped_feed_ends_the_wait() {
        let (window, feed) = Window::new(0);
        let reader = tokio::task::spawn_blocking(move || {
            window.read(&mut [0], &Monitor::default()).unwrap_err().to_string()
        });
        drop(feed);
        assert_eq!(reader.await.unwrap(), "cancelled");
    }

    #[test]
    fn what_is_kept_ready_is_seconds_where_they_are_known() {
        let second = Duration::from_secs;
        for (total, length, expected) in [
            (None, second(10), AHEAD_BYTES),
            // CD sound: 176,400 bytes a second.
            (Some(176_400 * 300), second(300), 176_400 * 35),
            (Some(16_000 * 300), second(300), AHEAD_BYTES),
            (Some(u64::MAX), second(1), MOST_AHEAD_BYTES),
            (Some(5), Duration::ZERO, MOST_AHEAD_BYTES),
            (Some(0), Duration::ZERO, AHEAD_BYTES),
        ] {
            assert_eq!(bytes_ahead(total, length), expected, "{total:?} {length:?}");
        }
    }

    #[tokio::test]
    async fn more_may_be_kept_ready() {
        let (window, feed) = Window::new(0);
        let block = vec![7; 1 << 20];
        for _ in 0..AHEAD_BYTES / block.len() as u64 {
            feed.push(&block).await;
        }
        let mut more = Box::pin(feed.push(&block));
        assert!(futures_util::FutureExt::now_or_never(more.as_mut()).is_none());
        window.read_ahead(2 * AHEAD_BYTES);
        more.await;
    }

    #[tokio::test]
    async fn memory_is_bounded_and_a_full_window_waits() {
        let (window, feed) = Window::new(0);
        let block = vec![7; 1 << 20];
        for _ in 0..AHEAD_BYTES / block.len() as u64 {
            feed.push(&block).await;
        }
        let mut surplus = Box::pin(feed.push(&block));
        assert!(futures_util::FutureExt::now_or_never(surplus.as_mut()).is_none());
        let mut buffer = vec![0; 1 << 20];
        assert!(window.read(&mut buffer, &Monitor::default()).unwrap() > 0);
        surplus.await;
        let state = window.lock();
        assert!(state.bytes.len() as u64 <= AHEAD_BYTES + BEHIND_BYTES + (1 << 20));
    }
}
