//! The listener's own music as rows: lists to browse, and searches.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::error::LibraryError;
use super::heard::HEARD;
use super::hold::Held;
use super::query::{self, Wanted};
use super::rows::{duration, read_reference, reference_text};
use super::session::SEPARATOR;
use super::words::folded;
use super::{database, lists};
use crate::model::{
    Collection, Item, ItemRef, Kind, ListId, OWN_FILES, Page, Remembered, SearchQuery, ServiceId, Track,
    TrackRef,
};

/// The name that the listener's own music has among the services.
pub const OWN_MUSIC: &str = OWN_FILES;

/// Rows that are put in order for one search, at most: of a single letter, the first ones that come.
const MAX_RANKED: usize = 1_000;

/// Rows of titles that begin with what is typed, at most.
const MAX_TITLED: usize = 500;

/// Rows that albums and artists are gathered from, at most.
const MAX_GATHERED: usize = 5_000;

/// Which rows are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// The listener's own tracks.
    Own,
    /// What was heard of services.
    Heard,
}

/// What a row of a track is read from.
pub(super) const COLUMNS: &str = "t.id, t.reference, t.title, t.artists, t.main_artist, t.album, t.length_ms, \
     t.isrc, ifnull(r.liked, 0), t.has_lyrics, ifnull(r.stars, 0)";

/// Where a track stands on its album.
const PLACE: &str = "t.disc AS disc, t.number AS number";

/// A track and its rating.
pub(super) const TRACKS: &str = "track t LEFT JOIN rating r ON r.reference = t.reference";

/// The listener's own music. Shared by threads; each question waits for the one before.
#[derive(Debug)]
pub struct OwnMusic {
    path: PathBuf,
    reader: Mutex<Option<Held>>,
}

impl OwnMusic {
    /// The music in the database at `path`, which is opened at the first question.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), reader: Mutex::new(None) }
    }

    /// Opens the database, made or brought to the newest schema where that is needed.
    ///
    /// # Errors
    /// When there can be none.
    pub fn open(path: &Path) -> Result<Self, LibraryError> {
        let opened = database::open(path)?;
        Ok(Self { path: path.to_owned(), reader: Mutex::new(Some(opened.connection)) })
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Asks the database something.
    pub(super) fn ask<T>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, LibraryError> {
        // A question that panicked left no half answer behind.
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = match reader.take() {
            Some(connection) => connection,
            None => database::join(&self.path)?,
        };
        let answer = question(reader.insert(connection));
        answer.map_err(|source| LibraryError::Database { path: self.path.clone(), source })
    }

    /// One page of what a search finds, the best first.
    ///
    /// # Errors
    /// When the database fails; nothing that is typed is an error.
    pub fn search(&self, query: &SearchQuery) -> Result<Page<Item>, LibraryError> {
        let wanted = query::parse(&query.words);
        let limit = usize::from(query.limit).max(1);
        let skip = limit.saturating_mul(query.page as usize);
        self.ask(|connection| {
            let items: Vec<Item> = match query.kind {
                Kind::Track => tracks(connection, &wanted)?.into_iter().map(Item::Track).collect(),
                Kind::Album => gathered(connection, &wanted, "album artists", lists::ALBUM)?,
                Kind::Artist => gathered(connection, &wanted, "artists", lists::ARTIST)?,
                Kind::Playlist => Vec::new(),
            };
            let all = items.len();
            let items: Vec<_> = items.into_iter().skip(skip).take(limit).collect();
            let more = skip + items.len() < all;
            let total = (all < MAX_RANKED).then_some(all as u64);
            Ok(Page { items, total, more, is_stale: false })
        })
    }

    /// One page, from 0, of a list; `None` where there is no such list.
    ///
    /// # Errors
    /// When the database fails.
    pub fn browse(&self, list: &ListId, page: u32) -> Result<Option<Page<Item>>, LibraryError> {
        self.ask(|connection| lists::browse(connection, list, page))
    }

    /// A track by what names it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn track(&self, reference: &TrackRef) -> Result<Option<Track>, LibraryError> {
        self.ask(|connection| {
            let words = format!("SELECT {COLUMNS} FROM {TRACKS} WHERE t.reference = ?1");
            connection.query_row(&words, [reference_text(reference)], track).optional().map(Option::flatten)
        })
    }
}

