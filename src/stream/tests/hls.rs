//! HLS from playlist to parts.

use std::sync::atomic::{AtomicUsize, Ordering};

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};

use super::server::{Reply, Server};
use super::*;
use crate::model::{FaultKind, Reach};

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
fn a_local_playlist_reads_nothing_outside_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("list");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(folder.path().join("secret.aac"), "secret").unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret.aac"), inside.join("link.aac")).unwrap();
    let absolute = folder.path().join("secret.aac").display().to_string();
    for uri in ["../secret.aac", "%2e%2e/secret.aac", "..%2fsecret.aac", &absolute, "link.aac"] {
        let playlist = inside.join("index.m3u8");
        let text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n{uri}\n#EXT-X-ENDLIST\n");
        std::fs::write(&playlist, text).unwrap();
        let rig = Rig::new();
        let error = drain(&mut *rig.file(playlist).unwrap()).unwrap_err();
        assert!(error.to_string().contains("segment 1 of"), "{uri}: {error}");
        let notes = rig.monitor.take_notes();
        assert!(matches!(notes.as_slice(), [StreamError::MissingSegment { number: 1, .. }]), "{notes:?}");
        assert_eq!(
            rig.monitor.bytes_received.load(Ordering::Relaxed),
            std::fs::metadata(inside.join("index.m3u8")).unwrap().len(),
            "{uri}"
        );
    }
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
fn a_missing_segment_is_hopped_and_noted() {
    for fault in [
        Reply::new(404, "text/html", "<html>not here"),
        Reply::new(403, "text/plain", ""),
        Reply::new(200, "text/html", "<!doctype html><p>Log in"),
        Reply::new(200, "audio/aac", ""),
        Reply::new(200, "audio/aac", "Sound it is not"),
    ] {
        let status = fault.status;
        let server = cafe(list(&["0", "1", "2", "3"]), move |path| (path == "/1").then(|| fault.clone()));
        let rig = Rig::new();
        let mut media = rig.http(server.url("/index.m3u8")).unwrap();
        let parts = drain(&mut *media).unwrap();
        let starts: Vec<f64> = parts.iter().map(|(at, ..)| at.as_secs_f64()).collect();
        assert_eq!(starts, [0.0, 9.984_58], "after {status}");
        let notes = rig.monitor.take_notes();
        assert!(
            matches!(notes.as_slice(), [StreamError::MissingSegment { number: 2, .. }]),
            "after {status}: {notes:?}"
        );
        assert_eq!(server.count("/1"), 1, "what is gone is not asked for again");
    }
}

#[test]
fn what_may_heal_is_asked_for_again() {
    for (fault, times) in [
        (Reply::new(503, "text/plain", "").header("Retry-After", "0"), 3),
        (Reply::new(200, "audio/aac", vec![7; 5000]).cut_after(2000), 1),
    ] {
        let asked = AtomicUsize::new(0);
        let server = cafe(list(&["0", "1", "2"]), move |path| {
            let is_hit = path == "/1" && asked.fetch_add(1, Ordering::Relaxed) < times;
            is_hit.then(|| fault.clone())
        });
        let rig = Rig::new();
        let parts = drain(&mut *rig.http(server.url("/index.m3u8")).unwrap()).unwrap();
        assert_eq!((parts.len(), rig.monitor.retries.load(Ordering::Relaxed)), (1, times as u64));
        assert!(rig.monitor.take_notes().is_empty());
    }
}

#[test]
fn encrypted_fragments_play_with_a_clear_or_an_encrypted_section() {
    let clear = drain(&mut *Rig::new().file(bundled("harbour-lights/index.m3u8")).unwrap()).unwrap();
    for seals_section in [false, true] {
        let server = Server::start(move |asked, _| {
            let name = asked.path.trim_start_matches('/');
            if name == "key" {
                return Reply::new(200, "application/octet-stream", *b"sixteen byte key");
            }
            let bytes = std::fs::read(bundled("harbour-lights").join(name)).unwrap();
            let key =
                "#EXT-X-KEY:METHOD=AES-128,URI=\"key\",IV=0x000102030405060708090A0B0C0D0E0F\n#EXT-X-MAP";
            Reply::new(
                200,
                "application/octet-stream",
                match name {
                    "index.m3u8" => String::from_utf8(bytes).unwrap().replace("#EXT-X-MAP", key).into_bytes(),
                    "init.mp4" if !seals_section => bytes,
                    _ => seal(&bytes),
                },
            )
        });
        let sealed = drain(&mut *Rig::new().http(server.url("/index.m3u8")).unwrap()).unwrap();
        assert!(sealed == clear, "section sealed: {seals_section}");
    }
}

