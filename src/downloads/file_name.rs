//! The names of copies. Titles are strangers' text: whatever they hold, a name from here is one component that
//! every file system takes, and two names that some file system takes for one are never given twice.

use icu_normalizer::ComposingNormalizerBorrowed;
use unicode_segmentation::UnicodeSegmentation;

use crate::model::{MAX_FILE_NAME_BYTES, Wanted, safe_file_name};

/// Most folders below the listener's own that a template leads through.
const MAX_FOLDERS: usize = 8;

/// The folders that a copy lies in below the listener's, and its name without extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// From the outermost; may be none.
    pub folders: Vec<String>,
    /// The name without extension.
    pub stem: String,
}

/// Where `wanted` goes: its template with what is known filled in. A part that is empty then falls away, with the
/// space or dash beside it; so does a `{word}` that means nothing.
pub fn place(wanted: &Wanted) -> Place {
    let mut parts: Vec<String> = wanted
        .target
        .template
        .split('/')
        .map(|part| filled(part, wanted))
        .filter(|part| !part.trim_matches(['.', ' ']).is_empty())
        .map(|part| component(&part))
        .collect();
    let stem = parts.pop().unwrap_or_else(|| component(wanted.track.title.as_str()));
    parts.truncate(MAX_FOLDERS);
    Place { folders: parts, stem }
}

/// The name to give: `stem` with `extension` (once, where it has that already, as what is named for its address may), or with
/// ` (2)`, ` (3)`, ... where `is_taken` says of what [`folded`] makes of a name that a file has it.
pub fn unique(stem: &str, extension: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let named = stem.rsplit_once('.').filter(|(_, end)| end.eq_ignore_ascii_case(extension));
    let stem = named.map_or(stem, |(stem, _)| stem).trim_end();
    let stem = if stem.is_empty() { "_" } else { stem };
    let mut number: u64 = 1;
    loop {
        let tail = if number == 1 { format!(".{extension}") } else { format!(" ({number}).{extension}") };
        let room = MAX_FILE_NAME_BYTES.saturating_sub(tail.len() - extension.len() - 1);
        let name = format!("{}{tail}", cut(stem, room));
        if !is_taken(&folded(&name)) {
            return name;
        }
        number += 1;
    }
}

/// What names have in common that some file system takes for the same: composed, without case. Upper case first,
/// so that "ß" and "SS" fall together as they do where folding is full.
pub fn folded(name: &str) -> String {
    let normal = ComposingNormalizerBorrowed::new_nfc();
    let caseless = normal.normalize(name).to_uppercase().to_lowercase();
    normal.normalize(&caseless).into_owned()
}

/// One component: composed, without what any system refuses, at most 200 bytes.
fn component(text: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned();
    // Cleaning may bring letters together that compose, and a cut may leave a space at the end.
    let name = safe_file_name(&composed);
    let name = ComposingNormalizerBorrowed::new_nfc().normalize(&name).into_owned();
    match cut(&name, MAX_FILE_NAME_BYTES) {
        "" => "untitled".to_owned(),
        name => name.to_owned(),
    }
}

/// As much of `name` as fits into `most_bytes`, whole graphemes, without a dot or space at its end.
fn cut(name: &str, most_bytes: usize) -> &str {
    let mut end = 0;
    for (at, grapheme) in name.grapheme_indices(true) {
        if at + grapheme.len() > most_bytes {
            break;
        }
        end = at + grapheme.len();
    }
    name.get(..end).unwrap_or_default().trim_end_matches(|c: char| c == '.' || c.is_whitespace())
}

/// One part of the template with its words filled in.
fn filled(part: &str, wanted: &Wanted) -> String {
    let mut text = String::new();
    let mut rest = part;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((word, behind)) = behind.split_once('}') else { break };
        let value = value(word, wanted);
        text.push_str(before);
        if value.is_empty() {
            // Of "{number} {title}" without a number nothing is left to be parted.
            rest = behind.trim_start_matches([' ', '-', '.', '_']);
        } else {
            text.push_str(&value);
            rest = behind;
        }
    }
    text.push_str(rest);
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '_')).to_owned()
}

fn value(word: &str, wanted: &Wanted) -> String {
    let (track, facts) = (&wanted.track, wanted.track.facts.clone().unwrap_or_default());
    let number = |number: Option<u32>, width: usize| {
        number.map_or_else(String::new, |number| format!("{number:0width$}"))
    };
    match word {
        "title" => track.title.as_str().to_owned(),
        "artist" => track.artists.first().map_or_else(String::new, |name| name.as_str().to_owned()),
        "artists" => track.artist_line(),
        "album" => track.album.as_ref().map_or_else(String::new, |name| name.as_str().to_owned()),
        "album_artist" => {
            let name = facts.album_artist.as_ref().or(track.artists.first());
            name.map_or_else(String::new, |name| name.as_str().to_owned())
        }
        "number" => number(facts.number, 2),
        "disc" => number(facts.disc, 1),
        "year" => facts.year.map_or_else(String::new, |year| year.to_string()),
        "genre" => facts.genre.as_ref().map_or_else(String::new, |genre| genre.as_str().to_owned()),
        "service" => track.reference.item().map_or_else(String::new, |item| item.service.to_string()),
        _ => String::new(),
    }
    // Only the template's own slashes part folders.
    .replace(['/', '\\'], "_")
}
