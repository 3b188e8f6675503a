//! Turns a track's blocks into frames for the output: channels mapped, rate changed, a soft start
//! after a jump. Keeps one resampler across tracks of equal rate, so that nothing is lost between.

use crate::model::SampleRate;

use super::deck::Block;
use super::dsp::{Resampler, map_channels};
use super::error::DecodeError;

/// Length of the soft start after a jump into a track.
const FADE_IN_SECONDS: f32 = 0.01;

pub(super) struct Converter {
    rate: u32,
    channels: usize,
    resampler: Option<Resampler>,
    /// Rate of the blocks that went into the resampler.
    source_rate: u32,
    /// Frames that went in since `anchor`.
    taken: u64,
    /// Output frame at which the first frame of the present rate belongs.
    anchor: u64,
    fade_left: u32,
    fade_length: u32,
    mapped: Vec<f32>,
}

impl Converter {
    pub fn new(rate: u32, channels: usize) -> Self {
        // A few hundred frames.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and not negative")]
        let fade_length = (FADE_IN_SECONDS * rate as f32) as u32;
        Self {
            rate,
            channels,
            resampler: None,
            source_rate: rate,
            taken: 0,
            anchor: 0,
            fade_left: 0,
            fade_length,
            mapped: Vec::new(),
        }
    }

    /// The output frame at which the next block's first frame will lie.
    pub fn next_frame(&self) -> u64 {
        let source = u64::from(self.source_rate.max(1));
        self.anchor + (self.taken * u64::from(self.rate) + source / 2) / source
    }

    /// The next frames fade in.
    pub fn soften(&mut self) {
        self.fade_left = self.fade_length;
    }

    /// Forgets what waits inside and begins anew at output frame `frame`.
    pub fn restart(&mut self, frame: u64) {
        self.resampler = None;
        self.taken = 0;
        self.anchor = frame;
        self.source_rate = self.rate;
        self.fade_left = 0;
    }

    /// Converts a block, multiplied by `factor` (1.0 leaves samples as they are), adding to `out`.
    pub fn convert(&mut self, block: &Block, factor: f32, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        if block.rate.0 != self.source_rate {
            self.flush(out)?;
            self.source_rate = block.rate.0;
            if block.rate.0 != self.rate {
                self.resampler = Some(Resampler::new(block.rate, SampleRate(self.rate), self.channels)?);
            }
        }
        self.taken += block.frames() as u64;
        let begin = out.len();
        self.mapped.clear();
        map_channels(&block.samples, block.channels, self.channels, &mut self.mapped);
        if factor.to_bits() != 1.0_f32.to_bits() {
            self.mapped.iter_mut().for_each(|sample| *sample *= factor);
        }
        match &mut self.resampler {
            Some(resampler) => resampler.push(&self.mapped, out)?,
            None => out.extend_from_slice(&self.mapped),
        }
        self.fade_in(out.get_mut(begin..).unwrap_or_default());
        Ok(())
    }

    /// Adds what still waits inside to `out`: nothing follows without a gap.
    pub fn flush(&mut self, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        let end = self.next_frame();
        if let Some(mut resampler) = self.resampler.take() {
            resampler.finish(out)?;
        }
        self.anchor = end;
        self.taken = 0;
        self.source_rate = self.rate;
        Ok(())
    }

    fn fade_in(&mut self, samples: &mut [f32]) {
        if self.fade_left == 0 {
            return;
        }
        for frame in samples.chunks_mut(self.channels) {
            if self.fade_left == 0 {
                return;
            }
            let level = 1.0 - self.fade_left as f32 / self.fade_length as f32;
            for sample in frame {
                *sample *= level;
            }
            self.fade_left -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_track_has_its_own_factor_up_to_the_join() {
        let block = |rate, samples: Vec<f32>| Block {
            at: Duration::ZERO,
            rate: SampleRate(rate),
            channels: 2,
            samples,
        };
        let mut converter = Converter::new(44_100, 2);
        let mut out = Vec::new();
        converter.convert(&block(44_100, vec![0.5; 2002]), 0.5, &mut out).unwrap();
        converter.convert(&block(44_100, vec![0.3; 2000]), 1.0, &mut out).unwrap();
        let expected = [vec![0.25; 2002], vec![0.3; 2000]].concat();
        assert!(out == expected);
        // Through one resampler all is as if the samples had come so.
        let resampled = |blocks: &[(Vec<f32>, f32)]| {
            let mut converter = Converter::new(48_000, 2);
            let mut out = Vec::new();
            for (samples, factor) in blocks {
                converter.convert(&block(44_100, samples.clone()), *factor, &mut out).unwrap();
            }
            converter.flush(&mut out).unwrap();
            out
        };
        let levelled = resampled(&[(vec![0.5; 2002], 0.5), (vec![0.3; 2000], 1.0)]);
        assert!(levelled == resampled(&[(expected, 1.0)]));
        assert_eq!(levelled.len() / 2, (2001 * 48_000 + 22_050) / 44_100);
    }
}
