//! The last frames of a part, held back until it is known how many of them are sound: some files say it only at
//! their very end.

use std::collections::VecDeque;

use super::super::run::Run;

/// What was decoded and not handed out yet.
#[derive(Default)]
pub(super) struct Tail {
    runs: VecDeque<Run>,
    frames: usize,
}

impl Tail {
    /// Takes `run` and leaves an older one in its place, if more than `kept` frames are held then; `false` when
    /// nothing comes out yet.
    pub(super) fn pass(&mut self, run: &mut Run, kept: usize) -> bool {
        self.frames += run.frames();
        // The rate stays known.
        self.runs.push_back(Run { samples: std::mem::take(&mut run.samples), ..*run });
        let spare = self.runs.front().is_some_and(|first| self.frames - first.frames() >= kept);
        spare && self.give(run)
    }

    /// Forgets the last `frames`.
    pub(super) fn cut(&mut self, mut frames: usize) {
        while let Some(last) = self.runs.back_mut().filter(|_| frames > 0) {
            let cut = frames.min(last.frames());
            let end = last.end().saturating_sub_unsigned(cut as u64);
            last.drop_from(end);
            (frames, self.frames) = (frames - cut, self.frames - cut);
            if last.frames() == 0 {
                self.runs.pop_back();
            }
        }
    }

    /// Forgets what lies before `place`.
    pub(super) fn drop_before(&mut self, place: i64) {
        self.runs.iter_mut().for_each(|run| run.drop_before(place));
        self.runs.retain(|run| run.frames() > 0);
        self.frames = self.runs.iter().map(Run::frames).sum();
    }

    /// The place of the oldest frame.
    pub(super) fn begins(&self) -> Option<i64> {
        self.runs.front().map(|run| run.at)
    }

    /// Gives the oldest that is held; `false` when nothing is.
    pub(super) fn give(&mut self, run: &mut Run) -> bool {
        let Some(first) = self.runs.pop_front() else { return false };
        self.frames -= first.frames();
        *run = first;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(at: i64, frames: usize) -> Run {
        let samples = (0..frames).flat_map(|frame| [at as f32 + frame as f32, 0.0]).collect();
        Run { samples, rate: 48_000, channels: 2, at }
    }

    #[test]
    fn the_last_frames_are_cut_and_no_others() {
        for (cut, expected) in [(0, 50), (1, 49), (10, 40), (13, 37), (50, 0), (99, 0)] {
            let (mut tail, mut heard) = (Tail::default(), Vec::new());
            for at in (0..50).step_by(10) {
                let mut run = run(at, 10);
                if tail.pass(&mut run, 1000) {
                    heard.push(run);
                }
            }
            assert!(heard.is_empty());
            tail.cut(cut);
            let mut next = Run::default();
            let frames: Vec<f32> = std::iter::from_fn(|| tail.give(&mut next).then(|| next.samples.clone()))
                .flat_map(|samples| samples.into_iter().step_by(2))
                .collect();
            assert_eq!(frames, (0..expected).map(|frame| frame as f32).collect::<Vec<_>>(), "{cut}");
        }
    }

    #[test]
    fn no_more_is_held_than_was_asked_for() {
        let mut tail = Tail::default();
        let mut out = 0;
        for at in (0..1000).step_by(10) {
            let mut run = run(at, 10);
            if tail.pass(&mut run, 25) {
                assert_eq!(run.at, out);
                out += 10;
            }
            assert!(at + 10 - out <= 40, "{at} {out}");
        }
    }
}
