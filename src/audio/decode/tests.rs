//! Every container against ffmpeg's own decode of it.

mod away;
mod corpus;
mod damaged_lists;
mod jumps;
mod many;
mod offset;
mod remote;
mod variants;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::fixture::{
    Bytes, Decoded, Parts, SIGNAL, decode, demo_tracks, difference, drain, ffmpeg_decode, ffmpeg_make, run,
};
use super::{DecodeError, Reader};

/// -80 dB below full scale.
const INAUDIBLE: f32 = 1e-4;

/// How far off Opus may be after a seek: its predictors never quite forget (RFC 7845 section 4.6).
const SETTLED: f32 = 2e-2;

/// Decodes a file whole and compares it with what ffmpeg makes of it.
fn check(path: &Path, bytes: Vec<u8>, most: f32) {
    let mut theirs = ffmpeg_decode(path);
    let header_is_last = ["slow-orbit.m4a", "16.caf", "alac.m4a", "aac.m4a", "mp3.mp4", "opus.mp4"];
    let header_is_last = header_is_last.iter().any(|name| path.ends_with(name));
    let forward = (!header_is_last).then(|| Parts::forward(bytes.clone()));
    for media in [Some(Parts::file(bytes)), forward].into_iter().flatten() {
        let ours = decode(media);
        assert!(ours.end.is_ok(), "{}: {:?}", path.display(), ours.end);
        assert_eq!(ours.at, Some(Duration::ZERO), "{}", path.display());
        let is_mp4 = path.extension().is_some_and(|extension| extension == "m4a" || extension == "mp4");
        if is_mp4 && !path.ends_with("fragments.mp4") {
            // Before version 9 ffmpeg plays the last packet whole; its prober knows the edit's length.
            theirs.truncate(edit_length(path) * ours.channels);
        }
        assert_eq!(ours.samples.len(), theirs.len(), "{}", path.display());
        let off = difference(&ours.samples, &theirs);
        assert!(off <= most, "{}: off by {off}", path.display());
    }
}

/// Frames of the sound track as ffprobe reads them from the edit list.
fn edit_length(path: &Path) -> usize {
    let wanted = ["-select_streams", "a:0", "-show_entries", "stream=duration_ts", "-of", "csv=p=0"];
    let printed = run("ffprobe", &[&wanted[..], &[path.to_str().unwrap()]].concat());
    String::from_utf8(printed).unwrap().trim().trim_end_matches(',').parse().unwrap()
}

#[test]
fn demo_tracks_decode_as_ffmpeg_decodes_them() {
    for path in demo_tracks() {
        let is_lossless = path.extension().is_some_and(|extension| extension == "flac");
        check(&path, std::fs::read(&path).unwrap(), if is_lossless { 0.0 } else { INAUDIBLE });
    }
}

