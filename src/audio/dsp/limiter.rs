//! Holds peaks at full scale by turning the sound down in time, without distortion or a click.

use std::collections::VecDeque;

use crate::model::SampleRate;

/// How long before a peak the sound begins to be turned down.
const AHEAD_SECONDS: f32 = 0.005;

/// How long it takes from silence back to full loudness.
const RELEASE_SECONDS: f32 = 0.2;

/// Frames by which the sound between samples is known later than the samples.
const BETWEEN: usize = TAPS / 2;

/// Samples that the sound between two of them is reckoned from.
const TAPS: usize = 12;

/// The sound an eighth and three eighths of the way from one sample to the next; the other half is its mirror image
/// (the coefficients of ITU-R BS.1770-5, annex 2).
#[expect(clippy::excessive_precision, clippy::unreadable_literal, reason = "as they are printed there")]
const BETWEEN_SAMPLES: [[f32; TAPS]; 2] = [
    [
        0.0017089843750,
        0.0109863281250,
        -0.0196533203125,
        0.0332031250000,
        -0.0594482421875,
        0.1373291015625,
        0.9721679687500,
        -0.1022949218750,
        0.0476074218750,
        -0.0266113281250,
        0.0148925781250,
        -0.0083007812500,
    ],
    [
        -0.0291748046875,
        0.0292968750000,
        -0.0517578125000,
        0.0891113281250,
        -0.1665039062500,
        0.4650878906250,
        0.7797851562500,
        -0.2003173828125,
        0.1015625000000,
        -0.0582275390625,
        0.0330810546875,
        -0.0189208984375,
    ],
];

/// Where no sample is louder than this, nothing between them goes beyond full scale: no row of coefficients
/// adds up to more than twice this, signs aside.
const SOFT: f32 = 0.48;

/// A limiter that looks ahead. Frames that are not watched and far from any peak pass bit for bit; it
/// holds the newest 5 ms back.
#[derive(Debug)]
pub(crate) struct Limiter {
    channels: usize,
    /// Frames it looks ahead.
    ahead: usize,
    /// How much the level may rise a frame.
    release: f32,
    /// Samples held back.
    held: VecDeque<f32>,
    /// What the newest frames may be multiplied by at most, oldest first.
    newest: VecDeque<f32>,
    /// Frames whose level is settled.
    settled: u64,
    /// The lowest levels ahead, rising, each with its frame.
    lowest: VecDeque<(u64, f32)>,
    /// The last levels, over which the factor is the average.
    levels: VecDeque<f32>,
    sum: f64,
    /// Levels in a row that are exactly 1.
    idle: usize,
    /// Frames in a row that are soft.
    soft: usize,
}

impl Limiter {
    /// For interleaved frames of so many channels.
    pub(crate) fn new(rate: SampleRate, channels: usize) -> Self {
        let rate = rate.0.clamp(1000, 768_000) as f32;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and not negative")]
        let ahead = (AHEAD_SECONDS * rate) as usize;
        let mut limiter = Self {
            channels: channels.max(1),
            ahead,
            release: 1.0 / (RELEASE_SECONDS * rate),
            held: VecDeque::new(),
            newest: VecDeque::new(),
            settled: 0,
            lowest: VecDeque::new(),
            levels: VecDeque::new(),
            sum: 0.0,
            idle: 0,
            soft: 0,
        };
        limiter.reset();
        limiter
    }

    /// Forgets everything.
    pub(crate) fn reset(&mut self) {
        self.held.clear();
        self.newest.clear();
        self.settled = 0;
        self.lowest.clear();
        self.levels.clear();
        self.levels.resize(self.ahead, 1.0);
        self.sum = self.ahead as f64;
        (self.idle, self.soft) = (self.ahead, TAPS);
    }

