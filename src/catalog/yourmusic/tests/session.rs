//! Signing in and staying so: the talk, and a refresh token that is good for one use.

use std::sync::Mutex;

use futures_util::FutureExt as _;
use futures_util::future::join_all;

use super::*;
use crate::catalog::odd_vaults::{OddVault, check_unkept};
use crate::catalog::{MemoryVault, Vault};
use crate::model::{Retry, Secret, SignInAnswer, SignInStep};

/// A service with one listener. Only the newest access token is taken, and each refresh token once.
pub(super) struct Desk {
    pub stand: Stand,
    /// How often the session was renewed.
    pub serial: Arc<AtomicU64>,
    pub vault: Arc<MemoryVault>,
    /// Tokens that were used before they were in the vault.
    hasty: Arc<Mutex<Vec<String>>>,
}

fn session(serial: u64) -> Reply {
    let answer = json!({"token_type": "Bearer", "access_token": format!("access-{serial}"), "expires_in": 3600,
        "refresh_token": format!("refresh-{serial}"), "refresh_expires_in": 2_592_000,
        "user": {"id": "u1", "first_name": "Ada", "last_name": "Cole", "status": "SUBSCRIBED"}});
    json(200, &answer)
}

impl Desk {
    pub(super) fn new() -> Self {
        let serial = Arc::new(AtomicU64::new(1));
        let (now, vault) = (Arc::clone(&serial), Arc::new(MemoryVault::default()));
        let hasty: Arc<Mutex<Vec<String>>> = Arc::default();
        let (kept, seen) = (Arc::clone(&vault), Arc::clone(&hasty));
        let stand = Stand::start(move |call| {
            let body: Value = serde_json::from_str(&call.body).unwrap_or_default();
            let number = now.load(Ordering::SeqCst);
            match call.line().as_str() {
                "POST /yourmusic/auth/refresh" if body["refresh_token"] == format!("refresh-{number}") => {
                    now.fetch_add(1, Ordering::SeqCst);
                    session(number + 1)
                }
                "POST /yourmusic/auth/refresh" => json(401, &json!({"message": "Unauthenticated."})),
                "POST /yourmusic/auth/otp/verify" => session(number),
                "POST /yourmusic/auth/logout" => (204, "text/plain", String::new()),
                "POST /yourmusic/auth/otp/send" => json(200, &json!({"message": "sent"})),
                _ if call.header("authorization") == format!("Bearer access-{number}") => {
                    let text = kept.read(ID).now_or_never().unwrap().unwrap();
                    let is_kept =
                        text.is_some_and(|text| text.reveal().contains(&format!("refresh-{number}")));
                    if !is_kept {
                        seen.lock().unwrap().push(format!("access-{number}"));
                    }
                    json(200, &json!({"track": {"id": 7, "title": "x"}}))
                }
                _ => json(401, &json!({"message": "Unauthenticated."})),
            }
        });
        Self { stand, serial, vault, hasty }
    }

    /// A player with the desk's vault.
    pub(super) fn player(&self) -> YourMusic {
        player(&self.stand, Arc::clone(&self.vault) as Arc<dyn Vault>, 1000)
    }

    pub(super) async fn signed_in(&self) -> YourMusic {
        let catalog = self.player();
        enter(&catalog).await;
        catalog
    }

    pub(super) fn refreshes(&self) -> usize {
        self.stand.calls().iter().filter(|call| call.path.ends_with("/refresh")).count()
    }
}

pub(super) fn listener(stand: &Stand) -> YourMusicSettings {
    YourMusicSettings {
        base_url: Some(stand.url("/yourmusic")),
        tenant: "acme-records".to_owned(),
        device_id: "a9b66a51-3cb6-4e66-bb94-675e83380fe5".to_owned(),
        ..YourMusicSettings::default()
    }
}

