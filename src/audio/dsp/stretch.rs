//! Another speed at the same pitch: WSOLA (Verhelst and Roelands, 1993). The output is made of pieces of the
//! input; each piece is sought near where it is due, where it goes on most like the one before, and the two
//! are blended over its whole length.

/// Seconds from one piece to the next: a period of 50 Hz.
const HOP_SECONDS: f64 = 0.02;

/// Seconds by which a piece may lie off its place: together as much as a period of 50 Hz.
const SEARCH_SECONDS: f64 = 0.01;

/// The search looks at every so many frames first, then closely around the best.
const STRIDE: usize = 4;

/// Stretches interleaved frames.
#[derive(Debug)]
pub(crate) struct Stretcher {
    channels: usize,
    percent: u64,
    hop: usize,
    search: usize,
    /// How much of the piece that comes is heard, over a hop.
    window: Vec<f32>,
    /// What may still be needed, from frame `from` of the input on; the same as one channel beside it.
    input: Vec<f32>,
    mono: Vec<f32>,
    from: usize,
    /// Where the last piece goes on; `None` before the first.
    goes_on: Option<usize>,
    /// Frames taken in and given out.
    taken: u64,
    given: u64,
}

impl Stretcher {
    /// For frames of so many channels at `rate`, to be played at `percent` of their speed.
    pub(crate) fn new(percent: u8, rate: u32, channels: usize) -> Self {
        // A thousand frames or so.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and not negative")]
        let frames = |seconds: f64| ((seconds * f64::from(rate)) as usize).max(STRIDE);
        let hop = frames(HOP_SECONDS);
        let window = |at: usize| 0.5 - 0.5 * (std::f32::consts::PI * (at as f32 + 0.5) / hop as f32).cos();
        Self {
            channels: channels.max(1),
            percent: u64::from(percent.max(1)),
            hop,
            search: frames(SEARCH_SECONDS),
            window: (0..hop).map(window).collect(),
            input: Vec::new(),
            mono: Vec::new(),
            from: 0,
            goes_on: None,
            taken: 0,
            given: 0,
        }
    }

    /// How many frames come out where `frames` go in.
    pub(crate) fn stretched(&self, frames: u64) -> u64 {
        (frames * 100 + self.percent / 2) / self.percent
    }

    /// Forgets everything.
    pub(crate) fn reset(&mut self) {
        self.input.clear();
        self.mono.clear();
        (self.from, self.goes_on, self.taken, self.given) = (0, None, 0, 0);
    }

