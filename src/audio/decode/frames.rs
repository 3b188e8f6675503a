//! The layout of a FLAC file (RFC 9639): its frames say which they are, and a table of some of them may precede them.

use std::sync::Arc;
use std::time::Duration;

use symphonia::core::checksum::Crc8Ccitt;
use symphonia::core::io::Monitor as _;

use super::clock;
use super::looks::{Layout, Mark};
use super::mp3_map::id3_length;
use super::source::Source;
use crate::audio::error::DecodeError;

/// What a file begins with.
const MARKER: [u8; 4] = *b"fLaC";

/// Kinds of blocks before the frames (section 8.1).
const STREAM_INFO: u8 = 0;
const SEEK_TABLE: u8 = 3;

/// Set where no block follows.
const IS_LAST: u8 = 0x80;

/// Most blocks before the first frame.
const MOST_BLOCKS: usize = 128;

/// Bytes of an entry of the table (section 8.5).
const ENTRY: usize = 18;

/// The entry stands for none.
const PLACEHOLDER: u64 = u64::MAX;

/// The layout of a file.
#[derive(Clone, Debug)]
pub(super) struct Frames {
    preface: Arc<[u8]>,
    first: u64,
    rate: u32,
    /// Samples in each frame, where the frames count frames.
    block: u64,
    /// Samples in all; 0 when it is not said.
    total: u64,
    /// What all frames have in common: the first two bytes, the rate, and the bits in a sample.
    common: [u8; 4],
    /// Some frames, by their place.
    table: Vec<Mark>,
}

/// The bits of a frame's head that are the same in all (section 9.1).
const COMMON: [u8; 4] = [0xFF, 0xFF, 0x0F, 0x0F];

impl Frames {
    /// Reads the beginning of a file; `None` when it is not as such files are.
    pub(super) fn read(source: &Source) -> Result<Option<Self>, DecodeError> {
        let start = id3_length(&source.window(0, 10)?);
        let (mut at, mut info, mut table) = (start + MARKER.len() as u64, None, Vec::new());
        if source.window(start, MARKER.len() as u64)? != MARKER {
            return Ok(None);
        }
        for _ in 0..MOST_BLOCKS {
            let Some([head, high, middle, low]) = source.window(at, 4)?.first_chunk().copied() else {
                return Ok(None);
            };
            let length = u64::from(u32::from_be_bytes([0, high, middle, low]));
            at += 4;
            match head & !IS_LAST {
                STREAM_INFO => info = source.window(at, length)?.first_chunk::<34>().copied(),
                SEEK_TABLE => table = source.window(at, length)?,
                _ => {}
            }
            at += length;
            if head & IS_LAST != 0 {
                let Some(info) = info else { return Ok(None) };
                let frame = source.window(at, COMMON.len() as u64)?;
                return Ok(frame.first_chunk().and_then(|frame| Self::of(&info, &table, *frame, at)));
            }
        }
        Ok(None)
    }

    /// From the content of the two blocks, and the beginning of the first frame.
    fn of(info: &[u8; 34], table: &[u8], frame: [u8; 4], first: u64) -> Option<Self> {
        let [least_high, least_low, most_high, most_low, ..] = *info;
        let block = u16::from_be_bytes([most_high, most_low]);
        let packed = info.get(10..)?.first_chunk().map(|packed| u64::from_be_bytes(*packed))?;
        let (rate, total) = (u32::try_from(packed >> 44).ok()?, packed & 0xF_FFFF_FFFF);
        let counts_samples = frame[1] & 1 != 0;
        // Where frames are counted, all but the last are of one length.
        let is_even = block == u16::from_be_bytes([least_high, least_low]);
        if frame[0] != 0xFF || frame[1] & 0xFE != 0xF8 || rate == 0 || !(counts_samples || is_even) {
            return None;
        }
        let mut preface = MARKER.to_vec();
        preface.extend([STREAM_INFO | IS_LAST, 0, 0, 34]);
        preface.extend(info);
        let entries = table.chunks_exact(ENTRY).filter_map(|entry| {
            let sample = u64::from_be_bytes(*entry.first_chunk()?);
            let byte = first.checked_add(u64::from_be_bytes(*entry.get(8..)?.first_chunk()?))?;
            (sample != PLACEHOLDER).then(|| Mark { byte, begins: clock::frames_to_time(sample, rate) })
        });
        let mut table: Vec<Mark> = entries.collect();
        if !table.is_sorted_by(|a, b| a.begins <= b.begins && a.byte <= b.byte) {
            table.clear();
        }
        let common = std::array::from_fn(|at| frame[at] & COMMON[at]);
        Some(Self { preface: preface.into(), first, rate, block: block.into(), total, common, table })
    }

