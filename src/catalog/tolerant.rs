//! Readers for JSON whose types are loose: numbers as text and the reverse, switches as words, objects
//! where text was meant, lists bare or wrapped. What cannot be read is absent, never an error. No
//! service's own field name stands here.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::model::{CleanText, Item, parse_clock};

/// How deep a list may be wrapped in objects.
const MAX_WRAPPINGS: u8 = 4;

/// Longest believable track: 1000 hours.
const MAX_LENGTH: Duration = Duration::from_secs(3_600_000);

/// Text or a number as text; blank text, `false`, `null` and everything else are absent.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(from).map(|value| text_of(&value))
}

/// As [`text`], and of an object its `name` or `title`.
pub(super) fn name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(from).map(|value| match &value {
        Value::Object(fields) => ["name", "title"].iter().find_map(|key| fields.get(*key).and_then(text_of)),
        other => text_of(other),
    })
}

/// `true`, `"yes"`, `"1"`, `1` and the like, or their opposites; anything else is absent.
pub(super) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    Value::deserialize(from).map(|value| flag_of(&value))
}

/// A time in seconds: a number, a number as text, or `3:07`. Zero and the impossible are absent.
pub(super) fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    Value::deserialize(from).map(|value| seconds_of(&value))
}

/// An object of the wanted shape; anything else is absent.
pub(super) fn one<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    Value::deserialize(from).map(item)
}

/// An object of the wanted shape, or nothing.
pub(super) fn item<T: DeserializeOwned>(value: Value) -> Option<T> {
    if value.is_object() { serde_json::from_value(value).ok() } else { None }
}

/// The text as it may be shown, if anything is left of it then.
pub(super) fn shown(text: Option<String>) -> Option<CleanText> {
    text.map(CleanText::new).filter(|text| !text.is_empty())
}

