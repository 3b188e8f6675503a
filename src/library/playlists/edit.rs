//! A playlist's rows: read, edited, filled. Of two edits of the same rows nothing is lost.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::recordings::{self, Recordings};
use super::{key, missing, remote, shelf, steps};
use crate::library::rows::whole;
use crate::model::{
    Entry, EntryId, Fault, FaultKind, JournalMove, MAX_PLAYLIST_ROWS, Merged, OpenedPlaylist, PlaylistAnswer,
    PlaylistEdit, PlaylistId, Snapshot, Step, Track, merge,
};

/// What a playlist's row says beside its name.
struct Standing {
    revision: u64,
    /// The last step of its journal that is done.
    step: u64,
}

fn standing(connection: &Connection, id: PlaylistId) -> rusqlite::Result<Option<Standing>> {
    let mut find =
        connection.prepare_cached("SELECT revision, step FROM playlist WHERE id = ?1 AND gone = 0")?;
    let read = |row: &rusqlite::Row<'_>| {
        let [revision, step] = [row.get::<_, i64>(0)?, row.get::<_, i64>(1)?].map(i64::cast_unsigned);
        Ok(Standing { revision, step })
    };
    find.query_row([key(id)], read).optional()
}

/// A playlist with its rows and its journal.
pub(super) fn open(connection: &Connection, id: PlaylistId) -> rusqlite::Result<Option<OpenedPlaylist>> {
    let (Some(standing), Some(about)) = (standing(connection, id)?, shelf::about(connection, id)?) else {
        return Ok(None);
    };
    let journal = steps::journal(connection, key(id), standing.step)?;
    let entries = entries(connection, id)?;
    Ok(Some(OpenedPlaylist { about, revision: standing.revision, entries, journal }))
}

/// The rows in order; those that name nothing any more are left out.
pub(super) fn entries(connection: &Connection, id: PlaylistId) -> rusqlite::Result<Vec<Entry>> {
    let mut recordings = Recordings::new(connection);
    let mut find = connection
        .prepare_cached("SELECT entry, recording FROM playlist_entry WHERE playlist = ?1 ORDER BY place")?;
    let mut rows = find.query([key(id)])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(track) = recordings.get(row.get(1)?)? {
            entries.push(Entry::new(EntryId(row.get::<_, i64>(0)?.cast_unsigned()), track));
        }
    }
    Ok(entries)
}

