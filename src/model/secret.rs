//! A value that must never be seen in a log, on the screen or in `Debug`.

use std::fmt;
use std::io;

use serde::Serialize;
use zeroize::Zeroizing;

/// A token, key or signed header value. `Debug` and `Display` show `[hidden]`; its memory is wiped when it goes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps `value`.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// A value that holds secrets, as JSON; nothing of it stays behind in memory. Empty for what is no JSON, such as
    /// a map whose keys are no texts.
    pub fn json(value: &impl Serialize) -> Self {
        let mut text = Wiped::default();
        let written = serde_json::to_writer(&mut text, value);
        let bytes = std::mem::take(&mut *text.0);
        Self::new(written.ok().and_then(|()| String::from_utf8(bytes).ok()).unwrap_or_default())
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

/// Bytes that are written one after the other, and wiped where they lay before there was room for more.
#[derive(Default)]
struct Wiped(Zeroizing<Vec<u8>>);

impl io::Write for Wiped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut roomier = Zeroizing::new(Vec::with_capacity(needed.max(128) * 2));
            roomier.extend_from_slice(&self.0);
            self.0 = roomier;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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
    fn a_secret_is_json_however_long_it_is() {
        for length in [0, 1, 200, 100_000] {
            let text = "\"\u{e9}\n".repeat(length);
            let read: (String, u8) = serde_json::from_str(Secret::json(&(&text, 7)).reveal()).unwrap();
            assert_eq!(read, (text, 7));
        }
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
