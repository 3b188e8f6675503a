//! What is fetched and not yet decoded. One task fills it, a decode thread empties it part by part.

use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::model::CleanText;
use crate::stream::interrupt::Waiting;
use crate::stream::{ByteStream, FormatHint, Monitor, Part, StreamError};

/// Seconds of sound fetched ahead of the decoder.
const AHEAD_SECONDS: f64 = 30.0;

/// Bytes fetched ahead of the decoder.
const AHEAD_BYTES: usize = 8 << 20;

/// The sound of one segment.
pub(super) struct Chunk {
    /// Container bytes.
    pub bytes: Vec<u8>,
    /// How much sound they are.
    pub seconds: f64,
    /// Where in the track they begin.
    pub starts_at: Duration,
    /// What plays from here on, where that is new.
    pub title: Option<CleanText>,
}

enum Entry {
    Part(Beginning),
    Chunk(Chunk),
}

/// How a part begins.
#[derive(Clone, Default)]
pub(super) struct Beginning {
    pub hint: FormatHint,
    /// Where in the track what is to be heard of it begins.
    pub starts_at: Duration,
    /// What of its sound comes before that.
    pub lead: Duration,
    /// Whether the decoder goes on; if not it must start afresh.
    pub continues: bool,
}

enum End {
    Whole,
    Failed(Option<StreamError>),
}

#[derive(Default)]
struct State {
    entries: VecDeque<Entry>,
    bytes: usize,
    seconds: f64,
    /// What the part in use is.
    hint: FormatHint,
    end: Option<End>,
}

/// The queue between the fetching task and the decode thread.
pub(super) struct Queue {
    state: Mutex<State>,
    readable: Condvar,
    writable: Notify,
    monitor: Arc<Monitor>,
}

