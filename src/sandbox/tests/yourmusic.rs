//! YourMusic's sign-in, users, playlists and catalogue: each operation of its description, with what changes
//! because of it.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Bench};
use crate::sandbox::yourmusic::sign_in::{ACCESS_LIFE_S, REFRESH_LIFE_S, RESEND_S};

const DEVICE: &str = "c0a80101-3cb6-4e66-bb94-675e83380fe5";

impl Bench {
    /// A call with a JSON body (`null` for none) and maybe a bearer.
    async fn ask(&self, method: Method, path: &str, body: Value, bearer: &str) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut url = self.url("yourmusic", path, &[]);
        url.set_query((!query.is_empty()).then_some(query));
        let mut request = self.client.request(method, url).header("accept", "application/json");
        if !bearer.is_empty() {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        if !body.is_null() {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        self.send(request).await
    }

    async fn auth(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, &format!("/auth/{path}"), body, "").await
    }

    /// Asks for a code and types it in.
    async fn code(&self, email: &str) -> Answer {
        let known = self.sandbox.credentials().yourmusic;
        let sent = self.auth("otp/send", json!({ "tenant": known.tenant, "email": email })).await;
        assert_eq!(sent.status, 200);
        self.auth(
            "otp/verify",
            json!({ "tenant": known.tenant, "email": email, "code": known.otp_code,
            "device_id": DEVICE }),
        )
        .await
    }

    /// The access token of a session of the known user.
    async fn session(&self) -> Value {
        self.code(self.sandbox.credentials().yourmusic.email).await.json()
    }

    async fn client(&self) -> String {
        let known = self.sandbox.credentials().yourmusic;
        let grant = json!({ "grant_type": "client_credentials", "client_id": known.client_id,
            "client_secret": known.client_secret });
        let answer = self.ask(Method::POST, "/oauth/token", grant, "").await.json();
        answer["access_token"].as_str().unwrap().to_owned()
    }
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} in {value}"))
}

#[tokio::test]
async fn a_code_signs_a_known_listener_in() {
    let bench = Bench::new().await;
    let known = bench.sandbox.credentials().yourmusic;
    assert!(known.otp_code.len() == 5 && known.otp_code.starts_with('0'));
    let verify = |code: &str| json!({ "tenant": known.tenant, "email": known.email, "code": code, "device_id": DEVICE });
    assert_eq!(bench.auth("otp/verify", verify(known.otp_code)).await.status, 422, "none was asked for");
    let send = json!({ "tenant": known.tenant, "email": known.email, "locale": "nl" });
    assert_eq!(bench.auth("otp/send", send.clone()).await.status, 200);
    let again = bench.auth("otp/send", send.clone()).await;
    assert_eq!((again.status, again.header("retry-after")), (429, "60"));
    bench.pass(RESEND_S - 1);
    assert_eq!(bench.auth("otp/send", send.clone()).await.header("retry-after"), "1");
    for wrong in ["1372", "00000", "013720"] {
        let answer = bench.auth("otp/verify", verify(wrong)).await;
        assert_eq!(answer.status, 422, "{wrong}");
        assert!(answer.json()["errors"]["code"].is_array());
    }
    let session = bench.auth("otp/verify", verify(known.otp_code)).await;
    assert_eq!(session.status, 200);
    let session = session.json();
    assert_eq!(
        (session["expires_in"].clone(), session["refresh_expires_in"].clone()),
        (3600.into(), 2_592_000.into())
    );
    assert_eq!(session["user"]["email"], known.email);
    let reused = bench.auth("otp/verify", verify(known.otp_code)).await;
    assert_eq!(reused.status, 422, "a code is good for once");
    let access = text(&session, "access_token");
    assert_eq!(bench.ask(Method::GET, "/me", Value::Null, access).await.json()["first_name"], "Ada");
    bench.pass(ACCESS_LIFE_S);
    assert_eq!(bench.ask(Method::GET, "/me", Value::Null, access).await.status, 401);
}

