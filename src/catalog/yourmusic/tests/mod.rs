//! YourMusic against its documents: who asks, what is sent, and what is made of the answers.

mod changes;
mod origin;
mod pages;
mod rehearsal;
mod session;
mod shelves;
mod specials;
mod streams;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::catalog::stand::{
    Call, Reply, Stand, any_json, check_wrong_types, id_of, json, net, row, shown, surroundings, tracks,
    words,
};
use crate::catalog::{contract, tolerant};
use crate::model::{Allowed, FaultKind, PlaylistAbout, Secret, SignIn};

const SEARCH: &str = include_str!("../../../../tests/fixtures/catalog/yourmusic/search.json");
const HOME_PAGE: &str = include_str!("../../../../tests/fixtures/catalog/yourmusic/home.json");

const STREAM_ID: &str = "173fd1b7-72c4-44c4-9244-55a0a167a352";

fn settings(stand: &Stand) -> YourMusicSettings {
    YourMusicSettings {
        base_url: Some(stand.url("/yourmusic")),
        tenant: "acme-records".to_owned(),
        client_id: "cid".into(),
        client_secret: "s3cret".into(),
        user_id: "u1".to_owned(),
        device_id: "a9b66a51-3cb6-4e66-bb94-675e83380fe5".to_owned(),
        ..YourMusicSettings::default()
    }
}

fn yourmusic(stand: &Stand) -> YourMusic {
    YourMusic::new(&settings(stand), &net(), &surroundings(1000))
}

/// The tokens, when a request is for one.
fn token(call: &Call) -> Option<Reply> {
    let body: Value = serde_json::from_str(&call.body).unwrap_or_default();
    match call.line().as_str() {
        "POST /yourmusic/oauth/token" => {
            assert_eq!(
                body,
                json!({"grant_type": "client_credentials", "client_id": "cid", "client_secret": "s3cret"})
            );
            let answer = json!({"access_token": "client", "token_type": "Bearer", "expires_in": 3600});
            Some(json(200, &answer))
        }
        "POST /yourmusic/users/u1/udt" => {
            assert_eq!(call.header("authorization"), "Bearer client");
            assert_eq!(body, json!({"deviceId": "a9b66a51-3cb6-4e66-bb94-675e83380fe5"}));
            Some(json(200, &json!({"token_type": "Bearer", "expires_in": 600, "token": "delegated"})))
        }
        _ => None,
    }
}

/// A fixture.
fn recorded(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/catalog/yourmusic");
    std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()
}

/// A tenant with forty-five tracks, two of its own playlists and the home page.
fn server(call: &Call) -> Reply {
    if let Some(reply) = token(call) {
        return reply;
    }
    if call.header("authorization") != "Bearer delegated" {
        return json(401, &json!({"message": "Unauthenticated."}));
    }
    let track = |number: u64| {
        let stream_id = format!("173fd1b7-72c4-44c4-9244-{number:012}");
        json!({"id": number, "stream_id": stream_id, "title": format!("Ferry {number}"), "duration": 60})
    };
    let known = |id: &str| id.parse().ok().filter(|id: &u64| *id < 45);
    match call.path.strip_prefix("/yourmusic").unwrap() {
        "/tracks/search" => {
            let page: u64 = call.param("page").parse().unwrap();
            let size: u64 = call.param("pageSize").parse().unwrap();
            if page < 1 || !(10..=50).contains(&size) {
                return json(422, &json!({"message": "The given data was invalid.", "errors": {}}));
            }
            let rows = (((page - 1) * size)..45).take(usize::try_from(size).unwrap()).map(track);
            let rows: Vec<Value> = rows.collect();
            let answer =
                json!({"estimatedTotalItems": 45, "page": page, "expectedPageSize": size, "results": rows});
            json(200, &answer)
        }
        "/tracks/batch" => {
            let rows: Vec<Value> = call.param("trackids").split(',').filter_map(known).map(track).collect();
            json(200, &json!({"items": {"tracks": rows, "errors": []}}))
        }
        "/home" => json(200, &HOME_PAGE),
        "/artists/search" | "/releases/search" | "/playlists/search" => json(200, &json!({"results": []})),
        "/artists/browse" => json(200, &json!({"artists": {"artist": null}})),
        path if path.starts_with("/stream/") => (200, "text/plain", "#EXTM3U\n".to_owned()),
        "/playlists" => json(200, &json!([{"id": "own-1", "playlist_name": "Mine"}, {"id": "own-2"}])),
        "/playlists/own-2/tracks" => json(200, &json!([])),
        path if path.starts_with("/playlists/") && !path.ends_with("/tracks") => {
            json(200, &json!({"id": path.strip_prefix("/playlists/"), "playlist_name": "Mine"}))
        }
        path if path.starts_with("/artists/") => json(200, &json!({"artist": {"id": 55, "name": "Ferry"}})),
        path if path.starts_with("/releases/") => json(200, &json!({"tracks": []})),
        path if path.starts_with("/playlists/") => {
            let row = |track_id: &str, order: i64| json!({"id": "row", "track_id": track_id, "order": order});
            json(
                200,
                &json!([
                    row("9", 3),
                    row("7", 1),
                    row(STREAM_ID, 2),
                    row("7", 4),
                    row("11", 5),
                    row("999", 6)
                ]),
            )
        }
        path => match path.strip_prefix("/tracks/").and_then(known) {
            Some(id) => json(200, &json!({"track": track(id)})),
            None => json(404, &json!({"message": "Track not found."})),
        },
    }
}

