//! The bundled music through `segue play` against ffmpeg's decode of the same files.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::program::{Home, demo_music, ffmpeg_samples, files, have, wav_samples};
use crate::server::{Reply, Server};

/// -80 dBFS: far below what a lossy codec's decoders differ by, far above rounding to 16 bits.
const LOSSY: f32 = 1e-4;

/// Plays `locator` into a WAV file and returns its samples.
fn played(locator: &str) -> Vec<f32> {
    let home = Home::new();
    let wav = home.path().join("out.wav");
    let done = home.run(&["play", locator, "--output", &format!("wav:{}", wav.display()), "--json"]);
    assert_eq!(done.code, 0, "{locator}: {done:?}");
    let (samples, channels) = wav_samples(&wav);
    let summary = done.summary();
    let frames = (samples.len() / usize::from(channels)) as u64;
    assert_eq!(summary["frames_heard"].as_u64().unwrap(), frames, "{summary}");
    assert_eq!(summary["underruns"], 0, "{summary}");
    samples
}

/// The same samples, none lost or doubled; none further apart than `limit`.
fn compare(what: &str, ours: &[f32], theirs: &[f32], limit: f32) {
    assert!(!theirs.is_empty());
    assert_eq!(ours.len(), theirs.len(), "{what}: samples");
    let error = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(error <= limit, "{what}: {error}");
}

fn limit_of(path: &Path) -> f32 {
    if path.extension().is_some_and(|extension| extension == "flac") { 0.0 } else { LOSSY }
}

/// How many frames the piece had before it was encoded.
fn frames_composed(track: &Path) -> usize {
    let catalogue = fs::read(demo_music().join("catalog.json")).unwrap();
    let catalogue: serde_json::Value = serde_json::from_slice(&catalogue).unwrap();
    let name = format!("\"tracks/{}\"", track.file_name().unwrap().to_str().unwrap());
    let pieces = catalogue["pieces"].as_array().unwrap();
    let piece = pieces.iter().find(|piece| piece.to_string().contains(&name)).unwrap();
    piece["frames"].as_u64().unwrap().try_into().unwrap()
}

/// The bundled music on a web server.
pub fn music_server() -> Server {
    Server::start(|request| {
        let path = request.path.split('?').next().unwrap().trim_start_matches('/');
        let media_type = match Path::new(path).extension().and_then(|extension| extension.to_str()) {
            Some("m3u8") => "application/vnd.apple.mpegurl",
            Some("mp3") => "audio/mpeg",
            Some("ts") => "video/mp2t",
            _ => "application/octet-stream",
        };
        match fs::read(demo_music().join(path)) {
            Ok(body) => Reply::File { media_type, body },
            Err(_) => Reply::status(404),
        }
    })
}

pub fn address(server: &Server, path: &Path) -> String {
    server.url(&format!("/{}", path.strip_prefix(demo_music()).unwrap().display()))
}

#[test]
fn every_bundled_file_is_what_ffmpeg_makes_of_it() {
    if !have("ffmpeg") {
        return;
    }
    let server = music_server();
    let tracks = files(&demo_music().join("tracks"), &["mp3", "m4a", "flac", "ogg", "opus"]);
    assert!(tracks.len() >= 8);
    for track in tracks {
        let (mut theirs, limit) = (ffmpeg_samples(&track), limit_of(&track));
        if track.extension().is_some_and(|extension| extension == "m4a") {
            // Some versions of ffmpeg leave the encoder's padding at the end; the piece is shorter.
            theirs.truncate(2 * frames_composed(&track));
        }
        let name = track.to_str().unwrap();
        compare(name, &played(name), &theirs, limit);
        let address = address(&server, &track);
        compare(&address, &played(&address), &theirs, limit);
    }
}

#[test]
fn every_bundled_stream_joins_without_a_seam() {
    if !have("ffmpeg") {
        return;
    }
    let server = music_server();
    let playlists = files(&demo_music().join("hls"), &["m3u8"]);
    assert!(playlists.len() >= 7, "{playlists:?}");
    for playlist in playlists.iter().filter(|path| !path.ends_with("master.m3u8")) {
        let theirs = ffmpeg_samples(playlist);
        let name = playlist.to_str().unwrap();
        compare(name, &played(name), &theirs, LOSSY);
        let address = address(&server, playlist);
        compare(&address, &played(&address), &theirs, LOSSY);
    }
    // Each segment was asked for once for each playlist that names it, and each key once.
    let paths = server.paths();
    for path in &paths {
        let times = paths.iter().filter(|other| *other == path).count();
        assert_eq!(times, 1, "{path}");
    }
}

