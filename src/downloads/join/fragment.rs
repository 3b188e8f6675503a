//! Reads fragmented MP4 (ISO/IEC 14496-12 section 8.8): what the track of sound is, and its samples.

use super::mp4::Track;

/// Place, size and duration of each sample.
type Samples = Vec<(usize, usize, u32)>;

/// Name, place and content of each box.
type Boxes<'a> = Vec<(&'a [u8; 4], usize, &'a [u8])>;

/// The track of sound, as the initialisation section tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub track: Track,
    id: u32,
    duration: u32,
    size: u32,
}

/// The boxes that lie one behind the other in `bytes`: name, where the box begins, content.
fn boxes(bytes: &[u8]) -> Boxes<'_> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some((head, rest)) = bytes.get(at..).and_then(|rest| rest.split_first_chunk::<8>()) {
        let [a, b, c, d, ..] = *head;
        let (skip, length) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (8, bytes.len() - at),
            1 => match rest.first_chunk::<8>().map(|long| usize::try_from(u64::from_be_bytes(*long))) {
                Some(Ok(length)) => (16, length),
                _ => break,
            },
            length => (8, length as usize),
        };
        let name = head.last_chunk::<4>().unwrap_or(b"    ");
        let end = at.checked_add(length).filter(|end| length >= skip && *end <= bytes.len());
        let Some(end) = end else { break };
        found.push((name, at, bytes.get(at + skip..end).unwrap_or_default()));
        at = end;
    }
    found
}

