//! Time and randomness for the services, handed in from outside: this room reads neither by itself.

use std::fmt;
use std::sync::Arc;

/// What a service needs of the world besides the network.
#[derive(Clone)]
pub struct Surroundings {
    /// Seconds since 1970-01-01 00:00 UTC.
    pub unix_time: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// 128 bits nobody can guess, new at each call.
    pub random: Arc<dyn Fn() -> [u8; 16] + Send + Sync>,
}

impl Surroundings {
    /// 32 lower-case hexadecimal digits, new at each call: a nonce or a session's name.
    pub(super) fn token(&self) -> String {
        format!("{:032x}", u128::from_be_bytes((self.random)()))
    }

    /// 0.0 to 1.0, to spread retries.
    pub(super) fn jitter(&self) -> f64 {
        f64::from((self.random)()[0]) / 255.0
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surroundings")
    }
}
