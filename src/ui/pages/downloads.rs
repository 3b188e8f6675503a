//! The queue of downloads: where each job stands, how far it is, how long it takes, and why it does not go on.

use std::time::Duration;

use ratatui::layout::{Position, Rect};

use super::filtered::{Shown, heading_or_filter, nothing_found};
use super::tracks::column;
use super::{message, tracks};
use crate::app::{Action, Downloads, Focus, FoldedGroup, Job, ListPlace, State, percent};
use crate::model::{DownloadState, Entry, format_clock, size_words};
use crate::ui::canvas::Canvas;
use crate::ui::keys::first_key;
use crate::ui::text::{Align, count};
use crate::ui::theme::Theme;
use crate::ui::widgets::{Column, List, Row, Span, Weight};

/// From this many columns up, albums and playlists have a column.
const GROUP_COLUMNS: u16 = 112;

/// From this many columns up, everything has a column.
const ALL_COLUMNS: u16 = 92;

/// From this many columns up, speed and size have columns.
const SPEED_COLUMNS: u16 = 60;

const SIGN: Column = column("", Span::Cells(1), Align::Left, Weight::Main);
const TITLE: Column = column("Title", Span::Share(5), Align::Left, Weight::Main);
const ARTIST: Column = column("Artist", Span::Share(3), Align::Left, Weight::Main);
const GROUP: Column = column("Of", Span::Share(2), Align::Left, Weight::Aside);
const STATE: Column = column("State", Span::Cells(16), Align::Left, Weight::Main);
const SHORT_STATE: Column = column("State", Span::Cells(10), Align::Left, Weight::Main);
const PART: Column = column("", Span::Cells(4), Align::Right, Weight::Main);
const SIZE: Column = column("Size", Span::Cells(8), Align::Right, Weight::Aside);
const SPEED: Column = column("Speed", Span::Cells(9), Align::Right, Weight::Aside);
const LEFT: Column = column("Left", Span::Cells(7), Align::Right, Weight::Aside);

pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Option<Position> {
    let downloads = &state.downloads;
    let place = ListPlace::Downloads;
    let shown = Shown::of(state, place, &downloads.list);
    let mut totals = totals(downloads, theme);
    match state.marked_rows(place) {
        0 => {}
        marked => totals = format!("{marked} selected {} {totals}", theme.signs.dot),
    }
    let (area, caret) = heading_or_filter(buffer, area, state, theme, place, ("Downloads", &totals));
    let entries = downloads.jobs.entries();
    if entries.is_empty() {
        let sentences = [
            "Nothing is downloaded yet.".to_owned(),
            String::new(),
            format!(
                "{} on a track, an album or a playlist copies it for listening offline; here it asks for a link.",
                first_key(state, &Action::Download),
            ),
        ];
        message(buffer, area, theme, &sentences);
        return caret;
    }
    if shown.len() == 0 {
        message(buffer, area, theme, &nothing_found(state));
        return caret;
    }
    let has_groups =
        entries.iter().any(|entry| downloads.jobs.job(entry.id).is_some_and(|job| job.group.is_some()));
    let columns: &[Column] = match area.width {
        GROUP_COLUMNS.. if has_groups => &[SIGN, TITLE, ARTIST, GROUP, STATE, PART, SIZE, SPEED, LEFT],
        ALL_COLUMNS.. => &[SIGN, TITLE, ARTIST, STATE, PART, SIZE, SPEED, LEFT],
        SPEED_COLUMNS.. => &[SIGN, TITLE, STATE, PART, SIZE, SPEED],
        _ => &[SIGN, TITLE, SHORT_STATE, PART],
    };
    let list = List {
        place,
        columns,
        len: shown.len(),
        cursor: shown.cursor(),
        window: &|height| shown.window(height),
        focused: state.focus() == Focus::Downloads,
        headings: true,
    };
    let range = downloads.selection.range(entries, downloads.list.cursor());
    let has_group_column = has_groups && area.width >= GROUP_COLUMNS;
    list.draw(buffer, area, theme, |index| {
        let index = shown.row(index);
        let Some(entry) = entries.get(index) else { return tracks::nothing() };
        let is_selected =
            downloads.selection.holds(entry.id) || range.as_ref().is_some_and(|range| range.contains(&index));
        let mut row = match state.folded_group(index) {
            Some(group) => group_row(&group, is_selected, area.width, theme),
            None => row(downloads, entry, is_selected, area.width, theme),
        };
        if has_group_column && row.texts.len() > 2 {
            let group = downloads.jobs.job(entry.id).and_then(|job| job.group.as_ref());
            row.texts.insert(3, group.map(|group| group.title.to_string()).unwrap_or_default());
        }
        row
    });
    caret
}

