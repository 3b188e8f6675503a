//! Whom an encrypted connection trusts, and in words why one is not made.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use rustls::{AlertDescription, CertificateError, Error as TlsError, PeerIncompatible};

use super::error::NetError;

/// The certificates that the listener trusts beside the system's.
pub(super) fn extra_roots(path: &Path) -> Result<Vec<reqwest::Certificate>, NetError> {
    let wrong =
        |why: &dyn fmt::Display| NetError::Setup(format!("network.extra_ca names {}: {why}", path.display()));
    let pem = std::fs::read(path).map_err(|error| wrong(&error))?;
    match reqwest::Certificate::from_pem_bundle(&pem) {
        Ok(roots) if !roots.is_empty() => Ok(roots),
        _ => Err(wrong(&"it holds no certificate in PEM form")),
    }
}

/// What stands against an encrypted connection to `host`, if it is that: also where the cause is wrapped as an
/// error of the system's.
pub(super) fn trouble(cause: &(dyn Error + 'static), host: &str) -> Option<NetError> {
    if let Some(wrapped) = cause.downcast_ref::<io::Error>() {
        return trouble(wrapped.get_ref()?, host);
    }
    let (error, host) = (cause.downcast_ref::<TlsError>()?, host.to_owned());
    Some(match error {
        TlsError::InvalidCertificate(wrong) => {
            let reason = certificate_words(wrong).map_or_else(|| error.to_string(), str::to_owned);
            NetError::Certificate { host, reason }
        }
        TlsError::AlertReceived(AlertDescription::ProtocolVersion)
        | TlsError::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13) => {
            NetError::Handshake { host, reason: "it has no TLS 1.2 or later".to_owned() }
        }
        TlsError::InvalidMessage(_) => {
            NetError::Handshake { host, reason: "it does not speak TLS".to_owned() }
        }
        _ => NetError::Handshake { host, reason: error.to_string() },
    })
}

fn certificate_words(error: &CertificateError) -> Option<&'static str> {
    Some(match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has run out",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "it is not good yet",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host"
        }
        CertificateError::UnknownIssuer => "nobody that this machine trusts has signed it",
        CertificateError::BadSignature => "its signature is wrong",
        CertificateError::Revoked => "it was taken back",
        _ => return None,
    })
}
