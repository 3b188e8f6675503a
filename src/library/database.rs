//! The database file: opened, brought to the newest schema, examined. One that is damaged is rebuilt.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::backup;
use super::error::LibraryError;
use super::hold::{Alone, Held, Share};
use super::journal;
use super::migrations::{SCHEMA_VERSION, migrate, version};
use super::rescue::{self, Rescue};
use crate::model::{Fault, FaultKind};

/// Another process that writes is looked for so often, and so many times: ten seconds at least. SQLite's own way waits longer
/// and longer between two looks, and then misses the moments that one which writes all the time leaves.
const BUSY_PAUSE: Duration = Duration::from_millis(2);
const BUSY_LOOKS: i32 = 5_000;

/// A database up to this size is examined whole before it is used; a larger one only while it is.
const SMALL_BYTES: u64 = 4 << 20;

/// What the log beside the database may grow to.
const MAX_WAL_BYTES: u32 = 64 << 20;

/// An open database, and what had to be done to it.
#[derive(Debug)]
pub(super) struct Opened {
    pub connection: Held,
    #[cfg_attr(not(test), expect(dead_code, reason = "the listener hears of it in words, see `rescue`"))]
    pub rescue: Option<Rescue>,
    /// What the listener should know about where it is.
    pub remark: Option<Fault>,
}

/// Opens the database at `path`, made when missing, at [`SCHEMA_VERSION`]. A newer one is left untouched and
/// refused. One that is damaged is set aside and rebuilt from what can be read of it.
pub(super) fn open(path: &Path) -> Result<Opened, LibraryError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .map_err(|source| LibraryError::Place { path: folder.to_owned(), source })?;
    }
    let (connection, rescue) = match open_unmarked(path)? {
        Ok(connection) => (connection, None),
        Err(_) => open_mended(path)?,
    };
    let remark = remark(&connection, path);
    Ok(Opened { connection, rescue, remark })
}

/// Opens the database; the inner error is why it is to be rebuilt first.
fn open_unmarked(path: &Path) -> Result<Result<Held, LibraryError>, LibraryError> {
    let share = Share::take(path);
    let is_marked = rescue::is_marked(path);
    match open_whole(path) {
        Ok(_) if is_marked => {
            let complaint = "damage was found while it was in use".to_owned();
            Ok(Err(LibraryError::Damaged { path: path.to_owned(), complaint }))
        }
        Ok(connection) => Ok(Ok(Held::new(connection, share))),
        Err(error) if error.is_damage() => Ok(Err(error)),
        Err(error) => Err(error),
    }
}

/// Rebuilds the database and opens it, one process after the other: whoever comes second finds it whole. One that somebody
/// has open stays where it is, for what that one still writes would be lost.
fn open_mended(path: &Path) -> Result<(Held, Option<Rescue>), LibraryError> {
    let _turn = rescue::turn(path)?;
    let damage = match open_unmarked(path)? {
        Ok(connection) => return Ok((connection, None)),
        Err(damage) => damage,
    };
    let Some(alone) = Alone::take(path) else {
        return Err(LibraryError::InUse { path: path.to_owned(), complaint: damage.to_string() });
    };
    let rescue = rescue::rebuild(path)?;
    tracing::warn!(%damage, aside = %rescue.aside.display(), rows = rescue.rows, from_backup = ?rescue.from_backup, "the library was rebuilt");
    rescue::leave_word(path, &rescue);
    drop(alone);
    let share = Share::take(path);
    Ok((Held::new(open_whole(path)?, share), Some(rescue)))
}

/// Opens the database, and finds out whether it is whole as far as that takes no time.
fn open_whole(path: &Path) -> Result<Connection, LibraryError> {
    let failed = |source| LibraryError::Database { path: path.to_owned(), source };
    let about = fs::metadata(path);
    let (is_there, bytes) = (about.is_ok(), about.map_or(0, |about| about.len()));
    refuse_newer(path, bytes)?;
    if bytes == 0 && is_there && backup::newest_whole(path).is_some() {
        let complaint = "it is empty, and a backup of it is not".to_owned();
        return Err(LibraryError::Damaged { path: path.to_owned(), complaint });
    }
    let mut connection = journal::connect(path).map_err(failed)?;
    let found = version(&connection).map_err(failed)?;
    if found > SCHEMA_VERSION {
        // A newer program was faster by a moment.
        return Err(LibraryError::Newer { path: path.to_owned(), found, known: SCHEMA_VERSION });
    }
    configure(&connection).map_err(failed)?;
    if bytes > 0
        && bytes <= SMALL_BYTES
        && let Some(complaint) = complaint(&connection, "integrity_check").map_err(failed)?
    {
        return Err(LibraryError::Damaged { path: path.to_owned(), complaint });
    }
    if found > 0 && found < SCHEMA_VERSION {
        keep_before_migration(&connection, path, found).map_err(failed)?;
    }
    migrate(&mut connection).map_err(failed)?;
    super::keeper::load(&connection).map_err(failed)?;
    Ok(connection)
}

