//! From as many channels as a track has to as many as the device has.

/// -3 dB, at which a centre or a surround channel joins the front (ITU-R BS.775-3 annex 4).
const MINUS_3_DB: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// How much of each channel goes to the left and to the right, in the order of WAVE files: front
/// left, front right, centre, bass, back or side pairs. The bass channel is left out, as usual.
const STEREO_3: &[[f32; 2]] = &[[1.0, 0.0], [0.0, 1.0], [MINUS_3_DB, MINUS_3_DB]];
const STEREO_4: &[[f32; 2]] = &[[1.0, 0.0], [0.0, 1.0], [MINUS_3_DB, 0.0], [0.0, MINUS_3_DB]];
const STEREO_5: &[[f32; 2]] =
    &[[1.0, 0.0], [0.0, 1.0], [MINUS_3_DB, MINUS_3_DB], [MINUS_3_DB, 0.0], [0.0, MINUS_3_DB]];
const STEREO_6: &[[f32; 2]] =
    &[[1.0, 0.0], [0.0, 1.0], [MINUS_3_DB, MINUS_3_DB], [0.0, 0.0], [MINUS_3_DB, 0.0], [0.0, MINUS_3_DB]];
const STEREO_7: &[[f32; 2]] = &[
    [1.0, 0.0],
    [0.0, 1.0],
    [MINUS_3_DB, MINUS_3_DB],
    [0.0, 0.0],
    [0.5, 0.5],
    [MINUS_3_DB, 0.0],
    [0.0, MINUS_3_DB],
];
const STEREO_8: &[[f32; 2]] = &[
    [1.0, 0.0],
    [0.0, 1.0],
    [MINUS_3_DB, MINUS_3_DB],
    [0.0, 0.0],
    [MINUS_3_DB, 0.0],
    [0.0, MINUS_3_DB],
    [MINUS_3_DB, 0.0],
    [0.0, MINUS_3_DB],
];

/// Appends `samples`, interleaved frames of `from` channels, to `out` as frames of `to` channels. The
/// same number passes bit for bit; mixing down never makes a sample larger than the largest that
/// went in; what has no place on the device is mixed to its front pair. An incomplete last frame is
/// dropped.
pub(crate) fn map_channels(samples: &[f32], from: usize, to: usize, out: &mut Vec<f32>) {
    if from == 0 || to == 0 {
        return;
    }
    let frames = samples.chunks_exact(from);
    out.reserve(frames.len() * to);
    match (from, to) {
        _ if from == to => frames.for_each(|frame| out.extend_from_slice(frame)),
        (1, _) => frames.for_each(|frame| pad(&[frame[0], frame[0]], to, out)),
        (2, 1) => frames.for_each(|frame| out.push(f32::midpoint(frame[0], frame[1]))),
        _ if from < to => frames.for_each(|frame| pad(frame, to, out)),
        _ => {
            let mix = StereoMix::new(from);
            frames.for_each(|frame| {
                let [left, right] = mix.of(frame);
                if to == 1 {
                    out.push(f32::midpoint(left, right));
                } else {
                    pad(&[left, right], to, out);
                }
            });
        }
    }
}

/// Appends `frame` cut or filled with silence to `to` channels.
fn pad(frame: &[f32], to: usize, out: &mut Vec<f32>) {
    let kept = frame.len().min(to);
    out.extend_from_slice(&frame[..kept]);
    out.extend(std::iter::repeat_n(0.0, to - kept));
}

/// A table of weights and the factor that keeps their sum at full scale.
struct StereoMix {
    weights: &'static [[f32; 2]],
    scale: f32,
}

impl StereoMix {
    fn new(channels: usize) -> Self {
        // Of a layout that nobody knows, only the front pair is certain.
        let tables = [STEREO_3, STEREO_4, STEREO_5, STEREO_6, STEREO_7, STEREO_8];
        let table = tables.into_iter().find(|table| table.len() == channels);
        let weights = table.unwrap_or(&STEREO_3[..2]);
        let sum = weights.iter().map(|weight| weight[0]).sum::<f32>();
        Self { weights, scale: sum.recip() }
    }

    fn of(&self, frame: &[f32]) -> [f32; 2] {
        let mut mixed = [0.0; 2];
        for (sample, weight) in frame.iter().zip(self.weights) {
            mixed[0] += sample * weight[0];
            mixed[1] += sample * weight[1];
        }
        mixed.map(|sample| sample * self.scale)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mapped(samples: &[f32], from: usize, to: usize) -> Vec<f32> {
        let mut out = Vec::new();
        map_channels(samples, from, to, &mut out);
        out
    }

    #[test]
    fn channels_find_their_places() {
        let check = |samples: &[f32], from, to, expected: &[f32]| {
            let out = mapped(samples, from, to);
            assert_eq!(out.len(), expected.len(), "{from} to {to}");
            for (got, wanted) in out.iter().zip(expected) {
                assert!((got - wanted).abs() < 1e-6, "{from} to {to}: {out:?} not {expected:?}");
            }
        };
        check(&[0.1, 0.2], 1, 2, &[0.1, 0.1, 0.2, 0.2]);
        check(&[0.5], 1, 6, &[0.5, 0.5, 0.0, 0.0, 0.0, 0.0]);
        check(&[0.2, 0.6], 2, 1, &[0.4]);
        check(&[0.2, 0.6, 0.9], 2, 2, &[0.2, 0.6]);
        check(&[0.2, 0.6], 2, 6, &[0.2, 0.6, 0.0, 0.0, 0.0, 0.0]);
        // ITU-R BS.775-3: L + 0.7071 C + 0.7071 Ls, scaled by the sum of the weights, 2.4142.
        check(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.0], 6, 2, &[0.414_214, 0.0]);
        check(&[0.0, 0.0, 1.0, 0.0, 0.0, 0.0], 6, 2, &[0.292_893, 0.292_893]);
        check(&[0.0, 0.0, 0.0, 1.0, 0.0, 0.0], 6, 2, &[0.0, 0.0]);
        check(&[0.0, 0.0, 0.0, 0.0, 0.0, 1.0], 6, 2, &[0.0, 0.292_893]);
        check(&[1.0; 8], 8, 2, &[1.0, 1.0]);
        check(&[1.0; 6], 6, 1, &[1.0]);
        check(&[1.0; 24], 24, 2, &[1.0, 1.0]);
        check(&[1.0], 0, 2, &[]);
    }

    proptest! {
        #[test]
        fn nothing_grows_and_no_frame_is_lost(
            samples in proptest::collection::vec(-1.0_f32..=1.0, 0..200),
            from in 1_usize..12,
            to in 1_usize..12,
        ) {
            let out = mapped(&samples, from, to);
            prop_assert_eq!(out.len(), samples.len() / from * to);
            prop_assert!(out.iter().all(|sample| sample.abs() <= 1.0 + 1e-6));
        }
    }
}
