//! Files on the web.

use std::io::{Seek as _, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};

use super::server::{Asked, Reply, Server};
use super::*;
use crate::model::FaultKind;

/// Bytes in which every stretch can be told from every other, longer than all windows together.
pub(super) fn song(length: usize) -> Vec<u8> {
    let mut song: Vec<u8> = (0..=length / 4).flat_map(|n| u32::try_from(n).unwrap().to_be_bytes()).collect();
    song.truncate(length);
    // It begins as an MP3 file does.
    song[..3].copy_from_slice(b"ID3");
    song
}

const LENGTH: usize = 300_000;

/// Opens `/song.mp3`, reads everything, and returns it with the error that ended it.
fn hear(rig: &Rig, server: &Server) -> (Vec<u8>, Option<String>) {
    let mut part = rig.http(server.url("/song.mp3")).unwrap().next_part().unwrap().unwrap();
    let mut bytes = Vec::new();
    let end = part.bytes.read_to_end(&mut bytes);
    (bytes, end.err().map(|error| error.to_string()))
}

#[test]
fn a_file_comes_whole_with_one_request() {
    let server = Server::start(|asked, _| Reply::part(asked, "audio/mpeg", &song(LENGTH)));
    let rig = Rig::new();
    let mut media = rig.http(server.url("/song.mp3?signature=x")).unwrap();
    assert_eq!((media.length(), media.seeks_by_part()), (None, false));
    let mut part = media.next_part().unwrap().unwrap();
    assert!(media.next_part().unwrap().is_none());
    assert_eq!(part.hint.extension.as_deref(), Some("mp3"));
    assert_eq!(part.hint.media_type.as_deref(), Some("audio/mpeg"));
    assert_eq!((part.bytes.byte_len(), part.bytes.is_seekable()), (Some(LENGTH as u64), true));
    let mut bytes = Vec::new();
    part.bytes.read_to_end(&mut bytes).unwrap();
    assert_same(&bytes, &song(LENGTH), "song");
    assert_eq!(server.log().len(), 1);
    assert_eq!(rig.monitor.bytes_received.load(Ordering::Relaxed), LENGTH as u64);
}

#[test]
fn a_cut_connection_is_mended_where_it_broke() {
    // With ranges the rest is asked for; without them the whole comes again and its start is passed over.
    for knows_ranges in [true, false] {
        let server = Server::start(move |asked, number| {
            let reply = if knows_ranges {
                Reply::part(asked, "audio/mpeg", &song(LENGTH))
            } else {
                Reply::new(200, "audio/mpeg", song(LENGTH))
            };
            let reply = reply.header("ETag", "\"one\"");
            if number == 0 { reply.cut_after(100_000) } else { reply }
        });
        let rig = Rig::new();
        let (bytes, end) = hear(&rig, &server);
        assert_eq!(end, None);
        assert_same(&bytes, &song(LENGTH), "mended song");
        let log = server.log();
        assert_eq!(log.len(), 2);
        assert_eq!(log[1].headers["range"], "bytes=100000-");
        assert_eq!(log[1].headers["if-range"], "\"one\"");
        assert_eq!(rig.monitor.retries.load(Ordering::Relaxed), 1);
        // Why nothing came is known while that is so, and no longer.
        assert_eq!(rig.monitor.take_snag(), None);
    }
}

#[test]
fn old_and_new_bytes_are_never_joined() {
    type Trick = fn(&Asked) -> Reply;
    let tricks: [(&str, Trick); 8] = [
        ("its entity tag", |asked| Reply::part(asked, "audio/mpeg", &song(LENGTH)).header("ETag", "\"two\"")),
        ("and now has 300001", |asked| Reply::part(asked, "audio/mpeg", &song(LENGTH + 1))),
        ("and now has 1000", |_| Reply::new(200, "audio/mpeg", song(1000))),
        ("byte 7 came", |_| {
            Reply::new(206, "audio/mpeg", vec![0; 9]).header("Content-Range", "bytes 7-15/300000")
        }),
        ("does not say which bytes", |_| Reply::new(206, "audio/mpeg", vec![0; 300_000])),
        ("has no byte 100000", |_| Reply::new(416, "text/plain", "")),
        ("answered 403", |_| Reply::new(403, "text/plain", "")),
        ("compressed", |asked| {
            Reply::part(asked, "audio/mpeg", &song(LENGTH)).header("Content-Encoding", "br")
        }),
    ];
    // Each mending waits a second; they wait together.
    let check = |expected: &str, trick: Trick| {
        let server = Server::start(move |asked, number| match number {
            0 => Reply::part(asked, "audio/mpeg", &song(LENGTH)).header("ETag", "\"one\"").cut_after(100_000),
            1 => trick(asked),
            _ => Reply::new(404, "text/plain", ""),
        });
        let (bytes, end) = hear(&Rig::new(), &server);
        assert_same(&bytes, &song(LENGTH)[..100_000], expected);
        let end = end.unwrap_or_default();
        assert!(end.contains(expected), "{expected}: {end}");
    };
    std::thread::scope(|scope| {
        for (expected, trick) in tricks {
            scope.spawn(move || check(expected, trick));
        }
    });
}

