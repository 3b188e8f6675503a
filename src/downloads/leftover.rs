//! What is left of copies that are not made any more.

use std::io;
use std::path::Path;

use crate::model::DownloadId;

use super::control::CONTROL_SUFFIX;
use super::folder::{Folder, lock};
use super::{PREFIX, made_name, part_name};

/// Removes what a download has left in the folder for copies. `false` when another program is at it.
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
    for name in
        [made_name(id), format!("{part}{CONTROL_SUFFIX}"), format!("{part}{CONTROL_SUFFIX}.new"), part]
    {
        folder.remove(&name)?;
    }
    folder.sync()?;
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
