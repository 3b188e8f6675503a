//! The themes at the edge of the page, so that most of it shows what the one under the cursor looks like.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::layout::row;
use super::text::Align;
use super::theme::Theme;
use super::widgets::{Column, List, Row, Span, Weight, blank, frame, put, spans};
use crate::app::{ListPlace, State, Target, ThemeList};

/// Cells that the list takes across, where the page has them twice.
const COLUMNS: u16 = 34;

const SIGN: Column = Column { title: "", span: Span::Cells(2), align: Align::Left, weight: Weight::Main };
const NAME: Column = Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Main };
const WHOSE: Column = Column { title: "", span: Span::Cells(5), align: Align::Right, weight: Weight::Aside };

/// Draws the list over `area`.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, open: &ThemeList, theme: &Theme) {
    let area = area.intersection(buffer.area);
    let width = if area.width >= 2 * COLUMNS { COLUMNS } else { area.width };
    let area = Rect { x: area.right() - width, width, ..area };
    blank(buffer, area, theme);
    let height = usize::from(area.height);
    buffer.mark(area, Target::List { list: ListPlace::Themes, height, row: None });
    let boxed = area.width >= 30 && area.height >= 8;
    let inner = if boxed { frame(buffer, area, theme, " Theme ") } else { area };
    let sample = u16::from(inner.height > 5);
    let rows = Rect { height: inner.height.saturating_sub(2 * sample), ..inner };
    if state.themes.is_empty() {
        put(buffer, row(rows, 0), "There is no theme to choose.", theme.text);
    }
    let list = List {
        place: ListPlace::Themes,
        columns: &[SIGN, NAME, WHOSE],
        len: state.themes.len(),
        cursor: open.list.cursor(),
        window: &|height| open.list.window(height),
        focused: true,
        headings: false,
    };
    list.draw(buffer, rows, theme, |index| match state.themes.get(index) {
        Some(its) => {
            let sign = if its.name == state.kept_theme { theme.signs.selected } else { "" };
            let whose = if its.is_own { "yours" } else { "" };
            Row { texts: vec![sign.to_owned(), its.name.clone(), whose.to_owned()], style: theme.text }
        }
        None => Row { texts: Vec::new(), style: theme.text },
    });
    if sample > 0 {
        let line = row(inner, inner.height - 1);
        let words = [
            ("plays", theme.playing),
            (" ", theme.text),
            ("key", theme.key),
            (" ", theme.text),
            ("faint", theme.faint),
            (" ", theme.text),
            ("warns", theme.warning),
            (" ", theme.text),
            ("fails", theme.failure),
        ];
        spans(buffer, line, &words);
    }
}
