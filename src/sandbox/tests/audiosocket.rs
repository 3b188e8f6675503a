//! Audiosocket's three generations: what each takes, how each answers, and that they share one shelf.

use serde_json::json;

use super::*;

impl Bench {
    /// A request with the first profile's token.
    async fn bearer(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let bearer = format!("Bearer {}", self.sandbox.credentials().audiosocket.token);
        self.by(method, "audiosocket", path, &[("authorization", &bearer)], body).await
    }

    async fn v5(&self, path: &str) -> Answer {
        let token = self.sandbox.credentials().audiosocket.token;
        self.by(Method::GET, "audiosocket v5", path, &[("x-audiosocket-token", token)], None).await
    }

    /// A request with the site's token and a listener's, if there is one.
    async fn site(&self, session: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let app = self.sandbox.credentials().audiosocket.app_token;
        let headers = [("authorization", app), ("auth-token", session)];
        let headers = if session.is_empty() { &headers[..1] } else { &headers[..] };
        self.by(method, "audiosocket consumer", path, headers, body).await
    }

    async fn consumer_session(&self) -> String {
        let known = self.sandbox.credentials().audiosocket;
        let login = json!({ "email": known.email, "password": known.password });
        let answer = self.site("", Method::POST, "/consumer/session", Some(login)).await.json();
        answer["auth_token"].as_str().unwrap().to_owned()
    }

    async fn by(
        &self,
        method: Method,
        service: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let url = self.sandbox.base_url(service) + path;
        let mut request = self.client.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        self.send(request).await
    }
}

fn ids(rows: &Value) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row["id"].to_string().replace('"', "")).collect()
}

#[tokio::test]
async fn favourites_with_a_bearer_token() {
    let bench = Bench::new().await;
    let list = "/favorites_following/favorite_tracks";
    assert_eq!(bench.bearer(Method::GET, list, None).await.json(), json!({ "status": "No favorite tracks" }));
    let one = json!({ "id": "803", "klass": "track" });
    let add = async || bench.bearer(Method::POST, "/favorites_following/favorite", Some(one.clone())).await;
    let first = add().await;
    assert_eq!((first.status, first.json()["message"].clone()), (201, "Created".into()));
    let again = add().await;
    let conflict = json!({ "status": 409, "message": "Conflict", "error": "Resource conflict (duplicate)" });
    assert_eq!((again.status, again.json()), (409, conflict));
    let other = json!({ "id": 801, "klass": "track" });
    bench.bearer(Method::POST, "/favorites_following/favorite", Some(other)).await;
    let found = bench.bearer(Method::GET, list, None).await.json();
    assert_eq!(
        (ids(&found["data"]), found["meta"]["count"].clone()),
        (vec!["801".into(), "803".into()], 2.into())
    );
    let gone = bench.bearer(Method::POST, "/favorites_following/unfavorite", Some(one)).await;
    assert_eq!((gone.status, gone.body.len()), (204, 0));
    assert_eq!(ids(&bench.bearer(Method::GET, list, None).await.json()["data"]), ["801"]);
    for (body, status) in [
        (json!({ "id": 1, "klass": "track" }), 404),
        (json!({ "id": 801 }), 400),
        (json!({ "klass": "track" }), 400),
        (json!({ "id": 801, "klass": "artist" }), 400),
    ] {
        let answer = bench.bearer(Method::POST, "/favorites_following/favorite", Some(body)).await;
        assert_eq!((answer.status, answer.json()["status"].clone()), (status, status.into()));
    }
}

