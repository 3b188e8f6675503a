//! Services that limit how often they may be asked: how long is counted down, and what was refused and only
//! reads is asked for once more when the time is over.

use std::collections::BTreeMap;

use super::effect::Effect;
use super::state::State;
use crate::model::{Fault, ServiceId, ServiceInfo, Ticket};

/// Between two steps of the countdown.
const STEP_MS: u64 = 1000;

/// A longer wait is told and not counted: nobody sits through it.
const LONGEST_S: u64 = 600;

/// Why a service did not do something, after a sentence that says what: a wait that is counted down beside it is
/// not told as a number that stands still.
pub(super) fn reason(fault: &Fault) -> String {
    if is_counted(fault) {
        "Requests are limited; try again when the wait is over.".to_owned()
    } else {
        fault.to_string()
    }
}

fn is_counted(fault: &Fault) -> bool {
    fault.wait_s.is_some_and(|wait_s| (1..=LONGEST_S).contains(&wait_s))
}

/// Who is not to be asked, and for how long.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Limits {
    left_s: BTreeMap<ServiceId, u64>,
    step: Option<Ticket>,
}

impl State {
    /// Seconds until a service that limits requests may be asked again.
    pub fn limited_for(&self, service: &ServiceId) -> Option<u64> {
        self.limits.left_s.get(service).copied()
    }

    /// The services that may not be asked now, and for how many seconds yet.
    pub fn limited(&self) -> impl Iterator<Item = (&ServiceInfo, u64)> {
        self.services.iter().filter_map(|service| Some((service, self.limited_for(&service.id)?)))
    }

    /// As [`State::note_limit`], for an answer that tells who limits by its words alone.
    pub(super) fn note_named_limit(&mut self, fault: &Fault) -> Vec<Effect> {
        let is_named = |service: &&ServiceInfo| fault.message.as_str().contains(service.name.as_str());
        match self.services.iter().find(is_named).map(|service| service.id.clone()) {
            Some(service) => self.note_limit(&service, fault),
            None => Vec::new(),
        }
    }

    /// A service has refused; counts down when it said for how long.
    pub(super) fn note_limit(&mut self, service: &ServiceId, fault: &Fault) -> Vec<Effect> {
        let Some(wait_s) = fault.wait_s.filter(|_| is_counted(fault)) else { return Vec::new() };
        self.limits.left_s.insert(service.clone(), wait_s);
        if self.limits.step.is_some() { Vec::new() } else { self.next_step() }
    }

    fn next_step(&mut self) -> Vec<Effect> {
        let ticket = self.next_ticket();
        self.limits.step = Some(ticket);
        vec![Effect::Wait { ticket, delay_ms: STEP_MS }]
    }

    pub(super) fn limits_elapsed(&mut self, ticket: Ticket) -> Vec<Effect> {
        if self.limits.step != Some(ticket) {
            return Vec::new();
        }
        self.limits.step = None;
        self.limits.left_s.values_mut().for_each(|left_s| *left_s = left_s.saturating_sub(1));
        let over: Vec<ServiceId> =
            self.limits.left_s.iter().filter(|(_, left_s)| **left_s == 0).map(|(id, _)| id.clone()).collect();
        self.limits.left_s.retain(|_, left_s| *left_s > 0);
        let mut effects = Vec::new();
        for service in over {
            effects.extend(self.search_limited(&service));
            effects.extend(self.browse_limited(&service));
            effects.extend(self.playback_limited(&service));
        }
        if !self.limits.left_s.is_empty() {
            effects.extend(self.next_step());
        }
        effects
    }
}
