//! An album in one file and its cue sheet: what is played of it is, sample for sample, what ffmpeg cuts out.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::program::{Home, have, wav_samples};

const RATE: usize = 44_100;

/// The left channel of what is played.
fn played(home: &Home, words: &[&str]) -> Vec<f32> {
    let wav = home.path().join("out.wav");
    let output = format!("wav:{}", wav.display());
    let done = home.run(&[&["play"], words, &["--output", &output]].concat());
    assert_eq!(done.code, 0, "{done:?}");
    let (samples, channels) = wav_samples(&wav);
    samples.iter().step_by(usize::from(channels)).copied().collect()
}

/// The left channel of what ffmpeg makes of a file.
fn decoded(path: &Path) -> Vec<f32> {
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-f", "f32le", "-"])
        .output()
        .unwrap();
    assert!(done.status.success());
    let samples = done.stdout.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()));
    samples.step_by(2).collect()
}

#[test]
fn tracks_of_a_sheet_are_cut_at_the_very_sample() {
    if !have("ffmpeg") {
        return;
    }
    let home = Home::new();
    let folder = home.path().join("music");
    fs::create_dir(&folder).unwrap();
    let (image, sheet) = (folder.join("album.flac"), folder.join("album.cue"));
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=10:r=44100:seed=3:a=0.3"])
        .args(["-ac", "2", "-ar", "44100", "-sample_fmt", "s16"])
        .arg(&image)
        .status()
        .unwrap();
    assert!(made.success());
    // 257 and 500 frames of 1/75 s, 588 samples each.
    let text = "PERFORMER \"Ada Cole\"\nTITLE \"Tides\"\nFILE \"album.wav\" WAVE\n TRACK 01 AUDIO\n  TITLE \"One\"\n  \
        INDEX 01 00:00:00\n TRACK 02 AUDIO\n  TITLE \"Two\"\n  INDEX 00 00:03:00\n  INDEX 01 00:03:32\n TRACK 03 AUDIO\n  \
        TITLE \"Three\"\n  INDEX 01 00:06:50\n";
    fs::write(&sheet, text).unwrap();
    let whole = decoded(&image);
    assert_eq!(whole.len(), 10 * RATE);
    // All of the sheet, one track after the other.
    assert!(played(&home, &[sheet.to_str().unwrap()]) == whole);
    // One of them, by the name that it has in every list.
    let second = format!("{}#t=3.426666667,6.666666667", image.display());
    let (from, to) = (257 * 588, 500 * 588);
    assert!(played(&home, &[&second]) == whole[from..to]);
    let last = format!("{}#t=6.666666667", image.display());
    assert!(played(&home, &[&last]) == whole[to..]);
    // A start within a part counts from the part's beginning; what begins in the middle fades in.
    let (middle, fade) = (played(&home, &[&second, "--start", "2"]), RATE / 20);
    assert_eq!(middle.len(), to - from - 2 * RATE);
    assert!(middle[fade..] == whole[from + 2 * RATE + fade..to]);
    // Beyond the end there is nothing to hear, and the next one plays.
    let beyond = format!("{}#t=90", image.display());
    assert!(played(&home, &[&beyond, &last]) == whole[to..]);
}
