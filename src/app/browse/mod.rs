//! The lists of the services, and the tracks of the one that is open.

mod state;
#[cfg(test)]
mod tests;
mod update;

pub use state::{Browse, Pane, Shelf, ShelfState};
