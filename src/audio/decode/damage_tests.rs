//! Files that are cut off, spoilt, or no sound at all.

use std::time::Duration;

use super::fixture::{Bytes, Parts, SIGNAL, decode, demo_tracks, drain, ffmpeg_make};
use super::{DecodeError, Reader};
use crate::model::FaultKind;

fn track(name: &str) -> Vec<u8> {
    let path = demo_tracks().into_iter().find(|path| path.ends_with(name)).unwrap();
    std::fs::read(path).unwrap()
}

fn refusal(bytes: &[u8]) -> DecodeError {
    match Reader::open(Box::new(Parts::file(bytes.to_vec())), Duration::ZERO) {
        Ok(mut reader) => drain(&mut reader).end.expect_err("it decodes"),
        Err(error) => error,
    }
}

#[test]
fn a_track_cut_off_plays_what_is_there_and_says_so() {
    for path in demo_tracks() {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.display();
        let whole = decode(Parts::file(bytes.clone()));
        let cut = bytes[..bytes.len() * 2 / 3].to_vec();
        for media in [Parts::file(cut.clone()), Parts::forward(cut)] {
            let mut reader = match Reader::open(Box::new(media), Duration::ZERO) {
                Ok(reader) => reader,
                Err(error) => {
                    // Without its index, which comes last in this one, nothing can be played.
                    assert!(path.ends_with("slow-orbit.m4a"), "{name}: {error}");
                    continue;
                }
            };
            let part = drain(&mut reader);
            assert!(part.frames() > whole.frames() / 2 && part.frames() < whole.frames(), "{name}");
            assert!(part.samples == whole.samples[..part.samples.len()], "{name}");
            let error = part.end.expect_err("nothing said");
            assert!(error.to_string().contains("ended early"), "{name}: {error}");
            assert_eq!(error.fault().kind, FaultKind::Damaged, "{name}");
            assert!(reader.next_chunk().unwrap().is_none(), "{name}: said once");
        }
    }
}

#[test]
fn what_is_no_sound_is_refused_in_words() {
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed.to_be_bytes()[0]
    };
    let noise: Vec<u8> = (0..200_000).map(|_| noise()).collect();
    let mut transport = vec![0_u8; 188 * 20];
    transport.iter_mut().step_by(188).for_each(|byte| *byte = 0x47);
    let rows: &[(&str, Vec<u8>, FaultKind, &str)] = &[
        ("empty", Vec::new(), FaultKind::Damaged, "not a sound file"),
        ("text", b"These are words and no song at all.\n".repeat(90), FaultKind::Damaged, "text"),
        ("page", b"<!DOCTYPE html><html><body>404</body></html>".to_vec(), FaultKind::Damaged, "web page"),
        ("zeros", vec![0; 100_000], FaultKind::Damaged, "not a sound file"),
        ("noise", noise, FaultKind::Damaged, ""),
        ("ts", transport, FaultKind::Unsupported, "transport stream"),
        ("tag only", b"ID3\x04\0\0\0\0\0\0".to_vec(), FaultKind::Damaged, ""),
        ("head only", track("morning-post.mp3")[..600].to_vec(), FaultKind::Damaged, ""),
        ("picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".repeat(40), FaultKind::Damaged, "not a sound file"),
        ("no index", track("slow-orbit.m4a")[..50_000].to_vec(), FaultKind::Damaged, "cut off"),
    ];
    for (name, bytes, kind, words) in rows {
        let error = refusal(bytes);
        assert_eq!(error.fault().kind, *kind, "{name}: {error}");
        assert!(error.to_string().contains(words), "{name}: {error}");
    }
}

/// A count of samples that costs no bytes, which the demuxer would count up to.
#[test]
fn a_fragment_that_counts_without_end_is_refused() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/hls/harbour-lights");
    let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let mut bytes = [file("init.mp4"), file("seg000.m4s"), file("seg001.m4s")].concat();
    assert!(decode(Parts::file(bytes.clone())).end.is_ok());
    let run = bytes.windows(4).position(|name| name == b"trun").unwrap();
    bytes[run + 4..run + 12].copy_from_slice(&[0, 0, 0, 0, 255, 255, 255, 255]);
    for media in [Parts::file(bytes.clone()), Parts::forward(bytes)] {
        let error = Reader::open(Box::new(media), Duration::ZERO).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("claims more samples"), "{error}");
    }
}

#[test]
fn a_cancelled_stream_stays_cancelled() {
    for path in demo_tracks() {
        let bytes = std::fs::read(&path).unwrap();
        for fails_at in [0, 20, 5000, bytes.len() as u64 / 2] {
            let media = Bytes { fails_at, ..Bytes::new(bytes.clone(), true) };
            let error = match Reader::open(Box::new(Parts::one(media)), Duration::ZERO) {
                Ok(mut reader) => drain(&mut reader).end.expect_err("it plays"),
                Err(error) => error,
            };
            assert!(error.is_cancelled(), "{} at {fails_at}: {error}", path.display());
        }
    }
}

#[test]
fn spoilt_bytes_cost_packets_and_hurt_no_ear() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        ("a.mp3", "-c:a libmp3lame -b:a 128k"),
        ("a.m4a", "-c:a aac -b:a 128k -movflags +faststart"),
        ("a.ogg", "-c:a libvorbis -q:a 4"),
        ("a.opus", "-c:a libopus -b:a 96k"),
        ("a.flac", "-c:a flac"),
        ("a.aac", "-c:a aac"),
        ("a.mkv", "-c:a flac"),
    ];
    let mut seed = 7_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let mut decoded = 0;
    for (name, options) in rows {
        let (_, bytes) = ffmpeg_make(folder.path(), name, &format!("{SIGNAL} {options} -t 2"));
        for round in 0..12 {
            let mut spoilt = bytes.clone();
            for _ in 0..1 << (round / 2) {
                // The head decides whether it opens at all; that is another test.
                let at = bytes.len() / 5 + random(bytes.len() * 4 / 5);
                spoilt[at] = u8::try_from(random(256)).unwrap();
            }
            let media = if round % 2 == 0 { Parts::file(spoilt) } else { Parts::forward(spoilt) };
            let Ok(mut reader) = Reader::open(Box::new(media), Duration::ZERO) else { continue };
            let all = drain(&mut reader);
            decoded += usize::from(all.frames() > 10_000);
            assert!(all.samples.iter().all(|sample| sample.abs() <= 4.0), "{name} {round}");
        }
    }
    assert!(decoded > 60, "only {decoded} of 84 were decoded");
}
