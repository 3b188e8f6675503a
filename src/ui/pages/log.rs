//! The log: what was told in this run, the newest first; below the rows all of the one under the cursor.

use ratatui::layout::Rect;

use super::{heading, message, tracks};
use crate::app::{Level, ListPlace, Notice, State};
use crate::ui::canvas::Canvas;
use crate::ui::text::{Align, count};
use crate::ui::theme::Theme;
use crate::ui::widgets::{BAR_CELLS, Column, List, Row, Span, Weight, whole};

const LEVEL: Column = Column { title: "", span: Span::Cells(7), align: Align::Left, weight: Weight::Main };
const WORDS: Column = Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Main };
const TIMES: Column = Column { title: "", span: Span::Cells(5), align: Align::Right, weight: Weight::Aside };
const AT: Column = Column { title: "", span: Span::Cells(5), align: Align::Left, weight: Weight::Aside };

/// Cells that the words leave to the other columns and the gaps between them.
const OTHERS_CELLS: u16 = BAR_CELLS + 5 + 2 + 7 + 2 + 2 + 5;

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
    let text = state.told_here().map_or("", |notice| notice.words.as_str());
    let room = area.width.saturating_sub(OTHERS_CELLS);
    let rows = whole(buffer, area, theme, text, room, (area.height / 2).min(WHOLE_ROWS));
    let list = List {
        place: ListPlace::Log,
        columns: &[AT, LEVEL, WORDS, TIMES],
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
            Row {
                texts: vec![state.clock_of(notice), level.to_owned(), notice.words.to_string(), times],
                style,
            }
        }
        None => tracks::nothing(),
    });
}
