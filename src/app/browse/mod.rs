//! The lists of the services, and the rows of the one that is open.

mod gather;
mod state;
#[cfg(test)]
mod tests;
mod update;

pub(in crate::app) use gather::{Gathering, Place};
pub use state::{Amount, Browse, Pane, Shelf, ShelfState};
