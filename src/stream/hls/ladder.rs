//! The variants of one master playlist that may stand in for each other while they play.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::date::dates;
use super::playlist::MediaPlaylist;

/// Seconds by which two lists may differ about where a segment begins: less than half a frame of AAC.
const TOLERANCE: f64 = 0.01;

/// Seconds by which the dates of the same moment may differ.
const DATE_TOLERANCE: f64 = 0.25;

/// One variant.
#[derive(Clone, Debug)]
pub(super) struct Rung {
    /// Bits a second.
    pub rate: u64,
    /// Where its playlist is.
    pub address: Url,
    /// Its playlist, where that was fetched and will not change.
    pub playlist: Option<Arc<MediaPlaylist>>,
}

/// Variants of the same codec, lowest first; empty when the listener has chosen one for good.
#[derive(Clone, Debug, Default)]
pub(super) struct Ladder {
    /// The variants, lowest first.
    pub rungs: Vec<Rung>,
    /// When the variant was last changed, by the meter's clock.
    pub switched_at: Option<Duration>,
    /// Those that once did not join. It may have been what was before them.
    doubted: Vec<Url>,
}

impl Ladder {
    /// These rungs, lowest first.
    pub(super) fn new(rungs: Vec<Rung>) -> Self {
        Self { rungs, ..Self::default() }
    }

    /// The rung whose playlist is at `address`, unless there is nothing to choose between.
    pub(super) fn position(&self, address: &Url) -> Option<usize> {
        if self.rungs.len() < 2 {
            return None;
        }
        self.rungs.iter().position(|rung| rung.address == *address)
    }

    /// Bits a second of each, lowest first.
    pub(super) fn rates(&self) -> Vec<u64> {
        self.rungs.iter().map(|rung| rung.rate).collect()
    }

    /// The same with only those variants that `is_meant`.
    pub(super) fn only(&self, is_meant: impl Fn(&Url) -> bool) -> Self {
        let rungs = self.rungs.iter().filter(|rung| is_meant(&rung.address)).cloned().collect();
        Self { rungs, switched_at: self.switched_at, doubted: self.doubted.clone() }
    }

    /// A variant did not join: once may be the fault of what was before it, twice is its own. Whether it is kept.
    pub(super) fn doubt(&mut self, address: &Url) -> bool {
        if self.doubted.contains(address) {
            self.without(address);
            return false;
        }
        self.doubted.push(address.clone());
        true
    }

    /// Does without a variant that turned out not to fit.
    pub(super) fn without(&mut self, address: &Url) {
        self.rungs.retain(|rung| rung.address != *address);
    }
}

/// Index in `other` of the segment that holds the same sound as segment `index` of `list`, if both lists
/// are cut alike there (RFC 8216 section 6.2.4).
pub(super) fn same_place(list: &MediaPlaylist, index: usize, other: &MediaPlaylist) -> Option<usize> {
    let segment = list.segments.get(index)?;
    let found = if list.is_complete() && other.is_complete() {
        let wanted = start_of(list, index);
        let mut start = 0.0;
        other.segments.iter().position(|segment| {
            let is_here = (start - wanted).abs() < TOLERANCE;
            start += segment.duration;
            is_here
        })?
    } else {
        live_place(list, segment.sequence, other)?
    };
    let same = &other.segments[found];
    let fits = !same.gap
        && same.discontinuity == segment.discontinuity
        && (list.is_complete() || (same.duration - segment.duration).abs() < TOLERANCE)
        && discontinuities(list, index) == discontinuities(other, found);
    fits.then_some(found)
}

/// Index in `other` of the segment of a live stream that goes on where number `sequence` of `list` begins. Lists do not begin
/// at the same moment, but number their segments alike; where they say when they were recorded, that counts.
pub(super) fn live_place(list: &MediaPlaylist, sequence: u64, other: &MediaPlaylist) -> Option<usize> {
    let by_number = other.segments.iter().position(|found| found.sequence == sequence);
    let first = list.segments.first().map_or(0, |segment| segment.sequence);
    let index = usize::try_from(sequence.checked_sub(first)?).ok()?;
    let (wanted, found) = (dates(list).get(index).copied().flatten(), dates(other));
    let is_here = |date: &Option<f64>| match (wanted, date) {
        (Some(wanted), Some(date)) => Some((wanted - date).abs() < DATE_TOLERANCE),
        _ => None,
    };
    match by_number.and_then(|index| is_here(found.get(index)?)) {
        // They are numbered differently, or that one is not there.
        Some(false) => {}
        Some(true) => return by_number,
        None if by_number.is_some() => return by_number,
        None => {}
    }
    let by_date = found.iter().position(|date| is_here(date) == Some(true))?;
    (by_date < other.segments.len()).then_some(by_date)
}

fn start_of(list: &MediaPlaylist, index: usize) -> f64 {
    list.segments.iter().take(index).map(|segment| segment.duration).sum()
}

