//! Editing of lists: which rows are meant, how they are rearranged, and every edit with its way back. Knows
//! nothing of what a list is for.

mod arrange;
mod entry;
mod journal;
pub mod list_text;
mod selection;
#[cfg(test)]
mod tests;

pub use arrange::SortKey;
pub(in crate::app) use arrange::{duplicates, moved, remove, sort, with_rows_at};
pub use entry::Entry;
pub(in crate::app) use entry::total_length;
pub use journal::Journal;
pub(in crate::app) use journal::{Side, Snapshot, Step};
pub use selection::Selection;
