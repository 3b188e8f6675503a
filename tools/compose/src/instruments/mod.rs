//! The instruments. Each is a function from one [`Tone`](crate::score::Tone) to its sound.

pub mod bass;
pub mod drums;
pub mod keys;
pub mod mallets;
pub mod pads;
pub mod strings;
pub mod winds;

use crate::synth::{Partial, Sound, frames, smooth, tidy_end};

/// Fills a sound of `length` seconds frame by frame and tidies its end.
fn build(length: f64, frame: impl FnMut(usize) -> [f64; 2]) -> Sound {
    let mut sound: Sound = (0..frames(length)).map(frame).collect();
    tidy_end(&mut sound);
    sound
}

/// The level of a string or bar that is damped `release` seconds long after `hold`.
fn damped(at: f64, hold: f64, release: f64) -> f64 {
    if at <= hold { 1.0 } else { 1.0 - smooth((at - hold) / release) }
}

/// The sum of all partials for one frame.
fn sum(partials: &mut [Partial]) -> f64 {
    partials.iter_mut().map(Partial::tick).sum()
}
