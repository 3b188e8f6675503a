//! Which containers and codecs are known, and what they are called.

use std::sync::LazyLock;

use symphonia::core::codecs::audio::well_known as id;
use symphonia::core::codecs::audio::well_known::profiles as profile;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
#[cfg(feature = "he-aac")]
use symphonia::core::codecs::registry::RegisterableAudioDecoder;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Probe;
use symphonia::core::formats::{FormatId, well_known as container};
use symphonia::default::{formats, meta, register_enabled_codecs};

use super::sbr;

/// Every decoder that was built in.
pub(super) static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    register_enabled_codecs(&mut codecs);
    #[cfg(feature = "opus")]
    codecs.register_audio_decoder::<symphonia_adapter_libopus::OpusDecoder>();
    codecs
});

/// A decoder for a track.
pub(super) fn decoder(params: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>, Error> {
    #[cfg(feature = "he-aac")]
    if is_he_aac(params) || may_be_he_aac(params) {
        let he_aac = <symphonia_adapter_fdk_aac::AacDecoder as RegisterableAudioDecoder>::try_registry_new(
            params,
            &AudioDecoderOptions::default(),
        );
        if he_aac.is_ok() {
            return he_aac;
        }
    }
    CODECS.make_audio_decoder(params, &AudioDecoderOptions::default())
}

/// Whether a track says that it is HE-AAC, of either version.
fn is_he_aac(params: &AudioCodecParameters) -> bool {
    let he = [profile::CODEC_PROFILE_AAC_HE, profile::CODEC_PROFILE_AAC_HE_V2];
    params.codec == id::CODEC_ID_AAC && params.profile.is_some_and(|its| he.contains(&its))
}

/// HE-AAC need not say so: then the core says what it is, at half the rate (ISO 14496-3, section 4.5.2.8.1).
#[cfg(feature = "he-aac")]
fn may_be_he_aac(params: &AudioCodecParameters) -> bool {
    params.codec == id::CODEC_ID_AAC && params.sample_rate.is_some_and(|rate| rate <= sbr::MOST_HERTZ)
}

/// What a track's codec is called on the screen.
pub(super) fn name_of(params: &AudioCodecParameters) -> &'static str {
    if is_he_aac(params) { HE_AAC } else { name(params.codec) }
}

/// What HE-AAC is called on the screen: what is heard of it.
pub(super) const HE_AAC: &str = if cfg!(feature = "he-aac") { "HE-AAC" } else { "HE-AAC (core band only)" };

/// Whether a track that does not say so may be the core of HE-AAC.
pub(super) fn may_be_core(codec: AudioCodecId, name: &str, rate: u32) -> bool {
    codec == id::CODEC_ID_AAC && name != HE_AAC && rate <= sbr::MOST_HERTZ
}

/// Every container. Tags at the end of a file are left out: looking for them costs a remote file a request to its end
/// before the first sound.
pub(super) static FORMATS: LazyLock<Probe> = LazyLock::new(containers);

/// The same with tags at the end (ID3v1, APEv2), for files that are here.
pub(super) static FORMATS_AND_TAILS: LazyLock<Probe> = LazyLock::new(|| {
    let mut probe = containers();
    probe.register_metadata::<meta::ApeReader<'_>>();
    probe.register_metadata::<meta::Id3v1Reader<'_>>();
    probe
});

fn containers() -> Probe {
    let mut probe = Probe::new();
    probe.register_format::<formats::AdtsReader<'_>>();
    probe.register_format::<formats::CafReader<'_>>();
    probe.register_format::<formats::FlacReader<'_>>();
    probe.register_format::<formats::IsoMp4Reader<'_>>();
    probe.register_format::<formats::MpaReader<'_>>();
    probe.register_format::<formats::AiffReader<'_>>();
    probe.register_format::<formats::WavReader<'_>>();
    probe.register_format::<formats::OggReader<'_>>();
    probe.register_format::<formats::MkvReader<'_>>();
    probe.register_metadata::<meta::Id3v2Reader<'_>>();
    probe
}

/// What a codec is called on the screen.
pub(super) fn name(codec: AudioCodecId) -> &'static str {
    match codec {
        id::CODEC_ID_MP1 => "MP1",
        id::CODEC_ID_MP2 => "MP2",
        id::CODEC_ID_MP3 => "MP3",
        id::CODEC_ID_AAC => "AAC",
        id::CODEC_ID_ALAC => "ALAC",
        id::CODEC_ID_FLAC => "FLAC",
        id::CODEC_ID_VORBIS => "Vorbis",
        id::CODEC_ID_OPUS => "Opus",
        id::CODEC_ID_AC3 => "AC-3",
        id::CODEC_ID_EAC3 => "E-AC-3",
        _ if is_adpcm(codec) => "ADPCM",
        _ if is_pcm(codec) => "PCM",
        _ => "unknown",
    }
}

