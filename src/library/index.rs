//! Rows of the listener's own tracks, and the words by which they are found.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::cut::{Piece, pieces};
use super::heard;
use super::rows::{milliseconds, read_reference, reference_text};
use super::session::SEPARATOR;
use super::tags::Tags;
use super::walk::{Candidate, text_of};
use super::words::{folded, indexed};
use crate::model::{CleanText, FilePart, Loudness, Track, TrackRef};

/// What a scan has read of one file.
#[derive(Debug)]
pub(super) struct Reading {
    pub candidate: Candidate,
    pub tags: Tags,
    /// Its rows until now.
    pub before: Vec<i64>,
}

/// How a reading was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Added,
    Changed,
    Moved,
}

/// Tables whose rows go by a track's name and follow it when it moves.
const FOLLOWERS: [&str; 8] =
    ["play", "rating", "loudness", "resume", "words_offset", "queue", "recording", "own_step"];

/// Takes a reading in: a row for the file, or one for each track that a cue sheet cuts out of it. A track that was
/// known under another name keeps what is known of it; `moved` gets both names.
pub(super) fn take(
    change: &Transaction<'_>,
    reading: &Reading,
    now: i64,
    moved: &mut Vec<(TrackRef, TrackRef)>,
) -> rusqlite::Result<Taken> {
    // Whatever the file was cut into until now is found again, or gone.
    for id in &reading.before {
        drop_track(change, *id, now)?;
    }
    let known = moved.len();
    for piece in pieces(&reading.candidate, &reading.tags) {
        moved.extend(take_piece(change, &reading.candidate, &piece, now)?);
    }
    let has_moved = moved.len() > known;
    Ok(match reading.before.is_empty() {
        true if has_moved => Taken::Moved,
        true => Taken::Added,
        false => Taken::Changed,
    })
}

/// Gives the name under which it was known and its name now, where they differ.
fn take_piece(
    change: &Transaction<'_>,
    candidate: &Candidate,
    piece: &Piece,
    now: i64,
) -> rusqlite::Result<Option<(TrackRef, TrackRef)>> {
    let tags = &piece.tags;
    let part = piece.part.as_ref().map_or(String::new(), FilePart::fragment);
    let reference = text_of(&candidate.path()) + &part;
    let mut known = change.prepare_cached("SELECT id FROM track WHERE reference = ?1")?;
    let known = known.query_row([&reference], |row| row.get(0)).optional()?;
    let (id, has_moved) = match known {
        Some(id) => (Some(id), None),
        None => match moved_from(change, candidate, tags, &part)? {
            Some((id, before)) => {
                follow(change, &before, &reference)?;
                (Some(id), read_reference(&before).zip(read_reference(&reference)))
            }
            None => (None, None),
        },
    };
    let title = tags.title.clone().unwrap_or_else(|| name_of(&candidate.path()));
    let artists: Vec<_> = tags.artists.iter().map(CleanText::as_str).collect();
    let album_artist = tags.album_artist.as_ref().map(CleanText::as_str);
    let main_artist = album_artist.or(artists.first().copied()).unwrap_or_default();
    let text = |text: &Option<CleanText>| text.as_ref().map(|text| text.as_str().to_owned());
    let mut put = change.prepare_cached(
        "INSERT INTO track (id, reference, folder, mtime_ns, size, inode, device, title, artists, main_artist,
           album, genre, year, number, disc, length_ms, isrc, has_art, has_lyrics, problem, added_at, part, title_key,
           plays, played_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
           (SELECT count(*) FROM play WHERE reference = ?2),
           (SELECT max(played_at) FROM play WHERE reference = ?2))
         ON CONFLICT (id) DO UPDATE SET reference = excluded.reference, folder = excluded.folder,
           mtime_ns = excluded.mtime_ns, size = excluded.size, inode = excluded.inode,
           device = excluded.device, title = excluded.title, artists = excluded.artists,
           main_artist = excluded.main_artist, album = excluded.album, genre = excluded.genre,
           year = excluded.year, number = excluded.number, disc = excluded.disc,
           length_ms = excluded.length_ms, isrc = excluded.isrc, has_art = excluded.has_art,
           has_lyrics = excluded.has_lyrics, problem = excluded.problem, part = excluded.part, title_key = excluded.title_key,
           gone_at = NULL",
    )?;
    put.execute(params![
        id,
        reference,
        candidate.folder.text,
        candidate.mtime_ns,
        candidate.size,
        candidate.inode,
        candidate.device,
        title.as_str(),
        artists.join(SEPARATOR),
        main_artist,
        text(&tags.album),
        text(&tags.genre),
        tags.year,
        tags.number,
        tags.disc,
        tags.length.map(milliseconds),
        text(&tags.isrc),
        flags(tags.has_art, candidate.has_cover),
        flags(tags.has_lyrics, candidate.has_lyrics),
        tags.problem,
        now,
        part,
        folded(title.as_str()),
    ])?;
    let id = id.unwrap_or_else(|| change.last_insert_rowid());
    let mut credits = artists.join(" ");
    if let Some(album_artist) = album_artist.filter(|name| !artists.contains(name)) {
        credits = format!("{credits} {album_artist}");
    }
    let album = tags.album.as_ref().map_or("", |album| album.as_str());
    let genre = tags.genre.as_ref().map_or("", |genre| genre.as_str());
    put_words(change, id, [title.as_str(), &credits, album, genre, &reference])?;
    learn(change, &reference, tags.stars, piece.track.as_ref().and_then(|track| track.loudness))?;
    Ok(has_moved)
}

