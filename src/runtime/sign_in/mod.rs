//! Signing in with the listener's own browser: it is led to the service, and comes back to a listener on this
//! machine with the answer (RFC 8252 section 7.3). What the answer means is the service's to say.

mod belongs;
mod browser;
mod head;
mod listener;
mod page;

pub use belongs::belongs_to;
pub use browser::{Browser, BrowserError};
pub use listener::{Listener, SignInError, Spelling};

#[cfg(test)]
mod tests;
