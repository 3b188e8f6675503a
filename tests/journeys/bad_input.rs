//! Everything that can be wrong with what is played: each gets a sentence that names what and where,
//! and the exit code that scripts rely on.

use std::fs;

use crate::program::{Home, demo_music, files};
use crate::server::{Reply, Server};

/// Time limits short enough for a test; the outcome does not depend on them.
const HASTY: &str = "[network]\nconnect_timeout = 1\nidle_timeout = 0.3\nretries = 1\n";

fn check(locator: &str, code: i32, words: &[&str]) {
    let home = Home::new().config(HASTY);
    let done = home.run(&["play", locator, "--output", "null"]);
    assert_eq!(done.code, code, "{locator}: {done:?}");
    for word in words {
        assert!(done.err.contains(word), "{locator}: {:?} lacks {word:?}", done.err);
    }
    assert!(!done.err.contains("panic"), "{}", done.err);
}

#[test]
fn files_that_cannot_be_played() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    check(&at("missing.mp3"), 3, &["There is no file", "missing.mp3"]);
    check(folder.path().to_str().unwrap(), 6, &["is a directory"]);
    fs::write(at("empty.mp3"), b"").unwrap();
    check(&at("empty.mp3"), 6, &["empty.mp3", "empty"]);
    fs::write(at("text.mp3"), "This is no music.\n".repeat(500)).unwrap();
    check(&at("text.mp3"), 6, &["text.mp3"]);
    fs::write(
        at("noise.flac"),
        (0..60_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>(),
    )
    .unwrap();
    check(&at("noise.flac"), 6, &["noise.flac"]);
    fs::write(at("empty.m3u8"), "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-ENDLIST\n").unwrap();
    check(&at("empty.m3u8"), 6, &["empty.m3u8"]);
    check("file:///etc/passwd", 6, &["/etc/passwd"]);
    check("ftp://example.net/a.mp3", 2, &["ftp"]);
}

#[test]
fn a_truncated_file_plays_what_is_there_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    for source in files(&demo_music().join("tracks"), &["mp3", "flac"]) {
        let whole = fs::read(&source).unwrap();
        let cut = folder.path().join(source.file_name().unwrap());
        fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
        let home = Home::new();
        let wav = home.path().join("out.wav");
        let output = format!("wav:{}", wav.display());
        let done = home.run(&["play", cut.to_str().unwrap(), "--output", &output]);
        assert_eq!(done.code, 6, "{done:?}");
        assert!(done.err.contains("ended early"), "{}", done.err);
        assert!(hound::WavReader::open(&wav).unwrap().duration() > 44_100 * 3);
    }
}

#[test]
fn servers_that_refuse_or_mislead() {
    let server = Server::start(|request| match request.path.as_str() {
        "/403.mp3" => Reply::status(403),
        "/html.mp3" => Reply::text("text/html", "<!doctype html><title>Sign in to the wifi</title>"),
        "/html-as-audio.mp3" => Reply::text("audio/mpeg", "<html><body>not music</body></html>"),
        "/loop.mp3" => Reply::redirect("/loop.mp3"),
        "/to-file.mp3" => Reply::redirect("file:///etc/passwd"),
        "/500.mp3" => Reply::status(500),
        "/empty.mp3" => Reply::text("audio/mpeg", ""),
        "/stall.mp3" => Reply::Stall { media_type: "audio/mpeg", body: vec![0xff, 0xfb] },
        "/empty.m3u8" => Reply::text("application/vnd.apple.mpegurl", "#EXTM3U\n#EXT-X-ENDLIST\n"),
        "/html.m3u8" => Reply::text("application/vnd.apple.mpegurl", "<html>no</html>"),
        _ => Reply::status(404),
    });
    check(&server.url("/missing.mp3"), 3, &["404"]);
    check(&server.url("/403.mp3"), 4, &["403"]);
    check(&server.url("/html.mp3"), 6, &["web page"]);
    check(&server.url("/html-as-audio.mp3"), 6, &["web page"]);
    check(&server.url("/loop.mp3"), 5, &["redirects without end"]);
    check(&server.url("/to-file.mp3"), 5, &["refused"]);
    check(&server.url("/500.mp3"), 5, &["500"]);
    check(&server.url("/empty.mp3"), 6, &["empty"]);
    check(&server.url("/stall.mp3"), 5, &["did not send anything"]);
    check(&server.url("/empty.m3u8"), 6, &["playlist"]);
    check(&server.url("/html.m3u8"), 6, &["html.m3u8", "web page"]);
}

