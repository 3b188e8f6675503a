//! Loudness: what a volume does to samples, without clicks.

use std::time::Duration;

use crate::model::{SampleRate, Volume};

/// How long a change of loudness takes; shorter clicks, longer lags.
const RAMP: Duration = Duration::from_millis(10);

/// The factor for a volume. A cube follows the ear well enough: half the volume is 18 dB less. Full
/// volume is exactly 1, so that samples pass bit for bit, and zero is silence.
pub(crate) fn volume_gain(volume: Volume) -> f32 {
    (f32::from(volume.percent()) / 100.0).powi(3)
}

/// A factor that moves to a new value in a straight line over 10 ms. Allocates and waits for
/// nothing, so that the device callback may use it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ramp {
    now: f32,
    target: f32,
    step: f32,
    frames_left: u32,
    /// Frames a whole ramp takes.
    length: u32,
}

impl Ramp {
    /// A factor that stands still at `gain`, for frames at `rate`.
    pub(crate) fn new(gain: f32, rate: SampleRate) -> Self {
        let millis = u64::try_from(RAMP.as_millis()).unwrap_or(0);
        let length = u32::try_from(u64::from(rate.0) * millis / 1000).unwrap_or(u32::MAX).max(1);
        Self { now: gain, target: gain, step: 0.0, frames_left: 0, length }
    }

    /// Begins to move to `gain`, which must be finite, from wherever the factor is.
    pub(crate) fn set_target(&mut self, gain: f32) {
        if gain.to_bits() == self.target.to_bits() {
            return;
        }
        self.target = gain;
        self.step = (gain - self.now) / self.length as f32;
        self.frames_left = self.length;
    }

    /// Falls to silence within `frames`, or sooner.
    pub(crate) fn fall_within(&mut self, frames: usize) {
        self.set_target(0.0);
        let left = u32::try_from(frames).unwrap_or(u32::MAX).max(1);
        if self.frames_left > left {
            (self.frames_left, self.step) = (left, -self.now / left as f32);
        }
    }

    /// Frames a whole ramp takes.
    pub(crate) fn length(&self) -> usize {
        self.length as usize
    }

    /// Whether the factor has arrived.
    pub(crate) fn is_steady(&self) -> bool {
        self.frames_left == 0
    }

    /// Frames until it has arrived.
    pub(crate) fn frames_left(&self) -> usize {
        self.frames_left as usize
    }

    /// The factor as it is now.
    pub(crate) fn gain(&self) -> f32 {
        self.now
    }

    /// Multiplies interleaved frames, each by the factor of its moment.
    pub(crate) fn apply(&mut self, samples: &mut [f32], channels: usize) {
        let moving = (self.frames_left as usize).saturating_mul(channels.max(1)).min(samples.len());
        let (moving, steady) = samples.split_at_mut(moving);
        for frame in moving.chunks_mut(channels.max(1)) {
            self.frames_left -= 1;
            // The last step lands on the target exactly, whatever rounding came before.
            self.now = if self.frames_left == 0 { self.target } else { self.now + self.step };
            for sample in frame {
                *sample *= self.now;
            }
        }
        if self.now.to_bits() == 1.0_f32.to_bits() {
            return;
        }
        for sample in steady {
            *sample *= self.now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_volume_changes_no_bit_and_zero_is_silence() {
        assert_eq!(volume_gain(Volume::FULL).to_bits(), 1.0_f32.to_bits());
        assert_eq!(volume_gain(Volume::new(0)).to_bits(), 0.0_f32.to_bits());
        let gains: Vec<f32> = (0..=100).map(|percent| volume_gain(Volume::new(percent))).collect();
        assert!(gains.windows(2).all(|pair| pair[0] < pair[1]));
        // 20 log10(0.5^3) = -18.06 dB.
        assert!((20.0 * volume_gain(Volume::new(50)).log10() + 18.06).abs() < 0.01);
    }

    #[test]
    fn a_ramp_takes_ten_milliseconds_and_never_jumps() {
        for channels in [1, 2, 6] {
            let mut ramp = Ramp::new(0.0, SampleRate(48_000));
            ramp.set_target(1.0);
            let mut samples = vec![1.0; 600 * channels];
            for part in samples.chunks_mut(70 * channels) {
                ramp.apply(part, channels);
            }
            let frames: Vec<f32> = samples.iter().step_by(channels).copied().collect();
            assert!(
                frames[478] < 1.0 && frames[479..].iter().all(|&gain| gain.to_bits() == 1.0_f32.to_bits())
            );
            assert!(frames.windows(2).all(|pair| (0.0..0.0022).contains(&(pair[1] - pair[0]))));
            assert!(
                samples
                    .chunks(channels)
                    .all(|frame| frame.iter().all(|sample| sample.to_bits() == frame[0].to_bits()))
            );
            assert!(ramp.is_steady());
        }
    }

    #[test]
    fn a_ramp_turned_round_goes_on_from_where_it_is() {
        let mut ramp = Ramp::new(1.0, SampleRate(44_100));
        ramp.set_target(0.0);
        ramp.apply(&mut [1.0; 200], 1);
        let midway = ramp.gain();
        ramp.set_target(1.0);
        let mut samples = [1.0];
        ramp.apply(&mut samples, 1);
        assert!((samples[0] - midway).abs() < 0.003, "{midway} {}", samples[0]);
    }
}
