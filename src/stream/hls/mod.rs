//! HTTP Live Streaming (RFC 8216): playlists become a run of parts that a decoder can read. Fetches
//! only http and https addresses, and files only for a playlist that is a file itself.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use url::Url;

use crate::config::VariantChoice;
use crate::model::{Bitrate, FaultKind, RemoteAddress};

use super::{Cancel, Media, Part, StreamError};

mod adapt;
mod adts;
mod boxes;
mod cache;
mod date;
mod fetch;
mod fmp4;
mod frames;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod id3;
mod key;
mod ladder;
mod live;
mod local;
mod meter;
mod mpeg_audio;
mod mpegts;
mod packed;
pub mod playlist;
mod queue;
mod segment;
mod source;
mod variant;
mod whole;

use fetch::{Fetcher, begins_at};
use ladder::Ladder;
use live::{FirstSegment, beginning, near_the_end};
use playlist::{MediaPlaylist, Playlist, Variables, parse, parse_within};
use queue::{Filler, Queue};
use source::Want;

pub use adts::header as adts_header;
pub use frames::Header as FrameHeader;
pub(super) use meter::Meter;
pub use mpeg_audio::Header as MpegHeader;
pub(super) use source::{Fetched, Root, Source};
pub use whole::{List, Sound, Unpacking};

/// Most variants tried before giving up.
const MAX_VARIANTS_TRIED: usize = 3;

/// A playlist that is being played.
pub(super) struct HlsMedia {
    runtime: Handle,
    source: Arc<Source>,
    playing: Arc<Playing>,
    cancel: Cancel,
    queue: Arc<Queue>,
    task: AbortHandle,
}

/// A playlist's text, where it was asked for and where it was found.
pub(super) struct Manifest {
    /// Where it is asked for again.
    pub asked: Url,
    /// The text and the address that answered.
    pub fetched: Fetched,
}

/// Fetches the playlist at `url`.
pub(super) async fn fetch_manifest(source: &Source, url: Url) -> Result<Manifest, StreamError> {
    let fetched = source.fetch(&url, None, Want::Playlist).await?;
    Ok(Manifest { asked: url, fetched })
}

/// Fetches a playlist that must name segments.
async fn fetch_media(source: &Source, url: &Url) -> Result<MediaPlaylist, StreamError> {
    read_media(source, &source.fetch(url, None, Want::Playlist).await?, url)
}

/// The same without another try.
async fn fetch_media_once(source: &Source, url: &Url) -> Result<MediaPlaylist, StreamError> {
    read_media(source, &source.fetch_once(url, None, Want::Playlist).await?, url)
}

fn read_media(source: &Source, fetched: &Fetched, url: &Url) -> Result<MediaPlaylist, StreamError> {
    let none = Variables::default();
    match parse_within(&fetched.bytes, &fetched.url, source.variables.get().unwrap_or(&none))? {
        Playlist::Media(playlist) => settled(source, playlist, url),
        Playlist::Master(_) => Err(unplayable(url, "it is a master playlist where segments were expected")),
    }
}

fn settled(source: &Source, mut playlist: MediaPlaylist, url: &Url) -> Result<MediaPlaylist, StreamError> {
    if playlist.segments.is_empty() {
        return Err(unplayable(url, "it lists no segments"));
    }
    // A file does not grow while it is played; without the closing tag it was cut from a live stream.
    playlist.endlist |= source.is_local();
    Ok(playlist)
}

fn unplayable(url: &Url, reason: &str) -> StreamError {
    StreamError::Playlist { from: address_shown(url), reason: reason.to_owned() }
}

/// What is played, and what could stand in for it.
#[derive(Clone)]
pub(super) struct Chosen {
    playlist: Arc<MediaPlaylist>,
    /// Where the playlist is asked for again.
    address: Url,
    /// Playlists of other variants, best first.
    spare: Vec<Url>,
    /// The variants to change between while it plays.
    ladder: Ladder,
    /// Where in the track the list begins, in seconds.
    begins_at: f64,
    /// When the loading of the list began.
    loaded_at: Instant,
}

/// What is played now. The fetching task may change it, and a seek begins with it.
struct Playing(Mutex<Chosen>);

impl Playing {
    fn get(&self) -> Chosen {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, chosen: Chosen) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = chosen;
    }
}

