//! Audius against its documents: what is sent, and what is made of the answers.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::convert::Eyes;
use super::*;
use crate::catalog::stand::{
    Call, Reply, Stand, any_json, check_wrong_types, id_of, json, net, row, shown, surroundings, tracks,
    words,
};
use crate::catalog::tolerant;
use crate::model::{Allowed, FaultKind};

mod hosts;
mod library;
mod operations;
mod pages;
mod sandbox;
mod shapes;
mod sign_in;

const SEARCH: &str = include_str!("../../../../tests/fixtures/catalog/audius/search.json");
const TRACK_OLDER: &str = include_str!("../../../../tests/fixtures/catalog/audius/track_older.json");

fn audius(stand: &Stand, api_key: &str) -> Audius {
    let settings = AudiusSettings {
        base_url: Some(stand.url("/audius")),
        api_key: api_key.into(),
        ..AudiusSettings::default()
    };
    Audius::new(&settings, &net(), &surroundings(0))
}

/// Forty-five tracks as the documents describe the newest server.
fn server(call: &Call) -> Reply {
    let track = |number: u64| json!({"id": format!("id{number}"), "title": format!("Ferry {number}"), "duration": 60});
    if call.param("app_name").is_empty() {
        return json(400, &json!({"code": 400, "error": "app_name is required"}));
    }
    if !call.param("user_id").is_empty() {
        return json(403, &json!({"code": 403, "error": "You are not authorized to make this request"}));
    }
    let number = |name: &str| call.param(name).parse::<u64>().unwrap_or(0);
    match call.path.strip_prefix("/audius/v1").unwrap_or_default() {
        "/tracks/search" | "/tracks/trending" | "/tracks/trending/underground" => {
            let limit = if call.param("limit").is_empty() { 10 } else { number("limit") };
            if !(1..=100).contains(&limit) || call.param("time") == "year" {
                return json(400, &json!({"code": 400, "error": "out of range"}));
            }
            let rows: Vec<Value> =
                (number("offset")..45).take(usize::try_from(limit).unwrap()).map(track).collect();
            json(200, &json!({ "data": rows }))
        }
        path => match path.strip_prefix("/tracks/id").and_then(|id| id.parse().ok()).filter(|id| *id < 45) {
            Some(id) => json(200, &json!({ "data": track(id) })),
            None => json(404, &json!({"code": 404, "error": "track not found"})),
        },
    }
}

#[tokio::test]
async fn rows_become_tracks() {
    let stand = Stand::start(|_| json(200, &SEARCH));
    let page = tracks(audius(&stand, "").search(&words("harbour", 20, 0)).await.unwrap());
    let expected = [
        row("D7KyD", "Harbour Lights", "Ada Cole", 171, ""),
        row("70211", "Night Ferry", "ada", 230, ""),
        row("bought", "Buyers Only", "Ada Cole", 60, "only for buyers"),
        row("paid", "Bought Already", "Ada Cole", 60, ""),
        row("follow", "Followers", "", 0, "only for followers of the artist"),
        row("gone", "Deleted", "", 0, "deleted by its artist"),
        row("hidden", "Unlisted", "", 0, "not published"),
        row("away", "Away", "", 0, "not available at the moment"),
        row("bare", "bare", "", 0, ""),
        row("hostile", "[2Jevil", "", 0, ""),
    ];
    assert_eq!(shown(&page.items), expected);
    let first = &page.items[0];
    assert_eq!(first.album.as_ref().map(crate::model::CleanText::as_str), Some("Tides"));
    assert_eq!(first.artwork.as_ref().map(Url::as_str), Some("https://cn1.example/01H/480x480.jpg"));
    assert_eq!((first.explicit, &first.isrc), (false, &None));
    assert!(page.items[1].explicit && page.items[1].isrc.is_some());
    assert_eq!(page.items.last().unwrap().artwork, None);
    assert!(page.more && page.total.is_none());
}

#[tokio::test]
async fn one_track_of_an_older_server() {
    let stand = Stand::start(|_| json(200, &TRACK_OLDER));
    let track = audius(&stand, "").track("D7KyD").await.unwrap();
    assert_eq!((track.title.as_str(), track.artist_line().as_str()), ("Live From the Pier", "Ada Cole"));
    assert_eq!(track.length.map(|length| length.as_secs()), Some(5265));
    assert_eq!(track.artwork.unwrap().as_str(), "https://creator.example/ipfs/Qm1/1000x1000.jpg");
    assert_eq!(track.playable, Allowed::Yes);
}

#[tokio::test]
async fn what_is_sent() {
    let stand = Stand::start(server);
    let plain = audius(&stand, "");
    plain.search(&words("rock & roll", 500, 2)).await.unwrap();
    plain.track("id7").await.unwrap();
    audius(&stand, "k3y").ping().await.unwrap();
    let calls = stand.calls();
    let lines: Vec<_> = calls.iter().map(Call::line).collect();
    assert_eq!(
        lines,
        ["GET /audius/v1/tracks/search", "GET /audius/v1/tracks/id7", "GET /audius/v1/tracks/trending"]
    );
    let [query, limit, offset, app] =
        ["query", "limit", "offset", "app_name"].map(|name| calls[0].param(name));
    assert_eq!((query, limit, offset, app), ("rock & roll", "100", "200", "segue"));
    assert_eq!((calls[0].header("x-api-key"), calls[2].header("x-api-key")), ("", "k3y"));
}

