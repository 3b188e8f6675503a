//! The words of a playlist. Field names are the ones `segue debug playlist` prints.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use url::Url;

use super::Variables;

/// A playlist of either kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Playlist {
    /// Names variants of the same music.
    Master(MasterPlaylist),
    /// Names segments.
    Media(MediaPlaylist),
}

/// A master playlist (RFC 8216 section 4.3.4).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MasterPlaylist {
    /// `EXT-X-VERSION`.
    pub version: Option<u64>,
    /// Variants without those for fast forward pictures, in the order of the playlist.
    pub variants: Vec<Variant>,
    /// `EXT-X-MEDIA`, in the order of the playlist.
    pub renditions: Vec<Rendition>,
    /// `EXT-X-SESSION-KEY`: the keys that segments will need.
    pub session_keys: Vec<Key>,
    /// `EXT-X-START`.
    pub start: Option<Start>,
    /// What its media playlists may import.
    pub variables: Variables,
    /// Addresses that are never opened.
    pub refused: Vec<Refused>,
    /// What was put right while reading.
    pub notes: Vec<String>,
}

/// Where a stream is to begin (RFC 8216 section 4.3.5.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// In seconds; counted from the end when negative.
    pub offset: f64,
    /// Whether nothing of the segment there is to be heard that lies before it.
    pub is_precise: bool,
}

/// A media playlist (RFC 8216 sections 4.3.2 and 4.3.3).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MediaPlaylist {
    /// `EXT-X-VERSION`.
    pub version: Option<u64>,
    /// Longest segment in whole seconds; the longest one listed where the tag is missing.
    pub target_duration: u64,
    /// Number of the first segment.
    pub media_sequence: u64,
    /// Number of the first discontinuity.
    pub discontinuity_sequence: u64,
    /// `VOD` or `EVENT`.
    pub playlist_type: Option<String>,
    /// Whether `EXT-X-ENDLIST` is there.
    pub endlist: bool,
    /// `EXT-X-START`.
    pub start: Option<Start>,
    /// The segments in order.
    pub segments: Vec<Segment>,
    /// Addresses that are never opened.
    pub refused: Vec<Refused>,
    /// What was put right while reading.
    pub notes: Vec<String>,
}

impl MediaPlaylist {
    /// Whether nothing more can come: the list says so, or is of the kind that never changes (RFC 8216
    /// section 4.3.3.5).
    pub fn is_complete(&self) -> bool {
        self.endlist || self.playlist_type.as_deref() == Some("VOD")
    }

    /// Sum of all segments, in seconds.
    pub fn total_seconds(&self) -> f64 {
        self.segments.iter().map(|segment| segment.duration).sum()
    }
}

/// One segment with everything that applies to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Segment {
    /// As the playlist writes it.
    pub uri: String,
    /// Where it is; `None` when it is refused.
    #[serde(serialize_with = "address")]
    pub resolved: Option<Url>,
    /// Seconds.
    pub duration: f64,
    /// Which bytes of the resource, if not all.
    pub byterange: Option<ByteRange>,
    /// The key in force.
    #[serde(serialize_with = "shared")]
    pub key: Option<Arc<Key>>,
    /// The initialisation section in force.
    #[serde(serialize_with = "shared")]
    pub map: Option<Arc<Map>>,
    /// Whether it does not continue the one before.
    pub discontinuity: bool,
    /// When its first sample was recorded, as `EXT-X-PROGRAM-DATE-TIME` writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program_date_time: Option<String>,
    /// Media sequence number.
    #[serde(skip)]
    pub sequence: u64,
    /// Whether there is nothing to load (`EXT-X-GAP`, or a range of no bytes).
    #[serde(skip)]
    pub gap: bool,
}

/// A stretch of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ByteRange {
    /// Bytes; `offset + length` fits a `u64`.
    pub length: u64,
    /// First byte.
    pub offset: u64,
}

/// How segments are encrypted (RFC 8216 section 4.3.2.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Key {
    /// `AES-128` is the one that can be played.
    pub method: String,
    /// Where the key is, as the playlist writes it.
    pub uri: Option<String>,
    /// Initialisation vector as written, `0x` and 32 digits; `None`: the media sequence number.
    pub iv: Option<String>,
    /// `None` and `identity` are 16 raw bytes.
    pub keyformat: Option<String>,
    /// Where the key is; `None` when it is refused or missing.
    #[serde(skip)]
    pub resolved: Option<Url>,
}

/// An initialisation section (RFC 8216 section 4.3.2.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Map {
    /// As the playlist writes it.
    pub uri: String,
    /// Which bytes of the resource, if not all.
    pub byterange: Option<ByteRange>,
    /// Where it is; `None` when it is refused.
    #[serde(skip)]
    pub resolved: Option<Url>,
    /// What it is encrypted with: the key of the segment that it is named before, whatever comes later.
    #[serde(skip)]
    pub key: Option<Arc<Key>>,
}

/// One variant of the music (RFC 8216 section 4.3.4.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Variant {
    /// As the playlist writes it.
    pub uri: String,
    /// Where its playlist is; `None` when it is refused.
    #[serde(serialize_with = "address")]
    pub resolved: Option<Url>,
    /// Peak bits a second; 0 where the playlist does not say.
    pub bandwidth: u64,
    /// Average bits a second.
    pub average_bandwidth: Option<u64>,
    /// Formats as RFC 6381 names, with commas between.
    pub codecs: Option<String>,
    /// `WIDTHxHEIGHT` of its pictures.
    pub resolution: Option<String>,
    /// Group of renditions that carries its sound.
    pub audio: Option<String>,
}

/// Another rendition of the same content (RFC 8216 section 4.3.4.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rendition {
    /// `AUDIO`, `VIDEO` or `SUBTITLES`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Group that variants name.
    pub group_id: String,
    /// For people.
    pub name: Option<String>,
    /// RFC 5646 tag.
    pub language: Option<String>,
    /// As the playlist writes it; `None`: it is inside the variant itself.
    pub uri: Option<String>,
    /// Where its playlist is; `None` when there is none or it is refused.
    #[serde(serialize_with = "address")]
    pub resolved: Option<Url>,
    /// The one to play unless the listener chooses.
    pub default: bool,
    /// May be chosen without being asked for.
    pub autoselect: bool,
    /// Count of channels, perhaps with more after a slash.
    pub channels: Option<String>,
}

/// An address that is never opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// As the playlist writes it.
    pub uri: String,
    /// Why not.
    pub reason: String,
}

// serde's attribute hands over the field's reference.
#[expect(clippy::ref_option, reason = "the signature that serialize_with asks for")]
fn address<S: Serializer>(url: &Option<Url>, serializer: S) -> Result<S::Ok, S::Error> {
    url.as_ref().map(Url::as_str).serialize(serializer)
}

#[expect(clippy::ref_option, reason = "the signature that serialize_with asks for")]
fn shared<T: Serialize, S: Serializer>(value: &Option<Arc<T>>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_deref().serialize(serializer)
}
