//! What crosses between the player thread and the device callback besides samples: a few atomics.
//! Nobody ever waits for the other side.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// The line between the player and one output. Frames are counted from the line's start: `read` is
/// the index of the next frame the callback will take, whether it was heard or discarded.
#[derive(Debug)]
pub struct Line {
    paused: AtomicBool,
    expecting: AtomicBool,
    gain: AtomicU32,
    discard: AtomicU64,
    read: AtomicU64,
    heard: AtomicU64,
    silent: AtomicU64,
    run: AtomicU64,
    latency: AtomicU64,
    underruns: AtomicU64,
    calls: AtomicU64,
}

impl Line {
    /// A line that begins with this factor (1.0 leaves samples as they are), paused or not.
    pub fn new(gain: f32, paused: bool) -> Self {
        Self {
            paused: AtomicBool::new(paused),
            expecting: AtomicBool::new(false),
            gain: AtomicU32::new(gain.to_bits()),
            discard: AtomicU64::new(0),
            read: AtomicU64::new(0),
            heard: AtomicU64::new(0),
            silent: AtomicU64::new(0),
            run: AtomicU64::new(0),
            latency: AtomicU64::new(0),
            underruns: AtomicU64::new(0),
            calls: AtomicU64::new(0),
        }
    }

    /// Holds the sound, or lets it go on; the callback ramps.
    pub fn pause(&self, paused: bool) {
        self.paused.store(paused, Ordering::Release);
    }

    /// Whether the sound is held.
    pub fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Acquire)
    }

    /// Whether an empty ring is a fault (an underrun) rather than the end of the music.
    pub fn expect_music(&self, expecting: bool) {
        self.expecting.store(expecting, Ordering::Release);
    }

    /// Sets the factor that samples are multiplied by; the callback ramps.
    pub fn set_gain(&self, gain: f32) {
        self.gain.store(gain.to_bits(), Ordering::Release);
    }

    /// The factor that samples are multiplied by.
    pub fn gain(&self) -> f32 {
        f32::from_bits(self.gain.load(Ordering::Acquire))
    }

    /// Asks that the frames `from..to` be skipped. Both were pushed already; a later order replaces
    /// an earlier one. The indices are kept modulo 2^32: the ring is far shorter.
    pub fn discard(&self, from: u64, to: u64) {
        self.discard.store((from << 32) | (to & u64::from(u32::MAX)), Ordering::Release);
    }

    /// How many frames from `read` on are to be skipped, and after how many more that begins.
    pub fn discard_ahead(&self, read: u64) -> Option<(u64, u64)> {
        let order = self.discard.load(Ordering::Acquire);
        if is_done(order, read) {
            return None;
        }
        let (from, to) = (low_half(order >> 32), low_half(order));
        let until_end = to.wrapping_sub(low_half(read));
        let length = to.wrapping_sub(from);
        let until_start = until_end.saturating_sub(length);
        Some((u64::from(until_start), u64::from(until_end - until_start)))
    }

    /// An order that is done goes, before its numbers mean frames to come: they are short, and a line may be long. One
    /// that came meanwhile stays.
    fn forget_done(&self, read: u64) {
        let order = self.discard.load(Ordering::Acquire);
        if order != 0 && is_done(order, read) {
            let _ = self.discard.compare_exchange(order, 0, Ordering::AcqRel, Ordering::Relaxed);
        }
    }

    /// The index of the next frame the callback takes.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Acquire)
    }

    /// Called by the output after each round: what was taken, heard and filled with silence.
    pub fn advance(&self, read: u64, music: u64, silence: u64) {
        if music > 0 {
            self.heard.fetch_add(music, Ordering::Relaxed);
            let after_silence = self.silent.swap(0, Ordering::Relaxed) > 0;
            let before = if after_silence { 0 } else { self.run.load(Ordering::Relaxed) };
            self.run.store(before + music, Ordering::Relaxed);
        }
        self.silent.fetch_add(silence, Ordering::Relaxed);
        self.forget_done(read);
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.read.store(read, Ordering::Release);
    }

    /// Tells how many frames lie between the callback and the ear.
    pub fn set_latency(&self, frames: u64) {
        self.latency.store(frames, Ordering::Relaxed);
    }

    /// Whether an empty ring is a fault.
    pub fn expects_music(&self) -> bool {
        self.expecting.load(Ordering::Acquire)
    }

    /// Counts that the ring was empty, where that is a fault.
    pub fn count_underrun(&self) {
        if self.expects_music() {
            self.underruns.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Times the ring was empty while music was expected.
    pub fn underruns(&self) -> u64 {
        self.underruns.load(Ordering::Relaxed)
    }

    /// Frames of music handed to the output.
    pub fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }

    /// Times the output came for samples.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// The frame the ear is at: what was read less what still waits in the device.
    pub fn ear(&self) -> u64 {
        let read = self.read();
        let waiting =
            self.latency.load(Ordering::Relaxed).saturating_sub(self.silent.load(Ordering::Relaxed));
        // What was played before a silence does not come back into the device.
        read.saturating_sub(waiting.min(self.run.load(Ordering::Relaxed)))
    }
}

/// Whether the end of an order lies at the reader or behind it.
fn is_done(order: u64, read: u64) -> bool {
    let (from, to) = (low_half(order >> 32), low_half(order));
    let until_end = to.wrapping_sub(low_half(read));
    from == to || until_end == 0 || until_end > u32::MAX / 2
}

fn low_half(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discard_orders_are_seen_until_they_are_done() {
        let line = Line::new(1.0, false);
        // (order, reader, what lies ahead: frames until it begins, frames to skip)
        for (from, to, read, ahead) in [
            (0, 0, 0, None),
            (100, 300, 0, Some((100, 200))),
            (100, 300, 100, Some((0, 200))),
            (100, 300, 299, Some((0, 1))),
            (100, 300, 300, None),
            (100, 300, 5000, None),
            ((1 << 32) - 10, (1 << 32) + 10, (1 << 32) - 20, Some((10, 20))),
            ((1 << 32) - 10, (1 << 32) + 10, (1 << 32) + 3, Some((0, 7))),
        ] {
            line.discard(from, to);
            assert_eq!(line.discard_ahead(read), ahead, "{from}..{to} seen from {read}");
        }
    }

    #[test]
    fn an_order_that_is_done_never_comes_alive_again() {
        let line = Line::new(1.0, false);
        line.discard(100, 300);
        for read in [50, 299] {
            line.advance(read, 0, 0);
            assert!(line.discard_ahead(read).is_some(), "at {read}");
        }
        line.advance(300, 0, 0);
        // Hours and days later.
        for read in [300, 300 + (1 << 31), 305 + (1 << 31), 295 + (1 << 32), 150 + (1 << 32)] {
            assert_eq!(line.discard_ahead(read), None, "at {read}");
        }
    }

    #[test]
    fn the_ear_lags_by_the_latency_and_catches_up_in_silence() {
        let line = Line::new(1.0, false);
        line.set_latency(100);
        line.advance(1000, 1000, 0);
        assert_eq!(line.ear(), 900);
        line.advance(1000, 0, 60);
        assert_eq!(line.ear(), 960);
        line.advance(1000, 0, 60);
        assert_eq!(line.ear(), 1000);
        // After a pause the ear goes on from there.
        line.advance(1040, 40, 0);
        assert_eq!(line.ear(), 1000);
        line.advance(1200, 160, 0);
        assert_eq!(line.ear(), 1100);
    }
}
