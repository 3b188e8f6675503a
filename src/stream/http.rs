//! One file on the web, read as it arrives. A task streams forward into a bounded window; a seek beyond
//! the window asks again from there, where the server can. What was read once is read from the cache after that.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

mod icy;
mod opening;
mod remote;
mod transfer;

pub(super) use opening::{Begun, Opened, open};
pub(super) use remote::Remote;
#[cfg(any(fuzzing, test))]
pub(super) use remote::range_of;
pub(super) use remote::{Answer, check_life, content_range, whole_length};
use transfer::pump;

use super::ByteStream;
use super::buffer::{Window, bytes_ahead};
use super::kept::{Cache, Kept};

/// Bytes ahead of the window that are waited for rather than asked for anew.
const SKIP_BYTES: u64 = 256 << 10;

/// So long before the end of what is kept, what comes behind it is asked for.
const PREPARE_BYTES: u64 = 1 << 20;

/// A random number from 0.0 to 1.0 that spreads the waits between tries.
pub(super) fn jitter() -> f64 {
    // Without a source of randomness the waits are merely not spread.
    f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX)
}

/// The file as a decoder reads it.
pub(super) struct HttpStream {
    runtime: Handle,
    remote: Arc<Remote>,
    /// None while everything comes from what is kept.
    active: Option<Transfer>,
    /// The transfer before the last jump; a decoder that looks at the end of a file comes back to it.
    parked: Option<Transfer>,
    kept: Option<Kept>,
    position: u64,
    /// Where the active window is read next; `None` after a seek.
    placed: Option<u64>,
    /// Bytes to be kept ready, once it is known how long they play.
    ahead: Option<u64>,
}

/// A task and the window it fills. Dropping it ends the task.
struct Transfer {
    window: Arc<Window>,
    task: AbortHandle,
}

impl Drop for Transfer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Transfer {
    /// Begins to stream from `position`, or goes on with an answer whose first bytes are read already.
    fn begin(
        runtime: &Handle,
        remote: &Arc<Remote>,
        position: u64,
        begun: Option<(Vec<u8>, Option<Answer>)>,
    ) -> Self {
        let (window, feed) = Window::new(position);
        let task = runtime.spawn(pump(remote.clone(), feed, position, begun));
        Self { window, task: task.abort_handle() }
    }
}

/// The time by which files of the cache are ordered and count as fresh.
#[expect(clippy::disallowed_methods, reason = "the clock that the cache goes by")]
pub(super) fn cache_time() -> SystemTime {
    SystemTime::now()
}

impl HttpStream {
    /// Reads on from what [`open`] began, and from what `cache` has of it.
    pub(super) fn new(runtime: Handle, opened: Opened, cache: Option<&Cache>) -> Self {
        let remote = Arc::new(opened.remote);
        let now = cache_time();
        let known = cache.zip(remote.identity());
        let kept = known.as_ref().and_then(|(cache, identity)| cache.open(identity, now));
        if let Some((cache, identity)) = known.filter(|_| kept.is_some()) {
            cache.learn(&remote.address.url, &identity, &opened.hint, remote.fresh_for, now);
        }
        let has_more = kept.as_ref().and_then(|kept| kept.end_of(0)) > Some(opened.head.len() as u64);
        let begun = (opened.head, opened.answer);
        let active = (!has_more).then(|| Transfer::begin(&runtime, &remote, 0, Some(begun)));
        let placed = active.is_some().then_some(0);
        Self { runtime, remote, active, parked: None, kept, position: 0, placed, ahead: None }
    }

    /// Reads what is kept whole; only should that be lost meanwhile the server is asked.
    pub(super) fn of_kept(runtime: Handle, remote: Remote, kept: Kept) -> Self {
        let (remote, kept) = (Arc::new(remote), Some(kept));
        Self { runtime, remote, active: None, parked: None, kept, position: 0, placed: None, ahead: None }
    }