/// Refuses a database of a newer version without writing a byte of it: not even the log beside it is put into it.
fn refuse_newer(path: &Path, bytes: u64) -> Result<(), LibraryError> {
    // Without a log the file itself tells, and nothing has to be opened.
    if !journal::has_log_beside(path)
        && journal::written_version(path).is_none_or(|found| found <= SCHEMA_VERSION)
    {
        return Ok(());
    }
    let Ok(connection) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY) else {
        return Ok(());
    };
    // What cannot be read like this is found out when it is opened as usual.
    let found = version(&connection).ok().or_else(|| journal::written_version(path)).unwrap_or(0);
    if found <= SCHEMA_VERSION {
        return Ok(());
    }
    // A flipped bit may have made it so.
    let is_damaged =
        bytes <= SMALL_BYTES && complaint(&connection, "quick_check").is_ok_and(|found| found.is_some());
    Err(if !is_damaged && found < 1_000_000 {
        LibraryError::Newer { path: path.to_owned(), found, known: SCHEMA_VERSION }
    } else {
        LibraryError::Damaged { path: path.to_owned(), complaint: "its version is nonsense".to_owned() }
    })
}

/// How every connection behaves.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    wait_when_busy(connection)?;
    // What the screen showed as kept survives a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "journal_size_limit", MAX_WAL_BYTES)?;
    // What a file says of itself runs no code.
    connection.pragma_update(None, "trusted_schema", false)
}

fn wait_when_busy(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_handler(Some(|looked| {
        thread::park_timeout(BUSY_PAUSE);
        looked < BUSY_LOOKS
    }))
}

/// What the listener should know about a database that is written without a log.
fn remark(connection: &Connection, path: &Path) -> Option<Fault> {
    let why = journal::why(connection, path)?;
    let words = format!("The library {} is kept with a rollback journal, more slowly: {why}", path.display());
    Some(
        Fault::new(FaultKind::Other, words)
            .hint("Everything works; a folder on this machine is faster and safer"),
    )
}

/// Another connection to a database that [`open`] has opened.
pub(super) fn join(path: &Path) -> Result<Held, LibraryError> {
    let share = Share::take(path);
    let failed = |source| LibraryError::Database { path: path.to_owned(), source };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    configure(&connection).map_err(failed)?;
    Ok(Held::new(connection, share))
}

/// A copy of the file as it was before it is migrated; one that is there already is kept.
fn keep_before_migration(connection: &Connection, path: &Path, found: u32) -> rusqlite::Result<()> {
    let copy = beside(path, &format!("version-{found}"));
    if copy.exists() { Ok(()) } else { copy_into(connection, &copy) }
}

/// Writes a whole copy, which appears at once or not at all.
pub(super) fn copy_into(connection: &Connection, copy: &Path) -> rusqlite::Result<()> {
    let part = beside(copy, "part");
    let _ = fs::remove_file(&part);
    connection.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
    let problem = |error: std::io::Error| rusqlite::Error::ToSqlConversionFailure(error.into());
    fs::File::open(&part).and_then(|file| file.sync_all()).map_err(problem)?;
    fs::rename(&part, copy).map_err(problem)
}

/// The path with `.suffix` behind it.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

/// The name of a file that SQLite keeps beside a database: the path with `end` at its end.
pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// What SQLite's own check has to say, if anything. `check` is `quick_check` or `integrity_check`.
pub(super) fn complaint(connection: &Connection, check: &str) -> rusqlite::Result<Option<String>> {
    // A page that could not be read once is a complaint too, and no damage.
    match verdict(connection, check)? {
        None => Ok(None),
        Some(_) => verdict(connection, check),
    }
}

