//! Leaves most of a long silence out. A stretch that stays quiet is held back until it is known to be long
//! enough; then its middle is dropped, and both ends fade into each other's silence.

use std::collections::VecDeque;
use std::time::Duration;

use super::deck::{Block, Item, span};

/// -60 dBFS: nothing louder is left out.
const QUIET: f32 = 0.001;

/// A silence as long as this is shortened.
const LONG: Duration = Duration::from_secs(2);

/// What is left of it at either end.
const LEFT: Duration = Duration::from_millis(250);

/// Length of the fades at the cut.
const FADE: Duration = Duration::from_millis(5);

/// Between a deck and the player.
#[derive(Debug, Default)]
pub(super) struct Skipper {
    ready: VecDeque<Item>,
    /// The quiet stretch that comes in.
    held: Option<Block>,
    /// Its beginning is given already, and what followed is dropped.
    cutting: bool,
}

impl Skipper {
    /// What comes next.
    pub fn next(&mut self) -> Option<Item> {
        self.ready.pop_front()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Gives back what is held, as it is.
    pub fn let_go(&mut self) {
        let cut = std::mem::take(&mut self.cutting);
        if let Some(mut held) = self.held.take() {
            if cut {
                fade(&mut held, false);
            }
            self.ready.push_back(Item::Block(held));
        }
    }

    /// Takes what the deck gives.
    pub fn push(&mut self, item: Item) {
        match item {
            Item::Block(block) => self.push_block(block),
            // It goes on, whatever that is about.
            Item::Trouble(_) => self.ready.push_back(item),
            Item::Format { .. } | Item::Measured(_) | Item::End | Item::Failed(_) => {
                self.let_go();
                self.ready.push_back(item);
            }
        }
    }

    fn push_block(&mut self, mut block: Block) {
        let channels = block.channels.max(1);
        let loud = |sample: &f32| sample.abs() > QUIET;
        let Some(first) = block.samples.iter().position(loud) else { return self.hold(block) };
        let last = block.samples.iter().rposition(loud).unwrap_or(first);
        let quiet = part(&block, 0, first / channels);
        let rest = part(&block, last / channels + 1, block.frames());
        self.hold(quiet);
        self.let_go();
        block.samples.truncate((last / channels + 1) * channels);
        block.drop_front(first / channels);
        self.ready.push_back(Item::Block(block));
        self.hold(rest);
    }

    fn hold(&mut self, block: Block) {
        if block.samples.is_empty() {
            return;
        }
        let follows = self.held.as_ref().is_none_or(|held| {
            let end = held.at + span(held.frames() as u64, held.rate.0);
            held.rate == block.rate && held.channels == block.channels && end.abs_diff(block.at) < FADE
        });
        if !follows {
            self.let_go();
        }
        let held = match &mut self.held {
            Some(held) => {
                held.samples.extend_from_slice(&block.samples);
                held
            }
            None => self.held.insert(block),
        };
        let left = frames(held, LEFT);
        if !self.cutting && held.frames() >= frames(held, LONG) {
            self.cutting = true;
            let mut begins = part(held, 0, left);
            fade(&mut begins, true);
            self.ready.push_back(Item::Block(begins));
        }
        if self.cutting {
            held.drop_front(held.frames().saturating_sub(left));
        }
    }
}

/// A run of a block's frames.
fn part(block: &Block, from: usize, to: usize) -> Block {
    let samples = block.samples.get(from * block.channels..to * block.channels).unwrap_or_default().to_vec();
    Block { at: block.at + span(from as u64, block.rate.0), samples, ..*block }
}

fn frames(block: &Block, time: Duration) -> usize {
    usize::try_from(u128::from(block.rate.0) * time.as_micros() / 1_000_000).unwrap_or(usize::MAX)
}

/// Fades the end of a block out, or its beginning in.
fn fade(block: &mut Block, out: bool) {
    let length = frames(block, FADE).min(block.frames()).max(1);
    let (channels, whole) = (block.channels.max(1), block.frames());
    let from = if out { whole - length } else { 0 };
    for (index, frame) in block.samples.chunks_exact_mut(channels).skip(from).take(length).enumerate() {
        let level = (index + 1) as f32 / length as f32;
        let level = if out { 1.0 - level } else { level };
        for sample in frame {
            *sample *= level;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SampleRate;
    use proptest::prelude::*;

    const RATE: u32 = 1000;

    /// Blocks of so many frames, two channels, each at its place.
    fn blocks(samples: &[f32], frames: usize) -> Vec<Block> {
        let block = |(index, samples): (usize, &[f32])| Block {
            at: span((index * frames) as u64, RATE),
            rate: SampleRate(RATE),
            channels: 2,
            samples: samples.iter().flat_map(|sample| [*sample, -sample]).collect(),
        };
        samples.chunks(frames).enumerate().map(block).collect()
    }

    /// What is left of so many frames, each with its place.
    fn skipped(samples: &[f32], frames: usize) -> Vec<(usize, f32)> {
        let mut skipper = Skipper::default();
        let mut out = Vec::new();
        let mut items: Vec<_> = blocks(samples, frames).into_iter().map(Item::Block).collect();
        items.push(Item::End);
        for item in items {
            skipper.push(item);
            while let Some(item) = skipper.next() {
                let Item::Block(block) = item else { continue };
                let from = usize::try_from(block.at.as_millis()).unwrap();
                out.extend(
                    block.samples.chunks(2).enumerate().map(|(index, frame)| (from + index, frame[0])),
                );
            }
        }
        out
    }

    /// Seconds of sound (true) or of silence that is not quite silent.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds")]
    fn piece(seconds: &[(bool, f64)]) -> Vec<f32> {
        let run = |(loud, seconds): &(bool, f64)| {
            let sample = if *loud { 0.5 } else { 0.0009 };
            vec![sample; (seconds * f64::from(RATE)) as usize]
        };
        seconds.iter().flat_map(run).collect()
    }

    #[test]
    fn only_the_middle_of_long_silences_is_left_out() {
        let check = |seconds: &[(bool, f64)], left: usize| {
            for frames in [1, 7, 100, 1152] {
                let input = piece(seconds);
                let out = skipped(&input, frames);
                assert_eq!(out.len(), left, "{seconds:?} in blocks of {frames}");
                for (at, sample) in &out {
                    // At its place, and loud sound is untouched.
                    assert!((sample - input[*at]).abs() <= 0.001, "{sample} at {at}");
                    assert!(input[*at] < 0.1 || sample.to_bits() == input[*at].to_bits());
                }
                let step = |pair: &[(usize, f32)]| (pair[1].1 - pair[0].1).abs();
                let cuts = out.windows(2).filter(|pair| pair[1].0 != pair[0].0 + 1);
                cuts.for_each(|pair| assert!(step(pair) < 0.0005, "{pair:?}"));
            }
        };
        check(&[(true, 1.0), (false, 1.9), (true, 1.0)], 3900);
        check(&[(true, 1.0), (false, 2.0), (true, 1.0)], 2500);
        check(&[(true, 1.0), (false, 9.0), (true, 1.0), (false, 3.0), (true, 0.1)], 3100);
        check(&[(false, 5.0), (true, 1.0), (false, 5.0)], 2000);
        check(&[(true, 1.0), (false, 1.5)], 2500);
        check(&[(false, 30.0)], 500);
    }

    proptest! {
        #[test]
        fn nothing_loud_is_lost_and_nothing_is_out_of_order(
            runs in prop::collection::vec((any::<bool>(), 0.0..4.0_f64), 0..8),
            frames in 1..3000_usize,
        ) {
            let input = piece(&runs);
            let out = skipped(&input, frames);
            let loud = |samples: &mut dyn Iterator<Item = f32>| samples.filter(|sample| *sample > 0.1).count();
            prop_assert_eq!(loud(&mut out.iter().map(|(_, sample)| *sample)), loud(&mut input.iter().copied()));
            prop_assert!(out.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }
}
