//! A damaged database: set aside under another name, and rebuilt from what can be read of it. What cannot be
//! read comes from the newest backup that is whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::database::{beside, is_damage, with_end};
use super::error::LibraryError;
use super::migrations::migrate;
use super::{backup, heard, index};
use crate::model::{Fault, FaultKind};

/// What follows damage is looked for at most this often in one table.
const MAX_LEAPS: u32 = 4_000;

/// Most damaged files that are kept aside.
const MAX_ASIDE: u32 = 10_000;

/// The first 24 bytes of every database of ours: the magic words, pages of 4096 bytes, WAL, no reserve
/// (SQLite database file format, section 1.3).
const HEADER: &[u8; 24] = b"SQLite format 3\0\x10\x00\x02\x02\x00\x40\x20\x20";

const PAGE_BYTES: u64 = 4096;

/// What a rescue came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rescue {
    /// Where the damaged file is now.
    pub aside: PathBuf,
    /// Rows that were read from it.
    pub rows: u64,
    /// Tables that had to be taken from a backup.
    pub from_backup: Vec<String>,
}

/// What this process has rebuilt and told nobody yet.
static UNTOLD: Mutex<Vec<(PathBuf, Fault)>> = Mutex::new(Vec::new());

/// Leaves word of a rescue for whoever talks to the listener.
pub(super) fn leave_word(path: &Path, rescue: &Rescue) {
    let mut words = format!("The library was damaged and has been rebuilt: {} rows were saved", rescue.rows);
    if !rescue.from_backup.is_empty() {
        words = format!("{words}, some of them from a backup");
    }
    let fault = Fault::new(FaultKind::Other, words)
        .hint(format!("The damaged file is kept as {}", rescue.aside.display()));
    UNTOLD.lock().unwrap_or_else(PoisonError::into_inner).push((path.to_owned(), fault));
}

/// What is to be told of rescues of the database at `path`, of any without one; each is told once.
pub(super) fn take_word(path: Option<&Path>) -> Vec<Fault> {
    let mut untold = UNTOLD.lock().unwrap_or_else(PoisonError::into_inner);
    untold.extract_if(.., |(of, _)| path.is_none_or(|path| of == path)).map(|(_, fault)| fault).collect()
}

/// What this process has rebuilt because it was damaged, and told nobody yet.
pub fn rebuilt() -> Vec<Fault> {
    take_word(None)
}

/// Whether a check found damage while the database was in use.
pub(super) fn is_marked(path: &Path) -> bool {
    mark_of(path).exists()
}

/// Notes that the next start is to rebuild the database.
pub(super) fn mark(path: &Path) -> io::Result<()> {
    File::create(mark_of(path)).map(|_| ())
}

fn mark_of(path: &Path) -> PathBuf {
    beside(path, "damage-found")
}

/// The turn of rebuilding: two processes have it one after the other.
pub(super) fn turn(path: &Path) -> Result<File, LibraryError> {
    let place = |source| LibraryError::Place { path: path.to_owned(), source };
    let lock = File::create(beside(path, "rebuild-lock")).map_err(place)?;
    lock.lock().map_err(place)?;
    Ok(lock)
}

/// Sets the file at `path` aside and puts a rebuilt one in its place. Nobody else may have it open.
pub(super) fn rebuild(path: &Path) -> Result<Rescue, LibraryError> {
    let place = |source| LibraryError::Place { path: path.to_owned(), source };
    let aside = (1..MAX_ASIDE)
        .map(|number| beside(path, &format!("damaged-{number}")))
        .find(|aside| !aside.exists())
        .ok_or_else(|| place(io::ErrorKind::StorageFull.into()))?;
    // Work is done on a copy: what is set aside stays as it was found.
    let salvage = beside(path, "salvage");
    let fresh = beside(path, "rebuilt");
    for leftover in [&salvage, &fresh] {
        remove_database(leftover);
    }
    fs::copy(path, &salvage).map_err(place)?;
    let _ = fs::copy(with_end(path, "-wal"), with_end(&salvage, "-wal"));
    let failed = |source| LibraryError::Database { path: path.to_owned(), source };
    let (rows, from_backup) =
        refill(&salvage, &fresh, backup::newest_whole(path).as_deref()).map_err(failed)?;
    let _ = fs::copy(with_end(path, "-wal"), with_end(&aside, "-wal"));
    fs::rename(path, &aside).map_err(place)?;
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(with_end(path, end));
    }
    fs::rename(&fresh, path).map_err(place)?;
    remove_database(&salvage);
    let _ = fs::remove_file(mark_of(path));
    Ok(Rescue { aside, rows, from_backup })
}

fn remove_database(path: &Path) {
    for file in [path.to_owned(), with_end(path, "-wal"), with_end(path, "-shm")] {
        let _ = fs::remove_file(file);
    }
}

