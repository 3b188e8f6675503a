//! Whose turn it is among several programs: a lock beside the database, which the system takes back when its program ends,
//! however that comes.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::database::beside;

/// A turn, until it is dropped.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "the lock ends with it")] Option<File>);

impl Turn {
    /// Takes the turn of this name. `None`: another program has it. Where nothing can be locked, everybody has it.
    pub(super) fn take(database: &Path, name: &str) -> Option<Self> {
        let Ok(lock) = File::create(beside(database, name)) else { return Some(Self(None)) };
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => None,
            Ok(()) => Some(Self(Some(lock))),
            Err(TryLockError::Error(_)) => Some(Self(None)),
        }
    }
}