/// Encrypts as segments are, with the key and vector of the test above.
fn seal(bytes: &[u8]) -> Vec<u8> {
    let vector: [u8; 16] = std::array::from_fn(|index| u8::try_from(index).unwrap());
    let cipher = cbc::Encryptor::<aes::Aes128>::new(b"sixteen byte key".into(), &vector.into());
    cipher.encrypt_padded_vec::<Pkcs7>(bytes)
}

#[test]
fn three_missing_in_a_row_end_it_with_the_reason() {
    let server = cafe(list(&["0", "x", "y", "z", "1"]), |_| None);
    let rig = Rig::new();
    let mut media = rig.http(server.url("/index.m3u8")).unwrap();
    let mut part = media.next_part().unwrap().unwrap();
    let mut bytes = Vec::new();
    part.bytes.read_to_end(&mut bytes).unwrap();
    assert!(!bytes.is_empty(), "the first segment plays");
    let error = media.next_part().map(|part| part.is_some()).unwrap_err();
    assert!(error.to_string().contains("segment 4") && error.to_string().contains("404"), "{error}");
    assert_eq!(error.fault().kind, FaultKind::NotFound);
    assert_eq!((server.count("/1"), server.count("/index.m3u8")), (0, 2), "one look for new addresses");
}

#[test]
fn an_expired_playlist_shows_as_refused() {
    let server = cafe(list(&["0", "1"]), |_| Some(Reply::new(403, "text/plain", "")));
    let error = drain(&mut *Rig::new().http(server.url("/index.m3u8")).unwrap()).unwrap_err();
    assert_eq!(error.fault().kind, FaultKind::Refused, "{error}");
}

#[test]
fn expired_addresses_are_looked_up_once_more() {
    // The first playlist names an address that has run out; asked again, the server names a good one.
    let server = Server::start(|asked, number| match asked.path.as_str() {
        "/index.m3u8" if number == 0 => Reply::new(200, "audio/mpegurl", list(&["0?old", "1?old"])),
        "/index.m3u8" => Reply::new(200, "audio/mpegurl", list(&["0?new", "1?new"])),
        "/0?new" | "/1?new" => {
            let path = bundled(&format!("cafe-muller/seg00{}.aac", &asked.path[1..2]));
            Reply::new(200, "audio/aac", std::fs::read(path).unwrap())
        }
        _ => Reply::new(403, "text/plain", ""),
    });
    let rig = Rig::new();
    let parts = drain(&mut *rig.http(server.url("/index.m3u8")).unwrap()).unwrap();
    assert_eq!(parts.len(), 1);
    assert!(rig.monitor.take_notes().is_empty());
    let paths: Vec<String> = server.log().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/index.m3u8", "/0?old", "/index.m3u8", "/0?new", "/1?new"]);
}

#[test]
fn a_gap_is_not_asked_for_and_a_discontinuity_starts_a_part() {
    let playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n0\n#EXT-X-GAP\n#EXTINF:5,\n1\n\
                    #EXTINF:5,\n2\n#EXT-X-DISCONTINUITY\n#EXTINF:5,\n0\n#EXT-X-ENDLIST\n";
    let server = cafe(playlist.to_owned(), |_| None);
    let rig = Rig::new();
    let parts = drain(&mut *rig.http(server.url("/index.m3u8")).unwrap()).unwrap();
    let starts: Vec<u64> = parts.iter().map(|(at, ..)| at.as_secs()).collect();
    assert_eq!(starts, [0, 10, 15]);
    assert_eq!(server.count("/1"), 0);
    assert_eq!(parts[0].2, parts[2].2);
}

