//! The filter of the list at hand: only rows that hold what is typed are shown. Marks and edits act on the real rows.

pub(super) mod find;
mod state;
#[cfg(test)]
mod tests;
mod update;

pub(super) use find::is_found;
pub use state::Filter;
