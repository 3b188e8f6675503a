//! 「雨の港」 ("Harbour in the Rain"): a koto and a bamboo flute, and light rain.

use super::Piece;
use crate::covers;
use crate::instruments::{bass, drums, mallets, pads, strings, winds};
use crate::mix::{Fades, Seat, master, seat};
use crate::rng::Rng;
use crate::score::{self, Band, Clock, Note, line};
use crate::space::Room;
use crate::synth::{RATE, Sound};
use crate::theory::hertz;

/// What it is called and how it is made.
pub const PIECE: Piece = Piece {
    slug: "ame-no-minato",
    title: "雨の港",
    artist: "紙の舟",
    album: "硝子の季節",
    track: 1,
    genre: "Ambient",
    mood: "still, rainy",
    bpm: 66.0,
    key: "A hirajōshi",
    isrc: "ZZSEG2600003",
    frames: 1_417_931,
    compose,
    paint: covers::rain_harbour,
};

fn compose(piece: &Piece) -> Result<Sound, String> {
    let chords = score::harmony("A5:8 Fmaj7:4 E5 | A5 Fmaj7 Fmaj7:2 E5 | A5:4")?;
    let tune = line(
        0.0,
        "E4:1 F4:.5 E4 C4:1 B3 | A3:3 -:1 | A4:1 B4:.5 C5 B4:1 A4:.5 F4 | E4:3 -:1 |
         E5:1 C5:.5 B4 A4:1 F4 | E4:1 F4:.5 A4 B4:2 | C5:.75 B4:.25 A4:1 F4:.5 E4 C4 B3 | A3:4",
    )?;
    let clock = Clock { bpm: piece.bpm, swing: 0.0, slow_from: 24.0, slow_by: 0.05 };
    let beat = 60.0 / piece.bpm;
    let mut band = Band::new(clock, piece.frames, 33, 0.016);

    let front = Seat { level: 0.95, pan: -0.1, room: 0.36, echo: 0.08 };
    band.play(&tune, strings::koto, front);
    let fifths = line(
        0.0,
        "A2:2 E3 | A2:1 E3 A3:2 | F2:2 C3 | E2:1 B2 E3:2 |
         A2:2 E3 | F2:1 C3 F3:2 | F2:2 E2 | A2:1 E3:3",
    )?;
    band.play(&fifths, strings::koto, seat(0.6, -0.3, 0.3));

    // Runs across the strings where the tune rests.
    let falling = [88.0, 84.0, 83.0, 81.0, 77.0, 76.0, 72.0, 71.0].map(hertz);
    let rising = [57.0, 59.0, 60.0, 64.0, 65.0, 69.0, 71.0, 72.0].map(hertz);
    let run = strings::sweep(&falling, 0.085, 0.34, band.rng());
    band.lay(beat * 6.6, &run, seat(0.7, 0.25, 0.5));
    let run = strings::sweep(&rising, 0.075, 0.36, band.rng());
    band.lay(beat * 15.25, &run, seat(0.7, 0.25, 0.5));

    let reply = line(0.0, "-:5 E5:2 F5:.5 E5 | -:4 C5:3 B4:1 | -:4 E5:1 F5:.5 E5 C5:2 | -:4 E5:3")?;
    band.play(&reply, winds::bamboo, seat(0.36, 0.3, 0.6));
    band.play(&score::held(&chords, 60), pads::sky_pad, seat(0.3, 0.0, 0.5));
    let low = score::bass(&chords, 40, &[(0.0, 4.0, 0)]);
    band.play(&low, bass::drone, seat(0.26, 0.0, 0.1));

    band.play(&drops(303), mallets::kalimba, seat(0.16, 0.0, 0.9));
    let shower = drums::rain(piece.frames as f64 / RATE, band.rng());
    band.lay(0.0, &shower, seat(0.15, 0.0, 0.1));

    let room = Room { fade: 3.4, bright: 3800.0 };
    let fades = Fades { start: 0.6, end: 2.6 };
    Ok(master(band.finish().mixdown(room, beat * 0.75), fades))
}

/// Drops from the eaves, on notes of the scale, at no particular time.
fn drops(seed: u64) -> Vec<Note> {
    let mut dice = Rng::new(seed);
    let scale = [81, 83, 84, 88, 89, 93];
    let mut notes = Vec::new();
    let mut beat = 1.3;
    while beat < 30.0 {
        notes.push(Note {
            beat,
            length: 0.5,
            pitch: scale[(dice.unit() * scale.len() as f64) as usize],
            force: 0.3 + 0.3 * dice.unit(),
        });
        beat += 0.5 + 2.2 * dice.unit();
    }
    notes
}
