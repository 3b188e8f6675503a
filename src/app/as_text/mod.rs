//! A list as text in the listener's own editor, on the screen: what was made of it is applied as one edit, or not at all.

mod state;
#[cfg(test)]
mod tests;
mod update;

pub(in crate::app) use state::{Draft, TextUnderWay};
