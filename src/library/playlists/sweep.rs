//! Recordings that nobody names any more are forgotten.

use std::collections::HashSet;

use rusqlite::{Transaction, params};

use super::steps;

/// Takes out the recordings that no playlist and no download holds, that were not heard and that no step of a journal could bring back; gives how many.
pub(in crate::library) fn sweep(change: &Transaction<'_>) -> rusqlite::Result<usize> {
    let mut named: HashSet<i64> = HashSet::new();
    let mut held = change.prepare(
        "SELECT recording FROM playlist_entry UNION SELECT recording FROM download
         UNION SELECT recording FROM offline_copy UNION SELECT recording FROM kept_member
         UNION SELECT recording FROM heard
         UNION SELECT value FROM download_wish, json_each(command, '$.recordings')",
    )?;
    for recording in held.query_map([], |row| row.get(0))? {
        named.insert(recording?);
    }
    // How services had their playlists counts too: without it nobody could tell what was taken out.
    let mut journals = change.prepare(
        "SELECT taken, put FROM list_step UNION ALL SELECT base_rows, ifnull(sent_rows, x'') FROM remote_playlist",
    )?;
    let mut rows = journals.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..2 {
            named.extend(steps::recordings_in(row.get_ref(column)?.as_blob()?));
        }
    }
    let mut known = change.prepare("SELECT id FROM recording")?;
    let known: Vec<i64> = known.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut forget = change.prepare("DELETE FROM recording WHERE id = ?1")?;
    let mut forgotten = 0;
    for id in known.into_iter().filter(|id| !named.contains(id)) {
        forgotten += forget.execute(params![id])?;
    }
    Ok(forgotten)
}
