//! HLS from playlist to parts.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::server::{Reply, Server};
use super::*;
use crate::model::{FaultKind, Reach};

mod keys;
mod refusals;
mod segments;
mod variants;

#[test]
fn a_seek_begins_at_the_segment_that_holds_the_place() {
    let rig = Rig::new();
    let mut media = rig.file(bundled("ame-no-minato/index.m3u8")).unwrap();
    assert!(media.seeks_by_part());
    let whole = drain(&mut *media).unwrap().remove(0).2;
    // The fourth segment starts at 15.000089 s, with another key.
    for (to, starts_at) in [(15.0, 10.007_800), (15.1, 15.000_089), (0.0, 0.0), (900.0, 30.000_178)] {
        media.seek(Duration::from_secs_f64(to)).unwrap();
        let (found, _, bytes) = drain(&mut *media).unwrap().remove(0);
        assert!((found.as_secs_f64() - starts_at).abs() < 0.000_01, "{to} s leads to {found:?}");
        assert!(whole.ends_with(&bytes) && (to > 0.0) == (bytes.len() < whole.len()), "{to} s");
    }
}

#[test]
fn a_thousand_seeks_land_in_their_segment() {
    let server = cafe(list(&["0", "1", "2", "3", "4"]), |_| None);
    let rig = Rig::new();
    let mut media = rig.http(server.url("/index.m3u8")).unwrap();
    let whole = drain(&mut *media).unwrap().remove(0).2;
    for millis in super::http::places(1_000, 24_900) {
        let to = Duration::from_millis(millis);
        assert_eq!(media.seek(to).unwrap(), to);
        let mut part = media.next_part().unwrap().unwrap();
        let number = (to.as_secs_f64() / 4.992_29).floor();
        assert!(
            (part.starts_at.as_secs_f64() - number * 4.992_29).abs() < 1e-6,
            "{to:?}: {:?}",
            part.starts_at
        );
        let mut bytes = [0; 2_000];
        part.bytes.read_exact(&mut bytes).unwrap();
        // The sound of that place, which no other place has.
        let found = whole.windows(2_000).position(|window| window == bytes).unwrap() as f64;
        let expected = to.as_secs_f64() / 25.0 * whole.len() as f64;
        assert!((expected - found).abs() < whole.len() as f64 / 4.0, "{to:?}: {found} of {}", whole.len());
    }
    assert_eq!(server.log().len(), 6, "each segment is asked for once");
}

fn list(segments: &[&str]) -> String {
    let mut text = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n".to_owned();
    for segment in segments {
        text.extend(["#EXTINF:4.992290,\n", segment, "\n"]);
    }
    text + "#EXT-X-ENDLIST\n"
}

