//! How loud the line is: the listener's volume, and a sound that fades out.

use std::time::Duration;

use crate::config::ReplayGain;

use super::super::dsp::volume_gain;
use super::control::{Control, now};

/// A sound that fades out is made softer so often.
const FADE_STEP: Duration = Duration::from_millis(20);

impl Control {
    /// Whether samples may be made louder than they were recorded.
    pub fn limits(&self) -> bool {
        self.levelling.mode != ReplayGain::Off || !self.crossfade.is_zero()
    }

    pub fn gain(&self) -> f32 {
        let whole = if self.muted { 0.0 } else { volume_gain(self.volume) };
        let Some((since, over)) = self.fading_out else { return whole };
        let left = 1.0 - now().duration_since(since).as_secs_f32() / over.as_secs_f32().max(0.01);
        // As the volume: even steps to the ear.
        whole * left.max(0.0).powi(3)
    }

    pub fn tell_gain(&self) {
        if let Some(sink) = &self.outlet.sink {
            sink.line.set_gain(self.gain());
        }
    }

    /// The next step of a sound that fades out.
    pub fn fade_on(&self) {
        if self.fading_out.is_some() {
            self.tell_gain();
        }
    }

    pub fn stop_fading(&mut self) {
        self.fading_out = None;
        self.tell_gain();
    }

    /// When that is due.
    pub fn next_fade_step(&self) -> Option<Duration> {
        let (since, over) = self.fading_out?;
        (now().duration_since(since) <= over + FADE_STEP).then_some(FADE_STEP)
    }
}
