//! The thread that owns the database. Nobody waits for it but at the start and at the end.

use std::collections::VecDeque;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};

use crate::model::{
    Fault, FaultKind, Journal, Learned, Loudness, MarkWish, OwnChange, OwnJournal, OwnMove, PlaylistAnswer,
    PlaylistOrder, Resume, ServiceId, Session, SignedIn, Step, Ticket, Track, TrackRef, Volume,
};

use super::database::{self, Opened, beside, complaint};
use super::error::LibraryError;
use super::hold::Held;
use super::rescue;
use super::unkept::{for_later, may_pass, newest_session};
use super::{backup, index, learned, own_steps, playlists, session, smart};

/// How often it is asked whether a backup is due.
const BACKUP_LOOK_S: u64 = 60 * 60;

/// Orders waiting at most, besides the newest session.
pub(super) const MAX_WAITING: usize = 4096;

/// What is to be kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// How things are. Only the newest matters: one that waits is replaced by the next.
    Save(Session),
    /// How far the ear is, where nothing else of the session has changed.
    KeepPlace {
        /// The row that is current, if any.
        current: Option<usize>,
        /// How far into that track.
        position: Duration,
    },
    /// How loud it is now. Goes at once, so that no later start is louder than the last thing that was heard.
    KeepVolume {
        /// How loud.
        volume: Volume,
        /// Whether it is silenced.
        muted: bool,
    },
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
    /// By how much the words of a track come later than they say.
    KeepWordsOffset {
        /// Which track.
        reference: TrackRef,
        /// Milliseconds; earlier when negative, 0: as they say.
        offset_ms: i64,
    },
    /// A track was listened to.
    Played {
        /// Which track, and what is known of it.
        track: Box<Track>,
        /// When it began, in seconds since 1970.
        at: u64,
        /// Whether to its end.
        whole: bool,
    },
    /// A track starts from its beginning again.
    ForgetResume {
        /// Which track.
        reference: TrackRef,
    },
    /// An edit of the queue was made. Its rows come with the next session.
    QueueStep {
        /// When, in seconds since 1970.
        at: u64,
        /// The number of the last step that was done then.
        after: u64,
        /// The edit.
        step: Step,
    },
    /// The listener says something of the own music.
    Own {
        /// Now, in seconds since 1970.
        at: u64,
        /// What.
        change: OwnChange,
    },
    /// What was said of the own music is taken back, or said again; answered with [`News::OwnJournal`].
    OwnMove {
        /// Now, in seconds since 1970.
        at: u64,
        /// Where to go.
        by: OwnMove,
    },
    /// Edits of the queue are wanted, up to that of number `last`; answered with [`News::QueueJournal`].
    QueueJournal {
        /// The newest of them.
        last: u64,
    },
    /// From now on this account is signed in at a service: of others nothing is shown or sent.
    SignedIn {
        /// Which service.
        service: ServiceId,
        /// What tells its accounts apart; `None`: nobody, or nobody knows who.
        account: Option<String>,
    },
    /// A mark that a service shall have; answered with [`News::MarkKept`].
    Mark {
        /// Comes back with the answer.
        ticket: Ticket,
        /// Which.
        wish: MarkWish,
    },
    /// Something about playlists; answered with [`News::Playlists`].
    Playlists {
        /// Comes back with the answer.
        ticket: Ticket,
        /// Now, in seconds since 1970.
        at: u64,
        /// What is asked.
        order: PlaylistOrder,
    },
}