impl OwnMusic {
    /// What is remembered of a file beside what its row shows; `None` where it is not known.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remembered(&self, reference: &TrackRef) -> Result<Option<Remembered>, LibraryError> {
        let words =
            format!("SELECT t.added_at, t.plays, t.played_at, r.stars FROM {TRACKS} WHERE t.reference = ?1");
        self.ask(|connection| {
            let read = |row: &Row<'_>| {
                let number =
                    |column: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.unwrap_or(0));
                let stars = u8::try_from(number(3)?).unwrap_or_default();
                Ok(Remembered {
                    added_at: u64::try_from(number(0)?).unwrap_or_default(),
                    plays: u64::try_from(number(1)?).unwrap_or_default(),
                    played_at: row.get::<_, Option<i64>>(2)?.and_then(|at| u64::try_from(at).ok()),
                    stars: Some(stars).filter(|stars| *stars > 0),
                })
            };
            connection.query_row(&words, [reference_text(reference)], read).optional()
        })
    }
}

/// The rows that fulfil everything, the best first.
fn tracks(connection: &Connection, wanted: &Wanted) -> rusqlite::Result<Vec<Track>> {
    let typed = wanted.plain.join(" ");
    let mut known = HashSet::new();
    let mut found = Vec::new();
    // Titles that begin with what is typed come first, however many rows hold the words.
    let titled = titled(wanted, &typed).map(|(from, values)| (from, values, MAX_TITLED));
    let rows = |source| {
        let (from, values) = rows_of(wanted, "", source);
        (from, values, MAX_RANKED)
    };
    // By words alone the services are searched themselves.
    let heard = (!wanted.conditions.is_empty()).then(|| rows(Source::Heard));
    for (from, values, most) in titled.into_iter().chain([rows(Source::Own)]).chain(heard) {
        let words = format!("SELECT {COLUMNS}, {PLACE} FROM {from} LIMIT {most}");
        let mut query = connection.prepare_cached(&words)?;
        let mut rows = query.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            if known.len() >= MAX_RANKED {
                break;
            }
            if known.insert(row.get::<_, i64>(0)?)
                && let Some(track) = track(row)?
            {
                let place: (Option<i64>, Option<i64>) = (row.get("disc")?, row.get("number")?);
                let album = track.album.as_ref().map(ToString::to_string);
                found.push(((rank(&track, &typed), track.artist_id.clone(), album, place), track));
            }
        }
    }
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    Ok(found.into_iter().map(|(_, track)| track).collect())
}

/// The rows whose titles begin with what is typed; `None` where that is not told by the title alone.
fn titled(wanted: &Wanted, typed: &str) -> Option<(String, Vec<Value>)> {
    let is_plain = wanted.phrases.iter().all(|(column, _)| column.is_empty()) && wanted.without.is_empty();
    if typed.is_empty() || !is_plain {
        return None;
    }
    let mut values = vec![Value::Text(typed.to_owned()), Value::Text(format!("{typed}\u{10ffff}"))];
    let mut conditions =
        vec!["t.gone_at IS NULL".to_owned(), "t.title_key >= ?".to_owned(), "t.title_key < ?".to_owned()];
    conditions.extend(wanted.conditions.iter().cloned());
    values.extend(wanted.values.iter().cloned());
    let from = "track t INDEXED BY track_title_key LEFT JOIN rating r ON r.reference = t.reference";
    Some((format!("{from} WHERE {} ORDER BY t.title_key", conditions.join(" AND ")), values))
}

/// How many rows fulfil everything.
pub(super) fn count_of(connection: &Connection, wanted: &Wanted) -> rusqlite::Result<u64> {
    let mut count = 0;
    for source in [Source::Own, Source::Heard] {
        let (from, values) = rows_of(wanted, "", source);
        let mut query = connection.prepare_cached(&format!("SELECT count(*) FROM {from}"))?;
        count += query.query_row(params_from_iter(values), |row| row.get::<_, i64>(0))?;
    }
    Ok(u64::try_from(count).unwrap_or(0))
}

/// One page of the rows that fulfil everything, by artist and album.
pub(super) fn page_of(connection: &Connection, wanted: &Wanted, page: u32) -> rusqlite::Result<Page<Item>> {
    let (own, mut values) = rows_of(wanted, "", Source::Own);
    let (heard, others) = rows_of(wanted, "", Source::Heard);
    values.extend(others);
    let columns = format!("{COLUMNS}, {PLACE}");
    // By artist, album, disc and number, as lists are: the first columns counted, since two selects have no common names.
    let words = format!(
        "SELECT {columns} FROM {own} UNION ALL SELECT {columns} FROM {heard}
         ORDER BY 5 COLLATE NOCASE, 6 COLLATE NOCASE, disc, number"
    );
    let found = lists::paged(connection, &words, values, page, |row| Ok(track(row)?.map(Item::Track)))?;
    Ok(Page { total: Some(count_of(connection, wanted)?), ..found })
}