/// The content of the box at the end of a path of names.
fn find<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    let (first, rest) = path.split_first()?;
    let content = boxes(bytes).into_iter().find(|(name, _, _)| name == first)?.2;
    if rest.is_empty() { Some(content) } else { find(content, rest) }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn long_number(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

impl Section {
    /// Reads it off the bytes that hold `moov`.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let moov = find(bytes, &[b"moov"]).ok_or("it has no initialisation section")?;
        let is_sound =
            |trak: &&[u8]| find(trak, &[b"mdia", b"hdlr"]).and_then(|hdlr| hdlr.get(8..12)) == Some(b"soun");
        let traks = boxes(moov).into_iter().filter(|(name, _, _)| *name == b"trak").map(|(_, _, trak)| trak);
        let trak = traks.into_iter().find(is_sound).ok_or("it has no track of sound")?;
        Self::of_track(moov, trak).ok_or("its initialisation section is damaged")?
    }

    fn of_track(moov: &[u8], trak: &[u8]) -> Option<Result<Self, &'static str>> {
        // Version 1 has long times before what is wanted.
        let behind_times = |content: &[u8]| if content.first() == Some(&1) { 20 } else { 12 };
        let tkhd = find(trak, &[b"tkhd"])?;
        let id = number(tkhd, behind_times(tkhd))?;
        let mdhd = find(trak, &[b"mdia", b"mdhd"])?;
        let timescale = number(mdhd, behind_times(mdhd)).filter(|scale| *scale > 0)?;
        let mvhd = find(moov, &[b"mvhd"])?;
        let movie_scale = number(mvhd, behind_times(mvhd)).filter(|scale| *scale > 0)?;
        let stbl = find(trak, &[b"mdia", b"minf", b"stbl"])?;
        let stsd = find(stbl, &[b"stsd"])?;
        let entries = boxes(stsd.get(8..)?);
        if entries.len() != 1 {
            return Some(Err("its sound is of several kinds"));
        }
        if entries.iter().any(|(name, _, _)| *name == b"enca") {
            return Some(Err("it is encrypted (copy protection)"));
        }
        let edit = find(trak, &[b"edts", b"elst"]).and_then(|list| edit(list, timescale, movie_scale));
        let trexes = find(moov, &[b"mvex"]).map(boxes).unwrap_or_default();
        let trex = trexes.iter().find(|(name, _, trex)| *name == b"trex" && number(trex, 4) == Some(id));
        let (duration, size) = trex
            .map_or((0, 0), |(_, _, trex)| (number(trex, 12).unwrap_or(0), number(trex, 16).unwrap_or(0)));
        let stsd = super::mp4::boxed(*b"stsd", &[stsd]);
        Some(Ok(Self { track: Track { timescale, stsd, edit }, id, duration, size }))
    }

    /// Hands every sample of sound of the fragments in `bytes` to `on`, with its duration.
    pub(super) fn samples<E>(
        &self,
        bytes: &[u8],
        mut on: impl FnMut(&[u8], u32) -> Result<(), E>,
    ) -> Result<Result<(), E>, &'static str> {
        let mut found = false;
        for (name, start, moof) in boxes(bytes) {
            if name != b"moof" {
                continue;
            }
            for (_, _, traf) in boxes(moof).into_iter().filter(|(name, _, _)| *name == b"traf") {
                let runs = self.runs(traf, start).ok_or("one of its fragments is damaged")?;
                for (place, size, duration) in runs? {
                    let sample = place.checked_add(size).and_then(|end| bytes.get(place..end));
                    if let Err(error) = on(sample.ok_or("one of its fragments is cut off")?, duration) {
                        return Ok(Err(error));
                    }
                    found = true;
                }
            }
        }
        if found { Ok(Ok(())) } else { Err("it holds no fragment with sound") }
    }

    /// Place, size and duration of each sample of a fragment that begins at `start`.
    fn runs(&self, traf: &[u8], start: usize) -> Option<Result<Samples, &'static str>> {
        let tfhd = find(traf, &[b"tfhd"])?;
        if number(tfhd, 4)? != self.id {
            return Some(Ok(Vec::new()));
        }
        let flags = number(tfhd, 0)?;
        if flags & 1 != 0 {
            return Some(Err("its fragments count from the beginning of another file"));
        }
        let mut at = 8 + if flags & 2 == 0 { 0 } else { 4 };
        let mut default = |bit: u32, otherwise: u32| {
            if flags & bit == 0 {
                return Some(otherwise);
            }
            at += 4;
            number(tfhd, at - 4)
        };
        let (duration, size) = (default(8, self.duration)?, default(0x10, self.size)?);
        let (mut samples, mut place) = (Vec::new(), start);
        for (_, _, trun) in boxes(traf).into_iter().filter(|(name, _, _)| *name == b"trun") {
            let (flags, count) = (number(trun, 0)?, number(trun, 4)?);
            let mut at = 8;
            let mut field = |bit: u32| {
                let value = if flags & bit == 0 { None } else { Some(number(trun, at)?) };
                at += if value.is_some() { 4 } else { 0 };
                Some(value)
            };
            if let Some(offset) = field(1)? {
                place = start.checked_add_signed(isize::try_from(offset.cast_signed()).ok()?)?;
            }
            field(4)?;
            for _ in 0..count {
                let (duration, size) = (field(0x100)?.unwrap_or(duration), field(0x200)?.unwrap_or(size));
                field(0x400)?;
                field(0x800)?;
                let size = usize::try_from(size).ok()?;
                // No sample is empty, so the count cannot be larger than the file.
                if size == 0 {
                    return None;
                }
                samples.push((place, size, duration));
                place = place.checked_add(size)?;
                if samples.len() > 10_000_000 {
                    return None;
                }
            }
        }
        Some(Ok(samples))
    }
}

/// Where what is to be heard begins, and how long it is where the list knows; in units of the track.
fn edit(list: &[u8], timescale: u32, movie_scale: u32) -> Option<(u64, Option<u64>)> {
    let is_long = list.first() == Some(&1);
    let count = number(list, 4)?.min(16);
    let each = if is_long { 20 } else { 12 };
    (0..count as usize).find_map(|row| {
        let at = 8 + row * each;
        let (length, from) = if is_long {
            (long_number(list, at)?, long_number(list, at + 8)?.cast_signed())
        } else {
            (u64::from(number(list, at)?), i64::from(number(list, at + 4)?.cast_signed()))
        };
        // An empty edit waits and plays nothing.
        let from = u64::try_from(from).ok()?;
        let length = u128::from(length) * u128::from(timescale) / u128::from(movie_scale);
        Some((from, u64::try_from(length).ok().filter(|length| *length > 0)))
    })
}
