//! What a track is, without playing it: for `segue probe`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::decode::Reader;
use super::error::DecodeError;
use super::loudness::LoudnessTags;
use crate::model::{Bitrate, CleanText, SampleRate};
use crate::stream::Media;

/// What is known of a track after its first packet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProbeInfo {
    /// "MP3", "MP4", "Ogg", "FLAC", "WAV", "AIFF", "CAF", "Matroska", "ADTS".
    pub container: CleanText,
    /// "MP3", "AAC", "FLAC", "ALAC", "Vorbis", "Opus", "PCM".
    pub codec: CleanText,
    /// Frames a second.
    pub sample_rate: SampleRate,
    /// Samples in a frame.
    pub channels: u16,
    /// Of lossless sound.
    pub bits_per_sample: Option<u32>,
    /// Seconds, without the encoder's delay and padding.
    pub duration: Option<f64>,
    /// Bits a second of the whole file, with tags and cover.
    pub bitrate: Option<Bitrate>,
    /// By plain names: "title", "artist", "album"; or else as the file calls them, in lower case.
    pub tags: BTreeMap<String, CleanText>,
    /// What the encoder put around the sound, where it is said.
    pub gapless: Option<Gapless>,
    /// What the tags say of the loudness, in `ReplayGain`'s terms.
    pub replaygain: Option<LoudnessTags>,
    /// The front cover, or else the first picture.
    pub cover: Option<Cover>,
}

/// Frames that are no sound and are not played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Gapless {
    /// Before the sound.
    pub delay: u32,
    /// Behind the sound.
    pub padding: Option<u32>,
}

/// A picture in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cover {
    /// As the file names it: "image/jpeg".
    pub media_type: Option<CleanText>,
    /// Its length.
    pub bytes: usize,
}

/// Reads the head of `media` and decodes its first packet. Blocks on the media. Fails as playing it
/// would.
pub fn probe(media: Box<dyn Media>) -> Result<ProbeInfo, DecodeError> {
    let mut reader = Reader::open(media, Duration::ZERO)?;
    let (format, container) = (reader.format(), reader.container());
    let duration = reader.length().map(|length| length.as_secs_f64());
    let bits = |bytes: u64, seconds: f64| {
        let rate = Duration::try_from_secs_f64(bytes as f64 * 8.0 / seconds).ok()?;
        Some(Bitrate(rate.as_secs()))
    };
    let bitrate = container.bytes.zip(duration).and_then(|(bytes, seconds)| bits(bytes, seconds));
    let loudness = reader.loudness();
    let description = reader.describe().clone();
    Ok(ProbeInfo {
        container: CleanText::new(container.name),
        codec: format.codec,
        sample_rate: format.sample_rate,
        channels: format.channels,
        bits_per_sample: container.bits_per_sample,
        duration,
        bitrate,
        tags: description.tags,
        gapless: container.delay.map(|delay| Gapless { delay, padding: container.padding }),
        replaygain: Some(loudness).filter(|loudness| !loudness.is_empty()),
        cover: description.cover.map(|(media_type, bytes)| Cover { media_type, bytes }),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::decode::fixture::{Parts, SIGNAL, demo_tracks, ffmpeg_make, run};
    use super::*;

    fn ours(path: &Path) -> ProbeInfo {
        probe(Box::new(Parts::file(std::fs::read(path).unwrap()))).unwrap()
    }

    #[test]
    fn demo_tracks_are_what_ffprobe_says_they_are() {
        for path in demo_tracks() {
            let entries = "stream=sample_rate,channels:stream_tags:format=size:format_tags";
            let wanted = ["-select_streams", "a:0", "-show_entries", entries, "-of", "json"];
            let printed = run("ffprobe", &[&wanted[..], &[path.to_str().unwrap()]].concat());
            let theirs: serde_json::Value = serde_json::from_slice(&printed).unwrap();
            let info = ours(&path);
            let name = path.display();
            let stream = &theirs["streams"][0];
            assert_eq!(stream["sample_rate"], info.sample_rate.0.to_string(), "{name}");
            assert_eq!(stream["channels"], info.channels, "{name}");
            let size: f64 = theirs["format"]["size"].as_str().unwrap().parse().unwrap();
            let bitrate = size * 8.0 / info.duration.unwrap();
            assert!((info.bitrate.unwrap().0 as f64 - bitrate).abs() < 1.0, "{name}");
            let tags = [&stream["tags"], &theirs["format"]["tags"]];
            for tag in ["title", "artist", "album", "genre"] {
                let find = |key: &str| tags.iter().find_map(|tags| tags[key].as_str());
                let theirs = find(tag).or_else(|| find(&tag.to_uppercase()));
                assert_eq!(info.tags.get(tag).map(CleanText::as_str), theirs, "{name}: {tag}");
            }
        }
    }

    #[test]
    fn delay_padding_and_bits_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let check =
            |name: &str, options: &str, delay: Option<u32>, padding: Option<u32>, bits: Option<u32>| {
                let (path, _) = ffmpeg_make(folder.path(), name, &format!("{SIGNAL} {options}"));
                let info = ours(&path);
                assert_eq!(info.gapless, delay.map(|delay| Gapless { delay, padding }), "{name}");
                assert_eq!(info.bits_per_sample, bits, "{name}");
                assert!((info.duration.unwrap() - 3.0).abs() < 1e-6, "{name}: {:?}", info.duration);
            };
        check("a.wav", "-c:a pcm_s24le", None, None, Some(24));
        check("a.flac", "-c:a flac -sample_fmt s16", None, None, Some(16));
        // LAME's own delay of 576 frames and the decoder's of 529; 132300 frames in packets of 1152.
        check("a.mp3", "-c:a libmp3lame", Some(1105), Some(227), None);
        check("a.m4a", "-c:a aac -movie_timescale 44100", Some(1024), None, None);
        // 151 packets of 960 frames hold 144000.
        check("a.opus", "-c:a libopus", Some(312), Some(648), None);
    }
}