    /// The first sample of the frame that begins here, if one does.
    fn sample(&self, bytes: &[u8]) -> Option<u64> {
        let is_akin =
            self.common.iter().zip(COMMON).zip(bytes).all(|((&common, mask), &byte)| byte & mask == common);
        let head = bytes.first_chunk::<4>().filter(|_| is_akin)?;
        let (number, length) = coded_number(bytes.get(4..)?)?;
        // The number of samples and the rate follow where they are uncommon.
        let samples = usize::from(match head[2] >> 4 {
            6 => 1_u8,
            7 => 2,
            _ => 0,
        });
        let rate = usize::from(match head[2] & 0x0F {
            12 => 1_u8,
            13 | 14 => 2,
            _ => 0,
        });
        let whole = bytes.get(..4 + length + samples + rate)?;
        let mut sum = Crc8Ccitt::new(0);
        sum.process_buf_bytes(whole);
        if bytes.get(whole.len()) != Some(&sum.crc()) {
            return None;
        }
        let sample = if head[1] & 1 == 0 { number.checked_mul(self.block)? } else { number };
        (self.total == 0 || sample < self.total).then_some(sample)
    }
}

/// A number as UTF-8 codes characters, but longer, and the bytes it takes (section 9.1.5).
fn coded_number(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let ones = first.leading_ones() as usize;
    if ones == 0 {
        return Some((first.into(), 1));
    }
    if !(2..=7).contains(&ones) {
        return None;
    }
    let begin = u64::from(first) & (0x7F >> ones);
    let rest = bytes.get(1..ones)?.iter();
    let number = rest
        .map(|&byte| (byte & 0xC0 == 0x80).then_some(byte & 0x3F))
        .try_fold(begin, |number, bits| Some(number << 6 | u64::from(bits?)))?;
    Some((number, ones))
}

impl Layout for Frames {
    fn preface(&self) -> &Arc<[u8]> {
        &self.preface
    }

    fn first(&self) -> u64 {
        self.first
    }

    fn marks(&self, bytes: &[u8], base: u64) -> Vec<Mark> {
        let mut found: Vec<Mark> = Vec::new();
        for at in 0..bytes.len() {
            let Some(sample) = bytes.get(at..).and_then(|bytes| self.sample(bytes)) else { continue };
            let begins = clock::frames_to_time(sample, self.rate);
            if found.last().is_none_or(|last| last.begins <= begins) {
                found.push(Mark { byte: base + at as u64, begins });
            }
        }
        found
    }

    fn around(&self, to: Duration) -> (Option<Mark>, Option<Mark>) {
        let behind = self.table.partition_point(|mark| mark.begins <= to);
        let before = behind.checked_sub(1).and_then(|last| self.table.get(last));
        (before.copied(), self.table.get(behind).copied())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixture::{Bytes, ffmpeg_make, run};
    use super::super::looks::find;
    use super::*;

    /// Every frame as ffprobe sees it: where it lies, and the sample it begins with.
    fn frames(path: &std::path::Path) -> Vec<(u64, u64)> {
        let wanted = ["-show_entries", "packet=pos,pts", "-of", "csv=p=0", path.to_str().unwrap()];
        let printed = String::from_utf8(run("ffprobe", &wanted)).unwrap();
        let rows = printed.lines().filter_map(|line| {
            let mut cells = line.split(',').map(|cell| cell.parse::<u64>().ok());
            let sample = cells.next()??;
            Some((cells.next()??, sample))
        });
        rows.collect()
    }

    fn make(folder: &std::path::Path, options: &str) -> (Vec<(u64, u64)>, Vec<u8>) {
        let input = "-f lavfi -i anoisesrc=d=100:r=44100:a=0.3";
        let half = "-af volume=volume='if(lt(t,50),0,1)':eval=frame";
        let (path, bytes) = ffmpeg_make(folder, "a.flac", &format!("{input} {half} -c:a flac {options}"));
        (frames(&path), bytes)
    }

    #[test]
    fn all_frames_are_found_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        // The second has frames of an uncommon length.
        for options in ["", "-frame_size 5000 -ac 2"] {
            let (expected, bytes) = make(folder.path(), options);
            assert!(expected.len() > 500);
            let source = Source::new(Box::new(Bytes::new(bytes.clone(), true)));
            let layout = Frames::read(&source).unwrap().unwrap();
            let found = layout.marks(&bytes, 0);
            let expected: Vec<Mark> = expected
                .iter()
                .map(|&(byte, sample)| Mark { byte, begins: clock::frames_to_time(sample, 44_100) })
                .collect();
            assert_eq!(found, expected, "{options}");
            assert_eq!(layout.first(), expected[0].byte);
        }
    }

