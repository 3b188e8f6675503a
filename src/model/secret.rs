//! A value that must never be seen in a log, on the screen or in `Debug`.

use std::fmt;

use zeroize::Zeroizing;

/// A token, key or signed header value. `Debug` and `Display` show `[hidden]`; its memory is wiped when it goes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps `value`.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The value itself, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it is this text, found out in a time that does not tell where they differ.
    pub fn is(&self, other: &str) -> bool {
        let pairs = self.0.bytes().zip(other.bytes());
        let differences = pairs.fold(0, |found, (a, b)| found | (a ^ b));
        self.0.len() == other.len() && std::hint::black_box(differences) == 0
    }

    /// Whether there is nothing to hide.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_shows_nothing() {
        let secret = Secret::new("s3cret");
        assert_eq!(format!("{secret:?} {secret}"), "[hidden] [hidden]");
        assert_eq!(secret.reveal(), "s3cret");
    }

    #[test]
    fn only_the_same_text_is_the_same() {
        for (other, same) in
            [("s3cret", true), ("s3creT", false), ("s3cre", false), ("s3cret ", false), ("", false)]
        {
            assert_eq!(Secret::new("s3cret").is(other), same, "{other}");
        }
        assert!(Secret::default().is(""));
    }
}
