//! Audiomack's document, operation by operation.

use serde_json::json;

use super::*;

mod artists;
mod playlists;
mod sign_in;

impl Bench {
    /// A request by the listener.
    async fn mine(&self, method: Method, path: &str, parameters: &[(&str, &str)]) -> Answer {
        self.signed(method, path, parameters, &self.listener()).await
    }

    /// The listener's, with a body that is not signed.
    async fn with_body(&self, method: Method, path: &str, media_type: &str, body: Vec<u8>) -> Answer {
        let url = self.url("audiomack", path, &[]);
        let header = self.listener().header(method.as_str(), url.as_str(), &[]);
        let request = self.client.request(method, url).header("authorization", header);
        self.send(request.header("content-type", media_type).body(body)).await
    }

    async fn with_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.with_body(method, path, "application/json", body.to_string().into_bytes()).await
    }

    async fn my_rows(&self, path: &str, parameters: &[(&str, &str)]) -> Vec<Value> {
        let answer = self.mine(Method::GET, path, parameters).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()["results"].as_array().unwrap().clone()
    }

    async fn my_ids(&self, path: &str, parameters: &[(&str, &str)]) -> Vec<String> {
        ids(&self.my_rows(path, parameters).await)
    }
}

/// `TYPE ID` of each row; artists have no type.
fn ids(rows: &[Value]) -> Vec<String> {
    let id = |row: &Value| row["id"].to_string().replace('"', "");
    rows.iter().map(|row| format!("{} {}", row["type"].as_str().unwrap_or("artist"), id(row))).collect()
}

fn code(answer: &Answer) -> (u16, Value) {
    (answer.status, answer.json()["errorcode"].clone())
}

/// What the document marks as the listener's own is nobody else's.
#[tokio::test]
async fn what_needs_a_listener_says_so() {
    let bench = Bench::new().await;
    let rows = [
        (Method::PUT, "/music/14216001/favorite"),
        (Method::DELETE, "/music/14216001/favorite"),
        (Method::PUT, "/music/14216001/repost"),
        (Method::DELETE, "/music/14216001/repost"),
        (Method::PUT, "/artist/ada-cole/follow"),
        (Method::DELETE, "/artist/ada-cole/follow"),
        (Method::POST, "/artist/sandbox/pinned"),
        (Method::PUT, "/artist/sandbox/pinned"),
        (Method::DELETE, "/artist/sandbox/pinned"),
        (Method::POST, "/playlist"),
        (Method::PUT, "/playlist/4212"),
        (Method::DELETE, "/playlist/4212"),
        (Method::POST, "/playlist/4212/track"),
        (Method::DELETE, "/playlist/4212/14216001"),
        (Method::PUT, "/playlist/4201/favorite"),
        (Method::DELETE, "/playlist/4201/favorite"),
        (Method::GET, "/user"),
        (Method::GET, "/user/playlists"),
        (Method::GET, "/user/favorites"),
        (Method::GET, "/user/feed"),
        (Method::GET, "/user/uploads"),
        (Method::GET, "/user/native-notifications"),
        (Method::POST, "/user/native-notifications/seen"),
        (Method::GET, "/user/downloads"),
        (Method::POST, "/user/downloads"),
        (Method::DELETE, "/user/downloads/4"),
    ];
    for (method, path) in rows {
        let answer = bench.signed(method.clone(), path, &[], &bench.signature()).await;
        assert_eq!(code(&answer), (401, 1004.into()), "{method} {path}");
    }
}

