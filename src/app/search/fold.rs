//! Which found tracks are the same recording.

use std::collections::HashMap;
use std::time::Duration;

use super::state::FoundRow;
use crate::model::{Allowed, Item, Track, TrackRef, recording_code};

/// Two lengths of one recording differ by no more than this between services.
pub(in crate::app) const LENGTH_SLACK: Duration = Duration::from_secs(3);

/// Joins `found` to `rows`: a recording that another service has brought already goes to its row, the
/// rest is put at the end. Only recordings are folded.
pub fn fold_in(rows: &mut Vec<FoundRow>, found: Vec<Item>) {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    let mut by_code: HashMap<String, usize> = HashMap::new();
    for (row, known) in rows.iter().enumerate() {
        let Some(first) = known.item.track() else { continue };
        by_name.entry(name(first)).or_default().push(row);
        for track in std::iter::once(first).chain(&known.others) {
            by_code.extend(code(track).map(|code| (code, row)));
        }
    }
    for item in found {
        let track = match item {
            Item::Track(track) => track,
            Item::Collection(_) | Item::List(_) => {
                rows.push(FoundRow { item, others: Vec::new() });
                continue;
            }
        };
        let same_code = code(&track).and_then(|code| by_code.get(&code)).copied();
        let same_name = || {
            let rows_of_name = by_name.get(&name(&track))?;
            rows_of_name
                .iter()
                .copied()
                .find(|row| first_of(rows, *row).is_some_and(|known| alike(known, &track)))
        };
        let known = same_code.or_else(same_name).and_then(|row| rows.get_mut(row));
        match known.filter(|known| is_new_source(known, &track)) {
            Some(FoundRow { item: Item::Track(first), others }) => {
                if first.playable != Allowed::Yes && track.playable == Allowed::Yes {
                    others.push(std::mem::replace(first, track));
                } else {
                    others.push(track);
                }
            }
            Some(_) | None => rows.push(FoundRow { item: Item::Track(track), others: Vec::new() }),
        }
    }
}

/// Why two tracks are taken for the same recording, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// They carry the same recording code.
    Code,
    /// Title, main artist and length are the same.
    Length,
    /// Title and main artist are the same; a length is not known.
    Name,
}

impl Likeness {
    /// The same in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Code => "same ISRC",
            Self::Length => "same title, artist and length",
            Self::Name => "same title and artist, length not known",
        }
    }
}

/// Whether two tracks are the same recording, and how sure that is.
pub fn likeness(a: &Track, b: &Track) -> Option<Likeness> {
    match (code(a), code(b)) {
        (Some(one), Some(other)) if one == other => return Some(Likeness::Code),
        // One recording can have several codes, but then nothing says that it is one.
        (Some(_), Some(_)) => return None,
        (Some(_) | None, None) | (None, Some(_)) => {}
    }
    if name(a) != name(b) || name(a).split('/').any(str::is_empty) {
        return None;
    }
    match (a.length, b.length) {
        (Some(one), Some(other)) => (one.abs_diff(other) <= LENGTH_SLACK).then_some(Likeness::Length),
        (Some(_) | None, None) | (None, Some(_)) => Some(Likeness::Name),
    }
}

/// For each of `others`, which of `tracks` it is: the same track, else the same recording. Each is taken once.
pub fn counterparts(tracks: &[Track], others: &[Track]) -> Vec<Option<usize>> {
    let mut by_reference: HashMap<&TrackRef, Vec<usize>> = HashMap::new();
    let mut by_code: HashMap<String, Vec<usize>> = HashMap::new();
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, track) in tracks.iter().enumerate().rev() {
        by_reference.entry(&track.reference).or_default().push(at);
        by_name.entry(name(track)).or_default().push(at);
        if let Some(code) = code(track) {
            by_code.entry(code).or_default().push(at);
        }
    }
    let mut is_taken = vec![false; tracks.len()];
    let mut take = |places: Option<&Vec<usize>>, fits: &dyn Fn(&Track) -> bool| {
        let found = places?.iter().rev().copied().find(|at| !is_taken[*at] && fits(&tracks[*at]))?;
        is_taken[found] = true;
        Some(found)
    };
    // Those that are surely meant first, so that no namesake takes their place.
    let mut found: Vec<Option<usize>> =
        others.iter().map(|other| take(by_reference.get(&other.reference), &|_| true)).collect();
    for (other, found) in others.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
        let same = |track: &Track| likeness(track, other).is_some();
        let by_code = code(other).and_then(|code| take(by_code.get(&code), &same));
        *found = by_code.or_else(|| take(by_name.get(&name(other)), &same));
    }
    found
}

/// Whether two sources have the same recording, for all that is known. What one source lists twice means two.
pub(in crate::app) fn is_same_elsewhere(a: &Track, b: &Track) -> bool {
    source(a) != source(b) && alike(a, b)
}

fn first_of(rows: &[FoundRow], row: usize) -> Option<&Track> {
    rows.get(row)?.item.track()
}

/// A service that lists a recording twice means two rows.
fn is_new_source(known: &FoundRow, track: &Track) -> bool {
    let source = source(track);
    known.item.track().is_some_and(|first| self::source(first) != source)
        && known.others.iter().all(|other| self::source(other) != source)
}

fn source(track: &Track) -> &str {
    match &track.reference {
        TrackRef::Service { service, .. } => service.as_str(),
        TrackRef::File(_) | TrackRef::Part(_) => "file:",
        TrackRef::Url(_) => "url:",
    }
}

/// What a recording is known by everywhere, if it is.
pub(in crate::app) fn code(track: &Track) -> Option<String> {
    recording_code(track.isrc.as_ref()?.as_str())
}

/// Title and main artist as they are compared: letters and digits, without case.
pub(in crate::app) fn name(track: &Track) -> String {
    let plain = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let artist = track.artists.first().map(|artist| plain(artist.as_str())).unwrap_or_default();
    format!("{}/{artist}", plain(track.title.as_str()))
}

/// Whether two tracks of the same name are the same recording, for all that is known.
pub(in crate::app) fn alike(a: &Track, b: &Track) -> bool {
    let named = name(a).split('/').all(|part| !part.is_empty());
    let codes_agree = match (code(a), code(b)) {
        (Some(a), Some(b)) => a == b,
        (Some(_) | None, None) | (None, Some(_)) => true,
    };
    match (a.length, b.length) {
        (Some(a), Some(b)) => named && codes_agree && a.abs_diff(b) <= LENGTH_SLACK,
        (Some(_) | None, None) | (None, Some(_)) => false,
    }
}
