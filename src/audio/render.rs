//! The device callback: the only realtime code. No lock, allocation, system call, log, channel or
//! panic here; samples come from a lock-free ring, wishes from the atomics of a [`Line`].

use std::sync::Arc;

use rtrb::{Consumer, Producer, RingBuffer};

use crate::model::SampleRate;

use super::dsp::Ramp;
use super::line::Line;

/// The output's end of a line.
#[derive(Debug)]
pub struct Renderer {
    samples: Consumer<f32>,
    line: Arc<Line>,
    channels: usize,
    read: u64,
    rate: SampleRate,
    loudness: Ramp,
    /// The frames at the reader are to be discarded; they fade out first.
    leaving: bool,
    /// The reader is on its way to frames that are to be discarded.
    approaching: bool,
    /// The ring was empty the last time.
    dry: bool,
}

/// A ring with room for `frames`, and the renderer that reads it.
pub fn ring(line: &Arc<Line>, channels: u16, rate: SampleRate, frames: usize) -> (Producer<f32>, Renderer) {
    let channels = usize::from(channels.max(1));
    let (producer, samples) = RingBuffer::new(frames * channels);
    let line = Arc::clone(line);
    let loudness = Ramp::new(wanted(&line), rate);
    (
        producer,
        Renderer {
            samples,
            line,
            channels,
            read: 0,
            rate,
            loudness,
            leaving: false,
            approaching: false,
            dry: true,
        },
    )
}

impl Renderer {
    /// Frames that wait in the ring.
    pub fn waiting(&self) -> usize {
        self.samples.slots() / self.channels
    }

    /// Whether nobody pushes any more.
    #[cfg(test)]
    pub fn is_let_go(&self) -> bool {
        self.samples.is_abandoned()
    }

    /// The line this is the end of.
    pub fn line(&self) -> &Arc<Line> {
        &self.line
    }

    /// Samples in a frame.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Fills `out` (interleaved) with what there is, then silence. Returns the frames of music.
    pub fn render(&mut self, out: &mut [f32]) -> usize {
        let frames = out.len() / self.channels;
        let mut done = 0;
        while done < frames {
            let ahead = self.line.discard_ahead(self.read);
            if let Some((0, skipped)) = ahead {
                if self.is_silent() || self.waiting() == 0 || self.dry || self.approaching {
                    self.skip(skipped);
                    continue;
                }
                self.leaving = true;
            } else if self.leaving {
                // All of it has faded out before silence was reached.
                self.arrive();
            }
            // What is discarded from a later frame on begins where a track ends: nothing to fade.
            self.approaching = matches!(ahead, Some((1.., _)));
            self.loudness.set_target(if self.leaving { 0.0 } else { wanted(&self.line) });
            if !self.leaving && self.line.is_paused() && self.is_silent() {
                break;
            }
            let mut run = (frames - done).min(self.waiting());
            match ahead {
                Some((0, skipped)) => run = run.min(count(skipped)),
                Some((until, _)) => run = run.min(count(until)),
                None => {}
            }
            if self.leaving || self.line.is_paused() {
                // Only as far as it takes to be silent.
                run = run.min(self.loudness.frames_left().max(1));
            }
            let is_broken = self.line.expects_music();
            if run == 0 {
                if !self.dry {
                    self.line.count_underrun();
                    self.dry = true;
                }
                if !self.leaving {
                    // A ramp under way has nothing left to act on, and what comes later must not finish it. Music that
                    // broke off comes back softly.
                    let begins_at = if is_broken { 0.0 } else { wanted(&self.line) };
                    self.loudness = Ramp::new(begins_at, self.rate);
                }
                break;
            }
            if is_broken && !self.leaving && run == self.waiting() && run < frames - done {
                // There is not enough for this round: the last of it fades out.
                match run.checked_sub(self.loudness.length()) {
                    Some(before @ 1..) => run = before,
                    Some(_) | None => self.loudness.fall_within(run),
                }
            }
            self.dry = false;
            let from = done * self.channels;
            let to = (done + run) * self.channels;
            if let Some(room) = out.get_mut(from..to) {
                self.take(room);
            }
            done += run;
            self.read += run as u64;
            if self.leaving && self.is_silent() {
                self.finish_leaving();
            }
        }
        if let Some(rest) = out.get_mut(done * self.channels..) {
            rest.fill(0.0);
        }
        self.line.advance(self.read, done as u64, (frames - done) as u64);
        done
    }

    /// Copies samples from the ring at the loudness of the moment.
    fn take(&mut self, room: &mut [f32]) {
        let (filled, _) = self.samples.pop_partial_slice(room);
        self.loudness.apply(filled, self.channels);
        for sample in filled {
            *sample = if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
        }
    }

    fn is_silent(&self) -> bool {
        self.loudness.is_steady() && self.loudness.gain() <= 0.0
    }

    fn finish_leaving(&mut self) {
        match self.line.discard_ahead(self.read) {
            Some((0, skipped)) => self.skip(skipped),
            Some(_) | None => self.arrive(),
        }
    }

    fn skip(&mut self, frames: u64) {
        let samples = (count(frames) * self.channels).min(self.samples.slots());
        if let Ok(chunk) = self.samples.read_chunk(samples) {
            chunk.commit_all();
        }
        self.read += frames;
        self.arrive();
    }

    /// What comes now was faded in by whoever pushed it: the level is there at once.
    fn arrive(&mut self) {
        self.leaving = false;
        self.approaching = false;
        self.loudness = Ramp::new(wanted(&self.line), self.rate);
    }
}

/// The loudness the listener wants.
fn wanted(line: &Line) -> f32 {
    if line.is_paused() { 0.0 } else { line.gain() }
}

fn count(frames: u64) -> usize {
    usize::try_from(frames).unwrap_or(usize::MAX)
}
