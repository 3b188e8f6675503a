//! What the ear hears, for pictures: the player's thread keeps what it pushed while somebody looks, and whoever
//! looks takes the part that is heard at that moment. The device callback knows nothing of it.

use std::collections::VecDeque;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use crate::model::{Level, SPECTRUM_BANDS, SPECTRUM_FLOOR_DB, SPECTRUM_HZ, Spectrum};

/// Frames that a picture is made of: a tenth of a second or less.
pub(super) const FRAMES: usize = 4096;

/// Seconds that are kept: the ring, the device's latency, and some more.
const SECONDS: usize = 4;

/// The power of a sine is spread over neighbouring bins by the window (Hann): the sum of them is so much.
const SPREAD: f32 = 1.5;

/// What was pushed lately, by the frames of the line.
#[derive(Debug, Default)]
pub(super) struct Tape {
    watched: bool,
    channels: usize,
    rate: u32,
    /// The frame after the last one.
    end: u64,
    samples: VecDeque<f32>,
}

impl Tape {
    /// Begins or ends keeping; nothing is kept while nobody looks.
    pub fn watch(&mut self, watched: bool) {
        self.watched = watched;
        if !watched {
            self.samples = VecDeque::new();
        }
    }

    /// Another line begins.
    pub fn begin(&mut self, rate: u32, channels: usize) {
        (self.rate, self.channels, self.end) = (rate, channels.max(1), 0);
        self.samples.clear();
    }

    /// Keeps what is pushed as the frames from `frame` on.
    pub fn write(&mut self, frame: u64, samples: &[f32]) {
        if !self.watched || self.channels == 0 {
            return;
        }
        if frame != self.end {
            self.samples.clear();
        }
        self.samples.extend(samples);
        self.end = frame + (samples.len() / self.channels) as u64;
        let most = self.rate as usize * SECONDS * self.channels;
        self.samples.drain(..self.samples.len().saturating_sub(most));
    }

    /// The frames around the ear, as far as there are any; the rest is silence.
    pub fn around(&self, ear: u64) -> Heard {
        let channels = self.channels.max(1);
        let begin = self.end.saturating_sub((self.samples.len() / channels) as u64);
        let mut samples = vec![0.0; FRAMES * channels];
        for (index, frame) in samples.chunks_exact_mut(channels).enumerate() {
            let wanted = (ear + index as u64).checked_sub(FRAMES as u64 / 2 + begin);
            let Some(from) = wanted.and_then(|from| usize::try_from(from).ok()) else { continue };
            for (channel, sample) in frame.iter_mut().enumerate() {
                *sample = self.samples.get(from * channels + channel).copied().unwrap_or(0.0);
            }
        }
        Heard { rate: self.rate.max(1), channels, samples }
    }
}

/// A short run of frames.
#[derive(Debug)]
pub(super) struct Heard {
    rate: u32,
    channels: usize,
    samples: Vec<f32>,
}

/// Makes spectra.
pub(super) struct Analyser {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    input: Vec<f32>,
    bins: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Default for Analyser {
    fn default() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(FRAMES);
        let turn = std::f32::consts::TAU / FRAMES as f32;
        Self {
            window: (0..FRAMES).map(|at| 0.5 - 0.5 * (turn * at as f32).cos()).collect(),
            input: transform.make_input_vec(),
            bins: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
        }
    }
}

impl std::fmt::Debug for Analyser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Analyser")
    }
}

impl Analyser {
    /// What these frames are made of. Where the rate holds only a part of a band, that part is the band.
    pub fn spectrum(&mut self, heard: &Heard) -> Spectrum {
        let frames = heard.samples.chunks_exact(heard.channels);
        for ((input, window), frame) in self.input.iter_mut().zip(&self.window).zip(frames) {
            *input = window * frame.iter().sum::<f32>() / heard.channels as f32;
        }
        let mut spectrum = Spectrum { levels: levels(heard), ..Spectrum::default() };
        if self.transform.process_with_scratch(&mut self.input, &mut self.bins, &mut self.scratch).is_err() {
            return spectrum;
        }
        // A sine of full scale has a quarter of the frames in its bin, half of that for the window.
        let scale = (4.0 / FRAMES as f32).powi(2) / SPREAD;
        for (band, level) in spectrum.bands.iter_mut().enumerate() {
            let (low, high) = (bin_of(edge(band), heard.rate), bin_of(edge(band + 1), heard.rate));
            let high = high.max(low + 1).min(self.bins.len());
            let bins = self.bins.get(low..high).unwrap_or_default();
            *level = decibels(bins.iter().map(Complex::norm_sqr).sum::<f32>() * scale);
        }
        spectrum
    }
}

/// Where a band begins, in hertz.
fn edge(band: usize) -> f32 {
    let (low, high) = SPECTRUM_HZ;
    low * (high / low).powf(band as f32 / SPECTRUM_BANDS as f32)
}

/// The first bin whose middle is not below this.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousands, not negative")]
fn bin_of(hertz: f32, rate: u32) -> usize {
    (hertz * FRAMES as f32 / rate as f32).round() as usize
}

