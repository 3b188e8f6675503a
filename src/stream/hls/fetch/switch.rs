//! Changing to another variant: because the line became slower or faster, or because a segment is gone.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use url::Url;

use super::super::adapt::{Situation, decide, lower, patience};
use super::super::ladder::same_place;
use super::super::playlist::{MediaPlaylist, Segment};
use super::super::segment::Unpacker;
use super::super::{Chosen, fetch_media};
use super::{Fetcher, Trouble};

/// Where fetching was before a change of variant that is not certain yet.
pub(super) struct WayBack {
    playlist: Arc<MediaPlaylist>,
    address: Url,
    next: usize,
    unpacker: Unpacker,
}

impl Fetcher {
    /// Changes to the variant that suits the line, if that is another one; whether it did.
    pub(super) async fn adapt(&mut self, segment: &Segment) -> bool {
        let Some(current) = self.ladder.position(&self.address).filter(|_| self.way_back.is_none()) else {
            return false;
        };
        let wanted = decide(&self.ladder.rates(), current, &self.situation(segment));
        wanted != current && self.change_to(wanted).await
    }

    /// Changes to a lower variant after waiting too long for a segment.
    pub(super) async fn descend(&mut self) {
        if let Some(current) = self.ladder.position(&self.address) {
            let throughput = self.source.meter().bits_per_second();
            self.change_to(lower(&self.ladder.rates(), current, throughput)).await;
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
        let is_lowest = self.ladder.position(&self.address).is_none_or(|current| current == 0);
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

    /// Goes on with the variant of that rung, if its list has the same place; whether it does. One that
    /// cannot be had or is cut differently is not thought of again.
    async fn change_to(&mut self, rung: usize) -> bool {
        let Some(rung) = self.ladder.rungs.get(rung).cloned() else { return false };
        let playlist = match rung.playlist {
            Some(playlist) => Some(playlist),
            None => fetch_media(&self.source, &rung.address).await.ok().map(Arc::new),
        };
        let found = playlist.and_then(|list| Some((same_place(&self.playlist, self.next, &list)?, list)));
        let Some((next, playlist)) = found else {
            self.ladder.without(&rung.address);
            return false;
        };
        self.way_back = Some(WayBack {
            playlist: std::mem::replace(&mut self.playlist, playlist),
            address: std::mem::replace(&mut self.address, rung.address),
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
        self.ladder.switched_at = Some(self.source.meter().now());
        self.spare.retain(|address| *address != self.address);
        self.spare.push_front(before.address.clone());
        if !self.playlist.is_complete() {
            return;
        }
        for rung in &mut self.ladder.rungs {
            if rung.address == self.address {
                rung.playlist = Some(self.playlist.clone());
            } else if rung.address == before.address {
                rung.playlist = Some(before.playlist.clone());
            }
        }
        self.playing.set(Chosen {
            playlist: self.playlist.clone(),
            address: self.address.clone(),
            spare: self.spare.iter().cloned().collect(),
            ladder: self.ladder.clone(),
        });
    }

    /// Returns to the variant before, if the one just changed to does not join; whether it did.
    pub(super) fn go_back(&mut self) -> bool {
        let Some(before) = self.way_back.take() else { return false };
        self.ladder.without(&self.address);
        (self.playlist, self.address, self.next) = (before.playlist, before.address, before.next);
        self.unpacker = before.unpacker;
        true
    }

    /// Goes on with another variant, if one has a segment that begins where the missing one does.
    pub(super) async fn replace(&mut self, sequence: u64) -> bool {
        /// Seconds by which the lists of two variants may differ about the same moment.
        const TOLERANCE: f64 = 0.1;
        while let Some(address) = self.spare.pop_front() {
            let Ok(playlist) = fetch_media(&self.source, &address).await else { continue };
            let mut start = 0.0;
            let next = playlist.segments.iter().position(|segment| {
                let is_here = (start - self.position).abs() < TOLERANCE;
                start += segment.duration;
                // Live lists do not begin at the same moment, but number their segments alike.
                !segment.gap && if playlist.is_complete() { is_here } else { segment.sequence == sequence }
            });
            if let Some(next) = next {
                self.source.monitor().variant_switches.fetch_add(1, Ordering::Relaxed);
                self.ladder.without(&self.address);
                (self.next, self.playlist, self.address) = (next, Arc::new(playlist), address);
                self.is_fresh = true;
                return true;
            }
        }
        false
    }
}
