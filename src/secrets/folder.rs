//! The folder for what only its owner may read. Every file is opened below a handle of the folder and judged
//! by its own handle, so nothing can be swapped between a look and a use (CWE-59, CWE-367).

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::error::SecretsError;
use super::lock::Guard;

/// Replacing a file takes milliseconds; whoever holds its lock for longer hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// Damaged files that are kept beside each other.
const KEPT_DAMAGED: u32 = 9;

/// An open folder: ours, and closed to others.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    handle: OwnedFd,
    owner: u32,
}

impl Folder {
    /// Opens it; `None` when there is none. `owner` is the user it must belong to.
    pub fn open(path: &Path, owner: u32) -> Result<Option<Self>, SecretsError> {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
        let handle = match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(handle) => handle,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP | Errno::NOTDIR) => {
                return Err(SecretsError::NotPlain { path: path.to_owned(), what: "folder" });
            }
            Err(error) => return Err(disk("opened", path, error)),
        };
        judge(&handle, path, owner, FileType::Directory)?;
        Ok(Some(Self { path: path.to_owned(), handle, owner }))
    }

    /// Opens it, and makes it where there is none, with what leads to it.
    pub fn make(path: &Path, owner: u32) -> Result<Self, SecretsError> {
        if let Some(folder) = Self::open(path, owner)? {
            return Ok(folder);
        }
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|source| SecretsError::Disk { doing: "made", path: path.to_owned(), source })?;
        Self::open(path, owner)?.ok_or_else(|| disk("opened", path, Errno::NOENT))
    }

    /// Where a file of this name is.
    pub fn place(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The bytes of a file, at most one more than `most`; `None` when there is none.
    pub fn read(&self, name: &str, most: usize) -> Result<Option<Zeroizing<Vec<u8>>>, SecretsError> {
        let path = self.place(name);
        // A pipe in the file's place must not be waited for.
        let Some(file) = self.open_file(name, OFlags::RDONLY | OFlags::NONBLOCK)? else { return Ok(None) };
        // Room for all of it: a buffer that grows leaves what it held behind.
        let length = file.metadata().map_or(0, |about| about.len());
        let room = usize::try_from(length).unwrap_or(most).min(most);
        let mut bytes = Zeroizing::new(Vec::with_capacity(room + 1));
        file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(|source| SecretsError::Disk {
            doing: "read",
            path,
            source,
        })?;
        Ok(Some(bytes))
    }

    /// The bytes that are on their way into a file's place, or were when a run was killed; `None` also when they
    /// cannot be read.
    pub fn read_new(&self, name: &str, most: usize) -> Option<Zeroizing<Vec<u8>>> {
        self.read(&new_name(name), most).ok().flatten()
    }

    /// Puts `bytes` in the place of a file, whole or not at all: written to a new file (mode 0600 from its
    /// first moment), brought to the disk, renamed.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, SecretsError> {
        let path = self.place(name);
        let fresh = new_name(name);
        // What lies in the old file's place is judged before it is replaced: a link there is a trap to tell.
        self.open_file(name, OFlags::RDONLY | OFlags::NONBLOCK)?;
        let _one_at_a_time = self.lock(".lock", PATIENCE)?;
        // Left behind by a run that was killed.
        self.unlink(&fresh)?;
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = rustix::fs::openat(&self.handle, &fresh, flags, Mode::RUSR | Mode::WUSR)
            .map_err(|error| disk("written", &self.place(&fresh), error))?;
        let mut file = File::from(handle);
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if let Err(source) = written {
            self.unlink(&fresh)?;
            return Err(SecretsError::Disk { doing: "written", path, source });
        }
        rustix::fs::renameat(&self.handle, &fresh, &self.handle, name)
            .map_err(|error| disk("written", &path, error))?;
        self.sync()?;
        Ok(path)
    }

    /// Removes a file, what a killed run left of it, and what was set aside. None needs to be there.
    pub fn remove(&self, name: &str) -> Result<(), SecretsError> {
        let _one_at_a_time = self.lock(".lock", PATIENCE)?;
        self.unlink(name)?;
        self.unlink(&new_name(name))?;
        for number in 1..=KEPT_DAMAGED {
            self.unlink(&damaged_name(name, number))?;
        }
        self.sync()
    }

    /// Gives a file that cannot be understood another name; where it is then.
    pub fn set_aside(&self, name: &str) -> Result<PathBuf, SecretsError> {
        let taken =
            |aside: &String| rustix::fs::statat(&self.handle, aside, AtFlags::SYMLINK_NOFOLLOW).is_ok();
        let aside = (1..KEPT_DAMAGED)
            .map(|number| damaged_name(name, number))
            .find(|aside| !taken(aside))
            .unwrap_or_else(|| damaged_name(name, KEPT_DAMAGED));
        rustix::fs::renameat(&self.handle, name, &self.handle, &aside)
            .map_err(|error| disk("set aside", &self.place(name), error))?;
        Ok(self.place(&aside))
    }

    /// Takes the lock of this name, waiting for at most `patience`.
    pub fn lock(&self, name: &str, patience: Duration) -> Result<Guard, SecretsError> {
        let path = self.place(name);
        let file = self
            .open_file(name, OFlags::CREATE | OFlags::RDWR | OFlags::NONBLOCK)?
            .ok_or_else(|| disk("opened", &path, Errno::NOENT))?;
        Guard::take(file, &path, patience)
    }

    /// Opens a file and judges it; `None` when there is none.
    fn open_file(&self, name: &str, flags: OFlags) -> Result<Option<File>, SecretsError> {
        let path = self.place(name);
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match rustix::fs::openat(&self.handle, name, flags, Mode::RUSR | Mode::WUSR) {
            Ok(handle) => {
                judge(&handle, &path, self.owner, FileType::RegularFile)?;
                Ok(Some(File::from(handle)))
            }
            Err(Errno::NOENT) => Ok(None),
            // A link; a socket; a folder that was to be written.
            Err(Errno::LOOP | Errno::NXIO | Errno::ISDIR) => {
                Err(SecretsError::NotPlain { path, what: "file" })
            }
            Err(error) => Err(disk("opened", &path, error)),
        }
    }

    fn unlink(&self, name: &str) -> Result<(), SecretsError> {
        match rustix::fs::unlinkat(&self.handle, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(disk("removed", &self.place(name), error)),
        }
    }

    /// Brings names to the disk.
    fn sync(&self) -> Result<(), SecretsError> {
        rustix::fs::fsync(&self.handle).map_err(|error| disk("written", &self.path, error))
    }
}

/// The name a file has while it is written. Names of tokens have no full stop, so nothing else is called so.
fn new_name(name: &str) -> String {
    format!("{name}.new")
}

/// The name of a file that was set aside.
fn damaged_name(name: &str, number: u32) -> String {
    format!("{name}.damaged-{number}")
}

/// Refuses what is of another kind, another user's, or open to others.
fn judge(handle: &OwnedFd, path: &Path, owner: u32, kind: FileType) -> Result<(), SecretsError> {
    let stat = rustix::fs::fstat(handle).map_err(|error| disk("opened", path, error))?;
    let (what, wanted) = match kind {
        FileType::Directory => ("folder", 0o700),
        _ => ("file", 0o600),
    };
    let path = path.to_owned();
    if FileType::from_raw_mode(stat.st_mode) != kind {
        return Err(SecretsError::NotPlain { path, what });
    }
    if stat.st_uid != owner {
        return Err(SecretsError::Foreign { path });
    }
    if stat.st_mode & 0o077 != 0 {
        return Err(SecretsError::Exposed { path, wanted });
    }
    Ok(())
}

fn disk(doing: &'static str, path: &Path, error: Errno) -> SecretsError {
    SecretsError::Disk { doing, path: path.to_owned(), source: error.into() }
}
