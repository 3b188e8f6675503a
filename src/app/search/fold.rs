//! Which found tracks are the same recording.

use std::collections::HashMap;
use std::time::Duration;

use super::state::FoundRow;
use crate::model::{Allowed, Track, TrackRef};

/// Two lengths of one recording differ by no more than this between services.
const LENGTH_SLACK: Duration = Duration::from_secs(3);

/// Joins `found` to `rows`: a recording that another service has brought already goes to its row, the
/// rest is put at the end.
pub(super) fn fold_in(rows: &mut Vec<FoundRow>, found: Vec<Track>) {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    let mut by_code: HashMap<String, usize> = HashMap::new();
    for (row, known) in rows.iter().enumerate() {
        by_name.entry(name(&known.track)).or_default().push(row);
        for track in std::iter::once(&known.track).chain(&known.others) {
            by_code.extend(code(track).map(|code| (code, row)));
        }
    }
    for track in found {
        let same_code = code(&track).and_then(|code| by_code.get(&code)).copied();
        let same_name = || {
            let rows_of_name = by_name.get(&name(&track))?;
            rows_of_name
                .iter()
                .copied()
                .find(|row| rows.get(*row).is_some_and(|known| alike(&known.track, &track)))
        };
        let known = same_code.or_else(same_name).and_then(|row| rows.get_mut(row));
        match known.filter(|known| is_new_source(known, &track)) {
            Some(known) if known.track.playable != Allowed::Yes && track.playable == Allowed::Yes => {
                let first = std::mem::replace(&mut known.track, track);
                known.others.push(first);
            }
            Some(known) => known.others.push(track),
            None => rows.push(FoundRow { track, others: Vec::new() }),
        }
    }
}

/// A service that lists a recording twice means two rows.
fn is_new_source(known: &FoundRow, track: &Track) -> bool {
    let source = source(track);
    self::source(&known.track) != source && known.others.iter().all(|other| self::source(other) != source)
}

fn source(track: &Track) -> &str {
    match &track.reference {
        TrackRef::Service { service, .. } => service.as_str(),
        TrackRef::File(_) => "file:",
        TrackRef::Url(_) => "url:",
    }
}

fn code(track: &Track) -> Option<String> {
    let code: String = track.isrc.as_ref()?.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
    // ISO 3901: twelve characters; anything else is a service's placeholder.
    (code.len() == 12).then(|| code.to_ascii_uppercase())
}

/// Title and main artist as they are compared: letters and digits, without case.
fn name(track: &Track) -> String {
    let plain = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let artist = track.artists.first().map(|artist| plain(artist.as_str())).unwrap_or_default();
    format!("{}/{artist}", plain(track.title.as_str()))
}

/// Whether two tracks of the same name are the same recording, for all that is known.
fn alike(a: &Track, b: &Track) -> bool {
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