#[tokio::test]
async fn music_is_found_liked_and_passed_on() {
    let bench = Bench::new().await;
    let album = bench.audiomack("/search", &[("q", "tides"), ("show", "albums")]).await.json();
    let album = album["results"][0].clone();
    assert_eq!((&album["type"], &album["title"]), (&json!("album"), &json!("Tides")));
    let id = album["id"].as_str().unwrap();
    let whole = bench.audiomack(&format!("/music/{id}"), &[]).await.json()["results"].clone();
    let tracks: Vec<&Value> =
        whole["tracks"].as_array().unwrap().iter().filter(|row| row.is_object()).collect();
    assert!(tracks.len() > 1 && tracks.iter().all(|row| row["id"].is_null() && row["image"].is_null()));
    assert!(tracks[0]["song_id"].as_str().unwrap().starts_with("14216"));
    let named = bench.audiomack("/music/album/ada-cole/tides", &[]).await.json();
    assert_eq!(named["results"]["id"], id);

    for what in ["favorite", "repost"] {
        let path = format!("/music/14216010/{what}");
        assert_eq!(bench.mine(Method::PUT, &path, &[]).await.status, 204);
        let again = bench.mine(Method::PUT, &path, &[]).await;
        assert_eq!(again.status, if what == "favorite" { 422 } else { 204 });
    }
    assert_eq!(bench.my_ids("/user/favorites", &[]).await[0], "song 14216010");
    assert_eq!(bench.mine(Method::GET, "/user", &[]).await.json()["results"]["reups"][1], 14_216_010);
    assert_eq!(bench.mine(Method::DELETE, "/music/14216010/favorite", &[]).await.status, 204);
    let gone = bench.mine(Method::DELETE, "/music/14216010/favorite", &[]).await;
    assert_eq!(code(&gone), (422, 1001.into()));
    assert_eq!(bench.mine(Method::PUT, "/music/14216011/favorite", &[]).await.status, 200, "or 204");

    let path = "/music/song/ada-cole/night-ferry";
    let report = async |status: &str| bench.mine(Method::PATCH, path, &[("status", status)]).await;
    assert_eq!(report("fine").await.status, 422);
    assert_eq!(report("unplayable").await.status, 200);
    assert_eq!(bench.audiomack("/music/14216001", &[]).await.json()["results"]["status"], "unplayable");
    let metrics = bench.audiomack("/music/14216002/metrics", &[]).await.json();
    assert_eq!(metrics["results"]["event_counters"], json!({ "play": 345, "repost": 15 }));
    for (status, expected) in [("skipped", 200), ("loud", 422)] {
        let answer = bench.mine(Method::POST, "/music/14216002/ads", &[("status", status)]).await;
        assert_eq!(answer.status, expected);
    }
}

#[tokio::test]
async fn previews_are_sound_or_words() {
    let bench = Bench::new().await;
    let sound = bench.audiomack("/music/preview/14216001", &[]).await;
    assert_eq!((sound.status, sound.header("content-type")), (200, "audio/mpeg"));
    let words = bench.audiomack("/music/preview/14216002", &[]).await.json();
    assert!(words["results"]["url"].as_str().unwrap().contains("Expires="));
    let later = bench.audiomack("/music/preview/14216003", &[]).await;
    assert_eq!((later.status, later.header("retry-after")), (503, "1"));
    assert_eq!(bench.audiomack("/music/preview/14216003", &[]).await.status, 200);
    assert_eq!(bench.audiomack("/music/preview/14216029", &[]).await.status, 403);
    let by = bench.signature();
    let key = [("key", "sandbox-promo")];
    let private = bench.signed(Method::POST, "/music/14216029/play", &key, &by).await;
    assert_eq!(private.status, 200);
}

