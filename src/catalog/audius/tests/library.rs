//! What a listener changes.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;

use super::sign_in::{Desk, desk, service, signed_in};
use super::*;
use crate::model::PlaylistAbout;

async fn at(stand: &Stand) -> Desk {
    let desk = desk(stand.url("/audius"), &Arc::default());
    signed_in(&desk).await;
    desk
}

fn item(name: &str) -> ItemRef {
    name.parse().unwrap()
}

#[tokio::test]
async fn marks_are_calls() {
    let stand = Stand::start(service());
    let desk = at(&stand).await;
    let rows = [
        (Change::Like { item: item("audius:track:a"), on: true }, "POST", "/tracks/a/favorites"),
        (Change::Like { item: item("audius:track:a"), on: false }, "DELETE", "/tracks/a/favorites"),
        (Change::Like { item: item("audius:album:b"), on: true }, "POST", "/playlists/b/favorites"),
        (Change::Repost { item: item("audius:track:a"), on: true }, "POST", "/tracks/a/reposts"),
        (Change::Repost { item: item("audius:playlist:b"), on: false }, "DELETE", "/playlists/b/reposts"),
        (Change::Follow { item: item("audius:artist:c"), on: true }, "POST", "/users/c/follow"),
        (Change::Follow { item: item("audius:artist:c"), on: false }, "DELETE", "/users/c/follow"),
        (Change::DeletePlaylist { id: "b".to_owned() }, "DELETE", "/playlists/b"),
    ];
    for (change, method, path) in rows {
        assert_eq!(desk.audius.change(&change).await.unwrap(), None);
        let call = stand.calls().pop().unwrap();
        assert_eq!(call.line(), format!("{method} /audius/v1{path}"));
        let said = ["user_id", "app_name"].map(|name| call.param(name).to_owned());
        assert_eq!(said, ["nlGNe", "segue"]);
        assert_eq!((call.header("authorization"), call.header("x-api-key")), ("Bearer a1", "k3y"));
    }
    let before = stand.calls().len();
    let odd = [
        Change::Like { item: item("audius:artist:c"), on: true },
        Change::Follow { item: item("audius:track:a"), on: true },
        Change::NoteDownloads { tracks: vec!["a".to_owned()], on: true },
        Change::DeletePlaylist { id: "../users".to_owned() },
        Change::CreatePlaylist { about: PlaylistAbout::default(), tracks: Vec::new() },
    ];
    for change in odd {
        desk.audius.change(&change).await.unwrap_err();
    }
    assert_eq!(stand.calls().len(), before);
    desk.audius.sign_out().await.unwrap();
    let before = stand.calls().len();
    let change = Change::Like { item: item("audius:track:a"), on: true };
    assert_eq!(desk.audius.change(&change).await.unwrap_err().fault().kind, FaultKind::SignInNeeded);
    assert_eq!(stand.calls().len(), before);
}

/// One older description writes `followers`.
#[tokio::test]
async fn a_follow_has_two_names() {
    for status in [404, 405] {
        let all = service();
        let stand = Stand::start(move |call| match call.path.as_str() {
            "/audius/v1/users/c/follow" => json(status, &json!({ "code": status, "error": "no" })),
            _ => all(call),
        });
        let desk = at(&stand).await;
        desk.audius.change(&Change::Follow { item: item("audius:artist:c"), on: true }).await.unwrap();
        assert_eq!(stand.calls().pop().unwrap().line(), "POST /audius/v1/users/c/followers");
    }
}

