//! The listener's own playlists: every order in one transaction, each edit with its way back.

mod edit;
mod queue_place;
pub(super) mod recordings;
mod remote;
mod shelf;
mod shelf_log;
mod steps;
mod sweep;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::model::{
    Delivery, Errand, Fault, FaultKind, Found, OpenedPlaylist, PlaylistAnswer, PlaylistId, PlaylistOrder,
    ServiceId, Session, Settled, Waiting,
};

use super::database;
use super::error::LibraryError;
use super::session;
use super::turn::Turn;

pub(super) use steps::{download_journal, keep_download_step, keep_queue_step, queue_journal};
pub(super) use sweep::sweep;

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

    /// The same for a database that this process has open already.
    ///
    /// # Errors
    /// When it cannot be opened once more.
    pub fn join(path: &Path) -> Result<Self, LibraryError> {
        Ok(Self { connection: database::join(path)?, path: path.to_owned() })
    }

    /// For tests of other rooms: nothing is left of it.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        let mut connection = Connection::open_in_memory().unwrap();
        super::migrations::migrate(&mut connection).unwrap();
        Self { connection, path: "memory".into() }
    }

    /// The queue as the player kept it last.
    ///
    /// # Errors
    /// When the database fails.
    pub fn queue(&self) -> Result<Session, Fault> {
        let failed = |source| LibraryError::Playlists { path: self.path.clone(), source }.fault();
        session::load(&self.connection).map_err(failed)
    }

    /// Does what is asked, wholly or not at all. `at` is now, in seconds since 1970.
    ///
    /// # Errors
    /// When it cannot be done as things are, or the database fails.
    pub fn order(&mut self, order: &PlaylistOrder, at: u64) -> Result<PlaylistAnswer, Fault> {
        self.within(|change| carry_out(change, order, at))?
    }

    /// Something in one transaction. An inner error is one of what was asked alone: nothing was changed then.
    fn within<T>(&mut self, turn: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, Fault> {
        let path = &self.path;
        let failed = |source| LibraryError::Playlists { path: path.clone(), source }.fault();
        let change =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let answer = turn(&change).map_err(failed)?;
        change.commit().map_err(failed)?;
        Ok(answer)
    }

    /// A service's playlist as it shows it now, ready to be edited here. What has not been sent yet is put together
    /// with what changed there.
    ///
    /// # Errors
    /// When it is deleted here, or the database fails.
    pub fn mirror(
        &mut self,
        (service, remote, place): (&ServiceId, &str, &str),
        found: Found,
        at: u64,
    ) -> Result<OpenedPlaylist, Fault> {
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        self.within(|change| remote::mirror(change, (service, remote, place), found, at))?
    }

    /// A service's playlist as it is kept here; `None` where it is not.
    ///
    /// # Errors
    /// When the database fails.
    pub fn mirrored(&mut self, service: &ServiceId, remote: &str) -> Result<Option<OpenedPlaylist>, Fault> {
        self.within(|change| match remote::find(change, service, remote)? {
            Some(id) => edit::open(change, id),
            None => Ok(None),
        })
    }

    /// The next thing to be sent to a service; it counts as sent from now on. `all`: also what is not due at `now`, in
    /// seconds since 1970.
    ///
    /// # Errors
    /// When the database fails.
    pub fn claim(
        &mut self,
        service: &ServiceId,
        all: bool,
        passed_over: &[PlaylistId],
        now: u64,
    ) -> Result<Option<Errand>, Fault> {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        self.within(|change| remote::claim(change, service, all, passed_over, now))
    }

    /// Keeps which playlists a service had before one is made there.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note_seen(&mut self, id: PlaylistId, seen: Vec<String>) -> Result<(), Fault> {
        self.within(|change| remote::note_seen(change, id, seen))
    }

    /// Takes in what came of an errand. `place` is the service's own spelling.
    ///
    /// # Errors
    /// When the database fails.
    pub fn settle(
        &mut self,
        id: PlaylistId,
        place: &str,
        delivery: Delivery,
        now: u64,
    ) -> Result<Option<Settled>, Fault> {
        self.within(|change| remote::settle(change, id, place, delivery, now))
    }

    /// What has not reached the services.
    ///
    /// # Errors
    /// When the database fails.
    pub fn waiting(&mut self) -> Result<Vec<Waiting>, Fault> {
        self.within(|change| remote::waiting(change))
    }

    /// What is held, or waits for its time, is due from now on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn try_again(&mut self) -> Result<(), Fault> {
        self.within(remote::try_again)
    }
}

/// The turn of sending: one process at a time has it.
pub fn sending_turn(path: &Path) -> Option<Turn> {
    Turn::take(path, "outbox-lock")
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
        PlaylistOrder::Make { name, entries } => shelf::make(change, (name, None), entries, at),
        PlaylistOrder::MakeAt { service, name, entries } => {
            shelf::make(change, (name, Some(service)), entries, at)
        }
        PlaylistOrder::SaveQueue { name, entries, place } => {
            queue_place::save(change, name, entries, *place, at)
        }
        PlaylistOrder::Rename { id, name } => shelf::rename(change, *id, name, at),
        PlaylistOrder::Delete(id) => shelf::delete(change, *id, at),
        PlaylistOrder::Append { id, entries } => edit::append(change, *id, entries, at),
        PlaylistOrder::Edit(made) => edit::edit(change, made, at),
        PlaylistOrder::Undo => shelf::undo(change, at),
        PlaylistOrder::Redo => shelf::redo(change, at),
        PlaylistOrder::Log => shelf_log::log(change),
        PlaylistOrder::GoTo(number) => shelf_log::go_to(change, *number, at),
    }
}

fn missing() -> Fault {
    Fault::new(FaultKind::NotFound, "This playlist is not there any more")
        .hint("Undo on the page of playlists brings it back if it was deleted")
}

fn key(id: PlaylistId) -> i64 {
    id.0.cast_signed()
}
