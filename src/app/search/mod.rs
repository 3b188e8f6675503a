//! Search over all services at once: the line, each service's answer, the rows.

mod fold;
mod state;
#[cfg(test)]
mod tests;
mod update;
mod words;

pub use fold::{Likeness, fold_in, likeness};
pub(in crate::app) use fold::{alike, code, name};
pub use state::{Answer, FoundRow, Search, ServiceSearch};
