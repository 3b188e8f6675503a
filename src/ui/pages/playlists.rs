//! The listener's playlists, and the one that is open.

use std::time::Duration;

use ratatui::layout::Rect;

use super::{heading, message, tracks};
use crate::app::{Action, Entry, Focus, ListPlace, OpenPlaylist, PlaylistRow, State};
use crate::ui::canvas::Canvas;
use crate::ui::keys::first_key;
use crate::ui::playing::sign;
use crate::ui::text::{Align, count, total};
use crate::ui::theme::Theme;
use crate::ui::widgets::{Column, List, Row, Span, Weight};

const NAME: Column = Column { title: "Name", span: Span::Share(1), align: Align::Left, weight: Weight::Main };
const TRACKS: Column =
    Column { title: "Tracks", span: Span::Cells(7), align: Align::Right, weight: Weight::Aside };
const LENGTH: Column =
    Column { title: "Length", span: Span::Cells(12), align: Align::Right, weight: Weight::Aside };

/// From this many columns up, it is told how long playlists are.
const LENGTH_COLUMNS: u16 = 50;

pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    match &state.playlists.open {
        Some(open) => draw_open(buffer, area, state, open, theme),
        None => draw_all(buffer, area, state, theme),
    }
}

fn draw_all(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let playlists = &state.playlists;
    let own = playlists.own().count();
    let totals = if own > 0 { count(own, "playlist") } else { String::new() };
    let area = heading(buffer, area, theme, "Your playlists", &totals);
    if let Some(fault) = &playlists.fault {
        message(buffer, area, theme, &[fault.to_string()]);
        return;
    }
    if playlists.rows.is_empty() {
        let sentences = if playlists.known { empty_shelf(state) } else { vec!["Loading...".to_owned()] };
        message(buffer, area, theme, &sentences);
        return;
    }
    let list = List {
        place: ListPlace::Playlists,
        columns: if area.width >= LENGTH_COLUMNS { &[NAME, TRACKS, LENGTH] } else { &[NAME, TRACKS] },
        len: playlists.rows.len(),
        cursor: playlists.list.cursor(),
        window: &|height| playlists.list.window(height),
        focused: state.focus() == Focus::Playlists,
        headings: true,
    };
    list.draw(buffer, area, theme, |index| match playlists.rows.get(index) {
        Some(PlaylistRow::Own(about)) => Row {
            texts: vec![about.name.to_string(), about.tracks.to_string(), known(about.length)],
            style: theme.text,
        },
        Some(PlaylistRow::At { name, .. }) => {
            Row { texts: vec![format!("{} Your playlists at {name}", theme.signs.opens)], style: theme.text }
        }
        None => tracks::nothing(),
    });
}

/// How long it is, where that is known of anything in it.
fn known(length: Duration) -> String {
    if length.is_zero() { String::new() } else { total(length) }
}

fn empty_shelf(state: &State) -> Vec<String> {
    vec![
        "There are no playlists yet.".to_owned(),
        String::new(),
        format!(
            "{} makes one here, {} on a track puts it into one, {} keeps the queue as one.",
            first_key(state, &Action::NewPlaylist),
            first_key(state, &Action::AddToPlaylist),
            first_key(state, &Action::SaveQueue),
        ),
    ]
}

fn draw_open(buffer: &mut Canvas<'_>, area: Rect, state: &State, open: &OpenPlaylist, theme: &Theme) {
    let dot = theme.signs.dot;
    let range = open.selection.range(&open.entries, open.list.cursor());
    let is_selected = |index: usize, entry: &Entry| {
        open.selection.holds(entry.id) || range.as_ref().is_some_and(|range| range.contains(&index))
    };
    let mut totals = if open.entries.is_empty() {
        "empty".to_owned()
    } else {
        let length = known(open.total_length());
        let comma = if length.is_empty() { "" } else { ", " };
        format!("{}{comma}{length}", count(open.entries.len(), "track"))
    };
    if !open.selection.is_empty() {
        let rows = open.entries.iter().enumerate().filter(|(index, entry)| is_selected(*index, entry));
        totals = format!("{} selected {dot} {totals}", rows.count());
    }
    let standing = match open.sorted() {
        Some(_) => "order not kept",
        None if open.is_kept() => "kept",
        None => "keeping",
    };
    totals = format!("{standing} {dot} {totals}");
    let area = heading(buffer, area, theme, open.name.as_str(), &totals);
    if open.entries.is_empty() {
        let sentences = [
            "There is nothing in this playlist.".to_owned(),
            String::new(),
            format!(
                "{} on a track anywhere puts it here; {} puts in what was cut or copied.",
                first_key(state, &Action::AddToPlaylist),
                first_key(state, &Action::PasteAfter),
            ),
        ];
        message(buffer, area, theme, &sentences);
        return;
    }
    let list = List {
        place: ListPlace::Playlist,
        columns: tracks::columns(area.width, tracks::Sources::Many),
        len: open.entries.len(),
        cursor: open.list.cursor(),
        window: &|height| open.list.window(height),
        focused: state.focus() == Focus::Playlist,
        headings: true,
    };
    let playing = state.playback.now.as_ref().map(|now| &now.track.reference);
    list.draw(buffer, area, theme, |index| {
        let Some(entry) = open.entries.get(index) else {
            return tracks::nothing();
        };
        let mark = if is_selected(index, entry) {
            tracks::Mark::Selected
        } else if playing == Some(&entry.track.reference) {
            tracks::Mark::Current(sign(state, theme))
        } else {
            tracks::Mark::None
        };
        let source = tracks::source(&entry.track.reference, &state.services);
        let row = tracks::row(&entry.track, area.width, mark, Some(source), theme);
        tracks::kept(row, Some(&entry.track), state, theme)
    });
}