fn verdict(connection: &Connection, check: &str) -> rusqlite::Result<Option<String>> {
    match connection.pragma_query_value(None, check, |row| row.get::<_, String>(0)) {
        Ok(verdict) if verdict == "ok" => Ok(None),
        Ok(verdict) => Ok(Some(verdict)),
        Err(error) if is_damage(&error) => Ok(Some(error.to_string())),
        Err(error) => Err(error),
    }
}

/// What SQLite and its full-text index say of a schema that is none of ours.
const SIGNS: [&str; 10] = [
    "no such",
    "no column",
    "has no",
    "malformed",
    "unsupported",
    "already exists",
    "parse error",
    "unrecognized",
    "error in",
    "reserved",
];

/// Whether the file is at fault, and not what was asked of it.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(cause, words) => match cause.code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => true,
            // A schema that has changed by itself.
            ErrorCode::Unknown => {
                words.as_ref().is_some_and(|words| SIGNS.iter().any(|sign| words.contains(sign)))
            }
            _ => false,
        },
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::Utf8Error(..)
        | rusqlite::Error::SqlInputError { .. }
        | rusqlite::Error::InvalidColumnType(..) => true,
        _ => false,
    }
}

/// What an examination found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There is no database yet.
    Missing,
    /// It is whole.
    Whole {
        /// Its schema version.
        version: u32,
    },
    /// SQLite's own check complains.
    Damaged(String),
}

