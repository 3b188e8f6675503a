//! The audio files below a folder, by name. Tags are not read here.

use std::fs;
use std::path::{Path, PathBuf};

use crate::model::{Page, Track, TrackRef};

use super::error::LibraryError;

/// Most files listed from one folder.
pub const MAX_FILES: usize = 20_000;

/// Deepest level of folders that is read.
const MAX_DEPTH: usize = 32;

/// Extensions of what the decoder may know, and of playlists it may fetch from.
const EXTENSIONS: [&str; 21] = [
    "mp3", "mp2", "aac", "m4a", "m4b", "mp4", "flac", "ogg", "oga", "opus", "wav", "aiff", "aif", "aifc",
    "caf", "mka", "webm", "weba", "alac", "m3u8", "mkv",
];

/// Audio files below `folder` in the order of their paths, at most [`MAX_FILES`]. Folders that cannot be
/// read are passed over, but for the first; links to folders are not followed, so no loop can catch it.
pub fn read_folder(folder: &Path) -> Result<Page<Track>, LibraryError> {
    let failed = |source| LibraryError::Folder { path: folder.to_owned(), source };
    let mut files = Vec::new();
    let mut waiting = vec![(folder.to_owned(), 0)];
    fs::read_dir(folder).map_err(failed)?;
    while let Some((path, depth)) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&path) else { continue };
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_dir() && depth < MAX_DEPTH {
                waiting.push((path, depth + 1));
            } else if is_audio(&path) && !kind.is_dir() {
                files.push(path);
            }
        }
        if files.len() >= MAX_FILES {
            break;
        }
    }
    files.sort();
    files.truncate(MAX_FILES);
    let items: Vec<_> = files.into_iter().map(|path| track(folder, path)).collect();
    Ok(Page { total: Some(items.len() as u64), items, ..Page::default() })
}

/// Audio files below any of the folders whose path below it holds every one of the words, whatever their case;
/// at most `limit`. Folders that cannot be read are passed over.
pub fn search_folders(folders: &[PathBuf], words: &str, limit: usize) -> Vec<Track> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let mut found = Vec::new();
    for folder in folders {
        let Ok(page) = read_folder(folder) else { continue };
        let matches = page.items.into_iter().filter(|track| match &track.reference {
            TrackRef::File(path) => {
                let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().to_lowercase();
                words.iter().all(|word| name.contains(word))
            }
            TrackRef::Url(_) | TrackRef::Service { .. } => false,
        });
        found.extend(matches);
    }
    found.truncate(limit);
    found
}

fn is_audio(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

/// The file's name is its title, and the folder it lies in its album.
fn track(root: &Path, path: PathBuf) -> Track {
    let title = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let album = path.parent().filter(|parent| *parent != root).and_then(Path::file_name);
    let album = album.map(|name| name.to_string_lossy().as_ref().into());
    Track { album, ..Track::new(TrackRef::File(path), title) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FaultKind;

    #[test]
    fn audio_files_are_found_in_order_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let tides = root.path().join("Tides");
        fs::create_dir(&tides).unwrap();
        for name in ["b.FLAC", "a.mp3", "notes.txt"] {
            fs::write(tides.join(name), b"x").unwrap();
        }
        fs::write(root.path().join("single.ogg"), b"x").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(root.path(), tides.join("loop")).unwrap();
        let page = read_folder(root.path()).unwrap();
        let found: Vec<_> = page
            .items
            .iter()
            .map(|track| (track.title.as_str(), track.album.as_ref().map(AsRef::as_ref)))
            .collect();
        assert_eq!(found, [("a", Some("Tides")), ("b", Some("Tides")), ("single", None)]);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let fault = read_folder(Path::new("/no/such/folder")).unwrap_err().fault();
        assert_eq!(fault.kind, FaultKind::NotFound);
        assert!(fault.to_string().contains("/no/such/folder"), "{fault}");
    }
}
