//! A folder that is held open, and the files in it. Every name is looked up in the held folder and never through
//! a symbolic link, so nobody can lead a write elsewhere by exchanging a name.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, FlockOperation, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

/// A folder that is held open.
#[derive(Debug)]
pub(super) struct Folder {
    handle: OwnedFd,
    path: PathBuf,
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
const FILE: OFlags = OFlags::RDWR.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC).union(OFlags::NONBLOCK);

impl Folder {
    /// Holds the listener's folder, which may be a link: he put it there.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let handle = rustix::fs::open(path, FOLDER, Mode::empty())?;
        Ok(Self { handle, path: path.to_owned() })
    }

    /// Holds a folder in it, made if it is not there.
    pub(super) fn below(&self, name: &str) -> io::Result<Self> {
        match rustix::fs::mkdirat(&self.handle, name, Mode::RWXU | Mode::RWXG | Mode::RWXO) {
            Ok(()) => self.sync()?,
            Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        let handle = rustix::fs::openat(&self.handle, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())?;
        Ok(Self { handle, path: self.path.join(name) })
    }

    /// Whether its path leads to it still: nobody has moved it away, or taken its disk out.
    pub(super) fn is_in_place(&self) -> bool {
        let (held, there) = (rustix::fs::fstat(&self.handle), rustix::fs::stat(&self.path));
        held.is_ok_and(|held| {
            there.is_ok_and(|there| (held.st_dev, held.st_ino) == (there.st_dev, there.st_ino))
        })
    }

    /// Where it was when it was opened.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a file that is not there yet.
    pub(super) fn create(&self, name: &str) -> io::Result<File> {
        let flags = FILE | OFlags::CREATE | OFlags::EXCL;
        let mode = Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::WGRP | Mode::ROTH | Mode::WOTH;
        Ok(File::from(rustix::fs::openat(&self.handle, name, flags, mode)?))
    }

    /// Opens a file of our own: a regular one with no other name. `None` when there is none, or something else
    /// that goes by its name.
    pub(super) fn find(&self, name: &str) -> io::Result<Option<File>> {
        let handle = match rustix::fs::openat(&self.handle, name, FILE, Mode::empty()) {
            Ok(handle) => handle,
            Err(Errno::NOENT | Errno::LOOP | Errno::ISDIR | Errno::NXIO) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let stat = rustix::fs::fstat(&handle)?;
        let is_ours = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile && stat.st_nlink == 1;
        Ok(is_ours.then(|| File::from(handle)))
    }

    /// Makes a file in place of whatever goes by its name. A link is removed, what it leads to is not touched.
    pub(super) fn create_anew(&self, name: &str) -> io::Result<File> {
        self.remove(name)?;
        self.create(name)
    }

    /// Puts `bytes` in place of a file, whole or not at all.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let fresh = format!("{name}.new");
        let mut file = self.create_anew(&fresh)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        Ok(rustix::fs::renameat(&self.handle, &fresh, &self.handle, name)?)
    }

    /// Removes a file, if it is there.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.handle, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives a file in here its name in another folder of the same disk, where that name is free; `false` when it
    /// is not.
    pub(super) fn place(&self, name: &str, other: &Self, final_name: &str) -> io::Result<bool> {
        let exclusive = RenameFlags::NOREPLACE;
        match rustix::fs::renameat_with(&self.handle, name, &other.handle, final_name, exclusive) {
            Ok(()) => {}
            Err(Errno::EXIST) => return Ok(false),
            // Some file systems cannot do both at once; a second name is refused where there is one.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                match rustix::fs::linkat(&self.handle, name, &other.handle, final_name, AtFlags::empty()) {
                    Ok(()) => self.remove(name)?,
                    Err(Errno::EXIST) => return Ok(false),
                    // FAT knows no second names; it has no links either, so a look at the name is all it takes.
                    Err(Errno::PERM | Errno::NOTSUP) => {
                        if rustix::fs::statat(&other.handle, final_name, AtFlags::SYMLINK_NOFOLLOW).is_ok() {
                            return Ok(false);
                        }
                        rustix::fs::renameat(&self.handle, name, &other.handle, final_name)?;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            Err(error) => return Err(error.into()),
        }
        other.sync()?;
        if !std::ptr::eq(self, other) {
            self.sync()?;
        }
        Ok(true)
    }

    /// Every name in it.
    pub(super) fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.handle)? {
            let entry = entry?;
            if let Ok(name) = entry.file_name().to_str()
                && !matches!(name, "." | "..")
            {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }

    /// Bytes that may still be written to its disk.
    pub(super) fn free_bytes(&self) -> io::Result<u64> {
        let disk = rustix::fs::fstatvfs(&self.handle)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Waits until the disk has its names.
    pub(super) fn sync(&self) -> io::Result<()> {
        match rustix::fs::fsync(&self.handle) {
            // Some network disks do not know it of folders.
            Ok(()) | Err(Errno::INVAL) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Keeps a file for this program; `false` when another one has it.
pub(super) fn lock(file: &impl AsFd) -> io::Result<bool> {
    match rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
        // Some disks know no locks.
        Ok(()) | Err(Errno::NOSYS | Errno::NOTSUP | Errno::INVAL) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
