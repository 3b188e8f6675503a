//! The queue, the place in it and how it is played, as rows.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::model::{CleanText, EntryId, Repeat, ScreenLeft, Session, Track, Volume};

use super::rows::{
    duration, milliseconds, read_reference, read_references, reference_text, references_text, whole,
};

/// Separates artists in one column: no cleaned text holds it.
pub(super) const SEPARATOR: &str = "\u{1f}";

/// Keeps a session; `before` is what this process, which alone keeps the queue, has written last. Of what is the same as then
/// nothing is written again: while something plays, that is all but the position.
pub(super) fn save(
    change: &Transaction<'_>,
    session: &Session,
    before: Option<&Session>,
) -> rusqlite::Result<()> {
    let has_same_rows = |before: &&Session| {
        before.entries == session.entries && before.order == session.order && before.tracks == session.tracks
    };
    let before = before.filter(has_same_rows);
    if before.is_none() {
        save_rows(change, session)?;
    }
    keep_place(change, session.current, session.position)?;
    let others = |session: &Session| (session.volume, session.muted, session.step, session.repeat);
    let is_same = |before: &Session| others(before) == others(session) && before.screen == session.screen;
    if before.is_some_and(is_same) {
        return Ok(());
    }
    keep_volume(change, session.volume, session.muted)?;
    keep(change, "queue-step", &session.step.to_string())?;
    keep(change, "screen", &session.screen.to_text())?;
    keep(change, "repeat", session.repeat.title())
}

fn save_rows(change: &Transaction<'_>, session: &Session) -> rusqlite::Result<()> {
    let mut own_places = vec![None; session.tracks.len()];
    for (own_place, row) in session.order.iter().flatten().enumerate() {
        if let Some(place) = own_places.get_mut(*row) {
            *place = Some(whole(own_place));
        }
    }
    change.execute("DELETE FROM queue", [])?;
    let mut insert = change.prepare_cached(
        "INSERT INTO queue (place, reference, title, artists, album, length_ms, own_place, entry, isrc, elsewhere,
         liked) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    for ((place, track), own_place) in session.tracks.iter().enumerate().zip(own_places) {
        let artists: Vec<_> = track.artists.iter().map(AsRef::as_ref).collect();
        insert.execute(params![
            whole(place),
            reference_text(&track.reference),
            track.title.as_str(),
            artists.join(SEPARATOR),
            track.album.as_ref().map(AsRef::<str>::as_ref),
            track.length.map(milliseconds),
            own_place,
            session.entries.get(place).map(|entry| entry.0.cast_signed()),
            track.isrc.as_ref().map(CleanText::as_str),
            references_text(&track.elsewhere),
            track.liked,
        ])?;
    }
    Ok(())
}

/// Keeps which row is current, and how far the ear is in it.
pub(super) fn keep_place(
    change: &Transaction<'_>,
    current: Option<usize>,
    position: Duration,
) -> rusqlite::Result<()> {
    let mut place = change
        .prepare_cached("INSERT OR REPLACE INTO place (one, current, position_ms) VALUES (1, ?1, ?2)")?;
    place.execute(params![current.map(whole), milliseconds(position)]).map(|_| ())
}

/// Keeps how loud it is.
pub(super) fn keep_volume(
    change: &Transaction<'_>,
    volume: Option<Volume>,
    muted: bool,
) -> rusqlite::Result<()> {
    if let Some(volume) = volume {
        keep(change, "volume", &volume.percent().to_string())?;
    }
    keep(change, "muted", if muted { "yes" } else { "no" })
}

/// Keeps a small value by its name.
pub(super) fn keep(change: &Transaction<'_>, name: &str, value: &str) -> rusqlite::Result<()> {
    let mut insert = change.prepare_cached("INSERT OR REPLACE INTO kept (name, value) VALUES (?1, ?2)")?;
    insert.execute([name, value]).map(|_| ())
}

/// A small value that was kept.
pub(super) fn kept(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    connection.query_row("SELECT value FROM kept WHERE name = ?1", [name], |row| row.get(0)).optional()
}

/// What was saved last; rows that name nothing any more are left out.
pub(super) fn load(connection: &Connection) -> rusqlite::Result<Session> {
    let place = connection.query_row("SELECT current, position_ms FROM place", [], |row| {
        Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, i64>(1)?))
    });
    let (current, position_ms) = place.optional()?.unwrap_or_default();
    let mut session = Session {
        volume: kept(connection, "volume")?.and_then(|value| value.parse().ok()).map(Volume::new),
        muted: kept(connection, "muted")?.is_some_and(|value| value == "yes"),
        step: kept(connection, "queue-step")?.and_then(|value| value.parse().ok()).unwrap_or(0),
        repeat: kept(connection, "repeat")?.map_or(Repeat::Off, |value| Repeat::from_title(&value)),
        screen: kept(connection, "screen")?
            .map_or_else(Box::default, |text| Box::new(ScreenLeft::from_text(&text))),
        ..Session::default()
    };
    let mut own_places = Vec::new();
    let mut query = connection.prepare(
        "SELECT place, q.reference, title, artists, album, length_ms, own_place, entry, isrc, elsewhere,
         ifnull(r.liked, q.liked), ifnull(r.stars, 0) FROM queue q LEFT JOIN rating r ON r.reference = q.reference ORDER BY place",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let Some(reference) = read_reference(&row.get::<_, String>(1)?) else { continue };
        let here = session.tracks.len();
        if current == Some(row.get(0)?) {
            session.current = Some(here);
            session.position = duration(position_ms);
        }
        if let Some(own_place) = row.get::<_, Option<i64>>(6)? {
            own_places.push((own_place, here));
        }
        if let Some(entry) = row.get::<_, Option<i64>>(7)? {
            session.entries.push(EntryId(entry.cast_unsigned()));
        }
        let artists: String = row.get(3)?;
        let track = Track {
            artists: artists.split(SEPARATOR).filter(|name| !name.is_empty()).map(Into::into).collect(),
            album: row.get::<_, Option<String>>(4)?.map(Into::into),
            length: row.get::<_, Option<i64>>(5)?.map(duration),
            isrc: row.get::<_, Option<String>>(8)?.map(Into::into),
            elsewhere: read_references(&row.get::<_, String>(9)?),
            liked: row.get(10)?,
            stars: row.get(11)?,
            ..Track::new(reference, row.get::<_, String>(2)?)
        };
        session.tracks.push(track.into());
    }
    if session.entries.len() != session.tracks.len() {
        // Kept by an older version, or half lost: the journal knows none of these rows.
        session.entries.clear();
        session.step = 0;
    }
    own_places.sort_unstable();
    session.order = (!own_places.is_empty()).then(|| own_places.into_iter().map(|(_, row)| row).collect());
    Ok(session)
}
