//! The memory: what is on the listener's own disk. A SQLite database keeps how things were left (written by a
//! thread of its own), what was heard, and the listener's own tracks as scans find them.

mod backup;
mod collection;
mod database;
mod downloads;
mod error;
mod index;
mod keeper;
mod learned;
mod lists;
mod migrations;
pub mod playlist_file;
mod playlists;
mod query;
mod rescue;
mod rows;
mod scan;
mod session;
mod stats;
mod tags;
#[cfg(test)]
mod tests;
mod walk;
mod watch;
mod words;

pub use collection::{OWN_MUSIC, OwnMusic};
pub use database::{Condition, examine};
pub use downloads::{Downloads, Wish};
pub use error::LibraryError;
pub use keeper::{Keeper, Left, News, Order};
pub use lists::own_lists;
pub use migrations::SCHEMA_VERSION;
pub use playlists::Playlists;
pub use scan::{Progress, ScanReport, scan};
pub use stats::{Check, Problem, Stats};
pub use watch::{Call, Watch};
