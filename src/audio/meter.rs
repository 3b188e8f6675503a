//! Measures how loud a track is while it is decoded, for when it is played again. Only what was decoded from
//! its first sample to its last without a jump tells how loud the whole is: anything else is thrown away.

use std::time::Duration;

use ebur128::{EbuR128, Mode};

use crate::model::Loudness;

use super::deck::span;
use super::decode::Chunk;

/// A step in the positions of samples beyond this is a gap, not rounding.
const GAP: Duration = Duration::from_millis(50);

/// What is shorter says little: loudness is gated over blocks of 0.4 s.
const SHORTEST: Duration = Duration::from_secs(3);

/// The silence that the measure leaves out (EBU Tech 3341): what is never louder has no loudness.
const GATE_LUFS: f64 = -70.0;

/// One track's measure, from its first sample on.
#[derive(Default)]
pub(super) struct Meter {
    state: Option<EbuR128>,
    frames: u64,
}

impl Meter {
    /// Takes in what comes next. False once the measure is worthless: the track has a gap, or changes its
    /// rate or channels.
    pub fn add(&mut self, chunk: &Chunk<'_>) -> bool {
        let channels = u32::try_from(chunk.channels).unwrap_or_default();
        let rate = chunk.rate.0;
        if self.state.is_none() {
            self.state = EbuR128::new(channels, rate, Mode::I | Mode::TRUE_PEAK).ok();
        }
        let Some(state) = self.state.as_mut().filter(|its| its.rate() == rate && its.channels() == channels)
        else {
            return false;
        };
        let gap = chunk.at.abs_diff(span(self.frames, rate)) > GAP;
        self.frames += (chunk.samples.len() / chunk.channels.max(1)) as u64;
        !gap && state.add_frames_f32(chunk.samples).is_ok()
    }

    /// The loudness of all that was taken in; `None` for what is too short, or silent.
    pub fn loudness(&self) -> Option<Loudness> {
        let state = self.state.as_ref().filter(|its| span(self.frames, its.rate()) >= SHORTEST)?;
        let lufs = state.loudness_global().ok().filter(|lufs| lufs.is_finite() && *lufs > GATE_LUFS)?;
        let peaks = (0..state.channels()).filter_map(|channel| state.true_peak(channel).ok());
        let peak = peaks.fold(0.0, f64::max);
        (peak.is_finite() && peak > 0.0).then_some(Loudness { lufs, peak })
    }
}

#[cfg(test)]
mod tests {
    use super::super::decode::Reader;
    use super::super::decode::fixture::{Parts, SIGNAL, demo_tracks, ffmpeg_make, run};
    use super::*;
    use std::path::Path;

    fn measured(path: &Path) -> Option<Loudness> {
        let media = Parts::file(std::fs::read(path).unwrap());
        let mut reader = Reader::open(Box::new(media), Duration::ZERO).unwrap();
        let mut meter = Meter::default();
        while let Some(chunk) = reader.next_chunk().unwrap() {
            assert!(meter.add(&chunk), "{}", path.display());
        }
        meter.loudness()
    }

    /// Integrated loudness, and the largest true peak, as ffmpeg's ebur128 filter has them.
    fn by_ffmpeg(path: &Path) -> (f64, f64) {
        let filter = "ebur128=metadata=1:peak=true,ametadata=print:file=-";
        let arguments =
            ["-i", path.to_str().unwrap(), "-map", "0:a", "-af", filter, "-f", "null", "/dev/null"];
        let text = String::from_utf8(run("ffmpeg", &arguments)).unwrap();
        let values = |key: &str| {
            let values =
                text.lines().filter_map(|line| line.strip_prefix(key)?.split_once('=')?.1.parse().ok());
            values.collect::<Vec<f64>>()
        };
        let peak = values("lavfi.r128.true_peaks_ch").into_iter().fold(f64::MIN, f64::max);
        (*values("lavfi.r128.I").last().unwrap(), peak)
    }

    #[test]
    fn loudness_is_what_ffmpeg_measures() {
        let folder = tempfile::tempdir().unwrap();
        let mut files: Vec<_> = demo_tracks().into_iter().step_by(4).collect();
        for (name, options) in [
            ("loud.flac", "-f lavfi -i sine=f=997:d=8 -af volume=17dB"),
            ("mono.wav", "-f lavfi -i anoisesrc=d=6:a=0.2 -af lowpass=f=4000,lowpass=f=4000 -ac 1"),
            ("48.wav", &format!("{SIGNAL} -ar 48000 -af apad=pad_dur=4")),
        ] {
            files.push(ffmpeg_make(folder.path(), name, options).0);
        }
        let mut compared = 0;
        for path in files {
            let (lufs, peak) = by_ffmpeg(&path);
            let ours = measured(&path).unwrap_or_else(|| panic!("{} has none", path.display()));
            assert!((ours.lufs - lufs).abs() < 0.1, "{}: {} not {lufs}", path.display(), ours.lufs);
            // Two resamplers find the peaks between samples.
            let off = 20.0 * (ours.peak / peak).log10();
            assert!(off.abs() < 0.3, "{}: {} not {peak}", path.display(), ours.peak);
            compared += 1;
        }
        assert!(compared >= 5, "{compared}");
    }

    #[test]
    fn what_is_short_or_silent_or_has_a_gap_has_no_loudness() {
        let folder = tempfile::tempdir().unwrap();
        for (name, options) in
            [("short.wav", "-f lavfi -i sine=d=2.9"), ("silent.wav", "-f lavfi -i anullsrc=d=5")]
        {
            assert_eq!(measured(&ffmpeg_make(folder.path(), name, options).0), None, "{name}");
        }
        let samples = [0.1; 2000];
        let chunk = |milliseconds, rate, channels| Chunk {
            at: Duration::from_millis(milliseconds),
            rate: crate::model::SampleRate(rate),
            channels,
            samples: &samples,
        };
        let all = |chunks: [Chunk<'_>; 2]| {
            let mut meter = Meter::default();
            chunks.iter().all(|chunk| meter.add(chunk))
        };
        assert!(all([chunk(0, 10_000, 2), chunk(100, 10_000, 2)]));
        assert!(!all([chunk(0, 10_000, 2), chunk(200, 10_000, 2)]), "a gap");
        assert!(!all([chunk(0, 10_000, 2), chunk(100, 20_000, 2)]), "another rate");
        assert!(!all([chunk(0, 10_000, 2), chunk(100, 10_000, 1)]), "another width");
    }
}
