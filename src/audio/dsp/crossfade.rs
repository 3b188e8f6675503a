//! One sound goes while another comes, both equally strong together (equal power).

use std::f32::consts::FRAC_PI_2;

/// A cross-fade of a given length over interleaved frames. What comes first is the old sound as it is.
#[derive(Debug)]
pub(crate) struct CrossFade {
    channels: usize,
    /// Frames of the old sound that come before the fade.
    lead: u64,
    /// Frames the fade takes.
    length: u64,
    /// Frames of the fade that are done.
    done: u64,
    old: Vec<f32>,
    new: Vec<f32>,
    old_is_over: bool,
}

impl CrossFade {
    /// A fade over `length` frames, behind `lead` frames that still belong to the old sound alone.
    pub(crate) fn new(channels: usize, lead: u64, length: u64) -> Self {
        let (old, new) = (Vec::new(), Vec::new());
        Self { channels: channels.max(1), lead, length, done: 0, old, new, old_is_over: false }
    }

    /// Where more of the old sound goes.
    pub(crate) fn old(&mut self) -> &mut Vec<f32> {
        &mut self.old
    }

    /// Where more of the new sound goes.
    pub(crate) fn new_sound(&mut self) -> &mut Vec<f32> {
        &mut self.new
    }

    /// Nothing more comes of the old sound.
    pub(crate) fn end_old(&mut self) {
        self.old_is_over = true;
    }

    /// Whether it is the old sound that is waited for.
    pub(crate) fn wants_old(&self) -> bool {
        !self.old_is_over && (self.lead > 0 || self.old.len() <= self.new.len())
    }

    /// Appends what is ready to `out`; true once the fade is over and everything was given.
    pub(crate) fn mix(&mut self, out: &mut Vec<f32>) -> bool {
        let channels = self.channels;
        let lead = frames(self.lead).min(self.old.len() / channels);
        out.extend(self.old.drain(..lead * channels));
        self.lead -= lead as u64;
        if self.lead > 0 && !self.old_is_over {
            return false;
        }
        let mut run = frames(self.length - self.done).min(self.new.len() / channels);
        if self.old_is_over {
            self.old.resize(self.old.len().max(run * channels), 0.0);
        } else {
            run = run.min(self.old.len() / channels);
        }
        let pairs = self.old.chunks_exact(channels).zip(self.new.chunks_exact(channels));
        for (index, (old, new)) in pairs.take(run).enumerate() {
            let share = ((self.done + index as u64) as f32 + 0.5) / self.length as f32;
            let (coming, going) = (share * FRAC_PI_2).sin_cos();
            out.extend(old.iter().zip(new).map(|(old, new)| old * going + new * coming));
        }
        self.old.drain(..run * channels);
        self.new.drain(..run * channels);
        self.done += run as u64;
        let is_over = self.done >= self.length;
        if is_over {
            out.append(&mut self.new);
        }
        is_over
    }

    /// Appends everything to `out`, with silence for what of either sound never came.
    pub(crate) fn finish(mut self, out: &mut Vec<f32>) {
        self.end_old();
        let missing = (self.old.len() / self.channels).saturating_sub(frames(self.lead));
        let missing = missing.min(frames(self.length - self.done)) * self.channels;
        self.new.resize(self.new.len().max(missing), 0.0);
        self.mix(out);
        out.append(&mut self.new);
    }
}

fn frames(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_power_stays_and_the_ends_are_the_sounds_themselves() {
        let mut fade = CrossFade::new(1, 3, 100);
        fade.old().extend([0.5; 103]);
        fade.end_old();
        let mut out = Vec::new();
        assert!(!fade.mix(&mut out));
        assert!(out == [0.5; 3]);
        fade.new_sound().extend([0.0; 200]);
        assert!(fade.mix(&mut out));
        assert_eq!(out.len(), 203);
        // 0.5 cos(pi / 4) in the middle, nothing behind the fade.
        assert!((out[52] - 0.5 * 0.712_6).abs() < 1e-3 && out[3] > 0.4999 && out[102] < 0.004);
        assert!(out[103..].iter().all(|sample| *sample == 0.0));
        let mut other = CrossFade::new(1, 0, 100);
        other.old().extend([0.0; 100]);
        other.new_sound().extend([0.5; 100]);
        let mut rising = Vec::new();
        other.mix(&mut rising);
        for (going, coming) in out[3..103].iter().zip(&rising) {
            assert!((going * going + coming * coming - 0.25).abs() < 1e-5);
        }
    }

    proptest! {
        #[test]
        fn the_whole_is_as_long_as_both_less_the_fade(
            old in 1_usize..3000,
            new in 1_usize..3000,
            tenths in 0_usize..=10,
            chunk in 1_usize..500,
            channels in 1_usize..3,
        ) {
            let length = old.min(new) * tenths / 10;
            let mut fade = CrossFade::new(channels, (old - length) as u64, length as u64);
            let (mut olds, mut news) = (old, new);
            let mut out = Vec::new();
            while olds + news > 0 {
                let wants_old = fade.wants_old();
                let (left, room) =
                    if wants_old { (&mut olds, fade.old()) } else { (&mut news, fade.new_sound()) };
                let run = chunk.min(*left);
                room.resize(room.len() + run * channels, 0.5);
                *left -= run;
                if olds == 0 {
                    fade.end_old();
                }
                fade.mix(&mut out);
            }
            fade.finish(&mut out);
            prop_assert_eq!(out.len(), (old + new - length) * channels);
            prop_assert!(out.iter().all(|sample| (0.4999..=0.7072).contains(sample)));
        }
    }
}