/// A whole number that is not negative, also as text.
pub(super) fn count_of(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// See [`text`].
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn flag_of(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::String(word) => match word.trim().to_ascii_lowercase().as_str() {
            "yes" | "true" | "1" => Some(true),
            "no" | "false" | "0" => Some(false),
            _ => None,
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn seconds_of(value: &Value) -> Option<Duration> {
    let length = match value {
        Value::Number(number) => Duration::try_from_secs_f64(number.as_f64()?).ok()?,
        Value::String(text) => parse_clock(text)?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (length > Duration::ZERO && length <= MAX_LENGTH).then_some(length)
}

/// The rows of a list: bare, or inside objects under one of `keys` (tried in their order, also one
/// inside the other). `None` when `value` can be no list at all: a number, a text.
pub(super) fn rows(value: Value, keys: &[&str]) -> Option<Vec<Value>> {
    let mut value = value;
    for _ in 0..MAX_WRAPPINGS {
        match value {
            Value::Array(rows) => return Some(rows),
            Value::Object(mut fields) => {
                let holds =
                    |key: &&&str| matches!(fields.get(**key), Some(Value::Array(_) | Value::Object(_)));
                let inner = keys.iter().find(holds).and_then(|key| fields.remove(*key));
                match inner {
                    Some(inner) => value = inner,
                    None if keys.iter().any(|key| fields.get(*key).is_some_and(is_no_list)) => return None,
                    None => return Some(Vec::new()),
                }
            }
            Value::Null => return Some(Vec::new()),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        }
    }
    Some(Vec::new())
}

/// What stands for no list, not even for one without rows, as an empty text may.
fn is_no_list(value: &Value) -> bool {
    match value {
        Value::Bool(on) => *on,
        Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// A single object: bare, inside an object under one of `keys`, or alone in a list there.
pub(super) fn single(value: Value, keys: &[&str]) -> Option<Value> {
    let mut value = value;
    for _ in 0..MAX_WRAPPINGS {
        match value {
            Value::Array(rows) => value = rows.into_iter().next()?,
            Value::Object(mut fields) => {
                let wraps =
                    |key: &&&str| matches!(fields.get(**key), Some(Value::Array(_) | Value::Object(_)));
                match keys.iter().find(wraps).and_then(|key| fields.remove(*key)) {
                    Some(inner) => value = inner,
                    None => return Some(Value::Object(fields)),
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        }
    }
    None
}

/// Nobody reads further into a list; a service whose pages never end is cut here.
pub(super) const MAX_PAGES: u32 = 1000;

/// What can be made of the rows, in their order. A bad row is skipped and never fails the page.
pub(super) fn made<W: DeserializeOwned, T>(
    service: &'static str,
    rows: Vec<Value>,
    convert: impl Fn(W) -> Option<T>,
) -> Vec<T> {
    let came = rows.len();
    let made: Vec<T> = rows.into_iter().filter_map(item).filter_map(convert).collect();
    if made.len() < came {
        tracing::debug!(service, skipped = came - made.len(), "rows that are nothing to show");
    }
    made
}

/// The same as rows of a page.
pub(super) fn items<W: DeserializeOwned, T: Into<Item>>(
    service: &'static str,
    rows: Vec<Value>,
    convert: impl Fn(W) -> Option<T>,
) -> Vec<Item> {
    made(service, rows, convert).into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn switches_come_in_many_forms() {
        let on = [json!(true), json!("true"), json!("yes"), json!("Yes"), json!("1"), json!(1)];
        let off = [json!(false), json!("false"), json!("no"), json!("0"), json!(0)];
        let absent = [json!(""), json!(null), json!("premium-limited"), json!([]), json!({})];
        for (values, expected) in [(&on[..], Some(true)), (&off, Some(false)), (&absent, None)] {
            for value in values {
                assert_eq!(flag_of(value), expected, "{value}");
            }
        }
    }

    #[test]
    fn numbers_and_text_change_places() {
        let rows = [
            (json!("D7KyD"), Some("D7KyD")),
            (json!(14_216_571), Some("14216571")),
            (json!("  x "), Some("x")),
            (json!(false), None),
            (json!(""), None),
            (json!(null), None),
            (json!(["x"]), None),
        ];
        for (value, expected) in rows {
            assert_eq!(text_of(&value).as_deref(), expected, "{value}");
        }
        assert_eq!(count_of(&json!("348")), Some(348));
        assert_eq!(count_of(&json!(348)), Some(348));
        assert_eq!(count_of(&json!(-1)), None);
        assert_eq!(count_of(&json!(false)), None);
    }

    #[test]
    fn lengths_come_in_many_forms() {
        let rows = [
            (json!(171), Some(171_000)),
            (json!("171"), Some(171_000)),
            (json!(187.4), Some(187_400)),
            (json!("3:07"), Some(187_000)),
            (json!(0), None),
            (json!(-4), None),
            (json!(1e300), None),
            (json!("soon"), None),
            (json!(false), None),
        ];
        for (value, expected) in rows {
            assert_eq!(seconds_of(&value), expected.map(Duration::from_millis), "{value}");
        }
    }

    #[test]
    fn lists_are_found_wherever_they_are() {
        let keys = ["data", "tracks", "releases"];
        let rows_of = |value| rows(value, &keys).map(|rows| rows.len());
        let lists = [
            (json!([1, 2]), Some(2)),
            (json!({"data": [1]}), Some(1)),
            (json!({"data": {"tracks": [1, 2, 3]}}), Some(3)),
            (json!({"status": "ok", "releases": {"page": 1, "releases": [1, 2]}}), Some(2)),
            (json!({"status": "No favorite tracks"}), Some(0)),
            (json!({"data": null}), Some(0)),
            (json!({"data": false}), Some(0)),
            (json!(null), Some(0)),
            (json!("<html>"), None),
            (json!(7), None),
        ];
        for (value, expected) in lists {
            assert_eq!(rows_of(value.clone()), expected, "{value}");
        }
    }

    #[test]
    fn single_objects_are_found_wherever_they_are() {
        let keys = ["data", "track"];
        for value in [
            json!({"id": 1}),
            json!({"data": {"id": 1}}),
            json!({"data": [{"id": 1}]}),
            json!({"track": {"id": 1}}),
            json!([{"id": 1}]),
        ] {
            assert_eq!(single(value.clone(), &keys), Some(json!({"id": 1})), "{value}");
        }
        for value in [json!([]), json!("x"), json!({"data": []}), json!(null)] {
            assert_eq!(single(value.clone(), &keys), None, "{value}");
        }
    }
}
