//! What was learned about tracks of any source: how loud they are, where they were left.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction, params};

use crate::model::{Learned, Loudness, Resume, TrackRef};

use super::rows::{duration, milliseconds, read_reference, reference_text};

/// Most measurements read at the start; the newest ones.
const MAX_LOUDNESS: u32 = 20_000;

/// Most places kept; the newest ones.
const MAX_RESUME: u32 = 1_000;

/// Most tracks whose words were shifted that are read at the start; the newest ones.
const MAX_OFFSETS: u32 = 10_000;

pub(super) fn load(connection: &Connection) -> rusqlite::Result<Learned> {
    let mut learned = Learned::default();
    let mut query =
        connection.prepare("SELECT reference, lufs, peak FROM loudness ORDER BY rowid DESC LIMIT ?1")?;
    let rows = query.query_map([MAX_LOUDNESS], |row| {
        Ok((row.get::<_, String>(0)?, Loudness { lufs: row.get(1)?, peak: row.get(2)? }))
    })?;
    gather(&mut learned.loudness, rows)?;
    let mut query = connection.prepare(
        "SELECT reference, position_ms, length_ms, kept_at FROM resume ORDER BY kept_at DESC LIMIT ?1",
    )?;
    let rows = query.query_map([MAX_RESUME], |row| {
        let resume = Resume {
            position: duration(row.get(1)?),
            length: row.get::<_, Option<i64>>(2)?.map(duration),
            kept_at: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
        };
        Ok((row.get::<_, String>(0)?, resume))
    })?;
    gather(&mut learned.resume, rows)?;
    let mut query =
        connection.prepare("SELECT reference, offset_ms FROM words_offset ORDER BY rowid DESC LIMIT ?1")?;
    let rows = query.query_map([MAX_OFFSETS], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    gather(&mut learned.words_offset_ms, rows)?;
    let mut query = connection.prepare("SELECT reference FROM rating WHERE liked > 0")?;
    let rows = query.query_map([], |row| row.get::<_, String>(0))?;
    for row in rows {
        learned.liked.extend(read_reference(&row?));
    }
    Ok(learned)
}

fn gather<T>(
    found: &mut HashMap<TrackRef, T>,
    rows: impl Iterator<Item = rusqlite::Result<(String, T)>>,
) -> rusqlite::Result<()> {
    for row in rows {
        let (text, value) = row?;
        if let Some(reference) = read_reference(&text) {
            found.insert(reference, value);
        }
    }
    Ok(())
}

pub(super) fn keep_loudness(
    change: &Transaction<'_>,
    reference: &TrackRef,
    loudness: Loudness,
) -> rusqlite::Result<()> {
    if !loudness.lufs.is_finite() || !loudness.peak.is_finite() {
        return Ok(());
    }
    let mut insert = change
        .prepare_cached("INSERT OR REPLACE INTO loudness (reference, lufs, peak) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![reference_text(reference), loudness.lufs, loudness.peak]).map(|_| ())
}

pub(super) fn keep_resume(
    change: &Transaction<'_>,
    reference: &TrackRef,
    resume: &Resume,
) -> rusqlite::Result<()> {
    let mut insert = change.prepare_cached(
        "INSERT OR REPLACE INTO resume (reference, position_ms, length_ms, kept_at) VALUES (?1, ?2, ?3, ?4)",
    )?;
    insert.execute(params![
        reference_text(reference),
        milliseconds(resume.position),
        resume.length.map(milliseconds),
        i64::try_from(resume.kept_at).unwrap_or(i64::MAX),
    ])?;
    let mut prune = change.prepare_cached(
        "DELETE FROM resume WHERE reference NOT IN
         (SELECT reference FROM resume ORDER BY kept_at DESC LIMIT ?1)
         AND (SELECT count(*) FROM resume) > ?1",
    )?;
    prune.execute([MAX_RESUME]).map(|_| ())
}

/// Keeps by how much the words of a track come later; 0 is as they say.
pub(super) fn keep_words_offset(
    change: &Transaction<'_>,
    reference: &TrackRef,
    offset_ms: i64,
) -> rusqlite::Result<()> {
    let reference = reference_text(reference);
    if offset_ms == 0 {
        return change.execute("DELETE FROM words_offset WHERE reference = ?1", [reference]).map(|_| ());
    }
    let mut insert = change
        .prepare_cached("INSERT OR REPLACE INTO words_offset (reference, offset_ms) VALUES (?1, ?2)")?;
    insert.execute(params![reference, offset_ms]).map(|_| ())
}

pub(super) fn forget_resume(change: &Transaction<'_>, reference: &TrackRef) -> rusqlite::Result<()> {
    change.execute("DELETE FROM resume WHERE reference = ?1", [reference_text(reference)]).map(|_| ())
}
