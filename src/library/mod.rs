//! The memory: what is on the listener's own disk. So far the folders with music, read as they are.

mod folder;

pub use folder::{LibraryError, MAX_FILES, read_folder};
