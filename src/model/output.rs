//! Where sound goes, and what it is made of.

use std::path::PathBuf;
use std::str::FromStr;

use serde::Serialize;

use super::numbers::SampleRate;
use super::text::CleanText;

/// Where the listener wants the sound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OutputChoice {
    /// The system's default device, or silence until there is one.
    #[default]
    Auto,
    /// Nowhere, in real time.
    Null,
    /// A WAV file, as fast as it can be decoded.
    Wav(PathBuf),
    /// The device whose name is, or contains, this text.
    Device(String),
}

impl FromStr for OutputChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "auto" => Ok(Self::Auto),
            None if text == "null" => Ok(Self::Null),
            Some(("wav", path)) if !path.is_empty() => Ok(Self::Wav(path.into())),
            Some(("device", name)) if !name.is_empty() => Ok(Self::Device(name.to_owned())),
            _ => Err(format!("{text:?} is no output; expected auto, null, wav:PATH or device:NAME")),
        }
    }
}

/// A device that sound can go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundDevice {
    /// Its name, as [`OutputChoice::Device`] takes it.
    pub name: CleanText,
    /// Whether [`OutputChoice::Auto`] chooses it.
    pub is_default: bool,
}

/// What has become of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputState {
    /// Sound reaches this device.
    Playing {
        /// The device's name.
        device: CleanText,
        /// The rate it runs at.
        rate: SampleRate,
    },
    /// No device could be opened: time passes in silence until one appears.
    NoDevice {
        /// Why not.
        reason: CleanText,
    },
}

/// What the samples of a track are, for the screen and for `segue probe`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SoundFormat {
    /// Short codec name: "MP3", "AAC", "FLAC", "Vorbis", "Opus", "PCM".
    pub codec: CleanText,
    /// Frames a second of what is decoded.
    pub sample_rate: SampleRate,
    /// Channels of what is decoded.
    pub channels: u16,
    /// Bits of a sample in the file, where the codec keeps samples as they are.
    pub bits: Option<u16>,
}

impl SoundFormat {
    /// Whether nothing of the sound was left out to make it smaller.
    pub fn is_lossless(&self) -> bool {
        matches!(self.codec.as_str(), "FLAC" | "ALAC" | "PCM")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_parse() {
        assert_eq!("auto".parse(), Ok(OutputChoice::Auto));
        assert_eq!("null".parse(), Ok(OutputChoice::Null));
        assert_eq!("wav:a:b.wav".parse(), Ok(OutputChoice::Wav("a:b.wav".into())));
        assert_eq!("device:USB".parse(), Ok(OutputChoice::Device("USB".into())));
        for bad in ["", "wav:", "device:", "alsa", "null:x"] {
            assert!(bad.parse::<OutputChoice>().is_err(), "{bad}");
        }
    }
}
