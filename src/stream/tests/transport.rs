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

/// Makes a transport stream of these inputs and arguments.
fn made(arguments: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.ts");
    let sine = ["-f", "lavfi", "-i", "sine=440:d=3", "-f", "lavfi", "-i", "sine=660:d=3"];
    let film = ["-f", "lavfi", "-i", "testsrc=d=3:s=64x64:r=10"];
    std::fs::write(&path, ffmpeg(&[&sine[..], &film, arguments, &["-f", "mpegts"]].concat())).unwrap();
    (folder, path)
}

#[test]
fn the_first_programme_with_sound_to_play_is_taken() {
    let aac = ["-c:a", "aac", "-c:v", "mpeg2video"];
    let dolby_first = ["-c:a:0", "ac3", "-c:a:1", "aac"];
    let two = ["-map", "0:a", "-map", "1:a", "-program", "st=0", "-program", "st=1"];
    let pictures_first = ["-map", "2:v", "-map", "1:a", "-program", "st=0", "-program", "st=1"];
    for (arguments, track) in [
        ([&two[..], &aac].concat(), "0:a:0"),
        ([&two[..], &dolby_first].concat(), "0:a:1"),
        ([&pictures_first[..], &aac].concat(), "0:a:0"),
    ] {
        let (_folder, path) = made(&arguments);
        let input = path.to_str().unwrap();
        let programmes = Command::new("ffprobe")
            .args(["-v", "error", "-show_entries", "program=program_id", "-of", "csv=p=0", input])
            .output()
            .unwrap();
        let count = String::from_utf8(programmes.stdout).unwrap().split_whitespace().count();
        assert_eq!(count, 2, "{arguments:?}: programmes by ffprobe");
        let theirs = ffmpeg(&["-i", input, "-map", track, "-c", "copy", "-f", "adts"]);
        assert_same(&demux(&std::fs::read(&path).unwrap()), &theirs, &format!("{arguments:?}"));
    }
}

/// The checksum of program tables (ISO/IEC 13818-1 annex A).
fn checksum(table: &[u8]) -> [u8; 4] {
    let sum = table.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 }
        })
    });
    sum.to_be_bytes()
}

/// The tag that tells this title, version 2.4.
fn tag(title: &str) -> Vec<u8> {
    let length = |bytes: usize| [0, 0, 0, u8::try_from(bytes).unwrap()];
    let content = [b"\x03", title.as_bytes()].concat();
    let frame = [b"TIT2", &length(content.len())[..], &[0, 0], &content].concat();
    [b"ID3\x04\0\0", &length(frame.len())[..], &frame].concat()
}

/// A transport stream of ffmpeg's with one more stream behind its program map: timed metadata that tells `title`.
fn with_title(stream: &[u8], title: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for packet in stream.chunks_exact(188) {
        let mut packet = packet.to_vec();
        let is_map = packet[1] & 0x5f == 0x50 && packet[2] == 0;
        if is_map {
            let length = usize::from(packet[7]);
            let end = 8 + length - 4;
            let entry = b"\x15\xe2\x00\xf0\x0f\x26\x0d\xff\xffID3 \xffID3 \x00\x0f";
            packet[7] += u8::try_from(entry.len()).unwrap();
            packet.splice(end.., entry.iter().copied());
            let sum = checksum(&packet[5..]);
            packet.extend(sum);
            packet.resize(188, 0xff);
        }
        out.extend(packet);
        if is_map && out.len() < 188 * 8 {
            let tag = tag(title);
            let length = u8::try_from(tag.len() + 8).unwrap();
            let pes =
                [&[0, 0, 1, 0xbd, 0, length, 0x84, 0x80, 5, 0x21, 0, 7, 0xd8, 0x61], tag.as_slice()].concat();
            let stuffing = 184 - pes.len();
            let mut packet = vec![0x47, 0x42, 0x00, 0x30, u8::try_from(stuffing - 1).unwrap(), 0];
            packet.resize(4 + stuffing, 0xff);
            out.extend([packet, pes].concat());
        }
    }
    out
}

#[test]
fn timed_metadata_tells_what_plays() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("index.m3u8");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-f", "lavfi", "-i", "sine=440:d=6", "-c:a", "aac", "-f", "hls"])
        .args(["-hls_time", "2", "-hls_list_size", "0"])
        .arg(&list)
        .status();
    assert!(made.unwrap().success());
    let untold = drain(&mut *Rig::new().file(&list).unwrap()).unwrap().remove(0).2;
    for (number, title) in ["one", "one", "two"].into_iter().enumerate() {
        let path = folder.path().join(format!("index{number}.ts"));
        let stream = with_title(&std::fs::read(&path).unwrap(), title);
        std::fs::write(&path, stream).unwrap();
        // What is written here is what ffmpeg takes for timed metadata.
        let input = path.to_str().unwrap();
        let read = ffmpeg(&["-i", input, "-map", "0:d", "-c", "copy", "-f", "data"]);
        // It passes over five bytes, as if the head of an access unit stood there.
        assert_eq!(read, tag(title)[5..], "{number}");
    }
    let rig = Rig::new();
    let mut media = rig.file(&list).unwrap();
    let mut part = media.next_part().unwrap().unwrap();
    let (mut heard, mut titles, mut byte) = (Vec::new(), Vec::new(), [0]);
    while let Ok(1) = part.bytes.read(&mut byte) {
        heard.push(byte[0]);
        titles.extend(rig.monitor.take_title().map(|title| (heard.len(), title.as_str().to_owned())));
    }
    assert_same(&heard, &untold, "the sound is the same");
    let alone = |number: u8| demux(&std::fs::read(folder.path().join(format!("index{number}.ts"))).unwrap());
    let before = alone(0).len() + alone(1).len();
    let expected = [(1, "one".to_owned()), (before + 1, "two".to_owned())];
    assert_eq!(titles, expected, "told with the segment, once");
}

#[test]
fn tags_before_packed_audio_tell_what_plays() {
    let folder = tempfile::tempdir().unwrap();
    let mut list = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n".to_owned();
    for (number, title) in ["one", "two"].into_iter().enumerate() {
        let sound = std::fs::read(bundled(&format!("cafe-muller/seg00{number}.aac"))).unwrap();
        // Behind the tag with the time.
        let time = 10 + usize::from(sound[9]);
        let name = format!("{number}.aac");
        std::fs::write(folder.path().join(&name), [&sound[..time], &tag(title), &sound[time..]].concat())
            .unwrap();
        list.extend(["#EXTINF:5,\n", &name, "\n"]);
    }
    std::fs::write(folder.path().join("index.m3u8"), list + "#EXT-X-ENDLIST\n").unwrap();
    let rig = Rig::new();
    let parts = drain(&mut *rig.file(folder.path().join("index.m3u8")).unwrap()).unwrap();
    assert_eq!((parts.len(), rig.monitor.take_title().unwrap().as_str()), (1, "two"));
}
