//! What the listener says of the own music: likes, ratings, and searches that are kept as lists.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde::Serialize;

use super::collection::{self, OwnMusic};
use super::error::LibraryError;
use super::lists::list;
use super::own_steps::{self, Matter};
use super::query;
use crate::model::{CleanText, Item, MAX_STARS, OwnChange, OwnJournal, OwnMove, Page};

/// Most letters of a list's name.
const MAX_NAME: usize = 200;

/// Most bytes of a search that is kept.
const MAX_WORDS: usize = 2_000;

/// A search that is kept as a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SmartList {
    /// What it is called.
    pub name: CleanText,
    /// The search.
    pub query: String,
    /// How many tracks it finds now.
    pub tracks: u64,
}

impl OwnMusic {
    /// Makes a change; `now` is in seconds since 1970. `false`: there was nothing of that name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn change(&self, wish: &OwnChange, now: u64) -> Result<bool, LibraryError> {
        self.ask(|connection| {
            let change = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
            let done = change_own(&change, wish, i64::try_from(now).unwrap_or(i64::MAX))?;
            change.commit()?;
            Ok(done)
        })
    }

    /// Goes through what was said: takes it back, or says it again; `now` is in seconds since 1970.
    ///
    /// # Errors
    /// When the database fails.
    pub fn go_in_journal(&self, by: OwnMove, now: u64) -> Result<OwnJournal, LibraryError> {
        self.ask(|connection| {
            let change = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
            let journal = own_steps::go(&change, by, i64::try_from(now).unwrap_or(i64::MAX))?;
            change.commit()?;
            Ok(journal)
        })
    }

    /// The searches that are kept, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn smart_lists(&self) -> Result<Vec<SmartList>, LibraryError> {
        self.ask(all)
    }
}

/// Does what is asked, as a step that can be taken back; whether there was something to change.
pub(super) fn change_own(change: &Transaction<'_>, wish: &OwnChange, now: i64) -> rusqlite::Result<bool> {
    let matter = Matter::of(wish);
    let after = match wish {
        OwnChange::Like { on, .. } => Some(u8::from(*on).to_string()),
        // No stars are a word of the listener's too: the file's own do not come back.
        OwnChange::Rate { stars, .. } => Some((*stars).min(MAX_STARS).to_string()),
        OwnChange::KeepSearch { words, .. } => {
            Some(words[..words.floor_char_boundary(MAX_WORDS.min(words.len()))].to_owned())
        }
        OwnChange::ForgetSearch { .. } => None,
    };
    let before = get(change, &matter)?;
    let was_there = set(change, &matter, after.as_deref(), now)?;
    own_steps::push(change, matter, [before, after], now)?;
    Ok(was_there)
}

/// The name that a kept search goes by.
pub(super) fn name_of(name: &CleanText) -> String {
    name.as_str().trim().chars().take(MAX_NAME).collect()
}

/// What is said of it now; `None`: nothing.
fn get(connection: &Connection, matter: &Matter) -> rusqlite::Result<Option<String>> {
    let words = match matter.kind {
        own_steps::LIKE => "SELECT CAST(liked > 0 AS TEXT) FROM rating WHERE reference = ?1",
        own_steps::RATE => "SELECT CAST(stars AS TEXT) FROM rating WHERE reference = ?1",
        _ => "SELECT words FROM smart_list WHERE name = ?1",
    };
    let said =
        connection.prepare_cached(words)?.query_row([&matter.reference], |row| row.get(0)).optional()?;
    let said: Option<String> = said.flatten();
    // Of what nobody ever said anything nothing is liked.
    Ok(if matter.kind == own_steps::LIKE { said.or_else(|| Some("0".to_owned())) } else { said })
}

/// Says this of it; whether there was something to change.
pub(super) fn set(
    change: &Transaction<'_>,
    matter: &Matter,
    value: Option<&str>,
    now: i64,
) -> rusqlite::Result<bool> {
    let stars = |value: &str| value.parse::<u8>().unwrap_or(0).min(MAX_STARS);
    let rows = match (matter.kind, value) {
        (own_steps::LIKE, value) => change.execute(
            "INSERT INTO rating (reference, liked) VALUES (?1, ?2)
             ON CONFLICT (reference) DO UPDATE SET liked = excluded.liked",
            params![matter.reference, value == Some("1")],
        )?,
        (own_steps::RATE, value) => change.execute(
            "INSERT INTO rating (reference, stars) VALUES (?1, ?2)
             ON CONFLICT (reference) DO UPDATE SET stars = excluded.stars",
            params![matter.reference, value.map(stars)],
        )?,
        (_, Some(words)) => change.execute(
            "INSERT INTO smart_list (name, words, made_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET name = excluded.name, words = excluded.words",
            params![matter.reference, words, now],
        )?,
        (_, None) => change.execute("DELETE FROM smart_list WHERE name = ?1", [&matter.reference])?,
    };
    Ok(rows > 0)
}

fn all(connection: &Connection) -> rusqlite::Result<Vec<SmartList>> {
    let mut query = connection.prepare_cached("SELECT name, words FROM smart_list ORDER BY name")?;
    let kept = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let kept: Vec<(String, String)> = kept.collect::<rusqlite::Result<_>>()?;
    let counted = |(name, words): (String, String)| {
        let tracks = collection::count_of(connection, &query::parse(&words))?;
        Ok(SmartList { name: name.into(), query: words, tracks })
    };
    kept.into_iter().map(counted).collect()
}

/// The kept searches as rows that open.
pub(super) fn rows(connection: &Connection) -> rusqlite::Result<Page<Item>> {
    let items: Vec<Item> = all(connection)?
        .into_iter()
        .map(|kept| {
            let tracks = if kept.tracks == 1 { "track" } else { "tracks" };
            let title = format!("{} ({} {tracks})", kept.name, kept.tracks);
            Item::List(list(format!("smart:{}", kept.name), title.into()))
        })
        .collect();
    Ok(Page { total: Some(items.len() as u64), items, ..Page::default() })
}

/// One page of what a kept search finds now; `None` where there is none of this name.
pub(super) fn opened(connection: &Connection, name: &str, page: u32) -> rusqlite::Result<Option<Page<Item>>> {
    let mut find = connection.prepare_cached("SELECT words FROM smart_list WHERE name = ?1")?;
    let Some(words) = find.query_row([name], |row| row.get::<_, String>(0)).optional()? else {
        return Ok(None);
    };
    collection::page_of(connection, &query::parse(&words), page).map(Some)
}
