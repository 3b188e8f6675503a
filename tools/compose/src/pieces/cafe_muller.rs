//! "Café Müller": a fast minor waltz for accordion, guitar, bass and brushes.

use super::Piece;
use crate::covers;
use crate::instruments::{bass, drums, keys, strings};
use crate::mix::{Fades, master, seat};
use crate::score::{self, Band, Clock, line, recast, rhythm};
use crate::space::Room;
use crate::synth::Sound;

/// What it is called and how it is made.
pub const PIECE: Piece = Piece {
    slug: "cafe-muller",
    title: "Café Müller",
    artist: "The Odd Tuesday Trio",
    album: "Petits Pas",
    track: 1,
    genre: "Waltz",
    mood: "wistful, dancing",
    bpm: 168.0,
    key: "G minor",
    isrc: "ZZSEG2600005",
    // 1159 AAC frames: an M4A then needs no padding at its end, which not every decoder trims.
    frames: 1_186_816,
    compose,
    paint: covers::cafe_muller,
};

fn compose(piece: &Piece) -> Result<Sound, String> {
    let chords = score::harmony(
        "Gm:3 Gm D7 D7 | D7 D7 Gm Gm | G7b9 G7 Cm Cm | Gm D7 Gm Gm |
         Bb F7 F7 Bb | Cm D7 Gm Gm",
    )?;
    let tune = line(
        0.0,
        "D5:1 G5 F#5:.5 G5 | A5:.5 G5 D5:2 | C5:1 F#5 E5:.5 F#5 | G5:.5 F#5 C5:2 |
         A4:.5 C5 Eb5:1 D5 | C5:.5 A4 F#4:1 A4 | Bb4:.5 A4 Bb4 C5 D5:1 | G4:2 -:1 |
         B4:.5 D5 F5:1 Ab5 | G5:.5 F5 D5:1 B4 | C5:.5 D5 Eb5:1 G5 | F5:.5 Eb5 C5:2 |
         Bb4:1 D5 G5 | F#5:.5 Eb5 C5 A4 F#4:1 | G4:.5 A4 Bb4 D5 G5:1 | G5:2 -:1 |
         F5:1.5 D5:.5 Bb4:1 | Eb5:1.5 C5:.5 A4:1 | G5:1.5 Eb5:.5 C5:1 | F5:2 D5:1 |
         Eb5:.5 D5 C5:1 G4 | A4:.5 C5 F#5:1 A5 | G5:1 D5 Bb4 | G4:1.8",
    )?;
    let clock = Clock { bpm: piece.bpm, swing: 0.06, slow_from: 63.0, slow_by: 0.05 };
    let mut band = Band::new(clock, piece.frames, 55, 0.009);

    band.play(&tune, keys::accordion, seat(0.8, 0.15, 0.22));
    // A second voice a sixth below joins for the sunny part; the bar before home is alone.
    let lower = line(
        48.0,
        "D5:1.5 Bb4:.5 F4:1 | C5:1.5 A4:.5 Eb4:1 | Eb5:1.5 C5:.5 A4:1 | D5:2 Bb4:1 |
         C5:.5 Bb4 G4:1 Eb4",
    )?;
    band.play(&recast(&lower, 0, 0.8), keys::accordion, seat(0.5, -0.1, 0.22));

    let comp = score::comped(&chords[..23], 60, ".ox", 1.0, 0.3);
    band.strum(&comp, strings::chop, seat(0.62, -0.35, 0.14), 0.008);
    let end = score::comped(&chords[23..], 60, "xx.", 1.0, 0.4);
    band.strum(&end, strings::chop, seat(0.7, -0.35, 0.2), 0.012);
    let mut low = Vec::new();
    for (bar, chord) in chords.iter().enumerate() {
        // Root and fifth by turns, as dance bands do.
        let up = if bar % 2 == 1 && bar < 23 { 7 } else { 0 };
        low.extend(score::bass(std::slice::from_ref(chord), 38, &[(0.0, 1.1, up)]));
    }
    band.play(&low, bass::upright, seat(0.95, 0.0, 0.08));

    band.play(&rhythm(".xo", 1.0, 0.0, 69.0), drums::brush, seat(0.22, 0.3, 0.15));
    band.play(&rhythm("x..", 1.0, 24.0, 45.0), drums::swish, seat(0.2, 0.2, 0.15));

    let room = Room { fade: 1.3, bright: 4800.0 };
    let fades = Fades { start: 0.01, end: 0.5 };
    Ok(master(band.finish().mixdown(room, 0.3), fades))
}
