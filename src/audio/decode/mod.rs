//! Bytes become samples: a track is decoded to interleaved f32 at its own rate and channel count,
//! without what encoders put before and behind it. Blocks on its media, so it belongs on a decode
//! thread. Does not resample, mix or change the loudness.

use std::time::Duration;

use crate::model::{CleanText, SampleRate, SoundFormat};
use crate::stream::{Media, Part};

use super::error::DecodeError;
use super::loudness::LoudnessTags;
use describe::Description;
use part::PartDecoder;
use track::Container;

mod clock;
mod clusters;
mod codecs;
mod cut;
mod demux;
mod describe;
mod ebml;
mod fragments;
mod frames;
mod guess;
mod hop;
mod limit;
mod looks;
mod mp3_map;
mod mp4_edit;
mod pages;
mod part;
mod plain;
mod run;
mod sbr;
mod sniff;
mod source;
mod track;
mod whole;

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod hls_tests;
#[cfg(test)]
mod tests;

pub use cut::Cut;
pub use whole::{DecodeSummary, decode_all, prove};

/// Most frames in one chunk.
pub const MAX_CHUNK_FRAMES: usize = 4096;

/// A track being decoded.
pub struct Reader {
    media: Box<dyn Media>,
    part: PartDecoder,
    format: SoundFormat,
    /// Frames of the part's run that were handed out.
    taken: usize,
    /// Errors of the parts before this one.
    errors_before: u64,
    /// Stretches in a row that were left out because they are damaged.
    left_out: u8,
    /// Tags and cover, once they were asked for.
    description: Option<Description>,
}

/// A run of frames of one rate and channel count.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    /// Place of the first frame within the track, by the file's own clock: it leaps where packets
    /// were lost.
    pub at: Duration,
    /// Frames a second.
    pub rate: SampleRate,
    /// Samples in a frame.
    pub channels: usize,
    /// Interleaved, at most [`MAX_CHUNK_FRAMES`] frames; full scale is 1.0, and lossy codecs may go
    /// a little beyond.
    pub samples: &'a [f32],
}

impl Reader {
    /// Opens `media` so that the first chunk begins exactly at `start`. Fails when the media is no
    /// sound, cannot be decoded or cannot be read.
    pub fn open(mut media: Box<dyn Media>, start: Duration) -> Result<Self, DecodeError> {
        let start = if media.seeks_by_part() && !start.is_zero() { media.seek(start)? } else { start };
        let mut part = hop::first_part(media.as_mut(), start)?;
        if media.seeks_by_part() {
            part.skip_to(start.saturating_sub(part.starts_at()));
        } else if !start.is_zero() {
            part.seek(start)?;
        }
        part.read_ahead();
        let format = announced_format(&part);
        let mut reader =
            Self { media, part, format, taken: 0, errors_before: 0, left_out: 0, description: None };
        if !reader.fill()? && start.is_zero() {
            return Err(DecodeError::Damaged("there is not one whole packet in it".to_owned()));
        }
        Ok(reader)
    }

    /// What was decoded last.
    pub fn format(&self) -> SoundFormat {
        self.format.clone()
    }

    /// How long the track is without the encoder's delay and padding, where it is known.
    pub fn length(&self) -> Option<Duration> {
        self.media.length().or_else(|| self.part.length())
    }

    /// Packets that could not be decoded and were left out.
    pub fn errors_skipped(&self) -> u64 {
        self.errors_before + self.part.errors_skipped
    }

