//! An answer, read piece by piece and never beyond its cap.

use std::time::Duration;

use bytes::Bytes;
use url::Url;

use crate::model::Reach;

use super::client::classify;
use super::date::unix_seconds;
use super::error::NetError;
use super::redirect::host_of;

/// An answer whose headers have come. Dropping it ends the transfer.
#[derive(Debug)]
pub struct Response {
    pub(super) inner: reqwest::Response,
    /// The address that answered, after redirects.
    pub url: Url,
    /// The HTTP status.
    pub status: u16,
    /// What the addresses in it may reach.
    pub reach: Reach,
    pub(super) deadline: Option<tokio::time::Instant>,
    /// Bytes of the body that were read with its head.
    pub(super) ahead: Option<Bytes>,
}

impl Response {
    /// A header's value, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inner.headers().get(name)?.to_str().ok()
    }

    /// The media type without its parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase())
    }

    /// Bytes that are still to come, if the server says and nothing is compressed.
    pub fn content_length(&self) -> Option<u64> {
        self.inner.content_length()
    }

    /// The same answer if its status is 2xx, else what the status means.
    pub fn success(self) -> Result<Self, NetError> {
        if (200..300).contains(&self.status) { Ok(self) } else { Err(self.status_error()) }
    }

    /// What the status means, as an error.
    pub fn status_error(&self) -> NetError {
        NetError::Status { host: host_of(&self.url), status: self.status, retry_after: self.retry_after() }
    }

    fn retry_after(&self) -> Option<Duration> {
        retry_after(self.header("retry-after")?, self.header("date").unwrap_or_default())
    }

    /// The next piece of the body, `None` at its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, NetError> {
        if let Some(ahead) = self.ahead.take().filter(|ahead| !ahead.is_empty()) {
            return Ok(Some(ahead));
        }
        let next = self.inner.chunk();
        let result = match self.deadline {
            None => next.await,
            Some(deadline) => tokio::time::timeout_at(deadline, next)
                .await
                .map_err(|_| NetError::Timeout { host: host_of(&self.url), phase: super::Phase::Whole })?,
        };
        result.map_err(|error| classify(&error, &self.url))
    }

    /// The whole body, at most `cap_bytes` of it after decompression.
    pub async fn bytes(mut self, cap_bytes: usize) -> Result<Bytes, NetError> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if body.len() + chunk.len() > cap_bytes {
                return Err(NetError::TooLarge { host: host_of(&self.url), cap_bytes });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.into())
    }

    /// The whole body as text, bad UTF-8 replaced.
    pub async fn text(self, cap_bytes: usize) -> Result<String, NetError> {
        let body = self.bytes(cap_bytes).await?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    }
}

/// `Retry-After` in its two forms (RFC 9110 section 10.2.3). A time is taken by the server's own `Date`, so
/// that it does not matter how wrong this machine's clock is; a time that has passed is no wait.
fn retry_after(value: &str, date: &str) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    Some(Duration::from_secs(unix_seconds(value)?.saturating_sub(unix_seconds(date)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let date = "Fri, 31 Dec 1999 23:57:59 GMT";
        let rows = [
            // The two examples of RFC 9110 section 10.2.3.
            ("Fri, 31 Dec 1999 23:59:59 GMT", date, Some(120)),
            ("120", "", Some(120)),
            (" 0 ", date, Some(0)),
            ("Fri, 31 Dec 1999 23:57:00 GMT", date, Some(0)),
            ("Sun, 31 Dec 2000 23:57:59 GMT", date, Some(366 * 86_400)),
            ("Fri, 31 Dec 1999 23:59:59 GMT", "", None),
            ("-5", date, None),
            ("1.5", date, None),
            ("soon", date, None),
            ("99999999999999999999", date, None),
        ];
        for (value, date, expected) in rows {
            assert_eq!(retry_after(value, date), expected.map(Duration::from_secs), "{value}");
        }
    }
}
