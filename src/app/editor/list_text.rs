//! A list as text for the listener's own editor, and what was made of it. One line a row, with a short name that tells
//! rows apart also where the same track stands twice; only that name counts, the words behind it are for the reader.

use std::path::PathBuf;

use crate::model::{
    CleanText, Entry, EntryId, Fault, FaultKind, TrackRef, format_clock, is_path, total_length,
};

/// Most lines of a text, remarks included.
const MAX_LINES: usize = 200_000;

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextRow {
    /// The row of this name. Once more than it was there: a copy.
    Kept(EntryId),
    /// A new row: a file, an address or a service's track.
    Place(TrackRef),
    /// A new row: whatever a search for these words finds first.
    Words(String),
}

/// A line that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}: {text}")]
pub struct TextProblem {
    /// Which, from 1.
    pub line: usize,
    /// What it says.
    pub text: CleanText,
    /// What is wrong with it.
    pub problem: String,
}

/// The list as text. Names are the rows' numbers, in letters and figures.
pub fn to_text(title: &CleanText, entries: &[Entry]) -> String {
    let minutes = total_length(entries).as_secs() / 60;
    let head = format!(
        "# {title} · {} tracks, {minutes} min\n\
         # Move, delete or double lines; only the name at the start of a line counts. New lines may be:\n\
         #   /path/to/file    https://address    SERVICE:track:ID    ? words to search for\n\
         # Lines that begin with # are remarks. Nothing is changed unless every line is understood.\n\n",
        entries.len(),
    );
    let width = entries.iter().map(|entry| name(entry.id).len()).max().unwrap_or_default();
    let lines = entries.iter().map(|entry| {
        let track = &entry.track;
        let by = if track.artists.is_empty() { "" } else { " — " };
        let length = track.length.map(|length| format!("  {}", format_clock(length)));
        let (artists, length) = (track.artist_line(), length.unwrap_or_default());
        format!("{:width$}  {}{by}{artists}{length}\n", name(entry.id), track.title)
    });
    std::iter::once(head).chain(lines).collect()
}