    #[test]
    fn a_frame_is_found_by_a_few_looks_and_fewer_with_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let (frames, bytes) = make(folder.path(), "");
        let rate = 44_100.0;
        // A table of every hundredth frame, put behind the first block.
        let first = frames[0].0;
        let mut table = Vec::new();
        for (byte, sample) in frames.iter().step_by(100) {
            table.extend(sample.to_be_bytes());
            table.extend((byte - first).to_be_bytes());
            table.extend(4608_u16.to_be_bytes());
        }
        table.extend([0xFF; 8]);
        table.extend([0; 10]);
        let length = u32::try_from(table.len()).unwrap().to_be_bytes();
        let mut with_table = bytes[..42].to_vec();
        with_table.extend([SEEK_TABLE, length[1], length[2], length[3]]);
        with_table.extend(&table);
        with_table.extend(&bytes[42..]);
        let moved = table.len() as u64 + 4;
        for (bytes, moved, most) in [(bytes, 0, 700_000), (with_table, moved, 250_000)] {
            let file = Bytes::new(bytes, true);
            let count = Arc::clone(&file.count);
            let source = Source::new(Box::new(file));
            let layout = Frames::read(&source).unwrap().unwrap();
            let end = Mark { byte: u64::MAX, begins: Duration::from_secs(100) };
            for to in [10.0, 33.3, 49.0, 51.0, 77.7, 99.9] {
                let before = count.load(std::sync::atomic::Ordering::Relaxed);
                let found = find(&layout, Duration::from_secs_f64(to), end, &source).unwrap().unwrap();
                let (_, sample) = frames.iter().find(|(byte, _)| byte + moved == found).unwrap();
                let begins = *sample as f64 / rate;
                assert!(begins <= to && to < begins + 8.1, "{to} {begins}");
                let read = count.load(std::sync::atomic::Ordering::Relaxed) - before;
                assert!(read < most, "{to} cost {read} bytes");
            }
        }
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        // RFC 3629 section 7 for the first ones; the longest of RFC 9639 section 9.1.5 has 36 bits.
        for (bytes, expected) in [
            (&[0x24_u8][..], Some((0x24, 1))),
            (&[0xE6, 0x97, 0xA5], Some((0x65E5, 3))),
            (&[0xF0, 0xA3, 0x8E, 0xB4], Some((0x2_33B4, 4))),
            (&[0xFE, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF], Some((0xF_FFFF_FFFF, 7))),
            (&[0xFF, 0x80], None),
            (&[0x80], None),
            (&[0xE6, 0x97], None),
            (&[0xE6, 0x97, 0x25], None),
        ] {
            assert_eq!(coded_number(bytes), expected, "{bytes:x?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..600), at in 0_usize..500) {
            let mut bytes = bytes;
            if bytes.len() > at + 4 {
                bytes[at..at + 4].copy_from_slice(&[0xFF, 0xF8, 0xC9, 0x18]);
            }
            let source = Source::new(Box::new(Bytes::new([&MARKER[..], &bytes].concat(), true)));
            Frames::read(&source).unwrap();
            let info = [16, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0x0A, 0xC4, 0x40, 0xF0]
                .into_iter()
                .chain([0; 20])
                .collect::<Vec<u8>>();
            let layout =
                Frames::of(info.first_chunk().unwrap(), &bytes, [0xFF, 0xF8, 0xC9, 0x18], 3).unwrap();
            let end = Mark { byte: u64::MAX, begins: Duration::from_secs(100) };
            find(&layout, Duration::from_secs(50), end, &source).unwrap();
        }
    }
}
