//! Search over all services at once: the line, each service's answer, the rows.

mod fold;
mod state;
#[cfg(test)]
mod tests;
mod update;
mod words;

pub(in crate::app) use fold::{LENGTH_SLACK, alike, code, is_same_elsewhere, name};
pub use fold::{Likeness, counterparts, fold_in, likeness};
pub use state::{Answer, FoundRow, Search, ServiceSearch};
