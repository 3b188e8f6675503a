//! Signing in, staying signed in, and signing out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::join_all;

use super::*;
use crate::catalog::audius::sign_in::challenge;
use crate::catalog::odd_vaults::{OddVault, check_unkept};
use crate::catalog::{MemoryVault, Vault};
use crate::model::Change;

const ME_BARE: &str = include_str!("../../../../tests/fixtures/catalog/audius/me_bare.json");
const ME_WRAPPED: &str = include_str!("../../../../tests/fixtures/catalog/audius/me_wrapped.json");

/// A listener's Audius, what it keeps, and its clock.
pub(super) struct Desk {
    pub audius: Audius,
    pub vault: Arc<MemoryVault>,
    pub time: Arc<AtomicU64>,
}

pub(super) fn desk(base: Url, vault: &Arc<MemoryVault>) -> Desk {
    let (time, vault) = (Arc::new(AtomicU64::new(1000)), Arc::clone(vault));
    Desk { audius: over(base, &time, Arc::clone(&vault) as Arc<dyn Vault>), vault, time }
}

fn over(base: Url, time: &Arc<AtomicU64>, vault: Arc<dyn Vault>) -> Audius {
    let clock = Arc::clone(time);
    let unix_time = Arc::new(move || clock.load(Ordering::SeqCst));
    let settings =
        AudiusSettings { base_url: Some(base), api_key: "k3y".into(), ..AudiusSettings::default() };
    Audius::new(&settings, &net(), &Surroundings { unix_time, vault, ..surroundings(0) })
}

fn pairs(query: &[(&str, &str)]) -> Vec<(String, Secret)> {
    query.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect()
}

async fn begin(audius: &Audius, callback: Option<&str>) -> Url {
    let callback = callback.map(|callback| callback.parse().unwrap());
    match audius.sign_in(SignInAnswer::Begin { callback }).await.unwrap() {
        SignInStep::Visit { address, code: Some(_) } => address,
        other => panic!("{other:?}"),
    }
}