    /// Takes frames, of which the first `watched` may not go beyond full scale, and appends to `out` what
    /// is ready.
    pub(crate) fn push(&mut self, samples: &[f32], watched: usize, out: &mut Vec<f32>) {
        if watched == 0 && self.is_calm() {
            self.pass(samples, out);
            return;
        }
        for (index, frame) in samples.chunks_exact(self.channels).enumerate() {
            self.held.extend(frame);
            let peak = frame.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            self.newest.push_back(if index < watched { level_for(peak) } else { 1.0 });
            self.soft = if peak <= SOFT { self.soft + 1 } else { 0 };
            if index < watched && self.soft < TAPS {
                self.look_between();
            }
            if self.newest.len() > BETWEEN
                && let Some(level) = self.newest.pop_front()
            {
                self.settle(level, out);
            }
        }
    }

    /// Appends what is held back to `out` and begins anew.
    pub(crate) fn flush(&mut self, out: &mut Vec<f32>) {
        let end = out.len() + self.held.len();
        let silence = vec![0.0; (self.ahead + BETWEEN) * self.channels];
        self.push(&silence, 0, out);
        out.truncate(end);
        self.reset();
    }

    /// As `flush`, if no frame is being turned down. Returns whether there was any.
    pub(crate) fn let_go(&mut self, out: &mut Vec<f32>) -> bool {
        let is_untouched = self.idle >= self.ahead
            && self
                .newest
                .iter()
                .chain(self.lowest.iter().map(|(_, level)| level))
                .all(|level| *level >= 1.0);
        let lets_go = is_untouched && !self.held.is_empty();
        if lets_go {
            self.flush(out);
        }
        lets_go
    }

    /// Whether no frame that is held is turned down, nor any that comes next for its sake.
    fn is_calm(&self) -> bool {
        self.idle >= self.ahead
            && self.newest.len() == BETWEEN
            && self.newest.iter().chain(self.lowest.iter().map(|(_, level)| level)).all(|level| *level >= 1.0)
            && self.settled > self.ahead as u64
    }

    /// As many frames leave as come, and no level is reckoned.
    fn pass(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        let frames = samples.len() / self.channels;
        let samples = samples.get(..frames * self.channels).unwrap_or_default();
        self.held.extend(samples);
        out.extend(self.held.drain(..samples.len()));
        self.settled += frames as u64;
        self.idle += frames;
        self.lowest.clear();
        // They were not looked at.
        self.soft = 0;
    }

    /// Reckons the sound between the two frames in the middle of the newest.
    fn look_between(&mut self) {
        let Some(first) = self.held.len().checked_sub(TAPS * self.channels) else { return };
        let mut peak = 0.0_f32;
        for channel in 0..self.channels {
            let mut sums = [0.0_f32; 4];
            for (tap, sample) in self.held.range(first + channel..).step_by(self.channels).enumerate() {
                for (row, coefficients) in BETWEEN_SAMPLES.iter().enumerate() {
                    sums[row] += sample * coefficients[tap];
                    sums[3 - row] += sample * coefficients[TAPS - 1 - tap];
                }
            }
            peak = sums.iter().fold(peak, |peak, sum| peak.max(sum.abs()));
        }
        let level = level_for(peak);
        for known in self.newest.iter_mut().rev().skip(BETWEEN - 1).take(2) {
            *known = known.min(level);
        }
    }

    /// The level of one more frame is known: the frame at the other end of the window can go.
    fn settle(&mut self, level: f32, out: &mut Vec<f32>) {
        while self.lowest.back().is_some_and(|(_, later)| *later >= level) {
            self.lowest.pop_back();
        }
        self.lowest.push_back((self.settled, level));
        self.settled += 1;
        let leaving = self.settled.checked_sub(self.ahead as u64 + 1);
        while self.lowest.front().is_some_and(|(frame, _)| Some(*frame) < leaving) {
            self.lowest.pop_front();
        }
        let lowest = self.lowest.front().map_or(1.0, |(_, level)| *level);
        let before = self.levels.back().copied().unwrap_or(1.0);
        let level = lowest.min(before + self.release);
        self.levels.push_back(level);
        let oldest = self.levels.pop_front().unwrap_or(1.0);
        self.sum += f64::from(level) - f64::from(oldest);
        self.idle = if level < 1.0 { 0 } else { self.idle + 1 };
        if leaving.is_none() {
            return;
        }
        let frame = self.held.drain(..self.channels.min(self.held.len()));
        if self.idle >= self.ahead {
            // No rounding is carried on.
            self.sum = self.ahead as f64;
            out.extend(frame);
        } else {
            #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1")]
            let factor = (self.sum / self.ahead as f64) as f32;
            out.extend(frame.map(|sample| sample * factor));
        }
    }
}