pub(super) fn player(stand: &Stand, vault: Arc<dyn Vault>, now: u64) -> YourMusic {
    let surroundings = Surroundings { vault, ..surroundings(now) };
    YourMusic::new(&listener(stand), &net(), &surroundings)
}

fn form(values: &[(&str, &str)]) -> SignInAnswer {
    let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), Secret::new(*value));
    SignInAnswer::Form(values.iter().map(pair).collect())
}

/// The words and the fields of a form.
fn asked(step: SignInStep) -> (String, Vec<&'static str>) {
    let SignInStep::Form(form) = step else { panic!("{step:?}") };
    (form.words.to_string(), form.fields.iter().map(|field| field.key).collect())
}

pub(super) async fn talk(catalog: &YourMusic) -> Result<SignInStep, CatalogError> {
    catalog.sign_in(SignInAnswer::Begin { callback: None }).await?;
    catalog.sign_in(form(&[("email", "ada@example.net")])).await?;
    catalog.sign_in(form(&[("code", " 013 72 ")])).await
}

pub(super) async fn enter(catalog: &YourMusic) {
    assert_eq!(talk(catalog).await.unwrap(), SignInStep::done("Ada Cole"));
}

#[tokio::test]
async fn a_code_signs_in_and_the_vault_keeps_it() {
    let desk = Desk::new();
    let catalog = desk.player();
    let before = catalog.capabilities();
    assert_eq!((before.sign_in, before.account.who), (SignIn::NotNeeded, None));
    assert!(before.account.way.is_some() && before.search.is_empty() && !before.powers.create_playlist);
    let (_, fields) = asked(catalog.sign_in(SignInAnswer::Begin { callback: None }).await.unwrap());
    assert_eq!(fields, ["email", "language"]);
    let wrong = asked(catalog.sign_in(form(&[("email", "nobody")])).await.unwrap());
    assert_eq!(wrong.1, ["email", "language"]);
    let language = form(&[("email", "ada@example.net"), ("language", "NL")]);
    let (words, fields) = asked(catalog.sign_in(language).await.unwrap());
    assert!(words.contains("ada@example.net"));
    assert_eq!(fields, ["code"]);
    catalog.sign_in(form(&[("code", "01372")])).await.unwrap();
    let bodies: Vec<Value> =
        desk.stand.calls().iter().map(|call| serde_json::from_str(&call.body).unwrap()).collect();
    let expected = [
        json!({"tenant": "acme-records", "email": "ada@example.net", "locale": "nl"}),
        json!({"tenant": "acme-records", "email": "ada@example.net", "code": "01372",
            "device_id": "a9b66a51-3cb6-4e66-bb94-675e83380fe5"}),
    ];
    assert_eq!(bodies, expected);
    assert_eq!(catalog.capabilities().account.who, Some("Ada Cole".into()));
    assert_eq!(catalog.capabilities().sign_in, SignIn::Ready);

    // Another start of the program: nothing is asked of the network.
    let asked = desk.stand.calls().len();
    let later = desk.player();
    later.restore().await.unwrap();
    assert_eq!(later.capabilities().account.who, Some("Ada Cole".into()));
    assert_eq!(desk.stand.calls().len(), asked);
    later.track("7").await.unwrap();

    later.sign_out().await.unwrap();
    assert_eq!(later.capabilities().account.who, None);
    assert_eq!(desk.vault.read(ID).await, Ok(None));
    let call = desk.stand.calls().pop().unwrap();
    assert_eq!(
        (call.line().as_str(), call.body.as_str()),
        ("POST /yourmusic/auth/logout", r#"{"refresh_token":"refresh-1"}"#)
    );
    let fault = later.track("7").await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::SignInNeeded);
    assert!(fault.to_string().contains("segue login yourmusic"), "{fault}");
}

