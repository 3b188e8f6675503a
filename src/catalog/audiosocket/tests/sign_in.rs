//! Signing in and out: what is asked, what is kept, and what is told when it is refused.

use std::sync::Arc;

use super::profiles::of;
use super::*;
use crate::catalog::{MemoryVault, Vault};
use crate::config::AudiosocketProfile;
use crate::model::{Form, Secret, SignInAnswer, SignInStep};

fn answer(pairs: &[(&str, &str)]) -> SignInAnswer {
    SignInAnswer::Form(pairs.iter().map(|(key, value)| ((*key).to_owned(), Secret::new(*value))).collect())
}

fn begin() -> SignInAnswer {
    SignInAnswer::Begin { callback: None }
}

fn fields(step: SignInStep) -> Vec<(&'static str, bool)> {
    let SignInStep::Form(Form { fields, .. }) = step else { panic!("{step:?}") };
    fields.iter().map(|field| (field.key, field.hidden)).collect()
}

/// A catalogue without a token of its own, over a vault.
fn blank(stand: &Stand, vault: &Arc<MemoryVault>) -> Audiosocket {
    let settings = AudiosocketSettings { token: Secret::default(), ..settings(stand) };
    let vault: Arc<dyn Vault> = Arc::<MemoryVault>::clone(vault);
    Audiosocket::new(&settings, &net(), &Surroundings { vault, ..surroundings(0) })
}

/// Takes the token `pasted` alone.
fn takes_pasted(call: &Call) -> Reply {
    match (call.header("authorization"), call.path.as_str()) {
        ("Bearer pasted", "/audiosocket/v1/ping") => (204, "application/json", String::new()),
        ("Bearer pasted", _) => json(200, &json!({"data": []})),
        _ => json(
            401,
            &json!({"status": 401, "message": "Unauthorized", "error": "Invalid or missing Bearer Token"}),
        ),
    }
}

#[tokio::test]
async fn a_token_is_pasted_tried_and_kept() {
    let (stand, vault) = (Stand::start(takes_pasted), Arc::new(MemoryVault::default()));
    let catalog = blank(&stand, &vault);
    catalog.restore().await.unwrap();
    assert_eq!(fields(catalog.sign_in(begin()).await.unwrap()), [("token", true)]);
    assert_eq!(fields(catalog.sign_in(answer(&[("token", "  ")])).await.unwrap()), [("token", true)]);
    let error = catalog.sign_in(answer(&[("token", "wr0ng")])).await.unwrap_err();
    assert_eq!(error.to_string(), "Audiosocket refused: it does not take this token");
    assert!(
        matches!(catalog.capabilities().sign_in, SignIn::Missing(_))
            && !format!("{error:?}").contains("wr0ng")
    );
    let done = catalog.sign_in(answer(&[("token", " Bearer pasted ")])).await.unwrap();
    assert_eq!(done, SignInStep::Done { who: "your token".into() });
    assert_eq!(catalog.capabilities().sign_in, SignIn::Ready);
    assert!(catalog.search(&words("sea", 10, 0)).await.is_ok());
    // The next run takes it up without a question to anybody; another place for the API does not.
    let before = stand.calls().len();
    let next = blank(&stand, &vault);
    next.restore().await.unwrap();
    assert_eq!((next.capabilities().sign_in, stand.calls().len()), (SignIn::Ready, before));
    let elsewhere = Stand::start(|_| json(200, &json!({})));
    let other = blank(&elsewhere, &vault);
    other.restore().await.unwrap();
    assert!(matches!(other.capabilities().sign_in, SignIn::Missing(_)));
    next.sign_out().await.unwrap();
    assert!(matches!(next.capabilities().sign_in, SignIn::Missing(_)));
    assert!(vault.read(ID).await.unwrap().is_none());
    let next = blank(&stand, &vault);
    next.restore().await.unwrap();
    assert!(next.search(&words("sea", 10, 0)).await.is_err());
}

/// Where nobody knows the path of the ping, the token is kept and the first call tells.
#[tokio::test]
async fn a_token_that_cannot_be_tried_is_kept() {
    let stand = Stand::start(|_| json(404, &""));
    let catalog = blank(&stand, &Arc::default());
    assert!(matches!(catalog.sign_in(answer(&[("token", "x")])).await, Ok(SignInStep::Done { .. })));
    let stand = Stand::start(|_| json(503, &""));
    let catalog = blank(&stand, &Arc::default());
    assert_eq!(
        catalog.sign_in(answer(&[("token", "x")])).await.unwrap_err().fault().kind,
        FaultKind::Network
    );
}

