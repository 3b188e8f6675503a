//! The three legs of a sign-in, and what is kept of it.

use super::*;
use crate::catalog::odd_vaults::check_unkept;
use crate::catalog::{CatalogError, MemoryVault, Vault};

const REQUEST_TOKEN: &str = include_str!("../../../../tests/fixtures/catalog/audiomack/request_token.txt");
const ACCESS_TOKEN: &str = include_str!("../../../../tests/fixtures/catalog/audiomack/access_token.txt");
const USER: &str = include_str!("../../../../tests/fixtures/catalog/audiomack/user.json");

const CALLBACK: &str = "http://127.0.0.1:8976/callback";

/// A form as the service sends it.
fn form(body: &str) -> Reply {
    (200, "application/x-www-form-urlencoded", body.to_owned())
}

fn server(call: &Call) -> Reply {
    match call.path.strip_prefix("/audiomack/v1").unwrap() {
        "/request_token" => form(REQUEST_TOKEN),
        "/access_token" if protocol(call, "oauth_verifier") == "v123" => form(ACCESS_TOKEN),
        "/access_token" => json(401, &json!({"errorcode": 1003, "message": "Invalid verifier"})),
        "/user" => json(200, &USER),
        _ => json(200, &json!({"results": []})),
    }
}

fn begin(callback: Option<&str>) -> SignInAnswer {
    SignInAnswer::Begin { callback: callback.map(|callback| callback.parse().unwrap()) }
}

fn callback(pairs: &[(&str, &str)]) -> SignInAnswer {
    SignInAnswer::Callback(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect())
}

fn typed(code: &str) -> SignInAnswer {
    SignInAnswer::Form(vec![("code".to_owned(), code.into())])
}

