//! Which files are cut into tracks by cue sheets, and what the tracks are called.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::cue_sheet::{self, Sheet, SheetFile, SheetTrack};
use super::playlist_file::decoded;
use super::tags::{self, Tags};
use super::walk::{Candidate, EXTENSIONS};
use crate::model::{CleanText, Fault, FaultKind, FilePart, Track, TrackRef};

/// Largest sheet that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Most problems told of one sheet.
const MAX_TOLD: usize = 20;

/// Files that are no single sound to be cut.
const UNCUT: [&str; 1] = ["m3u8"];

/// A sheet as a folder tells it.
#[derive(Clone, Debug)]
pub(super) struct SheetAt {
    pub path: PathBuf,
    /// What tells whether it has changed.
    pub stamp: i64,
}

/// How one file is cut.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cut {
    /// The sheet, without its files.
    about: Sheet,
    file: SheetFile,
}

/// A track of a file, to become a row.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Which stretch; `None`: all of the file.
    pub part: Option<FilePart>,
    pub tags: Tags,
    pub track: Option<SheetTrack>,
}

/// Reads the sheets and tells the files which of them cuts them. What cannot be used is told as (path, problem).
pub(super) fn assign(
    mut sheets: Vec<SheetAt>,
    files: &mut [Candidate],
    problems: &mut dyn FnMut(&Path, &str),
) {
    if sheets.is_empty() {
        return;
    }
    // Of several sheets of one file the first one by name counts, on every run.
    sheets.sort_by(|left, right| left.path.cmp(&right.path));
    let (mut places, mut stems) = (HashMap::new(), HashMap::new());
    for (at, path) in files.iter().map(Candidate::path).enumerate() {
        if is_cuttable(&path) {
            stems.entry(path.with_extension("")).or_insert(at);
        }
        places.insert(path, at);
    }
    for sheet in sheets {
        let read = match read(&sheet.path) {
            Ok(read) => read,
            Err(problem) => {
                problems(&sheet.path, &problem);
                continue;
            }
        };
        let mut found_wrong = read.problems.clone();
        let named = &read.files;
        let is_alone = named.len() == 1;
        for file in named.iter().filter(|file| !file.tracks.is_empty()) {
            let found = meant(&sheet.path, &file.name)
                .and_then(|path| {
                    let by_name = places.get(&path).filter(|_| is_cuttable(&path));
                    // The image was made smaller since: Tides.wav is Tides.flac now.
                    by_name.or_else(|| stems.get(&path.with_extension(""))).copied()
                })
                .or_else(|| stems.get(&sheet.path.with_extension("")).copied().filter(|_| is_alone));
            let Some(candidate) = found.and_then(|at| files.get_mut(at)) else {
                found_wrong.push(format!("names a file that is not there: {}", file.name));
                continue;
            };
            if candidate.cut.is_none() {
                let about = Sheet { files: Vec::new(), problems: Vec::new(), ..read.clone() };
                candidate.cut = Some(Arc::new(Cut { about, file: file.clone() }));
                // Whichever of the two changes, the rows are made anew.
                candidate.mtime_ns = candidate.mtime_ns.wrapping_mul(31).wrapping_add(sheet.stamp);
            }
        }
        if !found_wrong.is_empty() {
            found_wrong.truncate(MAX_TOLD);
            problems(&sheet.path, &found_wrong.join("; "));
        }
    }
}

fn is_cuttable(path: &Path) -> bool {
    let extension = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| {
        EXTENSIONS.contains(&extension.as_str()) && !UNCUT.contains(&extension.as_str())
    })
}

fn read(path: &Path) -> Result<Sheet, String> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("is larger than a cue sheet can be ({} KiB)", MAX_BYTES >> 10));
    }
    Ok(cue_sheet::read(&decoded(&bytes)))
}

