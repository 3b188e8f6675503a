//! Why bytes could not become samples.

use std::io;
use std::time::Duration;

use crate::model::{Fault, FaultKind};
use crate::stream::StreamError;

/// Why a track cannot be decoded, or not any further.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The bytes are no sound that anything here knows.
    #[error("This is not a sound file: {0}")]
    Unrecognised(&'static str),
    /// The sound is recognised and cannot be played.
    #[error("This sound cannot be played: {0}")]
    Unsupported(String),
    /// The sound is broken.
    #[error("The sound is damaged: {0}")]
    Damaged(String),
    /// The bytes ended before the sound did.
    #[error("The sound ended early, after {}", seconds(*got, *expected))]
    EndedEarly {
        /// How much was there.
        got: Duration,
        /// How much the file says it has, if it does.
        expected: Option<Duration>,
    },
    /// The bytes can only be read forward.
    #[error("This stream cannot go back: it can only be played forward")]
    ForwardOnly,
    /// The bytes could not be had.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// The bytes could not be read.
    #[error("The sound could not be read: {0}")]
    Read(io::Error),
}

impl DecodeError {
    /// The same in words for a person.
    pub fn fault(&self) -> Fault {
        let kind = match self {
            Self::Stream(error) => return error.fault(),
            Self::Unrecognised(_) | Self::Damaged(_) | Self::EndedEarly { .. } => FaultKind::Damaged,
            Self::Unsupported(_) | Self::ForwardOnly => FaultKind::Unsupported,
            Self::Read(_) => FaultKind::Other,
        };
        Fault::new(kind, self.to_string())
    }

    /// Whether the listener moved on, so that nobody needs to be told.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Stream(StreamError::Cancelled))
    }
}

fn seconds(got: Duration, expected: Option<Duration>) -> String {
    let got = got.as_secs_f64();
    match expected {
        Some(expected) => format!("{got:.1} of {:.1} seconds", expected.as_secs_f64()),
        None => format!("{got:.1} seconds"),
    }
}

/// A stream's own error travels inside `io::Error` through readers that know nothing of it; here it
/// comes out again, so that a cancelled wait or a lost network keeps its kind.
impl From<io::Error> for DecodeError {
    fn from(error: io::Error) -> Self {
        match error.downcast::<StreamError>() {
            Ok(error) => Self::Stream(error),
            Err(error) => Self::Read(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_error_comes_out_of_an_io_error_again() {
        let error = DecodeError::from(io::Error::from(StreamError::Cancelled));
        assert!(error.is_cancelled(), "{error:?}");
        let error = DecodeError::from(io::Error::from(io::ErrorKind::PermissionDenied));
        assert!(matches!(error, DecodeError::Read(_)), "{error:?}");
    }
}