#[tokio::test]
async fn the_first_profile_has_artists_albums_and_sounds() {
    let bench = Bench::new().await;
    let data = async |path: &str| bench.bearer(Method::GET, path, None).await.json()["data"].clone();
    let track = data("/tracks/801").await;
    assert_eq!(track["status"], "approved");
    let (artist, album) = (track["artist_id"].to_string(), track["album"]["id"].to_string());
    assert_eq!(data(&format!("/artists/{artist}")).await["name"], "Ada Cole");
    assert_eq!(data(&format!("/albums/{album}")).await["name"], "Tides");
    assert_eq!(ids(&data(&format!("/albums/{album}/tracks")).await), ["801", "802"]);
    assert_eq!(data(&format!("/artists/{artist}/albums")).await[0]["name"], "Tides");
    let of_artist = data(&format!("/artists/{artist}/tracks")).await;
    assert_eq!(ids(&of_artist)[..2], ["801", "802"]);
    assert_eq!(ids(&data("/sfxes").await), ["701", "702", "703"]);
    assert_eq!(data("/sfxes/702").await["title"], "Rain on Slate");
    assert_eq!(data("/curated_playlists?query=late").await[0]["id"], 32);
    for path in ["/artists/1", "/albums/1", "/sfxes/1", "/curated_playlists/1/playlist_tracks"] {
        assert_eq!(bench.bearer(Method::GET, path, None).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn tracks_are_filtered() {
    let bench = Bench::new().await;
    let filters = bench.bearer(Method::GET, "/filters/track_filters", None).await.json()["data"].clone();
    assert_eq!((&filters[0]["name"], &filters[1]["name"]), (&"Genres".into(), &"Moods".into()));
    let genre = &filters[0]["sub_filters"][0];
    let (id, name) = (genre["id"].to_string(), genre["name"].as_str().unwrap());
    let find = async |query: &str| {
        bench.bearer(Method::GET, &format!("/tracks?pagination=false&{query}"), None).await.json()
    };
    let (by_id, by_name) = (find(&format!("filters={id}")).await, find(&format!("filters={name}")).await);
    assert_eq!(by_id, by_name);
    let rows = by_id["data"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["genres"][0] == *name));
    let all = find("").await["data"].as_array().unwrap().len();
    for query in ["explicit=false", "exclude_vocals=true", "duration_start=30", "duration_end=30"] {
        let left = find(query).await["data"].as_array().unwrap().len();
        assert!(left > 0 && left < all, "{query}: {left} of {all}");
    }
    let newest = ids(&find("order_by=recently_published").await["data"]);
    let oldest = ids(&find("order_by=recently_published&direction=desc").await["data"]);
    assert!(newest.iter().eq(oldest.iter().rev()) && newest[0] == "1160");
    assert_eq!(bench.bearer(Method::GET, "/tracks?filters=99999", None).await.status, 400);
}

#[tokio::test]
async fn partners_speak_v5() {
    let bench = Bench::new().await;
    let url = bench.url("audiosocket v5", "/ping", &[]);
    let refused = bench.get(&url, &[]).await;
    assert_eq!(
        (refused.status, refused.json()),
        (401, json!({ "errors": { "request": ["Unauthorized."] } }))
    );
    assert_eq!(bench.v5("/ping").await.status, 200);
    let page = bench.v5("/tracks?q=night%20ferry&w=g&p=1&pp=5").await.json();
    let first = &page["data"][0];
    assert_eq!((&page["page"], &page["per"]), (&1.into(), &5.into()));
    assert_eq!((&first["name"], first["artist"]["name"].as_str()), (&"Night Ferry".into(), Some("Ada Cole")));
    assert!(first["length"].is_f64() && first["genres"][0].is_u64() && first["moods"].is_null());
    assert!(first["album_artwork"].is_null(), "v5 knows no artwork");
    assert_eq!(bench.v5("/tracks/801").await.json()["id"], 801);
    let found = bench.v5("/tracks/801.mp3/url?lifetime=40000").await.json();
    assert_eq!(found["until"], START + 40_000);
    let address = found["url"].as_str().unwrap();
    assert_eq!(bench.get(address, &[]).await.body, disk("tracks/night-ferry.mp3"));
    bench.pass(40_001);
    assert_eq!(bench.get(address, &[]).await.status, 403);
    let missing = bench.v5("/tracks/1").await;
    assert_eq!((missing.status, missing.body.len()), (404, 0));
    for path in ["/tracks?pp=0", "/tracks/801.mp3/url?lifetime=0"] {
        let answer = bench.v5(path).await;
        assert_eq!((answer.status, answer.json()["errors"].is_object()), (422, true), "{path}");
    }
    let context = bench.v5("/context").await.json();
    let (genre, moods) = (context["genres"][0]["id"].to_string(), bench.v5("/moods").await.json());
    assert_eq!(bench.v5(&format!("/genres/{genre}")).await.json(), context["genres"][0]);
    assert_eq!(moods, context["moods"]);
    let artist = first["artist"]["id"].to_string();
    assert_eq!(bench.v5(&format!("/artists/{artist}")).await.json()["name"], "Ada Cole");
    assert_eq!(
        ids(&bench.v5(&format!("/artists/{artist}/tracks")).await.json()["data"])[..2],
        ["801", "802"]
    );
    assert_eq!(bench.v5(&format!("/artists/{artist}/albums")).await.json()["data"][0]["name"], "Tides");
    let album = first["album"]["id"].to_string();
    assert_eq!(ids(&bench.v5(&format!("/albums/{album}/tracks")).await.json()["data"]), ["801", "802"]);
}

#[tokio::test]
async fn partners_sign_users_in() {
    let bench = Bench::new().await;
    let known = bench.sandbox.credentials().audiosocket;
    let post = async |token: &str, path: &str, body: Value| {
        let headers = [("x-audiosocket-token", token)];
        bench.by(Method::POST, "audiosocket v5", path, &headers, Some(body)).await
    };
    let login = json!({ "email": known.email, "password": known.password });
    assert_eq!(post(known.token, "/auth", login).await.json()["email"], known.email);
    assert_eq!(post(known.token, "/auth", json!({ "email": "x", "password": "y" })).await.status, 422);
    assert_eq!(post(known.token, "/token", json!({})).await.status, 422);
    let temporary = post(&format!("{}:ada", known.token), "/token", json!({})).await.json();
    let path = format!("/auth/{}", temporary["token"].as_str().unwrap());
    assert_eq!(post(known.token, &path, json!({})).await.json()["name"], "Ada Cole");
}

#[tokio::test]
async fn the_site_wants_two_tokens() {
    let bench = Bench::new().await;
    let url = bench.url("audiosocket consumer", "/consumer/tracks", &[]);
    let bearer = format!("Bearer {}", bench.sandbox.credentials().audiosocket.app_token);
    for headers in [&[][..], &[("authorization", "wrong")][..], &[("authorization", bearer.as_str())][..]] {
        let answer = bench.get(&url, headers).await;
        assert_eq!((answer.status, answer.json()), (422, json!({ "message": "Invalid token" })));
    }
    let open = bench.site("", Method::GET, "/consumer/tracks?query=night+ferry", None).await.json();
    assert_eq!(ids(&open["tracks"])[0], "801");
    assert_eq!(open["meta"]["favorite_tracks_ids"], json!([]));
    let list = "/consumer/favorites_following/favorite_tracks";
    for session in ["", "made.up.token"] {
        let answer = bench.site(session, Method::GET, list, None).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("token"));
    }
    let wrong = json!({ "email": "ada@example.net", "password": "wrong" });
    assert_eq!(bench.site("", Method::POST, "/consumer/session", Some(wrong)).await.status, 401);
    assert_eq!(bench.site("", Method::POST, "/consumer/session", Some(json!({}))).await.status, 500);
    let session = bench.consumer_session().await;
    let answer = bench.site(&session, Method::GET, list, None).await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "status": "No favorite tracks" })));
    bench.pass(86_400);
    assert_eq!(bench.site(&session, Method::GET, list, None).await.status, 422);
}

