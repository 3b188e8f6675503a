//! Tracks whose every frame says which it is, made while they are read; reading can be held up.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::RATE;
use crate::model::Locator;
use crate::stream::{ByteStream, Cancel, FormatHint, Media, Monitor, Open, Part, StreamError};

/// Steps of the left channel, which counts frames from 1.
const FRAME_STEP: f32 = 1.0 / (1 << 20) as f32;

/// Steps of the right channel, which is the track's number.
const TRACK_STEP: f32 = 1.0 / 1024.0;

/// Bytes before the first frame of a file.
const HEAD: u64 = 44;

/// Opens files named `TRACK-FRAMES`.
#[derive(Default)]
pub(super) struct Numbered {
    pub(super) stall: Arc<Stall>,
}

/// While it holds, whoever reads waits.
#[derive(Default)]
pub(super) struct Stall {
    held: Mutex<bool>,
    ended: Condvar,
}

impl Stall {
    pub(super) fn hold(&self, held: bool) {
        *self.held.lock().unwrap() = held;
        self.ended.notify_all();
    }

    fn wait(&self) {
        let held = self.held.lock().unwrap();
        drop(self.ended.wait_while(held, |held| *held).unwrap());
    }
}

/// The two samples of a frame.
pub(super) fn frame(track: u64, index: u64) -> [f32; 2] {
    [(index + 1) as f32 * FRAME_STEP, track as f32 * TRACK_STEP]
}

/// The track and index of a frame that was heard at this loudness.
pub(super) fn number(heard: [f32; 2], gain: f32) -> Option<(u64, u64)> {
    let [index, track] = [heard[0] / gain / FRAME_STEP, heard[1] / gain / TRACK_STEP];
    let is_whole = |value: f32| (value - value.round()).abs() < 0.1 && value > 0.5;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and above zero")]
    (is_whole(index) && is_whole(track)).then(|| (track.round() as u64, index.round() as u64 - 1))
}

struct File {
    track: u64,
    frames: u64,
    position: u64,
    stall: Arc<Stall>,
}

impl File {
    fn length(&self) -> u64 {
        HEAD + self.frames * 8
    }

    fn head(&self) -> Vec<u8> {
        let size = u32::try_from(self.frames * 8).unwrap();
        let mut head = b"RIFF".to_vec();
        head.extend((size + 36).to_le_bytes());
        // IEEE samples of 32 bits, two channels.
        head.extend(*b"WAVEfmt \x10\0\0\0\x03\0\x02\0");
        head.extend(RATE.to_le_bytes());
        head.extend((RATE * 8).to_le_bytes());
        head.extend([8, 0, 32, 0]);
        head.extend(*b"data");
        head.extend(size.to_le_bytes());
        head
    }
}

impl Read for File {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.stall.wait();
        if let Some(rest) =
            self.head().get(usize::try_from(self.position).unwrap()..).filter(|r| !r.is_empty())
        {
            let count = rest.len().min(room.len());
            room[..count].copy_from_slice(&rest[..count]);
            self.position += count as u64;
            return Ok(count);
        }
        let at = self.position - HEAD;
        let left = usize::try_from(self.frames * 8 - at).unwrap().min(room.len());
        let (mut index, skip) = (at / 8, usize::try_from(at % 8).unwrap());
        let mut done = 0;
        while done < left {
            let [one, other] = frame(self.track, index).map(f32::to_le_bytes);
            let bytes = [one, other].concat();
            let bytes = &bytes[if done == 0 { skip } else { 0 }..];
            let count = bytes.len().min(left - done);
            room[done..done + count].copy_from_slice(&bytes[..count]);
            done += count;
            index += 1;
        }
        self.position += done as u64;
        Ok(done)
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::Current(step) => self.position.saturating_add_signed(step),
            SeekFrom::End(step) => self.length().saturating_add_signed(step),
        }
        .min(self.length());
        Ok(self.position)
    }
}

impl ByteStream for File {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length())
    }
}

struct OneFile(Option<File>);

impl Media for OneFile {
    fn length(&self) -> Option<Duration> {
        None
    }

    fn next_part(&mut self) -> Result<Option<Part>, StreamError> {
        let hint = FormatHint::default();
        Ok(self.0.take().map(|file| Part {
            bytes: Box::new(file),
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

impl Open for Numbered {
    fn open(&self, locator: &Locator, _: &Cancel, _: &Arc<Monitor>) -> Result<Box<dyn Media>, StreamError> {
        let Locator::File(path) = locator else { return Err(StreamError::Empty("no file".to_owned())) };
        let (track, frames) = path.to_str().unwrap().split_once('-').unwrap();
        let (track, frames) = (track.parse().unwrap(), frames.parse().unwrap());
        Ok(Box::new(OneFile(Some(File { track, frames, position: 0, stall: Arc::clone(&self.stall) }))))
    }
}
