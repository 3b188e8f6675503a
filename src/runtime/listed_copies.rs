//! The list beside the copies, kept in step with the library: each finds again what the other has lost.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::downloads::{Noted, listed_copies, note_copies};
use crate::library::Downloads;
use crate::model::{DownloadChange, Fault, FaultKind, KeptDownloads, OfflineCopy};

use super::clock;

/// Writes into the list which copies came and went.
pub(super) fn note_changes(folder: &Path, changes: &[DownloadChange]) {
    let noted = changes.iter().filter_map(|change| match change {
        DownloadChange::Copy(copy) => Some(Noted::Comes(copy)),
        DownloadChange::CopyGone(track) => Some(Noted::Goes(track)),
        DownloadChange::Job { .. }
        | DownloadChange::Gone(_)
        | DownloadChange::Step { .. }
        | DownloadChange::StandAt(_)
        | DownloadChange::Paused(_)
        | DownloadChange::List(_)
        | DownloadChange::ListGone(_) => None,
    });
    note(folder, noted);
}

/// Writes what becomes of copies into the list beside them.
fn note<'a>(folder: &Path, noted: impl Iterator<Item = Noted<'a>>) {
    if let Err(error) = note_copies(folder, noted) {
        tracing::warn!("the list of copies in {} is not as they are: {error}", folder.display());
    }
}

/// Brings the list beside the copies and what is kept into step: copies that the library has lost, since it was damaged and
/// rebuilt or came from a backup, are kept again, and that is to be told; those that the list lacks are written into it.
pub(super) fn find_again(
    library: &mut Downloads,
    folder: &Path,
    kept: KeptDownloads,
) -> Result<(Option<Fault>, KeptDownloads), Fault> {
    let listed = match listed_copies(folder) {
        Ok(listed) => listed,
        Err(error) => {
            tracing::warn!("the list of copies in {} cannot be read: {error}", folder.display());
            return Ok((None, kept));
        }
    };
    let known: HashSet<_> = kept.copies.iter().map(|copy| &copy.track.reference).collect();
    let has: HashSet<_> = listed.iter().map(|copy| &copy.track.reference).collect();
    let is_there = |copy: &OfflineCopy| {
        fs::symlink_metadata(&copy.file.path)
            .is_ok_and(|about| about.is_file() && about.len() == copy.file.bytes)
    };
    let lacks = |copy: &&OfflineCopy| !has.contains(&copy.track.reference) && is_there(copy);
    note(folder, kept.copies.iter().filter(lacks).map(Noted::Comes));
    let lost: Vec<_> = listed.iter().filter(|copy| !known.contains(&copy.track.reference)).collect();
    if lost.is_empty() {
        return Ok((None, kept));
    }
    let changes: Vec<_> =
        lost.iter().map(|copy| DownloadChange::Copy(Box::new(OfflineCopy::clone(copy)))).collect();
    let now = clock::unix_millis();
    library.keep(&changes, None, now)?;
    let (count, s) = (lost.len(), if lost.len() == 1 { "y" } else { "ies" });
    let words =
        format!("{count} offline cop{s} that the library had lost: found again in {}", folder.display());
    Ok((Some(Fault::new(FaultKind::Other, words)), library.load(now)?))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::downloads::keep;
    use super::*;
    use crate::model::{FinishedCopy, SampleRate, SoundFormat, Track};

    #[test]
    fn copies_that_a_rebuilt_library_lost_are_found_again_and_told() {
        let house = tempfile::tempdir().unwrap();
        let folder = house.path().join("copies");
        fs::create_dir(&folder).unwrap();
        let path = folder.join("Night Bus.mp3");
        fs::write(&path, "sound").unwrap();
        let track = Track::new("audius:track:abc".parse().unwrap(), "Night Bus");
        let format =
            SoundFormat { codec: "MP3".into(), sample_rate: SampleRate(44_100), channels: 2, bits: None };
        let file = FinishedCopy {
            path,
            bytes: 5,
            sha256: "ab".repeat(32),
            source_sha256: "cd".repeat(32),
            format,
            length: Duration::from_secs(3),
            notes: Vec::new(),
            learned: None,
        };
        let copy = OfflineCopy { track: Arc::new(track), file, pinned: true, played_at: None };
        let open = |name: &str| {
            let mut library = Downloads::open(&house.path().join(name)).unwrap();
            let kept = library.load(0).unwrap();
            (library, kept)
        };
        let (mut library, _) = open("library.db");
        keep(&mut library, &folder, &[DownloadChange::Copy(Box::new(copy.clone()))], None).unwrap();
        let known = library.load(0).unwrap();
        assert_eq!(find_again(&mut library, &folder, known.clone()).unwrap(), (None, known));
        // Another database, as one that was rebuilt of nothing.
        let (mut rebuilt, kept) = open("rebuilt.db");
        let (told, kept) = find_again(&mut rebuilt, &folder, kept).unwrap();
        assert!(
            told.is_some_and(|told| told.to_string().starts_with("1 offline copy that the library had lost"))
        );
        assert_eq!(kept.copies, std::slice::from_ref(&copy));
        assert_eq!(open("rebuilt.db").1.copies, std::slice::from_ref(&copy));
        // What the listener gave away stays away, and what the list lacks is written into it.
        let gone = DownloadChange::CopyGone(copy.track.reference.clone());
        keep(&mut rebuilt, &folder, &[gone], None).unwrap();
        assert!(listed_copies(&folder).unwrap().is_empty());
        let known = library.load(0).unwrap();
        assert_eq!(find_again(&mut library, &folder, known).unwrap().0, None);
        assert_eq!(listed_copies(&folder).unwrap(), [copy]);
    }
}
