//! Whole playlists against what ffmpeg reads from them.

use std::io::Write as _;

use super::*;

/// Opens the bundled playlist, checks that it is one part of this kind, and returns its bytes.
fn one_part(path: &str, extension: &str, seconds: f64) -> Vec<u8> {
    let rig = Rig::new();
    let mut media = rig.file(bundled(path)).unwrap();
    let length = media.length().unwrap().as_secs_f64();
    assert!((length - seconds).abs() < 0.001, "{path} is {length} s long");
    let mut parts = drain(&mut *media).unwrap();
    assert_eq!(parts.len(), 1, "parts of {path}");
    let (starts_at, kind, bytes) = parts.remove(0);
    assert_eq!((starts_at, kind.as_str()), (Duration::ZERO, extension), "{path}");
    assert!(rig.monitor.take_notes().is_empty());
    bytes
}

/// The frames of a file or playlist as ffmpeg reads them.
fn frames(path: &Path) -> Vec<u8> {
    ffmpeg(&["-allowed_extensions", "ALL", "-i", path.to_str().unwrap(), "-c", "copy", "-f", "adts"])
}

/// The checksum of every packet of a file or playlist. Their times differ by the priming that ffmpeg's HLS
/// reader hides, so they are left out.
fn sums(path: &Path) -> Vec<u8> {
    let list = ffmpeg(&["-i", path.to_str().unwrap(), "-c", "copy", "-f", "framemd5"]);
    let list = String::from_utf8(list).unwrap();
    let sums =
        list.lines().filter(|line| !line.starts_with('#')).map(|line| line.rsplit(',').next().unwrap());
    sums.collect::<String>().into_bytes()
}

#[test]
fn transport_streams_join_as_ffmpeg_joins_them() {
    let ours = one_part("night-ferry/master.m3u8", "aac", 32.345_622);
    assert_same(&ours, &frames(&bundled("night-ferry/high/index.m3u8")), "best variant");
}

#[test]
fn encrypted_segments_join_as_ffmpeg_joins_them() {
    let ours = one_part("ame-no-minato/index.m3u8", "aac", 32.183_067);
    assert_same(&ours, &frames(&bundled("ame-no-minato/index.m3u8")), "two keys");
}

#[test]
fn packed_audio_joins_as_ffmpeg_joins_it() {
    let ours = one_part("cafe-muller/index.m3u8", "aac", 26.935_146);
    assert_same(&ours, &frames(&bundled("cafe-muller/index.m3u8")), "packed AAC");
}

#[test]
fn fragments_join_behind_their_initialisation_section() {
    let ours = one_part("harbour-lights/index.m3u8", "mp4", 29.233_922);
    let mut file = tempfile::Builder::new().suffix(".mp4").tempfile().unwrap();
    file.write_all(&ours).unwrap();
    assert_same(&sums(file.path()), &sums(&bundled("harbour-lights/index.m3u8")), "packets");
}

/// Makes a playlist with ffmpeg, of eight seconds in pieces of about two, and reads it both ways.
fn check_made(arguments: &[&str], extension: &str, format: &str) {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("index.m3u8");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-f", "lavfi", "-i", "aevalsrc=0.3*sin(t*t*900):d=8:s=44100"])
        .args(arguments)
        .args(["-f", "hls", "-hls_time", "2", "-hls_list_size", "0"])
        .arg(&list)
        .output()
        .expect("these tests compare with ffmpeg, which is not there: install ffmpeg 5 or later");
    assert!(made.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&made.stderr));
    let parts = drain(&mut *Rig::new().file(&list).unwrap()).unwrap();
    assert_eq!(parts.len(), 1, "parts of {arguments:?}");
    let (_, kind, ours) = &parts[0];
    assert_eq!(kind, extension, "{arguments:?}");
    if extension == "mp4" {
        let joined = folder.path().join("joined.mp4");
        std::fs::write(&joined, ours).unwrap();
        assert_same(&sums(&joined), &sums(&list), &format!("{arguments:?}"));
    } else {
        let theirs = ffmpeg(&["-i", list.to_str().unwrap(), "-map", "0:a", "-c", "copy", "-f", format]);
        assert_same(ours, &theirs, &format!("{arguments:?}"));
    }
}

#[test]
fn what_ffmpeg_makes_is_read_as_ffmpeg_reads_it() {
    let one_file = ["-hls_flags", "single_file"];
    let fragments = ["-hls_segment_type", "fmp4"];
    check_made(&["-c:a", "aac", "-ac", "1", "-ar", "48000"], "aac", "adts");
    check_made(&["-c:a", "mp2"], "mp3", "mp2");
    check_made(&[&["-c:a", "aac"], &one_file[..]].concat(), "aac", "adts");
    check_made(&[&["-c:a", "aac"], &fragments[..]].concat(), "mp4", "");
    check_made(&[&["-c:a", "flac", "-strict", "-2"], &fragments[..], &one_file[..]].concat(), "mp4", "");
    let film =
        ["-f", "lavfi", "-i", "testsrc=d=8:s=64x64:r=10", "-c:v", "mpeg2video", "-g", "10", "-c:a", "aac"];
    check_made(&film, "aac", "adts");
}
