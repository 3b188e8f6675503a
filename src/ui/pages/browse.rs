//! The services' lists on the left, the tracks of the open one on the right; where there is no room
//! for both, the one that has the keyboard.

use ratatui::layout::{Position, Rect};

use super::filtered::{Shown, heading_or_filter, line, nothing_found};
use super::opened;
use super::{countdown, message, tracks};
use crate::app::{Action, Focus, ListPlace, Pane, Shelf, ShelfState, SidePane, State, Target};
use crate::ui::canvas::Canvas;
use crate::ui::keys::first_key;
use crate::ui::layout::{WIDE_COLUMNS, below, row, split};
use crate::ui::text::{self, Align, count};
use crate::ui::theme::Theme;
use crate::ui::widgets::{Column, List, Row, Span, Weight, put};

const SHELVES: &[Column] = &[
    Column { title: "", span: Span::Cells(11), align: Align::Left, weight: Weight::Aside },
    Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Main },
];

pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Option<Position> {
    let in_lists = state.browse.pane == Pane::Lists;
    if area.width < WIDE_COLUMNS || state.panes.hides_lists {
        if in_lists || state.browse.open().is_none() {
            return shelves(buffer, area, state, theme);
        }
        return shelf(buffer, area, state, theme);
    }
    let (left, rest) = split(area, state.panes.lists_cells(area.width));
    let (bar, right) = split(rest, 3);
    for at in 0..bar.height {
        put(buffer, Rect { x: bar.x + 1, width: 1, ..row(bar, at) }, theme.signs.divider, theme.faint);
    }
    buffer.mark(bar, Target::Divider(SidePane::Lists));
    let caret = shelves(buffer, left, state, theme);
    shelf(buffer, right, state, theme).or(caret)
}

