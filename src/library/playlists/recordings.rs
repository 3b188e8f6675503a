//! What rows of playlists play, each recording kept once however often it is named.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::library::rows::{
    duration, milliseconds, read_reference, read_references, reference_text, references_text,
};
use crate::library::session::SEPARATOR;
use crate::model::{CleanText, Track};

/// The number of a recording, which is kept if it was not.
pub(in crate::library) fn number(change: &Transaction<'_>, track: &Track) -> rusqlite::Result<i64> {
    let reference = reference_text(&track.reference);
    let artists = track.artists.iter().map(CleanText::as_str).collect::<Vec<_>>().join(SEPARATOR);
    let album = track.album.as_ref().map(CleanText::as_str);
    let length = track.length.map(milliseconds);
    let isrc = track.isrc.as_ref().map(CleanText::as_str);
    let elsewhere = references_text(&track.elsewhere);
    let facts = params![reference, track.title.as_str(), artists, album, length, isrc, elsewhere];
    let mut find = change.prepare_cached(
        "SELECT id FROM recording WHERE reference = ?1 AND title = ?2 AND artists = ?3 AND album IS ?4
         AND length_ms IS ?5 AND isrc IS ?6 AND elsewhere = ?7",
    )?;
    if let Some(known) = find.query_row(facts, |row| row.get(0)).optional()? {
        return Ok(known);
    }
    let mut insert = change.prepare_cached(
        "INSERT INTO recording (reference, title, artists, album, length_ms, isrc, elsewhere)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    insert.insert(facts)
}

/// Reads recordings by their numbers, each of them once.
pub(in crate::library) struct Recordings<'c> {
    connection: &'c Connection,
    known: HashMap<i64, Option<Arc<Track>>>,
}

impl<'c> Recordings<'c> {
    pub fn new(connection: &'c Connection) -> Self {
        Self { connection, known: HashMap::new() }
    }

    /// The recording of this number; `None` where it names nothing any more.
    pub fn get(&mut self, number: i64) -> rusqlite::Result<Option<Arc<Track>>> {
        if let Some(known) = self.known.get(&number) {
            return Ok(known.clone());
        }
        let mut find = self.connection.prepare_cached(
            "SELECT c.reference, title, artists, album, length_ms, isrc, elsewhere, ifnull(r.stars, 0)
             FROM recording c LEFT JOIN rating r ON r.reference = c.reference WHERE c.id = ?1",
        )?;
        let track = find.query_row([number], read).optional()?.flatten().map(Arc::new);
        self.known.insert(number, track.clone());
        Ok(track)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<Track>> {
    let Some(reference) = read_reference(&row.get::<_, String>(0)?) else { return Ok(None) };
    let artists: String = row.get(2)?;
    let elsewhere: String = row.get(6)?;
    Ok(Some(Track {
        artists: artists.split(SEPARATOR).filter(|name| !name.is_empty()).map(Into::into).collect(),
        album: row.get::<_, Option<String>>(3)?.map(Into::into),
        length: row.get::<_, Option<i64>>(4)?.map(duration),
        isrc: row.get::<_, Option<String>>(5)?.map(Into::into),
        elsewhere: read_references(&elsewhere),
        stars: row.get(7)?,
        ..Track::new(reference, row.get::<_, String>(1)?)
    }))
}
