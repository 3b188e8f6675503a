//! "Harbour Lights": a guitar and a flute in slow waltz time, the lamps coming on.

use super::Piece;
use crate::covers;
use crate::instruments::{bass, mallets, pads, strings, winds};
use crate::mix::{Fades, Seat, master, seat};
use crate::score::{self, Band, Clock, line, recast};
use crate::space::Room;
use crate::synth::Sound;

/// What it is called and how it is made.
pub const PIECE: Piece = Piece {
    slug: "harbour-lights",
    title: "Harbour Lights",
    artist: "Ada Cole",
    album: "Tides",
    track: 2,
    genre: "Folk",
    mood: "warm, hopeful",
    bpm: 108.0,
    key: "G major",
    isrc: "ZZSEG2600002",
    frames: 1_287_913,
    compose,
    paint: covers::harbour_lights,
};

fn compose(piece: &Piece) -> Result<Sound, String> {
    let chords = score::harmony(
        "G:3 D/F# Em7 Cadd9 | G/B Am7 Cadd9 D7sus:1.5 D |
         G:3 D/F# Em7 Cmaj7 | Am7 D7 Gadd9 Gadd9",
    )?;
    let tune = line(
        0.0,
        "B4:1.5 A4:.5 G4:1 | A4:2 D4:1 | G4:1.5 F#4:.5 E4:1 | E4:1 D4:2 |
         D4:.5 G4 B4:1 D5 | C5:2 A4:1 | G4:1.5 A4:.5 E4:1 | G4:1.5 F#4:.5 A4:1 |
         B4:1.5 A4:.5 G4:1 | A4:1.5 B4:.5 D5:1 | E5:1.5 D5:.5 B4:1 | C5:1 B4 G4 |
         A4:1 C5 E5 | D5:1.5 C5:.5 F#4:1 | G4:4",
    )?;
    let clock = Clock { bpm: piece.bpm, swing: 0.0, slow_from: 39.0, slow_by: 0.045 };
    let mut band = Band::new(clock, piece.frames, 22, 0.010);

    let flute = Seat { level: 0.72, pan: 0.12, room: 0.4, echo: 0.14 };
    band.play(&tune, winds::flute, flute);

    let picking = score::broken(&chords, 58, &[0, 1, 2, 3, 2, 1], 0.5, 1.8);
    let picking: Vec<_> = picking.into_iter().filter(|n| n.beat < 47.0).collect();
    band.play(&picking, strings::nylon, seat(0.78, -0.22, 0.22));
    let thumb = score::bass(&chords, 45, &[(0.0, 2.6, 0)]);
    band.play(&thumb, strings::nylon, seat(0.75, -0.15, 0.18));
    let low = score::bass(&chords, 36, &[(0.0, 2.0, 0), (2.0, 1.0, 7)]);
    let low: Vec<_> = low.into_iter().filter(|n| n.beat >= 24.0 && n.beat < 46.0).collect();
    band.play(&low, bass::upright, seat(0.6, 0.0, 0.08));

    band.play(&score::held(&chords, 62), pads::warm_pad, seat(0.27, 0.0, 0.5));
    // The lights themselves: high notes here and there, answering the tune.
    let lights = line(
        0.0,
        "-:5 D6:1 | -:5.5 G5:.5 | -:5 B5:.5 D6 | -:5 E6:1 |
         -:2 G6:.5 D6 -:2.5 A5:.5 | -:5 B5:.5 E6 | -:5.5 E6:.5 | -:1 B5:.5 D6 G6:2",
    )?;
    let twinkle = Seat { level: 0.3, pan: 0.45, room: 0.6, echo: 0.4 };
    band.play(&recast(&lights, 0, 0.8), mallets::celesta, twinkle);

    let room = Room { fade: 2.2, bright: 5000.0 };
    let fades = Fades { start: 0.02, end: 1.4 };
    Ok(master(band.finish().mixdown(room, 0.417), fades))
}
