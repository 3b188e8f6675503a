//! The task that fetches the segments of one playlist in order, ahead of the decoder, and goes on as
//! well as it can when some cannot be had.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use url::Url;

use crate::model::{CleanText, FaultKind};
use crate::stream::StreamError;

use super::boxes;
use super::cache::Place;
use super::fmp4;
use super::key::decipher;
use super::ladder::Ladder;
use super::live::{FirstSegment, await_more};
use super::playlist::{Key, Map, MediaPlaylist, Segment};
use super::queue::{Beginning, Chunk, Filler};
use super::segment::{Kind, Unpacker, Unusable, mp4_kind};
use super::source::{Source, Want};
use super::{Chosen, Playing, address_shown, fetch_media, unplayable};

mod rescue;
mod switch;
mod trouble;

pub(super) use switch::begins_at;
use switch::{STANDS_IN, WayBack};
use trouble::{Missing, Trouble, is_gone};

/// Segments missing one after the other that end the playing.
const MAX_MISSING_IN_A_ROW: u8 = 3;

/// Fetches from one playlist into one queue.
pub(super) struct Fetcher {
    source: Arc<Source>,
    playlist: Arc<MediaPlaylist>,
    /// Where the playlist is asked for again.
    address: Url,
    /// When its loading began.
    loaded_at: Instant,
    /// Playlists of other variants, best first.
    spare: Vec<Url>,
    /// The variants to change between by throughput.
    ladder: Ladder,
    /// What to return to when the variant just changed to does not join.
    way_back: Option<WayBack>,
    /// What a seek begins with.
    playing: Arc<Playing>,
    filler: Filler,
    unpacker: Unpacker,
    init: Option<(Arc<Map>, Bytes)>,
    /// Index of the next segment.
    next: usize,
    /// Where that segment starts, in seconds.
    position: f64,
    /// So many seconds of it are not to be heard.
    left_out: f64,
    /// Why the next piece needs a part of its own.
    fresh: Option<&'static str>,
    /// Whether there was a part before.
    has_begun: bool,
    /// The initialisation section of the part under way.
    part_map: Option<Arc<Map>>,
    /// What was read from there.
    part_init: Bytes,
    /// The segment as it came, to be kept once it turned out to be one.
    fetched: Option<(Place, Bytes)>,
    /// The segment that was asked for once more after the server had said that there is none.
    asked_again: Option<u64>,
    missing_in_a_row: u8,
    last_missing: Option<StreamError>,
    /// What plays, as the stream told last.
    title: Option<CleanText>,
    has_sound: bool,
}

impl Fetcher {
    /// Fetches the playlist from a segment on.
    pub(super) fn new(
        source: Arc<Source>,
        chosen: Chosen,
        playing: Arc<Playing>,
        first: FirstSegment,
        filler: Filler,
    ) -> Self {
        Self {
            source,
            playlist: chosen.playlist,
            address: chosen.address,
            loaded_at: chosen.loaded_at,
            spare: chosen.spare,
            ladder: chosen.ladder,
            way_back: None,
            playing,
            filler,
            unpacker: Unpacker::default(),
            init: None,
            next: first.index,
            position: first.position,
            left_out: first.left_out,
            fresh: Some("it is the first"),
            has_begun: false,
            part_map: None,
            part_init: Bytes::new(),
            fetched: None,
            asked_again: None,
            missing_in_a_row: 0,
            last_missing: None,
            title: None,
            // After a seek to the end there may be nothing left, and that is no failure.
            has_sound: first.index > 0,
        }
    }

    /// Works until the end of the playlist, then tells the queue how it went.
    pub(super) async fn run(mut self) {
        let result = self.fetch_all().await;
        self.filler.finish(result);
    }

    async fn fetch_all(&mut self) -> Result<(), StreamError> {
        loop {
            self.source.monitor().is_live.store(!self.playlist.is_complete(), Ordering::Relaxed);
            let Some(segment) = self.playlist.segments.get(self.next).cloned() else {
                if self.playlist.is_complete() {
                    break;
                }
                self.grow().await?;
                continue;
            };
            self.filler.room().await;
            // Another variant may have what is missing here; a range of no bytes is an end, not a gap.
            let is_hole = segment.gap && segment.byterange.is_none_or(|range| range.length > 0);
            if self.adapt(&segment).await || is_hole && self.replace(segment.sequence).await {
                continue;
            }
            match self.segment(&segment).await {
                Ok(()) => {
                    self.missing_in_a_row = 0;
                    self.has_joined();
                }
                Err(trouble) => {
                    if self.help(trouble, &segment).await? {
                        continue;
                    }
                }
            }
            self.position += segment.duration;
            self.left_out = 0.0;
            self.next += 1;
        }
        match self.last_missing.take() {
            _ if self.has_sound => Ok(()),
            Some(missing) => Err(missing),
            None => Err(unplayable(&self.address, "it has nothing but gaps")),
        }
    }

