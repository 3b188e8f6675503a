//! The memory: what is on the listener's own disk. A SQLite database on a thread of its own keeps how
//! things were left; folders with music are read as they are.

mod backup;
mod collection;
mod database;
mod error;
mod folder;
mod index;
mod keeper;
mod learned;
mod lists;
mod migrations;
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
mod words;

pub use collection::{OWN_MUSIC, OwnMusic};
pub use database::{Condition, examine};
pub use error::LibraryError;
pub use folder::{MAX_FILES, read_folder, search_folders};
pub use keeper::{Keeper, Left, Order};
pub use lists::own_lists;
pub use migrations::SCHEMA_VERSION;
pub use scan::{Progress, ScanReport, scan};
pub use stats::{Check, Problem, Stats};
