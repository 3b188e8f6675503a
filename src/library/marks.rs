//! Likes, reposts and follows that have not reached their service.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Row, params};

use crate::model::{Fault, ItemRef, Mark, ServiceId};

use super::database;
use super::error::LibraryError;

/// Most that are sent to a service at a time.
const MOST: i64 = 100;

const NAMES: [(Mark, &str); 3] = [(Mark::Like, "like"), (Mark::Repost, "repost"), (Mark::Follow, "follow")];

/// A mark as the listener wants it to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingMark {
    /// Which mark.
    pub mark: Mark,
    /// On what.
    pub item: ItemRef,
    /// Whether it is to be there.
    pub on: bool,
}

/// The marks that wait.
#[derive(Debug)]
pub struct Marks {
    connection: Connection,
    path: PathBuf,
}

impl Marks {
    /// In a database that this process has open already.
    ///
    /// # Errors
    /// When it cannot be opened once more.
    pub fn join(path: &Path) -> Result<Self, LibraryError> {
        Ok(Self { connection: database::join(path)?, path: path.to_owned() })
    }

    /// Keeps a mark until it is sent; what was wanted of the same thing before counts no more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put(&mut self, waiting: &WaitingMark) -> Result<(), Fault> {
        let put = self.connection.execute(
            "INSERT OR REPLACE INTO waiting_mark (mark, service, item, is_on) VALUES (?1, ?2, ?3, ?4)",
            params![name(waiting.mark), waiting.item.service.as_str(), waiting.item.to_string(), waiting.on],
        );
        put.map(drop).map_err(|source| self.failed(source))
    }

    /// What waits for a service, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn waiting(&self, service: &ServiceId) -> Result<Vec<WaitingMark>, Fault> {
        let read = |connection: &Connection| -> rusqlite::Result<Vec<Option<WaitingMark>>> {
            let mut find = connection.prepare(
                "SELECT mark, item, is_on FROM waiting_mark WHERE service = ?1 ORDER BY rowid LIMIT ?2",
            )?;
            find.query_map(params![service.as_str(), MOST], of_row)?.collect()
        };
        let all = read(&self.connection).map_err(|source| self.failed(source))?;
        Ok(all.into_iter().flatten().collect())
    }

    /// A mark has arrived, or never will. What was wanted since still waits.
    ///
    /// # Errors
    /// When the database fails.
    pub fn settle(&mut self, sent: &WaitingMark) -> Result<(), Fault> {
        let gone = self.connection.execute(
            "DELETE FROM waiting_mark WHERE mark = ?1 AND item = ?2 AND is_on = ?3",
            params![name(sent.mark), sent.item.to_string(), sent.on],
        );
        gone.map(drop).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: rusqlite::Error) -> Fault {
        LibraryError::Playlists { path: self.path.clone(), source }.fault()
    }
}

fn name(mark: Mark) -> &'static str {
    NAMES.iter().find(|(known, _)| *known == mark).map_or("like", |(_, name)| name)
}

fn of_row(row: &Row<'_>) -> rusqlite::Result<Option<WaitingMark>> {
    let (mark, item): (String, String) = (row.get(0)?, row.get(1)?);
    let on = row.get(2)?;
    let mark = NAMES.iter().find(|(_, name)| *name == mark).map(|(mark, _)| *mark);
    Ok(mark.zip(item.parse().ok()).map(|(mark, item)| WaitingMark { mark, item, on }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_wish_waits_and_what_was_sent_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        drop(database::open(&path).unwrap());
        let mut marks = Marks::join(&path).unwrap();
        let service = ServiceId::known("audius");
        let wish = |mark, item: &str, on| WaitingMark { mark, item: item.parse().unwrap(), on };
        let liked = wish(Mark::Like, "audius:track:a:b/c", true);
        marks.put(&liked).unwrap();
        marks.put(&wish(Mark::Follow, "audius:artist:7", true)).unwrap();
        marks.put(&wish(Mark::Like, "audiomack:track:1", true)).unwrap();
        assert_eq!(
            marks.waiting(&service).unwrap(),
            [liked.clone(), wish(Mark::Follow, "audius:artist:7", true)]
        );
        // Taken back while it was under way.
        let taken_back = WaitingMark { on: false, ..liked.clone() };
        marks.put(&taken_back).unwrap();
        marks.settle(&liked).unwrap();
        marks.settle(&wish(Mark::Follow, "audius:artist:7", true)).unwrap();
        assert_eq!(Marks::join(&path).unwrap().waiting(&service).unwrap(), [taken_back]);
    }
}
