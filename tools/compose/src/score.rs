//! Written music: notes in beats, a clock that turns beats into time, and a band that plays.

use crate::mix::{Desk, Seat};
use crate::rng::Rng;
use crate::synth::{Sound, frames};
use crate::theory::{self, Chord};

/// One written note.
#[derive(Clone, Debug)]
pub struct Note {
    /// When it starts, in beats.
    pub beat: f64,
    /// How long it is held, in beats.
    pub length: f64,
    /// Its MIDI number (drums ignore it).
    pub pitch: i32,
    /// How hard it is played, 0 to 1.
    pub force: f64,
}

/// A note as an instrument sees it.
pub struct Tone {
    /// Frequency.
    pub hz: f64,
    /// How long the key is held, in seconds.
    pub hold: f64,
    /// How hard it is played, 0 to 1.
    pub force: f64,
}

/// An instrument: makes the sound of one note.
pub type Instrument = fn(&Tone, &mut Rng) -> Sound;

/// A chord with its place in time.
pub struct Harmony {
    /// When it starts, in beats.
    pub beat: f64,
    /// How long it lasts, in beats.
    pub length: f64,
    /// What sounds.
    pub chord: Chord,
}

/// Splits `text` into words with lengths: `A4:1.5`; a word without one keeps the last.
fn words(text: &str) -> Result<Vec<(&str, f64)>, String> {
    let mut length = 1.0;
    let mut found = Vec::new();
    for word in text.split_whitespace().filter(|word| *word != "|") {
        let name = match word.split_once(':') {
            Some((name, beats)) => {
                length = beats.parse().map_err(|_| format!("not a length: {word}"))?;
                name
            }
            None => word,
        };
        found.push((name, length));
    }
    Ok(found)
}

/// Reads a melody from `start`: notes such as `A4:1.5`, rests as `-`, bar lines for the eye.
///
/// Higher notes and notes on the beat come out a little stronger.
pub fn line(start: f64, text: &str) -> Result<Vec<Note>, String> {
    let mut beat = start;
    let mut notes = Vec::new();
    for (name, length) in words(text)? {
        if name != "-" {
            let accent = if beat.fract() == 0.0 { 0.05 } else { -0.05 };
            let pitch = theory::note(name)?;
            let force = 0.7 + accent + f64::from(pitch - 72) * 0.006;
            notes.push(Note { beat, length, pitch, force });
        }
        beat += length;
    }
    Ok(notes)
}

/// Reads a row of chords from beat 0: `Dm9:4 Gm7:2`.
pub fn harmony(text: &str) -> Result<Vec<Harmony>, String> {
    let mut beat = 0.0;
    let mut row = Vec::new();
    for (name, length) in words(text)? {
        row.push(Harmony { beat, length, chord: theory::chord(name)? });
        beat += length;
    }
    Ok(row)
}

/// Every chord held for its whole length, voiced around `centre`.
pub fn held(row: &[Harmony], centre: i32) -> Vec<Note> {
    let mut previous = Vec::new();
    let mut notes = Vec::new();
    for part in row {
        previous = theory::voicing(&part.chord, centre, &previous);
        notes.extend(previous.iter().map(|pitch| Note {
            beat: part.beat,
            length: part.length,
            pitch: *pitch,
            force: 0.6,
        }));
    }
    notes
}

/// Chords struck where `pattern` has an `x` (strong) or `o` (soft), one letter per `step`.
pub fn comped(row: &[Harmony], centre: i32, pattern: &str, step: f64, length: f64) -> Vec<Note> {
    let mut notes = Vec::new();
    for chord in chunk(&held(row, centre)) {
        for hit in rhythm(pattern, step, chord[0].beat, chord[0].length) {
            notes.extend(chord.iter().map(|note| Note {
                beat: hit.beat,
                length,
                pitch: note.pitch,
                force: hit.force,
            }));
        }
    }
    notes
}

/// Chords broken into single notes: `pattern` counts up from the lowest voice (past the
/// top it goes on an octave higher), one note per `step`, each left to ring for `ring`.
pub fn broken(row: &[Harmony], centre: i32, pattern: &[usize], step: f64, ring: f64) -> Vec<Note> {
    let mut notes = Vec::new();
    for chord in chunk(&held(row, centre)) {
        let count = (chord[0].length / step).round() as usize;
        for (i, which) in pattern.iter().cycle().take(count).enumerate() {
            let octave = (which / chord.len()) as i32 * 12;
            notes.push(Note {
                beat: chord[0].beat + i as f64 * step,
                length: ring,
                pitch: chord[which % chord.len()].pitch + octave,
                force: if i % pattern.len() == 0 { 0.66 } else { 0.54 },
            });
        }
    }
    notes
}

/// The notes of each chord together.
fn chunk(notes: &[Note]) -> impl Iterator<Item = &[Note]> {
    notes.chunk_by(|a, b| a.beat == b.beat)
}

