//! Envelopes: pages of lists, single objects, the fields somebody asked for, and errors.

use std::collections::BTreeMap;

use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::sandbox::ask::Ask;
use crate::sandbox::reply;

use super::Visit;
use super::shelf::Music;
use super::state::Playlist;

/// Rows a page when no `limit` is sent.
const PAGE_ROWS: usize = 20;

/// Largest `limit`; the documents name none, 0 stands for everything.
const MAX_LIMIT: usize = 1000;

/// A row before it is written.
pub(super) enum Row<'a> {
    Music(Music<'a>),
    Artist(usize),
    Playlist(Playlist),
    /// Music that somebody passed on: who, and when in unix seconds.
    Repost(Music<'a>, usize, u64),
}

impl<'a> Visit<'a> {
    /// A page of rows; `count` is that of all.
    pub(super) fn list(&self, rows: Vec<Row<'a>>) -> Response {
        self.list_page(rows, self.page, json!({}))
    }

    /// A page of rows beside what else stands in the answer.
    pub(super) fn list_page(&self, rows: Vec<Row<'a>>, page: usize, mut beside: Value) -> Response {
        let Some(limit) = self.ask.number("limit", PAGE_ROWS, 0..=MAX_LIMIT) else {
            return invalid("limit", "isInvalid");
        };
        let is_mixed = rows.iter().any(|row| matches!(row, Row::Repost(..)));
        let (skip, take) = match limit {
            0 => (0, usize::MAX),
            limit => ((page - 1).saturating_mul(limit), limit),
        };
        let count = rows.len();
        let written = rows.into_iter().skip(skip).take(take).map(|row| sparse(self.ask, self.row(row)));
        beside["results"] = written.collect();
        // The count is a text now and then, and not there for the most mixed lists.
        if !is_mixed {
            beside["count"] = if page.is_multiple_of(2) { json!(count.to_string()) } else { json!(count) };
        }
        reply::json(200, &beside)
    }

    fn row(&self, row: Row<'_>) -> Value {
        match row {
            Row::Music(music) => self.music(music),
            Row::Artist(artist) => self.artist(artist),
            Row::Playlist(list) => {
                let mut value = self.playlist(&list);
                if list.id.is_multiple_of(3) {
                    value["tracks"] = json!(false);
                }
                value
            }
            Row::Repost(music, by, time) => {
                let mut value = self.music(music);
                let name = self.shelf.artists.get(by).and_then(|artist| artist.name.as_ref());
                if time.is_multiple_of(2) {
                    value["repost"] = json!(name);
                } else {
                    value["repost_artist"] = json!({ "name": name });
                }
                value["repost_ts"] = json!(time.to_string());
                value
            }
        }
    }

    /// A single object in its envelope.
    pub(super) fn one(&self, value: Value) -> Response {
        reply::json(200, &json!({ "results": sparse(self.ask, value) }))
    }

    /// A single object without one, as a client has seen it.
    pub(super) fn bare(&self, value: Value) -> Response {
        reply::json(200, &sparse(self.ask, value))
    }
}

/// Only the fields that `fields=a,b:c` asks for, if it is there.
fn sparse(ask: &Ask, value: Value) -> Value {
    let Some(wanted) = ask.query("fields") else { return value };
    let mut fields: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for field in wanted.split(',').map(str::trim) {
        let (name, inner) = field.split_once(':').unwrap_or((field, ""));
        fields.entry(name).or_default().extend((!inner.is_empty()).then_some(inner));
    }
    let Value::Object(values) = value else { return value };
    let kept = values.into_iter().filter_map(|(name, value)| {
        let inner = fields.get(name.as_str())?;
        Some((name, if inner.is_empty() { value } else { within(value, inner) }))
    });
    Value::Object(kept.collect())
}

/// An object, or each one of a list, with these fields only.
fn within(value: Value, fields: &[&str]) -> Value {
    match value {
        Value::Object(values) => {
            let kept = values.into_iter().filter(|(name, _)| fields.contains(&name.as_str()));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(rows) => rows.into_iter().map(|row| within(row, fields)).collect(),
        other => other,
    }
}

/// A refusal; a `code` of 0 stands for none.
pub(super) fn error(status: u16, code: u32, words: &str) -> Response {
    let mut body = json!({ "message": words });
    if code != 0 {
        body["errorcode"] = json!(code);
    }
    reply::json(status, &body)
}

/// The refusal of a field, which broke that rule.
pub(super) fn invalid(field: &str, rule: &str) -> Response {
    let words = match rule {
        "isEmpty" => "This field is required",
        _ => "This value is not allowed",
    };
    let body = json!({ "errorcode": 1008, "message": "Validation failed", "description": "",
        "errors": { field: { rule: words } } });
    reply::json(422, &body)
}
