//! Audiosocket against its documents: the envelope of 2024, the partner API by configuration, and what
//! is made of the answers.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::catalog::contract;
use crate::catalog::stand::{
    Call, Reply, Stand, any_json, check_wrong_types, id_of, json, net, surroundings, tracks, words,
};
use crate::model::{Collection, FaultKind, Secret, SignIn};

mod changes;
mod profiles;
mod sign_in;
mod table;

const TRACKS_2024: &str = include_str!("../../../tests/fixtures/catalog/audiosocket/tracks.json");
const TRACKS_V5: &str = include_str!("../../../tests/fixtures/catalog/audiosocket/tracks_v5.json");
const PLAYLIST: &str = include_str!("../../../tests/fixtures/catalog/audiosocket/playlist_tracks.json");

fn settings(stand: &Stand) -> AudiosocketSettings {
    AudiosocketSettings {
        base_url: Some(stand.url("/audiosocket/v1")),
        token: "t0ken".into(),
        ..AudiosocketSettings::default()
    }
}

fn with(settings: &AudiosocketSettings) -> Audiosocket {
    Audiosocket::new(settings, &net(), &surroundings(0))
}

fn audiosocket(stand: &Stand) -> Audiosocket {
    with(&settings(stand))
}

fn collection(item: &Item) -> &Collection {
    match item {
        Item::Collection(collection) => collection,
        other => panic!("{other:?}"),
    }
}

/// A hundred and five tracks and two playlists in the documented envelope.
fn server(call: &Call) -> Reply {
    let ok = |data: Value| json(200, &json!({"status": 200, "message": "OK", "data": data}));
    if call.header("authorization") != "Bearer t0ken" {
        let error = "Invalid or missing Bearer Token";
        return json(401, &json!({"status": 401, "message": "Unauthorized", "error": error}));
    }
    let track = |number: u64| {
        let file = format!("https://media.example/t/{number}.mp3");
        json!({"id": number, "title": format!("Ferry {number}"), "duration": 60, "mp3_file": file})
    };
    let number = |name: &str, usual| call.param(name).parse::<u64>().unwrap_or(usual);
    let (page, size) = (number("page", 1), number("per_page", 10));
    let rows = |count: u64| -> Vec<Value> {
        (((page - 1) * size)..count).take(usize::try_from(size).unwrap()).map(track).collect()
    };
    match call.path.strip_prefix("/audiosocket/v1").unwrap() {
        "/tracks" => ok(json!(rows(105))),
        "/ping" => ok(json!({})),
        "/curated_playlists" => ok(json!([{"id": 1, "name": "Harbours"}, {"id": 2, "name": "Quays"}])),
        "/curated_playlists/1/playlist_tracks" => ok(json!([track(3), track(4)])),
        "/curated_playlists/2/playlist_tracks" => ok(json!({"status": "No tracks"})),
        "/curated_playlists/1" | "/curated_playlists/2" => {
            ok(json!({"id": call.path.rsplit('/').next(), "name": "P"}))
        }
        "/filters/track_filters" => {
            ok(json!([{"id": 1, "name": "Genres", "sub_filters": [{"id": 3, "name": "Folk"}]}]))
        }
        "/albums" | "/artists" | "/sfxes" => ok(json!([])),
        // The sentence of an empty list.
        "/consumers_playlists" | "/consumer_downloads" => json(200, &json!({"status": "No such thing"})),
        path if path.starts_with("/favorites_following/") => {
            json(200, &json!({"status": "No favorite tracks"}))
        }
        path => match path.strip_prefix("/tracks/").and_then(|id| id.parse().ok()).filter(|id| *id < 105) {
            Some(id) => ok(track(id)),
            None => json(404, &json!({"status": 404, "message": "Not Found", "error": "Resource not found"})),
        },
    }
}

#[tokio::test]
async fn the_contract_is_kept() {
    let stand = Stand::start(server);
    assert_eq!(contract::check(&audiosocket(&stand)).await, Vec::<String>::new());
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let stand = Stand::start(server);
    let catalog = with(&AudiosocketSettings { token: Secret::default(), ..settings(&stand) });
    let SignIn::Missing(words) = catalog.capabilities().sign_in else { panic!() };
    assert_eq!(words.as_str(), "Set services.audiosocket.token, or sign in with it");
    assert_eq!(contract::check(&catalog).await, Vec::<String>::new());
    assert!(stand.calls().is_empty());
}

