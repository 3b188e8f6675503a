//! Far seeks in files on a web server: what each costs in requests, and where it lands.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::super::fixture::ffmpeg_make;
use super::*;
use crate::config::{HlsSettings, NetworkSettings};
use crate::model::{Locator, RemoteAddress};
use crate::net::Net;
use crate::stream::tests::server::{Asked, Reply, Server};
use crate::stream::{Cancel, Monitor, Open as _, Streams};

/// Bytes of an answer that come at once. The rest never does, so that a seek which reads through would hardly end. The
/// places that are sought lie so far apart that none is soon expected to come by itself.
const AT_ONCE: usize = 96 << 10;

/// Seconds of the file.
pub(super) const SECONDS: u32 = 240;

const RATE: u32 = 22_050;

/// On the left a tone that tells the time: 300 Hz at the beginning and 10 Hz more in each second. On the right noise in
/// the second half, so that the halves differ in bytes a second.
const CLOCK: &str = "0.5*sin(2*PI*t*(300+5*t))|0.5*(random(0)-0.5)*gte(t,120)";

/// What a row has to hold.
struct Row {
    name: &'static str,
    options: &'static str,
    /// Requests of the first far seek, at most.
    first: usize,
    /// And of each later one.
    later: usize,
    /// How far off it may be, in seconds.
    most: f64,
    is_exact: bool,
}

const fn exact(name: &'static str, options: &'static str, first: usize, later: usize) -> Row {
    Row { name, options, first, later, most: 0.06, is_exact: true }
}

const fn about(name: &'static str, options: &'static str, first: usize, most: f64) -> Row {
    Row { name, options, first, later: 1, most, is_exact: false }
}

const ROWS: &[Row] = &[
    exact("tagged.mp3", "-c:a libmp3lame -b:a 96k", 1, 1),
    exact("bare.mp3", "-c:a libmp3lame -b:a 96k -write_xing 0", 2, 1),
    about("vbr.mp3", "-c:a libmp3lame -q:a 2", 1, 1.5),
    about("barevbr.mp3", "-c:a libmp3lame -q:a 2 -write_xing 0", 2, 40.0),
    // Its length is found by looking around; what comes then asks for more of the beginning.
    about("a.aac", "-c:a aac -b:a 128k", 2, 40.0),
    exact("cues.webm", "-c:a libopus -b:a 96k -cluster_time_limit 2000", 2, 2),
    exact("a.webm", "-c:a libopus -b:a 96k -cluster_time_limit 2000", 2, 2),
    exact("a.opus", "-c:a libopus -b:a 96k", 1, 1),
    exact("a.ogg", "-c:a libvorbis -q:a 3", 1, 1),
    exact("a.flac", "-c:a flac", 2, 2),
    exact("flac.oga", "-c:a flac -f ogg", 3, 3),
];

/// The time that the tone tells in a file of this name.
pub(super) fn time_told(name: &str, samples: &[f32], channels: usize) -> f64 {
    let is_settled = ["wav", "flac", "oga", "ogg", "opus", "webm"].iter().any(|end| name.ends_with(end));
    let left: Vec<f32> = samples.iter().step_by(channels).copied().collect();
    let rises = left.windows(2).enumerate().skip(if is_settled { 0 } else { UNSETTLED });
    let rises = rises.filter(|(_, pair)| pair[0] < 0.0 && pair[1] >= 0.0);
    let places: Vec<f64> =
        rises.map(|(at, pair)| at as f64 + f64::from(pair[0] / (pair[0] - pair[1]))).collect();
    let (first, last) = (places[0], places[places.len() - 1]);
    let rate = if samples.len() / channels == SHORT_48K { 48_000.0 } else { f64::from(RATE) };
    let hertz = (places.len() - 1) as f64 / (last - first) * rate;
    // In the middle of the stretch.
    (hertz - 300.0) / 10.0 - first.midpoint(last) / rate
}

/// Frames that tell no time in MP3 and AAC: two packets of the latter, which is as long as an encoder's own silence, and longer than a decoder that begins
/// amid the sound takes to settle.
const UNSETTLED: usize = 2400;

/// Frames that the time is told from.
const SHORT: usize = RATE as usize / 4;

/// The same of Opus.
const SHORT_48K: usize = 12_000;

/// As the program opens things, with what it keeps in `folder`.
pub(super) fn streams(folder: &Path, network: NetworkSettings) -> (Runtime, Streams) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let net = Net::new(network);
    let streams = Streams::new(net, HlsSettings::default(), runtime.handle().clone());
    (runtime, streams.keeping_in(folder.join("kept"), 1 << 30))
}

pub(super) fn open(streams: &Streams, locator: &Locator) -> Reader {
    let monitor: Arc<Monitor> = Arc::default();
    let media = streams.open(locator, &Cancel::default(), &monitor).unwrap();
    Reader::open(media, Duration::ZERO).unwrap()
}

/// A quarter of a second from where the reader stands, and where it says that is.
pub(super) fn quarter(reader: &mut Reader) -> (Duration, Vec<f32>, usize) {
    let (mut at, mut samples, mut channels) = (None, Vec::new(), 1);
    loop {
        let chunk = reader.next_chunk().unwrap().expect("it goes on");
        at.get_or_insert(chunk.at);
        channels = chunk.channels.max(channels);
        samples.extend_from_slice(chunk.samples);
        let frames = if chunk.rate.0 == 48_000 { SHORT_48K } else { SHORT };
        if samples.len() >= frames * channels {
            samples.truncate(frames * channels);
            return (at.unwrap(), samples, channels);
        }
    }
}

