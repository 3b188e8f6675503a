//! How loud a track says it is, and the factor that brings it to the common loudness (`ReplayGain` 2.0).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::ReplayGain;
use crate::model::{CleanText, Loudness};

/// From the reference of the R128 tags, -23 LUFS (RFC 7845 section 5.2.1), to that of `ReplayGain` 2.0,
/// -18 LUFS.
const R128_TO_REPLAYGAIN_DB: f32 = 5.0;

/// R128 tags count in steps of 1/256 dB.
const R128_STEPS: f32 = 256.0;

/// Where `ReplayGain` 2.0 brings tracks to.
const REPLAYGAIN_LUFS: f64 = -18.0;

/// A gain beyond this comes from a spoilt tag: the loudest and the quietest music are closer.
const MAX_GAIN_DB: f32 = 60.0;

/// A peak beyond this comes from a spoilt tag.
const MAX_PEAK: f32 = 100.0;

/// What a track's tags say of its loudness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LoudnessTags {
    /// Decibels that bring the track to -18 LUFS.
    pub track_gain_db: Option<f32>,
    /// The track's largest sample; full scale is 1.0.
    pub track_peak: Option<f32>,
    /// Decibels that bring the album to -18 LUFS.
    pub album_gain_db: Option<f32>,
    /// The album's largest sample; full scale is 1.0.
    pub album_peak: Option<f32>,
}

/// How the listener wants tracks evened out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Levelling {
    pub mode: ReplayGain,
    /// Added to what the tags say.
    pub preamp_db: f32,
    /// Tracks come in no order.
    pub shuffled: bool,
}

impl LoudnessTags {
    /// Finds them among a file's tags, which go by lower-case names.
    pub(super) fn find(tags: &BTreeMap<String, CleanText>) -> Self {
        let text = |name: &str| tags.get(name).map(CleanText::as_str);
        let gain = |of: &str| {
            let r128 = text(&format!("r128_{of}_gain")).and_then(r128_gain);
            r128.or_else(|| text(&format!("replaygain_{of}_gain")).and_then(gain_db))
        };
        let peak = |of: &str| text(&format!("replaygain_{of}_peak")).and_then(peak);
        Self {
            track_gain_db: gain("track"),
            track_peak: peak("track"),
            album_gain_db: gain("album"),
            album_peak: peak("album"),
        }
    }

    /// What tags would say of a track that was measured.
    pub(super) fn measured(loudness: Loudness) -> Self {
        // Decibels, and a factor near one.
        #[expect(clippy::cast_possible_truncation, reason = "seven digits are plenty")]
        let (gain, peak) = ((REPLAYGAIN_LUFS - loudness.lufs) as f32, loudness.peak as f32);
        Self {
            track_gain_db: Some(gain).filter(|gain| gain.abs() <= MAX_GAIN_DB),
            track_peak: Some(peak).filter(|peak| *peak > 0.0 && *peak <= MAX_PEAK),
            ..Self::default()
        }
    }

    /// Whether they say how loud the track is, or its album.
    pub(super) fn tell_loudness(&self) -> bool {
        self.track_gain_db.or(self.album_gain_db).is_some()
    }

    /// Whether they say nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What samples are to be multiplied by; exactly 1 where nothing is wanted or known. One gain stands
    /// in for the other that is missing, and no peak is lifted above full scale.
    pub(super) fn factor(&self, wanted: Levelling) -> f32 {
        let track = self.track_gain_db.map(|gain| (gain, self.track_peak));
        let album = self.album_gain_db.map(|gain| (gain, self.album_peak));
        let chosen = match wanted.mode {
            ReplayGain::Off => None,
            ReplayGain::Track => track.or(album),
            ReplayGain::Smart if wanted.shuffled => track.or(album),
            ReplayGain::Album | ReplayGain::Smart => album.or(track),
        };
        let Some((gain, peak)) = chosen else { return 1.0 };
        let factor = 10.0_f32.powf((gain + wanted.preamp_db) / 20.0);
        peak.map_or(factor, |peak| factor.min(peak.recip()))
    }
}

/// "-7.03 dB"; some programs write a comma or leave the unit out.
fn gain_db(text: &str) -> Option<f32> {
    number(text.trim_end_matches(|c: char| c.is_ascii_alphabetic())).filter(|gain| gain.abs() <= MAX_GAIN_DB)
}

fn peak(text: &str) -> Option<f32> {
    number(text).filter(|peak| *peak > 0.0 && *peak <= MAX_PEAK)
}

/// Q7.8 as a whole number in decimal.
fn r128_gain(text: &str) -> Option<f32> {
    let steps: i16 = text.trim().parse().ok()?;
    Some(f32::from(steps) / R128_STEPS + R128_TO_REPLAYGAIN_DB).filter(|gain| gain.abs() <= MAX_GAIN_DB)
}

