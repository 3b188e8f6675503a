//! The listener's own playlists: every order in one transaction, each edit with its way back.

mod edit;
mod kept;
mod marks;
mod past;
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

#[cfg(test)]
use rusqlite::Connection;
use rusqlite::{Transaction, TransactionBehavior};

use crate::model::{
    Delivery, Errand, Fault, FaultKind, Found, MarkErrand, MarkSettled, MarkWish, OpenedPlaylist,
    PlaylistAnswer, PlaylistId, PlaylistOrder, ServiceId, Session, Settled, ShelfStep, SignedIn, Waiting,
    WaitingMark,
};

use super::database;
use super::error::LibraryError;
use super::hold::Held;
#[cfg(test)]
use super::hold::Share;
use super::session;
use super::turn::Turn;

pub(super) use marks::keep as keep_mark;
pub(super) use steps::{
    download_journal, earlier_of_queue, keep_download_step, keep_queue_step, newest_of_queue,
};
pub(super) use sweep::sweep;

/// Playlists without the thread that keeps the queue: for whoever waits for each answer.
#[derive(Debug)]
pub struct Playlists {
    connection: Held,
    path: PathBuf,
    who: SignedIn,
}

impl Playlists {
    /// Opens the database at `path`, made or brought to the newest schema where that is needed.
    ///
    /// # Errors
    /// When there can be none.
    pub fn open(path: &Path) -> Result<Self, LibraryError> {
        Ok(Self::of(database::open(path)?.connection, path))
    }

    /// The same for a database that this process has open already.
    ///
    /// # Errors
    /// When it cannot be opened once more.
    pub fn join(path: &Path) -> Result<Self, LibraryError> {
        Ok(Self::of(database::join(path)?, path))
    }

    fn of(connection: Held, path: &Path) -> Self {
        Self { connection, path: path.to_owned(), who: SignedIn::default() }
    }

    /// For tests of other rooms: nothing is left of it.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        let mut connection = Connection::open_in_memory().unwrap();
        super::migrations::migrate(&mut connection).unwrap();
        Self::of(Held::new(connection, Share::default()), Path::new("memory"))
    }

    /// From now on this account is signed in at a service; `None`: nobody, or nobody knows who. What is kept of other
    /// accounts is neither shown nor sent.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sign_in(&mut self, service: &ServiceId, account: Option<&str>) -> Result<(), Fault> {
        let (service, account) = (service.clone(), account.map(str::to_owned));
        let mut who = std::mem::take(&mut self.who);
        let noted = self.within(|change| note(change, &mut who, &service, account.as_deref()));
        self.who = who;
        noted
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
        let who = self.who.clone();
        self.within(|change| carry_out(change, order, at, &who))?
    }

    /// What the next [`PlaylistOrder::Undo`] comes to, where `on` the next [`PlaylistOrder::Redo`], and the service that
    /// hears of it; `None`: there is nothing to take back.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next_shelf_step(&mut self, on: bool) -> Result<Option<(ShelfStep, Option<ServiceId>)>, Fault> {
        let who = self.who.clone();
        self.within(|change| shelf::next(change, on, &who))
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
    /// with what changed there; what there is to tell of that comes with it.
    ///
    /// # Errors
    /// When it is deleted here, when it is not known who is signed in, or the database fails.
    pub fn mirror(
        &mut self,
        (service, remote, place): (&ServiceId, &str, &str),
        found: Found,
        at: u64,
    ) -> Result<(OpenedPlaylist, Option<Settled>), Fault> {
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        let Some(account) = self.who.at(service).map(str::to_owned) else {
            let words = format!("It is not known who is signed in at {place}");
            return Err(Fault::new(FaultKind::SignInNeeded, words));
        };
        let who = self.who.clone();
        self.within(|change| remote::mirror(change, (service, remote, place), (&account, &who), found, at))?
    }

    /// A service's playlist as it is kept here; `None` where it is not.
    ///
    /// # Errors
    /// When the database fails.
    pub fn mirrored(&mut self, service: &ServiceId, remote: &str) -> Result<Option<OpenedPlaylist>, Fault> {
        let Some(account) = self.who.at(service).map(str::to_owned) else { return Ok(None) };
        self.within(|change| match remote::find(change, (service, &account), remote)? {
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
        let Some(account) = self.who.at(service).map(str::to_owned) else { return Ok(None) };
        self.within(|change| remote::claim(change, (service, &account), all, passed_over, now))
    }

    /// Keeps a mark until its service has it, in place of what was wanted of the same thing before.
    ///
    /// # Errors
    /// When it is not known who is signed in there, or the database fails.
    pub fn keep_mark(&mut self, wish: &MarkWish) -> Result<(), Fault> {
        let who = self.who.clone();
        self.within(|change| marks::keep(change, wish, &who))?
    }

    /// Nothing is to be sent of this mark any more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_mark(&mut self, wish: &MarkWish) -> Result<(), Fault> {
        let who = self.who.clone();
        self.within(|change| marks::forget(change, wish, &who))
    }

    /// The first mark behind the one of number `after` that is due at a service. `all`: also what is not due at `now`, in
    /// seconds since 1970.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next_mark(
        &mut self,
        service: &ServiceId,
        all: bool,
        after: u64,
        now: u64,
    ) -> Result<Option<MarkErrand>, Fault> {
        let Some(account) = self.who.at(service).map(str::to_owned) else { return Ok(None) };
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        self.within(|change| marks::next(change, (service, &account), all, after, now))
    }

    /// Takes in what came of a mark that was sent.
    ///
    /// # Errors
    /// When the database fails.
    pub fn settle_mark(&mut self, number: u64, what: &MarkSettled, now: u64) -> Result<(), Fault> {
        self.within(|change| marks::settle(change, number, what, now))
    }

    /// Marks that have not reached the services.
    ///
    /// # Errors
    /// When the database fails.
    pub fn waiting_marks(&mut self) -> Result<Vec<WaitingMark>, Fault> {
        let who = self.who.clone();
        self.within(|change| marks::waiting(change, &who))
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
        let who = self.who.clone();
        self.within(|change| remote::settle(change, id, place, delivery, now, &who))
    }

    /// What has not reached the services.
    ///
    /// # Errors
    /// When the database fails.
    pub fn waiting(&mut self) -> Result<Vec<Waiting>, Fault> {
        let who = self.who.clone();
        self.within(|change| remote::waiting(change, &who))
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
    who: &SignedIn,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let mut answer = done(change, order, i64::try_from(at).unwrap_or(i64::MAX), who)?;
    if let Ok(PlaylistAnswer::Listed(all) | PlaylistAnswer::Shelved { all, .. }) = &mut answer {
        all.retain(|about| about.remote.as_ref().is_none_or(|remote| who.sees(remote)));
    }
    Ok(answer)
}

