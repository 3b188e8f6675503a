//! The memory: what is on the listener's own disk. A SQLite database on a thread of its own keeps how
//! things were left; folders with music are read as they are.

mod backup;
mod database;
mod error;
mod folder;
mod keeper;
mod learned;
mod migrations;
mod rescue;
mod rows;
mod session;
#[cfg(test)]
mod tests;

pub use database::{Condition, examine};
pub use error::LibraryError;
pub use folder::{MAX_FILES, read_folder, search_folders};
pub use keeper::{Keeper, Left, Order};
pub use migrations::SCHEMA_VERSION;
