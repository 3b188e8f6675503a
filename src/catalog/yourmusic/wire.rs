//! YourMusic's JSON as it comes: lists bare, in `data` or nested twice, numbers as text and the reverse.

use std::time::Duration;

use serde::Deserialize;

use crate::catalog::tolerant;

/// A track of the catalogue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Track {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    /// Opens the HLS manifest; without it the track cannot be played.
    #[serde(deserialize_with = "tolerant::text")]
    pub stream_id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub title: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub version: Option<String>,
    #[serde(deserialize_with = "tolerant::name")]
    pub artist: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub artist_image: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub cover_art: Option<String>,
    #[serde(deserialize_with = "tolerant::seconds")]
    pub duration: Option<Duration>,
    #[serde(rename = "explicitContent", deserialize_with = "tolerant::flag")]
    pub explicit_content: Option<bool>,
    #[serde(deserialize_with = "tolerant::text")]
    pub isrc: Option<String>,
    /// `audio` or `video`.
    #[serde(rename = "type", deserialize_with = "tolerant::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "tolerant::one")]
    pub release: Option<Release>,
}

/// What a track was released on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Release {
    #[serde(deserialize_with = "tolerant::text")]
    pub title: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub image: Option<String>,
}

/// A row of a playlist: it names a track and holds no title.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PlaylistTrack {
    #[serde(deserialize_with = "tolerant::text")]
    pub track_id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub order: Option<String>,
}

/// A playlist, or an item of the home page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Playlist {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    /// Absent in lists of playlists.
    #[serde(rename = "type", deserialize_with = "tolerant::text")]
    pub kind: Option<String>,
}

/// Either token: the client's is in `access_token`, the user's in `token`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Token {
    #[serde(rename = "access_token", deserialize_with = "tolerant::text")]
    pub client: Option<String>,
    #[serde(rename = "token", deserialize_with = "tolerant::text")]
    pub delegation: Option<String>,
    #[serde(deserialize_with = "tolerant::seconds")]
    pub expires_in: Option<Duration>,
}
