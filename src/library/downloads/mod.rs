//! The queue of downloads and the finished copies, as they are kept. One program at a time runs the queue; others put
//! what they want of it into a box, which that one empties.

mod facts;
mod lists;
mod notes;
mod rows;
#[cfg(test)]
mod tests;
mod wishes;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

pub use notes::CopyNote;

use crate::model::{
    DownloadChange, DownloadCommand, DownloadId, Fault, KeptDownloads, KeptList, ListSource, OwnCodes,
    ServiceId,
};

use super::database;
use super::error::LibraryError;
use super::hold::Held;
use super::playlists::{download_journal, keep_download_step};
use super::rows::{read_reference, reference_text, whole};
use super::session;
use super::turn::Turn;

/// Numbers of jobs that were given, so that none is given twice.
const LAST_ID: &str = "downloads-last-id";

/// Whether the listener holds everything.
const PAUSED: &str = "downloads-paused";

/// The number of the last edit of the order that is done.
const STEP: &str = "downloads-step";

/// Downloads as they are kept. Every method answers at once, or waits for another program to finish its own.
#[derive(Debug)]
pub struct Downloads {
    connection: Held,
    path: PathBuf,
    /// Held while this program runs the queue.
    turn: Option<Turn>,
    /// What the database's own count of others' changes was.
    seen: i64,
}

/// Something that another program wants of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// In the order in which they came.
    pub number: u64,
    /// What it wants.
    pub command: DownloadCommand,
}

impl Downloads {
    /// Opens the database at `path`, made or brought to the newest schema where that is needed.
    ///
    /// # Errors
    /// When there can be none.
    pub fn open(path: &Path) -> Result<Self, LibraryError> {
        let connection = database::open(path)?.connection;
        Ok(Self { connection, path: path.to_owned(), turn: None, seen: 0 })
    }

    /// The same for a database that this process has open already.
    ///
    /// # Errors
    /// When it cannot be opened once more.
    pub fn join(path: &Path) -> Result<Self, LibraryError> {
        Ok(Self { connection: database::join(path)?, path: path.to_owned(), turn: None, seen: 0 })
    }

    fn failed(&self, source: rusqlite::Error) -> Fault {
        LibraryError::Downloads { path: self.path.clone(), source }.fault()
    }

    /// Whether this program runs the queue from now on: no other one does. Where nothing can be locked, everybody has the
    /// turn; the engine keeps two from copying the same.
    pub fn take_turn(&mut self) -> bool {
        if self.turn.is_none() {
            self.turn = Turn::take(&self.path, "downloads-lock");
        }
        self.turn.is_some()
    }

    /// Lets another program run the queue.
    pub fn give_turn(&mut self) {
        self.turn = None;
    }