#[test]
fn a_file_sent_in_stretches_is_read_without_a_wait() {
    let server = Server::start(|asked, _| {
        let (song, start) = (song(LENGTH), asked.start());
        let end = (start + 100_000).min(LENGTH);
        let range = format!("bytes {start}-{}/{LENGTH}", end - 1);
        Reply::new(206, "audio/mpeg", &song[start..end]).header("Content-Range", range)
    });
    let rig = Rig::new();
    let (bytes, end) = hear(&rig, &server);
    assert_same(&bytes, &song(LENGTH), "song");
    assert_eq!((end, server.log().len()), (None, 3));
    assert_eq!(rig.monitor.retries.load(Ordering::Relaxed), 0);
}

#[test]
fn a_station_goes_on_with_what_it_sends_now() {
    let server = Server::start(|_, number| match number {
        0 | 1 => {
            let body = if number == 0 { song(5000) } else { b"and now the news".to_vec() };
            let reply = Reply::new(200, "audio/mpeg", body).header("icy-name", "Night radio");
            Reply { hides_length: true, ..reply }
        }
        _ => Reply::new(404, "text/plain", ""),
    });
    let rig = Rig::new();
    let (bytes, end) = hear(&rig, &server);
    assert_same(&bytes, &[&song(5000), &b"and now the news"[..]].concat(), "both connections");
    assert!(end.unwrap().contains("404"), "it went off the air");
    assert!(rig.monitor.is_live.load(Ordering::Relaxed));
}

/// `sound` with a text after every `interval` bytes, as stations send it; the texts are taken in turn.
fn with_texts(sound: &[u8], interval: usize, texts: &[&str]) -> Vec<u8> {
    let mut wire = Vec::new();
    let mut texts = texts.iter();
    for run in sound.chunks(interval) {
        wire.extend_from_slice(run);
        if run.len() == interval {
            let text = texts.next().copied().unwrap_or_default();
            let sixteens = text.len().div_ceil(16);
            wire.push(u8::try_from(sixteens).unwrap());
            wire.extend_from_slice(text.as_bytes());
            wire.resize(wire.len() + sixteens * 16 - text.len(), 0);
        }
    }
    wire
}

#[test]
fn a_station_tells_its_titles_where_they_begin() {
    let server = Server::start(|asked, number| {
        assert_eq!(asked.headers["icy-metadata"], "1");
        let (sound, texts) = match number {
            0 => (song(5000), ["StreamTitle='one';", "", "StreamTitle='two';StreamUrl='';"]),
            1 => (b"and now the news".repeat(200), ["StreamTitle='three';", "", "StreamTitle='four';"]),
            _ => return Reply::new(404, "text/plain", ""),
        };
        let body = with_texts(&sound, 1000, &texts);
        let reply = Reply::new(200, "audio/mpeg", body).header("icy-metaint", "1000");
        // One that says how long it is must not be believed.
        let (is_old, reply) = (number == 0, reply.header("icy-name", " Night radio "));
        Reply { hides_length: is_old, is_shoutcast: is_old, ..reply }
    });
    let rig = Rig::new();
    let mut part = rig.http(server.url("/live")).unwrap().next_part().unwrap().unwrap();
    assert_eq!((part.bytes.byte_len(), part.bytes.is_seekable()), (None, false));
    let (mut heard, mut titles) = (Vec::new(), Vec::new());
    let mut byte = [0];
    while let Ok(1) = part.bytes.read(&mut byte) {
        heard.push(byte[0]);
        titles.extend(rig.monitor.take_title().map(|title| (heard.len(), title.as_str().to_owned())));
    }
    assert_same(&heard, &[song(5000), b"and now the news".repeat(200)].concat(), "both connections");
    let told: Vec<_> = titles.iter().map(|(at, title)| (*at, title.as_str())).collect();
    let own = "Night radio";
    assert_eq!(told, [(1, own), (1001, "one"), (3001, "two"), (5001, own), (6001, "three"), (8001, "four")]);
}

