//! Credentials and addresses that run out in the middle of a track: they are renewed, and it plays on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use segue::secrets::{self, Keep};
use serde_json::json;

use crate::house::{NOW, STREAM, Who, good};
use crate::leaks::{BEARER, NEXT_BEARER, REFRESH, SIGNATURE, assert_none, assert_none_on_disk};
use crate::program::{Done, Home, demo_music, wav_samples};
use crate::server::{Call, Reply, Server};

/// Plays something into a file, and looks everywhere for secrets. Gives the samples of one channel.
fn played(home: &Home, what: &str) -> Vec<f32> {
    let file = home.path().join("out.wav");
    let output = format!("wav:{}", file.display());
    let done = Done::from(home.segue(&["play", what, "--output", &output, "--json"]).output().unwrap());
    assert_eq!(done.code, 0, "{done:?}");
    assert_none("what is written", &format!("{done:?}"));
    assert!(!done.err.contains("401") && !done.err.contains("403"), "nothing to worry about: {done:?}");
    assert!(assert_none_on_disk(home.path(), &["secrets", "config", "out.wav"]) > 0);
    let (samples, channels) = wav_samples(&file);
    samples.into_iter().step_by(usize::from(channels)).collect()
}

/// The sound of the file, all of it, but for a moment around the place where it broke off.
fn assert_whole(heard: &[f32], file: &str) {
    let home = Home::new();
    let whole = played(&home, demo_music().join(file).to_str().unwrap());
    let missing = whole.len().abs_diff(heard.len());
    // What was on its way to the ear when it broke off may come twice.
    assert!(missing < 88_200, "{} of {} samples", heard.len(), whole.len());
    // Its end is its end.
    let tail = 20_000;
    let same = heard[heard.len() - tail..].iter().zip(&whole[whole.len() - tail..]);
    let apart = same.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart < 0.01, "the end is another one, by {apart}");
}

/// The bytes of `file` that were asked for.
fn part(call: &Call, file: &[u8], most: usize) -> Reply {
    let from = call.header("range").trim_start_matches("bytes=").trim_end_matches('-').parse().unwrap_or(0);
    let headers = format!(
        "Content-Type: audio/flac\r\nAccept-Ranges: bytes\r\nContent-Range: bytes {from}-{}/{}\r\n",
        file.len() - 1,
        file.len()
    );
    let body = &file[from..];
    if body.len() <= most {
        return Reply::Full { status: 206, headers, body: body.to_vec() };
    }
    Reply::Cut { status: 206, headers, body: body[..most].to_vec(), promised: body.len() }
}

/// An address that is signed, good for the first half of the file, and then refused.
#[test]
fn an_address_that_is_refused_midway_is_asked_for_again() {
    for status in [401, 403] {
        let file = std::fs::read(demo_music().join("tracks/paper-lanterns.flac")).unwrap();
        let given = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&given);
        let server = Server::start(move |call| match call.path.as_str() {
            "/v1/music/812/play" => {
                let number = theirs.fetch_add(1, Ordering::Relaxed);
                let host = call.header("host");
                let address = format!("http://{host}/media/{number}?Expires=1&Signature={SIGNATURE}");
                Reply::json(200, json!({ "url": address }).to_string())
            }
            "/media/0" if call.header("range") == "bytes=0-" => part(call, &file, file.len() / 2),
            "/media/0" => Reply::json(status, ""),
            "/media/1" => part(call, &file, file.len()),
            _ => good(call),
        });
        let home = Home::new().config(&format!(
            "[network]\nretries = 1\n[log]\nlevel = \"debug\"\n[services.audiomack]\nbase_url = \"{}\"\n\
             consumer_key = \"consumer\"\nconsumer_secret = \"m4rk-consumer\"\n",
            server.url("/v1")
        ));
        let heard = played(&home, "audiomack:track:812");
        assert_eq!(given.load(Ordering::Relaxed), 2, "{status}: asked for once more");
        assert_whole(&heard, "tracks/paper-lanterns.flac");
    }
}

/// A service whose bearer is good for four requests of a track's sound; `renews`: a new one may be had for it.
pub fn short_lived(renews: bool) -> Server {
    let folder = demo_music().join("hls/night-ferry/high");
    let served = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&served);
    Server::start(move |call| {
        if call.path.ends_with("/auth/refresh") && !renews {
            return Reply::json(401, "{\"message\":\"Token was used before\"}");
        }
        if call.path.ends_with("/auth/refresh") {
            let pair =
                json!({ "access_token": NEXT_BEARER, "refresh_token": "m4rk-again", "expires_in": 3600 });
            return Reply::json(200, pair.to_string());
        }
        let is_old = call.header("authorization").contains(BEARER);
        let Some((_, name)) = call.path.split_once("/v1/stream/") else {
            return if is_old && theirs.load(Ordering::Relaxed) > 3 {
                Reply::json(401, "")
            } else {
                good(call)
            };
        };
        if is_old && theirs.fetch_add(1, Ordering::Relaxed) > 3 || call.header("authorization").is_empty() {
            return Reply::json(401, "{\"message\":\"Unauthenticated.\"}");
        }
        let name = if name == STREAM { "index.m3u8" } else { name };
        let media_type = if name.ends_with("m3u8") { "application/vnd.apple.mpegurl" } else { "video/mp4" };
        match std::fs::read(folder.join(name)) {
            Ok(body) => Reply::Full { status: 200, headers: format!("Content-Type: {media_type}\r\n"), body },
            Err(_) => Reply::json(404, ""),
        }
    })
}

/// A bearer that ends between two segments.
#[test]
fn a_bearer_that_ends_midway_is_renewed() {
    let server = short_lived(true);
    let base = server.url("/v1");
    let home = Home::new().config(&format!(
        "[network]\nretries = 1\n[log]\nlevel = \"debug\"\n\
         [services.yourmusic]\nbase_url = \"{base}\"\ntenant = \"house\"\n"
    ));
    let vault = secrets::Vault::open(&home.path().join("data"), "segue", Keep::File);
    vault.write("yourmusic", &Who::YourMusic.session(&base, NOW + 4_000_000_000).unwrap()).unwrap();
    let heard = played(&home, &format!("yourmusic:track:{STREAM}"));
    let renewals: Vec<_> =
        server.calls().into_iter().filter(|call| call.path.ends_with("/auth/refresh")).collect();
    assert_eq!(renewals.len(), 1);
    assert!(renewals[0].body().contains(REFRESH));
    assert_whole(&heard, "hls/night-ferry/high/index.m3u8");
}
