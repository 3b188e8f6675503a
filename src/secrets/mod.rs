//! The keys: tokens in the system's keyring (Secret Service), or in files that only their owner can read.
//!
//! Everything here blocks, for seconds when a keyring does not answer: never call it on a thread that runs
//! asynchronous work. It neither renews tokens nor knows what they are for.

mod error;
mod folder;
mod keyring;
mod lock;
mod record;
mod vault;

pub use error::{KeyringTrouble, SecretsError};
pub use lock::Guard;
pub use vault::{Keep, Place, Vault};

#[cfg(test)]
mod tests;
