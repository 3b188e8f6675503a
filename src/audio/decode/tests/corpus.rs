//! A corpus made on the spot: every codec in every container at many rates and channel counts, each file
//! decoded whole and sought in at fifty places, with ffmpeg as the measure.

mod hls;
mod rows;

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::{Reader, clock};
use super::{Decoded, INAUDIBLE, Parts, SETTLED, difference, drain, run};

/// Seconds of each source; a little more, so that the last packet is not whole.
const SECONDS: u32 = 2;

/// Places sought in each file.
const SEEKS: u32 = 50;

/// One way to encode, at several rates and channel counts.
struct Row {
    /// File name extension.
    container: &'static str,
    /// Options for ffmpeg, the codec among them.
    options: &'static str,
    rates: &'static [u32],
    channels: &'static [usize],
    /// Whether every bit has to come back.
    lossless: bool,
    length: Length,
}

/// How long a decoded file has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Length {
    /// As long as what was encoded, to the frame.
    Source,
    /// As long as ffmpeg makes it: the format does not say where the encoder's padding begins.
    Theirs,
}

/// A linear congruential generator: the same corpus and the same places every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Frames of a source.
fn source_frames(rate: u32) -> usize {
    (rate * SECONDS + 123) as usize
}

/// A chirp and noise in each channel, so that every place sounds different, as raw 32-bit samples.
fn source(folder: &Path, rate: u32, channels: usize) -> PathBuf {
    let path = folder.join(format!("{rate}-{channels}.raw"));
    if !path.exists() {
        let mut dice = Dice(u64::from(rate) + channels as u64);
        let mut raw = Vec::new();
        for frame in 0..source_frames(rate) {
            let time = frame as f64 / f64::from(rate);
            for channel in 0..channels {
                let chirp = (250.0 + 70.0 * channel as f64) * time * (time + 1.0);
                let noise = dice.below(1 << 20) as f64 / f64::from(1 << 20) - 0.5;
                #[expect(clippy::cast_possible_truncation, reason = "it is the precision of samples")]
                let sample = (0.4 * chirp.sin() + 0.05 * noise) as f32;
                raw.extend(sample.to_le_bytes());
            }
        }
        std::fs::write(&path, raw).unwrap();
    }
    path
}

/// Makes the files of `rows` and checks each; returns how many there were.
fn check(rows: &[Row]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    let mut wrong = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        for &rate in row.rates {
            for &channels in row.channels {
                let raw = source(folder.path(), rate, channels);
                let file = folder.path().join(format!("{number}-{rate}-{channels}.{}", row.container));
                encode(&raw, rate, channels, row.options, &file);
                let name = format!("{} {} {rate} Hz, {channels} channels", row.container, row.options);
                wrong.extend(compare(row, rate, &file).err().map(|what| format!("{name}: {what}")));
                count += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} files:\n{}", wrong.len(), wrong.join("\n"));
    count
}

fn encode(raw: &Path, rate: u32, channels: usize, options: &str, file: &Path) {
    let (rate, channels) = (rate.to_string(), channels.to_string());
    let input = ["-y", "-f", "f32le", "-ar", &rate, "-ac", &channels, "-i", raw.to_str().unwrap()];
    let options = options.replace("RATE", &rate);
    let options: Vec<&str> = options.split_whitespace().collect();
    run("ffmpeg", &[&input[..], &options, &[file.to_str().unwrap()]].concat());
}

/// What ffmpeg decodes a file to. Opus through libopus, as ours.
fn theirs(file: &Path, options: &str) -> Vec<f32> {
    let decoder: &[&str] = if options.contains("opus") { &["-c:a", "libopus"] } else { &[] };
    let raw = run("ffmpeg", &[decoder, &["-i", file.to_str().unwrap(), "-f", "f32le", "-"]].concat());
    raw.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

fn compare(row: &Row, rate: u32, file: &Path) -> Result<(), String> {
    let bytes = std::fs::read(file).unwrap();
    let mut reader = Reader::open(Box::new(Parts::file(bytes)), Duration::ZERO).map_err(|e| e.to_string())?;
    let ours = drain(&mut reader);
    ours.end.as_ref().map_err(ToString::to_string)?;
    let theirs = theirs(file, row.options);
    length_holds(row.length, rate, &ours, theirs.len() / ours.channels)?;
    let off = difference(&ours.samples, &theirs);
    let most = if row.lossless { 0.0 } else { INAUDIBLE };
    if off > most {
        return Err(format!("off by {off}"));
    }
    seeks_hold(row, &mut reader, &ours)
}

fn length_holds(length: Length, rate: u32, ours: &Decoded, theirs: usize) -> Result<(), String> {
    let (frames, source) = (ours.frames(), source_frames(rate));
    let stated = source * ours.rate as usize / rate as usize;
    let holds = match length {
        Length::Source => frames == stated,
        Length::Theirs => frames == theirs && frames >= stated,
    };
    if holds { Ok(()) } else { Err(format!("{frames} frames, ffmpeg {theirs}, made of {stated}")) }
}

/// Seeks to places all over the file: each lands on its frame, and plays what is there.
fn seeks_hold(row: &Row, reader: &mut Reader, whole: &Decoded) -> Result<(), String> {
    let frames = whole.frames() as u64;
    let mut dice = Dice(frames);
    let most = match row.options {
        options if options.contains("opus") => SETTLED,
        _ if row.lossless => 0.0,
        _ => INAUDIBLE,
    };
    for _ in 0..SEEKS {
        let to = clock::frames_to_time(dice.below(frames), whole.rate);
        reader.seek(to).map_err(|error| format!("to {to:?}: {error}"))?;
        let Some(chunk) = reader.next_chunk().map_err(|error| format!("behind {to:?}: {error}"))? else {
            return Err(format!("nothing at {to:?}"));
        };
        let one_frame = clock::frames_to_time(1, whole.rate);
        if chunk.at.abs_diff(to) > one_frame {
            return Err(format!("sought {to:?}, got {:?}", chunk.at));
        }
        let first = usize::try_from(clock::time_to_frames(chunk.at, whole.rate)).unwrap();
        let there = &whole.samples[first * whole.channels..];
        let off = difference(there, chunk.samples);
        if off > most || chunk.samples.len() > there.len() {
            return Err(format!("at {to:?} off by {off}"));
        }
    }
    Ok(())
}
