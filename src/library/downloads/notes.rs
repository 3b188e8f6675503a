//! Copies that came and went and that their services were not told of. Whether a service wants to be told is its affair.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::library::rows::reference_text;
use crate::model::{ServiceId, TrackRef};

/// Most that are told at a time.
const MOST: i64 = 200;

/// That a copy is here, or no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyNote {
    /// Of which service.
    pub service: ServiceId,
    /// Its id of the track.
    pub track: String,
    /// Whether it is no longer here.
    pub is_gone: bool,
}

/// A copy is kept: its service is told where it is a new one.
pub(super) fn copy_comes(change: &Transaction<'_>, reference: &TrackRef) -> rusqlite::Result<()> {
    let mut find = change.prepare_cached("SELECT 1 FROM offline_copy WHERE reference = ?1")?;
    let is_known = find.query_row([reference_text(reference)], |_| Ok(())).optional()?.is_some();
    if is_known { Ok(()) } else { note(change, reference, false) }
}

/// A copy is not there any more.
pub(super) fn copy_goes(change: &Transaction<'_>, reference: &TrackRef) -> rusqlite::Result<()> {
    note(change, reference, true)
}

fn note(change: &Transaction<'_>, reference: &TrackRef, is_gone: bool) -> rusqlite::Result<()> {
    let TrackRef::Service { service, id } = reference else { return Ok(()) };
    let mut put = change
        .prepare_cached("INSERT OR REPLACE INTO copy_note (service, track, is_gone) VALUES (?1, ?2, ?3)")?;
    put.execute(params![service.as_str(), id, is_gone]).map(|_| ())
}

/// What a service is to be told, what came first first.
pub(super) fn of(connection: &Connection, service: &ServiceId) -> rusqlite::Result<Vec<CopyNote>> {
    let mut find = connection
        .prepare_cached("SELECT track, is_gone FROM copy_note WHERE service = ?1 ORDER BY rowid LIMIT ?2")?;
    let note =
        |row: &Row<'_>| Ok(CopyNote { service: service.clone(), track: row.get(0)?, is_gone: row.get(1)? });
    find.query_map(params![service.as_str(), MOST], note)?.collect()
}

pub(super) fn forget(change: &Transaction<'_>, told: &[CopyNote]) -> rusqlite::Result<()> {
    let mut forget =
        change.prepare_cached("DELETE FROM copy_note WHERE service = ?1 AND track = ?2 AND is_gone = ?3")?;
    for note in told {
        forget.execute(params![note.service.as_str(), note.track, note.is_gone])?;
    }
    Ok(())
}
