//! The journal over the page: every change of a list, the newest first, with what going back to before it brings.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::layout::{below, row};
use super::text::{Align, count, total};
use super::theme::Theme;
use super::widgets::{BAR_CELLS, Column, List, Row, Span, Weight, blank, frame, put, put_right};
use crate::app::{Brings, JournalPage, ListPlace, Made, StepStanding, Target};

const SIGN: Column = Column { title: "", span: Span::Cells(1), align: Align::Left, weight: Weight::Main };
const NAME: Column =
    Column { title: "What was done", span: Span::Share(1), align: Align::Left, weight: Weight::Main };
const BRINGS: Column =
    Column { title: "Going there brings", span: Span::Share(1), align: Align::Left, weight: Weight::Main };
const WHEN: Column =
    Column { title: "When", span: Span::Cells(10), align: Align::Right, weight: Weight::Aside };
/// The same where there is little room.
const SHORT: Column = Column { title: "", span: Span::Cells(10), align: Align::Left, weight: Weight::Main };
const NOTE: Column = Column { title: "", span: Span::Cells(10), align: Align::Left, weight: Weight::Aside };

/// From this many columns up, what stands and what was taken back is said in words too.
const NOTE_COLUMNS: u16 = 60;

/// From this many columns up there is room to say that what is brought was there before.
const ROOMY_COLUMNS: u16 = 90;

/// Draws the journal over `area`.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, page: &JournalPage, theme: &Theme) {
    let area = area.intersection(buffer.area);
    blank(buffer, area, theme);
    let height = usize::from(area.height);
    buffer.mark(area, Target::List { list: ListPlace::Journal, height, row: None });
    let title = format!("Changes of {}", page.title);
    let boxed = area.width >= 50 && area.height >= 8;
    let amount = count(page.changes(), "change");
    let inner = if boxed {
        frame(buffer, area, theme, &format!(" {title} {} {amount} ", theme.signs.dot))
    } else {
        let line = Rect { width: area.width.saturating_sub(BAR_CELLS), ..row(area, 0) };
        let rest = put_right(buffer, line, &amount, theme.faint);
        put(buffer, rest, &title, theme.strong);
        let rest = below(area, 1);
        Rect { x: rest.x + 1, width: rest.width - 1, ..rest }
    };
    if page.rows.is_empty() {
        let words = if page.waiting { "Loading..." } else { "Nothing was changed yet." };
        put(buffer, row(inner, 0), words, theme.text);
        return;
    }
    let is_wide = inner.width >= NOTE_COLUMNS;
    let is_roomy = inner.width >= ROOMY_COLUMNS;
    let list = List {
        place: ListPlace::Journal,
        columns: if is_wide { &[SIGN, WHEN, NAME, BRINGS, NOTE] } else { &[SIGN, WHEN, NAME, SHORT] },
        len: page.rows.len(),
        cursor: page.list.cursor(),
        window: &|height| page.list.window(height),
        focused: true,
        headings: is_wide,
    };
    list.draw(buffer, inner, theme, |index| match page.rows.get(index) {
        Some(made) => line(made, index == 0, (is_wide, is_roomy), theme),
        None => Row { texts: Vec::new(), style: theme.text },
    });
}

fn line(made: &Made, is_newest: bool, (is_wide, is_roomy): (bool, bool), theme: &Theme) -> Row {
    let (sign, note, style) = match made.standing {
        StepStanding::Here => (theme.signs.playing, "now", theme.playing),
        StepStanding::Done => ("", "", theme.text),
        StepStanding::TakenBack => ("", if is_newest { "" } else { "taken back" }, theme.faint),
    };
    let name = if is_newest { "the newest".to_owned() } else { made.name.to_string() };
    let before = if is_newest || !is_roomy { "" } else { "before: " };
    let known = |rows: usize, length: std::time::Duration| {
        let length =
            if length.is_zero() || !is_wide { String::new() } else { format!(", {}", total(length)) };
        format!("{}{length}", count(rows, "track"))
    };
    let brings = match &made.brings {
        Brings::Rows(0, _) => format!("{before}empty"),
        Brings::Rows(rows, length) => format!("{before}{}", known(*rows, *length)),
        Brings::Playlist(name, rows, length) => format!("{before}{name} ({})", known(*rows, *length)),
        Brings::Without(name) => format!("{before}no {name}"),
        Brings::Said(words) => format!("{before}{words}"),
        Brings::Newest => String::new(),
    };
    Row { texts: vec![sign.to_owned(), made.when.clone(), name, brings, note.to_owned()], style }
}