    /// Waits for a list that is not complete to go on.
    async fn grow(&mut self) -> Result<(), StreamError> {
        let last = self.playlist.segments.last().map_or(0, |segment| segment.sequence);
        match await_more(&self.source, &self.address, &self.playlist, self.loaded_at).await {
            Ok(grown) => {
                if grown.is_place_lost {
                    self.fresh = Some("the live list went on without it");
                }
                (self.next, self.playlist) = (grown.next, Arc::new(grown.playlist));
                self.loaded_at = grown.loaded_at;
                self.tell_place();
                Ok(())
            }
            Err(_) if self.replace(last.saturating_add(1)).await => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn hop(&mut self, missing: Missing) -> Result<(), StreamError> {
        self.fresh = Some("a segment is missing");
        self.missing_in_a_row += 1;
        let error = self.missing(missing.clone());
        tracing::warn!(at = self.position, %error, "a segment is left out");
        if self.missing_in_a_row >= MAX_MISSING_IN_A_ROW {
            return Err(error);
        }
        self.source.monitor().note(error);
        self.last_missing = Some(self.missing(missing));
        Ok(())
    }

    fn missing(&self, Missing { reason, kind }: Missing) -> StreamError {
        let number = self.next as u64 + 1;
        let segment = self.playlist.segments.get(self.next);
        let span = segment.map(|segment| (time(self.position), time(segment.duration)));
        StreamError::MissingSegment { number, span, from: address_shown(&self.address), reason, kind }
    }

    async fn segment(&mut self, segment: &Segment) -> Result<(), Trouble> {
        if segment.gap {
            self.fresh = Some("the list has a gap");
            let reason = "its list says that there is nothing".to_owned();
            let error = self.missing(Missing { reason, kind: FaultKind::NotFound });
            tracing::warn!(at = self.position, %error, "a gap");
            self.source.monitor().note(error);
            return Ok(());
        }
        let loaded = match self.load_in_time(segment).await {
            // One look helps for all that ran out together.
            Err(Trouble::Fatal(StreamError::Net(error)))
                if is_gone(&error)
                    && self.missing_in_a_row == 0
                    && self.asked_again != Some(segment.sequence) =>
            {
                match self.look_again(segment).await {
                    Some(moved) => self.load(&moved).await,
                    None => Err(StreamError::Net(error).into()),
                }
            }
            loaded => loaded,
        };
        let (init, bytes) = match loaded {
            Err(Trouble::Fatal(error)) => return Err(error.into()),
            loaded => loaded?,
        };
        if segment.discontinuity {
            self.fresh.get_or_insert("the list announces a discontinuity");
        }
        if self.fresh.is_some() {
            self.unpacker.start_afresh();
        }
        if bytes.is_empty() {
            return Err(Trouble::damaged("it is empty"));
        }
        let (is_mp4, init) = (mp4_kind(&bytes).is_some(), init.unwrap_or_default());
        // The section of a transport stream is its program tables, which go first. One of MP4 stays in force in the list when
        // the segments become others.
        let bytes = if is_mp4 || init.is_empty() || mp4_kind(&init).is_some() {
            bytes
        } else {
            [init.as_ref(), &bytes].concat()
        };
        let piece = self.unpacker.unpack(bytes).map_err(|unusable| self.unusable(unusable))?;
        let mut bytes = piece.bytes;
        let has_other_section =
            is_mp4 && self.part_map != segment.map && !fmp4::is_alike(&self.part_init, &init);
        let reason = self.fresh.or(has_other_section.then_some("its initialisation section is another"));
        let reason = reason.or((!piece.continues).then_some("it does not go on where the last one ended"));
        let continues = reason.is_none();
        let leans = match self.fresh {
            None => piece.leans,
            // The decoder settles with what comes before it there.
            Some(STANDS_IN) => piece.kind.coding().map(|_| Duration::ZERO),
            Some(_) => None,
        };
        let lead = match leans {
            Some(heard) => self.prepend_lead(segment, &mut bytes).await + heard,
            None => Duration::ZERO,
        };
        let left_out = if self.has_begun { Duration::ZERO } else { time(self.left_out) };
        let (starts_at, lead) = (time(self.position) + left_out, lead + left_out);
        if piece.kind == Kind::Fragments {
            if !boxes::has_fragment(&bytes) {
                // As ffmpeg ends a list whose sound ends with a segment.
                return Ok(());
            }
            if init.is_empty() {
                let reason = Unusable::Unsupported("it names no initialisation section for its MP4 segments");
                return Err(self.unusable(reason));
            }
            bytes = [init.as_ref(), &bytes].concat();
            self.part_init = init;
        }
        // Each segment of fragments is a part: a demuxer that remembers all it has seen begins anew, and one that
        // loses its way does so for one segment.
        if !continues || piece.kind == Kind::Fragments {
            self.filler.start_part(Beginning { hint: piece.kind.hint(), starts_at, lead, continues });
        }
        if let Some(reason) = reason.filter(|_| self.has_begun && lead.is_zero()) {
            tracing::warn!(
                at = self.position,
                number = segment.sequence,
                reason,
                "the decoder begins afresh"
            );
        }
        self.part_map.clone_from(&segment.map);
        (self.fresh, self.has_begun) = (None, true);
        self.has_sound = true;
        if let Some((place, bytes)) = self.fetched.take() {
            self.source.cache.keep(place, bytes);
        }
        let title = piece.title.filter(|title| self.title.as_ref() != Some(title));
        if title.is_some() {
            self.title.clone_from(&title);
        }
        self.filler.push(Chunk { bytes, seconds: segment.duration, starts_at, title });
        Ok(())
    }

    fn unusable(&self, unusable: Unusable) -> Trouble {
        match unusable {
            Unusable::Damaged(reason) => Trouble::damaged(reason),
            Unusable::Unsupported(reason) => Trouble::Fatal(StreamError::Unsupported {
                from: address_shown(&self.address),
                reason: reason.to_owned(),
            }),
        }
    }

    /// Fetches and deciphers a segment and the initialisation section it needs. An answer other than 2xx
    /// comes as [`Trouble::Fatal`], so that the caller sees its status.
    async fn load(&mut self, segment: &Segment) -> Result<(Option<Bytes>, Vec<u8>), Trouble> {
        let refused = || Trouble::damaged("its address may not be opened");
        let url = segment.resolved.as_ref().ok_or_else(refused)?;
        let init = match &segment.map {
            Some(map) => Some(self.init(map, segment).await?),
            None => None,
        };
        let place = (url.clone(), segment.byterange);
        let found = if let Some(kept) = self.source.cache.find(&place) {
            kept
        } else {
            let fetched = self.source.fetch(url, segment.byterange, Want::Segment).await;
            fetched.map_err(Trouble::Fatal)?.bytes
        };
        if self.is_cached() {
            self.fetched = Some((place, found.clone()));
        }
        let bytes = self.decipher(segment.key.as_deref(), segment.sequence, found.into()).await?;
        Ok((init, bytes))
    }

    /// Whether segments of this list may be kept: the addresses of a live stream may come round again with
    /// other bytes.
    fn is_cached(&self) -> bool {
        self.playlist.is_complete() && !self.source.is_local()
    }

    async fn init(&mut self, map: &Arc<Map>, segment: &Segment) -> Result<Bytes, Trouble> {
        if let Some((loaded, bytes)) = &self.init
            && loaded == map
        {
            return Ok(bytes.clone());
        }
        let refused = || Trouble::damaged("its initialisation section may not be opened");
        let url = map.resolved.as_ref().ok_or_else(refused)?;
        let fetched = self.source.fetch(url, map.byterange, Want::Segment).await.map_err(Trouble::Fatal)?;
        // The key applies to it too, but packagers often leave it clear.
        let is_clear = mp4_kind(&fetched.bytes).is_some() || fetched.bytes.first() == Some(&0x47);
        let bytes = if is_clear {
            fetched.bytes
        } else {
            let key = map.key.as_deref();
            self.decipher(key, segment.sequence, fetched.bytes.into()).await?.into()
        };
        self.init = Some((map.clone(), bytes.clone()));
        Ok(bytes)
    }

    async fn decipher(
        &mut self,
        key: Option<&Key>,
        sequence: u64,
        bytes: Vec<u8>,
    ) -> Result<Vec<u8>, Trouble> {
        let Some(key) = key else { return Ok(bytes) };
        match decipher(key, sequence, bytes, &self.source).await.map_err(Trouble::Fatal)? {
            Some(clear) => Ok(clear),
            None => Err(Trouble::damaged("it cannot be decrypted with its key")),
        }
    }

    /// Fetches the playlist again, because addresses in it may have run out; returns the segment if it
    /// has another address now.
    async fn look_again(&mut self, segment: &Segment) -> Option<Segment> {
        let loaded_at = Instant::now();
        let playlist = fetch_media(&self.source, &self.address).await.ok()?;
        self.loaded_at = loaded_at;
        let next = playlist.segments.iter().position(|found| found.sequence == segment.sequence)?;
        self.next = next;
        self.playlist = Arc::new(playlist);
        self.tell_place();
        self.playlist.segments.get(next).filter(|found| *found != segment).cloned()
    }
}

fn time(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
