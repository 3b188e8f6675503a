//! The mixing desk: places sounds in the stereo picture, adds space, and masters.

use crate::space::{Room, echo, reverb};
use crate::synth::{Filter, Sound, frames, smooth};

/// Where one instrument sits in the mix.
#[derive(Clone, Copy)]
pub struct Seat {
    /// Loudness.
    pub level: f64,
    /// -1 is left, 1 is right.
    pub pan: f64,
    /// How much goes to the room.
    pub room: f64,
    /// How much goes to the echo.
    pub echo: f64,
}

/// A seat with no echo.
pub fn seat(level: f64, pan: f64, room: f64) -> Seat {
    Seat { level, pan, room, echo: 0.0 }
}

/// The desk itself: the direct sound and what is sent to each effect.
pub struct Desk {
    direct: Sound,
    to_room: Sound,
    to_echo: Sound,
}

impl Desk {
    /// A silent desk of exactly `length` frames.
    pub fn new(length: usize) -> Self {
        let silence = vec![[0.0; 2]; length];
        Self { direct: silence.clone(), to_room: silence.clone(), to_echo: silence }
    }

    /// Adds `sound` from frame `start`; whatever falls past the end is left out.
    pub fn add(&mut self, start: usize, sound: &Sound, seat: Seat) {
        let angle = (seat.pan.clamp(-1.0, 1.0) + 1.0) * std::f64::consts::FRAC_PI_4;
        let left = seat.level * angle.cos() * std::f64::consts::SQRT_2;
        let right = seat.level * angle.sin() * std::f64::consts::SQRT_2;
        for (i, frame) in sound.iter().enumerate() {
            let at = start + i;
            if at >= self.direct.len() {
                break;
            }
            let (l, r) = (frame[0] * left, frame[1] * right);
            self.direct[at][0] += l;
            self.direct[at][1] += r;
            self.to_room[at][0] += l * seat.room;
            self.to_room[at][1] += r * seat.room;
            self.to_echo[at][0] += l * seat.echo;
            self.to_echo[at][1] += r * seat.echo;
        }
    }

    /// The finished stereo mix, before mastering.
    pub fn mixdown(mut self, room: Room, gap: f64) -> Sound {
        let echoes = echo(&self.to_echo, gap, 0.45);
        for (i, [left, right]) in echoes.into_iter().enumerate() {
            self.direct[i][0] += left;
            self.direct[i][1] += right;
            self.to_room[i][0] += left * 0.5;
            self.to_room[i][1] += right * 0.5;
        }
        let wet = reverb(&self.to_room, room);
        for (frame, wet) in self.direct.iter_mut().zip(&wet) {
            frame[0] += wet[0];
            frame[1] += wet[1];
        }
        self.direct
    }
}

/// How a piece begins and ends.
#[derive(Clone, Copy)]
pub struct Fades {
    /// Seconds of fade at the start.
    pub start: f64,
    /// Seconds of fade at the end.
    pub end: f64,
}

const LOUDNESS: f64 = 0.125;
const CEILING: f64 = 0.705;

/// Brings a mix to the common loudness, holds its peaks under -3 dBFS and fades it.
pub fn master(mut sound: Sound, fades: Fades) -> Sound {
    remove_rumble(&mut sound);
    let loudness = loudness(&sound).max(1e-9);
    scale(&mut sound, LOUDNESS / loudness);
    let peak = peak(&sound);
    if peak < CEILING {
        // A piece without sharp peaks may come up a little, but not stand out.
        scale(&mut sound, (CEILING / peak).min(1.1));
    }
    limit(&mut sound);
    let length = sound.len();
    let (rise, fall) = (frames(fades.start).max(1), frames(fades.end).max(1));
    for (i, frame) in sound.iter_mut().enumerate() {
        let level = smooth(i as f64 / rise as f64) * smooth((length - 1 - i) as f64 / fall as f64);
        frame[0] *= level;
        frame[1] *= level;
    }
    sound
}

fn scale(sound: &mut Sound, gain: f64) {
    for frame in sound.iter_mut() {
        frame[0] *= gain;
        frame[1] *= gain;
    }
}

fn peak(sound: &Sound) -> f64 {
    sound.iter().fold(0.0, |top: f64, f| top.max(f[0].abs()).max(f[1].abs()))
}

/// Takes away anything under the range of hearing, and with it any offset.
fn remove_rumble(sound: &mut Sound) {
    for side in 0..2 {
        let mut filter = Filter::default();
        for frame in sound.iter_mut() {
            frame[side] = filter.high(frame[side], 28.0);
        }
    }
}

/// The level of the louder passages, with deep and high notes weighed as the ear does.
fn loudness(sound: &Sound) -> f64 {
    let mut weighed = vec![0.0; sound.len()];
    for side in 0..2 {
        let (mut deep, mut bright) = (Filter::default(), Filter::default());
        for (sum, frame) in weighed.iter_mut().zip(sound) {
            let x = deep.high(frame[side], 60.0);
            let x = x + bright.high(x, 1500.0) * 0.58;
            *sum += x * x;
        }
    }
    let mut blocks: Vec<f64> =
        weighed.chunks(frames(0.4)).map(|block| block.iter().sum::<f64>() / block.len() as f64).collect();
    blocks.sort_by(f64::total_cmp);
    let loud = &blocks[blocks.len() / 4..];
    (loud.iter().sum::<f64>() / loud.len().max(1) as f64).sqrt()
}

/// Turns the gain down just ahead of each peak above the ceiling, and slowly up again.
fn limit(sound: &mut Sound) {
    let ahead = frames(0.006);
    let wanted: Vec<f64> =
        sound.iter().map(|f| (CEILING / f[0].abs().max(f[1].abs()).max(1e-9)).min(1.0)).collect();
    // The lowest gain wanted anywhere in the next few milliseconds.
    let mut held = wanted.clone();
    for (i, gain) in wanted.iter().enumerate().filter(|(_, gain)| **gain < 1.0) {
        for slot in &mut held[i.saturating_sub(ahead)..=i] {
            *slot = slot.min(*gain);
        }
    }
    let recover = 1.0 / frames(0.15) as f64;
    let mut eased = 1.0_f64;
    for slot in &mut held {
        eased = (eased + (1.0 - eased) * recover).min(*slot);
        *slot = eased;
    }
    // Averaging over the same stretch rounds the way down without missing the peak.
    let mut sum = ahead as f64;
    for (i, frame) in sound.iter_mut().enumerate() {
        sum += held[i] - if i >= ahead { held[i - ahead] } else { 1.0 };
        let gain = (sum / ahead as f64).min(1.0);
        frame[0] *= gain;
        frame[1] *= gain;
    }
}
