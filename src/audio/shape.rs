//! The sound as the listener wants it: equaliser, mono, balance. Where nothing is wanted there is no shaper,
//! and samples pass as they are.

use crate::config::SoundSettings;
use crate::model::SampleRate;

use super::dsp::Equaliser;

/// Shapes the frames of one output.
#[derive(Debug)]
pub(super) struct Shaper {
    channels: usize,
    equaliser: Option<Equaliser>,
    mono: bool,
    /// Factors of the first two channels.
    sides: [f32; 2],
}

impl Shaper {
    /// `None` where the settings change nothing.
    pub fn new(wanted: &SoundSettings, rate: SampleRate, channels: usize) -> Option<Self> {
        let channels = channels.max(1);
        let softer = |percent: i8| 1.0 - f32::from(percent.clamp(0, 100)) / 100.0;
        wanted.changes_samples().then(|| Self {
            channels,
            equaliser: wanted.equaliser.gains_db().map(|gains| Equaliser::new(&gains, rate, channels)),
            mono: wanted.mono,
            sides: [softer(wanted.balance), softer(wanted.balance.saturating_neg())],
        })
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        if let Some(equaliser) = &mut self.equaliser {
            equaliser.reset();
        }
    }

    /// Shapes interleaved frames in place.
    pub fn apply(&mut self, samples: &mut [f32]) {
        if let Some(equaliser) = &mut self.equaliser {
            equaliser.apply(samples);
        }
        if self.channels < 2 {
            return;
        }
        for frame in samples.chunks_exact_mut(self.channels) {
            if self.mono {
                let all = frame.iter().sum::<f32>() / self.channels as f32;
                frame.fill(all);
            }
            for (sample, factor) in frame.iter_mut().zip(self.sides) {
                *sample *= factor;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Equaliser;

    fn check(wanted: SoundSettings, channels: usize, expected: &[f32]) {
        let mut samples: Vec<f32> =
            (0..u16::try_from(channels).unwrap()).map(|at| f32::from(at) / 4.0 + 0.25).collect();
        Shaper::new(&wanted, SampleRate(48_000), channels).unwrap().apply(&mut samples);
        assert_eq!(samples, expected, "{wanted:?}");
    }

    #[test]
    fn balance_and_mono() {
        let plain = SoundSettings::default();
        assert!(Shaper::new(&plain, SampleRate(48_000), 2).is_none());
        let flat = SoundSettings { equaliser: Equaliser::Own([0.0; 10]), ..plain };
        assert!(Shaper::new(&flat, SampleRate(48_000), 2).is_none());
        check(SoundSettings { balance: 100, ..plain }, 2, &[0.0, 0.5]);
        check(SoundSettings { balance: 50, ..plain }, 2, &[0.125, 0.5]);
        check(SoundSettings { balance: -50, ..plain }, 2, &[0.25, 0.25]);
        check(SoundSettings { mono: true, ..plain }, 2, &[0.375, 0.375]);
        check(SoundSettings { mono: true, balance: -100, ..plain }, 2, &[0.375, 0.0]);
        check(SoundSettings { mono: true, balance: -100, ..plain }, 1, &[0.25]);
    }
}
