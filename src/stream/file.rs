//! Files on this machine.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use super::{ByteStream, Monitor, StreamError};

/// An open file.
pub(super) struct FileStream {
    reader: BufReader<File>,
    length: u64,
    monitor: Arc<Monitor>,
}

impl FileStream {
    /// Opens a regular file that holds at least a byte.
    pub(super) fn open(path: &Path, monitor: &Arc<Monitor>) -> Result<Self, StreamError> {
        let failed = |source| StreamError::File { path: path.to_owned(), source };
        let metadata = std::fs::metadata(path).map_err(failed)?;
        if metadata.is_dir() {
            return Err(StreamError::Directory(path.to_owned()));
        }
        // Opening a pipe could wait for ever.
        if !metadata.is_file() {
            return Err(failed(io::Error::new(io::ErrorKind::Unsupported, "it is not a regular file")));
        }
        let file = File::open(path).map_err(failed)?;
        if metadata.len() == 0 {
            return Err(StreamError::Empty(path.display().to_string()));
        }
        Ok(Self { reader: BufReader::new(file), length: metadata.len(), monitor: monitor.clone() })
    }

    /// The first bytes; the place in the file stays.
    pub(super) fn peek(&mut self, head: &mut [u8]) -> io::Result<usize> {
        let buffered = self.reader.fill_buf()?;
        let count = buffered.len().min(head.len());
        head[..count].copy_from_slice(&buffered[..count]);
        Ok(count)
    }

    /// The rest of the file, cut after `cap_bytes`.
    pub(super) fn read_capped(self, cap_bytes: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.take(cap_bytes as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for FileStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.monitor.received(count);
        Ok(count)
    }
}

impl Seek for FileStream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}

impl ByteStream for FileStream {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}
