//! Queues that were saved under a name: playlists that remember where they stood.

use rusqlite::{Row, Transaction, params};

use super::key;
use super::shelf::{all, make};
use crate::library::rows::{duration, milliseconds};
use crate::model::{CleanText, Entry, EntryId, Fault, PlaylistAnswer, QueuePlace, SignedIn};

/// Makes a playlist of the queue's rows.
pub(super) fn save(
    change: &Transaction<'_>,
    name: &CleanText,
    entries: &[Entry],
    place: QueuePlace,
    at: i64,
    who: &SignedIn,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    let made = make(change, (name, None), entries, at, who)?;
    let Ok(PlaylistAnswer::Shelved { done: Some(done), .. }) = made else { return Ok(made) };
    change.execute(
        "INSERT OR REPLACE INTO queue_place (playlist, entry, position_ms) VALUES (?1, ?2, ?3)",
        params![key(done.id), place.entry.0.cast_signed(), milliseconds(place.position)],
    )?;
    Ok(Ok(PlaylistAnswer::Shelved { done: Some(done), all: all(change)? }))
}

/// Where a queue stood, from two columns.
pub(super) fn read(row: &Row<'_>, from: usize) -> rusqlite::Result<Option<QueuePlace>> {
    let entry = row.get::<_, Option<i64>>(from)?.map(|entry| EntryId(entry.cast_unsigned()));
    let position = row.get::<_, Option<i64>>(from + 1)?.map(duration);
    Ok(entry.zip(position).map(|(entry, position)| QueuePlace { entry, position }))
}