/// Name, options for ffmpeg, largest difference.
const MADE: &[(&str, &str, f32)] = &[
    ("16.wav", "-c:a pcm_s16le", 0.0),
    ("24.wav", "-c:a pcm_s24le", 0.0),
    ("float.wav", "-c:a pcm_f32le", 0.0),
    ("mono.wav", "-c:a pcm_s16le -ac 1", 0.0),
    ("surround.wav", "-c:a pcm_s16le -ac 6", 0.0),
    ("16.aiff", "-c:a pcm_s16be", 0.0),
    ("16.caf", "-c:a pcm_s16be", 0.0),
    ("96k.flac", "-c:a flac -ar 96000 -sample_fmt s32", 0.0),
    ("flac.ogg", "-c:a flac", 0.0),
    ("alac.m4a", "-c:a alac", 0.0),
    ("cbr.mp3", "-c:a libmp3lame -b:a 128k", INAUDIBLE),
    ("vbr.mp3", "-c:a libmp3lame -q:a 4 -ar 48000", INAUDIBLE),
    ("low.mp3", "-c:a libmp3lame -b:a 32k -ar 22050 -ac 1", INAUDIBLE),
    ("bare.mp3", "-c:a libmp3lame -b:a 128k -write_xing 0", INAUDIBLE),
    ("mp3.mp4", "-c:a libmp3lame -b:a 128k", INAUDIBLE),
    ("2.mp2", "-c:a mp2 -b:a 192k", INAUDIBLE),
    ("aac.aac", "-c:a aac -aac_pns 0 -b:a 128k", INAUDIBLE),
    ("aac.mkv", "-c:a aac -aac_pns 0 -b:a 128k", INAUDIBLE),
    ("aac.m4a", "-c:a aac -aac_pns 0 -b:a 128k -movie_timescale 44100", INAUDIBLE),
    (
        "fragments.mp4",
        "-c:a aac -aac_pns 0 -b:a 128k -movflags frag_keyframe+empty_moov -frag_duration 1000000",
        INAUDIBLE,
    ),
    ("vorbis.ogg", "-c:a libvorbis -q:a 4", INAUDIBLE),
    ("vorbis.webm", "-c:a libvorbis -q:a 4", INAUDIBLE),
    ("opus.opus", "-c:a libopus -b:a 96k", INAUDIBLE),
    ("mono.opus", "-c:a libopus -b:a 32k -ac 1", INAUDIBLE),
    ("opus.webm", "-c:a libopus -b:a 96k", INAUDIBLE),
    ("opus.mp4", "-c:a libopus -b:a 96k", INAUDIBLE),
];

#[test]
fn every_container_decodes_as_ffmpeg_decodes_it() {
    let folder = tempfile::tempdir().unwrap();
    for (name, options, most) in MADE {
        let (path, bytes) = ffmpeg_make(folder.path(), name, &format!("{SIGNAL} {options}"));
        check(&path, bytes, *most);
    }
}

#[test]
fn a_seek_lands_on_the_frame() {
    let folder = tempfile::tempdir().unwrap();
    for (name, options, _) in MADE {
        let (path, bytes) = ffmpeg_make(folder.path(), name, &format!("{SIGNAL} {options}"));
        let whole = decode(Parts::file(bytes.clone()));
        let mut reader = Reader::open(Box::new(Parts::file(bytes)), Duration::ZERO).unwrap();
        for millis in [2210, 1, 2987, 0, 1500] {
            let to = Duration::from_millis(millis);
            reader.seek(to).unwrap();
            check_from(name, &whole, &drain(&mut reader), to);
        }
        assert_eq!(reader.errors_skipped(), 0, "{name}");
        reader.seek(Duration::from_secs(60)).unwrap();
        assert!(reader.next_chunk().unwrap().is_none(), "{name}");
        let mut late =
            Reader::open(Box::new(Parts::file(std::fs::read(path).unwrap())), Duration::from_millis(1777))
                .unwrap();
        check_from(name, &whole, &drain(&mut late), Duration::from_millis(1777));
    }
}

