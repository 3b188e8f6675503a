//! Ear protection: whatever a broken packet decodes to, no sample leaves that could hurt.

/// Beyond this a packet is no music: intact lossy files overshoot full scale by far less.
const MAX_PEAK: f32 = 4.0;

/// Turns what is not a number into silence, and scales a run whose peak is insane down to full scale.
pub(super) fn make_safe(samples: &mut [f32]) {
    // Eight at a time where the processor can; what is not a number is below nothing.
    let is_sane = |run: &[f32]| run.iter().fold(true, |sane, sample| sane & (sample.abs() <= MAX_PEAK));
    if samples.chunks(256).all(is_sane) {
        return;
    }
    let mut peak = 0.0_f32;
    for sample in &mut *samples {
        if !sample.is_finite() {
            *sample = 0.0;
        }
        peak = peak.max(sample.abs());
    }
    if peak > MAX_PEAK {
        for sample in samples {
            *sample /= peak;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insane_samples_are_tamed_and_sane_ones_untouched() {
        let check = |mut samples: Vec<f32>, expected: &[f32]| {
            make_safe(&mut samples);
            assert_eq!(samples, expected);
        };
        check(vec![0.5, -1.3, 3.9], &[0.5, -1.3, 3.9]);
        check(vec![f32::NAN, f32::INFINITY, -0.25, f32::NEG_INFINITY], &[0.0, 0.0, -0.25, 0.0]);
        check(vec![4.0e6, -1.0e6, 0.0], &[1.0, -0.25, 0.0]);
        check(vec![], &[]);
    }
}
