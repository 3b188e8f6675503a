//! How much there is, and what is wrong with it.

use serde::Serialize;

use super::collection::OwnMusic;
use super::database::complaint;
use super::error::LibraryError;
use super::rows::read_reference;

/// Most problems that are listed.
const MAX_PROBLEMS: u32 = 10_000;

/// How much there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Tracks whose files are there.
    pub tracks: u64,
    /// Albums of these.
    pub albums: u64,
    /// Artists of these.
    pub artists: u64,
    /// How long they play together, in seconds.
    pub length_s: u64,
    /// Bytes of their files.
    pub bytes: u64,
    /// Listens that were noted, of these and of everything else.
    pub plays: u64,
    /// Tracks that were not played yet.
    pub never_played: u64,
    /// Tracks that were there once; what is known of them stays.
    pub gone: u64,
    /// Files and folders with which something is wrong.
    pub problems: u64,
}

/// What is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What SQLite says against the database, if anything.
    pub database: Option<String>,
    /// Files and folders, each with what is wrong.
    pub problems: Vec<Problem>,
}

/// Something that could not be read, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What: a path.
    pub path: String,
    /// Why.
    pub problem: String,
}

impl OwnMusic {
    /// Counts everything.
    ///
    /// # Errors
    /// When the database fails.
    pub fn stats(&self) -> Result<Stats, LibraryError> {
        self.ask(|connection| {
            let number = |words: &str| {
                connection
                    .query_row(words, [], |row| row.get::<_, i64>(0))
                    .map(|number| u64::try_from(number).unwrap_or(0))
            };
            let here = "FROM track WHERE gone_at IS NULL";
            Ok(Stats {
                tracks: number(&format!("SELECT count(*) {here}"))?,
                albums: number(&format!(
                    "SELECT count(*) FROM (SELECT 1 {here} AND album IS NOT NULL
                     GROUP BY album COLLATE NOCASE, main_artist COLLATE NOCASE)"
                ))?,
                artists: number(&format!(
                    "SELECT count(DISTINCT main_artist COLLATE NOCASE) {here} AND main_artist <> ''"
                ))?,
                length_s: number(&format!("SELECT ifnull(sum(length_ms), 0) / 1000 {here}"))?,
                bytes: number(&format!(
                    "SELECT ifnull(sum(size), 0) FROM (SELECT max(size) AS size {here}
                     GROUP BY substr(reference, 1, length(reference) - length(part)))"
                ))?,
                plays: number("SELECT count(*) FROM play")?,
                never_played: number(&format!("SELECT count(*) {here} AND plays = 0"))?,
                gone: number("SELECT count(*) FROM track WHERE gone_at IS NOT NULL")?,
                problems: number(&format!(
                    "SELECT (SELECT count(*) FROM scan_problem) + (SELECT count(*) {here} AND problem IS NOT NULL)"
                ))?,
            })
        })
    }

    /// Looks for what is wrong, with the database and with files as the last scan found them.
    ///
    /// # Errors
    /// When the database cannot even be asked.
    pub fn check(&self) -> Result<Check, LibraryError> {
        self.ask(|connection| {
            let database = complaint(connection, "integrity_check")?;
            let mut query = connection.prepare(
                "SELECT path, problem FROM scan_problem UNION ALL
                 SELECT reference, problem FROM track WHERE problem IS NOT NULL AND gone_at IS NULL
                 ORDER BY 1 LIMIT ?1",
            )?;
            let problems = query.query_map([MAX_PROBLEMS], |row| {
                let path: String = row.get(0)?;
                let path = read_reference(&path).map_or(path, |file| file.to_string());
                Ok(Problem { path, problem: row.get(1)? })
            })?;
            Ok(Check { database, problems: problems.collect::<rusqlite::Result<_>>()? })
        })
    }
}
