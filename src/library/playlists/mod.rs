//! The listener's own playlists: every order in one transaction, each edit with its way back.

mod edit;
pub(super) mod recordings;
mod shelf;
mod steps;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::model::{Fault, FaultKind, PlaylistAnswer, PlaylistId, PlaylistOrder};

use super::database;
use super::error::LibraryError;

pub(super) use steps::{keep_queue_step, queue_journal};

/// Playlists without the thread that keeps the queue: for whoever waits for each answer.
#[derive(Debug)]
pub struct Playlists {
    connection: Connection,
    path: PathBuf,
}

impl Playlists {
    /// Opens the database at `path`, made or brought to the newest schema where that is needed.
    ///
    /// # Errors
    /// When there can be none.
    pub fn open(path: &Path) -> Result<Self, LibraryError> {
        Ok(Self { connection: database::open(path)?.connection, path: path.to_owned() })
    }

    /// For tests of other rooms: nothing is left of it.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        let mut connection = Connection::open_in_memory().unwrap();
        super::migrations::migrate(&mut connection).unwrap();
        Self { connection, path: "memory".into() }
    }

    /// Does what is asked, wholly or not at all. `at` is now, in seconds since 1970.
    ///
    /// # Errors
    /// When it cannot be done as things are, or the database fails.
    pub fn order(&mut self, order: &PlaylistOrder, at: u64) -> Result<PlaylistAnswer, Fault> {
        let failed = |source| LibraryError::Playlists { path: self.path.clone(), source }.fault();
        let change =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let answer = carry_out(&change, order, at).map_err(failed)??;
        change.commit().map_err(failed)?;
        Ok(answer)
    }
}

/// Does what is asked within a transaction. The inner error is one of the order alone: nothing was changed.
pub(super) fn carry_out(
    change: &Transaction<'_>,
    order: &PlaylistOrder,
    at: u64,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let at = i64::try_from(at).unwrap_or(i64::MAX);
    match order {
        PlaylistOrder::List => Ok(Ok(PlaylistAnswer::Listed(shelf::all(change)?))),
        PlaylistOrder::Open(id) => Ok(match edit::open(change, *id)? {
            Some(opened) => Ok(PlaylistAnswer::Opened(Box::new(opened))),
            None => Err(missing()),
        }),
        PlaylistOrder::Make { name, entries } => shelf::make(change, name, entries, at),
        PlaylistOrder::Rename { id, name } => shelf::rename(change, *id, name, at),
        PlaylistOrder::Delete(id) => shelf::delete(change, *id, at),
        PlaylistOrder::Append { id, entries } => edit::append(change, *id, entries, at),
        PlaylistOrder::Edit(made) => edit::edit(change, made, at),
        PlaylistOrder::Undo => shelf::undo(change, at),
        PlaylistOrder::Redo => shelf::redo(change, at),
    }
}

fn missing() -> Fault {
    Fault::new(FaultKind::NotFound, "This playlist is not there any more")
        .hint("Undo on the page of playlists brings it back if it was deleted")
}

fn key(id: PlaylistId) -> i64 {
    id.0.cast_signed()
}
