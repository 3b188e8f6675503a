//! Signing in and out: what is asked, what is kept, and what is told when it is refused.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::profiles::of;
use super::*;
use crate::catalog::odd_vaults::check_unkept;
use crate::catalog::{CatalogError, MemoryVault, Vault};
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
    assert_eq!(done, SignInStep::done("your token"));
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
    assert_eq!(done, SignInStep::done("Ada Cole"));
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

/// The site, which names the sessions by number and takes the newest alone. An old one asks for favourites until
/// `late` lets its answer go.
fn counted(late: std::sync::mpsc::Receiver<()>) -> Stand {
    let (number, late) = (AtomicU64::new(0), Mutex::new(late));
    Stand::start(move |call| {
        let now = |number: u64| format!("c0nsumer-{number}");
        let token = call.header("auth-token");
        match call.path.as_str() {
            "/api/consumer/session" => {
                let next = number.fetch_add(1, Ordering::SeqCst) + 1;
                json(200, &json!({"auth_token": now(next), "first_name": "Ada"}))
            }
            "/api/consumer/tracks" => json(200, &json!({"tracks": []})),
            path if path.contains("favorite_sfxes") => {
                late.lock().unwrap().recv().unwrap();
                json(401, &json!({"message": "Auth token is missing or invalid"}))
            }
            _ if token == now(number.load(Ordering::SeqCst)) => json(200, &json!({"data": []})),
            _ => json(401, &json!({"message": "Auth token is missing or invalid"})),
        }
    })
}

fn consumer(stand: &Stand, vault: Arc<dyn Vault>, pages: Option<std::path::PathBuf>) -> Audiosocket {
    let settings = AudiosocketSettings {
        profile: AudiosocketProfile::Consumer,
        base_url: Some(stand.url("/api")),
        app_token: "app.jwt".into(),
        ..AudiosocketSettings::default()
    };
    Audiosocket::new(&settings, &net(), &Surroundings { vault, pages, ..surroundings(1000) })
}

async fn enter(catalog: &Audiosocket) -> Result<SignInStep, CatalogError> {
    catalog.sign_in(begin()).await?;
    catalog.sign_in(answer(&[("email", "ada@example.net"), ("password", "pa55")])).await
}

#[tokio::test]
async fn what_is_said_of_an_old_token_ends_no_new_session() {
    let (let_go, late) = std::sync::mpsc::channel();
    let (stand, vault) = (counted(late), Arc::new(MemoryVault::default()));
    let catalog = consumer(&stand, Arc::clone(&vault) as Arc<dyn Vault>, None);
    enter(&catalog).await.unwrap();
    let list = ListId("favorite-sfx".to_owned());
    let again = async {
        enter(&catalog).await.unwrap();
        let_go.send(()).unwrap();
    };
    let (read, ()) = futures_util::join!(catalog.browse(&list, 0), again);
    assert_eq!(read.unwrap_err().fault().kind, FaultKind::SignInNeeded);
    assert_eq!(catalog.capabilities().account.who, Some("Ada".into()));
    assert!(vault.read(ID).await.unwrap().is_some());
    catalog.browse(&ListId("own".to_owned()), 0).await.unwrap();
}

#[tokio::test]
async fn nothing_is_left_of_a_session_that_has_ended() {
    let (let_go, late) = std::sync::mpsc::channel();
    let (stand, vault) = (counted(late), Arc::new(MemoryVault::default()));
    let pages = tempfile::tempdir().unwrap();
    let make = || consumer(&stand, Arc::clone(&vault) as Arc<dyn Vault>, Some(pages.path().to_owned()));
    let (catalog, own) = (make(), ListId("own".to_owned()));
    enter(&catalog).await.unwrap();
    let files = || std::fs::read_dir(pages.path()).unwrap().count();
    catalog.search(&words("sea", 10, 0)).await.unwrap();
    catalog.browse(&own, 0).await.unwrap();
    assert_eq!(files(), 2);
    let_go.send(()).unwrap();
    catalog.browse(&ListId("favorite-sfx".to_owned()), 0).await.unwrap_err();
    assert_eq!((vault.read(ID).await.unwrap(), files()), (None, 0));
    let next = make();
    next.restore().await.unwrap();
    assert_eq!(next.capabilities().account.who, None);
    // What another run of the program has kept since is not erased.
    enter(&catalog).await.unwrap();
    enter(&next).await.unwrap();
    let_go.send(()).unwrap();
    catalog.browse(&own, 0).await.unwrap_err();
    assert_eq!(
        (catalog.capabilities().account.who, next.capabilities().account.who),
        (None, Some("Ada".into()))
    );
    assert!(vault.read(ID).await.unwrap().is_some());
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_kept_lasts_until_the_end() {
    let stand = counted(std::sync::mpsc::channel().1);
    for catalog in check_unkept(|vault| consumer(&stand, vault, None), enter).await {
        enter(&catalog).await.unwrap();
        catalog.browse(&ListId("own".to_owned()), 0).await.unwrap();
    }
}