#[tokio::test]
async fn the_contract_is_kept() {
    let stand = Stand::start(server);
    assert_eq!(contract::check(&yourmusic(&stand)).await, Vec::<String>::new());
    let lines: Vec<String> = stand.calls().iter().map(Call::line).collect();
    for once in ["POST /yourmusic/oauth/token", "POST /yourmusic/users/u1/udt"] {
        assert_eq!(lines.iter().filter(|line| *line == once).count(), 1, "{once}");
    }
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let stand = Stand::start(server);
    let settings = YourMusicSettings {
        client_id: Secret::default(),
        user_id: String::new(),
        tenant: String::new(),
        ..settings(&stand)
    };
    let catalog = YourMusic::new(&settings, &net(), &surroundings(1000));
    let SignIn::Missing(words) = catalog.capabilities().sign_in else { panic!() };
    assert_eq!(words.as_str(), "Set services.yourmusic.client_id and user_id");
    assert_eq!(contract::check(&catalog).await, Vec::<String>::new());
    assert!(stand.calls().is_empty());
}

#[tokio::test]
async fn rows_become_tracks() {
    let stand = Stand::start(|call| token(call).unwrap_or_else(|| json(200, &SEARCH)));
    let page = tracks(yourmusic(&stand).search(&words("harbour", 10, 0)).await.unwrap());
    let expected = [
        row("2146", "Night Ferry", "Ada Cole", 230, ""),
        row("2147", "Harbour Lights (Live)", "Bo Lind", 171, ""),
        row("2148", "To Buy Only", "", 0, "not for streaming"),
        row("2149", "A Film", "", 0, "a video"),
        row("473fd1b7-72c4-44c4-9244-55a0a167a352", "Without a Number", "", 0, ""),
        row("2151", "31mred", "bell", 0, ""),
    ];
    assert_eq!(shown(&page.items), expected);
    let artwork: Vec<_> =
        page.items.iter().filter_map(|track| track.artwork.as_ref()).map(Url::as_str).collect();
    assert_eq!(artwork, ["https://art.example/sleeve/206_500.jpg", "http://art.example/sleeve/207_500.jpg"]);
    assert!(page.items[1].explicit && !page.items[0].explicit);
    assert_eq!((page.total, page.more), (Some(348), true));
}