    /// The next frames; `None` at the end of the track.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk<'_>>, DecodeError> {
        if self.left_in_run() == 0 && !self.fill()? {
            return Ok(None);
        }
        let run = &self.part.run;
        let frames = self.left_in_run().min(MAX_CHUNK_FRAMES);
        let first = self.taken;
        self.taken += frames;
        let place = u64::try_from(run.at).unwrap_or(0) + first as u64;
        Ok(Some(Chunk {
            at: self.part.starts_at().saturating_add(clock::frames_to_time(place, run.rate)),
            rate: SampleRate(run.rate),
            channels: run.channels,
            samples: &run.samples[first * run.channels..(first + frames) * run.channels],
        }))
    }

    /// Moves so that the next chunk begins at `to`; beyond the end there is no next chunk. After an
    /// error of kind [`DecodeError::ForwardOnly`] the reader goes on where it was.
    pub fn seek(&mut self, to: Duration) -> Result<(), DecodeError> {
        if self.media.seeks_by_part() {
            let to = self.media.seek(to)?;
            let found = match self.next_part(to) {
                Err(error) => self.hop(error, to, to)?,
                found => found?,
            };
            if !found {
                self.part.end();
            }
        } else {
            self.part.seek(to)?;
        }
        self.taken = 0;
        Ok(())
    }

    /// Whether the last seek went where the place probably is: the file does not say where it is for certain, and reading
    /// all that comes before it would have taken long.
    pub fn is_about(&self) -> bool {
        self.part.is_about()
    }

    /// What the container says of itself.
    pub(in crate::audio) fn container(&self) -> Container {
        self.part.container()
    }

    /// The container's tags and cover, as they are when it is first asked for them.
    pub(in crate::audio) fn describe(&mut self) -> &Description {
        self.description.get_or_insert_with(|| self.part.describe())
    }

    /// What the tags say of the loudness.
    pub(in crate::audio) fn loudness(&mut self) -> LoudnessTags {
        LoudnessTags::find(&self.describe().tags)
    }

    fn left_in_run(&self) -> usize {
        (self.part.run.samples.len() / self.part.run.channels.max(1)).saturating_sub(self.taken)
    }

    /// Decodes until there are frames to hand out; `false` at the end of the track.
    fn fill(&mut self) -> Result<bool, DecodeError> {
        self.taken = 0;
        loop {
            let step = match self.part.decode_run() {
                Ok(true) => break,
                Ok(false) => self.go_on(),
                Err(error) => Err(error),
            };
            let goes_on = match step {
                Err(error) => self.hop(error, self.place(), self.wanted())?,
                step => step?,
            };
            if !goes_on {
                self.check_complete()?;
                return Ok(false);
            }
        }
        self.left_out = 0;
        self.format.sample_rate = SampleRate(self.part.run.rate);
        self.format.channels = u16::try_from(self.part.run.channels).unwrap_or(u16::MAX);
        Ok(true)
    }

    /// Goes on with the next part behind one that has ended; `false` when there is none.
    fn go_on(&mut self) -> Result<bool, DecodeError> {
        if self.media.seeks_by_part() && self.part.broke_off() {
            return Err(DecodeError::Damaged("its end cannot be decoded".to_owned()));
        }
        let wanted = self.wanted();
        self.next_part(wanted)
    }

    /// Before this place of the track nothing is wanted.
    fn wanted(&self) -> Duration {
        self.part.starts_at().saturating_add(self.part.wanted_from())
    }

    /// Opens the next part and drops what lies before `wanted`; `false` when there is none.
    fn next_part(&mut self, wanted: Duration) -> Result<bool, DecodeError> {
        let Some(part) = self.media.next_part()? else { return Ok(false) };
        if part.bytes.continues() && self.left_out == 0 {
            self.part.go_on(part.bytes)?;
            return Ok(true);
        }
        self.begin(part, wanted)
    }

    /// Decodes a part afresh.
    fn begin(&mut self, part: Part, wanted: Duration) -> Result<bool, DecodeError> {
        let mut part = PartDecoder::open(part)?;
        part.skip_to(wanted.saturating_sub(part.starts_at()));
        self.errors_before += self.part.errors_skipped;
        self.part = part;
        self.format = announced_format(&self.part);
        Ok(true)
    }
}

fn announced_format(part: &PartDecoder) -> SoundFormat {
    let (rate, channels) = part.announced();
    SoundFormat {
        codec: CleanText::new(part.codec_name()),
        sample_rate: SampleRate(rate),
        channels: u16::try_from(channels).unwrap_or(u16::MAX),
        bits: part.container().bits_per_sample.and_then(|bits| u16::try_from(bits).ok()),
    }
}