#[tokio::test]
async fn rows_become_tracks() {
    let stand = Stand::start(|_| json(200, &TRACKS_2024));
    let page = tracks(audiosocket(&stand).search(&words("harbour", 10, 0)).await.unwrap());
    let found: Vec<_> = page
        .items
        .iter()
        .map(|track| {
            let millis = track.length.map_or(0, |length| length.as_millis());
            let album = track.album.as_ref().map_or("", |album| album.as_str());
            let artwork = track.artwork.as_ref().map_or(String::new(), Url::to_string);
            (id_of(track), track.title.as_str(), track.artist_line(), album, millis, artwork)
        })
        .collect();
    let row = |id, title, artist: &str, album, millis, artwork: &str| {
        (id, title, artist.to_owned(), album, millis, artwork.to_owned())
    };
    let relative = stand.url("/rails/active_storage/813.jpg");
    let expected = [
        row("812", "Harbour Lights", "Ada Cole", "", 187_000, "https://media.example/a/812.jpg"),
        row("813", "Night Ferry", "Ada Cole", "Tides", 187_000, relative.as_str()),
        row("814", "Named", "Bo Lind", "", 0, "https://media.example/a/814.jpg"),
        row("815", "[31m", "", "", 0, ""),
    ];
    assert_eq!(found, expected);
    assert!(page.items[1].explicit && !page.items[0].explicit);
    assert_eq!((page.total, page.more), (Some(348), true));
}

#[tokio::test]
async fn a_playlist_holds_more_than_tracks() {
    let stand = Stand::start(|call| match call.path.as_str() {
        "/audiosocket/v1/curated_playlists" => json(
            200,
            &json!({"curated_playlists": [{"id": 5, "name": "Quays", "media_count": 6}, {"id": "6"}]}),
        ),
        _ => json(200, &PLAYLIST),
    });
    let catalog = audiosocket(&stand);
    let page = catalog.browse(&ListId("curated".to_owned()), 0).await.unwrap();
    let found: Vec<_> = page.items.iter().map(collection).collect();
    assert_eq!((found[0].title.as_str(), found[0].tracks, found[1].title.as_str()), ("Quays", Some(6), "6"));
    let page = tracks(catalog.browse(&found[1].reference.list(), 0).await.unwrap());
    let rows: Vec<_> = page.items.iter().map(|track| (id_of(track), track.title.as_str())).collect();
    let expected = [
        ("812", "Harbour Lights"),
        ("sfx-5", "Gulls"),
        // It is only named.
        ("813", "Track 813"),
        ("814", "Night Ferry"),
        ("815", "A track itself"),
    ];
    assert_eq!(rows, expected);
    let call = stand.calls().pop().unwrap();
    assert_eq!(call.path, "/audiosocket/v1/curated_playlists/6/playlist_tracks");
    assert_eq!(call.param("klass"), "curated_playlist");
}

#[tokio::test]
async fn the_partner_api_is_a_matter_of_settings() {
    let stand = Stand::start(|call| match call.path.as_str() {
        "/v5/tracks" => json(200, &TRACKS_V5),
        "/v5/tracks/9021" => json(200, &json!({"id": 9021, "name": "Sunny Harbour"})),
        "/v5/tracks/9021.mp3/url" => {
            json(200, &json!({"url": "https://cdn.example/9021.mp3?sig=a", "until": 1}))
        }
        _ => json(404, &json!({})),
    });
    let paths = [
        ("tracks", "/tracks?q={query}&p={page}&pp={per_page}"),
        ("track_stream", "/tracks/{id}.mp3/url?lifetime=40000"),
    ];
    let catalog = with(&AudiosocketSettings {
        base_url: Some(stand.url("/v5")),
        auth_header: "X-Audiosocket-Token".to_owned(),
        auth_prefix: String::new(),
        paths: paths.map(|(key, path)| (key.to_owned(), path.to_owned())).into(),
        ..settings(&stand)
    });
    let page = tracks(catalog.search(&words("sun & sea", 40, 1)).await.unwrap());
    assert_eq!(page.items[0].length.map(|length| length.as_millis()), Some(187_400));
    assert_eq!((page.total, page.more), (Some(212), true));
    let Locator::Http(address) = catalog.locate("9021", Purpose::Listen).await.unwrap() else { panic!() };
    assert_eq!((address.url.as_str(), address.headers.len()), ("https://cdn.example/9021.mp3?sig=a", 0));
    let calls = stand.calls();
    let params = ["q", "p", "pp", "query"].map(|name| calls[0].param(name).to_owned());
    assert_eq!(params, ["sun & sea", "2", "40", ""]);
    assert_eq!((calls[0].header("x-audiosocket-token"), calls[0].header("authorization")), ("t0ken", ""));
    assert_eq!(calls[2].param("lifetime"), "40000");
}

