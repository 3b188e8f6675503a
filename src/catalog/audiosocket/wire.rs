//! Audiosocket's JSON as it comes: three generations of the API name the same things differently.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::catalog::tolerant::{self, text_of};
use crate::config::DownloadFormat;

/// A name with the id that goes with it, if there is one.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub id: Option<String>,
    pub name: Option<String>,
}

/// A text, or an object with `id` and `name`.
fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Named, D::Error> {
    Value::deserialize(from).map(|value| {
        let field = |name: &str| value.get(name).and_then(text_of);
        Named { id: field("id"), name: text_of(&value).or_else(|| field("name")).or_else(|| field("title")) }
    })
}

/// A track or a sound effect; fields of all generations side by side.
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
    #[serde(deserialize_with = "tolerant::text")]
    pub artist_id: Option<String>,
    #[serde(deserialize_with = "named")]
    pub artist: Named,
    #[serde(deserialize_with = "named")]
    pub album: Named,
    #[serde(deserialize_with = "tolerant::seconds")]
    pub duration: Option<Duration>,
    #[serde(deserialize_with = "tolerant::seconds")]
    pub length: Option<Duration>,
    #[serde(deserialize_with = "tolerant::flag")]
    pub explicit: Option<bool>,
    #[serde(deserialize_with = "tolerant::text")]
    pub isrc: Option<String>,
    /// Words at the web site, ids at the partner API.
    pub genres: Value,
    #[serde(deserialize_with = "tolerant::text")]
    pub lyrics: Option<String>,
    /// What similar tracks are asked for with.
    #[serde(deserialize_with = "tolerant::text")]
    pub aims_id: Option<String>,
    #[serde(flatten)]
    pub pictures: Pictures,
    #[serde(flatten)]
    pub audio: Audio,
}

/// An album, an artist or a playlist.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Collection {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub title: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub artist_name: Option<String>,
    #[serde(deserialize_with = "named")]
    pub artist: Named,
    #[serde(deserialize_with = "tolerant::text")]
    pub category: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub release_date: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub media_count: Option<String>,
    #[serde(flatten)]
    pub pictures: Pictures,
}

/// A genre, a mood, or what such are below.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    #[serde(deserialize_with = "tolerant::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    pub sub_filters: Value,
}

/// Where the picture may be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pictures {
    #[serde(deserialize_with = "tolerant::text")]
    album_artwork: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    artwork: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    image: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    cover: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    artwork_url: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    artist_image: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    compressed_playlist_image: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    playlist_image: Option<String>,
}

impl Pictures {
    /// The one to show.
    pub(super) fn address(self) -> Option<String> {
        self.album_artwork
            .or(self.artwork)
            .or(self.image)
            .or(self.cover)
            .or(self.artwork_url)
            .or(self.artist_image)
            .or(self.compressed_playlist_image)
            .or(self.playlist_image)
    }
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
    wav_file: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    file: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    opus_file: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    stream_url: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    preview_url: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    download_url: Option<String>,
    #[serde(deserialize_with = "tolerant::text")]
    url: Option<String>,
}

impl Audio {
    /// The address to play, smallest good file first.
    pub(super) fn played_from(self) -> Option<String> {
        self.mp3_file_compressed
            .or(self.mp3_file)
            .or(self.file)
            .or(self.opus_file.filter(|_| cfg!(feature = "opus")))
            .or(self.stream_url)
            .or(self.preview_url)
            .or(self.url)
    }

    /// Whether there is a file that leaves nothing of the sound out.
    pub(super) fn has_all(&self) -> bool {
        self.wav_file.is_some()
    }

    /// The address to keep.
    pub(super) fn kept_from(self, format: DownloadFormat) -> Option<String> {
        let (wanted, other) = match format {
            DownloadFormat::Mp3 => (self.mp3_file, self.wav_file),
            DownloadFormat::Wav => (self.wav_file, self.mp3_file),
        };
        wanted.or(self.file).or(self.download_url).or(other)
    }
}

/// A row of a playlist or of the downloads: a place, and what stands there.
#[derive(Debug)]
pub(super) struct Place {
    /// The place's own id; a row that is the track itself has none.
    pub id: Option<String>,
    /// The id of what stands there.
    pub media_id: String,
    pub is_sound: bool,
    /// What stands there, if the row says more than its id.
    pub media: Option<Value>,
}

/// Reads such a row; `None` when nothing in it can be played.
pub(super) fn place(mut row: Value) -> Option<Place> {
    let fields = row.as_object_mut()?;
    let is_sound = match fields.get("mediable_type").and_then(Value::as_str) {
        Some("Sfx") => true,
        Some("Track") | None => fields.get("sfx").is_some_and(Value::is_object),
        Some(_) => return None,
    };
    let inner =
        ["mediable", "track", "sfx"].into_iter().find(|key| fields.get(*key).is_some_and(Value::is_object));
    let inner = inner.and_then(|key| fields.remove(key));
    let named = fields.get("mediable_id").and_then(text_of);
    let id = fields.get("id").and_then(text_of);
    if inner.is_none() && named.is_none() {
        return Some(Place { id: None, media_id: id?, is_sound, media: Some(row) });
    }
    let media_id = inner.as_ref().and_then(|media| text_of(media.get("id")?)).or(named)?;
    Some(Place { id, media_id, is_sound, media: inner })
}

/// How many rows there are in all.
pub(super) fn total(answer: &Value) -> Option<u64> {
    let meta = meta(answer);
    let names = ["total_track_count", "total_sfx_count", "count", "total"];
    let in_meta = names.into_iter().find_map(|key| meta?.get(key));
    in_meta.or_else(|| answer.get("total")).and_then(tolerant::count_of)
}

/// Ids of the tracks in a list that are favourites.
pub(super) fn liked(answer: &Value) -> Vec<String> {
    let ids = meta(answer).and_then(|meta| meta.get("favorite_tracks_ids")?.as_array());
    ids.into_iter().flatten().filter_map(text_of).collect()
}

fn meta(answer: &Value) -> Option<&Value> {
    answer.get("meta").or_else(|| answer.get("data")?.get("meta"))
}

/// The address in an answer that should hold one: a bare text, or `url`, either also inside `data`.
pub(super) fn stream_address(answer: &Value) -> Option<String> {
    let inner = answer.get("data").unwrap_or(answer);
    inner.get("url").or_else(|| answer.get("url")).or(Some(inner)).and_then(text_of)
}
