//! The queue: what plays, what comes after, and every edit of it with its way back.

mod state;
#[cfg(test)]
mod tests;
mod update;

pub use state::{Entry, EntryId, Queue, Repeat};
