//! The queue and the place in it, as rows.

use std::time::Duration;

use rusqlite::{Connection, params};

use crate::model::{Session, Track};

/// Separates artists in one column: no cleaned text holds it.
const SEPARATOR: &str = "\u{1f}";

pub(super) fn save(connection: &mut Connection, session: &Session) -> rusqlite::Result<()> {
    let change = connection.transaction()?;
    change.execute("DELETE FROM queue", [])?;
    {
        let mut insert = change.prepare_cached(
            "INSERT INTO queue (place, reference, title, artists, album, length_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (place, track) in session.tracks.iter().enumerate() {
            let artists: Vec<_> = track.artists.iter().map(AsRef::as_ref).collect();
            insert.execute(params![
                whole(place),
                track.reference.to_string(),
                track.title.as_str(),
                artists.join(SEPARATOR),
                track.album.as_ref().map(AsRef::<str>::as_ref),
                track.length.map(milliseconds),
            ])?;
        }
    }
    change.execute(
        "INSERT OR REPLACE INTO place (one, current, position_ms) VALUES (1, ?1, ?2)",
        params![session.current.map(whole), milliseconds(session.position)],
    )?;
    change.commit()
}

fn whole(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// What was saved last; rows that name nothing any more are left out.
pub(super) fn load(connection: &Connection) -> rusqlite::Result<Session> {
    let mut query = connection
        .prepare("SELECT place, reference, title, artists, album, length_ms FROM queue ORDER BY place")?;
    let mut rows = query.query([])?;
    let mut session = Session::default();
    let place = connection.query_row("SELECT current, position_ms FROM place", [], |row| {
        Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, i64>(1)?))
    });
    let (current, position_ms) = match place {
        Ok(place) => place,
        Err(rusqlite::Error::QueryReturnedNoRows) => (None, 0),
        Err(error) => return Err(error),
    };
    while let Some(row) = rows.next()? {
        let reference: String = row.get(1)?;
        let Ok(reference) = reference.parse() else { continue };
        if current == Some(row.get(0)?) {
            session.current = Some(session.tracks.len());
            session.position = duration(position_ms);
        }
        let artists: String = row.get(3)?;
        session.tracks.push(Track {
            artists: artists.split(SEPARATOR).filter(|name| !name.is_empty()).map(Into::into).collect(),
            album: row.get::<_, Option<String>>(4)?.map(Into::into),
            length: row.get::<_, Option<i64>>(5)?.map(duration),
            ..Track::new(reference, row.get::<_, String>(2)?)
        });
    }
    Ok(session)
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}
