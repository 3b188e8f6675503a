//! What is told about a thing: the same names as JSON and in words.

use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::cli::text;
use crate::model::{
    Allowed, Collection, Item, ItemRef, Kind, ListId, ServiceId, Track, TrackRef, format_clock,
};

/// Names and values in their order. Public as JSON: a name once given stays.
pub(super) struct Facts(Vec<(&'static str, Value)>);

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Facts {
    /// What is known about a row; of a list only its service makes a name.
    pub fn of(item: &Item, service: Option<&ServiceId>) -> Self {
        match item {
            Item::Track(track) => of_track(track),
            Item::Collection(collection) => of_collection(collection),
            Item::List(list) => Self(vec![
                ("name", json!(list_name(service, &list.id))),
                ("kind", json!("list")),
                ("service", json!(service)),
                ("id", json!(list.id.0)),
                ("title", json!(list.title)),
            ]),
        }
    }

    /// The same with one more.
    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        self.0.push((name, value));
        self
    }

    /// In words, a line each; what is not known is left out.
    pub fn print(&self) {
        for (name, value) in &self.0 {
            match (*name, value) {
                // What is as one expects is not worth a line.
                ("playable" | "keepable", Value::Bool(true))
                | ("explicit" | "liked" | "mine", Value::Bool(false))
                | (_, Value::Null) => {}
                (_, Value::Array(all)) if all.is_empty() => {}
                ("length", Value::Number(seconds)) => {
                    let length =
                        seconds.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                    text::line(&format!("length: {}", format_clock(length.unwrap_or_default())));
                }
                _ => print_tree(&json!({ *name: value }), ""),
            }
        }
    }
}

/// What can be typed to name a row.
pub(super) fn name(item: &Item, service: Option<&ServiceId>) -> String {
    match item {
        Item::Track(track) => track.reference.to_string(),
        Item::Collection(collection) => collection.reference.to_string(),
        Item::List(list) => list_name(service, &list.id),
    }
}

fn list_name(service: Option<&ServiceId>, list: &ListId) -> String {
    service.map_or_else(|| list.0.clone(), |service| format!("{service}/{}", list.0))
}

fn of_track(track: &Track) -> Facts {
    let (service, id) = match &track.reference {
        TrackRef::Service { service, id } => (Some(service), Some(id)),
        TrackRef::File(_) | TrackRef::Part(_) | TrackRef::Url(_) => (None, None),
    };
    let other = |kind, id: &Option<String>| {
        let (service, id) = (service?.clone(), id.clone()?);
        Some(ItemRef { service, kind, id }.to_string())
    };
    let (playable, why_not) = allowed(&track.playable);
    let (keepable, _) = allowed(&track.keepable);
    Facts(vec![
        ("name", json!(track.reference.to_string())),
        ("kind", json!(Kind::Track)),
        ("service", json!(service)),
        ("id", json!(id)),
        ("title", json!(track.title)),
        ("artists", json!(track.artists)),
        ("album", json!(track.album)),
        ("length", json!(track.length.map(|length| length.as_secs_f64()))),
        ("isrc", json!(track.isrc)),
        ("explicit", json!(track.explicit)),
        ("liked", json!(track.liked)),
        ("rating", json!(Some(track.stars).filter(|stars| *stars > 0))),
        ("playable", playable),
        ("why_not", why_not),
        ("keepable", keepable),
        ("artist_name", json!(other(Kind::Artist, &track.artist_id))),
        ("album_name", json!(other(Kind::Album, &track.album_id))),
        ("artwork", json!(track.artwork.as_ref().map(url::Url::as_str))),
        ("link", json!(track.link.as_ref().map(url::Url::as_str))),
    ])
}

fn of_collection(collection: &Collection) -> Facts {
    let reference = &collection.reference;
    Facts(vec![
        ("name", json!(reference.to_string())),
        ("kind", json!(reference.kind)),
        ("service", json!(reference.service)),
        ("id", json!(reference.id)),
        ("title", json!(collection.title)),
        ("by", json!(collection.by)),
        ("tracks", json!(collection.tracks)),
        ("year", json!(collection.year)),
        ("note", json!(collection.note)),
        ("explicit", json!(collection.explicit)),
        ("liked", json!(collection.liked)),
        ("mine", json!(collection.mine)),
        ("artwork", json!(collection.artwork.as_ref().map(url::Url::as_str))),
        ("link", json!(collection.link.as_ref().map(url::Url::as_str))),
    ])
}

/// Whether, and why not.
fn allowed(allowed: &Allowed) -> (Value, Value) {
    match allowed {
        Allowed::Yes => (json!(true), Value::Null),
        Allowed::No(why) => (json!(false), json!(why)),
    }
}

/// A value of JSON as lines `name: value`, nested ones indented; what is not known is left out.
pub(super) fn print_tree(value: &Value, indent: &str) {
    let deeper = format!("{indent}  ");
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::Null => {}
                    Value::Object(_) => {
                        text::line(&format!("{indent}{name}:"));
                        print_tree(field, &deeper);
                    }
                    Value::Array(items) if !items.is_empty() && items.iter().all(is_simple) => {
                        let items: Vec<_> = items.iter().map(plain).collect();
                        text::line(&format!("{indent}{name}: {}", items.join(", ")));
                    }
                    Value::Array(items) => {
                        text::line(&format!("{indent}{name}: {}", items.len()));
                        print_tree(field, &deeper);
                    }
                    simple => text::line(&format!("{indent}{name}: {}", plain(simple))),
                }
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                // Only what has several lines needs to be kept apart.
                if number > 0 && !is_simple(item) {
                    text::line("");
                }
                print_tree(item, indent);
            }
        }
        simple => text::line(&format!("{indent}{}", plain(simple))),
    }
}

fn is_simple(value: &Value) -> bool {
    !matches!(value, Value::Object(_) | Value::Array(_))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