#[tokio::test]
async fn bad_sign_in_forms_are_refused() {
    let bench = Bench::new().await;
    let check = async |path: &str, body: Value, field: &str| {
        let answer = bench.auth(path, body).await;
        assert_eq!(answer.status, 422, "{path} {field}");
        assert!(answer.json()["errors"][field].is_array(), "{path} {field}: {}", answer.text());
    };
    let tenant = bench.sandbox.credentials().yourmusic.tenant;
    check("otp/send", json!({ "email": "a@b.example" }), "tenant").await;
    check("otp/send", json!({ "tenant": "others", "email": "a@b.example" }), "tenant").await;
    check("otp/send", json!({ "tenant": tenant, "email": "nobody" }), "email").await;
    check("otp/send", json!({ "tenant": tenant, "email": "a@b.example", "locale": "de" }), "locale").await;
    let code = json!({ "tenant": tenant, "email": "a@b.example", "code": "1", "device_id": "laptop" });
    check("otp/verify", code, "device_id").await;
    check("refresh", json!({}), "refresh_token").await;
    check("refresh", json!({ "refresh_token": "x".repeat(513) }), "refresh_token").await;
    check("logout", json!({}), "refresh_token").await;
    check("onboarding", json!({ "onboarding_token": "x" }), "first_name").await;
    assert_eq!(bench.ask(Method::GET, "/auth/refresh", Value::Null, "").await.status, 405);
}

#[tokio::test]
async fn a_new_listener_fills_in_a_form() {
    let bench = Bench::new().await;
    let answer = bench.code("new@example.net").await;
    assert_eq!((answer.status, answer.json()["access_token"].is_null()), (202, true));
    let answer = answer.json();
    let form = |born: &str| {
        json!({ "onboarding_token": text(&answer, "onboarding_token"), "first_name": "Nia",
            "last_name": "Okoro", "date_of_birth": born })
    };
    assert_eq!(bench.auth("onboarding", form("15.1.1990")).await.status, 422);
    let session = bench.auth("onboarding", form("1990-01-15")).await.json();
    let me = bench.ask(Method::GET, "/me", Value::Null, text(&session, "access_token")).await.json();
    assert_eq!((text(&me, "last_name"), text(&me, "email")), ("Okoro", "new@example.net"));
    assert_eq!(bench.auth("onboarding", form("1990-01-15")).await.status, 422, "good for once");
    bench.pass(RESEND_S);
    assert_eq!(bench.code("new@example.net").await.status, 200, "known by now");
}

#[tokio::test]
async fn a_refresh_token_is_good_for_once() {
    let bench = Bench::new().await;
    let first = bench.session().await;
    let refresh = async |session: &Value| {
        bench.auth("refresh", json!({ "refresh_token": text(session, "refresh_token") })).await
    };
    let second = refresh(&first).await.json();
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(second["user"]["id"], bench.sandbox.credentials().yourmusic.user_id);
    assert_eq!(refresh(&first).await.status, 401);
    let third = refresh(&second).await.json();
    for _ in 0..2 {
        let out = bench.auth("logout", json!({ "refresh_token": text(&third, "refresh_token") })).await;
        assert_eq!((out.status, out.body.len()), (204, 0));
    }
    assert_eq!(refresh(&third).await.status, 401);
    bench.pass(RESEND_S);
    let late = bench.session().await;
    bench.pass(REFRESH_LIFE_S);
    assert_eq!(refresh(&late).await.status, 401);
}

