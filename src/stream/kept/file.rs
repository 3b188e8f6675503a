//! One file of the cache: the bytes that were read, each at its own place, and behind them a note of which those
//! are. The note is written now and then and when the file is let go, after the bytes are safe; a file without a whole
//! note is as good as empty.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::desk::{self, Place};
use super::ranges::Ranges;

/// What a note begins with.
const MARK: &str = "segue-ranges-1";

/// Longest note that is read, in bytes.
const MAX_NOTE_BYTES: u64 = 64 << 10;

/// A program that is killed loses at most this much of what it kept.
const NOTED_BYTES: u64 = 8 << 20;

/// What is kept of one remote file.
#[derive(Debug)]
pub(in crate::stream) struct Kept {
    file: File,
    total: u64,
    ranges: Ranges,
    is_changed: bool,
    /// Bytes kept since the note was written.
    unnoted: u64,
    notes: Notes,
}

/// Who writes the notes.
#[derive(Debug)]
enum Notes {
    /// Whoever writes the bytes.
    Here,
    /// A thread that has time for it.
    Later(Place),
    /// Nobody: the file is gone when it is let go, but takes its room until then.
    Nobody { _place: Place },
}

impl Kept {
    /// Opens the file at `path`, made when missing, for a remote file of `total` bytes.
    pub(super) fn open(path: &Path, total: u64) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let ranges = read_note(&mut file, total).unwrap_or_default();
        Ok(Self { file, total, ranges, is_changed: false, unnoted: 0, notes: Notes::Here })
    }

    /// The same with its notes written by another thread.
    pub(super) fn noted_later(self, place: Place) -> Self {
        self.with(Notes::Later(place))
    }

    /// The same for a file that nobody will open again.
    pub(super) fn without_notes(self, place: Place) -> Self {
        self.with(Notes::Nobody { _place: place })
    }

    fn with(mut self, notes: Notes) -> Self {
        self.notes = notes;
        self
    }

    /// Where the bytes from `position` on end that are here; `None` when that one is not.
    pub(in crate::stream) fn end_of(&self, position: u64) -> Option<u64> {
        self.ranges.end_of(position)
    }

    /// Whether all of it is here.
    pub(in crate::stream) fn is_whole(&self) -> bool {
        self.end_of(0) == Some(self.total)
    }

    /// Reads some of the bytes from `position` to `end`, which [`Kept::end_of`] named; 0 bytes when they are gone.
    pub(in crate::stream) fn read(
        &mut self,
        position: u64,
        end: u64,
        buffer: &mut [u8],
    ) -> io::Result<usize> {
        let most = usize::try_from(end - position).unwrap_or(usize::MAX).min(buffer.len());
        self.file.seek(SeekFrom::Start(position))?;
        self.file.read(&mut buffer[..most])
    }

    /// The bytes on the disk are not what was written: nothing of them is claimed any more.
    pub(in crate::stream) fn forget(mut self) {
        self.ranges = Ranges::default();
        self.is_changed = true;
    }

    /// Keeps bytes that begin at `position`.
    pub(in crate::stream) fn write(&mut self, position: u64, bytes: &[u8]) -> io::Result<()> {
        let end = position.saturating_add(bytes.len() as u64);
        if end > self.total {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(position))?;
        self.file.write_all(bytes)?;
        self.ranges.add(position, end);
        self.is_changed = true;
        self.unnoted += bytes.len() as u64;
        if self.unnoted >= NOTED_BYTES || self.is_whole() {
            self.write_note()?;
        }
        Ok(())
    }

    fn write_note(&mut self) -> io::Result<()> {
        (self.is_changed, self.unnoted) = (false, 0);
        let note = || {
            let mut note = format!("{MARK} {}", self.ranges).into_bytes();
            note.extend(Sha256::digest(&note));
            note
        };
        match &self.notes {
            Notes::Here => desk::write(&self.file, self.total, &note()),
            Notes::Later(place) => place.note(&self.file, self.total, note()),
            Notes::Nobody { .. } => Ok(()),
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if self.is_changed
            && let Err(error) = self.write_note()
        {
            tracing::debug!(%error, "what was heard cannot be kept");
        }
    }
}

fn read_note(file: &mut File, total: u64) -> Option<Ranges> {
    let length = file.metadata().ok()?.len().checked_sub(total)?;
    if length > MAX_NOTE_BYTES {
        return None;
    }
    file.seek(SeekFrom::Start(total)).ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_NOTE_BYTES).read_to_end(&mut bytes).ok()?;
    let (note, digest) = bytes.split_at_checked(bytes.len().checked_sub(Sha256::output_size())?)?;
    if digest != Sha256::digest(note).as_slice() {
        return None;
    }
    Ranges::parse(std::str::from_utf8(note).ok()?.strip_prefix(MARK)?, total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_there_again_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut kept = Kept::open(&path, 100).unwrap();
        assert_eq!(kept.end_of(0), None);
        kept.write(10, b"hello").unwrap();
        kept.write(90, b"beyond its end").unwrap();
        drop(kept);
        let mut kept = Kept::open(&path, 100).unwrap();
        assert_eq!((kept.end_of(9), kept.end_of(12), kept.end_of(90)), (None, Some(15), None));
        let mut buffer = [0; 9];
        assert_eq!(kept.read(11, 15, &mut buffer).unwrap(), 4);
        assert_eq!(&buffer[..4], b"ello");
        assert!(!kept.is_whole());
        kept.write(0, &[7; 100]).unwrap();
        assert!(kept.is_whole());
    }

    #[test]
    fn a_program_that_is_killed_has_kept_what_was_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut kept = Kept::open(&path, 100).unwrap();
        kept.write(0, &[7; 60]).unwrap();
        assert!(!Kept::open(&path, 100).unwrap().is_whole());
        kept.write(60, &[7; 40]).unwrap();
        // The first is still open, as it is in a program that is killed now.
        assert!(Kept::open(&path, 100).unwrap().is_whole());
        kept.forget();
        assert_eq!(Kept::open(&path, 100).unwrap().end_of(0), None);
    }

    #[test]
    fn a_damaged_note_claims_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        Kept::open(&path, 100).unwrap().write(0, &[7; 60]).unwrap();
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(Kept::open(&path, 100).unwrap().end_of(0), Some(60));
        // Of another length than the server says.
        assert_eq!(Kept::open(&path, 99).unwrap().end_of(0), None);
        for at in 100..whole.len() {
            std::fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(Kept::open(&path, 100).unwrap().end_of(0), None, "cut at {at}");
            let mut other = whole.clone();
            other[at] ^= 1;
            std::fs::write(&path, &other).unwrap();
            assert_eq!(Kept::open(&path, 100).unwrap().end_of(0), None, "changed at {at}");
        }
        std::fs::write(&path, vec![b' '; 200_000]).unwrap();
        assert_eq!(Kept::open(&path, 100).unwrap().end_of(0), None);
    }
}