/// From a manifest of either kind to the media playlist to play.
pub(super) async fn choose(
    source: &Source,
    manifest: Manifest,
    choice: VariantChoice,
) -> Result<Chosen, StreamError> {
    let address = manifest.asked;
    // That of the list itself may have begun a moment ago: later is polite.
    let mut loaded_at = Instant::now();
    let master = match parse(&manifest.fetched.bytes, &manifest.fetched.url)? {
        Playlist::Master(master) => master,
        Playlist::Media(media) => {
            let playlist = Arc::new(settled(source, media, &address)?);
            return Ok(Chosen {
                playlist,
                address,
                spare: Vec::new(),
                ladder: Ladder::default(),
                begins_at: 0.0,
                loaded_at,
            });
        }
    };
    if let Some(reason) = key::refusal(&master.session_keys) {
        return Err(StreamError::Unsupported { from: address_shown(&address), reason });
    }
    // A stream has one master playlist, so nothing was set before.
    let _ = source.variables.set(master.variables.clone());
    if master.variants.is_empty() {
        return Err(unplayable(&address, "it lists no variants"));
    }
    let reason = match master.refused.first() {
        Some(refused) if master.variants.iter().all(|variant| variant.resolved.is_none()) => {
            format!("none of its variants may be opened: {}", refused.reason)
        }
        Some(_) | None => "none of its variants has a sound format that is supported".to_owned(),
    };
    let mut failure = StreamError::Unsupported { from: address_shown(&address), reason };
    let first = match choice {
        VariantChoice::Auto if source.is_local() => VariantChoice::Highest,
        VariantChoice::Auto => VariantChoice::AtMost(affordable(source)),
        choice => choice,
    };
    let mut candidates = variant::candidates(&master, first).into_iter().take(MAX_VARIANTS_TRIED);
    while let Some(address) = candidates.next() {
        loaded_at = Instant::now();
        match fetch_media(source, &address).await {
            Ok(mut playlist) => {
                playlist.start = playlist.start.or(master.start);
                let playlist = Arc::new(playlist);
                let is_fixed = choice != VariantChoice::Auto || source.is_local();
                let ladder = if is_fixed { Ladder::default() } else { variant::ladder(&master, &address) };
                let spare = candidates.collect();
                return Ok(Chosen { playlist, address, spare, ladder, begins_at: 0.0, loaded_at });
            }
            Err(error) => failure = error,
        }
        if candidates.len() > 0 {
            source.monitor().variant_switches.fetch_add(1, Ordering::Relaxed);
        }
    }
    Err(failure)
}

/// The most a variant may take up to be begun with.
fn affordable(source: &Source) -> Bitrate {
    let most = adapt::affordable(source.meter().bits_per_second()).clamp(0.0, f64::from(u32::MAX));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to it")]
    let most = most as u32;
    Bitrate(u64::from(most))
}

impl HlsMedia {
    /// Begins to fetch.
    pub(super) fn start(runtime: Handle, source: Arc<Source>, mut chosen: Chosen, cancel: Cancel) -> Self {
        let first = beginning(&chosen.playlist);
        chosen.begins_at = begins_at(&chosen.playlist, first.index, first.position);
        let playing = Arc::new(Playing(Mutex::new(chosen.clone())));
        let fetcher = |filler| Fetcher::new(source.clone(), chosen, playing.clone(), first, filler);
        let (queue, task) = spawn(&runtime, &source, &cancel, fetcher);
        Self { runtime, source, playing, cancel, queue, task }
    }
}

impl HlsMedia {
    /// Fetches from this segment and its place on, and nothing else any more.
    fn begin_with(&mut self, chosen: Chosen, first: FirstSegment) {
        self.task.abort();
        let (source, playing) = (self.source.clone(), self.playing.clone());
        let fetcher = |filler| Fetcher::new(source, chosen, playing, first, filler);
        (self.queue, self.task) = spawn(&self.runtime, &self.source, &self.cancel, fetcher);
    }
}

/// Starts a task that fetches into a new queue.
fn spawn(
    runtime: &Handle,
    source: &Source,
    cancel: &Cancel,
    fetcher: impl FnOnce(Filler) -> Fetcher,
) -> (Arc<Queue>, AbortHandle) {
    let (queue, filler) = Queue::new(source.monitor());
    let (fetcher, cancel) = (fetcher(filler), cancel.clone());
    let task = runtime.spawn(async move {
        // A fetcher that is dropped in the middle tells the queue that it was cancelled.
        tokio::select! {
            () = fetcher.run() => {}
            () = cancel.cancelled() => {}
        }
    });
    (queue, task.abort_handle())
}

impl Media for HlsMedia {
    fn length(&self) -> Option<Duration> {
        let playlist = self.playing.get().playlist;
        playlist.is_complete().then(|| Duration::try_from_secs_f64(playlist.total_seconds()).ok()).flatten()
    }

    fn next_part(&mut self) -> Result<Option<Part>, StreamError> {
        self.queue.next_part()
    }

    fn next_segment(&mut self) -> Result<Option<Part>, StreamError> {
        self.queue.next_segment()
    }