#[test]
fn a_file_of_unknown_length_ends_with_its_connection() {
    let server =
        Server::start(|_, _| Reply { hides_length: true, ..Reply::new(200, "audio/mpeg", song(5000)) });
    let (bytes, end) = hear(&Rig::new(), &server);
    assert_same(&bytes, &song(5000), "song");
    assert_eq!((end, server.log().len()), (None, 1));
}

#[test]
fn more_than_was_promised_is_cut() {
    let server = Server::start(|_, _| {
        let range = format!("bytes 0-{}/{LENGTH}", LENGTH - 1);
        Reply::new(206, "audio/mpeg", song(LENGTH + 5000)).header("Content-Range", range)
    });
    let (bytes, end) = hear(&Rig::new(), &server);
    assert_eq!(end, None);
    assert_same(&bytes, &song(LENGTH), "cut song");
}

#[test]
fn seeks_land_on_their_byte() {
    const LONG: usize = 8_000_000;
    let server = Server::start(|asked, _| Reply::part(asked, "audio/mpeg", &song(LONG)));
    let rig = Rig::new();
    let mut part = rig.http(server.url("/song.mp3")).unwrap().next_part().unwrap().unwrap();
    let whole = song(LONG);
    for target in [7_999_900, 0, 5_000_000, 4_999_000, 3, 7_000_000, 100] {
        assert_eq!(part.bytes.seek(SeekFrom::Start(target as u64)).unwrap(), target as u64);
        let mut bytes = [0; 100];
        part.bytes.read_exact(&mut bytes).unwrap();
        assert_eq!(bytes, whole[target..target + 100], "at {target}");
    }
    assert_eq!(part.bytes.seek(SeekFrom::End(-10)).unwrap(), 7_999_990);
    assert_eq!(part.bytes.read_to_end(&mut Vec::new()).unwrap(), 10);
    assert_eq!(part.bytes.seek(SeekFrom::End(10)).unwrap(), 8_000_010);
    assert_eq!(part.bytes.read(&mut [0; 10]).unwrap(), 0);
    assert!(part.bytes.seek(SeekFrom::Current(-9_000_000)).is_err());
    assert!(server.log().len() < 10, "moves inside the window cost no request");
}

/// Places that look like chance and are the same in each run.
pub(super) fn places(count: usize, below: u64) -> impl Iterator<Item = u64> {
    let mut state = 0x5e9_u64;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    })
    .take(count)
}

#[test]
fn a_thousand_seeks_land_on_their_byte() {
    const LONG: usize = 12_000_000;
    let whole = song(LONG);
    let served = whole.clone();
    let server = Server::start(move |asked, _| Reply::part(asked, "audio/mpeg", &served));
    let rig = Rig::new();
    let mut part = rig.http(server.url("/song.mp3")).unwrap().next_part().unwrap().unwrap();
    for target in places(1_000, LONG as u64 - 100) {
        assert_eq!(part.bytes.seek(SeekFrom::Start(target)).unwrap(), target);
        let (mut bytes, from) = ([0; 100], usize::try_from(target).unwrap());
        part.bytes.read_exact(&mut bytes).unwrap();
        assert_eq!(bytes, whole[from..from + 100], "at {target}");
    }
    assert!(server.log().len() <= 1_001, "{} requests", server.log().len());
}

#[test]
fn without_ranges_a_far_seek_is_refused_with_the_reason() {
    let server = Server::start(|_, _| Reply::new(200, "audio/mpeg", song(8_000_000)));
    let rig = Rig::new();
    let mut part = rig.http(server.url("/song.mp3")).unwrap().next_part().unwrap().unwrap();
    assert!(!part.bytes.is_seekable());
    let error = part.bytes.seek(SeekFrom::Start(7_999_000)).unwrap_err();
    assert!(error.to_string().contains("does not offer parts"), "{error}");
    let mut bytes = Vec::new();
    part.bytes.read_to_end(&mut bytes).unwrap();
    assert_same(&bytes, &song(8_000_000), "reading goes on");
}

