//! Playlists with a segment that is spoilt, or another sort of sound: what is lost is what is spoilt, it is said, and all else is
//! heard in its place.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tracing::Dispatch;
use tracing::dispatcher::set_default;

use super::super::clock;
use super::*;
use crate::config::{HlsSettings, NetworkSettings};
use crate::model::Locator;
use crate::net::Net;
use crate::stream::{Cancel, Monitor, Open, StreamError, Streams};

/// Seconds of a segment.
const LONG: usize = 2;

/// Segments in a list.
const COUNT: usize = 6;

const RATE: usize = 48_000;

/// What was heard of a list of one channel, each sample at its place.
struct Heard {
    samples: Vec<Option<f32>>,
    notes: Vec<StreamError>,
    /// Lines of warning in the log.
    log: Vec<String>,
    end: Result<(), DecodeError>,
}

/// What is logged on the threads that it is made the subscriber of.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(line)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn subscriber(&self) -> Dispatch {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::WARN);
        Dispatch::new(subscriber.with_writer(move || log.clone()).finish())
    }

    fn lines(&self) -> Vec<String> {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap().lines().map(str::to_owned).collect()
    }
}

fn hear(list: &Path) -> Heard {
    let log = Log::default();
    let subscriber = log.subscriber();
    let _here = set_default(&subscriber);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .on_thread_start(move || std::mem::forget(set_default(&subscriber)))
        .build()
        .unwrap();
    let net = Net::new(NetworkSettings::default());
    let streams = Streams::new(net, HlsSettings::default(), runtime.handle().clone());
    let monitor: Arc<Monitor> = Arc::default();
    let media = streams.open(&Locator::File(list.to_owned()), &Cancel::default(), &monitor).unwrap();
    let mut heard = Heard {
        samples: vec![None; (COUNT + 1) * LONG * RATE],
        notes: Vec::new(),
        log: Vec::new(),
        end: Ok(()),
    };
    let mut reader = match Reader::open(media, Duration::ZERO) {
        Ok(reader) => reader,
        Err(error) => return Heard { notes: monitor.take_notes(), end: Err(error), ..heard },
    };
    loop {
        match reader.next_chunk() {
            Ok(Some(chunk)) => {
                let first = usize::try_from(clock::time_to_frames(chunk.at, chunk.rate.0)).unwrap();
                for (place, sample) in (first..).zip(chunk.samples) {
                    heard.samples[place] = Some(*sample);
                }
            }
            Ok(None) => break,
            Err(error) => {
                heard.end = Err(error);
                break;
            }
        }
    }
    (heard.notes, heard.log) = (monitor.take_notes(), log.lines());
    heard
}

/// A list of fragments.
fn make(folder: &Path, codec: &str) -> PathBuf {
    let list = folder.join("index.m3u8");
    let length = COUNT * LONG;
    let source = format!("-f lavfi -i aevalsrc=0.3*sin(t*t*900)+0.1*(random(0)-0.5):d={length}:s={RATE}");
    let hls = format!(
        "-f hls -hls_playlist_type vod -hls_time {LONG} -hls_segment_type fmp4 -hls_segment_filename {}/%d.m4s",
        folder.display()
    );
    ffmpeg_make(folder, "index.m3u8", &format!("{source} {codec} {hls}"));
    list
}

/// The place behind the name of the first box called so.
fn behind(bytes: &[u8], name: [u8; 4]) -> usize {
    bytes.windows(4).position(|found| found == name).unwrap() + 4
}

