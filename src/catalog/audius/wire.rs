//! Audius' JSON as it comes: three server generations are in the wild, so every field may be missing.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::catalog::tolerant;

/// A track; fields of the older and the newer servers side by side.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Track {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub title: Option<String>,
    #[serde(deserialize_with = "tolerant::one")]
    pub user: Option<User>,
    #[serde(deserialize_with = "tolerant::seconds")]
    pub duration: Option<Duration>,
    #[serde(deserialize_with = "tolerant::text")]
    pub isrc: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub parental_warning_type: Option<String>,
    #[serde(deserialize_with = "tolerant::one")]
    pub artwork: Option<Artwork>,
    #[serde(deserialize_with = "tolerant::one")]
    pub album_backlink: Option<AlbumBacklink>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub is_delete: Option<bool>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub is_unlisted: Option<bool>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub is_available: Option<bool>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub is_streamable: Option<bool>,
    #[serde(deserialize_with = "tolerant::one")]
    pub access: Option<Access>,
    /// Exactly one key tells the kind of gate.
    pub stream_conditions: Value,
}

/// Who uploaded it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User {
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub handle: Option<String>,
}

/// Cover art by size.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Artwork {
    #[serde(rename = "150x150", deserialize_with = "tolerant::text")]
    pub small: Option<String>,
    #[serde(rename = "480x480", deserialize_with = "tolerant::text")]
    pub medium: Option<String>,
    #[serde(rename = "1000x1000", deserialize_with = "tolerant::text")]
    pub large: Option<String>,
}

/// The album a track is on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AlbumBacklink {
    #[serde(deserialize_with = "tolerant::text")]
    pub playlist_name: Option<String>,
}

/// What the asker may do.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Access {
    #[serde(deserialize_with = "tolerant::flag")]
    pub stream: Option<bool>,
}
