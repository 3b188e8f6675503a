//! Byte ranges (RFC 9110 section 14).

use std::ops::Range;

/// What a `Range` header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Everything: there is no usable range in it, or several.
    Whole,
    /// These bytes, at least one.
    Part(Range<usize>),
    /// Nothing that is there.
    Unsatisfiable,
}

/// Reads the header for a file of `length` bytes. A header that is no valid single byte range is
/// ignored, as section 14.2 allows.
pub(super) fn asked(header: Option<&str>, length: usize) -> Asked {
    let Some((unit, set)) = header.and_then(|header| header.split_once('=')) else { return Asked::Whole };
    let Some((first, last)) = set.trim().split_once('-') else { return Asked::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return Asked::Whole;
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(first) || !digits(last) {
        return Asked::Whole;
    }
    // Numbers too long for the machine lie beyond the end of any file.
    let number = |text: &str| text.parse().unwrap_or(usize::MAX);
    let part = match (first, last) {
        ("", "") => return Asked::Whole,
        ("", suffix) => length.saturating_sub(number(suffix))..length,
        (first, "") => number(first)..length,
        (first, last) if number(last) < number(first) => return Asked::Whole,
        (first, last) => number(first)..number(last).saturating_add(1).min(length),
    };
    if part.start < part.end { Asked::Part(part) } else { Asked::Unsatisfiable }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 9110 section 14.1.2 (a file of 10000 bytes), and its bars.
    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        let check =
            |header: &str, expected: Asked| assert_eq!(asked(Some(header), 10_000), expected, "{header}");
        check("bytes=0-499", Asked::Part(0..500));
        check("bytes=500-999", Asked::Part(500..1000));
        check("bytes=-500", Asked::Part(9500..10_000));
        check("bytes=9500-", Asked::Part(9500..10_000));
        check("bytes=0-0", Asked::Part(0..1));
        check("bytes=9999-20000", Asked::Part(9999..10_000));
        check("bytes=-99999", Asked::Part(0..10_000));
        check("bytes=10000-", Asked::Unsatisfiable);
        check("bytes=99999999999999999999999-", Asked::Unsatisfiable);
        check("bytes=-0", Asked::Unsatisfiable);
        check("bytes=500-100", Asked::Whole);
        check("bytes=0-0,-1", Asked::Whole);
        check("bytes=-", Asked::Whole);
        check("bytes=x-5", Asked::Whole);
        check("seconds=0-5", Asked::Whole);
        assert_eq!(asked(None, 10_000), Asked::Whole);
        assert_eq!(asked(Some("bytes=0-"), 0), Asked::Unsatisfiable);
    }

    proptest::proptest! {
        #[test]
        fn a_part_is_never_empty_and_lies_within_the_file(header in "(bytes=)?[-0-9, a]{0,24}", length in 0_usize..2000) {
            if let Asked::Part(part) = asked(Some(&header), length) {
                proptest::prop_assert!(part.start < part.end && part.end <= length);
            }
        }
    }
}
