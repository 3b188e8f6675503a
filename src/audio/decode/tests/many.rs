//! Seeks to random places, many of them, in files, on a web server and in playlists; `SEGUE_SEEKS` says how many
//! in each.

use std::collections::HashMap;

use super::remote::{SECONDS, encode, open, quarter, streams, time_told};
use super::*;
use crate::config::NetworkSettings;
use crate::model::{Locator, RemoteAddress};
use crate::stream::tests::server::{Asked, Reply, Server};

/// Seeks in each where nothing else is asked for.
const SEEKS: u64 = 25;

/// How much more memory may be in use at the end than half-way; in a short run what is kept for going back still fills up.
const GROWTH_BYTES: u64 = 5 << 20;
const SHORT_GROWTH_BYTES: u64 = 24 << 20;

/// How far off a landing may be, and how far the sound there may be off what the tone tells: that is measured over a
/// quarter of a second.
const LANDING: Duration = Duration::from_millis(50);
const HEARD_S: f64 = 0.06;

fn resident_bytes() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    pages.split(' ').nth(1)?.parse::<u64>().ok().map(|pages| pages * 4096)
}

/// Places as a listener finds them: all over the track, and a little further or back.
fn seek_about(what: &str, reader: &mut Reader, is_frame_exact: bool) {
    let seeks = std::env::var("SEGUE_SEEKS").ok().and_then(|count| count.parse().ok()).unwrap_or(SEEKS);
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut dice = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let last = u64::from(SECONDS) * 1000 - 2000;
    let (mut here, mut before) = (0, None);
    for number in 0..seeks {
        here = match number % 4 {
            3 => (here + dice(20_000)).saturating_sub(10_000).min(last),
            _ => dice(last),
        };
        let to = Duration::from_millis(here);
        reader.seek(to).unwrap();
        let (at, samples, channels) = quarter(reader);
        let one_frame = Duration::from_micros(50);
        let most = if is_frame_exact { one_frame } else { LANDING };
        assert!(at.abs_diff(to) <= most, "{what}: sought {to:?}, got {at:?}");
        let told = time_told(what, &samples, channels);
        assert!((told - at.as_secs_f64()).abs() < HEARD_S, "{what}: at {at:?} it is {told}");
        // What is kept for going back fills up first.
        if number == seeks / 2 {
            before = resident_bytes();
        }
    }
    // Other tests in the same process have memory of their own.
    let is_alone = std::env::var_os("NEXTEST").is_some();
    if let (Some(before), Some(after), true) = (before, resident_bytes(), is_alone) {
        let most = if seeks < 1000 { SHORT_GROWTH_BYTES } else { GROWTH_BYTES };
        assert!(after < before + most, "{what}: {before} bytes became {after}");
    }
}

const FILES: [(&str, &str, bool); 5] = [
    ("many.wav", "-c:a pcm_s16le", true),
    ("many.flac", "-c:a flac", true),
    ("many.mp3", "-c:a libmp3lame -b:a 96k", false),
    ("many.m4a", "-c:a aac -b:a 96k", false),
    ("many.webm", "-c:a libopus -b:a 96k", false),
];

#[test]
fn random_seeks_land_in_files_and_on_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let (_runtime, streams) = streams(folder.path(), NetworkSettings::default());
    for (name, options, is_frame_exact) in FILES {
        let (path, bytes) = encode(folder.path(), name, options);
        seek_about(name, &mut open(&streams, &Locator::File(path)), is_frame_exact);
        let bytes = Arc::new(bytes);
        let server = Server::start(move |asked: &Asked, _| {
            Reply::part_of(asked, "application/octet-stream", &bytes).header("ETag", format!("\"{name}\""))
        });
        let address = RemoteAddress::plain(server.url("/sound"));
        let what = format!("{name} on a server");
        seek_about(&what, &mut open(&streams, &Locator::Http(address)), is_frame_exact);
    }
}

/// Of variable bit rate and on this machine: read through, and exact.
#[test]
fn random_seeks_land_where_nothing_tells_places() {
    let folder = tempfile::tempdir().unwrap();
    let (_runtime, streams) = streams(folder.path(), NetworkSettings::default());
    for (name, options) in [("vbr.mp3", "-c:a libmp3lame -q:a 4"), ("many.aac", "-c:a aac -b:a 64k")] {
        let (path, _) = encode(folder.path(), name, options);
        let mut reader = open(&streams, &Locator::File(path));
        seek_about(name, &mut reader, false);
        assert!(!reader.is_about());
    }
}

#[test]
fn random_seeks_land_in_playlists() {
    let folder = tempfile::tempdir().unwrap();
    let (_runtime, streams) = streams(folder.path(), NetworkSettings::default());
    for (kind, options) in [("mpegts", "-c:a aac -b:a 96k"), ("fmp4", "-c:a aac -b:a 96k")] {
        let place = folder.path().join(kind);
        std::fs::create_dir(&place).unwrap();
        let hls = "-f hls -hls_playlist_type vod -hls_time 4 -hls_segment_type";
        // Where the init section goes is relative to the list.
        encode(folder.path(), &format!("{kind}/index.m3u8"), &format!("{options} {hls} {kind}"));
        let files: HashMap<String, Vec<u8>> = std::fs::read_dir(&place)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
            .collect();
        let server =
            Server::start(move |asked: &Asked, _| match files.get(asked.path.trim_start_matches('/')) {
                Some(body) if asked.path.ends_with("m3u8") => {
                    Reply::new(200, "application/vnd.apple.mpegurl", body.clone())
                }
                Some(body) => Reply::new(200, "application/octet-stream", body.clone()),
                None => Reply::new(404, "text/plain", ""),
            });
        let address = RemoteAddress::plain(server.url("/index.m3u8"));
        seek_about(kind, &mut open(&streams, &Locator::Hls(address)), false);
    }
}
