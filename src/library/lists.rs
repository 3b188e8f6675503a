//! The lists that the listener's own music offers.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params_from_iter};

use super::collection::{COLUMNS, TRACKS, collection, track};
use super::heard::HEARD;
use super::index::path_named;
use super::rows::duration;
use super::smart;
use crate::model::{BrowseList, CleanText, Item, Kind, ListId, Page};

/// Rows of one page.
const PAGE: u32 = 500;

/// Most rows of the lists that are about the listener's habits.
const MAX_HABITS: u32 = 500;

/// How an album or an artist is made of a group of tracks.
#[derive(Clone, Copy)]
pub(super) struct Made {
    /// What is selected.
    pub columns: &'static str,
    /// Conditions and groups of rows `t`.
    pub grouped: &'static str,
    /// A row of it.
    pub read: fn(&Row<'_>) -> rusqlite::Result<Item>,
}

/// Albums, by title.
pub(super) const ALBUM: Made = Made {
    columns: "min(t.id), t.album, t.main_artist, count(*), max(t.year),
              iif(count(t.length_ms) = count(*), sum(t.length_ms), NULL)",
    grouped: "t.album IS NOT NULL GROUP BY t.album COLLATE NOCASE, t.main_artist COLLATE NOCASE",
    read: album,
};

/// Artists, by name.
pub(super) const ARTIST: Made = Made {
    columns: "t.main_artist, count(*), iif(count(t.length_ms) = count(*), sum(t.length_ms), NULL)",
    grouped: "t.main_artist <> '' GROUP BY t.main_artist COLLATE NOCASE",
    read: artist,
};

fn album(row: &Row<'_>) -> rusqlite::Result<Item> {
    let mut made = collection(Kind::Album, row.get::<_, i64>(0)?.to_string(), row.get(1)?);
    let by: String = row.get(2)?;
    made.by = (!by.is_empty()).then(|| by.into());
    made.tracks = row.get::<_, i64>(3)?.try_into().ok();
    made.length = row.get::<_, Option<i64>>(5)?.map(duration);
    made.year = row.get::<_, Option<i64>>(4)?.and_then(|year| year.try_into().ok());
    Ok(made.into())
}

fn artist(row: &Row<'_>) -> rusqlite::Result<Item> {
    let name: String = row.get(0)?;
    let mut made = collection(Kind::Artist, name.clone(), name);
    made.tracks = row.get::<_, i64>(1)?.try_into().ok();
    made.length = row.get::<_, Option<i64>>(2)?.map(duration);
    Ok(made.into())
}

/// The lists that the screen offers first.
pub fn own_lists() -> Vec<BrowseList> {
    let lists = [
        ("artists", "Artists"),
        ("albums", "Albums"),
        ("genres", "Genres"),
        ("years", "Years"),
        ("folders", "Folders"),
        ("added", "Recently added"),
        ("played", "Recently played"),
        ("most-played", "Most played"),
        ("never-played", "Never played"),
        ("liked", "Liked"),
        ("ratings", "Ratings"),
        ("smart", "Smart lists"),
        ("tracks", "All tracks"),
    ];
    lists.into_iter().map(|(id, title)| list(id.to_owned(), title.into())).collect()
}

pub(super) fn list(id: String, title: CleanText) -> BrowseList {
    BrowseList { id: ListId(id), title }
}

/// By artist and album, in the order of the discs.
pub(super) const IN_ORDER: &str = "t.main_artist COLLATE NOCASE, t.album COLLATE NOCASE, t.disc, t.number";

pub(super) fn browse(
    connection: &Connection,
    list: &ListId,
    page: u32,
) -> rusqlite::Result<Option<Page<Item>>> {
    if let Some((kind, id)) = list.item() {
        return opened(connection, kind, id, page).map(Some);
    }
    let (name, value) = list.0.split_once(':').unwrap_or((list.0.as_str(), ""));
    let text = || vec![Value::Text(value.to_owned())];
    let found = match name {
        "artists" => groups(connection, ARTIST, page),
        "albums" => groups(connection, ALBUM, page),
        "genres" => named(connection, "genre", "t.genre COLLATE NOCASE", "genre", page),
        "years" => named(connection, "year", "t.year DESC", "year", page),
        "folders" => named(connection, "folder", "t.folder", "folder", page),
        "genre" => tracks(connection, "t.genre = ? COLLATE NOCASE", IN_ORDER, text(), page),
        "year" => tracks(connection, "t.year = CAST(? AS INTEGER)", IN_ORDER, text(), page),
        "folder" => tracks(connection, "t.folder = ?", "t.disc, t.number, t.reference", text(), page),
        "tracks" => tracks(connection, "1", IN_ORDER, Vec::new(), page),
        "added" => habits(connection, "1", "t.added_at DESC, t.id DESC"),
        "played" => heard(connection, "t.played_at IS NOT NULL", "last DESC, 1 DESC"),
        "liked" => tracks(
            connection,
            "t.reference IN (SELECT reference FROM rating WHERE liked > 0)",
            IN_ORDER,
            Vec::new(),
            page,
        ),
        "ratings" => ratings(connection),
        "rating" => tracks(
            connection,
            "t.reference IN (SELECT reference FROM rating WHERE stars = CAST(? AS INTEGER))",
            IN_ORDER,
            text(),
            page,
        ),
        "smart" if value.is_empty() => smart::rows(connection),
        "smart" => return smart::opened(connection, value, page),
        "most-played" => heard(connection, "t.plays > 0", "times DESC, last DESC"),
        "never-played" => habits(connection, "t.plays = 0", "t.plays, t.played_at, t.id"),
        _ => return Ok(None),
    };
    found.map(Some)
}

/// What an album or an artist opens to.
fn opened(connection: &Connection, kind: Kind, id: &str, page: u32) -> rusqlite::Result<Page<Item>> {
    match kind {
        Kind::Album => {
            let of = "SELECT album, main_artist FROM track WHERE id = ?1";
            let found: Option<(Option<String>, String)> = connection
                .query_row(of, [id.parse::<i64>().unwrap_or(-1)], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((Some(album), by)) = found else { return Ok(Page::default()) };
            let condition = "t.album = ? COLLATE NOCASE AND t.main_artist = ? COLLATE NOCASE";
            let order = "t.disc, t.number, t.reference";
            tracks(connection, condition, order, vec![Value::Text(album), Value::Text(by)], page)
        }
        Kind::Artist => {
            let condition = "t.main_artist = ? COLLATE NOCASE";
            let value = || vec![Value::Text(id.to_owned())];
            let mut found = tracks(connection, condition, IN_ORDER, value(), page)?;
            if page == 0 {
                let words = format!(
                    "SELECT {} FROM track t WHERE t.gone_at IS NULL AND {condition} AND {}",
                    ALBUM.columns, ALBUM.grouped
                );
                let mut query = connection.prepare_cached(&words)?;
                let albums = query.query_map([id], ALBUM.read)?.collect::<rusqlite::Result<Vec<_>>>()?;
                found.total = found.total.map(|total| total + albums.len() as u64);
                found.items.splice(0..0, albums);
            }
            Ok(found)
        }
        Kind::Track | Kind::Playlist => Ok(Page::default()),
    }
}

/// One page of the rows that a statement gives, asked for one more than a page holds.
pub(super) fn paged<P: ToSql>(
    connection: &Connection,
    words: &str,
    values: Vec<P>,
    page: u32,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<Option<Item>>,
) -> rusqlite::Result<Page<Item>> {
    let words = format!("{words} LIMIT {} OFFSET {}", PAGE + 1, u64::from(PAGE) * u64::from(page));
    let mut query = connection.prepare_cached(&words)?;
    let rows = query.query_map(params_from_iter(values), read)?;
    let mut items = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let more = items.len() > PAGE as usize;
    items.truncate(PAGE as usize);
    Ok(Page { items: items.into_iter().flatten().collect(), total: None, more, is_stale: false })
}

fn groups(connection: &Connection, made: Made, page: u32) -> rusqlite::Result<Page<Item>> {
    let words = format!("SELECT {} FROM track t WHERE t.gone_at IS NULL AND {}", made.columns, made.grouped);
    let none: Vec<Value> = Vec::new();
    paged(connection, &words, none, page, |row| (made.read)(row).map(Some))
}

/// Lists by a value that tracks share.
fn named(
    connection: &Connection,
    column: &str,
    order: &str,
    id: &str,
    page: u32,
) -> rusqlite::Result<Page<Item>> {
    let group = if column == "genre" { "t.genre COLLATE NOCASE".to_owned() } else { format!("t.{column}") };
    let words = format!(
        "SELECT CAST(t.{column} AS TEXT), count(*) FROM track t
         WHERE t.gone_at IS NULL AND t.{column} IS NOT NULL GROUP BY {group} ORDER BY {order}"
    );
    let none: Vec<Value> = Vec::new();
    paged(connection, &words, none, page, |row| {
        let value: String = row.get(0)?;
        let count: i64 = row.get(1)?;
        let shown = match column {
            "folder" => path_named(&value).map_or(value.clone(), |path| path.display().to_string()),
            _ => value.clone(),
        };
        let tracks = if count == 1 { "track" } else { "tracks" };
        let title = format!("{shown} ({count} {tracks})");
        Ok(Some(Item::List(list(format!("{id}:{value}"), title.into()))))
    })
}

/// Lists by stars, the best first.
fn ratings(connection: &Connection) -> rusqlite::Result<Page<Item>> {
    let mut query = connection.prepare_cached(
        "SELECT r.stars, count(*) FROM rating r JOIN track t ON t.reference = r.reference
         WHERE t.gone_at IS NULL AND r.stars > 0 GROUP BY r.stars ORDER BY r.stars DESC",
    )?;
    let rows = query.query_map([], |row| {
        let (stars, count): (i64, i64) = (row.get(0)?, row.get(1)?);
        let plural = |count: i64| if count == 1 { "" } else { "s" };
        let title = format!("{stars} star{} ({count} track{})", plural(stars), plural(count));
        Ok(Item::List(list(format!("rating:{stars}"), title.into())))
    })?;
    let items = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Page { total: Some(items.len() as u64), items, ..Page::default() })
}

/// One page of tracks, with how many there are in all.
fn tracks(
    connection: &Connection,
    condition: &str,
    order: &str,
    values: Vec<Value>,
    page: u32,
) -> rusqlite::Result<Page<Item>> {
    let count = format!("SELECT count(*) FROM track t WHERE t.gone_at IS NULL AND {condition}");
    let total: i64 =
        connection.prepare_cached(&count)?.query_row(params_from_iter(&values), |row| row.get(0))?;
    let words =
        format!("SELECT {COLUMNS} FROM {TRACKS} WHERE t.gone_at IS NULL AND {condition} ORDER BY {order}");
    let found = paged(connection, &words, values, page, |row| Ok(track(row)?.map(Item::Track)))?;
    Ok(Page { total: total.try_into().ok(), ..found })
}

/// The first rows of an order among own tracks and what was heard of services, no more. Beside those
/// of a track there are two columns for the order: how many `times` it was heard, and when `last`.
fn heard(connection: &Connection, condition: &str, order: &str) -> rusqlite::Result<Page<Item>> {
    let columns = format!("{COLUMNS}, t.plays AS times, t.played_at AS last");
    let rating = "LEFT JOIN rating r ON r.reference = t.reference";
    let part = |rows: &str| {
        format!(
            "SELECT * FROM (SELECT {columns} FROM {rows} {rating} WHERE t.gone_at IS NULL AND {condition}
             ORDER BY {order} LIMIT {MAX_HABITS})"
        )
    };
    let words = format!("{} UNION ALL {} ORDER BY {order} LIMIT {MAX_HABITS}", part("track t"), part(HEARD));
    let mut query = connection.prepare_cached(&words)?;
    let rows = query.query_map([], |row| Ok(track(row)?.map(Item::Track)))?;
    let items: Vec<_> = rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect();
    Ok(Page { total: Some(items.len() as u64), items, ..Page::default() })
}

/// The first rows of an order, no more.
fn habits(connection: &Connection, condition: &str, order: &str) -> rusqlite::Result<Page<Item>> {
    let words = format!(
        "SELECT {COLUMNS} FROM {TRACKS} WHERE t.gone_at IS NULL AND {condition}
         ORDER BY {order} LIMIT {MAX_HABITS}"
    );
    let mut query = connection.prepare_cached(&words)?;
    let rows = query.query_map([], |row| Ok(track(row)?.map(Item::Track)))?;
    let items: Vec<_> = rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect();
    Ok(Page { total: Some(items.len() as u64), items, ..Page::default() })
}
