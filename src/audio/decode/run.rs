//! Frames that were decoded in one go, and their place.

use symphonia::core::audio::GenericAudioBufferRef;

/// Frames that were decoded in one go.
#[derive(Default)]
pub(super) struct Run {
    /// Interleaved.
    pub(super) samples: Vec<f32>,
    pub(super) rate: u32,
    pub(super) channels: usize,
    /// Place of the first frame within the part.
    pub(super) at: i64,
}

impl Run {
    pub(super) fn take(&mut self, decoded: &GenericAudioBufferRef<'_>) {
        self.rate = decoded.spec().rate();
        self.channels = decoded.spec().channels().count();
        decoded.copy_to_vec_interleaved(&mut self.samples);
    }

    pub(super) fn frames(&self) -> usize {
        self.samples.len() / self.channels.max(1)
    }

    /// Place behind the last frame.
    pub(super) fn end(&self) -> i64 {
        self.at.saturating_add_unsigned(self.frames() as u64)
    }

    /// Keeps what lies before `end`.
    pub(super) fn drop_from(&mut self, end: i64) {
        let kept = usize::try_from(end.saturating_sub(self.at)).unwrap_or(0);
        self.samples.truncate(kept.saturating_mul(self.channels));
    }

    pub(super) fn drop_before(&mut self, from: i64) {
        let surplus = usize::try_from(from.saturating_sub(self.at)).unwrap_or(0).min(self.frames());
        self.samples.drain(..surplus * self.channels);
        self.at += i64::try_from(surplus).unwrap_or(0);
    }
}
