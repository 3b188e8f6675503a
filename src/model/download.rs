//! The words of copies for listening offline: what is asked for, how far it is, what came of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::fault::Fault;
use super::output::SoundFormat;
use super::text::CleanText;
use super::track::Track;

/// Names one download for good, over restarts too: its part on the disk goes by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DownloadId(pub u64);

/// A download as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Names it.
    pub id: DownloadId,
    /// What is copied, with what is known of it.
    pub track: Track,
    /// Where the copy goes.
    pub target: Target,
}

/// Where a copy goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The folder for copies. It is never made: a drive that is not there is not written around.
    pub folder: PathBuf,
    /// Its name in there, such as `{artist}/{album}/{number} {title}`.
    pub template: String,
}

/// Where a download stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DownloadState {
    /// Its turn has not come.
    Waiting,
    /// Its address is being asked for.
    Locating,
    /// Its bytes come.
    Fetching,
    /// It is decoded from beginning to end.
    Verifying,
    /// Title and cover are written.
    Tagging,
    /// The copy is there.
    Done,
    /// The listener stopped it for now.
    Paused,
    /// Something outside stands in its way; what came is kept.
    Held(Hold),
    /// It failed.
    Failed(Fault),
}

impl DownloadState {
    /// One word for it, the same in the library, in what `--json` prints and in plain lines.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Locating => "locating",
            Self::Fetching => "fetching",
            Self::Verifying => "verifying",
            Self::Tagging => "tagging",
            Self::Done => "done",
            Self::Paused => "paused",
            Self::Held(_) => "held",
            Self::Failed(_) => "failed",
        }
    }

    /// Why it does not go on, where that is no wish of the listener's.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Held(hold) => Some(&hold.fault),
            Self::Failed(fault) => Some(fault),
            Self::Waiting
            | Self::Locating
            | Self::Fetching
            | Self::Verifying
            | Self::Tagging
            | Self::Done
            | Self::Paused => None,
        }
    }
}

/// Why a download waits for something outside, in words and with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// What it waits for.
    pub reason: HoldReason,
    /// In words.
    pub fault: Fault,
}

/// What a download waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HoldReason {
    /// The service wants to be asked less often, or failed too often.
    Service,
    /// There is no network.
    NoNetwork,
    /// The network is paid for by the byte.
    Metered,
    /// The copies take as much of the disk as the listener allows.
    Budget,
    /// It is a time in which nothing is copied.
    QuietHours,
    /// There is no room on the disk.
    Space,
    /// The folder is not there, may not be written, or the disk fails.
    Folder,
    /// The system has no more files or memory to give.
    System,
    /// Another program copies the same.
    Elsewhere,
    /// The service wants the listener to sign in again.
    SignIn,
}

impl HoldReason {
    /// The same in two words or three; `None`: it takes more to say.
    pub fn words(self) -> Option<&'static str> {
        match self {
            Self::NoNetwork => Some("no network"),
            Self::Metered => Some("metered"),
            Self::Budget => Some("over budget"),
            Self::QuietHours => Some("quiet hours"),
            Self::Space => Some("no room"),
            Self::SignIn => Some("sign in again"),
            Self::Service | Self::Folder | Self::System | Self::Elsewhere => None,
        }
    }
}

/// How far a download is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadProgress {
    /// What it does.
    pub state: DownloadState,
    /// Bytes on the disk.
    pub bytes: u64,
    /// Bytes of the whole, where known.
    pub total: Option<u64>,
    /// Pieces that are whole, and all of them, where the music comes in pieces.
    pub pieces: Option<(usize, usize)>,
}

/// A copy that was proved to be whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedCopy {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the file, in lower-case hexadecimal digits.
    pub sha256: String,
    /// SHA-256 of what came, before tags were written; the same as `sha256` where none were. Of music that came in
    /// pieces: of the file they were joined to.
    pub source_sha256: String,
    /// What it was decoded to.
    pub format: SoundFormat,
    /// How long it plays.
    pub length: Duration,
    /// What did not work out and does no harm: tags that could not be written.
    pub notes: Vec<CleanText>,
    /// What the file told of a track of which only the address was known.
    pub learned: Option<Arc<Track>>,
}
