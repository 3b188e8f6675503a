//! Where a place probably lies in a file whose frames are of many lengths and say nothing of their place: MP3 of variable
//! bit rate, and ADTS. The encoder's table tells it, or else it is where it would be if all of the file were alike.
//! Only a stream over the network is sought so: reading through is exact.

use symphonia::core::io::MediaSource as _;

use super::mp3_map::{Header, id3_length};
use super::source::Source;
use crate::audio::error::DecodeError;

/// Bytes to look at for a frame: the longest of AAC (ISO/IEC 13818-7 section 6.2.1) and some more.
const WINDOW: u64 = 24 << 10;

/// Frames that have to follow one another before they are believed.
const ROW: usize = 4;

/// Most entries of a table.
const MOST_ENTRIES: usize = 1 << 14;

/// The layout of a file.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    kind: Kind,
    /// Where the table begins to count.
    start: u64,
    /// Where the first frame of sound lies.
    first: u64,
    end: u64,
    table: Table,
    /// Samples in all, where they were counted better than the demuxer does.
    samples: Option<u64>,
}

/// What all frames have in common.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Mp3(Header),
    /// The fixed part of the header.
    Adts([u8; 4]),
}

#[derive(Clone, Debug)]
enum Table {
    /// All of it is alike.
    Even,
    /// Of every hundredth of the time, the byte in parts of 256 of the length (Xing).
    Percent(Box<[u8; 100]>),
    /// Bytes before every so many samples (VBRI), and whether they were not rounded.
    Steps { samples: u64, bytes: Vec<u64>, is_exact: bool },
}

/// Where to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Where a frame begins.
    pub(super) byte: u64,
    /// The first sample of it, counted with the encoder's delay.
    pub(super) sample: u64,
    /// Whether that is certain.
    pub(super) is_exact: bool,
}

impl Guess {
    /// Reads the layout of an MP3 file.
    pub(super) fn of_mp3(source: &Source) -> Result<Option<Self>, DecodeError> {
        let start = id3_length(&source.window(0, 10)?);
        let head = source.window(start, WINDOW)?;
        let (Some(header), Some(end)) = (Header::read(&head), source.byte_len()) else { return Ok(None) };
        let kind = Kind::Mp3(header);
        let mut guess = Self { kind, start, first: start, end, table: Table::Even, samples: None };
        if let Some(tag) = header.tag(&head, &[b"Xing", b"Info"]) {
            guess.first = start + header.length();
            if let Some((bytes, table)) = xing(tag) {
                guess.table = Table::Percent(table);
                guess.end = bytes.map_or(end, |bytes| start.saturating_add(bytes.into()).min(end));
            }
        } else if let Some(tag) = header.tag(&head, &[b"VBRI"]) {
            (guess.start, guess.first) = (start + header.length(), start + header.length());
            guess.table = vbri(tag, header.samples).unwrap_or(Table::Even);
        } else {
            // The demuxer judges by the first frames, which are often silence.
            let middle = source.window(start + end.saturating_sub(start) / 2, WINDOW)?;
            let (frames, bytes) = [head, middle].iter().map(|some| guess.average(some)).fold((0, 0), add);
            guess.samples = end
                .saturating_sub(start)
                .saturating_mul(frames)
                .checked_div(bytes)
                .map(|frames| frames.saturating_mul(header.samples));
        }
        Ok(Some(guess))
    }

    /// Reads the layout of an ADTS file.
    pub(super) fn of_adts(source: &Source) -> Result<Option<Self>, DecodeError> {
        let start = id3_length(&source.window(0, 10)?);
        let head = source.window(start, 4)?;
        let (Some(&[sync, fixed, rate, channels]), Some(end)) = (head.first_chunk::<4>(), source.byte_len())
        else {
            return Ok(None);
        };
        let is_adts = sync == 0xFF && fixed & 0xF6 == 0xF0;
        let kind = Kind::Adts([sync, fixed, rate, channels]);
        Ok(is_adts.then_some(Self { kind, start, first: start, end, table: Table::Even, samples: None }))
    }

    /// Where `sample` probably lies, if there are `samples` in all. Both are counted with the encoder's delay.
    pub(super) fn byte_of(&self, sample: u64, samples: u64) -> u64 {
        let samples = self.samples.unwrap_or(samples).max(1);
        let part = |of: u64| {
            u64::try_from(u128::from(of) * u128::from(sample.min(samples)) / u128::from(samples))
                .unwrap_or(of)
        };
        let byte = match &self.table {
            Table::Even => self.first + part(self.end.saturating_sub(self.first)),
            Table::Percent(table) => {
                let fine = part(100 << 16);
                let percent = usize::try_from(fine >> 16).unwrap_or(100).min(99);
                let (here, next) = (table[percent], table.get(percent + 1).map_or(256, |&next| next.into()));
                let rest = fine - ((percent as u64) << 16);
                let step = u64::from(u16::saturating_sub(next, here.into()));
                let place = (u64::from(here) << 16) + step * rest;
                let length = u128::from(self.end.saturating_sub(self.start));
                self.start + u64::try_from((length * u128::from(place)) >> 24).unwrap_or(0)
            }
            Table::Steps { samples, bytes, .. } => {
                let step = usize::try_from(sample / samples).unwrap_or(usize::MAX);
                self.start + bytes.get(step).or(bytes.last()).copied().unwrap_or(0)
            }
        };
        byte.clamp(self.first, self.end)
    }