#[test]
fn refusals_are_told_apart() {
    for (status, kind) in [
        (401, FaultKind::SignInNeeded),
        (403, FaultKind::Refused),
        (404, FaultKind::NotFound),
        (410, FaultKind::NotFound),
    ] {
        let server = Server::start(move |_, _| Reply::new(status, "text/html", "<html>"));
        let error = Rig::new().http(server.url("/song.mp3")).map(|_| ()).unwrap_err();
        assert_eq!(error.fault().kind, kind, "{status}");
        assert_eq!(server.log().len(), 1, "{status} is not asked again");
    }
    let server = Server::start(|asked, number| match number {
        0 => Reply::new(503, "text/plain", "").header("Retry-After", "0"),
        _ => Reply::part(asked, "audio/mpeg", &song(LENGTH)),
    });
    assert_eq!(hear(&Rig::new(), &server).1, None, "a server may need a moment");
}

#[test]
fn what_is_no_sound_is_named() {
    for (media_type, body, expected) in [
        ("text/html; charset=utf-8", "<html>", "a web page instead of audio"),
        ("audio/mpeg", "\n<!DOCTYPE html>\n<title>Log in", "a web page instead of audio"),
        ("application/json", "{\"error\":1}", "text instead of audio"),
        ("audio/mpeg", "", "is empty"),
    ] {
        let server = Server::start(move |_, _| Reply::new(200, media_type, body));
        let error = Rig::new().http(server.url("/song.mp3?secret=x")).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains(expected), "{media_type} {body}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
        assert_eq!(error.fault().kind, FaultKind::Damaged);
    }
}

#[test]
fn a_cancelled_read_wakes_at_once() {
    let server =
        Server::start(|asked, _| Reply::part(asked, "audio/mpeg", &song(LENGTH)).stall_after(100_000));
    let rig = Rig::new();
    let mut part = rig.http(server.url("/song.mp3")).unwrap().next_part().unwrap().unwrap();
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        part.bytes.read_to_end(&mut bytes).unwrap_err().to_string()
    });
    server.stalled();
    rig.cancel.cancel();
    assert_eq!(reader.join().unwrap(), "cancelled");
}

#[test]
fn a_cancelled_opening_ends_too() {
    let server = Server::start(|_, _| Reply::new(200, "audio/mpeg", song(LENGTH)).stall_after(0));
    let rig = Arc::new(Rig::new());
    let (opener, url) = (rig.clone(), server.url("/song.mp3"));
    let opening = std::thread::spawn(move || opener.http(url).map(|_| ()));
    server.stalled();
    rig.cancel.cancel();
    assert!(matches!(opening.join().unwrap(), Err(StreamError::Cancelled)));
}

#[test]
fn redirects_are_followed_and_mended_from_the_start() {
    // The address that it led to is gone when the connection breaks.
    let server = Server::start(|asked, number| match (asked.path.as_str(), number) {
        ("/song.mp3", 0) => Reply::new(302, "text/plain", "").header("Location", "/old"),
        ("/song.mp3", _) => Reply::new(302, "text/plain", "").header("Location", "/new"),
        ("/old", 1) => Reply::part(asked, "audio/mpeg", &song(LENGTH)).cut_after(100_000),
        ("/new", _) => Reply::part(asked, "audio/mpeg", &song(LENGTH)),
        _ => Reply::new(403, "text/plain", ""),
    });
    let (bytes, end) = hear(&Rig::new(), &server);
    assert_eq!(end, None);
    assert_same(&bytes, &song(LENGTH), "mended song");
}

