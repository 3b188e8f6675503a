//! "Paper Lanterns": thumb piano, marimba and harp, a walk through a lit garden.

use super::Piece;
use crate::covers;
use crate::instruments::{bass, drums, mallets, pads, strings};
use crate::mix::{Fades, Seat, master, seat};
use crate::score::{self, Band, Clock, line, recast, rhythm};
use crate::space::Room;
use crate::synth::Sound;

/// What it is called and how it is made.
pub const PIECE: Piece = Piece {
    slug: "paper-lanterns",
    title: "Paper Lanterns",
    artist: "紙の舟",
    album: "硝子の季節",
    track: 2,
    genre: "Acoustic",
    mood: "playful, light",
    bpm: 112.0,
    key: "E major pentatonic",
    isrc: "ZZSEG2600004",
    frames: 946_337,
    compose,
    paint: covers::paper_lanterns,
};

fn compose(piece: &Piece) -> Result<Sound, String> {
    let chords = score::harmony("Eadd9:4 C#m7 Aadd9 B6 | Eadd9 G#m7 Aadd9 C#m7:2 B7sus | Eadd9:5")?;
    let tune = line(
        0.0,
        "B4:.75 C#5:.25 E5:1 G#5 F#5:.5 E5 | C#5:1.5 B4:.5 G#4:2 |
         B4:.75 C#5:.25 E5:1 F#5:.5 E5 C#5:1 | B4:1.5 C#5:.5 F#5:2 |
         B4:.75 C#5:.25 E5:1 G#5 B5:.5 G#5 | F#5:1.5 E5:.5 B4:1 D#5 |
         C#5:.5 E5 G#5:1 F#5:.5 E5 C#5:1 | G#5:.5 F#5 E5 C#5 F#5 E5 C#5 B4 | E5:4",
    )?;
    let clock = Clock { bpm: piece.bpm, swing: 0.04, slow_from: 30.0, slow_by: 0.07 };
    let mut band = Band::new(clock, piece.frames, 44, 0.008);

    let front = Seat { level: 0.95, pan: 0.08, room: 0.3, echo: 0.16 };
    band.play(&tune, mallets::kalimba, front);
    let doubled: Vec<_> = tune.iter().filter(|n| n.beat >= 16.0).cloned().collect();
    band.play(&recast(&doubled, 12, 0.5), mallets::celesta, seat(0.5, 0.35, 0.5));

    let rolling = score::broken(&chords, 56, &[0, 2, 1, 3, 2, 1, 3, 2], 0.5, 0.6);
    let rolling: Vec<_> = rolling.into_iter().filter(|n| n.beat < 32.1).collect();
    band.play(&rolling, mallets::marimba, seat(0.5, -0.3, 0.2));
    band.strum(&score::held(&chords, 64), strings::harp, seat(0.5, 0.3, 0.4), 0.045);
    let steps = [(0.0, 0.9, 0), (1.5, 0.4, 0), (2.0, 0.9, 7), (3.5, 0.4, 7)];
    let low = score::bass(&chords, 40, &steps);
    let low: Vec<_> = low.into_iter().filter(|n| n.beat < 32.1).collect();
    band.play(&low, bass::upright, seat(0.7, 0.0, 0.06));
    let glow: Vec<_> = score::held(&chords, 64).into_iter().filter(|n| n.beat >= 16.0).collect();
    band.play(&glow, pads::warm_pad, seat(0.2, 0.0, 0.4));

    band.play(&rhythm("o.xo", 0.5, 8.0, 24.0), drums::shaker, seat(0.2, 0.4, 0.1));
    band.play(&rhythm("x...o...", 0.5, 16.0, 16.0), drums::kick, seat(0.32, 0.0, 0.05));

    let room = Room { fade: 1.8, bright: 4600.0 };
    let fades = Fades { start: 0.01, end: 1.0 };
    Ok(master(band.finish().mixdown(room, 0.402), fades))
}
