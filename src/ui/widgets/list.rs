//! A list with columns that scrolls. Only rows in view are asked for, so its length costs nothing.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::{Action, ListPlace, SortKey, Target};
use crate::ui::canvas::Canvas;
use crate::ui::layout::row;
use crate::ui::text::{Align, cut, fit};
use crate::ui::theme::Theme;
use crate::ui::widgets::put;

/// Cells between two columns.
const GAP: u16 = 2;

/// Cells at the right for the scrollbar and the gap before it.
pub(in crate::ui) const BAR_CELLS: u16 = 2;

/// The heading of a column of numbers, which are not read out.
pub(in crate::ui) const NUMBERS: &str = "#";

/// Cells of a text that are read out.
pub(in crate::ui) const MOST_SAID: usize = 200;

/// How wide a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) enum Span {
    /// This many cells.
    Cells(u16),
    /// This part of what columns of a fixed width leave over.
    Share(u16),
}

/// How much a column matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) enum Weight {
    /// What a row is found by.
    Main,
    /// What is read once a row is found.
    Aside,
}

/// A column of a list.
#[derive(Clone, Copy, Debug)]
pub(in crate::ui) struct Column {
    /// What stands above it; empty: nothing.
    pub title: &'static str,
    /// How wide it is.
    pub span: Span,
    /// Where its text stands.
    pub align: Align,
    /// How much it matters.
    pub weight: Weight,
}

/// A row of a list: a text for each column.
#[derive(Clone, Debug)]
pub(in crate::ui) struct Row {
    /// In the order of the columns; missing ones stay empty.
    pub texts: Vec<String>,
    /// What it looks like away from the cursor.
    pub style: Style,
}

/// A list as it is drawn.
#[derive(Clone, Copy)]
pub(in crate::ui) struct List<'l> {
    /// Which list of the screen, for the mouse.
    pub place: ListPlace,
    /// Columns from left to right.
    pub columns: &'l [Column],
    /// Rows in all.
    pub len: usize,
    /// The row that keys act on.
    pub cursor: Option<usize>,
    /// Which rows are seen in so many lines.
    pub window: &'l dyn Fn(usize) -> Range<usize>,
    /// Whether the keyboard is here.
    pub focused: bool,
    /// Whether the columns' titles are shown.
    pub headings: bool,
}

impl List<'_> {
    /// Draws the list; `at` gives the row of an index below `len`.
    pub fn draw(&self, buffer: &mut Canvas<'_>, area: Rect, theme: &Theme, at: impl Fn(usize) -> Row) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let headings = u16::from(self.headings && area.height > 3);
        let bar = Rect { y: area.y + headings, height: area.height - headings, ..area };
        let rows = Rect { width: area.width.saturating_sub(BAR_CELLS), ..bar };
        let places = places(self.columns, rows);
        if headings > 0 {
            for (column, place) in self.columns.iter().zip(&places) {
                let heading = Rect { x: place.0, y: area.y, width: place.1, height: 1 };
                put(buffer, heading, &fit(column.title, place.1.into(), column.align), theme.faint);
                if let Some(key) = sorts(self.place, column.title) {
                    buffer.mark(heading, Target::Action(Action::Sort(key)));
                }
            }
        }
        let height = usize::from(rows.height);
        let window = (self.window)(height);
        let first = window.start;
        if self.focused {
            buffer.words.len = self.len;
            buffer.words.cursor = self.cursor;
        }
        let target = |row| Target::List { list: self.place, height, row };
        buffer.mark(bar, target(None));
        for (index, line) in window.zip(0..rows.height) {
            let Row { texts, style } = at(index);
            let line = row(rows, line);
            buffer.mark(line, target(Some(index)));
            let under_cursor = Some(index) == self.cursor;
            if self.focused {
                let said: Vec<_> = texts
                    .iter()
                    .zip(self.columns)
                    .filter(|(_, column)| column.title != NUMBERS)
                    .map(|(text, _)| cut(text.trim(), MOST_SAID))
                    .filter(|text| !text.is_empty())
                    .collect();
                buffer.words.rows.push((index, said.join(", ")));
                if under_cursor {
                    buffer.row = Some(line.as_position());
                }
            }
            let ordinary = style == theme.text && !(under_cursor && self.focused);
            buffer.set_style(line, style);
            for ((text, column), place) in texts.iter().zip(self.columns).zip(&places) {
                let cell = Rect { x: place.0, width: place.1, ..line };
                let ink = match column.weight {
                    Weight::Aside if ordinary => theme.faint,
                    Weight::Aside | Weight::Main => style,
                };
                put(buffer, cell, &fit(text, place.1.into(), column.align), ink);
            }
            if under_cursor {
                let cursor = if self.focused { theme.cursor } else { theme.idle_cursor };
                buffer.set_style(line, cursor);
            }
        }
        if self.len > height {
            scrollbar(buffer, bar, theme, first, self.len);
        }
    }
}

/// By what a heading sorts its list, where that is the listener's own.
fn sorts(place: ListPlace, title: &str) -> Option<SortKey> {
    if !matches!(place, ListPlace::Queue | ListPlace::Playlist) {
        return None;
    }
    match title {
        "Title" => Some(SortKey::Title),
        "Artist" => Some(SortKey::Artist),
        "Album" => Some(SortKey::Album),
        "Source" => Some(SortKey::Source),
        "Length" => Some(SortKey::Length),
        _ => None,
    }
}

