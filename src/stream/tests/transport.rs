//! The transport stream demultiplexer against ffmpeg's.

use std::fmt::Write as _;

use super::*;
use crate::stream::hls::testing::{decrypt, demux};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Every bundled segment of a folder, its elementary stream against `ffmpeg -c copy`.
fn check(folder: &str, count: usize) {
    let mut names: Vec<_> = std::fs::read_dir(bundled(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ts"))
        .collect();
    names.sort();
    assert_eq!(names.len(), count, "segments in {folder}");
    for path in names {
        let theirs = ffmpeg(&["-i", path.to_str().unwrap(), "-c", "copy", "-f", "adts"]);
        assert_same(&demux(&std::fs::read(&path).unwrap()), &theirs, &path.display().to_string());
    }
}

#[test]
fn clear_segments_come_out_as_ffmpeg_copies_them() {
    check("night-ferry/low", 7);
    check("night-ferry/mid", 7);
    check("night-ferry/high", 7);
}

#[test]
fn encrypted_segments_come_out_as_ffmpeg_copies_them() {
    // Keys and vectors as the playlist has them: sequence number first, then an explicit one.
    let explicit: u128 = 0x5365_6775_6564_5204_5600_0000_0000_000a;
    for number in 7..=13_u128 {
        let (key, vector) = if number < 10 { ("key.bin", number) } else { ("key2.bin", explicit) };
        let key: [u8; 16] = std::fs::read(bundled("ame-no-minato").join(key)).unwrap().try_into().unwrap();
        let path = bundled(&format!("ame-no-minato/seg{number:03}.ts"));
        let sealed = std::fs::read(&path).unwrap();
        let theirs = ffmpeg(&[
            "-decryption_key",
            &hex(&key),
            "-decryption_iv",
            &hex(&vector.to_be_bytes()),
            "-i",
            &format!("crypto:{}", path.display()),
            "-c",
            "copy",
            "-f",
            "adts",
        ]);
        let clear = decrypt(&key, &vector.to_be_bytes(), sealed).unwrap();
        assert_same(&demux(&clear), &theirs, &path.display().to_string());
    }
}

#[test]
fn layer_three_sound_comes_out_as_ffmpeg_copies_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tone.ts");
    let made = ffmpeg(&["-f", "lavfi", "-i", "sine=440:d=3", "-c:a", "mp3", "-f", "mpegts"]);
    std::fs::write(&path, &made).unwrap();
    let theirs = ffmpeg(&[
        "-i",
        path.to_str().unwrap(),
        "-c",
        "copy",
        "-f",
        "mp3",
        "-write_xing",
        "0",
        "-id3v2_version",
        "0",
    ]);
    assert_same(&demux(&made), &theirs, "mp3 in a transport stream");
}
