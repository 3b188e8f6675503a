//! What can go wrong with keys. No variant holds a secret.

use std::io;
use std::path::{Path, PathBuf};

use crate::model::{Fault, FaultKind, Retry};

/// Why the system's keyring was of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringTrouble {
    /// There is no session bus, or nobody on it keeps secrets.
    #[error("no keyring service is running")]
    NotRunning,
    /// It is locked, and its question for the password was dismissed or could not be asked.
    #[error("the keyring is locked")]
    Locked,
    /// It did not answer in time; perhaps it waits for its password.
    #[error("the keyring does not answer")]
    NoAnswer,
    /// Anything else, in its own words.
    #[error("the keyring failed: {0}")]
    Failed(String),
}

/// Why a token could not be read, written or erased.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// A name is 1 to 64 of `a-z 0-9 _ -`.
    #[error("{0:?} cannot name a token")]
    BadName(String),
    /// A token has at most 64 KiB.
    #[error("the token is too long to be kept")]
    TooLong,
    /// Something is in the place of our file or folder that could lead elsewhere: a symbolic link, a pipe.
    #[error("{} is not a plain {what}", path.display())]
    NotPlain {
        /// Where it is.
        path: PathBuf,
        /// `file` or `folder`.
        what: &'static str,
    },
    /// The file or folder is another user's.
    #[error("{} belongs to another user", path.display())]
    Foreign {
        /// Where it is.
        path: PathBuf,
    },
    /// Others can read or change the file or folder.
    #[error("{} is open to other users", path.display())]
    Exposed {
        /// Where it is.
        path: PathBuf,
        /// The permission bits it should have.
        wanted: u32,
    },
    /// The file could not be understood; it now lies at `kept`.
    #[error("{} was damaged; it is now {}", path.display(), kept.display())]
    Damaged {
        /// Where it was.
        path: PathBuf,
        /// Where it is.
        kept: PathBuf,
    },
    /// Another run held the lock for too long.
    #[error("another run of Segue holds {}", path.display())]
    Busy {
        /// The lock's file.
        path: PathBuf,
    },
    /// The token is, or should be, in the keyring, which is of no use now.
    #[error("{0}")]
    Keyring(#[from] KeyringTrouble),
    /// The listener wants tokens in the keyring or nowhere, and it is of no use now.
    #[error("{0}, and the setting secrets.keep wants the token there and nowhere else")]
    Demanded(KeyringTrouble),
    /// The disk said no.
    #[error("{} cannot be {doing}: {source}", path.display())]
    Disk {
        /// What was done: `opened`, `written`.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl SecretsError {
    /// The same for people, with what to do.
    pub fn fault(&self) -> Fault {
        let mut words = self.to_string();
        if let Some(first) = words.get(..1).map(str::to_uppercase) {
            words.replace_range(..1, &first);
        }
        let mut fault = Fault::new(FaultKind::Other, words);
        match self {
            Self::BadName(_) | Self::TooLong => fault,
            Self::NotPlain { .. } => fault.hint("Move it away and sign in again"),
            Self::Foreign { .. } => fault.hint("Run Segue as that user, or move it away and sign in again"),
            Self::Exposed { path, wanted } => fault.hint(format!("Run: chmod {wanted:o} {}", word(path))),
            Self::Damaged { .. } => fault.hint("Sign in again"),
            Self::Busy { .. } => {
                fault.retry = Retry::Later;
                fault.hint("End that run, or try again")
            }
            Self::Keyring(trouble) => {
                fault.retry = Retry::Later;
                fault.hint(format!("{} and try again", remedy(trouble)))
            }
            Self::Demanded(trouble) => {
                fault.retry = Retry::Later;
                fault
                    .hint(format!("{}, or set secrets.keep = \"auto\" in the configuration", remedy(trouble)))
            }
            Self::Disk { .. } => fault.hint("Check the disk and the folder's permissions"),
        }
    }
}

fn remedy(trouble: &KeyringTrouble) -> &'static str {
    match trouble {
        KeyringTrouble::NotRunning => "Start it (gnome-keyring, KeePassXC, KWallet)",
        KeyringTrouble::Locked | KeyringTrouble::NoAnswer => "Unlock it",
        KeyringTrouble::Failed(_) => "Look at it",
    }
}

/// The path as one word for a shell.
fn word(path: &Path) -> String {
    let path = path.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    if path.chars().all(plain) { path.into_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
