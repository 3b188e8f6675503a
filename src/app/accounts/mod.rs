//! Who is signed in where: a row a service, the talk of a sign-in, and what changes with it.

mod change;
mod state;
mod talk;
#[cfg(test)]
mod tests;
mod update;

pub use state::{Accounts, Standing};
pub use talk::{Line, Talk};
