//! Audiosocket's JSON as it comes: three generations of the API name the same things differently.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::catalog::tolerant;

/// A track; fields of all generations side by side.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Track {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub title: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub artist_name: Option<String>,
    #[serde(deserialize_with = "tolerant::name")]
    pub artist: Option<String>,
    #[serde(deserialize_with = "tolerant::name")]
    pub album: Option<String>,
    #[serde(deserialize_with = "tolerant::seconds")]
    pub duration: Option<Duration>,
    #[serde(deserialize_with = "tolerant::seconds")]
    pub length: Option<Duration>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub explicit: Option<bool>,
    #[serde(deserialize_with = "tolerant::text")]
    pub isrc: Option<String>,
    #[serde(flatten)]
    pub pictures: Pictures,
    #[serde(flatten)]
    pub audio: Audio,
}

/// Where the cover may be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pictures {
    #[serde(deserialize_with = "tolerant::text")]
    pub album_artwork: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub artwork: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub image: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub cover: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub artwork_url: Option<String>,
}

/// Where the sound may be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Audio {
    #[serde(deserialize_with = "tolerant::text")]
    mp3_file_compressed: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    mp3_file: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    file: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    opus_file: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    stream_url: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    preview_url: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    url: Option<String>,
}

impl Audio {
    /// The address to play, smallest good file first.
    pub(super) fn address(self) -> Option<String> {
        self.mp3_file_compressed
            .or(self.mp3_file)
            .or(self.file)
            .or(self.opus_file)
            .or(self.stream_url)
            .or(self.preview_url)
            .or(self.url)
    }
}

/// The track in a playlist's row: the row itself, or what it holds. `None` for a sound effect, and for a
/// row that only names its track.
pub(super) fn media(mut row: Value) -> Option<Value> {
    let fields = row.as_object_mut()?;
    if fields.get("mediable_type").and_then(Value::as_str).is_some_and(|kind| kind != "Track") {
        return None;
    }
    let inner = ["mediable", "track"].into_iter().find(|key| fields.get(*key).is_some_and(Value::is_object));
    match inner {
        Some(key) => fields.remove(key),
        None => (!fields.contains_key("mediable_id")).then_some(row),
    }
}

/// How many rows there are in all.
pub(super) fn total(answer: &Value) -> Option<u64> {
    let meta = answer.get("meta").or_else(|| answer.get("data")?.get("meta"));
    let in_meta = ["total_track_count", "count", "total"].into_iter().find_map(|key| meta?.get(key));
    in_meta.or_else(|| answer.get("total")).and_then(tolerant::count_of)
}

/// The address in an answer that should hold one: a bare text, or `url`, either also inside `data`.
pub(super) fn stream_address(answer: &Value) -> Option<String> {
    let inner = answer.get("data").unwrap_or(answer);
    inner.get("url").or_else(|| answer.get("url")).or(Some(inner)).and_then(tolerant::text_of)
}
