//! Things struck with mallets: marimba, celesta, glass bells and thumb piano.

use super::{build, damped, sum};
use crate::rng::Rng;
use crate::score::Tone;
use crate::synth::{Filter, Partial, Sound, seconds};

/// Partials of a bar as `(ratio, level, seconds to fade)`, and how soft the mallet is.
fn strike(tone: &Tone, rng: &mut Rng, bar: &[(f64, f64, f64)], rise: f64, release: f64) -> Sound {
    let scale = (440.0 / tone.hz).powf(0.45);
    let mut partials: Vec<Partial> = bar
        .iter()
        .enumerate()
        .map(|(n, (ratio, level, fade))| {
            // A soft stroke wakes the upper partials less.
            let level = level * tone.force.powf(0.5 + 0.6 * n as f64);
            Partial::new(tone.hz * ratio, level, fade * scale)
        })
        .collect();
    let longest = bar.iter().fold(0.1, |top: f64, b| top.max(b.2 * scale));
    let mut wood = Filter::default();
    let side = rng.noise() * 0.12;
    build((tone.hold + release).min(longest), |i| {
        let at = seconds(i);
        let knock = wood.band(rng.noise(), 900.0, 1.0) * (-at / 0.006).exp() * 0.25;
        let swell = 1.0 - (-at / rise).exp();
        let level = damped(at, tone.hold, release) * (0.35 + 0.65 * tone.force) * 0.45;
        let mono = (sum(&mut partials) * swell + knock * tone.force) * level;
        [mono * (1.0 - side), mono * (1.0 + side)]
    })
}

/// Rosewood bars over tubes.
pub fn marimba(tone: &Tone, rng: &mut Rng) -> Sound {
    let bar = [(1.0, 1.0, 1.5), (3.93, 0.28, 0.35), (9.6, 0.09, 0.1)];
    strike(tone, rng, &bar, 0.002, 1.2)
}

/// Steel plates struck by felt hammers.
pub fn celesta(tone: &Tone, rng: &mut Rng) -> Sound {
    let bar = [(1.0, 0.8, 2.6), (2.0, 0.16, 1.6), (4.01, 0.2, 0.9), (8.1, 0.04, 0.25)];
    strike(tone, rng, &bar, 0.0015, 1.0)
}

/// Large glass bells, slow to speak and slow to fade.
pub fn glass(tone: &Tone, rng: &mut Rng) -> Sound {
    let bar = [(1.0, 0.7, 5.5), (1.003, 0.3, 5.0), (2.01, 0.22, 3.6), (2.76, 0.09, 2.2), (5.38, 0.05, 1.1)];
    strike(tone, rng, &bar, 0.012, 3.0)
}

/// A thumb piano: metal tongues on a little box.
pub fn kalimba(tone: &Tone, rng: &mut Rng) -> Sound {
    let bar = [(1.0, 1.0, 1.7), (2.0, 0.06, 0.8), (5.43, 0.16, 0.22), (8.9, 0.05, 0.09)];
    strike(tone, rng, &bar, 0.0015, 0.9)
}