/// What the file says of things that the listener decides or the player measures: it counts until they do.
fn learn(
    change: &Transaction<'_>,
    reference: &str,
    stars: Option<u8>,
    loudness: Option<Loudness>,
) -> rusqlite::Result<()> {
    if let Some(stars) = stars {
        let mut rate = change.prepare_cached(
            "INSERT INTO rating (reference, stars) VALUES (?1, ?2)
             ON CONFLICT (reference) DO UPDATE SET stars = excluded.stars WHERE stars IS NULL",
        )?;
        rate.execute(params![reference, stars])?;
    }
    if let Some(Loudness { lufs, peak }) = loudness {
        let mut keep = change
            .prepare_cached("INSERT OR IGNORE INTO loudness (reference, lufs, peak) VALUES (?1, ?2, ?3)")?;
        keep.execute(params![reference, lufs, peak])?;
    }
    Ok(())
}

/// Of a cover and of lyrics, whether they lie beside the file.
pub(super) const BESIDE: i64 = 2;

/// Whether there is something: in the file, or [`BESIDE`] it.
fn flags(within: bool, beside: bool) -> i64 {
    i64::from(within) | if beside { BESIDE } else { 0 }
}

/// A file without a title goes by its name.
fn name_of(path: &Path) -> CleanText {
    path.file_stem().unwrap_or_default().to_string_lossy().as_ref().into()
}

