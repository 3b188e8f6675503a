//! The queue: what plays, what comes after, and every edit of it with its way back.

mod shuffle;
mod state;
#[cfg(test)]
mod tests;
mod update;

pub use crate::model::Repeat;
pub(in crate::app) use shuffle::Random;
pub use state::Queue;
pub(in crate::app) use update::{title_of, tracks};