/// Seeks, reconnects and tracks opened ahead are no listens; a listen that has begun is told once.
#[tokio::test]
async fn only_a_listen_counts() {
    let stand = Stand::start(server);
    let audius = audius(&stand, "k3y");
    let place = async |purpose| match audius.locate("D7KyD", purpose).await.unwrap() {
        Locator::Http(address) => address,
        other => panic!("{other:?}"),
    };
    let stream = stand.url("/audius/v1/tracks/D7KyD/stream?skip_play_count=true&app_name=segue");
    let listen = place(Purpose::Listen).await;
    assert_eq!((listen.url, listen.headers.len()), (stream.clone(), 1));
    let download = stand.url("/audius/v1/tracks/D7KyD/download?app_name=segue");
    assert_eq!(place(Purpose::Keep).await.url, download);
    assert!(stand.calls().is_empty(), "nothing is asked before the stream itself");
    assert_eq!(place(Purpose::GoOn).await.url, stream);
    assert_eq!(stand.calls().len(), 1, "whether the host still works");
    // The stand knows no stream: the one try is all there is.
    audius.listened("D7KyD").await.unwrap_err();
    let calls = stand.calls();
    assert_eq!((calls.len(), calls[1].line().as_str()), (2, "GET /audius/v1/tracks/D7KyD/stream"));
    assert_eq!((calls[1].param("skip_play_count"), calls[1].header("range")), ("false", "bytes=0-0"));
    for hostile in ["", "..", "a/b"] {
        assert_eq!(audius.listened(hostile).await.unwrap_err().fault().kind, FaultKind::NotFound);
    }
    assert_eq!(stand.calls().len(), 2);
}

#[tokio::test]
async fn failures_say_what_they_are() {
    let rows = [
        (404, r#"{"code":404,"error":"track not found"}"#, FaultKind::NotFound, "Audius has no track D7KyD"),
        (404, "<html>", FaultKind::NotFound, "Audius has no track D7KyD"),
        (403, r#"{"code":403,"error":"track not streamable"}"#, FaultKind::Refused, "track not streamable"),
        (401, "{}", FaultKind::SignInNeeded, "sign in"),
        (429, "", FaultKind::Limited, "Audius: "),
        (500, "oops", FaultKind::Network, "Audius: "),
        (200, "<html>a captive portal</html>", FaultKind::Network, "sent a web page instead of data"),
        (200, "", FaultKind::Network, "makes no sense"),
        (200, r#"{"data":[]}"#, FaultKind::Network, "holds no track"),
    ];
    for (status, body, kind, part) in rows {
        let stand = Stand::start(move |_| json(status, &body));
        let fault = audius(&stand, "").track("D7KyD").await.unwrap_err().fault();
        assert_eq!(fault.kind, kind, "{status} {body}");
        assert!(fault.message.as_str().contains(part), "{fault}");
    }
}

#[test]
fn a_base_with_its_version_is_taken_as_it_is() {
    for (base, expected) in [
        ("https://api.audius.co", "https://api.audius.co/v1"),
        ("https://api.audius.co/v1/", "https://api.audius.co/v1/"),
        ("http://127.0.0.1:4321/audius/", "http://127.0.0.1:4321/audius/v1"),
    ] {
        let base: Url = base.parse().unwrap();
        assert_eq!(super::hosts::with_version(&base).unwrap().as_str(), expected);
    }
}

/// A wrong type anywhere costs at most the row it is in.
#[test]
fn wrong_types_cost_one_row() {
    let base: Url = "https://api.audius.co/v1".parse().unwrap();
    check_wrong_types(SEARCH, "/data", |reply| {
        let rows = tolerant::rows(reply, &["data", "tracks"]).unwrap_or_default();
        tolerant::items(NAME, rows, |wire| convert::track(Eyes { base: &base, me: None }, wire))
    });
}

proptest! {
    #[test]
    fn any_row_is_read_or_skipped(row in any_json(&[
        "id", "title", "user", "name", "duration", "artwork", "480x480", "access", "stream", "is_delete",
        "stream_conditions", "usdc_purchase", "album_backlink", "playlist_name", "data", "isrc",
    ])) {
        let base: Url = "https://api.audius.co/v1".parse().unwrap();
        let rows = tolerant::rows(row.clone(), &["data", "tracks"]).unwrap_or_default();
        for rows in [rows, vec![row]] {
            for track in tolerant::made(NAME, rows, |wire| convert::track(Eyes { base: &base, me: None }, wire)) {
                prop_assert!(!track.title.is_empty() && !id_of(&track).is_empty());
            }
        }
    }
}

#[tokio::test]
async fn an_apps_own_bearer_goes_along_while_nobody_is_signed_in() {
    for (bearer, expected) in [("", ""), ("app-t0ken", "Bearer app-t0ken")] {
        let stand = Stand::start(server);
        let settings = AudiusSettings {
            base_url: Some(stand.url("/audius")),
            bearer: bearer.into(),
            ..AudiusSettings::default()
        };
        let audius = Audius::new(&settings, &net(), &surroundings(0));
        audius.search(&words("harbour", 5, 0)).await.unwrap();
        let calls = stand.calls();
        assert!(
            !calls.is_empty() && calls.iter().all(|call| call.header("authorization") == expected),
            "{calls:?}"
        );
    }
}