#[tokio::test]
async fn a_client_keeps_the_users() {
    let bench = Bench::new().await;
    let client = bench.client().await;
    let session = bench.session().await;
    assert_eq!(bench.ask(Method::GET, "/users", Value::Null, "").await.status, 401);
    assert_eq!(
        bench.ask(Method::GET, "/users", Value::Null, text(&session, "access_token")).await.status,
        403
    );
    let form = |email: &str| json!({ "first_name": "Kit", "last_name": "Moss", "email": email, "date_of_birth": "2001-02-03" });
    for number in 0..20 {
        let made = bench.ask(Method::POST, "/users", form(&format!("kit{number}@b.example")), &client).await;
        assert_eq!(made.status, 201);
    }
    assert_eq!(bench.ask(Method::POST, "/users", form("kit0@b.example"), &client).await.status, 422);
    assert_eq!(
        bench.ask(Method::POST, "/users", json!({ "email": "x@y.example" }), &client).await.status,
        422
    );
    let first = bench.ask(Method::GET, "/users", Value::Null, &client).await.json();
    assert_eq!((first["meta"]["total"].clone(), first["meta"]["last_page"].clone()), (22.into(), 2.into()));
    let next = text(&first["links"], "next");
    let bearer = format!("Bearer {client}");
    let second = bench.get(next, &[("authorization", &bearer)]).await.json();
    assert_eq!((second["data"].as_array().unwrap().len(), second["links"]["next"].clone()), (7, Value::Null));
    let id = text(&second["data"][6], "id").to_owned();
    let path = format!("/users/{id}");
    let renamed = bench.ask(Method::PATCH, &path, json!({ "last_name": "Fern" }), &client).await.json();
    assert_eq!((text(&renamed, "first_name"), text(&renamed, "last_name")), ("Kit", "Fern"));
    assert_eq!(bench.ask(Method::GET, &path, Value::Null, &client).await.json(), renamed);
    assert_eq!(bench.ask(Method::GET, "/users/nobody", Value::Null, &client).await.status, 404);
    let udt = bench.ask(Method::POST, &format!("{path}/udt"), json!({ "deviceId": DEVICE }), &client).await;
    let udt = udt.json();
    assert!(udt["access_token"].is_null() && udt["expires_in"] == 600);
    let me = bench.ask(Method::GET, "/me", Value::Null, text(&udt, "token")).await.json();
    assert_eq!(text(&me, "last_name"), "Fern");
    // One's own form has no e-mail address.
    let form = json!({ "first_name": "Kim", "email": "other@b.example" });
    let me = bench.ask(Method::PATCH, "/me", form, text(&udt, "token")).await.json();
    assert_eq!((text(&me, "first_name"), text(&me, "email")), ("Kim", "kit19@b.example"));
    // Who has no subscription may not listen.
    let track = bench.ask(Method::GET, "/tracks/2001", Value::Null, text(&udt, "token")).await.json();
    let stream = format!("/stream/{}", text(&track["track"], "stream_id"));
    assert_eq!(bench.ask(Method::GET, &stream, Value::Null, text(&udt, "token")).await.status, 403);
    assert_eq!(
        bench.ask(Method::GET, &stream, Value::Null, text(&session, "access_token")).await.status,
        200
    );
}

#[tokio::test]
async fn checkout_and_health_answer() {
    let bench = Bench::new().await;
    let session = bench.session().await;
    let access = text(&session, "access_token");
    let pay = async |body: Value| bench.ask(Method::POST, "/checkout", body, access).await;
    let slug = bench.sandbox.credentials().yourmusic.product_slug;
    let paid = pay(json!({ "product_slug": slug })).await.json();
    assert!(text(&paid, "checkout_url").starts_with("https://"));
    assert_eq!(pay(json!({})).await.status, 422);
    assert_eq!(
        pay(json!({ "product_slug": slug, "success_url": "https://evil.example/" })).await.status,
        422
    );
    let beat = bench.ask(Method::GET, "/heartbeat", Value::Null, "").await.json();
    assert_eq!(beat, json!({ "time": "2027-01-15T08:00:00+00:00" }));
    let status = bench.ask(Method::GET, "/aggregator/status", Value::Null, "").await.json();
    assert_eq!(status, json!({ "status": "up" }));
}

