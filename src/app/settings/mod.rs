//! The page of settings, the choice of a value, and keys that are given inside the program. What is changed goes to the
//! listener's configuration, and counts as soon as that is read again.

mod capture;
mod state;
#[cfg(test)]
mod tests;
mod update;

pub use capture::{Capture, How};
pub use state::{Choice, SettingsPage};
