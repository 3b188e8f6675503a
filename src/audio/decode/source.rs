//! The bytes as the demuxer reads them: replays the head that was looked at before, counts the
//! position, and keeps the true reason of a failed read, which demuxers tend to swallow.

use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use symphonia::core::io::MediaSource;

use super::fragments::Fragments;
use crate::audio::error::DecodeError;
use crate::stream::ByteStream;

/// Most bytes kept of a stream that cannot go back.
const MAX_HEAD: usize = 8 << 20;

/// Bytes at the end of the whole that may be looked at again: no more than a stream over the network still holds.
const MOST_TAIL: u64 = 448 << 10;

/// A handle on one byte stream; [`Source::restart`] gives another that reads from the beginning.
pub(super) struct Source {
    shared: Arc<Mutex<Shared>>,
    /// Read before the bytes of the stream.
    preface: Arc<[u8]>,
    /// Where the bytes of the stream begin to be read.
    start: u64,
    /// Bytes read so far, those of the preface among them.
    position: u64,
    seekable: bool,
    length: Option<u64>,
    /// What of MP4 is looked at on the way.
    fragments: Fragments,
}

struct Shared {
    bytes: Box<dyn ByteStream>,
    /// Where `bytes` stands.
    at: u64,
    /// The first bytes, read ahead of the demuxer.
    head: Vec<u8>,
    /// Why a read failed, the first time it did.
    failure: Option<DecodeError>,
    /// What was read last, if that is wanted, and the place behind it.
    tail: Option<(VecDeque<u8>, u64)>,
}

impl Source {
    pub(super) fn new(bytes: Box<dyn ByteStream>) -> Self {
        let (seekable, length) = (bytes.is_seekable(), bytes.byte_len());
        let shared = Shared { bytes, at: 0, head: Vec::new(), failure: None, tail: None };
        let preface = Arc::new([]);
        Self {
            shared: Arc::new(Mutex::new(shared)),
            preface,
            start: 0,
            position: 0,
            seekable,
            length,
            fragments: Fragments::default(),
        }
    }

    /// The same bytes from the beginning. A stream that is not seekable can only be restarted while
    /// nothing beyond its head has been read.
    pub(super) fn restart(&self) -> Self {
        let (shared, preface) = (Arc::clone(&self.shared), Arc::new([]));
        let (seekable, length) = (self.seekable, self.length);
        Self { shared, preface, start: 0, position: 0, seekable, length, fragments: Fragments::default() }
    }

    /// The same, but the reader is told that it can only read forward.
    pub(super) fn restart_forward_only(&self) -> Self {
        Self { seekable: false, length: None, ..self.restart() }
    }

    /// The same from byte `start` on, forward only.
    pub(super) fn restart_at(&self, start: u64) -> Self {
        Self { start, ..self.restart_forward_only() }
    }

    /// The bytes of `preface` and behind them the same from byte `start` on, forward only.
    pub(super) fn restart_behind(&self, preface: &Arc<[u8]>, start: u64) -> Self {
        Self { preface: Arc::clone(preface), ..self.restart_at(start) }
    }

    /// Whether everything from byte `from` up to byte `place` can be read without asking a server for it.
    pub(super) fn is_at_hand(&self, place: u64, from: u64) -> bool {
        self.lock().bytes.is_at_hand(from.min(place), place)
    }

    /// Whether all of it can be read at once.
    pub(super) fn is_here(&self) -> bool {
        self.lock().bytes.is_here()
    }

    /// Tells how long the whole plays.
    pub(super) fn lasts(&self, length: std::time::Duration) {
        self.lock().bytes.lasts(length);
    }

    /// Where reading is now.
    pub(super) fn bytes_read(&self) -> u64 {
        self.lock().at
    }

    /// From now on the last bytes read are kept, where they cannot be read again.
    pub(super) fn keep_tail(&self) {
        let mut shared = self.lock();
        if !shared.bytes.is_seekable() {
            shared.tail.get_or_insert_default();
        }
    }

