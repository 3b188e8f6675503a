//! From the rate of a track to the rate of the device, without a frame more or less.

use std::ops::RangeInclusive;

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};

use crate::audio::error::DecodeError;
use crate::model::SampleRate;

/// Frames that go into the transform at once.
const CHUNK: usize = 1024;

/// Rates that a transform is made for, in frames a second; what a spoilt file claims beyond these
/// would ask for buffers without end.
const RATES: RangeInclusive<u32> = 1000..=768_000;

/// Most channels.
const MAX_CHANNELS: usize = 64;

/// Turns frames at one rate into frames at another. Between equal rates samples pass bit for bit.
pub(crate) struct Resampler {
    /// `None` between equal rates.
    transform: Option<Fft<f32>>,
    from: SampleRate,
    to: SampleRate,
    channels: usize,
    /// Frames that do not fill a chunk yet.
    pending: Vec<f32>,
    /// Where the transform writes.
    scratch: Vec<f32>,
    /// Frames still to drop: the transform begins with its own delay.
    to_drop: usize,
    frames_in: u64,
    frames_out: u64,
}

impl Resampler {
    /// Fails for rates beyond 1 to 768 kHz, and for no or more than 64 channels.
    pub(crate) fn new(from: SampleRate, to: SampleRate, channels: usize) -> Result<Self, DecodeError> {
        let refused = || DecodeError::Unsupported(format!("{} Hz cannot become {} Hz", from.0, to.0));
        if !(RATES.contains(&from.0) && RATES.contains(&to.0) && (1..=MAX_CHANNELS).contains(&channels)) {
            return Err(refused());
        }
        let transform = if from == to {
            None
        } else {
            let rates = (from.0 as usize, to.0 as usize);
            let transform = Fft::new(rates.0, rates.1, CHUNK, channels, FixedSync::Input);
            Some(transform.map_err(|_| refused())?)
        };
        let frames = transform.as_ref().map_or(0, Fft::output_frames_max);
        let to_drop = transform.as_ref().map_or(0, Fft::output_delay);
        let scratch = vec![0.0; frames * channels];
        let pending = Vec::with_capacity(CHUNK * channels);
        Ok(Self { transform, from, to, channels, pending, scratch, to_drop, frames_in: 0, frames_out: 0 })
    }

