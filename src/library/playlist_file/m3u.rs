//! M3U and M3U8: a path a line, remarks after `#`. There is no standard; what is read is what Winamp, VLC, foobar2000
//! and others write (`#EXTINF`, `#PLAYLIST`, `#EXTALB`, `#EXTART`, `#EXTIMG`).

use super::place::{Paths, Places, Text, line};
use super::{
    BETWEEN, FileRow, MAX_ROWS, PlaylistFile, PlaylistFileError, artist_and_title, said, seconds, web,
};
use crate::model::CleanText;

pub(super) fn read(text: &Text<'_>, places: &Places<'_>) -> Result<PlaylistFile, PlaylistFileError> {
    let mut list = PlaylistFile::default();
    let mut next = Remarks::default();
    // Some programs of the old Macintosh end lines with a carriage return alone.
    let end = if text.shown.contains('\n') { '\n' } else { '\r' };
    let bytes = text.bytes.map(|bytes| bytes.split(|byte| char::from(*byte) == end));
    let mut bytes = bytes.into_iter().flatten();
    for shown in text.shown.split(end) {
        let raw = bytes.next().map_or(shown.as_bytes(), |raw| raw.strip_suffix(b"\r").unwrap_or(raw));
        let shown = shown.strip_suffix('\r').unwrap_or(shown);
        let trimmed = shown.trim();
        if let Some(remark) = trimmed.strip_prefix('#') {
            if remark.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("EXT-X-")) {
                return Err(PlaylistFileError::Stream);
            }
            take_remark(remark, &mut next, &mut list);
        } else if !trimmed.is_empty() {
            if list.rows.len() == MAX_ROWS {
                return Err(PlaylistFileError::TooLarge);
            }
            let mut row = std::mem::take(&mut next).row();
            match places.of_line(shown, raw) {
                Ok(place) => row.place = Some(place),
                Err(problem) => row.problem = Some(problem),
            }
            list.rows.push(row);
        }
    }
    Ok(list)
}

/// The remarks above a path.
#[derive(Default)]
struct Remarks {
    info: Option<String>,
    names_artist: bool,
    row: FileRow,
}

impl Remarks {
    /// `Artist - Title` parts where `#EXTART` tells the artist, else at the first dash.
    fn row(self) -> FileRow {
        let mut row = self.row;
        let Some(info) = self.info else { return row };
        let by = row.artists.as_ref().map(CleanText::as_str);
        let after = by.and_then(|by| info.strip_prefix(by)?.strip_prefix(BETWEEN));
        row.title = match (after, artist_and_title(&info).filter(|_| !self.names_artist)) {
            (Some(title), _) => said(title),
            (None, Some((artist, title))) => {
                row.artists = Some(artist);
                Some(title)
            }
            (None, None) => said(&info),
        };
        row
    }
}

fn take_remark(remark: &str, next: &mut Remarks, list: &mut PlaylistFile) {
    let Some((name, value)) = remark.split_once(':') else { return };
    match name.trim().to_ascii_uppercase().as_str() {
        "EXTINF" => {
            let (length, info) = info(value);
            next.row.length = seconds(length);
            next.info = Some(info.trim().to_owned());
        }
        "PLAYLIST" => list.title = said(value),
        "EXTART" => (next.row.artists, next.names_artist) = (said(value), true),
        "EXTALB" => next.row.album = said(value),
        "EXTIMG" | "EXTALBUMARTURL" => next.row.artwork = web(value),
        _ => {}
    }
}

/// Parts `123 tvg-id="a, b",Artist - Title` into length and text; commas between quotes part nothing.
fn info(value: &str) -> (&str, &str) {
    let mut quoted = false;
    let comma = value.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ',' && !quoted
    });
    let (before, text) = match comma {
        Some((at, _)) => (&value[..at], &value[at + 1..]),
        None => value.split_once(',').unwrap_or((value, "")),
    };
    (before.split_whitespace().next().unwrap_or_default(), text)
}

pub(super) fn write(list: &PlaylistFile, paths: &Paths) -> Vec<u8> {
    let mut text = String::from("#EXTM3U\n");
    let remark = |text: &mut String, name: &str, value: &str| {
        text.extend(["#", name, ":", value, "\n"]);
    };
    if let Some(title) = &list.title {
        remark(&mut text, "PLAYLIST", title.as_str());
    }
    for row in &list.rows {
        let Some(place) = &row.place else { continue };
        let length = row.length.map_or_else(|| "-1".to_owned(), length_text);
        let info = match (&row.artists, &row.title) {
            (Some(artists), Some(title)) => format!("{length},{artists}{BETWEEN}{title}"),
            (None, Some(title)) => format!("{length},{title}"),
            (Some(_) | None, None) => format!("{length},"),
        };
        remark(&mut text, "EXTINF", &info);
        // Always, even when there is none: else a title such as "Intro - Live" would be parted.
        remark(&mut text, "EXTART", row.artists.as_ref().map_or("", CleanText::as_str));
        if let Some(album) = &row.album {
            remark(&mut text, "EXTALB", album.as_str());
        }
        if let Some(artwork) = &row.artwork {
            remark(&mut text, "EXTIMG", artwork.as_str());
        }
        text.push_str(&line(place, paths));
        text.push('\n');
    }
    text.into_bytes()
}

/// Whole seconds where they are whole, as players of old expect.
fn length_text(length: std::time::Duration) -> String {
    match length.subsec_millis() {
        0 => length.as_secs().to_string(),
        part => format!("{}.{part:03}", length.as_secs()),
    }
}
