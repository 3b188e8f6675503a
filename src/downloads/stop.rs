//! Why a copy is not made, or not yet: what heals by itself, what waits for somebody, what never will.

use std::io;
use std::path::Path;

use rustix::io::Errno;

use crate::model::{Fault, FaultKind, Hold, HoldReason, Retry, size_words};
use crate::stream::StreamError;

/// Why a copy stopped. Whatever came is kept, unless the fault never heals.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// The listener wants it so: paused, cancelled, or the program ends.
    #[error("cancelled")]
    Cancelled,
    /// Something outside stands in the way.
    #[error("{}", .0.fault)]
    Held(Hold),
    /// It failed; [`Fault::retry`] says whether it may heal.
    #[error("{0}")]
    Failed(Fault),
}

impl Stop {
    /// Something that is not what it should be, which may be otherwise another time.
    pub(super) fn damaged(message: impl AsRef<str>) -> Self {
        Self::Failed(Fault { retry: Retry::Later, ..Fault::new(FaultKind::Damaged, message) })
    }

    /// What will not change.
    pub(super) fn never(kind: FaultKind, message: impl AsRef<str>) -> Self {
        Self::Failed(Fault { retry: Retry::Never, ..Fault::new(kind, message) })
    }

    /// Held for `reason`, with what to do about it.
    pub(super) fn held(reason: HoldReason, message: impl AsRef<str>, hint: &str) -> Self {
        let fault = Fault { retry: Retry::Later, ..Fault::new(FaultKind::Other, message) };
        Self::Held(Hold { reason, fault: fault.hint(hint) })
    }

    /// There is no room for `needed` more bytes in `folder`, where so many are free.
    pub(super) fn no_room(folder: &Path, needed: u64, free: u64, reserve: u64) -> Self {
        let [needed, free, reserve] = [needed, free, reserve].map(size_words);
        let message = format!(
            "There is no room in {}: {needed} more are needed, with what tagging takes, beside the {reserve} that are to stay \
             free; {free} are free",
            folder.display()
        );
        let hint = "Make room on that disk, or lower downloads.free_megabytes; it goes on by itself";
        Self::held(HoldReason::Space, message, hint)
    }

    /// What an error of the disk means for a copy that goes to `folder`.
    pub(super) fn disk(error: &io::Error, folder: &Path) -> Self {
        let folder = folder.display();
        let of_folder = |message: String, hint: &str| Self::held(HoldReason::Folder, message, hint);
        match Errno::from_io_error(error) {
            Some(Errno::NOSPC) => Self::held(
                HoldReason::Space,
                format!("The disk of {folder} is full"),
                "Make room on that disk; it goes on by itself",
            ),
            Some(Errno::DQUOT) => Self::held(
                HoldReason::Space,
                format!("Your share of the disk of {folder} is used up"),
                "Make room there; it goes on by itself",
            ),
            Some(Errno::ROFS) => {
                of_folder(format!("The disk of {folder} is read-only"), "Choose another folder for downloads")
            }
            Some(Errno::ACCESS | Errno::PERM) => {
                of_folder(format!("{folder} may not be written"), "Check its permissions")
            }
            Some(Errno::NOENT | Errno::NOTDIR | Errno::NODEV | Errno::NXIO | Errno::STALE) => of_folder(
                format!("The folder {folder} is not there"),
                "Connect its drive, or choose another folder for downloads",
            ),
            Some(Errno::LOOP) => of_folder(
                format!("A link stands in the way in {folder}"),
                "Remove it: copies are never written through links",
            ),
            Some(Errno::XDEV) => of_folder(
                format!("A folder in {folder} is on another disk"),
                "Choose that one as folder for downloads, or move it",
            ),
            Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM) => Self::held(
                HoldReason::System,
                "The system has no more files or memory to give",
                "Close other programs; it goes on by itself",
            ),
            Some(Errno::NAMETOOLONG) => {
                Self::never(FaultKind::Usage, format!("{folder} leads too deep for another name"))
            }
            _ => of_folder(format!("The disk of {folder} fails: {error}"), "Check that disk"),
        }
    }
}

/// Why fetching stopped, by what helps.
#[derive(Debug)]
pub(super) enum Snag {
    /// Nothing here does.
    Stop(Stop),
    /// Another address may.
    Address(StreamError),
    /// Beginning anew does: what came and what would come do not belong together.
    Changed(StreamError),
}

impl From<Stop> for Snag {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<StreamError> for Snag {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Cancelled => Self::Stop(Stop::Cancelled),
            StreamError::Changed { .. } => Self::Changed(error),
            error if error.needs_address() => Self::Address(error),
            error => Self::Stop(Stop::Failed(error.fault())),
        }
    }
}