    /// Takes interleaved frames and appends to `out` what is ready.
    pub(crate) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) -> Result<(), DecodeError> {
        self.frames_in += (samples.len() / self.channels) as u64;
        if self.transform.is_none() {
            out.extend_from_slice(samples);
            return Ok(());
        }
        let mut rest = samples;
        while !rest.is_empty() {
            let room = CHUNK * self.channels - self.pending.len();
            let (taken, left) = rest.split_at(room.min(rest.len()));
            self.pending.extend_from_slice(taken);
            rest = left;
            if self.pending.len() == CHUNK * self.channels {
                self.transform_pending(out)?;
            }
        }
        Ok(())
    }

    /// Appends what is still inside, so that as many frames have come out in all as belong to those
    /// that went in, to the nearest. Afterwards it is as new.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        let (from, to) = (u64::from(self.from.0), u64::from(self.to.0));
        let due = (u128::from(self.frames_in) * u128::from(to) + u128::from(from / 2)) / u128::from(from);
        if self.transform.is_some() {
            while u128::from(self.frames_out) < due {
                self.transform_pending(out)?;
            }
            let surplus = usize::try_from(u128::from(self.frames_out) - due).unwrap_or(usize::MAX);
            out.truncate(out.len().saturating_sub(surplus.saturating_mul(self.channels)));
        }
        self.reset();
        Ok(())
    }

    /// Forgets what is inside, for a seek.
    pub(crate) fn reset(&mut self) {
        self.pending.clear();
        (self.frames_in, self.frames_out) = (0, 0);
        if let Some(transform) = &mut self.transform {
            transform.reset();
            self.to_drop = transform.output_delay();
        }
    }

    /// Transforms what is pending, filled up with silence.
    fn transform_pending(&mut self, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        let Some(transform) = &mut self.transform else { return Ok(()) };
        let partial = Indexing::new().partial_len(self.pending.len() / self.channels);
        self.pending.resize(CHUNK * self.channels, 0.0);
        let broken = |error: &dyn std::fmt::Display| DecodeError::Damaged(error.to_string());
        let room = self.scratch.len() / self.channels;
        let input = InterleavedSlice::new(&self.pending, self.channels, CHUNK).map_err(|e| broken(&e))?;
        let mut output = InterleavedSlice::new_mut(&mut self.scratch, self.channels, room)
            .map_err(|error| broken(&error))?;
        let (_, frames) = transform
            .process_into_buffer(&input, &mut output, Some(&partial))
            .map_err(|error| broken(&error))?;
        self.pending.clear();
        let dropped = self.to_drop.min(frames);
        self.to_drop -= dropped;
        self.frames_out += (frames - dropped) as u64;
        out.extend_from_slice(&self.scratch[dropped * self.channels..frames * self.channels]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    fn resampled(samples: &[f32], from: u32, to: u32, channels: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(SampleRate(from), SampleRate(to), channels).unwrap();
        let mut out = Vec::new();
        for piece in samples.chunks(777 * channels) {
            resampler.push(piece, &mut out).unwrap();
        }
        resampler.finish(&mut out).unwrap();
        out
    }

    #[test]
    fn no_frame_is_lost_or_made_up() {
        let rates = [8000, 11_025, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000];
        for from in rates {
            for to in [44_100, 48_000, 96_000] {
                for frames in [0_u64, 1, 1023, 1024, 1025, 30_011] {
                    let input = vec![0.25; usize::try_from(frames).unwrap() * 2];
                    let expected = (2 * frames * u64::from(to) + u64::from(from)) / (2 * u64::from(from));
                    let out = resampled(&input, from, to, 2);
                    assert_eq!(out.len() as u64, expected * 2, "{frames} frames, {from} to {to}");
                }
            }
        }
    }

    #[test]
    #[expect(clippy::cast_possible_truncation, reason = "samples are narrow on purpose")]
    fn tones_stay_pure_and_in_place() {
        let tone =
            |hertz: f64, rate: u32, frame: usize| (TAU * hertz * frame as f64 / f64::from(rate)).sin() * 0.5;
        for (from, to) in [(44_100, 48_000), (48_000, 44_100), (44_100, 96_000), (96_000, 48_000)] {
            for hertz in [440.0, 1000.0, 10_000.0, 18_000.0] {
                let input: Vec<f32> =
                    (0..from as usize / 2).map(|frame| tone(hertz, from, frame) as f32).collect();
                let out = resampled(&input, from, to, 1);
                let (mut signal, mut noise) = (0.0, 0.0);
                for (frame, &sample) in out.iter().enumerate().skip(4000).take(out.len() - 8000) {
                    let wanted = tone(hertz, to, frame);
                    signal += wanted * wanted;
                    noise += (f64::from(sample) - wanted).powi(2);
                }
                let ratio = 10.0 * f64::log10(signal / noise);
                assert!(ratio > 100.0, "{hertz} Hz, {from} to {to}: {ratio:.1} dB");
            }
        }
    }

    /// The loudest thing in `samples` that is not the tone of `hertz`, in dB of full scale: of a spectrum through
    /// Nuttall's window of four terms, without the surroundings of the tone, into which that leaks.
    fn spurious_db(samples: &[f32], rate: u32, hertz: Option<f64>) -> f64 {
        const SIZE: usize = 1 << 14;
        let middle = (samples.len() - SIZE) / 2;
        let window = |at: usize| {
            let turn = TAU * at as f64 / SIZE as f64;
            0.355_768 - 0.487_396 * turn.cos() + 0.144_232 * (2.0 * turn).cos()
                - 0.012_604 * (3.0 * turn).cos()
        };
        let mut input: Vec<f64> = (0..SIZE).map(|at| f64::from(samples[middle + at]) * window(at)).collect();
        let transform = realfft::RealFftPlanner::<f64>::new().plan_fft_forward(SIZE);
        let mut bins = transform.make_output_vec();
        transform.process(&mut input, &mut bins).unwrap();
        let tone = hertz.map_or(f64::NEG_INFINITY, |hertz| hertz * SIZE as f64 / f64::from(rate));
        let others = bins.iter().enumerate().filter(|(bin, _)| (*bin as f64 - tone).abs() > 60.0);
        let loudest = others.map(|(_, bin)| bin.norm()).fold(0.0, f64::max);
        20.0 * (loudest / (SIZE as f64 * 0.355_768 / 2.0)).log10()
    }

    /// A sweep in steps through all that the source can hold: images beside the tone, and what a lower rate cannot hold
    /// folded back.
    #[test]
    #[expect(clippy::cast_possible_truncation, reason = "samples are narrow on purpose")]
    fn a_sweep_leaves_neither_images_nor_aliases() {
        for (from, to) in
            [(44_100, 48_000), (48_000, 44_100), (96_000, 44_100), (96_000, 48_000), (44_100, 96_000)]
        {
            let edge = f64::from(from.min(to)) / 2.0;
            let mut worst = (f64::NEG_INFINITY, 0.0);
            let mut hertz = 50.0;
            while hertz < f64::from(from) / 2.0 {
                let input: Vec<f32> = (0..60_000)
                    .map(|frame| (TAU * hertz * f64::from(frame) / f64::from(from)).sin() as f32)
                    .collect();
                let out = resampled(&input, from, to, 1);
                let found = spurious_db(&out, to, Some(hertz).filter(|hertz| *hertz < edge));
                if found > worst.0 {
                    worst = (found, hertz);
                }
                hertz += 433.0;
            }
            assert!(worst.0 < -100.0, "{from} to {to}: {:.1} dB at {} Hz", worst.0, worst.1);
        }
    }

    #[test]
    fn equal_rates_change_no_bit() {
        let input: Vec<f32> = (0..5000).map(|i| (i as f32).sin()).collect();
        assert_eq!(resampled(&input, 44_100, 44_100, 2), input);
    }

    #[test]
    fn a_finished_resampler_is_as_new() {
        let input: Vec<f32> = (0..6000).map(|i| (i as f32 / 9.0).sin()).collect();
        let mut resampler = Resampler::new(SampleRate(44_100), SampleRate(48_000), 2).unwrap();
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        for out in [&mut once, &mut twice] {
            resampler.push(&input, out).unwrap();
            resampler.finish(out).unwrap();
        }
        assert_eq!(once, twice);
        for (from, to, channels) in [(0, 48_000, 2), (48_000, u32::MAX, 2), (44_100, 48_000, 0)] {
            assert!(Resampler::new(SampleRate(from), SampleRate(to), channels).is_err());
        }
    }
}