#[tokio::test]
async fn the_site_marks_and_follows_in_sentences() {
    let bench = Bench::new().await;
    let session = bench.consumer_session().await;
    let post = async |verb: &str, body: Value| {
        let path = format!("/consumer/favorites_following/{verb}");
        let answer = bench.site(&session, Method::POST, &path, Some(body)).await;
        (answer.status, answer.json())
    };
    let get =
        async |path: &str| bench.site(&session, Method::GET, &format!("/consumer{path}"), None).await.json();
    let track = json!({ "id": 801, "klass": "track" });
    let added = json!({ "status": "Track added to favorites" });
    assert_eq!(post("favorite", track.clone()).await, (200, added));
    assert_eq!(post("favorite", track.clone()).await.0, 409);
    let artist = get("/tracks/801").await["track"]["artist_id"].clone();
    assert_eq!(post("follow", json!({ "id": artist, "klass": "artist" })).await.0, 200);
    assert_eq!(post("follow", json!({ "id": 31, "klass": "curated_playlist" })).await.0, 200);
    assert_eq!(post("favorite", json!({ "id": 701, "klass": "sfx" })).await.0, 200);
    let list = async |path: &str| get(&format!("/favorites_following/{path}")).await;
    assert_eq!(ids(&list("favorite_tracks").await["tracks"]), ["801"]);
    assert_eq!(list("followed_artists").await["artists"][0]["name"], "Ada Cole");
    assert_eq!(ids(&list("favorite_sfxes").await["sfxes"]), ["701"]);
    let followed = list("favorited_followed_playlists?type=follow").await;
    assert_eq!(ids(&followed["curated_playlists"]), ["31"]);
    let none = json!({ "status": "No favorite playlists" });
    assert_eq!(list("favorited_followed_playlists?type=favorite").await, none);
    assert_eq!(get("/tracks?query=ferry").await["meta"]["favorite_tracks_ids"], json!([801]));
    assert_eq!(post("unfavorite", track).await.0, 200);
    assert_eq!(list("favorite_tracks").await, json!({ "status": "No favorite tracks" }));
    assert_eq!(post("favorite", json!({ "id": 801 })).await.0, 500);
    // The first profile looks at the same shelf.
    let same = bench.bearer(Method::GET, "/favorites_following/followed_artists", None).await.json();
    assert_eq!(same["data"][0]["name"], "Ada Cole");
}

