//! What was asked and how it was answered, for tests to look at. Keeps the newest lines only.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Lines kept; older ones are dropped.
const MAX_LINES: usize = 4096;

/// Bytes of a body that are kept.
pub(super) const MAX_BODY_BYTES: usize = 16 * 1024;

/// One request and the status it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLine {
    /// `GET`, `POST`, ...
    pub method: String,
    /// The path exactly as sent; the CDN's start with `/cdn/`.
    pub path: String,
    /// The query exactly as sent, without `?`; empty when there was none.
    pub query: String,
    /// The answer's HTTP status.
    pub status: u16,
    /// The headers, names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body as text, cut after [`MAX_BODY_BYTES`]; empty when there was none.
    pub body: String,
}

impl RequestLine {
    /// A header's first value, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What kind of credentials came along: `none`, `bearer`, `oauth` (the application's signature alone),
    /// `oauth user`, `api key`, or `other`.
    pub fn credentials(&self) -> &'static str {
        match self.header("authorization") {
            Some(value) if value.starts_with("Bearer ") => "bearer",
            Some(value) if value.starts_with("OAuth ") && value.contains("oauth_token=") => "oauth user",
            Some(value) if value.starts_with("OAuth ") => "oauth",
            Some(_) => "other",
            None if self.header("x-api-key").is_some() => "api key",
            None if self.header("x-audiosocket-token").is_some() => "other",
            None => "none",
        }
    }
}

/// The log.
#[derive(Debug, Default)]
pub(super) struct RequestLog(Mutex<VecDeque<RequestLine>>);

impl RequestLog {
    pub(super) fn add(&self, line: RequestLine) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= MAX_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// All lines kept, the oldest first.
    pub(super) fn lines(&self) -> Vec<RequestLine> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_keeps_the_newest_lines() {
        let log = RequestLog::default();
        for number in 0..MAX_LINES + 5 {
            log.add(RequestLine {
                method: "GET".to_owned(),
                path: format!("/{number}"),
                query: String::new(),
                status: 200,
                headers: Vec::new(),
                body: String::new(),
            });
        }
        let lines = log.lines();
        assert_eq!(lines.len(), MAX_LINES);
        assert_eq!(lines[0].path, "/5");
        assert_eq!(lines[MAX_LINES - 1].path, format!("/{}", MAX_LINES + 4));
    }
}
