//! The help over the page: every action with its keys, from the one table of actions.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::input::input;
use super::keys::spoken;
use super::layout::{below, row};
use super::text::{Align, count};
use super::theme::Theme;
use super::widgets::{BAR_CELLS, Column, List, Row, Span, Weight, blank, frame, put, put_right, whole};
use crate::app::{Focus, Help, ListPlace, State, Target};

/// From this many columns up, the places where keys work have a column.
const PLACE_COLUMNS: u16 = 84;

/// From this many columns up, all keys of an action are told, below it the first one.
const KEYS_COLUMNS: u16 = 50;

/// What stands in the place of keys where no key leads to an action.
const NO_KEY: &str = "(no key)";

/// Cells for where keys work, for all keys of an action, and for the first one.
const PLACE_CELLS: u16 = 22;
const KEYS_CELLS: u16 = 16;
const FIRST_KEY_CELLS: u16 = 9;

const PLACE: Column =
    Column { title: "", span: Span::Cells(PLACE_CELLS), align: Align::Left, weight: Weight::Aside };
const KEYS: Column =
    Column { title: "", span: Span::Cells(KEYS_CELLS), align: Align::Left, weight: Weight::Main };
const FIRST_KEY: Column =
    Column { title: "", span: Span::Cells(FIRST_KEY_CELLS), align: Align::Left, weight: Weight::Main };
const WORDS: Column = Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Main };

/// Draws the help over `area`; gives the caret's place while words are typed.
pub(super) fn draw(
    buffer: &mut Canvas<'_>,
    area: Rect,
    state: &State,
    help: &Help,
    theme: &Theme,
) -> Option<Position> {
    let area = area.intersection(buffer.area);
    blank(buffer, area, theme);
    let height = usize::from(area.height);
    buffer.mark(area, Target::List { list: ListPlace::Help, height, row: None });
    let boxed = area.width >= 50 && area.height >= 10;
    let inner = if boxed {
        frame(buffer, area, theme, " Keys ")
    } else {
        Rect { x: area.x + 1, width: area.width - 1, ..area }
    };
    let places = inner.width >= PLACE_COLUMNS;
    let place = help.list.cursor().and_then(|row| help.rows.get(row)).map(|row| row.info.context.title());
    let aside = match place {
        Some(place) if !places => place.to_owned(),
        _ => count(help.rows.len(), "action"),
    };
    let line = Rect { width: inner.width.saturating_sub(BAR_CELLS), ..row(inner, 0) };
    let rest = put_right(buffer, line, &aside, theme.faint);
    let typing = state.focus() == Focus::HelpInput;
    let caret = input(buffer, rest, theme, &help.input, typing, "words to look for");
    let rows = below(inner, if inner.height > 8 { 2 } else { 1 });
    if help.rows.is_empty() {
        put(buffer, row(rows, 0), "No action has these words.", theme.text);
        return caret;
    }
    let many = rows.width >= KEYS_COLUMNS;
    let here = help.list.cursor().and_then(|row| help.rows.get(row));
    let keys = if many { KEYS_CELLS } else { FIRST_KEY_CELLS };
    let room = rows.width.saturating_sub(BAR_CELLS + keys + 2 + if places { PLACE_CELLS + 2 } else { 0 });
    let rows = whole(buffer, rows, theme, here.map_or("", |found| found.info.help), room, rows.height / 2);
    let first = help.list.window(rows.height.into()).start;
    let list = List {
        place: ListPlace::Help,
        columns: match (places, many) {
            (true, _) => &[PLACE, KEYS, WORDS],
            (false, true) => &[KEYS, WORDS],
            (false, false) => &[FIRST_KEY, WORDS],
        },
        len: help.rows.len(),
        cursor: help.list.cursor(),
        window: &|height| help.list.window(height),
        focused: true,
        headings: false,
    };
    list.draw(buffer, rows, theme, |index| {
        let Some(action) = help.rows.get(index) else {
            return Row { texts: Vec::new(), style: theme.text };
        };
        let before = index.checked_sub(1).and_then(|before| help.rows.get(before));
        let same = index > first && before.is_some_and(|before| before.info.context == action.info.context);
        let place = if same { "" } else { action.info.context.title() };
        let shown = if many { action.keys.len() } else { 1 };
        let keys: Vec<_> = action.keys.iter().take(shown).map(|keys| spoken(keys)).collect();
        let keys = if keys.is_empty() { NO_KEY.to_owned() } else { keys.join("  ") };
        let mut texts = vec![keys, action.info.help.to_owned()];
        if places {
            texts.insert(0, place.to_owned());
        }
        Row { texts, style: theme.text }
    });
    caret
}
