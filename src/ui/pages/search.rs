//! The search: the line, each service's answer in one line, the rows.

use ratatui::layout::{Position, Rect};

use super::filtered::{Shown, line as filter_line, nothing_found};
use super::{countdown, message, tracks};
use crate::app::{Answer, Focus, FoundRow, ListPlace, State};
use crate::model::ServiceId;
use crate::ui::canvas::Canvas;
use crate::ui::input::input;
use crate::ui::layout::{below, row};
use crate::ui::text::{cells, cut};
use crate::ui::theme::Theme;
use crate::ui::widgets::{BAR_CELLS, Ink, List, put, put_right, spans};

pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Option<Position> {
    buffer.words.heading = "Search".to_owned();
    let search = &state.search;
    let typing = state.focus() == Focus::SearchInput;
    let line = row(area, 0);
    let mut caret = input(buffer, line, theme, &search.input, typing, "title, artist or album, or a link");
    if let (Some(at), Some(rest)) = (caret, search.completion()) {
        let room = line.right().saturating_sub(at.x);
        put(buffer, Rect { x: at.x, width: room, ..line }, rest, theme.faint);
    }
    // Where there is a line to spare, the services keep theirs.
    let (problem, is_high) = (state.search_hint(), area.height > 8);
    match (state.filter_of(ListPlace::Results), state.marked_rows(ListPlace::Results)) {
        (Some(filter), _) => caret = filter_line(buffer, row(area, 1), state, theme, filter).or(caret),
        (None, 0) => match &problem {
            Some(problem) if !is_high => {
                put(buffer, row(area, 1), &problem.to_string(), theme.warning);
            }
            _ => answers(buffer, row(area, 1), state, theme),
        },
        (None, marked) => {
            let line = Rect { width: area.width.saturating_sub(BAR_CELLS), ..row(area, 1) };
            let rest = put_right(buffer, line, &format!("{marked} selected"), theme.faint);
            answers(buffer, rest, state, theme);
        }
    }
    if let (Some(problem), true) = (&problem, is_high) {
        put(buffer, row(area, 2), &problem.to_string(), theme.warning);
    }
    let area = below(area, if is_high { 3 } else { 2 });
    if search.rows.is_empty() {
        message(buffer, area, theme, &why_empty(state));
        return caret;
    }
    let shown = Shown::of(state, ListPlace::Results, &search.list);
    if shown.len() == 0 {
        message(buffer, area, theme, &nothing_found(state));
        return caret;
    }
    let marked = state.marked_places(ListPlace::Results);
    let sources = tracks::Sources::found(state);
    let rated = search.rows.iter().any(|row| row.item.track().is_some_and(|track| track.stars > 0));
    let list = List {
        place: ListPlace::Results,
        columns: &tracks::columns(area.width, sources, rated),
        len: shown.len(),
        cursor: shown.cursor(),
        window: &|height| shown.window(height),
        focused: state.focus() == Focus::SearchResults,
        headings: true,
    };
    list.draw(buffer, area, theme, |index| match search.rows.get(shown.row(index)) {
        Some(FoundRow { item, others }) => {
            let mut source = tracks::source_of(item, &state.services);
            if !others.is_empty() {
                // The number is seen, whatever is cut.
                let cells = usize::from(sources.cells()).saturating_sub(3);
                let room = if theme.is_spoken() { usize::MAX } else { cells };
                source = format!("{} +{}", cut(&source, room), others.len());
            }
            let mark =
                tracks::mark_or_selected(item, marked.binary_search(&shown.row(index)).is_ok(), state, theme);
            let row = tracks::item(item, area.width, mark, Some(source), theme);
            let row = tracks::kept(row, item.track(), state, theme);
            tracks::starred(row, item.track(), area.width, rated, theme)
        }
        None => tracks::nothing(),
    });
    caret
}

/// How far each service is, those that need a sign-in last and together.
fn answers(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let search = &state.search;
    let mut parts = vec![(search.kind.plural().to_owned(), theme.strong)];
    let mut silent = Vec::new();
    for service in &search.services {
        let name = service.name.as_str();
        match &service.answer {
            Answer::NotSignedIn(_) => silent.push(name),
            Answer::Failed(_) if state.limited_for(&service.id).is_some() => {
                parts.push((countdown(state, &service.id, name), theme.warning));
            }
            Answer::Failed(fault) if fault.message.as_str().contains(name) => {
                parts.push((service.answer.words(), theme.warning));
            }
            Answer::Failed(_) => parts.push((format!("{name} {}", service.answer.words()), theme.failure)),
            Answer::Waiting { .. } => parts.push((format!("{name} {}", service.answer.words()), theme.text)),
            // Nobody looks for albums in folders.
            Answer::Unsuited(_) if is_local(state, &service.id) => {}
            Answer::Unsuited(why) => parts.push((format!("{name} {why}"), theme.faint)),
            Answer::Idle => parts.push((name.to_owned(), theme.faint)),
            Answer::Found { .. } => {
                parts.push((format!("{name} {}", service.answer.words()), theme.faint));
            }
            // It has no part in this; the listener's own folders are such.
            Answer::CannotSearch => {}
        }
    }
    match silent.as_slice() {
        [] => {}
        [name] => parts.push((format!("{name} not signed in"), theme.faint)),
        names => {
            let whole = format!("{} not signed in", names.join(", "));
            let taken: usize = parts.iter().map(|(text, _)| cells(text) + 3).sum();
            let short = format!("{} not signed in", names.len());
            let fits = taken + cells(&whole) <= usize::from(area.width);
            parts.push((if fits { whole } else { short }, theme.faint));
        }
    }
    let dot = format!(" {} ", theme.signs.dot);
    let mut inks: Vec<Ink<'_>> = Vec::new();
    for (text, style) in &parts {
        if !inks.is_empty() {
            inks.push((&dot, theme.faint));
        }
        inks.push((text, *style));
    }
    spans(buffer, area, &inks);
}

fn is_local(state: &State, service: &ServiceId) -> bool {
    state.services.iter().any(|known| known.id == *service && known.capabilities.is_local)
}

/// What to say in place of rows.
fn why_empty(state: &State) -> Vec<String> {
    let search = &state.search;
    if search.words.is_empty() {
        return vec!["Type what you look for; all services are searched at once.".to_owned()];
    }
    if search.is_waiting() {
        return vec![format!("Looking for “{}”...", search.words)];
    }
    let mut sentences = vec![format!("Nothing was found for “{}”.", search.words)];
    for service in &search.services {
        if let (Answer::Failed(_), Some(_)) = (&service.answer, state.limited_for(&service.id)) {
            sentences.push(format!("{}.", countdown(state, &service.id, service.name.as_str())));
        } else if let Answer::Failed(fault) = &service.answer {
            let is_named = fault.message.as_str().contains(service.name.as_str());
            let name = if is_named { String::new() } else { format!("{}: ", service.name) };
            sentences.push(format!("{name}{fault}"));
        }
    }
    sentences
}
