//! Variants that stand in for one another.

use super::*;

#[test]
fn the_next_variant_stands_in_for_one_that_is_gone() {
    let master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9,CODECS=\"mp4a.40.2\"\ngone.m3u8\n\
                  #EXT-X-STREAM-INF:BANDWIDTH=5,CODECS=\"mp4a.40.2\"\nindex.m3u8\n";
    let server = cafe(list(&["0"]), move |path| {
        (path == "/master.m3u8").then(|| Reply::new(200, "audio/mpegurl", master))
    });
    let rig = Rig::new();
    assert_eq!(drain(&mut *rig.http(server.url("/master.m3u8")).unwrap()).unwrap().len(), 1);
    assert_eq!(rig.monitor.variant_switches.load(Ordering::Relaxed), 1);
}

/// The three segments, joined at the very frame.
fn assert_joined(parts: &[Heard]) {
    let server = cafe(list(&["0", "1", "2"]), |_| None);
    let whole = drain(&mut *Rig::new().http(server.url("/index.m3u8")).unwrap()).unwrap();
    assert_eq!(parts.len(), 1);
    assert_same(&parts[0].2, &whole[0].2, "three segments");
}

#[test]
fn another_variant_goes_on_where_one_breaks_off() {
    let master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9,CODECS=\"mp4a.40.2\"\nbest.m3u8\n\
                  #EXT-X-STREAM-INF:BANDWIDTH=7,CODECS=\"mp4a.40.2\"\nuneven.m3u8\n\
                  #EXT-X-STREAM-INF:BANDWIDTH=5,CODECS=\"mp4a.40.2\"\neven.m3u8\n";
    let server = cafe(list(&[]), move |path| {
        let text = match path {
            "/master.m3u8" => master.to_owned(),
            "/best.m3u8" => list(&["0", "gone", "gone"]),
            "/uneven.m3u8" => list(&["a", "b", "c"]).replace("4.99", "4.44"),
            "/even.m3u8" => list(&["0", "1", "2"]),
            _ => return None,
        };
        Some(Reply::new(200, "audio/mpegurl", text))
    });
    let rig = Rig::new();
    let parts = drain(&mut *rig.http(server.url("/master.m3u8")).unwrap()).unwrap();
    assert_joined(&parts);
    assert!(rig.monitor.take_notes().is_empty());
    assert_eq!(
        (server.count("/gone"), server.count("/a"), server.count("/0"), server.count("/2")),
        (1, 0, 1, 1)
    );
}

#[test]
fn another_variant_fills_a_gap() {
    let master = "#EXTM3U\n#EXT-X-DEFINE:NAME=\"end\",VALUE=\"m3u8\"\n\
                  #EXT-X-STREAM-INF:BANDWIDTH=9\nbest.{$end}\n#EXT-X-STREAM-INF:BANDWIDTH=5\nindex.{$end}\n";
    let imports = "#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"end\"\n#EXT-X-TARGETDURATION";
    let server =
        cafe(list(&["0", "1", "2"]).replace("#EXTM3U\n#EXT-X-TARGETDURATION", imports), move |path| {
            let text = match path {
                "/master.m3u8" => master.to_owned(),
                "/best.m3u8" => list(&["0", "x", "y"]).replace("\nx", "\n#EXT-X-GAP\nx"),
                _ => return None,
            };
            Some(Reply::new(200, "audio/mpegurl", text))
        });
    let rig = Rig::new();
    let parts = drain(&mut *rig.http(server.url("/master.m3u8")).unwrap()).unwrap();
    assert_joined(&parts);
    assert_eq!((server.count("/x"), server.count("/1"), server.count("/2")), (0, 1, 1));
}

#[test]
fn another_variant_stands_in_for_one_that_cannot_be_played() {
    let master =
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9\nbest.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=5\nindex.m3u8\n";
    let locked = "#EXT-X-KEY:METHOD=AES-128,URI=\"key\"\n#EXTINF";
    for (what, best, sound) in [
        ("Dolby Digital", list(&["x", "x", "x"]), &b"\x0b\x77rest"[..]),
        ("a key of another length", list(&["0", "1", "2"]).replace("#EXTINF", locked), b""),
    ] {
        let server = cafe(list(&["0", "1", "2"]), move |path| match path {
            "/master.m3u8" => Some(Reply::new(200, "audio/mpegurl", master)),
            "/best.m3u8" => Some(Reply::new(200, "audio/mpegurl", best.clone())),
            "/key" => Some(Reply::new(200, "application/octet-stream", vec![7; 15])),
            "/x" => Some(Reply::new(200, "audio/x", sound)),
            _ => None,
        });
        let rig = Rig::new();
        let heard = drain(&mut *rig.http(server.url("/master.m3u8")).unwrap());
        assert_joined(&heard.unwrap_or_else(|error| panic!("{what}: {error}")));
    }
}

#[test]
fn a_variant_with_a_gap_stands_in_elsewhere() {
    let master =
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9\nbest.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=5\nindex.m3u8\n";
    let gap =
        |text: String, name: &str| text.replace(&format!("\n{name}\n"), &format!("\n#EXT-X-GAP\n{name}\n"));
    let best = gap(gap(list(&["0", "x", "y"]), "x"), "y");
    let server = cafe(gap(list(&["0", "x", "2"]), "x"), move |path| match path {
        "/master.m3u8" => Some(Reply::new(200, "audio/mpegurl", master)),
        "/best.m3u8" => Some(Reply::new(200, "audio/mpegurl", best.clone())),
        _ => None,
    });
    let rig = Rig::new();
    let heard = drain(&mut *rig.http(server.url("/master.m3u8")).unwrap()).unwrap();
    assert_eq!((heard.len(), server.count("/2")), (2, 1), "both lack the second, and one has the third");
}
