//! Rows in an order: by several keys, stable, as people count.

use std::cmp::Ordering;
use std::time::Duration;

use super::Entry;
use crate::model::{CleanText, Track, TrackRef, folded};

/// Digits of a number in a text that count; further ones are compared as letters.
const MAX_DIGITS: usize = 18;

/// By what rows are sorted. What has none of it comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// By title.
    Title,
    /// By the first artist.
    Artist,
    /// By album.
    Album,
    /// The shortest first.
    Length,
    /// By where they come from: own files, then the services by name, then addresses.
    Source,
    /// By the folder and name of a file, or what names the row at its source.
    Path,
    /// Those that the listener likes first.
    Liked,
}

impl SortKey {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Title, Self::Artist, Self::Album, Self::Length, Self::Source, Self::Path, Self::Liked];

    /// In words, after "by"; its name on the command line.
    pub fn title(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Artist => "artist",
            Self::Album => "album",
            Self::Length => "length",
            Self::Source => "source",
            Self::Path => "path",
            Self::Liked => "liked",
        }
    }

    fn of(self, track: &Track) -> Option<Value> {
        match self {
            Self::Title => Some(text(track.title.as_str())),
            Self::Artist => track.artists.first().map(CleanText::as_str).map(text),
            Self::Album => track.album.as_ref().map(CleanText::as_str).map(text),
            Self::Length => track.length.map(Value::Length),
            Self::Source => Some(source(&track.reference)),
            Self::Path => Some(text(&track.reference.to_string())),
            Self::Liked => Some(Value::Rank(u8::from(!track.liked), String::new())),
        }
    }
}

/// What a row is compared by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Text(String),
    Length(Duration),
    Rank(u8, String),
}

/// Sorts rows by these keys, of which the first counts most; `down`: the last one first. Equal rows stay in the order they
/// have, and what is missing comes last either way.
pub(super) fn sort(entries: &mut Vec<Entry>, keys: &[SortKey], down: bool) {
    let keyed = |entry: Entry| (keys.iter().map(|key| key.of(&entry.track)).collect::<Vec<_>>(), entry);
    let mut rows: Vec<_> = entries.drain(..).map(keyed).collect();
    rows.sort_by(|(one, _), (other, _)| {
        one.iter()
            .zip(other)
            .map(|(one, other)| compared(one.as_ref(), other.as_ref(), down))
            .fold(Ordering::Equal, Ordering::then)
    });
    entries.extend(rows.into_iter().map(|(_, entry)| entry));
}

fn compared(one: Option<&Value>, other: Option<&Value>, down: bool) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) if down => other.cmp(one),
        (Some(one), Some(other)) => one.cmp(other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    }
}

/// Case and accents do not count, and numbers are compared as numbers: `Part 2` comes before `Part 10`.
fn text(text: &str) -> Value {
    let mut key = String::with_capacity(text.len());
    let mut digits = String::new();
    let folded = folded(text);
    for letter in folded.chars().chain(['\0']) {
        if letter.is_ascii_digit() && digits.len() < MAX_DIGITS {
            digits.push(letter);
            continue;
        }
        if !digits.is_empty() {
            let number = digits.trim_start_matches('0');
            key.extend(std::iter::repeat_n('0', MAX_DIGITS.saturating_sub(number.len())));
            key.push_str(number);
            digits.clear();
        }
        if letter != '\0' {
            key.push(letter);
        }
    }
    Value::Text(key)
}

fn source(reference: &TrackRef) -> Value {
    match reference {
        TrackRef::File(_) | TrackRef::Part(_) => Value::Rank(0, String::new()),
        TrackRef::Service { service, .. } => Value::Rank(1, service.to_string()),
        TrackRef::Url(_) => Value::Rank(2, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::EntryId;

    /// Rows as `title/artist/seconds`; an empty part is not known.
    fn list(rows: &str) -> Vec<Entry> {
        let row = |(number, row): (u64, &str)| {
            let mut parts = row.split('/');
            let mut next = || parts.next().filter(|part| !part.is_empty());
            let title = next().unwrap_or_default();
            let mut track = Track::new(TrackRef::File(format!("{title}.flac").into()), title);
            track.artists = next().map(Into::into).into_iter().collect();
            track.length = next().map(|seconds| Duration::from_secs(seconds.parse().unwrap()));
            Entry { id: EntryId(number), track: Arc::new(track), problem: None }
        };
        (1..).zip(rows.split(", ")).map(row).collect()
    }

    fn check(rows: &str, keys: &[SortKey], down: bool, expected: &str) {
        let mut entries = list(rows);
        sort(&mut entries, keys, down);
        let titles: Vec<_> = entries.iter().map(|entry| entry.track.title.as_str()).collect();
        assert_eq!(titles.join(", "), expected, "{keys:?} {down}");
    }

    #[test]
    fn many_keys_count_one_after_the_other() {
        use SortKey::{Artist, Length, Title};
        let rows = "b/Zoe/3, A/ada/2, c/Zoe/1, a//3, d/Ada/2";
        check(rows, &[Title], false, "A, a, b, c, d");
        check(rows, &[Artist], false, "A, d, b, c, a");
        check(rows, &[Artist, Length], false, "A, d, c, b, a");
        check(rows, &[Length, Title], false, "c, A, d, a, b");
        // What is missing is last all the same, and equal rows stay as they are.
        check(rows, &[Artist], true, "b, c, A, d, a");
        check(rows, &[Length], true, "b, a, A, d, c");
    }

    #[test]
    fn names_are_sorted_as_people_read() {
        use SortKey::{Path, Title};
        check(
            "Part 10, Part 2, Émile, eve, Part 02",
            &[Title],
            false,
            "Émile, eve, Part 2, Part 02, Part 10",
        );
        check("10, 9, a 1 b 10, a 1 b 9", &[Path], false, "9, 10, a 1 b 9, a 1 b 10");
        check("1000000000000000000000, 7", &[Title], false, "7, 1000000000000000000000");
    }
}
