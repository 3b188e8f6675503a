//! A sine cut into ten tracks, each encoded by itself, is one sine again: in every format that says where its music
//! begins and ends, and across formats and rates.

use std::f64::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{Home, have, wav_samples};

const TRACKS: u32 = 10;

/// Of a track, in hundredths of a second: a whole number of frames at every rate used here, and never a whole number
/// of periods, so that one frame more or less shows in the phase of all that follows.
const HUNDREDTHS: u32 = 97;

const HERTZ: f64 = 440.5;

const LEVEL: f64 = 0.5;

/// A way to encode.
struct Way {
    extension: &'static str,
    rate: u32,
    options: &'static str,
    lossless: bool,
}

const fn exact(extension: &'static str, rate: u32, options: &'static str) -> Way {
    Way { extension, rate, options, lossless: true }
}

const fn lossy(extension: &'static str, rate: u32, options: &'static str) -> Way {
    Way { extension, rate, options, lossless: false }
}

/// Half a step of 16 bits, and a little.
const STEP: f64 = 3e-5;

const WAYS: &[Way] = &[
    exact("wav", 44_100, "-c:a pcm_s16le"),
    exact("aiff", 48_000, "-c:a pcm_s16be"),
    exact("flac", 44_100, "-c:a flac -sample_fmt s16"),
    exact("m4a", 44_100, "-c:a alac -sample_fmt s16p"),
    exact("caf", 48_000, "-c:a pcm_s16le"),
    exact("mka", 48_000, "-c:a flac -sample_fmt s16"),
    lossy("mp3", 44_100, "-c:a libmp3lame -b:a 256k"),
    lossy("m4a", 44_100, "-c:a aac -b:a 256k"),
    lossy("ogg", 44_100, "-c:a libvorbis -q:a 8"),
    lossy("opus", 48_000, "-c:a libopus -b:a 192k"),
    lossy("webm", 48_000, "-c:a libopus -b:a 192k"),
];

fn frames(rate: u32) -> u32 {
    rate / 100 * HUNDREDTHS
}

fn sine(seconds: f64) -> f64 {
    LEVEL * (TAU * HERTZ * seconds).sin()
}

/// One of the ten tracks, encoded by ffmpeg.
fn encoded(folder: &Path, number: u32, way: &Way) -> PathBuf {
    let first = number * frames(way.rate);
    let samples = (first..first + frames(way.rate)).flat_map(|frame| {
        let sample = sine(f64::from(frame) / f64::from(way.rate)) as f32;
        [sample, sample].into_iter().flat_map(f32::to_le_bytes)
    });
    let (raw, path) = (folder.join("raw"), folder.join(format!("{number}.{}", way.extension)));
    fs::write(&raw, samples.collect::<Vec<u8>>()).unwrap();
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg
        .args(["-v", "error", "-y", "-f", "f32le", "-ac", "2", "-ar", &way.rate.to_string(), "-i"])
        .arg(&raw);
    let done = ffmpeg.args(way.options.split(' ')).arg(&path).output().unwrap();
    assert!(
        done.status.success(),
        "{} {}: {}",
        way.extension,
        way.options,
        String::from_utf8_lossy(&done.stderr)
    );
    path
}

/// Plays the tracks one after another into a WAV file; the left channel.
fn played(tracks: &[PathBuf]) -> Vec<f64> {
    let home = Home::new();
    let wav = home.path().join("out.wav");
    let output = format!("wav:{}", wav.display());
    let mut words: Vec<&str> = vec!["play"];
    words.extend(tracks.iter().map(|track| track.to_str().unwrap()));
    words.extend(["--output", &output]);
    let done = home.run(&words);
    assert_eq!(done.code, 0, "{done:?}");
    let (samples, channels) = wav_samples(&wav);
    samples.iter().step_by(usize::from(channels)).map(|sample| f64::from(*sample)).collect()
}

/// The phase of the sine in a window, against the one it was made with.
fn phase_error(samples: &[f64], from: usize, rate: u32) -> f64 {
    // Windowed, so that the ends of the window do not matter.
    let window = &samples[from..from + rate as usize / 4];
    let (mut with_sine, mut with_cosine) = (0.0, 0.0);
    for (at, sample) in window.iter().enumerate() {
        let hann = 0.5 - 0.5 * (TAU * at as f64 / window.len() as f64).cos();
        let turn = TAU * HERTZ * (from + at) as f64 / f64::from(rate);
        with_sine += hann * sample * turn.sin();
        with_cosine += hann * sample * turn.cos();
    }
    with_cosine.atan2(with_sine)
}

/// `samples` at `rate` are the ten tracks of the sine: as long, in phase in each, and never silent. (The AAC of ffmpeg is
/// nearly so where a track begins, whoever decodes it.)
fn check(what: &str, samples: &[f64], rate: u32) {
    assert_eq!(samples.len(), (TRACKS * frames(rate)) as usize, "{what}: frames");
    for track in 0..TRACKS {
        let middle = (track * frames(rate) + frames(rate) / 3) as usize;
        let (error, frame) = (phase_error(samples, middle, rate), TAU * HERTZ / f64::from(rate));
        assert!(error.abs() < frame / 4.0, "{what}: track {track} is {} frames off", error / frame);
    }
    let period = rate as usize / 440;
    for (at, window) in samples.chunks_exact(period).enumerate() {
        let power = window.iter().map(|sample| sample * sample).sum::<f64>() / period as f64;
        let after = (at * period) as f64 / f64::from(frames(rate));
        assert!(power.sqrt() > LEVEL / 16.0, "{what}: nearly silent {after:.4} tracks in");
    }
}

/// Nowhere further from the sine than half a step.
fn check_exact(what: &str, samples: &[f64], rate: u32) {
    for (frame, sample) in samples.iter().enumerate() {
        let error = (sample - sine(frame as f64 / f64::from(rate))).abs();
        let after = frame as f64 / f64::from(frames(rate));
        assert!(error <= STEP, "{what}: {error} off, {after:.4} tracks in");
    }
}

#[test]
fn ten_tracks_are_one_sine_in_every_format() {
    if !have("ffmpeg") {
        return;
    }
    for way in WAYS {
        let folder = tempfile::tempdir().unwrap();
        let tracks: Vec<PathBuf> = (0..TRACKS).map(|number| encoded(folder.path(), number, way)).collect();
        let (what, samples) = (format!("{} {}", way.extension, way.options), played(&tracks));
        check(&what, &samples, way.rate);
        if way.lossless {
            check_exact(&what, &samples, way.rate);
        }
    }
}

/// Each track in another format and mostly at another rate than the one before.
#[test]
fn ten_tracks_are_one_sine_across_formats_and_rates() {
    if !have("ffmpeg") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let ways = WAYS.iter().cycle().skip(1);
    let tracks: Vec<PathBuf> =
        (0..TRACKS).zip(ways).map(|(number, way)| encoded(folder.path(), number, way)).collect();
    check("mixed", &played(&tracks), WAYS[1].rate);
}
