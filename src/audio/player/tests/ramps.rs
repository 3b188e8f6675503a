//! Tracks whose every sample can be told from its neighbours.

use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::RATE;
use crate::model::Locator;
use crate::stream::{ByteStream, Cancel, FormatHint, Media, Monitor, Open, Part, StreamError};

/// Tracks are files named `LENGTH-FIRST`: so many stereo frames, each sample one step above the last.
/// `broken LENGTH-FIRST` cannot be read beyond its middle, that of `gap LENGTH-FIRST` is silent; anything else cannot be opened, once the gate
/// is open. An absolute path is that file.
#[derive(Default)]
pub(super) struct Ramps {
    pub(super) gate: Arc<Mutex<()>>,
}

struct OneFile(Option<Bytes>);

struct Bytes {
    file: Cursor<Vec<u8>>,
    readable: u64,
}

impl std::io::Read for Bytes {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        if self.file.position() >= self.readable {
            return Err(std::io::Error::other("the disk is gone"));
        }
        let left = usize::try_from(self.readable - self.file.position()).unwrap();
        let most = left.min(room.len());
        self.file.read(&mut room[..most])
    }
}

impl std::io::Seek for Bytes {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

impl ByteStream for Bytes {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.file.get_ref().len() as u64)
    }
}

impl Media for OneFile {
    fn length(&self) -> Option<Duration> {
        None
    }

    fn next_part(&mut self) -> Result<Option<Part>, StreamError> {
        let hint = FormatHint::default();
        Ok(self.0.take().map(|bytes| Part {
            bytes: Box::new(bytes),
            hint,
            starts_at: Duration::ZERO,
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

impl Open for Ramps {
    fn open(&self, locator: &Locator, _: &Cancel, _: &Arc<Monitor>) -> Result<Box<dyn Media>, StreamError> {
        let Locator::File(path) = locator else { return Err(StreamError::Empty("no file".to_owned())) };
        if path.is_absolute() {
            let file = Cursor::new(std::fs::read(path).unwrap());
            return Ok(Box::new(OneFile(Some(Bytes { file, readable: u64::MAX }))));
        }
        let name = path.to_str().unwrap();
        let whole = name.strip_prefix("broken ");
        let gap = name.strip_prefix("gap ");
        let (frames, first) = whole
            .or(gap)
            .or(Some(name))
            .and_then(|name| name.split_once('-'))
            .and_then(|(frames, first)| Some((frames.parse().ok()?, first.parse().ok()?)))
            .ok_or_else(|| {
                drop(self.gate.lock());
                StreamError::Directory(path.clone())
            })?;
        let mut file = Cursor::new(Vec::new());
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
        for (at, sample) in ramp(frames, first).into_iter().enumerate() {
            let silent = gap.is_some() && (frames * 2 / 3..frames * 4 / 3).contains(&at);
            writer.write_sample(if silent { 0 } else { sample }).unwrap();
        }
        writer.finalize().unwrap();
        file.set_position(0);
        let length = file.get_ref().len() as u64;
        let readable = if whole.is_some() { length / 2 } else { u64::MAX };
        Ok(Box::new(OneFile(Some(Bytes { file, readable }))))
    }
}

pub(super) fn ramp(frames: usize, first: usize) -> Vec<i16> {
    (first..first + frames).flat_map(|value| [value_of(value), -value_of(value)]).collect()
}

fn value_of(frame: usize) -> i16 {
    i16::try_from(frame % 30_000).unwrap()
}

pub(super) fn floats(frames: usize, first: usize) -> Vec<f32> {
    ramp(frames, first).into_iter().map(|sample| f32::from(sample) / 32_768.0).collect()
}
