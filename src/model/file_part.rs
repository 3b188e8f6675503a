//! A stretch of a file that is a track of its own, as a cue sheet cuts an album into tracks.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::path_text::path_text;

/// Digits behind the point of a second: nanoseconds.
const DIGITS: usize = 9;

/// From a place in a file to another one. Written as the file's path and a temporal media fragment
/// (W3C Media Fragments URI 1.0 section 4.2.1): `album.flac#t=192.533333333,421`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FilePart {
    /// The file.
    pub path: PathBuf,
    /// Where it begins.
    pub start: Duration,
    /// Where it ends, later than `start`; `None`: with the file.
    pub end: Option<Duration>,
}

impl FilePart {
    /// How long it is, where that does not hang on the file.
    pub fn length(&self) -> Option<Duration> {
        self.end.map(|end| end.saturating_sub(self.start))
    }

    /// What is written behind the path.
    pub fn fragment(&self) -> String {
        match self.end {
            Some(end) => format!("#t={},{}", Seconds(self.start), Seconds(end)),
            None => format!("#t={}", Seconds(self.start)),
        }
    }

    /// The text before a fragment and what the fragment says, where a text ends in one.
    pub(super) fn split(text: &str) -> Option<(&str, Duration, Option<Duration>)> {
        let (path, times) = text.rsplit_once("#t=")?;
        let (start, end) = match times.split_once(',') {
            Some((start, end)) => (start, Some(seconds(end)?)),
            None => (times, None),
        };
        let start = if start.is_empty() && end.is_some() { Duration::ZERO } else { seconds(start)? };
        let fits = !path.is_empty() && end.is_none_or(|end| end > start);
        fits.then_some((path, start, end))
    }
}

impl fmt::Display for FilePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", path_text(&self.path), self.fragment())
    }
}

/// Seconds with as many digits behind the point as are needed.
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:09}", self.0.subsec_nanos());
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{}{point}{fraction}", self.0.as_secs())
    }
}

fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || fraction.len() > DIGITS {
        return None;
    }
    let nanos = format!("{fraction:0<DIGITS$}").parse().ok()?;
    Some(Duration::new(whole.parse().ok()?, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_read_as_the_recommendation_says() {
        let check = |text: &str, expected: Option<(u64, Option<u64>)>| {
            let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap();
            let found = FilePart::split(text).map(|(_, start, end)| (millis(start), end.map(millis)));
            assert_eq!(found, expected, "{text}");
        };
        check("a.flac#t=10,20", Some((10_000, Some(20_000))));
        check("a.flac#t=,20", Some((0, Some(20_000))));
        check("a.flac#t=10", Some((10_000, None)));
        check("a.flac#t=0.5,1.25", Some((500, Some(1250))));
        check("b#t=1.flac#t=2", Some((2000, None)));
        for none in [
            "a.flac",
            "#t=1",
            "a#t=",
            "a#t=,",
            "a#t=2,1",
            "a#t=2,2",
            "a#t=-1",
            "a#t=1,2,3",
            "a#t=1.0000000001",
            "a#t=99999999999999999999",
            "a#t=1.flac",
            "a#t=+1",
            "a#track=1",
        ] {
            check(none, None);
        }
    }

    #[test]
    fn parts_are_written_as_they_are_read() {
        for fragment in ["#t=0,192.533333333", "#t=192.533333333,421", "#t=421", "#t=0.000000001"] {
            let text = format!("x{fragment}");
            let (path, start, end) = FilePart::split(&text).unwrap();
            assert_eq!(FilePart { path: path.into(), start, end }.to_string(), text);
        }
    }
}