#[tokio::test]
async fn a_path_without_a_query_keeps_the_parameters() {
    let stand = Stand::start(|_| json(200, &json!([])));
    let paths = [("tracks".to_owned(), "/search/tracks".to_owned())].into();
    with(&AudiosocketSettings { paths, ..settings(&stand) }).search(&words("sea", 10, 0)).await.unwrap();
    let call = stand.calls().pop().unwrap();
    assert_eq!((call.path.as_str(), call.param("query")), ("/audiosocket/v1/search/tracks", "sea"));
}

#[tokio::test]
async fn links_are_settings_too() {
    let stand = Stand::start(|_| json(200, &json!({"id": 6, "title": "Harbour"})));
    let link: Url = "https://music.example/playlists/6-harbour".parse().unwrap();
    assert!(audiosocket(&stand).resolve(&link).is_none());
    let links = vec!["https://music.example/playlists/{playlist}-harbour".parse().unwrap()];
    let catalog = with(&AudiosocketSettings { links, ..settings(&stand) });
    let Item::Collection(playlist) = catalog.resolve(&link).unwrap().await.unwrap() else { panic!() };
    assert_eq!(playlist.reference.to_string(), "audiosocket:playlist:6");
}

#[tokio::test]
async fn methods_are_settings_too() {
    let stand = Stand::start(|call| match call.method.as_str() {
        "DELETE" => json(405, &json!({"error": "Method Not Allowed"})),
        _ => json(200, &json!([])),
    });
    let paths = [("tracks", "POST /search/tracks"), ("my_playlist", "POST /own/{id}")];
    let paths = paths.map(|(key, path)| (key.to_owned(), path.to_owned())).into();
    let catalog = with(&AudiosocketSettings { paths, ..settings(&stand) });
    catalog.search(&words("sea", 10, 0)).await.unwrap();
    let call = stand.calls().pop().unwrap();
    assert_eq!(call.line(), "POST /audiosocket/v1/search/tracks");
    assert_eq!(call.param("query"), "sea");
    // Reading one's playlist and deleting it are two calls.
    let delete = Change::DeletePlaylist { id: "own-7".to_owned() };
    let fault = catalog.change(&delete).await.unwrap_err().fault();
    assert_eq!(stand.calls().pop().unwrap().line(), "DELETE /audiosocket/v1/consumers_playlists/7");
    let hint = fault.hint.as_ref().unwrap().as_str();
    let expected = "set services.audiosocket.paths.my_playlist_delete = \"METHOD /consumers_playlists/{id}\"";
    assert!(hint.contains(expected), "{fault}");
}

#[tokio::test]
async fn streams_are_found_wherever_they_are() {
    let plain = || json!({"id": 7, "title": "x"});
    let file = "https://media.example/7.mp3";
    let rows: [(Value, Reply, Option<&str>); 9] = [
        (
            json!({"id": 7, "mp3_file": file, "mp3_file_compressed": "https://media.example/7-c.mp3"}),
            json(500, &""),
            Some("https://media.example/7-c.mp3"),
        ),
        (
            json!({"id": 7, "mp3_file_compressed": "", "opus_file": false, "preview_url": file}),
            json(500, &""),
            Some(file),
        ),
        (json!({"id": 7, "file": "javascript:alert(1)"}), json(200, &json!({"url": file})), Some(file)),
        (plain(), json(200, &json!({"status": 200, "data": {"url": file}})), Some(file)),
        (plain(), json(200, &json!({"status": 200, "data": file})), Some(file)),
        (plain(), json(200, &json!(file)), Some(file)),
        (plain(), (200, "audio/mpeg", "ID3".to_owned()), Some("SELF")),
        (plain(), json(200, &json!({"data": {"url": null}})), None),
        (plain(), (200, "text/html", "<html>".to_owned()), None),
    ];
    for (track, reply, expected) in rows {
        let shown = format!("{track} {reply:?}");
        let stand =
            Stand::start(
                move |call| {
                    if call.path.ends_with("/stream") { reply.clone() } else { json(200, &track) }
                },
            );
        match (audiosocket(&stand).locate("7", Purpose::Listen).await, expected) {
            (Ok(Locator::Http(address)), Some("SELF")) => {
                assert_eq!(address.url, stand.url("/audiosocket/v1/tracks/7/stream"));
                assert_eq!(address.headers.len(), 1, "the audio is the API's own");
            }
            (Ok(Locator::Http(address)), Some(expected)) => {
                assert_eq!((address.url.as_str(), address.headers.len()), (expected, 0), "{shown}");
            }
            (Err(error), None) => assert_eq!(error.fault().kind, FaultKind::Network, "{shown}"),
            (found, _) => panic!("{shown}: {found:?}"),
        }
    }
}

