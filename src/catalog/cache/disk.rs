//! Pages in a folder, one file each, for this listener's eyes only. A file is written beside its place and then
//! put there, so that none is ever half; one that is damaged is as good as none. What was used longest ago
//! makes room.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};

use super::{About, Leaf, MAX_PAGE_BYTES, Name, Since, hex};

/// Most bytes of all files together.
const MAX_BYTES: u64 = 64 << 20;

/// What is left after room was made.
const ROOM_BYTES: u64 = MAX_BYTES / 4 * 3;

/// Room is made whenever this much was written. The folder is never larger than the limit by more.
const WRITTEN_BYTES: u64 = 1 << 20;

/// The file whose time of change is that of the listener's last change, at whichever service.
const CHANGED: &str = "changed";

/// Longest first line of a file, in bytes.
const MAX_HEAD_BYTES: usize = 8 << 10;

/// The folder of pages. Other services, and other runs of the program, use it too.
#[derive(Debug)]
pub(super) struct Folder {
    /// Bytes written since room was made.
    written: AtomicU64,
    /// Tells files apart that are being written.
    next: AtomicU64,
    /// Shared by those who write, alone for who forgets.
    turn: Arc<RwLock<()>>,
}

/// The first line of a file.
#[derive(Serialize, Deserialize)]
struct Head {
    page: String,
    about: About,
    /// SHA-1 of the rest.
    digest: String,
}

impl Default for Folder {
    /// Room is made at the first page that is written.
    fn default() -> Self {
        Self { written: AtomicU64::new(WRITTEN_BYTES), next: AtomicU64::new(0), turn: Arc::default() }
    }
}

impl Folder {
    pub(super) async fn read(&self, folder: &Path, name: &Name, now: u64) -> Option<Leaf> {
        let (path, page) = (folder.join(name.file()), name.page.clone());
        tokio::task::spawn_blocking(move || read(&path, &page, now)).await.ok()?
    }

    /// Keeps a page. A folder that cannot be written to keeps none.
    pub(super) async fn write(&self, folder: &Path, name: &Name, leaf: Arc<Leaf>, since: Since) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let size = leaf.body.len() as u64;
        let is_time = self.written.fetch_add(size, Ordering::Relaxed) + size >= WRITTEN_BYTES;
        if is_time {
            self.written.store(0, Ordering::Relaxed);
        }
        let (folder, name, turn) = (folder.to_owned(), name.clone(), Arc::clone(&self.turn));
        let written = tokio::task::spawn_blocking(move || {
            let _turn = turn.read().unwrap_or_else(PoisonError::into_inner);
            if !since.holds() {
                return Ok(());
            }
            write(&folder, &name, &leaf, number)?;
            if is_time { make_room(&folder, MAX_BYTES, ROOM_BYTES) } else { Ok(()) }
        });
        if let Ok(Err(error)) = written.await {
            tracing::debug!(%error, "a page cannot be kept");
        }
    }

    /// Remembers, for other runs of the program, that what was read until now may show what is no longer so.
    pub(super) fn changed(folder: &Path, now: u64) {
        let put = make(folder).and_then(|()| {
            let file = private().write(true).create(true).truncate(true).open(folder.join(CHANGED))?;
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(now))
        });
        if let Err(error) = put {
            tracing::debug!(%error, "a change cannot be noted beside the pages");
        }
    }

    /// Removes all files of an account.
    pub(super) async fn forget(&self, folder: &Path, account: &str) {
        let (folder, start, turn) = (folder.to_owned(), format!("{account}-"), Arc::clone(&self.turn));
        let gone = tokio::task::spawn_blocking(move || {
            let _turn = turn.write().unwrap_or_else(PoisonError::into_inner);
            for file in fs::read_dir(folder).into_iter().flatten().flatten() {
                if file.file_name().to_str().is_some_and(|name| name.starts_with(&start)) {
                    // One that is gone already is as well.
                    let _ = fs::remove_file(file.path());
                }
            }
        });
        // It cannot fail but by a panic.
        let _ = gone.await;
    }
}

fn read(path: &Path, page: &str, now: u64) -> Option<Leaf> {
    let file = fs::File::open(path).ok()?;
    let longest = (MAX_HEAD_BYTES + MAX_PAGE_BYTES) as u64;
    if file.metadata().ok()?.len() > longest {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    let end = bytes.iter().take(MAX_HEAD_BYTES).position(|byte| *byte == b'\n')?;
    let (head, body) = (bytes.get(..end)?, bytes.get(end + 1..)?);
    let head: Head = serde_json::from_slice(head).ok()?;
    if head.page != page || head.digest != hex(&Sha1::digest(body)) {
        return None;
    }
    // Used just now; a file system that keeps no such times takes the order of writing.
    let _ = file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(now));
    let mut about = head.about;
    if changed_at(path) >= Some(about.read_at) {
        // It is asked for again before it counts.
        about.read_at = 0;
    }
    Some(Leaf { about, body: body.to_vec() })
}

/// When the listener last changed something, in unix seconds.
fn changed_at(page: &Path) -> Option<u64> {
    let time = fs::metadata(page.with_file_name(CHANGED)).ok()?.modified().ok()?;
    Some(time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs())
}