#[tokio::test]
async fn wrong_codes_are_counted_and_not_repeated_in_words() {
    let stand = Stand::start(|call| match call.path.as_str() {
        "/yourmusic/auth/otp/verify" => json(422, &json!({"errors": {"code": ["98765 is wrong"]}})),
        _ => json(200, &json!({})),
    });
    let catalog = player(&stand, Arc::new(MemoryVault::default()), 1000);
    catalog.sign_in(SignInAnswer::Begin { callback: None }).await.unwrap();
    catalog.sign_in(form(&[("email", "ada@example.net")])).await.unwrap();
    let empty = asked(catalog.sign_in(form(&[("code", " ")])).await.unwrap());
    assert!(empty.0.contains("Type the code"));
    for left in ["2 tries are left", "1 try is left"] {
        let (words, fields) = asked(catalog.sign_in(form(&[("code", "98765")])).await.unwrap());
        assert!(words.contains(left) && !words.contains("98765"), "{words}");
        assert_eq!(fields, ["code"]);
    }
    let (words, fields) = asked(catalog.sign_in(form(&[("code", "98765")])).await.unwrap());
    assert!(words.contains("3 wrong codes") && !words.contains("98765"), "{words}");
    assert_eq!(fields, ["email", "language"], "it begins again");
    let sent = || stand.calls().iter().filter(|call| call.path.ends_with("/send")).count();
    assert_eq!(sent(), 1, "a code is sent once");
    // And then one waits.
    let fault = catalog.sign_in(form(&[("email", "ada@example.net")])).await.unwrap_err().fault();
    assert_eq!((fault.kind, fault.retry), (FaultKind::Limited, Retry::Later));
    assert_eq!(sent(), 1);
}

/// The token tells, whatever the status is; the listener then says who they are.
#[tokio::test]
async fn a_new_listener_is_asked_who_they_are() {
    for status in [200, 201, 202, 404] {
        let stand = Stand::start(move |call| match call.path.as_str() {
            "/yourmusic/auth/otp/verify" => json(status, &json!({"data": {"onboarding_token": "once"}})),
            "/yourmusic/auth/onboarding" => session(1),
            _ => json(200, &json!({})),
        });
        let catalog = player(&stand, Arc::new(MemoryVault::default()), 1000);
        catalog.sign_in(SignInAnswer::Begin { callback: None }).await.unwrap();
        catalog.sign_in(form(&[("email", "new@example.net")])).await.unwrap();
        let (_, fields) = asked(catalog.sign_in(form(&[("code", "01372")])).await.unwrap());
        assert_eq!(fields, ["first_name", "last_name", "date_of_birth"]);
        let about = |born| form(&[("first_name", "Ada"), ("last_name", "Cole"), ("date_of_birth", born)]);
        for born in ["15.1.1990", "1990-13-01", "90-01-15"] {
            let (words, _) = asked(catalog.sign_in(about(born)).await.unwrap());
            assert!(words.contains("date of birth"), "{words}");
        }
        let done = catalog.sign_in(about("1990-01-15")).await.unwrap();
        assert_eq!(done, SignInStep::done("Ada Cole"));
        let body: Value = serde_json::from_str(&stand.calls().pop().unwrap().body).unwrap();
        let expected = json!({"onboarding_token": "once", "first_name": "Ada", "last_name": "Cole",
            "date_of_birth": "1990-01-15"});
        assert_eq!(body, expected, "{status}");
    }
}

#[tokio::test]
async fn fifty_refusals_at_once_are_one_renewal() {
    let desk = Desk::new();
    desk.signed_in().await;
    let wanted: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    // The service no longer takes the access token that is kept.
    let text = desk.vault.read(ID).await.unwrap().unwrap().reveal().replace("access-1", "access-0");
    desk.vault.write(ID, &Secret::new(text)).await.unwrap();
    let stale = desk.player();
    let reads = join_all(wanted.iter().map(|id| stale.track(id))).await;
    assert!(reads.iter().all(Result::is_ok), "{reads:?}");
    assert_eq!(desk.refreshes(), 1);
    let calls = desk.stand.calls();
    let renewed = calls.iter().position(|call| call.path.ends_with("/refresh")).unwrap();
    let late =
        calls[renewed..].iter().filter(|call| call.header("authorization") == "Bearer access-0").count();
    assert!(late <= 4, "only what was under way already: {late}");
    assert_eq!(*desk.hasty.lock().unwrap(), Vec::<String>::new(), "kept before it was used");
}

