//! The callback over a long time.

use super::super::super::{line, render};
use super::*;

/// Seconds of play where nothing else is asked for (`SEGUE_PLAY_SECONDS=3600`: the hour).
const SECONDS: u64 = 120;

/// Frames of 10 ms.
const PERIOD: usize = 441;

#[test]
fn the_callback_neither_allocates_nor_runs_dry_in_long_play() {
    let seconds = std::env::var("SEGUE_PLAY_SECONDS").ok().and_then(|count| count.parse().ok());
    let line = Arc::new(line::Line::new(1.0, false));
    let (mut samples, mut renderer) = render::ring(&line, 2, SampleRate(RATE), 8 * PERIOD);
    let block = floats(PERIOD, 0);
    let mut room = vec![0.0; PERIOD * 2];
    let (mut heard, mut pushed) = (0_u64, 0_u64);
    line.expect_music(true);
    let periods = seconds.unwrap_or(SECONDS) * 100;
    for period in 0..periods {
        // What a listener does now and then, at times that do not fit together.
        match period % 5_003 {
            1_000 => line.set_gain(0.5),
            1_700 => line.set_gain(1.0),
            2_500 => line.pause(true),
            2_600 => line.pause(false),
            4_000 => line.discard(line.read(), pushed),
            _ => {}
        }
        while samples.slots() >= block.len() {
            samples.push_entire_slice(&block).unwrap();
            pushed += PERIOD as u64;
        }
        heard += assert_no_alloc::assert_no_alloc(|| renderer.render(&mut room)) as u64;
    }
    // Silence only in the pauses, of a second each, and where it falls silent before a jump.
    assert_eq!(line.underruns(), 0);
    let silent = periods * PERIOD as u64 - heard;
    assert!(silent <= (periods / 5_003 + 1) * 102 * PERIOD as u64, "{silent} frames of silence");
}

/// What could make the callback wait is not even named in its files.
#[test]
fn the_callback_knows_no_lock() {
    for (name, code) in [
        ("render.rs", include_str!("../../render.rs")),
        ("line.rs", include_str!("../../line.rs")),
        ("dsp/gain.rs", include_str!("../../dsp/gain.rs")),
    ] {
        let code = code.split("#[cfg(test)]").next().unwrap();
        for word in
            ["Mutex", "RwLock", "Condvar", ".lock(", "mpsc", "std::io", "std::fs", "tracing", "Instant"]
        {
            assert!(!code.contains(word), "{name} names {word}");
        }
    }
}