#[tokio::test]
async fn featured_playlists_are_read_one_a_page() {
    let stand = Stand::start(server);
    let catalog = yourmusic(&stand);
    let featured = ListId("featured".to_owned());
    let first = tracks(catalog.browse(&featured, 0).await.unwrap());
    let ids: Vec<_> = first.items.iter().map(id_of).collect();
    assert_eq!(ids, ["7", STREAM_ID, "9", "7", "11", "999"], "in the order of `order`");
    assert_eq!(first.items[5].playable, Allowed::No("no longer in the catalogue".into()));
    assert!(first.more);
    let second = tracks(catalog.browse(&featured, 1).await.unwrap());
    assert!(!second.more, "the home page holds two playlists");
    let lines: Vec<_> =
        stand.calls().iter().map(Call::line).filter(|line| line.contains("/playlists/")).collect();
    let expected = [
        "GET /yourmusic/playlists/550e8400-e29b-41d4-a716-446655440001/tracks",
        "GET /yourmusic/playlists/550e8400-e29b-41d4-a716-446655440003/tracks",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let mints = Arc::new(AtomicU64::new(0));
    let minted = Arc::clone(&mints);
    let stand = Stand::start(move |call| match call.path.as_str() {
        "/yourmusic/oauth/token" => json(200, &json!({"access_token": "client"})),
        "/yourmusic/users/u1/udt" => {
            let number = minted.fetch_add(1, Ordering::Relaxed) + 1;
            json(200, &json!({"token": format!("delegated-{number}"), "expires_in": 600}))
        }
        _ if call.header("authorization") == "Bearer delegated-2" => json(200, &json!({"modules": []})),
        _ => json(401, &json!({"code": "INVALID_AUTH_TOKEN"})),
    });
    let catalog = yourmusic(&stand);
    catalog.ping().await.unwrap();
    assert_eq!(mints.load(Ordering::Relaxed), 2);

    let refused = Stand::start(|call| token(call).unwrap_or_else(|| json(401, &json!({}))));
    let fault = yourmusic(&refused).ping().await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::SignInNeeded);
    let mints = refused.calls().iter().filter(|call| call.path.ends_with("/udt")).count();
    assert_eq!(mints, 2, "one renewal and no more");
}

#[tokio::test]
async fn tokens_are_renewed_before_they_end() {
    let stand = Stand::start(server);
    let clock = Arc::new(AtomicU64::new(1000));
    let time = Arc::clone(&clock);
    let surroundings =
        Surroundings { unix_time: Arc::new(move || time.load(Ordering::Relaxed)), ..surroundings(0) };
    let catalog = YourMusic::new(&settings(&stand), &net(), &surroundings);
    let count = |end: &str| stand.calls().iter().filter(|call| call.path.ends_with(end)).count();
    // Of 600 seconds, 60 are left to spare; of 3600 as well.
    for (now, mints, signs) in [(1000, 1, 1), (1539, 1, 1), (1540, 2, 1), (4539, 3, 1), (5200, 4, 2)] {
        clock.store(now, Ordering::Relaxed);
        catalog.ping().await.unwrap();
        assert_eq!((count("/udt"), count("/oauth/token")), (mints, signs), "at {now}");
    }
}

#[tokio::test]
async fn many_at_once_share_one_token() {
    let stand = Stand::start(server);
    let catalog = yourmusic(&stand);
    let pings = futures_util::future::join_all((0..20).map(|_| catalog.ping())).await;
    assert!(pings.iter().all(Result::is_ok));
    let mints = stand.calls().iter().filter(|call| call.path.ends_with("/udt")).count();
    assert_eq!(mints, 1);
}

#[tokio::test]
async fn the_manifest_needs_the_bearer() {
    let stand = Stand::start(server);
    for (id, stream_id) in [("7", "173fd1b7-72c4-44c4-9244-000000000007"), (STREAM_ID, STREAM_ID)] {
        let Locator::Hls(address) = yourmusic(&stand).locate(id, Purpose::Listen).await.unwrap() else {
            panic!()
        };
        assert_eq!(address.url, stand.url(&format!("/yourmusic/stream/{stream_id}")));
        let headers: Vec<_> =
            address.headers.iter().map(|(name, value)| (name.as_str(), value.reveal())).collect();
        assert_eq!(headers, [("Authorization", "Bearer delegated"), ("X-Tenant", "acme-records")]);
    }

    let elsewhere = |stream_hosts: &[&str]| YourMusicSettings {
        paths: [("stream".to_owned(), "https://hls.example/v2/{stream_id}.m3u8".to_owned())].into(),
        stream_hosts: stream_hosts.iter().map(|host| host.parse().unwrap()).collect(),
        ..settings(&stand)
    };
    for (hosts, headers) in
        [(&[][..], 0), (&["https://hls.example/"], 2), (&["http://hls.example/", "https://example/"], 0)]
    {
        let catalog = YourMusic::new(&elsewhere(hosts), &net(), &surroundings(1000));
        catalog.memory.note_manifest();
        let Locator::Hls(address) = catalog.locate(STREAM_ID, Purpose::Listen).await.unwrap() else {
            panic!()
        };
        assert_eq!(address.url.as_str(), format!("https://hls.example/v2/{STREAM_ID}.m3u8"));
        assert_eq!(address.headers.len(), headers, "{hosts:?}");
    }
}