#[tokio::test]
async fn a_play_is_reported_with_a_token_once() {
    let bench = Bench::new().await;
    let plays = async || {
        bench.audiomack("/music/14216005", &[]).await.json()["results"]["stats"]["plays-raw"]
            .as_u64()
            .unwrap()
    };
    let token = async |id: &str| {
        let answer = bench.audiomack("/music/stats/token", &[("device", "d"), ("music_id", id)]).await.json();
        let token = if answer["token"].is_null() { &answer["results"]["token"] } else { &answer["token"] };
        token.as_str().unwrap().to_owned()
    };
    let report = async |id: &str, token: &str, kind: &str| {
        let path = format!("/music/stats/{id}");
        bench
            .signed(Method::POST, &path, &[("token", token), ("type", kind)], &bench.signature())
            .await
            .status
    };
    let before = plays().await;
    let good = token("14216005").await;
    assert_eq!(report("14216006", &good, "play").await, 422, "another's");
    assert_eq!(report("14216005", &good, "listen").await, 422);
    assert_eq!(report("14216005", &good, "view").await, 422, "the documents disagree");
    assert_eq!(report("14216005", &good, "play").await, 200);
    assert_eq!(report("14216005", &good, "play").await, 422, "used up");
    assert_eq!(report("14216006", &token("14216006").await, "view").await, 200);
    assert_eq!(report("14216005", &token("14216005").await, "pv").await, 200);
    assert_eq!(plays().await, before + 1);
    assert_eq!(bench.audiomack("/music/stats/token", &[]).await.status, 422);
}

#[tokio::test]
async fn charts_have_a_kind_a_time_and_perhaps_a_genre() {
    let bench = Bench::new().await;
    for (kind, row) in [("songs", "song"), ("albums", "album"), ("playlists", "playlist")] {
        for span in ["total", "daily", "weekly", "monthly", "yearly"] {
            let rows = bench.my_rows(&format!("/chart/{kind}/{span}"), &[]).await;
            assert!(rows.iter().all(|found| found["type"] == row) && rows.len() == 20, "{kind} {span}");
        }
        let rows = bench.my_rows(&format!("/electronic/chart/{kind}/weekly"), &[]).await;
        assert!(rows.iter().all(|found| found["genre"] == "electronic") && !rows.is_empty(), "{kind}");
    }
    assert_eq!(bench.audiomack("/chart/hats/daily", &[]).await.status, 404);
    assert_eq!(bench.audiomack("/chart/songs/hourly", &[]).await.status, 404);
    let second = bench.audiomack("/chart/songs/weekly/page/2", &[]).await.json();
    assert_eq!(second["count"], "360");
}

#[tokio::test]
async fn searches_show_what_was_asked_for() {
    let bench = Bench::new().await;
    let check = async |show: &str, kind: &str| {
        let rows = bench.my_rows("/search", &[("q", "a"), ("show", show)]).await;
        assert!(ids(&rows).iter().all(|id| id.starts_with(kind)) && !rows.is_empty(), "{show}");
    };
    check("songs", "song").await;
    check("albums", "album").await;
    check("artists", "artist").await;
    check("playlists", "playlist").await;
    let found = bench.audiomack("/search", &[("q", "night"), ("verified", "1")]).await.json();
    assert_eq!(found["verified_artist"]["verified"], "yes");
    assert_eq!(bench.audiomack("/search", &[("q", "a"), ("sort", "best")]).await.status, 422);
    let second = bench.audiomack("/search", &[("q", "a"), ("page", "2"), ("limit", "5")]).await.json();
    assert_eq!(second["results"].as_array().unwrap().len(), 5);
    let suggested = bench.audiomack("/search_autosuggest", &[("q", "harb")]).await.json();
    assert_eq!(suggested["results"][0], "Harbour Lights");
    assert!(suggested["results"].as_array().unwrap().iter().all(Value::is_string));
}

#[tokio::test]
async fn notifications_come_in_pages_and_are_seen() {
    let bench = Bench::new().await;
    let path = "/user/native-notifications";
    let first = bench.mine(Method::GET, path, &[]).await.json();
    assert_eq!((first["results"].as_array().unwrap().len(), &first["unseen"]), (20, &json!(3)));
    let token = first["paging_token"].as_str().unwrap();
    let rest = bench.mine(Method::GET, path, &[("paging_token", token)]).await.json();
    assert_eq!((rest["results"].as_array().unwrap().len(), rest["paging_token"].is_null()), (5, true));
    assert_eq!(bench.my_rows(path, &[("only_unseen", "true")]).await.len(), 3);
    let seen = bench.with_json(Method::POST, &format!("{path}/seen"), &json!({ "for_all": true })).await;
    assert_eq!((seen.status, seen.body.len()), (200, 0));
    assert_eq!(bench.mine(Method::GET, path, &[]).await.json()["unseen"], 0);
    let as_form = bench.mine(Method::POST, &format!("{path}/seen"), &[("for_all", "true")]).await;
    assert_eq!(as_form.status, 200);
}

