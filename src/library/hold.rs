//! Who has the database open. Every connection shares a lock beside the file for as long as it lives; whoever sets the file
//! aside needs that lock alone, so that nobody goes on writing into a file that is not the library any more.

use std::fs::{File, TryLockError};
use std::io;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use super::database::beside;

/// Others that are only looking whether the database is whole are waited for so long, in so many looks.
const PAUSE: Duration = Duration::from_millis(20);
const LOOKS: u32 = 50;

/// An open database that nobody sets aside meanwhile.
#[derive(Debug)]
pub(super) struct Held {
    // Dropped in this order.
    connection: Connection,
    _share: Share,
}

impl Held {
    pub fn new(connection: Connection, share: Share) -> Self {
        Self { connection, _share: share }
    }
}

impl Deref for Held {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

/// A part in the lock, until it is dropped. Nothing is in it where nothing can be locked.
#[derive(Debug, Default)]
pub(super) struct Share(#[expect(dead_code, reason = "the lock ends with it")] Option<File>);

impl Share {
    /// Takes part in the lock. Somebody who rebuilds the database is waited for.
    pub fn take(path: &Path) -> Self {
        Self(lock_file(path).filter(|lock| whole(|| lock.lock_shared()).is_ok()))
    }
}

/// The lock for one alone.
#[derive(Debug)]
pub(super) struct Alone(#[expect(dead_code, reason = "the lock ends with it")] Option<File>);

impl Alone {
    /// Takes the lock alone; `None`: somebody has the database open. Where nothing can be locked, everybody is alone.
    pub fn take(path: &Path) -> Option<Self> {
        let Some(lock) = lock_file(path) else { return Some(Self(None)) };
        for _ in 0..LOOKS {
            match lock.try_lock() {
                Ok(()) => return Some(Self(Some(lock))),
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(_)) => return Some(Self(None)),
                Err(TryLockError::WouldBlock) => thread::park_timeout(PAUSE),
            }
        }
        None
    }
}

fn lock_file(path: &Path) -> Option<File> {
    File::create(beside(path, "open-lock")).ok()
}

/// Does it again when a signal came between.
fn whole(mut lock: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    loop {
        match lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