    /// Takes frames in and adds to `out` what is ready.
    pub(crate) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.take(samples);
        self.taken += (samples.len() / self.channels) as u64;
        while self.step(out) {}
    }

    /// Adds the rest to `out`, so that its length in all is right to the frame, and begins anew.
    pub(crate) fn flush(&mut self, out: &mut Vec<f32>) {
        let due = self.stretched(self.taken);
        let silence = vec![0.0; self.hop * self.channels];
        while self.given < due {
            self.take(&silence);
            while self.given < due && self.step(out) {}
        }
        let surplus = usize::try_from(self.given - due).unwrap_or_default();
        out.truncate(out.len().saturating_sub(surplus * self.channels));
        self.reset();
    }

    fn take(&mut self, samples: &[f32]) {
        self.input.extend_from_slice(samples);
        let one = |frame: &[f32]| frame.iter().sum::<f32>();
        self.mono.extend(samples.chunks_exact(self.channels).map(one));
    }

    /// Gives a hop; false where too little has come in.
    fn step(&mut self, out: &mut Vec<f32>) -> bool {
        let due = usize::try_from(self.given * self.percent / 100).unwrap_or(usize::MAX);
        let goes_on = self.goes_on.unwrap_or(due);
        let last = (due + self.search).max(goes_on) + self.hop;
        // Never more is given than what came in lasts: it could not be taken back.
        let given = (self.given + self.hop as u64) * self.percent;
        let known = self.from + self.mono.len();
        if known < last || (known as u64) * 100 < given {
            return false;
        }
        // The first piece begins as it is.
        let piece = if self.goes_on.is_some() { self.most_alike(due, goes_on) } else { due };
        let (old, new) = (self.frames(goes_on), self.frames(piece));
        let blended =
            self.window.iter().zip(old.chunks_exact(self.channels).zip(new.chunks_exact(self.channels)));
        for (coming, (old, new)) in blended {
            out.extend(old.iter().zip(new).map(|(old, new)| old + coming * (new - old)));
        }
        self.given += self.hop as u64;
        self.goes_on = Some(piece + self.hop);
        self.forget();
        true
    }

    fn frames(&self, from: usize) -> &[f32] {
        let from = from.saturating_sub(self.from) * self.channels;
        self.input.get(from..from + self.hop * self.channels).unwrap_or_default()
    }

    /// Where near `due` the input is most like what it is at `goes_on`.
    fn most_alike(&self, due: usize, goes_on: usize) -> usize {
        let low = due.saturating_sub(self.search).max(self.from);
        let high = due + self.search;
        let rough = self.best(goes_on, (low..=high).step_by(STRIDE), STRIDE, due).unwrap_or(due);
        let near = rough.saturating_sub(STRIDE).max(low)..=(rough + STRIDE).min(high);
        self.best(goes_on, near, 1, due).unwrap_or(rough)
    }

    /// The best of `places`; among equals, as in silence, the one nearest to `due`.
    fn best(
        &self,
        goes_on: usize,
        places: impl Iterator<Item = usize>,
        stride: usize,
        due: usize,
    ) -> Option<usize> {
        let piece = |at: usize| {
            let at = at.saturating_sub(self.from);
            self.mono.get(at..at + self.hop).unwrap_or_default().iter().step_by(stride)
        };
        let likeness = |place: usize| {
            let (mut product, mut power) = (0.0_f32, 1e-9_f32);
            for (old, new) in piece(goes_on).zip(piece(place)) {
                product += old * new;
                power += new * new;
            }
            product / power.sqrt()
        };
        places
            .map(|place| (place, likeness(place)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.abs_diff(due).cmp(&a.0.abs_diff(due))))
            .map(|best| best.0)
    }

    /// Lets go of what lies behind everything that may still be sought.
    fn forget(&mut self) {
        let due = usize::try_from(self.given * self.percent / 100).unwrap_or(usize::MAX);
        let keep = due.saturating_sub(self.search).min(self.goes_on.unwrap_or(due));
        let past = keep.saturating_sub(self.from).min(self.mono.len());
        if past > self.hop * 8 {
            self.mono.drain(..past);
            self.input.drain(..past * self.channels);
            self.from += past;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::decode::fixture::{demo_tracks, run};
    use super::*;

    fn stretched(input: &[f32], percent: u8, rate: u32, channels: usize) -> Vec<f32> {
        let mut stretcher = Stretcher::new(percent, rate, channels);
        let mut out = Vec::new();
        // Blocks of a size that divides nothing.
        for block in input.chunks(1153 * channels) {
            stretcher.push(block, &mut out);
        }
        stretcher.flush(&mut out);
        out
    }

    #[expect(clippy::cast_possible_truncation, reason = "samples have seven digits")]
    fn sine(hertz: f64, rate: u32, seconds: u32) -> Vec<f32> {
        let step = std::f64::consts::TAU * hertz / f64::from(rate);
        (0..rate * seconds).map(|at| (0.5 * (f64::from(at) * step).sin()) as f32).collect()
    }

    /// From its rising zero crossings.
    fn frequency(samples: &[f32], rate: u32) -> f64 {
        let crossings: Vec<f64> = samples
            .windows(2)
            .enumerate()
            .filter(|(_, pair)| pair[0] < 0.0 && pair[1] >= 0.0)
            .map(|(at, pair)| at as f64 + f64::from(pair[0] / (pair[0] - pair[1])))
            .collect();
        (crossings.len() - 1) as f64 * f64::from(rate) / (crossings[crossings.len() - 1] - crossings[0])
    }

    fn largest_step(samples: &[f32]) -> f32 {
        samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn the_pitch_stays_and_nothing_clicks() {
        for rate in [44_100, 48_000] {
            for hertz in [60.0, 440.0, 1000.0, 5000.0] {
                let input = sine(hertz, rate, 3);
                for percent in [50, 75, 125, 150, 200] {
                    let out = stretched(&input, percent, rate, 1);
                    let due = input.len() * 100 / usize::from(percent);
                    assert!(out.len().abs_diff(due) <= 1, "{} frames, not {due}", out.len());
                    // The last pieces are blended with the silence that follows.
                    let heard = &out[..out.len() - rate as usize / 20];
                    let off = (frequency(heard, rate) / hertz - 1.0).abs();
                    assert!(off < 0.005, "{hertz} Hz at {percent} %: off by {off}");
                    let (ours, theirs) = (largest_step(heard), largest_step(&input));
                    assert!(
                        ours <= theirs * 1.01,
                        "{hertz} Hz at {percent} %: a step of {ours}, not {theirs}"
                    );
                    let power = heard.iter().map(|sample| sample * sample).sum::<f32>() / heard.len() as f32;
                    assert!((power / 0.125 - 1.0).abs() < 0.02, "{hertz} Hz at {percent} %: power {power}");
                }
            }
        }
    }

    #[test]
    fn music_is_as_long_as_ffmpeg_makes_it() {
        let track = demo_tracks().swap_remove(0);
        let decoded = |filter: &str| -> Vec<f32> {
            let path = track.to_str().unwrap();
            let arguments = ["-i", path, "-af", filter, "-ac", "1", "-f", "f32le", "-t", "10", "-"];
            let bytes = run("ffmpeg", &arguments);
            bytes.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect()
        };
        let input = decoded("atrim=duration=5");
        for (percent, filter) in [(50, "atempo=0.5"), (80, "atempo=0.8"), (200, "atempo=2")] {
            let theirs = decoded(&format!("atrim=duration=5,{filter}"));
            let ours = stretched(&input, percent, 48_000, 1);
            let off = (ours.len() as f64 / theirs.len() as f64 - 1.0).abs();
            assert!(off < 0.01, "{percent}: {} frames, not {}", ours.len(), theirs.len());
            assert!(largest_step(&ours) <= largest_step(&input) * 1.05, "{percent}");
        }
    }

    #[test]
    fn channels_stay_together() {
        let left = sine(440.0, 48_000, 2);
        let input: Vec<f32> = left.iter().flat_map(|sample| [*sample, sample * 0.5]).collect();
        let out = stretched(&input, 130, 48_000, 2);
        assert!(out.chunks_exact(2).all(|frame| (frame[0] * 0.5 - frame[1]).abs() < 1e-6));
    }

    #[test]
    fn what_comes_out_is_where_it_belongs() {
        // A burst each half second stays within the search of its place.
        let mut input = vec![0.0; 48_000 * 4];
        for at in (24_000..input.len() - 1000).step_by(24_000) {
            for (index, sample) in input[at..at + 480].iter_mut().enumerate() {
                *sample = if index % 48 < 24 { 0.5 } else { -0.5 };
            }
        }
        for percent in [50, 80, 125, 200] {
            let out = stretched(&input, percent, 48_000, 1);
            let mut quiet = 48_000;
            let mut begins = Vec::new();
            for (at, sample) in out.iter().enumerate() {
                if sample.abs() > 0.1 {
                    if quiet > 4000 {
                        begins.push(at);
                    }
                    quiet = 0;
                } else {
                    quiet += 1;
                }
            }
            assert_eq!(begins.len(), 7, "{percent}: {begins:?}");
            for (index, at) in begins.iter().enumerate() {
                let due = (index + 1) * 24_000 * 100 / usize::from(percent);
                assert!(at.abs_diff(due) < 48 * 35, "{percent}: {at}, not {due}");
            }
        }
    }
}