/// What the keeper has to tell.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Something failed.
    Trouble(Fault),
    /// What came of an order about playlists. What it tells is on the disk.
    Playlists {
        /// Of the order.
        ticket: Ticket,
        /// What came of it.
        result: Result<PlaylistAnswer, Fault>,
    },
    /// What came of keeping a mark: it is on the disk, or why not.
    MarkKept {
        /// Of the order.
        ticket: Ticket,
        /// What came of it.
        result: Result<(), Fault>,
    },
    /// What was said of the own music, after an order to go through it.
    OwnJournal(Result<OwnJournal, Fault>),
    /// The edits of the queue in earlier runs: the newest at the start, told once by whoever keeps the queue; all of them after
    /// an order for them.
    QueueJournal(Journal),
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
    keeps_queue: bool,
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
    ///
    /// # Errors
    /// When there can be no database at `path`. A damaged one is no error: it is rebuilt, and `report` is told.
    pub fn open(
        path: &Path,
        unix_seconds: u64,
        report: impl Fn(News) + Send + 'static,
    ) -> Result<(Self, Left), LibraryError> {
        let Opened { connection, remark, .. } = database::open(path)?;
        for fault in rescue::take_word(Some(path)) {
            report(News::Trouble(fault));
        }
        if let Some(remark) = remark {
            report(News::Trouble(remark));
        }
        let failed = |source| LibraryError::Database { path: path.to_owned(), source };
        let left = load(&connection).map_err(failed)?;
        let turn = own_queue(path);
        if turn.is_none() {
            let words = "Segue runs already, and that one keeps the queue";
            report(News::Trouble(Fault::new(FaultKind::Other, words)));
        }
        let keeps_queue = turn.is_some();
        let desk = Arc::new(Desk::default());
        let (theirs, path, step) = (Arc::clone(&desk), path.to_owned(), left.session.step);
        let thread = thread::Builder::new()
            .name("library".to_owned())
            .spawn(move || {
                #[expect(clippy::disallowed_methods, reason = "the thread that waits for the next day")]
                let begun = Instant::now();
                keep(connection, &theirs, &Place { path, turn, unix_seconds, begun, step }, report);
            })
            .map_err(LibraryError::Thread)?;
        Ok((Self { desk, thread: Some(thread), keeps_queue }, left))
    }

    /// Whether the queue is this process's; else another one keeps it, and what is said of it here is not kept.
    pub fn keeps_queue(&self) -> bool {
        self.keeps_queue
    }

    /// Takes an order and returns at once. `false`: so many wait that this one was not taken and should be
    /// offered again; that never befalls a session.
    pub fn take(&self, order: Order) -> bool {
        let mut waiting = self.desk.lock();
        match order {
            Order::Save(session) => waiting.newest = Some(session),
            // The session that waits is from before.
            Order::KeepVolume { volume, muted } if waiting.newest.is_some() => {
                if let Some(newest) = &mut waiting.newest {
                    (newest.volume, newest.muted) = (Some(volume), muted);
                }
            }
            Order::KeepPlace { current, position } if waiting.newest.is_some() => {
                if let Some(newest) = &mut waiting.newest {
                    (newest.current, newest.position) = (current, position);
                }
            }
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

/// Which database, when it was opened, and whether its queue is ours.
struct Place {
    path: PathBuf,
    /// Held while this process keeps the queue.
    turn: Option<File>,
    unix_seconds: u64,
    begun: Instant,
    /// The last step of the queue's journal that was done.
    step: u64,
}

impl Place {
    /// Seconds since 1970, by a clock that goes on from the start whatever is done to that of the machine.
    fn now(&self) -> u64 {
        self.unix_seconds.saturating_add(self.begun.elapsed().as_secs())
    }
}

/// Everything that is known at the start.
pub(super) fn load(connection: &Connection) -> rusqlite::Result<Left> {
    Ok(Left { session: session::load(connection)?, learned: learned::load(connection)? })
}

/// Of two processes, the first one keeps the queue. Where nothing can be locked, each does.
fn own_queue(path: &Path) -> Option<File> {
    let lock = File::create(beside(path, "queue-lock")).ok()?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => None,
        Ok(()) | Err(TryLockError::Error(_)) => Some(lock),
    }
}

fn keep(mut connection: Held, desk: &Desk, place: &Place, report: impl Fn(News)) {
    let failed = |source| LibraryError::Database { path: place.path.clone(), source };
    if place.turn.is_some() {
        match playlists::newest_of_queue(&connection, place.step) {
            Ok(journal) => report(News::QueueJournal(journal)),
            Err(source) => report(News::Trouble(failed(source).fault())),
        }
    }
    let mut look_at = place.unix_seconds;
    let (mut who, mut saved) = (SignedIn::default(), None);
    // What could not be kept and may be yet, in order.
    let mut unkept: Vec<Order> = Vec::new();
    let mut is_over = false;
    while !is_over {
        // At the start, and whenever a new day may have begun.
        if place.now() >= look_at {
            look_at = place.now().saturating_add(BACKUP_LOOK_S);
            if let Err(error) = back_up(&mut connection, place) {
                report(News::Trouble(error.fault()));
            }
        }
        let next = next_orders(desk);
        is_over = next.is_none();
        let mut orders: Vec<Order> = unkept.drain(..).chain(next.into_iter().flatten()).collect();
        newest_session(&mut orders);
        if orders.is_empty() {
            continue;
        }
        if place.turn.is_none() {
            orders.retain(|order| {
                !matches!(
                    order,
                    Order::Save(_)
                        | Order::KeepPlace { .. }
                        | Order::KeepVolume { .. }
                        | Order::QueueStep { .. }
                )
            });
        }
        match carry_out(&mut connection, &orders, &mut who, saved.as_ref()) {
            // What is told now is on the disk.
            Ok(answers) => {
                for order in orders {
                    if let Order::Save(session) = order {
                        saved = Some(session);
                    }
                }
                answers.into_iter().for_each(&report);
            }
            Err(source) => {
                let may_pass = may_pass(&source);
                let error = failed(source);
                if error.is_damage() {
                    let _ = rescue::mark(&place.path);
                }
                let fault = error.fault();
                // What is told last is what the screen shows: an edit that was not kept says more.
                report(News::Trouble(fault.clone()));
                for order in &orders {
                    match order {
                        Order::Playlists { ticket, .. } => {
                            report(News::Playlists { ticket: *ticket, result: Err(fault.clone()) });
                        }
                        Order::Mark { ticket, .. } => {
                            report(News::MarkKept { ticket: *ticket, result: Err(fault.clone()) });
                        }
                        Order::OwnMove { .. } => report(News::OwnJournal(Err(fault.clone()))),
                        Order::QueueJournal { .. } => {
                            report(News::QueueJournal(Journal::default().with_earlier(true)));
                        }
                        // Who is signed in holds although what came with it could not be written.
                        Order::SignedIn { service, account } => who.note(service, account.as_deref()),
                        _ => {}
                    }
                }
                if may_pass {
                    unkept = for_later(orders);
                }
            }
        }
    }
    // The log beside the database is put into it, unless somebody else still reads.
    let _ = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE");
}

/// Once a day: a copy, after a whole examination; then what nobody names any more is forgotten.
fn back_up(connection: &mut Connection, place: &Place) -> Result<(), LibraryError> {
    let failed = |source| LibraryError::Database { path: place.path.clone(), source };
    if !backup::is_due(&place.path, place.now()) {
        return Ok(());
    }
    if let Some(complaint) = complaint(connection, "integrity_check").map_err(failed)? {
        let _ = rescue::mark(&place.path);
        return Err(LibraryError::Damaged { path: place.path.clone(), complaint });
    }
    backup::make(connection, &place.path, place.now()).map_err(failed)?;
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let forgotten = playlists::sweep(&change).map_err(failed)?;
    change.commit().map_err(failed)?;
    if forgotten > 0 {
        tracing::info!("{forgotten} recordings that nothing names any more were forgotten");
    }
    Ok(())
}

/// Everything that waits, nothing if nothing came for long; `None` once nothing does and nothing more will come.
fn next_orders(desk: &Desk) -> Option<Vec<Order>> {
    let idle =
        |waiting: &mut Waiting| waiting.newest.is_none() && waiting.others.is_empty() && !waiting.closed;
    let most = Duration::from_secs(BACKUP_LOOK_S);
    let waited = desk.came.wait_timeout_while(desk.lock(), most, idle);
    let (mut waiting, waited) = waited.unwrap_or_else(PoisonError::into_inner);
    let session = waiting.newest.take().map(Order::Save);
    let orders: Vec<_> = waiting.others.drain(..).chain(session).collect();
    (!orders.is_empty() || waited.timed_out()).then_some(orders)
}

/// `saved` is the session that was written last by this process. All or none: in one transaction that waits for its
/// turn, so that nobody's change is lost.
pub(super) fn carry_out(
    connection: &mut Connection,
    orders: &[Order],
    who: &mut SignedIn,
    saved: Option<&Session>,
) -> rusqlite::Result<Vec<News>> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut answers = Vec::new();
    for order in orders {
        match order {
            Order::Save(session) => session::save(&change, session, saved)?,
            Order::KeepPlace { current, position } => session::keep_place(&change, *current, *position)?,
            Order::KeepVolume { volume, muted } => session::keep_volume(&change, Some(*volume), *muted)?,
            Order::KeepLoudness { reference, loudness } => {
                learned::keep_loudness(&change, reference, *loudness)?;
            }
            Order::KeepResume { reference, resume } => learned::keep_resume(&change, reference, resume)?,
            Order::KeepWordsOffset { reference, offset_ms } => {
                learned::keep_words_offset(&change, reference, *offset_ms)?;
            }
            Order::Played { track, at, whole } => {
                let at = i64::try_from(*at).unwrap_or(i64::MAX);
                index::played(&change, track, at, *whole)?;
            }
            Order::ForgetResume { reference } => learned::forget_resume(&change, reference)?,
            Order::QueueStep { at, after, step } => {
                playlists::keep_queue_step(&change, *after, step, *at)?;
            }
            Order::QueueJournal { last } => {
                answers.push(News::QueueJournal(playlists::earlier_of_queue(&change, *last)?));
            }
            Order::SignedIn { service, account } => {
                playlists::note(&change, who, service, account.as_deref())?;
            }
            Order::Mark { ticket, wish } => {
                let result = playlists::keep_mark(&change, wish, who)?;
                answers.push(News::MarkKept { ticket: *ticket, result });
            }
            Order::Own { at, change: wish } => {
                smart::change_own(&change, wish, i64::try_from(*at).unwrap_or(i64::MAX))?;
            }
            Order::OwnMove { at, by } => {
                let journal = own_steps::go(&change, *by, i64::try_from(*at).unwrap_or(i64::MAX))?;
                answers.push(News::OwnJournal(Ok(journal)));
            }
            Order::Playlists { ticket, at, order } => {
                let result = playlists::carry_out(&change, order, *at, who)?;
                answers.push(News::Playlists { ticket: *ticket, result });
            }
        }
    }
    change.commit()?;
    Ok(answers)
}

#[cfg(test)]
mod tests;