#[test]
fn a_spoilt_segment_costs_itself_alone() {
    const SPOILT: usize = 2;
    type Spoil = fn(&mut Vec<u8>);
    let ways: [(&str, Spoil); 8] = [
        ("the length of moof", |bytes| {
            let at = behind(bytes, *b"moof");
            bytes[at - 8] = 0x10;
        }),
        ("the length of traf", |bytes| {
            let at = behind(bytes, *b"traf");
            bytes[at - 5] ^= 0x40;
        }),
        ("the length of mdat", |bytes| {
            let at = behind(bytes, *b"mdat");
            bytes[at - 7] = 0x40;
        }),
        ("how many samples", |bytes| {
            let at = behind(bytes, *b"trun");
            bytes[at + 5] = 0x7f;
        }),
        ("its second half", |bytes| bytes.truncate(bytes.len() / 2)),
        ("its last byte", |bytes| bytes.truncate(bytes.len() - 1)),
        ("all of its sound", |bytes| {
            let at = behind(bytes, *b"mdat");
            bytes[at..].fill(0xff);
        }),
        ("the name of moof", |bytes| {
            let at = behind(bytes, *b"moof");
            bytes[at - 4] = b'x';
        }),
    ];
    for codec in ["-c:a aac", "-c:a flac -strict -2"] {
        let folder = tempfile::tempdir().unwrap();
        let list = make(folder.path(), codec);
        let whole = hear(&list);
        assert!(whole.end.is_ok() && whole.notes.is_empty(), "{:?} {:?}", whole.end, whole.notes);
        assert!(whole.log.is_empty(), "{codec}: {:?}", whole.log);
        let path = folder.path().join(format!("{SPOILT}.m4s"));
        let sound = std::fs::read(&path).unwrap();
        for (what, spoil) in ways {
            if what == "all of its sound" && codec == "-c:a aac" {
                // Any bytes are a frame of AAC to its decoder.
                continue;
            }
            let mut spoilt = sound.clone();
            spoil(&mut spoilt);
            std::fs::write(&path, spoilt).unwrap();
            let heard = hear(&list);
            assert!(heard.end.is_ok(), "{codec}, {what}: {:?}", heard.end);
            let numbers: Vec<_> = heard.notes.iter().map(ToString::to_string).collect();
            assert_eq!(numbers.len(), 1, "{codec}, {what}: {numbers:?}");
            assert!(numbers[0].starts_with(&format!("segment {} of", SPOILT + 1)), "{numbers:?}");
            let first = (SPOILT * LONG) as f64;
            let told = heard.log.iter().filter_map(|line| place_of(line));
            let told: Vec<f64> =
                told.filter(|place| (first - 0.1..first + LONG as f64 + 0.1).contains(place)).collect();
            assert!(!told.is_empty(), "{codec}, {what}: the log tells of it: {:?}", heard.log);
            // The last packets before it and the first behind it lack their overlap.
            let lost = SPOILT * LONG * RATE - 3 * 1024..(SPOILT + 1) * LONG * RATE + 3 * 1024;
            for (place, (ours, theirs)) in heard.samples.iter().zip(&whole.samples).enumerate() {
                let off = match (ours, theirs) {
                    (Some(ours), Some(theirs)) => (ours - theirs).abs(),
                    (None, None) => 0.0,
                    _ => f32::INFINITY,
                };
                assert!(lost.contains(&place) || off < 0.01, "{codec}, {what}: off by {off} at {place}");
            }
        }
        std::fs::write(&path, &sound).unwrap();
    }
}

/// The place of the track, in seconds, that a line of the log tells of.
fn place_of(line: &str) -> Option<f64> {
    let (_, place) = line.split_once(" at=")?;
    let place = place.split(' ').next()?;
    let (number, unit) =
        place.split_at(place.find(|mark: char| mark != '.' && !mark.is_ascii_digit()).unwrap_or(place.len()));
    Some(number.parse::<f64>().ok()? / if unit == "ms" { 1000.0 } else { 1.0 })
}

#[test]
fn a_list_that_is_damaged_all_over_fails_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let list = make(folder.path(), "-c:a flac -strict -2");
    for number in 0..COUNT {
        let path = folder.path().join(format!("{number}.m4s"));
        let mut bytes = std::fs::read(&path).unwrap();
        let at = behind(&bytes, *b"mdat");
        bytes[at..].fill(0);
        std::fs::write(&path, bytes).unwrap();
    }
    let heard = hear(&list);
    assert!(matches!(heard.end, Err(DecodeError::Damaged(_))), "{:?}", heard.end);
    assert!(heard.samples.iter().all(Option::is_none));
}

#[test]
fn a_list_that_ends_early_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let list = make(folder.path(), "-c:a aac");
    let text = std::fs::read_to_string(&list).unwrap();
    // The last segment is said to be ten seconds longer than it is.
    let (before, last) = text.rsplit_once("#EXTINF:").unwrap();
    let (seconds, rest) = last.split_once(',').unwrap();
    let longer = seconds.parse::<f64>().unwrap() + 10.0;
    std::fs::write(&list, format!("{before}#EXTINF:{longer},{rest}")).unwrap();
    let heard = hear(&list);
    assert!(heard.end.is_ok());
    let notes: Vec<_> = heard.notes.iter().map(ToString::to_string).collect();
    assert!(matches!(notes.as_slice(), [note] if note.contains("ended early")), "{notes:?}");
}

#[test]
fn a_last_segment_that_is_missing_is_told_of_once() {
    let folder = tempfile::tempdir().unwrap();
    let list = make(folder.path(), "-c:a aac");
    let text = std::fs::read_to_string(&list).unwrap();
    let count = text.lines().filter(|line| line.contains(".m4s")).count();
    std::fs::remove_file(folder.path().join(format!("{}.m4s", count - 1))).unwrap();
    let heard = hear(&list);
    heard.end.unwrap();
    let notes: Vec<_> = heard.notes.iter().map(ToString::to_string).collect();
    assert!(matches!(notes.as_slice(), [note] if note.contains(&format!("egment {count} "))), "{notes:?}");
}

/// A chunk as it was heard: place, frames, rate and channels.
type Piece = (Duration, usize, u32, usize);

