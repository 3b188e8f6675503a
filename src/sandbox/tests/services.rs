//! The four services: search, lists, single tracks, streams, limits and refusals.

use super::*;

/// The bundled files of the pieces in the order of the catalogue.
const FILES: &[&str] = &[
    "night-ferry.mp3",
    "harbour-lights.mp3",
    "ame-no-minato.opus",
    "paper-lanterns.flac",
    "cafe-muller.m4a",
    "morning-post.mp3",
    "slow-orbit.m4a",
    "northern-line.ogg",
];

fn titles(rows: &Value, key: &str) -> Vec<String> {
    let rows = rows.as_array().unwrap();
    rows.iter().map(|row| row[key].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn audius_searches_lists_tells_and_streams() {
    let bench = Bench::new().await;
    let found = bench.audius("/tracks/search", &[("query", "NIGHT ferry")]).await.json();
    assert_eq!(titles(&found["data"], "title")[0], "Night Ferry");
    let list = bench.audius("/tracks/trending", &[("time", "month"), ("limit", "8")]).await.json();
    for (row, file) in list["data"].as_array().unwrap().iter().zip(FILES) {
        let id = row["id"].as_str().unwrap();
        let track = bench.audius(&format!("/tracks/{id}"), &[]).await.json();
        assert_eq!(track["data"]["title"], row["title"]);
        let stream = bench.url("audius", &format!("/v1/tracks/{id}/stream"), &[("app_name", "bench")]);
        let bytes = bench.follow(stream, &[("range", "bytes=1000-")]).await;
        assert_eq!(
            (bytes.status, bytes.body == disk(&format!("tracks/{file}"))[1000..]),
            (206, true),
            "{file}"
        );
    }
    let one = bench.audius("/tracks/trending/underground", &[]).await.json();
    assert_eq!(titles(&one["data"], "title")[0], "雨の港");
    let albums = bench.audius("/playlists/trending", &[]).await.json();
    assert_eq!(
        titles(&albums["data"], "playlist_name")[..4],
        ["Tides", "硝子の季節", "Petits Pas", "Perihelion"]
    );
    let id = albums["data"][0]["id"].as_str().unwrap();
    let tracks = bench.audius(&format!("/playlists/{id}/tracks"), &[]).await.json();
    assert_eq!(titles(&tracks["data"], "title"), ["Night Ferry", "Harbour Lights"]);
}

#[tokio::test]
async fn audius_refuses_what_the_service_refuses() {
    let bench = Bench::new().await;
    let url = bench.url("audius", "/v1/tracks/trending", &[]);
    let answer = bench.get(url, &[]).await;
    assert_eq!((answer.status, answer.json()["code"].clone()), (400, 400.into()));
    let check = async |path: &str, query: &[(&str, &str)], status: u16| {
        let answer = bench.audius(path, query).await;
        assert_eq!(answer.status, status, "{path} {query:?}");
        if status >= 400 {
            assert_eq!(answer.json()["code"], status);
            assert!(answer.json()["error"].is_string());
        }
    };
    check("/tracks/trending", &[("limit", "100")], 200).await;
    check("/tracks/trending", &[("limit", "101")], 400).await;
    check("/tracks/trending", &[("limit", "0")], 400).await;
    check("/tracks/trending", &[("offset", "-1")], 400).await;
    check("/tracks/trending", &[("time", "year")], 400).await;
    check("/tracks/trending", &[("user_id", "D7KyD")], 403).await;
    check("/playlists/trending", &[("time", "year")], 200).await;
    check("/playlists/trending", &[("time", "allTime")], 400).await;
    check("/tracks/search", &[], 400).await;
    check("/tracks/nope1", &[], 404).await;
    check("/tracks/nope1/stream", &[], 404).await;
    assert_eq!(bench.audius("/tracks/nope1", &[]).await.json()["error"], "track not found");
    // Gated: number 29 + 43 is.
    let gated = bench.audius("/tracks/29/stream", &[]).await;
    assert_eq!((gated.status, gated.json()["error"].clone()), (403, "track not streamable".into()));
}

/// Taken-down tracks are dropped after the query: a page may be short, only an empty one is the end.
#[tokio::test]
async fn audius_pages_end_with_an_empty_one() {
    let bench = Bench::new().await;
    let mut ids = std::collections::BTreeSet::new();
    let mut short = 0;
    for offset in (0..).step_by(50) {
        let page =
            bench.audius("/tracks/trending", &[("limit", "50"), ("offset", &offset.to_string())]).await;
        let rows = page.json()["data"].as_array().unwrap().clone();
        if rows.is_empty() {
            break;
        }
        short += usize::from(rows.len() < 50);
        ids.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
    }
    // 360 entries, of which those that leave 41 when divided by 43 are gone, unless they are awkward.
    assert!(ids.len() > 350 && ids.len() < 360, "{}", ids.len());
    assert!(short > 1, "{short}");
    assert!(ids.iter().all(|id| id.len() == 5 && id.chars().all(|c| c.is_ascii_alphanumeric())));
}

#[tokio::test]
async fn audiomack_searches_lists_and_tells() {
    let bench = Bench::new().await;
    let found = bench.audiomack("/search", &[("q", "night FERRY"), ("show", "songs")]).await.json();
    assert_eq!(titles(&found["results"], "title")[0], "Night Ferry");
    assert_eq!(found["results"][0]["id"], "14216001");
    let mixed = bench.audiomack("/search", &[("q", "tides"), ("show", "all")]).await.json();
    assert!(mixed["results"][0]["type"].is_null() && mixed["results"][0]["name"] == "Ada Cole");
    let first = bench.audiomack("/music/trending", &[]).await.json();
    assert_eq!(first["results"].as_array().unwrap().len(), 20);
    assert_eq!(titles(&first["results"], "title")[..2], ["Night Ferry", "Harbour Lights"]);
    let second = bench.audiomack("/music/trending/page/2", &[]).await.json();
    assert_eq!(second["results"][0]["id"].to_string().replace('"', ""), "14216021");
    assert_eq!(second["count"], "360");
    let past = bench.audiomack("/music/trending/page/19", &[]).await.json();
    assert_eq!(past["results"], serde_json::json!([]));
    let all = bench.audiomack("/music/recent", &[("limit", "0"), ("fields", "id,artist:name")]).await.json();
    assert_eq!(all["results"].as_array().unwrap().len(), 360);
    assert_eq!(all["results"][359], serde_json::json!({ "id": "14216001", "artist": "Ada Cole" }));
    let genre = bench.audiomack("/music/hip-hop-rap/trending", &[]).await.json();
    assert!(genre["results"].as_array().unwrap().iter().all(|song| song["genre"] == "hip-hop-rap"));
    let chart = bench.audiomack("/reggae/chart/songs/weekly", &[]).await.json();
    assert!(chart["results"].as_array().unwrap().iter().all(|song| song["genre"] == "reggae"));
    let song = bench.audiomack("/music/14216003", &[]).await.json();
    assert_eq!(song["results"]["title"], "雨の港");
    let song = bench.audiomack("/music/song/ada-cole/night-ferry", &[]).await.json();
    assert_eq!(song["title"], "Night Ferry");
    let missing = bench.audiomack("/music/1", &[]).await;
    assert_eq!((missing.status, missing.json()["errorcode"].clone()), (404, 1005.into()));
    let unasked = bench.audiomack("/search", &[]).await;
    assert_eq!((unasked.status, unasked.json()["errorcode"].clone()), (422, 1008.into()));
    let refused = bench.signed(Method::POST, "/music/14216029/play", &[], &bench.signature()).await;
    assert_eq!(refused.status, 403);
}

/// Types change from entry to entry, as they do on the service.
#[tokio::test]
async fn audiomack_types_are_sloppy() {
    let bench = Bench::new().await;
    let all = bench.audiomack("/music/trending", &[("limit", "0")]).await.json();
    let rows = all["results"].as_array().unwrap();
    let any = |key: &str, is: fn(&Value) -> bool| assert!(rows.iter().any(|row| is(&row[key])), "{key}");
    for key in ["id", "duration", "stream_only", "title"] {
        any(key, Value::is_string);
        any(key, Value::is_number);
    }
    any("isrc", |value| *value == Value::Bool(false));
    any("title", |value| value.as_str().is_some_and(|text| text.contains('\u{1b}')));
    any("title", |value| value.as_str().is_some_and(|text| text.chars().count() > 9000));
}

#[tokio::test]
async fn yourmusic_searches_lists_and_tells() {
    let bench = Bench::new().await;
    let found = bench.yourmusic("/tracks/search", &[("q", "ferry NIGHT"), ("pageSize", "50")]).await.json();
    assert_eq!(titles(&found["results"], "title")[0], "Night Ferry");
    assert_eq!(found["expectedPageSize"], 50);
    let home = bench.yourmusic("/home", &[]).await.json();
    let playlist = home["modules"][1]["items"][0]["id"].as_str().unwrap();
    let rows = bench.yourmusic(&format!("/playlists/{playlist}/tracks"), &[]).await.json();
    let mut rows: Vec<(u64, String)> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["order"].as_u64().unwrap(), row["track_id"].as_str().unwrap().to_owned()))
        .collect();
    rows.sort();
    let ids: Vec<&str> = rows.iter().take(3).map(|(_, id)| id.as_str()).collect();
    let wanted = format!("{},1,{},{}", ids[0], ids[1], ids[2]);
    let batch =
        bench.yourmusic("/tracks/batch", &[("trackids", &wanted), ("showErrors", "true")]).await.json();
    let expected = ["Night Ferry", "Harbour Lights", "雨の港"];
    assert_eq!(titles(&batch["items"]["tracks"], "title"), expected);
    assert_eq!(batch["items"]["errors"][0]["id"], "1");
    assert_eq!(bench.yourmusic("/playlists", &[]).await.json().as_array().unwrap().len(), 3);
    let check = async |path: &str, query: &[(&str, &str)], status: u16| {
        let answer = bench.yourmusic(path, query).await;
        assert_eq!(answer.status, status, "{path} {query:?}");
        assert!(answer.json()["message"].is_string());
    };
    check("/tracks/search", &[("q", "a"), ("pageSize", "9")], 422).await;
    check("/tracks/search", &[("q", "a"), ("pageSize", "51")], 422).await;
    check("/tracks/search", &[("q", "a"), ("page", "0")], 422).await;
    check("/tracks/search", &[("q", "a"), ("usageTypes", "subscriptionstreaming")], 422).await;
    check("/tracks/search", &[], 422).await;
    check("/tracks/2001", &[("imageSize", "640")], 422).await;
    check("/tracks/9999", &[], 404).await;
    check("/stream/00000000-0000-4000-8000-000000000000", &[], 404).await;
    check("/stream/2001", &[], 422).await;
    check("/nowhere", &[], 404).await;
}

