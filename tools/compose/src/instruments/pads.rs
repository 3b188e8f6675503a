//! Held and electronic sounds: a soft pad, an airy choir, and a sequenced synthesiser.

use super::build;
use crate::rng::Rng;
use crate::score::Tone;
use crate::synth::{Envelope, Filter, Saw, Sound, seconds, warm};
use std::f64::consts::TAU;

/// Detuned saws behind a filter that breathes slowly; different on each side.
fn wash(tone: &Tone, rng: &mut Rng, shape: &Envelope, bright: f64) -> Sound {
    let tunes = [[0.997, 1.0005, 1.0041], [0.9959, 0.9995, 1.003]];
    let mut saws = tunes.map(|side| side.map(|tune| Saw::new(tone.hz * tune, rng.unit())));
    let mut filters = [Filter::default(), Filter::default()];
    let turn = rng.unit() * TAU;
    build(tone.hold + shape.release, |i| {
        let at = seconds(i);
        let level = shape.level(at, tone.hold);
        let cutoff = bright * (0.55 + 0.45 * level) * (1.0 + 0.25 * (TAU * 0.17 * at + turn).sin());
        let mut out = [0.0; 2];
        for side in 0..2 {
            let raw: f64 = saws[side].iter_mut().map(Saw::tick).sum();
            out[side] = filters[side].low(raw, cutoff + tone.hz) * level * tone.force * 0.1;
        }
        out
    })
}

/// A warm string-like pad.
pub fn warm_pad(tone: &Tone, rng: &mut Rng) -> Sound {
    let shape = Envelope { attack: 0.7, decay: 1.0, sustain: 0.85, release: 1.3 };
    wash(tone, rng, &shape, 750.0)
}

/// A slow, bright pad that swells for seconds.
pub fn sky_pad(tone: &Tone, rng: &mut Rng) -> Sound {
    let shape = Envelope { attack: 1.9, decay: 1.5, sustain: 0.8, release: 2.6 };
    wash(tone, rng, &shape, 1350.0)
}

/// A plucky synthesiser note whose filter closes quickly.
pub fn sequence(tone: &Tone, rng: &mut Rng) -> Sound {
    let mut saws = [0.9985, 1.0015].map(|tune| Saw::new(tone.hz * tune, rng.unit()));
    let mut filters = [Filter::default(), Filter::default()];
    let shape = Envelope { attack: 0.003, decay: 0.22, sustain: 0.25, release: 0.12 };
    build(tone.hold + 0.14, |i| {
        let at = seconds(i);
        let cutoff = 420.0 + 3600.0 * tone.force * tone.force * (-at / 0.09).exp();
        let level = shape.level(at, tone.hold) * tone.force * 0.3;
        let [left, right] = saws.each_mut().map(Saw::tick);
        let left = filters[0].tick(left, cutoff, 1.4)[0];
        let right = filters[1].tick(right, cutoff, 1.4)[0];
        [left * level, right * level]
    })
}

/// A singing lead: a soft pulse with a late vibrato.
pub fn lead(tone: &Tone, rng: &mut Rng) -> Sound {
    let mut waves = [0.998, 1.002].map(|tune| Saw::new(tone.hz * tune, rng.unit()));
    let mut filters = [Filter::default(), Filter::default()];
    let shape = Envelope { attack: 0.03, decay: 0.4, sustain: 0.75, release: 0.22 };
    build(tone.hold + 0.24, |i| {
        let at = seconds(i);
        let level = shape.level(at, tone.hold) * tone.force * 0.17;
        let width = 0.42 + 0.06 * (TAU * 0.8 * at).sin();
        let [a, b] = waves.each_mut().map(|wave| wave.pulse(width));
        let tremble = 1.0 + 0.08 * (at.min(0.6) / 0.6) * (TAU * 5.2 * at).sin();
        let left = filters[0].low(warm(a * 0.7 + b * 0.3), 1900.0);
        let right = filters[1].low(warm(a * 0.3 + b * 0.7), 1900.0);
        [left * level * tremble, right * level * tremble]
    })
}
