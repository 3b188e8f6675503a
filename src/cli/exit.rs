//! What the exit code says; the README documents the same table.

use std::process::ExitCode;

use crate::model::FaultKind;

/// The arguments make no sense.
pub(super) const USAGE: u8 = 2;

/// A signal ended the program: this and its number.
pub(super) const SIGNAL: u8 = 128;

/// The exit code for a kind of trouble: 1 failure, 2 usage, 3 not found, 4 sign-in needed or access
/// refused, 5 network, 6 unsupported or damaged media.
pub(super) fn code(kind: FaultKind) -> ExitCode {
    match kind {
        FaultKind::Other | FaultKind::Device => ExitCode::FAILURE,
        FaultKind::Usage => ExitCode::from(USAGE),
        FaultKind::NotFound => ExitCode::from(3),
        FaultKind::SignInNeeded | FaultKind::Refused => ExitCode::from(4),
        FaultKind::Network | FaultKind::Limited => ExitCode::from(5),
        FaultKind::Unsupported | FaultKind::Damaged => ExitCode::from(6),
    }
}
