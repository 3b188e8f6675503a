//! What comes of a call that no screen offers.

use std::fmt;

use serde_json::Value;

use super::sign_in::Link;

/// The answer to a [`super::Special`] call.
#[derive(Clone, Debug, PartialEq)]
pub struct SpecialAnswer {
    /// As the service shaped it, without secrets.
    pub value: Value,
    /// What is to be done with it.
    pub then: Option<Then>,
}

/// What an answer is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// A page is to be opened in the listener's browser; `value` names it too.
    Visit(Link),
    /// It is to be heard, or kept.
    Hear(Excerpt),
}

/// A short piece of sound, whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Such as `audio/mpeg`.
    pub media_type: String,
    /// A file of that kind.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of {}", self.bytes.len(), self.media_type)
    }
}

impl From<Value> for SpecialAnswer {
    fn from(value: Value) -> Self {
        Self { value, then: None }
    }
}
