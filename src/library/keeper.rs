//! The thread that owns the database. Nobody waits for it but at the start and at the end.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, TransactionBehavior};

use crate::model::{Fault, Learned, Loudness, Resume, Session, TrackRef};

use super::error::LibraryError;
use super::{database, learned, session};

/// Orders waiting at most, besides the newest session.
const MAX_WAITING: usize = 4096;

/// What is to be kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// How things are. Only the newest matters: one that waits is replaced by the next.
    Save(Session),
    /// How loud a track is.
    KeepLoudness {
        /// Which track.
        reference: TrackRef,
        /// What was measured.
        loudness: Loudness,
    },
    /// Where a track was left.
    KeepResume {
        /// Which track.
        reference: TrackRef,
        /// Where.
        resume: Resume,
    },
    /// A track starts from its beginning again.
    ForgetResume {
        /// Which track.
        reference: TrackRef,
    },
}

/// What the library knew at the start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Left {
    /// How things were left.
    pub session: Session,
    /// What was learned in earlier runs.
    pub learned: Learned,
}

/// Keeps the library. Dropping it finishes what waits.
#[derive(Debug)]
pub struct Keeper {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

/// Where orders wait.
#[derive(Debug, Default)]
struct Desk {
    waiting: Mutex<Waiting>,
    came: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    newest: Option<Session>,
    others: VecDeque<Order>,
    closed: bool,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // A panic elsewhere leaves whole orders behind.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keeper {
    /// Opens the database at `path` and reads what was kept. Later failures go to `report`.
    pub fn open(path: &Path, report: impl Fn(Fault) + Send + 'static) -> Result<(Self, Left), LibraryError> {
        let connection = database::open(path)?;
        let failed = |source| LibraryError::Database { path: path.to_owned(), source };
        let left = Left {
            session: session::load(&connection).map_err(failed)?,
            learned: learned::load(&connection).map_err(failed)?,
        };
        let desk = Arc::new(Desk::default());
        let (theirs, path) = (Arc::clone(&desk), path.to_owned());
        let thread = thread::Builder::new()
            .name("library".to_owned())
            .spawn(move || keep(connection, &theirs, &path, report))
            .map_err(LibraryError::Thread)?;
        Ok((Self { desk, thread: Some(thread) }, left))
    }

    /// Takes an order and returns at once. `false`: so many wait that this one was not taken and should be
    /// offered again; that never befalls a session.
    pub fn take(&self, order: Order) -> bool {
        let mut waiting = self.desk.lock();
        match order {
            Order::Save(session) => waiting.newest = Some(session),
            other if waiting.others.len() < MAX_WAITING => waiting.others.push_back(other),
            _ => return false,
        }
        self.desk.came.notify_one();
        true
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.desk.lock().closed = true;
        self.desk.came.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic there has been told already.
            let _ = thread.join();
        }
    }
}

fn keep(mut connection: Connection, desk: &Desk, path: &Path, report: impl Fn(Fault)) {
    while let Some(orders) = next_orders(desk) {
        if let Err(source) = carry_out(&mut connection, &orders) {
            report(LibraryError::Database { path: path.to_owned(), source }.fault());
        }
    }
}

/// Everything that waits; `None` once nothing does and nothing more will come.
fn next_orders(desk: &Desk) -> Option<Vec<Order>> {
    let idle =
        |waiting: &mut Waiting| waiting.newest.is_none() && waiting.others.is_empty() && !waiting.closed;
    let mut waiting = desk.came.wait_while(desk.lock(), idle).unwrap_or_else(PoisonError::into_inner);
    let session = waiting.newest.take().map(Order::Save);
    let orders: Vec<_> = waiting.others.drain(..).chain(session).collect();
    (!orders.is_empty()).then_some(orders)
}

/// All or none: in one transaction that waits for its turn, so that nobody's change is lost.
fn carry_out(connection: &mut Connection, orders: &[Order]) -> rusqlite::Result<()> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for order in orders {
        match order {
            Order::Save(session) => session::save(&change, session)?,
            Order::KeepLoudness { reference, loudness } => {
                learned::keep_loudness(&change, reference, *loudness)?;
            }
            Order::KeepResume { reference, resume } => learned::keep_resume(&change, reference, resume)?,
            Order::ForgetResume { reference } => learned::forget_resume(&change, reference)?,
        }
    }
    change.commit()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{Repeat, Track, Volume};

    fn open(path: &Path) -> (Keeper, Left) {
        Keeper::open(path, |fault| panic!("{fault}")).unwrap()
    }

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
            volume: Some(Volume::new(35)),
            muted: true,
            repeat: Repeat::One,
            order: Some(vec![2, 0]),
        };
        let (keeper, left) = open(&path);
        assert_eq!(left, Left::default());
        assert!(keeper.take(Order::Save(Session { tracks: vec![], ..session.clone() })));
        assert!(keeper.take(Order::Save(session.clone())));
        drop(keeper);
        assert_eq!(open(&path).1.session, session);
    }

    #[test]
    fn what_was_learned_comes_back_and_no_order_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let reference = |number: u32| format!("audius:track:{number}").parse::<TrackRef>().unwrap();
        let resume = |number: u32| Resume {
            position: Duration::from_secs(u64::from(number)),
            length: number.is_multiple_of(2).then_some(Duration::from_secs(9000)),
            kept_at: u64::from(number),
        };
        let (keeper, _) = open(&path);
        for number in 0..300 {
            let loudness = Loudness { lufs: -f64::from(number), peak: 0.5 };
            assert!(keeper.take(Order::KeepLoudness { reference: reference(number), loudness }));
            let resume = resume(number);
            assert!(keeper.take(Order::KeepResume { reference: reference(number), resume }));
            assert!(keeper.take(Order::Save(Session::default())));
        }
        assert!(keeper.take(Order::ForgetResume { reference: reference(7) }));
        drop(keeper);
        let learned = open(&path).1.learned;
        assert_eq!((learned.loudness.len(), learned.resume.len()), (300, 299));
        assert_eq!(learned.loudness[&reference(12)], Loudness { lufs: -12.0, peak: 0.5 });
        assert_eq!(learned.resume[&reference(12)], resume(12));
        assert_eq!(learned.resume.get(&reference(7)), None);
    }
}