fn discontinuities(list: &MediaPlaylist, index: usize) -> u64 {
    let count = list.segments.iter().take(index + 1).filter(|segment| segment.discontinuity).count();
    list.discontinuity_sequence.saturating_add(count as u64)
}

#[cfg(test)]
mod tests {
    use super::super::playlist::{Playlist, parse};
    use super::*;

    fn list(lines: &str) -> MediaPlaylist {
        let text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:5\n{lines}");
        match parse(text.as_bytes(), &"http://h.example/".parse().unwrap()).unwrap() {
            Playlist::Media(list) => list,
            Playlist::Master(_) => panic!("{lines} is a master playlist"),
        }
    }

    fn check(list_of: &str, index: usize, other: &str, expected: Option<usize>) {
        assert_eq!(
            same_place(&list(list_of), index, &list(other)),
            expected,
            "{index} of {list_of} in {other}"
        );
    }

    #[test]
    fn a_variant_is_given_up_when_it_does_not_join_twice() {
        let address: Url = "http://h.example/a".parse().unwrap();
        let other: Url = "http://h.example/b".parse().unwrap();
        let rung = |address: &Url| Rung { rate: 1, address: address.clone(), playlist: None };
        let mut ladder = Ladder::new(vec![rung(&address), rung(&other)]);
        assert!(ladder.doubt(&address) && ladder.doubt(&other) && ladder.position(&address) == Some(0));
        assert!(!ladder.only(|_| true).doubt(&address));
        assert!(!ladder.doubt(&address) && ladder.rungs.len() == 1);
    }

    #[test]
    fn complete_lists_are_aligned_by_time() {
        let four = "#EXTINF:4,\na\n#EXTINF:4,\nb\n#EXTINF:4,\nc\n#EXT-X-ENDLIST\n";
        let two = "#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:8,\na\n#EXTINF:4.004,\nb\n#EXT-X-ENDLIST\n";
        check(four, 2, four, Some(2));
        check(four, 2, two, Some(1));
        check(four, 1, two, None);
        check(four, 0, two, Some(0));
        check(four, 3, two, None);
        check(four, 1, &four.replacen("4,", "4.011,", 1), None);
        check(four, 1, &four.replacen("4,", "4.009,", 1), Some(1));
    }

    #[test]
    fn growing_lists_are_aligned_by_number() {
        let early = "#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:4,\na\n#EXTINF:4,\nb\n";
        let late = "#EXT-X-MEDIA-SEQUENCE:8\n#EXTINF:4,\na\n#EXTINF:5,\nb\n";
        check(early, 1, late, Some(0));
        check(early, 0, late, None);
        check(late, 1, &late.replace("5,", "4,"), None);
    }

    #[test]
    fn growing_lists_that_are_numbered_differently_are_aligned_by_date() {
        let of = |first: u64, at: u64, count: usize| {
            let mut lines = format!(
                "#EXT-X-MEDIA-SEQUENCE:{first}\n#EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:{at:02}.000Z\n"
            );
            lines.extend(["#EXTINF:4,\na\n"].repeat(count));
            lines
        };
        check(&of(7, 0, 3), 1, &of(7, 0, 3), Some(1));
        // The same numbers, other moments; other numbers, the same moments.
        check(&of(7, 0, 3), 2, &of(7, 4, 3), Some(1));
        check(&of(7, 0, 3), 0, &of(7, 4, 3), None);
        check(&of(7, 0, 3), 2, &of(100, 8, 3), Some(0));
        check(&of(7, 0, 3), 0, &of(100, 2, 3), None);
        // Where one of them has no date, the number has to do.
        let undated = "#EXT-X-MEDIA-SEQUENCE:8\n#EXTINF:4,\na\n#EXTINF:4,\nb\n";
        check(&of(7, 0, 3), 1, undated, Some(0));
        // What is to come next.
        let (early, late) = (list(&of(7, 0, 3)), list(&of(50, 8, 3)));
        assert_eq!(live_place(&early, 10, &late), Some(1));
    }

    #[test]
    fn discontinuities_have_to_agree() {
        let cut = "#EXTINF:4,\na\n#EXT-X-DISCONTINUITY\n#EXTINF:4,\nb\n#EXTINF:4,\nc\n#EXT-X-ENDLIST\n";
        let whole = cut.replace("#EXT-X-DISCONTINUITY\n", "");
        check(cut, 1, cut, Some(1));
        check(cut, 1, &whole, None);
        check(cut, 2, &whole, None);
        check(cut, 2, &format!("#EXT-X-DISCONTINUITY-SEQUENCE:1\n{whole}"), Some(2));
        check(&whole, 1, &whole.replace("#EXTINF:4,\nb", "#EXT-X-GAP\n#EXTINF:4,\nb"), None);
    }
}