#[tokio::test]
async fn guests_and_listeners_have_a_home() {
    let bench = Bench::new().await;
    let home = bench.url("yourmusic", "/home", &[]);
    let guest = bench.get(&home, &[("x-tenant", "sandbox-records")]).await.json();
    let kinds = |page: &Value| -> Vec<String> {
        page["modules"].as_array().unwrap().iter().map(|module| text(module, "type").to_owned()).collect()
    };
    let known = ["continue_listening", "playlist_carousel", "track_grid", "image_banner"];
    assert_eq!(kinds(&guest), known);
    assert!(guest["modules"][0]["items"].is_null());
    let session = bench.session().await;
    let access = text(&session, "access_token");
    let own = bench.ask(Method::GET, "/home", Value::Null, access).await.json();
    assert_eq!(kinds(&own)[4], "playlist_carousel");
    assert_eq!(own["modules"][4]["items"].as_array().unwrap().len(), 3);
    let item = &own["modules"][2]["items"][0];
    let stream = format!("/stream/{}", text(item, "track_id"));
    assert_eq!(text(item, "stream_url"), format!("/yourmusic{stream}"));
    assert!(bench.ask(Method::GET, &stream, Value::Null, access).await.text().starts_with("#EXTM3U"));
    assert_eq!(
        bench.ask(Method::GET, "/home", Value::Null, "made.up").await.json()["code"],
        "INVALID_AUTH_TOKEN"
    );
    let page = bench.get(&home, &[("accept", "text/html")]).await;
    assert_eq!(page.status, 302, "a page for a browser");
}

#[tokio::test]
async fn playlists_change() {
    let bench = Bench::new().await;
    let session = bench.session().await;
    let access = text(&session, "access_token");
    let ask = async |method, path: &str, body| bench.ask(method, path, body, access).await;
    let made = ask(Method::POST, "/playlists", json!({ "playlist_name": "New", "public": true })).await;
    assert_eq!(made.status, 201);
    let path = format!("/playlists/{}", text(&made.json(), "id"));
    let tracks = format!("{path}/tracks");
    for id in ["2001", "2002", "2003"] {
        let row = ask(Method::POST, &tracks, json!({ "track_id": id })).await.json();
        assert_eq!(text(&row, "track_id"), id);
    }
    let rows = async || {
        let rows = ask(Method::GET, &tracks, Value::Null).await.json();
        let row = |row: &Value| (row["order"].as_u64().unwrap(), text(row, "track_id").to_owned());
        let mut rows: Vec<_> = rows.as_array().unwrap().iter().map(row).collect();
        rows.sort();
        let orders: Vec<u64> = rows.iter().map(|(order, _)| *order).collect();
        assert_eq!(orders, (1..).take(rows.len()).collect::<Vec<_>>());
        rows.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
    };
    assert_eq!(rows().await, ["2001", "2002", "2003"]);
    let last = ask(Method::GET, &tracks, Value::Null).await.json()[2]["id"].clone();
    let row = format!("{tracks}/{}", last.as_str().unwrap());
    let moved = ask(Method::PATCH, &row, json!({ "order": 1 })).await.json();
    assert_eq!((moved["order"].clone(), text(&moved, "track_id")), (1.into(), "2003"));
    assert_eq!(rows().await, ["2003", "2001", "2002"]);
    assert_eq!(ask(Method::PATCH, &row, json!({ "order": 0 })).await.status, 422);
    let all = json!({ "tracks": [{ "track_id": "2009", "order": 2 }, { "track_id": "2005", "order": 1 }] });
    assert_eq!(ask(Method::PUT, &tracks, all).await.status, 200);
    assert_eq!(rows().await, ["2005", "2009"]);
    let number = json!({ "tracks": [{ "track_id": 2009, "order": 1 }] });
    assert_eq!(ask(Method::PUT, &tracks, number).await.status, 422, "an id is a text");
    assert_eq!(ask(Method::DELETE, &row, Value::Null).await.status, 405);
    assert_eq!(ask(Method::DELETE, &path, Value::Null).await.status, 405);
    let named = ask(Method::PATCH, &path, json!({ "playlist_name": "Newer", "public": false })).await.json();
    assert_eq!((text(&named, "playlist_name"), named["public"].clone()), ("Newer", false.into()));
    let whole = ask(Method::GET, &format!("{path}?with=tracks"), Value::Null).await.json();
    assert_eq!(whole["tracks"].as_array().unwrap().len(), 2);
    assert!(ask(Method::GET, &path, Value::Null).await.json()["tracks"].is_null());
    let others = "/playlists/550e8400-e29b-41d4-a716-446655440001";
    assert_eq!(ask(Method::PATCH, others, json!({ "playlist_name": "Mine now" })).await.status, 403);
    for number in 0..16 {
        ask(Method::POST, "/playlists", json!({ "playlist_name": format!("Pile {number}") })).await;
    }
    let found = ask(Method::GET, "/playlists/search?keyword=pile", Value::Null).await.json();
    assert_eq!((found["data"].as_array().unwrap().len(), found["meta"]["to"].clone()), (15, 15.into()));
    assert!(text(&found["links"], "next").ends_with("/playlists/search?keyword=pile&page=2"));
}