fn param(address: &Url, name: &str) -> String {
    address
        .query_pairs()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// Signs in at a server that plays along.
pub(super) async fn signed_in(desk: &Desk) {
    assert_eq!(enter(&desk.audius).await.unwrap(), SignInStep::done("Ada Cole"));
}

async fn enter(audius: &Audius) -> Result<SignInStep, CatalogError> {
    let address = begin(audius, Some("http://localhost:8976/callback")).await;
    let answer = pairs(&[("code", "c0de"), ("state", &param(&address, "state"))]);
    audius.sign_in(SignInAnswer::Callback(answer)).await
}

/// Tokens `a1`/`r1`, then `a2`/`r2`, each good only as the newest; a bearer that is not gets a 401.
pub(super) fn service() -> impl Fn(&Call) -> Reply + Send + Sync {
    let turn = AtomicU64::new(0);
    move |call| {
        let path = call.path.strip_prefix("/audius/v1").unwrap_or_default();
        let body: Value = serde_json::from_str(&call.body).unwrap_or_default();
        let tokens = || {
            let turn = turn.fetch_add(1, Ordering::SeqCst) + 1;
            json(
                200,
                &json!({ "access_token": format!("a{turn}"), "refresh_token": format!("r{turn}"),
                "token_type": "Bearer", "expires_in": 3600, "refresh_expires_in": 2_592_000 }),
            )
        };
        let now = turn.load(Ordering::SeqCst);
        let refused =
            |words: &str| json(400, &json!({ "error": "invalid_grant", "error_description": words }));
        if path == "/oauth/token" {
            return match body["grant_type"].as_str() {
                Some("authorization_code") if body["code"] == "c0de" => tokens(),
                Some("refresh_token") if body["refresh_token"] == format!("r{now}") => tokens(),
                _ => refused("it is over"),
            };
        }
        let bearer = call.header("authorization");
        if !bearer.is_empty() && bearer != format!("Bearer a{now}") {
            return json(401, &json!({ "code": 401, "error": "unauthorized" }));
        }
        if bearer.is_empty() && !call.param("user_id").is_empty() {
            return json(
                403,
                &json!({ "code": 403, "error": "You are not authorized to make this request" }),
            );
        }
        match path {
            "/oauth/revoke" => json(200, &"{}"),
            "/me" if now % 2 == 1 => json(200, &ME_BARE),
            "/me" => json(200, &ME_WRAPPED),
            "/users/41" | "/users/nlGNe" => {
                json(200, &json!({ "data": { "id": "nlGNe", "name": "Ada Cole" } }))
            }
            _ if call.method != "GET" => json(200, &json!({ "success": true })),
            _ => json(200, &json!({ "data": [] })),
        }
    }
}

/// RFC 7636 appendix B.
#[test]
fn the_challenge_is_the_one_of_the_rfc() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[tokio::test]
async fn the_browser_is_asked_as_the_document_says() {
    let stand = Stand::start(service());
    let desk = desk(stand.url("/audius"), &Arc::default());
    let address = begin(&desk.audius, Some("http://localhost:8976/callback")).await;
    assert!(address.as_str().starts_with(stand.url("/audius/v1/oauth/authorize?").as_str()));
    let rows = [
        ("response_type", "code"),
        ("scope", "write"),
        ("api_key", "k3y"),
        ("redirect_uri", "http://localhost:8976/callback"),
        ("code_challenge_method", "S256"),
        ("response_mode", "query"),
    ];
    for (name, expected) in rows {
        assert_eq!(param(&address, name), expected, "{name}");
    }
    let state = param(&address, "state");
    assert!(state.len() >= 32 && state != param(&begin(&desk.audius, None).await, "state"));
    let address = begin(&desk.audius, Some("http://localhost:8976/callback")).await;
    let answer = pairs(&[("code", "c0de"), ("state", &param(&address, "state"))]);
    desk.audius.sign_in(SignInAnswer::Callback(answer)).await.unwrap();
    let calls = stand.calls();
    let lines: Vec<String> = calls.iter().map(Call::line).collect();
    assert_eq!(lines, ["POST /audius/v1/oauth/token", "GET /audius/v1/me", "GET /audius/v1/users/41"]);
    let body: Value = serde_json::from_str(&calls[0].body).unwrap();
    let verifier = body["code_verifier"].as_str().unwrap();
    assert!((43..=128).contains(&verifier.len()));
    assert!(verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)));
    assert_eq!(challenge(verifier), param(&address, "code_challenge"));
    assert_eq!(
        (&body["grant_type"], &body["client_id"], &body["redirect_uri"]),
        (&json!("authorization_code"), &json!("k3y"), &json!("http://localhost:8976/callback"))
    );
    assert_eq!((calls[1].header("authorization"), calls[2].header("authorization")), ("Bearer a1", ""));
    let can = desk.audius.capabilities();
    assert_eq!(can.account.who.as_ref().map(crate::model::CleanText::as_str), Some("Ada Cole"));
    assert!(can.powers.create_playlist && can.own_playlists.is_some());
    assert!(can.lists.iter().any(|list| list.title.as_str() == "Feed"));
}

#[tokio::test]
async fn answers_of_others_are_not_taken() {
    let stand = Stand::start(service());
    let desk = desk(stand.url("/audius"), &Arc::default());
    let refused = async |answer: SignInAnswer, words: &str| {
        let fault = desk.audius.sign_in(answer).await.unwrap_err().fault();
        assert!(fault.kind == FaultKind::Refused && fault.to_string().contains(words), "{fault}");
    };
    let callback = |query: &[(&str, &str)]| SignInAnswer::Callback(pairs(query));
    refused(callback(&[("code", "c0de"), ("state", "x")]), "no answer to the sign-in").await;
    let address = begin(&desk.audius, None).await;
    assert_eq!(param(&address, "redirect_uri"), "http://localhost:8976/callback");
    let state = param(&address, "state");
    for other in ["", "x", &state[1..], &format!("{state}x"), &state.to_uppercase().replace('0', "1")] {
        refused(callback(&[("code", "c0de"), ("state", other)]), "no answer to the sign-in").await;
    }
    assert!(stand.calls().is_empty());
    let said_no = [("error", "access_denied"), ("error_description", "Ada said no"), ("state", &state)];
    refused(callback(&said_no), "Ada said no").await;
    // Each beginning is good for one end.
    refused(callback(&[("code", "c0de"), ("state", &state)]), "no answer").await;
    let state = param(&begin(&desk.audius, None).await, "state");
    refused(callback(&[("state", &state)]), "without a code").await;
    let state = param(&begin(&desk.audius, None).await, "state");
    refused(callback(&[("code", "wrong"), ("state", &state)]), "it is over").await;
    refused(SignInAnswer::Form(pairs(&[("address", "c0de")])), "whole address").await;
    // The address can be pasted where the browser cannot come back.
    let state = param(&begin(&desk.audius, None).await, "state");
    let shown = format!("http://localhost:8976/callback?code=c0de&state={state}");
    let step = desk.audius.sign_in(SignInAnswer::Form(pairs(&[("address", &shown)]))).await.unwrap();
    assert_eq!(step, SignInStep::done("Ada Cole"));
    let nameless = audius(&stand, "");
    assert_eq!(nameless.capabilities().account.way, None);
    let fault = nameless.sign_in(SignInAnswer::Begin { callback: None }).await.unwrap_err().fault();
    assert!(fault.hint.unwrap().as_str().contains("services.audius.api_key"));
}

