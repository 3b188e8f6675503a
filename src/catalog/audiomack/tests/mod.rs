//! Audiomack against its documents. The server here checks every signature with a signer written by
//! others.

use std::num::NonZeroU64;

use oauth1_request as independent;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::convert::View;
use super::requests::verdict;
use super::*;
use crate::catalog::stand::{
    Call, Reply, Stand, any_json, check_wrong_types, json, net, net_that_retries, row, shown, surroundings,
    tracks, words,
};
use crate::catalog::{contract, tolerant};
use crate::model::{Allowed, FaultKind, Secret, SignIn, TrackRef};

mod changes;
mod operations;
mod rehearsal;
mod rows;
mod sign_in;
mod signatures;

const TRENDING: &str = include_str!("../../../../tests/fixtures/catalog/audiomack/trending.json");
const ALBUM: &str = include_str!("../../../../tests/fixtures/catalog/audiomack/album.json");

const TIME: u64 = 1_735_689_600;

fn settings(stand: &Stand) -> AudiomackSettings {
    AudiomackSettings {
        base_url: Some(stand.url("/audiomack/v1")),
        consumer_key: "demo-consumer".into(),
        consumer_secret: "demo secret/+".into(),
        ..AudiomackSettings::default()
    }
}

fn audiomack(stand: &Stand) -> Audiomack {
    Audiomack::new(&settings(stand), &net(), &surroundings(TIME))
}

/// A protocol parameter of the `Authorization` header, decoded.
fn protocol(call: &Call, name: &str) -> String {
    let quoted = format!("{name}=\"");
    let Some((_, rest)) = call.header("authorization").split_once(&quoted) else { return String::new() };
    let value = rest.split('"').next().unwrap();
    // A query is decoded the same way, where there is no `+`.
    let url = Url::parse(&format!("http://x/?v={value}")).unwrap();
    url.query_pairs().next().unwrap().1.into_owned()
}

/// Whether a request is signed as RFC 5849 asks.
fn is_signed(call: &Call, token: Option<(&str, &str)>) -> bool {
    let form: Vec<(String, String)> =
        Url::parse(&format!("http://x/?{}", call.body)).unwrap().query_pairs().into_owned().collect();
    let params: Vec<_> = call.query.iter().cloned().chain(form).collect();
    let client = independent::Credentials::new("demo-consumer", "demo secret/+");
    let mut builder: independent::Builder<'_, _, &str> =
        independent::Builder::new(client, independent::HmacSha1::new());
    builder.token(token.map(|(token, secret)| independent::Credentials::new(token, secret)));
    let nonce = protocol(call, "oauth_nonce");
    let time = protocol(call, "oauth_timestamp").parse().ok().and_then(NonZeroU64::new);
    builder.nonce(nonce.as_str()).timestamp(time).version(true);
    let uri = format!("http://{}{}", call.header("host"), call.path);
    let theirs = builder.authorize(&call.method, uri, &independent::ParameterList::new(params));
    let (_, theirs) = theirs.split_once("oauth_signature=\"").unwrap();
    let (_, ours) = call.header("authorization").split_once("oauth_signature=\"").unwrap();
    ours.split('"').next() == theirs.split('"').next()
}

/// Forty-five songs, of which every fourth row is an album.
fn server(call: &Call) -> Reply {
    if !call.header("authorization").starts_with("OAuth ") || !is_signed(call, None) {
        return json(401, &json!({"errorcode": 1003, "message": "Invalid signature"}));
    }
    let song = |number: u64| {
        let kind = if number % 4 == 3 { "album" } else { "song" };
        json!({"id": number.to_string(), "type": kind, "title": format!("Ferry {number}"), "duration": "60"})
    };
    let path = call.path.strip_prefix("/audiomack/v1").unwrap();
    let (list, page) = path.split_once("/page/").unwrap_or((path, call.param("page")));
    let page: u64 = page.parse().unwrap_or(1);
    let limit: u64 = call.param("limit").parse().unwrap_or(20);
    let (id, is_play) = match path.strip_suffix("/play") {
        Some(path) => (path.strip_prefix("/music/"), call.method == "POST"),
        None => (path.strip_prefix("/music/"), false),
    };
    match (list, id.and_then(|id| id.parse::<u64>().ok())) {
        ("/search" | "/music/trending" | "/music/recent" | "/music/reggae/trending", _) => {
            let rows: Vec<Value> =
                (((page - 1) * limit)..45).take(usize::try_from(limit).unwrap()).map(song).collect();
            json(200, &json!({"results": rows, "count": 45}))
        }
        (_, Some(id)) if id < 45 && is_play => {
            json(200, &json!(format!("https://cdn.example/{id}.mp3?Expires=1&Signature=abc")))
        }
        (_, Some(id)) if id < 45 => json(200, &json!({"results": song(id)})),
        _ => json(404, &json!({"errorcode": 1005, "message": "Song not found"})),
    }
}

