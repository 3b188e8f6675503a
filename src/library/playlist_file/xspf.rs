//! XSPF, version 1: <https://www.xspf.org/spec>. Names are read without their namespaces, elements that are not known
//! are passed over, entities of the document's own are left as they stand.

use quick_xml::events::{BytesDecl, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

use super::place::{Paths, Places, address};
use super::{FileRow, MAX_ROWS, PlaylistFile, PlaylistFileError, isrc, milliseconds, said, web};
use crate::model::CleanText;

/// Most elements within one another.
const MAX_DEPTH: usize = 64;

const NAMESPACE: &str = "http://xspf.org/ns/0/";

pub(super) fn read(text: &str, places: &Places<'_>) -> Result<PlaylistFile, PlaylistFileError> {
    let mut reader = Reader::from_str(text);
    let broken = |reader: &Reader<&[u8]>, complaint: String| {
        let at = usize::try_from(reader.error_position().max(reader.buffer_position())).unwrap_or(usize::MAX);
        let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
        let line = before.split(|byte| *byte == b'\n').count();
        PlaylistFileError::Broken { line, complaint }
    };
    let mut list = PlaylistFile::default();
    let mut open: Vec<String> = Vec::new();
    let mut said_here = String::new();
    let mut is_playlist = false;
    loop {
        let event = reader.read_event().map_err(|error| broken(&reader, error.to_string()))?;
        match event {
            Event::Start(tag) => {
                if open.len() == MAX_DEPTH {
                    return Err(broken(
                        &reader,
                        format!("more than {MAX_DEPTH} elements within one another"),
                    ));
                }
                begin(&local(&tag), open.len(), &mut list, &mut is_playlist)?;
                open.push(local(&tag));
                said_here.clear();
            }
            Event::Empty(tag) => begin(&local(&tag), open.len(), &mut list, &mut is_playlist)?,
            Event::End(_) => {
                end(&open, said_here.trim(), &mut list, places);
                open.pop();
                said_here.clear();
            }
            Event::Text(text) => said_here.push_str(&String::from_utf8_lossy(&text)),
            Event::CData(text) => said_here.push_str(&String::from_utf8_lossy(&text)),
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(c)) => said_here.push(c),
                Ok(None) | Err(_) => said_here.push_str(&entity(&String::from_utf8_lossy(&name))),
            },
            Event::Eof if !open.is_empty() => {
                return Err(broken(&reader, format!("the file ends within <{}>", open.join("><"))));
            }
            Event::Eof if !is_playlist => return Err(PlaylistFileError::Unknown),
            Event::Eof => return Ok(list),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn local(tag: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(tag.local_name().as_ref()).into_owned()
}

fn begin(
    name: &str,
    depth: usize,
    list: &mut PlaylistFile,
    is_playlist: &mut bool,
) -> Result<(), PlaylistFileError> {
    match (depth, name) {
        (0, "playlist") => *is_playlist = true,
        (0, _) => return Err(PlaylistFileError::Unknown),
        (2, "track") if list.rows.len() == MAX_ROWS => return Err(PlaylistFileError::TooLarge),
        (2, "track") => list.rows.push(FileRow::default()),
        _ => {}
    }
    Ok(())
}

fn entity(name: &str) -> String {
    match name {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        other => format!("&{other};"),
    }
}

/// Takes what an element said, when it is one that means something where it stands.
fn end(open: &[String], text: &str, list: &mut PlaylistFile, places: &Places<'_>) {
    let names: Vec<&str> = open.iter().map(String::as_str).collect();
    match names.as_slice() {
        ["playlist", "title"] => list.title = said(text),
        ["playlist", "creator"] => list.creator = said(text),
        ["playlist", "annotation"] => list.about = said(text),
        ["playlist", "trackList", "track", name] => {
            if let Some(row) = list.rows.last_mut() {
                take(row, name, text, places);
            }
        }
        _ => {}
    }
}

/// Takes an element of a track. XSPF and JSPF name them alike. Of several places the first that can be used stands.
pub(super) fn take(row: &mut FileRow, name: &str, text: &str, places: &Places<'_>) {
    match name {
        "location" if row.place.is_none() => match places.of_address(text) {
            Ok(place) => (row.place, row.problem) = (Some(place), None),
            Err(problem) => row.problem = Some(problem),
        },
        "title" => row.title = said(text),
        "creator" => row.artists = said(text),
        "album" => row.album = said(text),
        "duration" => row.length = text.trim().parse().ok().and_then(milliseconds),
        "identifier" if row.isrc.is_none() => row.isrc = isrc(text),
        "image" => row.artwork = web(text),
        "info" => row.link = web(text),
        _ => {}
    }
}

/// What is said of a row, by the names of XSPF.
pub(super) fn fields(row: &FileRow, paths: &Paths) -> Vec<(&'static str, String)> {
    let clean = |text: &Option<CleanText>| text.as_ref().map(|text| text.as_str().to_owned());
    let fields = [
        ("location", row.place.as_ref().map(|place| address(place, paths))),
        ("identifier", row.isrc.as_ref().map(|isrc| format!("isrc:{isrc}"))),
        ("title", clean(&row.title)),
        ("creator", clean(&row.artists)),
        ("info", row.link.as_ref().map(|link| link.to_string())),
        ("image", row.artwork.as_ref().map(|artwork| artwork.to_string())),
        ("album", clean(&row.album)),
        ("duration", row.length.map(|length| length.as_millis().to_string())),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

pub(super) fn write(list: &PlaylistFile, paths: &Paths) -> Vec<u8> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // A vector takes everything that is written to it.
    let _ = written(&mut writer, list, paths);
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    bytes
}

fn written(writer: &mut Writer<Vec<u8>>, list: &PlaylistFile, paths: &Paths) -> std::io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = writer.create_element("playlist").with_attributes([("version", "1"), ("xmlns", NAMESPACE)]);
    root.write_inner_content(|writer| {
        let about = [("title", &list.title), ("creator", &list.creator), ("annotation", &list.about)];
        for (name, text) in about {
            if let Some(text) = text {
                writer.create_element(name).write_text_content(BytesText::new(text.as_str()))?;
            }
        }
        writer.create_element("trackList").write_inner_content(|writer| {
            for row in &list.rows {
                writer.create_element("track").write_inner_content(|writer| {
                    for (name, value) in fields(row, paths) {
                        writer.create_element(name).write_text_content(BytesText::new(&value))?;
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}