/// Left edge and width of each column within `area`.
fn places(columns: &[Column], area: Rect) -> Vec<(u16, u16)> {
    let visible = columns.iter().filter(|column| column.span != Span::Cells(0)).count();
    let gaps = GAP.saturating_mul(u16::try_from(visible.saturating_sub(1)).unwrap_or(u16::MAX));
    let fixed: u16 = columns.iter().map(|column| fixed_cells(column.span)).fold(0, u16::saturating_add);
    let mut left_over = area.width.saturating_sub(fixed).saturating_sub(gaps);
    let mut shares: u16 = columns.iter().map(|column| shares_of(column.span)).fold(0, u16::saturating_add);
    let mut x = area.x;
    let mut places = Vec::with_capacity(columns.len());
    for column in columns {
        let wanted = match column.span {
            Span::Cells(cells) => cells,
            Span::Share(share) => {
                let part = u32::from(left_over) * u32::from(share) / u32::from(shares.max(1));
                let part = u16::try_from(part).unwrap_or(u16::MAX);
                left_over -= part.min(left_over);
                shares = shares.saturating_sub(share);
                part
            }
        };
        let width = wanted.min(area.right().saturating_sub(x));
        places.push((x, width));
        let gap = if wanted > 0 { GAP } else { 0 };
        x = x.saturating_add(width).saturating_add(gap).min(area.right());
    }
    places
}

fn fixed_cells(span: Span) -> u16 {
    match span {
        Span::Cells(cells) => cells,
        Span::Share(_) => 0,
    }
}

fn shares_of(span: Span) -> u16 {
    match span {
        Span::Cells(_) => 0,
        Span::Share(share) => share,
    }
}

/// Draws at the right edge of `area` which part of `len` rows is in view.
pub(in crate::ui) fn scrollbar(buffer: &mut Buffer, area: Rect, theme: &Theme, first: usize, len: usize) {
    let height = usize::from(area.height);
    let thumb = (height * height / len.max(1)).clamp(1, height.max(1));
    let hidden = len.saturating_sub(height).max(1);
    // Rounded, so that the thumb touches an end exactly when nothing is beyond it.
    let room = height.saturating_sub(thumb);
    let top = match first {
        0 => 0,
        first if first >= hidden => room,
        first => (first * room / hidden).clamp(1.min(room), room.saturating_sub(1).max(1).min(room)),
    };
    let column = Rect { x: area.right().saturating_sub(1), width: area.width.min(1), ..area };
    for line in 0..column.height {
        let inside = (top..top + thumb).contains(&usize::from(line));
        let (sign, style) =
            if inside { (theme.signs.thumb, theme.text) } else { (theme.signs.track, theme.faint) };
        put(buffer, row(column, line), sign, style);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: [Column; 3] = [
        Column { title: "", span: Span::Cells(1), align: Align::Left, weight: Weight::Main },
        Column { title: "Title", span: Span::Share(1), align: Align::Left, weight: Weight::Main },
        Column { title: "Length", span: Span::Cells(6), align: Align::Right, weight: Weight::Main },
    ];

    fn lines(list: &List<'_>, width: u16, height: u16) -> Vec<String> {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        list.draw(&mut Canvas::new(&mut buffer, true), area, &Theme::default(), |index| Row {
            texts: vec![">".to_owned(), format!("雨{index}"), "3:50".to_owned()],
            style: Style::new(),
        });
        buffer
            .content
            .chunks(width.into())
            .map(|cells| {
                cells.iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned()
            })
            .collect()
    }

    #[test]
    fn columns_headings_and_bar() {
        let list = List {
            place: ListPlace::Queue,
            columns: &COLUMNS,
            len: 9,
            cursor: Some(4),
            window: &|height| 2..2 + height,
            focused: true,
            headings: true,
        };
        let expected = [
            "   Title      Length",
            ">  雨 2          3:50 │",
            ">  雨 3          3:50 ┃",
            ">  雨 4          3:50 │",
            ">  雨 5          3:50 │",
        ];
        // A wide letter is followed by the cell that it covers.
        assert_eq!(lines(&list, 22, 5), expected);
    }

    proptest! {
        #[test]
        fn columns_stay_inside(x in 0_u16..9, width in 0_u16..300, spans in proptest::collection::vec((any::<bool>(), 0_u16..90), 0..8)) {
            let columns: Vec<_> = spans
                .into_iter()
                .map(|(fixed, n)| Column { title: "", span: if fixed { Span::Cells(n) } else { Span::Share(n) }, align: Align::Left, weight: Weight::Main })
                .collect();
            let area = Rect { x, y: 0, width, height: 1 };
            let mut edge = area.x;
            for (left, width) in places(&columns, area) {
                prop_assert!(left >= edge && left + width <= area.right());
                edge = left + width;
            }
        }

        #[test]
        fn the_bar_touches_an_end_only_there(first in 0_usize..400, len in 2_usize..400, height in 4_u16..40) {
            let first = first.min(len.saturating_sub(height.into()));
            prop_assume!(len > usize::from(height));
            let area = Rect::new(0, 0, 1, height);
            let mut buffer = Buffer::empty(area);
            scrollbar(&mut buffer, area, &Theme::default(), first, len);
            let thumb = |row: u16| buffer[(0, row)].symbol() == Theme::default().signs.thumb;
            prop_assert_eq!(thumb(0), first == 0);
            let last = first + usize::from(height) >= len;
            prop_assert!(!last || thumb(height - 1));
        }
    }
}
