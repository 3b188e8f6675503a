//! Tracks in several parts, as playlists give them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::fixture::{Bytes, Parts, decode, difference, drain, ffmpeg_decode};
use super::{Reader, clock};
use crate::stream::{FormatHint, Media, Part, StreamError};

const PACKED: &[&str] = &["seg000.aac", "seg001.aac", "seg002.aac", "seg003.aac", "seg004.aac", "seg005.aac"];

/// Frames of a segment of `PACKED` but the last, by its `EXTINF` of 4.992290 s.
const SEGMENT_FRAMES: usize = 215 * 1024;

fn playlist(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/hls").join(name).join("index.m3u8")
}

/// Files of a playlist's folder, one behind the other.
fn joined(playlist: &Path, names: &[&str]) -> Bytes {
    let files = names.iter().map(|name| std::fs::read(playlist.with_file_name(name)).unwrap());
    Bytes::new(files.collect::<Vec<_>>().concat(), false)
}

/// A playlist whose every segment is a part of its own, as after a discontinuity.
struct Segments {
    playlist: PathBuf,
    next: usize,
}

impl Media for Segments {
    fn length(&self) -> Option<Duration> {
        None
    }

    fn next_part(&mut self) -> Result<Option<Part>, StreamError> {
        let Some(name) = PACKED.get(self.next) else { return Ok(None) };
        let starts_at = clock::frames_to_time((self.next * SEGMENT_FRAMES) as u64, 44_100);
        self.next += 1;
        let bytes = Box::new(joined(&self.playlist, &[name]));
        Ok(Some(Part { bytes, hint: FormatHint::default(), starts_at, lead: Duration::ZERO }))
    }

    fn seeks_by_part(&self) -> bool {
        true
    }

    fn seek(&mut self, to: Duration) -> Result<Duration, StreamError> {
        self.next = usize::try_from(clock::time_to_frames(to, 44_100)).unwrap() / SEGMENT_FRAMES;
        Ok(to)
    }
}

#[test]
fn segments_one_behind_the_other_decode_as_ffmpeg_decodes_their_playlist() {
    let fragments =
        &["init.mp4", "seg000.m4s", "seg001.m4s", "seg002.m4s", "seg003.m4s", "seg004.m4s", "seg005.m4s"];
    for (name, files) in [("cafe-muller", PACKED), ("harbour-lights", &fragments[..])] {
        let playlist = playlist(name);
        let ours = decode(Parts::one(joined(&playlist, files)));
        let theirs = ffmpeg_decode(&playlist);
        assert!(ours.end.is_ok(), "{name}: {:?}", ours.end);
        assert_eq!(ours.samples.len(), theirs.len(), "{name}");
        assert!(difference(&ours.samples, &theirs) < 1e-4, "{name}");
    }
}

#[test]
fn parts_follow_each_other_without_a_gap_in_time() {
    let media = Segments { playlist: playlist("cafe-muller"), next: 0 };
    let mut reader = Reader::open(Box::new(media), Duration::ZERO).unwrap();
    let mut frames = 0;
    while let Some(chunk) = reader.next_chunk().unwrap() {
        let off = chunk.at.abs_diff(clock::frames_to_time(frames, 44_100));
        assert!(off < Duration::from_micros(1), "{:?} at frame {frames}", chunk.at);
        frames += (chunk.samples.len() / chunk.channels) as u64;
    }
    // 26.934 s by the sum of the EXTINF values.
    assert_eq!(frames, 5 * SEGMENT_FRAMES as u64 + 85 * 1024);
}

#[test]
fn a_seek_by_part_lands_on_the_frame() {
    let playlist = playlist("cafe-muller");
    let whole = decode(Parts::one(joined(&playlist, PACKED)));
    let open =
        |start| Reader::open(Box::new(Segments { playlist: playlist.clone(), next: 0 }), start).unwrap();
    let mut reader = open(Duration::from_secs(1));
    for millis in [1000, 7300, 25_500, 0, 4900] {
        let to = Duration::from_millis(millis);
        reader.seek(to).unwrap();
        let frame = usize::try_from(clock::time_to_frames(to, 44_100)).unwrap();
        let opened = drain(&mut open(to));
        assert!(opened.at.unwrap().abs_diff(to) < Duration::from_micros(12), "{millis}: {:?}", opened.at);
        assert_eq!(opened.frames(), whole.frames() - frame, "{millis}");
        let heard = drain(&mut reader);
        assert_eq!(heard.at, opened.at);
        assert_eq!(heard.frames(), whole.frames() - frame, "{millis}");
        // The first packet of a part lacks its overlap, and the codec fills bands with random noise.
        let likeness = likeness(&whole.samples[frame * 2..], &heard.samples);
        assert!(likeness > 0.98, "{millis}: {likeness}");
    }
    // Left amid a part, so that the old part must not go on.
    reader.seek(Duration::from_secs(3)).unwrap();
    reader.seek(Duration::from_secs(60)).unwrap();
    assert!(reader.next_chunk().unwrap().is_none());
}

/// The correlation of two runs of samples.
fn likeness(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}
