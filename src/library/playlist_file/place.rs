//! Where a row's sound is, as playlist files write it: paths in any encoding, with either slash, escaped or not;
//! `file:` and web addresses; names of a service's tracks.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;
use url::Url;

use crate::model::{FilePart, TrackRef, is_web_address};

/// How paths are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paths {
    /// Whole, from the root.
    Absolute,
    /// As seen from this folder (absolute), so that list and music can be moved together.
    Relative(PathBuf),
}

/// A file's text, and its lines as bytes: a path may be in no encoding at all.
pub(super) struct Text<'b> {
    /// For everything but paths.
    pub shown: Cow<'b, str>,
    /// The bytes, when they are lines of a one-byte encoding or UTF-8.
    pub bytes: Option<&'b [u8]>,
}

/// UTF-8, UTF-16 with its mark, else Windows-1252, in which old players wrote.
pub(super) fn text(bytes: &[u8]) -> Text<'_> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => text(rest),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => {
            let (shown, _) = match std::str::from_utf8(bytes) {
                Ok(text) => (Cow::Borrowed(text), false),
                Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes),
            };
            Text { shown, bytes: Some(bytes) }
        }
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Text<'_> {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    Text { shown: Cow::Owned(String::from_utf16_lossy(&units)), bytes: None }
}

/// Understands places, seen from the folder of the file that names them.
pub(super) struct Places<'p> {
    folder: &'p Path,
    exists: &'p dyn Fn(&Path) -> bool,
}

impl<'p> Places<'p> {
    pub fn new(folder: &'p Path, exists: &'p dyn Fn(&Path) -> bool) -> Self {
        Self { folder, exists }
    }

    /// A line of M3U or a value of PLS: mostly a bare path. `bytes` is the same before it became text.
    pub fn of_line(&self, line: &str, bytes: &[u8]) -> Result<TrackRef, String> {
        let trimmed = line.trim();
        if let Some(part) = self.part(trimmed, |file| self.of_line(file, file.as_bytes())) {
            return Ok(part);
        }
        if let Some(found) = outside(trimmed) {
            return found;
        }
        let mut ways = vec![from_bytes(bytes), PathBuf::from(line), PathBuf::from(trimmed)];
        ways.extend(turned(trimmed));
        ways.extend(unescaped(trimmed));
        Ok(self.first(ways, PathBuf::from(trimmed)))
    }

    /// A `location` of XSPF or JSPF: an address by the rules, often a bare path in the wild.
    pub fn of_address(&self, text: &str) -> Result<TrackRef, String> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err("its place is empty".to_owned());
        }
        if let Some(part) = self.part(trimmed, |file| self.of_address(file)) {
            return Ok(part);
        }
        if let Some(found) = outside(trimmed) {
            return found;
        }
        let mut ways: Vec<PathBuf> = unescaped(trimmed).into_iter().collect();
        ways.push(PathBuf::from(trimmed));
        ways.extend(turned(trimmed));
        let by_rule = ways[0].clone();
        Ok(self.first(ways, by_rule))
    }

    /// A stretch of a file; none where the text as it stands names a file, or something of the web.
    fn part(&self, text: &str, file: impl Fn(&str) -> Result<TrackRef, String>) -> Option<TrackRef> {
        let Ok(TrackRef::Part(part)) = text.strip_prefix("file://").unwrap_or(text).parse() else {
            return None;
        };
        let (before, _) = text.rsplit_once("#t=")?;
        let found = file(before).ok()?;
        let is_file = matches!(found, TrackRef::File(_)) && !(self.exists)(&self.folder.join(text));
        let path = found.file().filter(|_| is_file)?.to_owned();
        Some(TrackRef::Part(FilePart { path, ..part }))
    }

    /// The first way that leads to a file, else `otherwise`.
    fn first(&self, ways: Vec<PathBuf>, otherwise: PathBuf) -> TrackRef {
        let mut there =
            ways.into_iter().map(|way| flat(&self.folder.join(way))).filter(|way| (self.exists)(way));
        TrackRef::File(there.next().unwrap_or_else(|| flat(&self.folder.join(otherwise))))
    }
}

