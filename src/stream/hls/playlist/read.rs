//! From the text of a playlist to our model.

use std::sync::Arc;

use m3u8_rs::{AlternativeMedia, KeyMethod};
use url::Url;

use super::address::resolve;
use super::tidy::{Tidy, tidy, without_lead};
use super::{
    ByteRange, Key, MAX_PLAYLIST_BYTES, Map, MasterPlaylist, MediaPlaylist, Playlist, Refused, Rendition,
    Segment, Variables, Variant,
};
use crate::stream::StreamError;
use crate::stream::hls::address_shown;

/// Reads a playlist that came from `base` (its address after redirects, or its file).
///
/// Tolerates what can be put right; fails on what cannot, such as a first line other than `#EXTM3U`, tags
/// of both kinds, or more than the caps of [this module](super) allow.
pub fn parse(text: &[u8], base: &Url) -> Result<Playlist, StreamError> {
    parse_within(text, base, &Variables::default())
}

/// The same for a media playlist that may import the variables of its master playlist.
pub fn parse_within(text: &[u8], base: &Url, imports: &Variables) -> Result<Playlist, StreamError> {
    let wrong = |reason| StreamError::Playlist { from: address_shown(base), reason };
    if text.len() > MAX_PLAYLIST_BYTES {
        return Err(wrong(format!("it is larger than {MAX_PLAYLIST_BYTES} bytes")));
    }
    let tidy = tidy(&String::from_utf8_lossy(without_lead(text)), base, imports).map_err(wrong)?;
    let mut refused = Vec::new();
    let mut reader = Reader { base, refused: &mut refused };
    if tidy.is_master {
        let mut master = reader.master(tidy).map_err(wrong)?;
        master.refused = refused;
        Ok(Playlist::Master(master))
    } else {
        let mut media = reader.media(tidy).map_err(wrong)?;
        media.refused = refused;
        Ok(Playlist::Media(media))
    }
}

struct Reader<'a> {
    base: &'a Url,
    refused: &'a mut Vec<Refused>,
}