#[tokio::test]
async fn own_playlists_are_edited() {
    let bench = Bench::new().await;
    let session = bench.consumer_session().await;
    let base = "/consumer/consumers_playlists";
    let call = async |method: Method, path: &str, body: Option<Value>| {
        let answer = bench.site(&session, method, &format!("{base}{path}"), body).await;
        (answer.status, answer.json())
    };
    let names = |answer: &Value| {
        let rows = answer["consumer_playlists"].as_array().unwrap();
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (_, list) = call(Method::GET, "", None).await;
    assert_eq!(
        (names(&list), list["meta"]["count"].clone()),
        (vec!["Trailer Ideas".into(), "Not Yet".into()], 2.into())
    );
    let (_, made) = call(Method::POST, "", Some(json!({ "name": "Titles" }))).await;
    let id = made["consumer_playlist"]["id"].to_string();
    assert_eq!(call(Method::POST, "", Some(json!({ "name": " " }))).await.0, 500);
    assert_eq!(
        call(Method::PATCH, &format!("/{id}/rename"), Some(json!({ "name": "End Titles" }))).await.0,
        200
    );
    let form = [("mediable_id", "801"), ("mediable_type", "Track")];
    let url = bench.url("audiosocket consumer", &format!("{base}/{id}/add_media"), &[]);
    let app = bench.sandbox.credentials().audiosocket.app_token;
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = bench.client.post(url).header("authorization", app).header("auth-token", &session);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    assert_eq!(bench.send(request).await.json(), json!({ "status": "Track added to playlist" }));
    let sound = json!({ "mediable_id": 702, "mediable_type": "Sfx" });
    assert_eq!(call(Method::POST, &format!("/{id}/add_media"), Some(sound)).await.0, 200);
    let nowhere = json!({ "mediable_id": 1, "mediable_type": "Track" });
    assert_eq!(call(Method::POST, &format!("/{id}/add_media"), Some(nowhere)).await.0, 404);
    let rows_path = format!("/{id}/playlist_tracks?klass=consumer_playlist");
    let media = |answer: &Value| {
        let rows = answer["playlist_tracks"].as_array().unwrap();
        rows.iter().map(|row| row["mediable_id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let (_, rows) = call(Method::GET, &rows_path, None).await;
    assert_eq!(media(&rows), [801, 702]);
    assert_eq!(call(Method::GET, &format!("/{id}/playlist_tracks"), None).await.0, 500);
    let place = |at: usize| rows["playlist_tracks"][at]["id"].to_string();
    // A place goes, one comes to the end, and the name changes, all at once.
    let change = json!({ "name": "Credits", "playlist_tracks_attributes": [
        { "id": rows["playlist_tracks"][0]["id"], "_destroy": true },
        { "mediable_id": 802, "mediable_type": "Track", "note": "for the end" } ] });
    let (_, changed) = call(Method::PATCH, &format!("/{id}"), Some(change)).await;
    let changed = &changed["consumer_playlist"];
    assert_eq!((media(changed), changed["name"].as_str()), (vec![702, 802], Some("Credits")));
    assert!(changed["playlist_tracks"][1]["mediable"].is_null(), "it only names its track");
    let row = format!("/{id}/playlist_tracks/{}?klass=consumer_playlist", place(1));
    assert_eq!(call(Method::DELETE, &row, None).await.0, 200);
    assert_eq!(call(Method::DELETE, &row, None).await.0, 404);
    assert_eq!(media(&call(Method::GET, &rows_path, None).await.1), [802]);
    let (status, left) = call(Method::DELETE, &format!("/{id}"), None).await;
    assert_eq!((status, names(&left).len()), (200, 2));
    assert_eq!(call(Method::GET, &format!("/{id}"), None).await.0, 404);
    // With a bearer token the envelope is around it, and what is gone has no body.
    let made = bench.bearer(Method::POST, "/consumers_playlists", Some(json!({ "name": "B" }))).await;
    assert_eq!((made.status, made.json()["message"].clone()), (201, "Created".into()));
    let path = format!("/consumers_playlists/{}", made.json()["data"]["id"]);
    let gone = bench.bearer(Method::DELETE, &path, None).await;
    assert_eq!((gone.status, gone.body.len()), (204, 0));
}

#[tokio::test]
async fn downloads_are_noted() {
    let bench = Bench::new().await;
    let session = bench.consumer_session().await;
    let get = async |path: &str| bench.site(&session, Method::GET, path, None).await.json();
    assert_eq!(get("/consumer/consumer_downloads").await, json!({ "status": "No downloads" }));
    for path in ["/consumer/tracks/803/add_download_track", "/consumer/sfxes/701/add_download_sfx"] {
        assert_eq!(bench.site(&session, Method::POST, path, None).await.status, 200);
    }
    let list = get("/consumer/consumer_downloads").await;
    let rows = &list["consumer_downloads"];
    assert_eq!((&rows[0]["mediable_type"], &rows[1]["mediable"]["title"]), (&"Sfx".into(), &"雨の港".into()));
    assert_eq!(ids(&get("/consumer/sfxes/get_downloaded_sfxes").await["sfxes"]), ["701"]);
    let path = format!("/consumer/consumer_downloads/{}", rows[1]["id"]);
    let named = bench.site(&session, Method::PATCH, &path, Some(json!({ "work_title": "Film" }))).await;
    assert_eq!(named.json()["consumer_download"]["work_title"], "Film");
    let same = bench.bearer(Method::GET, "/consumer_downloads", None).await.json();
    assert_eq!(same["data"][1]["work_title"], "Film");
}

#[tokio::test]
async fn the_site_finds_what_is_alike() {
    let bench = Bench::new().await;
    let get = async |path: &str| bench.site("", Method::GET, path, None).await.json();
    let track = get("/consumer/tracks/809").await["track"].clone();
    let aims = track["aims_id"].as_str().unwrap();
    let new = get(&format!("/consumer/tracks/similar_tracks?aims_id={aims}&page=1&per_page=5")).await;
    let old =
        bench.site("", Method::POST, "/consumer/tracks/809/similar_tracks?per_page=5", None).await.json();
    assert_eq!((new["tracks"] == old["tracks"], new["tracks"].as_array().unwrap().len()), (true, 5));
    assert!(new["tracks"].as_array().unwrap().iter().all(|row| row["genres"] == track["genres"]));
    let artist = track["artist_id"].to_string();
    let of_artist = get(&format!("/consumer/tracks/artist_tracks?id={artist}")).await;
    assert_eq!(of_artist["tracks"][0]["artist_id"].to_string(), artist);
    let segment = json!({ "track": "https://media.example/x.mp3", "time_offset": 0, "time_limit": 10 });
    let path = "/consumer/tracks/track_segment_search";
    assert_eq!(bench.site("", Method::POST, path, Some(segment)).await.status, 200);
    let path = "/consumer/tracks/upload_track_search";
    assert_eq!(bench.site("", Method::POST, path, Some(json!({}))).await.status, 500);
    assert_eq!(ids(&get("/consumer/sfxes?query=horn").await["sfxes"]), ["701"]);
    assert_eq!(get("/consumer/tracks/802").await["id"], 802, "bare");
    let session = bench.consumer_session().await;
    let rows = "/consumer/curated_playlists/31/playlist_tracks?klass=curated_playlist&per_page=3";
    let rows = bench.site(&session, Method::GET, rows, None).await.json();
    assert_eq!(rows["playlist_tracks"][0]["mediable"]["title"], "Night Ferry");
}
