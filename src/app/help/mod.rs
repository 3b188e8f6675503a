//! The help: every action with its keys, searchable, each row can be done from here.

mod hints;
mod state;
#[cfg(test)]
mod tests;
mod update;

pub use hints::Hint;
pub use state::{Help, HelpRow};
