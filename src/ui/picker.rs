//! The picker over the page: the listener's playlists here and at one service, and new ones.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::input::input;
use super::layout::{below, row};
use super::text::{Align, count};
use super::theme::Theme;
use super::widgets::{BAR_CELLS, Column, List, Row, Span, Weight, blank, frame, put, put_right};
use crate::app::{ListPlace, PickRow, Picker, PickerState, Target};
use crate::model::CleanText;

const NAME: Column = Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Main };
const NOTE: Column = Column { title: "", span: Span::Cells(10), align: Align::Left, weight: Weight::Aside };
const TRACKS: Column =
    Column { title: "", span: Span::Cells(11), align: Align::Right, weight: Weight::Aside };

/// From this many columns up, what else is known of a playlist has columns.
const ASIDE_COLUMNS: u16 = 50;

/// Draws the picker over `area`; gives the caret's place.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, picker: &Picker, theme: &Theme) -> Option<Position> {
    let area = area.intersection(buffer.area);
    blank(buffer, area, theme);
    let height = usize::from(area.height);
    buffer.mark(area, Target::List { list: ListPlace::Picker, height, row: None });
    let inner = if area.width >= 50 && area.height >= 10 {
        frame(buffer, area, theme, &heading(picker))
    } else {
        Rect { x: area.x + 1, width: area.width - 1, ..area }
    };
    let aside = match &picker.state {
        PickerState::Loading => {
            let name = picker.at.as_ref().map(|at| at.name.to_string()).unwrap_or_default();
            format!("looking for yours at {name}")
        }
        PickerState::Ready => {
            let is_there = |row: &&PickRow| matches!(row, PickRow::Playlist(_) | PickRow::Own(_));
            count(picker.rows.iter().filter(is_there).count(), "playlist")
        }
        PickerState::None(why) => why.to_string(),
        PickerState::Failed(fault) => fault.message.to_string(),
    };
    let line = Rect { width: inner.width.saturating_sub(BAR_CELLS), ..row(inner, 0) };
    let rest = put_right(buffer, line, &aside, theme.faint);
    let caret = input(buffer, rest, theme, &picker.input, true, "name of a playlist");
    let rows = below(inner, if inner.height > 8 { 2 } else { 1 });
    if picker.rows.is_empty() {
        put(buffer, row(rows, 0), "There is no such playlist.", theme.text);
        return caret;
    }
    let is_wide = rows.width >= ASIDE_COLUMNS;
    let list = List {
        place: ListPlace::Picker,
        columns: if is_wide { &[NAME, NOTE, TRACKS] } else { &[NAME] },
        len: picker.rows.len(),
        cursor: picker.list.cursor(),
        window: &|height| picker.list.window(height),
        focused: true,
        headings: false,
    };
    list.draw(buffer, rows, theme, |index| {
        let texts = match picker.rows.get(index) {
            None => Vec::new(),
            Some(PickRow::NewOwn(name)) => new(name, None),
            Some(PickRow::New(name)) => new(name, picker.at.as_ref().map(|at| &at.name)),
            Some(PickRow::Own(about)) => {
                vec![about.name.to_string(), "here".to_owned(), count(about.tracks, "track")]
            }
            Some(PickRow::Playlist(found)) => {
                let place = picker.at.as_ref().map(|at| at.name.to_string());
                let note = found.note.as_ref().map(ToString::to_string).or(place).unwrap_or_default();
                let tracks = found.tracks.and_then(|tracks| usize::try_from(tracks).ok());
                vec![
                    found.title.to_string(),
                    note,
                    tracks.map(|tracks| count(tracks, "track")).unwrap_or_default(),
                ]
            }
        };
        Row { texts, style: theme.text }
    });
    caret
}

/// The row for a new playlist, here or at a service.
fn new(name: &CleanText, at: Option<&CleanText>) -> Vec<String> {
    let place = at.map_or_else(|| "here".to_owned(), |at| format!("at {at}"));
    let text = if name.as_str().is_empty() {
        format!("New playlist {place}: type its name")
    } else {
        format!("New playlist {place}: {name}")
    };
    vec![text, String::new(), String::new()]
}

fn heading(picker: &Picker) -> String {
    let rest = match picker.at.as_ref().filter(|at| at.left_out > 0) {
        Some(at) => format!(", {} of them not at {}", at.left_out, at.name),
        None => String::new(),
    };
    format!(" Add {} to a playlist{rest} ", picker.title)
}
