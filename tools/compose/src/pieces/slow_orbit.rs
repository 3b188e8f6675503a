//! "Slow Orbit": wide pads and glass bells, turning without hurry.

use super::Piece;
use crate::covers;
use crate::instruments::{bass, keys, mallets, pads};
use crate::mix::{Fades, Seat, master, seat};
use crate::score::{self, Band, Clock, line, recast};
use crate::space::Room;
use crate::synth::Sound;

/// What it is called and how it is made.
pub const PIECE: Piece = Piece {
    slug: "slow-orbit",
    title: "Slow Orbit",
    artist: "Low Meridian",
    album: "Perihelion",
    track: 1,
    genre: "Ambient",
    mood: "weightless, calm",
    bpm: 58.0,
    key: "F lydian",
    isrc: "ZZSEG2600007",
    // 1484 AAC frames: an M4A then needs no padding at its end, which not every decoder trims.
    frames: 1_519_616,
    compose,
    paint: covers::slow_orbit,
};

fn compose(piece: &Piece) -> Result<Sound, String> {
    let chords = score::harmony("Fmaj9:4 G6/F Em7 Am9 | Dm9 Em7 Fmaj7#11 | Fmaj7#11:3")?;
    let bells = line(
        1.0,
        "C5:1 E5 G5 | D5:1 G5 B5:2 | B5:1 G5:1 D5:2 | C5:1 E5 B4:2 |
         A4:1 C5 F5 E5 | D5:1 B4 G4:2 | A4:1 B4 E5:2 | C6:3",
    )?;
    let clock = Clock { bpm: piece.bpm, swing: 0.0, slow_from: 100.0, slow_by: 0.0 };
    let mut band = Band::new(clock, piece.frames, 77, 0.02);

    band.play(&score::held(&chords, 62), pads::sky_pad, seat(0.75, 0.0, 0.5));
    let high = recast(&score::held(&chords[2..], 62), 12, 0.55);
    band.play(&high, pads::sky_pad, seat(0.4, 0.0, 0.7));
    let low = score::bass(&chords, 40, &[(0.0, 4.0, 0)]);
    band.play(&low, bass::drone, seat(0.5, 0.0, 0.15));

    let left = Seat { level: 0.5, pan: -0.3, room: 0.6, echo: 0.4 };
    band.play(&bells, mallets::glass, left);
    let right = Seat { pan: 0.5, level: 0.22, ..left };
    let far: Vec<_> = bells.iter().filter(|n| n.beat >= 8.0).cloned().collect();
    let mut far = recast(&far, 12, 0.7);
    for note in &mut far {
        note.beat += 0.5;
    }
    band.play(&far, mallets::glass, right);
    // A slow figure underneath gives the second half some motion.
    let turning = score::broken(&chords[3..7], 60, &[0, 1, 2, 3, 2, 1], 0.5, 1.4);
    band.play(&recast(&turning, 0, 0.7), keys::electric_piano, seat(0.4, 0.15, 0.45));

    let room = Room { fade: 5.0, bright: 4400.0 };
    let fades = Fades { start: 1.0, end: 4.0 };
    Ok(master(band.finish().mixdown(room, 0.776), fades))
}