/// A playlist's tracks are read, changed and written whole; what stays keeps its times, and what was
/// written lately counts while the service still shows what was before.
#[tokio::test]
async fn a_playlist_is_written_whole() {
    let all = service();
    let stand = Stand::start(move |call| match (call.method.as_str(), call.path.as_str()) {
        ("GET", "/audius/v1/playlists/b") => json(
            200,
            &json!({ "data": [{ "id": "b", "playlist_contents": [
            { "track_id": "x", "timestamp": 10, "metadata_timestamp": 11 },
            { "track_id": 7, "timestamp": 20.75, "metadata_timestamp": null },
            { "track_id": "x", "timestamp": 30, "metadata_timestamp": 31 }] }] }),
        ),
        _ => all(call),
    });
    let desk = at(&stand).await;
    let row = |track: &str, added: u64, described: u64| json!({ "track_id": track, "timestamp": added, "metadata_timestamp": described });
    let last = |stand: &Stand| {
        let call = stand.calls().pop().unwrap();
        assert_eq!(call.line(), "PUT /audius/v1/playlists/b");
        serde_json::from_str::<Value>(&call.body).unwrap()["playlist_contents"].clone()
    };
    let before = stand.calls().len();
    desk.audius.change(&add(&["y"])).await.unwrap();
    let held = json!([row("x", 10, 11), row("7", 20, 20), row("x", 30, 31), row("y", 1000, 1000)]);
    assert_eq!(last(&stand), held);
    let arranged = arrange(&["x", "7", "x", "y"], &["y", "x", "z", "x", "x"]);
    desk.audius.change(&arranged).await.unwrap();
    let held = json!([
        row("y", 1000, 1000),
        row("x", 10, 11),
        row("z", 1000, 1000),
        row("x", 30, 31),
        row("x", 1000, 1000)
    ]);
    assert_eq!(last(&stand), held);
    assert_eq!(stand.calls().len(), before + 4, "read each time");
    desk.time.store(1060, Ordering::SeqCst);
    desk.audius.change(&add(&["w"])).await.unwrap();
    assert_eq!(stand.calls().len(), before + 6);
    assert_eq!(last(&stand).as_array().map(Vec::len), Some(4));
}

