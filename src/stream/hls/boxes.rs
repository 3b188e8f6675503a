//! Fragments of MP4 (ISO/IEC 14496-12 sections 4.2 and 8.8): whether a segment is whole, and which time it is of. Does
//! not look at the sound itself.

/// Bytes before the content of a box.
const HEAD: usize = 8;

/// The fragments of one track in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Number of the track.
    pub track: u32,
    /// When its first sample begins, in the units of the track.
    pub begins: u64,
    /// When its last sample ends; `None` where the segment does not say how long its samples are.
    pub ends: Option<u64>,
    /// What the sum of durations may be off by: half a sample, or what rounding each duration adds up to.
    tolerance: u64,
}

/// The tracks of a segment that say their time. `None` when its boxes do not add up to it, or name bytes that are not
/// in it: a demuxer would lose its way.
pub(super) fn spans(segment: &[u8]) -> Option<Vec<Span>> {
    let (mut rest, mut spans) = (segment, Vec::new());
    let (mut has_data, mut has_map) = (false, false);
    // What cannot be a box is passed over at the end.
    while rest.len() >= HEAD {
        let (name, content, behind) = split(rest)?;
        if name == b"moof" {
            fragment(content, rest, &mut spans)?;
        }
        has_data |= name == b"mdat";
        has_map |= name == b"moof" || name == b"moov";
        rest = behind;
    }
    // Without either it is merely empty, as the last one of a list may be.
    (has_map || !has_data).then_some(spans)
}

/// Whether there is anything to decode in a segment.
pub(super) fn has_fragment(mut segment: &[u8]) -> bool {
    while let Some((name, _, behind)) = split(segment) {
        if name == b"moof" || name == b"moov" {
            return true;
        }
        segment = behind;
    }
    false
}

/// Whether a segment begins where the one before it ended; where no track tells, it may. A packager that gives every segment
/// the same time tells nothing.
pub(super) fn goes_on(before: &[Span], now: &[Span]) -> bool {
    let mut told = before.iter().filter_map(|span| {
        let next = now.iter().find(|next| next.track == span.track && next.begins != span.begins)?;
        Some(span.ends?.abs_diff(next.begins) <= span.tolerance.max(next.tolerance))
    });
    // Where one track goes on they all do: what is compared is when each is played.
    told.next().is_none_or(|first| first || told.any(|goes_on| goes_on))
}

/// The name and content of the first box, and what is behind it.
fn split(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let name = rest.first_chunk::<4>()?;
    let (head, length) = match u32::from_be_bytes(*length) {
        // Up to the end.
        0 => (HEAD, bytes.len()),
        1 => (16, usize::try_from(u64::from_be_bytes(*bytes.get(HEAD..)?.first_chunk()?)).ok()?),
        length => (HEAD, usize::try_from(length).ok()?),
    };
    Some((name, bytes.get(head..length)?, bytes.get(length..)?))
}

/// Every box in `bytes`; `None` when they do not fill it.
fn children<'a>(
    mut bytes: &'a [u8],
    mut each: impl FnMut(&'a [u8; 4], &'a [u8]) -> Option<()>,
) -> Option<()> {
    while !bytes.is_empty() {
        let (name, content, behind) = split(bytes)?;
        each(name, content)?;
        bytes = behind;
    }
    Some(())
}

/// Reads a `moof`; `from` is the segment from its first byte on, from which its offsets count.
fn fragment(content: &[u8], from: &[u8], spans: &mut Vec<Span>) -> Option<()> {
    children(content, |name, content| match name {
        b"traf" => track(content, from.len() as u64, spans),
        _ => Some(()),
    })
}

fn track(content: &[u8], room: u64, spans: &mut Vec<Span>) -> Option<()> {
    let (mut defaults, mut begins, mut all) = (None, None, Runs::default());
    children(content, |name, content| {
        match name {
            b"tfhd" => defaults = Some(Defaults::read(content)?),
            b"tfdt" => begins = Some(decode_time(content)?),
            b"trun" => all.add(content, defaults.as_ref()?, room)?,
            _ => {}
        }
        Some(())
    })?;
    let (Some(defaults), Some(begins)) = (defaults, begins) else { return Some(()) };
    let ends = all.duration.and_then(|duration| begins.checked_add(duration));
    let tolerance = (u64::from(all.longest) / 2).max(all.samples / 2);
    match spans.iter_mut().find(|span| span.track == defaults.track) {
        Some(span) => (span.ends, span.tolerance) = (ends, span.tolerance.max(tolerance)),
        None => spans.push(Span { track: defaults.track, begins, ends, tolerance }),
    }
    Some(())
}

/// What holds for all samples of a track in a fragment (section 8.8.7).
struct Defaults {
    track: u32,
    /// Whether offsets count from the `moof`.
    is_relative: bool,
    duration: Option<u32>,
    size: Option<u32>,
}

impl Defaults {
    fn read(mut content: &[u8]) -> Option<Self> {
        let flags = word(&mut content)?;
        let track = word(&mut content)?;
        let is_relative = flags & 0x01 == 0;
        if !is_relative {
            word(&mut content)?;
            word(&mut content)?;
        }
        let mut optional = |flag: u32| match flags & flag {
            0 => Some(None),
            _ => Some(Some(word(&mut content)?)),
        };
        let _description = optional(0x02)?;
        Some(Self { track, is_relative, duration: optional(0x08)?, size: optional(0x10)? })
    }
}

