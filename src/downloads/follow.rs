//! A part is decoded while it comes: the decoder reads behind whoever fetches, and waits for what is not here yet. By the time that
//! the last byte is here, it has read nearly all of them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope, ScopedJoinHandle};

use crate::model::{DownloadId, Fault};
use crate::stream::{ByteStream, Cancel, FormatHint, whole_media};

use super::kind::{self, HEAD_BYTES};
use super::{Helper, Verified};

/// What is shorter is decoded once it is here: that is soon enough.
const FOLLOW_BYTES: u64 = 2 << 20;

/// How far a part has come.
#[derive(Debug, Default)]
struct Arrived {
    /// Bytes from the first on that are here.
    bytes: u64,
    /// Nobody fetches any more.
    is_over: bool,
}

#[derive(Debug, Default)]
struct Arrivals {
    arrived: Mutex<Arrived>,
    more: Condvar,
}

impl Arrivals {
    fn arrived(&self) -> MutexGuard<'_, Arrived> {
        // A panic elsewhere leaves whole numbers behind.
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until byte `at` is here; how many bytes are, fewer when no more will come.
    fn wait_for(&self, at: u64) -> u64 {
        let mut arrived = self.arrived();
        while arrived.bytes <= at && !arrived.is_over {
            arrived = self.more.wait(arrived).unwrap_or_else(PoisonError::into_inner);
        }
        arrived.bytes
    }
}

/// Tells the decoder how far the part has come. Dropped, it tells that no more will come.
#[derive(Debug, Default)]
pub(super) struct Announcer(Arc<Arrivals>);

impl Announcer {
    /// So many bytes from the first on are here.
    pub(super) fn tell(&self, bytes: u64) {
        let mut arrived = self.0.arrived();
        if bytes > arrived.bytes {
            arrived.bytes = bytes;
            self.0.more.notify_one();
        }
    }
}

impl Drop for Announcer {
    fn drop(&mut self) {
        self.0.arrived().is_over = true;
        self.0.more.notify_one();
    }
}

/// The part as the decoder reads it.
struct Follower {
    file: Arc<File>,
    arrivals: Arc<Arrivals>,
    total: u64,
    at: u64,
}

impl Read for Follower {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.total || buffer.is_empty() {
            return Ok(0);
        }
        let here = self.arrivals.wait_for(self.at).min(self.total);
        let most = usize::try_from(here.saturating_sub(self.at)).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Err(io::Error::other("the rest did not come"));
        }
        let count = self.file.read_at(&mut buffer[..most], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Follower {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.total.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl ByteStream for Follower {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.total)
    }

    fn is_here(&self) -> bool {
        self.arrivals.arrived().bytes >= self.total
    }
}

/// Decodes a part; `None` where what came is no kind of music that is known.
type Prover<'scope> = ScopedJoinHandle<'scope, Option<Result<Verified, Fault>>>;

/// Begins to decode a part of `total` bytes on a thread of `scope`; `None` where that is of no use. What comes of it is worth something
/// only if all of the part came.
pub(super) fn follow<'scope>(
    scope: &'scope Scope<'scope, '_>,
    id: DownloadId,
    file: Arc<File>,
    total: u64,
    helper: &'scope dyn Helper,
    cancel: &'scope Cancel,
) -> Option<(Announcer, Prover<'scope>)> {
    if total < FOLLOW_BYTES {
        return None;
    }
    let announcer = Announcer::default();
    let follower = Follower { file, arrivals: announcer.0.clone(), total, at: 0 };
    let decode = move || {
        let mut head = vec![0; HEAD_BYTES];
        follower.arrivals.wait_for(HEAD_BYTES as u64 - 1);
        follower.file.read_exact_at(&mut head, 0).ok()?;
        // Whoever makes the file says what is wrong with it.
        kind::extension(&head)?;
        Some(helper.verify(whole_media(Box::new(follower), FormatHint::default()), cancel))
    };
    let thread = thread::Builder::new().name(format!("prove-{}", id.0)).spawn_scoped(scope, decode);
    Some((announcer, thread.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follower(bytes: &[u8]) -> (Announcer, Follower) {
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, bytes).unwrap();
        let announcer = Announcer::default();
        let arrivals = announcer.0.clone();
        (announcer, Follower { file: Arc::new(file), arrivals, total: bytes.len() as u64, at: 0 })
    }

    #[test]
    fn what_is_not_here_yet_is_waited_for() {
        let bytes: Vec<u8> = (0..=255).collect();
        let (announcer, mut follower) = follower(&bytes);
        let reader = thread::spawn(move || {
            let mut read = Vec::new();
            follower.read_to_end(&mut read).map(|_| read)
        });
        for upto in [1, 100, 90, 255, 256] {
            assert!(!reader.is_finished());
            announcer.tell(upto);
        }
        assert_eq!(reader.join().unwrap().unwrap(), bytes);
    }

    #[test]
    fn what_does_not_come_is_an_error_and_not_an_end() {
        let (announcer, mut follower) = follower(&[7; 100]);
        announcer.tell(60);
        drop(announcer);
        let mut read = Vec::new();
        assert!(follower.read_to_end(&mut read).is_err());
        assert_eq!(read.len(), 60);
        follower.seek(SeekFrom::End(-1)).unwrap();
        assert!(follower.read(&mut [0; 8]).is_err());
        follower.seek(SeekFrom::Current(1)).unwrap();
        assert_eq!(follower.read(&mut [0; 8]).unwrap(), 0);
    }
}
