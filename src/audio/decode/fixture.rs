//! What the tests of this room read: media over bytes in memory, and ffmpeg as the measure.

use std::collections::VecDeque;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::{DecodeError, Reader};
use crate::stream::{ByteStream, FormatHint, Media, Part, StreamError};

/// Three seconds of two different chirps in noise, so that every place sounds different.
pub(crate) const SIGNAL: &str =
    "-f lavfi -i aevalsrc=exprs='0.4*sin(300*t*(t+1))+0.1*(random(0)-0.5)|0.4*sin(200*t*(t+2))':s=44100:d=3";

/// A byte stream over a vector.
pub(crate) struct Bytes {
    pub(crate) content: Cursor<Vec<u8>>,
    pub(crate) seekable: bool,
    /// Whether reading elsewhere costs a request.
    pub(crate) is_far: bool,
    /// Reading beyond this place fails as a cancelled stream does.
    pub(crate) fails_at: u64,
    /// The same, and it can change.
    pub(crate) barrier: Arc<AtomicU64>,
    /// Bytes that were read.
    pub(crate) count: Arc<AtomicUsize>,
}

impl Bytes {
    /// Bytes that never fail.
    pub(crate) fn new(content: Vec<u8>, seekable: bool) -> Self {
        Self {
            content: Cursor::new(content),
            seekable,
            is_far: false,
            fails_at: u64::MAX,
            barrier: Arc::new(u64::MAX.into()),
            count: Arc::default(),
        }
    }
}

impl Read for Bytes {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.content.position() >= self.fails_at.min(self.barrier.load(Ordering::Relaxed)) {
            return Err(StreamError::Cancelled.into());
        }
        let read = self.content.read(buf)?;
        self.count.fetch_add(read, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        assert!(self.seekable, "a stream that only goes forward is sought");
        self.content.seek(to)
    }
}

impl ByteStream for Bytes {
    fn is_seekable(&self) -> bool {
        self.seekable
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.content.get_ref().len() as u64)
    }

    fn is_here(&self) -> bool {
        !self.is_far
    }
}

/// Media of parts that are given beforehand.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) parts: VecDeque<(Bytes, Duration)>,
    pub(crate) length: Option<Duration>,
}

impl Parts {
    /// One part that can be sought in, as a file has.
    pub(crate) fn file(bytes: Vec<u8>) -> Self {
        Self::one(Bytes::new(bytes, true))
    }

    /// One part that can only be read forward.
    pub(crate) fn forward(bytes: Vec<u8>) -> Self {
        Self::one(Bytes::new(bytes, false))
    }

    /// One part.
    pub(crate) fn one(bytes: Bytes) -> Self {
        Self { parts: [(bytes, Duration::ZERO)].into(), length: None }
    }
}

impl Media for Parts {
    fn length(&self) -> Option<Duration> {
        self.length
    }

    fn next_part(&mut self) -> Result<Option<Part>, StreamError> {
        let Some((bytes, starts_at)) = self.parts.pop_front() else { return Ok(None) };
        Ok(Some(Part {
            bytes: Box::new(bytes),
            hint: FormatHint::default(),
            starts_at,
            lead: Duration::ZERO,
        }))
    }

    fn seeks_by_part(&self) -> bool {
        false
    }

    fn seek(&mut self, to: Duration) -> Result<Duration, StreamError> {
        Ok(to)
    }
}

/// What a reader gave from where it stood to its end.
pub(crate) struct Decoded {
    pub(crate) samples: Vec<f32>,
    pub(crate) channels: usize,
    pub(crate) rate: u32,
    /// Place of the first chunk.
    pub(crate) at: Option<Duration>,
    pub(crate) end: Result<(), DecodeError>,
}

impl Decoded {
    pub(crate) fn frames(&self) -> usize {
        self.samples.len() / self.channels.max(1)
    }
}

/// Reads everything that is left.
pub(crate) fn drain(reader: &mut Reader) -> Decoded {
    let mut all = Decoded { samples: Vec::new(), channels: 0, rate: 0, at: None, end: Ok(()) };
    loop {
        match reader.next_chunk() {
            Ok(Some(chunk)) => {
                all.at.get_or_insert(chunk.at);
                (all.channels, all.rate) = (chunk.channels, chunk.rate.0);
                all.samples.extend_from_slice(chunk.samples);
            }
            Ok(None) => return all,
            Err(error) => {
                all.end = Err(error);
                return all;
            }
        }
    }
}

/// Decodes media from its beginning.
pub(crate) fn decode(media: Parts) -> Decoded {
    drain(&mut Reader::open(Box::new(media), Duration::ZERO).unwrap())
}

/// The tracks that come with the program.
pub(crate) fn demo_tracks() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/tracks");
    let mut tracks: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    tracks.sort();
    assert!(tracks.len() >= 8, "{tracks:?}");
    tracks
}

/// Runs a tool of the ffmpeg family and returns what it prints.
pub(crate) fn run(tool: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(tool).args(["-v", "error"]).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("these tests need {tool} on the PATH: {error}"));
    assert!(output.status.success(), "{tool} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What ffmpeg decodes a file to. Opus through libopus: the format allows decoders to differ
/// audibly at low rates (RFC 6716 section 6.1), and ffmpeg's own does.
pub(crate) fn ffmpeg_decode(path: &Path) -> Vec<f32> {
    let probe = ["-select_streams", "a:0", "-show_entries", "stream=codec_name", "-of", "csv=p=0"];
    let codec = run("ffprobe", &[&probe[..], &[path.to_str().unwrap()]].concat());
    let decoder: &[&str] = if codec.starts_with(b"opus") { &["-c:a", "libopus"] } else { &[] };
    let rest = ["-i", path.to_str().unwrap(), "-map", "0:a:0", "-f", "f32le", "-"];
    let raw = run("ffmpeg", &[decoder, &rest].concat());
    raw.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

/// Makes a file with ffmpeg from `arguments` (inputs and options) and returns its path and bytes.
pub(crate) fn ffmpeg_make(folder: &Path, name: &str, arguments: &str) -> (PathBuf, Vec<u8>) {
    let path = folder.join(name);
    let mut all: Vec<&str> = arguments.split_whitespace().collect();
    all.extend(["-y", path.to_str().unwrap()]);
    run("ffmpeg", &all);
    let bytes = std::fs::read(&path).unwrap();
    (path, bytes)
}

/// The largest difference of two runs of samples.
pub(crate) fn difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).fold(0.0, |most, (a, b)| (a - b).abs().max(most))
}