    /// The frame at or behind the place where `sample` probably lies; `None` when there is none.
    pub(super) fn find(
        &self,
        sample: u64,
        samples: u64,
        source: &Source,
    ) -> Result<Option<Place>, DecodeError> {
        let byte = self.byte_of(sample, samples);
        let there = source.window(byte, WINDOW)?;
        let Some(off) = (0..there.len()).find(|&off| self.holds(there.get(off..).unwrap_or_default())) else {
            return Ok(None);
        };
        let (sample, is_exact) = match &self.table {
            Table::Steps { samples, is_exact, .. } => (sample / samples * samples, *is_exact && off == 0),
            _ => (sample / self.kind.samples() * self.kind.samples(), false),
        };
        Ok(Some(Place { byte: byte + off as u64, sample, is_exact }))
    }

    /// Whether a row of frames begins here.
    fn holds(&self, bytes: &[u8]) -> bool {
        let mut at = 0;
        (0..ROW).all(|_| {
            let length = bytes.get(at..).and_then(|bytes| self.kind.length(bytes));
            at += length.unwrap_or(0);
            length.is_some()
        })
    }

    /// How many frames there are in a stretch, and how many bytes they take.
    fn average(&self, bytes: &[u8]) -> (u64, u64) {
        let mut at =
            (0..bytes.len()).find(|&at| self.holds(bytes.get(at..).unwrap_or_default())).unwrap_or(0);
        let (begin, mut frames) = (at, 0);
        while let Some(length) = bytes.get(at..).and_then(|bytes| self.kind.length(bytes)) {
            (at, frames) = (at + length, frames + 1);
        }
        (frames, (at - begin) as u64)
    }
}

fn add(a: (u64, u64), b: (u64, u64)) -> (u64, u64) {
    (a.0 + b.0, a.1 + b.1)
}

impl Kind {
    /// The length of the frame that begins here, if one does.
    fn length(self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Mp3(first) => {
                let header = Header::read(bytes).filter(|header| header.is_akin(&first))?;
                usize::try_from(header.length()).ok()
            }
            Self::Adts(first) => {
                let head = bytes.first_chunk::<6>()?;
                let is_akin = head[..3] == first[..3] && head[3] & 0xF0 == first[3] & 0xF0;
                let high = usize::from(head[3] & 3) << 11;
                let length = high | usize::from(head[4]) << 3 | usize::from(head[5] >> 5);
                (is_akin && length > 7).then_some(length)
            }
        }
    }

    /// Samples in a frame.
    fn samples(self) -> u64 {
        match self {
            Self::Mp3(header) => header.samples,
            Self::Adts(_) => 1024,
        }
    }
}

fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

fn read_u16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
}

/// Bytes of the stream and the table of places, from the tag's name on.
fn xing(tag: &[u8]) -> Option<(Option<u32>, Box<[u8; 100]>)> {
    let flags = read_u32(tag, 4)?;
    let at = 8 + if flags & 1 == 0 { 0 } else { 4 };
    let bytes = if flags & 2 == 0 { None } else { read_u32(tag, at).filter(|&bytes| bytes > 0) };
    let at = at + if flags & 2 == 0 { 0 } else { 4 };
    let table = tag.get(at..)?.first_chunk::<100>().filter(|table| flags & 4 != 0 && table.is_sorted())?;
    Some((bytes, Box::new(*table)))
}

/// The table of places, from the tag's name on. It counts from behind the frame that holds the tag.
fn vbri(tag: &[u8], samples: u64) -> Option<Table> {
    let (entries, scale) = (usize::from(read_u16(tag, 18)?), u64::from(read_u16(tag, 20)?));
    let (width, frames) = (usize::from(read_u16(tag, 22)?), u64::from(read_u16(tag, 24)?));
    if entries == 0 || entries > MOST_ENTRIES || scale == 0 || !(1..=4).contains(&width) || frames == 0 {
        return None;
    }
    let table = tag.get(26..)?.get(..entries * width)?;
    let mut bytes = vec![0];
    for entry in table.chunks_exact(width) {
        let length = entry.iter().fold(0, |length, &byte| length << 8 | u64::from(byte));
        bytes.push(bytes.last().copied().unwrap_or(0) + length * scale);
    }
    Some(Table::Steps { samples: frames * samples, bytes, is_exact: scale == 1 })
}