#[tokio::test]
async fn yourmusic_tokens_are_checked_and_end() {
    let bench = Bench::new().await;
    let url = bench.url("yourmusic", "/tracks/2001", &[]);
    let home = bench.url("yourmusic", "/home", &[]);
    assert_eq!(bench.get(&url, &[]).await.status, 401);
    let user = bench.user().await;
    let bearer = [("authorization", user.as_str())];
    bench.pass(599);
    assert_eq!(bench.get(&url, &bearer).await.status, 200);
    bench.pass(1);
    assert_eq!(bench.get(&url, &bearer).await.status, 401);
    let answer = bench.get(&home, &bearer).await;
    assert_eq!((answer.status, answer.json()["code"].clone()), (401, "INVALID_AUTH_TOKEN".into()));
    // A longer life cannot be written into a token.
    let longer = user.replace(&(START + 600).to_string(), &(START + 6000).to_string());
    assert_ne!(longer, user);
    assert_eq!(bench.get(&url, &[("authorization", &longer)]).await.status, 401);
    assert_eq!(bench.get(&home, &[]).await.status, 422);
    assert_eq!(bench.get(&home, &[("x-tenant", "sandbox-records")]).await.status, 200);
    let known = bench.sandbox.credentials().yourmusic;
    let token = bench.url("yourmusic", "/oauth/token", &[]);
    let wrong = serde_json::json!({ "grant_type": "client_credentials", "client_id": known.client_id,
        "client_secret": "wrong" });
    assert_eq!(bench.post_json(token.clone(), &wrong, &[]).await.status, 401);
    let right = serde_json::json!({ "grant_type": "client_credentials", "client_id": known.client_id,
        "client_secret": known.client_secret });
    let client = bench.post_json(token, &right, &[]).await.json();
    let client = format!("Bearer {}", client["access_token"].as_str().unwrap());
    // A client's token is no user's, and a device has a UUID.
    assert_eq!(bench.get(&url, &[("authorization", &client)]).await.status, 403);
    let udt = bench.url("yourmusic", &format!("/users/{}/udt", known.user_id), &[]);
    let device = serde_json::json!({ "deviceId": "my laptop" });
    assert_eq!(bench.post_json(udt, &device, &[("authorization", &client)]).await.status, 422);
}

