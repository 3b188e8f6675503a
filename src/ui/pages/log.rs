//! The log: what was told in this run, the newest first; below the rows all of the one under the cursor.

use ratatui::layout::Rect;

use super::{heading, message, tracks};
use crate::app::{Level, ListPlace, Notice, State};
use crate::ui::canvas::Canvas;
use crate::ui::layout::{below, row};
use crate::ui::text::{Align, count, wrap};
use crate::ui::theme::Theme;
use crate::ui::widgets::{BAR_CELLS, Column, List, Row, Span, Weight, put, rule};

const LEVEL: Column = Column { title: "", span: Span::Cells(7), align: Align::Left, weight: Weight::Main };
const WORDS: Column = Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Main };
const TIMES: Column = Column { title: "", span: Span::Cells(5), align: Align::Right, weight: Weight::Aside };

/// Most rows for a whole notice.
const WHOLE_ROWS: u16 = 6;

pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let told: Vec<&Notice> = state.told().collect();
    let errors = told.iter().filter(|notice| notice.level == Level::Error).count();
    let area = heading(
        buffer,
        area,
        theme,
        "Log",
        &format!("{}, {}", count(errors, "error"), count(told.len(), "notice")),
    );
    if told.is_empty() {
        message(
            buffer,
            area,
            theme,
            &["Nothing was told yet. Errors and warnings of this run stay here.".to_owned()],
        );
        return;
    }
    let whole = (area.height / 3).min(WHOLE_ROWS);
    let rows = Rect { height: area.height - whole, ..area };
    let list = List {
        place: ListPlace::Log,
        columns: &[LEVEL, WORDS, TIMES],
        len: told.len(),
        cursor: state.log.list.cursor(),
        window: &|height| state.log.list.window(height),
        focused: state.overlays.is_empty(),
        headings: false,
    };
    list.draw(buffer, rows, theme, |index| match told.get(index) {
        Some(notice) => {
            let (level, style) = match notice.level {
                Level::Info => ("", theme.text),
                Level::Warning => ("warning", theme.warning),
                Level::Error => ("error", theme.failure),
            };
            let times = if notice.times > 1 { format!("{}x", notice.times) } else { String::new() };
            Row { texts: vec![level.to_owned(), notice.words.to_string(), times], style }
        }
        None => tracks::nothing(),
    });
    let whole = Rect { width: area.width.saturating_sub(BAR_CELLS), ..below(area, rows.height) };
    if let Some(notice) = state.told_here() {
        rule(buffer, row(whole, 0), theme);
        for (line, at) in wrap(notice.words.as_str(), usize::from(whole.width)).iter().zip(1..whole.height) {
            put(buffer, row(whole, at), line, theme.text);
        }
    }
}
