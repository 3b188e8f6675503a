//! JSPF: XSPF as JSON, <https://www.xspf.org/jspf>. `location` and `identifier` are lists by the document and single
//! texts in the wild; both are read, lists are written.

use serde_json::{Map, Value, json};

use super::place::{Paths, Places};
use super::xspf::{fields, take};
use super::{FileRow, MAX_ROWS, PlaylistFile, PlaylistFileError, said};
use crate::model::CleanText;

pub(super) fn read(text: &str, places: &Places<'_>) -> Result<PlaylistFile, PlaylistFileError> {
    let whole: Value = serde_json::from_str(text)
        .map_err(|error| PlaylistFileError::Broken { line: error.line(), complaint: error.to_string() })?;
    let playlist = whole.get("playlist").and_then(Value::as_object).ok_or(PlaylistFileError::Unknown)?;
    let about = |name: &str| playlist.get(name).and_then(Value::as_str).and_then(said);
    let tracks = playlist.get("track").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if tracks.len() > MAX_ROWS {
        return Err(PlaylistFileError::TooLarge);
    }
    let rows = tracks.iter().filter_map(Value::as_object).map(|track| row(track, places)).collect();
    Ok(PlaylistFile { title: about("title"), creator: about("creator"), about: about("annotation"), rows })
}

fn row(track: &Map<String, Value>, places: &Places<'_>) -> FileRow {
    let mut row = FileRow::default();
    for (name, value) in track {
        match value {
            Value::Array(several) => several.iter().for_each(|one| take_value(&mut row, name, one, places)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                take_value(&mut row, name, value, places);
            }
        }
    }
    row
}

fn take_value(row: &mut FileRow, name: &str, value: &Value, places: &Places<'_>) {
    match value {
        Value::String(text) => take(row, name, text, places),
        // Whole milliseconds by the document; some write 215000.0.
        Value::Number(number) => take(row, name, number.to_string().trim_end_matches(".0"), places),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {}
    }
}

pub(super) fn write(list: &PlaylistFile, paths: &Paths) -> Vec<u8> {
    let mut playlist = Map::new();
    let about = [("title", &list.title), ("creator", &list.creator), ("annotation", &list.about)];
    for (name, text) in about {
        if let Some(text) = text.as_ref().map(CleanText::as_str) {
            playlist.insert(name.to_owned(), json!(text));
        }
    }
    let tracks: Vec<Value> = list.rows.iter().map(|row| track(row, paths)).collect();
    playlist.insert("track".to_owned(), Value::Array(tracks));
    let mut bytes = format!("{:#}", json!({ "playlist": playlist })).into_bytes();
    bytes.push(b'\n');
    bytes
}

fn track(row: &FileRow, paths: &Paths) -> Value {
    let fields = fields(row, paths).into_iter().map(|(name, text)| {
        let value = match name {
            "location" | "identifier" => json!([text]),
            "duration" => text.parse::<u64>().map_or(Value::Null, Value::from),
            _ => Value::String(text),
        };
        (name.to_owned(), value)
    });
    Value::Object(fields.collect())
}
