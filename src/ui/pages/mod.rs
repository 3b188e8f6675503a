//! What fills the body of the screen, a page each. A page gives back where the caret stands, if it
//! has one.

mod accounts;
mod browse;
mod downloads;
mod filtered;
mod log;
mod lyrics;
mod now;
mod now_pane;
mod opened;
mod playlists;
mod queue;
mod search;
mod settings;
mod sign_in;
mod tracks;
mod upcoming;
mod welcome;

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::layout::{below, row};
use super::text::{cells, wrap};
use super::theme::Theme;
use super::widgets::{BAR_CELLS, put, put_right};
use crate::app::{Page, State};
use crate::model::ServiceId;

pub(super) use tracks::{line as track_line, source as track_source};

/// Draws the page that is open.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Option<Position> {
    match state.page {
        Page::Welcome => {
            welcome::draw(buffer, area, state, theme);
            None
        }
        Page::Search => {
            let area = now_pane::beside(buffer, area, state, theme);
            search::draw(buffer, area, state, theme)
        }
        Page::Browse => {
            let area = now_pane::beside(buffer, area, state, theme);
            browse::draw(buffer, area, state, theme)
        }
        Page::Queue => {
            let area = now_pane::beside(buffer, area, state, theme);
            queue::draw(buffer, area, state, theme)
        }
        Page::Now => {
            now::draw(buffer, area, state, theme);
            None
        }
        Page::Playlists => {
            let area = now_pane::beside(buffer, area, state, theme);
            playlists::draw(buffer, area, state, theme)
        }
        Page::Downloads => downloads::draw(buffer, area, state, theme),
        Page::Settings => settings::draw(buffer, area, state, theme),
        Page::Log => {
            log::draw(buffer, area, state, theme);
            None
        }
        Page::Accounts => {
            if let Some(talk) = &state.accounts.talk {
                return sign_in::draw(buffer, area, state, talk, theme);
            }
            accounts::draw(buffer, area, state, theme);
            None
        }
    }
}

/// Draws a page's own title with its totals at the right, and gives what is left below it.
fn heading(buffer: &mut Canvas<'_>, area: Rect, theme: &Theme, title: &str, totals: &str) -> Rect {
    buffer.words.heading = if totals.is_empty() { title.to_owned() } else { format!("{title}, {totals}") };
    if let Some((_, left)) = buffer.named.as_mut().filter(|(name, _)| *name == title) {
        totals.clone_into(left);
        return area;
    }
    if area.height < 3 {
        return area;
    }
    let line = Rect { width: area.width.saturating_sub(BAR_CELLS), ..row(area, 0) };
    // The title goes before the totals, and how many before how long.
    let room = usize::from(line.width).saturating_sub(cells(title) + 2);
    put_right(buffer, line, shortened(totals, room, theme), theme.faint);
    put(buffer, line, title, theme.strong);
    below(area, if area.height > 8 { 2 } else { 1 })
}

/// As much of some totals as `room` cells hold: how many before how long.
pub(super) fn shortened<'t>(totals: &'t str, room: usize, theme: &Theme) -> &'t str {
    let shorter = totals.rsplit_once(", ").map_or("", |(count, _)| count);
    let first = totals.split_once(theme.signs.dot).map_or("", |(first, _)| first.trim_end());
    let fits = |totals: &&str| !totals.is_empty() && cells(totals) <= room;
    [totals, shorter, first].into_iter().find(fits).unwrap_or_default()
}

/// Draws some sentences in place of rows that are not there.
fn message(buffer: &mut Canvas<'_>, area: Rect, theme: &Theme, sentences: &[String]) {
    let said = sentences.iter().filter(|sentence| !sentence.is_empty());
    buffer.words.sentences.extend(said.cloned());
    let area = super::layout::inset(area, 2);
    let top = u16::from(area.height > 6);
    let lines = sentences.iter().flat_map(|sentence| match wrap(sentence, area.width.into()) {
        none if none.is_empty() => vec![String::new()],
        lines => lines,
    });
    for (line, at) in lines.zip(top..area.height) {
        put(buffer, row(area, at), &line, theme.text);
    }
}

/// That a service that limits requests is left alone, and for how long yet.
fn countdown(state: &State, service: &ServiceId, name: &str) -> String {
    let left = state.limited_for(service).unwrap_or_default();
    format!("{name} asks to wait {left} s")
}
