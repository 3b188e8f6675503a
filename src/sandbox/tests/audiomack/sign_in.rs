//! A sign-in from its first step to the token that lasts.

use super::*;

fn form(answer: &Answer) -> std::collections::HashMap<String, String> {
    assert!(answer.header("content-type").starts_with("application/x-www-form-urlencoded"));
    url::form_urlencoded::parse(&answer.body).into_owned().collect()
}

/// Begins a sign-in; the token and its secret.
async fn begin(bench: &Bench, callback: &str) -> (String, String) {
    let by = Signature { callback: Some(callback.to_owned()), ..bench.signature() };
    let answer = bench.signed(Method::POST, "/request_token", &[], &by).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let form = form(&answer);
    assert_eq!(form["oauth_callback_confirmed"], "true");
    (form["oauth_token"].clone(), form["oauth_token_secret"].clone())
}

async fn finish(bench: &Bench, token: &(String, String), verifier: &str) -> Answer {
    let by =
        Signature { token: Some(token.clone()), verifier: Some(verifier.to_owned()), ..bench.signature() };
    bench.signed(Method::POST, "/access_token", &[], &by).await
}

fn agree_url(bench: &Bench, token: &str) -> Url {
    let base = bench.sandbox.base_url("audiomack").replace("/v1", "/oauth/authenticate");
    Url::parse_with_params(&base, [("oauth_token", token)]).unwrap()
}

#[tokio::test]
async fn a_sign_in_has_three_steps() {
    let bench = Bench::new().await;
    let callback = "http://127.0.0.1:8976/callback?state=a%20b";
    let token = begin(&bench, callback).await;
    assert_eq!(code(&finish(&bench, &token, "guess").await), (401, 1003.into()), "nobody has agreed yet");
    let answer = bench.get(agree_url(&bench, &token.0), &[]).await;
    let back: Url = answer.header("location").parse().unwrap();
    let pairs: std::collections::HashMap<_, _> = back.query_pairs().into_owned().collect();
    assert_eq!((answer.status, back.port(), back.path()), (302, Some(8976), "/callback"));
    assert_eq!((pairs["state"].as_str(), &pairs["oauth_token"]), ("a b", &token.0));
    assert_eq!(code(&finish(&bench, &token, "guess").await), (401, 1003.into()));
    assert_eq!(code(&finish(&bench, &token, "unavailable").await), (503, 1007.into()));
    let granted = form(&finish(&bench, &token, &pairs["oauth_verifier"]).await);
    assert_eq!(granted["oauth_expires"].parse::<u64>().unwrap(), START + 365 * 86_400);
    // Used up, and no token for anything else.
    assert_eq!(finish(&bench, &token, &pairs["oauth_verifier"]).await.status, 401);
    let by = |token: (String, String)| Signature { token: Some(token), ..bench.signature() };
    let access = (granted["oauth_token"].clone(), granted["oauth_token_secret"].clone());
    assert_eq!(bench.signed(Method::GET, "/user", &[], &by(access.clone())).await.status, 200);
    let token = begin(&bench, "oob").await;
    assert_eq!(bench.signed(Method::GET, "/user", &[], &by(token)).await.status, 401);
    bench.pass(365 * 86_400);
    let late = bench.signed(Method::GET, "/user", &[], &by(access)).await;
    assert_eq!(code(&late), (401, 1003.into()));
    assert_eq!(bench.mine(Method::GET, "/user", &[]).await.status, 200, "the one of the settings stays");
}

#[tokio::test]
async fn without_a_callback_a_code_is_shown() {
    let bench = Bench::new().await;
    let token = begin(&bench, "oob").await;
    let page = bench.get(agree_url(&bench, &token.0), &[]).await;
    let (_, code_shown) = page.text().split_once("id=verifier>").unwrap();
    let (code_shown, _) = code_shown.split_once('<').unwrap();
    assert_eq!(finish(&bench, &token, code_shown).await.status, 200);
    let token = begin(&bench, "oob").await;
    bench.pass(3600);
    assert_eq!(bench.get(agree_url(&bench, &token.0), &[]).await.status, 404, "an hour is over");
    assert_eq!(finish(&bench, &token, code_shown).await.status, 401);
    for callback in ["", "here", "mailto:x@example.org"] {
        let by = Signature { callback: Some(callback.to_owned()), ..bench.signature() };
        let answer = bench.signed(Method::POST, "/request_token", &[], &by).await;
        assert_eq!(code(&answer), (422, 1008.into()), "{callback}");
    }
}
