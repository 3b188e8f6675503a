//! Tracks of services that limit how often they may be asked: waited for, and asked for once more.

use super::state::{Ahead, Stage};
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::model::{EntryId, Fault, Purpose, ServiceId};

/// A track is waited for at most so long at a time; after that it counts as one that fails.
const LONGEST_S: u64 = 60;

/// A service that limits this often in a row never lets the track come.
const MOST_LIMITS: u8 = 5;

impl State {
    /// The service of the track that is due did not tell where it is: it is asked once more when it allows that
    /// soon, and no other source has the track.
    pub(super) fn wait_or_give_up(&mut self, fault: Fault) -> Vec<Effect> {
        let now = self.playback.now.as_mut();
        let Some((now, item)) = now.and_then(|now| now.track.reference.item().map(|item| (now, item))) else {
            return self.give_track_up(fault);
        };
        let is_soon = fault.wait_s.is_some_and(|wait_s| (1..=LONGEST_S).contains(&wait_s));
        let waits = is_soon && now.limits < MOST_LIMITS && now.track.elsewhere.is_empty();
        now.is_limited = waits;
        now.limits = now.limits.saturating_add(1);
        let words = format!("{} plays when the wait is over", now.track.title);
        let is_first = now.limits == 1;
        let mut effects = if waits && is_first { self.tell(Level::Info, words) } else { Vec::new() };
        effects.extend(self.note_limit(&item.service, &fault));
        if !waits {
            effects.extend(self.give_track_up(fault));
        }
        effects
    }

    /// The service of the track that comes next did not tell where it is.
    pub(super) fn limited_ahead(&mut self, entry: EntryId, fault: &Fault) -> Vec<Effect> {
        let item = self.queue.entry(entry).and_then(|its| its.track.reference.item());
        let Some(item) = item.filter(|_| fault.wait_s.is_some()) else {
            self.playback.ahead = Ahead::GaveUp(entry);
            return Vec::new();
        };
        self.playback.ahead = Ahead::Limited(item.service.clone(), entry);
        self.note_limit(&item.service, fault)
    }

    /// A service may be asked again that had limited requests.
    pub(in crate::app) fn playback_limited(&mut self, service: &ServiceId) -> Vec<Effect> {
        if let Ahead::Limited(limits, _) = &self.playback.ahead
            && limits == service
        {
            self.playback.ahead = Ahead::Nothing;
            return self.plan_ahead();
        }
        let Some(now) = self.playback.now.as_mut().filter(|now| now.is_limited) else { return Vec::new() };
        let is_its = now.track.reference.item().is_some_and(|item| item.service == *service);
        if !is_its || now.stage != Stage::Locating {
            return Vec::new();
        }
        now.is_limited = false;
        let purpose = if now.relocated { Purpose::GoOn } else { Purpose::Listen };
        vec![Effect::Locate { play_id: now.play_id, track: now.track.reference.clone(), purpose }]
    }
}