#[tokio::test]
async fn artists_and_releases_agree() {
    let bench = Bench::new().await;
    let session = bench.session().await;
    let access = text(&session, "access_token");
    let get = async |path: &str| bench.ask(Method::GET, path, Value::Null, access).await;
    let found = get("/artists/search?q=ada+cole").await.json();
    let id = found["results"][0]["id"].as_u64().unwrap();
    let artist = get(&format!("/artists/{id}")).await.json();
    assert_eq!(
        (artist["status"].clone(), artist["artist"]["name"].clone()),
        ("ok".into(), "Ada Cole".into())
    );
    let by_letter = get("/artists/browse?letter=a").await.json();
    assert!(by_letter["artists"]["artist"].as_array().unwrap().contains(&artist["artist"]));
    let odd = get("/artists/browse?letter=O").await.json();
    assert!(
        odd["artists"]["artist"].to_string().contains("The Odd Tuesday Trio"),
        "sorted without the article"
    );
    let releases = get(&format!("/artists/{id}/releases?type=album&imageSize=200&pageSize=50")).await.json();
    let first = &releases["releases"]["releases"][0];
    assert!(first["year"].is_string() && text(first, "image").ends_with("_200.jpg"));
    let number = first["id"].as_u64().unwrap();
    let release = get(&format!("/releases/{number}")).await.json()["release"].clone();
    assert!(release["year"].is_u64() && release["title"] == first["title"]);
    let tracks = get(&format!("/releases/{number}/tracks")).await.json();
    assert_eq!(tracks["totalItems"], release["trackCount"]);
    assert_eq!(tracks["tracks"][0]["release"]["id"], number);
    let batch = get(&format!("/releases/batch?releaseids={number},7,{number}&showErrors=true")).await.json();
    assert_eq!(batch["items"]["releases"].as_array().unwrap().len(), 2);
    assert_eq!(batch["items"]["errors"][0]["id"], "7");
    let found = get("/releases/search?q=tides&pageSize=50").await.json();
    assert!(found["results"][0]["image"].is_null() && found["results"][0]["artist"]["id"].is_u64());
    let whole = get("/tracks/search?q=a&pageSize=50").await.json();
    let clean = get("/tracks/search?q=a&pageSize=50&excludeExplicitContent=true").await.json();
    let count = |page: &Value| page["estimatedTotalItems"].as_u64().unwrap();
    assert!(count(&clean) < count(&whole));
    let own = get(&format!("/tracks/search?q=a&pageSize=50&artistId={id}")).await.json();
    assert!(own["results"].as_array().unwrap().iter().all(|track| track["artist"]["id"] == id));
    for (path, status) in [
        ("/artists/browse", 422),
        ("/artists/9", 404),
        ("/artists/search?q=a&pageSize=51", 422),
        (&format!("/artists/{id}/releases?type=ep"), 422),
        ("/releases/9", 404),
        ("/releases/batch", 422),
        ("/releases/search?q=a&usageTypes=adsupportedstreaming", 422),
    ] {
        assert_eq!(get(path).await.status, status, "{path}");
    }
    let cover = get("/tracks/2001?imageSize=800").await.json()["track"]["cover_art"].clone();
    assert_eq!(bench.get(cover.as_str().unwrap(), &[]).await.status, 200);
}
