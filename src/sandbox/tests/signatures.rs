//! OAuth 1.0a: what the independent client signs is taken once, and nothing else is.

use super::*;

/// What is asked for, with characters that are easy to encode wrongly.
const WORDS: &[(&str, &str)] = &[("q", "rock & roll (live)! 雨*+~"), ("show", "songs"), ("limit", "5")];

#[tokio::test]
async fn right_signatures_are_taken() {
    let bench = Bench::new().await;
    let answer = bench.signed(Method::GET, "/search", WORDS, &bench.signature()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    // A form, a page in the path, a token, and everything in the query.
    let form = &[("session", "a b&c=d"), ("hq", "true")];
    assert_eq!(
        bench.signed(Method::POST, "/music/14216001/play", form, &bench.signature()).await.status,
        200
    );
    assert_eq!(bench.signed(Method::GET, "/music/recent/page/2", &[], &bench.signature()).await.status, 200);
    let known = bench.sandbox.credentials().audiomack;
    let user = Signature {
        token: Some((known.access_token.to_owned(), known.access_token_secret.to_owned())),
        ..bench.signature()
    };
    assert_eq!(bench.signed(Method::GET, "/user", &[], &user).await.status, 200);
    let signed = bench.signature().query(bench.url("audiomack", "/search", &[]).as_str(), WORDS);
    // The crate puts only the protocol's parameters there.
    let mut url: Url = signed.parse().unwrap();
    url.query_pairs_mut().extend_pairs(WORDS);
    let answer = bench.get(url, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn wrong_signatures_are_refused() {
    let bench = Bench::new().await;
    let good = || bench.signature();
    let known = bench.sandbox.credentials().audiomack;
    let check = async |by: Signature, words: &str| {
        let answer = bench.signed(Method::GET, "/search", WORDS, &by).await;
        let body = answer.json();
        assert_eq!((answer.status, &body["errorcode"]), (401, &Value::from(1003)), "{words}");
        assert_eq!(body["message"], words);
    };
    let consumer = |key: &str, secret: &str| (key.to_owned(), secret.to_owned());
    check(
        Signature { consumer: consumer("nobody", known.consumer_secret), ..good() },
        "Invalid consumer key",
    )
    .await;
    check(Signature { consumer: consumer(known.consumer_key, "wrong"), ..good() }, "Invalid signature").await;
    let token = |token: &str, secret: &str| Some((token.to_owned(), secret.to_owned()));
    check(
        Signature { token: token("made-up", known.access_token_secret), ..good() },
        "Invalid or expired access token",
    )
    .await;
    check(Signature { token: token(known.access_token, "wrong"), ..good() }, "Invalid signature").await;
    for timestamp in [START - 301, START + 301, 1] {
        check(Signature { timestamp, ..good() }, "Timestamp is out of range").await;
    }
}

#[tokio::test]
async fn the_window_is_five_minutes_either_way() {
    let bench = Bench::new().await;
    for timestamp in [START - 300, START + 300] {
        let by = Signature { timestamp, ..bench.signature() };
        assert_eq!(bench.signed(Method::GET, "/search", WORDS, &by).await.status, 200);
    }
}

#[tokio::test]
async fn a_signature_holds_for_one_request_only() {
    let bench = Bench::new().await;
    let by = bench.signature();
    let url = bench.url("audiomack", "/search", &[]);
    let header = by.header("GET", url.as_str(), WORDS);
    let words = |answer: &Answer| answer.json()["message"].clone();
    // Other parameters, another path, another method.
    let answer = bench.send_signed(Method::GET, "/search", &[("q", "x")], &header).await;
    assert_eq!((answer.status, words(&answer)), (401, "Invalid signature".into()));
    let answer = bench.send_signed(Method::GET, "/search_autosuggest", WORDS, &header).await;
    assert_eq!((answer.status, words(&answer)), (401, "Invalid signature".into()));
    let answer = bench.send_signed(Method::POST, "/search", WORDS, &header).await;
    assert_eq!((answer.status, words(&answer)), (401, "Invalid signature".into()));
    // None of these has used up the nonce; the right request does.
    assert_eq!(bench.send_signed(Method::GET, "/search", WORDS, &header).await.status, 200);
    let answer = bench.send_signed(Method::GET, "/search", WORDS, &header).await;
    assert_eq!((answer.status, words(&answer)), (401, "Nonce was used before".into()));
    // Also when the time has passed until it is forgotten.
    bench.pass(300);
    let answer = bench.send_signed(Method::GET, "/search", WORDS, &header).await;
    assert_eq!(words(&answer), "Nonce was used before");
    bench.pass(1);
    let answer = bench.send_signed(Method::GET, "/search", WORDS, &header).await;
    assert_eq!(words(&answer), "Timestamp is out of range");
}

#[tokio::test]
async fn unsigned_and_doubled_parameters_are_refused() {
    let bench = Bench::new().await;
    let answer = bench.get(bench.url("audiomack", "/search", WORDS), &[]).await;
    assert_eq!((answer.status, answer.json()["message"].clone()), (401, "Invalid consumer key".into()));
    let answer = bench
        .signed(Method::GET, "/search", &[("q", "x"), ("oauth_nonce", "second")], &bench.signature())
        .await;
    assert_eq!(answer.status, 401);
    let answer = bench.send_signed(Method::GET, "/search", WORDS, "OAuth oauth_consumer_key=unquoted").await;
    assert_eq!(answer.status, 401);
    let answer = bench.audiomack("/user", &[]).await;
    assert_eq!((answer.status, answer.json()["errorcode"].clone()), (401, 1004.into()));
}
