//! The wire: one HTTP client for everything. It keeps to http and https, follows redirects by rules
//! that lose no secret, bounds every wait and every body, keeps the pace that an API asks for, and knows no
//! service.

mod client;
mod date;
mod error;
mod gate;
mod ledger;
mod presence;
mod redirect;
mod request;
mod resolver;
mod response;
mod retry;
mod shoutcast;
#[cfg(test)]
mod tests;
mod trust;
mod way;

pub use client::Net;
pub use date::unix_seconds;
pub use error::{NetError, Phase, Unreached, wait_words};
pub use gate::Gate;
pub use ledger::Pace;
pub(crate) use redirect::host_of;
pub use request::{Body, Limit, Method, Request};
pub use response::Response;
pub use retry::{FIRST_BYTE_RETRIES, retry_delay};