#[tokio::test]
async fn a_session_is_taken_up_again_and_renewed() {
    let stand = Stand::start(service());
    let vault = Arc::default();
    signed_in(&desk(stand.url("/audius"), &vault)).await;
    let later = desk(stand.url("/audius"), &vault);
    assert_eq!(later.audius.capabilities().account.who, None);
    let before = stand.calls().len();
    later.audius.restore().await.unwrap();
    assert_eq!(stand.calls().len(), before, "nothing is asked of the network");
    assert!(later.audius.capabilities().account.who.is_some());
    later.audius.change(&like()).await.unwrap();
    let call = stand.calls().pop().unwrap();
    assert_eq!(call.line(), "POST /audius/v1/tracks/D7KyD/favorites");
    assert_eq!((call.header("authorization"), call.param("user_id")), ("Bearer a1", "nlGNe"));
    // Shortly before its end the token is renewed, with the refresh token that serves once.
    later.time.store(1000 + 3600 - 30, Ordering::SeqCst);
    later.audius.change(&like()).await.unwrap();
    let calls = stand.calls();
    let lines: Vec<String> = calls[calls.len() - 2..].iter().map(Call::line).collect();
    assert_eq!(lines, ["POST /audius/v1/oauth/token", "POST /audius/v1/tracks/D7KyD/favorites"]);
    let body: Value = serde_json::from_str(&calls[calls.len() - 2].body).unwrap();
    assert_eq!(body, json!({ "grant_type": "refresh_token", "refresh_token": "r1", "client_id": "k3y" }));
    assert_eq!(calls[calls.len() - 1].header("authorization"), "Bearer a2");
    let kept = vault.read(ID).await.unwrap().unwrap();
    assert!(kept.reveal().contains("\"r2\"") && !kept.reveal().contains("\"r1\""));
}

/// Another address in the settings may be another's.
#[tokio::test]
async fn a_session_is_good_where_it_was_made() {
    let (stand, other) = (Stand::start(service()), Stand::start(service()));
    let vault = Arc::default();
    signed_in(&desk(stand.url("/audius"), &vault)).await;
    let elsewhere = desk(other.url("/audius"), &vault);
    let fault = elsewhere.audius.restore().await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::SignInNeeded);
    assert!(fault.to_string().contains("was not made at http://127.0.0.1:"), "{fault}");
    assert_eq!(elsewhere.audius.capabilities().account.who, None);
    elsewhere.audius.change(&like()).await.unwrap_err();
    assert_eq!(other.calls().len(), 0);
    // Who is signed in here while another run signs in elsewhere renews nothing.
    let here = desk(stand.url("/audius"), &vault);
    here.audius.restore().await.unwrap();
    signed_in(&elsewhere).await;
    here.time.store(5000, Ordering::SeqCst);
    let fault = here.audius.change(&like()).await.unwrap_err().fault();
    assert!(fault.to_string().contains("was not made at"), "{fault}");
    assert_eq!(here.audius.capabilities().account.who, None);

    // Earlier versions noted no origin: what they kept is good at the API that is named until another is set.
    let text = vault.read(ID).await.unwrap().unwrap();
    let mut kept: Value = serde_json::from_str(text.reveal()).unwrap();
    assert!(kept.as_object_mut().unwrap().remove("origin").is_some());
    vault.write(ID, &Secret::new(kept.to_string())).await.unwrap();
    let usual = AudiusSettings::default().base_url.unwrap();
    for (base, expected) in [(other.url("/audius"), false), (usual, true)] {
        let desk = desk(base.clone(), &vault);
        assert_eq!(desk.audius.restore().await.is_ok(), expected, "{base}");
        assert_eq!(desk.audius.capabilities().account.who.is_some(), expected, "{base}");
    }
}