#[test]
fn nobody_listens_there() {
    // Bound and dropped: the port is free, so the connection is refused.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    check(&format!("http://{free}/a.mp3"), 5, &["cannot be reached", &free.to_string()]);
}

#[test]
fn a_missing_segment_is_hopped_over_and_told() {
    let music = demo_music().join("hls");
    let playlist =
        files(&music, &["m3u8"]).into_iter().find(|path| path.to_str().unwrap().contains("/mid/")).unwrap();
    let folder = playlist.parent().unwrap().to_owned();
    let second = files(&folder, &["ts"])[1].file_name().unwrap().to_str().unwrap().to_owned();
    let server = Server::start(move |request| {
        let name = request.path.trim_start_matches('/');
        if name == second {
            return Reply::status(404);
        }
        match fs::read(folder.join(name)) {
            Ok(body) => Reply::File { media_type: "application/octet-stream", body },
            Err(_) => Reply::status(404),
        }
    });
    let home = Home::new().config(HASTY);
    let output = format!("wav:{}", home.path().join("out.wav").display());
    let done = home.run(&["play", &server.url("/index.m3u8"), "--output", &output, "--json"]);
    assert_eq!(done.code, 3, "{done:?}");
    assert!(done.err.contains("left out at 0:0") && done.err.contains("404"), "{}", done.err);
    let troubled = done.json_lines().into_iter().find(|line| line["event"] == "troubled").unwrap();
    assert_eq!(troubled["kind"], "not_found");
    // What the other segments hold: of some 32 seconds five are missing.
    let frames = done.summary()["frames_heard"].as_u64().unwrap();
    assert!((44_100 * 26..44_100 * 29).contains(&frames), "{frames}");
}

#[test]
fn a_configuration_with_a_typo_warns_and_goes_on() {
    let home = Home::new().config("[player]\nvolum = 3\n\n[network]\nretries = 99\n");
    let track = files(&demo_music().join("tracks"), &["mp3"]).remove(0);
    let wav = format!("wav:{}", home.path().join("out.wav").display());
    let done = home.run(&["play", track.to_str().unwrap(), "--output", &wav]);
    assert_eq!(done.code, 0, "{done:?}");
    for words in [
        "config.toml, line 2, column 1: player.volum is not a setting",
        "Did you mean player.volume?",
        "line 5",
        "from 0 to 6",
    ] {
        assert!(done.err.contains(words), "{} lacks {words:?}", done.err);
    }
}

#[test]
fn arguments_that_make_no_sense() {
    let home = Home::new();
    for arguments in [
        &["play"][..],
        &["play", "a.mp3", "--output", "moon"],
        &["play", "a.mp3", "--start", "soon"],
        &["dance"],
        &["play", ""],
    ] {
        let done = home.run(arguments);
        assert_eq!(done.code, 2, "{arguments:?}: {done:?}");
    }
    assert_eq!(home.run(&["play", "nosuch:track:1", "--output", "null"]).code, 2);
    let track = demo_music().join("tracks/paper-lanterns.flac");
    let done = home.run(&["play", track.to_str().unwrap(), "--output", "null", "--start", "9:00"]);
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.err.contains("past the end"), "{}", done.err);
    assert_eq!(home.run(&["play", "audiomack:track:1", "--output", "null"]).code, 4);
}