    fn change_variant(&mut self, at: Duration) -> Result<bool, StreamError> {
        let mut chosen = self.playing.get();
        while !chosen.spare.is_empty() {
            let address = chosen.spare.remove(0);
            let (source, cancel, loaded_at) = (&self.source, &self.cancel, Instant::now());
            let fetched = self.runtime.block_on(async {
                tokio::select! {
                    biased;
                    () = cancel.cancelled() => Err(StreamError::Cancelled),
                    fetched = fetch_media(source, &address) => fetched,
                }
            });
            let playlist = match fetched {
                Ok(playlist) => playlist,
                Err(StreamError::Cancelled) => return Err(StreamError::Cancelled),
                Err(_) => continue,
            };
            let first = if playlist.is_complete() {
                let (index, position) = holder(&playlist, 0.0, at.as_secs_f64());
                FirstSegment::at(index, position)
            } else {
                beginning(&playlist)
            };
            tracing::warn!(
                from = chosen.address.path(),
                "there is no decoder for this variant: another one plays"
            );
            source.monitor().variant_switches.fetch_add(1, Ordering::Relaxed);
            (chosen.playlist, chosen.address) = (Arc::new(playlist), address);
            (chosen.ladder, chosen.loaded_at) = (Ladder::default(), loaded_at);
            chosen.begins_at = begins_at(&chosen.playlist, first.index, first.position);
            self.playing.set(chosen.clone());
            self.begin_with(chosen, first);
            return Ok(true);
        }
        Ok(false)
    }

    fn tell_damage(&mut self, at: Duration, reason: &str) {
        let chosen = self.playing.get();
        let (index, _) = holder(&chosen.playlist, chosen.begins_at, at.as_secs_f64());
        tracing::warn!(?at, reason, "a segment is left out");
        let number = index as u64 + 1;
        // One that could not be had is told of already when the track ends early for it.
        if self.source.monitor().is_missing(number) {
            return;
        }
        let length = chosen.playlist.segments.get(index).map_or(0.0, |segment| segment.duration);
        let length = Duration::try_from_secs_f64(length).unwrap_or_default();
        self.source.monitor().note(StreamError::MissingSegment {
            number,
            span: Some((at, length)),
            from: address_shown(&chosen.address),
            reason: reason.to_owned(),
            kind: FaultKind::Damaged,
        });
    }

    fn seeks_by_part(&self) -> bool {
        true
    }

    fn seek(&mut self, to: Duration) -> Result<Duration, StreamError> {
        if self.cancel.is_cancelled() {
            return Err(StreamError::Cancelled);
        }
        let chosen = self.playing.get();
        let (next, start) = holder(&chosen.playlist, chosen.begins_at, to.as_secs_f64());
        let is_live = !chosen.playlist.is_complete();
        let end = chosen.playlist.segments.get(next).map_or(start, |segment| start + segment.duration);
        self.begin_with(chosen, FirstSegment::at(next, start));
        Ok(if is_live && to.as_secs_f64() >= end {
            Duration::try_from_secs_f64(start).unwrap_or_default()
        } else {
            to
        })
    }
}

/// Index of the segment that holds a place, and where that begins, in seconds, in a list that begins at
/// `begins_at`. Of a live stream the segments within three target durations of its end are left to come.
fn holder(playlist: &MediaPlaylist, begins_at: f64, to: f64) -> (usize, f64) {
    /// Sums of durations are not exact.
    const ROUNDING: f64 = 1e-6;
    let count = playlist.segments.len();
    let last = if playlist.is_complete() { count.saturating_sub(1) } else { near_the_end(playlist) };
    let (mut next, mut start) = (0, begins_at);
    for segment in playlist.segments.iter().take(last) {
        if start + segment.duration > to + ROUNDING {
            break;
        }
        start += segment.duration;
        next += 1;
    }
    (next, start)
}

impl Drop for HlsMedia {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An address or path as it may be shown: without query and credentials.
fn address_shown(url: &Url) -> String {
    match url.to_file_path() {
        Ok(path) if url.scheme() == "file" => path.display().to_string(),
        _ => RemoteAddress::plain(url.clone()).shown(),
    }
}

/// Inner pieces for the tests of the room.
#[cfg(test)]
pub(super) mod testing {
    pub(in crate::stream) use super::key::decrypt;

    /// The elementary stream of one segment.
    pub(in crate::stream) fn demux(segment: &[u8]) -> Vec<u8> {
        let (mut demuxer, mut out) = (super::mpegts::Demuxer::default(), Vec::new());
        demuxer.push(segment, &mut out);
        demuxer.end_segment(&mut out);
        out
    }
}
