//! What the listener says of the own music: likes, ratings, and searches that are kept as lists.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde::Serialize;

use super::collection::{self, OwnMusic};
use super::error::LibraryError;
use super::lists::list;
use super::query;
use super::rows::reference_text;
use crate::model::{CleanText, Item, MAX_STARS, OwnChange, Page};

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

    /// The searches that are kept, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn smart_lists(&self) -> Result<Vec<SmartList>, LibraryError> {
        self.ask(all)
    }
}

/// Does what is asked; whether there was something to change.
pub(super) fn change_own(change: &Transaction<'_>, wish: &OwnChange, now: i64) -> rusqlite::Result<bool> {
    let rows = match wish {
        OwnChange::Like { track, on } => change.execute(
            "INSERT INTO rating (reference, liked) VALUES (?1, ?2)
             ON CONFLICT (reference) DO UPDATE SET liked = excluded.liked",
            params![reference_text(track), on],
        )?,
        // No stars are a word of the listener's too: the file's own do not come back.
        OwnChange::Rate { track, stars } => change.execute(
            "INSERT INTO rating (reference, stars) VALUES (?1, ?2)
             ON CONFLICT (reference) DO UPDATE SET stars = excluded.stars",
            params![reference_text(track), (*stars).min(MAX_STARS)],
        )?,
        OwnChange::KeepSearch { name, words } => {
            let name: String = name.as_str().trim().chars().take(MAX_NAME).collect();
            let end = words.floor_char_boundary(MAX_WORDS.min(words.len()));
            change.execute(
                "INSERT INTO smart_list (name, words, made_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET name = excluded.name, words = excluded.words",
                params![name, words.get(..end), now],
            )?
        }
        OwnChange::ForgetSearch { name } => {
            change.execute("DELETE FROM smart_list WHERE name = ?1", [name.as_str().trim()])?
        }
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
