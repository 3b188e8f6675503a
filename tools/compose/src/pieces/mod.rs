//! The eight pieces.

mod cafe_muller;
mod harbour_lights;
mod morning_post;
mod night_ferry;
mod northern_line;
mod paper_lanterns;
mod rain_harbour;
mod slow_orbit;

use crate::canvas::Canvas;
use crate::synth::Sound;

/// One piece: what it is called, and how to make its sound and its picture.
pub struct Piece {
    /// File name without an ending.
    pub slug: &'static str,
    /// Title.
    pub title: &'static str,
    /// Who plays it.
    pub artist: &'static str,
    /// Album.
    pub album: &'static str,
    /// Place on the album.
    pub track: u32,
    /// Genre.
    pub genre: &'static str,
    /// Mood in a few words.
    pub mood: &'static str,
    /// Beats a minute.
    pub bpm: f64,
    /// Key or mode.
    pub key: &'static str,
    /// Recording code (made up).
    pub isrc: &'static str,
    /// Exact length in frames at 44.1 kHz.
    pub frames: usize,
    /// Plays it.
    pub compose: fn(&Piece) -> Result<Sound, String>,
    /// Paints its cover.
    pub paint: fn(&mut Canvas),
}

/// All pieces, in catalogue order.
pub const ALL: [Piece; 8] = [
    night_ferry::PIECE,
    harbour_lights::PIECE,
    rain_harbour::PIECE,
    paper_lanterns::PIECE,
    cafe_muller::PIECE,
    morning_post::PIECE,
    slow_orbit::PIECE,
    northern_line::PIECE,
];
