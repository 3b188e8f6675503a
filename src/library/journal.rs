//! How a database writes: through a log beside it (WAL) wherever its folder allows that, else with a journal that is rolled
//! back. The log needs memory that processes share through a file in the folder, which network drives do not give, or not
//! across machines (SQLite documentation, "Write-Ahead Logging", sections 1 and 8).

use std::fs;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode};

use super::database::beside;
use super::migrations::{SCHEMA_VERSION, version};

/// File systems whose files other machines write too, as Linux names them.
const REMOTE: [&str; 12] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ceph",
    "fuse.sshfs",
    "fuse.rclone",
    "davfs",
    "fuse.davfs2",
];

/// Opens the database at `path`, made when missing, and settles how it writes: that holds for all connections, until it can
/// be better. One of a newer version is left as it is.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    match logs(&connection, path) {
        Ok(true) => Ok(connection),
        Err(error) if !lacks_shared_memory(&error) => Err(error),
        Ok(false) | Err(_) => {
            drop(connection);
            roll_back(path)?;
            Connection::open(path)
        }
    }
}

/// Has the log where there can be one; `false`: there is one where there should be none.
fn logs(connection: &Connection, path: &Path) -> rusqlite::Result<bool> {
    let has_log = mode(connection)? == "wal";
    let is_remote = remote_file_system(path).is_some();
    if version(connection)? <= SCHEMA_VERSION && !has_log && !is_remote && may_log(path) {
        log(connection)?;
    }
    Ok(!(has_log && is_remote))
}

/// Whether something lies beside the database that may hold what it does not.
pub(super) fn has_log_beside(path: &Path) -> bool {
    ["-wal", "-journal"].iter().any(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        fs::metadata(name).is_ok_and(|about| about.len() > 0)
    })
}

/// The version that the file itself says (SQLite database file format, section 1.3.5, at byte 60); `None` where it says none.
///
/// A file that is opened here is never closed again: with the first of its descriptors that is closed, all locks of the process
/// on a file go (SQLite documentation, "How To Corrupt An SQLite Database File", section 2.2), those of its connections too, and
/// any other program that looks into the database would take its log away.
pub(super) fn written_version(path: &Path) -> Option<u32> {
    static OPEN: Mutex<Vec<fs::File>> = Mutex::new(Vec::new());
    let named = |about: fs::Metadata| (about.dev(), about.ino());
    let name = named(fs::metadata(path).ok()?);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = open.iter().position(|file| file.metadata().is_ok_and(|about| named(about) == name));
    let at = known.unwrap_or(open.len());
    if known.is_none() {
        open.push(fs::File::open(path).ok()?);
    }
    let mut bytes = [0; 64];
    open.get(at)?.read_exact_at(&mut bytes, 0).ok()?;
    let version = bytes.last_chunk::<4>()?;
    bytes.starts_with(b"SQLite format 3\0").then(|| u32::from_be_bytes(*version))
}

/// Why a database at `path` is not written through a log, in words.
pub fn why_no_log(path: &Path) -> Option<String> {
    why(&Connection::open(path).ok()?, path)
}

/// The same of a database that is open.
pub(super) fn why(connection: &Connection, path: &Path) -> Option<String> {
    if mode(connection).ok()? == "wal" {
        return None;
    }
    Some(match remote_file_system(path) {
        Some(system) => format!("it is on a network drive ({system})"),
        None => "its folder gives no memory that programs could share".to_owned(),
    })
}

fn mode(connection: &Connection) -> rusqlite::Result<String> {
    let mode = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    // The log is opened with the first read.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(mode)
}

fn log(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    mode(connection).map(|_| ())
}

/// Puts the log into the database and gives it up: whoever is alone with the file needs no shared memory for that.
fn roll_back(path: &Path) -> rusqlite::Result<()> {
    let alone = Connection::open(path)?;
    alone.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    alone.pragma_update(None, "journal_mode", "DELETE")?;
    mode(&alone).map(|_| ())
}

/// Whether the log was the trouble.
fn lacks_shared_memory(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    let is_shared = |code: i32| {
        [
            rusqlite::ffi::SQLITE_IOERR_SHMOPEN,
            rusqlite::ffi::SQLITE_IOERR_SHMSIZE,
            rusqlite::ffi::SQLITE_IOERR_SHMLOCK,
            rusqlite::ffi::SQLITE_IOERR_SHMMAP,
        ]
        .contains(&code)
    };
    code == Some(ErrorCode::CannotOpen)
        || error.sqlite_error().is_some_and(|error| is_shared(error.extended_code))
}