#[tokio::test]
async fn without_keys_nothing_is_sent() {
    let stand = Stand::start(server);
    let settings = AudiomackSettings { consumer_secret: Secret::default(), ..settings(&stand) };
    let catalog = Audiomack::new(&settings, &net(), &surroundings(TIME));
    let SignIn::Missing(words) = catalog.capabilities().sign_in else { panic!() };
    assert_eq!(words.as_str(), "Set services.audiomack.consumer_secret");
    assert_eq!(contract::check(&catalog).await, Vec::<String>::new());
    assert!(stand.calls().is_empty());
}

#[tokio::test]
async fn what_is_sent() {
    let stand = Stand::start(server);
    let catalog = audiomack(&stand);
    catalog.search(&words("rock & roll (live)!", 20, 0)).await.unwrap();
    catalog.search(&words("größe +1", 5, 2)).await.unwrap();
    catalog.browse(&ListId("trending/reggae".to_owned()), 2).await.unwrap();
    catalog.locate("7", Purpose::Listen).await.unwrap();
    let calls = stand.calls();
    let lines: Vec<_> = calls.iter().map(Call::line).collect();
    let expected = [
        "GET /audiomack/v1/search",
        "GET /audiomack/v1/search",
        "GET /audiomack/v1/music/reggae/trending/page/3",
        "POST /audiomack/v1/music/7/play",
    ];
    assert_eq!(lines, expected);
    let params = |call: &Call| ["q", "show", "page", "limit"].map(|name| call.param(name).to_owned());
    assert_eq!(params(&calls[0]), ["rock & roll (live)!", "songs", "1", ""]);
    assert_eq!(params(&calls[1]), ["größe +1", "songs", "3", "5"]);
    assert!(calls[3].body.starts_with("session="), "{}", calls[3].body);
    for call in &calls {
        assert!(is_signed(call, None), "{call:?}");
        assert_eq!(protocol(call, "oauth_timestamp"), TIME.to_string());
    }
}

#[tokio::test]
async fn a_users_token_signs_too() {
    let stand = Stand::start(|_| json(200, &json!({"results": []})));
    let settings = AudiomackSettings {
        access_token: "tok-user".into(),
        access_token_secret: "tok secret/+".into(),
        ..settings(&stand)
    };
    Audiomack::new(&settings, &net(), &surroundings(TIME)).ping().await.unwrap();
    let call = &stand.calls()[0];
    assert_eq!(protocol(call, "oauth_token"), "tok-user");
    assert!(is_signed(call, Some(("tok-user", "tok secret/+"))) && !is_signed(call, None));
}

#[tokio::test]
async fn each_try_is_signed_anew_and_only_reading_is_tried_again() {
    let stand = Stand::start(|_| json(503, &""));
    let catalog = Audiomack::new(&settings(&stand), &net_that_retries(6), &surroundings(TIME));
    let fault = catalog.track("7").await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::Network);
    let calls = stand.calls();
    let mut nonces: Vec<_> = calls.iter().map(|call| protocol(call, "oauth_nonce")).collect();
    nonces.dedup();
    assert_eq!((calls.len(), nonces.len()), (3, 3));
    assert!(calls.iter().all(|call| is_signed(call, None)));
    catalog.locate("7", Purpose::Listen).await.unwrap_err();
    assert_eq!(stand.calls().len(), 4);
}

/// Within the API what is read is signed anew for where it is; nothing is signed for anywhere else, and what
/// changes something is not sent twice.
#[tokio::test]
async fn a_redirect_is_signed_anew() {
    let stand = Stand::start(|call| match call.path.as_str() {
        "/audiomack/v1/music/7" => (307, "text/plain\r\nLocation: /audiomack/v1/music/8?at=b", String::new()),
        "/audiomack/v1/music/9" => (302, "text/plain\r\nLocation: http://127.0.0.1:9/", String::new()),
        "/audiomack/v1/music/10" => (302, "text/plain\r\nLocation: /audiomack/v1/music/10", String::new()),
        "/audiomack/v1/music/7/play" => {
            (307, "text/plain\r\nLocation: /audiomack/v1/music/8/play", String::new())
        }
        _ => server(call),
    });
    let catalog = audiomack(&stand);
    assert!(format!("{:?}", catalog.track("7").await.unwrap().reference).ends_with(":8"));
    assert_eq!(stand.calls().len(), 2, "once where it was, once where it is");
    for (id, asked) in [("9", 1), ("10", 4)] {
        let before = stand.calls().len();
        catalog.track(id).await.unwrap_err();
        assert_eq!(stand.calls().len() - before, asked, "{id}");
    }
    let before = stand.calls().len();
    catalog.locate("7", Purpose::Listen).await.unwrap_err();
    let calls = stand.calls();
    assert_eq!(calls[before..].iter().filter(|call| call.method == "POST").count(), 1);
    assert!(calls.iter().all(|call| is_signed(call, None)));
    let nonces: std::collections::HashSet<_> =
        calls.iter().map(|call| protocol(call, "oauth_nonce")).collect();
    assert_eq!(nonces.len(), calls.len());
}

