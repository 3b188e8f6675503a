//! The calls that no screen offers.

use super::*;
use crate::model::Secret;

async fn special(stand: &Stand, name: &str, values: &[(&str, &str)]) -> Result<Value, CatalogError> {
    let values: Vec<_> =
        values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    yourmusic(stand).special(name, &values).await.map(|answer| answer.value)
}

fn desk(body: &'static str) -> Stand {
    Stand::start(move |call| match token(call) {
        Some(reply) => reply,
        None => json(200, &body),
    })
}

#[tokio::test]
async fn each_is_its_call_by_whom_it_must_be() {
    let about = [
        ("first_name", "Kit"),
        ("last_name", "Moss"),
        ("email", "kit@b.example"),
        ("date_of_birth", "2001-02-03"),
    ];
    let whole = json!({"first_name": "Kit", "last_name": "Moss", "email": "kit@b.example", "date_of_birth": "2001-02-03"});
    let named = [("id", "u7"), ("last_name", "Fern")];
    let (client, user) = ("Bearer client", "Bearer delegated");
    let rows = [
        ("profile", &[][..], "GET /me", "", Value::Null, user),
        ("profile edit", &[("first_name", "Kim")], "PATCH /me", "", json!({"first_name": "Kim"}), user),
        ("status", &[], "GET /aggregator/status", "", Value::Null, ""),
        ("releases", &[("ids", "206,207")], "GET /releases/batch", "206,207", Value::Null, user),
        ("admin users", &[("page", "2")], "GET /users", "2", Value::Null, client),
        ("admin create-user", &about, "POST /users", "", whole, client),
        ("admin get-user", &named[..1], "GET /users/u7", "", Value::Null, client),
        ("admin update-user", &named, "PATCH /users/u7", "", json!({"last_name": "Fern"}), client),
    ];
    for (name, values, line, param, body, by) in rows {
        let stand = desk(r#"{"id": "u7"}"#);
        special(&stand, name, values).await.unwrap();
        let call = stand.calls().pop().unwrap();
        assert_eq!(call.line(), line.replace(' ', " /yourmusic"), "{name}");
        assert_eq!(format!("{}{}", call.param("releaseids"), call.param("page")), param, "{name}");
        assert_eq!(serde_json::from_str::<Value>(&call.body).unwrap_or_default(), body, "{name}");
        assert_eq!(call.header("authorization"), by, "{name}");
    }
}

#[tokio::test]
async fn answers_come_without_secrets() {
    let user = Box::leak(recorded("user").into_boxed_str());
    let me = special(&desk(user), "profile", &[]).await.unwrap();
    assert_eq!((me["status"].clone(), me["pm_last_four"].clone()), ("SUBSCRIBED".into(), Value::Null));
    let stand = Stand::start(|call| match call.path.as_str() {
        "/yourmusic/oauth/token" => json(200, &json!({"access_token": "client"})),
        path => {
            assert_eq!(path, "/yourmusic/users/u7/udt");
            assert_eq!(call.body, r#"{"deviceId":"a9b66a51-3cb6-4e66-bb94-675e83380fe5"}"#);
            json(200, &json!({"token_type": "Bearer", "expires_in": 600, "token": "delegated"}))
        }
    });
    let hidden = special(&stand, "admin udt", &[("id", "u7")]).await.unwrap();
    assert_eq!((hidden["token"].clone(), hidden["expires_in"].clone()), ("[hidden]".into(), 600.into()));
    let shown = special(&stand, "admin udt", &[("id", "u7"), ("reveal", "yes")]).await.unwrap();
    assert_eq!(shown["token"], "delegated");
}

#[tokio::test]
async fn a_checkout_has_its_address_somewhere() {
    let rows = [
        (r#"{"url": "https://pay.example/1"}"#, Some("https://pay.example/1")),
        (r#"{"checkout_url": "https://pay.example/2"}"#, Some("https://pay.example/2")),
        (r#"{"data": {"id": "cs_1", "stripe": "https://pay.example/3"}}"#, Some("https://pay.example/3")),
        (r#"{"url": "http://pay.example/4"}"#, None),
        (r#"{"url": "javascript:alert(1)"}"#, None),
        ("[]", None),
    ];
    for (body, expected) in rows {
        let stand = desk(body);
        let answer = special(&stand, "checkout", &[("product_slug", "premium")]).await;
        assert_eq!(answer.ok().map(|answer| answer["url"].clone()), expected.map(Value::from), "{body}");
        assert_eq!(stand.calls().pop().unwrap().body, r#"{"product_slug":"premium"}"#);
    }
}

#[tokio::test]
async fn what_is_missing_is_told_before_anything_is_asked() {
    let stand = desk("{}");
    let check = async |name: &str, values: &[(&str, &str)], part: &str| {
        let fault = special(&stand, name, values).await.unwrap_err().fault();
        assert!(fault.to_string().contains(part), "{name}: {fault}");
    };
    check("checkout", &[], "--product_slug").await;
    check("admin get-user", &[("id", " ")], "--id").await;
    check("admin get-user", &[("id", "a/b")], "no user").await;
    check("profile edit", &[], "nothing to change").await;
    check("profile edit", &[("date_of_birth", "1.1.1990")], "1990-01-15").await;
    check("no such", &[], "no such").await;
    assert!(stand.calls().is_empty());
    // A listener without the client's credentials is no administrator.
    let settings = YourMusicSettings {
        client_id: Secret::default(),
        client_secret: Secret::default(),
        user_id: String::new(),
        ..settings(&stand)
    };
    let catalog = YourMusic::new(&settings, &net(), &surroundings(1000));
    let fault = catalog.special("admin users", &[]).await.unwrap_err().fault();
    assert!(fault.to_string().contains("Set services.yourmusic.client_id and client_secret"), "{fault}");
    assert!(stand.calls().is_empty());
    let settings = YourMusicSettings { tenant: String::new(), ..settings };
    let SignIn::Missing(words) =
        YourMusic::new(&settings, &net(), &surroundings(1000)).capabilities().sign_in
    else {
        panic!()
    };
    assert_eq!(words.as_str(), "Set services.yourmusic.tenant");
}
