//! Time, randomness and places to keep things for the services, handed in from outside: this room reads
//! and opens none by itself.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;

use crate::model::{Fault, Secret};

use super::CatalogError;

/// Keeps what a sign-in gave, over the end of the program. One text a service; only the service knows what is
/// in it.
pub trait Vault: Send + Sync {
    /// What is kept under a service's name.
    fn read<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<Option<Secret>, Fault>>;

    /// Keeps it in place of what was there. Once this is done it survives a power cut.
    fn write<'a>(&'a self, service: &'a str, value: &'a Secret) -> BoxFuture<'a, Result<(), Fault>>;

    /// Forgets it.
    fn erase<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<(), Fault>>;

    /// Waits until no other task and no other process holds it; let go by dropping. Held while a token that
    /// serves only once is renewed.
    fn exclusive<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<Box<dyn Send>, Fault>>;
}

/// Keeps things until the program ends.
#[derive(Debug, Default)]
pub struct MemoryVault {
    kept: Mutex<HashMap<String, Secret>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl MemoryVault {
    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<String, Secret>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vault for MemoryVault {
    fn read<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<Option<Secret>, Fault>> {
        Box::pin(async move { Ok(self.kept().get(service).cloned()) })
    }

    fn write<'a>(&'a self, service: &'a str, value: &'a Secret) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            self.kept().insert(service.to_owned(), value.clone());
            Ok(())
        })
    }

    fn erase<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            self.kept().remove(service);
            Ok(())
        })
    }

    fn exclusive<'a>(&'a self, _service: &'a str) -> BoxFuture<'a, Result<Box<dyn Send>, Fault>> {
        Box::pin(async move {
            let turn: Box<dyn Send> = Box::new(Arc::clone(&self.turn).lock_owned().await);
            Ok(turn)
        })
    }
}

/// What a service needs of the world besides the network.
#[derive(Clone)]
pub struct Surroundings {
    /// Seconds since 1970-01-01 00:00 UTC.
    pub unix_time: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// 128 bits nobody can guess, new at each call.
    pub random: Arc<dyn Fn() -> [u8; 16] + Send + Sync>,
    /// Where sign-ins are kept.
    pub vault: Arc<dyn Vault>,
    /// The folder for pages that were read; `None`: they are kept in memory only.
    pub pages: Option<PathBuf>,
}

impl Surroundings {
    /// 32 lower-case hexadecimal digits, new at each call: a nonce or a session's name.
    pub(super) fn token(&self) -> String {
        format!("{:032x}", u128::from_be_bytes((self.random)()))
    }

    /// The last step of every sign-in: `here` takes up what it gave, then the vault keeps `kept`. In this order:
    /// whoever stops waiting in between is signed in until the program ends, and never finds out only at its next
    /// start that they were. Why the vault does not keep it, if it does not: then it lasts as long.
    pub(super) async fn signed_in(
        &self,
        (id, name): (&str, &'static str),
        kept: &Secret,
        here: impl FnOnce(),
    ) -> Option<Fault> {
        let turn = self.vault.exclusive(id).await;
        here();
        let written = match &turn {
            Ok(_held) => self.vault.write(id, kept).await,
            Err(fault) => Err(fault.clone()),
        };
        written.err().map(|fault| CatalogError::Vault { service: name, fault }.fault())
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