fn like() -> Change {
    Change::Like { item: "audius:track:D7KyD".parse().unwrap(), on: true }
}

/// The pair before is spent: going back to it would end the session.
#[tokio::test]
async fn what_could_not_be_kept_is_used_until_the_end() {
    let stand = Stand::start(service());
    let time = Arc::new(AtomicU64::new(1000));
    let audius = over(stand.url("/audius"), &time, OddVault::full_after(1));
    enter(&audius).await.unwrap();
    for (now, bearer) in [(5000, "Bearer a2"), (9000, "Bearer a3"), (13_000, "Bearer a4")] {
        time.store(now, Ordering::SeqCst);
        audius.change(&like()).await.unwrap();
        assert_eq!(stand.calls().pop().unwrap().header("authorization"), bearer);
    }
}

/// Nothing is ever in the vault: the session lives on all the same.
#[tokio::test]
async fn a_sign_in_that_cannot_be_kept_lasts_until_the_end() {
    let (stand, time) = (Stand::start(service()), Arc::new(AtomicU64::new(1000)));
    let make = |vault| over(stand.url("/audius"), &time, vault);
    for audius in check_unkept(make, enter).await {
        enter(&audius).await.unwrap();
        for _ in 0..3 {
            time.fetch_add(4000, Ordering::SeqCst);
            audius.restore().await.unwrap_or_default();
            audius.change(&like()).await.unwrap();
        }
        assert!(audius.capabilities().account.who.is_some());
    }
}

