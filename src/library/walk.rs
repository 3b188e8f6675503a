//! The audio files below folders, with what tells whether one has changed. Tags are not read here.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use super::cut::{self, Cut, SheetAt};
use super::rows::reference_text;
use crate::model::TrackRef;

/// Deepest level of folders that is read.
const MAX_DEPTH: usize = 64;

/// Most files listed.
const MAX_FILES: usize = 1_000_000;

/// Extensions of what the decoder may know, and of playlists it may fetch from.
pub(super) const EXTENSIONS: [&str; 21] = [
    "mp3", "mp2", "aac", "m4a", "m4b", "mp4", "flac", "ogg", "oga", "opus", "wav", "aiff", "aif", "aifc",
    "caf", "mka", "webm", "weba", "alac", "m3u8", "mkv",
];

/// Names of pictures that stand for all tracks of a folder.
const COVERS: [&str; 4] = ["cover", "folder", "front", "album"];

/// A folder that holds files.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Folder {
    pub path: PathBuf,
    /// As [`reference_text`] writes it.
    pub text: String,
}

/// A file as the folder tells it. There may be a million of these at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Candidate {
    pub folder: Arc<Folder>,
    pub name: Box<OsStr>,
    /// When it was changed last; of a file that a sheet cuts, a number that either's change changes.
    pub mtime_ns: i64,
    pub size: i64,
    /// 0 where the system has none.
    pub inode: i64,
    pub device: i64,
    /// A picture lies beside it.
    pub has_cover: bool,
    /// An `.lrc` file lies beside it.
    pub has_lyrics: bool,
    /// How a cue sheet cuts it.
    pub cut: Option<Arc<Cut>>,
}

impl Candidate {
    pub fn path(&self) -> PathBuf {
        self.folder.path.join(&*self.name)
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Those of one folder stand together.
    pub files: Vec<Candidate>,
    /// Paths that could not be read, and why.
    pub problems: Vec<(String, String)>,
    /// Folders of which nothing is known now: what was in them is not gone.
    pub unread: Vec<PathBuf>,
    sheets: Vec<SheetAt>,
}

/// Audio files below `roots`, each once. Links are followed; one that leads back is noted. `go_on` is asked at
/// each folder, with its path and how many files there are so far.
pub(super) fn walk(roots: &[PathBuf], go_on: &mut dyn FnMut(&Path, usize) -> bool) -> Found {
    let mut found = Found::default();
    let mut seen = HashSet::new();
    let mut waiting: Vec<_> = roots.iter().rev().map(|root| (root.clone(), 0, true)).collect();
    while let Some((folder, depth, may_repeat)) = waiting.pop() {
        if !go_on(&folder, found.files.len()) || found.files.len() >= MAX_FILES {
            found.unread.push(folder);
            found.unread.extend(waiting.into_iter().map(|(folder, _, _)| folder));
            break;
        }
        match fs::metadata(&folder) {
            Ok(about) if seen.insert(identity(&folder, &about)) => {}
            // A root below another one is no mistake.
            Ok(_) if may_repeat => continue,
            Ok(_) => {
                found.note(&folder, "leads back to a folder that was read already");
                continue;
            }
            Err(error) => {
                found.note(&folder, &format!("cannot be read: {error}"));
                found.unread.push(folder);
                continue;
            }
        }
        if let Err(error) = found.read(&folder, depth, &mut waiting) {
            found.note(&folder, &format!("cannot be read: {error}"));
            found.unread.push(folder);
        }
    }
    let Found { files, problems, sheets, .. } = &mut found;
    cut::assign(std::mem::take(sheets), files, &mut |path, problem| {
        problems.push((text_of(path), problem.to_owned()));
    });
    found
}

impl Found {
    fn note(&mut self, path: &Path, problem: &str) {
        self.problems.push((text_of(path), problem.to_owned()));
    }

    fn read(
        &mut self,
        folder: &Path,
        depth: usize,
        waiting: &mut Vec<(PathBuf, usize, bool)>,
    ) -> std::io::Result<()> {
        let mut audio = Vec::new();
        let mut folders = Vec::new();
        let mut lyrics = HashSet::new();
        let mut has_cover = false;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let extension = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
            let extension = extension.as_deref().unwrap_or_default();
            if extension == "lrc" {
                lyrics.insert(path.with_extension(""));
            }
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_ascii_lowercase());
            has_cover |= matches!(extension, "jpg" | "jpeg" | "png" | "webp")
                && stem.is_some_and(|stem| COVERS.contains(&stem.as_str()));
            match fs::metadata(&path) {
                Ok(about) if about.is_dir() && depth < MAX_DEPTH => folders.push(path),
                Ok(about) if about.is_dir() => self.note(&path, "is too deep below the music folder"),
                Ok(about) if about.is_file() && extension == "cue" => {
                    let size = i64::try_from(about.len()).unwrap_or(i64::MAX);
                    self.sheets.push(SheetAt { path, stamp: mtime_ns(&about).wrapping_add(size) });
                }
                Ok(about) if about.is_file() && EXTENSIONS.contains(&extension) => audio.push((path, about)),
                Err(error) if EXTENSIONS.contains(&extension) || extension == "cue" || is_link(&path) => {
                    self.note(&path, &format!("cannot be read: {error}"));
                }
                Ok(_) | Err(_) => {}
            }
        }
        audio.sort_by(|(left, _), (right, _)| left.cmp(right));
        folders.sort_by(|left, right| right.cmp(left));
        waiting.extend(folders.into_iter().map(|path| (path, depth + 1, false)));
        let folder = Arc::new(Folder { path: folder.to_owned(), text: text_of(folder) });
        self.files.extend(audio.into_iter().map(|(path, about)| {
            let (device, inode) = numbers(&about);
            let has_lyrics = lyrics.contains(&path.with_extension(""));
            Candidate {
                folder: Arc::clone(&folder),
                mtime_ns: mtime_ns(&about),
                size: i64::try_from(about.len()).unwrap_or(i64::MAX),
                inode,
                device,
                has_cover,
                has_lyrics,
                cut: None,
                name: path.file_name().unwrap_or_default().into(),
            }
        }));
        Ok(())
    }
}

fn mtime_ns(about: &Metadata) -> i64 {
    let since = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |time| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX))
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink())
}

pub(super) fn text_of(path: &Path) -> String {
    reference_text(&TrackRef::File(path.to_owned()))
}

/// What tells folders apart by whatever way they are reached.
fn identity(path: &Path, about: &Metadata) -> (i64, i64, Option<PathBuf>) {
    match numbers(about) {
        (0, 0) => (0, 0, fs::canonicalize(path).ok()),
        (device, inode) => (device, inode, None),
    }
}

/// Device and inode; zeros where the system has none.
#[cfg(unix)]
fn numbers(about: &Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (about.dev().cast_signed(), about.ino().cast_signed())
}

/// Device and inode; zeros where the system has none.
#[cfg(not(unix))]
fn numbers(_: &Metadata) -> (i64, i64) {
    (0, 0)
}
