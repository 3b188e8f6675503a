//! Changing to another variant: because the line became slower or faster, or because a segment is gone.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use url::Url;

use super::super::adapt::{Situation, decide, lower, patience};
use super::super::ladder::{Ladder, Rung, live_place, same_place};
use super::super::playlist::{MediaPlaylist, Segment};
use super::super::segment::Unpacker;
use super::super::{Chosen, fetch_media_once};
use super::{Fetcher, Trouble};

/// Why a segment of another variant begins a part where nobody knows whether the two are alike.
pub(super) const STANDS_IN: &str = "another variant stands in";

/// Frames of layer III that come before the first one that is heard: the bytes that it leans on are in as many of the smallest
/// (511 bytes, ISO/IEC 11172-3 section 2.4.2.7), and the last of them overlap with it.
const LEAD_FRAMES: usize = 32;

/// Where fetching was before a change of variant that is not certain yet.
pub(super) struct WayBack {
    playlist: Arc<MediaPlaylist>,
    address: Url,
    loaded_at: Instant,
    next: usize,
    unpacker: Unpacker,
}

impl Fetcher {
    /// The variants to change between, without those that failed a moment ago, and which of them this one is.
    fn choices(&self) -> Option<(Ladder, usize)> {
        let ladder = self.ladder.only(|address| *address == self.address || !self.source.is_aside(address));
        let current = ladder.position(&self.address)?;
        Some((ladder, current))
    }

    /// Changes to the variant that suits the line, if that is another one; whether it did.
    pub(super) async fn adapt(&mut self, segment: &Segment) -> bool {
        let Some((ladder, current)) = self.choices().filter(|_| self.way_back.is_none()) else {
            return false;
        };
        let wanted = decide(&ladder.rates(), current, &self.situation(segment));
        wanted != current && self.change_to(ladder.rungs.get(wanted)).await
    }

    /// Changes to a lower variant after waiting too long for a segment.
    pub(super) async fn descend(&mut self) {
        if let Some((ladder, current)) = self.choices() {
            let throughput = self.source.meter().bits_per_second();
            self.change_to(ladder.rungs.get(lower(&ladder.rates(), current, throughput))).await;
        }
    }

    fn situation(&self, segment: &Segment) -> Situation {
        let meter = self.source.meter();
        Situation {
            throughput: meter.bits_per_second(),
            buffered: self.filler.seconds(),
            segment: segment.duration,
            since_switch: self.ladder.switched_at.map(|at| meter.now().saturating_sub(at)),
        }
    }

    /// Fetches a segment, but not for longer than there is sound if a lower variant could do.
    pub(super) async fn load_in_time(
        &mut self,
        segment: &Segment,
    ) -> Result<(Option<Bytes>, Vec<u8>), Trouble> {
        let is_lowest = self.choices().is_none_or(|(_, current)| current == 0);
        if is_lowest || self.way_back.is_some() {
            return self.load(segment).await;
        }
        let patience = patience(&self.situation(segment));
        let began = self.source.meter().now();
        let received = || self.source.monitor().bytes_received.load(Ordering::Relaxed);
        let before = received();
        if let Ok(loaded) = tokio::time::timeout(patience, self.load(segment)).await {
            return loaded;
        }
        let received = usize::try_from(self.source.monitor().bytes_received.load(Ordering::Relaxed) - before);
        self.source.meter().add(received.unwrap_or(usize::MAX), began);
        Err(Trouble::Slow)
    }

    /// Goes on with the variant of that rung, if its list has the same place; whether it does. One that is cut
    /// differently is not thought of again, and one that cannot be had not for a while.
    async fn change_to(&mut self, rung: Option<&Rung>) -> bool {
        let Some(rung) = rung.filter(|rung| rung.address != self.address).cloned() else { return false };
        let loaded_at = Instant::now();
        let playlist = if let Some(playlist) = rung.playlist {
            playlist
        } else if let Ok(playlist) = fetch_media_once(&self.source, &rung.address).await {
            Arc::new(playlist)
        } else {
            self.source.put_aside(&rung.address);
            return false;
        };
        let found = same_place(&self.playlist, self.next, &playlist);
        let Some(next) = found else {
            self.ladder.without(&rung.address);
            return false;
        };
        self.way_back = Some(WayBack {
            playlist: std::mem::replace(&mut self.playlist, playlist),
            address: std::mem::replace(&mut self.address, rung.address),
            loaded_at: std::mem::replace(&mut self.loaded_at, loaded_at),
            next: std::mem::replace(&mut self.next, next),
            unpacker: self.unpacker.clone(),
        });
        self.unpacker.change_source();
        true
    }

    /// Keeps to the variant changed to, whose first segment joined.
    pub(super) fn has_joined(&mut self) {
        let Some(before) = self.way_back.take() else { return };
        self.source.monitor().variant_switches.fetch_add(1, Ordering::Relaxed);
        tracing::info!(
            at = self.position,
            from = before.address.path(),
            to = self.address.path(),
            "another variant plays"
        );
        self.ladder.switched_at = Some(self.source.meter().now());
        self.spare.retain(|address| *address != self.address);
        self.spare.insert(0, before.address.clone());
        if self.playlist.is_complete() {
            for rung in &mut self.ladder.rungs {
                if rung.address == self.address {
                    rung.playlist = Some(self.playlist.clone());
                } else if rung.address == before.address {
                    rung.playlist = Some(before.playlist.clone());
                }
            }
        }
        self.tell_place();
    }