#[tokio::test]
async fn paths_are_data() {
    let stand = Stand::start(|call| token(call).unwrap_or_else(|| json(200, &json!({"track": {"id": 7}}))));
    let paths = [("track".to_owned(), "/track/details?trackid={track_id}".to_owned())].into();
    let catalog =
        YourMusic::new(&YourMusicSettings { paths, ..settings(&stand) }, &net(), &surroundings(1000));
    catalog.track("7").await.unwrap();
    let call = stand.calls().pop().unwrap();
    assert_eq!((call.path.as_str(), call.param("trackid")), ("/yourmusic/track/details", "7"));
}

#[tokio::test]
async fn links_are_known_by_the_settings() {
    let stand = Stand::start(server);
    let link: Url = "https://acme.example/t/7?from=mail".parse().unwrap();
    assert!(yourmusic(&stand).resolve(&link).is_none(), "no form of a link is documented");
    let links = ["https://acme.example/p/{playlist}", "https://acme.example/t/{track}"];
    let links = links.map(|form| form.parse().unwrap()).into();
    let catalog =
        YourMusic::new(&YourMusicSettings { links, ..settings(&stand) }, &net(), &surroundings(1000));
    let Item::Track(track) = catalog.resolve(&link).unwrap().await.unwrap() else { panic!() };
    assert_eq!(track.title.as_str(), "Ferry 7");
    // What no id can be is not asked for.
    let before = stand.calls().len();
    let link = "https://acme.example/t/a%2Fb".parse().unwrap();
    let fault = catalog.resolve(&link).unwrap().await.err().unwrap().fault();
    assert_eq!((fault.kind, stand.calls().len()), (FaultKind::NotFound, before));
    assert!(catalog.resolve(&"https://acme.example/x/7".parse().unwrap()).is_none());
    assert_eq!(catalog.link_setting(), Some("services.yourmusic.links"));
}