/// What the runs of a track add up to (section 8.8.8).
struct Runs {
    samples: u64,
    /// `None` once a run does not say how long its samples are.
    duration: Option<u64>,
    longest: u32,
    /// Where the next run's bytes begin, counted from the `moof`.
    place: Option<u64>,
}

impl Default for Runs {
    fn default() -> Self {
        Self { samples: 0, duration: Some(0), longest: 0, place: None }
    }
}

impl Runs {
    /// Adds a `trun`; `None` when it is cut short or names bytes beyond `room`.
    fn add(&mut self, mut content: &[u8], defaults: &Defaults, room: u64) -> Option<()> {
        let flags = word(&mut content)?;
        let count = word(&mut content)?;
        if flags & 0x01 != 0 {
            // A signed number; what lies before the fragment is none of its data.
            self.place = Some(u64::from(word(&mut content)?)).filter(|_| defaults.is_relative);
        }
        if flags & 0x04 != 0 {
            word(&mut content)?;
        }
        let (has_duration, has_size) = (flags & 0x100 != 0, flags & 0x200 != 0);
        let others = usize::from(flags & 0x400 != 0) + usize::from(flags & 0x800 != 0);
        let words = usize::from(has_duration) + usize::from(has_size) + others;
        let table = usize::try_from(count).ok()?.checked_mul(words * 4)?;
        let mut table = content.get(..table)?;
        let (mut duration, mut bytes) = (0_u64, 0_u64);
        for _ in 0..if words == 0 { 0 } else { count } {
            if has_duration {
                let one = word(&mut table)?;
                duration = duration.saturating_add(one.into());
                self.longest = self.longest.max(one);
            }
            if has_size {
                bytes = bytes.saturating_add(word(&mut table)?.into());
            }
            table = table.get(others * 4..)?;
        }
        if !has_duration {
            let each = defaults.duration;
            self.longest = self.longest.max(each.unwrap_or(0));
            self.duration = self
                .duration
                .and_then(|sum| Some((sum, u64::from(each?) * u64::from(count))))
                .map(|(sum, more)| sum.saturating_add(more));
        } else if let Some(sum) = &mut self.duration {
            *sum = sum.saturating_add(duration);
        }
        if !has_size {
            bytes = u64::from(defaults.size.unwrap_or(0)) * u64::from(count);
        }
        self.samples = self.samples.saturating_add(count.into());
        if let Some(place) = &mut self.place {
            *place = place.saturating_add(bytes);
            if *place > room {
                return None;
            }
        }
        Some(())
    }
}

/// When the first sample of a fragment is decoded (section 8.8.12).
fn decode_time(mut content: &[u8]) -> Option<u64> {
    let version = word(&mut content)? >> 24;
    let first = word(&mut content)?;
    if version == 0 {
        Some(first.into())
    } else {
        Some(u64::from(first) << 32 | u64::from(word(&mut content)?))
    }
}

fn word(bytes: &mut &[u8]) -> Option<u32> {
    let (word, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_be_bytes(*word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bundled(number: u8) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/hls/harbour-lights");
        std::fs::read(format!("{folder}/seg00{number}.m4s")).unwrap()
    }

    fn place(segment: &[u8], name: [u8; 4]) -> usize {
        segment.windows(4).position(|found| found == name).unwrap()
    }

    #[test]
    fn bundled_segments_are_whole_and_go_on_where_the_one_before_ended() {
        let all: Vec<_> = (0..6).map(|number| spans(&bundled(number)).unwrap()).collect();
        for (number, pair) in all.windows(2).enumerate() {
            assert!(goes_on(&pair[0], &pair[1]), "{number}: {pair:?}");
            assert!(!goes_on(&pair[1], &pair[0]), "{number}: back");
            assert!(goes_on(&pair[0], &pair[0]), "{number}: the same time tells nothing");
        }
        assert!(!goes_on(&all[0], &all[2]));
        assert!(goes_on(&[], &all[0]) && goes_on(&all[0], &[]), "nothing tells");
    }

    #[test]
    fn what_is_cut_or_spoilt_is_noticed() {
        let whole = bundled(1);
        for cut in [1, 8, 1000, whole.len() / 2, whole.len() - 9] {
            assert_eq!(spans(&whole[..whole.len() - cut]), None, "without its last {cut} bytes");
        }
        let check = |at: usize, value: u8, what: &str| {
            let mut spoilt = whole.clone();
            assert_ne!(spoilt[at], value);
            spoilt[at] = value;
            assert_eq!(spans(&spoilt), None, "{what}");
        };
        for name in [*b"moof", *b"mfhd", *b"traf", *b"tfhd", *b"tfdt", *b"trun", *b"mdat"] {
            check(place(&whole, name) - 4, 0x7f, &format!("the length of {name:?}"));
            check(place(&whole, name) - 1, 2, &format!("the length of {name:?}"));
        }
        check(place(&whole, *b"trun") + 9, 0xff, "how many samples");
        // The first byte of the first sample's size or duration, and of the offset of the data.
        check(place(&whole, *b"trun") + 12, 0x7f, "where the samples are");
    }

    proptest! {
        #[test]
        fn nothing_panics(flips in prop::collection::vec((0_usize..3000, any::<u8>()), 0..8), end in 0_usize..4000) {
            let mut bytes = bundled(1);
            for (at, value) in flips {
                bytes[at] = value;
            }
            let _ = spans(&bytes);
            let _ = spans(&bytes[..end.min(bytes.len())]);
        }
    }
}