/// The smaller, the better a track fits what was typed.
fn rank(track: &Track, typed: &str) -> u8 {
    if typed.is_empty() {
        return 0;
    }
    let title = folded(track.title.as_str());
    let artist = folded(&track.artist_line());
    match () {
        () if title == typed => 0,
        () if title.starts_with(typed) => 1,
        () if artist.starts_with(typed) => 2,
        () if title.contains(typed) => 3,
        () => 4,
    }
}

/// Albums or artists of the rows that fulfil everything.
fn gathered(
    connection: &Connection,
    wanted: &Wanted,
    within: &str,
    made: lists::Made,
) -> rusqlite::Result<Vec<Item>> {
    let (from, values) = rows_of(wanted, within, Source::Own);
    let inner =
        format!("SELECT t.id, t.album, t.main_artist, t.year, t.length_ms FROM {from} LIMIT {MAX_GATHERED}");
    let words = format!("SELECT {} FROM ({inner}) t WHERE {} LIMIT {MAX_RANKED}", made.columns, made.grouped);
    let mut query = connection.prepare_cached(&words)?;
    let rows = query.query_map(params_from_iter(values), made.read)?;
    rows.collect()
}

/// What the rows are that fulfil everything: tables and conditions, and the values to bind.
fn rows_of(wanted: &Wanted, within: &str, source: Source) -> (String, Vec<Value>) {
    let (rows, words, id) = match source {
        Source::Own => ("track t", "track_words", "t.id"),
        Source::Heard => (HEARD, "heard_words", "t.heard_id"),
    };
    let mut values = Vec::new();
    let mut conditions = vec!["t.gone_at IS NULL".to_owned()];
    let rating = "LEFT JOIN rating r ON r.reference = t.reference";
    let matching = wanted.matching(within);
    let by_words = matching.is_some();
    let from = match matching {
        Some(matching) => {
            values.push(Value::Text(matching));
            conditions.insert(0, format!("{words} MATCH ?"));
            // The words first, row by row: a limit ends the search early.
            format!("{words} CROSS JOIN {rows} ON {id} = {words}.rowid {rating}")
        }
        None => format!("{rows} {rating}"),
    };
    conditions.extend(wanted.conditions.iter().cloned());
    values.extend(wanted.values.iter().cloned());
    if !by_words {
        for phrase in &wanted.without {
            conditions.push(format!("{id} NOT IN (SELECT rowid FROM {words} WHERE {words} MATCH ?)"));
            values.push(Value::Text(phrase.clone()));
        }
    }
    (format!("{from} WHERE {}", conditions.join(" AND ")), values)
}

/// A row of [`COLUMNS`]; `None` when it names nothing any more.
pub(super) fn track(row: &Row<'_>) -> rusqlite::Result<Option<Track>> {
    let Some(reference) = read_reference(&row.get::<_, String>(1)?) else { return Ok(None) };
    let artists: String = row.get(3)?;
    let main_artist: String = row.get(4)?;
    let album: Option<String> = row.get(5)?;
    // Albums and artists of services are theirs.
    let is_own = reference.file().is_some();
    Ok(Some(Track {
        artists: artists.split(SEPARATOR).filter(|name| !name.is_empty()).map(Into::into).collect(),
        album_id: album
            .as_ref()
            .filter(|_| is_own)
            .map(|_| row.get::<_, i64>(0).map(|id| id.to_string()))
            .transpose()?,
        album: album.map(Into::into),
        artist_id: (is_own && !main_artist.is_empty()).then_some(main_artist),
        length: row.get::<_, Option<i64>>(6)?.map(duration),
        isrc: row.get::<_, Option<String>>(7)?.map(Into::into),
        liked: row.get(8)?,
        has_lyrics: row.get::<_, i64>(9)? > 0,
        stars: row.get(10)?,
        ..Track::new(reference, row.get::<_, String>(2)?)
    }))
}

/// A thing of the listener's own music.
pub(super) fn collection(kind: Kind, id: String, title: String) -> Collection {
    Collection::new(ItemRef { service: ServiceId::known(OWN_MUSIC), kind, id }, title)
}