/// A renewal goes on when nobody waits for it any more: its token would be lost.
#[tokio::test]
async fn a_renewal_outlives_who_asked_for_it() {
    let stand = Stand::start(service());
    let desk = desk(stand.url("/audius"), &Arc::default());
    signed_in(&desk).await;
    desk.time.store(5000, Ordering::SeqCst);
    assert!(desk.audius.change(&like()).now_or_never().is_none(), "given up while it waits");
    let mut is_renewed = false;
    for _ in 0..1_000_000 {
        is_renewed = desk.vault.read(ID).await.unwrap().unwrap().reveal().contains("\"r2\"");
        if is_renewed {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(is_renewed);
    desk.audius.change(&like()).await.unwrap();
    assert_eq!(stand.calls().pop().unwrap().header("authorization"), "Bearer a2");
}

/// Ten calls find the token refused at the same time, in two copies of the program: one renewal.
#[tokio::test]
async fn a_token_is_renewed_once_for_all() {
    let stand = Stand::start(service());
    let vault = Arc::default();
    let desks = [desk(stand.url("/audius"), &vault), desk(stand.url("/audius"), &vault)];
    signed_in(&desks[0]).await;
    desks[1].audius.restore().await.unwrap();
    for desk in &desks {
        desk.time.store(5000, Ordering::SeqCst);
    }
    let like = |at: usize| Change::Like { item: format!("audius:track:t{at}").parse().unwrap(), on: true };
    let likes: Vec<Change> = (0..10).map(like).collect();
    let calls = likes.iter().enumerate().map(|(at, like)| desks[at % 2].audius.change(like));
    for made in join_all(calls).await {
        made.unwrap();
    }
    let renewals = stand.calls().iter().filter(|call| call.body.contains("refresh_token\"")).count();
    // The sign-in's own body names none.
    assert_eq!(renewals, 1);
}

#[tokio::test]
async fn a_session_that_is_over_is_forgotten() {
    let stand = Stand::start(|call| match call.path.as_str() {
        "/audius/v1/oauth/token" if call.body.contains("authorization_code") => {
            // All but the first may be missing.
            json(200, &json!({ "access_token": "a1", "refresh_token": "r1" }))
        }
        "/audius/v1/oauth/token" => json(400, &json!({ "error": "invalid_grant" })),
        "/audius/v1/me" => json(200, &ME_WRAPPED),
        _ if !call.header("authorization").is_empty() => json(401, &json!({ "code": 401, "error": "no" })),
        _ => json(200, &json!({ "data": [{ "id": "a", "name": "Ada Cole" }] })),
    });
    let desk = desk(stand.url("/audius"), &Arc::default());
    signed_in(&desk).await;
    // What everybody may see is there still.
    let page = desk.audius.browse(&ListId("trending-week".to_owned()), 0).await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(desk.audius.capabilities().account.who, None);
    assert_eq!(desk.vault.read(ID).await.unwrap(), None);
    for list in ["mine/feed", "mine/playlists"] {
        let fault = desk.audius.browse(&ListId(list.to_owned()), 0).await.unwrap_err().fault();
        assert_eq!(fault.kind, FaultKind::SignInNeeded);
    }
    let last = stand.calls().pop().unwrap();
    assert_eq!((last.header("authorization"), last.param("user_id")), ("", ""));
}

/// A server that fails is no reason to sign anybody out.
#[tokio::test]
async fn a_renewal_that_fails_is_not_the_end() {
    for status in [500, 503, 429] {
        let first = AtomicU64::new(0);
        let stand = Stand::start(move |call| match call.path.as_str() {
            "/audius/v1/oauth/token" if first.fetch_add(1, Ordering::SeqCst) > 0 => json(status, &""),
            "/audius/v1/oauth/token" => {
                json(200, &json!({ "access_token": "a1", "refresh_token": "r1", "expires_in": "60" }))
            }
            "/audius/v1/me" => json(200, &ME_WRAPPED),
            _ => json(200, &json!({ "data": [{ "id": "a", "name": "Ada Cole" }] })),
        });
        let desk = desk(stand.url("/audius"), &Arc::default());
        signed_in(&desk).await;
        desk.time.store(2000, Ordering::SeqCst);
        desk.audius.browse(&ListId("mine/feed".to_owned()), 0).await.unwrap_err();
        assert!(desk.audius.capabilities().account.who.is_some(), "{status}");
        assert!(desk.vault.read(ID).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn signing_out_forgets_even_when_the_service_fails() {
    for status in [200, 500] {
        let all = service();
        let stand = Stand::start(move |call| match call.path.as_str() {
            "/audius/v1/oauth/revoke" => json(status, &"{}"),
            _ => all(call),
        });
        let desk = desk(stand.url("/audius"), &Arc::default());
        signed_in(&desk).await;
        desk.audius.sign_out().await.unwrap();
        assert_eq!(desk.audius.capabilities().account.who, None);
        assert_eq!(desk.vault.read(ID).await.unwrap(), None);
        let last = stand.calls().pop().unwrap();
        assert_eq!(last.line(), "POST /audius/v1/oauth/revoke");
        let body: Value = serde_json::from_str(&last.body).unwrap();
        assert_eq!(body, json!({ "token": "r1", "client_id": "k3y" }));
        desk.audius.sign_out().await.unwrap();
    }
}

/// Tokens go to the gateway and nowhere else, whoever redirects or fails.
#[tokio::test]
async fn nobody_else_sees_a_token() {
    let other = Arc::new(Stand::start(|_| json(200, &json!({ "data": [{ "id": "a" }] }))));
    let (listed, place) = (other.url("/other").to_string(), other.url("/other/v1/catch"));
    let place: &'static str = Box::leak(format!("text/html\r\nLocation: {place}").into_boxed_str());
    let all = service();
    let is_down = Arc::new(AtomicU64::new(0));
    let down = Arc::clone(&is_down);
    let stand = Stand::start(move |call| match call.path.as_str() {
        "/audius" => json(200, &json!({ "data": [listed] })),
        "/audius/v1/users/nlGNe/feed" | "/audius/v1/oauth/revoke" => (307, place, String::new()),
        "/audius/v1/tracks/trending" if down.load(Ordering::SeqCst) == 1 => json(500, &""),
        _ => all(call),
    });
    let desk = desk(stand.url("/audius"), &Arc::default());
    signed_in(&desk).await;
    desk.audius.browse(&ListId("mine/feed".to_owned()), 0).await.unwrap();
    assert_eq!(other.calls().len(), 1);
    is_down.store(1, Ordering::SeqCst);
    desk.audius.browse(&ListId("trending-week".to_owned()), 0).await.unwrap();
    desk.audius.sign_out().await.unwrap();
    let calls = other.calls();
    assert_eq!(calls.len(), 2, "the body of a sign-out is not sent on");
    for call in calls {
        let all = format!("{call:?}");
        assert!(!all.contains("a1") && !all.contains("r1") && !all.contains("user_id"), "{all}");
    }
}
