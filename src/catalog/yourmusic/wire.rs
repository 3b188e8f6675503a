//! YourMusic's JSON as it comes: lists bare, in `data` or nested twice, numbers as text and the reverse.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::catalog::tolerant;
use crate::model::CleanText;

use super::session::Who;

/// Something with a name: an object, or the name alone.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub id: Option<String>,
    pub name: Option<String>,
}

fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Named, D::Error> {
    Value::deserialize(from).map(|value| match &value {
        Value::Object(fields) => {
            let text = |key: &str| fields.get(key).and_then(tolerant::text_of);
            Named { id: text("id"), name: text("name").or_else(|| text("title")) }
        }
        other => Named { id: None, name: tolerant::text_of(other) },
    })
}

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
    #[serde(deserialize_with = "named")]
    pub artist: Named,
    #[serde(deserialize_with = "tolerant::text")]
    pub artist_image: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub cover_art: Option<String>,
    /// The same as `number`.
    #[serde(rename = "trackNumber", deserialize_with = "tolerant::text")]
    pub other_number: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub number: Option<String>,
    #[serde(rename = "discNumber", deserialize_with = "tolerant::text")]
    pub disc_number: Option<String>,
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

impl Track {
    /// Where it stands on its release.
    pub(super) fn place(&self) -> (u32, u32) {
        let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
        let track = number(&self.number).or_else(|| number(&self.other_number));
        (number(&self.disc_number).unwrap_or(1), track.unwrap_or(u32::MAX))
    }
}

/// What a track was released on, or a row of its own. In searches it is flatter and has no picture.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Release {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub title: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub version: Option<String>,
    /// The version, in searches.
    #[serde(deserialize_with = "tolerant::text")]
    pub subtitle: Option<String>,
    /// `album`, `single` or `video`, with or without a capital.
    #[serde(rename = "type", deserialize_with = "tolerant::text")]
    pub kind: Option<String>,
    /// A text in an artist's releases, a number elsewhere.
    #[serde(deserialize_with = "tolerant::text")]
    pub year: Option<String>,
    #[serde(rename = "explicitContent", deserialize_with = "tolerant::flag")]
    pub explicit_content: Option<bool>,
    #[serde(deserialize_with = "named")]
    pub artist: Named,
    #[serde(deserialize_with = "tolerant::text")]
    pub image: Option<String>,
    #[serde(rename = "trackCount", deserialize_with = "tolerant::text")]
    pub track_count: Option<String>,
}

/// An artist; in searches without a picture.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Artist {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub image: Option<String>,
}

/// A row of a playlist: it names a track and holds no title.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PlaylistTrack {
    /// The row's own, to move it.
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub track_id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub order: Option<String>,
}

/// A playlist.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Playlist {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    /// Nobody for the tenant's own.
    #[serde(deserialize_with = "tolerant::text")]
    pub user_id: Option<String>,
    #[serde(rename = "playlist_name", deserialize_with = "tolerant::text")]
    pub title: Option<String>,
    /// What it is called on the home page.
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub public: Option<bool>,
}

/// A module of the home page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Module {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    /// A key of a translation, no title.
    #[serde(deserialize_with = "tolerant::text")]
    pub name_key: Option<String>,
    pub name_params: Value,
    /// Absent where the player itself knows what belongs there.
    pub items: Value,
}

/// An item of a module.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct HomeItem {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    #[serde(rename = "type", deserialize_with = "tolerant::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub artwork_url: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub track_id: Option<String>,
    /// Whole, or from the API's base.
    #[serde(deserialize_with = "tolerant::text")]
    pub stream_url: Option<String>,
}

/// A listener.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct User {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub first_name: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub last_name: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub email: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub status: Option<String>,
}

impl User {
    /// Who it is.
    pub(super) fn who(self) -> Who {
        let names = [self.first_name, self.last_name];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let name = Some(name).filter(|name| !name.is_empty()).or(self.email);
        let name = name.unwrap_or_else(|| "a listener".to_owned());
        Who { id: self.id.unwrap_or_default(), name: CleanText::new(name) }
    }
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

/// A listener's session.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Session {
    #[serde(deserialize_with = "tolerant::text")]
    pub access_token: Option<String>,
    #[serde(deserialize_with = "tolerant::seconds")]
    pub expires_in: Option<Duration>,
    #[serde(deserialize_with = "tolerant::text")]
    pub refresh_token: Option<String>,
    #[serde(deserialize_with = "tolerant::one")]
    pub user: Option<User>,
}

/// The token that lets somebody new sign up, bare or in `data`.
pub(super) fn onboarding_token(answer: &Value) -> Option<String> {
    let token = |value: &Value| value.get("onboarding_token").and_then(tolerant::text_of);
    token(answer).or_else(|| answer.get("data").and_then(token))
}
