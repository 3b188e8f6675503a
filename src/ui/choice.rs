//! The choice of a setting's value over the page: the values there are, or a line to type one.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::input::input;
use super::layout::{below, row};
use super::text::{Align, wrap};
use super::theme::Theme;
use super::widgets::{BAR_CELLS, Column, List, Row, Span, Weight, blank, frame, put};
use crate::app::{Choice, ListPlace, Target};

const SIGN: Column = Column { title: "", span: Span::Cells(2), align: Align::Left, weight: Weight::Main };
const VALUE: Column = Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Main };

/// Rows around the values: a box, the line that is typed into, what is expected, and gaps.
const AROUND: usize = 7;

/// Fewest rows where there is room.
const LEAST_ROWS: u16 = 10;

/// Draws the choice over `area`; gives the caret's place.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, choice: &Choice, theme: &Theme) -> Option<Position> {
    let area = area.intersection(buffer.area);
    let rows = u16::try_from(choice.whole() + AROUND).unwrap_or(u16::MAX).max(LEAST_ROWS);
    let area = Rect { height: area.height.min(rows), ..area };
    blank(buffer, area, theme);
    let height = usize::from(area.height);
    buffer.mark(area, Target::List { list: ListPlace::Choice, height, row: None });
    let setting = &choice.setting;
    let inner = if area.width >= 50 && area.height >= 10 {
        frame(buffer, area, theme, &format!(" {} ", setting.path))
    } else {
        let inner = Rect { x: area.x + 1, width: area.width - 1, ..area };
        put(buffer, row(inner, 0), &setting.path, theme.strong);
        below(inner, u16::from(inner.height > 1))
    };
    let line = Rect { width: inner.width.saturating_sub(BAR_CELLS), ..row(inner, 0) };
    let wanted = if setting.takes_more { "a value" } else { "a few letters" };
    let caret = input(buffer, line, theme, &choice.input, true, wanted);
    let mut rest = below(inner, if inner.height > 8 { 2 } else { 1 });
    // What is wrong with the line, or what may stand there.
    let problem = choice.problem();
    let (words, style) = match &problem {
        Some(problem) => (problem.clone(), theme.warning),
        None if setting.takes_more => (format!("Expected: {}.", setting.expected), theme.faint),
        None => (String::new(), theme.faint),
    };
    let lines = wrap(&words, usize::from(rest.width.saturating_sub(BAR_CELLS)));
    let room = usize::from(rest.height).saturating_sub(choice.rows.len().min(3));
    for line in lines.iter().take(room) {
        put(buffer, row(rest, 0), line, style);
        rest = below(rest, 1);
    }
    if !lines.is_empty() && rest.height > 6 {
        rest = below(rest, 1);
    }
    let present = setting.typed();
    let list = List {
        place: ListPlace::Choice,
        columns: &[SIGN, VALUE],
        len: choice.rows.len(),
        cursor: choice.list.cursor(),
        window: &|height| choice.list.window(height),
        focused: true,
        headings: false,
    };
    list.draw(buffer, rest, theme, |index| {
        let texts = choice.rows.get(index).map_or_else(Vec::new, |value| {
            let sign = if value.as_str() == present { theme.signs.selected } else { "" };
            vec![sign.to_owned(), value.to_string()]
        });
        Row { texts, style: theme.text }
    });
    caret
}
