//! Which bytes of a whole are there.

/// Most stretches that are remembered; a listener who seeks all over a file leaves some dozens.
const MAX_RANGES: usize = 1024;

/// Stretches `start..end`, in order, none touching another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::stream) struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    /// Reads what [`std::fmt::Display`] wrote; `None` when it is anything else, or goes beyond `total`.
    pub(in crate::stream) fn parse(text: &str, total: u64) -> Option<Self> {
        let mut ranges = Self::default();
        for part in text.split_ascii_whitespace() {
            let (start, end) = part.split_once('-')?;
            let (start, end) = (start.parse().ok()?, end.parse().ok()?);
            if start >= end || end > total {
                return None;
            }
            ranges.add(start, end);
        }
        Some(ranges)
    }

    /// Adds a stretch; one that would be too many is left out.
    pub(in crate::stream) fn add(&mut self, start: u64, end: u64) {
        if start >= end {
            return;
        }
        let first = self.0.partition_point(|(_, before)| *before < start);
        let after = self.0.partition_point(|(later, _)| *later <= end);
        let joined = match self.0.get(first..after) {
            Some([one, .., other]) => (one.0.min(start), other.1.max(end)),
            Some([one]) => (one.0.min(start), one.1.max(end)),
            _ if self.0.len() >= MAX_RANGES => return,
            _ => (start, end),
        };
        self.0.splice(first..after, [joined]);
    }

    /// The end of the stretch that holds byte `position`.
    pub(in crate::stream) fn end_of(&self, position: u64) -> Option<u64> {
        let (start, end) = *self.0.get(self.0.partition_point(|(_, end)| *end <= position))?;
        (start <= position).then_some(end)
    }
}

impl std::fmt::Display for Ranges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|(start, end)| write!(f, "{start}-{end} "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_are_what_a_set_of_bytes_is(parts in proptest::collection::vec((0_usize..60, 0_usize..9), 0..30)) {
            let mut ranges = Ranges::default();
            let mut bytes = [false; 80];
            for (start, length) in parts {
                ranges.add(start as u64, (start + length) as u64);
                bytes[start..start + length].fill(true);
            }
            for position in 0..70 {
                let here = bytes[position..].iter().position(|is_there| !is_there).unwrap() + position;
                let expected = bytes[position].then_some(here as u64);
                prop_assert_eq!(ranges.end_of(position as u64), expected, "{} in {}", position, ranges);
            }
            prop_assert!(ranges.0.windows(2).all(|pair| pair[0].1 < pair[1].0), "{ranges}");
            prop_assert_eq!(Ranges::parse(&ranges.to_string(), 80), Some(ranges));
        }

        #[test]
        fn no_text_panics(text in "[0-9 -]{0,60}", total in any::<u64>()) {
            Ranges::parse(&text, total);
        }
    }

    #[test]
    fn what_goes_beyond_the_whole_is_refused() {
        assert_eq!(Ranges::parse("0-11", 10), None);
        assert_eq!(Ranges::parse("5-5", 10), None);
        assert_eq!(Ranges::parse("0-10", 10).unwrap().end_of(9), Some(10));
    }
}
