//! The vault over folders of its own and a keyring that is only memory. The real one is in
//! `tests/journeys/secrets.rs`.

mod files;
mod keyrings;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::{CredentialStore, Error, mock};

use super::keyring::Keyring;
use super::vault::{Keep, Place, Vault};

/// A vault with a keyring that nobody runs.
fn alone(folder: &Path, choice: Keep) -> Vault {
    let nobody = || Err(Error::PlatformFailure("no bus".into()));
    Vault::with_keyring(folder, Keyring::new("segue", Arc::new(nobody), Duration::from_secs(60)), choice)
}

/// A vault with this keyring.
fn with(folder: &Path, label: &str, store: &Arc<mock::Store>, choice: Keep) -> Vault {
    let store = store.clone();
    let connect = move || {
        let store: Arc<CredentialStore> = store.clone();
        Ok(store)
    };
    Vault::with_keyring(folder, Keyring::new(label, Arc::new(connect), Duration::from_secs(60)), choice)
}

fn read(vault: &Vault) -> Option<String> {
    vault.read("yourmusic").unwrap().map(|secret| secret.reveal().to_owned())
}

/// Where a token was put, without the file's place.
fn put(vault: &Vault, token: &str) -> &'static str {
    match vault.write("yourmusic", &token.into()).unwrap() {
        Place::Keyring => "keyring",
        Place::File { .. } => "file",
    }
}