/// Places that are no paths: web addresses, `file:` addresses, tracks of a service. `None` for a path.
fn outside(text: &str) -> Option<Result<TrackRef, String>> {
    if is_drive(text) {
        return None;
    }
    let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("file") => Some(file(text)),
        Some("http" | "https") => Some(match Url::parse(text) {
            Ok(url) if is_web_address(&url) => Ok(TrackRef::Url(url)),
            _ => Err(format!("{text:?} is not a valid address")),
        }),
        _ if text.contains("://") || text.contains(":track:") => text.parse().map_or_else(
            |error: crate::model::TrackRefError| Some(Err(format!("{text:?}: {error}"))),
            |found| match found {
                TrackRef::File(_) | TrackRef::Part(_) => None,
                TrackRef::Url(_) | TrackRef::Service { .. } => Some(Ok(found)),
            },
        ),
        _ => None,
    }
}

fn file(text: &str) -> Result<TrackRef, String> {
    let found = Url::parse(text).ok().and_then(|url| url.to_file_path().ok());
    let path = found.ok_or_else(|| format!("{text:?} names no file of this machine"))?;
    Ok(TrackRef::File(path))
}

/// `C:\Music` and `C:/Music`.
fn is_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic())
}

/// With the slashes of Windows turned.
fn turned(text: &str) -> Option<PathBuf> {
    text.contains('\\').then(|| PathBuf::from(text.replace('\\', "/")))
}

fn unescaped(text: &str) -> Option<PathBuf> {
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    (bytes != text.as_bytes()).then(|| from_bytes(&bytes))
}

#[cfg(unix)]
fn from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// Without `.` and `..`, where those can be taken away by looking at the text alone.
fn flat(path: &Path) -> PathBuf {
    let mut flat = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if flat.file_name().is_some() => {
                flat.pop();
            }
            Component::ParentDir if flat.has_root() => {}
            Component::ParentDir | Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                flat.push(part);
            }
        }
    }
    flat
}

/// A place as an address, for XSPF and JSPF.
pub(super) fn address(place: &TrackRef, paths: &Paths) -> String {
    match place {
        TrackRef::Url(url) => url.to_string(),
        TrackRef::Service { .. } => place.to_string(),
        TrackRef::File(path) => file_address(path, paths).unwrap_or_else(|| path.display().to_string()),
        TrackRef::Part(part) => {
            let file = file_address(&part.path, paths).unwrap_or_else(|| part.path.display().to_string());
            file + &part.fragment()
        }
    }
}

fn file_address(path: &Path, paths: &Paths) -> Option<String> {
    let whole = Url::from_file_path(path).ok()?;
    let Paths::Relative(folder) = paths else { return Some(whole.to_string()) };
    let relative = Url::from_directory_path(folder).ok()?.make_relative(&whole)?;
    let first = relative.split('/').next().unwrap_or_default();
    let must_be_marked = first.is_empty() || first.contains(':');
    Some(if must_be_marked { format!("./{relative}") } else { relative })
}

/// A place as a line of M3U: a bare path, or a `file:` address when the path cannot stand in a line.
pub(super) fn line(place: &TrackRef, paths: &Paths) -> String {
    let TrackRef::File(path) = place else {
        let TrackRef::Part(part) = place else { return address(place, paths) };
        return line(&TrackRef::File(part.path.clone()), paths) + &part.fragment();
    };
    let whole = || Url::from_file_path(path).map_or_else(|()| path.display().to_string(), String::from);
    let Some(text) = path.to_str() else { return whole() };
    let is_read_alike = !matches!(text.parse(), Ok(TrackRef::Part(_)));
    let stands = text.trim() == text && !text.contains(char::is_control) && is_read_alike;
    if !stands {
        return whole();
    }
    let Paths::Relative(folder) = paths else { return text.to_owned() };
    match relative(path, folder).to_str() {
        Some(near)
            if !near.starts_with('#')
                && near.trim() == near
                && outside(near).is_none()
                && !is_drive(near) =>
        {
            near.to_owned()
        }
        Some(near) => format!("./{near}"),
        None => whole(),
    }
}

/// `path` as seen from `folder`; both absolute and flat.
fn relative(path: &Path, folder: &Path) -> PathBuf {
    let (to, from): (Vec<_>, Vec<_>) = (path.components().collect(), folder.components().collect());
    let shared = to.iter().zip(&from).take_while(|(one, other)| one == other).count();
    let up = from.iter().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.into_iter().skip(shared)).collect()
}
