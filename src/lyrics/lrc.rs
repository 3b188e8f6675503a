//! Words with times in brackets (LRC: <https://en.wikipedia.org/wiki/LRC_(file_format)>), or without any. Nobody keeps
//! to that format closely: a line that makes no sense is words, and never a reason to drop the others.

use std::time::Duration;

use super::MAX_BYTES;
use crate::model::{CleanText, LyricLine, Lyrics, LyricsFrom};

/// Most lines that are kept.
pub(super) const MAX_LINES: usize = 10_000;

/// Most times of one line.
const MAX_TIMES: usize = 64;

/// Reads words; `None` when there are none.
pub fn parse(text: &str, from: LyricsFrom) -> Option<Lyrics> {
    let text = start(text, MAX_BYTES);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::default();
    for line in text.split(['\n', '\r']) {
        reader.read(line);
        if reader.timed.len() + reader.plain.len() >= MAX_LINES {
            break;
        }
    }
    let lines = reader.lines();
    lines.iter().any(|line| !line.text.is_empty()).then_some(Lyrics { lines, from })
}

#[derive(Default)]
struct Reader {
    timed: Vec<(i64, CleanText)>,
    plain: Vec<CleanText>,
    /// Milliseconds by which all is earlier.
    offset_ms: i64,
}

impl Reader {
    fn read(&mut self, line: &str) {
        let mut rest = line.trim_start();
        let mut times = Vec::new();
        while let Some((tag, behind)) = rest.strip_prefix('[').and_then(|tag| tag.split_once(']')) {
            if let Some(time) = milliseconds(tag) {
                if times.len() < MAX_TIMES {
                    times.push(time);
                }
            } else if let Some(offset) = tag.trim().strip_prefix("offset:") {
                self.offset_ms = offset.trim().parse::<i32>().map_or(self.offset_ms, i64::from);
                return;
            } else if times.is_empty() && is_about(tag) && behind.trim().is_empty() {
                return;
            } else {
                break;
            }
            rest = behind.trim_start();
        }
        let words = CleanText::new(without_word_times(rest));
        if !times.is_empty() {
            self.timed.extend(times.into_iter().map(|time| (time, words.clone())));
        } else if let (Some((last, _)), false) = (self.timed.last(), words.is_empty()) {
            // A line without a time among those with one goes with the line before.
            self.timed.push((*last, words));
        } else if self.timed.is_empty() {
            self.plain.push(words);
        }
    }

    fn lines(mut self) -> Vec<LyricLine> {
        if self.timed.is_empty() {
            let is_blank = |text: &CleanText| text.is_empty();
            let first = self.plain.iter().position(|text| !is_blank(text)).unwrap_or(0);
            let last = self.plain.iter().rposition(|text| !is_blank(text)).map_or(first, |last| last + 1);
            return self.plain.drain(first..last).map(|text| LyricLine { at: None, text }).collect();
        }
        self.timed.sort_by_key(|(time, _)| *time);
        let offset = self.offset_ms;
        let line = |(time, text): (i64, CleanText)| {
            let at = Duration::from_millis(u64::try_from(time.saturating_sub(offset)).unwrap_or(0));
            LyricLine { at: Some(at), text }
        };
        self.timed.into_iter().take(MAX_LINES).map(line).collect()
    }
}

/// `1:02`, `01:02.3`, `01:02.34`, `01:02.345`, `01:02:34` as milliseconds.
fn milliseconds(tag: &str) -> Option<i64> {
    let (minutes, seconds) = tag.trim().split_once(':')?;
    let (seconds, part) = match seconds.split_once(['.', ':', ',']) {
        Some((seconds, part)) => (seconds, part),
        None => (seconds, ""),
    };
    let number = |text: &str, most: usize| -> Option<i64> {
        let is_number = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { text.parse().ok() } else { None }
    };
    let part_ms = match part.len() {
        0 => 0,
        1 => number(part, 1)? * 100,
        2 => number(part, 2)? * 10,
        _ => number(part.get(..3)?, 3)?,
    };
    Some((number(minutes, 4)? * 60 + number(seconds, 2)?) * 1000 + part_ms)
}

/// Whether a tag is about the file, such as `ar:Ada Cole`.
fn is_about(tag: &str) -> bool {
    let known = ["ar", "al", "ti", "au", "length", "by", "re", "tool", "ve", "lr", "la", "id", "#"];
    tag.split_once(':').is_some_and(|(name, _)| known.contains(&name.trim().to_ascii_lowercase().as_str()))
}

/// Times of single words (`<00:12.34>`) are not shown.
fn without_word_times(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((before, behind)) = rest.split_once('<') {
        out.push_str(before);
        match behind.split_once('>') {
            Some((tag, after)) if milliseconds(tag).is_some() => rest = after,
            Some(_) | None => {
                out.push('<');
                rest = behind;
            }
        }
    }
    out + rest
}

/// The first `most` bytes, or a few less where that would cut a character.
fn start(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &[(Option<u64>, &str)]) {
        let lines = parse(text, LyricsFrom::Tags).map(|lyrics| lyrics.lines).unwrap_or_default();
        let lines: Vec<_> = lines
            .iter()
            .map(|line| (line.at.map(|at| u64::try_from(at.as_millis()).unwrap()), line.text.as_str()))
            .collect();
        assert_eq!(lines, expected, "{text:?}");
    }

    #[test]
    fn times_are_read_however_they_are_written() {
        check(
            "\u{feff}[ar:Ada Cole]\r\n[00:01.00]One\r\n[00:02.123]Two\r\n[1:03]Three\r\n[00:04:50]Four",
            &[(Some(1_000), "One"), (Some(2_123), "Two"), (Some(4_500), "Four"), (Some(63_000), "Three")],
        );
        check(
            "[00:10.00][00:02.00]Again\n[00:05.0]Once",
            &[(Some(2_000), "Again"), (Some(5_000), "Once"), (Some(10_000), "Again")],
        );
        // A positive offset is sooner.
        check(
            "[offset:+500]\n[00:02.00]Sooner\n[00:00.10]First",
            &[(Some(0), "First"), (Some(1_500), "Sooner")],
        );
        check("[00:01.00] <00:01.10>word <00:01.50>by word <3", &[(Some(1_000), "word by word <3")]);
        check(
            "[00:01.00]A [b: c] d\nand on\n[00:03.00]",
            &[(Some(1_000), "A [b: c] d"), (Some(1_000), "and on"), (Some(3_000), "")],
        );
    }

    #[test]
    fn words_without_times_stay_in_their_order() {
        check("\nFirst\n\nSecond [x2]\n\n", &[(None, "First"), (None, ""), (None, "Second [x2]")]);
        check("[Chorus]\nLa", &[(None, "[Chorus]"), (None, "La")]);
        check("", &[]);
        check("[ti:Only this]\n\n", &[]);
        check("\u{1b}[2Jred\u{202e}", &[(None, "[2Jred")]);
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(text in "(\\[[0-9:.a-z]{0,9}\\]|<[0-9:.]{0,6}>|[a-z \u{1b}\u{7}あ]{0,6}|\r?\n){0,40}") {
            if let Some(lyrics) = parse(&text, LyricsFrom::Beside) {
                prop_assert!(lyrics.lines.is_sorted_by_key(|line| line.at));
                prop_assert!(lyrics.lines.len() <= MAX_LINES);
                prop_assert!(lyrics.lines.iter().all(|line| !line.text.as_str().contains(char::is_control)));
            }
        }
    }
}
