//! Looking through the catalogue the way Audiosocket lets one: words, filters, lengths, order, pages; and
//! the artists, albums, sound effects and curated playlists that are in it.

use std::sync::Arc;

use crate::sandbox::ask::Ask;
use crate::sandbox::catalogue::{Access, Entry};
use crate::sandbox::world::World;

/// Rows a page, usual and most.
const PAGE_ROWS: (usize, usize) = (20, 100);

/// Ids are this much above the number of the first track of the artist.
const FIRST_ARTIST: u32 = 70;

/// Ids are this much above the number of the first track of the album.
const FIRST_ALBUM: u32 = 10;

/// Genres and moods of the filters have ids from here.
pub(super) const FIRST_FILTER: usize = 3;

/// The curated playlists: id, name, category, the remainder of dividing by three that its tracks' numbers
/// have.
pub(super) const PLAYLISTS: &[(u32, &str, &str, u32)] =
    &[(31, "Waterfront", "Places", 1), (32, "Late Trains", "Places", 2), (33, "雨 & Rain", "Weather", 0)];

/// Sound effects: id, name, the number of the track that it sounds like.
pub(super) const SOUNDS: &[(u32, &str, u32)] =
    &[(701, "Ferry Horn", 1), (702, "Rain on Slate", 3), (703, "Platform Bell", 8)];

/// A name that several tracks share, with the id that goes with it.
pub(super) struct Named<'a> {
    pub id: u32,
    pub name: &'a str,
    /// Its first track.
    pub entry: &'a Arc<Entry>,
}

/// All there is to list.
pub(super) fn all(world: &World) -> impl DoubleEndedIterator<Item = &Arc<Entry>> {
    world.catalogue.all().filter(|entry| entry.access != Access::TakenDown)
}

/// Tracks by the parameters of `tracks`; `None` when one makes no sense.
pub(super) fn tracks<'a>(world: &'a World, ask: &Ask) -> Option<Vec<&'a Arc<Entry>>> {
    let mut found = world.catalogue.search(ask.query("query").unwrap_or_default());
    found.retain(|entry| entry.access != Access::TakenDown);
    for filter in ask.query("filters").into_iter().flat_map(|filters| filters.split(',')) {
        let filter = filter.trim();
        let name = match filter.parse::<usize>() {
            Ok(id) => filters(world).get(id.checked_sub(FIRST_FILTER)?).copied()?,
            Err(_) => filter,
        };
        found.retain(|entry| {
            entry.genre.eq_ignore_ascii_case(name) || moods(entry).any(|mood| mood.eq_ignore_ascii_case(name))
        });
    }
    if ask.query("explicit") == Some("false") {
        found.retain(|entry| !entry.explicit);
    }
    if ask.query("exclude_vocals") == Some("true") {
        found.retain(|entry| is_instrumental(entry));
    }
    let from = ask.number("duration_start", 0, 0..=usize::MAX)? as u64;
    let to = ask.number("duration_end", usize::MAX, 0..=usize::MAX)? as u64;
    found.retain(|entry| (from..=to).contains(&entry.piece.seconds()));
    match ask.query("order_by") {
        Some("recently_published") => found.sort_by_key(|entry| std::cmp::Reverse(entry.uploaded())),
        Some("title") => found.sort_by_key(|entry| entry.title.clone()),
        Some("duration") => found.sort_by_key(|entry| entry.piece.seconds()),
        _ => {}
    }
    if ask.query("order_by").is_some() && ask.query("direction") == Some("desc") {
        found.reverse();
    }
    Some(found)
}

/// One page of rows; `None` when a parameter makes no sense. `pagination=false` gives everything.
pub(super) fn page<T>(ask: &Ask, rows: Vec<T>) -> Option<Vec<T>> {
    if ask.query("pagination") == Some("false") {
        return Some(rows);
    }
    let (usual, most) = PAGE_ROWS;
    let (page, per_page) = (ask.number("page", 1, 1..=usize::MAX)?, ask.number("per_page", usual, 1..=most)?);
    Some(rows.into_iter().skip((page - 1).saturating_mul(per_page)).take(per_page).collect())
}

