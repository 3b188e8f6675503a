//! Low instruments: a double bass, a soft electric bass and a drone.

use super::{build, damped, sum};
use crate::rng::Rng;
use crate::score::Tone;
use crate::synth::{Envelope, Filter, Partial, Saw, Sound, seconds, warm};
use std::f64::consts::TAU;

/// A plucked double bass: partials that die fast, and a finger leaving the string.
pub fn upright(tone: &Tone, rng: &mut Rng) -> Sound {
    let levels = [1.0, 0.55, 0.32, 0.16, 0.09, 0.05];
    let mut partials: Vec<Partial> = levels
        .iter()
        .enumerate()
        .map(|(n, level)| {
            let n = n as f64 + 1.0;
            let level = level * tone.force.powf(0.4 * (n - 1.0));
            Partial::new(tone.hz * n * (1.0 + 0.0002 * n), level, 2.6 / n.powf(0.9))
        })
        .collect();
    let mut finger = Filter::default();
    build((tone.hold + 0.18).min(2.6), |i| {
        let at = seconds(i);
        let rise = 1.0 - (-at / 0.009).exp();
        let touch = finger.low(rng.noise(), 700.0) * (-at / 0.02).exp() * 0.18;
        let level = damped(at, tone.hold, 0.16) * tone.force * 0.5;
        let mono = (sum(&mut partials) * rise + touch) * level;
        [mono, mono]
    })
}

/// A round synthesiser bass for a steady pulse.
pub fn pulse(tone: &Tone, _rng: &mut Rng) -> Sound {
    let mut saw = Saw::new(tone.hz, 0.5);
    let mut filter = Filter::default();
    let shape = Envelope { attack: 0.004, decay: 0.2, sustain: 0.6, release: 0.06 };
    build(tone.hold + 0.08, |i| {
        let at = seconds(i);
        let cutoff = 160.0 + 700.0 * tone.force * (-at / 0.08).exp();
        let body = filter.low(saw.tick(), cutoff) * 0.7 + 0.7 * (TAU * tone.hz * at).sin();
        let mono = warm(body) * shape.level(at, tone.hold) * tone.force * 0.42;
        [mono, mono]
    })
}

/// A deep, slow tone under everything else.
pub fn drone(tone: &Tone, _rng: &mut Rng) -> Sound {
    let shape = Envelope { attack: 1.4, decay: 0.5, sustain: 0.9, release: 1.8 };
    build(tone.hold + 1.8, |i| {
        let at = seconds(i);
        let turn = TAU * tone.hz * at;
        let sway = 1.0 + 0.1 * (TAU * 0.23 * at).sin();
        let body = turn.sin() + 0.3 * (turn * 2.003).sin() + 0.1 * (turn * 3.0).sin();
        let mono = body * sway * shape.level(at, tone.hold) * tone.force * 0.3;
        [mono, mono]
    })
}
