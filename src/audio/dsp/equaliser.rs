//! Ten bands, each raised or lowered: the peaking filters of R. Bristow-Johnson's "Cookbook formulae for
//! audio EQ biquad filter coefficients", an octave wide.

use crate::config::BANDS_HZ;
use crate::model::SampleRate;

/// How wide a band is.
const OCTAVES: f64 = 1.0;

/// Bands nearer than this to half the rate cannot be told from their neighbours and are left out.
const HIGHEST: f64 = 0.45;

/// What has faded to less than this is silence; numbers that small are slow.
const SILENT: f64 = 1e-30;

/// The filters of one sound, in a row.
#[derive(Debug)]
pub(crate) struct Equaliser {
    channels: usize,
    bands: Vec<Band>,
}

/// A filter and, for each channel, what it remembers.
#[derive(Debug)]
struct Band {
    /// b0, b1, b2, a1, a2, all divided by a0.
    factors: [f64; 5],
    memory: Vec<[f64; 2]>,
}

impl Equaliser {
    /// For interleaved frames of so many channels; `gains_db` belong to [`BANDS_HZ`].
    pub(crate) fn new(gains_db: &[f32; 10], rate: SampleRate, channels: usize) -> Self {
        let channels = channels.max(1);
        let rate = f64::from(rate.0.max(1));
        let wanted = BANDS_HZ.iter().zip(gains_db);
        let bands = wanted
            .filter(|(hertz, gain)| **gain != 0.0 && **hertz < HIGHEST * rate)
            .map(|(hertz, gain)| Band {
                factors: peaking(*hertz, f64::from(*gain), rate),
                memory: vec![[0.0; 2]; channels],
            })
            .collect();
        Self { channels, bands }
    }

    /// Forgets what was heard.
    pub(crate) fn reset(&mut self) {
        for band in &mut self.bands {
            band.memory.fill([0.0; 2]);
        }
    }

    /// Shapes frames in place.
    pub(crate) fn apply(&mut self, samples: &mut [f32]) {
        for frame in samples.chunks_exact_mut(self.channels) {
            for (channel, sample) in frame.iter_mut().enumerate() {
                let mut value = f64::from(*sample);
                for band in &mut self.bands {
                    value = band.step(channel, value);
                }
                #[expect(clippy::cast_possible_truncation, reason = "samples are f32")]
                let shaped = value as f32;
                *sample = shaped;
            }
        }
        for memory in self.bands.iter_mut().flat_map(|band| &mut band.memory) {
            if memory.iter().all(|value| value.abs() < SILENT) {
                *memory = [0.0; 2];
            }
        }
    }
}

impl Band {
    /// Transposed direct form II.
    fn step(&mut self, channel: usize, input: f64) -> f64 {
        let [b0, b1, b2, a1, a2] = self.factors;
        let Some([first, second]) = self.memory.get_mut(channel) else { return input };
        let output = b0 * input + *first;
        *first = b1 * input - a1 * output + *second;
        *second = b2 * input - a2 * output;
        output
    }
}

fn peaking(hertz: f64, gain_db: f64, rate: f64) -> [f64; 5] {
    let amplitude = 10.0_f64.powf(gain_db / 40.0);
    let (sine, cosine) = (std::f64::consts::TAU * hertz / rate).sin_cos();
    let angle = std::f64::consts::TAU * hertz / rate;
    let alpha = sine * (std::f64::consts::LN_2 / 2.0 * OCTAVES * angle / sine).sinh();
    let a0 = 1.0 + alpha / amplitude;
    [
        (1.0 + alpha * amplitude) / a0,
        -2.0 * cosine / a0,
        (1.0 - alpha * amplitude) / a0,
        -2.0 * cosine / a0,
        (1.0 - alpha / amplitude) / a0,
    ]
}

#[cfg(test)]
mod tests {
    use super::super::super::decode::fixture::{difference, ffmpeg_make, run};
    use super::*;
    use crate::config::PRESETS;

    const ROCK: [f32; 10] = [4.5, 3.5, 2.0, 0.5, -1.0, -0.5, 1.0, 2.5, 3.5, 4.0];

