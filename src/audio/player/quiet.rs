//! While nothing is to be heard: the output rests, and a device is closed. A stream that is open wakes the processor
//! some fifty times a second, whether it plays or not.

use std::time::{Duration, Instant};

use crate::model::OutputChoice;

use super::super::output::Order;
use super::control::{Control, now};
use super::outlet::Outlet;

/// After so long without music the output rests.
const REST_AFTER: Duration = Duration::from_secs(1);

/// Longest wait for a device to be closed before it is opened again.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// How long it has been quiet, and what became of the output meanwhile.
#[derive(Debug, Default)]
pub(super) struct Quiet {
    /// How long a device stays open.
    pub closes_after: Duration,
    resting: bool,
    since: Option<Instant>,
    /// Closed until something is to be heard.
    closed: bool,
    /// The number of an output that is being closed, and how long it is waited for.
    closing: Option<(u64, Instant)>,
}

impl Quiet {
    pub fn new(closes_after: Duration) -> Self {
        Self { closes_after, ..Self::default() }
    }

    /// Another output takes the place of what was there.
    pub fn begin_anew(&mut self) {
        (self.resting, self.since, self.closed) = (false, None, false);
    }

    /// The output of this number is being closed.
    pub fn wait_for(&mut self, number: u64, now: Instant) {
        self.closing = Some((number, now + CLOSE_LIMIT));
    }

    /// An output of this number is closed.
    pub fn told_closed(&mut self, number: u64) {
        self.closing.take_if(|(its, _)| *its == number);
    }

    /// An output that takes too long to be closed is waited for no more.
    pub fn give_up_waiting(&mut self, now: Instant) {
        self.closing.take_if(|(_, until)| *until <= now);
    }

    /// Whether an output may be opened: nobody waits for one while it is paused, and two at a time need not fit.
    pub fn may_open(&self, paused: bool) -> bool {
        !(paused && self.closed) && self.closing.is_none()
    }
}

impl Outlet {
    /// Samples come (again).
    pub fn wake(&mut self) {
        self.quiet.since = None;
        if std::mem::take(&mut self.quiet.resting) {
            self.order(Order::Wake);
        }
    }

    /// When the player must look after the output again.
    pub fn next_look(&self, is_quiet: bool, now: Instant) -> Option<Duration> {
        let quiet = &self.quiet;
        let mut looks = Vec::with_capacity(3);
        looks.extend(self.next_try().map(|at| at.saturating_duration_since(now)));
        if is_quiet && self.sink.is_some() {
            let past = quiet.since.map_or(Duration::ZERO, |since| now.duration_since(since));
            looks.extend(self.may_rest().then(|| REST_AFTER.saturating_sub(past)));
            looks.extend(self.may_close().then(|| quiet.closes_after.saturating_sub(past)));
        } else if !is_quiet {
            looks.extend(quiet.closing.map(|(_, until)| until.saturating_duration_since(now)));
        }
        looks.into_iter().min()
    }

    /// What does not run yet never would: a server can take two seconds until it asks for the first samples.
    fn may_rest(&self) -> bool {
        !self.quiet.resting && self.runs()
    }

    /// A file would begin anew; what stands in for a device stays until that is back, and what does not run yet may never do.
    fn may_close(&self) -> bool {
        let is_file = matches!(self.present(), OutputChoice::Wav(_));
        self.quiet.closes_after < Duration::MAX && !is_file && self.is_settled()
    }
}

impl Control {
    /// Lets a quiet output rest, and closes it after a while.
    pub fn look_after_quiet(&mut self) {
        if !(self.paused || self.voices.is_empty()) || self.outlet.sink.is_none() {
            self.outlet.quiet.since = None;
            return;
        }
        let now = now();
        let past = now.duration_since(*self.outlet.quiet.since.get_or_insert(now));
        if past >= self.outlet.quiet.closes_after && self.outlet.may_close() {
            // What was on the line and not heard is pushed again once a device is open.
            let number = self.outlet.closes_as();
            self.let_go();
            self.outlet.forget_what_was_tried();
            self.outlet.quiet.begin_anew();
            self.outlet.quiet.closed = true;
            if let Some(number) = number {
                self.outlet.quiet.wait_for(number, now);
            }
        } else if past >= REST_AFTER && self.outlet.may_rest() {
            self.outlet.quiet.resting = true;
            self.outlet.order(Order::Rest);
        }
    }
}