/// The row and the name of a track that is this one and is not where it was: the same inode and size, else the
/// same size, title and length. Of copies that are all gone the one with the same file name counts.
fn moved_from(
    change: &Transaction<'_>,
    candidate: &Candidate,
    tags: &Tags,
    part: &str,
) -> rusqlite::Result<Option<(i64, String)>> {
    let mut same_file = change.prepare_cached(
        "SELECT id, reference FROM track WHERE size = ?1 AND inode = ?2 AND device = ?3 AND inode <> 0
         AND gone_at IS NOT NULL AND (part = ?4 OR ?4 <> '' AND part <> '' AND number IS ?5)
         ORDER BY part = ?4 DESC, id LIMIT 1",
    )?;
    let values = params![candidate.size, candidate.inode, candidate.device, part, tags.number];
    let found = same_file.query_row(values, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    if found.is_some() {
        return Ok(found);
    }
    let Some(title) = &tags.title else { return Ok(None) };
    let mut same_tags = change.prepare_cached(
        "SELECT id, reference FROM track WHERE size = ?1 AND title = ?2 AND length_ms IS ?3 AND album IS ?4
         AND part = ?5 AND gone_at IS NOT NULL
         ORDER BY substr(reference, -length(?6)) = ?6 DESC, plays DESC, id LIMIT 1",
    )?;
    let album = tags.album.as_ref().map(CleanText::as_str);
    let name = candidate.name.to_string_lossy();
    let end = format!("/{name}{part}");
    let values = params![candidate.size, title.as_str(), tags.length.map(milliseconds), album, part, end];
    same_tags.query_row(values, |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// What is known of a track by its name goes on under the new one.
fn follow(change: &Transaction<'_>, before: &str, now: &str) -> rusqlite::Result<()> {
    for table in FOLLOWERS {
        let mut rename = change
            .prepare_cached(&format!("UPDATE OR IGNORE {table} SET reference = ?2 WHERE reference = ?1"))?;
        rename.execute([before, now])?;
    }
    Ok(())
}

fn put_words(change: &Transaction<'_>, id: i64, texts: [&str; 5]) -> rusqlite::Result<()> {
    let [title, artists, album, genre, path] = texts.map(indexed);
    let mut put = change.prepare_cached(
        "INSERT OR REPLACE INTO track_words (rowid, title, artists, album, genre, path)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    put.execute(params![id, title, artists, album, genre, path]).map(|_| ())
}

/// A track's file is not there any more; what is known of it stays.
pub(super) fn drop_track(change: &Transaction<'_>, id: i64, now: i64) -> rusqlite::Result<()> {
    let mut mark = change.prepare_cached("UPDATE track SET gone_at = ?2 WHERE id = ?1")?;
    mark.execute([id, now])?;
    let mut forget = change.prepare_cached("DELETE FROM track_words WHERE rowid = ?1")?;
    forget.execute([id]).map(|_| ())
}

/// Makes the words anew from the rows, and the titles as they are compared.
pub(super) fn refill_words(change: &Transaction<'_>) -> rusqlite::Result<()> {
    change.execute("INSERT INTO track_words (track_words) VALUES ('delete-all')", [])?;
    let mut query = change.prepare(
        "SELECT id, title, replace(artists, char(31), ' ') || ' ' || main_artist, ifnull(album, ''),
         ifnull(genre, ''), reference FROM track NOT INDEXED WHERE gone_at IS NULL",
    )?;
    let mut name = change.prepare("UPDATE track SET title_key = ?2 WHERE id = ?1")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let texts: [String; 5] = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
        name.execute(params![row.get::<_, i64>(0)?, folded(&texts[0])])?;
        put_words(change, row.get(0)?, texts.each_ref().map(String::as_str))?;
    }
    Ok(())
}

/// A listen: one row, and the track's own count.
pub(super) fn played(
    change: &Transaction<'_>,
    track: &Track,
    played_at: i64,
    whole: bool,
) -> rusqlite::Result<()> {
    let reference = &reference_text(&track.reference);
    let mut insert =
        change.prepare_cached("INSERT INTO play (reference, played_at, whole) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![reference, played_at, whole])?;
    let mut count =
        change.prepare_cached("UPDATE track SET plays = plays + 1, played_at = ?2 WHERE reference = ?1")?;
    let is_own = count.execute(params![reference, played_at])? > 0;
    match track.reference {
        TrackRef::Service { .. } if !is_own => heard::note(change, track, reference, played_at),
        TrackRef::Service { .. } | TrackRef::File(_) | TrackRef::Part(_) | TrackRef::Url(_) => Ok(()),
    }
}

/// The path of the file that a kept name is, or is in.
pub(super) fn path_named(reference: &str) -> Option<std::path::PathBuf> {
    read_reference(reference)?.file().map(Path::to_owned)
}

/// Whether rows of this connection's database can be counted at all.
pub(super) fn count(connection: &Connection, condition: &str) -> rusqlite::Result<u64> {
    let words = format!("SELECT count(*) FROM track WHERE {condition}");
    connection
        .query_row(&words, [], |row| row.get::<_, i64>(0))
        .map(|count| u64::try_from(count).unwrap_or(0))
}
