//! Playlists that say where to begin (`EXT-X-START`, RFC 8216 section 4.3.5.2).

use super::super::clock;
use super::*;
use crate::config::NetworkSettings;
use crate::model::Locator;
use crate::stream::{Cancel, Open};

const RATE: u32 = 44_100;

/// Hears a list of ten seconds in segments of two with and without the tag; how many frames the former lacks, and when it begins.
fn check(segments: &str, offset: &str, expected: Duration) {
    let folder = tempfile::tempdir().unwrap();
    let source = "-f lavfi -i aevalsrc=0.3*sin(t*t*900)+0.1*(random(0)-0.5):d=10:s=44100 -c:a aac -aac_pns 0";
    let hls = format!("-f hls -hls_playlist_type vod -hls_time 2 {segments}");
    ffmpeg_make(folder.path(), "whole.m3u8", &format!("{source} {hls}"));
    let whole = std::fs::read_to_string(folder.path().join("whole.m3u8")).unwrap();
    let tag = format!("#EXTM3U\n#EXT-X-START:TIME-OFFSET={offset}");
    std::fs::write(folder.path().join("later.m3u8"), whole.replacen("#EXTM3U", &tag, 1)).unwrap();
    let hear = |name: &str| {
        let (_runtime, streams) = super::remote::streams(folder.path(), NetworkSettings::default());
        let list = Locator::File(folder.path().join(name));
        let media = streams.open(&list, &Cancel::default(), &Arc::default()).unwrap();
        drain(&mut Reader::open(media, Duration::ZERO).unwrap())
    };
    let (whole, later) = (hear("whole.m3u8"), hear("later.m3u8"));
    let begins = later.at.unwrap();
    assert!(begins.abs_diff(expected) < Duration::from_micros(12), "{segments} {offset}: {begins:?}");
    let frame = usize::try_from(clock::time_to_frames(begins, RATE)).unwrap();
    assert_eq!(later.frames(), whole.frames() - frame, "{segments} {offset}");
    assert!(difference(&later.samples, &whole.samples[frame..]) < 1e-4, "{segments} {offset}");
}

#[test]
fn a_precise_beginning_is_exact_to_the_frame() {
    for kind in ["mpegts", "fmp4"] {
        check(&format!("-hls_segment_type {kind}"), "5.3,PRECISE=YES", Duration::from_millis(5300));
    }
}
