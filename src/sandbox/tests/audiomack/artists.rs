//! Artists: pages, favourites, pins.

use super::*;

#[tokio::test]
async fn artists_have_a_page_and_company() {
    let bench = Bench::new().await;
    let page = bench.mine(Method::GET, "/artist/ada-cole", &[]).await.json()["results"].clone();
    assert_eq!(
        (&page["name"], &page["follow"], &page["verified"]),
        (&json!("Ada Cole"), &json!("yes"), &json!("yes"))
    );
    assert!(page["type"].is_null() && page["id"].is_number());
    assert!(bench.audiomack("/artist/ada-cole", &[]).await.json()["results"]["follow"].is_null());
    let uploads = bench.audiomack("/artist/ada-cole/uploads", &[("limit", "0")]).await.json();
    let kinds = ids(uploads["results"].as_array().unwrap());
    assert!(kinds.iter().any(|id| id.starts_with("song")) && kinds.iter().any(|id| id.starts_with("album")));
    let lists = bench.audiomack("/artist/ada-cole/playlists", &[("genre", "jazz")]).await.json();
    assert_eq!((lists["count"].as_u64(), &lists["results"][0]["id"]), (Some(1), &json!("14216002")));
    assert_eq!(lists["results"][0]["artist"]["name"], "Ada Cole");

    assert_eq!(bench.mine(Method::DELETE, "/artist/ada-cole/follow", &[]).await.status, 200);
    let followers = async |slug: &str| bench.my_rows(&format!("/artist/{slug}/follows"), &[]).await;
    assert!(!followers("ada-cole").await.iter().any(|row| row["name"] == "Sandbox"));
    assert_eq!(bench.mine(Method::PUT, "/artist/ada-cole/follow", &[]).await.status, 200);
    assert!(followers("ada-cole").await.iter().any(|row| row["name"] == "Sandbox"));
    let following = bench.my_rows("/artist/sandbox/following", &[]).await;
    assert!(following.iter().any(|row| row["name"] == "Ada Cole"));

    let feed = bench.mine(Method::GET, "/user/feed", &[]).await.json();
    assert!(feed["count"].is_null());
    let rows = feed["results"].as_array().unwrap();
    for key in ["repost", "repost_artist"] {
        assert!(rows.iter().any(|row| !row[key].is_null()), "{key}");
    }
    assert_eq!(bench.audiomack("/artist/ada-cole/feed", &[]).await.status, 200);
    assert_eq!(bench.audiomack(&format!("/artist/{}/metrics", page["id"]), &[]).await.status, 200);
    assert_eq!(code(&bench.audiomack("/artist/ada-cole/metrics", &[]).await), (404, 1002.into()));
    assert_eq!(code(&bench.audiomack("/artist/nobody", &[]).await), (404, 1002.into()));
    assert_eq!(code(&bench.audiomack("/artist/unavailable", &[]).await), (503, 1010.into()));
}

#[tokio::test]
async fn favourites_are_shown_by_kind_and_searched() {
    let bench = Bench::new().await;
    let path = "/artist/sandbox/favorites";
    let all = ["album 14300001", "playlist 4201", "song 14216004"];
    assert_eq!(bench.my_ids(path, &[]).await, all);
    let check = async |show: &str, expected: &[&str]| {
        assert_eq!(bench.my_ids(path, &[("show", show)]).await, expected, "{show}");
    };
    check("all", &all).await;
    check("music", &["album 14300001", "song 14216004"]).await;
    check("song", &all[2..]).await;
    check("album", &all[..1]).await;
    check("playlist", &all[1..2]).await;
    assert_eq!(bench.mine(Method::GET, path, &[("show", "hats")]).await.status, 422);
    assert_eq!(bench.my_ids("/artist/sandbox/favorites/search", &[("q", "harbour MIX")]).await, all[1..2]);
    assert_eq!(bench.mine(Method::GET, "/artist/sandbox/favorites/search", &[]).await.status, 422);
    assert_eq!(bench.mine(Method::PUT, "/playlist/4202/favorite", &[]).await.status, 204);
    assert_eq!(code(&bench.mine(Method::PUT, "/playlist/4202/favorite", &[]).await), (422, 1000.into()));
    check("playlist", &["playlist 4202", "playlist 4201"]).await;
    assert_eq!(bench.mine(Method::DELETE, "/playlist/4201/favorite", &[]).await.status, 200);
    check("playlist", &["playlist 4202"]).await;
}

#[tokio::test]
async fn a_profile_pins_up_to_four() {
    let bench = Bench::new().await;
    let path = "/artist/sandbox/pinned";
    let items = |ids: &[u64]| {
        ids.iter().map(|id| json!({ "kind": "music", "id": id.to_string() })).collect::<Value>()
    };
    assert_eq!(bench.my_ids(path, &[]).await, ["playlist 4212"]);
    assert_eq!(bench.with_json(Method::POST, path, &items(&[14_216_001, 14_300_001])).await.status, 200);
    assert_eq!(bench.my_ids(path, &[]).await, ["playlist 4212", "song 14216001", "album 14300001"]);
    assert_eq!(bench.with_json(Method::POST, path, &items(&[14_216_002, 14_216_003])).await.status, 422);
    let gone = json!([{ "kind": "playlist", "id": 4212 }]);
    assert_eq!(bench.with_json(Method::DELETE, path, &gone).await.status, 200);
    assert_eq!(bench.with_json(Method::PUT, path, &items(&[14_216_003, 14_216_001])).await.status, 200);
    assert_eq!(bench.my_ids(path, &[]).await, ["song 14216003", "song 14216001"]);
    assert_eq!(bench.with_json(Method::PUT, path, &json!([])).await.status, 200);
    assert!(bench.my_ids(path, &[]).await.is_empty());
    assert_eq!(bench.with_json(Method::POST, "/artist/ada-cole/pinned", &json!([])).await.status, 403);
    assert_eq!(bench.with_json(Method::POST, path, &json!([{ "id": 1 }])).await.status, 422);
    assert_eq!(bench.with_json(Method::POST, path, &items(&[1])).await.status, 404);
}
