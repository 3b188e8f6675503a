//! A sign-in: what the service asks, where to go, the lines to fill in, what went wrong.

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::heading;
use crate::app::{Action, Line, ListPlace, State, Talk, Target};
use crate::ui::canvas::Canvas;
use crate::ui::keys::first_key;
use crate::ui::layout::{below, row};
use crate::ui::text::{Align, beginning, cells, ending, fit, wrap};
use crate::ui::theme::Theme;
use crate::ui::widgets::{BAR_CELLS, put};

/// Fewest rows of an address that are worth their room; a cut one can be used for nothing.
const NARROWEST_ADDRESS: u16 = 10;

/// Draws the sign-in; gives the caret's place while a line is typed into.
pub(super) fn draw(
    buffer: &mut Canvas<'_>,
    area: Rect,
    state: &State,
    talk: &Talk,
    theme: &Theme,
) -> Option<Position> {
    let area = heading(buffer, area, theme, &format!("Sign in to {}", talk.name), "");
    let inner = Rect { width: area.width.saturating_sub(BAR_CELLS), ..area };
    let (news, ink) = news(state, talk, theme);
    let width = usize::from(inner.width).max(1);
    let news = wrap(&news, width);
    let mut words = wrap(talk.words.as_str(), width);
    if talk.link.is_some() {
        let key = first_key(state, &Action::OpenPage);
        words.extend(wrap(&format!("Go on in the browser. {key} opens this page there again:"), width));
    }
    // The address goes from edge to edge without a margin, so that what is selected is nothing but the address.
    let whole = Rect { x: buffer.area.x, width: buffer.area.width, ..area };
    let address = talk.link.as_ref().map(|link| in_rows(link.0.as_str(), whole.width)).unwrap_or_default();

    // What is typed into is needed most, then what went wrong, then the address, then the words.
    let mut room = usize::from(area.height);
    let mut take = |wanted: usize| {
        let taken = wanted.min(room);
        room -= taken;
        taken
    };
    let line_rows = take(talk.lines.len());
    let news_rows = take(news.len());
    let some_words = take(words.len().min(1));
    let address_rows = take(address.len());
    let word_rows = some_words + take(words.len().saturating_sub(1));
    let blocks = [word_rows, address_rows, line_rows, news_rows].iter().filter(|rows| **rows > 0).count();
    let gap = u16::from(room >= blocks);

    let mut rest = inner;
    rest = lines(buffer, rest, &words, word_rows, theme.text);
    rest = below(rest, if word_rows > 0 { gap } else { 0 });
    rest = link(buffer, rest, whole, &address, address_rows, theme);
    rest = below(rest, if address_rows > 0 { gap } else { 0 });
    let caret = form(buffer, Rect { height: narrow(line_rows).min(rest.height), ..rest }, state, talk, theme);
    rest = below(rest, narrow(line_rows));
    rest = below(rest, if line_rows > 0 { gap } else { 0 });
    lines(buffer, rest, &news, news_rows, ink);
    caret
}

/// What happens now.
fn news(state: &State, talk: &Talk, theme: &Theme) -> (String, Style) {
    let key = first_key(state, &Action::FillIn);
    match &talk.fault {
        Some(fault) if talk.is_over() => (format!("{fault} {key} begins again."), theme.failure),
        Some(fault) => (fault.to_string(), theme.failure),
        None if talk.waiting => (format!("Asking {}...", talk.name), theme.faint),
        None if talk.link.is_some() && talk.lines.is_empty() => {
            ("Waiting for the browser to come back...".to_owned(), theme.faint)
        }
        None if talk.link.is_some() => {
            ("Waiting for the browser to come back, or for the code.".to_owned(), theme.faint)
        }
        None => (String::new(), theme.text),
    }
}

fn lines(buffer: &mut Canvas<'_>, area: Rect, lines: &[String], rows: usize, ink: Style) -> Rect {
    for (line, at) in lines.iter().take(rows).zip(0..area.height) {
        put(buffer, row(area, at), line, ink);
    }
    below(area, narrow(rows))
}

fn link(
    buffer: &mut Canvas<'_>,
    area: Rect,
    whole: Rect,
    address: &[String],
    rows: usize,
    theme: &Theme,
) -> Rect {
    let place = Rect { y: area.y, height: narrow(rows).min(area.height), ..whole };
    if rows < address.len() || whole.width < NARROWEST_ADDRESS {
        if rows > 0 {
            put(buffer, row(area, 0), "(The address needs a larger window.)", theme.faint);
        }
    } else {
        lines(buffer, place, address, rows, theme.strong);
    }
    if rows > 0 {
        buffer.mark(place, Target::Action(Action::OpenPage));
    }
    below(area, narrow(rows))
}

/// The address in pieces that fill a row each.
fn in_rows(address: &str, width: u16) -> Vec<String> {
    let mut rest = address;
    let mut rows = Vec::new();
    while !rest.is_empty() && width > 0 {
        let piece = beginning(rest, width.into());
        if piece.is_empty() {
            break;
        }
        rows.push(piece.to_owned());
        rest = rest.split_at(piece.len()).1;
    }
    rows
}

fn form(buffer: &mut Canvas<'_>, area: Rect, state: &State, talk: &Talk, theme: &Theme) -> Option<Position> {
    let widest = talk.lines.iter().map(|line| cells(line.field.label)).max().unwrap_or(0);
    let labels = narrow(widest).min(area.width / 2);
    let height = usize::from(area.height);
    let first = (talk.line + 1).saturating_sub(height);
    let mut caret = None;
    for (index, at) in (first..talk.lines.len()).zip(0..area.height) {
        let Some(line) = talk.lines.get(index) else { break };
        let place = row(area, at);
        let here = index == talk.line && talk.is_typing() && state.overlays.is_empty();
        buffer.mark(place, Target::List { list: ListPlace::Form, height, row: Some(index) });
        let ink = if here { theme.strong } else { theme.faint };
        put(buffer, Rect { width: labels, ..place }, &fit(line.field.label, labels.into(), Align::Left), ink);
        let skip = (labels + 2).min(place.width);
        let entry = Rect { x: place.x + skip, width: place.width - skip, ..place };
        if let Some(at) = typed(buffer, entry, line, theme)
            && here
        {
            caret = Some(at);
        }
    }
    caret
}

/// Draws what is typed, or what could be; gives the caret's place.
fn typed(buffer: &mut Canvas<'_>, area: Rect, line: &Line, theme: &Theme) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    if line.input.text().is_empty() {
        let example = match (line.field.example, line.field.optional) {
            ("", true) => "may stay empty".to_owned(),
            ("", false) => String::new(),
            (example, true) => format!("such as {example}; may stay empty"),
            (example, false) => format!("such as {example}"),
        };
        put(buffer, area, &example, theme.faint);
        return Some(area.as_position());
    }
    let seen = |text: &str| {
        if line.field.hidden { theme.signs.dot.repeat(text.graphemes(true).count()) } else { text.to_owned() }
    };
    let (before, after) = (seen(line.input.before_caret()), seen(line.input.after_caret()));
    // The last cell stays free for the caret behind the text.
    let width = usize::from(area.width) - 1;
    let before = ending(&before, width);
    let caret = cells(before);
    let after = beginning(&after, width - caret);
    put(buffer, area, &format!("{before}{after}"), theme.text);
    Some(Position { x: area.x + narrow(caret).min(area.width - 1), y: area.y })
}

fn narrow(rows: usize) -> u16 {
    u16::try_from(rows).unwrap_or(u16::MAX)
}
