//! "Northern Line": a sequencer on a night train, with a lead that sings over the top.

use super::Piece;
use crate::covers;
use crate::instruments::{bass, drums, keys, pads};
use crate::mix::{Fades, Seat, master, seat};
use crate::score::{self, Band, Clock, line, rhythm};
use crate::space::Room;
use crate::synth::Sound;

/// What it is called and how it is made.
pub const PIECE: Piece = Piece {
    slug: "northern-line",
    title: "Northern Line",
    artist: "Low Meridian",
    album: "Perihelion",
    track: 2,
    genre: "Electronic",
    mood: "driving, bright",
    bpm: 116.0,
    key: "F♯ minor",
    isrc: "ZZSEG2600008",
    frames: 1_347_707,
    compose,
    paint: covers::northern_line,
};

fn compose(piece: &Piece) -> Result<Sound, String> {
    let chords = score::harmony("F#m7:4 F#m7 Dmaj7 Dmaj7 | A E/G# F#m7 Dmaj7 | A E/G# Bm7 Dmaj7 | E F#m9")?;
    let tune = line(
        16.0,
        "C#5:1.5 B4:.5 A4:1 E5 | B4:3 G#4:.5 A4 | A4:1.5 G#4:.5 F#4:1 C#5 | A4:3 -:1 |
         C#5:1.5 D5:.5 E5:1 A5 | G#5:2 E5:1 B4 | D5:1.5 C#5:.5 B4:1 D5 | C#5:2 A4 |
         B4:1.5 A4:.5 G#4:1 E4 | F#4:4",
    )?;
    let clock = Clock { bpm: piece.bpm, swing: 0.0, slow_from: 100.0, slow_by: 0.0 };
    let mut band = Band::new(clock, piece.frames, 88, 0.003);

    // The sequence opens up over the first bars and closes again at the end.
    let mut steps = score::broken(&chords, 57, &[0, 2, 1, 3, 2, 4, 1, 3], 0.25, 0.22);
    for note in &mut steps {
        let rise = (note.beat / 16.0).min(1.0);
        let fall = ((note.beat - 50.0) / 6.0).clamp(0.0, 1.0);
        note.force *= 0.55 + 0.55 * rise - 0.5 * fall;
    }
    let front = Seat { level: 0.5, pan: -0.2, room: 0.16, echo: 0.22 };
    band.play(&steps, pads::sequence, front);
    let song = Seat { level: 0.72, pan: 0.1, room: 0.3, echo: 0.25 };
    band.play(&tune, pads::lead, song);

    band.play(&score::held(&chords, 61), pads::warm_pad, seat(0.42, 0.0, 0.4));
    let stabs = score::comped(&chords[4..12], 66, "..x..x..", 0.5, 0.7);
    band.play(&stabs, keys::electric_piano, seat(0.3, 0.35, 0.3));
    let eighths: Vec<(f64, f64, i32)> =
        (0..8).map(|n| (f64::from(n) * 0.5, 0.4, if n == 6 { 12 } else { 0 })).collect();
    band.play(&score::bass(&chords[..13], 35, &eighths), bass::pulse, seat(0.5, 0.0, 0.03));
    band.play(&score::bass(&chords[13..], 35, &[(0.0, 3.5, 0)]), bass::pulse, seat(0.5, 0.0, 0.1));

    band.play(&rhythm("x...", 0.25, 8.0, 44.0), drums::kick, seat(0.62, 0.0, 0.03));
    band.play(&rhythm("x", 1.0, 52.0, 1.0), drums::kick, seat(0.62, 0.0, 0.1));
    band.play(&rhythm("..x...xo", 0.25, 16.0, 36.0), drums::hat, seat(0.26, 0.25, 0.06));
    band.play(&rhythm(".x", 1.0, 16.0, 36.0), drums::clap, seat(0.26, 0.0, 0.25));
    band.play(&rhythm("o.oo", 0.25, 32.0, 20.0), drums::shaker, seat(0.14, -0.4, 0.1));

    let room = Room { fade: 2.0, bright: 5200.0 };
    let fades = Fades { start: 0.02, end: 1.5 };
    Ok(master(band.finish().mixdown(room, 0.3879), fades))
}
