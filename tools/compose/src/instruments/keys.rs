//! Keyboards: a felted piano, an electric piano and an accordion.

use super::{build, damped, sum};
use crate::rng::Rng;
use crate::score::Tone;
use crate::synth::{Envelope, Filter, Partial, Saw, Sound, seconds};
use std::f64::consts::TAU;

/// An upright piano with felt between hammers and strings.
///
/// Each note is two strings, slightly apart in tune and place, of ten partials each.
pub fn felt_piano(tone: &Tone, rng: &mut Rng) -> Sound {
    let string = |detune: f64| -> Vec<Partial> {
        (1..=10)
            .map(|n| {
                let n = f64::from(n);
                let stretch = (1.0 + 0.0004 * n * n).sqrt();
                let softness = 0.34 + 0.5 * (1.0 - tone.force) + tone.hz / 3000.0;
                let level = (-softness * (n - 1.0)).exp() * if n == 2.0 { 0.75 } else { 1.0 };
                let fade = 7.0 * (220.0 / tone.hz).powf(0.5) / (1.0 + 0.45 * (n - 1.0));
                Partial::new(tone.hz * n * stretch * detune, level, fade)
            })
            .collect()
    };
    let mut near = string(1.000_25);
    let mut far = string(0.999_72);
    let mut felt = Filter::default();
    let place = ((tone.hz / 300.0).log2() * 0.15).clamp(-0.35, 0.35);
    let length = tone.hold + 0.45;
    build(length, |i| {
        let at = seconds(i);
        let rise = 1.0 - (-at / 0.0035).exp();
        let thud = felt.low(rng.noise(), 420.0) * (-at / 0.018).exp() * 0.22;
        let level = damped(at, tone.hold, 0.4) * tone.force * 0.34;
        let (a, b) = (sum(&mut near) * rise, sum(&mut far) * rise);
        let left = a * 0.65 + b * 0.35 + thud;
        let right = a * 0.35 + b * 0.65 + thud;
        [left * level * (1.0 - place), right * level * (1.0 + place)]
    })
}

/// An electric piano: a sine bent by another, with a short bell-like tine on top.
pub fn electric_piano(tone: &Tone, _rng: &mut Rng) -> Sound {
    let fade = 2.6 * (220.0 / tone.hz).powf(0.4);
    let length = tone.hold.min(fade * 1.6) + 0.3;
    build(length, |i| {
        let at = seconds(i);
        let turn = TAU * tone.hz * at;
        let bite = (0.25 + 1.5 * tone.force * tone.force) * (-at / 0.5).exp();
        let tine = (turn * 14.0).sin() * (-at / 0.06).exp() * 0.07 * tone.force;
        let tine = if tone.hz < 1100.0 { tine } else { 0.0 };
        let body = (turn + bite * turn.sin()).sin() + 0.18 * (turn * 2.0).sin();
        let rise = 1.0 - (-at / 0.003).exp();
        let level = (-at * 2.3 / fade).exp() * rise * damped(at, tone.hold, 0.25);
        let mono = (body + tine) * level * tone.force * 0.34;
        // The slow wander between the speakers.
        let sway = 0.22 * (TAU * 4.6 * at).sin();
        [mono * (1.0 + sway), mono * (1.0 - sway)]
    })
}

/// A dance-hall accordion: three reeds to a note, two of them a little off on purpose.
pub fn accordion(tone: &Tone, rng: &mut Rng) -> Sound {
    let mut reeds = [0.996_6, 1.0, 1.003_2].map(|tune| Saw::new(tone.hz * tune, rng.unit()));
    let mut soft = [Filter::default(), Filter::default()];
    let mut thin = [Filter::default(), Filter::default()];
    let shape = Envelope { attack: 0.028, decay: 0.25, sustain: 0.82, release: 0.07 };
    build(tone.hold + 0.1, |i| {
        let at = seconds(i);
        let [low, plain, high] = reeds.each_mut().map(|reed| reed.pulse(0.36));
        let breath = shape.level(at, tone.hold) * (0.45 + 0.55 * tone.force);
        let bright = 1300.0 + 2000.0 * breath;
        let sides = [plain + low * 0.6 + high * 0.3, plain + high * 0.6 + low * 0.3];
        let mut out = [0.0; 2];
        for side in 0..2 {
            let thinned = thin[side].high(sides[side], 240.0);
            out[side] = soft[side].low(thinned, bright) * breath * 0.16;
        }
        out
    })
}
