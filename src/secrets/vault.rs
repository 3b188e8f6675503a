//! The vault: a token by name, from the keyring or a file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::model::Secret;

use super::error::{KeyringTrouble, SecretsError};
use super::folder::Folder;
use super::keyring::Keyring;
use super::lock::Guard;
use super::record::{MAX_RECORD_BYTES, MAX_SECRET_BYTES, Record};

/// A renewal asks a service once, which is given 30 seconds to answer; two of them may be ahead.
const RENEWAL_PATIENCE: Duration = Duration::from_secs(70);

/// Where the listener wants tokens kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// In the keyring; in a file where no keyring can be used.
    #[default]
    Auto,
    /// In the keyring or nowhere.
    Keyring,
    /// In a file; the keyring is never asked, not even for what it keeps from before.
    File,
}

/// Where a token was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the system's keyring.
    Keyring,
    /// In a file of mode 0600.
    File {
        /// The file.
        path: PathBuf,
        /// Why it is not in the keyring; nothing where the listener wanted the file.
        reason: Option<KeyringTrouble>,
    },
}

impl Place {
    /// What the listener is to be told, if anything: "No keyring service is running, so the token is kept in
    /// PATH, readable by you only".
    pub fn remark(&self) -> Option<String> {
        let Self::File { path, reason: Some(reason) } = self else { return None };
        let because = match reason {
            KeyringTrouble::NotRunning => "No keyring service is running".to_owned(),
            KeyringTrouble::Locked => "The keyring is locked".to_owned(),
            KeyringTrouble::NoAnswer => "The keyring does not answer".to_owned(),
            KeyringTrouble::Failed(words) => format!("The keyring failed ({words})"),
        };
        Some(format!("{because}, so the token is kept in {}, readable by you only", path.display()))
    }
}

/// Tokens by name. Cheap to open: no folder is made and no bus called before there is something to keep.
///
/// A small file a name, in the folder `secrets`, says where its token is, so that a listener who never signed
/// in is never asked to unlock a keyring, and a token that only a file could take is newer than the keyring's.
#[derive(Debug)]
pub struct Vault {
    path: PathBuf,
    owner: u32,
    choice: Keep,
    keyring: Keyring,
}

impl Vault {
    /// The vault in the data folder `folder`. `label` tells this profile's items in the keyring from those
    /// of others (attribute `service`): `segue`, `segue-demo`.
    pub fn open(folder: &Path, label: &str, choice: Keep) -> Self {
        Self::with_keyring(folder, Keyring::of_session(label), choice)
    }

    pub(super) fn with_keyring(folder: &Path, keyring: Keyring, choice: Keep) -> Self {
        let owner = rustix::process::geteuid().as_raw();
        Self { path: folder.join("secrets"), owner, choice, keyring }
    }

    /// The token of this name; `None` when none is kept. Names are 1 to 64 of `a-z 0-9 _ -`.
    pub fn read(&self, name: &str) -> Result<Option<Secret>, SecretsError> {
        let file = file_name(name)?;
        let Some(folder) = Folder::open(&self.path, self.owner)? else { return Ok(None) };
        match read_record(&folder, &file)? {
            None => Ok(None),
            Some(Record::Here(secret)) => Ok(Some(secret)),
            Some(Record::InKeyring) if self.choice == Keep::File => Ok(None),
            Some(Record::InKeyring) => Ok(self.keyring.read(name)?),
        }
    }