/// Writes the rows from the first place on where they differ.
pub(super) fn write(
    change: &Transaction<'_>,
    id: PlaylistId,
    before: &[Entry],
    after: &[Entry],
) -> rusqlite::Result<()> {
    let (kept, places): (i64, i64) = change.query_row(
        "SELECT count(*), ifnull(max(place), -1) + 1 FROM playlist_entry WHERE playlist = ?1",
        [key(id)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut before = before;
    if [kept, places] != [whole(before.len()); 2] {
        // Rows that name nothing any more were left out when these were read, or a rescue lost some: all are written anew.
        change.execute("DELETE FROM playlist_entry WHERE playlist = ?1", [key(id)])?;
        before = &[];
    }
    let is_same = |(before, after): &(&Entry, &Entry)| before.id == after.id && before.track == after.track;
    let same = before.iter().zip(after).take_while(is_same).count();
    // Behind the last difference, rows of lists that are as long as before stay where they are.
    let last = if before.len() == after.len() {
        after.len() - before.iter().zip(after).skip(same).rev().take_while(is_same).count()
    } else {
        after.len()
    };
    let recordings = recordings_of(change, id, before, same..last)?;
    let mut put = change.prepare_cached(
        "INSERT INTO playlist_entry (playlist, place, entry, recording) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let mut set = change.prepare_cached(
        "UPDATE playlist_entry SET entry = ?3, recording = ?4 WHERE playlist = ?1 AND place = ?2",
    )?;
    for (place, entry) in after.iter().enumerate().take(last).skip(same) {
        let recording = match recordings.get(&entry.id) {
            Some((track, recording)) if *track == entry.track => *recording,
            _ => recordings::number(change, &entry.track)?,
        };
        let row = params![key(id), whole(place), entry.id.0.cast_signed(), recording];
        if place < before.len() {
            set.execute(row)?
        } else {
            put.execute(row)?
        };
    }
    if after.len() < before.len() {
        let mut cut =
            change.prepare_cached("DELETE FROM playlist_entry WHERE playlist = ?1 AND place >= ?2")?;
        cut.execute(params![key(id), whole(after.len())])?;
    }
    Ok(())
}

/// The recordings of the rows at these places, by the rows' numbers, each with the track that it is: most rows of an edit only
/// go elsewhere.
fn recordings_of(
    change: &Transaction<'_>,
    id: PlaylistId,
    before: &[Entry],
    places: Range<usize>,
) -> rusqlite::Result<HashMap<EntryId, (Arc<Track>, i64)>> {
    let mut find = change.prepare_cached(
        "SELECT recording FROM playlist_entry WHERE playlist = ?1 AND place >= ?2 AND place < ?3 ORDER BY place",
    )?;
    let bounds = params![key(id), whole(places.start), whole(places.end)];
    let numbers = find.query_map(bounds, |row| row.get(0))?;
    let rows = before.iter().skip(places.start).zip(numbers);
    rows.map(|(entry, number)| Ok((entry.id, (Arc::clone(&entry.track), number?)))).collect()
}

/// Keeps an edit. Made of an older revision, it is put together with what happened since.
pub(super) fn edit(
    change: &Transaction<'_>,
    edit: &PlaylistEdit,
    at: i64,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let Some(standing) = standing(change, edit.id)? else { return Ok(Err(missing())) };
    if let Some(fault) = remote::refusal(change, edit.id, &edit.after)? {
        return Ok(Err(fault));
    }
    if standing.revision == edit.revision {
        write(change, edit.id, &edit.before, &edit.after)?;
        let step = match &edit.journal {
            JournalMove::To(number) => number.cast_signed(),
            JournalMove::Step { after, step } => {
                steps::add(change, key(edit.id), after.cast_signed(), step.clone(), at)?
            }
        };
        let revision = raise(change, edit.id, step, at)?;
        remote::touched(change, edit.id)?;
        return Ok(Ok(PlaylistAnswer::Kept { revision, merged: None, lost: Vec::new() }));
    }
    let theirs = entries(change, edit.id)?;
    let Merged { mut rows, gone } = merge(&edit.before, &edit.after, &theirs);
    rows.truncate(MAX_PLAYLIST_ROWS);
    let revision = replace(change, edit.id, &standing, &edit.name, &theirs, &rows, at)?;
    remote::touched(change, edit.id)?;
    let merged = open(change, edit.id)?.map(Box::new);
    let lost = gone.iter().map(|entry| entry.track.title.clone()).collect();
    Ok(Ok(PlaylistAnswer::Kept { revision, merged, lost }))
}

/// Puts rows at the end.
pub(super) fn append(
    change: &Transaction<'_>,
    id: PlaylistId,
    added: &[Entry],
    at: i64,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let Some(standing) = standing(change, id)? else { return Ok(Err(missing())) };
    if let Some(fault) = remote::refusal(change, id, added)? {
        return Ok(Err(fault));
    }
    let before = entries(change, id)?;
    if before.len() + added.len() > MAX_PLAYLIST_ROWS {
        let words = format!("A playlist holds at most {MAX_PLAYLIST_ROWS} tracks");
        return Ok(Err(Fault::new(FaultKind::Usage, words)));
    }
    let mut after = before.clone();
    for entry in added {
        let mut entry = entry.clone();
        // Numbers are drawn at random by whoever does not see the rows.
        while after.iter().any(|row| row.id == entry.id) {
            entry.id.0 += 1;
        }
        after.push(entry);
    }
    replace(change, id, &standing, "adding tracks", &before, &after, at)?;
    remote::touched(change, id)?;
    Ok(match shelf::about(change, id)? {
        Some(about) => Ok(PlaylistAnswer::Appended { about, count: added.len() }),
        None => Err(missing()),
    })
}

/// Makes `after` of the rows as a step of its own.
pub(super) fn step(
    change: &Transaction<'_>,
    id: PlaylistId,
    name: &str,
    before: &[Entry],
    after: &[Entry],
    at: i64,
) -> rusqlite::Result<()> {
    let Some(standing) = standing(change, id)? else { return Ok(()) };
    replace(change, id, &standing, name, before, after, at).map(|_| ())
}

/// Makes `after` of the rows as a step of its own; gives the new revision.
fn replace(
    change: &Transaction<'_>,
    id: PlaylistId,
    standing: &Standing,
    name: &str,
    before: &[Entry],
    after: &[Entry],
    at: i64,
) -> rusqlite::Result<u64> {
    write(change, id, before, after)?;
    let step = match Step::between(name, Snapshot::new(before, None, None), after, None, None) {
        Some(step) => steps::add(change, key(id), standing.step.cast_signed(), step, at)?,
        None => standing.step.cast_signed(),
    };
    raise(change, id, step, at)
}

/// Counts a change.
fn raise(change: &Transaction<'_>, id: PlaylistId, step: i64, at: i64) -> rusqlite::Result<u64> {
    let mut raise = change.prepare_cached(
        "UPDATE playlist SET revision = revision + 1, step = ?2, changed_at = ?3 WHERE id = ?1 RETURNING revision",
    )?;
    raise.query_row(params![key(id), step, at], |row| row.get(0)).map(i64::cast_unsigned)
}
