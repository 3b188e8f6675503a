//! Rows in aligned columns: the name that can be typed back, then what it is called and whose it is.

use crate::cli::{facts, text};
use crate::model::{Allowed, Item, ServiceId, format_clock};
use crate::runtime::{cells, cut, stdout_cells};

/// Between two columns.
const GAP: &str = "  ";

/// Title, artist, and the rest; the last one is short and at the right.
const COLUMNS: usize = 4;

/// Where nothing is cut, a column is no wider than this; what is longer moves the rest of its row.
const MOST_CELLS: usize = 60;

/// Narrower columns of words say nothing.
const LEAST_CELLS: usize = 8;

/// Tells rows as they come. Columns never become narrower, so that later rows stand below earlier ones.
pub(super) struct Table {
    /// Cells of a line, if it ends anywhere.
    line: Option<usize>,
    indent: &'static str,
    /// The position of the next row, where they are counted.
    position: Option<usize>,
    name: usize,
    widths: [usize; COLUMNS],
}

struct Row {
    name: String,
    words: [String; COLUMNS],
}

impl Table {
    /// For standard output.
    pub fn new() -> Self {
        Self::of(stdout_cells())
    }

    /// The same below a heading.
    pub fn indented() -> Self {
        let line = stdout_cells().map(|line| line.saturating_sub(GAP.len()));
        Self { indent: GAP, ..Self::of(line) }
    }

    /// The same with each row's position, from 1.
    pub fn counted() -> Self {
        Self { position: Some(1), ..Self::indented() }
    }

    fn of(line: Option<usize>) -> Self {
        Self { line, indent: "", position: None, name: 0, widths: [0; COLUMNS] }
    }

    /// Tells some rows; lists among them are of `service`.
    pub fn print(&mut self, items: &[Item], service: Option<&ServiceId>) {
        let rows: Vec<_> = items.iter().map(|item| self.counting(row(item, service))).collect();
        for line in self.lines(&rows) {
            text::line(&format!("{}{line}", self.indent));
        }
    }

    fn counting(&mut self, row: Row) -> Row {
        let Some(position) = &mut self.position else { return row };
        let name = format!("{position:>4}{GAP}{}", row.name);
        *position += 1;
        Row { name, ..row }
    }

    fn lines(&mut self, rows: &[Row]) -> Vec<String> {
        for row in rows {
            self.name = self.name.max(cells(&row.name));
            for (width, words) in self.widths.iter_mut().zip(&row.words) {
                *width = (*width).max(cells(words));
            }
        }
        let widths = match self.line {
            None => self.widths.map(|width| width.min(MOST_CELLS)),
            Some(line) => shares(self.widths, line.saturating_sub(self.name)),
        };
        rows.iter().map(|row| self.row_line(row, &widths)).collect()
    }

