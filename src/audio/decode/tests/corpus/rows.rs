//! What the corpus is made of.

use super::{Length, Row, check};

/// Rates of everything that takes any.
const ANY: &[u32] = &[8_000, 22_050, 44_100, 48_000, 96_000];

/// Rates of everyday files.
const USUAL: &[u32] = &[44_100, 48_000];

/// Not 24 kHz: there ffmpeg has one band begin at 330 where the others, the encoder among them, have 332.
const MPEG: &[u32] = &[16_000, 22_050, 32_000, 44_100, 48_000];

const NARROW: &[usize] = &[1, 2];

const ALL: &[usize] = &[1, 2, 6];

const fn lossless(
    container: &'static str,
    options: &'static str,
    rates: &'static [u32],
    channels: &'static [usize],
) -> Row {
    Row { container, options, rates, channels, lossless: true, length: Length::Source }
}

const fn lossy(
    container: &'static str,
    options: &'static str,
    rates: &'static [u32],
    channels: &'static [usize],
    length: Length,
) -> Row {
    Row { container, options, rates, channels, lossless: false, length }
}

#[test]
fn plain_samples() {
    let count = check(&[
        lossless("wav", "-c:a pcm_u8", ANY, NARROW),
        lossless("wav", "-c:a pcm_s16le", ANY, ALL),
        lossless("wav", "-c:a pcm_s24le", ANY, NARROW),
        lossless("wav", "-c:a pcm_s32le", USUAL, ALL),
        lossless("wav", "-c:a pcm_f32le", ANY, NARROW),
        lossless("wav", "-c:a pcm_f64le", USUAL, NARROW),
        lossless("wav", "-c:a pcm_alaw", USUAL, NARROW),
        lossless("wav", "-c:a pcm_mulaw", USUAL, NARROW),
        lossless("aiff", "-c:a pcm_s16be", ANY, ALL),
        lossless("aiff", "-c:a pcm_s24be", USUAL, NARROW),
        lossless("aiff", "-c:a pcm_s32be", USUAL, NARROW),
        lossless("caf", "-c:a pcm_s16be", ANY, NARROW),
        lossless("caf", "-c:a pcm_s24be", USUAL, NARROW),
        lossless("caf", "-c:a pcm_f32be", USUAL, NARROW),
        lossless("mkv", "-c:a pcm_s16le", USUAL, NARROW),
        lossless("mkv", "-c:a pcm_f32le", USUAL, NARROW),
    ]);
    assert!(count > 100, "{count}");
}

#[test]
fn packed_samples() {
    let padded = |container, options| Row {
        length: Length::Theirs,
        ..lossless(container, options, &[22_050, 44_100], NARROW)
    };
    let count = check(&[
        padded("wav", "-c:a adpcm_ms"),
        padded("wav", "-c:a adpcm_ima_wav"),
        lossless("m4a", "-c:a alac -movie_timescale RATE", ANY, ALL),
        lossless("caf", "-c:a alac", USUAL, ALL),
    ]);
    assert!(count > 20, "{count}");
}

#[test]
fn flac() {
    let count = check(&[
        lossless("flac", "-c:a flac", ANY, ALL),
        lossless("flac", "-c:a flac -sample_fmt s32", USUAL, NARROW),
        lossless("ogg", "-c:a flac", ANY, NARROW),
        lossless("mkv", "-c:a flac", ANY, NARROW),
        lossless("mp4", "-c:a flac -strict -2 -movie_timescale RATE", USUAL, NARROW),
    ]);
    assert!(count > 40, "{count}");
}

#[test]
fn mpeg_audio() {
    let count = check(&[
        lossy("mp3", "-c:a libmp3lame", &[8_000, 11_025, 12_000], NARROW, Length::Source),
        lossy("mp3", "-c:a libmp3lame -b:a 64k", MPEG, NARROW, Length::Source),
        lossy("mp3", "-c:a libmp3lame -q:a 5", USUAL, NARROW, Length::Source),
        lossy("mp3", "-c:a libmp3lame -b:a 96k -write_xing 0", USUAL, NARROW, Length::Theirs),
        lossy("mkv", "-c:a libmp3lame -b:a 96k", USUAL, NARROW, Length::Theirs),
        lossy("mp4", "-c:a libmp3lame -b:a 96k -movie_timescale RATE", USUAL, NARROW, Length::Source),
        lossy("mp2", "-c:a mp2 -b:a 64k", &[16_000, 24_000], NARROW, Length::Theirs),
        lossy("mp2", "-c:a mp2 -b:a 128k", USUAL, NARROW, Length::Theirs),
    ]);
    assert!(count > 35, "{count}");
}

#[test]
fn aac() {
    // Noise in place of bands would differ from decoder to decoder.
    let count = check(&[
        lossy("aac", "-c:a aac -aac_pns 0", ANY, NARROW, Length::Theirs),
        lossy("aac", "-c:a aac -aac_pns 0 -b:a 96k", &[16_000, 32_000, 64_000], NARROW, Length::Theirs),
        lossy("m4a", "-c:a aac -aac_pns 0 -movie_timescale RATE", ANY, NARROW, Length::Source),
        lossy(
            "mp4",
            "-c:a aac -aac_pns 0 -movflags frag_keyframe+empty_moov -frag_duration 500000",
            USUAL,
            NARROW,
            Length::Theirs,
        ),
        lossy("mkv", "-c:a aac -aac_pns 0", USUAL, NARROW, Length::Theirs),
    ]);
    assert!(count > 30, "{count}");
}

#[test]
fn vorbis() {
    let count = check(&[
        lossy("ogg", "-c:a libvorbis -q:a 3", ANY, NARROW, Length::Source),
        lossy("webm", "-c:a libvorbis -q:a 3", USUAL, NARROW, Length::Theirs),
        lossy("mkv", "-c:a libvorbis -q:a 6", USUAL, NARROW, Length::Theirs),
    ]);
    assert!(count > 15, "{count}");
}

#[test]
fn opus() {
    const TO_48K: &[u32] = &[8_000, 16_000, 24_000, 48_000];
    let count = check(&[
        lossy("opus", "-c:a libopus -b:a 64k", TO_48K, NARROW, Length::Source),
        lossy("ogg", "-c:a libopus -b:a 256k", &[48_000], NARROW, Length::Source),
        lossy("webm", "-c:a libopus -b:a 96k", &[24_000, 48_000], NARROW, Length::Theirs),
        lossy("mkv", "-c:a libopus -b:a 96k", &[48_000], NARROW, Length::Theirs),
        lossy("mp4", "-c:a libopus -b:a 96k -movie_timescale 48000", &[48_000], NARROW, Length::Source),
    ]);
    assert!(count > 15, "{count}");
}
