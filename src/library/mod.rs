//! The memory: what is on the listener's own disk. A SQLite database on a thread of its own keeps how
//! things were left; folders with music are read as they are.

mod database;
mod error;
mod folder;
mod keeper;
mod learned;
mod rows;
mod session;

pub use database::{Condition, SCHEMA_VERSION, examine};
pub use error::LibraryError;
pub use folder::{MAX_FILES, read_folder, search_folders};
pub use keeper::{Keeper, Left, Order};
