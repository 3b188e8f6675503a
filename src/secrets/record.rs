//! What the file of a name says: where the token is, or the token itself.

use serde::{Deserialize, Serialize};

use crate::model::Secret;

/// A token is at most this long; those of the services have some hundred bytes.
pub(super) const MAX_SECRET_BYTES: usize = 64 * 1024;

/// A file's length is at most this: every byte of a token may need six when written (`\u0001`).
pub(super) const MAX_RECORD_BYTES: usize = 6 * MAX_SECRET_BYTES + 64;

/// Where a token is. The file decides: a keyring may hold an older token that it could not be asked to
/// forget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    /// In the keyring.
    InKeyring,
    /// Right here.
    Here(Secret),
}

/// The file's JSON: `{"kept":"keyring"}` or `{"kept":"here","secret":"..."}`.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kept", rename_all = "lowercase")]
enum Wire<'a> {
    Keyring,
    Here {
        #[serde(borrow)]
        secret: std::borrow::Cow<'a, str>,
    },
}

impl Record {
    /// Reads a file's bytes; `None` when they are not what we write.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        Some(match serde_json::from_slice(bytes).ok()? {
            Wire::Keyring => Self::InKeyring,
            Wire::Here { secret } => Self::Here(Secret::new(secret)),
        })
    }

    /// Whether a file's bytes say that the token is in the keyring. Reads no token, of which a copy would stay in
    /// memory.
    pub fn is_in_keyring(bytes: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Where<'a> {
            kept: &'a str,
        }
        serde_json::from_slice::<Where<'_>>(bytes).is_ok_and(|found| found.kept == "keyring")
    }

    /// The bytes for the file.
    pub fn bytes(&self) -> Secret {
        let wire = match self {
            Self::InKeyring => Wire::Keyring,
            Self::Here(secret) => Wire::Here { secret: secret.reveal().into() },
        };
        Secret::json(&wire)
    }
}