#[tokio::test]
async fn a_wrong_clock_costs_one_refusal() {
    let stand = Stand::start(|call| {
        let time: u64 = protocol(call, "oauth_timestamp").parse().unwrap();
        if time.abs_diff(TIME) > 300 {
            return json(401, &json!({"errorcode": 1003, "message": "Timestamp out of range"}));
        }
        server(call)
    });
    let catalog = Audiomack::new(&settings(&stand), &net(), &surroundings(TIME - 86_400));
    catalog.locate("6", Purpose::Listen).await.unwrap();
    catalog.track("6").await.unwrap();
    let calls = stand.calls();
    assert_eq!(calls.len(), 3);
    assert_ne!(protocol(&calls[0], "oauth_nonce"), protocol(&calls[1], "oauth_nonce"));

    let refusing = Stand::start(|_| json(401, &json!({"errorcode": 1003, "message": "No"})));
    let fault = audiomack(&refusing).track("7").await.unwrap_err().fault();
    assert_eq!((fault.kind, refusing.calls().len()), (FaultKind::SignInNeeded, 1));
    assert!(fault.hint.unwrap().as_str().contains("clock"));

    let catalog = Audiomack::new(&settings(&refusing), &net(), &surroundings(TIME - 86_400));
    catalog.track("7").await.unwrap_err();
    catalog.track("7").await.unwrap_err();
    let times: Vec<u64> = refusing.calls()[1..]
        .iter()
        .map(|call| TIME - protocol(call, "oauth_timestamp").parse::<u64>().unwrap())
        .collect();
    assert_eq!(times, [86_400, 0, 86_400, 0], "a correction that does not help is dropped");
}

#[tokio::test]
async fn rows_become_tracks() {
    let stand = Stand::start(|_| json(200, &TRENDING));
    let page = tracks(audiomack(&stand).browse(&ListId("trending".to_owned()), 0).await.unwrap());
    let expected = [
        row("14216571", "Harbour Lights", "Ada Cole, Bo Lind, Cy Park", 171, ""),
        row("14216572", "Night Ferry", "Bo Lind", 230, ""),
        row("5", "Private One", "Ada Cole", 0, "private"),
        row("6", "Elsewhere", "Ada Cole", 0, "not in your country"),
        row("7", "Taken Down", "", 0, "taken down"),
        row("8", "Broken File", "", 0, "its file is damaged"),
        row("901", "Inside an Album", "", 0, ""),
        row("11", "]0;owned Title", "evil", 0, ""),
    ];
    assert_eq!(shown(&page.items), expected);
    let first = &page.items[0];
    assert_eq!(first.album.as_ref().map(CleanText::as_str), Some("Tides"));
    let artwork = "https://i.audiomack.example/ada-cole/26813068dc?width=500";
    assert_eq!(first.artwork.as_ref().map(Url::as_str), Some(artwork));
    assert_eq!((page.items[1].explicit, &page.items[1].album, &page.items[1].artwork), (true, &None, &None));
    assert_eq!(page.items.last().unwrap().artwork, None);
    assert_eq!((page.total, page.more), (Some(348), true));
}

#[tokio::test]
async fn stream_addresses_come_in_many_shapes() {
    let address = "https://cdn.example/7.mp3?Expires=1&Signature=abc~&Key-Pair-Id=K";
    let good = [
        json!(address).to_string(),
        format!("  {address}\n"),
        json!({ "signedUrl": address }).to_string(),
        json!({"url": false, "streaming_url": address}).to_string(),
        json!({"results": {"url": address}}).to_string(),
    ];
    for body in good {
        let stand = Stand::start(move |_| (200, "text/html", body.clone()));
        let Locator::Http(found) = audiomack(&stand).locate("7", Purpose::Listen).await.unwrap() else {
            panic!()
        };
        assert_eq!((found.url.as_str(), found.headers.len()), (address, 0));
    }
    for body in ["", "null", "\"\"", "\"ftp://cdn.example/a.mp3\"", "{}", "[]", "\"file:///etc/passwd\""] {
        let stand = Stand::start(move |_| (200, "application/json", body.to_owned()));
        let fault = audiomack(&stand).locate("7", Purpose::Listen).await.unwrap_err().fault();
        assert!(fault.message.as_str().contains("no stream address"), "{body}: {fault}");
    }
}

