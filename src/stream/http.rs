//! One file on the web, read as it arrives. A task streams forward into a bounded window; a seek beyond
//! the window asks again from there, where the server can.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

mod icy;
mod opening;
mod remote;
mod transfer;

pub(super) use opening::{Begun, Opened, open};
use remote::Remote;
pub(super) use remote::{Answer, content_range};
use transfer::pump;

use super::ByteStream;
use super::buffer::Window;

/// Bytes ahead of the window that are waited for rather than asked for anew.
const SKIP_BYTES: u64 = 256 << 10;

/// A random number from 0.0 to 1.0 that spreads the waits between tries.
pub(super) fn jitter() -> f64 {
    // Without a source of randomness the waits are merely not spread.
    f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX)
}

/// The file as a decoder reads it.
pub(super) struct HttpStream {
    runtime: Handle,
    remote: Arc<Remote>,
    active: Transfer,
    /// The transfer before the last jump; a decoder that looks at the end of a file comes back to it.
    parked: Option<Transfer>,
    position: u64,
    is_placed: bool,
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

impl HttpStream {
    /// Reads on from what [`open`] began.
    pub(super) fn new(runtime: Handle, opened: Opened) -> Self {
        let remote = Arc::new(opened.remote);
        let active = Transfer::begin(&runtime, &remote, 0, Some((opened.head, opened.answer)));
        Self { runtime, remote, active, parked: None, position: 0, is_placed: true }
    }

    /// Puts the window where the reader is: by moving in it, by taking the parked one, or by asking anew.
    /// Done at the first read after a seek, so that looking around costs nothing.
    fn place(&mut self) {
        if self.is_placed {
            return;
        }
        self.is_placed = true;
        if self.active.window.move_to(self.position, SKIP_BYTES) {
            return;
        }
        match self.parked.take() {
            Some(parked) if parked.window.move_to(self.position, SKIP_BYTES) => {
                self.parked = Some(std::mem::replace(&mut self.active, parked));
            }
            // The older one is ended before another request is made.
            _ => {
                let fresh = Transfer::begin(&self.runtime, &self.remote, self.position, None);
                self.parked = Some(std::mem::replace(&mut self.active, fresh));
            }
        }
    }
}

impl Read for HttpStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.remote.total.is_some_and(|total| self.position >= total) {
            return Ok(0);
        }
        self.place();
        let count = self.active.window.read(buffer)?;
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
            if !self.is_seekable() && !self.active.window.move_to(target, SKIP_BYTES) {
                return Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "the server does not offer parts of the file, so there is no seeking in it",
                ));
            }
            self.is_placed = false;
            self.position = target;
        }
        Ok(target)
    }
}

impl ByteStream for HttpStream {
    fn is_seekable(&self) -> bool {
        self.remote.has_ranges && self.remote.total.is_some()
    }

    fn byte_len(&self) -> Option<u64> {
        self.remote.total
    }
}
