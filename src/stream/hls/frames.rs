//! Runs of whole frames of sound, in ADTS or MPEG audio: where they begin and how long they sound.

use std::collections::VecDeque;
use std::time::Duration;

use super::{adts, mpeg_audio};

/// The header of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What frames share that go to one decoder, as it is written.
    pub config: [u8; 3],
    /// Bytes, the header included; never 0.
    pub bytes: usize,
    /// Samples of each channel.
    pub samples: u64,
    /// Samples a second.
    pub rate: u32,
}

/// What frames a run is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Adts,
    MpegAudio,
}

impl Coding {
    /// The header at the start of `bytes`, if there is one.
    pub(super) fn header(self, bytes: &[u8]) -> Option<Header> {
        match self {
            Self::Adts => adts::header(bytes),
            Self::MpegAudio => mpeg_audio::Header::read(bytes)?.frame(),
        }
    }

    /// Walks over `bytes`; `None` unless they are whole frames of one kind and nothing else.
    pub(super) fn whole_frames(self, bytes: &[u8]) -> Option<Run> {
        let first = self.header(bytes)?;
        let (mut rest, mut samples) = (bytes, 0);
        while !rest.is_empty() {
            let next = self.header(rest).filter(|next| next.config == first.config)?;
            samples += next.samples;
            rest = rest.get(next.bytes..)?;
        }
        Some(Run { first, samples })
    }

    /// Where frame `number`, counted from 0, begins in whole frames; `None` unless it is there.
    pub(super) fn place_of_frame(self, bytes: &[u8], number: usize) -> Option<usize> {
        let place =
            (0..number).try_fold(0, |place, _| Some(place + self.header(bytes.get(place..)?)?.bytes))?;
        (place < bytes.len()).then_some(place)
    }

    /// Samples of the frames that begin at byte `place` or behind it; `bytes` are whole frames.
    pub(super) fn samples_from(self, bytes: &[u8], place: usize) -> u64 {
        let (mut at, mut samples) = (0, 0);
        while let Some(frame) = bytes.get(at..).and_then(|rest| self.header(rest)) {
            samples += if at >= place { frame.samples } else { 0 };
            at += frame.bytes;
        }
        samples
    }

    /// How long whole frames sound.
    pub(super) fn lasts(self, bytes: &[u8]) -> Duration {
        let Some(first) = self.header(bytes) else { return Duration::ZERO };
        let nanos = u128::from(self.samples_from(bytes, 0)) * 1_000_000_000 / u128::from(first.rate.max(1));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
    }

    /// The last `count` frames of whole ones, or all where there are fewer: where they begin.
    pub(super) fn last_frames(self, bytes: &[u8], count: usize) -> usize {
        let (mut places, mut at) = (VecDeque::new(), 0);
        while let Some(frame) = bytes.get(at..).and_then(|rest| self.header(rest)) {
            places.push_back(at);
            if places.len() > count {
                places.pop_front();
            }
            at += frame.bytes;
        }
        places.front().copied().unwrap_or(0)
    }
}

/// Whole frames from the first byte to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// What the first frame says of them; they all agree.
    pub first: Header,
    /// Samples of each channel in all.
    pub samples: u64,
}