/// Where a sheet's file is: beside the sheet or below; a sheet says nothing about other folders.
fn meant(sheet: &Path, name: &str) -> Option<PathBuf> {
    let mut path = sheet.parent()?.to_owned();
    let name = name.replace('\\', "/");
    let relative = Path::new(&name);
    // A whole path is one of the machine that made the sheet.
    let relative =
        if relative.has_root() || name.contains(':') { Path::new(relative.file_name()?) } else { relative };
    for part in relative.components() {
        match part {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// The tracks of a file: those of its sheet, or of the sheet within its tags, else the file itself.
pub(super) fn pieces(candidate: &Candidate, tags: &Tags) -> Vec<Piece> {
    let within = || {
        let mut sheet = tags.sheet.clone()?;
        let file = sheet.files.drain(..).find(|file| file.tracks.len() > 1)?;
        Some(Arc::new(Cut { about: sheet, file }))
    };
    let Some(cut) = candidate.cut.clone().or_else(within) else {
        return vec![Piece { part: None, tags: tags.clone(), track: None }];
    };
    if cut.file.is_whole() {
        let track = cut.file.tracks.first().cloned();
        return vec![Piece { part: None, tags: filled(tags, &cut.about, track.as_ref()), track }];
    }
    cut.file.tracks.iter().map(|track| piece(candidate, tags, &cut.about, track)).collect()
}

fn piece(candidate: &Candidate, tags: &Tags, about: &Sheet, track: &SheetTrack) -> Piece {
    let part = FilePart { path: candidate.path(), start: track.start, end: track.end };
    let is_beyond = tags.length.is_some_and(|length| track.start >= length);
    let end = tags.length.map(|length| track.end.map_or(length, |end| end.min(length))).or(track.end);
    let performer = track.performer.clone().or_else(|| about.performer.clone());
    let tags = Tags {
        title: Some(
            track.title.clone().unwrap_or_else(|| CleanText::new(format!("Track {:02}", track.number))),
        ),
        artists: performer.map_or_else(|| tags.artists.clone(), |performer| vec![performer]),
        album: about.title.clone().or_else(|| tags.album.clone()),
        album_artist: about.performer.clone().or_else(|| tags.album_artist.clone()),
        genre: about.genre.clone().or_else(|| tags.genre.clone()),
        year: about.year.or(tags.year),
        number: Some(track.number),
        disc: about.disc.or(tags.disc),
        length: end.map(|end| end.saturating_sub(track.start)),
        isrc: track.isrc.clone(),
        has_art: tags.has_art,
        has_lyrics: tags.has_lyrics,
        stars: None,
        sheet: None,
        problem: match (&tags.problem, is_beyond) {
            (Some(problem), _) => Some(problem.clone()),
            (None, true) => Some("its cue sheet has it begin after the file's end".to_owned()),
            (None, false) => None,
        },
    };
    Piece { part: Some(part), tags, track: Some(track.clone()) }
}

/// A whole file's tags, and from its sheet what they lack.
fn filled(tags: &Tags, about: &Sheet, track: Option<&SheetTrack>) -> Tags {
    let mut tags = tags.clone();
    tags.title = tags.title.or_else(|| track?.title.clone());
    tags.isrc = tags.isrc.or_else(|| track?.isrc.clone());
    tags.number = tags.number.or(track.map(|track| track.number));
    if tags.artists.is_empty() {
        tags.artists.extend(track.and_then(|track| track.performer.clone()).or(about.performer.clone()));
    }
    tags.album = tags.album.or_else(|| about.title.clone());
    tags.album_artist = tags.album_artist.or_else(|| about.performer.clone());
    tags.genre = tags.genre.or_else(|| about.genre.clone());
    tags.year = tags.year.or(about.year);
    tags
}

/// The tracks that a sheet cuts out of the files beside it, without a library.
///
/// # Errors
/// When the sheet cannot be read, and when no file that it names is there.
pub fn sheet_tracks(sheet: &Path) -> Result<Vec<Track>, Fault> {
    let fault = |kind, problem: &str| Fault::new(kind, format!("{} {problem}", sheet.display()));
    let mut about = read(sheet).map_err(|problem| fault(FaultKind::NotFound, &problem))?;
    let mut tracks = Vec::new();
    for file in std::mem::take(&mut about.files) {
        let Some(path) = file_there(sheet, &file.name) else {
            let words = format!("names a file that is not there: {}", file.name);
            return Err(fault(FaultKind::NotFound, &words));
        };
        let is_whole = file.is_whole();
        let cut = Some(Arc::new(Cut { about: about.clone(), file }));
        // Its name alone stands for all of its path.
        let candidate = Candidate { name: path.as_os_str().into(), cut, ..Candidate::default() };
        tracks.extend(pieces(&candidate, &tags::read(&path)).into_iter().map(|piece| {
            let reference = match piece.part {
                Some(part) if !is_whole => TrackRef::Part(part),
                _ => TrackRef::File(path.clone()),
            };
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().as_ref().into();
            told(reference, piece.tags, stem)
        }));
    }
    if tracks.is_empty() {
        return Err(fault(FaultKind::Damaged, "names no track that can be played"));
    }
    Ok(tracks)
}

/// The file that a sheet means: of that name, or of that name or the sheet's with another ending.
fn file_there(sheet: &Path, name: &str) -> Option<PathBuf> {
    let meant = meant(sheet, name)?;
    if is_cuttable(&meant) && meant.is_file() {
        return Some(meant);
    }
    let with = |stem: &Path| {
        let mut others = EXTENSIONS.iter().map(|extension| stem.with_extension(extension));
        others.find(|other| is_cuttable(other) && other.is_file())
    };
    with(&meant).or_else(|| with(sheet))
}

/// A track of a file with what its tags tell; what was known of it stays where they tell nothing.
pub fn described(track: Track) -> Track {
    let Some(path) = track.reference.file() else { return track };
    let mut tags = tags::read(path);
    if matches!(track.reference, TrackRef::Part(_)) {
        // The file's title and length are not the part's.
        (tags.title, tags.length, tags.isrc) = (None, None, None);
    }
    let said = told(track.reference.clone(), tags, track.title);
    Track {
        artists: if track.artists.is_empty() { said.artists } else { track.artists },
        album: track.album.or(said.album),
        length: track.length.or(said.length),
        isrc: track.isrc.or(said.isrc),
        ..Track::new(said.reference, said.title)
    }
}

fn told(reference: TrackRef, tags: Tags, otherwise: CleanText) -> Track {
    Track {
        artists: tags.artists,
        album: tags.album,
        length: tags.length,
        isrc: tags.isrc,
        ..Track::new(reference, tags.title.unwrap_or(otherwise))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_leads_nowhere_but_below_its_folder() {
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(meant(Path::new("/m/a/x.cue"), name), expected.map(PathBuf::from), "{name}");
        };
        check("b.wav", Some("/m/a/b.wav"));
        check("CD1\\b.wav", Some("/m/a/CD1/b.wav"));
        check("./b.wav", Some("/m/a/b.wav"));
        check("C:\\Rips\\b.wav", Some("/m/a/b.wav"));
        check("/etc/passwd", Some("/m/a/passwd"));
        check("../b.wav", None);
        check("CD1/../../b.wav", None);
        check("..", None);
        check("", Some("/m/a"));
    }
}