/// A group as one row.
fn group_row(group: &FoldedGroup, is_selected: bool, width: u16, theme: &Theme) -> Row {
    let signs = &theme.signs;
    let left = group.rows - group.done;
    let (sign, style) = match group {
        _ if is_selected => (signs.selected, theme.strong),
        FoldedGroup { running: 1.., .. } => (signs.fetches, theme.strong),
        FoldedGroup { failed: 1.., .. } => (signs.failed, theme.failure),
        _ if left == 0 => (signs.kept, theme.faint),
        _ if group.paused == left => (signs.paused, theme.faint),
        _ => (signs.dot, theme.text),
    };
    let state = match group {
        _ if left == 0 => "done".to_owned(),
        FoldedGroup { failed: 1.., .. } => format!("{} failed", group.failed),
        _ if group.paused == left => "paused".to_owned(),
        _ => format!("{} of {} done", group.done, group.rows),
    };
    let part = match (group.done * 100).checked_div(group.rows) {
        Some(percent) if group.done > 0 => format!("{percent}%"),
        _ => String::new(),
    };
    let title = format!("+ {} ({})", group.title, count(group.rows, "track"));
    let whole = if group.bytes.1 > 0 { size_words(group.bytes.1) } else { String::new() };
    let speed = if group.speed > 0 { format!("{}/s", size_words(group.speed)) } else { String::new() };
    let texts = match width {
        ALL_COLUMNS.. => {
            vec![sign.to_owned(), title, String::new(), state, part, whole, speed, String::new()]
        }
        SPEED_COLUMNS.. => vec![sign.to_owned(), title, state, part, whole, speed],
        _ => vec![sign.to_owned(), title, state, part],
    };
    Row { texts, style }
}

fn totals(downloads: &Downloads, theme: &Theme) -> String {
    let dot = theme.signs.dot;
    let mut facts = Vec::new();
    if downloads.runs_elsewhere {
        facts.push("another Segue downloads".to_owned());
    }
    if downloads.jobs.is_paused() {
        facts.push("all held".to_owned());
    }
    let sum = downloads.sum();
    if sum.open > 0 {
        facts.push(format!("{} of {} done", sum.done, count(sum.all, "track")));
        facts.push(format!("{} %", sum.percent));
    } else if !downloads.jobs.entries().is_empty() {
        facts.push(count(downloads.jobs.entries().len(), "track"));
    }
    if sum.speed > 0 {
        facts.push(format!("{}/s", size_words(sum.speed)));
    }
    if sum.failed > 0 {
        facts.push(format!("{} failed", sum.failed));
    }
    if let (here, all @ 1..) = downloads.jobs.here_of_kept() {
        facts.push(format!("kept offline {here} of {all}"));
    }
    facts.join(&format!(" {dot} "))
}

fn row(downloads: &Downloads, entry: &Entry, is_selected: bool, width: u16, theme: &Theme) -> Row {
    let (Some(job), Some(state)) = (downloads.jobs.job(entry.id), downloads.jobs.state(entry.id)) else {
        return tracks::nothing();
    };
    let signs = &theme.signs;
    let (sign, style) = match &state {
        _ if is_selected => (signs.selected, theme.strong),
        DownloadState::Waiting => (signs.dot, theme.text),
        DownloadState::Locating
        | DownloadState::Fetching
        | DownloadState::Verifying
        | DownloadState::Tagging => (signs.fetches, theme.strong),
        DownloadState::Done => (signs.kept, theme.faint),
        DownloadState::Paused => (signs.paused, theme.faint),
        DownloadState::Held(_) => (signs.waiting, theme.warning),
        DownloadState::Failed(_) if downloads.jobs.wait(entry.id).is_some() => (signs.waiting, theme.warning),
        DownloadState::Failed(_) => (signs.failed, theme.failure),
    };
    let words = words(&state, downloads.jobs.wait(entry.id));
    let part = part(job, &state);
    let whole = job.total.unwrap_or(job.bytes);
    let whole = if whole > 0 { size_words(whole) } else { String::new() };
    let speed = if job.speed > 0 { format!("{}/s", size_words(job.speed)) } else { String::new() };
    let left = job.time_left().map(format_clock).unwrap_or_default();
    let mut texts = vec![sign.to_owned()];
    match width {
        ALL_COLUMNS.. => {
            texts.extend([
                job.track.title.to_string(),
                job.track.artist_line(),
                words,
                part,
                whole,
                speed,
                left,
            ]);
        }
        SPEED_COLUMNS.. => texts.extend([tracks::line(&job.track, theme), words, part, whole, speed]),
        _ => texts.extend([tracks::line(&job.track, theme), words, part]),
    }
    Row { texts, style }
}

/// Where a job stands in a word or two; the whole reason stands in the status line.
fn words(state: &DownloadState, wait: Option<Duration>) -> String {
    let wait = wait.map(|wait| wait.as_secs().max(1));
    match (state, wait) {
        (DownloadState::Waiting, _) => "waiting".to_owned(),
        (DownloadState::Locating, _) => "locating".to_owned(),
        (DownloadState::Fetching, _) => "fetching".to_owned(),
        (DownloadState::Verifying, _) => "verifying".to_owned(),
        (DownloadState::Tagging, _) => "tagging".to_owned(),
        (DownloadState::Done, _) => "done".to_owned(),
        (DownloadState::Paused, _) => "paused".to_owned(),
        (DownloadState::Held(hold), wait) => match (hold.reason.words(), wait) {
            (Some(words), _) => words.to_owned(),
            (None, Some(wait)) => format!("held {wait} s"),
            (None, None) => "held".to_owned(),
        },
        (DownloadState::Failed(_), Some(wait)) => format!("again {wait} s"),
        (DownloadState::Failed(_), None) => "failed".to_owned(),
    }
}

fn part(job: &Job, state: &DownloadState) -> String {
    match (state, job.total) {
        (DownloadState::Done, _) => "100%".to_owned(),
        (_, Some(_)) if job.bytes > 0 => format!("{}%", percent(job.bytes, job.total)),
        (_, _) => String::new(),
    }
}
