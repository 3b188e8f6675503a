//! The page that shows every change of a list, and goes back to before any of them.

mod state;
#[cfg(test)]
mod tests;
mod update;

pub use state::{Brings, JournalPage, Made, Standing as StepStanding};
