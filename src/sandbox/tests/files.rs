//! The CDN: the bytes of the disk, in ranges, for as long as the address is good.

use super::*;

/// A signed address of the first piece, through Audiomack.
async fn play(bench: &Bench, id: &str) -> String {
    let path = format!("/music/{id}/play");
    let answer = bench.signed(Method::POST, &path, &[("session", "s")], &bench.signature()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.text();
    match serde_json::from_str::<Value>(body) {
        Ok(Value::String(address)) => address,
        Ok(value) => value["signedUrl"].as_str().unwrap().to_owned(),
        Err(_) => body.to_owned(),
    }
}

#[tokio::test]
async fn ranges_are_the_bytes_of_the_file() {
    let bench = Bench::new().await;
    let url = play(&bench, "14216001").await;
    let file = disk("tracks/night-ferry.mp3");
    let length = file.len();
    let whole = bench.get(&url, &[]).await;
    assert_eq!((whole.status, whole.body == file), (200, true));
    assert_eq!(whole.header("content-type"), "audio/mpeg");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("content-length"), length.to_string());
    let check = async |range: &str, expected: std::ops::Range<usize>| {
        let answer = bench.get(&url, &[("range", range)]).await;
        assert_eq!((answer.status, answer.body == file[expected.clone()]), (206, true), "{range}");
        let place = format!("bytes {}-{}/{length}", expected.start, expected.end - 1);
        assert_eq!(answer.header("content-range"), place);
        assert_eq!(answer.header("content-length"), expected.len().to_string());
    };
    check("bytes=0-0", 0..1).await;
    check("bytes=100-1099", 100..1100).await;
    check(&format!("bytes={}-", length - 7), length - 7..length).await;
    check("bytes=-500", length - 500..length).await;
    check("bytes=1000-99999999", 1000..length).await;
    let answer = bench.get(&url, &[("range", &format!("bytes={length}-"))]).await;
    assert_eq!((answer.status, answer.body.len()), (416, 0));
    assert_eq!(answer.header("content-range"), format!("bytes */{length}"));
    for ignored in ["bytes=5-1", "bytes=0-1,4-5", "lines=1-2", "bytes=a-"] {
        let answer = bench.get(&url, &[("range", ignored)]).await;
        assert_eq!((answer.status, answer.body.len()), (200, length), "{ignored}");
    }
}

#[tokio::test]
async fn if_range_guards_a_part() {
    let bench = Bench::new().await;
    let url = play(&bench, "14216001").await;
    let tag = bench.get(&url, &[]).await.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10);
    let range = ("range", "bytes=10-19");
    assert_eq!(bench.get(&url, &[range, ("if-range", &tag)]).await.status, 206);
    assert_eq!(bench.get(&url, &[range, ("if-range", "\"other\"")]).await.status, 200);
    let other = play(&bench, "14216002").await;
    assert_ne!(bench.get(&other, &[]).await.header("etag"), tag);
    let head = bench.send(bench.client.head(&url)).await;
    assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, tag.as_str()));
}

#[tokio::test]
async fn audiomack_addresses_live_for_ten_seconds() {
    let bench = Bench::new().await;
    // All three shapes of the answer.
    for id in ["14216001", "14216002", "14216003"] {
        let url = play(&bench, id).await;
        bench.pass(10);
        assert_eq!(bench.get(&url, &[]).await.status, 200);
        bench.pass(1);
        let late = bench.get(&url, &[("range", "bytes=100-")]).await;
        assert_eq!(late.status, 403);
        assert!(late.text().contains("<Code>AccessDenied</Code>"));
    }
}

#[tokio::test]
async fn addresses_cannot_be_altered_and_take_no_other_credentials() {
    let bench = Bench::new().await;
    let url = play(&bench, "14216001").await;
    let check = async |url: &str, headers: &[(&str, &str)], status: u16| {
        assert_eq!(bench.get(url, headers).await.status, status, "{url}");
    };
    check(&url, &[], 200).await;
    check(&url.replace("night-ferry", "morning-post"), &[], 403).await;
    check(&url.replace("Expires=1", "Expires=2"), &[], 403).await;
    check(&url.replace("/audiomack/", "/yourmusic/"), &[], 403).await;
    check(url.split('?').next().unwrap(), &[], 403).await;
    check(&url, &[("authorization", "Bearer x")], 400).await;
    let origin = |url: &str| Url::parse(url).unwrap().origin();
    assert_ne!(origin(&url), origin(&bench.sandbox.base_url("audiomack")));
}

