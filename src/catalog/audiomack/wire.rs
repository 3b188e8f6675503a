//! Audiomack's JSON as it comes: ids and lengths as text or numbers, switches as words, an `artist` that is
//! a text here and an object there, and `false` where there is nothing.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use url::form_urlencoded;

use crate::catalog::tolerant;

/// A song, an album, a playlist or an artist: `kind` tells, where it is there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    #[serde(rename = "type", deserialize_with = "tolerant::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    /// Stands for `id` inside an album's tracks.
    #[serde(deserialize_with = "tolerant::text")]
    pub song_id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub title: Option<String>,
    /// Artists have one in place of a title.
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    /// A text for music, an object for playlists.
    #[serde(deserialize_with = "party")]
    pub artist: Party,
    /// Further artists, a comma between them.
    #[serde(deserialize_with = "tolerant::text")]
    pub featuring: Option<String>,
    #[serde(deserialize_with = "tolerant::name")]
    pub album: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub genre: Option<String>,
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
    /// The name in addresses.
    #[serde(deserialize_with = "tolerant::text")]
    pub url_slug: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub private: Option<bool>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub geo_restricted: Option<bool>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub stream_only: Option<bool>,
    #[serde(deserialize_with = "party")]
    pub uploader: Party,
    /// Unix seconds.
    #[serde(deserialize_with = "count")]
    pub released: Option<u64>,
    #[serde(deserialize_with = "count")]
    pub track_count: Option<u64>,
    #[serde(deserialize_with = "count")]
    pub followers_count: Option<u64>,
    /// Whether the listener follows the artist.
    #[serde(deserialize_with = "tolerant::flag")]
    pub follow: Option<bool>,
    /// What is in an album or playlist; `false` and `null` where there is nothing.
    pub tracks: Value,
}

/// Somebody, as far as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Party {
    pub name: Option<String>,
    /// The name in addresses.
    pub slug: Option<String>,
}

fn party<'de, D: Deserializer<'de>>(from: D) -> Result<Party, D::Error> {
    Value::deserialize(from).map(|value| match &value {
        Value::Object(fields) => {
            let text = |key: &str| fields.get(key).and_then(tolerant::text_of);
            Party { name: text("name"), slug: text("url_slug") }
        }
        other => Party { name: tolerant::text_of(other), slug: None },
    })
}

fn count<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    Value::deserialize(from).map(|value| tolerant::count_of(&value))
}

/// Who is signed in, and what they like.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User {
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub url_slug: Option<String>,
    #[serde(deserialize_with = "ids")]
    pub favorite_music: Vec<String>,
    #[serde(deserialize_with = "ids")]
    pub favorite_playlists: Vec<String>,
    /// Ids of artists.
    #[serde(deserialize_with = "ids")]
    pub following: Vec<String>,
}

fn ids<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Value::deserialize(from).map(|value| ids_of(&value))
}

/// The ids in a list of texts or numbers.
pub(super) fn ids_of(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(tolerant::text_of).collect()
}

/// Something that happened to the listener's account. The documents do not name its fields for sure.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Notification {
    #[serde(deserialize_with = "tolerant::text")]
    pub verb: Option<String>,
    #[serde(rename = "type", deserialize_with = "tolerant::text")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "party")]
    pub actor: Party,
    #[serde(deserialize_with = "tolerant::one")]
    pub object: Option<Row>,
}

/// A token and its secret, as an answer gives them.
pub(super) struct Granted {
    pub token: String,
    pub secret: String,
    /// Unix seconds.
    pub expires: Option<u64>,
    /// `oauth_callback_confirmed`.
    pub confirmed: bool,
}

/// Reads a token answer: a form, or JSON.
pub(super) fn granted(body: &str) -> Option<Granted> {
    let body = body.trim();
    let pairs: Vec<(String, String)> = if body.starts_with('{') {
        let value: Value = serde_json::from_str(body).ok()?;
        let value = value.get("results").filter(|inner| inner.is_object()).unwrap_or(&value);
        let text = |(name, value): (&String, &Value)| Some((name.clone(), tolerant::text_of(value)?));
        value.as_object()?.iter().filter_map(text).collect()
    } else {
        form_urlencoded::parse(body.as_bytes()).into_owned().collect()
    };
    let value = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let filled = |name: &str| value(name).filter(|value| !value.is_empty());
    // The documents tell of an expiry and not of its name.
    let expiries = ["oauth_expires", "expires", "expiration", "expires_at"];
    Some(Granted {
        token: filled("oauth_token")?,
        secret: filled("oauth_token_secret")?,
        expires: expiries.into_iter().find_map(|name| value(name)?.trim().parse().ok()),
        confirmed: value("oauth_callback_confirmed").as_deref() == Some("true"),
    })
}

/// The token that a play is reported with: bare or in `results`.
pub(super) fn stats_token(answer: &Value) -> Option<String> {
    [answer.get("token"), answer.pointer("/results/token")].into_iter().flatten().find_map(tolerant::text_of)
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
