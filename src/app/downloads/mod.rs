//! Decisions about copies for listening offline: which of those that wait begins now, and what follows when one ends.

mod order;
#[cfg(test)]
mod tests;
mod waits;

pub use order::{Job, Limits, Order, Outcome, ServiceHold};
