//! What went wrong, in words for a person, with what can be done about it.

use serde::Serialize;

use super::text::CleanText;

/// What kind of trouble it is; the command line turns it into an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// There is no such file, track or page.
    NotFound,
    /// The service wants the listener to sign in, or wants other credentials.
    SignInNeeded,
    /// The server said no (403, gated, not in this country).
    Refused,
    /// The server could not be reached, stalled, or failed by itself.
    Network,
    /// The service limits how often it may be asked.
    Limited,
    /// This kind of media cannot be played.
    Unsupported,
    /// The media is broken, cut off or not what it claims to be.
    Damaged,
    /// There is no sound device, or it went away.
    Device,
    /// Something in the configuration or the arguments is wrong.
    Usage,
    /// Anything else.
    Other,
}

/// Whether asking again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same request may succeed later.
    Later,
    /// The same request will fail again.
    Never,
}

/// An error at the edge of a room: what happened, what to do, whether it may heal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The kind of trouble.
    pub kind: FaultKind,
    /// What happened, one sentence without a final stop: "Audius did not answer".
    pub message: CleanText,
    /// What to do about it, if anything: "Press r to try again".
    pub hint: Option<CleanText>,
    /// Whether asking again can help.
    pub retry: Retry,
    /// How long not to ask again, in seconds, where the server said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_s: Option<u64>,
}

impl Fault {
    /// A fault without a hint. Network trouble and limits heal, the rest does not.
    pub fn new(kind: FaultKind, message: impl AsRef<str>) -> Self {
        let retry = match kind {
            FaultKind::Network | FaultKind::Limited | FaultKind::Device => Retry::Later,
            FaultKind::NotFound
            | FaultKind::SignInNeeded
            | FaultKind::Refused
            | FaultKind::Unsupported
            | FaultKind::Damaged
            | FaultKind::Usage
            | FaultKind::Other => Retry::Never,
        };
        Self { kind, message: CleanText::new(message), hint: None, retry, wait_s: None }
    }

    /// The same fault with what to do about it.
    pub fn hint(mut self, hint: impl AsRef<str>) -> Self {
        self.hint = Some(CleanText::new(hint));
        self
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&sentence(&self.message))?;
        match &self.hint {
            Some(hint) => write!(f, " {}", sentence(hint)),
            None => Ok(()),
        }
    }
}

/// The words with a final stop, unless they end in one of another kind.
fn sentence(words: &CleanText) -> String {
    let words = words.as_str().trim_end_matches('.');
    if words.ends_with(['?', '!', '…']) { words.to_owned() } else { format!("{words}.") }
}

impl std::error::Error for Fault {}