    /// Puts the window at byte `to`: by moving in it, by taking the parked one, or by asking anew. Done at the
    /// first read after a seek, so that looking around costs nothing.
    fn place(&mut self, to: u64) -> &Transfer {
        let is_held = |transfer: &Transfer| transfer.window.move_to(to, SKIP_BYTES);
        let stays = self.active.as_ref().is_some_and(|active| self.placed == Some(to) || is_held(active));
        self.placed = Some(to);
        if !stays {
            // The older one is ended before another request is made.
            let parked = self.parked.take().filter(is_held);
            self.parked = self.active.take();
            self.active = parked;
        }
        let (runtime, remote, ahead) = (&self.runtime, &self.remote, self.ahead);
        self.active.get_or_insert_with(|| {
            let transfer = Transfer::begin(runtime, remote, to, None);
            if let Some(ahead) = ahead {
                transfer.window.read_ahead(ahead);
            }
            transfer
        })
    }

    /// Reads what was read before; `None` when it must come from the server.
    fn read_kept(&mut self, buffer: &mut [u8]) -> Option<usize> {
        let kept = self.kept.as_mut()?;
        let end = kept.end_of(self.position)?;
        let count = match kept.read(self.position, end, buffer) {
            Ok(count) if count > 0 || buffer.is_empty() => count,
            // Something happened to the file.
            _ => {
                if let Some(kept) = self.kept.take() {
                    kept.forget();
                }
                return None;
            }
        };
        self.remote.monitor.received(count);
        if end - self.position < PREPARE_BYTES && self.remote.total.is_some_and(|total| end < total) {
            self.place(end);
        }
        Some(count)
    }

    fn read_window(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let window = Arc::clone(&self.place(self.position).window);
        let count = window.read(buffer, &self.remote.monitor)?;
        self.placed = Some(self.position + count as u64);
        if let Some(kept) = &mut self.kept
            && let Err(error) = kept.write(self.position, &buffer[..count])
        {
            tracing::debug!(%error, "sound cannot be kept");
            self.kept = None;
        }
        Ok(count)
    }
}

impl Read for HttpStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.remote.total.is_some_and(|total| self.position >= total) {
            return Ok(0);
        }
        let count = match self.read_kept(buffer) {
            Some(count) => count,
            None => self.read_window(buffer)?,
        };
        self.position += count as u64;
        self.remote.tell_titles(self.position);
        Ok(count)
    }
}

impl Seek for HttpStream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(step) => self.position.checked_add_signed(step),
            SeekFrom::End(step) => match self.remote.total {
                Some(total) => total.checked_add_signed(step),
                None => return Err(io::Error::new(io::ErrorKind::Unsupported, "the length is not known")),
            },
        };
        let target =
            target.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a seek before the start"))?;
        if target != self.position {
            let is_kept = self.kept.as_ref().is_some_and(|kept| kept.end_of(target).is_some());
            let is_held = |transfer: &Transfer| transfer.window.move_to(target, SKIP_BYTES);
            if !self.is_seekable() && !is_kept && !self.active.as_ref().is_some_and(is_held) {
                return Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "the server does not offer parts of the file, so there is no seeking in it",
                ));
            }
            self.placed = None;
            self.position = target;
        }
        Ok(target)
    }
}

impl ByteStream for HttpStream {
    fn is_seekable(&self) -> bool {
        self.remote.total.is_some()
            && (self.remote.has_ranges || self.kept.as_ref().is_some_and(Kept::is_whole))
    }

    fn byte_len(&self) -> Option<u64> {
        self.remote.total
    }

    fn is_here(&self) -> bool {
        self.kept.as_ref().is_some_and(Kept::is_whole)
    }

    fn lasts(&mut self, length: Duration) {
        let ahead = bytes_ahead(self.remote.total, length);
        self.ahead = Some(ahead);
        self.active.iter().chain(&self.parked).for_each(|transfer| transfer.window.read_ahead(ahead));
    }

    fn is_at_hand(&self, from: u64, to: u64) -> bool {
        let mut reach = from;
        while reach < to {
            let kept = self.kept.as_ref().and_then(|kept| kept.end_of(reach));
            let comes = self.active.as_ref().and_then(|active| active.window.end_of(reach, SKIP_BYTES));
            match kept.max(comes) {
                Some(end) if end > reach => reach = end,
                _ => return false,
            }
        }
        true
    }
}