#[tokio::test]
async fn the_downloads_list_is_bare() {
    let bench = Bench::new().await;
    let path = "/user/downloads";
    let list = async |query: &[(&str, &str)]| bench.mine(Method::GET, path, query).await.json();
    assert_eq!(list(&[]).await, json!([]));
    // The ids stand in the query of a POST.
    let add = async |ids: &str| {
        let url = bench.url("audiomack", path, &[("music_id", ids)]);
        let plain = bench.url("audiomack", path, &[]);
        let header = bench.listener().header("POST", plain.as_str(), &[("music_id", ids)]);
        bench.send(bench.client.post(url).header("authorization", header)).await.status
    };
    assert_eq!(add("14216001").await, 201);
    assert_eq!(add("14216002,14300001,14216004,14216001").await, 201);
    assert_eq!(add("1").await, 404);
    assert_eq!(list(&[]).await, json!(["14216001", "14216002", "14300001", "14216004"]));
    assert_eq!(list(&[("type", "album")]).await, json!(["14300001"]));
    assert_eq!(list(&[("type", "song"), ("offset", "1"), ("limit", "1")]).await, json!(["14216002"]));
    assert_eq!(list(&[("exclude", "14216001,14300001")]).await, json!(["14216002", "14216004"]));
    assert_eq!(bench.mine(Method::DELETE, "/user/downloads/14216001,14300001", &[]).await.status, 200);
    assert_eq!(bench.mine(Method::DELETE, "/user/downloads/14216002%2C14216004", &[]).await.status, 200);
    assert_eq!(list(&[("offset", "20")]).await, json!([]));
    assert_eq!(bench.mine(Method::GET, path, &[("type", "hats")]).await.status, 422);
}

#[tokio::test]
async fn accounts_are_made_and_told() {
    let bench = Bench::new().await;
    let post = |path: &'static str, form: Vec<(&'static str, &'static str)>| {
        let (bench, by) = (&bench, bench.signature());
        async move { bench.signed(Method::POST, path, &form, &by).await }
    };
    let fields =
        vec![("email", "a@example.org"), ("artist_name", "New One"), ("password", "x"), ("password2", "x")];
    let made = post("/user/register", fields.clone()).await;
    assert_eq!((made.status, &made.json()["user"]["url_slug"]), (201, &json!("new-one")));
    let token =
        ["oauth_token", "oauth_token_secret"].map(|key| made.json()[key].as_str().unwrap().to_owned());
    let by = Signature { token: Some(token.into()), ..bench.signature() };
    assert_eq!(bench.signed(Method::GET, "/user", &[], &by).await.status, 200);
    assert_eq!(code(&post("/user/register", fields[..2].to_vec()).await), (422, 1009.into()));
    assert_eq!(code(&post("/user/register", fields[..3].to_vec()).await), (422, 1008.into()));
    assert_eq!(post("/user/forgot-password", fields[..1].to_vec()).await.status, 200);
    assert_eq!(post("/user/forgot-password", Vec::new()).await.status, 422);
    assert_eq!(
        code(&post("/user/forgot-password", vec![("email", "unavailable@example.org")]).await),
        (500, 1011.into())
    );
    let account = bench.mine(Method::GET, "/user", &[]).await.json()["results"].clone();
    assert_eq!(
        (&account["email"], &account["favorite_playlists"]),
        (&json!("sandbox@example.org"), &json!(["4201"]))
    );
    let failing = bench.mine(Method::GET, "/user", &[("fields", "unavailable")]).await;
    assert_eq!(code(&failing), (503, 1006.into()));
    let uploads = bench.my_ids("/user/uploads", &[]).await;
    assert!(uploads.contains(&"song 14216360".to_owned()));
}
