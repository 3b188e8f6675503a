//! Which containers and codecs are known, and what they are called.

use std::sync::LazyLock;

use symphonia::core::codecs::audio::AudioCodecId;
use symphonia::core::codecs::audio::well_known as id;
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::formats::probe::Probe;
use symphonia::core::formats::{FormatId, well_known as container};
use symphonia::default::{formats, meta, register_enabled_codecs};

/// Every decoder that was built in.
pub(super) static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    register_enabled_codecs(&mut codecs);
    #[cfg(feature = "opus")]
    codecs.register_audio_decoder::<symphonia_adapter_libopus::OpusDecoder>();
    codecs
});

/// Every container. Tags at the end of a file (ID3v1, APE) are left out: looking for them costs a
/// remote file a request to its end before the first sound.
pub(super) static FORMATS: LazyLock<Probe> = LazyLock::new(|| {
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
});

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
