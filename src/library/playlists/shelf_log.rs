//! The journal of which playlists there are, to be looked at, and the way to any place in it.

use rusqlite::{Connection, Transaction};

use super::key;
use super::shelf::{all, number, read, retrace};
use crate::library::rows::duration;
use crate::model::{Fault, PlaylistAnswer, ShelfChange, ShelfLog};

/// Every change that is kept.
pub(super) fn log(connection: &Connection) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let mut find = connection
        .prepare_cached("SELECT playlist, before, after, number FROM shelf_step ORDER BY number")?;
    let mut about = connection.prepare_cached(
        "SELECT count(*), ifnull(sum(r.length_ms), 0) FROM playlist_entry e JOIN recording r ON r.id = e.recording
         WHERE e.playlist = ?1",
    )?;
    let mut log = ShelfLog { number: number(connection)?.cast_unsigned(), ..ShelfLog::default() };
    log.first_number = log.number;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        let step = read(row)?;
        if log.steps.is_empty() {
            log.first_number = row.get::<_, i64>(3)?.cast_unsigned().saturating_sub(1);
        }
        let (tracks, length) =
            about.query_row([key(step.id)], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
        let tracks = usize::try_from(tracks).unwrap_or(0);
        log.steps.push(ShelfChange { step, tracks, length: duration(length) });
    }
    Ok(Ok(PlaylistAnswer::Logged(log)))
}

/// Takes changes back, or makes them again, one after the other.
pub(super) fn go_to(
    change: &Transaction<'_>,
    to: u64,
    at: i64,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let to = to.cast_signed();
    let mut last = None;
    loop {
        let now = number(change)?;
        let (step, then) = match now.cmp(&to) {
            std::cmp::Ordering::Equal => break,
            std::cmp::Ordering::Greater => (now, now - 1),
            std::cmp::Ordering::Less => (now + 1, now + 1),
        };
        match retrace(change, step, then, at)? {
            Ok(PlaylistAnswer::Shelved { done: Some(done), .. }) => last = Some(done),
            // There is no such change any more.
            Ok(_) => break,
            Err(fault) => return Ok(Err(fault)),
        }
    }
    Ok(Ok(PlaylistAnswer::Shelved { done: last, all: all(change)? }))
}
