//! From tracks to what the output gets: converted, cross-faded, shaped, and held at full scale where they
//! were made louder.

use crate::config::SoundSettings;
use crate::model::SampleRate;

use super::converter::Converter;
use super::deck::Block;
use super::dsp::{CrossFade, Limiter, Stretcher};
use super::error::DecodeError;
use super::shape::Shaper;

/// A track that goes while the next one comes.
struct Fade {
    converter: Converter,
    cross: CrossFade,
}

/// Everything between the decks and the line. Frames are counted as the line counts them.
pub(super) struct Mix {
    converter: Converter,
    rate: SampleRate,
    channels: usize,
    fade: Option<Fade>,
    /// `None` at the tracks' own speed.
    stretcher: Option<Stretcher>,
    /// A frame before the stretcher, and the line's frame where it is heard: they are counted on from there.
    origin: (u64, u64),
    /// Frames that went into the stretcher, counted as before it.
    mixed: u64,
    /// `None` where the listener wants the sound as it is.
    shaper: Option<Shaper>,
    limiter: Limiter,
    /// Frames that went into the limiter, counted on from where the mix began.
    done: u64,
    /// Frames before this one may be beyond full scale.
    loud_until: u64,
    /// Something went beyond full scale since that was asked last.
    overs: bool,
    converted: Vec<f32>,
    stretched: Vec<f32>,
}

impl Mix {
    /// For an output of this rate and so many channels.
    pub fn new(rate: SampleRate, channels: usize) -> Self {
        Self {
            converter: Converter::new(rate.0, channels),
            rate,
            channels: channels.max(1),
            fade: None,
            stretcher: None,
            origin: (0, 0),
            mixed: 0,
            shaper: None,
            limiter: Limiter::new(rate, channels),
            done: 0,
            loud_until: 0,
            overs: false,
            converted: Vec::new(),
            stretched: Vec::new(),
        }
    }

    /// Shapes what comes from now on. To be called when nothing waits inside: anew, or after [`Self::restart`].
    pub fn shape(&mut self, wanted: &SoundSettings) {
        self.shaper = Shaper::new(wanted, self.rate, self.channels);
        self.stretcher = (!wanted.speed.is_normal())
            .then(|| Stretcher::new(wanted.speed.percent(), self.rate.0, self.channels));
        self.limiter.reset();
    }

    /// The output frame at which the next block's first frame will lie.
    pub fn next_frame(&self) -> u64 {
        self.on_line(self.converter.next_frame())
    }

    /// Where a frame before the stretcher is on the line.
    fn on_line(&self, frame: u64) -> u64 {
        let (before, line) = self.origin;
        let since = frame.saturating_sub(before);
        line + self.stretcher.as_ref().map_or(since, |stretcher| stretcher.stretched(since))
    }

    /// The next frames fade in.
    pub fn soften(&mut self) {
        self.converter.soften();
    }

    /// Forgets what waits inside and begins anew at output frame `frame`.
    pub fn restart(&mut self, frame: u64) {
        self.converter.restart(frame);
        self.fade = None;
        self.converted.clear();
        (self.done, self.loud_until) = (frame, 0);
        (self.mixed, self.origin) = (frame, (frame, frame));
        if let Some(stretcher) = &mut self.stretcher {
            stretcher.reset();
        }
        if let Some(shaper) = &mut self.shaper {
            shaper.reset();
        }
        self.limiter.reset();
    }

    /// Converts a block, multiplied by `factor` (1.0 leaves samples as they are), adding to `out`.
    pub fn convert(&mut self, block: &Block, factor: f32, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        let outcome = self.converter.convert(block, factor, &mut self.converted);
        // Lossy codecs go a little beyond full scale by themselves, and so does the sound between samples.
        let overs = self.converted.iter().any(|sample| sample.abs() > 1.0);
        self.overs |= overs;
        if factor > 1.0 || overs {
            self.loud_until = self.next_frame() + self.blur();
        }
        self.pass_on(out);
        outcome
    }

    /// Whether samples since the last call went beyond full scale, so that the limiter changes them.
    pub fn take_overs(&mut self) -> bool {
        std::mem::take(&mut self.overs)
    }

    /// The present track goes over `length` frames from here on, and the next block is another's.
    pub fn begin_fade(&mut self, length: u64) {
        let from = self.converter.next_frame();
        let mut coming = Converter::new(self.rate.0, self.channels);
        coming.restart(from);
        let cross = CrossFade::new(self.channels, from.saturating_sub(self.mixed), length);
        self.fade = Some(Fade { converter: std::mem::replace(&mut self.converter, coming), cross });
        self.loud_until = self.loud_until.max(self.on_line(from + length) + self.blur());
    }

    /// Whether one track goes and another comes.
    pub fn is_fading(&self) -> bool {
        self.fade.is_some()
    }

    /// Whether more is wanted of the track that goes before more of the one that comes.
    pub fn wants_going(&self) -> bool {
        self.fade.as_ref().is_some_and(|fade| fade.cross.wants_old())
    }