/// What brings a peak down to full scale.
fn level_for(peak: f32) -> f32 {
    if peak > 1.0 { peak.recip() } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATE: SampleRate = SampleRate(48_000);

    fn limited(samples: &[f32], channels: usize, chunk: usize, watched: usize) -> Vec<f32> {
        let mut limiter = Limiter::new(RATE, channels);
        let mut out = Vec::new();
        let mut left = watched;
        for part in samples.chunks(chunk * channels) {
            limiter.push(part, left, &mut out);
            left = left.saturating_sub(part.len() / channels);
        }
        limiter.flush(&mut out);
        out
    }

    fn sine(hertz: f32, level: f32, frames: usize) -> Vec<f32> {
        (0..frames)
            .map(|frame| level * (frame as f32 * hertz * std::f32::consts::TAU / 48_000.0).sin())
            .collect()
    }

    #[test]
    fn a_loud_sine_is_turned_down_and_stays_a_sine() {
        let loud = sine(1000.0, 2.0, 48_000);
        let out = limited(&loud, 1, 1152, usize::MAX);
        assert!(out.iter().all(|sample| sample.abs() <= 1.0 + 1e-6));
        // Once settled it is the same sine at full scale: within a thousandth, where clipping is off by 0.4.
        let wanted = sine(1000.0, 1.0, 48_000);
        let off = out[10_000..40_000]
            .iter()
            .zip(&wanted[10_000..])
            .fold(0.0_f32, |off, (got, wanted)| off.max((got - wanted).abs()));
        assert!(off < 5e-3, "{off}");
    }

    #[test]
    fn the_sound_between_samples_is_seen() {
        // A quarter of the rate, half a sample off: samples at 0.99, the sound between them at 1.4.
        let samples: Vec<f32> = (0..9600).map(|frame| if frame % 4 < 2 { 0.99 } else { -0.99 }).collect();
        let out = limited(&samples, 1, 480, usize::MAX);
        let mut meter = ebur128::EbuR128::new(1, 48_000, ebur128::Mode::TRUE_PEAK).unwrap();
        meter.add_frames_f32(&out[2000..8000]).unwrap();
        let most = meter.true_peak(0).unwrap();
        assert!((0.94..=1.03).contains(&most), "{most}");
    }

    #[test]
    fn far_from_a_peak_no_bit_changes() {
        let mut samples = sine(300.0, 0.7, 60_000);
        samples[20_000] = 3.0;
        let out = limited(&samples, 1, 1000, usize::MAX);
        // 5 ms before it, and 200 ms and 5 ms behind it.
        assert!(out[..19_700] == samples[..19_700]);
        assert!(out[30_400..] == samples[30_400..]);
        assert!(out[20_000].abs() <= 1.0 + 1e-6 && out[19_990].abs() < samples[19_990].abs());
        assert!(limited(&samples, 1, 1000, 20_000) == samples, "nobody watches");
    }

    proptest! {
        #[test]
        fn below_full_scale_nothing_changes_and_above_nothing_is_lost(
            samples in proptest::collection::vec(-1.0_f32..=1.0, 0..4000),
            channels in 1_usize..3,
            chunk in 1_usize..700,
            level in 0.1_f32..8.0,
        ) {
            let samples = &samples[..samples.len() / channels * channels];
            let soft: Vec<f32> = samples.iter().map(|sample| sample * 0.47).collect();
            prop_assert!(limited(&soft, channels, chunk, usize::MAX) == soft);
            prop_assert!(limited(samples, channels, chunk, 0) == samples);
            let loud: Vec<f32> = samples.iter().map(|sample| sample * level).collect();
            let out = limited(&loud, channels, chunk, usize::MAX);
            prop_assert_eq!(out.len(), loud.len());
            prop_assert!(out.iter().all(|sample| sample.abs() <= 1.0 + 1e-5));
        }
    }
}
