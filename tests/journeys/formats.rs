//! The bundled music through `segue play` against ffmpeg's decode of the same files.

use std::path::Path;

use crate::program::{Home, demo_music, ffmpeg_samples, files, have, wav_samples};

/// Plays `locator` into a WAV file and returns its samples.
fn played(locator: &Path) -> Vec<f32> {
    let home = Home::new();
    let wav = home.path().join("out.wav");
    let done = home.run(&["play", locator.to_str().unwrap(), "--output", &format!("wav:{}", wav.display()), "--json"]);
    assert_eq!(done.code, 0, "{}: {done:?}", locator.display());
    let (samples, channels) = wav_samples(&wav);
    let summary = done.json_lines().pop().unwrap();
    assert_eq!(summary["frames_heard"].as_u64().unwrap(), (samples.len() / usize::from(channels)) as u64);
    samples
}

fn largest_error(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn every_bundled_file_is_what_ffmpeg_makes_of_it() {
    if !have("ffmpeg") {
        return;
    }
    let tracks = files(&demo_music().join("tracks"), &["mp3", "m4a", "flac", "ogg", "opus"]);
    assert!(tracks.len() >= 8);
    for track in tracks {
        let (ours, theirs) = (played(&track), ffmpeg_samples(&track));
        assert_eq!(ours.len(), theirs.len(), "{}: samples", track.display());
        let error = largest_error(&ours, &theirs);
        let lossless = track.extension().is_some_and(|extension| extension == "flac");
        // -80 dBFS is 1e-4 of full scale.
        assert!(if lossless { error == 0.0 } else { error < 1e-4 }, "{}: {error}", track.display());
    }
}

#[test]
fn every_bundled_stream_joins_without_a_seam() {
    if !have("ffmpeg") {
        return;
    }
    let playlists = files(&demo_music().join("hls"), &["m3u8"]);
    assert!(playlists.len() >= 7, "{playlists:?}");
    for playlist in playlists.iter().filter(|path| !path.ends_with("master.m3u8")) {
        let (ours, theirs) = (played(playlist), ffmpeg_samples(playlist));
        assert_eq!(ours.len(), theirs.len(), "{}: samples", playlist.display());
        let error = largest_error(&ours, &theirs);
        assert!(error < 1e-4, "{}: {error}", playlist.display());
    }
}

#[test]
fn a_master_playlist_plays_its_best_variant() {
    if !have("ffmpeg") {
        return;
    }
    let master = files(&demo_music().join("hls"), &["m3u8"]).into_iter().find(|path| path.ends_with("master.m3u8")).unwrap();
    let best = master.with_file_name("high").join("index.m3u8");
    let (ours, theirs) = (played(&master), ffmpeg_samples(&best));
    assert_eq!(ours.len(), theirs.len());
    assert!(largest_error(&ours, &theirs) < 1e-4);
}

/// FLAC and WAV made on the spot at several rates and depths come out bit for bit.
#[test]
fn lossless_is_bit_exact_at_its_own_rate() {
    if !have("ffmpeg") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let kinds = [("a.flac", 44_100, "s16"), ("b.flac", 96_000, "s32"), ("c.wav", 48_000, "pcm_s16le"), ("d.wav", 44_100, "pcm_s24le"), ("e.wav", 22_050, "pcm_f32le")];
    for (name, rate, kind) in kinds {
        let path = folder.path().join(name);
        let option = if kind.starts_with("pcm") { "-c:a" } else { "-sample_fmt" };
        let made = std::process::Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", &format!("anoisesrc=r={rate}:d=2.345:a=0.5:seed=7"), "-ac", "2", option, kind])
            .arg(&path)
            .status()
            .unwrap();
        assert!(made.success());
        let (ours, theirs) = (played(&path), ffmpeg_samples(&path));
        assert_eq!(ours.len(), theirs.len(), "{name}");
        assert_eq!(largest_error(&ours, &theirs), 0.0, "{name}");
    }
}
