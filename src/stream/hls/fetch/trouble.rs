//! Why a segment is not there, by what helps.

use crate::model::FaultKind;
use crate::net::{NetError, retry_delay};
use crate::stream::StreamError;

/// Why a segment is not there.
pub(super) enum Trouble {
    /// It takes so long that a lower variant should be tried.
    Slow,
    /// The server says that there is none: another variant may have it, or the same server a moment later.
    Gone(Missing),
    /// What came is not what it should be: another variant may have it, else playing goes on without it.
    Missing(Missing),
    /// Nobody answered, or to say that it goes wrong just now, however often it was asked for.
    Unreachable(NetError),
    /// The next one would fare no better.
    Fatal(StreamError),
}

/// Why a segment could not be had.
#[derive(Clone)]
pub(super) struct Missing {
    pub reason: String,
    pub kind: FaultKind,
}

impl Trouble {
    /// The segment is not what it should be.
    pub(super) fn damaged(reason: impl Into<String>) -> Self {
        Self::Missing(Missing { reason: reason.into(), kind: FaultKind::Damaged })
    }
}

impl From<StreamError> for Missing {
    fn from(error: StreamError) -> Self {
        Self { reason: error.to_string(), kind: error.fault().kind }
    }
}

impl From<StreamError> for Trouble {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Net(error) if is_gone(&error) => Self::Gone(StreamError::Net(error).into()),
            StreamError::Net(error) if retry_delay(&error, 1, 0.0).is_some() => Self::Unreachable(error),
            // The server answers, so only this segment is lost; so with a file that is not there, and with a
            // place that is not asked.
            StreamError::Net(NetError::Status { .. } | NetError::Unencrypted { .. })
            | StreamError::File { .. } => Self::Missing(error.into()),
            error => Self::Fatal(error),
        }
    }
}

/// Whether the server says that the address will not work again.
pub(super) fn is_gone(error: &NetError) -> bool {
    matches!(error.status(), Some(401 | 403 | 404 | 410))
}
