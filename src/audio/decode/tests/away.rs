//! Readers that are called away from a wait for bytes, wherever in a packet that is, and go on elsewhere.

use std::sync::atomic::AtomicU64;

use super::super::clock;
use super::super::fixture::ffmpeg_make;
use super::*;

const SOURCE: &str =
    "-f lavfi -i aevalsrc=exprs='0.4*sin(90*t*(t+1))+0.1*(random(0)-0.5)|0.4*sin(70*t*(t+2))':s=44100:d=20";

/// How far off what is decoded after it may be: some codecs need a while.
const ROWS: [(&str, &str, f32); 12] = [
    ("a.mp3", "-c:a libmp3lame -b:a 128k", INAUDIBLE),
    ("v.mp3", "-c:a libmp3lame -q:a 4", INAUDIBLE),
    ("a.m4a", "-c:a aac -aac_pns 0 -b:a 128k", INAUDIBLE),
    (
        "f.mp4",
        "-c:a aac -aac_pns 0 -b:a 128k -movflags +frag_keyframe+empty_moov -frag_duration 1000000",
        INAUDIBLE,
    ),
    ("alac.m4a", "-c:a alac", 0.0),
    ("a.flac", "-c:a flac", 0.0),
    ("a.ogg", "-c:a libvorbis -q:a 4", INAUDIBLE),
    ("a.opus", "-c:a libopus -b:a 96k", SETTLED),
    ("o.webm", "-c:a libopus -b:a 96k -cluster_time_limit 1000", SETTLED),
    ("w.mkv", "-c:a flac -cluster_time_limit 1000", 0.0),
    ("a.wav", "-c:a pcm_s16le", 0.0),
    ("a.aiff", "-c:a pcm_s16be", 0.0),
];

#[test]
fn a_seek_out_of_the_middle_of_a_read_lands_on_the_frame() {
    let folder = tempfile::tempdir().unwrap();
    for ((name, options, most), is_far) in ROWS.into_iter().flat_map(|row| [(row, false), (row, true)]) {
        let (_, bytes) = ffmpeg_make(folder.path(), name, &format!("{SOURCE} {options}"));
        let length = bytes.len() as u64;
        let whole = decode(Parts::file(bytes.clone()));
        let source = Bytes { is_far, ..Bytes::new(bytes, true) };
        let barrier: Arc<AtomicU64> = Arc::clone(&source.barrier);
        let mut reader = Reader::open(Box::new(Parts::one(source)), Duration::ZERO).unwrap();
        for (number, (stands_at, to)) in
            [(50, 12_345), (80, 3_210), (30, 15_001), (90, 500), (20, 19_000), (60, 14_000)]
                .into_iter()
                .enumerate()
        {
            // An odd byte in the middle of something.
            barrier.store(length * stands_at / 100 + 7 * number as u64 + 1, Ordering::Relaxed);
            let stopped = drain(&mut reader);
            let was_called = stopped.end.as_ref().is_err_and(DecodeError::is_cancelled);
            assert!(was_called || number > 0, "{name}: {:?}", stopped.end);
            barrier.store(u64::MAX, Ordering::Relaxed);
            let to = Duration::from_millis(to);
            reader.seek(to).unwrap();
            let chunk = reader.next_chunk().unwrap().unwrap();
            let one_frame = clock::frames_to_time(1, whole.rate);
            assert!(chunk.at.abs_diff(to) <= one_frame, "{name}: sought {to:?}, got {:?}", chunk.at);
            let first = usize::try_from(clock::time_to_frames(chunk.at, whole.rate)).unwrap();
            let off = difference(&whole.samples[first * whole.channels..], chunk.samples);
            assert!(off <= most, "{name}: at {to:?} off by {off}");
        }
    }
}