    /// Tells what a seek has to begin with.
    pub(super) fn tell_place(&self) {
        self.playing.set(Chosen {
            playlist: self.playlist.clone(),
            address: self.address.clone(),
            spare: self.spare.clone(),
            ladder: self.ladder.clone(),
            begins_at: begins_at(&self.playlist, self.next, self.position),
            loaded_at: self.loaded_at,
        });
    }

    /// Puts the last frames before a segment in front of it, those of its own variant, and tells how long they sound. Where
    /// they cannot be had in time there are none, and the first frames of the segment are lost.
    pub(super) async fn prepend_lead(&mut self, segment: &Segment, bytes: &mut Vec<u8>) -> Duration {
        let before = self.next.checked_sub(1).and_then(|before| self.playlist.segments.get(before)).cloned();
        let Some(before) = before.filter(|before| !before.gap && !segment.discontinuity) else {
            return Duration::ZERO;
        };
        let fetched = self.fetched.take();
        let patience = patience(&self.situation(segment));
        let loaded = tokio::time::timeout(patience, self.load(&before)).await;
        self.fetched = fetched;
        let Ok(Ok((_, before))) = loaded else { return Duration::ZERO };
        let piece = Unpacker::default().unpack(before).ok();
        let Some((coding, piece)) = piece.and_then(|piece| Some((piece.kind.coding()?, piece))) else {
            return Duration::ZERO;
        };
        let frames = &piece.bytes[coding.last_frames(&piece.bytes, LEAD_FRAMES)..];
        bytes.splice(0..0, frames.iter().copied());
        coding.lasts(frames)
    }

    /// Returns to the variant before, if the one just changed to does not join; whether it did.
    pub(super) fn go_back(&mut self, trouble: &Trouble) -> bool {
        let Some(before) = self.way_back.take() else { return false };
        if matches!(trouble, Trouble::Gone(_) | Trouble::Unreachable(_)) || self.ladder.doubt(&self.address) {
            self.source.put_aside(&self.address);
        }
        (self.playlist, self.address, self.next) = (before.playlist, before.address, before.next);
        self.loaded_at = before.loaded_at;
        self.unpacker = before.unpacker;
        true
    }

    /// Goes on with another variant, if one has a segment that begins where the missing one does; the one that lacks
    /// it is put aside. Where both are known to be alike the join is at the very frame.
    pub(super) async fn replace(&mut self, sequence: u64) -> bool {
        for address in self.spare.clone() {
            if address == self.address || self.source.is_aside(&address) {
                continue;
            }
            let lacking = self.address.clone();
            let rung = self.ladder.rungs.iter().find(|rung| rung.address == address).cloned();
            if self.ladder.position(&lacking).is_some() && self.change_to(rung.as_ref()).await
                || self.start_afresh_with(&address, sequence).await
            {
                self.source.put_aside(&lacking);
                return true;
            }
        }
        false
    }

    async fn start_afresh_with(&mut self, address: &Url, sequence: u64) -> bool {
        /// Seconds by which the lists of two variants may differ about the same moment.
        const TOLERANCE: f64 = 0.1;
        if self.source.is_aside(address) {
            return false;
        }
        let loaded_at = Instant::now();
        let Ok(playlist) = fetch_media_once(&self.source, address).await else {
            self.source.put_aside(address);
            return false;
        };
        let found = if playlist.is_complete() {
            let mut start = 0.0;
            playlist.segments.iter().position(|segment| {
                let is_here = (start - self.position).abs() < TOLERANCE;
                start += segment.duration;
                is_here
            })
        } else {
            live_place(&self.playlist, sequence, &playlist)
        };
        let Some(next) = found else {
            // A list that grows may have it later.
            if playlist.is_complete() {
                self.spare.retain(|spare| spare != address);
            }
            return false;
        };
        if playlist.segments.get(next).is_none_or(|segment| segment.gap) {
            return false;
        }
        self.spare.retain(|spare| spare != address);
        self.source.monitor().variant_switches.fetch_add(1, Ordering::Relaxed);
        self.spare.push(std::mem::replace(&mut self.address, address.clone()));
        (self.next, self.playlist, self.loaded_at) = (next, Arc::new(playlist), loaded_at);
        self.fresh = Some(STANDS_IN);
        self.tell_place();
        true
    }
}

/// Where in the track a list begins whose segment `next` begins at `position`, in seconds: before it for a live
/// stream that was entered near its end.
pub(in super::super) fn begins_at(playlist: &MediaPlaylist, next: usize, position: f64) -> f64 {
    let before: f64 = playlist.segments.iter().take(next).map(|segment| segment.duration).sum();
    let begins_at = position - before;
    // Variants of the same music differ by a little.
    if playlist.is_complete() && begins_at.abs() < 0.1 { 0.0 } else { begins_at }
}