/// What a container is called on the screen.
pub(super) fn container_name(format: FormatId) -> &'static str {
    match format {
        container::FORMAT_ID_WAVE => "WAV",
        container::FORMAT_ID_AIFF => "AIFF",
        container::FORMAT_ID_CAF => "CAF",
        container::FORMAT_ID_MP1 => "MP1",
        container::FORMAT_ID_MP2 => "MP2",
        container::FORMAT_ID_MP3 => "MP3",
        container::FORMAT_ID_ADTS => "ADTS",
        container::FORMAT_ID_OGG => "Ogg",
        container::FORMAT_ID_FLAC => "FLAC",
        container::FORMAT_ID_ISOMP4 => "MP4",
        container::FORMAT_ID_MKV => "Matroska",
        _ => "unknown",
    }
}

/// Whether a codec keeps every bit; each packet of these decodes the same whatever came before it.
pub(super) fn is_lossless(codec: AudioCodecId) -> bool {
    is_pcm(codec) || matches!(codec, id::CODEC_ID_FLAC | id::CODEC_ID_ALAC)
}

/// Whether a codec packs samples in blocks of differences.
pub(super) fn is_adpcm(codec: AudioCodecId) -> bool {
    matches!(codec, id::CODEC_ID_ADPCM_MS | id::CODEC_ID_ADPCM_IMA_WAV | id::CODEC_ID_ADPCM_IMA_QT)
}

fn is_pcm(codec: AudioCodecId) -> bool {
    (id::CODEC_ID_PCM_S32LE..id::CODEC_ID_ADPCM_G722).contains(&codec)
        || matches!(codec, id::CODEC_ID_PCM_ALAW | id::CODEC_ID_PCM_MULAW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_says_what_is_heard_of_he_aac() {
        let mut params = AudioCodecParameters::new();
        params.codec = id::CODEC_ID_AAC;
        assert_eq!(name_of(&params), "AAC");
        params.profile = Some(profile::CODEC_PROFILE_AAC_LC);
        assert_eq!(name_of(&params), "AAC");
        for he in [profile::CODEC_PROFILE_AAC_HE, profile::CODEC_PROFILE_AAC_HE_V2] {
            params.profile = Some(he);
            let words = if cfg!(feature = "he-aac") { "HE-AAC" } else { "HE-AAC (core band only)" };
            assert_eq!(name_of(&params), words);
        }
    }

    /// How strong a tone is in the left channel; full scale is 1.
    fn tone(samples: &[f32], channels: usize, hertz: f32, rate: u32) -> f32 {
        let step = std::f32::consts::TAU * hertz / rate as f32;
        let left = samples.iter().step_by(channels);
        let (re, im) = left.zip(0_u32..).fold((0.0, 0.0), |(re, im), (sample, at)| {
            let (sin, cos) = (at as f32 * step).sin_cos();
            (re + sample * cos, im + sample * sin)
        });
        2.0 * f32::hypot(re, im) * channels as f32 / samples.len() as f32
    }

    /// Two seconds of 0.21 at 1 kHz and some sound above the core, from FDK AAC's own encoder, as ADTS that
    /// names the core only. ffmpeg finds 0.197 and 0.192 over all of each, and 44.1 kHz in stereo.
    #[test]
    fn all_of_he_aac_is_heard_where_it_was_built_in_and_else_the_core() {
        for (name, core_channels) in [("he-aac-v1.aac", 2), ("he-aac-v2.aac", 1)] {
            let path =
                std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sound").join(name);
            let media = super::super::fixture::Parts::file(std::fs::read(path).unwrap());
            let mut reader = super::super::Reader::open(Box::new(media), std::time::Duration::ZERO).unwrap();
            let (mut samples, mut rate, mut channels) = (Vec::new(), 0, 0);
            while let Some(chunk) = reader.next_chunk().unwrap() {
                (rate, channels) = (chunk.rate.0, chunk.channels);
                samples.extend_from_slice(chunk.samples);
            }
            assert_eq!(reader.format().codec.as_str(), HE_AAC, "{name}");
            let seconds = samples.len() as f32 / channels as f32 / rate as f32;
            assert!((seconds - 2.1).abs() < 0.15, "{name}: {seconds} s");
            assert!((tone(&samples, channels, 1000.0, rate) - 0.195).abs() < 0.03, "{name}");
            if cfg!(feature = "he-aac") {
                assert_eq!((rate, channels), (44_100, 2), "{name}");
            } else {
                assert_eq!((rate, channels), (22_050, core_channels), "{name}");
            }
        }
    }
}
