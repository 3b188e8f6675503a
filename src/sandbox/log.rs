//! What was asked and how it was answered, for tests to look at. Keeps the newest lines only.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Lines kept; older ones are dropped.
const MAX_LINES: usize = 4096;

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
    /// The `User-Agent` header, if there was one.
    pub user_agent: Option<String>,
    /// The `Range` header, if there was one.
    pub range: Option<String>,
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
                user_agent: None,
                range: None,
            });
        }
        let lines = log.lines();
        assert_eq!(lines.len(), MAX_LINES);
        assert_eq!(lines[0].path, "/5");
        assert_eq!(lines[MAX_LINES - 1].path, format!("/{}", MAX_LINES + 4));
    }
}
