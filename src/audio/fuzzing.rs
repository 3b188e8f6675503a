//! What the fuzz target of the decoders calls: bytes from strangers on their way to the ear, behind the
//! barrier that the product has, and what has to hold whatever they are.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::stream::{ByteStream, FormatHint, Media, Part, StreamError};

use super::decode::{MAX_CHUNK_FRAMES, Reader};
use super::error::DecodeError;

/// Samples after which a short input has shown what it does.
const ENOUGH_SAMPLES: usize = 1 << 20;

/// A file, or a stream that only goes forward when its length is odd.
pub fn decoder(bytes: &[u8]) {
    // As a deck does: whatever a decoder panics over is the track's fault.
    let outcome = catch_unwind(AssertUnwindSafe(|| play(bytes)));
    assert!(!matches!(outcome, Ok(Ok(Broken(true)))), "a promise was broken");
}

/// Whether something was heard that must not be. Told and not panicked over, for the barrier would hide it.
struct Broken(bool);

fn play(bytes: &[u8]) -> Result<Broken, DecodeError> {
    let seekable = bytes.len().is_multiple_of(2);
    let mut reader = Reader::open(Box::new(Whole { bytes: Some(bytes.to_vec()), seekable }), Duration::ZERO)?;
    let mut broken = listen(&mut reader)?.0;
    if seekable {
        let length = reader.length().unwrap_or(Duration::from_secs(1));
        for to in [length / 2, Duration::ZERO, length.saturating_sub(Duration::from_millis(20))] {
            reader.seek(to)?;
            broken |= listen(&mut reader)?.0;
        }
    }
    let _ = reader.loudness();
    Ok(Broken(broken))
}

fn listen(reader: &mut Reader) -> Result<Broken, DecodeError> {
    let mut heard = 0;
    while heard < ENOUGH_SAMPLES {
        let Some(chunk) = reader.next_chunk()? else { break };
        let is_whole = chunk.channels > 0 && chunk.samples.len().is_multiple_of(chunk.channels);
        let is_short = chunk.samples.len() <= MAX_CHUNK_FRAMES * chunk.channels && !chunk.samples.is_empty();
        let is_safe = chunk.samples.iter().all(|sample| sample.abs() <= 4.0);
        if !(is_whole && is_short && is_safe && chunk.rate.0 > 0) {
            return Ok(Broken(true));
        }
        heard += chunk.samples.len();
    }
    Ok(Broken(false))
}

/// Media of one part over bytes in memory.
struct Whole {
    bytes: Option<Vec<u8>>,
    seekable: bool,
}

impl Media for Whole {
    fn length(&self) -> Option<Duration> {
        None
    }

    fn next_part(&mut self) -> Result<Option<Part>, StreamError> {
        let Some(bytes) = self.bytes.take() else { return Ok(None) };
        let bytes = Box::new(Bytes { content: Cursor::new(bytes), seekable: self.seekable });
        Ok(Some(Part { bytes, hint: FormatHint::default(), starts_at: Duration::ZERO, lead: Duration::ZERO }))
    }

    fn seeks_by_part(&self) -> bool {
        false
    }

    fn seek(&mut self, to: Duration) -> Result<Duration, StreamError> {
        Ok(to)
    }
}

struct Bytes {
    content: Cursor<Vec<u8>>,
    seekable: bool,
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.content.read(buffer)
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.content.seek(to)
    }
}

impl ByteStream for Bytes {
    fn is_seekable(&self) -> bool {
        self.seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.seekable.then_some(self.content.get_ref().len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Short files of every format; `fuzz/README.md` says how they were made.
    fn seeds() -> Vec<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/decoder");
        let mut paths: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        assert!(paths.len() >= 24, "{} seeds", paths.len());
        paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
    }

    #[test]
    fn seeds_hold() {
        for bytes in seeds() {
            super::decoder(&bytes);
            super::decoder(&[&bytes[..], &[0]].concat());
        }
    }

    #[test]
    fn a_hundred_spoilt_files_of_every_format_do_no_harm() {
        let mut seed = 11_u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % below
        };
        for bytes in seeds() {
            for round in 0..100 {
                let mut spoilt = bytes.clone();
                if round % 3 == 0 {
                    spoilt.truncate(random(bytes.len()) + 1);
                }
                if round % 3 == 1 {
                    let from = random(bytes.len());
                    spoilt.drain(from..(from + 1 + random(200)).min(bytes.len()));
                }
                for _ in 0..1 << (round % 7) {
                    let at = random(spoilt.len().max(1));
                    if let Some(byte) = spoilt.get_mut(at) {
                        *byte = u8::try_from(random(256)).unwrap();
                    }
                }
                super::decoder(&spoilt);
            }
        }
    }
}
