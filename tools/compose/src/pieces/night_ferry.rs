//! "Night Ferry": a felted piano on deck, late, with the engine turning over below.

use super::Piece;
use crate::covers;
use crate::instruments::{bass, drums, keys, pads};
use crate::mix::{Fades, master, seat};
use crate::score::{self, Band, Clock, line, recast, rhythm};
use crate::space::Room;
use crate::synth::Sound;

/// What it is called and how it is made.
pub const PIECE: Piece = Piece {
    slug: "night-ferry",
    title: "Night Ferry",
    artist: "Ada Cole",
    album: "Tides",
    track: 1,
    genre: "Downtempo",
    mood: "drifting, nocturnal",
    bpm: 76.0,
    key: "D minor",
    isrc: "ZZSEG2600001",
    frames: 1_424_449,
    compose,
    paint: covers::night_ferry,
};

fn compose(piece: &Piece) -> Result<Sound, String> {
    let chords = score::harmony("Dm9:4 Bbmaj7 Gm9 A7sus:2 A7 | Dm9:4 Bbmaj7 Gm9:2 C9 Fmaj7 A7b9 | Dm9:5")?;
    let tune = line(
        0.0,
        "A4:1.5 G4:.5 F4:1 E4 | F4:3 -:.5 D4 | Bb4:1.5 A4:.5 G4:1 F4 | E4:2 D4:1 C#4 |
         A4:1.5 G4:.5 F4 E4 A4:1 | D5:2 C5:1 A4 | Bb4:1 A4:.5 G4 E4:1.5 G4:.5 |
         F4:1.5 E4:.5 C#4:1 E4 | D4:4",
    )?;
    let clock = Clock { bpm: piece.bpm, swing: 0.03, slow_from: 28.0, slow_by: 0.05 };
    let mut band = Band::new(clock, piece.frames, 11, 0.012);

    band.play(&tune, keys::felt_piano, seat(1.15, 0.1, 0.34));
    // The second time round an octave echoes the tune from above.
    let above: Vec<_> = tune.iter().filter(|n| n.beat >= 16.0 && n.beat < 32.0).cloned().collect();
    band.play(&recast(&above, 12, 0.45), keys::felt_piano, seat(0.8, 0.3, 0.5));

    let left_hand = score::broken(&chords, 53, &[0, 2, 3, 1, 2, 3, 1, 2], 0.5, 1.6);
    let left_hand: Vec<_> = left_hand.into_iter().filter(|n| n.beat < 32.5).collect();
    band.play(&recast(&left_hand, 0, 0.85), keys::felt_piano, seat(0.7, -0.2, 0.3));
    let last = score::held(&chords[chords.len() - 1..], 57);
    band.strum(&last, keys::felt_piano, seat(0.7, 0.0, 0.4), 0.07);

    band.play(&score::held(&chords, 60), pads::warm_pad, seat(0.42, 0.0, 0.5));
    let low = score::bass(&chords, 38, &[(0.0, 2.4, 0), (2.5, 0.5, 0), (3.0, 1.0, 7)]);
    let low: Vec<_> = low.into_iter().filter(|n| n.beat < 32.1).collect();
    band.play(&low, bass::upright, seat(0.85, 0.0, 0.08));

    band.play(&rhythm("x.o.x.o.", 0.5, 8.0, 24.0), drums::swish, seat(0.24, -0.25, 0.15));
    band.play(&rhythm("...o..x.", 0.5, 16.0, 16.0), drums::brush, seat(0.2, 0.2, 0.2));

    let room = Room { fade: 2.6, bright: 4200.0 };
    let fades = Fades { start: 0.02, end: 1.6 };
    Ok(master(band.finish().mixdown(room, 0.4), fades))
}