fn visit(step: SignInStep) -> Url {
    match step {
        SignInStep::Visit { address, code: Some(_) } => address,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_browser_comes_back_with_a_verifier() {
    let stand = Stand::start(server);
    let surroundings = surroundings(TIME);
    let catalog = Audiomack::new(&settings(&stand), &net(), &surroundings);
    assert_eq!(catalog.capabilities().account.who, None);
    let address = visit(catalog.sign_in(begin(Some(CALLBACK))).await.unwrap());
    assert_eq!(address.as_str(), "https://audiomack.com/oauth/authenticate?oauth_token=rq1");
    let back = callback(&[("oauth_token", "rq1"), ("oauth_verifier", "v123")]);
    let done = catalog.sign_in(back.clone()).await.unwrap();
    assert_eq!(done, SignInStep::done("Listener One"));

    let calls = stand.calls();
    let lines: Vec<_> = calls.iter().map(Call::line).collect();
    let expected =
        ["POST /audiomack/v1/request_token", "POST /audiomack/v1/access_token", "GET /audiomack/v1/user"];
    assert_eq!(lines, expected);
    assert_eq!(protocol(&calls[0], "oauth_callback"), CALLBACK);
    assert_eq!(["oauth_token", "oauth_verifier"].map(|name| protocol(&calls[1], name)), ["rq1", "v123"]);
    assert!(is_signed(&calls[2], Some(("at1", "as 1"))));
    let found = catalog.capabilities();
    assert_eq!(found.account.who.as_ref().map(CleanText::as_str), Some("Listener One"));
    assert_eq!(found.own_playlists, Some(ListId("mine/playlists".to_owned())));
    assert!(found.powers.create_playlist && found.lists.iter().any(|list| list.id.0 == "mine/feed"));
    assert!(catalog.sign_in(back).await.is_err(), "a verifier is good once");

    // Another run, and then the year is over.
    let later = |time| Surroundings { unix_time: Arc::new(move || time), ..surroundings.clone() };
    let next = Audiomack::new(&settings(&stand), &net(), &later(TIME + 86_400));
    next.restore().await.unwrap();
    assert_eq!(next.capabilities().account.who.as_ref().map(CleanText::as_str), Some("Listener One"));
    assert_eq!(stand.calls().len(), 3, "nothing is asked of the network");
    let next = Audiomack::new(&settings(&stand), &net(), &later(1_767_225_600));
    next.restore().await.unwrap();
    assert_eq!(next.capabilities().account.who, None);
    assert_eq!(surroundings.vault.read(ID).await.unwrap(), None);
}

#[tokio::test]
async fn a_sign_in_is_good_where_it_was_made() {
    let (stand, other) = (Stand::start(server), Stand::start(server));
    let surroundings = surroundings(TIME);
    let make = |stand: &Stand| Audiomack::new(&settings(stand), &net(), &surroundings);
    let catalog = make(&stand);
    catalog.sign_in(begin(None)).await.unwrap();
    catalog.sign_in(typed("v123")).await.unwrap();
    let elsewhere = make(&other);
    let fault = elsewhere.restore().await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::SignInNeeded);
    assert!(fault.to_string().contains("was not made at http://127.0.0.1:"), "{fault}");
    assert_eq!(elsewhere.capabilities().account.who, None);
    let back = make(&stand);
    back.restore().await.unwrap();
    assert!(back.capabilities().account.who.is_some(), "it is kept for its own API");
}

/// A password is typed there.
#[tokio::test]
async fn the_page_to_agree_on_is_encrypted() {
    let stand = Stand::start(server);
    let rows = [
        ("http://audiomack.example/oauth", false),
        ("http://192.0.2.2/oauth", false),
        ("https://audiomack.example/oauth", true),
        ("http://127.0.0.1:4000/oauth", true),
    ];
    for (page, expected) in rows {
        let settings = AudiomackSettings { authorize_url: page.parse().ok(), ..settings(&stand) };
        let step = Audiomack::new(&settings, &net(), &surroundings(TIME)).sign_in(begin(None)).await;
        if expected {
            assert!(visit(step.unwrap()).as_str().starts_with(page), "{page}");
        } else {
            let hint = step.unwrap_err().fault().hint.unwrap();
            assert_eq!(hint.as_str(), "Set services.audiomack.authorize_url to an https address", "{page}");
        }
    }
}

/// The service may still be saying who is signed in when nobody is any more.
#[tokio::test]
async fn who_has_left_is_not_taken_back() {
    let stand = Stand::start(server);
    let surroundings = surroundings(TIME);
    let catalog = Audiomack::new(&settings(&stand), &net(), &surroundings);
    visit(catalog.sign_in(begin(None)).await.unwrap());
    catalog.sign_in(typed("v123")).await.unwrap();
    let session = catalog.session().unwrap();
    catalog.sign_out().await.unwrap();
    let _ = catalog.introduce(session).await;
    assert_eq!(catalog.capabilities().account.who, None);
    assert_eq!(surroundings.vault.read(ID).await.unwrap(), None);
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_kept_lasts_until_the_end() {
    let stand = Stand::start(server);
    let make =
        |vault| Audiomack::new(&settings(&stand), &net(), &Surroundings { vault, ..surroundings(TIME) });
    let enter = async |catalog: &Audiomack| {
        catalog.sign_in(begin(None)).await?;
        catalog.sign_in(typed("v123")).await
    };
    for catalog in check_unkept(make, enter).await {
        assert_eq!(catalog.own_slug().await.unwrap(), "listener-one");
    }
    // What cannot be read is told as such, too.
    let Some(catalog) = check_unkept(make, enter).await.pop() else { panic!() };
    assert!(matches!(catalog.restore().await, Err(CatalogError::Vault { .. })));
}

#[tokio::test]
async fn without_a_callback_a_code_is_typed() {
    let stand = Stand::start(server);
    let catalog = audiomack(&stand);
    visit(catalog.sign_in(begin(None)).await.unwrap());
    assert_eq!(protocol(&stand.calls()[0], "oauth_callback"), "oob");
    let fault = catalog.sign_in(typed("wrong-code")).await.unwrap_err().fault();
    assert!(
        fault.message.as_str().contains("not taken") && !fault.to_string().contains("wrong-code"),
        "{fault}"
    );
    // A mistyped code can be typed again.
    assert!(matches!(catalog.sign_in(typed(" v123 ")).await.unwrap(), SignInStep::Done { .. }));
    // The address at which a browser ended on another machine.
    visit(catalog.sign_in(begin(Some(CALLBACK))).await.unwrap());
    let pasted = format!("{CALLBACK}?oauth_token=rq1&oauth_verifier=v123");
    assert!(matches!(catalog.sign_in(typed(&pasted)).await.unwrap(), SignInStep::Done { .. }));
}

#[tokio::test]
async fn hostile_callbacks_are_refused() {
    let rows: [&[(&str, &str)]; 9] = [
        &[],
        &[("oauth_token", "rq1")],
        &[("oauth_verifier", "v123")],
        &[("oauth_token", ""), ("oauth_verifier", "v123")],
        &[("oauth_token", "rq2"), ("oauth_verifier", "v123")],
        &[("oauth_token", "rq"), ("oauth_verifier", "v123")],
        &[("oauth_token", "rq11"), ("oauth_verifier", "v123")],
        &[("oauth_token", "rq1"), ("oauth_verifier", "")],
        &[("oauth_token", "rq1"), ("oauth_verifier", "v123"), ("denied", "1")],
    ];
    for pairs in rows {
        let stand = Stand::start(server);
        let catalog = audiomack(&stand);
        assert!(catalog.sign_in(callback(pairs)).await.is_err(), "nothing has begun");
        catalog.sign_in(begin(Some(CALLBACK))).await.unwrap();
        let error = catalog.sign_in(callback(pairs)).await.unwrap_err();
        assert_eq!(error.fault().kind, FaultKind::Refused, "{pairs:?}: {error}");
        assert_eq!(stand.calls().len(), 1, "{pairs:?}");
        assert_eq!(catalog.capabilities().account.who, None);
    }
    let stand = Stand::start(server);
    let catalog = audiomack(&stand);
    catalog.sign_in(begin(Some(CALLBACK))).await.unwrap();
    let pasted = format!("{CALLBACK}?oauth_token=other&oauth_verifier=v123");
    assert!(catalog.sign_in(typed(&pasted)).await.is_err());
}

/// Section 2.1 of RFC 5849: a service that does not confirm the callback is not trusted with it.
#[tokio::test]
async fn the_callback_must_be_confirmed() {
    let check = async |body: &'static str, good: bool| {
        let stand = Stand::start(move |_| form(body));
        assert_eq!(audiomack(&stand).sign_in(begin(None)).await.is_ok(), good, "{body}");
    };
    check(REQUEST_TOKEN, true).await;
    check("oauth_token=rq1&oauth_token_secret=rs1", false).await;
    check("oauth_token=rq1&oauth_token_secret=rs1&oauth_callback_confirmed=false", false).await;
    check("oauth_token_secret=rs1&oauth_callback_confirmed=true", false).await;
    check("oauth_token=rq1&oauth_token_secret=&oauth_callback_confirmed=true", false).await;
    check("", false).await;
    check("<!DOCTYPE html><title>Sign in to this network</title>", false).await;
    check(r#"{"oauth_token":"rq1","oauth_token_secret":"rs1","oauth_callback_confirmed":"true"}"#, true)
        .await;
}

#[tokio::test]
async fn an_hour_is_all_there_is() {
    let stand = Stand::start(server);
    let time = Arc::new(std::sync::atomic::AtomicU64::new(TIME));
    let clock = Arc::clone(&time);
    let surroundings = Surroundings {
        unix_time: Arc::new(move || clock.load(std::sync::atomic::Ordering::Relaxed)),
        ..surroundings(TIME)
    };
    let catalog = Audiomack::new(&settings(&stand), &net(), &surroundings);
    catalog.sign_in(begin(Some(CALLBACK))).await.unwrap();
    time.fetch_add(3600, std::sync::atomic::Ordering::Relaxed);
    let back = callback(&[("oauth_token", "rq1"), ("oauth_verifier", "v123")]);
    assert!(catalog.sign_in(back).await.is_err());
    assert_eq!(stand.calls().len(), 1);
}

/// An expiry comes under any of these names, or not at all: then it is a year.
#[tokio::test]
async fn a_token_lives_until_it_says_or_a_year() {
    for (rest, expires) in [
        ("&oauth_expires=1767225600", 1_767_225_600),
        ("&expires=1767225600", 1_767_225_600),
        ("&expiration=1767225600", 1_767_225_600),
        ("&expires_at=1767225600", 1_767_225_600),
        ("&expires=3600", TIME + 365 * 86_400),
        ("", TIME + 365 * 86_400),
    ] {
        let body = format!("oauth_token=at1&oauth_token_secret=as1{rest}");
        let stand = Stand::start(move |call| match call.path.rsplit('/').next() {
            Some("access_token") => form(&body),
            Some("request_token") => form(REQUEST_TOKEN),
            _ => json(503, &""),
        });
        let vault = Arc::new(MemoryVault::default());
        let surroundings = Surroundings { vault: vault.clone(), ..surroundings(TIME) };
        let catalog = Audiomack::new(&settings(&stand), &net(), &surroundings);
        catalog.sign_in(begin(None)).await.unwrap();
        // The name is welcome, and the sign-in stands without.
        assert!(matches!(catalog.sign_in(typed("v")).await.unwrap(), SignInStep::Done { .. }));
        let kept: Value = serde_json::from_str(vault.read(ID).await.unwrap().unwrap().reveal()).unwrap();
        assert_eq!((&kept["token"], &kept["expires"]), (&json!("at1"), &json!(expires)), "{rest}");
    }
}

#[tokio::test]
async fn whoever_signs_out_is_forgotten() {
    let stand = Stand::start(server);
    let surroundings = surroundings(TIME);
    let catalog = Audiomack::new(&settings(&stand), &net(), &surroundings);
    catalog.sign_in(begin(None)).await.unwrap();
    catalog.sign_in(typed("v123")).await.unwrap();
    catalog.sign_out().await.unwrap();
    assert_eq!(catalog.capabilities().account.who, None);
    assert_eq!(surroundings.vault.read(ID).await.unwrap(), None);
    catalog.ping().await.unwrap();
    assert!(is_signed(stand.calls().last().unwrap(), None));
    let spoilt = Secret::new("{\"token\":7");
    surroundings.vault.write(ID, &spoilt).await.unwrap();
    catalog.restore().await.unwrap();
    assert_eq!(catalog.capabilities().account.who, None, "what cannot be read is nothing");
}

/// A token that has died ends the sign-in; everything that needs nobody works on.
#[tokio::test]
async fn a_dead_token_ends_the_sign_in() {
    let stand = Stand::start(|call| {
        if protocol(call, "oauth_token") == "at1" {
            return json(401, &json!({"errorcode": 1003, "message": "Invalid or expired access token"}));
        }
        json(200, &json!({"results": []}))
    });
    let surroundings = surroundings(TIME);
    let kept = |stand: &Stand| {
        let origin = stand.url("/").origin().ascii_serialization();
        let kept = json!({"origin": origin, "token": "at1", "secret": "as1", "expires": TIME + 86_400,
            "who": "L", "slug": "l"});
        Secret::new(kept.to_string())
    };
    surroundings.vault.write(ID, &kept(&stand)).await.unwrap();
    let catalog = Audiomack::new(&settings(&stand), &net(), &surroundings);
    catalog.restore().await.unwrap();
    let list = ListId("trending".to_owned());
    let fault = catalog.browse(&list, 0).await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::SignInNeeded);
    assert!(fault.hint.unwrap().as_str().starts_with("Your sign-in has ended"));
    assert_eq!(catalog.capabilities().account.who, None);
    assert_eq!(surroundings.vault.read(ID).await.unwrap(), None);
    catalog.browse(&list, 0).await.unwrap();

    // Where the program's own signature is refused as well, the keys are to blame and the sign-in stays.
    let refusing =
        Stand::start(|_| json(401, &json!({"errorcode": 1003, "message": "Invalid consumer key"})));
    surroundings.vault.write(ID, &kept(&refusing)).await.unwrap();
    let catalog = Audiomack::new(&settings(&refusing), &net(), &surroundings);
    catalog.restore().await.unwrap();
    let fault = catalog.browse(&list, 0).await.unwrap_err().fault();
    assert!(fault.hint.unwrap().as_str().contains("consumer_key"));
    assert!(catalog.capabilities().account.who.is_some());
}

/// No secret is in any `Debug` or error.
#[tokio::test]
async fn secrets_are_not_shown() {
    let stand = Stand::start(server);
    let catalog = audiomack(&stand);
    let step = catalog.sign_in(begin(None)).await.unwrap();
    let SignInStep::Visit { code: Some(form), .. } = step else { panic!() };
    assert!(form.fields[0].hidden);
    catalog.sign_in(typed("v123")).await.unwrap();
    let session = format!("{:?}", catalog.session());
    let answer = format!("{:?}", callback(&[("oauth_verifier", "v123")]));
    for secret in ["at1", "as 1", "rs/1+&", "v123", "demo secret"] {
        assert!(!session.contains(secret) && !answer.contains(secret), "{secret}");
    }
}
