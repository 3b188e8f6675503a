//! Blown instruments: a tone with vibrato that settles in late, and some breath.

use super::build;
use crate::rng::Rng;
use crate::score::Tone;
use crate::synth::{Envelope, Filter, RATE, Sound, seconds, smooth};
use std::f64::consts::TAU;

/// What makes one pipe differ from another.
struct Nature {
    /// Levels of the partials.
    partials: [f64; 5],
    /// How much breath is heard.
    breath: f64,
    /// Depth of the vibrato in semitones, and its speed.
    vibrato: (f64, f64),
    /// Seconds to speak and to stop.
    attack: f64,
    /// How far below the note it starts, in semitones.
    scoop: f64,
}

fn blow(tone: &Tone, rng: &mut Rng, nature: &Nature) -> Sound {
    let shape = Envelope { attack: nature.attack, decay: 0.3, sustain: 0.86, release: 0.14 };
    let mut air = [Filter::default(), Filter::default()];
    let mut phase = rng.unit();
    let speed = nature.vibrato.1 * (1.0 + 0.06 * rng.noise());
    build(tone.hold + 0.16, |i| {
        let at = seconds(i);
        let settle = smooth((at - 0.18) / 0.45);
        let bend = nature.vibrato.0 * settle * (TAU * speed * at).sin() - nature.scoop * (-at / 0.045).exp();
        phase += tone.hz * 2_f64.powf(bend / 12.0) / RATE;
        let level = shape.level(at, tone.hold) * (0.4 + 0.6 * tone.force);
        let mut body = 0.0;
        for (n, partial) in nature.partials.iter().enumerate() {
            // Upper partials grow with the breath.
            body += partial * level.powf(0.5 * n as f64) * (TAU * phase * (n + 1) as f64).sin();
        }
        let pulse = 1.0 + 0.12 * settle * (TAU * speed * at + 0.6).sin();
        let puff = 1.0 + 1.4 * (-at / 0.05).exp();
        let mut out = [0.0; 2];
        for side in 0..2 {
            let wind = air[side].band(rng.noise(), tone.hz * 1.9, 1.6) * nature.breath * puff;
            out[side] = (body * pulse + wind) * level * 0.26;
        }
        out
    })
}

/// A wooden flute.
pub fn flute(tone: &Tone, rng: &mut Rng) -> Sound {
    let nature = Nature {
        partials: [1.0, 0.34, 0.14, 0.05, 0.02],
        breath: 0.30,
        vibrato: (0.16, 5.0),
        attack: 0.07,
        scoop: 0.25,
    };
    blow(tone, rng, &nature)
}

/// A bamboo flute, with more air and a deeper, slower vibrato.
pub fn bamboo(tone: &Tone, rng: &mut Rng) -> Sound {
    let nature = Nature {
        partials: [1.0, 0.18, 0.2, 0.04, 0.04],
        breath: 0.7,
        vibrato: (0.28, 4.3),
        attack: 0.14,
        scoop: 0.9,
    };
    blow(tone, rng, &nature)
}

/// Somebody whistling on the way to work.
pub fn whistle(tone: &Tone, rng: &mut Rng) -> Sound {
    let nature = Nature {
        partials: [1.0, 0.06, 0.015, 0.0, 0.0],
        breath: 0.22,
        vibrato: (0.2, 5.6),
        attack: 0.04,
        scoop: 0.6,
    };
    blow(tone, rng, &nature)
}