fn shelves(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Option<Position> {
    let browse = &state.browse;
    let shown = Shown::of(state, ListPlace::Shelves, &browse.list);
    let (area, caret) = match state.filter_of(ListPlace::Shelves) {
        Some(filter) => (below(area, 1), line(buffer, row(area, 0), state, theme, filter)),
        None => (area, None),
    };
    if shown.len() == 0 && !browse.shelves.is_empty() {
        message(buffer, area, theme, &nothing_found(state));
        return caret;
    }
    let first = shown.window(area.height.into()).start;
    let list = List {
        place: ListPlace::Shelves,
        columns: SHELVES,
        len: shown.len(),
        cursor: shown.cursor(),
        window: &|height| shown.window(height),
        focused: state.focus() == Focus::BrowseLists || typing_in(state, ListPlace::Shelves),
        headings: false,
    };
    list.draw(buffer, area, theme, |index| {
        let Some(shelf) = browse.shelves.get(shown.row(index)) else {
            return tracks::nothing();
        };
        let before = index.checked_sub(1).and_then(|before| browse.shelves.get(shown.row(before)));
        let same = index > first
            && before.is_some_and(|before| {
                before.is_kept == shelf.is_kept && (shelf.is_kept || before.service == shelf.service)
            });
        let service = match same {
            true => String::new(),
            false if shelf.is_kept => "Offline".to_owned(),
            false => shelf.service_name.to_string(),
        };
        let title = match (&shelf.source, &shelf.state) {
            (Some(source), _) => source.title.to_string(),
            (None, ShelfState::NeedsSignIn(_)) => "not signed in".to_owned(),
            (None, _) => "no lists".to_owned(),
        };
        let style = if shelf.source.is_some() { theme.text } else { theme.faint };
        Row { texts: vec![service, title], style }
    });
    caret
}

/// Whether keys go into the line of a list's filter.
fn typing_in(state: &State, place: ListPlace) -> bool {
    state.filter_of(place).is_some_and(|filter| filter.typing)
}

fn shelf(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Option<Position> {
    let Some(shelf) = state.browse.open() else {
        // Where the filter of the lists finds none, none is open.
        if state.browse.shelves.is_empty() {
            message(buffer, area, theme, &["No service is set up.".to_owned()]);
        }
        return None;
    };
    let about = opened::about(shelf, theme);
    let title = match &shelf.source {
        Some(source) if about.is_some() => source.title.to_string(),
        Some(source) if shelf.service_name.is_empty() => source.title.to_string(),
        Some(source) => format!("{} {} {}", shelf.service_name, theme.signs.dot, source.title),
        None => shelf.service_name.to_string(),
    };
    let shown = Shown::of(state, ListPlace::Tracks, &shelf.list);
    let mut amount = totals(shelf, theme);
    match state.marked_rows(ListPlace::Tracks) {
        0 => {}
        marked => amount = format!("{marked} selected {} {amount}", theme.signs.dot),
    }
    let (whole, (area, caret)) =
        (area, heading_or_filter(buffer, area, state, theme, ListPlace::Tracks, (&title, &amount)));
    let area = match about.filter(|_| state.filter_of(ListPlace::Tracks).is_none()) {
        Some(about) => opened::draw(buffer, whole, area, &about, theme),
        None => area,
    };
    if shelf.rows.is_empty() {
        message(buffer, area, theme, &why_empty(shelf, state));
        return caret;
    }
    if shown.len() == 0 {
        message(buffer, area, theme, &nothing_found(state));
        return caret;
    }
    let marked = state.marked_places(ListPlace::Tracks);
    // What was put together from several services belongs to none.
    let sources =
        if shelf.service_name.is_empty() { tracks::Sources::of(state) } else { tracks::Sources::One };
    let rated = shelf.amount().rated;
    let list = List {
        place: ListPlace::Tracks,
        columns: &tracks::numbered(area.width, sources, rated, shelf.rows.len()),
        len: shown.len(),
        cursor: shown.cursor(),
        window: &|height| shown.window(height),
        focused: state.focus() == Focus::BrowseTracks,
        headings: true,
    };
    list.draw(buffer, area, theme, |index| match shelf.rows.get(shown.row(index)) {
        Some(item) => {
            let source = item.track().filter(|_| sources != tracks::Sources::One);
            let source = source.map(|track| tracks::source(&track.reference, &state.services));
            let mark =
                tracks::mark_or_selected(item, marked.binary_search(&shown.row(index)).is_ok(), state, theme);
            let row = tracks::item(item, area.width, mark, source, theme);
            let row = tracks::kept(row, item.track(), state, theme);
            let row = tracks::starred(row, item.track(), area.width, rated, theme);
            tracks::with_number(row, area.width, shown.row(index))
        }
        None => tracks::nothing(),
    });
    caret
}

/// How much there is, and whether more is on its way or did not come.
fn totals(shelf: &Shelf, theme: &Theme) -> String {
    let known = shelf.rows.len();
    let dot = theme.signs.dot;
    let sums = shelf.amount();
    let noun = match known {
        all if all == sums.tracks => "track",
        all if all == sums.albums => "album",
        _ => "row",
    };
    let length = |over: bool| if noun == "track" { text::known(sums.length, over) } else { String::new() };
    let amount = match shelf.total {
        _ if known == 0 => return String::new(),
        Some(all) if all > known as u64 => format!("{known} of {all} {noun}s{}", length(true)),
        None if shelf.more => format!("{} so far{}", count(known, noun), length(true)),
        // An artist's albums, then their tracks.
        _ if noun == "row" && sums.albums + sums.tracks == known => {
            let length = text::known(sums.length, sums.unknown > 0);
            format!("{}, {}{length}", count(sums.albums, "album"), count(sums.tracks, "track"))
        }
        // Not all sources tell how long each track is.
        _ => format!("{}{}", count(known, noun), length(sums.unknown > 0)),
    };
    let amount = if shelf.is_stale { format!("from earlier {dot} {amount}") } else { amount };
    match shelf.state {
        ShelfState::Loading => format!("loading more {dot} {amount}"),
        ShelfState::Failed(_) => format!("the rest did not come {dot} {amount}"),
        ShelfState::Closed | ShelfState::Ready | ShelfState::NeedsSignIn(_) | ShelfState::NoLists => amount,
    }
}

/// What to say in place of rows.
fn why_empty(shelf: &Shelf, state: &State) -> Vec<String> {
    match &shelf.state {
        ShelfState::Closed => {
            vec![format!("{} opens this list.", first_key(state, &Action::OpenList))]
        }
        ShelfState::Loading => vec!["Loading...".to_owned()],
        ShelfState::Ready => vec!["There is nothing in this list.".to_owned()],
        ShelfState::Failed(_) if state.limited_for(&shelf.service).is_some() => {
            vec![format!("{}.", countdown(state, &shelf.service, shelf.service_name.as_str()))]
        }
        ShelfState::Failed(fault) => vec![fault.to_string()],
        ShelfState::NeedsSignIn(what) => {
            let key = first_key(state, &Action::OpenList);
            let way = format!("{key} leads to the accounts.");
            vec![
                format!("{} needs a sign-in first.", shelf.service_name),
                String::new(),
                what.to_string(),
                way,
            ]
        }
        ShelfState::NoLists => {
            vec![format!("{} has no lists to browse; it can be searched.", shelf.service_name)]
        }
    }
}
