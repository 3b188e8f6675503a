//! What is heard: title, source, format, progress, loudness; one row or two.

use std::time::Duration;

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::layout::{below, row};
use super::pages::{track_line, track_source};
use super::spectrum;
use super::text::cells;
use super::theme::Theme;
use super::widgets::{progress, put, put_right, spans};
use crate::app::{Action, Bar, Ending, PlayState, Repeat, State, Target, shape_titles};
use crate::model::{OutputState, SoundFormat, format_clock};

/// From this many columns up, the loudness has a bar.
const BAR_COLUMNS: u16 = 76;

/// From this many cells up, what the queue is set to is told in words.
const WORDS_COLUMNS: u16 = 50;

/// Cells of that bar: a step of 10 percent each, from nothing on.
const LOUDNESS_CELLS: u16 = 11;

/// The sign of what the player does.
pub(super) fn sign(state: &State, theme: &Theme) -> &'static str {
    match state.playback.play_state() {
        PlayState::Playing => theme.signs.playing,
        PlayState::Paused => theme.signs.paused,
        PlayState::Buffering => theme.signs.waiting,
        PlayState::Stopped if state.playback.failed.is_some() => theme.signs.failed,
        // From last time: the place is kept, and nothing is loaded yet.
        PlayState::Stopped if !state.playback.position().is_zero() => theme.signs.paused,
        PlayState::Stopped => theme.signs.stopped,
    }
}

/// Draws the band.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
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
    let taken = spans(buffer, title, &inks);
    buffer.mark(Rect { width: taken, ..title }, Target::Action(Action::ShowPlaying));
    buffer.mark(Rect { width: taken.min(2), ..title }, Target::Action(Action::TogglePause));
    if two {
        time(buffer, row(area, 1), state, theme);
    }
    if area.height > 2 {
        spectrum::draw(buffer, below(area, 2), state, theme);
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
    if let Some(title) = state.playback.now.as_ref().and_then(|now| now.on_air.as_ref()) {
        return (title.to_string(), format!(" {} {}", theme.signs.dash, track.title));
    }
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
    let mut parts = vec![source];
    parts.extend(state.playback.now.as_ref().and_then(|now| now.format.as_ref()).map(format_words));
    parts.extend(path_words(state));
    let dot = format!(" {} ", theme.signs.dot);
    let texts = (1..=parts.len()).rev().map(|count| parts.iter().take(count).cloned().collect::<Vec<_>>());
    texts.map(|parts| parts.join(&dot)).find(|text| cells(text) <= room).unwrap_or_default()
}

/// What is done to the sound on its way, or that nothing is.
fn path_words(state: &State) -> Vec<String> {
    let mut words: Vec<_> =
        state.playback.level_db().map(|db| format!("ReplayGain {db:+.1} dB")).into_iter().collect();
    words.extend(shape_titles(&state.playback.sound));
    if state.playback.is_exact() {
        words.push("bit-perfect".to_owned());
    }
    words
}

/// What is known of the sound, a fact a line: what it is made of, what is done to it, where it goes, how much of it
/// is here.
pub(super) fn about(state: &State, theme: &Theme) -> Vec<String> {
    let playback = &state.playback;
    let dot = format!(" {} ", theme.signs.dot);
    let mut lines = Vec::new();
    lines.extend(state.current_track().map(|track| track_source(&track.reference, &state.services)));
    let Some(now) = &playback.now else { return lines };
    lines.extend(now.format.as_ref().map(|format| match format.bits {
        Some(bits) => format!("{} {bits} bit", format_words(format)),
        None => format_words(format),
    }));
    lines.push(path_words(state).join(&dot));
    if let Some(OutputState::Playing { device, rate }) = &playback.output {
        lines.push(format!("{device} {}", kilohertz(rate.0)));
    }
    let ready = playback.buffered().as_secs();
    if playback.play_state() != PlayState::Stopped && !state.is_own_file() {
        lines.push(format!("{ready} s ready"));
    }
    lines
}

/// As people write it: `AAC 44.1 kHz stereo`.
fn format_words(format: &SoundFormat) -> String {
    let rate = kilohertz(format.sample_rate.0);
    let channels = match format.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        more => format!("{more} channels"),
    };
    format!("{} {rate} {channels}", format.codec)
}

fn kilohertz(hertz: u32) -> String {
    let tenths = (hertz % 1000) / 100;
    if tenths == 0 { format!("{} kHz", hertz / 1000) } else { format!("{}.{tenths} kHz", hertz / 1000) }
}

/// What stands where the length of a track stands, where there is no end.
const LIVE: &str = "live";

