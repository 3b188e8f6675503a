//! The keyring: which token counts when it comes, goes, hangs and fails.

use std::fs;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error, api::CredentialStoreApi, mock};

use crate::model::FaultKind;
use crate::secrets::keyring::Keyring;
use crate::secrets::{Keep, KeyringTrouble, Place, SecretsError, Vault};

use super::{alone, put, read, with};

/// The keyring's own item.
fn item(store: &Arc<mock::Store>, label: &str) -> Entry {
    store.build(label, "yourmusic", None).unwrap()
}

/// Makes the next call for the item fail.
fn fail(store: &Arc<mock::Store>, error: Error) {
    let entry = item(store, "segue");
    entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
}

#[test]
fn the_keyring_keeps_the_token_and_the_file_says_so() {
    let home = tempfile::tempdir().unwrap();
    let store = mock::Store::new().unwrap();
    let vault = with(home.path(), "segue", &store, Keep::Auto);
    assert_eq!(put(&vault, "t0ken"), "keyring");
    assert_eq!(item(&store, "segue").get_password().unwrap(), "t0ken");
    for entry in fs::read_dir(home.path().join("secrets")).unwrap() {
        assert!(!fs::read_to_string(entry.unwrap().path()).unwrap().contains("t0ken"));
    }
    assert_eq!(read(&with(home.path(), "segue", &store, Keep::Keyring)).as_deref(), Some("t0ken"));
    assert_eq!(read(&with(home.path(), "segue", &store, Keep::File)), None, "the keyring is not asked");
    vault.erase("yourmusic").unwrap();
    assert!(matches!(item(&store, "segue").get_password(), Err(Error::NoEntry)));
    assert_eq!(read(&vault), None);
}

#[test]
fn profiles_do_not_mix() {
    let (home, demo) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = mock::Store::new().unwrap();
    let own = with(home.path(), "segue", &store, Keep::Auto);
    let other = with(demo.path(), "segue-demo", &store, Keep::Auto);
    put(&own, "mine");
    assert_eq!(read(&other), None);
    put(&other, "demo's");
    other.erase("yourmusic").unwrap();
    assert_eq!((read(&own).as_deref(), read(&other)), (Some("mine"), None));
}

#[test]
fn the_newest_token_counts_wherever_it_is() {
    let home = tempfile::tempdir().unwrap();
    let store = mock::Store::new().unwrap();
    let there = || with(home.path(), "segue", &store, Keep::Auto);
    let gone = || alone(home.path(), Keep::Auto);
    assert_eq!(put(&there(), "first"), "keyring");

    // Without the keyring it is told, and neither forgotten nor replaced by nothing.
    let error = gone().read("yourmusic").unwrap_err();
    assert!(matches!(error, SecretsError::Keyring(KeyringTrouble::NotRunning)));
    let fault = error.fault();
    assert_eq!((fault.kind, fault.message.as_str()), (FaultKind::Other, "No keyring service is running"));

    assert_eq!(put(&gone(), "second"), "file");
    assert_eq!(read(&there()).as_deref(), Some("second"), "not the keyring's older one");
    assert_eq!(put(&there(), "third"), "keyring");
    assert_eq!(read(&there()).as_deref(), Some("third"));
    assert!(gone().read("yourmusic").is_err(), "the file holds none any more");

    // Signed out while the keyring could not be asked: told, and out all the same.
    assert!(matches!(gone().erase("yourmusic"), Err(SecretsError::Keyring(KeyringTrouble::NotRunning))));
    assert_eq!(item(&store, "segue").get_password().unwrap(), "third");
    assert_eq!(read(&there()), None);
    there().erase("yourmusic").unwrap();
    assert!(matches!(item(&store, "segue").get_password(), Err(Error::NoEntry)), "the next one cleans up");
}

/// A run that is killed after the keyring took the new token and before the file says so.
#[test]
fn a_token_in_the_file_is_renewed_there_first() {
    let home = tempfile::tempdir().unwrap();
    put(&alone(home.path(), Keep::Auto), "old");
    let seen = Arc::new(Mutex::new(None));
    let (place, note) = (home.path().to_owned(), seen.clone());
    let connect = move || {
        *note.lock().unwrap() = read(&alone(&place, Keep::Auto));
        let store: Arc<CredentialStore> = mock::Store::new()?;
        Ok(store)
    };
    let keyring = Keyring::new("segue", Arc::new(connect), Duration::from_secs(60));
    assert_eq!(put(&Vault::with_keyring(home.path(), keyring, Keep::Auto), "new"), "keyring");
    assert_eq!(seen.lock().unwrap().as_deref(), Some("new"));
}

