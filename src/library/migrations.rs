//! The schema, a step a version. Released steps never change.

use rusqlite::{Connection, TransactionBehavior};

/// One step a version: step 1 makes version 1 of an empty file.
pub(super) const MIGRATIONS: &[&str] = &[
    // 1: the queue.
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
    // 2: how it is played, and what is learned about tracks.
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

/// Brings the schema to its newest version: wholly, or not at all.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    // The version is read inside the transaction: another process may have migrated meanwhile.
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&step)?;
    if found < SCHEMA_VERSION {
        for migration in MIGRATIONS.iter().skip(found as usize) {
            step.execute_batch(migration)?;
        }
        step.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    }
    step.commit()
}

pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