    /// The last bytes of the whole, after all of it was read.
    pub(super) fn tail(&self) -> Result<Vec<u8>, DecodeError> {
        match self.length.filter(|_| self.seekable) {
            Some(length) => self.window(length.saturating_sub(MOST_TAIL), MOST_TAIL),
            None => Ok(self.lock().tail.iter().flat_map(|(tail, _)| tail).copied().collect()),
        }
    }

    /// The first `count` bytes, or fewer when there are no more; does not move the position.
    pub(super) fn peek(&self, count: usize) -> Result<Vec<u8>, DecodeError> {
        let mut shared = self.lock();
        shared.fill_head(count)?;
        Ok(shared.head.iter().take(count).copied().collect())
    }

    /// `count` bytes from `start`, or fewer when there are no more; does not move the position. A
    /// stream that only goes forward must hold them within its head.
    pub(super) fn window(&self, start: u64, count: u64) -> Result<Vec<u8>, DecodeError> {
        let mut shared = self.lock();
        let end = start.saturating_add(count);
        if !shared.bytes.is_seekable() {
            let end = usize::try_from(end).unwrap_or(usize::MAX).min(MAX_HEAD);
            shared.fill_head(end)?;
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            return Ok(shared.head.get(start..end.min(shared.head.len())).unwrap_or_default().to_vec());
        }
        let mut window = Vec::new();
        shared.go_to(start)?;
        let got = (&mut shared.bytes).take(count).read_to_end(&mut window)?;
        shared.at += got as u64;
        Ok(window)
    }

    /// Why reading failed, if it did; asked once.
    pub(super) fn take_failure(&self) -> Option<DecodeError> {
        self.lock().failure.take()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        // A panic inside a demuxer leaves plain numbers behind, nothing half done.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn fill_head(&mut self, count: usize) -> io::Result<()> {
        if self.head.len() >= count {
            return Ok(());
        }
        self.go_to(self.head.len() as u64)?;
        let missing = (count - self.head.len()) as u64;
        let got = (&mut self.bytes).take(missing).read_to_end(&mut self.head)?;
        self.at += got as u64;
        Ok(())
    }

    fn go_to(&mut self, position: u64) -> io::Result<()> {
        if self.at != position {
            self.at = self.bytes.seek(SeekFrom::Start(position))?;
        }
        Ok(())
    }

    fn read_at(&mut self, position: u64, buf: &mut [u8]) -> io::Result<usize> {
        let ahead = usize::try_from(position).ok().and_then(|start| self.head.get(start..));
        let count = if let Some(ahead) = ahead.filter(|ahead| !ahead.is_empty()) {
            let count = ahead.len().min(buf.len());
            buf[..count].copy_from_slice(&ahead[..count]);
            count
        } else {
            self.go_to(position)?;
            let count = self.bytes.read(buf)?;
            self.at += count as u64;
            count
        };
        if let Some((tail, end)) = &mut self.tail {
            if *end != position {
                tail.clear();
            }
            *end = position + count as u64;
            tail.extend(&buf[..count]);
            let surplus = tail.len().saturating_sub(usize::try_from(MOST_TAIL).unwrap_or(usize::MAX));
            tail.drain(..surplus);
        }
        Ok(count)
    }
}

impl Read for Source {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let before = usize::try_from(self.position).ok().and_then(|position| self.preface.get(position..));
        if let Some(before) = before.filter(|before| !before.is_empty()) {
            let count = before.len().min(buf.len());
            buf[..count].copy_from_slice(&before[..count]);
            self.position += count as u64;
            return Ok(count);
        }
        let place = self.start + self.position - self.preface.len() as u64;
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match shared.read_at(place, buf) {
                Ok(count) => {
                    if !self.fragments.may_pass(self.position, &buf[..count]) {
                        let error =
                            DecodeError::Damaged("a fragment claims more samples than it has".to_owned());
                        shared.failure.get_or_insert(error);
                        return Err(io::Error::other("the bytes are damaged"));
                    }
                    drop(shared);
                    self.position += count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    shared.failure.get_or_insert(error.into());
                    return Err(io::Error::other("the bytes failed"));
                }
            }
        }
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if !self.seekable {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
            SeekFrom::End(offset) => self.length.and_then(|length| length.checked_add_signed(offset)),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        self.seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.length
    }
}
