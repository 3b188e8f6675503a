//! "Morning Post": ukulele, whistling and hand claps, somebody's good day.

use super::Piece;
use crate::covers;
use crate::instruments::{bass, drums, mallets, strings, winds};
use crate::mix::{Fades, Seat, master, seat};
use crate::score::{self, Band, Clock, line, recast, rhythm};
use crate::space::Room;
use crate::synth::Sound;

/// What it is called and how it is made.
pub const PIECE: Piece = Piece {
    slug: "morning-post",
    title: "Morning Post",
    artist: "The Odd Tuesday Trio",
    album: "Petits Pas",
    track: 2,
    genre: "Indie Pop",
    mood: "sunny, carefree",
    bpm: 126.0,
    key: "C major",
    isrc: "ZZSEG2600006",
    frames: 1_097_251,
    compose,
    paint: covers::morning_post,
};

fn compose(piece: &Piece) -> Result<Sound, String> {
    let chords = score::harmony("C:4 G/B Am7 F | C G F G7 | Am7 Fmaj7 G7:2 G7 | C:4 C")?;
    let tune = line(
        0.0,
        "E5:1 G5:.5 E5 C5:1 D5 | D5:.5 E5 D5 B4 G4:2 | C5:1 E5:.5 C5 A4:1 B4 |
         C5:.5 D5 C5 A4 F4:2 | E5:1 G5:.5 E5 C5:1 G5 | A5:.5 G5 D5 D5 B4:1 D5 |
         C5:.5 A4 C5 F5 E5:1 C5 | D5:1.5 E5:.5 D5:2 |
         E5:1 A5:.5 G5 E5:1 C5 | F5:.5 E5 D5 C5 A4:1 C5 | D5:.5 F5 G5 F5 D5 F5 D5 B4 |
         C5:1 G4:.5 E5 C5:3",
    )?;
    let clock = Clock { bpm: piece.bpm, swing: 0.07, slow_from: 46.0, slow_by: 0.02 };
    let mut band = Band::new(clock, piece.frames, 66, 0.009);

    let front = Seat { level: 0.58, pan: 0.05, room: 0.26, echo: 0.12 };
    band.play(&tune, winds::whistle, front);
    let spark: Vec<_> = tune.iter().filter(|n| n.beat >= 32.0 && n.beat < 44.0).cloned().collect();
    band.play(&recast(&spark, 0, 0.7), mallets::marimba, seat(0.45, 0.3, 0.2));

    // Down on the beat, up between: the upstrokes are lighter.
    let strums = score::comped(&chords[..12], 66, "x.oo.oxo", 0.5, 0.6);
    band.strum(&strums, strings::ukulele, seat(0.52, -0.3, 0.16), 0.011);
    let last = score::comped(&chords[12..13], 66, "x...x...", 0.5, 2.0);
    band.strum(&last, strings::ukulele, seat(0.52, -0.3, 0.2), 0.02);
    let counter = score::broken(&chords[4..12], 72, &[0, 1, 2, 1], 1.0, 0.9);
    band.play(&recast(&counter, 0, 0.8), strings::nylon, seat(0.4, 0.42, 0.25));

    let steps = [(0.0, 0.9, 0), (1.5, 0.45, 0), (2.0, 0.9, 7), (3.0, 0.9, 0)];
    let low = score::bass(&chords[..12], 41, &steps);
    band.play(&low, bass::upright, seat(0.85, 0.0, 0.05));
    let home = score::bass(&chords[12..13], 41, &[(0.0, 1.8, 0), (2.0, 2.0, 0)]);
    band.play(&home, bass::upright, seat(0.85, 0.0, 0.05));

    band.play(&rhythm("x...x.o.", 0.5, 8.0, 36.0), drums::kick, seat(0.42, 0.0, 0.04));
    band.play(&rhythm("o.xo", 0.5, 0.0, 44.0), drums::shaker, seat(0.24, 0.35, 0.08));
    band.play(&rhythm("..x...x.", 0.5, 16.0, 28.0), drums::brush, seat(0.26, 0.1, 0.12));
    band.play(&rhythm("..x...x.", 0.5, 32.0, 12.0), drums::clap, seat(0.2, -0.2, 0.2));
    band.play(&rhythm("x...x", 0.5, 44.0, 2.5), drums::kick, seat(0.42, 0.0, 0.04));

    let room = Room { fade: 1.2, bright: 5200.0 };
    let fades = Fades { start: 0.01, end: 0.8 };
    Ok(master(band.finish().mixdown(room, 0.357), fades))
}