/// Whether a database in the same folder can have a log: tried with one that nobody else sees.
fn may_log(path: &Path) -> bool {
    let probe = beside(path, &format!("probe-{}", std::process::id()));
    let tried = Connection::open(&probe).and_then(|connection| {
        connection.pragma_update(None, "synchronous", "OFF")?;
        log(&connection)?;
        connection.execute_batch("CREATE TABLE probe (one)")
    });
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = probe.clone().into_os_string();
        name.push(suffix);
        let _ = fs::remove_file(name);
    }
    tried.is_ok()
}

/// The file system that `path` is on, where other machines write there too. Only Linux tells.
fn remote_file_system(path: &Path) -> Option<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let folder = path.parent().and_then(|folder| fs::canonicalize(folder).ok())?;
    remote_among(&mounts, &folder)
}

/// The same of a table of mounts (`proc_pid_mountinfo(5)`): the deepest one that holds the folder counts, the last of several.
fn remote_among(mounts: &str, folder: &Path) -> Option<String> {
    let mount = |line: &str| {
        let (before, after) = line.split_once(" - ")?;
        let point = before.split(' ').nth(4)?.replace("\\040", " ");
        let system = after.split(' ').next()?.to_owned();
        folder.starts_with(&point).then_some((point.len(), system))
    };
    let (_, system) = mounts.lines().filter_map(mount).max_by_key(|(depth, _)| *depth)?;
    REMOTE.contains(&system.as_str()).then_some(system)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The locks of this process on a file, as the kernel tells them.
    fn locks(path: &Path) -> usize {
        let (pid, inode) = (std::process::id().to_string(), fs::metadata(path).unwrap().ino());
        let is_ours = |line: &&str| {
            let mut words = line.split_whitespace();
            words.any(|word| word == pid) && line.contains(&format!(":{inode} "))
        };
        fs::read_to_string("/proc/locks").unwrap().lines().filter(is_ours).count()
    }

    #[test]
    fn to_look_at_the_file_takes_no_lock_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let connection = connect(&path).unwrap();
        connection
            .execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1); PRAGMA wal_checkpoint(TRUNCATE)")
            .unwrap();
        let before = locks(&path);
        assert!(before > 0, "whoever reads the log holds a lock on the file");
        for _ in 0..3 {
            assert_eq!(written_version(&path), Some(0));
            assert_eq!(locks(&path), before);
        }
        // Another file in its place is another one.
        let other = folder.path().join("other.db");
        connect(&other).unwrap().execute_batch("CREATE TABLE t (a); PRAGMA user_version = 7").unwrap();
        fs::rename(&other, &path).unwrap();
        assert_eq!(written_version(&path), Some(7));
    }

    #[test]
    fn drives_of_other_machines_are_known() {
        // As proc_pid_mountinfo(5) shows them.
        let mounts = "36 35 98:0 / / rw,noatime master:1 - ext4 /dev/root rw\n\
            37 36 0:40 / /home/ada rw - nfs4 server:/ada rw\n\
            38 37 8:1 / /home/ada/My\\040disk rw shared:7 - ext4 /dev/sdb1 rw\n\
            39 36 0:41 / /mnt/box rw - fuse.sshfs ada@box: rw\nnonsense\n";
        let check = |folder: &str, expected: Option<&str>| {
            assert_eq!(remote_among(mounts, Path::new(folder)).as_deref(), expected, "{folder}");
        };
        check("/var/lib", None);
        check("/home/ada/.local/share/segue", Some("nfs4"));
        check("/home/ada/My disk/segue", None);
        check("/mnt/box", Some("fuse.sshfs"));
        check("/mnt/boxes", None);
    }

    #[test]
    fn a_database_can_do_without_the_log_and_gets_it_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let first = connect(&path).unwrap();
        assert_eq!((mode(&first).unwrap().as_str(), why_no_log(&path)), ("wal", None));
        first.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
        drop(first);
        roll_back(&path).unwrap();
        assert!(why_no_log(&path).is_some_and(|words| words.contains("no memory")));
        // Others read and write it, too.
        let [first, second] = [(); 2].map(|()| Connection::open(&path).unwrap());
        second.execute("INSERT INTO t VALUES (2)", []).unwrap();
        let count = |connection: &Connection| {
            connection.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)).unwrap()
        };
        assert_eq!((count(&first), count(&second), mode(&second).unwrap().as_str()), (2, 2, "delete"));
        drop((first, second));
        assert_eq!(mode(&connect(&path).unwrap()).unwrap(), "wal");
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().contains("probe")), "{left:?}");
    }
}