#[tokio::test]
async fn two_programs_renew_once() {
    let desk = Desk::new();
    desk.signed_in().await;
    let text = desk.vault.read(ID).await.unwrap().unwrap().reveal().replace("access-1", "access-0");
    desk.vault.write(ID, &Secret::new(text)).await.unwrap();
    let (one, two) = (desk.player(), desk.player());
    one.restore().await.unwrap();
    two.restore().await.unwrap();
    let ids: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    let reads = join_all(ids.iter().flat_map(|id| [one.track(id), two.track(id)])).await;
    assert!(reads.iter().all(Result::is_ok));
    assert_eq!(desk.refreshes(), 1);
    // One signs out: the other learns of it when it would renew.
    one.sign_out().await.unwrap();
    desk.serial.fetch_add(1, Ordering::SeqCst);
    assert_eq!(two.track("77").await.unwrap_err().fault().kind, FaultKind::SignInNeeded);
    assert_eq!(two.capabilities().account.who, None);
}

/// A clock that was set back must not make a spent token look like the newer one.
#[tokio::test]
async fn two_programs_renew_once_while_the_clock_is_set() {
    let desk = Desk::new();
    let clock = Arc::new(AtomicU64::new(10_000));
    let player = || {
        let time = Arc::clone(&clock);
        let unix_time = Arc::new(move || time.load(Ordering::Relaxed));
        let vault = Arc::clone(&desk.vault) as Arc<dyn Vault>;
        YourMusic::new(&listener(&desk.stand), &net(), &Surroundings { unix_time, vault, ..surroundings(0) })
    };
    enter(&player()).await;
    let text = desk.vault.read(ID).await.unwrap().unwrap().reveal().replace("access-1", "access-0");
    desk.vault.write(ID, &Secret::new(text)).await.unwrap();
    let (one, two) = (player(), player());
    one.restore().await.unwrap();
    two.restore().await.unwrap();
    clock.store(9400, Ordering::Relaxed);
    one.track("7").await.unwrap();
    two.track("7").await.unwrap();
    two.restore().await.unwrap();
    two.track("7").await.unwrap();
    assert_eq!(desk.refreshes(), 1);
}

/// Another line of the form that is refused is no wrong code.
#[tokio::test]
async fn a_tenant_that_is_not_taken_is_told() {
    let stand = Stand::start(|call| match call.path.as_str() {
        "/yourmusic/auth/otp/verify" => {
            json(422, &json!({"message": "x", "errors": {"tenant": ["The selected tenant is invalid."]}}))
        }
        _ => json(200, &json!({})),
    });
    let catalog = player(&stand, Arc::new(MemoryVault::default()), 1000);
    catalog.sign_in(SignInAnswer::Begin { callback: None }).await.unwrap();
    catalog.sign_in(form(&[("email", "ada@example.net")])).await.unwrap();
    for _ in 0..4 {
        let fault = catalog.sign_in(form(&[("code", "01372")])).await.unwrap_err().fault();
        assert_eq!(fault.message.as_str(), "YourMusic refused: The selected tenant is invalid");
    }
}

