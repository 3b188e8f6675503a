//! How the line sounds: the listener's volume, a sound that fades out, and how it is shaped.

use std::time::Duration;

use crate::config::SoundSettings;

use super::super::dsp::volume_gain;
use super::control::{Control, now};

/// A sound that fades out is made softer so often.
const FADE_STEP: Duration = Duration::from_millis(20);

impl Control {
    /// What is on the line and not yet heard is shaped anew, so that the change is heard at once.
    pub fn shape(&mut self, sound: SoundSettings) {
        if sound == self.sound {
            return;
        }
        self.return_unheard();
        self.clear_line();
        self.sound = sound;
        for voice in &mut self.voices {
            voice.skips = sound.skip_silence;
        }
        self.on_board(|board| board.speed = sound.speed);
        if let Some(sink) = &mut self.outlet.sink {
            sink.mix.shape(&sound);
        }
    }

    /// Tells what is done to what is heard.
    pub fn tell_path(&self) {
        let exact = self.is_exact();
        let factor = self.voices.front().map_or(1.0, |voice| voice.factor);
        self.on_board(|board| {
            (board.exact, board.level_db) = (exact, 20.0 * factor.max(f32::MIN_POSITIVE).log10());
        });
    }

    /// Whether what is heard is bit for bit what was decoded.
    fn is_exact(&self) -> bool {
        let (Some(sink), Some(voice)) = (&self.outlet.sink, self.voices.front()) else { return false };
        let is_one = |factor: f32| factor.to_bits() == 1.0_f32.to_bits();
        let untouched =
            is_one(self.gain()) && is_one(voice.factor) && !voice.limited && self.sound.is_plain();
        untouched && self.going.is_none() && voice.format.as_ref().is_some_and(|format| sink.suits(format))
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
