//! Runs of whole frames of sound, in ADTS or MPEG audio: where they begin and how long they sound.

use std::collections::VecDeque;
use std::time::Duration;

use super::{adts, mpeg_audio};

/// The header of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What frames share that go to one decoder, as it is written.
    pub config: [u8; 3],
    /// Bytes, the header included; never 0.
    pub bytes: usize,
    /// Samples of each channel.
    pub samples: u64,
    /// Samples a second.
    pub rate: u32,
}

/// What frames a run is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Adts,
    MpegAudio,
}

impl Coding {
    /// The header at the start of `bytes`, if there is one.
    pub(super) fn header(self, bytes: &[u8]) -> Option<Header> {
        match self {
            Self::Adts => adts::header(bytes),
            Self::MpegAudio => mpeg_audio::Header::read(bytes)?.frame(),
        }
    }

    /// Walks over `bytes`; `None` unless they are whole frames of one kind and nothing else.
    pub(super) fn whole_frames(self, bytes: &[u8]) -> Option<Run> {
        let first = self.header(bytes)?;
        let (mut rest, mut samples) = (bytes, 0);
        while !rest.is_empty() {
            let next = self.header(rest).filter(|next| next.config == first.config)?;
            samples += next.samples;
            rest = rest.get(next.bytes..)?;
        }
        Some(Run { first, samples })
    }

    /// Where frame `number`, counted from 0, begins in whole frames; `None` unless it is there.
    pub(super) fn place_of_frame(self, bytes: &[u8], number: usize) -> Option<usize> {
        let place =
            (0..number).try_fold(0, |place, _| Some(place + self.header(bytes.get(place..)?)?.bytes))?;
        (place < bytes.len()).then_some(place)
    }

    /// Samples of the frames that begin at byte `place` or behind it; `bytes` are whole frames.
    pub(super) fn samples_from(self, bytes: &[u8], place: usize) -> u64 {
        let (mut at, mut samples) = (0, 0);
        while let Some(frame) = bytes.get(at..).and_then(|rest| self.header(rest)) {
            samples += if at >= place { frame.samples } else { 0 };
            at += frame.bytes;
        }
        samples
    }

    /// How long whole frames sound.
    pub(super) fn lasts(self, bytes: &[u8]) -> Duration {
        let Some(first) = self.header(bytes) else { return Duration::ZERO };
        let nanos = u128::from(self.samples_from(bytes, 0)) * 1_000_000_000 / u128::from(first.rate.max(1));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
    }

    /// The last `count` frames of whole ones, or all where there are fewer: where they begin.
    pub(super) fn last_frames(self, bytes: &[u8], count: usize) -> usize {
        let (mut places, mut at) = (VecDeque::new(), 0);
        while let Some(frame) = bytes.get(at..).and_then(|rest| self.header(rest)) {
            places.push_back(at);
            if places.len() > count {
                places.pop_front();
            }
            at += frame.bytes;
        }
        places.front().copied().unwrap_or(0)
    }
}

/// Whole frames from the first byte to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// What the first frame says of them; they all agree.
    pub first: Header,
    /// Samples of each channel in all.
    pub samples: u64,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stream::tests::ffmpeg;

    /// The first frames of a bundled stream; ffprobe says AAC-LC, 44.1 kHz, two channels.
    fn bundled() -> Vec<u8> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/hls/cafe-muller/seg000.aac");
        super::super::packed::strip_tags(&std::fs::read(path).unwrap()).1.to_vec()
    }

    #[test]
    fn a_bundled_segment_is_whole_frames() {
        let bytes = bundled();
        let run = Coding::Adts.whole_frames(&bytes).unwrap();
        // ffprobe -show_entries packet: 215 packets of 1024 samples, which is the 4.992290 s of its EXTINF.
        assert_eq!((run.samples, run.first.rate), (215 * 1024, 44_100));
        assert_eq!(Coding::Adts.whole_frames(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Coding::Adts.whole_frames(&bytes[1..]), None);
        let mut other_rate = bytes.clone();
        other_rate[run.first.bytes + 2] ^= 0x04;
        assert_eq!(Coding::Adts.whole_frames(&other_rate), None);
    }

    #[test]
    fn frames_of_layer_three_are_as_long_as_ffmpeg_says() {
        for (options, of_frame, rate) in
            [("-ar 44100 -b:a 128k", 1152, 44_100), ("-ar 22050 -ac 1 -q:a 5", 576, 22_050)]
        {
            let common = "-f lavfi -i sine=440:d=3 -c:a libmp3lame -write_xing 0 -id3v2_version 0";
            let arguments: Vec<&str> = common.split(' ').chain(options.split(' ')).collect();
            let bytes = ffmpeg(&[&arguments[..], &["-f", "mp3"]].concat());
            let listed = ffmpeg(&[&arguments[..], &["-f", "framecrc"]].concat());
            let listed = String::from_utf8(listed).unwrap();
            let sizes = listed.lines().filter(|line| !line.starts_with('#'));
            let sizes: Vec<usize> =
                sizes.map(|line| line.split(',').nth(4).unwrap().trim().parse().unwrap()).collect();
            let run = Coding::MpegAudio.whole_frames(&bytes).unwrap();
            assert_eq!((run.samples, run.first.rate), (sizes.len() as u64 * of_frame, rate), "{options}");
            let place = Coding::MpegAudio.last_frames(&bytes, 5);
            assert_eq!(bytes.len() - place, sizes[sizes.len() - 5..].iter().sum::<usize>(), "{options}");
            let lasts = Coding::MpegAudio.lasts(&bytes[place..]).as_secs_f64();
            assert!((lasts - 5.0 * of_frame as f64 / f64::from(rate)).abs() < 1e-8, "{options}: {lasts}");
            assert_eq!(Coding::MpegAudio.whole_frames(&bytes[1..]), None);
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_nothing_is_endless(mut bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            for coding in [Coding::Adts, Coding::MpegAudio] {
                for head in [&[][..], &[0xff, 0xf1, 0x50, 0x80], &[0xff, 0xfb, 0x10, 0x00]] {
                    bytes.splice(0..0, head.iter().copied());
                    coding.whole_frames(&bytes);
                    coding.last_frames(&bytes, 2);
                    coding.lasts(&bytes);
                }
            }
        }
    }
}
