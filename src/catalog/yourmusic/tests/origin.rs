//! Where a session and what opens one may be sent.

use super::session::{Desk, enter, listener, player, talk};
use super::*;
use crate::catalog::Vault;

/// Another address in the settings may be another's.
#[tokio::test]
async fn a_session_is_good_where_it_was_made() {
    let (desk, other) = (Desk::new(), Desk::new());
    desk.signed_in().await;
    let elsewhere = player(&other.stand, Arc::clone(&desk.vault) as Arc<dyn Vault>, 1_000_000);
    let words = "was not made at http://127.0.0.1:";
    for error in [elsewhere.restore().await.unwrap_err(), elsewhere.track("7").await.unwrap_err()] {
        let fault = error.fault();
        assert_eq!(fault.kind, FaultKind::SignInNeeded);
        let told = fault.to_string();
        assert!(told.contains(words) && told.contains("segue login yourmusic"), "{told}");
    }
    assert_eq!(elsewhere.capabilities().account.who, None);
    assert_eq!(other.stand.calls().len(), 0, "neither a token nor a renewal goes there");
    // It is kept for its own API.
    desk.player().track("7").await.unwrap();

    // Who is signed in while another run signs in elsewhere keeps nothing and sends nothing.
    let here = desk.player();
    here.restore().await.unwrap();
    let there = player(&other.stand, Arc::clone(&desk.vault) as Arc<dyn Vault>, 1000);
    enter(&there).await;
    desk.serial.fetch_add(1, Ordering::SeqCst);
    let fault = here.track("8").await.unwrap_err().fault();
    assert!(fault.to_string().contains(words), "{fault}");
    assert_eq!((here.capabilities().account.who, desk.refreshes()), (None, 0));
    there.track("8").await.unwrap();
}

/// Earlier versions noted no origin: what they kept can only be for the API that is named until another is set.
#[tokio::test]
async fn a_session_of_an_earlier_version_is_good_at_the_usual_api() {
    let desk = Desk::new();
    desk.signed_in().await;
    let text = desk.vault.read(ID).await.unwrap().unwrap();
    let mut kept: Value = serde_json::from_str(text.reveal()).unwrap();
    assert!(kept.as_object_mut().unwrap().remove("origin").is_some());
    desk.vault.write(ID, &Secret::new(kept.to_string())).await.unwrap();
    assert!(desk.player().restore().await.is_err());
    let usual =
        YourMusicSettings { base_url: YourMusicSettings::default().base_url, ..listener(&desk.stand) };
    let vault = Arc::clone(&desk.vault) as Arc<dyn Vault>;
    let catalog = YourMusic::new(&usual, &net(), &Surroundings { vault, ..surroundings(1000) });
    catalog.restore().await.unwrap();
    assert_eq!(catalog.capabilities().account.who, Some("Ada Cole".into()));
}

/// The client's secret, a code of an e-mail: nothing is sent over an open connection.
#[tokio::test]
async fn no_path_leads_into_the_clear() {
    let desk = Desk::new();
    let with = |key: &str, client: &str| {
        let paths = [(key.to_owned(), "http://192.0.2.2/tok".to_owned())].into();
        let settings = YourMusicSettings {
            paths,
            client_id: client.into(),
            client_secret: client.into(),
            user_id: client.to_owned(),
            ..listener(&desk.stand)
        };
        YourMusic::new(&settings, &net(), &surroundings(1000))
    };
    let check = |key: &str, error: CatalogError| {
        let fault = error.fault().to_string();
        let words = ["192.0.2.2 without encryption", &format!("services.yourmusic.paths.{key}")];
        assert!(words.iter().all(|words| fault.contains(words)), "{fault}");
    };
    check("oauth_token", with("oauth_token", "c").track("7").await.unwrap_err());
    check("otp_send", talk(&with("otp_send", "")).await.unwrap_err());
    check("otp_verify", talk(&with("otp_verify", "")).await.unwrap_err());
    let catalog = with("logout", "");
    enter(&catalog).await;
    check("logout", catalog.sign_out().await.unwrap_err());
    assert_eq!(catalog.capabilities().account.who, None);
}
