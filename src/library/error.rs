//! What can go wrong with what is on disk.

use std::io;
use std::path::PathBuf;

use crate::model::{Fault, FaultKind};

use super::database::is_damage;

/// Why something could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The database's own folder cannot be made.
    #[error("the folder {path} cannot be made: {source}")]
    Place {
        /// Which folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// SQLite refused.
    #[error("the database {path} failed: {source}")]
    Database {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// SQLite refused what was to be done with playlists.
    #[error("the playlists in {path} could not be changed: {source}")]
    Playlists {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// SQLite refused what was to be done with downloads.
    #[error("the downloads in {path} could not be kept: {source}")]
    Downloads {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The database is damaged.
    #[error("the database {path} is damaged: {complaint}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What SQLite says.
        complaint: String,
    },
    /// The database is damaged, and a program has it open.
    #[error("the database {path} is in use and to be mended: {complaint}")]
    InUse {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        complaint: String,
    },
    /// The database was written by a newer program.
    #[error("the database {path} is of version {found}; this program knows up to version {known}")]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// The thread that keeps the database could not start.
    #[error("the library cannot start: {0}")]
    Thread(io::Error),
}

impl LibraryError {
    /// Whether the database file itself is at fault.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } => true,
            Self::Database { source, .. }
            | Self::Playlists { source, .. }
            | Self::Downloads { source, .. } => is_damage(source),
            Self::Place { .. } | Self::InUse { .. } | Self::Newer { .. } | Self::Thread(_) => false,
        }
    }

    /// The same in words for a person.
    pub fn fault(&self) -> Fault {
        let text = self.to_string();
        match self {
            Self::Place { .. } | Self::Thread(_) => {
                Fault::new(FaultKind::Other, text).hint("Run segue doctor")
            }
            Self::Database { .. } => Fault::new(FaultKind::Other, text)
                .hint("Nothing of it was read or kept; try again, or run segue doctor"),
            Self::Playlists { .. } | Self::Downloads { .. } => Fault::new(FaultKind::Other, text)
                .hint("Nothing of it was kept; try again, or run segue doctor"),
            Self::Damaged { .. } => Fault::new(FaultKind::Other, text)
                .hint("Playing goes on; start Segue again to have it rebuilt"),
            Self::InUse { .. } => Fault::new(FaultKind::Other, text)
                .hint("Nothing of it was changed; it is mended at the next start once every Segue has ended"),
            Self::Newer { .. } => {
                Fault::new(FaultKind::Other, text).hint("Update Segue; the file was left as it is")
            }
        }
    }
}
