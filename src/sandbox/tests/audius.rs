//! Audius: server generations, users and playlists, sign-in, and what a listener changes.

use serde_json::json;

use super::*;

/// A verifier and its challenge, RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BACK: &str = "http://localhost:8976/callback";

fn ids(rows: &Value) -> Vec<String> {
    rows["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

impl Bench {
    fn authorize_query<'a>(&self, changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let usual = [
            ("response_type", "code"),
            ("scope", "write"),
            ("api_key", self.sandbox.credentials().audius.api_key),
            ("redirect_uri", BACK),
            ("state", "st&te"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("response_mode", "query"),
        ];
        let is_changed = |name: &str| changed.iter().any(|(changed, _)| *changed == name);
        let usual = usual.into_iter().filter(|(name, _)| !is_changed(name));
        usual.chain(changed.iter().copied().filter(|(_, value)| !value.is_empty())).collect()
    }

    async fn authorize(&self, changed: &[(&str, &str)]) -> Answer {
        let query = self.authorize_query(changed);
        self.get(self.url("audius", "/v1/oauth/authorize", &query), &[]).await
    }

    async fn oauth(&self, what: &str, body: Value) -> Answer {
        let mut body = body;
        body["client_id"] = self.sandbox.credentials().audius.api_key.into();
        self.post_json(self.url("audius", &format!("/v1/oauth/{what}"), &[]), &body, &[]).await
    }

    async fn exchange(&self, code: &str) -> Answer {
        let body = json!({ "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER,
            "redirect_uri": BACK });
        self.oauth("token", body).await
    }

    async fn refresh(&self, token: &Value) -> Answer {
        self.oauth("token", json!({ "grant_type": "refresh_token", "refresh_token": token })).await
    }

    /// The tokens of a new sign-in.
    async fn tokens(&self, scope: &str) -> Value {
        let answer = self.authorize(&[("scope", scope)]).await;
        let back: Url = answer.header("location").parse().unwrap();
        let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        self.exchange(&code).await.json()
    }

    async fn with_bearer(&self, method: Method, path: &str, body: Option<Value>, tokens: &Value) -> Answer {
        let mut url = self.url("audius", &format!("/v1{path}"), &[]);
        url.query_pairs_mut().append_pair("app_name", "bench");
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let request = self.client.request(method, url).header("authorization", bearer);
        self.send(match body {
            None => request,
            Some(body) => request.header("content-type", "application/json").body(body.to_string()),
        })
        .await
    }
}

#[tokio::test]
async fn the_gateway_lists_hosts_of_all_kinds() {
    let bench = Bench::new().await;
    let list = bench.get(bench.url("audius", "", &[]), &[]).await.json();
    let hosts: Vec<&str> = list["data"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(list["data"].as_array().unwrap().len() > hosts.len());
    let ours: Vec<_> = hosts.iter().filter(|host| host.contains("127.0.0.1")).collect();
    assert_eq!(ours.len(), 3);
    assert!(bench.get(bench.url("audius", "/go2025", &[]), &[]).await.json()["data"].is_null());
    let trending = "/v1/tracks/trending?app_name=bench";
    let check = async |host: &str, status: u16, media_type: &str| {
        let answer = bench.get(bench.url("audius", host, &[]).to_string() + trending, &[]).await;
        assert_eq!(answer.status, status, "{host}");
        assert!(answer.header("content-type").starts_with(media_type), "{host}");
    };
    check("", 200, "application/json").await;
    check("/python", 200, "application/json").await;
    check("/go2025", 200, "application/json").await;
    check("/gone", 404, "text/html").await;
}

#[tokio::test]
async fn generations_differ_in_shapes() {
    let bench = Bench::new().await;
    let ask = async |host: &str, path: &str| {
        bench.get(bench.url("audius", &format!("{host}/v1{path}"), &[("app_name", "b")]), &[]).await
    };
    let track = async |host: &str| ask(host, "/tracks/1").await.json()["data"].clone();
    let (old, new) = (track("/python").await, track("").await);
    assert_eq!((old["title"].clone(), old["id"].clone()), (new["title"].clone(), new["id"].clone()));
    assert_eq!((old["downloadable"].clone(), old["is_downloadable"].clone()), (true.into(), Value::Null));
    assert_eq!(new["is_downloadable"], true);
    let album = ids(&ask("", "/playlists/trending").await.json())[0].clone();
    assert!(ask("/python", &format!("/playlists/{album}")).await.json()["data"].is_object());
    assert!(ask("", &format!("/playlists/{album}")).await.json()["data"].is_array());
    let favourite = async |host: &str| {
        let user = new["user"]["id"].as_str().unwrap();
        ask(host, &format!("/users/{user}/favorites")).await.json()["data"][0].clone()
    };
    let (old, newer) = (favourite("/python").await, favourite("/go2025").await);
    assert!(old["favorite_item_id"].is_string() && old["user_id"].is_string());
    assert!(newer["favorite_item_id"].is_u64() && newer["user_id"].is_u64());
    assert_eq!(newer["favorite_type"], "SaveType.track");
    // The first ones refuse in HTML or not at all, and answer a part with a status of their own.
    assert!(ask("/python", "/tracks/nope1").await.header("content-type").starts_with("text/html"));
    assert_eq!(ask("/python", "/tracks/search").await.body.len(), 0);
    let url = bench.url("audius", "/python/v1/tracks/1/stream", &[("app_name", "b")]);
    let part = bench.get(&url, &[("range", "bytes=5-9")]).await;
    assert_eq!((part.status, part.body), (216, disk("tracks/night-ferry.mp3")[5..10].to_vec()));
    assert_eq!(bench.get(&url, &[("range", "bytes=99999999-")]).await.status, 416);
    // Who plays without a word about counting is not counted.
    let location = async |query: &[(&str, &str)]| {
        let answer = bench.audius("/tracks/1/stream", query).await;
        (answer.status, answer.header("location").to_owned())
    };
    assert!(location(&[]).await.1.ends_with("skip_play_count=true"));
    assert!(location(&[("skip_play_count", "false")]).await.1.ends_with("skip_play_count=false"));
    assert_eq!(location(&[("no_redirect", "true")]).await.0, 200);
    // The apps' metrics are gone from the newer ones.
    assert_eq!(ask("", "/metrics/app_name/trailing/week").await.status, 404);
    let apps = ask("/python", "/metrics/app_name/trailing/week").await.json();
    assert_eq!(apps["data"][0]["name"], "trendingdapp");
    assert!(apps["data"].as_array().unwrap().iter().any(|row| row["name"] == "b"));
    let full = ask("", "/full/tracks/1").await.json();
    assert!(full["version"]["service"].is_string() && full["data"]["stream"]["mirrors"].is_array());
}

#[tokio::test]
async fn names_and_links_lead_to_things() {
    let bench = Bench::new().await;
    let track = bench.audius("/tracks/1", &[]).await.json()["data"].clone();
    let user = track["user"].clone();
    let user_id = user["id"].as_str().unwrap();
    let get = async |path: &str| bench.audius(path, &[]).await.json()["data"].clone();
    assert_eq!(get(&format!("/users/{user_id}")).await["name"], "Ada Cole");
    assert_eq!(get(&format!("/users/handle/{}", user["handle"].as_str().unwrap())).await["id"], user_id);
    let found = bench.audius("/users/search", &[("query", "ada c")]).await.json();
    assert_eq!(ids(&found)[0], user_id);
    let uploads = async |query: &[(&str, &str)]| {
        ids(&bench.audius(&format!("/users/{user_id}/tracks"), query).await.json())
    };
    assert!(uploads(&[]).await.len() > 3);
    let plays = uploads(&[("sort_method", "plays")]).await;
    assert_eq!(plays[0], track["id"].as_str().unwrap());
    let mut other_way =
        uploads(&[("sort_method", "plays"), ("sort_direction", "asc"), ("limit", "100")]).await;
    other_way.reverse();
    assert_eq!(other_way[0], plays[0]);
    let albums = bench.audius(&format!("/users/{user_id}/albums"), &[]).await.json();
    let album = albums["data"][0].clone();
    assert_eq!(album["playlist_name"], "Tides");
    let check = async |link: &str, path: &str| {
        let answer = bench.audius("/resolve", &[("url", link)]).await;
        assert_eq!((answer.status, answer.header("location")), (302, path), "{link}");
    };
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let site = |path: &Value| format!("https://audius.co{}", path.as_str().unwrap());
    check(&site(&track["permalink"]), &format!("/audius/v1/tracks/{}", id(&track))).await;
    check(track["permalink"].as_str().unwrap(), &format!("/audius/v1/tracks/{}", id(&track))).await;
    check(&site(&album["permalink"]), &format!("/audius/v1/playlists/{}", id(&album))).await;
    let page = format!("https://audius.co/{}", user["handle"].as_str().unwrap());
    check(&page, &format!("/audius/v1/users/{user_id}")).await;
    for (link, status) in [("https://audius.co/no/such", 404), ("https://other.example/a/b", 400), ("", 400)]
    {
        assert_eq!(bench.audius("/resolve", &[("url", link)]).await.status, status, "{link}");
    }
    let several = bench.audius("/tracks", &[("id", "3"), ("id", "nope"), ("id", &id(&track))]).await.json();
    assert_eq!(ids(&several), [get("/tracks/3").await["id"].as_str().unwrap().to_owned(), id(&track)]);
    let loose = bench.audius("/tracks/search", &[("query", "night"), ("only_downloadable", "true")]).await;
    assert!(loose.json()["data"].as_array().unwrap().iter().all(|row| row["is_downloadable"] != false));
    let genres = [("genre", "Jazz"), ("genre", "Pop"), ("limit", "100")];
    let rows = bench.audius("/tracks/trending", &genres).await.json()["data"].clone();
    let of = |genre: &str| rows.as_array().unwrap().iter().filter(|row| row["genre"] == genre).count();
    assert!(of("Jazz") > 0 && of("Pop") > 0 && of("Jazz") + of("Pop") == rows.as_array().unwrap().len());
    let mixed = bench.audius("/search/full", &[("query", "tides")]).await.json()["data"].clone();
    assert_eq!(mixed["albums"][0]["playlist_name"], "Tides");
    for path in ["reposts", "tags", "followers", "related", "playlists", "supporters"] {
        let rows = get(&format!("/users/{user_id}/{path}")).await;
        assert!(!rows.as_array().unwrap().is_empty(), "{path}");
    }
    let lists = bench.audius("/playlists/trending", &[("type", "playlist")]).await.json();
    let list = lists["data"][0]["id"].as_str().unwrap().to_owned();
    let text = bench.audius(&format!("/playlists/{list}/stream"), &[]).await;
    assert!(text.text().contains("/audius/v1/tracks/") && text.text().ends_with("#EXT-X-ENDLIST\n"));
}

#[tokio::test]
async fn the_sign_in_page_takes_what_the_document_says() {
    let bench = Bench::new().await;
    let answer = bench.authorize(&[]).await;
    let back = answer.header("location").to_owned();
    assert!(back.starts_with("http://localhost:8976/callback?code="), "{back}");
    assert!(back.ends_with("&state=st%26te"), "{back}");
    let fragment = bench.authorize(&[("response_mode", "")]).await;
    assert!(fragment.header("location").starts_with("http://localhost:8976/callback#code="));
    let kept = bench.authorize(&[("redirect_uri", "http://127.0.0.1:1/a?b=c")]).await;
    assert!(kept.header("location").starts_with("http://127.0.0.1:1/a?b=c&code="));
    let told = async |changed: &[(&str, &str)], error: &str| {
        let answer = bench.authorize(changed).await;
        let back = answer.header("location");
        assert_eq!(answer.status, 302);
        assert!(back.contains(&format!("?error={error}&")) && !back.contains("code="), "{back}");
    };
    told(&[("scope", "read write")], "invalid_scope").await;
    told(&[("code_challenge_method", "plain")], "invalid_request").await;
    told(&[("code_challenge", "short")], "invalid_request").await;
    told(&[("response_type", "token")], "unsupported_response_type").await;
    told(&[("state", "")], "invalid_request").await;
    for changed in [
        ("api_key", "other"),
        ("redirect_uri", "http://192.0.2.1/callback"),
        ("redirect_uri", "http://a@localhost/callback"),
        ("redirect_uri", "http://localhost/callback#x"),
        ("redirect_uri", "http://localhost/../callback"),
        ("redirect_uri", "https://evil.example/callback"),
        ("response_mode", "form_post"),
    ] {
        assert_eq!(bench.authorize(&[changed]).await.status, 400, "{changed:?}");
    }
}

#[tokio::test]
async fn tokens_turn_and_end() {
    let bench = Bench::new().await;
    let code_of = |answer: &Answer| {
        let back: Url = answer.header("location").parse().unwrap();
        back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    };
    let code = code_of(&bench.authorize(&[]).await);
    let other = "A9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let wrong = code_of(&bench.authorize(&[("code_challenge", other)]).await);
    assert_eq!(bench.exchange(&wrong).await.json()["error"], "invalid_grant");
    let first = bench.exchange(&code).await.json();
    assert_eq!((first["token_type"].clone(), first["expires_in"].clone()), ("Bearer".into(), 3600.into()));
    let me = async |tokens: &Value| bench.with_bearer(Method::GET, "/me", None, tokens).await;
    // Bare or wrapped, with other names.
    let (bare, wrapped) = (me(&first).await.json(), me(&first).await.json());
    assert!(bare["userId"].is_u64() && bare["profilePicture"].is_object() && bare["verified"] == false);
    assert!(wrapped["data"]["id"].is_string() && wrapped["data"]["is_verified"] == false);
    bench.pass(3600);
    assert_eq!(me(&first).await.status, 401);
    let second = bench.refresh(&first["refresh_token"]).await.json();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(me(&second).await.status, 200);
    // One that was used comes back: somebody has stolen something, all ends.
    assert_eq!(bench.refresh(&first["refresh_token"]).await.status, 400);
    assert_eq!(me(&second).await.status, 401);
    assert_eq!(bench.refresh(&second["refresh_token"]).await.json()["error"], "invalid_grant");
    let third = bench.tokens("read").await;
    assert_eq!(bench.oauth("revoke", json!({ "token": third["refresh_token"] })).await.status, 200);
    assert_eq!(me(&third).await.status, 401);
    // A code is good once, and a second use ends what the first brought.
    let code = code_of(&bench.authorize(&[]).await);
    let fourth = bench.exchange(&code).await.json();
    assert_eq!(bench.exchange(&code).await.status, 400);
    assert_eq!(me(&fourth).await.status, 401);
    let late = code_of(&bench.authorize(&[]).await);
    bench.pass(600);
    assert_eq!(bench.exchange(&late).await.status, 400);
    let stranger = json!({ "grant_type": "refresh_token", "refresh_token": "x", "client_id": "other" });
    let url = bench.url("audius", "/v1/oauth/token", &[]);
    assert_eq!(bench.post_json(url, &stranger, &[]).await.json()["error"], "invalid_client");
}

#[tokio::test]
async fn a_library_takes_a_bearer_and_changes() {
    let bench = Bench::new().await;
    let tokens = bench.tokens("write").await;
    let me =
        bench.with_bearer(Method::GET, "/users/handle/listener", None, &tokens).await.json()["data"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
    let call = async |method: Method, path: &str, body: Option<Value>| {
        let sign = if path.contains('?') { '&' } else { '?' };
        bench.with_bearer(method, &format!("{path}{sign}user_id={me}"), body, &tokens).await
    };
    let library = async |what: &str| {
        let rows = call(Method::GET, &format!("/users/{me}/library/{what}"), None).await.json();
        let rows = rows["data"].as_array().unwrap().clone();
        let name = if what == "tracks" { "title" } else { "playlist_name" };
        rows.iter().map(|row| row["item"][name].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(library("tracks").await, ["Harbour Lights", "Night Ferry", "雨の港"]);
    assert_eq!(library("albums").await, ["Tides"]);
    assert_eq!(library("playlists").await, ["My Evening 🌙"]);
    // Without a bearer, with another's id, with a scope that is too small, on an older server.
    assert_eq!(bench.audius("/tracks/4", &[("user_id", &me)]).await.status, 403);
    assert_eq!(bench.with_bearer(Method::GET, "/tracks/4?user_id=D7KyD", None, &tokens).await.status, 403);
    assert_eq!(bench.audius(&format!("/users/{me}/library/tracks"), &[]).await.status, 401);
    let reader = bench.tokens("read").await;
    let path = format!("/tracks/4/favorites?user_id={me}");
    assert_eq!(bench.with_bearer(Method::POST, &path, None, &reader).await.status, 403);
    assert_eq!(bench.with_bearer(Method::POST, "/tracks/4/favorites", None, &tokens).await.status, 400);
    for (method, path) in [
        (Method::POST, "/tracks/4/favorites"),
        (Method::DELETE, "/tracks/1/favorites"),
        (Method::POST, "/tracks/5/reposts"),
        (Method::POST, "/users/10005/follow"),
        (Method::DELETE, "/users/10003/follow"),
        (Method::POST, "/playlists/20003/favorites"),
        (Method::POST, "/tracks/4/shares"),
    ] {
        assert_eq!(call(method, path, None).await.status, 200, "{path}");
    }
    bench.pass(10);
    let mut tracks = library("tracks").await;
    tracks.sort();
    assert_eq!(tracks, ["Café Müller", "Harbour Lights", "Paper Lanterns", "雨の港"]);
    let four = call(Method::GET, "/tracks/4", None).await.json()["data"].clone();
    assert_eq!(
        (four["has_current_user_saved"].clone(), four["has_current_user_reposted"].clone()),
        (true.into(), false.into())
    );
    let feed = call(Method::GET, &format!("/users/{me}/feed"), None).await.json();
    assert!(feed["data"].as_array().unwrap().iter().any(|row| row["class"] == "collection_activity"));
    let content = |id: u32| json!({ "track_id": id.to_string(), "timestamp": 7, "metadata_timestamp": 7 });
    let body = json!({ "playlist_name": "Road", "is_private": true, "playlist_contents": [content(1)] });
    let made = call(Method::POST, "/playlists", Some(body)).await;
    assert_eq!(made.status, 201);
    let path = format!("/playlists/{}", made.json()["playlist_id"].as_str().unwrap());
    assert_eq!(bench.audius(&path, &[]).await.status, 404, "private");
    let body = json!({ "playlist_contents": [content(2), content(1)], "description": "x".repeat(1000) });
    assert_eq!(call(Method::PUT, &path, Some(body)).await.status, 200);
    let rows = call(Method::GET, &format!("{path}/tracks"), None).await.json();
    assert_eq!(rows["data"][0]["title"], "Harbour Lights");
    for (path, body, status) in [
        ("/playlists", json!({ "description": "nameless" }), 400),
        (&path, json!({ "description": "x".repeat(1001) }), 400),
        (&path, json!({ "playlist_contents": [{ "track_id": "1" }] }), 400),
        ("/playlists/20001", json!({ "playlist_name": "Mine" }), 403),
    ] {
        let method = if path == "/playlists" { Method::POST } else { Method::PUT };
        assert_eq!(call(method, path, Some(body)).await.status, status, "{path}");
    }
    assert_eq!(call(Method::DELETE, &path, None).await.status, 200);
    assert_eq!(call(Method::GET, &path, None).await.status, 404);
}
