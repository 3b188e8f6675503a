//! Sound that is not encoded: the bytes of a packet are its samples, and are read at once instead of one by one.

use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_PCM_F32LE, CODEC_ID_PCM_S16BE, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S24LE,
};
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};

use super::run::Run;

/// Interleaved samples as they lie in a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plain {
    codec: AudioCodecId,
    rate: u32,
    channels: usize,
}

impl Plain {
    /// `None`: they are of a kind that the decoder has to read, as are those of fewer bits than they take.
    pub(super) fn of(params: &AudioCodecParameters) -> Option<Self> {
        let bits = match params.codec {
            CODEC_ID_PCM_S16LE | CODEC_ID_PCM_S16BE => 16,
            CODEC_ID_PCM_S24LE | CODEC_ID_PCM_S24BE => 24,
            CODEC_ID_PCM_F32LE => 32,
            _ => return None,
        };
        let channels = params.channels.as_ref()?.count();
        let is_whole =
            [params.bits_per_sample, params.bits_per_coded_sample].iter().flatten().all(|said| *said == bits);
        (is_whole && channels > 0).then_some(Self {
            codec: params.codec,
            rate: params.sample_rate?,
            channels,
        })
    }

    /// Reads the whole frames of a packet.
    pub(super) fn take(self, bytes: &[u8], run: &mut Run) {
        (run.rate, run.channels) = (self.rate, self.channels);
        run.samples.clear();
        match self.codec {
            CODEC_ID_PCM_S16BE => self.read(bytes, run, |sample| half(i16::from_be_bytes(sample))),
            CODEC_ID_PCM_S24LE => self.read(bytes, run, |[a, b, c]| three(i32::from_le_bytes([0, a, b, c]))),
            CODEC_ID_PCM_S24BE => self.read(bytes, run, |[a, b, c]| three(i32::from_be_bytes([a, b, c, 0]))),
            CODEC_ID_PCM_F32LE => self.read(bytes, run, f32::from_le_bytes),
            _ => self.read(bytes, run, |sample| half(i16::from_le_bytes(sample))),
        }
    }

    fn read<const BYTES: usize>(self, bytes: &[u8], run: &mut Run, sample: impl Fn([u8; BYTES]) -> f32) {
        let (samples, _) = bytes.as_chunks::<BYTES>();
        let whole = samples.len() / self.channels * self.channels;
        run.samples.extend(samples.iter().take(whole).map(|bytes| sample(*bytes)));
    }
}

fn half(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}

/// 24 bits in the upper bytes.
#[expect(clippy::cast_precision_loss, reason = "24 bits are what an f32 holds")]
fn three(sample: i32) -> f32 {
    (sample >> 8) as f32 / 8_388_608.0
}