    /// The response by the cookbook's analogue prototype, H(s) = (s^2 + s A/Q + 1) / (s^2 + s/(A Q) + 1),
    /// under the bilinear transform, in decibels: no coefficient of the digital filter is in it.
    fn prototype_db(gains_db: &[f32; 10], hertz: f64, rate: f64) -> f64 {
        BANDS_HZ.iter().zip(gains_db).fold(0.0, |sum, (middle, gain)| {
            let amplitude = 10.0_f64.powf(f64::from(*gain) / 40.0);
            let angle = std::f64::consts::TAU * middle / rate;
            // 1/Q = 2 sinh(ln(2)/2 * BW * w0/sin(w0)).
            let damping = 2.0 * (std::f64::consts::LN_2 / 2.0 * angle / angle.sin()).sinh();
            let s = (std::f64::consts::PI * hertz / rate).tan() / (angle / 2.0).tan();
            let real = 1.0 - s * s;
            let power = |imaginary: f64| real * real + imaginary * imaginary;
            sum + 10.0 * (power(s * damping * amplitude) / power(s * damping / amplitude)).log10()
        })
    }

    /// The level of a sine that went through, once settled, in decibels against what it was.
    fn measured_db(gains_db: &[f32; 10], hertz: f64, rate: u32) -> f64 {
        let mut equaliser = Equaliser::new(gains_db, SampleRate(rate), 1);
        let angle = std::f64::consts::TAU * hertz / f64::from(rate);
        #[expect(clippy::cast_possible_truncation, reason = "samples are f32")]
        let mut samples: Vec<f32> =
            (0..rate * 2).map(|frame| (0.25 * (angle * f64::from(frame)).sin()) as f32).collect();
        equaliser.apply(&mut samples);
        let (mut sine, mut cosine) = (0.0, 0.0);
        for frame in rate..rate * 2 {
            let (one, other) = (angle * f64::from(frame)).sin_cos();
            sine += f64::from(samples[frame as usize]) * one;
            cosine += f64::from(samples[frame as usize]) * other;
        }
        20.0 * (2.0 * sine.hypot(cosine) / f64::from(rate) / 0.25).log10()
    }

    #[test]
    fn the_response_is_the_cookbooks() {
        let single = |row: usize, gain: f32| {
            let mut gains = [0.0; 10];
            gains[row] = gain;
            gains
        };
        let curves = [single(0, 12.0), single(5, -12.0), single(9, 6.0), PRESETS[2].gains_db, ROCK];
        for rate in [44_100, 48_000, 96_000] {
            for curve in &curves {
                // Whole hertz: a second holds whole waves.
                for hertz in
                    [20.0, 31.0, 45.0, 62.0, 125.0, 500.0, 707.0, 1000.0, 3000.0, 8000.0, 16_000.0, 19_000.0]
                {
                    let (got, wanted) =
                        (measured_db(curve, hertz, rate), prototype_db(curve, hertz, f64::from(rate)));
                    assert!((got - wanted).abs() < 0.01, "{hertz} Hz at {rate}: {got} dB, not {wanted} dB");
                }
            }
        }
        // In the middle of a band that stands alone its gain is what was asked for.
        assert!((measured_db(&single(5, -12.0), 1000.0, 48_000) + 12.0).abs() < 0.01);
    }

    #[test]
    fn what_comes_out_is_what_ffmpeg_makes_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let noise = "-f lavfi -i anoisesrc=r=44100:d=2:c=white:a=0.3:seed=7 -ac 2 -c:a pcm_f32le";
        let (path, _) = ffmpeg_make(folder.path(), "noise.wav", noise);
        let raw = |filter: &str| -> Vec<f32> {
            let path = path.to_str().unwrap();
            let raw = run("ffmpeg", &["-i", path, "-af", filter, "-c:a", "pcm_f32le", "-f", "f32le", "-"]);
            raw.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
        };
        let bands = BANDS_HZ.iter().zip(&ROCK);
        let chain: Vec<_> =
            bands.map(|(hertz, gain)| format!("equalizer=f={hertz}:t=o:w=1:g={gain}:r=f64")).collect();
        let expected = raw(&chain.join(","));
        let mut shaped = raw("anull");
        let mut equaliser = Equaliser::new(&ROCK, SampleRate(44_100), 2);
        shaped.chunks_mut(1000).for_each(|part| equaliser.apply(part));
        assert_eq!(shaped.len(), 2 * 88_200);
        let off = difference(&shaped, &expected);
        assert!(off < 1e-5, "{off}");
        assert!(difference(&raw("anull"), &expected) > 0.05, "the filters do something");
    }
}