/// Serves the bundled packed audio under `/N`, where N is the number of the segment; what `faults` says
/// goes first.
fn cafe(playlist: String, faults: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> Server {
    Server::start(move |asked, _| match asked.path.as_str() {
        "/index.m3u8" => Reply::new(200, "application/vnd.apple.mpegurl", playlist.clone()),
        path => faults(path).unwrap_or_else(|| match path.trim_start_matches('/').parse::<usize>() {
            Ok(number) => {
                let path = bundled(&format!("cafe-muller/seg{number:03}.aac"));
                Reply::new(200, "audio/aac", std::fs::read(path).unwrap())
            }
            Err(_) => Reply::new(404, "text/html", "<html>"),
        }),
    })
}

#[test]
fn a_playlist_shows_in_its_bytes_whatever_its_name() {
    for media_type in ["text/plain", "application/octet-stream", "audio/x-mpegurl"] {
        let playlist = list(&["0"]);
        let server = Server::start(move |asked, _| match asked.path.as_str() {
            "/0" => Reply::new(200, "audio/aac", std::fs::read(bundled("cafe-muller/seg000.aac")).unwrap()),
            _ => Reply::new(200, media_type, playlist.clone()),
        });
        let rig = Rig::new();
        let mut media = rig.http(server.url("/stream")).unwrap();
        assert_eq!((media.seeks_by_part(), drain(&mut *media).unwrap().len()), (true, 1), "{media_type}");
    }
}

#[test]
fn a_service_may_answer_with_the_address_of_the_playlist() {
    for (answer, is_followed) in [
        ("{\"url\": \"/index.m3u8?signature=x\"}", true),
        ("{\"data\": {\"stream_url\": \"index.m3u8?signature=x\"}}", true),
        ("{\"url\": \"file:///etc/passwd\"}", false),
        ("{\"error\": \"no such track\"}", false),
    ] {
        let server = Server::start(move |asked, _| match asked.path.as_str() {
            "/stream" => Reply::new(200, "application/json", answer),
            "/index.m3u8?signature=x" => Reply::new(200, "audio/mpegurl", list(&["0"])),
            _ => Reply::new(200, "audio/aac", std::fs::read(bundled("cafe-muller/seg000.aac")).unwrap()),
        });
        let opened = Rig::new().open(&Locator::Hls(RemoteAddress::plain(server.url("/stream"))));
        assert_eq!(opened.is_ok(), is_followed, "{answer}");
        assert_eq!(server.log().len() > 1, is_followed, "{answer}");
    }
}

#[test]
fn a_step_back_asks_for_nothing() {
    let server = cafe(list(&["0", "1", "2"]), |_| None);
    let rig = Rig::new();
    let mut media = rig.http(server.url("/index.m3u8")).unwrap();
    let whole = drain(&mut *media).unwrap();
    for to in [0, 5, 0] {
        media.seek(Duration::from_secs(to)).unwrap();
        let heard = drain(&mut *media).unwrap();
        assert!(whole[0].2.ends_with(&heard[0].2));
    }
    assert_eq!(server.log().len(), 4, "the list and three segments");
}

#[test]
fn a_stream_may_begin_in_the_middle() {
    let start = "#EXTM3U\n#EXT-X-START:TIME-OFFSET=-5\n#EXT-X-STREAM-INF:BANDWIDTH=5\nindex.m3u8\n";
    let server = cafe(list(&["0", "1", "2"]), move |path| {
        (path == "/master.m3u8").then(|| Reply::new(200, "audio/mpegurl", start))
    });
    let rig = Rig::new();
    let mut media = rig.http(server.url("/master.m3u8")).unwrap();
    let starts = |heard: Vec<Heard>| heard.iter().map(|(at, ..)| at.as_secs_f64()).collect::<Vec<_>>();
    assert_eq!(starts(drain(&mut *media).unwrap()), [4.992_29]);
    media.seek(Duration::ZERO).unwrap();
    assert_eq!(starts(drain(&mut *media).unwrap()), [0.0], "and all of it can be had");
}

#[test]
fn a_live_stream_starts_near_its_end_and_goes_on_as_it_grows() {
    // Five segments of half a second, of which the last three are to be played; then the list ends.
    let playlist = |from: usize, to: usize, end: &str| {
        let mut text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:{from}\n");
        for number in from..to {
            text.extend(["#EXTINF:1,\n", &number.to_string(), "\n"]);
        }
        text + end
    };
    let server = Server::start(move |asked, number| match asked.path.as_str() {
        "/index.m3u8" if number == 0 => Reply::new(200, "audio/mpegurl", playlist(0, 5, "")),
        "/index.m3u8" => Reply::new(200, "audio/mpegurl", playlist(1, 6, "#EXT-X-ENDLIST\n")),
        path => {
            let path = bundled(&format!("cafe-muller/seg00{}.aac", &path[1..]));
            Reply::new(200, "audio/aac", std::fs::read(path).unwrap())
        }
    });
    let rig = Rig::new();
    let mut media = rig.http(server.url("/index.m3u8")).unwrap();
    assert_eq!(media.length(), None);
    let _first = media.next_part().unwrap().unwrap();
    assert!(rig.monitor.is_live.load(Ordering::Relaxed) || server.count("/5") > 0, "until the list ends");
    assert_eq!(drain(&mut *media).unwrap().len(), 0);
    assert!(!rig.monitor.is_live.load(Ordering::Relaxed), "it has an end now");
    let paths: Vec<String> = server.log().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/index.m3u8", "/2", "/3", "/4", "/index.m3u8", "/5"]);
}