/// Wherever a call is made: as a read, as a page that is kept, as a change, and before anybody is signed in.
#[tokio::test]
async fn methods_are_data() {
    let stand = Stand::start(|call| token(call).unwrap_or_else(|| json(200, &json!({"track": {"id": 7}}))));
    let paths = [
        ("oauth_token", "PUT /token"),
        ("track", "POST /tracks/{track_id}"),
        ("playlist_update", "PUT /lists/{playlist_id}"),
        ("checkout", "/pay"),
    ];
    let paths = paths.map(|(key, path)| (key.to_owned(), path.to_owned())).into();
    let catalog =
        YourMusic::new(&YourMusicSettings { paths, ..settings(&stand) }, &net(), &surroundings(1000));
    // The stand knows the token's usual path alone.
    catalog.track("7").await.unwrap_err();
    assert_eq!(stand.calls().pop().unwrap().line(), "PUT /yourmusic/token");

    let paths = catalog.paths.set.iter().filter(|(key, _)| *key != "oauth_token");
    let paths = paths.map(|(key, path)| (key.clone(), path.clone())).collect();
    let catalog =
        YourMusic::new(&YourMusicSettings { paths, ..settings(&stand) }, &net(), &surroundings(1000));
    catalog.track("7").await.unwrap();
    let call = stand.calls().pop().unwrap();
    assert_eq!((call.line().as_str(), call.body.as_str()), ("POST /yourmusic/tracks/7", ""));
    assert_eq!(call.param("imageSize"), "500", "the parameters stay");
    let about = PlaylistAbout { title: Some("New".to_owned()), ..PlaylistAbout::default() };
    catalog.change(&Change::EditPlaylist { id: "p".to_owned(), about }).await.unwrap();
    let call = stand.calls().pop().unwrap();
    assert_eq!(
        (call.line().as_str(), call.body.as_str()),
        ("PUT /yourmusic/lists/p", r#"{"playlist_name":"New"}"#)
    );
    let values = [("product_slug".to_owned(), "gold".to_owned())];
    catalog.special("checkout", &values).await.unwrap_err();
    assert_eq!(stand.calls().pop().unwrap().line(), "POST /yourmusic/pay");
}

#[tokio::test]
async fn failures_say_what_they_are() {
    let route = r#"{"message":"The route tracks/7 could not be found."}"#;
    let rows = [
        (404, r#"{"message":"Track not found."}"#, FaultKind::NotFound, "YourMusic has no track 7"),
        (404, route, FaultKind::NotFound, "set services.yourmusic.paths.track"),
        (404, "<html>", FaultKind::NotFound, "set services.yourmusic.paths.track"),
        (405, "", FaultKind::NotFound, "set services.yourmusic.paths.track = \"METHOD /tracks/{track_id}\""),
        (
            405,
            r#"{"message":"Method not allowed."}"#,
            FaultKind::NotFound,
            "YourMusic takes another method for reading a track",
        ),
        (403, r#"{"message":"No subscription."}"#, FaultKind::Refused, "No subscription."),
        (422, r#"{"message":"The given data was invalid."}"#, FaultKind::Refused, "invalid"),
        (
            422,
            r#"{"message":"x","errors":{"q":["The q field is required."]}}"#,
            FaultKind::Refused,
            "q field",
        ),
        (
            200,
            r#"{"status":"error","error":{"code":2001,"message":"Upstream"}}"#,
            FaultKind::Refused,
            "Upstream",
        ),
        (429, r#"{"message":"Too Many Attempts."}"#, FaultKind::Limited, "YourMusic"),
        (503, "", FaultKind::Network, "YourMusic"),
        (200, "[]", FaultKind::Network, "no track"),
    ];
    for (status, body, kind, part) in rows {
        let stand = Stand::start(move |call| token(call).unwrap_or_else(|| json(status, &body)));
        let fault = yourmusic(&stand).track("7").await.unwrap_err().fault();
        assert_eq!(fault.kind, kind, "{status} {body}");
        assert!(fault.to_string().contains(part), "{status} {body}: {fault}");
    }
}

#[tokio::test]
async fn secrets_show_nowhere() {
    let stand = Stand::start(|_| json(401, &json!({"message": "bad s3cret"})));
    let error = yourmusic(&stand).ping().await.unwrap_err();
    assert!(!format!("{error:?} {}", error.fault()).contains("s3cret"));
}

/// A wrong type anywhere costs at most the row it is in.
#[test]
fn wrong_types_cost_one_row() {
    let base: Url = "https://api.yourmusic.today".parse().unwrap();
    check_wrong_types(SEARCH, "/results", |reply| {
        let _ = verdict(200, &reply);
        let rows = tolerant::rows(reply, &["results", "data", "tracks"]).unwrap_or_default();
        tolerant::items(NAME, rows, |wire| convert::track(&base, wire))
    });
}

proptest! {
    #[test]
    fn any_row_is_read_or_skipped(row in any_json(&[
        "results", "items", "tracks", "id", "stream_id", "title", "version", "artist", "name", "duration",
        "cover_art", "release", "image", "type", "track_id", "order", "status", "error", "message",
    ])) {
        let base: Url = "https://api.yourmusic.today".parse().unwrap();
        let _ = verdict(200, &row);
        let _: (Option<wire::PlaylistTrack>, Option<wire::Token>) =
            (tolerant::item(row.clone()), tolerant::item(row.clone()));
        let rows = tolerant::rows(row.clone(), &["items", "tracks", "results"]).unwrap_or_default();
        for rows in [rows, vec![row]] {
            for track in tolerant::made(NAME, rows, |wire| convert::track(&base, wire)) {
                prop_assert!(!track.title.is_empty() && !id_of(&track).is_empty());
            }
        }
    }
}
