//! The cue sheet that FLAC files can hold as a block of their own (RFC 9639, section 8.7): where tracks begin, without names.

use std::io::{Read, Seek, SeekFrom};
use std::time::Duration;

use super::cue_sheet::{Sheet, SheetFile, SheetTrack};

/// Metadata blocks that are passed over at most.
const MAX_BLOCKS: usize = 1024;

/// Largest cue sheet: the header, and 254 tracks with 100 indices each.
const MAX_SHEET_BYTES: u32 = 396 + 254 * (36 + 100 * 12);

const STREAMINFO: u8 = 0;
const CUESHEET: u8 = 5;
const INVALID: u8 = 127;

/// Before the tracks: a catalogue number of 128 bytes, 8 of lead-in, 259 of flags, and how many tracks there are.
const HEADER_BYTES: usize = 396;

/// Numbers of the track that only tells where the last one ends: on compact discs, and elsewhere.
const LEAD_OUT: [u8; 2] = [170, 255];

/// The sheet of a file that is at its beginning; `None` where it has none, or none that makes sense.
pub(super) fn read(file: &mut (impl Read + Seek)) -> Option<Sheet> {
    let mut magic = [0; 4];
    file.read_exact(&mut magic).ok()?;
    if magic.starts_with(b"ID3") {
        // A tag of another format before it (ID3v2.4.0, section 3.1): its size is in four times seven bits.
        let mut rest = [0; 6];
        file.read_exact(&mut rest).ok()?;
        let [_, flags, size @ ..] = rest;
        let size = size.iter().fold(0_i64, |size, byte| (size << 7) | i64::from(byte & 0x7f));
        let footer = if flags & 0x10 > 0 { 10 } else { 0 };
        file.seek(SeekFrom::Current(size + footer)).ok()?;
        file.read_exact(&mut magic).ok()?;
    }
    if magic != *b"fLaC" {
        return None;
    }
    let mut rate = None;
    for _ in 0..MAX_BLOCKS {
        let mut header = [0; 4];
        file.read_exact(&mut header).ok()?;
        let [kind, size @ ..] = header;
        let size = size.iter().fold(0, |size, byte| (size << 8) | u32::from(*byte));
        match kind & 0x7f {
            STREAMINFO => {
                let mut info = [0; 34];
                file.read_exact(&mut info).ok()?;
                file.seek(SeekFrom::Current(i64::from(size) - 34)).ok()?;
                // 20 bits behind ten bytes.
                rate = Some(
                    (u64::from(info[10]) << 12) | (u64::from(info[11]) << 4) | (u64::from(info[12]) >> 4),
                );
            }
            CUESHEET if size <= MAX_SHEET_BYTES => {
                let mut block = vec![0; size as usize];
                file.read_exact(&mut block).ok()?;
                return sheet(&block, rate.filter(|rate| *rate > 0)?);
            }
            INVALID => return None,
            _ => {
                file.seek(SeekFrom::Current(i64::from(size))).ok()?;
            }
        }
        if kind & 0x80 > 0 {
            return None;
        }
    }
    None
}

fn sheet(block: &[u8], rate: u64) -> Option<Sheet> {
    let (header, mut rest) = block.split_at_checked(HEADER_BYTES)?;
    let count = *header.last()?;
    let mut tracks: Vec<SheetTrack> = Vec::new();
    let mut end = None;
    for _ in 0..count {
        // Where it begins, its number, its ISRC, whether it is no sound and more, and how many indices it has.
        let (offset, number, isrc, flags, indices);
        (offset, rest) = number_of(rest)?;
        (number, rest) = rest.split_first()?;
        (isrc, rest) = rest.split_at_checked(12)?;
        (flags, rest) = rest.split_at_checked(14)?;
        (indices, rest) = rest.split_first()?;
        let mut first = None;
        for _ in 0..*indices {
            let (place, point);
            (place, rest) = number_of(rest)?;
            (point, rest) = rest.split_at_checked(4)?;
            if point.first() == Some(&1) {
                first = Some(place);
            }
        }
        let start = time_of(offset.checked_add(first.unwrap_or(0))?, rate)?;
        if LEAD_OUT.contains(number) {
            end = Some(start);
            break;
        }
        if tracks.last().is_some_and(|before| start <= before.start) {
            return None;
        }
        let is_data = flags.first().is_some_and(|flags| flags & 0x80 > 0);
        tracks.push(SheetTrack::at(u32::from(*number), isrc_of(isrc), start, is_data));
    }
    let ends: Vec<_> = tracks.iter().skip(1).map(|next| next.start).chain(end).collect();
    // Where the last one ends, the file does; it may be a little longer than the sheet says.
    let last = tracks.len().saturating_sub(1);
    for (at, (track, end)) in tracks.iter_mut().zip(ends).enumerate() {
        track.end = Some(end).filter(|_| at < last);
    }
    tracks.retain(SheetTrack::is_sound);
    Some(Sheet { files: vec![SheetFile { name: String::new(), tracks }], ..Sheet::default() })
}

/// Eight bytes, the highest first.
fn number_of(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u64::from_be_bytes(*number), rest))
}

fn time_of(samples: u64, rate: u64) -> Option<Duration> {
    let nanos = u128::from(samples) * 1_000_000_000 / u128::from(rate);
    u64::try_from(nanos).ok().map(Duration::from_nanos)
}

fn isrc_of(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.bytes().all(|byte| byte.is_ascii_alphanumeric()).then(|| text.to_ascii_uppercase())
}
