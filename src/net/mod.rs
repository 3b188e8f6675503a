//! The wire: one HTTP client for everything. It keeps to http and https, follows redirects by rules
//! that lose no secret, bounds every wait and every body, and knows no service.

mod client;
mod error;
mod redirect;
mod request;
mod response;
mod retry;

pub use client::Net;
pub use error::{NetError, Phase};
pub use request::{Body, Limit, Method, Request};
pub use response::Response;
pub use retry::{FIRST_BYTE_RETRIES, retry_delay};