#[tokio::test]
async fn audiosocket_searches_lists_tells_and_streams() {
    let bench = Bench::new().await;
    let found = bench.audiosocket("/tracks", &[("query", "night FERRY")]).await.json();
    assert_eq!((found["status"].clone(), found["message"].clone()), (200.into(), "OK".into()));
    assert_eq!(titles(&found["data"], "title")[0], "Night Ferry");
    let list = bench.audiosocket("/curated_playlists", &[]).await.json();
    let id = list["data"][0]["id"].to_string();
    let tracks = bench.audiosocket(&format!("/curated_playlists/{id}/playlist_tracks"), &[]).await.json();
    assert_eq!(titles(&tracks["data"], "title")[0], "Night Ferry");
    for (number, file) in (801..).zip(FILES) {
        let track = bench.audiosocket(&format!("/tracks/{number}"), &[]).await.json()["data"].clone();
        let names = ["mp3_file_compressed", "mp3_file", "file", "opus_file"];
        let written = names.iter().find_map(|name| track[*name].as_str());
        let answer = bench.audiosocket(&format!("/tracks/{number}/stream"), &[]).await;
        let asked_for = if answer.status == 302 {
            answer.header("location").to_owned()
        } else {
            let data = answer.json()["data"].clone();
            data["url"].as_str().or(data.as_str()).unwrap().to_owned()
        };
        let address = written.unwrap_or(&asked_for);
        let address = bench.url("audiosocket", "", &[]).join(address).unwrap();
        let bytes = bench.follow(&address, &[("range", "bytes=7-")]).await;
        assert_eq!((bytes.status, bytes.body == disk(&format!("tracks/{file}"))[7..]), (206, true), "{file}");
    }
}

