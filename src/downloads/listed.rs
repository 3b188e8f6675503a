//! The list of copies beside them: what each file is of. A library that lost them finds them again by it.
//!
//! Lines are only added, one for each copy that comes or goes; the last word on a track counts.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{CleanText, OfflineCopy, Track, TrackRef};

use super::folder::Folder;
use super::receipt::About;

/// The name of the list.
const NAME: &str = ".segue-copies.jsonl";

/// Bytes of a list that are read: some hundred thousand lines.
const MAX_BYTES: u64 = 256 << 20;

/// Bytes of a line that are read.
const MAX_LINE_BYTES: u64 = 64 << 10;

/// What becomes of a copy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Noted<'a> {
    /// It is there.
    Comes(&'a OfflineCopy),
    /// The one of this track is not there any more.
    Goes(&'a TrackRef),
}

#[derive(Serialize, Deserialize)]
struct Line {
    track: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    copy: Option<Written>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    /// The file's folders and name, from the folder of the list.
    file: Vec<String>,
    title: String,
    artists: Vec<String>,
    album: Option<String>,
    length_ms: Option<u64>,
    isrc: Option<String>,
    elsewhere: Vec<String>,
    #[serde(flatten)]
    about: About,
    plays_ms: u64,
    pinned: bool,
}

/// Writes what becomes of copies into the list of their folder. Those that lie elsewhere are left out.
///
/// # Errors
/// When it cannot be written; the copies are what they are.
pub fn note_copies<'a>(folder: &Path, noted: impl Iterator<Item = Noted<'a>>) -> io::Result<()> {
    let mut text = Vec::new();
    for one in noted {
        let line = match one {
            Noted::Goes(track) => Line { track: track.kept(), copy: None },
            Noted::Comes(copy) => match written(folder, copy) {
                Some(written) => Line { track: copy.track.reference.kept(), copy: Some(written) },
                None => continue,
            },
        };
        serde_json::to_writer(&mut text, &line)?;
        text.push(b'\n');
    }
    if text.is_empty() {
        return Ok(());
    }
    let held = Folder::open(folder)?;
    let mut file = match held.find(NAME)? {
        Some(file) => file,
        None => held.create_anew(NAME)?,
    };
    end_line(&mut file)?;
    file.write_all(&text)?;
    file.sync_data()?;
    held.sync()
}

/// Goes to the end, and ends a line that was cut off there.
fn end_line(file: &mut File) -> io::Result<()> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" { Ok(()) } else { file.write_all(b"\n") }
}

/// The copies that the list of this folder tells of and whose files are there, as long as they were. Lines that are
/// no good are passed over.
///
/// # Errors
/// When the list cannot be read.
pub fn listed_copies(folder: &Path) -> io::Result<Vec<OfflineCopy>> {
    let held = match Folder::open(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        held => held?,
    };
    let Some(file) = held.find(NAME)? else { return Ok(Vec::new()) };
    let mut lines = BufReader::new(file.take(MAX_BYTES));
    let mut known: HashMap<String, Written> = HashMap::new();
    let mut text = Vec::new();
    while lines.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut text)? > 0 {
        match serde_json::from_slice::<Line>(&text) {
            Ok(Line { track, copy: Some(copy) }) => drop(known.insert(track, copy)),
            Ok(Line { track, copy: None }) => drop(known.remove(&track)),
            Err(_) => {}
        }
        text.clear();
    }
    Ok(known.into_iter().filter_map(|(track, copy)| found(folder, &track, copy)).collect())
}