    fn row_line(&self, row: &Row, widths: &[usize; COLUMNS]) -> String {
        // The name stays whole in every line, else it could not be typed back.
        let mut line = filled(&row.name, self.name);
        for (words, width) in row.words.iter().zip(widths) {
            if *width > 0 {
                line.push_str(GAP);
                let words = if self.line.is_some() { &cut(words, *width) } else { words };
                line.push_str(&filled(words, *width));
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

/// Widths that fit into `room` together with their gaps: what is too wide gives way first, and where that
/// leaves too little for words, whole columns do, from the album on.
fn shares(wanted: [usize; COLUMNS], room: usize) -> [usize; COLUMNS] {
    let mut widths = wanted;
    for dropped in [None, Some(2), Some(1), Some(3)] {
        if let Some(width) = dropped.and_then(|column: usize| widths.get_mut(column)) {
            *width = 0;
        }
        for cap in (LEAST_CELLS..=room.max(LEAST_CELLS)).rev() {
            let [title, by, more, last] = widths;
            let capped = [title.min(cap), by.min(cap), more.min(cap), last];
            if needed(&capped) <= room {
                return capped;
            }
        }
    }
    let title = room.saturating_sub(GAP.len()).min(wanted.first().copied().unwrap_or(0));
    [title, 0, 0, 0]
}

fn needed(widths: &[usize; COLUMNS]) -> usize {
    widths.iter().filter(|width| **width > 0).map(|width| width + GAP.len()).sum()
}

fn filled(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(cells(text))))
}

fn row(item: &Item, service: Option<&ServiceId>) -> Row {
    let text = |words: &Option<crate::model::CleanText>| words.as_ref().map(ToString::to_string);
    let words = match item {
        Item::Track(track) => {
            let length = track.length.map(format_clock).unwrap_or_default();
            let why_not = match &track.playable {
                Allowed::Yes => None,
                Allowed::No(why) => Some(format!("({why})")),
            };
            let more = why_not.or_else(|| text(&track.album)).unwrap_or_default();
            [track.title.to_string(), track.artist_line(), more, length]
        }
        Item::Collection(collection) => {
            let year = collection.year.map(|year| year.to_string());
            let more: Vec<_> = [year, text(&collection.note)].into_iter().flatten().collect();
            let tracks = match collection.tracks {
                None => String::new(),
                Some(1) => "1 track".to_owned(),
                Some(count) => format!("{count} tracks"),
            };
            let by = text(&collection.by).unwrap_or_default();
            [collection.title.to_string(), by, more.join(", "), tracks]
        }
        Item::List(list) => [list.title.to_string(), String::new(), String::new(), String::new()],
    };
    Row { name: crate::model::clean(&facts::name(item, service)), words }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn made(name: &str, words: [&str; COLUMNS]) -> Row {
        Row { name: name.to_owned(), words: words.map(str::to_owned) }
    }

    fn check(line: Option<usize>, rows: &[Row], expected: &[&str]) {
        assert_eq!(Table::of(line).lines(rows), expected);
    }

    #[test]
    fn columns_stand_below_each_other_by_what_is_seen() {
        let rows = [
            made("audius:track:1", ["雨の港", "Ada Cole", "", "3:12"]),
            made("audius:track:22", ["Night Ferry", "雨", "Tides", "12:00"]),
        ];
        check(
            None,
            &rows,
            &[
                "audius:track:1   雨の港       Ada Cole         3:12",
                "audius:track:22  Night Ferry  雨        Tides  12:00",
            ],
        );
        // The album gives way, then the artist, then the length; what is left is cut between letters.
        check(
            Some(42),
            &rows,
            &["audius:track:1   雨の港    Ada Cole  3:12", "audius:track:22  Night F…  雨        12:00"],
        );
        check(
            Some(40),
            &rows,
            &["audius:track:1   雨の港       3:12", "audius:track:22  Night Ferry  12:00"],
        );
        check(Some(26), &rows, &["audius:track:1   雨の港", "audius:track:22  Night Fe…"]);
        let long = "x".repeat(100);
        check(
            None,
            &[made("a:track:1", [&long, "Ada", "", ""]), made("a:track:2", ["y", "Ada", "", ""])],
            &[
                &format!("a:track:1  {long}  Ada"),
                &format!("a:track:2  y{}  Ada", " ".repeat(MOST_CELLS - 1)),
            ],
        );
        check(Some(10), &rows, &["audius:track:1", "audius:track:22"]);
    }

    #[test]
    fn later_rows_stand_below_earlier_ones() {
        let mut table = Table::of(None);
        let first = table.lines(&[made("a:track:1", ["A long title", "x", "", ""])]);
        let second = table.lines(&[made("b:track:2", ["Short", "y", "", ""])]);
        assert_eq!((first[0].find("  x"), second[0].find("  y")), (Some(23), Some(23)));
    }

    proptest! {
        #[test]
        fn lines_fit_but_for_the_name(
            words in proptest::collection::vec("[a-z雨の港é👩 ]{0,40}", 4),
            line in 1_usize..200,
        ) {
            let row = made("audius:track:1", [&words[0], &words[1], &words[2], &words[3]]);
            for told in Table::of(Some(line)).lines(&[row]) {
                prop_assert!(told.starts_with("audius:track:1"));
                prop_assert!(cells(&told) <= line.max("audius:track:1".len()), "{told:?} {line}");
            }
        }
    }
}
