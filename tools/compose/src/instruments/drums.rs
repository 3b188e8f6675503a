//! Quiet drums, all made from sines and noise, and falling rain.

use super::build;
use crate::rng::Rng;
use crate::score::Tone;
use crate::synth::{Filter, Sound, seconds, smooth};
use std::f64::consts::TAU;

/// A soft bass drum: a sine that drops to 48 Hz.
pub fn kick(tone: &Tone, rng: &mut Rng) -> Sound {
    let mut click = Filter::default();
    build(0.32, |i| {
        let at = seconds(i);
        let turn = 48.0 * at + 95.0 * 0.028 * (1.0 - (-at / 0.028).exp());
        let body = (TAU * turn).sin() * (-at / 0.085).exp();
        let tap = click.low(rng.noise(), 1800.0) * (-at / 0.004).exp() * 0.2;
        let mono = (body + tap) * smooth(at / 0.002) * tone.force * 0.8;
        [mono, mono]
    })
}

/// A wire brush drawn across a snare drum.
pub fn swish(tone: &Tone, rng: &mut Rng) -> Sound {
    let mut sides = [Filter::default(), Filter::default()];
    build(0.34, |i| {
        let at = seconds(i);
        let level = smooth(at / 0.1) * (-at / 0.11).exp() * tone.force * 0.55;
        sides.each_mut().map(|side| side.band(rng.noise(), 3600.0, 0.7) * level)
    })
}

/// A wire brush tapped on a snare drum.
pub fn brush(tone: &Tone, rng: &mut Rng) -> Sound {
    let mut sides = [Filter::default(), Filter::default()];
    build(0.2, |i| {
        let at = seconds(i);
        let skin = (TAU * 185.0 * at).sin() * (-at / 0.03).exp() * 0.3;
        let wires = (-at / 0.045).exp() * smooth(at / 0.003) * 0.75;
        sides.each_mut().map(|side| {
            (side.band(rng.noise(), 2900.0, 0.6) * wires + skin * smooth(at / 0.002)) * tone.force
        })
    })
}

/// A shaker.
pub fn shaker(tone: &Tone, rng: &mut Rng) -> Sound {
    let mut grains = Filter::default();
    build(0.12, |i| {
        let at = seconds(i);
        let level = smooth(at / 0.018) * (-at / 0.025).exp() * tone.force * 0.6;
        let mono = grains.band(rng.noise(), 6200.0, 1.2) * level;
        [mono, mono]
    })
}

/// Closed hi-hat cymbals.
pub fn hat(tone: &Tone, rng: &mut Rng) -> Sound {
    let mut sides = [Filter::default(), Filter::default()];
    build(0.09, |i| {
        let at = seconds(i);
        let level = (-at / 0.018).exp() * smooth(at / 0.001) * tone.force * 0.4;
        sides.each_mut().map(|side| side.band(rng.noise(), 8200.0, 0.8) * level)
    })
}

/// A few hands clapping, not quite together.
pub fn clap(tone: &Tone, rng: &mut Rng) -> Sound {
    let mut sides = [Filter::default(), Filter::default()];
    let hands = [0.0, 0.011 + 0.004 * rng.unit(), 0.022 + 0.005 * rng.unit()];
    build(0.24, |i| {
        let at = seconds(i);
        let level: f64 = hands
            .iter()
            .filter(|start| at >= **start)
            .map(|start| (-(at - start) / 0.012).exp() + 0.25 * (-(at - start) / 0.06).exp())
            .sum();
        sides.each_mut().map(|side| side.band(rng.noise(), 1500.0, 1.1) * level * tone.force * 0.5)
    })
}

/// Steady light rain of `length` seconds.
pub fn rain(length: f64, rng: &mut Rng) -> Sound {
    let mut bands = [Filter::default(), Filter::default()];
    let mut lows = [Filter::default(), Filter::default()];
    build(length, |i| {
        let gust = 0.8 + 0.2 * (TAU * 0.11 * seconds(i)).sin();
        let mut out = [0.0; 2];
        for side in 0..2 {
            let fall = bands[side].band(rng.noise(), 2600.0, 0.5);
            out[side] = lows[side].low(fall, 5200.0) * gust * 0.2;
        }
        out
    })
}