#[tokio::test]
async fn audius_nodes_check_their_signature() {
    let bench = Bench::new().await;
    let id = bench.audius("/tracks/trending", &[("limit", "1")]).await.json();
    let id = id["data"][0]["id"].as_str().unwrap().to_owned();
    let answer = bench.audius(&format!("/tracks/{id}/stream"), &[("skip_play_count", "false")]).await;
    assert_eq!(answer.status, 302);
    let node = answer.header("location").to_owned();
    assert!(node.contains("/tracks/cidstream/") && node.contains("skip_play_count=false"), "{node}");
    let part = bench.get(&node, &[("range", "bytes=5-9")]).await;
    assert_eq!((part.status, part.body), (206, disk("tracks/night-ferry.mp3")[5..10].to_vec()));
    assert_eq!(bench.get(node.replace("%22", "%27"), &[]).await.status, 401);
    assert_eq!(bench.get(node.replace("cidstream/night", "cidstream/day"), &[]).await.status, 401);
    bench.pass(3601);
    assert_eq!(bench.get(&node, &[]).await.status, 401);
}

/// Every address of a playlist, resolved.
fn addresses(base: &Url, playlist: &str) -> Vec<Url> {
    let uri = |line: &str| match line.split_once("URI=\"") {
        Some((_, rest)) => rest.split_once('"').map(|(uri, _)| uri.to_owned()),
        None => (!line.starts_with('#') && !line.is_empty()).then(|| line.to_owned()),
    };
    playlist.lines().filter_map(uri).map(|uri| base.join(&uri).unwrap()).collect()
}

#[tokio::test]
async fn every_hls_stream_can_be_walked_to_its_last_segment() {
    let bench = Bench::new().await;
    let user = bench.user().await;
    let mut streams = Vec::new();
    for id in ["2001", "2002", "2003", "2005"] {
        let track = bench.yourmusic(&format!("/tracks/{id}"), &[]).await.json();
        let stream = track["track"]["stream_id"].as_str().unwrap().to_owned();
        let api = bench.url("yourmusic", &format!("/stream/{stream}"), &[]);
        let mut manifest = bench.get(&api, &[("authorization", &user)]).await;
        let mut base = api.clone();
        if manifest.status == 302 {
            base = manifest.header("location").parse().unwrap();
            manifest = bench.get(&base, &[]).await;
        }
        assert_eq!(manifest.status, 200);
        assert_eq!(manifest.header("content-type"), "application/vnd.apple.mpegurl");
        let mut waiting = addresses(&base, manifest.text());
        let mut fetched = std::collections::BTreeSet::new();
        while let Some(url) = waiting.pop() {
            let answer = bench.get(&url, &[]).await;
            assert_eq!(answer.status, 200, "{url}");
            let file = url.path().split("/hls/").nth(1).unwrap().to_owned();
            if answer.header("content-type") == "application/vnd.apple.mpegurl" {
                waiting.extend(addresses(&url, answer.text()));
            } else {
                assert!(answer.body == disk(&format!("hls/{file}")), "{file}");
            }
            fetched.insert(file);
        }
        streams.push((fetched.first().unwrap().split('/').next().unwrap().to_owned(), fetched.len()));
    }
    // Files of each stream's folder without the playlist at its top; the variants' playlists count.
    let expected = [("night-ferry", 24), ("harbour-lights", 7), ("ame-no-minato", 9), ("cafe-muller", 6)];
    assert_eq!(streams, expected.map(|(name, files)| (name.to_owned(), files)));
}

#[tokio::test]
async fn manifests_expire() {
    let bench = Bench::new().await;
    let track = bench.yourmusic("/tracks/2003", &[]).await.json();
    let path = format!("/stream/{}", track["track"]["stream_id"].as_str().unwrap());
    let manifest = bench.yourmusic(&path, &[]).await;
    let base: Url = bench.sandbox.base_url("yourmusic").parse().unwrap();
    let segment = addresses(&base, manifest.text()).pop().unwrap();
    bench.pass(600);
    assert_eq!(bench.get(&segment, &[]).await.status, 200);
    bench.pass(1);
    assert_eq!(bench.get(&segment, &[]).await.status, 403);
}

#[tokio::test]
async fn covers_are_open_and_cached() {
    let bench = Bench::new().await;
    let answer = bench.audius("/tracks/trending", &[("limit", "1")]).await.json();
    let cover = answer["data"][0]["artwork"]["480x480"].as_str().unwrap();
    let cover = bench.get(cover, &[]).await;
    assert_eq!((cover.status, cover.header("content-type")), (200, "image/jpeg"));
    assert!(cover.header("cache-control").contains("immutable"));
    assert!(cover.body == disk("covers/night-ferry.jpg"));
}