    /// Everything that is kept. `now_ms` is in milliseconds since 1970; a wait is never longer than it was planned,
    /// wherever the clock went.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(&mut self, now_ms: u64) -> Result<KeptDownloads, Fault> {
        let read = |connection: &Connection| -> rusqlite::Result<KeptDownloads> {
            let number = session::kept(connection, LAST_ID)?.and_then(|text| text.parse().ok());
            let step = session::kept(connection, STEP)?.and_then(|text| text.parse().ok()).unwrap_or(0);
            Ok(KeptDownloads {
                jobs: rows::jobs(connection, rows::Which::Listed, now_ms)?,
                gone: rows::jobs(connection, rows::Which::Gone, now_ms)?,
                journal: download_journal(connection, step)?,
                is_paused: session::kept(connection, PAUSED)?.is_some_and(|text| text == "yes"),
                last_id: number.unwrap_or(0),
                copies: rows::copies(connection)?,
                lists: lists::all(connection)?,
            })
        };
        // As of one moment.
        let all = self.connection.transaction().and_then(|moment| read(&moment));
        all.map_err(|source| self.failed(source))
    }

    /// A list that is kept offline, as it was read last.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(&self, source: &ListSource) -> Result<Option<KeptList>, Fault> {
        lists::one(&self.connection, source).map_err(|source| self.failed(source))
    }

    /// The recordings that the listener has files of.
    ///
    /// # Errors
    /// When the database fails.
    pub fn own_codes(&self) -> Result<OwnCodes, Fault> {
        let read = || -> rusqlite::Result<OwnCodes> {
            let sql = "SELECT isrc, reference FROM track WHERE isrc IS NOT NULL AND gone_at IS NULL";
            let mut rows = self.connection.prepare_cached(sql)?;
            let found = rows.query_map((), |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
            let named = |(code, reference): (String, String)| Some((code, read_reference(&reference)?));
            found.filter_map(|row| row.map(named).transpose()).collect()
        };
        read().map_err(|source| self.failed(source))
    }

    /// Keeps changes, and takes the wishes up to this number out of the box: all of it or nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub fn keep(&mut self, changes: &[DownloadChange], done: Option<u64>, now_ms: u64) -> Result<(), Fault> {
        let kept = self.in_one_piece(|change| {
            for one in changes {
                keep_one(change, one, now_ms)?;
            }
            if changes.iter().any(|one| matches!(one, DownloadChange::Gone(_))) {
                rows::forget_old(change)?;
            }
            if let Some(done) = done {
                wishes::forget(change, done)?;
            }
            Ok(())
        });
        kept.map_err(|source| self.failed(source))
    }

    /// Puts a wish into the box for whoever runs the queue.
    ///
    /// # Errors
    /// When the database fails.
    pub fn wish(&mut self, command: &DownloadCommand) -> Result<u64, Fault> {
        let put = self.in_one_piece(|change| wishes::put(change, command));
        put.map_err(|source| self.failed(source))
    }

    /// What is in the box, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn wishes(&self) -> Result<Vec<Wish>, Fault> {
        wishes::all(&self.connection).map_err(|source| self.failed(source))
    }

    /// Which copies came and went that a service was not told of.
    ///
    /// # Errors
    /// When the database fails.
    pub fn notes(&self, service: &ServiceId) -> Result<Vec<CopyNote>, Fault> {
        notes::of(&self.connection, service).map_err(|source| self.failed(source))
    }

    /// A service was told of these. What came or went since is still to be told.
    ///
    /// # Errors
    /// When the database fails.
    pub fn noted(&mut self, told: &[CopyNote]) -> Result<(), Fault> {
        let done = self.in_one_piece(|change| notes::forget(change, told));
        done.map_err(|source| self.failed(source))
    }

    /// Whether another program has changed anything since the last call.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_changed(&mut self) -> Result<bool, Fault> {
        let now = self.connection.pragma_query_value(None, "data_version", |row| row.get(0));
        let now = now.map_err(|source| self.failed(source))?;
        Ok(std::mem::replace(&mut self.seen, now) != now)
    }

    fn in_one_piece<T>(
        &mut self,
        write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let change = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let written = write(&change)?;
        change.commit()?;
        Ok(written)
    }
}

fn keep_one(change: &Transaction<'_>, one: &DownloadChange, now_ms: u64) -> rusqlite::Result<()> {
    match one {
        DownloadChange::Job { place, job } => {
            raise_last_id(change, job.id)?;
            rows::put_job(change, whole(*place), job, now_ms)
        }
        DownloadChange::Gone(id) => rows::put_aside(change, *id),
        DownloadChange::Step { after, step } => {
            let number = keep_download_step(change, *after, step, now_ms / 1_000)?;
            session::keep(change, STEP, &number.to_string())
        }
        DownloadChange::StandAt(number) => session::keep(change, STEP, &number.to_string()),
        DownloadChange::Paused(paused) => session::keep(change, PAUSED, if *paused { "yes" } else { "no" }),
        DownloadChange::Copy(copy) => {
            notes::copy_comes(change, &copy.track.reference)?;
            rows::put_copy(change, copy, now_ms)
        }
        DownloadChange::List(list) => lists::put(change, list),
        DownloadChange::ListGone(source) => lists::forget(change, source),
        DownloadChange::CopyGone(reference) => {
            notes::copy_goes(change, reference)?;
            let gone = change
                .execute("DELETE FROM offline_copy WHERE reference = ?1", params![reference_text(reference)]);
            gone.map(|_| ())
        }
    }
}

fn raise_last_id(change: &Transaction<'_>, id: DownloadId) -> rusqlite::Result<()> {
    let last = session::kept(change, LAST_ID)?.and_then(|text| text.parse().ok()).unwrap_or(0_u64);
    if id.0 > last { session::keep(change, LAST_ID, &id.0.to_string()) } else { Ok(()) }
}