fn texts(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn add(ids: &[&str]) -> Change {
    Change::AddToPlaylist { id: "b".to_owned(), tracks: texts(ids) }
}

fn arrange(before: &[&str], after: &[&str]) -> Change {
    Change::ArrangePlaylist { id: "b".to_owned(), before: texts(before), after: texts(after) }
}

/// A service with one playlist, which shows what was written at once, but for tracks that begin with `gone`.
fn shelf(held: &Arc<Mutex<Vec<String>>>) -> Stand {
    let (all, held) = (service(), Arc::clone(held));
    Stand::start(move |call| {
        let rows = |rows: Vec<Value>| json(200, &json!({ "data": rows }));
        let mut held = held.lock().unwrap();
        match (call.method.as_str(), call.path.as_str()) {
            ("GET", "/audius/v1/playlists/b") => {
                let row =
                    |track: &String| json!({ "track_id": track, "timestamp": 1, "metadata_timestamp": 1 });
                rows(vec![json!({ "id": "b", "playlist_contents": held.iter().map(row).collect::<Value>() })])
            }
            ("GET", "/audius/v1/playlists/b/tracks") => {
                let shown = held.iter().filter(|track| !track.starts_with("gone"));
                rows(shown.map(|track| json!({ "id": track, "title": "x" })).collect())
            }
            ("PUT", "/audius/v1/playlists/b") => {
                let body: Value = serde_json::from_str(&call.body).unwrap();
                let tracks = body["playlist_contents"].as_array().unwrap();
                *held = tracks.iter().map(|row| row["track_id"].as_str().unwrap().to_owned()).collect();
                json(200, &json!({}))
            }
            _ => all(call),
        }
    })
}

/// What somebody else has done meanwhile is not overwritten, and neither is what nobody is shown.
#[tokio::test]
async fn only_what_was_seen_is_put_in_order() {
    let held = Arc::new(Mutex::new(texts(&["x", "gone1", "y", "z"])));
    let stand = shelf(&held);
    let desk = at(&stand).await;
    let now = || held.lock().unwrap().clone();
    desk.audius.change(&arrange(&["x", "y", "z"], &["z", "x"])).await.unwrap();
    assert_eq!(now(), ["z", "x", "gone1"]);
    // It is so already.
    let calls = stand.calls().len();
    desk.audius.change(&arrange(&["x", "y", "z"], &["z", "x", "gone1"])).await.unwrap();
    assert_eq!(
        stand.calls()[calls..].iter().map(Call::line).collect::<Vec<_>>(),
        ["GET /audius/v1/playlists/b"]
    );
    // Elsewhere one more was added, just after that.
    held.lock().unwrap().push("new".to_owned());
    let fault = desk.audius.change(&arrange(&["z", "x"], &["x", "z"])).await.unwrap_err().fault();
    assert_eq!(fault.message.as_str(), "Audius refused: the playlist was changed elsewhere; open it again");
    desk.audius.change(&add(&["more"])).await.unwrap();
    assert_eq!(now(), ["z", "x", "gone1", "new", "more"]);
}

#[tokio::test]
async fn of_two_additions_at_once_none_is_lost() {
    let held = Arc::new(Mutex::new(texts(&["x"])));
    let stand = shelf(&held);
    let desk = at(&stand).await;
    let changes: Vec<Change> = ["1", "2", "3", "4"].iter().map(|track| add(&[track])).collect();
    for made in join_all(changes.iter().map(|change| desk.audius.change(change))).await {
        made.unwrap();
    }
    assert_eq!(*held.lock().unwrap(), ["x", "1", "2", "3", "4"]);
}

/// What cannot be read is not written back without it.
#[tokio::test]
async fn a_playlist_that_makes_no_sense_is_left_alone() {
    for contents in [json!(null), json!("x"), json!([{ "timestamp": 7 }]), json!([{ "track_id": "x" }, null])]
    {
        let all = service();
        let stand = Stand::start(move |call| match (call.method.as_str(), call.path.as_str()) {
            ("GET", "/audius/v1/playlists/b") => {
                json(200, &json!({ "data": [{ "id": "b", "playlist_contents": contents }] }))
            }
            _ => all(call),
        });
        let desk = at(&stand).await;
        let change = Change::AddToPlaylist { id: "b".to_owned(), tracks: vec!["y".to_owned()] };
        desk.audius.change(&change).await.unwrap_err();
        assert!(stand.calls().iter().all(|call| call.method != "PUT"));
    }
}

#[tokio::test]
async fn a_playlist_is_made_and_named() {
    let said = [
        (json!({ "playlist_id": "newid" }), "newid"),
        (json!({ "data": { "playlist_id": 70213 } }), "70213"),
        // Nothing is said: it is the newest of its name.
        (json!({ "success": true, "transaction_hash": "0x0" }), "found"),
    ];
    for (answer, expected) in said {
        let all = service();
        let stand = Stand::start(move |call| match (call.method.as_str(), call.path.as_str()) {
            ("POST", "/audius/v1/playlists") => json(201, &answer),
            ("GET", "/audius/v1/users/nlGNe/playlists") => json(
                200,
                &json!({ "data": [
                { "id": "other", "playlist_name": "Rail" }, { "id": "found", "playlist_name": "Road" }] }),
            ),
            _ => all(call),
        });
        let desk = at(&stand).await;
        let about = PlaylistAbout {
            title: Some(" Road ".to_owned()),
            description: Some("Long".to_owned()),
            public: Some(false),
            ..PlaylistAbout::default()
        };
        let create = Change::CreatePlaylist { about, tracks: vec!["x".to_owned()] };
        let made = desk.audius.change(&create).await.unwrap().unwrap();
        assert_eq!(made.to_string(), format!("audius:playlist:{expected}"));
        let call = stand.calls().into_iter().find(|call| call.line() == "POST /audius/v1/playlists").unwrap();
        let body: Value = serde_json::from_str(&call.body).unwrap();
        let row = json!({ "track_id": "x", "timestamp": 1000, "metadata_timestamp": 1000 });
        let expected = json!({ "playlist_name": "Road", "description": "Long", "is_private": true,
            "is_album": false, "playlist_contents": [row] });
        assert_eq!(body, expected);
    }
}

#[tokio::test]
async fn only_what_is_told_is_changed() {
    let stand = Stand::start(service());
    let desk = at(&stand).await;
    let edit = |about| Change::EditPlaylist { id: "b".to_owned(), about };
    let about = PlaylistAbout { public: Some(true), ..PlaylistAbout::default() };
    desk.audius.change(&edit(about)).await.unwrap();
    let call = stand.calls().pop().unwrap();
    assert_eq!(
        (call.line().as_str(), call.body.as_str()),
        ("PUT /audius/v1/playlists/b", r#"{"is_private":false}"#)
    );
    let before = stand.calls().len();
    desk.audius.change(&edit(PlaylistAbout::default())).await.unwrap();
    for about in [
        PlaylistAbout { cover: Some(vec![1]), ..PlaylistAbout::default() },
        PlaylistAbout { description: Some("x".repeat(1001)), ..PlaylistAbout::default() },
    ] {
        assert_eq!(desk.audius.change(&edit(about)).await.unwrap_err().fault().kind, FaultKind::Refused);
    }
    assert_eq!(stand.calls().len(), before);
}
