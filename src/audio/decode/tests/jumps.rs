//! Seeks that begin anew at a mark far into a file give what the whole decode has there.

use super::super::clock;
use super::super::fixture::ffmpeg_make;
use super::*;

/// Half a minute, so that nothing near is read through to.
const SOURCE: &str =
    "-f lavfi -i aevalsrc=exprs='0.4*sin(90*t*(t+1))+0.1*(random(0)-0.5)|0.4*sin(70*t*(t+2))':s=44100:d=30";

const ROWS: [(&str, &str, f32); 11] = [
    ("opus.webm", "-c:a libopus -b:a 96k", SETTLED),
    ("vorbis.webm", "-c:a libvorbis -q:a 4", INAUDIBLE),
    ("aac.mkv", "-c:a aac -aac_pns 0 -b:a 128k", INAUDIBLE),
    ("mp3.mkv", "-c:a libmp3lame -b:a 128k", INAUDIBLE),
    ("flac.mkv", "-c:a flac", 0.0),
    ("wave.mkv", "-c:a pcm_s16le", 0.0),
    ("a.opus", "-c:a libopus -b:a 96k", SETTLED),
    ("a.ogg", "-c:a libvorbis -q:a 4", INAUDIBLE),
    ("flac.oga", "-c:a flac -page_duration 300000 -f ogg", 0.0),
    ("a.flac", "-c:a flac", 0.0),
    ("large.flac", "-c:a flac -frame_size 16384", 0.0),
];

#[test]
fn a_jump_to_a_mark_lands_on_the_frame() {
    let folder = tempfile::tempdir().unwrap();
    for (name, options, most) in ROWS {
        let options = format!(
            "{SOURCE} {options}{}",
            if name.ends_with('v') || name.ends_with('m') { " -cluster_time_limit 1000" } else { "" }
        );
        let (_, bytes) = ffmpeg_make(folder.path(), name, &options);
        let whole = decode(Parts::file(bytes.clone()));
        let source = Bytes { is_far: true, ..Bytes::new(bytes, true) };
        let (length, count) = (source.content.get_ref().len(), Arc::clone(&source.count));
        let mut reader = Reader::open(Box::new(Parts::one(source)), Duration::ZERO).unwrap();
        reader.next_chunk().unwrap();
        for millis in [28_000, 12_345, 21_001, 9_500, 29_900, 17_777, 25_252, 10_010] {
            let to = Duration::from_millis(millis);
            let before = count.load(Ordering::Relaxed);
            reader.seek(to).unwrap();
            let chunk = reader.next_chunk().unwrap().unwrap();
            let one_frame = clock::frames_to_time(1, whole.rate);
            assert!(chunk.at.abs_diff(to) <= one_frame, "{name}: sought {to:?}, got {:?}", chunk.at);
            let first = usize::try_from(clock::time_to_frames(chunk.at, whole.rate)).unwrap();
            let off = difference(&whole.samples[first * whole.channels..], chunk.samples);
            assert!(off <= most, "{name}: at {to:?} off by {off}");
            // A look around, and what is decoded before it is right; of plain samples a look is much.
            let read = count.load(Ordering::Relaxed) - before;
            assert!(read < length || read < 1_000_000, "{name}: {read} of {length} bytes");
        }
        // Back to where no mark is looked for.
        reader.seek(Duration::from_millis(500)).unwrap();
        let chunk = reader.next_chunk().unwrap().unwrap();
        let first = usize::try_from(clock::time_to_frames(chunk.at, whole.rate)).unwrap();
        assert!(difference(&whole.samples[first * whole.channels..], chunk.samples) <= most, "{name}");
    }
}
