//! A list whose segments are kept, all of them and in any order, rather than played.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use crate::model::FaultKind;
use crate::stream::StreamError;
use crate::stream::sniff::{SNIFF_BYTES, is_web_page};

use super::key::{decipher, refusal};
use super::playlist::{Map, MediaPlaylist, Segment};
use super::segment::{Kind, Unpacker, Unusable, mp4_kind};
use super::source::{Source, Want};
use super::{Chosen, address_shown};

/// A list of segments that has an end. Its pieces are the segments, numbered from 0, and behind them the
/// initialisation sections.
pub struct List {
    source: Source,
    playlist: Arc<MediaPlaylist>,
    /// Where it was found, as it may be shown.
    from: String,
    /// Each with the first segment that needs it.
    maps: Vec<(Arc<Map>, usize)>,
    /// Held by who may ask for a key, so that pieces fetched together ask once.
    keys: tokio::sync::Mutex<()>,
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("from", &self.from)
            .field("pieces", &self.count())
            .finish_non_exhaustive()
    }
}

impl List {
    /// Fails when there is no whole to be had: a live stream, a list with gaps, encryption that is not for us.
    pub(in crate::stream) fn new(source: Source, chosen: Chosen) -> Result<Self, StreamError> {
        let from = address_shown(&chosen.address);
        let refused =
            |reason: &str| StreamError::Unsupported { from: from.clone(), reason: reason.to_owned() };
        let playlist = chosen.playlist;
        if !playlist.is_complete() {
            return Err(refused("it is a live stream, which has no end"));
        }
        if playlist.segments.iter().any(|segment| segment.gap) {
            return Err(refused("the server says that parts of it are missing"));
        }
        if playlist.segments.iter().any(|segment| segment.resolved.is_none()) {
            return Err(refused("parts of it are at addresses that may not be opened"));
        }
        let mut keys = playlist.segments.iter().filter_map(|segment| segment.key.as_deref());
        if let Some(reason) = keys.find_map(|key| refusal(std::slice::from_ref(key))) {
            return Err(refused(&reason));
        }
        let mut maps: Vec<(Arc<Map>, usize)> = Vec::new();
        for (index, segment) in playlist.segments.iter().enumerate() {
            if let Some(map) = &segment.map
                && !maps.iter().any(|(known, _)| known == map)
            {
                maps.push((map.clone(), index));
            }
        }
        Ok(Self { source, playlist, from, maps, keys: tokio::sync::Mutex::default() })
    }

    /// How many pieces there are, initialisation sections included.
    pub fn count(&self) -> usize {
        self.playlist.segments.len() + self.maps.len()
    }

    /// How many of them are segments.
    pub fn segments(&self) -> usize {
        self.playlist.segments.len()
    }

    /// How long the whole is, in seconds.
    pub fn seconds(&self) -> f64 {
        self.playlist.total_seconds()
    }

    /// By how many seconds that may be wrong: lists may round each segment to a whole second (RFC 8216 section 4.3.2.1).
    pub fn tolerance(&self) -> f64 {
        let durations = self.playlist.segments.iter().map(|segment| segment.duration);
        0.05 + durations.filter(|duration| duration.fract() == 0.0).count() as f64 * 0.5
    }

    /// What two lists of the same pieces have in common, wherever they are.
    pub fn identity(&self) -> String {
        let mut text = String::new();
        for segment in &self.playlist.segments {
            // What stands before the name, and behind it, may be signed anew each time.
            let name = segment.resolved.as_ref().and_then(|url| url.path_segments()?.next_back());
            let map = segment.map.as_ref().map(|map| (&map.uri, map.byterange));
            let map = map.map(|(uri, range)| (uri.split('?').next().unwrap_or_default(), range));
            let range = segment.byterange.map(|range| (range.offset, range.length));
            let cuts = (segment.discontinuity, segment.key.is_some());
            // Writing to a string does not fail.
            let _ = writeln!(text, "{:?} {} {range:?} {map:?} {cuts:?}", name, segment.duration);
        }
        text
    }

