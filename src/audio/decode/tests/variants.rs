//! What is heard when a playlist goes on with another of its variants: each sample once, and no other than one of the two has.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::config::NetworkSettings;
use crate::model::{Locator, RemoteAddress};
use crate::stream::tests::server::{Reply, Server};
use crate::stream::{Cancel, Monitor, Open};

/// Segments of the better variant that are there.
const THERE: usize = 2;

/// Two variants of twelve seconds.
fn make(folder: &Path, codec: &str) {
    let mut master = "#EXTM3U\n".to_owned();
    for (name, rate, bandwidth) in [("high", "192k", "210000"), ("low", "48k", "60000")] {
        let source = "-f lavfi -i aevalsrc=0.3*sin(t*t*900)+0.1*(random(0)-0.5):d=12:s=44100";
        let hls = "-f hls -hls_playlist_type vod -hls_time 2 -hls_segment_type mpegts -hls_segment_filename";
        let files = folder.join(format!("{name}%d.ts"));
        let options = format!("{source} {codec} -b:a {rate} {hls} {}", files.display());
        ffmpeg_make(folder, &format!("{name}.m3u8"), &options);
        master.extend(["#EXT-X-STREAM-INF:BANDWIDTH=", bandwidth, "\n", name, ".m3u8\n"]);
    }
    std::fs::write(folder.join("master.m3u8"), master).unwrap();
}

fn hear(folder: &Path, list: &Locator) -> Decoded {
    let (_runtime, streams) = super::remote::streams(folder, NetworkSettings::default());
    let monitor: Arc<Monitor> = Arc::default();
    let media = streams.open(list, &Cancel::default(), &monitor).unwrap();
    let heard = drain(&mut Reader::open(media, Duration::ZERO).unwrap());
    let notes = monitor.take_notes();
    assert!(notes.is_empty(), "{notes:?}");
    heard
}

/// Frames in the first segments of the better variant, by the packets that ffprobe counts.
fn frames_there(folder: &Path, of_packet: usize) -> usize {
    let packets = |number| {
        let path = folder.join(format!("high{number}.ts"));
        let wanted =
            ["-v", "error", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0"];
        let printed = run("ffprobe", &[&wanted[..], &[path.to_str().unwrap()]].concat());
        let printed = String::from_utf8(printed).unwrap();
        printed
            .split(|mark: char| !mark.is_ascii_digit())
            .find_map(|word| word.parse::<usize>().ok())
            .unwrap()
    };
    (0..THERE).map(packets).sum::<usize>() * of_packet
}

/// `unsettled` is how many frames of the first packet behind the change overlap with the last one before it.
fn check(codec: &str, of_packet: usize, unsettled: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    make(folder.path(), codec);
    let (high, low) = (ffmpeg_decode(&path("high.m3u8")), ffmpeg_decode(&path("low.m3u8")));
    let change = frames_there(folder.path(), of_packet);
    std::fs::remove_file(path(&format!("high{THERE}.ts"))).unwrap();
    let root = folder.path().to_owned();
    let server = Server::start(move |asked, _| match std::fs::read(root.join(&asked.path[1..])) {
        Ok(bytes) => Reply::new(200, "application/octet-stream", bytes),
        Err(_) => Reply::new(404, "text/plain", ""),
    });
    // From a server the two are known to be alike, in a folder they are not.
    for list in
        [Locator::Http(RemoteAddress::plain(server.url("/master.m3u8"))), Locator::File(path("master.m3u8"))]
    {
        compare(codec, &hear(folder.path(), &list), (&high, &low), change, unsettled);
    }
}

fn compare(codec: &str, heard: &Decoded, (high, low): (&[f32], &[f32]), change: usize, unsettled: usize) {
    assert!(heard.end.is_ok(), "{codec}: {:?}", heard.end);
    assert_eq!((heard.channels, heard.frames()), (1, low.len()), "{codec}: as much as one variant has");
    assert_eq!(high.len(), low.len());
    let before = difference(&heard.samples[..change], &high[..change]);
    let behind = difference(&heard.samples[change + unsettled..], &low[change + unsettled..]);
    assert!(before < INAUDIBLE && behind < INAUDIBLE, "{codec}: off by {before} and {behind}");
    assert!(difference(&high[change..], &low[change..]) > 0.01, "the variants are not the same");
    // What lies between is no more unlike them than they are unlike each other.
    let between = change..change + unsettled;
    for (place, sample) in between.clone().zip(&heard.samples[between]) {
        let (least, most) = (high[place].min(low[place]), high[place].max(low[place]));
        assert!((least - 0.1..=most + 0.1).contains(sample), "{codec}: {sample} at {place}");
    }
}

#[test]
fn a_change_of_variant_costs_no_sample() {
    check("-c:a libmp3lame", 1152, 0);
    check("-c:a aac -aac_pns 0", 1024, 1024);
}