/// Makes a whole database at `fresh` from what `salvage` still tells.
fn refill(salvage: &Path, fresh: &Path, backup: Option<&Path>) -> rusqlite::Result<(u64, Vec<String>)> {
    let mut target = Connection::open(fresh)?;
    target.pragma_update(None, "journal_mode", "OFF")?;
    target.pragma_update(None, "synchronous", "OFF")?;
    migrate(&mut target)?;
    let source = readable(salvage);
    let spare =
        backup.and_then(|path| Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok());
    let mut rows = 0;
    let mut from_backup = Vec::new();
    for table in tables(&target)? {
        let change = target.transaction()?;
        let found = source.as_ref().and_then(|source| copy_table(source, &change, &table).ok());
        let found = found.unwrap_or(Copied { rows: 0, is_whole: false });
        rows += found.rows;
        // Of a table that is partly there only what has a key of its own can be told from what came already.
        if !found.is_whole
            && (found.rows == 0 || has_key(&change, &table)?)
            && let Some(spare) = &spare
        {
            rows += copy_table(spare, &change, &table).map_or(0, |more| more.rows);
            from_backup.push(table);
        }
        change.commit()?;
    }
    let words = target.transaction()?;
    index::refill_words(&words)?;
    heard::refill_words(&words)?;
    words.commit()?;
    target.pragma_update(None, "synchronous", "FULL")?;
    drop(target);
    // On the disk before it takes the other one's place.
    let _ = File::open(fresh).and_then(|file| file.sync_all());
    Ok((rows, from_backup))
}

/// The damaged file's copy, opened as well as it can be.
fn readable(salvage: &Path) -> Option<Connection> {
    let open = || {
        let source = Connection::open(salvage).ok()?;
        // Whatever does not parse is passed over.
        source.pragma_update(None, "writable_schema", true).ok()?;
        source.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)).ok()?;
        Some(source)
    };
    if let Some(source) = open() {
        return Some(source);
    }
    mend_header(salvage).ok()?;
    open()
}

/// Writes what the header of every database of ours says over that of the copy.
fn mend_header(salvage: &Path) -> io::Result<()> {
    let mut bytes = fs::read(salvage)?;
    let pages = u32::try_from(bytes.len() as u64 / PAGE_BYTES).unwrap_or(u32::MAX);
    let fixes: [(usize, &[u8]); 4] =
        [(0, HEADER), (28, &pages.to_be_bytes()), (44, &[0, 0, 0, 4]), (56, &[0, 0, 0, 1])];
    for (at, fix) in fixes {
        if let Some(place) = bytes.get_mut(at..at + fix.len()) {
            place.copy_from_slice(fix);
        }
    }
    fs::write(salvage, bytes)
}

/// The tables that hold what cannot be made anew.
fn tables(target: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut query = target.prepare(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    )?;
    let names = query.query_map([], |row| row.get(0))?;
    names.collect()
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut query = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let names = query.query_map([table], |row| row.get(0))?;
    names.collect()
}

/// Whether rows of a table are told apart by a key.
fn has_key(connection: &Connection, table: &str) -> rusqlite::Result<bool> {
    let words = "SELECT count(*) FROM pragma_table_info(?1) WHERE pk > 0";
    connection.query_row(words, [table], |row| row.get::<_, i64>(0)).map(|columns| columns > 0)
}

/// What was read of a table.
struct Copied {
    rows: u64,
    /// Nothing of it was damaged.
    is_whole: bool,
}

/// Copies each row that can be read and fits, and is not there. Fails when there is no such table.
fn copy_table(source: &Connection, target: &Connection, table: &str) -> rusqlite::Result<Copied> {
    let theirs = columns(source, table)?;
    let shared: Vec<_> = columns(target, table)?.into_iter().filter(|name| theirs.contains(name)).collect();
    if shared.is_empty() {
        return Err(rusqlite::Error::InvalidColumnName(table.to_owned()));
    }
    let names = shared.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let holes = vec!["?"; shared.len()].join(", ");
    let mut insert =
        target.prepare(&format!("INSERT OR IGNORE INTO \"{table}\" ({names}) VALUES ({holes})"))?;
    // The plain order of the table, by no index that may be wrong.
    let mut query = source.prepare(&format!(
        "SELECT rowid, {names} FROM \"{table}\" NOT INDEXED WHERE rowid > ?1 ORDER BY rowid"
    ))?;
    let mut copied = 0;
    let (mut last, mut leap, mut leaps) = (i64::MIN, 1_i64, 0);
    loop {
        let mut rows = query.query([last])?;
        let problem = loop {
            match rows.next() {
                Ok(Some(row)) => {
                    if let Ok(rowid) = row.get::<_, i64>(0) {
                        last = rowid;
                        leap = 1;
                    }
                    let values =
                        (1..=shared.len()).map(|column| row.get_ref(column).map_or(Value::Null, value));
                    // A value that no row may have is left out with its row.
                    copied += insert.execute(params_from_iter(values)).unwrap_or(0) as u64;
                }
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        match problem {
            None => return Ok(Copied { rows: copied, is_whole: leaps == 0 }),
            Some(error) if !is_damage(&error) || leaps >= MAX_LEAPS => {
                return Ok(Copied { rows: copied, is_whole: false });
            }
            Some(_) => {
                // What is behind the damage is found by leaps that grow until something can be read.
                leaps += 1;
                if last == i64::MIN {
                    last = 0;
                }
                let Some(next) = last.checked_add(leap) else {
                    return Ok(Copied { rows: copied, is_whole: false });
                };
                last = next;
                leap = leap.saturating_mul(2);
            }
        }
    }
}

/// The same value; text with broken letters loses those.
fn value(stored: ValueRef<'_>) -> Value {
    match stored {
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}