    /// Fetches a piece, deciphered. Once: a key alone may be asked for more often. Fails with kind
    /// [`FaultKind::Damaged`] when what came is not what it should be.
    pub async fn fetch(&self, piece: usize) -> Result<Vec<u8>, StreamError> {
        let damaged = |reason: &str| self.damaged(piece, reason);
        if let Some(segment) = self.playlist.segments.get(piece) {
            let url = segment.resolved.as_ref().ok_or_else(|| damaged("its address may not be opened"))?;
            let bytes = self.source.fetch_once(url, segment.byterange, Want::Segment).await?.bytes;
            let clear = self.clear(segment, piece, bytes.into()).await?;
            if clear.is_empty() {
                return Err(damaged("it is empty"));
            }
            if is_web_page(clear.get(..SNIFF_BYTES).unwrap_or(&clear)) {
                return Err(damaged("the server sent a web page in its place"));
            }
            return Ok(clear);
        }
        let map = self.maps.get(piece - self.playlist.segments.len());
        let (map, first) = map.ok_or_else(|| damaged("there is no such piece"))?;
        let url = map.resolved.as_ref().ok_or_else(|| damaged("its address may not be opened"))?;
        let bytes = self.source.fetch_once(url, map.byterange, Want::Segment).await?.bytes;
        // The key applies to it too, but packagers often leave it clear.
        let is_clear = mp4_kind(&bytes).is_some() || bytes.first() == Some(&0x47);
        match self.playlist.segments.get(*first) {
            Some(segment) if !is_clear => self.clear(segment, piece, bytes.into()).await,
            _ => Ok(bytes.into()),
        }
    }

    async fn clear(&self, segment: &Segment, piece: usize, bytes: Vec<u8>) -> Result<Vec<u8>, StreamError> {
        let Some(key) = &segment.key else { return Ok(bytes) };
        let _only = self.keys.lock().await;
        let clear = decipher(key, segment.sequence, bytes, &self.source).await?;
        clear.ok_or_else(|| self.damaged(piece, "it cannot be decrypted with its key"))
    }

    fn damaged(&self, piece: usize, reason: &str) -> StreamError {
        StreamError::MissingSegment {
            number: piece as u64 + 1,
            span: None,
            from: self.from.clone(),
            reason: reason.to_owned(),
            kind: FaultKind::Damaged,
        }
    }

    /// Takes the sound out of the segments, which have to come in their order.
    pub fn unpack(&self) -> Unpacking<'_> {
        Unpacking { list: self, unpacker: Unpacker::default(), next: 0 }
    }
}

/// The sound of one segment.
#[derive(Debug)]
pub enum Sound {
    /// AAC in ADTS frames; a frame may go on in the next segment.
    Adts(Vec<u8>),
    /// MPEG audio frames, likewise.
    Mpeg(Vec<u8>),
    /// MP4 that has its own `moov`, or fragments that go with one.
    Mp4(Vec<u8>),
}

/// Takes the sound out of one segment after the other.
pub struct Unpacking<'a> {
    list: &'a List,
    unpacker: Unpacker,
    next: usize,
}

impl Unpacking<'_> {
    /// The pieces that the next segment is made of: its initialisation section, if it has one, and itself.
    /// `None` behind the last.
    pub fn wants(&self) -> Option<(Option<usize>, usize)> {
        let segment = self.list.playlist.segments.get(self.next)?;
        let map =
            segment.map.as_ref().and_then(|map| self.list.maps.iter().position(|(known, _)| known == map));
        Some((map.map(|map| self.list.segments() + map), self.next))
    }

    /// Whether the segment unpacked last does not go on where the one before it ended.
    pub fn was_cut(&self) -> bool {
        let last = self.next.checked_sub(1).and_then(|last| self.list.playlist.segments.get(last));
        last.is_some_and(|segment| segment.discontinuity)
    }

    /// The sound of the next segment, given what it [`Unpacking::wants`].
    pub fn next(&mut self, section: &[u8], bytes: Vec<u8>) -> Result<Sound, StreamError> {
        let piece = self.next;
        self.next += 1;
        if self.was_cut() {
            self.unpacker.start_afresh();
        }
        // The section of a transport stream is its program tables, which go first.
        let is_mp4 = mp4_kind(&bytes).is_some();
        let bytes = if is_mp4 || section.is_empty() || mp4_kind(section).is_some() {
            bytes
        } else {
            [section, &bytes].concat()
        };
        let piece = self.unpacker.unpack(bytes).map_err(|unusable| match unusable {
            Unusable::Damaged(reason) => self.list.damaged(piece, reason),
            Unusable::Unsupported(reason) => {
                StreamError::Unsupported { from: self.list.from.clone(), reason: reason.to_owned() }
            }
        })?;
        Ok(match piece.kind {
            Kind::Adts => Sound::Adts(piece.bytes),
            Kind::MpegAudio => Sound::Mpeg(piece.bytes),
            Kind::Fragments | Kind::Whole => Sound::Mp4(piece.bytes),
        })
    }
}
