//! Audiomack's JSON as it comes: ids and lengths as text or numbers, switches as words, and `false`
//! where there is nothing.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::catalog::tolerant;

/// A song, or something else that came in its place: `kind` tells.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Music {
    #[serde(rename = "type", deserialize_with = "tolerant::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    /// Stands for `id` inside an album's tracks.
    #[serde(deserialize_with = "tolerant::text")]
    pub song_id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub title: Option<String>,
    /// A text for music, an object for playlists.
    #[serde(deserialize_with = "tolerant::name")]
    pub artist: Option<String>,
    /// Further artists, a comma between them.
    #[serde(deserialize_with = "tolerant::text")]
    pub featuring: Option<String>,
    #[serde(deserialize_with = "tolerant::name")]
    pub album: Option<String>,
    #[serde(deserialize_with = "tolerant::seconds")]
    pub duration: Option<Duration>,
    #[serde(deserialize_with = "tolerant::text")]
    pub isrc: Option<String>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub explicit: Option<bool>,
    /// 275 pixels wide.
    #[serde(deserialize_with = "tolerant::text")]
    pub image: Option<String>,
    /// Takes `?width=`.
    #[serde(deserialize_with = "tolerant::text")]
    pub image_base: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub private: Option<bool>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub geo_restricted: Option<bool>,
    #[serde(deserialize_with = "tolerant::one")]
    pub uploader: Option<Uploader>,
}

/// Who uploaded it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Uploader {
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
}

/// The address in an answer to `/play`: a JSON text, the same bare, or an object.
pub(super) fn play_address(body: &str) -> Option<String> {
    let body = body.trim();
    match serde_json::from_str::<Value>(body) {
        Ok(value) => address_in(&value).or_else(|| address_in(value.get("results")?)),
        Err(_) => is_address(body).then(|| body.to_owned()),
    }
}

fn address_in(value: &Value) -> Option<String> {
    let texts = ["signedUrl", "url", "streaming_url"].map(|key| value.get(key).unwrap_or(value));
    texts.into_iter().filter_map(tolerant::text_of).find(|text| is_address(text))
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}
