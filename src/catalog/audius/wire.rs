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
    #[serde(deserialize_with = "tolerant::text")]
    pub permalink: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub genre: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub release_date: Option<String>,
    /// What was uploaded, which is what a download brings.
    #[serde(deserialize_with = "tolerant::text")]
    pub orig_filename: Option<String>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub is_original_available: Option<bool>,
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
    #[serde(deserialize_with = "tolerant::flag")]
    pub is_downloadable: Option<bool>,
    /// As the older servers call it.
    #[serde(deserialize_with = "tolerant::flag")]
    pub downloadable: Option<bool>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub has_current_user_saved: Option<bool>,
    #[serde(deserialize_with = "tolerant::one")]
    pub access: Option<Access>,
    /// Exactly one key tells the kind of gate.
    pub stream_conditions: Value,
}

/// Somebody who uploads or listens.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub handle: Option<String>,
    #[serde(deserialize_with = "tolerant::one")]
    pub profile_picture: Option<Artwork>,
    pub track_count: Value,
    pub follower_count: Value,
    #[serde(deserialize_with = "tolerant::flag")]
    pub is_deactivated: Option<bool>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub does_current_user_follow: Option<bool>,
}

/// A playlist, or an album, which is one with a mark.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Playlist {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    #[serde(rename = "playlist_name", deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub is_album: Option<bool>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub is_private: Option<bool>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub is_delete: Option<bool>,
    #[serde(deserialize_with = "tolerant::one")]
    pub user: Option<User>,
    #[serde(deserialize_with = "tolerant::one")]
    pub artwork: Option<Artwork>,
    #[serde(deserialize_with = "tolerant::text")]
    pub permalink: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub release_date: Option<String>,
    pub track_count: Value,
    #[serde(rename = "playlist_contents")]
    pub contents: Value,
    #[serde(deserialize_with = "tolerant::flag")]
    pub has_current_user_saved: Option<bool>,
}

/// A picture by size.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Artwork {
    #[serde(rename = "150x150", deserialize_with = "tolerant::text")]
    pub small: Option<String>,
    #[serde(rename = "480x480", deserialize_with = "tolerant::text")]
    pub medium: Option<String>,
    #[serde(rename = "1000x1000", deserialize_with = "tolerant::text")]
    pub large: Option<String>,
    /// Schemes and hosts that have the same path.
    pub mirrors: Value,
}

/// The album a track is on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AlbumBacklink {
    #[serde(deserialize_with = "tolerant::text")]
    pub playlist_id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub playlist_name: Option<String>,
}

/// What the asker may do.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Access {
    #[serde(deserialize_with = "tolerant::flag")]
    pub stream: Option<bool>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub download: Option<bool>,
}

/// Something that somebody did with a track or a playlist.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Activity {
    /// `track` or `playlist`; the first servers' schema has an object here.
    #[serde(deserialize_with = "tolerant::text")]
    pub item_type: Option<String>,
    /// The track or the playlist.
    pub item: Value,
}

/// A favourite, by id only. The id is a number at the newer servers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Favourite {
    #[serde(deserialize_with = "tolerant::text")]
    pub favorite_item_id: Option<String>,
    /// `SaveType.track`.
    #[serde(deserialize_with = "tolerant::text")]
    pub favorite_type: Option<String>,
}

/// What the token page gives; all but the first may be missing.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Tokens {
    #[serde(deserialize_with = "tolerant::text")]
    pub access_token: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub refresh_token: Option<String>,
    pub expires_in: Value,
}

/// Who is signed in, in either of the two ways the service writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Me {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    #[serde(rename = "userId", deserialize_with = "tolerant::text")]
    pub user_id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub handle: Option<String>,
}

/// How often an app asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AppCount {
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    pub count: Value,
}