impl Queue {
    /// An empty queue, and the end that fills it.
    pub(super) fn new(monitor: &Arc<Monitor>) -> (Arc<Self>, Filler) {
        monitor.fetched_ahead_ms.store(0, Ordering::Relaxed);
        let queue = Arc::new(Self {
            state: Mutex::default(),
            readable: Condvar::new(),
            writable: Notify::new(),
            monitor: monitor.clone(),
        });
        (queue.clone(), Filler(queue))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is an entry or the end. Fails when the reader is called elsewhere before that.
    fn wait(self: &Arc<Self>) -> Result<MutexGuard<'_, State>, StreamError> {
        let mut state = self.lock();
        while state.entries.is_empty() && state.end.is_none() {
            self.monitor.interrupt.wait_at(self);
            self.monitor.interrupt.check().inspect_err(|_| self.monitor.hunger.set(false))?;
            self.monitor.hunger.set(true);
            state = self.readable.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        self.monitor.hunger.set(false);
        Ok(state)
    }

    fn count(&self, state: &State) {
        let ahead_ms = Duration::try_from_secs_f64(state.seconds.max(0.0)).unwrap_or_default().as_millis();
        self.monitor.fetched_ahead_ms.store(u64::try_from(ahead_ms).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Passes over what is left of the part in use and begins the next one.
    pub(super) fn next_part(self: &Arc<Self>) -> Result<Option<Part>, StreamError> {
        loop {
            let mut state = self.wait()?;
            match state.entries.pop_front() {
                Some(Entry::Part(beginning)) => {
                    state.hint.clone_from(&beginning.hint);
                    return Ok(Some(self.part(beginning)));
                }
                Some(Entry::Chunk(chunk)) => self.taken(&mut state, &chunk),
                None => {
                    return match &mut state.end {
                        Some(End::Failed(error)) => error.take().map_or(Ok(None), Err),
                        Some(End::Whole) | None => Ok(None),
                    };
                }
            }
        }
    }

    /// Passes over the segment in use: what is behind it in the part in use is one of its own.
    pub(super) fn next_segment(self: &Arc<Self>) -> Result<Option<Part>, StreamError> {
        let state = self.wait()?;
        if let Some(Entry::Chunk(Chunk { starts_at, .. })) = state.entries.front() {
            let beginning =
                Beginning { hint: state.hint.clone(), starts_at: *starts_at, ..Beginning::default() };
            return Ok(Some(self.part(beginning)));
        }
        drop(state);
        self.next_part()
    }

    fn part(self: &Arc<Self>, beginning: Beginning) -> Part {
        let Beginning { hint, starts_at, lead, continues } = beginning;
        let queue = self.clone();
        let stream = PartStream { queue, chunk: Vec::new(), read: 0, is_over: false, continues };
        Part { bytes: Box::new(stream), hint, starts_at, lead }
    }

    /// The next chunk of the part in use; `None` at its end.
    fn next_chunk(self: &Arc<Self>) -> Result<Option<Vec<u8>>, StreamError> {
        let mut state = self.wait()?;
        match state.entries.pop_front() {
            Some(Entry::Chunk(chunk)) => {
                self.taken(&mut state, &chunk);
                if let Some(title) = chunk.title {
                    self.monitor.set_title(title);
                }
                Ok(Some(chunk.bytes))
            }
            Some(next @ Entry::Part(_)) => {
                state.entries.push_front(next);
                Ok(None)
            }
            None => Ok(None),
        }
    }

    fn taken(&self, state: &mut State, chunk: &Chunk) {
        state.bytes = state.bytes.saturating_sub(chunk.bytes.len());
        state.seconds -= chunk.seconds;
        self.count(state);
        self.writable.notify_one();
    }
}

impl Waiting for Queue {
    fn wake(&self) {
        let _state = self.lock();
        self.readable.notify_all();
    }
}

/// The end that fills a [`Queue`]. Dropping it without [`Filler::finish`] ends the reader's waits too.
pub(super) struct Filler(Arc<Queue>);

impl Filler {
    /// Waits until the decoder has used up enough to fetch another segment.
    pub(super) async fn room(&self) {
        loop {
            {
                let state = self.0.lock();
                if state.seconds < AHEAD_SECONDS && state.bytes < AHEAD_BYTES {
                    return;
                }
            }
            self.0.writable.notified().await;
        }
    }

    /// Seconds of sound that the decoder has not taken yet.
    pub(super) fn seconds(&self) -> f64 {
        self.0.lock().seconds
    }

    /// From here on the bytes stand for themselves.
    pub(super) fn start_part(&self, beginning: Beginning) {
        self.0.lock().entries.push_back(Entry::Part(beginning));
        self.0.readable.notify_all();
    }

    /// Adds to the part under way.
    pub(super) fn push(&self, chunk: Chunk) {
        let mut state = self.0.lock();
        state.bytes += chunk.bytes.len();
        state.seconds += chunk.seconds;
        state.entries.push_back(Entry::Chunk(chunk));
        self.0.count(&state);
        self.0.readable.notify_all();
    }

    /// Nothing more comes: all is here, or why not.
    pub(super) fn finish(self, result: Result<(), StreamError>) {
        self.end(result.map_or_else(|error| End::Failed(Some(error)), |()| End::Whole));
    }

    fn end(&self, end: End) {
        self.0.lock().end.get_or_insert(end);
        self.0.readable.notify_all();
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        self.end(End::Failed(Some(StreamError::Cancelled)));
    }
}

/// Reads one part, forward only. Ends where the part ends; when fetching failed,
/// [`crate::stream::Media::next_part`] says why.
struct PartStream {
    queue: Arc<Queue>,
    chunk: Vec<u8>,
    read: usize,
    is_over: bool,
    continues: bool,
}

impl Read for PartStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read >= self.chunk.len() && !self.is_over && !buffer.is_empty() {
            self.read = 0;
            let next = self.queue.next_chunk()?;
            self.is_over = next.is_none();
            self.chunk = next.unwrap_or_default();
        }
        let count = (&self.chunk[self.read..]).read(buffer)?;
        self.read += count;
        Ok(count)
    }
}

impl Seek for PartStream {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "a part of a playlist is read forward only"))
    }
}

impl ByteStream for PartStream {
    fn is_seekable(&self) -> bool {
        false
    }

    fn byte_len(&self) -> Option<u64> {
        None
    }

    fn continues(&self) -> bool {
        self.continues
    }
}