#[test]
fn a_keyring_that_says_no_is_told_and_the_file_takes_over() {
    let trouble = |text: &str| -> keyring_core::error::PlatformError { text.into() };
    let rows = [
        (Error::NoStorageAccess(trouble("prompt dismissed")), "The keyring is locked"),
        (Error::BadEncoding(b"s3cret".to_vec()), "The keyring failed (what it keeps is not a token)"),
        (
            Error::Invalid("label".into(), "empty".into()),
            "The keyring failed (Value of 'label' is invalid: empty)",
        ),
    ];
    for (error, words) in rows {
        let home = tempfile::tempdir().unwrap();
        let store = mock::Store::new().unwrap();

        let failing = store.clone();
        let error = Mutex::new(Some(error));
        let connect = move || {
            if let Some(error) = error.lock().unwrap().take() {
                fail(&failing, error);
            }
            let store: Arc<CredentialStore> = failing.clone();
            Ok(store)
        };
        let keyring = Keyring::new("segue", Arc::new(connect), Duration::from_secs(60));
        let vault = Vault::with_keyring(home.path(), keyring, Keep::Auto);
        let place = vault.write("yourmusic", &"t0ken".into()).unwrap();
        let remark = place.remark().unwrap();
        assert!(remark.starts_with(&format!("{words}, so the token is kept in /")), "{remark}");
        assert!(!format!("{place:?} {remark} {vault:?}").contains("s3cret"));
        assert_eq!(read(&vault).as_deref(), Some("t0ken"));
    }

    // Where the listener wants the keyring, nothing is written elsewhere.
    let home = tempfile::tempdir().unwrap();
    let strict = alone(home.path(), Keep::Keyring);
    let error = strict.write("yourmusic", &"t0ken".into()).unwrap_err();
    assert!(matches!(error, SecretsError::Demanded(_)), "{error:?}");
    let words = error.fault().to_string();
    assert!(words.contains("secrets.keep") && words.contains("gnome-keyring"), "{words}");
    assert!(!home.path().join("secrets/yourmusic.json").exists());
}

#[test]
fn a_service_that_was_started_anew_is_connected_again() {
    let home = tempfile::tempdir().unwrap();
    let store = mock::Store::new().unwrap();
    let vault = with(home.path(), "segue", &store, Keep::Auto);
    put(&vault, "t0ken");
    fail(&store, Error::PlatformFailure("no such session".into()));
    assert_eq!(read(&vault).as_deref(), Some("t0ken"));
}

#[test]
fn a_keyring_that_hangs_freezes_nobody() {
    let home = tempfile::tempdir().unwrap();
    let (wake, asleep) = mpsc::channel::<()>();
    let asleep = Mutex::new(asleep);
    let store = mock::Store::new().unwrap();
    let hanging = store.clone();
    let (tell, ended) = mpsc::channel();
    let connect = move || {
        // Until it is woken.
        let _ = asleep.lock().unwrap().recv();
        let store: Arc<CredentialStore> = hanging.clone();
        let _ = tell.send(());
        Ok(store)
    };
    let keyring = Keyring::new("segue", Arc::new(connect), Duration::from_millis(20));
    let vault = Vault::with_keyring(home.path(), keyring, Keep::Auto);
    let first = vault.write("yourmusic", &"first".into()).unwrap();
    assert!(matches!(first, Place::File { reason: Some(KeyringTrouble::NoAnswer), .. }), "{first:?}");
    // Nobody waits behind what hangs, and what it does late changes nothing.
    assert_eq!(put(&vault, "second"), "file");
    wake.send(()).unwrap();
    ended.recv().unwrap();
    assert_eq!(read(&vault).as_deref(), Some("second"));
}

#[test]
fn a_keyring_that_panics_takes_nobody_along() {
    let home = tempfile::tempdir().unwrap();
    let connect = || -> keyring_core::Result<Arc<CredentialStore>> { panic!("the bus is on fire") };
    let keyring = Keyring::new("segue", Arc::new(connect), Duration::from_secs(60));
    let vault = Vault::with_keyring(home.path(), keyring, Keep::Auto);
    for token in ["first", "second"] {
        assert_eq!(put(&vault, token), "file");
        assert_eq!(read(&vault).as_deref(), Some(token));
    }
}