#[tokio::test]
async fn failures_say_what_they_are() {
    let rows = [
        (
            404,
            r#"{"status":404,"message":"Not Found","error":"Resource not found"}"#,
            FaultKind::NotFound,
            "Audiosocket has no track 7",
        ),
        (404, "", FaultKind::NotFound, "set services.audiosocket.paths.track"),
        (
            401,
            r#"{"errors":{"request":["Unauthorized."]}}"#,
            FaultKind::SignInNeeded,
            "services.audiosocket.token",
        ),
        (422, r#"{"message":"Invalid auth token"}"#, FaultKind::SignInNeeded, "services.audiosocket.token"),
        (422, r#"{"message":"Query is too short"}"#, FaultKind::Refused, "Query is too short"),
        (403, r#"{"error":"Access to this resource is denied"}"#, FaultKind::Refused, "denied"),
        (503, r#"{"error":"The server is currently unavailable"}"#, FaultKind::Network, "Audiosocket"),
        (200, r#"{"status":200,"message":"OK","data":[]}"#, FaultKind::Network, "no track"),
    ];
    for (status, body, kind, part) in rows {
        let stand = Stand::start(move |_| json(status, &body));
        let fault = audiosocket(&stand).track("7").await.unwrap_err().fault();
        assert_eq!(fault.kind, kind, "{status} {body}");
        assert!(fault.to_string().contains(part), "{status} {body}: {fault}");
    }
}

/// A wrong type anywhere costs at most the row it is in.
#[test]
fn wrong_types_cost_one_row() {
    let base: Url = "https://api.audiosocket.com/v1".parse().unwrap();
    check_wrong_types(TRACKS_2024, "/data/tracks", |reply| {
        let _ = (wire::total(&reply), wire::stream_address(&reply), verdict(422, &reply));
        let rows = tolerant::rows(reply, &["data", "tracks"]).unwrap_or_default();
        tolerant::items(NAME, rows, |wire| convert::track(&base, wire))
    });
}

proptest! {
    #[test]
    fn any_row_is_read_or_skipped(row in any_json(&[
        "data", "tracks", "meta", "total", "count", "id", "title", "name", "artist_name", "artist", "album",
        "duration", "length", "artwork", "cover", "mp3_file", "url", "mediable", "mediable_type", "track",
    ])) {
        let base: Url = "https://api.audiosocket.com/v1".parse().unwrap();
        let _ = (wire::total(&row), wire::stream_address(&row), verdict(422, &row));
        let rows = tolerant::rows(row.clone(), &["data", "tracks"]).unwrap_or_default();
        let _ = (wire::liked(&row), convert::placed(&base, wire::place(row.clone()).into_iter().next().unwrap_or(wire::Place { id: None, media_id: String::new(), is_sound: false, media: None })));
        for wire in tolerant::item(row.clone()).into_iter().chain(rows.iter().cloned().filter_map(tolerant::item)) {
            prop_assert!(convert::collection(&base, Kind::Album, wire).is_none_or(|made| !made.title.is_empty()));
        }
        let media = wire::place(row.clone()).and_then(|place| place.media).into_iter().collect();
        for rows in [rows, media, vec![row]] {
            for track in tolerant::made(NAME, rows, |wire| convert::track(&base, wire)) {
                prop_assert!(!track.title.is_empty() && !id_of(&track).is_empty());
            }
        }
    }
}
