//! Queues that were saved under a name: playlists that remember where they stood.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::key;
use super::shelf::{all, delete, make};
use crate::library::rows::{duration, milliseconds};
use crate::model::{
    CleanText, Entry, EntryId, Fault, MAX_PLAYLIST_ROWS, PlaylistAnswer, PlaylistId, QueuePlace, SignedIn,
};

/// Makes a playlist of the queue's rows. A queue that was saved under the same name makes way for it, as one that is
/// deleted: what is done to playlists can be taken back.
pub(super) fn save(
    change: &Transaction<'_>,
    name: &CleanText,
    entries: &[Entry],
    place: QueuePlace,
    at: i64,
    who: &SignedIn,
) -> rusqlite::Result<Result<PlaylistAnswer, Fault>> {
    if let Some(id) = saved_as(change, name)?.filter(|_| entries.len() <= MAX_PLAYLIST_ROWS) {
        let _ = delete(change, id, at, who)?;
    }
    let made = make(change, (name, None), entries, at, who)?;
    let Ok(PlaylistAnswer::Shelved { done: Some(done), .. }) = made else { return Ok(made) };
    change.execute(
        "INSERT OR REPLACE INTO queue_place (playlist, entry, position_ms) VALUES (?1, ?2, ?3)",
        params![key(done.id), place.entry.0.cast_signed(), milliseconds(place.position)],
    )?;
    Ok(Ok(PlaylistAnswer::Shelved { done: Some(done), all: all(change)? }))
}

/// The queue that was saved under this name.
fn saved_as(change: &Transaction<'_>, name: &CleanText) -> rusqlite::Result<Option<PlaylistId>> {
    let mut find = change.prepare_cached(
        "SELECT p.id FROM playlist p JOIN queue_place q ON q.playlist = p.id
         WHERE p.gone = 0 AND p.service IS NULL AND p.name = ?1",
    )?;
    let id = find.query_row([name.as_str()], |row| row.get::<_, i64>(0)).optional()?;
    Ok(id.map(|id| PlaylistId(id.cast_unsigned())))
}

/// Where a queue stood, from two columns.
pub(super) fn read(row: &Row<'_>, from: usize) -> rusqlite::Result<Option<QueuePlace>> {
    let entry = row.get::<_, Option<i64>>(from)?.map(|entry| EntryId(entry.cast_unsigned()));
    let position = row.get::<_, Option<i64>>(from + 1)?.map(duration);
    Ok(entry.zip(position).map(|(entry, position)| QueuePlace { entry, position }))
}
