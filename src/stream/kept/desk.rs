//! What is open of the cache in this program: how much it may grow, and the thread that makes notes of it. A note
//! waits for the disk, which no thread that decodes has time for.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// The files that are open. Dropped, it waits for the notes that are still to be made.
#[derive(Debug, Default)]
pub(super) struct Desk {
    files: Arc<Files>,
    worker: Mutex<Option<Worker>>,
}

#[derive(Debug, Default)]
struct Files {
    uses: Mutex<HashMap<PathBuf, Use>>,
    noted: Condvar,
}

/// One file.
#[derive(Debug, Default)]
struct Use {
    readers: u32,
    /// Notes that are not made yet.
    notes: u32,
    /// Its length when it is whole.
    total: u64,
}

#[derive(Debug)]
struct Worker {
    notes: Sender<Note>,
    thread: JoinHandle<()>,
}

/// A note to be made behind the bytes of a file.
struct Note {
    path: PathBuf,
    file: File,
    total: u64,
    text: Vec<u8>,
}

impl Files {
    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, Use>> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, path: &Path, change: impl FnOnce(&mut Use)) {
        let mut uses = self.lock();
        let Some(found) = uses.get_mut(path) else { return };
        change(found);
        if found.readers == 0 && found.notes == 0 {
            uses.remove(path);
        }
        self.noted.notify_all();
    }
}

/// The right to let a file grow to its whole length.
#[derive(Debug)]
pub(super) struct Place {
    desk: Arc<Desk>,
    path: PathBuf,
}

impl Desk {
    /// Takes a place for a file of `total` bytes, unless those that are open may grow so that `most` would be exceeded. Says too
    /// which files are open, and what room they leave for others.
    pub(super) fn take(
        self: &Arc<Self>,
        path: &Path,
        total: u64,
        most: u64,
    ) -> io::Result<(Place, Vec<PathBuf>, u64)> {
        let mut uses = self.files.lock();
        // What was heard a moment ago is about to be noted.
        while uses.get(path).is_some_and(|found| found.notes > 0) {
            uses = self.files.noted.wait(uses).unwrap_or_else(PoisonError::into_inner);
        }
        let others: u64 = uses.iter().filter(|(other, _)| *other != path).map(|(_, found)| found.total).sum();
        let room = most.checked_sub(others.saturating_add(total));
        let room = room.ok_or_else(|| io::Error::new(io::ErrorKind::StorageFull, "the cache is in use"))?;
        let found = uses.entry(path.to_owned()).or_default();
        (found.readers, found.total) = (found.readers + 1, total);
        let open = uses.iter().filter(|(_, found)| found.readers > 0).map(|(path, _)| path.clone()).collect();
        Ok((Place { desk: Arc::clone(self), path: path.to_owned() }, open, room))
    }

    fn send(&self, note: Note) -> io::Result<()> {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if worker.is_none() {
            let (files, (notes, waiting)) = (Arc::clone(&self.files), channel::<Note>());
            let thread = std::thread::Builder::new().name("cache".to_owned()).spawn(move || {
                for note in waiting {
                    if let Err(error) = write(&note.file, note.total, &note.text) {
                        tracing::debug!(%error, "what was heard cannot be kept");
                    }
                    files.change(&note.path, |found| found.notes -= 1);
                }
            })?;
            *worker = Some(Worker { notes, thread });
        }
        let sent = worker.as_ref().map(|worker| worker.notes.send(note));
        sent.transpose().map(|_| ()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let worker = self.worker.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Worker { notes, thread }) = worker {
            drop(notes);
            let _ = thread.join();
        }
    }
}

impl Place {
    /// Has a note made behind the `total` bytes of a file once those are safe.
    pub(super) fn note(&self, file: &File, total: u64, text: Vec<u8>) -> io::Result<()> {
        if cfg!(not(unix)) {
            // Writing moves the place at which others read.
            return write(file, total, &text);
        }
        let note = Note { path: self.path.clone(), file: file.try_clone()?, total, text };
        self.desk.files.change(&self.path, |found| found.notes += 1);
        let sent = self.desk.send(note);
        if sent.is_err() {
            self.desk.files.change(&self.path, |found| found.notes -= 1);
        }
        sent
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.desk.files.change(&self.path, |found| found.readers -= 1);
    }
}

/// Writes a note. It must never claim bytes that a power cut took.
pub(super) fn write(file: &File, total: u64, text: &[u8]) -> io::Result<()> {
    file.sync_data()?;
    write_at(file, total, text)?;
    file.set_len(total + text.len() as u64)
}

/// Writes at a place without moving the one that others read and write at.
#[cfg(unix)]
fn write_at(file: &File, place: u64, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, place)
}

#[cfg(not(unix))]
fn write_at(mut file: &File, place: u64, bytes: &[u8]) -> io::Result<()> {
    use std::io::{Seek as _, Write as _};
    file.seek(io::SeekFrom::Start(place))?;
    file.write_all(bytes)
}
