//! A playlist as `segue debug playlist` prints it.

use serde::Serialize;
use url::Url;

use super::{Playlist, Refused, Rendition, Segment, Variant, parse};
use crate::stream::StreamError;

/// Everything a playlist says; the names are a promise to scripts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlaylistSummary {
    /// `master` or `media`.
    pub kind: &'static str,
    /// `EXT-X-VERSION`.
    pub version: Option<u64>,
    /// Whole seconds; media playlists only.
    pub target_duration: Option<u64>,
    /// Number of the first segment; media playlists only.
    pub media_sequence: Option<u64>,
    /// Number of the first discontinuity; media playlists only.
    pub discontinuity_sequence: Option<u64>,
    /// `VOD` or `EVENT`.
    pub playlist_type: Option<String>,
    /// Whether `EXT-X-ENDLIST` is there; media playlists only.
    pub endlist: Option<bool>,
    /// How many segments there are.
    pub segment_count: usize,
    /// Sum of the segments in seconds; media playlists only.
    pub total_duration: Option<f64>,
    /// The segments in order.
    pub segments: Vec<Segment>,
    /// The variants in order.
    pub variants: Vec<Variant>,
    /// The renditions in order.
    pub renditions: Vec<Rendition>,
    /// Addresses that are never opened.
    pub refused: Vec<Refused>,
}

/// Reads a playlist that came from `base` and sums it up; opens nothing.
pub fn summarise(text: &[u8], base: &Url) -> Result<PlaylistSummary, StreamError> {
    Ok(match parse(text, base)? {
        Playlist::Master(master) => PlaylistSummary {
            kind: "master",
            version: master.version,
            target_duration: None,
            media_sequence: None,
            discontinuity_sequence: None,
            playlist_type: None,
            endlist: None,
            segment_count: 0,
            total_duration: None,
            segments: Vec::new(),
            variants: master.variants,
            renditions: master.renditions,
            refused: master.refused,
        },
        Playlist::Media(media) => PlaylistSummary {
            kind: "media",
            version: media.version,
            target_duration: Some(media.target_duration),
            media_sequence: Some(media.media_sequence),
            discontinuity_sequence: Some(media.discontinuity_sequence),
            endlist: Some(media.endlist),
            segment_count: media.segments.len(),
            // Sums of decimal fractions end in noise that nobody wrote.
            total_duration: Some((media.total_seconds() * 1e6).round() / 1e6),
            playlist_type: media.playlist_type,
            segments: media.segments,
            variants: Vec::new(),
            renditions: Vec::new(),
            refused: media.refused,
        },
    })
}