/// A bass line: for each chord the steps `(beat, length, semitones above the bass)`
/// that fall inside it, with the bass note taken near `centre`.
///
/// A step that lands outside the chord goes to its root instead: the fifth above the bass
/// of an inverted chord is a wrong note.
pub fn bass(row: &[Harmony], centre: i32, steps: &[(f64, f64, i32)]) -> Vec<Note> {
    let mut notes = Vec::new();
    for part in row {
        let low = theory::near(part.chord.bass, centre);
        for (beat, length, up) in steps.iter().filter(|step| step.0 < part.length) {
            let pitch = low + up;
            let fits = up % 12 == 0 || part.chord.notes.contains(&pitch.rem_euclid(12));
            notes.push(Note {
                beat: part.beat + beat,
                length: length.min(part.length - beat),
                pitch: if fits { pitch } else { theory::near(part.chord.root, pitch) },
                force: if *beat == 0.0 { 0.75 } else { 0.6 },
            });
        }
    }
    notes
}

/// Drum hits from `start` for `beats`: `x` strong, `o` soft, anything else a rest.
pub fn rhythm(pattern: &str, step: f64, start: f64, beats: f64) -> Vec<Note> {
    let count = (beats / step).round() as usize;
    let hits = pattern.chars().cycle().take(count).enumerate();
    hits.filter_map(|(i, letter)| {
        let force = match letter {
            'x' => 0.8,
            'o' => 0.5,
            _ => return None,
        };
        Some(Note { beat: start + i as f64 * step, length: step, pitch: 60, force })
    })
    .collect()
}

/// Moves every note by `semitones` and scales how hard it is played.
pub fn recast(notes: &[Note], semitones: i32, force: f64) -> Vec<Note> {
    let mut copy = notes.to_vec();
    for note in &mut copy {
        note.pitch += semitones;
        note.force *= force;
    }
    copy
}

/// Turns beats into seconds.
pub struct Clock {
    /// Beats a minute.
    pub bpm: f64,
    /// How late off-beats come, in beats (0 is straight).
    pub swing: f64,
    /// The beat from which the music slows down.
    pub slow_from: f64,
    /// How strongly it does.
    pub slow_by: f64,
}

impl Clock {
    /// The moment of `beat` in seconds from the start of the piece.
    pub fn at(&self, beat: f64) -> f64 {
        let (whole, part) = (beat.floor(), beat - beat.floor());
        let middle = 0.5 + self.swing;
        let part =
            if part < 0.5 { part * 2.0 * middle } else { middle + (part - 0.5) * 2.0 * (1.0 - middle) };
        let late = (beat - self.slow_from).max(0.0);
        0.03 + (whole + part + late * late * self.slow_by * 0.5) * 60.0 / self.bpm
    }
}

/// The players: one clock, one desk, and a little human inaccuracy.
pub struct Band {
    clock: Clock,
    desk: Desk,
    rng: Rng,
    loose: f64,
}

impl Band {
    /// A band whose notes stray by about `loose` seconds.
    pub fn new(clock: Clock, length: usize, seed: u64, loose: f64) -> Self {
        Self { clock, desk: Desk::new(length), rng: Rng::new(seed), loose }
    }

    /// Plays a part.
    pub fn play(&mut self, part: &[Note], instrument: Instrument, seat: Seat) {
        self.strum(part, instrument, seat, 0.0);
    }

    /// Plays a part with the notes of each chord `gap` seconds after each other, lowest first.
    pub fn strum(&mut self, part: &[Note], instrument: Instrument, seat: Seat, gap: f64) {
        let mut last = f64::NEG_INFINITY;
        let mut order = 0.0;
        for note in part {
            order = if note.beat == last { order + 1.0 } else { 0.0 };
            last = note.beat;
            let start = self.clock.at(note.beat);
            let tone = Tone {
                hz: theory::hertz(f64::from(note.pitch)),
                hold: self.clock.at(note.beat + note.length) - start,
                force: (note.force * (1.0 + 0.09 * self.rng.bell())).clamp(0.05, 1.0),
            };
            let stray = self.loose * self.rng.bell() + order * gap;
            let sound = instrument(&tone, &mut self.rng);
            self.desk.add(frames(start + stray), &sound, seat);
        }
    }

    /// Adds a sound that belongs to no beat.
    pub fn lay(&mut self, at: f64, sound: &Sound, seat: Seat) {
        self.desk.add(frames(at), sound, seat);
    }

    /// The band's dice, for pieces that leave something to chance.
    pub fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }

    /// The desk with everything on it.
    pub fn finish(self) -> Desk {
        self.desk
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bass_keeps_to_the_chord() -> Result<(), String> {
        let check = |chord: &str, expected: [&str; 2]| -> Result<(), String> {
            let played: Vec<i32> =
                bass(&harmony(chord)?, 41, &[(0.0, 1.0, 0), (1.0, 1.0, 7)]).iter().map(|n| n.pitch).collect();
            assert_eq!(played, [theory::note(expected[0])?, theory::note(expected[1])?], "{chord}");
            Ok(())
        };
        check("C:4", ["C2", "G2"])?;
        check("G/B:4", ["B2", "G3"])?;
        check("D/F#:4", ["F#2", "D3"])?;
        // A bass note outside the chord is meant: only the steps above it are checked.
        check("G6/F:4", ["F2", "G2"])
    }
}
