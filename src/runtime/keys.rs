//! The keys for the services: the vault's blocking calls on threads that may block, its errors in words, and a
//! word to the listener where a token had to go to a file.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;

use crate::catalog::Vault;
use crate::model::{Fault, FaultKind, Secret};
use crate::secrets;

/// Takes what the listener is to be told about the token of this name; must not wait.
pub type Tell = Box<dyn Fn(&str, Fault) + Send + Sync>;

/// The vault of one run. Its calls need a tokio runtime.
pub struct Keys {
    vault: Arc<secrets::Vault>,
    tell: Tell,
    /// What was told last; each renewal would tell it again.
    told: Mutex<Option<String>>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("vault", &self.vault).finish_non_exhaustive()
    }
}

impl Keys {
    /// Over this vault. `tell` hears, once, that tokens go to a file for want of a keyring.
    pub fn new(vault: secrets::Vault, tell: Tell) -> Self {
        Self { vault: Arc::new(vault), tell, told: Mutex::new(None) }
    }

    /// Does something that blocks with the vault and a service's name.
    async fn with<T, F>(&self, service: &str, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&secrets::Vault, &str) -> Result<T, secrets::SecretsError> + Send + 'static,
    {
        let (vault, service) = (Arc::clone(&self.vault), service.to_owned());
        match tokio::task::spawn_blocking(move || work(&vault, &service)).await {
            Ok(result) => result.map_err(|error| error.fault()),
            Err(_) => Err(Fault::new(FaultKind::Other, "The tokens cannot be reached: Segue is ending")),
        }
    }

    fn remark(&self, name: &str, words: String) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.as_ref() != Some(&words) {
            (self.tell)(name, Fault::new(FaultKind::Other, &words));
            *told = Some(words);
        }
    }
}

impl Vault for Keys {
    fn read<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<Option<Secret>, Fault>> {
        Box::pin(self.with(service, |vault, service| vault.read(service)))
    }

    fn write<'a>(&'a self, service: &'a str, value: &'a Secret) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let value = value.clone();
            let place = self.with(service, move |vault, service| vault.write(service, &value)).await?;
            if let Some(words) = place.remark() {
                self.remark(service, words);
            }
            Ok(())
        })
    }

    fn erase<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(self.with(service, |vault, service| vault.erase(service)))
    }

    fn exclusive<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<Box<dyn Send>, Fault>> {
        Box::pin(async move {
            let guard = self.with(service, |vault, service| vault.exclusive(service)).await?;
            let guard: Box<dyn Send> = Box::new(guard);
            Ok(guard)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::Keys;
    use crate::catalog::Vault as _;
    use crate::model::Secret;
    use crate::secrets::{Keep, Vault};

    #[test]
    fn the_services_keep_their_tokens_in_the_vault() {
        let tasks = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let home = tempfile::tempdir().unwrap();
        let (tell, told) = mpsc::channel();
        let vault = Vault::open(home.path(), "segue", Keep::File);
        let keys = Keys::new(vault, Box::new(move |_, fault| tell.send(fault).unwrap()));
        tasks.block_on(async {
            assert_eq!(keys.read("yourmusic").await.unwrap(), None);
            let held = keys.exclusive("yourmusic").await.unwrap();
            keys.write("yourmusic", &Secret::new("t0ken")).await.unwrap();
            drop(held);
            drop(keys.exclusive("yourmusic").await.unwrap());
            assert_eq!(keys.read("yourmusic").await.unwrap(), Some(Secret::new("t0ken")));
            keys.erase("yourmusic").await.unwrap();
            assert_eq!(keys.read("yourmusic").await.unwrap(), None);
            let fault = keys.read("../yourmusic").await.unwrap_err();
            assert_eq!(fault.message.as_str(), "\"../yourmusic\" cannot name a token");
        });
        assert!(told.try_recv().is_err(), "the listener chose the file");
        for words in ["to a file", "to a file", "to another"] {
            keys.remark("yourmusic", words.to_owned());
        }
        let told: Vec<_> = told.try_iter().map(|fault| fault.message.as_str().to_owned()).collect();
        assert_eq!(told, ["to a file", "to another"]);
    }
}
