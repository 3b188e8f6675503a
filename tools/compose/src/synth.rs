//! The building blocks of every sound: oscillators, envelopes and filters.

use std::f64::consts::{PI, TAU};

/// Frames per second of everything made here.
pub const RATE: f64 = 44_100.0;

/// A stereo sound, one left and right value per frame.
pub type Sound = Vec<[f64; 2]>;

/// How many frames fit in `seconds`.
pub fn frames(seconds: f64) -> usize {
    (seconds.max(0.0) * RATE) as usize
}

/// The time of frame `index` in seconds.
pub fn seconds(index: usize) -> f64 {
    index as f64 / RATE
}

/// A saw wave with its corner rounded (PolyBLEP) so that it does not alias harshly.
pub struct Saw {
    phase: f64,
    step: f64,
}

impl Saw {
    /// A saw at `hz`, starting `phase` (0 to 1) into its cycle.
    pub fn new(hz: f64, phase: f64) -> Self {
        Self { phase, step: hz / RATE }
    }

    /// The next sample.
    pub fn tick(&mut self) -> f64 {
        self.phase += self.step;
        if self.phase >= 1.0 {
            self.phase -= 1.0;
        }
        self.phase * 2.0 - 1.0 - self.corner(self.phase)
    }

    /// A pulse of the given `width` (0 to 1): two saws, one upside down and later.
    pub fn pulse(&mut self, width: f64) -> f64 {
        let first = self.tick();
        let later = (self.phase + width).fract();
        first - (later * 2.0 - 1.0 - self.corner(later))
    }

    fn corner(&self, at: f64) -> f64 {
        if at < self.step {
            let t = at / self.step;
            t + t - t * t - 1.0
        } else if at > 1.0 - self.step {
            let t = (at - 1.0) / self.step;
            t * t + t + t + 1.0
        } else {
            0.0
        }
    }
}

/// A sine that dies away by itself: one partial of a struck bar or string.
pub struct Partial {
    re: f64,
    im: f64,
    turn_re: f64,
    turn_im: f64,
}

impl Partial {
    /// `level` at the start, 60 dB quieter after `fade` seconds.
    pub fn new(hz: f64, level: f64, fade: f64) -> Self {
        let shrink = 10_f64.powf(-3.0 / (fade.max(0.001) * RATE));
        let turn = TAU * hz / RATE;
        // Above the hearing range a partial would only alias.
        let level = if hz < 17_000.0 { level } else { 0.0 };
        Self { re: level, im: 0.0, turn_re: shrink * turn.cos(), turn_im: shrink * turn.sin() }
    }

    /// The next sample.
    pub fn tick(&mut self) -> f64 {
        let re = self.re * self.turn_re - self.im * self.turn_im;
        self.im = self.re * self.turn_im + self.im * self.turn_re;
        self.re = re;
        self.im
    }
}

/// Attack, decay, sustain and release, in seconds (the sustain is a level).
pub struct Envelope {
    /// Time to full level.
    pub attack: f64,
    /// Time from there to the sustain level.
    pub decay: f64,
    /// Level while the note is held.
    pub sustain: f64,
    /// Time to silence once it is let go.
    pub release: f64,
}

impl Envelope {
    /// The level `at` seconds into a note held for `hold` seconds.
    pub fn level(&self, at: f64, hold: f64) -> f64 {
        let held = at.min(hold);
        let level = if held < self.attack {
            smooth(held / self.attack)
        } else {
            let fall = smooth(((held - self.attack) / self.decay.max(1e-6)).min(1.0));
            1.0 + (self.sustain - 1.0) * fall
        };
        if at <= hold {
            level
        } else {
            level * (1.0 - smooth(((at - hold) / self.release.max(1e-6)).min(1.0)))
        }
    }
}

/// An S-shaped step from 0 to 1 without corners.
pub fn smooth(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// A state-variable filter: one circuit with a low, a band and a high output.
#[derive(Default)]
pub struct Filter {
    first: f64,
    second: f64,
}

impl Filter {
    /// Low, band and high parts of `input` around `hz`; `q` of 0.7 is neutral.
    pub fn tick(&mut self, input: f64, hz: f64, q: f64) -> [f64; 3] {
        let g = (PI * hz.clamp(10.0, 18_000.0) / RATE).tan();
        let k = 1.0 / q;
        let high = (input - (k + g) * self.first - self.second) / (1.0 + g * (g + k));
        let band = self.first + g * high;
        let low = self.second + g * band;
        self.first = band + g * high;
        self.second = low + g * band;
        [low, band, high]
    }

    /// Only what lies below `hz`.
    pub fn low(&mut self, input: f64, hz: f64) -> f64 {
        self.tick(input, hz, 0.7)[0]
    }

    /// Only what lies above `hz`.
    pub fn high(&mut self, input: f64, hz: f64) -> f64 {
        self.tick(input, hz, 0.7)[2]
    }

    /// Only what lies near `hz`, at most as loud as it came in.
    pub fn band(&mut self, input: f64, hz: f64, q: f64) -> f64 {
        self.tick(input, hz, q)[1] / q
    }
}

/// Bends loud peaks gently instead of cutting them.
pub fn warm(x: f64) -> f64 {
    x.tanh()
}

/// Takes the last few milliseconds of a sound to nothing, so that it never clicks.
pub fn tidy_end(sound: &mut Sound) {
    let tail = frames(0.02).min(sound.len());
    let start = sound.len() - tail;
    for (i, frame) in sound.iter_mut().skip(start).enumerate() {
        let level = 1.0 - smooth(i as f64 / tail as f64);
        frame[0] *= level;
        frame[1] *= level;
    }
}