#[test]
fn odd_files_play_whole_or_are_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, options: &str| ffmpeg_make(folder.path(), name, &format!("{SIGNAL} {options}")).1;
    let check = |name: &str, bytes: Vec<u8>, expected: Result<usize, &str>| {
        match (Reader::open(Box::new(Parts::file(bytes)), Duration::ZERO), expected) {
            (Ok(mut reader), Ok(frames)) => {
                let all = drain(&mut reader);
                assert!(all.end.is_ok(), "{name}: {:?}", all.end);
                assert_eq!((all.frames(), reader.errors_skipped()), (frames, 0), "{name}");
                reader.seek(Duration::from_secs(1)).unwrap();
                let chunk = reader.next_chunk().unwrap().unwrap();
                let frame = chunk.rate.0 as usize * chunk.channels;
                assert_eq!(chunk.at, Duration::from_secs(1), "{name}");
                let off = difference(&all.samples[frame..], chunk.samples);
                // The film's AAC fills bands with noise that it makes up anew.
                assert!(off < 0.1, "{name}: off by {off}");
            }
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{name}: {error}"),
            (opened, _) => panic!("{name}: {:?}", opened.err()),
        }
    };
    let mut tagged = make("tagged.mp3", "-c:a libmp3lame -b:a 128k");
    tagged.extend([b"TAG".as_slice(), &[b' '; 125]].concat());
    check("with an ID3v1 tag", tagged, Ok(132_300));
    let mut endless = make("endless.wav", "-c:a pcm_s16le");
    let data = endless.windows(4).position(|four| four == b"data").unwrap();
    endless[data + 4..data + 8].fill(0xFF);
    endless[4..8].fill(0xFF);
    check("of unknown length", endless, Ok(132_300));
    let chained = [make("1.ogg", "-c:a libvorbis"), make("2.ogg", "-c:a libvorbis")].concat();
    check("chained Vorbis", chained, Ok(264_600));
    let chained = [make("1.opus", "-c:a libopus"), make("2.opus", "-c:a libopus")].concat();
    check("chained Opus", chained, Ok(288_000));
    let film = "-f lavfi -i testsrc=d=3:s=64x64 -map 0 -map 1 -c:a aac -c:v mpeg4 -movie_timescale 44100";
    check("a film", make("film.mp4", film), Ok(132_300));
    check("5.1 AAC", make("six.m4a", "-c:a aac -ac 6"), Err("no decoder for AAC with 6 channels"));
    check(
        "5.1 Vorbis",
        make("six.ogg", "-c:a libvorbis -ac 6"),
        Err("no decoder for Vorbis with 6 channels"),
    );
    check("E-AC-3", make("eac3.mp4", "-c:a eac3"), Err("no decoder for E-AC-3"));
    check(
        "only a film",
        make("mute.mp4", "-an -f lavfi -i testsrc=d=1:s=64x64 -map 1 -c:v mpeg4"),
        Err("no sound"),
    );
}

#[test]
fn a_far_seek_reads_no_more_than_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        ("far.mp3", "-c:a libmp3lame -b:a 320k"),
        ("farbare.mp3", "-c:a libmp3lame -b:a 320k -write_xing 0"),
        ("far.flac", "-c:a flac"),
        ("far.m4a", "-c:a aac -b:a 256k"),
        ("far.ogg", "-c:a libvorbis -q:a 8"),
        ("far.wav", "-c:a pcm_s16le"),
    ];
    for (name, options) in rows {
        let input = "-f lavfi -i anoisesrc=d=60:r=44100:a=0.3";
        let (_, bytes) = ffmpeg_make(folder.path(), name, &format!("{input} {options}"));
        let length = bytes.len();
        let bytes = Bytes::new(bytes, true);
        let count = Arc::clone(&bytes.count);
        let mut reader = Reader::open(Box::new(Parts::one(bytes)), Duration::ZERO).unwrap();
        let before = count.load(Ordering::Relaxed);
        reader.seek(Duration::from_secs(50)).unwrap();
        assert_eq!(reader.next_chunk().unwrap().unwrap().at, Duration::from_secs(50), "{name}");
        let read = count.load(Ordering::Relaxed) - before;
        assert!(read < 300_000 && read < length / 4, "{name}: {read} of {length} bytes");
    }
}

