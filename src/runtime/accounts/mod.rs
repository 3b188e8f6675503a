//! Signing in and out: the talk with a service and the browser, where tokens are kept, and the same on the
//! command line.

mod command;
mod hands;
mod lines;
mod talk;
#[cfg(test)]
mod tests;

pub use command::{AccountRow, LogInEnd, LogInNews, accounts, log_in, log_out};
pub(super) use hands::{TalkUnderWay, info, noting_sessions};
