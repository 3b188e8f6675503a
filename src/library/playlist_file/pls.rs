//! PLS, as Winamp and radio stations write it: `File1=`, `Title1=`, `Length1=` below `[playlist]`.

use std::collections::BTreeMap;

use super::place::Places;
use super::{FileRow, MAX_ROWS, PlaylistFile, PlaylistFileError, artist_and_title, said, seconds};

pub(super) fn read(text: &str, places: &Places<'_>) -> Result<PlaylistFile, PlaylistFileError> {
    let mut rows: BTreeMap<u32, FileRow> = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['[', ';', '#']) {
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            let complaint = format!("{:?} is no KEY=VALUE", line.chars().take(40).collect::<String>());
            return Err(PlaylistFileError::Broken { line: at + 1, complaint });
        };
        let key = key.trim().to_ascii_lowercase();
        let name = key.trim_end_matches(|c: char| c.is_ascii_digit());
        let Ok(number) = key[name.len()..].parse() else { continue };
        if rows.len() == MAX_ROWS && !rows.contains_key(&number) {
            return Err(PlaylistFileError::TooLarge);
        }
        match name {
            "file" => match places.of_line(value, value.as_bytes()) {
                Ok(place) => rows.entry(number).or_default().place = Some(place),
                Err(problem) => rows.entry(number).or_default().problem = Some(problem),
            },
            "title" => {
                let row = rows.entry(number).or_default();
                (row.artists, row.title) = match artist_and_title(value) {
                    Some((artist, title)) => (Some(artist), Some(title)),
                    None => (None, said(value)),
                };
            }
            "length" => rows.entry(number).or_default().length = seconds(value),
            _ => {}
        }
    }
    let rows = rows.into_values().filter(|row| row.place.is_some() || row.problem.is_some());
    Ok(PlaylistFile { rows: rows.collect(), ..PlaylistFile::default() })
}
