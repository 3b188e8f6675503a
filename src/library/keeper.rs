//! The thread that owns the database. Nobody waits for it but at the start and at the end.

use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use crate::model::{Fault, Session};

use super::error::LibraryError;
use super::{database, session};

/// Saves waiting at most; only the newest matters, so a full queue costs nothing.
const WAITING: usize = 4;

/// Keeps the library. Dropping it finishes what waits.
#[derive(Debug)]
pub struct Keeper {
    orders: Option<SyncSender<Session>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Opens the database at `path` and reads how things were left. Later failures go to `report`.
    pub fn open(
        path: &Path,
        report: impl Fn(Fault) + Send + 'static,
    ) -> Result<(Self, Session), LibraryError> {
        let connection = database::open(path)?;
        let left = session::load(&connection)
            .map_err(|source| LibraryError::Database { path: path.to_owned(), source })?;
        let (orders, waiting) = mpsc::sync_channel(WAITING);
        let path = path.to_owned();
        let thread = thread::Builder::new()
            .name("library".to_owned())
            .spawn(move || keep(connection, &waiting, &path, report))
            .map_err(LibraryError::Thread)?;
        Ok((Self { orders: Some(orders), thread: Some(thread) }, left))
    }

    /// Keeps how things are. Returns at once; `false` when the thread is so far behind that this one
    /// was not taken and should be offered again.
    pub fn save(&self, session: Session) -> bool {
        match self.orders.as_ref().map(|orders| orders.try_send(session)) {
            Some(Err(TrySendError::Full(_))) => false,
            Some(Ok(()) | Err(TrySendError::Disconnected(_))) | None => true,
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been told already.
            let _ = thread.join();
        }
    }
}

fn keep(mut connection: Connection, waiting: &Receiver<Session>, path: &Path, report: impl Fn(Fault)) {
    while let Ok(mut newest) = waiting.recv() {
        while let Ok(newer) = waiting.try_recv() {
            newest = newer;
        }
        if let Err(source) = session::save(&mut connection, &newest) {
            report(LibraryError::Database { path: path.to_owned(), source }.fault());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::Track;

    #[test]
    fn what_was_kept_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let mut first = Track::new("audius:track:D7KyD".parse().unwrap(), "Night Ferry");
        first.artists = vec!["Ada Cole".into(), "雨".into()];
        first.album = Some("Tides".into());
        first.length = Some(Duration::from_millis(27_341));
        let session = Session {
            tracks: vec![
                first,
                Track::new("/music/a.flac".parse().unwrap(), "a"),
                Track::new("b.mp3".parse().unwrap(), "b"),
            ],
            current: Some(1),
            position: Duration::from_millis(4321),
        };
        let (keeper, left) = Keeper::open(&path, |fault| panic!("{fault}")).unwrap();
        assert_eq!(left, Session::default());
        assert!(keeper.save(Session { tracks: vec![], ..session.clone() }));
        assert!(keeper.save(session.clone()));
        drop(keeper);
        let (_keeper, left) = Keeper::open(&path, |fault| panic!("{fault}")).unwrap();
        assert_eq!(left, session);
    }
}
