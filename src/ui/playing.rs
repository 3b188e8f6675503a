//! What is heard: title, source, format, progress, loudness; one row or two.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::layout::row;
use super::pages::{track_line, track_source};
use super::text::cells;
use super::theme::Theme;
use super::widgets::{progress, put, put_right, spans};
use crate::app::{PlayState, Repeat, State};
use crate::model::{SoundFormat, format_clock};

/// The sign of what the player does.
pub(super) fn sign(state: &State, theme: &Theme) -> &'static str {
    match state.playback.play_state() {
        PlayState::Playing => theme.signs.playing,
        PlayState::Paused => theme.signs.paused,
        PlayState::Buffering => theme.signs.waiting,
        PlayState::Stopped if state.playback.failed.is_some() => theme.signs.failed,
        PlayState::Stopped => theme.signs.stopped,
    }
}

/// Draws the band.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, theme: &Theme) {
    let two = area.height > 1;
    let (main, rest) = words(state, theme);
    let room = usize::from(area.width).saturating_sub(cells(&main) + cells(&rest) + 4);
    let right = if two { facts(state, theme, room.max(usize::from(area.width) / 4)) } else { clock(state) };
    let title = put_right(buffer, row(area, 0), &right, if two { theme.faint } else { theme.text });
    let sign_style = match state.playback.play_state() {
        PlayState::Playing => theme.playing,
        PlayState::Stopped if state.playback.failed.is_some() => theme.failure,
        PlayState::Stopped | PlayState::Paused | PlayState::Buffering => theme.strong,
    };
    let mut inks = vec![(sign(state, theme), sign_style), (" ", theme.text)];
    inks.push((&main, if state.playback.now.is_some() { theme.playing } else { theme.strong }));
    inks.push((&rest, theme.faint));
    spans(buffer, title, &inks);
    if two {
        time(buffer, row(area, 1), state, theme);
    }
}

/// Everything in one line without any style, for a screen too small for more.
pub(super) fn line(state: &State, theme: &Theme) -> String {
    let sign = sign(state, theme);
    match state.current_track() {
        Some(track) => format!("{sign} {} {}", clock(state), track_line(track, theme)),
        None => format!("{sign} Nothing is playing"),
    }
}

fn words(state: &State, theme: &Theme) -> (String, String) {
    let Some(track) = state.current_track() else {
        return ("Nothing is playing".to_owned(), String::new());
    };
    let artists = track.artist_line();
    let mut rest = if artists.is_empty() { artists } else { format!(" {} {artists}", theme.signs.dash) };
    if let Some(album) = &track.album {
        rest = format!("{rest} {} {album}", theme.signs.dot);
    }
    (track.title.to_string(), rest)
}

/// Where it comes from and what it is made of, as much as fits in `room` cells.
fn facts(state: &State, theme: &Theme, room: usize) -> String {
    let Some(track) = state.current_track() else {
        return String::new();
    };
    let source = track_source(&track.reference, &state.services);
    let both = match state.playback.now.as_ref().and_then(|now| now.format.as_ref()) {
        Some(format) => format!("{source} {} {}", theme.signs.dot, format_words(format)),
        None => source.clone(),
    };
    [both, source].into_iter().find(|text| cells(text) <= room).unwrap_or_default()
}

/// As people write it: `AAC 44.1 kHz stereo`.
fn format_words(format: &SoundFormat) -> String {
    let hertz = format.sample_rate.0;
    let tenths = (hertz % 1000) / 100;
    let rate =
        if tenths == 0 { format!("{} kHz", hertz / 1000) } else { format!("{}.{tenths} kHz", hertz / 1000) };
    let channels = match format.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        more => format!("{more} channels"),
    };
    format!("{} {rate} {channels}", format.codec)
}

/// How far the ear is and how long it takes: `1:57 / 3:50`.
fn clock(state: &State) -> String {
    let position = format_clock(state.playback.position());
    match (state.current_track(), length(state)) {
        (None, _) => String::new(),
        (Some(_), Some(length)) => format!("{position} / {}", format_clock(length)),
        (Some(_), None) => position,
    }
}

fn length(state: &State) -> Option<std::time::Duration> {
    state.playback.length().or_else(|| state.current_track()?.length)
}

/// Draws position, progress, length, and how things are set.
fn time(buffer: &mut Buffer, area: Rect, state: &State, theme: &Theme) {
    let playback = &state.playback;
    let mut settings = if playback.muted {
        format!("muted ({})", playback.volume.percent())
    } else {
        format!("vol {}", playback.volume.percent())
    };
    if state.queue.repeat != Repeat::Off && area.width >= 60 {
        settings = format!("repeat {}   {settings}", state.queue.repeat.title());
    }
    let area = put_right(buffer, area, &settings, theme.text);
    if state.current_track().is_none() {
        return;
    }
    let position = format_clock(playback.position());
    let length = length(state);
    let ends = length.map(format_clock).unwrap_or_default();
    // The position is as wide as the length, so that the line does not move while time passes.
    let wide = cells(&position).max(cells(&ends));
    let indent = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
    let taken = put(buffer, indent, &format!("{position:>wide$} "), theme.text);
    let line = Rect { x: indent.x + taken, width: indent.width - taken, ..indent };
    let gap = Rect { width: line.width.saturating_sub(1), ..line };
    let line = put_right(buffer, gap, &ends, theme.text);
    let line = if ends.is_empty() { line } else { Rect { width: line.width + 1, ..line } };
    let whole = length.unwrap_or_default();
    progress(buffer, line, theme, playback.position(), playback.buffered(), whole);
}
