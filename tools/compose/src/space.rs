//! Echo and reverberation.

use crate::synth::{Filter, RATE, Sound, frames, seconds};
use std::f64::consts::TAU;

/// A fixed delay line that is written and read once per frame.
struct Line {
    cells: Vec<f64>,
    at: usize,
}

impl Line {
    fn new(length: usize) -> Self {
        Self { cells: vec![0.0; length.max(2)], at: 0 }
    }

    /// The value `back` frames ago (between two cells if need be).
    fn read(&self, back: f64) -> f64 {
        let length = self.cells.len();
        let whole = (back as usize).min(length - 2);
        let part = back - whole as f64;
        let near = self.cells[(self.at + length - whole) % length];
        let far = self.cells[(self.at + length - whole - 1) % length];
        near + (far - near) * part
    }

    fn write(&mut self, value: f64) {
        self.at = (self.at + 1) % self.cells.len();
        self.cells[self.at] = value;
    }

    /// Smears a signal in time without colouring it.
    fn diffuse(&mut self, input: f64) -> f64 {
        let old = self.read((self.cells.len() - 2) as f64);
        let inner = input + old * 0.6;
        self.write(inner);
        old - inner * 0.6
    }
}

/// The shape of a room.
#[derive(Clone, Copy)]
pub struct Room {
    /// Seconds until the reverberation is 60 dB down.
    pub fade: f64,
    /// Where the walls begin to swallow high notes, in hertz.
    pub bright: f64,
}

const LENGTHS: [usize; 8] = [1427, 1637, 1871, 2131, 2389, 2677, 2953, 3251];
const SMEAR: [[usize; 4]; 2] = [[229, 347, 443, 557], [241, 331, 461, 541]];

/// The wet sound of `input` in `room`: eight crossed delay lines that feed each other.
pub fn reverb(input: &Sound, room: Room) -> Sound {
    let mut early: [Vec<Line>; 2] = SMEAR.map(|s| s.iter().map(|n| Line::new(*n)).collect());
    let mut wait = [Line::new(frames(0.024)), Line::new(frames(0.028))];
    let mut lines: Vec<Line> = LENGTHS.iter().map(|n| Line::new(n + 24)).collect();
    let mut walls: Vec<Filter> = LENGTHS.iter().map(|_| Filter::default()).collect();
    let keep = LENGTHS.map(|n| 10_f64.powf(-3.0 * n as f64 / (RATE * room.fade)));
    let mut output = Vec::with_capacity(input.len());
    for (i, frame) in input.iter().enumerate() {
        let mut sent = [0.0; 2];
        for side in 0..2 {
            let late = wait[side].read((wait[side].cells.len() - 2) as f64);
            wait[side].write(frame[side]);
            sent[side] = early[side].iter_mut().fold(late, |x, line| line.diffuse(x));
        }
        // Each line wanders a little in length, which keeps the tail from ringing.
        let mut heard = [0.0; 8];
        for (n, line) in lines.iter().enumerate() {
            let sway = (TAU * (0.31 + 0.07 * n as f64) * seconds(i) + n as f64).sin();
            heard[n] = line.read(LENGTHS[n] as f64 + 6.0 * sway);
        }
        let shared = heard.iter().sum::<f64>() * 0.25;
        for (n, line) in lines.iter_mut().enumerate() {
            let back = walls[n].low((heard[n] - shared) * keep[n], room.bright);
            line.write(back + sent[n % 2] * 0.35);
        }
        let left = heard[0] - heard[2] + heard[4] - heard[6];
        let right = heard[1] - heard[3] + heard[5] - heard[7];
        output.push([left * 0.6, right * 0.6]);
    }
    output
}

/// Repeats that bounce from side to side every `gap` seconds, each one softer and darker.
pub fn echo(input: &Sound, gap: f64, keep: f64) -> Sound {
    let mut lines = [Line::new(frames(gap) + 2), Line::new(frames(gap) + 2)];
    let mut dull = [Filter::default(), Filter::default()];
    let mut output = Vec::with_capacity(input.len());
    for frame in input {
        let back = gap * RATE - 1.0;
        let left = dull[0].low(lines[0].read(back), 3200.0);
        let right = dull[1].low(lines[1].read(back), 3200.0);
        lines[0].write((frame[0] + frame[1]) * 0.5 + right * keep);
        lines[1].write(left * keep);
        output.push([left, right]);
    }
    output
}