/// What the listener made of the text of `entries`, each row with the number of its line.
///
/// # Errors
/// Every line that cannot be understood.
pub fn from_text(text: &str, entries: &[Entry]) -> Result<Vec<(usize, TextRow)>, Vec<TextProblem>> {
    let known: std::collections::HashSet<EntryId> = entries.iter().map(|entry| entry.id).collect();
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let said = line.trim();
        if said.is_empty() || said.starts_with('#') {
            continue;
        }
        if at == MAX_LINES {
            let problem = format!("there are more than {MAX_LINES} lines");
            problems.push(TextProblem { line: at + 1, text: CleanText::new(said), problem });
            break;
        }
        match row(said, &known) {
            Ok(row) => rows.push((at + 1, row)),
            Err(problem) => problems.push(TextProblem { line: at + 1, text: CleanText::new(said), problem }),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

fn row(said: &str, known: &std::collections::HashSet<EntryId>) -> Result<TextRow, String> {
    if let Some(words) = said.strip_prefix('?') {
        let words = words.trim();
        return if words.is_empty() {
            Err("no words to search for".to_owned())
        } else {
            Ok(TextRow::Words(words.to_owned()))
        };
    }
    let first = said.split_whitespace().next().unwrap_or(said);
    if let Some(id) = named(first) {
        return if known.contains(&id) {
            Ok(TextRow::Kept(id))
        } else {
            Err(format!("no row of this list is named {first}"))
        };
    }
    match said.parse() {
        Ok(place @ (TrackRef::File(_) | TrackRef::Part(_))) if is_path(said) => Ok(TextRow::Place(place)),
        Ok(TrackRef::File(_) | TrackRef::Part(_)) => Err(not_understood(said)),
        Ok(place @ (TrackRef::Url(_) | TrackRef::Service { .. })) => Ok(TextRow::Place(place)),
        Err(error) => Err(error.to_string()),
    }
}

fn not_understood(said: &str) -> String {
    let is_file = PathBuf::from(said).extension().is_some() && !said.contains(char::is_whitespace);
    if is_file {
        "a file is written with ./ or / before it"
    } else {
        "this is neither a row nor something to add"
    }
    .to_owned()
}

/// All problems of a text as one, for a person.
pub fn text_fault(problems: &[TextProblem]) -> Fault {
    let mut lines: Vec<String> = problems.iter().take(3).map(ToString::to_string).collect();
    if problems.len() > lines.len() {
        lines.push(format!("and {} more", problems.len() - lines.len()));
    }
    Fault::new(FaultKind::Usage, lines.join("; "))
        .hint("Nothing was changed; mend the text and save it again")
}

/// The figures of names: without those that look alike (Crockford, <https://www.crockford.com/base32.html>).
const FIGURES: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A row's name: `=` and its number to the base of 32.
pub fn name(id: EntryId) -> String {
    let mut figures = Vec::new();
    let mut rest = id.0;
    while rest > 0 || figures.is_empty() {
        figures.push(char::from(FIGURES[usize::try_from(rest % 32).unwrap_or_default()]));
        rest /= 32;
    }
    std::iter::once('=').chain(figures.into_iter().rev()).collect()
}

/// The row that a word names, whether or not there is one.
fn named(word: &str) -> Option<EntryId> {
    let figures = word.strip_prefix('=').filter(|figures| !figures.is_empty())?;
    let mut number: u64 = 0;
    for byte in figures.bytes() {
        let figure = FIGURES.iter().position(|known| known.eq_ignore_ascii_case(&byte))?;
        number = number.checked_mul(32)?.checked_add(u64::try_from(figure).ok()?)?;
    }
    Some(EntryId(number))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::model::Track;

    fn entry(id: u64, title: &str) -> Entry {
        let mut track = Track::new(TrackRef::File("/m/x.mp3".into()), title);
        track.artists = vec!["Ada Cole".into()];
        track.length = Some(Duration::from_secs(230));
        Entry::new(EntryId(id), Arc::new(track))
    }

    #[test]
    fn the_text_tells_each_row() {
        let text = to_text(&"Trip".into(), &[entry(1, "Night Ferry"), entry(1023, "# hash")]);
        let rows: Vec<&str> =
            text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        assert_eq!(rows, ["=1   Night Ferry — Ada Cole  3:50", "=zz  # hash — Ada Cole  3:50"]);
        assert!(text.starts_with("# Trip · 2 tracks, 7 min\n"), "{text}");
    }

    fn check(text: &str, expected: &Result<Vec<TextRow>, &str>) {
        let found = from_text(text, &[entry(1, "a"), entry(2, "b")]);
        let found = found.map(|rows| rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>());
        let found = found.map_err(|problems| text_fault(&problems).to_string());
        match (found, expected) {
            (Ok(rows), Ok(expected)) => assert_eq!(&rows, expected, "{text}"),
            (Err(told), Err(expected)) => assert!(told.contains(expected), "{text}: {told}"),
            (found, expected) => panic!("{text}: {found:?} for {expected:?}"),
        }
    }

    #[test]
    fn lines_are_understood() {
        let kept = |id| TextRow::Kept(EntryId(id));
        let place = |place: &str| TextRow::Place(place.parse().unwrap());
        check("=2 b\n=1 whatever it says\n", &Ok(vec![kept(2), kept(1)]));
        check("# a remark\n\n  =1\n=1 once more\r\n", &Ok(vec![kept(1), kept(1)]));
        check("", &Ok(vec![]));
        check("? night ferry\n", &Ok(vec![TextRow::Words("night ferry".into())]));
        check(
            "/m/a b.mp3\naudius:track:x1\nhttps://a.example/x\n~/x.ogg",
            &Ok(vec![
                place("/m/a b.mp3"),
                place("audius:track:x1"),
                place("https://a.example/x"),
                place("~/x.ogg"),
            ]),
        );
        check("=1 a\n=3 c", &Err("line 2: no row of this list is named =3"));
        check("=1\nhello there", &Err("line 2: this is neither a row nor something to add: hello there"));
        check("x.mp3", &Err("line 1: a file is written with ./"));
        check("?  ", &Err("no words"));
        check("ftp://x.example/y", &Err("ftp"));
        check("=zzzzzzzzzzzzzzzzzzzzzzz", &Err("line 1"));
        check("what\nis\nthis\nthen", &Err("and 1 more"));
    }

    proptest! {
        #[test]
        fn a_text_left_alone_changes_nothing(ids in prop::collection::hash_set(any::<u64>(), 0..40), title in any::<String>()) {
            let entries: Vec<Entry> = ids.into_iter().map(|id| entry(id, &title)).collect();
            let rows = from_text(&to_text(&CleanText::new(&title), &entries), &entries).unwrap();
            let rows: Vec<TextRow> = rows.into_iter().map(|(_, row)| row).collect();
            let same: Vec<TextRow> = entries.iter().map(|entry| TextRow::Kept(entry.id)).collect();
            prop_assert_eq!(rows, same);
        }

        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            let _ = from_text(&text, &[entry(1, "a")]);
        }
    }
}
