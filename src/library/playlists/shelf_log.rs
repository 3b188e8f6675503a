//! The journal of which playlists there are, to be looked at, and the way to any place in it.

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::key;
use super::shelf::{STEP, all, is_others, number, read, retrace};
use crate::library::rows::duration;
use crate::library::session::keep;
use crate::model::{Fault, PlaylistAnswer, PlaylistId, ShelfChange, ShelfLog, SignedIn};

/// Every change that is kept.
pub(super) fn log(
    connection: &Connection,
    who: &SignedIn,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let mut find = connection
        .prepare_cached("SELECT playlist, before, after, number, made_at FROM shelf_step ORDER BY number")?;
    let mut about = connection.prepare_cached(
        "SELECT count(*), ifnull(sum(r.length_ms), 0) FROM playlist_entry e JOIN recording r ON r.id = e.recording
         WHERE e.playlist = ?1",
    )?;
    let mut log = ShelfLog { number: number(connection)?.cast_unsigned(), ..ShelfLog::default() };
    log.first_number = log.number;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        let mut step = read(row)?;
        let is_others = is_others(connection, step.id, who)?;
        if is_others {
            // It keeps its place, and says nothing of what it was about.
            for name in [&mut step.before, &mut step.after].into_iter().flatten() {
                *name = "a playlist of another account".into();
            }
        }
        if log.steps.is_empty() {
            log.first_number = row.get::<_, i64>(3)?.cast_unsigned().saturating_sub(1);
        }
        let (tracks, length) =
            about.query_row([key(step.id)], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
        let (tracks, length) = if is_others { (0, 0) } else { (tracks, length) };
        let tracks = usize::try_from(tracks).unwrap_or(0);
        let made_at = row.get::<_, Option<i64>>(4)?.and_then(|at| u64::try_from(at).ok());
        log.steps.push(ShelfChange { step, tracks, length: duration(length), made_at });
    }
    Ok(Ok(PlaylistAnswer::Logged(log)))
}

/// Takes changes back, or makes them again, one after the other.
pub(super) fn go_to(
    change: &Transaction<'_>,
    to: u64,
    at: i64,
    who: &SignedIn,
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
        if others_step(change, step, who)? {
            keep(change, STEP, &then.to_string())?;
            continue;
        }
        match retrace(change, step, then, at)? {
            Ok(PlaylistAnswer::Shelved { done: Some(done), .. }) => last = Some(done),
            // There is no such change any more.
            Ok(_) => break,
            Err(fault) => return Ok(Err(fault)),
        }
    }
    Ok(Ok(PlaylistAnswer::Shelved { done: last, all: all(change)? }))
}

/// Whether the change of this number is about another account's playlist.
fn others_step(change: &Transaction<'_>, number: i64, who: &SignedIn) -> rusqlite::Result<bool> {
    let mut find = change.prepare_cached("SELECT playlist FROM shelf_step WHERE number = ?1")?;
    let id = find.query_row([number], |row| row.get::<_, i64>(0)).optional()?;
    id.map_or(Ok(false), |id| is_others(change, PlaylistId(id.cast_unsigned()), who))
}