/// A file that tells the time, encoded so.
pub(super) fn encode(folder: &Path, name: &str, options: &str) -> (PathBuf, Vec<u8>) {
    let input = folder.join("clock.wav");
    if !input.exists() {
        let source = format!("-f lavfi -i aevalsrc=exprs='{CLOCK}':s={RATE}:d={SECONDS}");
        ffmpeg_make(folder, "clock.wav", &source);
    }
    ffmpeg_make(folder, name, &format!("-i {} {options}", input.display()))
}

fn make(folder: &Path, row: &Row) -> Vec<u8> {
    let (_, mut bytes) = encode(folder, row.name, row.options);
    if row.name == "a.webm" {
        // Whatever it says of cues is something unknown now.
        let cues = [0x1C, 0x53, 0xBB, 0x6B];
        let places: Vec<usize> = (0..bytes.len() - 4).filter(|&at| bytes[at..at + 4] == cues).collect();
        assert!(!places.is_empty());
        for at in places {
            bytes[at + 3] = 0x6A;
        }
    }
    bytes
}

#[test]
fn a_far_seek_over_the_network_costs_a_request_or_two() {
    let folder = tempfile::tempdir().unwrap();
    // What stands still is soon asked for again.
    let network = NetworkSettings { idle_timeout: Duration::from_millis(300), ..NetworkSettings::default() };
    let (_runtime, streams) = streams(folder.path(), network);
    for row in ROWS {
        let bytes = make(folder.path(), row);
        let (length, tag) = (bytes.len(), format!("\"{}\"", row.name));
        assert!(length > 9 * AT_ONCE, "{}: {length} bytes", row.name);
        let server = Server::start(move |asked: &Asked, _| {
            let reply = Reply::part(asked, "application/octet-stream", &bytes).header("ETag", tag.clone());
            if reply.body.len() > AT_ONCE { reply.stall_after(AT_ONCE) } else { reply }
        });
        let address = RemoteAddress::plain(server.url("/sound"));
        let mut reader = open(&streams, &Locator::Http(address));
        quarter(&mut reader);
        for (number, seconds) in [105.0, 225.0, 165.0].into_iter().enumerate() {
            let before = server.log().len();
            reader.seek(Duration::from_secs_f64(seconds)).unwrap();
            let (at, samples, channels) = quarter(&mut reader);
            let name = format!("{} to {seconds}", row.name);
            // An answer that stands still for long is asked for again from where it stopped: that is no part of a seek.
            let starts: Vec<usize> = server.log().iter().map(Asked::start).collect();
            let goes_on = |start: usize| starts.iter().any(|&before| before + AT_ONCE == start);
            let asked: Vec<usize> =
                starts[before..].iter().copied().filter(|&start| !goes_on(start)).collect();
            let most = if number == 0 { row.first } else { row.later };
            assert!(asked.len() <= most, "{name}: asked for {asked:?} of {length}");
            assert!((at.as_secs_f64() - seconds).abs() < 0.03, "{name}: {at:?}");
            let told = time_told(row.name, &samples, channels);
            println!("{name}: {} requests, at {told:.3}", asked.len());
            assert!((told - seconds).abs() < row.most, "{name}: it is {told}");
            assert_eq!(reader.is_about(), !row.is_exact, "{name}");
        }
    }
}

#[test]
fn back_within_what_was_read_asks_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (_runtime, streams) = streams(folder.path(), NetworkSettings::default());
    for row in ROWS.iter().filter(|row| row.is_exact) {
        let bytes = make(folder.path(), row);
        let (length, tag) = (bytes.len(), format!("\"{}\"", row.name));
        let server = Server::start(move |asked: &Asked, _| {
            Reply::part(asked, "application/octet-stream", &bytes).header("ETag", tag.clone())
        });
        let address = RemoteAddress::plain(server.url("/sound"));
        let mut reader = open(&streams, &Locator::Http(address));
        let half = Duration::from_secs(SECONDS.into()) / 2;
        while reader.next_chunk().unwrap().expect("it goes on").at < half {}
        let before = server.log().len();
        for seconds in [70.0, 25.0, 90.0] {
            reader.seek(Duration::from_secs_f64(seconds)).unwrap();
            let (at, samples, channels) = quarter(&mut reader);
            assert!((at.as_secs_f64() - seconds).abs() < 0.03, "{}: {at:?}", row.name);
            assert!(
                (time_told(row.name, &samples, channels) - seconds).abs() < row.most,
                "{} at {seconds}",
                row.name
            );
        }
        // What comes behind what was read may be read ahead. The quiet half of lossless sound takes few bytes.
        let read = length / if row.name.contains("flac") { 5 } else { 2 } * 19 / 20;
        let asked: Vec<usize> = server.log()[before..].iter().map(Asked::start).collect();
        assert!(asked.iter().all(|&start| start > read), "{}: asked for {asked:?} of {length}", row.name);
    }
}