/// Makes a folder that only its owner can look into.
fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// How files are opened that only their owner can read.
fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn write(folder: &Path, name: &Name, leaf: &Leaf, number: u64) -> std::io::Result<()> {
    make(folder)?;
    let digest = hex(&Sha1::digest(&leaf.body));
    let head = Head { page: name.page.clone(), about: leaf.about.clone(), digest };
    let mut bytes = serde_json::to_vec(&head)?;
    bytes.push(b'\n');
    bytes.extend_from_slice(&leaf.body);
    let beside = folder.join(format!(".{}-{}-{number}", name.file(), std::process::id()));
    let put = private().write(true).create_new(true).open(&beside).and_then(|mut file| {
        file.write_all(&bytes)?;
        let read_at = SystemTime::UNIX_EPOCH + Duration::from_secs(leaf.about.read_at);
        // As when it is read.
        let _ = file.set_modified(read_at);
        fs::rename(&beside, folder.join(name.file()))
    });
    put.inspect_err(|_| {
        // What could not be put in its place is of no use.
        let _ = fs::remove_file(&beside);
    })
}

/// Removes what was used longest ago when there are more than `most` bytes, until `room` are left.
fn make_room(folder: &Path, most: u64, room: u64) -> std::io::Result<()> {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for file in fs::read_dir(folder)?.flatten() {
        if let Ok(about) = file.metadata()
            && about.is_file()
        {
            files.push((about.modified().unwrap_or(SystemTime::UNIX_EPOCH), about.len(), file.path()));
        }
    }
    let mut bytes: u64 = files.iter().map(|(_, size, _)| size).sum();
    if bytes <= most {
        return Ok(());
    }
    files.sort();
    for (_, size, path) in files {
        if bytes <= room {
            break;
        }
        // Another run of the program may have been faster.
        let _ = fs::remove_file(path);
        bytes -= size;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(read_at: u64, size: usize) -> Leaf {
        let body = format!("\"{}\"", "x".repeat(size - 2)).into_bytes();
        Leaf { about: About { read_at, etag: Some("\"1\"".to_owned()), modified: None }, body }
    }

    fn name(page: u32) -> Name {
        Name { account: "a".repeat(40), page: page.to_string() }
    }

    #[test]
    fn damaged_files_are_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let name = name(1);
        write(folder.path(), &name, &leaf(7, 100), 1).unwrap();
        let path = folder.path().join(name.file());
        let whole = fs::read(&path).unwrap();
        assert_eq!(read(&path, &name.page, 9), Some(leaf(7, 100)));
        assert_eq!(read(&path, "another page", 9), None);
        // Cut anywhere, or with any byte changed.
        for at in 0..whole.len() {
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(read(&path, &name.page, 9), None, "cut at {at}");
            let mut other = whole.clone();
            other[at] ^= 0x20;
            fs::write(&path, &other).unwrap();
            let found = read(&path, &name.page, 9);
            // The validators and the time are not under the digest: a wrong one costs a request.
            assert!(found.is_none_or(|found| found.body == leaf(7, 100).body), "changed at {at}");
        }
        fs::write(&path, "x".repeat(MAX_HEAD_BYTES * 2)).unwrap();
        assert_eq!(read(&path, &name.page, 9), None);
    }

    #[cfg(unix)]
    #[test]
    fn files_are_for_the_listener_alone() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("pages");
        write(&folder, &name(1), &leaf(7, 10), 1).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join(name(1).file()))), (0o700, 0o600));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_change_makes_every_page_old_for_other_runs() {
        let folder = tempfile::tempdir().unwrap();
        let path = |page| folder.path().join(name(page).file());
        write(folder.path(), &name(1), &leaf(7, 10), 1).unwrap();
        write(folder.path(), &name(2), &leaf(8, 10), 1).unwrap();
        Folder::changed(folder.path(), 7);
        let read_at = |page| read(&path(page), &name(page).page, 9).unwrap().about.read_at;
        assert_eq!((read_at(1), read_at(2)), (0, 8));
        // Nor does what it was compared with change.
        assert_eq!(read(&path(1), &name(1).page, 9).unwrap().about.etag, leaf(7, 10).about.etag);
        let empty = tempfile::tempdir().unwrap();
        Folder::changed(&empty.path().join("pages"), 7);
        assert!(empty.path().join("pages").join(CHANGED).exists());
    }

    #[test]
    fn what_was_used_longest_ago_makes_room() {
        let folder = tempfile::tempdir().unwrap();
        for page in 1..=10 {
            write(folder.path(), &name(page), &leaf(u64::from(page), 1000), 1).unwrap();
        }
        let size = fs::metadata(folder.path().join(name(1).file())).unwrap().len();
        assert!(read(&folder.path().join(name(1).file()), "1", 99).is_some(), "used now");
        make_room(folder.path(), size * 10 + 100, size * 5).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 10);
        make_room(folder.path(), size * 9, size * 5 + 100).unwrap();
        let left = |page: u32| folder.path().join(name(page).file()).exists();
        let left: Vec<u32> = (1..=10).filter(|page| left(*page)).collect();
        assert_eq!(left, [1, 7, 8, 9, 10]);
    }
}
