//! Plucked strings, by the Karplus-Strong method: a burst of noise runs round a loop as
//! long as one cycle of the note and loses its high partials on the way.

use super::{build, damped};
use crate::rng::Rng;
use crate::score::Tone;
use crate::synth::{Filter, RATE, Sound, frames, seconds};

/// What makes one kind of string differ from another.
struct Nature {
    /// Seconds until a middle C is 60 dB down.
    ring: f64,
    /// How fast high partials die, 0 to 0.5.
    dull: f64,
    /// Where along the string it is plucked, 0 to 0.5.
    pick: f64,
    /// Brightness of the pluck in hertz, at full force.
    bright: f64,
    /// How much the wooden body answers.
    body: f64,
    /// Seconds from letting go to silence.
    release: f64,
}

fn pluck(tone: &Tone, rng: &mut Rng, nature: &Nature) -> Sound {
    let period = RATE / tone.hz;
    // The loss filter delays by about `dull` frames; an all-pass makes up the fraction.
    let whole = (period - nature.dull - 0.3).floor().max(2.0);
    let part = period - nature.dull - whole;
    let tune = (1.0 - part) / (1.0 + part);
    let ring = nature.ring * (261.6 / tone.hz).powf(0.55);
    let keep = 10_f64.powf(-3.0 / (tone.hz * ring));

    let mut string = burst(whole as usize, tone, rng, nature);
    let (mut before, mut tuned, mut tuned_in) = (0.0, 0.0, 0.0);
    let (mut low, mut mid, mut air) = (Filter::default(), Filter::default(), Filter::default());
    let length = (tone.hold + nature.release).min(ring * 1.1);
    let mut at = 0;
    let tilt = rng.noise() * 0.06;
    build(length, |i| {
        let out = string[at];
        let dull = out + (before - out) * nature.dull;
        before = out;
        tuned = tune * (dull - tuned) + tuned_in;
        tuned_in = dull;
        string[at] = tuned * keep;
        at = (at + 1) % string.len();
        let body = low.band(out, 118.0, 2.0) + mid.band(out, 236.0, 2.5) * 0.8;
        let level = damped(seconds(i), tone.hold, nature.release) * tone.force;
        let mono = air.low(out, 7500.0) + body * nature.body;
        [mono * level * (1.0 - tilt), mono * level * (1.0 + tilt)]
    })
}

/// The noise that sets the string going: duller when soft, hollow where it was plucked.
fn burst(length: usize, tone: &Tone, rng: &mut Rng, nature: &Nature) -> Vec<f64> {
    let mut soft = Filter::default();
    let colour = nature.bright * (0.35 + 0.65 * tone.force) + tone.hz;
    let raw: Vec<f64> = (0..length * 2).map(|_| soft.low(rng.noise(), colour)).skip(length).collect();
    let shift = ((length as f64 * nature.pick) as usize).max(1);
    let mut shaped: Vec<f64> =
        (0..length).map(|i| raw[i] - raw[(i + length - shift.min(length)) % length] * 0.9).collect();
    let mean = shaped.iter().sum::<f64>() / length as f64;
    let power = shaped.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / length as f64;
    let scale = 0.3 / power.sqrt().max(1e-6);
    for x in &mut shaped {
        *x = (*x - mean) * scale;
    }
    shaped
}

/// A guitar with nylon strings, played with the fingertips.
pub fn nylon(tone: &Tone, rng: &mut Rng) -> Sound {
    let nature = Nature { ring: 3.2, dull: 0.32, pick: 0.28, bright: 2400.0, body: 0.5, release: 0.25 };
    pluck(tone, rng, &nature)
}

/// A small bright guitar for strumming.
pub fn ukulele(tone: &Tone, rng: &mut Rng) -> Sound {
    let nature = Nature { ring: 1.3, dull: 0.34, pick: 0.35, bright: 3000.0, body: 0.35, release: 0.1 };
    pluck(tone, rng, &nature)
}

/// A guitar choked at once, the dry off-beat of a dance band.
pub fn chop(tone: &Tone, rng: &mut Rng) -> Sound {
    let nature = Nature { ring: 0.55, dull: 0.36, pick: 0.2, bright: 2600.0, body: 0.5, release: 0.08 };
    pluck(tone, rng, &nature)
}

/// A long silk string over a hollow board, touched with a hard pick.
pub fn koto(tone: &Tone, rng: &mut Rng) -> Sound {
    let nature = Nature { ring: 4.2, dull: 0.2, pick: 0.11, bright: 4200.0, body: 0.3, release: 0.8 };
    pluck(tone, rng, &nature)
}

/// A harp: soft, round and long.
pub fn harp(tone: &Tone, rng: &mut Rng) -> Sound {
    let nature = Nature { ring: 3.6, dull: 0.4, pick: 0.45, bright: 1800.0, body: 0.25, release: 0.9 };
    pluck(tone, rng, &nature)
}

/// A run down or up the given pitches, one every `gap` seconds, each ringing on.
pub fn sweep(hertz: &[f64], gap: f64, force: f64, rng: &mut Rng) -> Sound {
    let mut run: Sound = vec![[0.0; 2]; frames(gap * hertz.len() as f64 + 3.2)];
    for (n, hz) in hertz.iter().enumerate() {
        let tone = Tone { hz: *hz, hold: 2.0, force: force * (1.0 - 0.04 * n as f64) };
        let start = frames(gap * n as f64);
        for (slot, frame) in run.iter_mut().skip(start).zip(koto(&tone, rng)) {
            slot[0] += frame[0];
            slot[1] += frame[1];
        }
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// Where in its cycle a wave of `hz` is, over a fifth of a second from `start`.
    fn phase(sound: &Sound, hz: f64, start: f64) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for i in 0..frames(0.2) {
            let at = start + seconds(i);
            let sample = sound[frames(start) + i][0];
            re += sample * (TAU * hz * at).cos();
            im += sample * (TAU * hz * at).sin();
        }
        im.atan2(re)
    }

    #[test]
    fn strings_are_in_tune() {
        for instrument in [nylon, koto, harp, ukulele] {
            for note in [40.0, 52.0, 64.0, 71.0, 79.0] {
                let hz = crate::theory::hertz(note);
                let tone = Tone { hz, hold: 2.0, force: 0.7 };
                let sound = instrument(&tone, &mut Rng::new(1));
                let drift = phase(&sound, hz, 0.15) - phase(&sound, hz, 0.35);
                let turns = (drift / TAU + 0.5).rem_euclid(1.0) - 0.5;
                let cents = 1200.0 * (1.0 + turns / 0.2 / hz).log2();
                assert!(cents.abs() < 4.0, "note {note} is {cents:.1} cents off");
            }
        }
    }
}
