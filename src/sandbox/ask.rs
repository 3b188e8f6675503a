//! A request as the services look at it: method, path, query, headers and body. Judges nothing.

use std::ops::RangeInclusive;

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use serde_json::Value;
use url::form_urlencoded;

use super::percent;

/// A whole request.
pub(super) struct Ask {
    pub method: Method,
    /// The path exactly as sent.
    pub path: String,
    /// The query exactly as sent, without `?`.
    pub raw_query: String,
    /// The query's pairs in order, decoded as a form.
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Ask {
    pub(super) fn new(parts: Parts, body: Bytes) -> Self {
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        Self {
            path: parts.uri.path().to_owned(),
            query: pairs(raw_query.as_bytes()),
            raw_query,
            method: parts.method,
            headers: parts.headers,
            body,
        }
    }

    /// The path's segments, decoded; empty ones are left out.
    pub(super) fn segments(&self) -> Vec<String> {
        self.path.split('/').filter(|segment| !segment.is_empty()).map(percent::decode).collect()
    }

    /// The first value of a query parameter, unless it is empty.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|v| !v.is_empty())
    }

    /// All values of a query parameter that may be repeated.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// A number of the query, or `usual` when it is not there; `None` when it is no number in `range`.
    pub(super) fn number(&self, name: &str, usual: usize, range: RangeInclusive<usize>) -> Option<usize> {
        match self.query(name) {
            None => Some(usual),
            Some(text) => text.parse().ok().filter(|number| range.contains(number)),
        }
    }

    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The token of an `Authorization: Bearer` header.
    pub(super) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// Whether the body is a form of names and values.
    pub(super) fn is_form(&self) -> bool {
        let media_type = self.header("content-type").unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    /// The form's pairs; empty when the body is no form.
    pub(super) fn form(&self) -> Vec<(String, String)> {
        if self.is_form() { pairs(&self.body) } else { Vec::new() }
    }

    /// A text of the body, be it a form or JSON.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        if self.is_form() {
            return self.form().into_iter().find(|(key, _)| key == name).map(|(_, value)| value);
        }
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        body.get(name)?.as_str().map(str::to_owned)
    }
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}
