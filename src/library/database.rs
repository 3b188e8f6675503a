//! The database file: opened, brought to the newest schema, examined. Released steps never change.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::LibraryError;

/// One step a version: step 1 makes version 1 of an empty file.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE queue (
        place     INTEGER PRIMARY KEY,
        reference TEXT NOT NULL,
        title     TEXT NOT NULL,
        artists   TEXT NOT NULL,
        album     TEXT,
        length_ms INTEGER
    ) STRICT;
    CREATE TABLE place (
        one         INTEGER PRIMARY KEY CHECK (one = 1),
        current     INTEGER,
        position_ms INTEGER NOT NULL
    ) STRICT;
",
    "
    ALTER TABLE queue ADD COLUMN own_place INTEGER;
    CREATE TABLE kept (
        name  TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT;
    CREATE TABLE loudness (
        reference TEXT PRIMARY KEY,
        lufs      REAL NOT NULL,
        peak      REAL NOT NULL
    ) STRICT;
    CREATE TABLE resume (
        reference   TEXT PRIMARY KEY,
        position_ms INTEGER NOT NULL,
        length_ms   INTEGER,
        kept_at     INTEGER NOT NULL
    ) STRICT;
",
];

/// The schema that this program writes.
#[expect(clippy::cast_possible_truncation, reason = "a handful")]
pub const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

/// How long a second process is waited for.
const BUSY_LIMIT: Duration = Duration::from_secs(5);

/// Opens the database at `path`, made when missing, at [`SCHEMA_VERSION`]. A newer one is left
/// untouched and refused.
pub(super) fn open(path: &Path) -> Result<Connection, LibraryError> {
    let failed = |source| LibraryError::Database { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .map_err(|source| LibraryError::Place { path: folder.to_owned(), source })?;
    }
    let mut connection = Connection::open(path).map_err(failed)?;
    let found = version(&connection).map_err(failed)?;
    if found > SCHEMA_VERSION {
        return Err(LibraryError::Newer { path: path.to_owned(), found, known: SCHEMA_VERSION });
    }
    prepare(&mut connection).map_err(failed)?;
    Ok(connection)
}

fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_LIMIT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What the screen showed as kept survives a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // The version is read inside the transaction: another process may have migrated meanwhile.
    let step = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found = version(&step)? as usize;
    for migration in MIGRATIONS.iter().skip(found) {
        step.execute_batch(migration)?;
    }
    step.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    step.commit()
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
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

/// Looks at the database without changing it.
pub fn examine(path: &Path) -> Result<Condition, LibraryError> {
    if !path.exists() {
        return Ok(Condition::Missing);
    }
    let failed = |source| LibraryError::Database { path: path.to_owned(), source };
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    let verdict: String = match connection.pragma_query_value(None, "integrity_check", |row| row.get(0)) {
        Ok(verdict) => verdict,
        Err(error) => return Ok(Condition::Damaged(error.to_string())),
    };
    if verdict != "ok" {
        return Ok(Condition::Damaged(verdict));
    }
    Ok(Condition::Whole { version: version(&connection).map_err(failed)? })
}

#[cfg(test)]
mod tests {
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
    fn a_newer_file_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let before = fs::read(&path).unwrap();
        let error = open(&path).unwrap_err();
        assert!(error.to_string().contains("99") && error.to_string().contains("version 2"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_file_that_is_no_database_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        fs::write(&path, "this is a letter, not a database ".repeat(100)).unwrap();
        assert!(matches!(open(&path), Err(LibraryError::Database { .. })));
        assert!(matches!(examine(&path), Ok(Condition::Damaged(_)) | Err(LibraryError::Database { .. })));
    }
}