/// All chunks.
fn listen(list: &Path) -> (Vec<Piece>, Vec<StreamError>, Result<(), DecodeError>) {
    let (_runtime, streams) = super::remote::streams(list.parent().unwrap(), NetworkSettings::default());
    let monitor: Arc<Monitor> = Arc::default();
    let media = streams.open(&Locator::File(list.to_owned()), &Cancel::default(), &monitor).unwrap();
    let mut reader = Reader::open(media, Duration::ZERO).unwrap();
    let mut chunks = Vec::new();
    let end = loop {
        match reader.next_chunk() {
            Ok(Some(chunk)) => {
                let frames = chunk.samples.len() / chunk.channels;
                chunks.push((chunk.at, frames, chunk.rate.0, chunk.channels));
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    (chunks, monitor.take_notes(), end)
}

#[test]
fn a_discontinuity_may_change_everything() {
    const EACH: u32 = 6;
    let folder = tempfile::tempdir().unwrap();
    // Four stretches of six seconds, each of another rate, other channels, another codec or container.
    let kinds = [
        ("a", "-c:a aac -ar 44100 -ac 2", "mpegts", "ts"),
        ("b", "-c:a aac -ar 48000 -ac 1", "fmp4", "m4s"),
        ("c", "-c:a libmp3lame -ar 32000 -ac 2", "mpegts", "ts"),
        ("d", "-c:a flac -strict -2 -ar 96000 -ac 2", "fmp4", "m4s"),
    ];
    let mut joined = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:7\n".to_owned();
    for (name, codec, kind, extension) in kinds {
        let source = format!("-f lavfi -i aevalsrc=0.3*sin(t*t*900):d={EACH}:s=48000 {codec}");
        let files = folder.path().join(format!("{name}%d.{extension}"));
        let hls = format!(
            "-f hls -hls_playlist_type vod -hls_time 2 -hls_segment_type {kind} -hls_fmp4_init_filename {name}.mp4 \
             -hls_segment_filename {}",
            files.display()
        );
        let (_, list) = ffmpeg_make(folder.path(), &format!("{name}.m3u8"), &format!("{source} {hls}"));
        let list = String::from_utf8(list).unwrap();
        joined += "#EXT-X-DISCONTINUITY\n";
        for line in list.lines().filter(|line| {
            !line.starts_with("#EXT") || line.starts_with("#EXTINF") || line.starts_with("#EXT-X-MAP")
        }) {
            joined.extend([line, "\n"]);
        }
    }
    let list = folder.path().join("all.m3u8");
    std::fs::write(&list, joined + "#EXT-X-ENDLIST\n").unwrap();
    let (chunks, notes, end) = listen(&list);
    assert!(end.is_ok() && notes.is_empty(), "{end:?} {notes:?}");
    let mut sorts: Vec<(u32, usize)> =
        chunks.iter().map(|(_, _, rate, channels)| (*rate, *channels)).collect();
    sorts.dedup();
    assert_eq!(sorts, [(44_100, 2), (48_000, 1), (32_000, 2), (96_000, 2)]);
    let heard: f64 = chunks.iter().map(|(_, frames, rate, _)| *frames as f64 / f64::from(*rate)).sum();
    // An encoder's delay is part of what is in its stretch.
    assert!((heard - 24.0).abs() < 0.25 && heard > 23.99, "{heard} of 24 s");
    for stretch in 0..4 {
        let (begin, end) = (f64::from(EACH * stretch), f64::from(EACH * (stretch + 1)));
        let of_it = chunks.iter().filter(|(at, ..)| (begin - 0.1..end - 0.1).contains(&at.as_secs_f64()));
        let heard: f64 = of_it.map(|(_, frames, rate, _)| *frames as f64 / f64::from(*rate)).sum();
        assert!((heard - f64::from(EACH)).abs() < 0.2, "stretch {stretch}: {heard} s");
    }
}

#[test]
fn fragments_hold_opus_and_alac_too() {
    for codec in ["-c:a libopus -b:a 96k", "-c:a alac"] {
        let folder = tempfile::tempdir().unwrap();
        let list = make(folder.path(), codec);
        let heard = hear(&list);
        assert!(heard.end.is_ok() && heard.notes.is_empty(), "{codec}: {:?} {:?}", heard.end, heard.notes);
        let count = heard.samples.iter().filter(|sample| sample.is_some()).count();
        let theirs = ffmpeg_decode(&list);
        let off = count.abs_diff(COUNT * LONG * RATE);
        assert!(off <= 4096, "{codec}: {count} frames, ffmpeg {}", theirs.len());
        let whole: Vec<f32> = heard.samples.iter().flatten().copied().collect();
        // Where the two begin may differ by the encoder's delay.
        let near = (0..=1000).map(|shift| {
            let (ours, theirs) = (&whole[50_000..70_000], &theirs[49_500 + shift..69_500 + shift]);
            difference(ours, theirs)
        });
        let off = near.fold(f32::INFINITY, f32::min);
        assert!(off < 0.01, "{codec}: off by {off}");
    }
}