/// A renewal goes on when nobody waits for it any more: its token would be lost.
#[tokio::test]
async fn a_renewal_outlives_who_asked_for_it() {
    let desk = Desk::new();
    let catalog = desk.signed_in().await;
    drop(catalog);
    let text = desk.vault.read(ID).await.unwrap().unwrap().reveal().replace("4540", "1");
    desk.vault.write(ID, &Secret::new(text)).await.unwrap();
    let catalog = desk.player();
    assert!(catalog.track("7").now_or_never().is_none(), "given up while it waits");
    for _ in 0..1_000_000 {
        if desk.refreshes() == 1 {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(desk.refreshes(), 1);
    catalog.track("7").await.unwrap();
    assert_eq!(desk.refreshes(), 1);
}

#[tokio::test]
async fn only_a_refusal_ends_the_session() {
    let check = async |status: u16, refreshes: usize, kind: FaultKind, ends: bool| {
        let stand = Stand::start(move |call| match call.path.as_str() {
            "/yourmusic/auth/otp/verify" => session(1),
            "/yourmusic/auth/otp/send" => json(200, &json!({})),
            "/yourmusic/auth/refresh" => json(status, &json!({})),
            _ => json(401, &json!({"message": "Unauthenticated."})),
        });
        let vault = Arc::new(MemoryVault::default());
        let catalog = player(&stand, Arc::clone(&vault) as Arc<dyn Vault>, 1000);
        enter(&catalog).await;
        let fault = catalog.track("7").await.unwrap_err().fault();
        assert_eq!(fault.kind, kind, "{status}: {fault}");
        assert_eq!(catalog.capabilities().account.who.is_none(), ends, "{status}");
        assert_eq!(vault.read(ID).await.unwrap().is_none(), ends, "{status}");
        let asked = stand.calls().iter().filter(|call| call.path.ends_with("/refresh")).count();
        assert_eq!(asked, refreshes, "{status}");
    };
    for status in [400, 401, 422] {
        check(status, 1, FaultKind::SignInNeeded, true).await;
    }
    for status in [500, 502, 503] {
        check(status, 1, FaultKind::Network, false).await;
    }
    check(429, 1, FaultKind::Limited, false).await;
    check(404, 1, FaultKind::NotFound, false).await;
}

/// The pair before is spent: going back to it would end the session.
#[tokio::test]
async fn what_cannot_be_kept_is_used_until_the_end() {
    let desk = Desk::new();
    let clock = Arc::new(AtomicU64::new(1000));
    let time = Arc::clone(&clock);
    let unix_time = Arc::new(move || time.load(Ordering::Relaxed));
    let vault: Arc<dyn Vault> = OddVault::full_after(1);
    let surroundings = Surroundings { unix_time, vault, ..surroundings(0) };
    let catalog = YourMusic::new(&listener(&desk.stand), &net(), &surroundings);
    enter(&catalog).await;
    for refreshes in 1..4 {
        clock.fetch_add(3600, Ordering::Relaxed);
        catalog.ping().await.unwrap();
        assert_eq!(desk.refreshes(), refreshes);
    }
    assert_eq!(desk.stand.calls().pop().unwrap().header("authorization"), "Bearer access-4");
}

/// Nothing is ever in the vault: the session lives on all the same.
#[tokio::test]
async fn a_sign_in_that_cannot_be_kept_lasts_until_the_end() {
    let (desk, clock) = (Desk::new(), Arc::new(AtomicU64::new(1000)));
    let make = |vault| {
        let time = Arc::clone(&clock);
        let unix_time = Arc::new(move || time.load(Ordering::Relaxed));
        YourMusic::new(&listener(&desk.stand), &net(), &Surroundings { unix_time, vault, ..surroundings(0) })
    };
    for catalog in check_unkept(make, talk).await {
        talk(&catalog).await.unwrap();
        for _ in 0..3 {
            let refreshes = desk.refreshes();
            clock.fetch_add(3600, Ordering::Relaxed);
            catalog.restore().await.unwrap_or_default();
            catalog.track("7").await.unwrap();
            assert_eq!(desk.refreshes(), refreshes + 1);
        }
        assert!(catalog.capabilities().account.who.is_some());
    }
}

#[tokio::test]
async fn a_sign_in_elsewhere_is_taken_up() {
    let desk = Desk::new();
    let catalog = desk.player();
    catalog.restore().await.unwrap();
    assert_eq!(catalog.capabilities().account.who, None);
    desk.signed_in().await;
    catalog.restore().await.unwrap();
    assert_eq!(catalog.capabilities().account.who, Some("Ada Cole".into()));
}

#[tokio::test]
async fn sessions_are_renewed_before_they_end() {
    let desk = Desk::new();
    let clock = Arc::new(AtomicU64::new(1000));
    let time = Arc::clone(&clock);
    let surroundings = Surroundings {
        unix_time: Arc::new(move || time.load(Ordering::Relaxed)),
        vault: Arc::clone(&desk.vault) as Arc<dyn Vault>,
        ..surroundings(0)
    };
    let catalog = YourMusic::new(&listener(&desk.stand), &net(), &surroundings);
    enter(&catalog).await;
    for (now, refreshes) in [(1000, 0), (4539, 0), (4540, 1), (8079, 1), (8080, 2)] {
        clock.store(now, Ordering::Relaxed);
        catalog.track("7").await.unwrap();
        assert_eq!(desk.refreshes(), refreshes, "at {now}");
    }
    assert_eq!(*desk.hasty.lock().unwrap(), Vec::<String>::new());
}

/// A bad token is no guest: it is renewed, and only then does a guest ask.
#[tokio::test]
async fn the_home_page_falls_back_to_a_guest() {
    let stand = Stand::start(|call| match call.path.as_str() {
        "/yourmusic/auth/otp/verify" => session(1),
        "/yourmusic/auth/refresh" => json(401, &json!({})),
        "/yourmusic/home" if call.header("authorization").is_empty() => {
            assert_eq!(call.header("x-tenant"), "acme-records");
            json(200, &HOME_PAGE)
        }
        "/yourmusic/home" => json(401, &json!({"error": {"code": "INVALID_AUTH_TOKEN"}})),
        _ => json(200, &json!({})),
    });
    let catalog = player(&stand, Arc::new(MemoryVault::default()), 1000);
    let lists: Vec<String> = catalog.capabilities().lists.into_iter().map(|list| list.id.0).collect();
    assert_eq!(lists, ["home"]);
    catalog.ping().await.unwrap();
    enter(&catalog).await;
    let home = catalog.browse(&ListId("home".to_owned()), 0).await.unwrap();
    assert_eq!(home.items.len(), 2);
    let asked: Vec<_> = stand.calls().iter().map(|call| call.path.clone()).skip(3).collect();
    assert_eq!(asked, ["/yourmusic/home", "/yourmusic/auth/refresh", "/yourmusic/home"]);
}

#[tokio::test]
async fn a_device_id_is_made_once_and_stays() {
    let desk = Desk::new();
    let settings = YourMusicSettings { device_id: String::new(), ..listener(&desk.stand) };
    let mut seen = Vec::new();
    for _ in 0..2 {
        let vault = Arc::clone(&desk.vault) as Arc<dyn Vault>;
        let random = Arc::new(|| [7; 16]);
        let surroundings = Surroundings { random, vault, ..surroundings(1000) };
        let catalog = YourMusic::new(&settings, &net(), &surroundings);
        enter(&catalog).await;
        let verify = desk.stand.calls().into_iter().rfind(|call| call.path.ends_with("/verify")).unwrap();
        let body: Value = serde_json::from_str(&verify.body).unwrap();
        seen.push(body["device_id"].as_str().unwrap().to_owned());
        catalog.sign_out().await.unwrap();
    }
    assert_eq!(seen[0], "07070707-0707-4707-8707-070707070707");
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn tokens_and_codes_show_nowhere() {
    let desk = Desk::new();
    let catalog = desk.signed_in().await;
    desk.serial.fetch_add(5, Ordering::SeqCst);
    let error = catalog.track("7").await.unwrap_err();
    let capabilities = catalog.capabilities();
    let text = format!("{error:?} {} {capabilities:?}", error.fault());
    for secret in ["access-", "refresh-", "01372"] {
        assert!(!text.contains(secret), "{text}");
    }
}
