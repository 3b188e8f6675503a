//! What is left of copies that are not made any more.

use std::io;
use std::path::Path;

use crate::model::DownloadId;

use super::control::proofs;
use super::folder::{Folder, lock};
use super::receipt::receipt_name;
use super::{PREFIX, made_name, part_name};

/// Removes what a download has left in the folder for copies, its receipt included, but never a copy. To be called
/// once a copy is noted, and when one is not wanted any more. `false` when another program is at it. What a power cut brings
/// back is found by [`leftovers`].
pub fn discard(folder: &Path, id: DownloadId) -> io::Result<bool> {
    let folder = Folder::open(folder)?;
    let part = part_name(id);
    // Held until the files are gone.
    let held = folder.find(&part)?;
    if let Some(part) = &held
        && !lock(part)?
    {
        return Ok(false);
    }
    let [control, note] = proofs(&part);
    let receipt = receipt_name(id);
    let fresh = [format!("{control}.new"), format!("{receipt}.new")];
    for name in [made_name(id), control, note, part, receipt].iter().chain(&fresh) {
        folder.remove(name)?;
    }
    Ok(true)
}

/// The downloads that have left something in the folder for copies, whoever asked for them.
pub fn leftovers(folder: &Path) -> io::Result<Vec<DownloadId>> {
    let names = Folder::open(folder)?.names()?;
    let number = |name: &String| name.strip_prefix(PREFIX)?.split('.').next()?.parse().ok();
    let mut ids: Vec<DownloadId> = names.iter().filter_map(number).map(DownloadId).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
