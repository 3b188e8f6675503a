//! A track decoded from its beginning to its end, as fast as it goes.

use std::time::Duration;

use super::{Chunk, Reader};
use crate::audio::error::DecodeError;
use crate::model::{SampleRate, SoundFormat};
use crate::stream::{Cancel, Media, StreamError};

/// What was decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DecodeSummary {
    /// Frames in all.
    pub frames: u64,
    /// Frames a second, of the last chunk.
    pub sample_rate: SampleRate,
    /// Samples in a frame, of the last chunk.
    pub channels: u16,
    /// Packets that could not be decoded and were left out.
    pub errors_skipped: u64,
}

/// Decodes `media` whole and shows every chunk to `on_chunk`. Blocks on the media. Fails as
/// playing it would, after the chunks that could be had.
pub fn decode_all(
    media: Box<dyn Media>,
    mut on_chunk: impl FnMut(Chunk<'_>),
) -> Result<DecodeSummary, DecodeError> {
    let mut reader = Reader::open(media, Duration::ZERO)?;
    let mut frames = 0;
    while let Some(chunk) = reader.next_chunk()? {
        frames += (chunk.samples.len() / chunk.channels.max(1)) as u64;
        on_chunk(chunk);
    }
    let format = reader.format();
    Ok(DecodeSummary {
        frames,
        sample_rate: format.sample_rate,
        channels: format.channels,
        errors_skipped: reader.errors_skipped(),
    })
}

/// Decodes `media` whole to know that it can be: what it is, and how much of it there was. Ends within a chunk once
/// `cancel` is cancelled.
pub fn prove(media: Box<dyn Media>, cancel: &Cancel) -> Result<(SoundFormat, DecodeSummary), DecodeError> {
    let mut reader = Reader::open(media, Duration::ZERO)?;
    let mut frames = 0;
    while let Some(chunk) = reader.next_chunk()? {
        frames += (chunk.samples.len() / chunk.channels.max(1)) as u64;
        if cancel.is_cancelled() {
            return Err(StreamError::Cancelled.into());
        }
    }
    let format = reader.format();
    let (sample_rate, channels) = (format.sample_rate, format.channels);
    Ok((format, DecodeSummary { frames, sample_rate, channels, errors_skipped: reader.errors_skipped() }))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Parts, demo_tracks};
    use super::*;

    #[test]
    fn the_summary_counts_what_was_shown() {
        let path = demo_tracks().into_iter().find(|path| path.ends_with("morning-post.mp3")).unwrap();
        let media = Box::new(Parts::file(std::fs::read(path).unwrap()));
        let mut samples = 0;
        let summary = decode_all(media, |chunk| samples += chunk.samples.len()).unwrap();
        assert_eq!(samples, 2 * usize::try_from(summary.frames).unwrap());
        let expected = DecodeSummary {
            frames: 1_097_251,
            sample_rate: SampleRate(44_100),
            channels: 2,
            errors_skipped: 0,
        };
        assert_eq!(summary, expected);
    }
}
