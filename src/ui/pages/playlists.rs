//! The listener's playlists, and the one that is open.

use std::time::Duration;

use ratatui::layout::{Position, Rect};

use super::filtered::{Shown, heading_or_filter, nothing_found};
use super::{message, tracks};
use crate::app::{Action, Entry, Focus, ListPlace, OpenPlaylist, PlaylistRow, State};
use crate::model::{Arrival, PlaylistInfo, Remote, format_clock};
use crate::ui::canvas::Canvas;
use crate::ui::keys::first_key;
use crate::ui::playing::sign;
use crate::ui::text::{Align, count, total, tracks_and_length};
use crate::ui::theme::Theme;
use crate::ui::widgets::{Column, List, Row, Span, Weight};

const NAME: Column = Column { title: "Name", span: Span::Share(1), align: Align::Left, weight: Weight::Main };
const TRACKS: Column =
    Column { title: "Tracks", span: Span::Cells(7), align: Align::Right, weight: Weight::Aside };
const LENGTH: Column =
    Column { title: "Length", span: Span::Cells(12), align: Align::Right, weight: Weight::Aside };

/// From this many columns up, it is told how long playlists are.
const LENGTH_COLUMNS: u16 = 50;

pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Option<Position> {
    match &state.playlists.open {
        Some(open) => draw_open(buffer, area, state, open, theme),
        None if state.playlists.reopens() => {
            message(buffer, area, theme, &["Loading...".to_owned()]);
            None
        }
        None => draw_all(buffer, area, state, theme),
    }
}

fn draw_all(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Option<Position> {
    let playlists = &state.playlists;
    let shown = Shown::of(state, ListPlace::Playlists, &playlists.list);
    let own = playlists.own().count();
    let totals = if own > 0 { count(own, "playlist") } else { String::new() };
    let place = ListPlace::Playlists;
    let (area, caret) = heading_or_filter(buffer, area, state, theme, place, ("Your playlists", &totals));
    if let Some(fault) = &playlists.fault {
        message(buffer, area, theme, &[fault.to_string()]);
        return caret;
    }
    if playlists.rows.is_empty() {
        let sentences = if playlists.known { empty_shelf(state) } else { vec!["Loading...".to_owned()] };
        message(buffer, area, theme, &sentences);
        return caret;
    }
    if shown.len() == 0 {
        message(buffer, area, theme, &nothing_found(state));
        return caret;
    }
    let list = List {
        place: ListPlace::Playlists,
        columns: if area.width >= LENGTH_COLUMNS { &[NAME, TRACKS, LENGTH] } else { &[NAME, TRACKS] },
        len: shown.len(),
        cursor: shown.cursor(),
        window: &|height| shown.window(height),
        focused: state.focus() == Focus::Playlists,
        headings: true,
    };
    list.draw(buffer, area, theme, |index| match playlists.rows.get(shown.row(index)) {
        Some(PlaylistRow::Own(about)) => Row {
            texts: vec![called(about, theme), about.tracks.to_string(), known(about.length)],
            style: theme.text,
        },
        Some(PlaylistRow::At { name, .. }) => {
            Row { texts: vec![format!("{} Your playlists at {name}", theme.signs.opens)], style: theme.text }
        }
        Some(PlaylistRow::There { found, kept, title, .. }) => {
            let mark = kept.as_ref().and_then(|kept| arrival(kept.remote.as_ref()?, theme));
            let name = match &mark {
                Some(mark) => format!("  {title}  {mark}"),
                None => format!("  {title}"),
            };
            let tracks = match (kept, found.as_ref().and_then(|found| found.tracks)) {
                (Some(kept), _) => kept.tracks.to_string(),
                (None, Some(tracks)) => tracks.to_string(),
                (None, None) => String::new(),
            };
            let length = kept.as_ref().map_or_else(String::new, |kept| known(kept.length));
            Row { texts: vec![name, tracks, length], style: theme.text }
        }
        None => tracks::nothing(),
    });
    caret
}

/// Its name; of a saved queue also where it was left.
fn called(about: &PlaylistInfo, theme: &Theme) -> String {
    match about.place {
        Some(place) => {
            format!("{} {} queue, at {}", about.name, theme.signs.dot, format_clock(place.position))
        }
        None => about.name.to_string(),
    }
}

/// What of a service's playlist has not reached the service, with a sign and in words.
fn arrival(remote: &Remote, theme: &Theme) -> Option<String> {
    match &remote.arrival {
        Arrival::Arrived => None,
        Arrival::Waiting(_) => Some(format!("{} not sent yet", theme.signs.sending)),
        Arrival::Held(_) => Some(format!("{} held", theme.signs.failed)),
    }
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

fn draw_open(
    buffer: &mut Canvas<'_>,
    area: Rect,
    state: &State,
    open: &OpenPlaylist,
    theme: &Theme,
) -> Option<Position> {
    let shown = Shown::of(state, ListPlace::Playlist, &open.list);
    let dot = theme.signs.dot;
    let range = open.selection.range(&open.entries, open.list.cursor());
    let is_selected = |index: usize, entry: &Entry| {
        open.selection.holds(entry.id) || range.as_ref().is_some_and(|range| range.contains(&index))
    };
    let mut totals = if open.entries.is_empty() {
        "empty".to_owned()
    } else {
        tracks_and_length(open.entries.len(), open.total_length(), open.unknown_lengths())
    };
    let waits = state.arrival_of_open();
    let standing = match (open.sorted(), waits.as_ref().and_then(|remote| arrival(remote, theme))) {
        (Some(_), _) => "order not kept".to_owned(),
        (None, Some(mark)) => mark,
        (None, None) if open.is_kept() && open.remote.is_some() => "sent".to_owned(),
        (None, None) if open.is_kept() => "kept".to_owned(),
        (None, None) => "keeping".to_owned(),
    };
    totals = format!("{standing} {dot} {totals}");
    match state.marked_rows(ListPlace::Playlist) {
        0 => {}
        marked => totals = format!("{marked} selected {dot} {totals}"),
    }
    let name = match &open.remote {
        Some(remote) => format!("{} {dot} {}", open.name, state.place_name(&remote.service)),
        None => open.name.to_string(),
    };
    let texts = (name.as_str(), totals.as_str());
    let (area, caret) = heading_or_filter(buffer, area, state, theme, ListPlace::Playlist, texts);
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
        return caret;
    }
    if shown.len() == 0 {
        message(buffer, area, theme, &nothing_found(state));
        return caret;
    }
    let list = List {
        place: ListPlace::Playlist,
        columns: &tracks::numbered(
            area.width,
            tracks::Sources::of(state),
            open.is_rated(),
            open.entries.len(),
        ),
        len: shown.len(),
        cursor: shown.cursor(),
        window: &|height| shown.window(height),
        focused: state.focus() == Focus::Playlist,
        headings: true,
    };
    let playing = state.playback.now.as_ref().map(|now| &now.track.reference);
    list.draw(buffer, area, theme, |index| {
        let index = shown.row(index);
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
        let track = Some(&*entry.track);
        let row = tracks::row(&entry.track, area.width, mark, Some(source), theme);
        let row = tracks::kept(row, track, state, theme);
        tracks::with_number(
            tracks::starred(row, track, area.width, open.is_rated(), theme),
            area.width,
            index,
        )
    });
    caret
}