    /// Keeps a token, instead of the one there was; on the disk when this returns. The caller tells the
    /// listener what [`Place::remark`] says.
    pub fn write(&self, name: &str, secret: &Secret) -> Result<Place, SecretsError> {
        let file = file_name(name)?;
        if secret.reveal().len() > MAX_SECRET_BYTES {
            return Err(SecretsError::TooLong);
        }
        let folder = Folder::make(&self.path, self.owner)?;
        let here = Record::Here(secret.clone()).bytes();
        if self.choice == Keep::File {
            return Ok(Place::File { path: folder.replace(&file, here.reveal().as_bytes())?, reason: None });
        }
        let before = match read_record(&folder, &file) {
            // It was set aside; there is a new token to keep.
            Err(SecretsError::Damaged { .. }) => None,
            before => before?,
        };
        // While the file is what counts, it is what must be right first: whoever is killed between the two
        // writes finds the new token, for the old one may be worth nothing now.
        let is_here = matches!(before, Some(Record::Here(_)));
        if is_here {
            folder.replace(&file, here.reveal().as_bytes())?;
        }
        match self.keyring.write(name, secret) {
            Ok(()) => {
                if before != Some(Record::InKeyring) {
                    folder.replace(&file, Record::InKeyring.bytes().reveal().as_bytes())?;
                }
                Ok(Place::Keyring)
            }
            Err(trouble) if self.choice == Keep::Keyring => Err(SecretsError::Demanded(trouble)),
            Err(trouble) => {
                let path = if is_here {
                    folder.place(&file)
                } else {
                    folder.replace(&file, here.reveal().as_bytes())?
                };
                Ok(Place::File { path, reason: Some(trouble) })
            }
        }
    }

    /// Forgets a token, in the file and in the keyring. After an error of the keyring it is signed out here
    /// all the same, and only the keyring still holds what nobody reads.
    pub fn erase(&self, name: &str) -> Result<(), SecretsError> {
        let file = file_name(name)?;
        let mut in_keyring = false;
        if let Some(folder) = Folder::open(&self.path, self.owner)? {
            let record = folder.read(&file, MAX_RECORD_BYTES).ok().flatten();
            in_keyring = record.is_some_and(|bytes| Record::is_in_keyring(&bytes));
            folder.remove(&file)?;
        }
        if self.choice == Keep::File {
            return Ok(());
        }
        match self.keyring.erase(name) {
            // Nothing is known to be there: a keyring that cannot be asked is no trouble.
            Err(_) if !in_keyring => Ok(()),
            result => Ok(result?),
        }
    }

    /// Keeps other threads and other runs out while a token of this name is renewed: a refresh token that
    /// changes with each use must be used once. Read the token again when the lock is held, for another run
    /// may just have renewed it. Waits for at most 70 seconds, then says who is busy.
    pub fn exclusive(&self, name: &str) -> Result<Guard, SecretsError> {
        self.exclusive_within(name, RENEWAL_PATIENCE)
    }

    pub(super) fn exclusive_within(&self, name: &str, patience: Duration) -> Result<Guard, SecretsError> {
        let file = file_name(name)?;
        Folder::make(&self.path, self.owner)?.lock(&format!("{file}.lock"), patience)
    }

    #[cfg(test)]
    pub(super) fn owned_by(mut self, owner: u32) -> Self {
        self.owner = owner;
        self
    }
}

/// What the file says, or what is about to stand there: bringing that to the disk takes milliseconds, and after
/// a kill in between it may be the one token that is worth something. A file that cannot be understood is set aside and told once.
fn read_record(folder: &Folder, file: &str) -> Result<Option<Record>, SecretsError> {
    let whole = |bytes: &[u8]| (bytes.len() <= MAX_RECORD_BYTES).then(|| Record::parse(bytes)).flatten();
    if let Some(record) = folder.read_new(file, MAX_RECORD_BYTES).and_then(|bytes| whole(&bytes)) {
        return Ok(Some(record));
    }
    let Some(bytes) = folder.read(file, MAX_RECORD_BYTES)? else { return Ok(None) };
    match whole(&bytes) {
        Some(record) => Ok(Some(record)),
        None => Err(SecretsError::Damaged { path: folder.place(file), kept: folder.set_aside(file)? }),
    }
}

/// The file of a name.
fn file_name(name: &str) -> Result<String, SecretsError> {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if (1..=64).contains(&name.len()) && name.chars().all(fine) {
        Ok(format!("{name}.json"))
    } else {
        Err(SecretsError::BadName(name.to_owned()))
    }
}