#[tokio::test]
async fn audiosocket_refuses_what_the_service_refuses() {
    let bench = Bench::new().await;
    let url = bench.url("audiosocket", "/tracks", &[]);
    for headers in [&[][..], &[("authorization", "Bearer wrong")][..]] {
        let answer = bench.get(&url, headers).await;
        assert_eq!(answer.status, 401);
        let expected = serde_json::json!({ "status": 401, "message": "Unauthorized",
            "error": "Invalid or missing Bearer Token" });
        assert_eq!(answer.json(), expected);
    }
    let check = async |path: &str, query: &[(&str, &str)], status: u16| {
        let answer = bench.audiosocket(path, query).await;
        assert_eq!((answer.status, answer.json()["status"].clone()), (status, status.into()), "{path}");
    };
    check("/ping", &[], 200).await;
    check("/tracks", &[("per_page", "100")], 200).await;
    check("/tracks", &[("per_page", "101")], 400).await;
    check("/tracks", &[("page", "0")], 400).await;
    check("/tracks/1", &[], 404).await;
    check("/tracks/829/stream", &[], 403).await;
    check("/nowhere", &[], 404).await;
    let past = bench.audiosocket("/tracks", &[("page", "99")]).await.json();
    assert_eq!(past["data"], serde_json::json!([]));
}