#[test]
fn a_key_is_asked_for_once_and_a_wrong_one_is_named() {
    let serve = |key: Vec<u8>| {
        Server::start(move |asked, _| match asked.path.as_str() {
            "/key.bin" => Reply::new(200, "application/octet-stream", key.clone()),
            path => {
                let file = bundled("ame-no-minato").join(&path[1..]);
                Reply::new(200, "application/octet-stream", std::fs::read(file).unwrap())
            }
        })
    };
    let right = std::fs::read(bundled("ame-no-minato/key.bin")).unwrap();
    let server = serve(right);
    let rig = Rig::new();
    let mut media = rig.http(server.url("/index.m3u8")).unwrap();
    let local = drain(&mut *rig.file(bundled("ame-no-minato/index.m3u8")).unwrap()).unwrap();
    assert!(drain(&mut *media).unwrap() == local, "the same by http as from files");
    assert_eq!((server.count("/key.bin"), server.count("/key2.bin")), (1, 1));

    let server = serve(vec![0; 15]);
    let error = drain(&mut *rig.http(server.url("/index.m3u8")).unwrap()).unwrap_err();
    assert!(error.to_string().contains("a key has 16 bytes, this one 15"), "{error}");
}

#[test]
fn byte_ranges_are_the_same_with_and_without_a_server_that_knows_them() {
    let whole: Vec<u8> = (0..3)
        .flat_map(|number| std::fs::read(bundled(&format!("cafe-muller/seg00{number}.aac"))).unwrap())
        .collect();
    let lengths: Vec<u64> = (0..3)
        .map(|number| std::fs::metadata(bundled(&format!("cafe-muller/seg00{number}.aac"))).unwrap().len())
        .collect();
    let playlist = format!(
        "#EXTM3U\n#EXT-X-VERSION:4\n#EXT-X-TARGETDURATION:5\n#EXT-X-BYTERANGE:{}@0\n#EXTINF:5,\nall\n\
         #EXT-X-BYTERANGE:{}\n#EXTINF:5,\nall\n#EXT-X-BYTERANGE:{}\n#EXTINF:5,\nall\n#EXT-X-ENDLIST\n",
        lengths[0], lengths[1], lengths[2]
    );
    let mut heard = Vec::new();
    for knows_ranges in [true, false] {
        let (playlist, whole) = (playlist.clone(), whole.clone());
        let server = Server::start(move |asked, _| match asked.path.as_str() {
            "/all" if knows_ranges => Reply::part(asked, "audio/aac", &whole),
            "/all" => Reply::new(200, "audio/aac", whole.clone()),
            _ => Reply::new(200, "audio/mpegurl", playlist.clone()),
        });
        let rig = Rig::new();
        heard.push(drain(&mut *rig.http(server.url("/index.m3u8")).unwrap()).unwrap());
    }
    let separate =
        drain(&mut *Rig::new().http(cafe(list(&["0", "1", "2"]), |_| None).url("/index.m3u8")).unwrap());
    assert!(heard[0] == heard[1] && heard[0][0].2 == separate.unwrap()[0].2);
}

#[test]
fn a_stalled_segment_ends_with_the_cancel() {
    let server = cafe(list(&["0", "1"]), |path| {
        (path == "/1").then(|| Reply::new(200, "audio/aac", vec![0; 5000]).stall_after(100))
    });
    let rig = Rig::new();
    let mut media = rig.http(server.url("/index.m3u8")).unwrap();
    let mut part = media.next_part().unwrap().unwrap();
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        part.bytes.read_to_end(&mut bytes).unwrap();
        let end = media.next_part().map(|part| part.is_some());
        (bytes.len(), end)
    });
    server.stalled();
    rig.cancel.cancel();
    let (count, end) = reader.join().unwrap();
    assert!(count > 0 && matches!(end, Err(StreamError::Cancelled)), "{end:?}");
}

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
    let starts: Vec<f64> = parts.iter().map(|(at, ..)| at.as_secs_f64()).collect();
    assert_eq!(starts, [0.0, 4.992_29]);
    assert!(rig.monitor.take_notes().is_empty());
    assert_eq!(
        (server.count("/gone"), server.count("/a"), server.count("/0"), server.count("/2")),
        (1, 0, 1, 1)
    );
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
fn what_cannot_be_played_is_refused_at_once() {
    let drm = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://x\"\n\
               #EXTINF:5,\n0\n#EXT-X-ENDLIST\n";
    for (text, expected) in [
        ("#EXTM3U\n", "lists no segments"),
        ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"ec-3\"\na.m3u8\n", "none of its variants"),
        ("<!DOCTYPE html><p>gone", "a web page instead of audio"),
        ("", "is empty"),
        ("hello", "first line is not #EXTM3U"),
        (drm, "SAMPLE-AES is not supported"),
    ] {
        let server = cafe(text.to_owned(), |_| None);
        let rig = Rig::new();
        let end = rig.http(server.url("/index.m3u8")).and_then(|mut media| drain(&mut *media));
        let error = end.unwrap_err().to_string();
        assert!(error.contains(expected), "{text:?}: {error}");
    }
}