impl Reader<'_> {
    fn resolve(&mut self, uri: &str) -> Option<Url> {
        resolve(uri, self.base)
            .map_err(|reason| self.refused.push(Refused { uri: uri.to_owned(), reason }))
            .ok()
    }

    fn master(&mut self, tidy: Tidy) -> Result<MasterPlaylist, String> {
        let Ok(([], parsed)) = m3u8_rs::parse_master_playlist(tidy.text.as_bytes()) else {
            return Err("it cannot be read".to_owned());
        };
        let variants = parsed.variants.into_iter().map(|variant| Variant {
            resolved: self.resolve(&variant.uri),
            uri: variant.uri,
            bandwidth: variant.bandwidth,
            average_bandwidth: variant.average_bandwidth,
            codecs: variant.codecs,
            resolution: variant.resolution.map(|size| size.to_string()),
            audio: variant.audio,
        });
        let variants = variants.collect();
        let renditions = parsed.alternatives.into_iter().map(|media| self.rendition(media)).collect();
        Ok(MasterPlaylist {
            version: parsed.version.map(|version| version as u64),
            variants,
            renditions,
            session_keys: tidy.session_keys,
            start: tidy.start,
            variables: tidy.variables,
            refused: Vec::new(),
            notes: tidy.notes,
        })
    }

    fn rendition(&mut self, media: AlternativeMedia) -> Rendition {
        Rendition {
            kind: media.media_type.to_string(),
            group_id: media.group_id,
            name: Some(media.name).filter(|name| name != " "),
            language: media.language,
            resolved: media.uri.as_deref().and_then(|uri| self.resolve(uri)),
            uri: media.uri,
            default: media.default,
            autoselect: media.autoselect,
            channels: media.channels,
        }
    }

    fn media(&mut self, tidy: Tidy) -> Result<MediaPlaylist, String> {
        let parsed = match m3u8_rs::parse_media_playlist(tidy.text.as_bytes()) {
            Ok(([], parsed)) if parsed.segments.len() == tidy.durations.len() => parsed,
            _ => return Err("it cannot be read".to_owned()),
        };
        let mut playlist = MediaPlaylist {
            version: parsed.version.map(|version| version as u64),
            target_duration: parsed.target_duration,
            media_sequence: parsed.media_sequence,
            discontinuity_sequence: parsed.discontinuity_sequence,
            playlist_type: parsed.playlist_type.map(|kind| kind.to_string()),
            endlist: parsed.end_list,
            start: tidy.start,
            segments: Vec::with_capacity(parsed.segments.len()),
            refused: Vec::new(),
            notes: tidy.notes,
        };
        if !tidy.has_target {
            let longest = tidy.durations.iter().copied().fold(0.0, f64::max);
            // A segment is at most a day long, see tidy.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 86,400")]
            let target = longest.ceil() as u64;
            playlist.target_duration = target;
            playlist.notes.push(format!("no target duration is given; {target} is the longest segment"));
        }
        let (mut key, mut map) = (None, None);
        let mut last_range: Option<(String, u64)> = None;
        let facts = tidy.durations.into_iter().zip(tidy.dates);
        for (segment, (duration, program_date_time)) in parsed.segments.into_iter().zip(facts) {
            let has_tag = |name| segment.unknown_tags.iter().any(|tag| tag.tag == name);
            if has_tag("X-KEY") {
                // The reader does not take METHOD=NONE for a key.
                key = None;
            } else if let Some(new) = segment.key.as_ref() {
                key = self.key(new)?.map(Arc::new);
            }
            if let Some(new) = segment.map.as_ref() {
                map = Some(Arc::new(Map { key: key.clone(), ..self.map(new) }));
            }
            let byterange = match segment.byte_range.as_ref() {
                None => None,
                Some(range) => Some(following(range, &segment.uri, last_range.as_ref())?),
            };
            last_range = byterange.map(|range| (segment.uri.clone(), range.offset + range.length));
            let number = playlist.segments.len() as u64;
            playlist.segments.push(Segment {
                resolved: self.resolve(&segment.uri),
                duration,
                byterange,
                key: key.clone(),
                map: map.clone(),
                discontinuity: segment.discontinuity,
                program_date_time,
                sequence: playlist.media_sequence.saturating_add(number),
                // ffmpeg may close a list with a range of no bytes.
                gap: has_tag("X-GAP") || byterange.is_some_and(|range| range.length == 0),
                uri: segment.uri,
            });
        }
        Ok(playlist)
    }

    fn key(&mut self, key: &m3u8_rs::Key) -> Result<Option<Key>, String> {
        if key.method == KeyMethod::None {
            return Ok(None);
        }
        let found = Key {
            method: key.method.to_string(),
            resolved: key.uri.as_deref().and_then(|uri| self.resolve(uri)),
            uri: key.uri.clone(),
            iv: key.iv.clone(),
            keyformat: key.keyformat.clone(),
        };
        if found.method == "AES-128" && found.iv.is_some() && found.initialisation_vector().is_none() {
            return Err("an IV is not 0x and 32 hexadecimal digits".to_owned());
        }
        Ok(Some(found))
    }

    fn map(&mut self, map: &m3u8_rs::Map) -> Map {
        Map {
            uri: map.uri.clone(),
            // Without an offset it is the first bytes (RFC 8216 section 4.3.2.5).
            byterange: map
                .byte_range
                .as_ref()
                .map(|range| ByteRange { length: range.length, offset: range.offset.unwrap_or(0) }),
            resolved: self.resolve(&map.uri),
            key: None,
        }
    }
}

impl Key {
    /// The 16 bytes of the IV attribute, if it is there and right.
    pub fn initialisation_vector(&self) -> Option<[u8; 16]> {
        let text = self.iv.as_deref()?;
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
        if digits.len() != 32 || !digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(digits, 16).ok().map(u128::to_be_bytes)
    }
}

/// The range with its offset: without one it follows the range just before it of the same resource
/// (RFC 8216 section 4.3.2.2).
fn following(
    range: &m3u8_rs::ByteRange,
    uri: &str,
    last: Option<&(String, u64)>,
) -> Result<ByteRange, String> {
    let offset = match (range.offset, last) {
        (Some(offset), _) => offset,
        (None, Some((before, end))) if before == uri => *end,
        (None, _) => return Err(format!("a byte range of {uri:.80} has no offset and follows none")),
    };
    offset.checked_add(range.length).ok_or_else(|| "a byte range ends beyond 2^64".to_owned())?;
    Ok(ByteRange { length: range.length, offset })
}
