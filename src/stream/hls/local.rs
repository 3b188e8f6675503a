//! Files that a local playlist names. Symbolic links must not lead out of its folder.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::stream::StreamError;

use super::playlist::ByteRange;

/// Largest file that is read as one segment.
const MAX_FILE_BYTES: u64 = 32 << 20;

/// Reads all or a stretch of a file in `folder` or below.
pub(super) fn read_below(
    folder: &Path,
    path: &Path,
    range: Option<ByteRange>,
) -> Result<Vec<u8>, StreamError> {
    let failed = |source| StreamError::File { path: path.to_owned(), source };
    let refused = |reason| failed(io::Error::new(io::ErrorKind::PermissionDenied, reason));
    let real = path.canonicalize().map_err(failed)?;
    if !real.starts_with(folder.canonicalize().map_err(failed)?) {
        return Err(refused("it leads out of the playlist's folder"));
    }
    let metadata = std::fs::metadata(&real).map_err(failed)?;
    if !metadata.is_file() {
        return Err(refused("it is not a regular file"));
    }
    let mut file = File::open(&real).map_err(failed)?;
    let length = range.map_or(metadata.len(), |range| range.length);
    if length > MAX_FILE_BYTES {
        return Err(refused("it is too large for a segment"));
    }
    file.seek(SeekFrom::Start(range.map_or(0, |range| range.offset))).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).map_err(failed)?;
    if range.is_some() && (bytes.len() as u64) < length {
        return Err(failed(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(bytes)
}