fn number(text: &str) -> Option<f32> {
    text.trim().replace(',', ".").parse().ok().filter(|number: &f32| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::super::converter::Converter;
    use super::super::deck::Block;
    use super::super::decode::Reader;
    use super::super::decode::fixture::{Parts, demo_tracks, difference, ffmpeg_make, run};
    use super::*;
    use std::path::Path;
    use std::time::Duration;

    fn tags(pairs: &[(&str, &str)]) -> LoudnessTags {
        let tags = pairs.iter().map(|(name, text)| ((*name).to_owned(), CleanText::new(*text)));
        LoudnessTags::find(&tags.collect())
    }

    fn decibels(factor: f32) -> f32 {
        20.0 * factor.log10()
    }

    #[test]
    fn gains_and_peaks_are_read_as_they_are_written() {
        let track = |text| tags(&[("replaygain_track_gain", text)]).track_gain_db;
        for (text, gain) in [
            ("-7.03 dB", Some(-7.03)),
            ("+2.5 dB", Some(2.5)),
            (" 0.00dB ", Some(0.0)),
            ("-6,5 dB", Some(-6.5)),
            ("3", Some(3.0)),
            ("loud", None),
            ("", None),
            ("inf dB", None),
            ("NaN", None),
            ("400 dB", None),
        ] {
            assert_eq!(track(text), gain, "{text:?}");
        }
        let peak = |text| tags(&[("replaygain_album_peak", text)]).album_peak;
        for (text, wanted) in [("0.988553", Some(0.988_553)), ("1.2", Some(1.2)), ("0", None), ("-1", None)] {
            assert_eq!(peak(text), wanted, "{text:?}");
        }
        // RFC 7845 section 5.2.1: -573 is -573/256 dB against -23 LUFS.
        let album = |text| tags(&[("r128_album_gain", text)]).album_gain_db;
        for (text, gain) in
            [("-573", Some(5.0 - 573.0 / 256.0)), ("0", Some(5.0)), ("-1.5", None), ("40000", None)]
        {
            assert_eq!(album(text), gain, "{text:?}");
        }
        assert!(tags(&[("title", "-3 dB")]).is_empty());
    }

    #[test]
    fn one_gain_stands_in_for_the_other_and_peaks_stay_within_full_scale() {
        let both = [
            ("replaygain_track_gain", "-6 dB"),
            ("replaygain_album_gain", "+4 dB"),
            ("replaygain_album_peak", "0.8"),
        ];
        let check = |tags: LoudnessTags, mode, preamp_db, wanted: f32| {
            let got = decibels(tags.factor(Levelling { mode, preamp_db, shuffled: false }));
            assert!((got - wanted).abs() < 1e-3, "{mode:?}: {got} dB, not {wanted} dB");
        };
        check(tags(&both), ReplayGain::Track, 0.0, -6.0);
        check(tags(&both), ReplayGain::Track, 3.0, -3.0);
        // 1 / 0.8 is 1.938 dB.
        check(tags(&both), ReplayGain::Album, 0.0, 1.938);
        check(tags(&both), ReplayGain::Album, -5.0, -1.0);
        check(tags(&both[..1]), ReplayGain::Album, 0.0, -6.0);
        check(tags(&both), ReplayGain::Smart, -5.0, -1.0);
        let shuffled = Levelling { mode: ReplayGain::Smart, preamp_db: -5.0, shuffled: true };
        assert!((decibels(tags(&both).factor(shuffled)) + 11.0).abs() < 1e-3);
        check(tags(&both[1..]), ReplayGain::Track, -5.0, -1.0);
        let untouched =
            tags(&both).factor(Levelling { mode: ReplayGain::Off, preamp_db: 6.0, shuffled: false });
        assert_eq!(untouched.to_bits(), 1.0_f32.to_bits());
        let unknown =
            tags(&[]).factor(Levelling { mode: ReplayGain::Track, preamp_db: 6.0, shuffled: false });
        assert_eq!(unknown.to_bits(), 1.0_f32.to_bits());
    }

    /// A whole file as the player would give it at the file's own rate.
    fn levelled(path: &Path, wanted: Levelling) -> Vec<f32> {
        let media = Parts::file(std::fs::read(path).unwrap());
        let mut reader = Reader::open(Box::new(media), Duration::ZERO).unwrap();
        let factor = reader.loudness().factor(wanted);
        let format = reader.format();
        let mut converter = Converter::new(format.sample_rate.0, usize::from(format.channels));
        let mut out = Vec::new();
        while let Some(chunk) = reader.next_chunk().unwrap() {
            let block = Block {
                at: chunk.at,
                rate: chunk.rate,
                channels: chunk.channels,
                samples: chunk.samples.to_vec(),
            };
            converter.convert(&block, factor, &mut out).unwrap();
        }
        converter.flush(&mut out).unwrap();
        out
    }

    #[test]
    fn tagged_files_come_out_as_ffmpeg_levels_them() {
        let folder = tempfile::tempdir().unwrap();
        let tags = "-metadata REPLAYGAIN_TRACK_GAIN=-7.03dB -metadata REPLAYGAIN_TRACK_PEAK=0.95 \
                    -metadata REPLAYGAIN_ALBUM_GAIN=+9.5dB -metadata REPLAYGAIN_ALBUM_PEAK=0.75";
        let mut compared = 0;
        for source in demo_tracks() {
            let name = source.file_name().unwrap().to_str().unwrap();
            let Some("mp3" | "flac" | "ogg") = source.extension().and_then(|its| its.to_str()) else {
                continue;
            };
            // In Ogg the comments belong to the stream.
            let tags =
                if name.ends_with("ogg") { tags.replace("-metadata", "-metadata:s:a") } else { tags.into() };
            let options = format!("-i {} -map 0:a -c copy {tags}", source.display());
            let (path, _) = ffmpeg_make(folder.path(), name, &options);
            // -7.03 + 2 dB, and 9.5 + 2 dB held back to 1 / 0.75.
            for (mode, name, plainly) in
                [(ReplayGain::Track, "track", "-5.03dB"), (ReplayGain::Album, "album", "4/3")]
            {
                let filter = match source.extension() {
                    // These tags of Ogg files ffmpeg does not heed.
                    Some(its) if its == "ogg" => format!("volume={plainly}"),
                    _ => format!("volume=replaygain={name}:replaygain_preamp=2"),
                };
                let arguments = ["-i", path.to_str().unwrap(), "-af", &filter, "-f", "f32le", "-"];
                let theirs: Vec<f32> = run("ffmpeg", &arguments)
                    .chunks_exact(4)
                    .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
                    .collect();
                let ours = levelled(&path, Levelling { mode, preamp_db: 2.0, shuffled: false });
                assert_eq!(ours.len(), theirs.len(), "{}", path.display());
                let off = difference(&ours, &theirs);
                assert!(off < 2e-5, "{} by {name}: off by {off}", path.display());
                let plain = levelled(&path, Levelling::default());
                assert!(difference(&ours, &plain) > 0.05, "{}: the filter changes something", path.display());
            }
            compared += 1;
        }
        assert!(compared >= 5, "{compared}");
    }

    /// Puts a freeform item behind the last one of a list of tags that ends the file.
    fn add_freeform(mp4: &mut Vec<u8>, name: &str, text: &str) {
        fn atom(kind: &str, content: &[u8]) -> Vec<u8> {
            let size = u32::try_from(content.len() + 8).unwrap();
            [&size.to_be_bytes()[..], kind.as_bytes(), content].concat()
        }
        let mean = atom("mean", b"\0\0\0\0com.apple.iTunes");
        let name = atom("name", &[b"\0\0\0\0", name.as_bytes()].concat());
        let data = atom("data", &[b"\0\0\0\x01\0\0\0\0", text.as_bytes()].concat());
        let item = atom("----", &[mean, name, data].concat());
        for kind in [b"moov", b"udta", b"meta", b"ilst"] {
            let at = mp4.windows(4).rposition(|four| four == kind).unwrap() - 4;
            let size = u32::from_be_bytes(mp4[at..at + 4].try_into().unwrap());
            assert_eq!(at + size as usize, mp4.len(), "{} ends the file", String::from_utf8_lossy(kind));
            let size = size + u32::try_from(item.len()).unwrap();
            mp4[at..at + 4].copy_from_slice(&size.to_be_bytes());
        }
        mp4.extend(item);
    }

    #[test]
    fn opus_and_mp4_have_tags_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let loudness =
            |bytes: Vec<u8>| Reader::open(Box::new(Parts::file(bytes)), Duration::ZERO).unwrap().loudness();
        let tone = "-f lavfi -i sine=d=1";
        let (_, opus) = ffmpeg_make(
            folder.path(),
            "a.opus",
            &format!(
                "{tone} -c:a libopus -metadata:s:a R128_TRACK_GAIN=-1280 -metadata:s:a R128_ALBUM_GAIN=256"
            ),
        );
        let expected =
            LoudnessTags { track_gain_db: Some(0.0), album_gain_db: Some(6.0), ..LoudnessTags::default() };
        assert_eq!(loudness(opus), expected);
        let (_, mut m4a) = ffmpeg_make(folder.path(), "a.m4a", &format!("{tone} -c:a aac -metadata title=x"));
        assert!(loudness(m4a.clone()).is_empty());
        add_freeform(&mut m4a, "replaygain_track_gain", "-3.25 dB");
        add_freeform(&mut m4a, "REPLAYGAIN_TRACK_PEAK", "0.5");
        let expected =
            LoudnessTags { track_gain_db: Some(-3.25), track_peak: Some(0.5), ..LoudnessTags::default() };
        assert_eq!(loudness(m4a), expected);
    }
}
