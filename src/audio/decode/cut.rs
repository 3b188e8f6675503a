//! A stretch of a track as a track of its own: the album in one file, cut by a cue sheet. Both ends are at the
//! nearest frame, so that what two stretches that touch give is what the whole gives.

use std::time::Duration;

use super::clock::{frames_to_time, time_to_frames};
use super::{Chunk, Reader};
use crate::audio::error::DecodeError;
use crate::model::{FilePart, Locator};
use crate::stream::Media;

/// A reader of what a locator names: all of its media, or a stretch.
pub struct Cut {
    reader: Reader,
    start: Duration,
    end: Option<Duration>,
    is_over: bool,
}

impl Cut {
    /// Opens what `locator` names in `media`, so that the first chunk begins at `from` of it.
    pub fn open(media: Box<dyn Media>, locator: &Locator, from: Duration) -> Result<Self, DecodeError> {
        let (start, end) = match locator {
            Locator::Part(FilePart { start, end, .. }) => (*start, *end),
            Locator::File(_) | Locator::Http(_) | Locator::Hls(_) => (Duration::ZERO, None),
        };
        let reader = Reader::open(media, start.saturating_add(from))?;
        Ok(Self { reader, start, end, is_over: false })
    }

    /// What it is cut from.
    pub fn reader(&mut self) -> &mut Reader {
        &mut self.reader
    }

    /// How long it is, where that is known.
    pub fn length(&self) -> Option<Duration> {
        let whole = self.reader.length();
        let end = self.end.map(|end| whole.map_or(end, |whole| end.min(whole))).or(whole);
        end.map(|end| end.saturating_sub(self.start))
    }

    /// The next frames, placed within the stretch; `None` at its end.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk<'_>>, DecodeError> {
        if self.is_over {
            return Ok(None);
        }
        let Some(mut chunk) = self.reader.next_chunk()? else { return Ok(None) };
        if let Some(end) = self.end {
            let rate = chunk.rate.0;
            let left = time_to_frames(end, rate).saturating_sub(time_to_frames(chunk.at, rate));
            let samples = usize::try_from(left).unwrap_or(0).saturating_mul(chunk.channels);
            if samples <= chunk.samples.len() {
                self.is_over = true;
                chunk.samples = chunk.samples.get(..samples).unwrap_or_default();
            }
            if chunk.samples.is_empty() {
                return Ok(None);
            }
        }
        let rate = chunk.rate.0;
        let first = time_to_frames(chunk.at, rate).saturating_sub(time_to_frames(self.start, rate));
        if !self.start.is_zero() {
            chunk.at = frames_to_time(u64::try_from(first).unwrap_or(0), rate);
        }
        Ok(Some(chunk))
    }

    /// Moves so that the next chunk begins at `to`; beyond the end there is no next chunk.
    pub fn seek(&mut self, to: Duration) -> Result<(), DecodeError> {
        let to = self.start.saturating_add(to);
        self.reader.seek(to)?;
        self.is_over = self.end.is_some_and(|end| to >= end);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::fixture::{Parts, ffmpeg_make, run};
    use super::*;

    fn part(path: &Path, start: Duration, end: Option<Duration>) -> Locator {
        Locator::Part(FilePart { path: path.to_owned(), start, end })
    }

    /// Everything from where it stands; the place of the first chunk too.
    fn drain(cut: &mut Cut) -> (Option<Duration>, Vec<f32>) {
        let (mut at, mut samples) = (None, Vec::new());
        while let Some(chunk) = cut.next_chunk().unwrap() {
            at = at.or(Some(chunk.at));
            samples.extend_from_slice(chunk.samples);
        }
        (at, samples)
    }

    fn open(bytes: &[u8], locator: &Locator, from: Duration) -> Cut {
        Cut::open(Box::new(Parts::file(bytes.to_vec())), locator, from).unwrap()
    }

    /// What ffmpeg cuts out of a file, between two samples.
    fn cut_by_ffmpeg(path: &Path, from: u64, to: u64) -> Vec<f32> {
        let filter = format!("atrim=start_sample={from}:end_sample={to}");
        let raw = run("ffmpeg", &["-i", path.to_str().unwrap(), "-af", &filter, "-f", "f32le", "-"]);
        raw.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
    }

    #[test]
    fn a_stretch_is_what_ffmpeg_cuts_and_all_of_them_are_the_whole() {
        let folder = tempfile::tempdir().unwrap();
        // Frames of a sheet at odd places; rates that 75 divides, and one that it does not.
        for (rate, codec) in [(44_100_u64, "flac"), (48_000, "flac"), (8000, "wav"), (22_050, "flac")] {
            let make = format!("-f lavfi -i anoisesrc=d=9:r={rate}:seed=7:a=0.4 -ac 2 -ar {rate}");
            let (path, bytes) = ffmpeg_make(folder.path(), &format!("{rate}.{codec}"), &make);
            let whole = cut_by_ffmpeg(&path, 0, 9 * rate);
            let time = |frames: u64| Duration::from_nanos((frames * 1_000_000_000 + 37) / 75);
            let sample = |frames: u64| (frames * rate * 2 + 75) / 150;
            let places = [0, 1, 150, 303, 304, 500];
            let mut joined = Vec::new();
            for (number, from) in places.iter().enumerate() {
                let to = places.get(number + 1).copied();
                let locator = part(&path, time(*from), to.map(time));
                let mut cut = open(&bytes, &locator, Duration::ZERO);
                let end = to.map_or(9 * rate, sample);
                let length = Duration::from_nanos((end - sample(*from)) * 1_000_000_000 / rate);
                assert!(cut.length().unwrap().abs_diff(length) < Duration::from_millis(1), "{rate} {from}");
                let (at, samples) = drain(&mut cut);
                assert_eq!(at, Some(Duration::ZERO));
                assert_eq!(samples, cut_by_ffmpeg(&path, sample(*from), end), "{rate} {from}");
                joined.extend(samples);
            }
            assert!(joined == whole, "{rate}: {} {}", joined.len(), whole.len());
        }
    }

    #[test]
    fn places_and_seeks_are_those_of_the_stretch() {
        let folder = tempfile::tempdir().unwrap();
        let (path, bytes) =
            ffmpeg_make(folder.path(), "a.flac", "-f lavfi -i anoisesrc=d=6:r=44100:a=0.4 -ac 1 -ar 44100");
        let second = Duration::from_secs;
        let locator = part(&path, second(2), Some(second(4)));
        let mut cut = open(&bytes, &locator, second(1));
        assert_eq!(drain(&mut cut), (Some(second(1)), cut_by_ffmpeg(&path, 3 * 44_100, 4 * 44_100)));
        cut.seek(Duration::from_millis(500)).unwrap();
        let (at, samples) = drain(&mut cut);
        assert_eq!(at, Some(Duration::from_millis(500)));
        assert_eq!(samples, cut_by_ffmpeg(&path, 110_250, 4 * 44_100));
        cut.seek(second(2)).unwrap();
        assert_eq!(drain(&mut cut), (None, vec![]));
        cut.seek(Duration::ZERO).unwrap();
        assert_eq!(drain(&mut cut).1.len(), 2 * 44_100);
        // Beyond the file there is nothing, and that is no error.
        let beyond = part(&path, second(50), None);
        assert_eq!(drain(&mut open(&bytes, &beyond, Duration::ZERO)), (None, vec![]));
        let over = part(&path, second(5), Some(second(90)));
        let mut cut = open(&bytes, &over, Duration::ZERO);
        assert_eq!((cut.length(), drain(&mut cut).1.len()), (Some(second(1)), 44_100));
    }
}
