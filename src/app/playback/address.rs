//! Addresses that run out while a track plays: its source is asked for another one, and it goes on where the ear was.

use std::time::Duration;

use super::state::{Now, Stage};
use crate::app::effect::Effect;
use crate::app::notices::{Level, words};
use crate::app::state::State;
use crate::model::{Fault, FaultKind, Purpose, Retry, Ticket, TrackRef};

/// Between two times that a source nobody reaches is asked where a track goes on.
const LOCATE_WAIT_MS: u64 = 5_000;

/// How often it is asked so: for ten minutes, as long as a stream waits for the network.
const LOCATE_TRIES: u8 = 120;

impl Now {
    /// The listener wants something new of a track that sounds: its address may be asked for once more, since some
    /// live no longer than ten seconds. What is tried without him is tried once.
    pub(super) fn may_relocate_again(&mut self) {
        if self.stage == Stage::Sounding {
            self.relocated = false;
        }
    }
}

impl State {
    /// Asks for the track's address once more, to go on where the ear was; `ran_out`: only because its time is over,
    /// so that a network which is away meanwhile is waited for.
    pub(super) fn locate_again(&mut self, position: Duration, ran_out: bool) -> Vec<Effect> {
        let Some(now) = self.playback.now.clone() else { return Vec::new() };
        let paused = self.playback.paused;
        // Else the player would play what is left of it, or what was appended, in the meantime.
        let mut effects = self.unload();
        let play_id = self.next_play_id();
        let purpose = Purpose::GoOn;
        effects.push(Effect::Locate { play_id, track: now.track.reference.clone(), purpose });
        let again = Now::new(play_id, now.entry, now.track, position);
        self.playback.now = Some(Now {
            relocated: true,
            patience: if ran_out { LOCATE_TRIES } else { 0 },
            counted: now.counted,
            has_sounded: now.has_sounded,
            length: now.length,
            sought: now.sought,
            ..again
        });
        self.playback.paused = paused;
        effects
    }

    /// Nobody says where the track goes on. The network may be away for a while, as it may be in the middle of a file.
    pub(super) fn not_located(&mut self, fault: Fault) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let is_away = fault.kind == FaultKind::Network && fault.retry == Retry::Later;
        match &mut self.playback.now {
            Some(now) if is_away && now.patience > 0 => {
                let is_first = now.patience == LOCATE_TRIES;
                now.patience -= 1;
                now.locate_wait = Some(ticket);
                let mut effects = vec![Effect::Wait { ticket, delay_ms: LOCATE_WAIT_MS }];
                if is_first {
                    effects.extend(self.tell(Level::Warning, words(&fault)));
                }
                effects
            }
            Some(_) | None => self.wait_or_give_up(fault),
        }
    }

    pub(super) fn locate_elapsed(&mut self, ticket: Ticket) -> Vec<Effect> {
        let waits = |now: &&mut Now| now.locate_wait == Some(ticket) && now.stage == Stage::Locating;
        let Some(now) = self.playback.now.as_mut().filter(waits) else { return Vec::new() };
        now.locate_wait = None;
        let (play_id, track) = (now.play_id, now.track.reference.clone());
        vec![Effect::Locate { play_id, track, purpose: Purpose::GoOn }]
    }
}

/// Whether a fresh address may help: the old one may have run out, or its connection is gone.
pub(super) fn may_have_expired(now: &Now, fault: &Fault) -> bool {
    let heals = fault.retry == Retry::Later && fault.kind != FaultKind::Device;
    was_refused_midway(now, fault) || (heals && is_service(now))
}

/// The time of the address is over, and nobody was asked in vain. It has brought sound, so that asking for another one
/// leads on, however often.
pub(super) fn has_run_out(now: &Now, fault: &Fault) -> bool {
    now.stage == Stage::Sounding
        && fault.retry == Retry::Later
        && fault.kind == FaultKind::Refused
        && is_service(now)
}

/// What was let through at first is not any more.
fn was_refused_midway(now: &Now, fault: &Fault) -> bool {
    now.stage == Stage::Sounding && is_refusal(now, fault)
}

/// A part was refused of what goes on by itself: others were let through, though maybe none is heard yet.
pub(super) fn part_was_refused(now: &Now, fault: &Fault) -> bool {
    matches!(now.stage, Stage::Loading | Stage::Sounding) && is_refusal(now, fault)
}

fn is_refusal(now: &Now, fault: &Fault) -> bool {
    let refused = matches!(fault.kind, FaultKind::Refused | FaultKind::SignInNeeded | FaultKind::NotFound);
    refused && is_service(now)
}

/// Only services give addresses that run out.
fn is_service(now: &Now) -> bool {
    matches!(now.track.reference, TrackRef::Service { .. })
}
