//! Notes, chords, and how one chord moves smoothly to the next.

/// The frequency of a MIDI note number (69 is A4, 440 Hz).
pub fn hertz(note: f64) -> f64 {
    440.0 * 2_f64.powf((note - 69.0) / 12.0)
}

/// Reads a letter and its sharps or flats; gives the pitch class and the rest.
fn letter(text: &str) -> Result<(i32, &str), String> {
    let mut chars = text.chars();
    let base = match chars.next() {
        Some('C') => 0,
        Some('D') => 2,
        Some('E') => 4,
        Some('F') => 5,
        Some('G') => 7,
        Some('A') => 9,
        Some('B') => 11,
        _ => return Err(format!("not a note: {text}")),
    };
    let rest = chars.as_str();
    match rest.as_bytes().first() {
        Some(b'#') => Ok((base + 1, &rest[1..])),
        Some(b'b') => Ok((base - 1, &rest[1..])),
        _ => Ok((base, rest)),
    }
}

/// Reads a note such as `F#4` as a MIDI number.
pub fn note(text: &str) -> Result<i32, String> {
    let (class, octave) = letter(text)?;
    let octave: i32 = octave.parse().map_err(|_| format!("no octave in note: {text}"))?;
    Ok(class + (octave + 1) * 12)
}

/// A chord: its bass note and the notes above, as pitch classes.
#[derive(Clone, Debug)]
pub struct Chord {
    /// What the bass plays.
    pub bass: i32,
    /// The root of the chord.
    pub root: i32,
    /// All notes of the chord.
    pub notes: Vec<i32>,
}

/// Reads a chord name such as `Dm9` or `G/B`.
pub fn chord(text: &str) -> Result<Chord, String> {
    let (upper, under) = text.split_once('/').unwrap_or((text, ""));
    let (root, kind) = letter(upper)?;
    let steps: &[i32] = match kind {
        "" => &[0, 4, 7],
        "m" => &[0, 3, 7],
        "5" => &[0, 7],
        "6" => &[0, 4, 7, 9],
        "7" => &[0, 4, 7, 10],
        "9" => &[0, 2, 4, 7, 10],
        "7b9" => &[0, 1, 4, 7, 10],
        "7sus" => &[0, 5, 7, 10],
        "m7" => &[0, 3, 7, 10],
        "m9" => &[0, 2, 3, 7, 10],
        "maj7" => &[0, 4, 7, 11],
        "maj9" => &[0, 2, 4, 7, 11],
        "maj7#11" => &[0, 4, 6, 7, 11],
        "add9" => &[0, 2, 4, 7],
        "madd9" => &[0, 2, 3, 7],
        _ => return Err(format!("unknown chord: {text}")),
    };
    let bass = if under.is_empty() { root } else { letter(under)?.0 };
    Ok(Chord {
        bass: bass.rem_euclid(12),
        root: root.rem_euclid(12),
        notes: steps.iter().map(|s| (root + s).rem_euclid(12)).collect(),
    })
}

/// The note of pitch class `class` nearest to `centre`.
pub fn near(class: i32, centre: i32) -> i32 {
    let up = (class - centre).rem_euclid(12);
    if up > 6 { centre + up - 12 } else { centre + up }
}

/// Spells `chord` near `centre` so that its voices move little from `previous`.
///
/// Big chords leave their root to the bass.
pub fn voicing(chord: &Chord, centre: i32, previous: &[i32]) -> Vec<i32> {
    let mut classes = chord.notes.clone();
    if classes.len() > 4 {
        classes.retain(|class| *class != chord.root);
    }
    let mut best: Vec<i32> = Vec::new();
    let mut least = i32::MAX;
    for first in 0..classes.len() {
        for bottom in centre - 14..centre + 3 {
            if bottom.rem_euclid(12) != classes[first] {
                continue;
            }
            let mut notes = vec![bottom];
            for step in 1..classes.len() {
                let last = notes[step - 1];
                let class = classes[(first + step) % classes.len()];
                notes.push(last + 1 + (class - last - 1).rem_euclid(12));
            }
            let cost = cost(&notes, centre, previous);
            if cost < least {
                least = cost;
                best = notes;
            }
        }
    }
    best
}

fn cost(notes: &[i32], centre: i32, previous: &[i32]) -> i32 {
    let count = notes.len().max(1) as i32;
    let away = (notes.iter().sum::<i32>() / count - centre).abs() * 2;
    let moved: i32 = notes.iter().map(|n| previous.iter().map(|p| (n - p).abs()).min().unwrap_or(0)).sum();
    // Two notes a semitone apart at the bottom sound muddy.
    let rub = if notes.len() > 1 && notes[1] - notes[0] == 1 { 4 } else { 0 };
    away + moved + rub
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() -> Result<(), String> {
        assert_eq!(note("A4")?, 69);
        assert_eq!(note("Bb3")?, 58);
        assert_eq!(note("C#5")?, 73);
        assert!(note("H2").is_err());
        let found = chord("G/B")?;
        assert_eq!((found.bass, found.root, found.notes), (11, 7, vec![7, 11, 2]));
        assert!(chord("Gwhat").is_err());
        Ok(())
    }

    #[test]
    fn voices_move_little() -> Result<(), String> {
        let first = voicing(&chord("C")?, 60, &[]);
        let second = voicing(&chord("F")?, 60, &first);
        assert_eq!(first.len(), 3);
        for note in &second {
            assert!(first.iter().any(|before| (before - note).abs() <= 2));
        }
        Ok(())
    }
}