#[test]
fn nothing_at_home_is_opened_for_a_stranger() {
    let server = cafe(list(&["0"]), |_| None);
    for (path, is_hls) in [("/index.m3u8", true), ("/index.m3u8", false), ("/0", false)] {
        let address = RemoteAddress { reach: Reach::Public, ..RemoteAddress::plain(server.url(path)) };
        let locator = if is_hls { Locator::Hls(address) } else { Locator::Http(address) };
        let fault = Rig::new().open(&locator).err().unwrap().fault();
        assert_eq!(fault.kind, FaultKind::Refused, "{fault}");
    }
    assert!(server.log().is_empty());
}

#[test]
fn copy_protection_that_is_announced_is_refused_before_anything_is_asked_for() {
    let key = |attributes: &str| format!("#EXT-X-SESSION-KEY:{attributes}\n");
    let fairplay = key("METHOD=SAMPLE-AES,URI=\"skd://x\",KEYFORMAT=\"com.apple.streamingkeydelivery\"");
    let widevine = key(
        "METHOD=SAMPLE-AES-CTR,URI=\"data:x\",KEYFORMAT=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"",
    );
    let plain = key("METHOD=AES-128,URI=\"key\"");
    for (keys, refused) in [
        (fairplay.clone(), Some("SAMPLE-AES is not supported")),
        (fairplay.clone() + &widevine, Some("SAMPLE-AES is not supported")),
        (key("METHOD=AES-128,URI=\"x\",KEYFORMAT=\"com.microsoft.playready\""), Some("copy protection")),
        (fairplay + &plain, None),
        (plain, None),
    ] {
        let master = format!("#EXTM3U\n{keys}#EXT-X-STREAM-INF:BANDWIDTH=5\nindex.m3u8\n");
        let server = cafe(list(&["0"]), move |path| {
            (path == "/master.m3u8").then(|| Reply::new(200, "audio/mpegurl", master.clone()))
        });
        let end = Rig::new().http(server.url("/master.m3u8"));
        assert_eq!(server.count("/index.m3u8"), usize::from(refused.is_none()), "{keys}");
        if let Some(refused) = refused {
            let error = end.map(|_| ()).unwrap_err();
            assert!(error.to_string().contains(refused), "{keys}: {error}");
            assert_eq!(error.fault().kind, FaultKind::Unsupported);
        }
    }
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
    let starts: Vec<f64> = parts.iter().map(|(at, ..)| at.as_secs_f64()).collect();
    assert_eq!(starts, [0.0, 4.992_29]);
    assert_eq!((server.count("/x"), server.count("/1"), server.count("/2")), (0, 1, 1));
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
fn headers_stay_with_their_origin() {
    let other = cafe(String::new(), |_| None);
    let playlist = list(&["0", other.url("/1").as_str()]);
    let server = cafe(playlist, |_| None);
    let rig = Rig::new();
    let address = RemoteAddress {
        headers: vec![("Authorization".to_owned(), crate::model::Secret::new("Bearer x"))],
        ..RemoteAddress::plain(server.url("/index.m3u8"))
    };
    drain(&mut *rig.open(&Locator::Hls(address)).unwrap()).unwrap();
    assert!(
        server.log().len() == 2
            && server.log().iter().all(|asked| asked.headers.contains_key("authorization"))
    );
    assert!(other.log().len() == 1 && !other.log()[0].headers.contains_key("authorization"));
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
    assert_eq!(drain(&mut *media).unwrap().len(), 1);
    let paths: Vec<String> = server.log().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/index.m3u8", "/2", "/3", "/4", "/index.m3u8", "/5"]);
}
