//! What is heard, for whoever asks: kept by the player's thread, read at any moment.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::config::Speed;
use crate::model::PlayId;
use crate::stream::Monitor;

use super::super::command::{PlayerState, Snapshot};
use super::super::deck::span;
use super::super::line::Line;

/// Shortest time over which a download speed is measured.
const SPEED_WINDOW: Duration = Duration::from_millis(1000);

/// Where the ear is and what the sums are.
#[derive(Debug, Default)]
pub(super) struct Board {
    pub play_id: Option<PlayId>,
    pub length: Option<Duration>,
    /// The ear is at `at` when the line is at `frame`.
    pub frame: u64,
    pub at: Duration,
    pub rate: u32,
    /// How fast the track goes by.
    pub speed: Speed,
    pub line: Option<Arc<Line>>,
    /// Frames pushed into the line.
    pub pushed: u64,
    pub loaded: bool,
    pub paused: bool,
    /// More samples are to come.
    pub feeding: bool,
    /// Some are there and wait for a device to be opened.
    pub held: bool,
    /// What is heard is bit for bit what was decoded.
    pub exact: bool,
    /// By how many decibels its loudness is evened out.
    pub level_db: f32,
    pub monitor: Option<Arc<Monitor>>,
    /// Sums of what is over.
    pub past: Sums,
    download: Download,
}

/// Sums since the player started.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub heard: u64,
    pub underruns: u64,
    pub retries: u64,
    pub variant_switches: u64,
}

impl Sums {
    pub fn add_line(&mut self, line: &Line) {
        self.heard += line.heard();
        self.underruns += line.underruns();
    }

    pub fn add_monitor(&mut self, monitor: &Monitor) {
        self.retries += monitor.retries.load(Ordering::Relaxed);
        self.variant_switches += monitor.variant_switches.load(Ordering::Relaxed);
    }
}

#[derive(Debug, Default)]
struct Download {
    since: Option<(Instant, u64)>,
    bytes_per_second: u64,
}

impl Board {
    /// The line's frame that is heard.
    pub fn ear(&self) -> u64 {
        self.line.as_ref().map_or(self.frame, |line| line.ear())
    }

    /// How far into its track the ear is.
    pub fn position(&self) -> Duration {
        let position = self.at + self.speed.of(span(self.ear().saturating_sub(self.frame), self.rate));
        self.length.map_or(position, |length| position.min(length))
    }

    /// Holds the position where it is: the line goes away.
    pub fn freeze(&mut self) {
        self.at = self.position();
        self.frame = 0;
        self.pushed = 0;
        if let Some(line) = self.line.take() {
            self.past.add_line(&line);
        }
    }

    pub fn snapshot(&mut self) -> Snapshot {
        let mut sums = self.past;
        let mut waiting = 0;
        if let Some(line) = &self.line {
            sums.add_line(line);
            waiting = self.pushed.saturating_sub(line.read());
        }
        let mut ahead = Duration::ZERO;
        let mut bytes_per_second = 0;
        let (mut is_about, mut is_live) = (false, false);
        if let Some(monitor) = &self.monitor {
            sums.add_monitor(monitor);
            ahead = Duration::from_millis(monitor.fetched_ahead_ms.load(Ordering::Relaxed));
            is_about = monitor.is_about.load(Ordering::Relaxed);
            is_live = monitor.is_live.load(Ordering::Relaxed);
            bytes_per_second = self.download.measure(monitor.bytes_received.load(Ordering::Relaxed));
        }
        let state = match (self.loaded, self.paused) {
            (false, _) => PlayerState::Stopped,
            (true, true) => PlayerState::Paused,
            (true, false) if waiting == 0 && self.feeding && !self.held => PlayerState::Buffering,
            (true, false) => PlayerState::Playing,
        };
        Snapshot {
            play_id: self.play_id,
            position: if self.loaded { self.position() } else { Duration::ZERO },
            is_about,
            is_live,
            length: self.length,
            buffered: span(waiting, self.rate) + ahead,
            bytes_per_second,
            state,
            exact: self.exact,
            level_db: self.level_db,
            frames_heard: sums.heard,
            underruns: sums.underruns,
            retries: sums.retries,
            variant_switches: sums.variant_switches,
        }
    }
}

impl Download {
    fn measure(&mut self, bytes: u64) -> u64 {
        let now = super::control::now();
        match self.since {
            Some((then, before)) if before <= bytes => {
                let time = now.duration_since(then);
                if time >= SPEED_WINDOW {
                    // Rates far below 2^52.
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "not negative"
                    )]
                    let rate = ((bytes - before) as f64 / time.as_secs_f64()) as u64;
                    self.bytes_per_second = rate;
                    self.since = Some((now, bytes));
                }
            }
            _ => {
                self.since = Some((now, bytes));
                self.bytes_per_second = 0;
            }
        }
        self.bytes_per_second
    }
}