/// How far the ear is and how long it takes: `1:57 / 3:50`.
fn clock(state: &State) -> String {
    let position = position(state);
    match (state.current_track(), length(state)) {
        (None, _) => String::new(),
        (Some(_), Some(length)) => format!("{position} / {}", format_clock(length)),
        (Some(_), None) if state.playback.is_live() => format!("{position} {LIVE}"),
        (Some(_), None) => position,
    }
}

/// Where the ear is, with a sign where that is only about right.
fn position(state: &State) -> String {
    let about = if state.playback.is_about() { "~" } else { "" };
    format!("{about}{}", format_clock(state.playback.shown_position()))
}

fn length(state: &State) -> Option<Duration> {
    state.playback.length().or_else(|| state.current_track()?.length)
}

/// Draws position, progress, length, and how things are set.
fn time(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let playback = &state.playback;
    let area = loudness(buffer, area, state, theme);
    // In words where there is room for them, else as signs.
    let (in_words, [all, one]) = (area.width >= WORDS_COLUMNS, theme.signs.repeats);
    let repeat = match state.queue.repeat {
        Repeat::Off => None,
        Repeat::All => Some(if in_words { "repeat all" } else { all }),
        Repeat::One => Some(if in_words { "repeat one" } else { one }),
    };
    let area = match repeat {
        Some(words) => setting(buffer, area, words, Target::Action(Action::Repeat), theme),
        None => area,
    };
    let area = if state.queue.is_shuffled() {
        let words = if in_words { "shuffle" } else { theme.signs.shuffled };
        setting(buffer, area, words, Target::Action(Action::Shuffle), theme)
    } else {
        area
    };
    let area = match state.playback.ending {
        ending @ (Ending::WithTrack | Ending::In { .. } | Ending::Fading(_)) if area.width >= 44 => {
            let words = ending.title().unwrap_or_default();
            setting(buffer, area, &words, Target::Action(Action::SleepTimer), theme)
        }
        Ending::Never | Ending::WithTrack | Ending::In { .. } | Ending::Fading(_) => area,
    };
    if state.current_track().is_none() {
        return;
    }
    let position = position(state);
    let length = length(state);
    let ends = match length {
        Some(length) => format_clock(length),
        None if playback.is_live() => LIVE.to_owned(),
        None => String::new(),
    };
    // The position is as wide as the length, so that the line does not move while time passes.
    let wide = cells(&position).max(cells(&ends));
    let indent = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
    let taken = put(buffer, indent, &format!("{position:>wide$} "), theme.text);
    let line = Rect { x: indent.x + taken, width: indent.width - taken, ..indent };
    let gap = Rect { width: line.width.saturating_sub(1), ..line };
    let line = put_right(buffer, gap, &ends, theme.text);
    let line = if ends.is_empty() { line } else { Rect { width: line.width + 1, ..line } };
    let whole = length.unwrap_or_default();
    if !whole.is_zero() {
        buffer.mark(line, Target::Progress(Bar { left: line.x, cells: line.width }));
    }
    progress(buffer, line, theme, playback.shown_position(), playback.buffered(), whole);
}

/// Draws the loudness at the right, as a bar too where there is room; gives what is left of `area`.
fn loudness(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Rect {
    let volume = state.playback.volume.percent();
    let mut area = area;
    if area.width >= BAR_COLUMNS {
        let bar = Rect { x: area.right() - LOUDNESS_CELLS, width: LOUDNESS_CELLS, height: 1, ..area };
        let heard = if state.playback.muted { 0 } else { volume };
        let [heard, all] = [heard, 100].map(|percent| Duration::from_secs(percent.into()));
        progress(buffer, bar, theme, heard, Duration::ZERO, all);
        buffer.mark(bar, Target::Loudness(Bar { left: bar.x, cells: bar.width }));
        area.width -= LOUDNESS_CELLS + 1;
    }
    let words = if state.playback.muted { format!("muted ({volume})") } else { format!("vol {volume}") };
    setting(buffer, area, &words, Target::LoudnessWords, theme)
}

/// Writes a setting at the right of `area` and gives what is left of it.
fn setting(buffer: &mut Canvas<'_>, area: Rect, words: &str, target: Target, theme: &Theme) -> Rect {
    let rest = put_right(buffer, area, words, theme.text);
    if rest != area {
        let width = u16::try_from(cells(words)).unwrap_or(u16::MAX).min(area.width);
        buffer.mark(Rect { x: area.right() - width, width, height: 1, ..area }, target);
    }
    rest
}
