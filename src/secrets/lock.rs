//! A lock that holds between threads and between processes.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use super::error::SecretsError;

/// How often a lock that another holds is tried.
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// The lock is held until this is dropped, or the process ends.
#[derive(Debug)]
#[must_use = "the lock is held as long as this lives"]
pub struct Guard {
    _file: File,
}

impl Guard {
    /// Takes the lock of an open file, which nobody else in this process may have opened the same way:
    /// flock(2) belongs to the open file, not to the process, so threads exclude each other too.
    pub(super) fn take(file: File, path: &Path, patience: Duration) -> Result<Self, SecretsError> {
        // A blocking lock could not be given up; so it is tried again and again.
        let (_never, nothing) = mpsc::channel::<()>();
        let tries = patience.as_millis() / BETWEEN_TRIES.as_millis();
        for _ in 0..=tries {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(source)) => {
                    return Err(SecretsError::Disk { doing: "locked", path: path.to_owned(), source });
                }
            }
            let _ = nothing.recv_timeout(BETWEEN_TRIES);
        }
        Err(SecretsError::Busy { path: path.to_owned() })
    }
}