    /// As `convert`, a block of the track that goes. Returns the frame at which it lies.
    pub fn convert_going(
        &mut self,
        block: &Block,
        factor: f32,
        out: &mut Vec<f32>,
    ) -> Result<u64, DecodeError> {
        let frame = match &self.fade {
            Some(fade) => self.on_line(fade.converter.next_frame()),
            None => self.next_frame(),
        };
        let Some(Fade { converter, cross }) = &mut self.fade else { return Ok(frame) };
        converter.convert(block, factor, cross.old())?;
        self.pass_on(out);
        Ok(frame)
    }

    /// Nothing more comes of the track that goes.
    pub fn end_going(&mut self, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        let Some(Fade { converter, cross }) = &mut self.fade else { return Ok(()) };
        let outcome = converter.flush(cross.old());
        cross.end_old();
        self.pass_on(out);
        outcome
    }

    /// Adds what still waits inside to `out`: nothing follows without a gap.
    pub fn flush(&mut self, out: &mut Vec<f32>) -> Result<(), DecodeError> {
        let mut outcome = self.converter.flush(&mut self.converted);
        if let Some(Fade { mut converter, mut cross }) = self.fade.take() {
            outcome = outcome.and(converter.flush(cross.old()));
            cross.new_sound().append(&mut self.converted);
            cross.finish(&mut self.converted);
        }
        self.pass_on(out);
        if let Some(stretcher) = &mut self.stretcher {
            stretcher.flush(&mut self.stretched);
            let end = self.converter.next_frame();
            self.origin = (end, self.on_line(end));
            self.shape_on(out);
        }
        self.limiter.flush(out);
        outcome
    }

    /// Adds what is held back only to turn it down in time for what comes, where nothing is being turned down. Returns
    /// whether there was any.
    pub fn let_go(&mut self, out: &mut Vec<f32>) -> bool {
        self.limiter.let_go(out)
    }

    /// How far from its place on the line a frame may be heard.
    fn blur(&self) -> u64 {
        if self.stretcher.is_some() { u64::from(self.rate.0) / 20 } else { 0 }
    }

    fn pass_on(&mut self, out: &mut Vec<f32>) {
        if let Some(Fade { cross, .. }) = &mut self.fade {
            cross.new_sound().append(&mut self.converted);
            if cross.mix(&mut self.converted) {
                self.fade = None;
            }
        }
        self.mixed += (self.converted.len() / self.channels) as u64;
        match &mut self.stretcher {
            Some(stretcher) => {
                stretcher.push(&self.converted, &mut self.stretched);
                self.converted.clear();
            }
            None => std::mem::swap(&mut self.converted, &mut self.stretched),
        }
        self.shape_on(out);
    }

    fn shape_on(&mut self, out: &mut Vec<f32>) {
        let samples = &mut self.stretched;
        if let Some(shaper) = &mut self.shaper {
            shaper.apply(samples);
        }
        let until = if self.shaper.is_some() { u64::MAX } else { self.loud_until };
        let watched = usize::try_from(until.saturating_sub(self.done)).unwrap_or(usize::MAX);
        self.limiter.push(samples, watched, out);
        self.done += (samples.len() / self.channels) as u64;
        samples.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn block(samples: Vec<f32>) -> Block {
        Block { at: Duration::ZERO, rate: SampleRate(48_000), channels: 2, samples }
    }

    #[test]
    fn only_what_goes_beyond_full_scale_is_limited() {
        let mut mix = Mix::new(SampleRate(48_000), 2);
        let plain: Vec<f32> = (0..40_000_u16).map(|index| f32::from(index % 100) / 80.0 - 0.6).collect();
        let mut out = Vec::new();
        mix.convert(&block(plain.clone()), 1.0, &mut out).unwrap();
        mix.convert(&block(plain.clone()), 4.0, &mut out).unwrap();
        mix.convert(&block(plain.clone()), 1.0, &mut out).unwrap();
        assert!(out.len() < 120_000, "some is held back");
        mix.flush(&mut out).unwrap();
        assert_eq!((out.len(), mix.next_frame()), (120_000, 60_000));
        // 5 ms before the loud part, and 205 ms behind it.
        assert!(out[..39_500] == plain[..39_500]);
        assert!(out[40_000..80_000].iter().all(|sample| sample.abs() <= 1.0 + 1e-5));
        assert!(out[101_000..] == plain[21_000..]);
        // As a lossy codec may give it: a little beyond, by itself.
        let hot: Vec<f32> = plain.iter().map(|sample| sample * 1.8).collect();
        let (mut mix, mut out) = (Mix::new(SampleRate(48_000), 2), Vec::new());
        mix.convert(&block(plain.clone()), 1.0, &mut out).unwrap();
        mix.convert(&block(hot), 1.0, &mut out).unwrap();
        mix.flush(&mut out).unwrap();
        assert!(out[..39_500] == plain[..39_500]);
        assert!(out.len() == 80_000 && out.iter().all(|sample| sample.abs() <= 1.0 + 1e-5));
    }
}