/// Looks at the database without changing it, but for what was cut off in the middle: that is taken back, as whoever opens
/// it does.
pub fn examine(path: &Path) -> Result<Condition, LibraryError> {
    if !path.exists() {
        return Ok(Condition::Missing);
    }
    let failed = |source| LibraryError::Database { path: path.to_owned(), source };
    // A journal that was left behind cannot be played back by who only reads; then nothing at all can be read.
    let is_cut_off = fs::metadata(with_end(path, "-journal")).is_ok_and(|journal| journal.len() > 0);
    let access =
        if is_cut_off { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
    let connection =
        Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(failed)?;
    wait_when_busy(&connection).map_err(failed)?;
    if let Some(complaint) = complaint(&connection, "integrity_check").map_err(failed)? {
        return Ok(Condition::Damaged(complaint));
    }
    Ok(Condition::Whole { version: version(&connection).map_err(failed)? })
}

#[cfg(test)]
mod tests {
    use super::super::migrations::MIGRATIONS;
    use super::*;

    #[test]
    fn a_new_file_gets_the_newest_schema_and_opens_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/library.db");
        assert_eq!(examine(&path).unwrap(), Condition::Missing);
        drop(open(&path).unwrap());
        drop(open(&path).unwrap());
        assert_eq!(examine(&path).unwrap(), Condition::Whole { version: SCHEMA_VERSION });
    }

    #[test]
    fn every_older_version_opens_and_a_copy_of_it_stays() {
        for older in 1..SCHEMA_VERSION {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("library.db");
            let file = Connection::open(&path).unwrap();
            MIGRATIONS.iter().take(older as usize).for_each(|step| file.execute_batch(step).unwrap());
            file.pragma_update(None, "user_version", older).unwrap();
            file.execute_batch(
                "INSERT INTO queue (place, reference, title, artists) VALUES (0, 'a.mp3', 'a', '')",
            )
            .unwrap();
            drop(file);
            let opened = open(&path).unwrap();
            assert_eq!(opened.rescue, None);
            assert_eq!(super::super::keeper::load(&opened.connection).unwrap().session.tracks.len(), 1);
            drop(opened);
            assert_eq!(examine(&path).unwrap(), Condition::Whole { version: SCHEMA_VERSION });
            let copy = beside(&path, &format!("version-{older}"));
            assert_eq!(examine(&copy).unwrap(), Condition::Whole { version: older });
        }
    }

    #[test]
    fn a_migration_that_is_cut_short_leaves_the_old_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let statements: Vec<_> =
            MIGRATIONS.iter().skip(1).flat_map(|step| step.split_inclusive(';')).collect();
        for upto in 0..statements.len() {
            let _ = fs::remove_file(&path);
            let mut file = Connection::open(&path).unwrap();
            file.execute_batch(MIGRATIONS[0]).unwrap();
            file.pragma_update(None, "user_version", 1).unwrap();
            let step = file.transaction().unwrap();
            statements.iter().take(upto).for_each(|statement| step.execute_batch(statement).unwrap());
            // As a kill does: nothing is committed.
            drop(step);
            drop(file);
            assert_eq!(examine(&path).unwrap(), Condition::Whole { version: 1 });
            assert!(open(&path).unwrap().rescue.is_none());
        }
    }

    #[test]
    fn without_shared_memory_there_is_a_rollback_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let mode = |connection: &Connection| {
            connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).unwrap()
        };
        let opened = open(&path).unwrap();
        assert_eq!((mode(&opened.connection).as_str(), opened.remark), ("wal", None));
        opened.connection.execute("INSERT INTO kept (name, value) VALUES ('a', 'b')", []).unwrap();
        drop(opened.connection);
        // Where the file for the shared memory should be, there can be none.
        let memory = folder.path().join("library.db-shm");
        std::os::unix::fs::symlink("/nowhere/at/all", &memory).unwrap();
        for _ in 0..2 {
            let opened = open(&path).unwrap();
            assert_eq!(mode(&opened.connection), "delete");
            let words = opened.remark.unwrap().to_string();
            assert!(words.contains("rollback journal") && words.contains("share"), "{words}");
            let again = join(&path).unwrap();
            let kept: String = again.query_row("SELECT value FROM kept", [], |row| row.get(0)).unwrap();
            assert_eq!((kept.as_str(), mode(&again).as_str()), ("b", "delete"));
            opened.connection.execute("UPDATE kept SET value = 'b'", []).unwrap();
        }
        fs::remove_file(&memory).unwrap();
        assert_eq!(mode(&open(&path).unwrap().connection), "wal");
    }

    /// A journal as a program leaves it that is killed in the middle of a change (SQLite, "Atomic commit", section 4): the
    /// check takes the change back and finds the rest whole.
    #[test]
    fn what_was_cut_off_in_the_middle_of_a_change_is_examined() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("library.db"), folder.path().join("copy.db"));
        drop(open(&path).unwrap());
        let mut writer = Connection::open(&path).unwrap();
        writer.pragma_update(None, "journal_mode", "DELETE").unwrap();
        writer.execute("INSERT INTO kept (name, value) VALUES ('a', 'before')", []).unwrap();
        writer.pragma_update(None, "cache_size", 2).unwrap();
        let change = writer.transaction().unwrap();
        change.execute("UPDATE kept SET value = 'after'", []).unwrap();
        for number in 0..500 {
            let text = "x".repeat(2000);
            change
                .execute("INSERT INTO kept (name, value) VALUES (?1, ?2)", [number.to_string(), text])
                .unwrap();
        }
        let journal = |path: &Path| with_end(path, "-journal");
        fs::copy(&path, &copy).unwrap();
        fs::copy(journal(&path), journal(&copy)).unwrap();
        drop(change);
        let bytes = fs::metadata(&copy).unwrap().len();
        assert!(bytes > fs::metadata(&path).unwrap().len(), "something of it is on the disk");
        assert_eq!(examine(&copy).unwrap(), Condition::Whole { version: SCHEMA_VERSION });
        let kept: String = Connection::open(&copy)
            .unwrap()
            .query_row("SELECT value FROM kept", [], |row| row.get(0))
            .unwrap();
        assert_eq!(kept, "before");
    }

    #[test]
    fn a_newer_file_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        open(&path).unwrap().connection.pragma_update(None, "user_version", 99).unwrap();
        let check = |before: &[u8]| {
            let error = open(&path).unwrap_err();
            let known = format!("version {SCHEMA_VERSION}");
            assert!(error.to_string().contains("99") && error.to_string().contains(&known), "{error}");
            assert_eq!(fs::read(&path).unwrap(), before);
        };
        check(&fs::read(&path).unwrap());
        // What its program has not put into it yet stays beside it, too.
        let other = folder.path().join("other.db");
        let newer = Connection::open(&path).unwrap();
        newer.execute_batch("INSERT INTO kept (name, value) VALUES ('a', 'b')").unwrap();
        let [log, log_of_other] =
            [&path, &other].map(|path| PathBuf::from(format!("{}-wal", path.display())));
        fs::copy(&path, &other).unwrap();
        fs::copy(&log, &log_of_other).unwrap();
        drop(newer);
        let kept = fs::read(&other).unwrap();
        fs::rename(&other, &path).unwrap();
        fs::rename(&log_of_other, &log).unwrap();
        let logged = fs::read(&log).unwrap();
        check(&kept);
        assert_eq!(fs::read(&log).unwrap(), logged);
    }
}