#[tokio::test]
async fn failures_say_what_they_are() {
    let rows = [
        (404, r#"{"errorcode":1005,"message":"Song not found"}"#, FaultKind::NotFound),
        (200, r#"{"errorcode":1005,"message":"Song not found"}"#, FaultKind::NotFound),
        (401, r#"{"errorcode":1003,"message":"Invalid consumer key"}"#, FaultKind::SignInNeeded),
        (401, "", FaultKind::SignInNeeded),
        (422, r#"{"errorcode":"1008","message":"Validation failed","errors":{}}"#, FaultKind::Refused),
        (403, "", FaultKind::Refused),
        (503, r#"{"errorcode":1010,"message":"Artist details unavailable"}"#, FaultKind::Network),
        (429, "", FaultKind::Limited),
        (200, ALBUM, FaultKind::Network),
        (200, "<!DOCTYPE html>", FaultKind::Network),
    ];
    for (status, body, kind) in rows {
        let stand = Stand::start(move |_| json(status, &body));
        let fault = audiomack(&stand).track("7").await.unwrap_err().fault();
        assert_eq!(fault.kind, kind, "{status} {body}: {fault}");
    }
}

#[test]
fn genres_come_from_the_settings() {
    let stand = Stand::start(server);
    let genres = ["hip-hop-rap", "", "a/b"].map(str::to_owned).into();
    let catalog =
        Audiomack::new(&AudiomackSettings { genres, ..settings(&stand) }, &net(), &surroundings(TIME));
    let found = catalog.capabilities();
    let lists: Vec<_> = found.lists.iter().map(|list| list.id.0.as_str()).collect();
    assert_eq!(lists, ["trending", "recent", "charts", "genres"]);
    let genre = found.filters.iter().find(|filter| filter.key == "genre").unwrap();
    assert_eq!(genre.values, ["hip-hop-rap"]);
}

/// Rows as they would be written for a listener of this name.
fn written(rows: Vec<Value>, own: &str) -> Vec<Item> {
    let base: Url = "https://api.audiomack.com/v1".parse().unwrap();
    let (marks, keys) = (Marks::default(), HashMap::new());
    let view = View { base: &base, own, marks: &marks, keys: &keys };
    tolerant::items(NAME, rows, |row: wire::Row| view.item(row))
}

/// A wrong type anywhere costs at most the row it is in.
#[test]
fn wrong_types_cost_one_row() {
    check_wrong_types(TRENDING, "/results", |reply| {
        let _ = (wire::play_address(&reply.to_string()), verdict(200, &reply));
        written(tolerant::rows(reply, &["results"]).unwrap_or_default(), "ada-cole")
    });
}

proptest! {
    #[test]
    fn any_row_is_read_or_skipped(row in any_json(&[
        "results", "id", "song_id", "type", "title", "artist", "name", "featuring", "album", "duration",
        "image", "image_base", "status", "private", "uploader", "url_slug", "signedUrl", "url", "errorcode",
        "count", "tracks", "actor", "object", "verb", "token", "released", "followers_count",
    ])) {
        let base: Url = "https://api.audiomack.com/v1".parse().unwrap();
        let _ = (wire::play_address(&row.to_string()), verdict(200, &row), wire::stats_token(&row));
        let _ = wire::granted(&row.to_string());
        let (marks, keys) = (Marks::default(), HashMap::new());
        let view = View { base: &base, own: "ada-cole", marks: &marks, keys: &keys };
        let rows = tolerant::rows(row.clone(), &["results"]).unwrap_or_default();
        let told = tolerant::made(NAME, rows.clone(), |row: wire::Notification| view.notification(row));
        let inside = tolerant::item::<wire::Row>(row.clone()).map(|row| view.tracks(row)).unwrap_or_default();
        let items = written(rows, "x").into_iter().chain(written(vec![row], "x")).chain(told).chain(inside);
        for item in items {
            prop_assert!(!item.title().is_empty());
        }
    }

    #[test]
    fn any_token_answer_is_read_or_refused(body in "(oauth_token(_secret)?=[a-z%&+=]{0,6}&?){0,4}|.*") {
        if let Some(granted) = wire::granted(&body) {
            prop_assert!(!granted.token.is_empty() && !granted.secret.is_empty());
        }
    }
}