/// Notes who is signed in at a service.
pub(super) fn note(
    change: &Transaction<'_>,
    who: &mut SignedIn,
    service: &ServiceId,
    account: Option<&str>,
) -> rusqlite::Result<()> {
    if let Some(account) = account {
        remote::adopt(change, service, account)?;
    }
    who.note(service, account);
    Ok(())
}

fn done(
    change: &Transaction<'_>,
    order: &PlaylistOrder,
    at: i64,
    who: &SignedIn,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    match order {
        PlaylistOrder::List => Ok(Ok(PlaylistAnswer::Listed(shelf::all(change)?))),
        PlaylistOrder::Open(id) => Ok(match edit::open(change, *id)? {
            Some(opened) => Ok(PlaylistAnswer::Opened(Box::new(opened))),
            None => Err(missing()),
        }),
        PlaylistOrder::Make { name, entries } => shelf::make(change, (name, None), entries, at, who),
        PlaylistOrder::MakeAt { service, name, entries, is_private } => {
            shelf::make(change, (name, Some((service, *is_private))), entries, at, who)
        }
        PlaylistOrder::SaveQueue { name, entries, place } => {
            queue_place::save(change, name, entries, *place, at, who)
        }
        PlaylistOrder::Rename { id, name } => shelf::rename(change, *id, name, at, who),
        PlaylistOrder::Delete(id) => shelf::delete(change, *id, at, who),
        PlaylistOrder::Append { id, entries } => edit::append(change, *id, entries, at),
        PlaylistOrder::Edit(made) => edit::edit(change, made, at),
        PlaylistOrder::Undo => shelf::undo(change, at, who),
        PlaylistOrder::Redo => shelf::redo(change, at, who),
        PlaylistOrder::Log => shelf_log::log(change, who),
        PlaylistOrder::GoTo(number) => shelf_log::go_to(change, *number, at, who),
    }
}

fn missing() -> Fault {
    Fault::new(FaultKind::NotFound, "This playlist is not there any more")
        .hint("Undo on the page of playlists brings it back if it was deleted")
}

fn key(id: PlaylistId) -> i64 {
    id.0.cast_signed()
}