fn levels(heard: &Heard) -> [Level; 2] {
    [0, 1].map(|channel| {
        let channel = channel.min(heard.channels - 1);
        let samples = heard.samples.iter().skip(channel).step_by(heard.channels);
        let peak = samples.clone().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let mean = samples.map(|sample| sample * sample).sum::<f32>() / FRAMES as f32;
        Level { peak_db: decibels(peak * peak), mean_db: decibels(mean) }
    })
}

/// Of a power.
fn decibels(power: f32) -> f32 {
    (10.0 * power.max(1e-12).log10()).max(SPECTRUM_FLOOR_DB)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tape(rate: u32, channels: usize, samples: &[f32]) -> Tape {
        let mut tape = Tape::default();
        tape.watch(true);
        tape.begin(rate, channels);
        let mut frame = 0;
        for block in samples.chunks(1000 * channels) {
            tape.write(frame, block);
            frame += (block.len() / channels) as u64;
        }
        tape
    }

    #[test]
    fn a_tone_lights_its_band_and_no_other() {
        for (rate, hertz, amplitude) in
            [(44_100, 1000.0, 1.0), (48_000, 1000.0, 0.1), (44_100, 130.0, 0.5), (96_000, 9000.0, 0.5)]
        {
            let step = std::f32::consts::TAU * hertz / rate as f32;
            let tone: Vec<f32> = (0..rate).map(|at| amplitude * (at as f32 * step).sin()).collect();
            let spectrum = Analyser::default().spectrum(&tape(rate, 1, &tone).around(20_000));
            let level = 20.0 * f32::log10(amplitude);
            for (band, found) in spectrum.bands.iter().enumerate() {
                let holds = edge(band) <= hertz && hertz < edge(band + 1);
                if holds {
                    assert!((found - level).abs() < 1.0, "{hertz} Hz: {found} dB, not {level}");
                } else if hertz < edge(band) / 1.1 || hertz > edge(band + 1) * 1.1 {
                    assert!(*found < level - 30.0, "{hertz} Hz: band {band} has {found} dB");
                }
            }
            let [left, right] = spectrum.levels;
            assert_eq!(left, right);
            assert!(
                (left.peak_db - level).abs() < 0.1 && (left.mean_db - level + 3.01).abs() < 0.1,
                "{left:?}"
            );
        }
    }

    #[test]
    fn a_band_that_the_rate_cuts_is_lit_by_what_is_left_of_it() {
        for rate in [8000, 16_000, 22_050] {
            let half = rate as f32 / 2.0;
            let band = (0..SPECTRUM_BANDS).find(|&band| half < edge(band + 1)).unwrap();
            let hertz = edge(band).midpoint(half);
            let step = std::f32::consts::TAU * hertz / rate as f32;
            let tone: Vec<f32> = (0..rate).map(|at| 0.5 * (at as f32 * step).sin()).collect();
            let spectrum = Analyser::default().spectrum(&tape(rate, 1, &tone).around(u64::from(rate) / 2));
            assert!((spectrum.bands[band] + 6.0).abs() < 1.0, "{rate}: {}", spectrum.bands[band]);
            assert!(spectrum.bands[band + 1..].iter().all(|level| *level == SPECTRUM_FLOOR_DB), "{rate}");
        }
    }

    #[test]
    fn silence_lights_nothing() {
        for tape in [Tape::default(), tape(48_000, 2, &vec![0.0; 20_000])] {
            assert_eq!(Analyser::default().spectrum(&tape.around(5000)), Spectrum::default());
        }
        // What nobody looked at is not kept.
        let mut unseen = Tape::default();
        unseen.begin(48_000, 1);
        unseen.write(0, &vec![1.0; 9000]);
        assert_eq!(Analyser::default().spectrum(&unseen.around(4000)), Spectrum::default());
    }

    #[test]
    fn what_is_shown_is_what_is_heard() {
        // Silence, then a step to full scale on the left.
        let samples: Vec<f32> =
            (0..60_000).flat_map(|at| [if at < 40_000 { 0.0 } else { 1.0 }, 0.0]).collect();
        let tape = tape(48_000, 2, &samples);
        let check = |ear: u64, expected: [f32; 2]| {
            let levels = Analyser::default().spectrum(&tape.around(ear)).levels;
            for (level, expected) in levels.iter().zip(expected) {
                assert!((level.peak_db - expected).abs() < 0.01, "{ear}: {levels:?}");
            }
        };
        let half = FRAMES as u64 / 2;
        check(40_000 - half, [SPECTRUM_FLOOR_DB; 2]);
        check(40_001 - half, [0.0, SPECTRUM_FLOOR_DB]);
        check(40_000, [0.0, SPECTRUM_FLOOR_DB]);
        let mean = Analyser::default().spectrum(&tape.around(40_000)).levels[0].mean_db;
        assert!((mean + 3.01).abs() < 0.1, "half of it is the step: {mean}");
        // Beyond what was pushed, and long after, there is nothing.
        check(70_000, [SPECTRUM_FLOOR_DB; 2]);
    }

    #[test]
    fn only_the_newest_seconds_are_kept() {
        let tape = tape(1000, 1, &vec![0.5; 100_000]);
        assert_eq!(tape.samples.len(), 1000 * SECONDS);
        assert_eq!(tape.end, 100_000);
    }
}