/// Those of the same genre.
pub(super) fn similar<'a>(world: &'a World, entry: &Entry) -> Vec<&'a Arc<Entry>> {
    all(world).filter(|other| other.genre == entry.genre && other.number != entry.number).collect()
}

/// Every artist once.
pub(super) fn artists(world: &World) -> Vec<Named<'_>> {
    let mut artists: Vec<Named> = Vec::new();
    for entry in all(world) {
        let name = entry.artist.as_deref().unwrap_or_default();
        if !name.is_empty() && artists.iter().all(|artist| artist.name != name) {
            artists.push(Named { id: FIRST_ARTIST + entry.number, name, entry });
        }
    }
    artists
}

/// The artist's id; nobody's tracks have none.
pub(super) fn artist_id(world: &World, entry: &Entry) -> Option<u32> {
    let name = entry.artist.as_deref().filter(|name| !name.is_empty())?;
    let first = all(world).find(|other| other.artist.as_deref() == Some(name))?;
    Some(FIRST_ARTIST + first.number)
}

pub(super) fn by_artist<'a>(world: &'a World, artist: &Named<'_>) -> Vec<&'a Arc<Entry>> {
    let name = artist.name.to_owned();
    all(world).filter(|entry| entry.artist.as_deref() == Some(&name)).collect()
}

/// Every album of an artist once.
pub(super) fn albums(world: &World) -> Vec<Named<'_>> {
    let mut albums: Vec<Named> = Vec::new();
    for entry in all(world) {
        let name = entry.album.as_deref().unwrap_or_default();
        let is_it = |album: &Named| album.name == name && album.entry.artist == entry.artist;
        if !name.is_empty() && !albums.iter().any(is_it) {
            albums.push(Named { id: FIRST_ALBUM + entry.number, name, entry });
        }
    }
    albums
}

/// The album's id, if it is on one.
pub(super) fn album_id(world: &World, entry: &Entry) -> Option<u32> {
    let name = entry.album.as_deref().filter(|name| !name.is_empty())?;
    let is_it = |other: &&Arc<Entry>| other.album.as_deref() == Some(name) && other.artist == entry.artist;
    Some(FIRST_ALBUM + all(world).find(is_it)?.number)
}

pub(super) fn on_album<'a>(world: &'a World, album: &Named<'_>) -> Vec<&'a Arc<Entry>> {
    let (name, artist) = (album.name.to_owned(), album.entry.artist.clone());
    all(world).filter(|entry| entry.album.as_deref() == Some(&name) && entry.artist == artist).collect()
}

/// One of several by its id.
pub(super) fn by_id<'a>(named: Vec<Named<'a>>, id: &str) -> Option<Named<'a>> {
    named.into_iter().find(|one| one.id.to_string() == id)
}

/// Tracks of a curated playlist.
pub(super) fn curated(world: &World, remainder: u32) -> Vec<&Arc<Entry>> {
    all(world).filter(|entry| entry.number % 3 == remainder).take(30).collect()
}

/// Names of genres, then of moods, in the order of their ids.
pub(super) fn filters(world: &World) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let genres = world.catalogue.all().map(|entry| entry.genre.as_str());
    for name in genres.chain(world.catalogue.all().flat_map(|entry| moods(entry))) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The id of a genre or a mood.
pub(super) fn filter_id(names: &[&str], name: &str) -> Option<usize> {
    Some(FIRST_FILTER + names.iter().position(|known| *known == name)?)
}

pub(super) fn moods(entry: &Entry) -> impl Iterator<Item = &str> {
    entry.piece.mood.split(", ")
}

pub(super) fn is_instrumental(entry: &Entry) -> bool {
    entry.is_real() || !entry.number.is_multiple_of(4)
}
