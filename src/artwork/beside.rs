//! The cover of a file on this machine: in its tags, else a picture in its folder.

use std::fs::{self, File};
use std::io::{self, BufReader, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::{FileType, TaggedFileExt as _};
use lofty::picture::PictureType;
use lofty::probe::Probe;

use super::MAX_BYTES;

/// What pictures of an album are called, the likeliest first.
const NAMES: [&str; 6] = ["cover", "folder", "front", "album", "albumart", "artwork"];

/// How their names end.
const ENDS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// Most entries of a folder that are looked at.
const MAX_ENTRIES: usize = 10_000;

/// The bytes of the cover, if there is one that is not too large.
pub(super) fn find(path: &Path) -> Option<Vec<u8>> {
    in_tags(path).or_else(|| read(&in_folder(path.parent()?)?).ok())
}

/// A reader of tags that panics finds nothing.
fn in_tags(path: &Path) -> Option<Vec<u8>> {
    catch_unwind(AssertUnwindSafe(|| tagged(path))).ok()?
}

fn tagged(path: &Path) -> Option<Vec<u8>> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut probe = Probe::new(BufReader::new(File::open(path).ok()?));
    if let Some(kind) = FileType::from_path(path) {
        probe = probe.set_file_type(kind);
    }
    let mut options = ParseOptions::new();
    options.parsing_mode(ParsingMode::Relaxed);
    let file = probe.options(options).guess_file_type().ok()?.read().ok()?;
    let pictures = || file.tags().iter().flat_map(|tag| tag.pictures());
    let fits = |data: &&[u8]| !data.is_empty() && data.len() <= MAX_BYTES;
    let front = pictures().find(|picture| picture.pic_type() == PictureType::CoverFront);
    front.or_else(|| pictures().next()).map(|picture| picture.data()).filter(fits).map(<[u8]>::to_vec)
}

fn in_folder(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?.filter_map(Result::ok).take(MAX_ENTRIES);
    let ranked = entries.filter_map(|entry| {
        let path = entry.path();
        let part = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().to_lowercase());
        let (stem, end) = (part(path.file_stem())?, part(path.extension())?);
        let name = NAMES.iter().position(|known| *known == stem)?;
        let end = ENDS.iter().position(|known| *known == end)?;
        Some(((name, end), path))
    });
    ranked.filter(|(_, path)| path.is_file()).min().map(|(_, path)| path)
}

/// The whole file, if it is not too large.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}
