//! A request as plain data.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use crate::model::{Reach, RemoteAddress, Secret};

pub use reqwest::Method;

/// Which clock bounds the whole answer, on top of the limits on connecting and on silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// A call to a service's API.
    Api,
    /// An HLS playlist or key.
    Playlist,
    /// An HLS segment.
    Segment,
    /// Audio that is read as it plays: no bound on the whole.
    Stream,
}

/// What is sent along. `Debug` shows nothing of it: it may be a password or a token.
#[derive(Clone, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// `application/x-www-form-urlencoded`, encoded already.
    Form(String),
    /// `application/json`.
    Json(String),
    /// Bytes of the media type in the `Content-Type` header.
    Bytes(Bytes),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, bytes) = match self {
            Self::Empty => return f.write_str("Empty"),
            Self::Form(text) => ("Form", text.len()),
            Self::Json(text) => ("Json", text.len()),
            Self::Bytes(bytes) => ("Bytes", bytes.len()),
        };
        write!(f, "{kind}({bytes} bytes)")
    }
}

/// One HTTP request.
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, POST, ...
    pub method: Method,
    /// Where to; never shown with its query.
    pub url: Url,
    /// Headers for this origin. They are dropped when a redirect leaves it.
    pub headers: Vec<(String, Secret)>,
    /// Headers that are no secret and follow every redirect: `Range`, `Accept`.
    pub open_headers: Vec<(&'static str, String)>,
    /// What is sent along.
    pub body: Body,
    /// Bounds the whole answer.
    pub limit: Limit,
    /// Whether it may lead into the listener's own network.
    pub reach: Reach,
    /// Whether it asks for sound or its playlist, which may leave an encrypted connection where the listener
    /// allows that. Calls to a service and keys never do.
    pub is_sound: bool,
    /// Whether redirects are followed; if not, one is an answer like any other.
    pub follows: bool,
    /// How long the first byte of each answer may take, where that is not what the settings say.
    pub first_byte: Option<Duration>,
}

impl Request {
    /// A GET without headers of an address that the listener named himself.
    pub fn get(url: Url, limit: Limit) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: Vec::new(),
            open_headers: Vec::new(),
            body: Body::Empty,
            limit,
            reach: Reach::Anywhere,
            is_sound: false,
            follows: true,
            first_byte: None,
        }
    }

    /// A GET of the sound at an address with the headers that belong to it.
    pub fn get_address(address: &RemoteAddress, limit: Limit) -> Self {
        Self {
            headers: address.headers.clone(),
            reach: address.reach,
            is_sound: true,
            ..Self::get(address.url.clone(), limit)
        }
    }

    /// Adds a header that stays with this origin.
    pub fn header(mut self, name: impl Into<String>, value: Secret) -> Self {
        self.headers.push((name.into(), value));
        self
    }

    /// Adds a header that follows redirects.
    pub fn open_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.open_headers.push((name, value.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_along_is_not_shown() {
        let url: Url = "https://api.example/session".parse().unwrap();
        let bodies = [
            Body::Form("password=hunter2".to_owned()),
            Body::Json(r#"{"refresh_token":"hunter2"}"#.to_owned()),
            Body::Bytes(Bytes::from_static(b"hunter2")),
        ];
        for body in bodies {
            let request = Request { body, ..Request::get(url.clone(), Limit::Api) };
            let shown = format!("{request:?}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}
