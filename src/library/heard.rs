//! Services' tracks that were heard: a row each, found and listed as the listener's own are.

use rusqlite::{Transaction, params};

use super::playlists::recordings;
use super::session::SEPARATOR;
use super::words::indexed;
use crate::model::{CleanText, Track};

/// Them as rows `t`, with the columns that a row of an own track is asked for; their numbers are negative.
pub(super) const HEARD: &str = "(SELECT -h.id AS id, h.id AS heard_id, h.reference, c.title, c.artists, \
     substr(c.artists, 1, instr(c.artists || char(31), char(31)) - 1) AS main_artist, c.album, c.length_ms, c.isrc, \
     h.plays, h.played_at, NULL AS genre, NULL AS year, NULL AS number, NULL AS disc, 0 AS has_art, 0 AS has_lyrics, \
     NULL AS problem, NULL AS gone_at FROM heard h JOIN recording c ON c.id = h.recording) t";

/// Counts a listen of a track that is no file of the listener's.
pub(super) fn note(
    change: &Transaction<'_>,
    track: &Track,
    reference: &str,
    played_at: i64,
) -> rusqlite::Result<()> {
    let recording = recordings::number(change, track)?;
    let mut put = change.prepare_cached(
        "INSERT INTO heard (reference, recording, plays, played_at) VALUES (?1, ?2, 1, ?3)
         ON CONFLICT (reference) DO UPDATE SET recording = ?2, plays = plays + 1, played_at = ?3 RETURNING id",
    )?;
    let id = put.query_row(params![reference, recording, played_at], |row| row.get(0))?;
    let artists: Vec<_> = track.artists.iter().map(CleanText::as_str).collect();
    let album = track.album.as_ref().map_or("", CleanText::as_str);
    put_words(change, id, [track.title.as_str(), &artists.join(" "), album])
}

fn put_words(change: &Transaction<'_>, id: i64, texts: [&str; 3]) -> rusqlite::Result<()> {
    let [title, artists, album] = texts.map(indexed);
    let mut put = change.prepare_cached(
        "INSERT OR REPLACE INTO heard_words (rowid, title, artists, album, genre, path) VALUES (?1, ?2, ?3, ?4, '', '')",
    )?;
    put.execute(params![id, title, artists, album]).map(|_| ())
}

/// Makes their words anew from the rows.
pub(super) fn refill_words(change: &Transaction<'_>) -> rusqlite::Result<()> {
    change.execute("INSERT INTO heard_words (heard_words) VALUES ('delete-all')", [])?;
    let mut query = change.prepare(
        "SELECT h.id, c.title, c.artists, ifnull(c.album, '') FROM heard h JOIN recording c ON c.id = h.recording",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let texts: [String; 3] = [row.get(1)?, row.get::<_, String>(2)?.replace(SEPARATOR, " "), row.get(3)?];
        put_words(change, row.get(0)?, texts.each_ref().map(String::as_str))?;
    }
    Ok(())
}
