//! The receipt of a copy: written before the file gets its name, and there until whoever asked for the copy has
//! noted it ([`super::discard`]). A kill at any moment between leaves no copy that nobody knows of, and none is made twice.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::digest::Output;
use sha2::{Digest, Sha256};

use crate::model::{CleanText, DownloadId, FinishedCopy, SampleRate, SoundFormat};

use super::PREFIX;
use super::control::hex;
use super::file_name::Place;
use super::folder::Folder;

/// Largest receipt that is read.
const MAX_BYTES: u64 = 1 << 20;

/// What is written of a copy's file, wherever it lies.
#[derive(Serialize, Deserialize)]
pub(super) struct About {
    pub bytes: u64,
    sha256: String,
    source_sha256: String,
    codec: String,
    sample_rate: u32,
    channels: u16,
    bits: Option<u16>,
}

impl About {
    pub(super) fn of(copy: &FinishedCopy) -> Self {
        Self {
            bytes: copy.bytes,
            sha256: copy.sha256.clone(),
            source_sha256: copy.source_sha256.clone(),
            codec: copy.format.codec.as_str().to_owned(),
            sample_rate: copy.format.sample_rate.0,
            channels: copy.format.channels,
            bits: copy.format.bits,
        }
    }

    /// The copy that it is of.
    pub(super) fn copy_at(self, path: PathBuf, length: Duration) -> FinishedCopy {
        FinishedCopy {
            path,
            bytes: self.bytes,
            sha256: self.sha256,
            source_sha256: self.source_sha256,
            format: SoundFormat {
                codec: CleanText::new(self.codec),
                sample_rate: SampleRate(self.sample_rate),
                channels: self.channels,
                bits: self.bits,
            },
            length,
            notes: Vec::new(),
            learned: None,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Written {
    folders: Vec<String>,
    name: String,
    #[serde(flatten)]
    about: About,
    length: Duration,
    notes: Vec<String>,
}

/// The name of a download's receipt.
pub(super) fn receipt_name(id: DownloadId) -> String {
    format!("{PREFIX}{}.receipt", id.0)
}

/// Writes that `copy` is about to be `name` in the folders of `place`.
pub(super) fn write(
    folder: &Folder,
    id: DownloadId,
    place: &Place,
    name: &str,
    copy: &FinishedCopy,
) -> io::Result<()> {
    let written = Written {
        folders: place.folders.clone(),
        name: name.to_owned(),
        about: About::of(copy),
        length: copy.length,
        notes: copy.notes.iter().map(|note| note.as_str().to_owned()).collect(),
    };
    folder.write(&receipt_name(id), &serde_json::to_vec(&written)?)?;
    folder.sync()
}

/// The copy that the receipt is of, if it is there and as it was. A receipt of anything else is removed.
pub(super) fn find(folder: &Folder, id: DownloadId) -> io::Result<Option<FinishedCopy>> {
    let Some(file) = folder.find(&receipt_name(id))? else { return Ok(None) };
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes)?;
    let copy = match serde_json::from_slice(&bytes) {
        Ok(written) => proved(folder, written)?,
        Err(_) => None,
    };
    if copy.is_none() {
        folder.remove(&receipt_name(id))?;
    }
    Ok(copy)
}

fn proved(folder: &Folder, written: Written) -> io::Result<Option<FinishedCopy>> {
    // Whatever lies in the folder may have been put there.
    let leads_elsewhere = |name: &String| name.contains('/') || matches!(name.as_str(), "." | "..");
    if written.folders.iter().chain([&written.name]).any(leads_elsewhere) {
        return Ok(None);
    }
    let mut held: Option<Folder> = None;
    for name in &written.folders {
        held = Some(held.as_ref().unwrap_or(folder).below(name)?);
    }
    let held = held.as_ref().unwrap_or(folder);
    let Some(mut file) = held.find(&written.name)? else { return Ok(None) };
    if file.metadata()?.len() != written.about.bytes || hex(&hash(&mut file)?) != written.about.sha256 {
        return Ok(None);
    }
    Ok(Some(FinishedCopy {
        notes: written.notes.iter().map(CleanText::new).collect(),
        ..written.about.copy_at(held.path().join(&written.name), written.length)
    }))
}

/// SHA-256 of a whole file.
pub(super) fn hash(file: &mut File) -> io::Result<[u8; 32]> {
    hash_of::<Sha256, 32>(file)
}

/// A hash of a whole file.
pub(super) fn hash_of<H: Digest, const N: usize>(file: &mut File) -> io::Result<[u8; N]>
where
    [u8; N]: From<Output<H>>,
{
    let (mut hash, mut buffer) = (H::new(), vec![0; 256 << 10]);
    file.seek(SeekFrom::Start(0))?;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            count => hash.update(&buffer[..count]),
        }
    }
}