#[test]
fn a_master_playlist_plays_its_best_variant() {
    if !have("ffmpeg") {
        return;
    }
    let master = demo_music().join("hls/night-ferry/master.m3u8");
    let best = ffmpeg_samples(&master.with_file_name("high").join("index.m3u8"));
    let name = master.to_str().unwrap();
    compare(name, &played(name), &best, LOSSY);
}

/// Every variant was cut from one timeline, so that one asked for by name is as long as the best.
#[test]
fn the_variant_is_the_listeners_choice() {
    if !have("ffmpeg") {
        return;
    }
    let master = demo_music().join("hls/night-ferry/master.m3u8");
    for (choice, folder) in [("saver", "low"), ("highest", "high"), ("100k", "low"), ("140k", "mid")] {
        let home = Home::new().config(&format!("[hls]\nvariant = \"{choice}\"\n"));
        let wav = home.path().join("out.wav");
        let done =
            home.run(&["play", master.to_str().unwrap(), "--output", &format!("wav:{}", wav.display())]);
        assert_eq!(done.code, 0, "{done:?}");
        let theirs = ffmpeg_samples(&master.with_file_name(folder).join("index.m3u8"));
        compare(choice, &wav_samples(&wav).0, &theirs, LOSSY);
    }
}

/// FLAC and WAV made on the spot at several rates, depths and channels come out bit for bit.
#[test]
fn lossless_is_bit_exact_at_its_own_rate() {
    if !have("ffmpeg") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, rate: u32, channels: u32, kind: &str| {
        let path = folder.path().join(name);
        let option = if kind.starts_with("pcm") { "-c:a" } else { "-sample_fmt" };
        let noise = format!("anoisesrc=r={rate}:d=2.345:a=0.5:seed=7");
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", &noise, "-ac", &channels.to_string(), option, kind])
            .arg(&path)
            .status()
            .unwrap();
        assert!(made.success());
        compare(name, &played(path.to_str().unwrap()), &ffmpeg_samples(&path), 0.0);
    };
    check("16.flac", 44_100, 2, "s16");
    check("24.flac", 96_000, 2, "s32");
    check("mono.flac", 8_000, 1, "s16");
    check("16.wav", 48_000, 2, "pcm_s16le");
    check("24.wav", 44_100, 2, "pcm_s24le");
    check("float.wav", 22_050, 2, "pcm_f32le");
}

/// A start amid a track gives what the whole track has from there on, after a fade of a few milliseconds.
#[test]
fn a_start_amid_the_track_loses_nothing() {
    const FADE: usize = 2 * 441;
    if !have("ffmpeg") {
        return;
    }
    for (path, is_exact) in [
        ("tracks/paper-lanterns.flac", true),
        ("tracks/night-ferry.mp3", true),
        ("tracks/northern-line.ogg", true),
        // AAC fills bands with noise that depends on where decoding began.
        ("tracks/cafe-muller.m4a", false),
        ("hls/night-ferry/high/index.m3u8", false),
        ("hls/harbour-lights/index.m3u8", false),
        ("hls/ame-no-minato/index.m3u8", false),
        ("hls/cafe-muller/index.m3u8", false),
    ] {
        let path = demo_music().join(path);
        let home = Home::new();
        let wav = home.path().join("out.wav");
        let output = format!("wav:{}", wav.display());
        let done = home.run(&["play", path.to_str().unwrap(), "--start", "0:12.5", "--output", &output]);
        assert_eq!(done.code, 0, "{done:?}");
        let (ours, theirs) = (wav_samples(&wav).0, ffmpeg_samples(&path));
        let (at, name) = (44_100 * 25, path.to_str().unwrap());
        if is_exact {
            compare(name, &ours[FADE..], &theirs[at + FADE..], LOSSY);
        } else {
            let shift = shift(&ours[FADE..FADE + 4000], &theirs[at + FADE - 3000..at + FADE + 7000]);
            assert_eq!(shift, 3000, "{name}: samples late by");
        }
    }
}

/// Where in `whole` the samples of `part` fit best.
fn shift(part: &[f32], whole: &[f32]) -> usize {
    let miss = |at: usize| -> f32 { part.iter().zip(&whole[at..]).map(|(a, b)| (a - b).powi(2)).sum() };
    (0..=whole.len() - part.len()).step_by(2).min_by(|&a, &b| miss(a).total_cmp(&miss(b))).unwrap()
}