#[test]
fn a_stream_that_only_goes_forward_is_sought_forward() {
    for name in ["northern-line.ogg", "morning-post.mp3", "paper-lanterns.flac"] {
        let path = demo_tracks().into_iter().find(|path| path.ends_with(name)).unwrap();
        let bytes = std::fs::read(path).unwrap();
        let whole = decode(Parts::forward(bytes.clone()));
        let mut reader = Reader::open(Box::new(Parts::forward(bytes)), Duration::from_secs(3)).unwrap();
        let there = reader.next_chunk().unwrap().unwrap().at;
        assert!(there.abs_diff(Duration::from_secs(3)) < Duration::from_micros(50), "{name}: {there:?}");
        let refused = reader.seek(Duration::from_secs(1));
        assert!(matches!(refused, Err(DecodeError::ForwardOnly)), "{name}");
        assert!(reader.next_chunk().unwrap().is_some(), "{name}: it goes on");
        reader.seek(Duration::from_secs(12)).unwrap();
        check_from("forward", &whole, &drain(&mut reader), Duration::from_secs(12));
    }
}

/// An `APEv2` tag with a footer alone (wiki.hydrogenaud.io, "APEv2 specification"), as `mp3gain` leaves it.
fn ape(items: &[(&str, &str)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in items {
        body.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
        body.extend([&[0; 4], name.as_bytes(), &[0], value.as_bytes()].concat());
    }
    let size = u32::try_from(body.len() + 32).unwrap();
    let count = u32::try_from(items.len()).unwrap();
    body.extend(b"APETAGEX");
    for number in [2000, size, count, 0, 0, 0] {
        body.extend(number.to_le_bytes());
    }
    body
}

#[test]
fn tags_at_the_end_of_a_file_tell_its_loudness_and_are_no_sound() {
    let path = demo_tracks().into_iter().find(|path| path.ends_with("morning-post.mp3")).unwrap();
    let bytes = std::fs::read(path).unwrap();
    let plain = decode(Parts::file(bytes.clone()));
    let tag = ape(&[("REPLAYGAIN_TRACK_GAIN", "-7.250000 dB"), ("REPLAYGAIN_TRACK_PEAK", "0.987654")]);
    let old = [b"TAG", &[b' '; 124][..], &[255]].concat();
    for tail in [tag.clone(), [tag.clone(), old].concat()] {
        let tagged = [bytes.clone(), tail].concat();
        let mut reader = Reader::open(Box::new(Parts::file(tagged.clone())), Duration::ZERO).unwrap();
        let loudness = reader.loudness();
        assert_eq!((loudness.track_gain_db, loudness.track_peak), (Some(-7.25), Some(0.987_654)));
        let whole = drain(&mut reader);
        assert!(whole.end.is_ok() && whole.samples == plain.samples, "{}", whole.frames());
        let forward = decode(Parts::forward(tagged));
        assert!(forward.samples == plain.samples, "{}", forward.frames());
    }
}

/// What was decoded from `to` is what the whole decode has there.
fn check_from(name: &str, whole: &Decoded, from: &Decoded, to: Duration) {
    let frame = usize::try_from(super::clock::time_to_frames(to, whole.rate)).unwrap();
    let at = from.at.unwrap_or_else(|| panic!("{name}: nothing at {to:?}"));
    if name.ends_with("mkv") || name.ends_with("webm") {
        // Time stamps in milliseconds say no more than about where a frame is.
        assert!(at.abs_diff(to) < Duration::from_millis(5), "{name} {to:?}: at {at:?}");
        let heard = &from.samples[..from.samples.len().min(500 * from.channels)];
        let near = frame.saturating_sub(300)..=(frame + 300);
        let mut near = near.filter_map(|frame| whole.samples.get(frame * whole.channels..));
        let settled = |there: &[f32]| there.len() >= heard.len() && difference(there, heard) < SETTLED;
        assert!(near.any(settled), "{name} {to:?}: plays something else");
        return;
    }
    assert!(at.abs_diff(to) < Duration::from_micros(50), "{name} {to:?}: at {at:?}");
    assert_eq!(from.frames(), whole.frames() - frame, "{name} {to:?}");
    let off = difference(&whole.samples[frame * whole.channels..], &from.samples);
    let most = if name.starts_with("opus") || name.starts_with("mono.opus") { SETTLED } else { 0.0 };
    assert!(off <= most, "{name} {to:?}: off by {off}");
}
