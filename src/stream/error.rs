//! What can go wrong between a locator and its bytes.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::model::{Fault, FaultKind, Retry, format_clock};
use crate::net::{NetError, retry_delay};

/// Why bytes could not be had.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The listener moved on; nobody needs to be told.
    #[error("cancelled")]
    Cancelled,
    /// A file could not be read.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file is a directory.
    #[error("{0} is a directory")]
    Directory(PathBuf),
    /// The file or body has no bytes.
    #[error("{0} is empty")]
    Empty(String),
    /// A request failed.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The time is over in which the address may be asked; it was not. A connection that was open is not touched.
    #[error("the address {0} has run out")]
    RunOut(String),
    /// The server sent a web page or other text where sound was expected.
    #[error("{from} sent {what} instead of audio")]
    NotAudio {
        /// Address without its query.
        from: String,
        /// What it was: "a web page", "text".
        what: &'static str,
    },
    /// The server's file changed while it was being read, so that old and new bytes do not join.
    #[error("{from} changed while it was being read: {reason}")]
    Changed {
        /// Address without its query.
        from: String,
        /// What differs.
        reason: String,
    },
    /// A playlist breaks the rules so that it cannot be played.
    #[error("the playlist {from} cannot be played: {reason}")]
    Playlist {
        /// Address or path.
        from: String,
        /// Which rule, where.
        reason: String,
    },
    /// Something in a playlist is understood and cannot be played: DRM, an unknown codec.
    #[error("{from} cannot be played: {reason}")]
    Unsupported {
        /// Address or path.
        from: String,
        /// What is not supported.
        reason: String,
    },
    /// A segment could not be had; playing goes on without it.
    #[error("segment {number} of {from} is missing: {reason}")]
    MissingSegment {
        /// Counted from 1.
        number: u64,
        /// Where in what is played, and for how long.
        span: Option<(Duration, Duration)>,
        /// Address of the playlist, without its query.
        from: String,
        /// Why it could not be had.
        reason: String,
        /// The kind of trouble: an address that has run out is refused, not damaged.
        kind: FaultKind,
    },
}

impl StreamError {
    /// How long to wait before the same is asked for once more (`attempt` counts from 1, `jitter` from 0.0 to 1.0),
    /// or `None` when it is not worth it.
    pub fn retry_delay(&self, attempt: u8, jitter: f64) -> Option<Duration> {
        match self {
            Self::Net(error) => retry_delay(error, attempt, jitter),
            // What came was spoilt on its way, or an answer by mistake.
            Self::MissingSegment { kind: FaultKind::Damaged, .. } => Some(Duration::from_secs(1)),
            Self::Cancelled
            | Self::File { .. }
            | Self::Directory(_)
            | Self::Empty(_)
            | Self::RunOut(_)
            | Self::NotAudio { .. }
            | Self::Changed { .. }
            | Self::Playlist { .. }
            | Self::Unsupported { .. }
            | Self::MissingSegment { .. } => None,
        }
    }

    /// Whether the server asks everybody to come less often (429), or names a time until which it wants no requests.
    pub fn is_limit(&self) -> bool {
        match self {
            Self::Net(NetError::Status { status: 429, .. } | NetError::Closed { .. }) => true,
            Self::Net(NetError::Status { status: 503, .. }) => {
                self.asked_wait().is_some_and(|wait| !wait.is_zero())
            }
            _ => false,
        }
    }

    /// How long the server asks not to be asked again, where it says so.
    pub fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Net(NetError::Status { retry_after, .. }) => *retry_after,
            Self::Net(NetError::Closed { wait, .. }) => Some(*wait),
            _ => None,
        }
    }

    /// Whether the address is no longer, or not, one that answers; whoever gave it may know another.
    pub fn needs_address(&self) -> bool {
        match self {
            Self::Net(error) => matches!(error.status(), Some(401 | 403 | 404 | 410)),
            Self::RunOut(_) => true,
            _ => false,
        }
    }

    /// The same in words for a person.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Cancelled => Fault::new(FaultKind::Other, "cancelled"),
            Self::File { path, source } => match source.kind() {
                io::ErrorKind::NotFound => {
                    Fault::new(FaultKind::NotFound, format!("There is no file {}", path.display()))
                        .hint("Check the path")
                }
                io::ErrorKind::PermissionDenied => {
                    Fault::new(FaultKind::Refused, format!("{} may not be read", path.display()))
                        .hint("Check its permissions")
                }
                _ => Fault::new(FaultKind::Other, self.to_string()),
            },
            Self::Directory(_) => {
                Fault::new(FaultKind::Unsupported, self.to_string()).hint("Name a file in it")
            }
            Self::Net(error) => error.fault(),
            // Like an address that is refused, but that another one helps is certain.
            Self::RunOut(from) => Fault {
                retry: Retry::Later,
                ..Fault::new(FaultKind::Refused, format!("The address {from} has run out"))
                    .hint("Play it again to have a new one")
            },
            Self::Empty(_) | Self::NotAudio { .. } | Self::Changed { .. } | Self::Playlist { .. } => {
                Fault::new(FaultKind::Damaged, self.to_string())
            }
            // Who listens knows times, and no segments.
            Self::MissingSegment { kind, reason, span: Some((at, length)), .. } => {
                let seconds = length.as_secs_f64();
                let at = format_clock(*at);
                Fault::new(*kind, format!("{seconds:.1} s are left out at {at}: {reason}"))
            }
            Self::MissingSegment { kind, .. } => Fault::new(*kind, self.to_string()),
            Self::Unsupported { .. } => Fault::new(FaultKind::Unsupported, self.to_string()),
        }
    }
}

impl From<StreamError> for io::Error {
    fn from(error: StreamError) -> Self {
        Self::other(error)
    }
}
