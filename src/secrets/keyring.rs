//! The system's keyring. Its calls block and may wait for a person who types a password, so they happen on a
//! thread of their own, and whoever asks waits only so long.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};

use crate::model::Secret;

use super::error::KeyringTrouble;

/// How long an answer is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Makes the connection; a blocking call.
pub(super) type Connect = Arc<dyn Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync>;

type Answer = Result<Option<Secret>, KeyringTrouble>;

/// What is asked of the keyring's thread.
enum Order {
    Read,
    Write(Secret),
    Erase,
}

struct Asked {
    name: String,
    order: Order,
    answer: SyncSender<Answer>,
}

/// The way to the keyring's thread.
struct Line {
    orders: Sender<Asked>,
    sent: u64,
    done: Arc<AtomicU64>,
}

/// The keyring of the session. Nothing is connected or started before it is first asked.
pub(super) struct Keyring {
    label: String,
    connect: Connect,
    patience: Duration,
    line: Mutex<Option<Line>>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("label", &self.label).finish_non_exhaustive()
    }
}

impl Keyring {
    /// The keyring over the session bus. Items carry the attributes `service` (the label) and `username`
    /// (the name).
    pub fn of_session(label: &str) -> Self {
        let connect = || {
            let store: Arc<CredentialStore> = zbus_secret_service_keyring_store::Store::new()?;
            Ok(store)
        };
        Self::new(label, Arc::new(connect), PATIENCE)
    }

    pub fn new(label: &str, connect: Connect, patience: Duration) -> Self {
        Self { label: label.to_owned(), connect, patience, line: Mutex::new(None) }
    }

    pub fn read(&self, name: &str) -> Result<Option<Secret>, KeyringTrouble> {
        self.ask(name, Order::Read)
    }

    pub fn write(&self, name: &str, secret: &Secret) -> Result<(), KeyringTrouble> {
        self.ask(name, Order::Write(secret.clone())).map(|_| ())
    }

    /// Removes every item of this name; it is no error when there is none.
    pub fn erase(&self, name: &str) -> Result<(), KeyringTrouble> {
        self.ask(name, Order::Erase).map(|_| ())
    }

    /// Asks the thread and waits. While it is still busy with an order nobody waits for any more, there is
    /// no answer at once.
    fn ask(&self, name: &str, order: Order) -> Answer {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open = match line.take() {
            Some(line) => line,
            None => self.start()?,
        };
        if open.done.load(Ordering::Acquire) < open.sent {
            *line = Some(open);
            return Err(KeyringTrouble::NoAnswer);
        }
        let (answer, heard) = mpsc::sync_channel(1);
        let asked = Asked { name: name.to_owned(), order, answer };
        open.orders.send(asked).map_err(|_| ended())?;
        open.sent += 1;
        match heard.recv_timeout(self.patience) {
            Ok(answer) => {
                *line = Some(open);
                answer
            }
            Err(RecvTimeoutError::Timeout) => {
                *line = Some(open);
                Err(KeyringTrouble::NoAnswer)
            }
            // The line is not put back: the next order starts a new thread.
            Err(RecvTimeoutError::Disconnected) => Err(ended()),
        }
    }

    fn start(&self) -> Result<Line, KeyringTrouble> {
        let (orders, waiting) = mpsc::channel();
        let done = Arc::new(AtomicU64::new(0));
        let (label, connect, count) = (self.label.clone(), self.connect.clone(), done.clone());
        thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || work(&label, &connect, &waiting, &count))
            .map_err(|error| KeyringTrouble::Failed(error.to_string()))?;
        Ok(Line { orders, sent: 0, done })
    }
}

fn ended() -> KeyringTrouble {
    KeyringTrouble::Failed("its thread ended".to_owned())
}

/// The thread: ends when nobody can ask any more.
fn work(label: &str, connect: &Connect, orders: &Receiver<Asked>, done: &AtomicU64) {
    let mut store = None;
    while let Ok(Asked { name, order, answer }) = orders.recv() {
        let was_connected = store.is_some();
        let mut result = carry_out(&mut store, connect, label, &name, &order);
        // A service that was started anew does not know the old connection's session.
        if was_connected && matches!(result, Err(KeyringTrouble::Failed(_))) {
            result = carry_out(&mut store, connect, label, &name, &order);
        }
        // Counted before it is told, so that who was told may ask again; nobody may be waiting any more.
        done.fetch_add(1, Ordering::Release);
        let _ = answer.send(result);
    }
}

/// Carries out one order over the connection, which is made where there is none and dropped when it fails.
fn carry_out(
    store: &mut Option<Arc<CredentialStore>>,
    connect: &Connect,
    label: &str,
    name: &str,
    order: &Order,
) -> Answer {
    let open = match store.take() {
        Some(open) => open,
        None => connect().map_err(|error| match error {
            Error::PlatformFailure(_) => KeyringTrouble::NotRunning,
            other => trouble(&other),
        })?,
    };
    let answer = open.build(label, name, None).and_then(|entry| match order {
        Order::Read => read(&entry),
        Order::Write(secret) => write(&entry, secret).map(|()| None),
        Order::Erase => erase(&entry).map(|()| None),
    });
    match answer {
        Ok(answer) => {
            *store = Some(open);
            Ok(answer)
        }
        Err(error) => Err(trouble(&error)),
    }
}

fn read(entry: &Entry) -> keyring_core::Result<Option<Secret>> {
    let found = match entry.get_password() {
        // Someone put another item of the same name there; the next write leaves one.
        Err(Error::Ambiguous(entries)) => match entries.first() {
            Some(first) => first.get_password(),
            None => Err(Error::NoEntry),
        },
        found => found,
    };
    match found {
        Ok(found) => Ok(Some(Secret::new(found))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    }
}

fn write(entry: &Entry, secret: &Secret) -> keyring_core::Result<()> {
    match entry.set_password(secret.reveal()) {
        Err(Error::Ambiguous(_)) => {
            erase(entry)?;
            entry.set_password(secret.reveal())
        }
        result => result,
    }
}

fn erase(entry: &Entry) -> keyring_core::Result<()> {
    match entry.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(Error::Ambiguous(entries)) => entries.iter().try_for_each(Entry::delete_credential),
        Err(error) => Err(error),
    }
}

/// In words; never through `Debug`, which shows the bytes of what could not be decoded.
fn trouble(error: &Error) -> KeyringTrouble {
    match error {
        Error::NoStorageAccess(_) => KeyringTrouble::Locked,
        Error::PlatformFailure(cause) => KeyringTrouble::Failed(cause.to_string()),
        Error::BadDataFormat(..) | Error::BadEncoding(_) => {
            KeyringTrouble::Failed("what it keeps is not a token".to_owned())
        }
        other => KeyringTrouble::Failed(other.to_string()),
    }
}
