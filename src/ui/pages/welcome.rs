//! The first page: four doors to the first sound, each with what it needs.

use ratatui::layout::Rect;

use super::tracks;
use crate::app::{ListPlace, State};
use crate::ui::canvas::Canvas;
use crate::ui::layout::{below, inset, row};
use crate::ui::text::{Align, wrap};
use crate::ui::theme::Theme;
use crate::ui::widgets::{Column, List, Row, Span, Weight, put};

/// From this many columns up, what a door needs stands beside it.
const BESIDE_COLUMNS: u16 = 64;

const KEY: Column = Column { title: "", span: Span::Cells(1), align: Align::Left, weight: Weight::Main };
const TITLE: Column = Column { title: "", span: Span::Cells(12), align: Align::Left, weight: Weight::Main };
const WORDS: Column = Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Aside };

pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let welcome = &state.welcome;
    let roomy = area.height >= 12;
    let mut area = area;
    if area.width >= BESIDE_COLUMNS {
        area = inset(area, area.width.saturating_sub(90).max(4) / 2);
    }
    if roomy {
        area = below(area, if area.height >= 20 { area.height / 5 } else { 1 });
        put(buffer, row(area, 0), "Segue", theme.strong);
        put(buffer, row(area, 1), "Music of several services and your own, in one place.", theme.faint);
        area = below(area, 3);
    } else if area.height > 5 {
        put(buffer, row(area, 0), "Where shall the music come from?", theme.strong);
        area = below(area, 1);
    }
    let beside = area.width >= BESIDE_COLUMNS;
    let doors = u16::try_from(welcome.doors.len()).unwrap_or(u16::MAX).min(area.height);
    let list = List {
        place: ListPlace::Doors,
        columns: if beside { &[KEY, TITLE, WORDS] } else { &[KEY, WORDS] },
        len: welcome.doors.len(),
        cursor: welcome.list.cursor(),
        window: &|height| welcome.list.window(height),
        focused: state.overlays.is_empty(),
        headings: false,
    };
    list.draw(buffer, Rect { height: doors, ..area }, theme, |index| match welcome.doors.get(index) {
        Some(door) => Row {
            texts: vec![door.key.to_string(), door.title.to_owned(), door.words.to_string()],
            style: theme.text,
        },
        None => tracks::nothing(),
    });
    let Some(door) = welcome.list.cursor().and_then(|at| welcome.doors.get(at)).filter(|_| !beside) else {
        return;
    };
    let area = below(area, doors);
    let lines = wrap(door.words.as_str(), area.width.into());
    let gap = u16::from(usize::from(area.height) > lines.len());
    for (line, at) in lines.iter().zip(gap..area.height) {
        put(buffer, row(area, at), line, theme.faint);
    }
}
