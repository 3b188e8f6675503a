//! Covers that were fetched, kept in a folder: each decoded here and written anew, so that nothing of what came is on the
//! disk. A file is written beside its place and then put there, so that none is ever half; what was used longest ago
//! makes room.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::decode::decode;
use crate::model::Picture;

/// Most bytes of all files together.
const MAX_KEPT_BYTES: u64 = 64 << 20;

/// Quality that the eye does not tell from the original at this size.
const QUALITY: u8 = 90;

/// Covers in a folder, for this listener's eyes only.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// What was kept of an address; whatever is wrong with it, there is nothing then.
    pub fn read(&self, address: &Url, now: SystemTime) -> Option<Picture> {
        let path = self.folder.join(name(address));
        let picture = decode(&fs::read(&path).ok()?).ok()?;
        if let Ok(file) = File::options().append(true).open(&path) {
            // What was used lately stays longest; a folder that cannot be written to keeps its order.
            let _ = file.set_modified(now);
        }
        Some(picture)
    }

    /// Keeps what was fetched from an address.
    pub fn write(&self, address: &Url, picture: &Picture) -> io::Result<()> {
        let (width, height) = (picture.large.width(), picture.large.height());
        let size = |side: usize| u32::try_from(side).map_err(io::Error::other);
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY)
            .encode(picture.large.bytes(), size(width)?, size(height)?, ExtendedColorType::Rgb8)
            .map_err(io::Error::other)?;
        make(&self.folder)?;
        let path = self.folder.join(name(address));
        let beside = path.with_extension("new");
        private(&beside)?.write_all(&bytes)?;
        fs::rename(&beside, &path)?;
        self.make_room(MAX_KEPT_BYTES)
    }

    pub(super) fn make_room(&self, most: u64) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)?.filter_map(Result::ok) {
            let about = entry.metadata()?;
            files.push((about.modified().unwrap_or(SystemTime::UNIX_EPOCH), about.len(), entry.path()));
        }
        files.sort();
        let mut all: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, bytes, path) in files {
            if all <= most {
                break;
            }
            fs::remove_file(path)?;
            all -= bytes;
        }
        Ok(())
    }
}

/// Nothing of the address can be read from it.
fn name(address: &Url) -> String {
    let digest = Sha256::digest(address.as_str().as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>() + ".jpg"
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
