//! Editing of lists: which rows are meant, and how they are rearranged. Knows nothing of what a list is for.

mod arrange;
pub mod list_text;
mod selection;
mod sort;
#[cfg(test)]
mod tests;

pub use crate::model::{Entry, Journal};
pub use arrange::Arrangement;
pub(in crate::app) use arrange::{duplicates, leave_out, moved, remove, with_rows_at};
pub use selection::{Select, Selection, numbered};
pub use sort::SortKey;
