//! Playlists and their covers.

use super::*;

/// A form of several parts, with a picture.
const BOUNDARY: &str = "sand-box";

/// The smallest thing that looks like a PNG.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n--sand-bo\r\n\r\n";

#[tokio::test]
async fn playlists_are_made_ordered_and_removed() {
    let bench = Bench::new().await;
    let songs = async |path: &str| {
        let list = bench.mine(Method::GET, path, &[]).await.json()["results"].clone();
        list["tracks"]
            .as_array()
            .map(|rows| ids(rows).join(" ").replace("song 142160", ""))
            .unwrap_or_default()
    };
    let wanted = [
        ("title", "New & Old"),
        ("genre", "Hip-Hop/Rap"),
        ("private", "yes"),
        ("music_id", "14216001,14216002"),
    ];
    let made = bench.mine(Method::POST, "/playlist", &wanted).await;
    assert_eq!((made.status, made.body.len()), (201, 0));
    let (_, path) = made.header("location").split_once("/v1").unwrap();
    assert_eq!(songs(path).await, "01 02");
    assert_eq!(bench.audiomack(path, &[]).await.status, 404, "it is private");
    let named = bench
        .mine(
            Method::GET,
            "/playlist/sandbox/new-old",
            &[("fields", "title,artist:name,private,tracks:title")],
        )
        .await;
    let tracks = json!([{ "title": "Night Ferry" }, { "title": "Harbour Lights" }]);
    assert_eq!(
        named.json()["results"],
        json!({ "title": "New & Old", "artist": { "name": "Sandbox" }, "private": "yes", "tracks": tracks })
    );
    assert_eq!(bench.my_rows("/user/playlists", &[]).await.len(), 4);

    let track = format!("{path}/track");
    assert_eq!(bench.mine(Method::POST, &track, &[("music_id", "14216003,14216001")]).await.status, 200);
    assert_eq!(songs(path).await, "01 02 03 01");
    let order = [("title", "New & Old"), ("genre", "pop"), ("music_id", "14216003,14216002,14216001")];
    assert_eq!(bench.mine(Method::PUT, path, &order).await.status, 200);
    assert_eq!(songs(path).await, "03 02 01");
    assert_eq!(bench.mine(Method::DELETE, &format!("{path}/14216002"), &[]).await.status, 204);
    assert_eq!(songs(path).await, "03 01");
    assert_eq!(
        bench.mine(Method::PUT, path, &[("title", "x")]).await.json()["errors"]["genre"]["isEmpty"],
        "This field is required"
    );
    let metrics = bench.mine(Method::GET, &format!("{path}/metrics"), &[]).await.json();
    assert!(metrics["results"]["event_counters"].is_object());
    assert_eq!(bench.mine(Method::DELETE, path, &[]).await.status, 204);
    assert_eq!(bench.mine(Method::GET, path, &[]).await.status, 404);

    assert_eq!(bench.mine(Method::DELETE, "/playlist/4201", &[]).await.status, 403, "somebody else's");
    let failing = [("title", "unavailable"), ("genre", "pop")];
    assert_eq!(code(&bench.mine(Method::POST, "/playlist", &failing).await), (503, 1017.into()));
    // The id of a song as well.
    assert_eq!(bench.audiomack("/playlist/14216002", &[]).await.json()["results"]["title"], "Low Tide");
    let trending = bench.audiomack("/playlist/jazz/trending", &[]).await.json();
    assert!(trending["results"].as_array().unwrap().iter().all(|list| list["genre"] == "jazz"));
    let empty = bench.mine(Method::GET, "/playlist/4213", &[]).await.json();
    assert_eq!(empty["results"]["tracks"], false);
}

/// The fields of a form with a picture are not signed, and its body may be larger than others.
#[tokio::test]
async fn covers_come_in_forms_of_several_parts() {
    let bench = Bench::new().await;
    let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let body = |picture: &[u8]| {
        let part = |head: &str, body: &[u8]| {
            let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n");
            [head.as_bytes(), body, b"\r\n"].concat()
        };
        let end = format!("--{BOUNDARY}--\r\n").into_bytes();
        let image = part("name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png", picture);
        [part("name=\"title\"", "Größe".as_bytes()), part("name=\"genre\"", b"pop"), image, end].concat()
    };
    let large = [PICTURE, &vec![7; 1_000_000]].concat();
    for picture in [PICTURE, &large] {
        let made = bench.with_body(Method::POST, "/playlist", &media_type, body(picture)).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let (_, path) = made.header("location").split_once("/v1").unwrap();
        let list = bench.mine(Method::GET, path, &[]).await.json()["results"].clone();
        assert_eq!(list["title"], "Größe");
        let cover = bench.get(list["image"].as_str().unwrap(), &[]).await;
        assert!(cover.body == picture && cover.header("content-type") == "image/png");
        let edited = bench.with_body(Method::PUT, path, &media_type, body(PICTURE)).await;
        assert_eq!(edited.status, 200);
    }
    let check = async |body: Vec<u8>, status: u16| {
        assert_eq!(bench.with_body(Method::POST, "/playlist", &media_type, body).await.status, status);
    };
    check(body(b"no picture"), 422).await;
    check(b"nonsense".to_vec(), 422).await;
    check(body(PICTURE)[..80].to_vec(), 422).await;
    let elsewhere = bench.with_body(Method::POST, "/user/register", &media_type, vec![0; 300_000]).await;
    assert_eq!(elsewhere.status, 413);
}