/// 401 asks for another token, 403 does not.
#[tokio::test]
async fn a_token_that_is_no_longer_good_is_told_and_kept() {
    let stand = Stand::start(|call| match call.param("query") {
        "gone" => json(401, &json!({"status": 401, "error": "Invalid or missing Bearer Token"})),
        "secret" => json(403, &json!({"status": 403, "error": "Access to this resource is denied"})),
        _ => json(200, &json!({"data": []})),
    });
    let catalog = audiosocket(&stand);
    let kind =
        async |query: &str| catalog.search(&words(query, 10, 0)).await.err().map(|error| error.fault().kind);
    assert_eq!(kind("secret").await, Some(FaultKind::Refused));
    assert_eq!(catalog.capabilities().sign_in, SignIn::Ready);
    assert_eq!(kind("gone").await, Some(FaultKind::SignInNeeded));
    assert!(matches!(catalog.capabilities().sign_in, SignIn::Missing(_)));
    assert_eq!(kind("sea").await, None);
    assert_eq!(catalog.capabilities().sign_in, SignIn::Ready);
}

fn site(call: &Call) -> Reply {
    let refused = |words: &str| json(422, &json!({ "message": words }));
    match (call.path.as_str(), call.header("auth-token")) {
        ("/api/consumer/session", "") if call.body.contains("pa55") => json(
            200,
            &json!({"auth_token": "c0nsumer", "first_name": "Ada", "last_name": "Cole", "email": "ada@example.net"}),
        ),
        ("/api/consumer/session", _) => json(401, &json!({"message": "Invalid email or password"})),
        ("/api/consumer/tracks", _) => json(200, &json!({"tracks": []})),
        (_, "c0nsumer") if call.path.contains("favorite_tracks") => {
            json(200, &json!({"status": "No favorite tracks"}))
        }
        _ => refused("Auth token is missing or invalid"),
    }
}

#[tokio::test]
async fn the_site_wants_e_mail_and_password() {
    let stand = Stand::start(site);
    let catalog = of(AudiosocketProfile::Consumer, &stand);
    assert!(catalog.search(&words("sea", 10, 0)).await.is_ok(), "tracks need nobody to sign in");
    assert_eq!((catalog.capabilities().own_playlists, catalog.capabilities().powers.like), (None, vec![]));
    let favorites = ListId("favorites".to_owned());
    let fault = catalog.browse(&favorites, 0).await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::SignInNeeded);
    assert_eq!(fields(catalog.sign_in(begin()).await.unwrap()), [("email", false), ("password", true)]);
    let error =
        catalog.sign_in(answer(&[("email", "ada@example.net"), ("password", "wr0ng")])).await.unwrap_err();
    assert_eq!(error.to_string(), "Audiosocket refused: it knows no such e-mail address and password");
    let done = catalog.sign_in(answer(&[("email", "ada@example.net"), ("password", "pa55")])).await.unwrap();
    assert_eq!(done, SignInStep::Done { who: "Ada Cole".into() });
    let able = catalog.capabilities();
    assert_eq!((able.account.who.unwrap().as_str(), able.powers.note_downloads), ("Ada Cole", true));
    assert_eq!(catalog.browse(&favorites, 0).await.unwrap(), Page::default());
    let call = stand.calls().pop().unwrap();
    assert_eq!((call.header("authorization"), call.header("auth-token")), ("app.jwt", "c0nsumer"));
    // The service ends the session: who was signed in is not, and what needs nobody goes on.
    let fault = catalog.browse(&ListId("own".to_owned()), 0).await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::SignInNeeded);
    let able = catalog.capabilities();
    assert_eq!((able.account.who, able.sign_in), (None, SignIn::Ready));
    assert!(catalog.search(&words("sea", 10, 0)).await.is_ok());
}

#[tokio::test]
async fn without_the_sites_own_token_nothing_is_sent() {
    let stand = Stand::start(site);
    let settings = AudiosocketSettings { profile: AudiosocketProfile::Consumer, ..settings(&stand) };
    let catalog = with(&settings);
    let SignIn::Missing(words) = catalog.capabilities().sign_in else { panic!() };
    assert_eq!(words.as_str(), "Set services.audiosocket.app_token");
    assert!(catalog.sign_in(answer(&[("email", "a"), ("password", "pa55")])).await.is_err());
    assert!(stand.calls().is_empty());
}
