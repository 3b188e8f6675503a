//! The queue: what plays, what comes after, and every edit of it with its way back.

mod edits;
mod shuffle;
mod state;
#[cfg(test)]
mod tests;
mod update;

pub use crate::model::Repeat;
pub use edits::Select;
pub(in crate::app) use shuffle::Random;
pub use state::Queue;