#[test]
fn files_are_read_and_their_faults_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("song.MP3"), song(LENGTH)).unwrap();
    std::fs::write(path("empty.mp3"), "").unwrap();
    let rig = Rig::new();
    let mut part = rig.file(path("song.MP3")).unwrap().next_part().unwrap().unwrap();
    assert_eq!(part.hint.extension.as_deref(), Some("mp3"));
    part.bytes.seek(SeekFrom::Start(1000)).unwrap();
    let mut bytes = Vec::new();
    part.bytes.read_to_end(&mut bytes).unwrap();
    assert_same(&bytes, &song(LENGTH)[1000..], "file");
    for (name, kind, words) in [
        ("empty.mp3", FaultKind::Damaged, "is empty"),
        ("", FaultKind::Unsupported, "is a directory"),
        ("none.mp3", FaultKind::NotFound, "no file"),
    ] {
        let fault = rig.file(path(name)).map(|_| ()).unwrap_err().fault();
        assert!(fault.kind == kind && fault.message.as_str().contains(words), "{name}: {fault:?}");
    }
}

/// An address that may be asked for ten seconds from now on.
fn for_ten_seconds(url: Url) -> Locator {
    let good_until = Some(tokio::time::Instant::now().into_std() + Duration::from_secs(10));
    Locator::Http(RemoteAddress { good_until, ..RemoteAddress::plain(url) })
}

fn is_run_out(error: std::io::Error) -> bool {
    matches!(error.downcast::<StreamError>(), Ok(StreamError::RunOut(_)))
}

#[test]
fn an_address_whose_time_is_over_is_not_asked() {
    const LONG: usize = 8_000_000;
    let whole = song(LONG);
    let server = Server::start(move |asked, _| Reply::part(asked, "audio/mpeg", &whole));
    let locator = for_ten_seconds(server.url("/song.mp3?signature=x"));
    let (clock, is_open) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let (shown, opened) = (Arc::clone(&clock), Arc::clone(&is_open));
    in_time_lapse(
        &clock,
        move |now| if now < 11_000 && is_open.load(Ordering::SeqCst) { 100 } else { 0 },
        move |rig| {
            let mut part = rig.open(&locator).unwrap().next_part().unwrap().unwrap();
            opened.store(true, Ordering::SeqCst);
            let mut begun = vec![0; 1000];
            part.bytes.read_exact(&mut begun).unwrap();
            while shown.load(Ordering::SeqCst) < 11_000 {
                std::thread::yield_now();
            }
            // What is open goes on.
            let mut further = vec![0; 3_000_000];
            part.bytes.read_exact(&mut further).unwrap();
            assert_same(&[begun, further].concat(), &song(LONG)[..3_001_000], "one connection");
            part.bytes.seek(SeekFrom::Start(7_000_000)).unwrap();
            assert!(is_run_out(part.bytes.read(&mut [0]).unwrap_err()));
            let fault = rig.open(&locator).err().unwrap().fault();
            assert_eq!((fault.kind, fault.retry), (FaultKind::Refused, crate::model::Retry::Later));
            assert!(!fault.to_string().contains("signature=x"), "{fault}");
            assert!(matches!(rig.open(&as_playlist(&locator)), Err(StreamError::RunOut(_))));
        },
    );
    assert_eq!(server.log().len(), 1);
}

/// The same address, known to answer a playlist.
fn as_playlist(locator: &Locator) -> Locator {
    let Locator::Http(address) = locator else { panic!("{locator:?}") };
    Locator::Hls(address.clone())
}

#[test]
fn a_connection_that_breaks_is_mended_within_the_time_of_its_address() {
    let server = Server::start(|asked, number| match number {
        0 => Reply::part(asked, "audio/mpeg", &song(LENGTH)).cut_after(100_000),
        _ => Reply::new(503, "text/plain", Vec::new()),
    });
    let locator = for_ten_seconds(server.url("/song.mp3"));
    let (clock, is_open) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let opened = Arc::clone(&is_open);
    let bytes = in_time_lapse(
        &clock,
        move |_| if is_open.load(Ordering::SeqCst) { 50 } else { 0 },
        move |rig| {
            let mut part = rig.open(&locator).unwrap().next_part().unwrap().unwrap();
            opened.store(true, Ordering::SeqCst);
            let mut bytes = Vec::new();
            assert!(is_run_out(part.bytes.read_to_end(&mut bytes).unwrap_err()));
            bytes
        },
    );
    assert_same(&bytes, &song(LENGTH)[..100_000], "what came");
    let (tries, seconds) = (server.log().len(), clock.load(Ordering::SeqCst) / 1000);
    assert!(tries > 2 && (9..25).contains(&seconds), "{tries} requests in {seconds} s");
}