fn written(folder: &Path, copy: &OfflineCopy) -> Option<Written> {
    let (track, file) = (&copy.track, &copy.file);
    let names = file.path.strip_prefix(folder).ok()?.components();
    let names = names.map(|name| name.as_os_str().to_str().map(str::to_owned));
    let text = |text: &CleanText| text.as_str().to_owned();
    Some(Written {
        file: names.collect::<Option<_>>()?,
        title: text(&track.title),
        artists: track.artists.iter().map(text).collect(),
        album: track.album.as_ref().map(text),
        length_ms: track.length.map(milliseconds),
        isrc: track.isrc.as_ref().map(text),
        elsewhere: track.elsewhere.iter().map(TrackRef::kept).collect(),
        about: About::of(file),
        plays_ms: milliseconds(file.length),
        pinned: copy.pinned,
    })
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn found(folder: &Path, track: &str, copy: Written) -> Option<OfflineCopy> {
    let below: PathBuf = copy.file.iter().collect();
    // Whatever lies in the folder may have been put there: nothing leads out of it.
    let stays = |name: Component<'_>| matches!(name, Component::Normal(_));
    if copy.file.is_empty() || !below.components().all(stays) {
        return None;
    }
    let path = folder.join(below);
    let about = std::fs::symlink_metadata(&path).ok()?;
    if !about.is_file() || about.len() != copy.about.bytes {
        return None;
    }
    let track = Track {
        artists: copy.artists.iter().map(CleanText::new).collect(),
        album: copy.album.map(CleanText::new),
        length: copy.length_ms.map(Duration::from_millis),
        isrc: copy.isrc.map(CleanText::new),
        elsewhere: copy.elsewhere.iter().filter_map(|name| TrackRef::from_kept(name)).collect(),
        ..Track::new(TrackRef::from_kept(track)?, CleanText::new(copy.title))
    };
    let file = copy.about.copy_at(path, Duration::from_millis(copy.plays_ms));
    Some(OfflineCopy { track: Arc::new(track), file, pinned: copy.pinned, played_at: None })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn copy(folder: &Path, name: &str) -> OfflineCopy {
        let path = folder.join("Ada Cole").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "sound").unwrap();
        let line = serde_json::json!({
            "file": ["Ada Cole", name],
            "title": name,
            "artists": ["Ada Cole", "雨"],
            "album": "Tides",
            "length_ms": 27_341,
            "isrc": "GBAYE0601498",
            "elsewhere": ["audiomack:track:7"],
            "bytes": 5,
            "sha256": "ab".repeat(32),
            "source_sha256": "cd".repeat(32),
            "codec": "MP3",
            "sample_rate": 44_100,
            "channels": 2,
            "bits": null,
            "plays_ms": 27_300,
            "pinned": true,
        });
        let line: Written = serde_json::from_value(line).unwrap();
        found(folder, &format!("audius:track:{name}"), line).unwrap()
    }

    fn titles(folder: &Path) -> Vec<String> {
        let mut titles: Vec<_> =
            listed_copies(folder).unwrap().iter().map(|copy| copy.track.title.to_string()).collect();
        titles.sort_unstable();
        titles
    }

    #[test]
    fn copies_are_found_again_by_the_list_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert_eq!(titles(folder), Vec::<String>::new());
        let [one, two, three] = ["one", "two", "three"].map(|name| copy(folder, name));
        note_copies(folder, [&one, &two].into_iter().map(Noted::Comes)).unwrap();
        assert!(listed_copies(folder).unwrap().contains(&one), "with all that was known of it");
        // A line that a power cut left half is passed over, and the next one is whole.
        let mut list = fs::OpenOptions::new().append(true).open(folder.join(NAME)).unwrap();
        list.write_all(b"{\"track\":\"audius:tr").unwrap();
        note_copies(folder, [Noted::Goes(&two.track.reference), Noted::Comes(&three)].into_iter()).unwrap();
        assert_eq!(titles(folder), ["one", "three"]);
        // What is gone, or not as it was, is no copy.
        fs::remove_file(&one.file.path).unwrap();
        fs::write(&three.file.path, "another sound").unwrap();
        assert_eq!(titles(folder), Vec::<String>::new());
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("copies");
        fs::create_dir(&folder).unwrap();
        fs::write(outer.path().join("secret"), "sound").unwrap();
        let one = copy(&folder, "one");
        for names in [&["..", "secret"][..], &["/etc/passwd"], &["Ada Cole", "..", "..", "secret"], &[]] {
            let line = Written {
                file: names.iter().map(|name| (*name).to_owned()).collect(),
                ..written(&folder, &one).unwrap()
            };
            assert!(found(&folder, "audius:track:x", line).is_none(), "{names:?}");
        }
        // A copy elsewhere is not this list's.
        assert!(written(outer.path().join("other").as_path(), &one).is_none());
    }
}
