//! The status line: why it is silent, and what happened lately. The hint line below it.

use std::time::Duration;

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::Canvas;
use super::keys::{first_key, search_key, spoken};
use super::layout::row;
use super::text::{cells, wrap};
use super::theme::Theme;
use super::widgets::{put, spans};
use crate::app::{Action, Focus, Hint, Level, Page, PlayState, Silence, State, Target, write_keys};
use crate::model::{Allowed, OutputState, format_clock};

/// Cells between two hints.
const GAP: u16 = 3;

/// From this many columns up, it is told everywhere how far downloads are.
const DOWNLOAD_COLUMNS: u16 = 60;

/// What stands at the right as long as there is no network, or none is wanted.
const OFFLINE: &str = "offline";

/// Below this many rows, the list has them rather than what only tells that something worked.
const LOW_ROWS: u16 = 16;

/// Most rows for a long notice.
const MAX_ROWS: usize = 3;

/// What the status says, in lines of at most `width` cells; never none.
pub(super) fn lines(state: &State, theme: &Theme, width: u16) -> Vec<(String, Style)> {
    let width = usize::from(width).max(1);
    let silence = state.why_silent().map(|silence| words(&silence, state));
    let news = match state.notices.latest() {
        Some(notice) => {
            let style = match notice.level {
                Level::Info => theme.text,
                Level::Warning => theme.warning,
                Level::Error => theme.failure,
            };
            Some((notice.words.to_string(), style))
        }
        None => about_row(state).map(|words| (words, theme.warning)),
    };
    let news = news.or_else(|| state.outbox_words().map(|words| (words, theme.warning)));
    let news = with_limits(news, state, theme);
    let (line, style) = match (news, silence) {
        (None, None) => (sounding(state, theme), theme.faint),
        (None, Some((silence, weight))) => (silence, weight.of(theme)),
        (Some((news, style)), None) => (news, style),
        (Some((news, style)), Some((silence, _))) => {
            let both = format!("{news} {} {silence}", theme.signs.dot);
            let same = |a: &str, b: &str| a.contains(b.trim_end_matches('.'));
            let same = same(&silence, &news) || same(&news, &silence);
            // Where both do not fit, the sign of the player still tells why it is silent.
            (if same || cells(&both) > width { news } else { both }, style)
        }
    };
    some(wrap(&line, width).into_iter().map(|line| (line, style)).collect())
}

/// Rows that the status has on a screen of this size. Where there are few, news that ask for nothing have two at most.
pub(super) fn rows(state: &State, theme: &Theme, screen: Rect) -> u16 {
    let is_plain = state.notices.latest().is_some_and(|notice| notice.level == Level::Info);
    let most = if is_plain && screen.height < LOW_ROWS { 2 } else { MAX_ROWS };
    let lines = lines(state, theme, super::layout::inset(screen, 1).width);
    u16::try_from(lines.len().min(most)).unwrap_or(u16::MAX)
}

/// The news after which services are left alone now and how long yet, which is seen to count down.
fn with_limits(news: Option<(String, Style)>, state: &State, theme: &Theme) -> Option<(String, Style)> {
    let mut limits: Vec<String> = state
        .limited()
        .map(|(service, left_s)| format!("{} asks to wait {left_s} s", service.name))
        .collect();
    if limits.is_empty() {
        return news;
    }
    let style = news.as_ref().map_or(theme.warning, |(_, style)| *style);
    limits.extend(news.map(|(words, _)| words));
    Some((limits.join(&format!(" {} ", theme.signs.dot)), style))
}

/// Why the row under the cursor cannot be played, if that is known; of a download, why it does not go on.
fn about_row(state: &State) -> Option<String> {
    if state.page == Page::Downloads {
        return about_download(state);
    }
    let (track, problem) = match state.page {
        Page::Welcome | Page::Accounts | Page::Downloads | Page::Now | Page::Settings | Page::Log => {
            return None;
        }
        Page::Search => (state.search.selected()?.item.track()?, None),
        Page::Browse if state.focus() == Focus::BrowseLists => return None,
        Page::Browse => (state.browse.open()?.selected()?.track()?, None),
        Page::Playlists => {
            let open = state.playlists.open.as_ref()?;
            (&*open.entries.get(open.list.cursor()?)?.track, None)
        }
        Page::Queue => {
            let entry = state.queue.entries.get(state.queue.list.cursor()?)?;
            (&*entry.track, entry.problem.as_ref())
        }
    };
    match (&track.playable, problem) {
        (_, Some(fault)) => Some(fault.to_string()),
        (Allowed::No(reason), None) => Some(format!("{} cannot be played: {reason}.", track.title)),
        (Allowed::Yes, None) => state
            .is_out_of_reach(track)
            .then(|| format!("{} is not on this machine; it plays when there is a network.", track.title)),
    }
}

fn about_download(state: &State) -> Option<String> {
    let jobs = &state.downloads.jobs;
    let entry = jobs.entries().get(state.downloads.list.cursor()?)?;
    jobs.state(entry.id)?.fault().map(ToString::to_string)
}

/// How far the downloads are, wherever the listener is: `↓ 2/14 41%`.
fn downloads(state: &State, theme: &Theme) -> Option<String> {
    let sum = state.downloads.sum();
    let is_told = sum.running > 0 || sum.open > 0 && state.page != Page::Downloads;
    is_told.then(|| format!("{} {}/{} {}%", theme.signs.fetches, sum.done, sum.all, sum.percent))
}

fn some(mut lines: Vec<(String, Style)>) -> Vec<(String, Style)> {
    lines.truncate(MAX_ROWS);
    if lines.is_empty() {
        lines.push((String::new(), Style::new()));
    }
    lines
}

/// Draws the status; at its right the keys of a sequence that has begun.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let mut area = area;
    if state.pending.is_empty()
        && area.width >= DOWNLOAD_COLUMNS
        && let Some(words) = downloads(state, theme)
    {
        let rest = super::widgets::put_right(buffer, row(area, 0), &words, theme.faint);
        area.width = rest.width.saturating_sub(1);
    }
    if state.pending.is_empty() && state.network.is_missed() {
        let rest = super::widgets::put_right(buffer, row(area, 0), OFFLINE, theme.warning);
        area.width = rest.width.saturating_sub(1);
    }
    let lines = lines(state, theme, area.width);
    for at in 0..area.height {
        let Some((_, style)) = lines.get(usize::from(at)) else {
            break;
        };
        // The last row takes what has no row of its own, and shows that it was cut.
        let most = if at + 1 < area.height { 1 } else { lines.len() };
        let words: Vec<_> = lines.iter().skip(at.into()).take(most).map(|(line, _)| line.as_str()).collect();
        put(buffer, row(area, at), &words.join(" "), *style);
    }
    if !state.pending.is_empty() {
        let pending = spoken(&write_keys(&state.pending)) + " ...";
        super::widgets::put_right(buffer, row(area, 0), &pending, theme.key);
    }
}

/// How much a reason for silence matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    Plain,
    Warning,
    Failure,
}

impl Weight {
    fn of(self, theme: &Theme) -> Style {
        match self {
            Self::Plain => theme.text,
            Self::Warning => theme.warning,
            Self::Failure => theme.failure,
        }
    }
}

/// A reason for silence, with what to do.
pub(super) fn silence(silence: &Silence, state: &State) -> String {
    words(silence, state).0
}

fn words(silence: &Silence, state: &State) -> (String, Weight) {
    let key = |action| first_key(state, &action);
    match silence {
        Silence::NothingChosen => {
            (format!("Nothing to play yet. {} searches.", search_key(state)), Weight::Plain)
        }
        Silence::Stopped => match state.playback.position() {
            Duration::ZERO => (format!("Stopped. {} plays.", key(Action::TogglePause)), Weight::Plain),
            position => {
                let position = format_clock(position);
                (format!("Paused at {position}. {} plays on.", key(Action::TogglePause)), Weight::Plain)
            }
        },
        Silence::Failed(fault) => (fault.to_string(), Weight::Failure),
        Silence::Lost(device) => {
            (format!("Paused: {device} is gone. It plays on when that is back."), Weight::Warning)
        }
        Silence::Paused => (format!("Paused. {} plays on.", key(Action::TogglePause)), Weight::Plain),
        Silence::NoDevice(reason) => {
            let reason = reason.as_str().trim_end_matches('.');
            (format!("No sound device: {reason}. Time passes in silence."), Weight::Warning)
        }
        Silence::Muted => (format!("Muted. {} makes it heard again.", key(Action::Mute)), Weight::Warning),
        Silence::VolumeZero => {
            (format!("The volume is 0. {} makes it louder.", key(Action::VolumeUp)), Weight::Warning)
        }
        Silence::Offline => (
            "Offline: this is not on this machine. It goes on when there is a network.".to_owned(),
            Weight::Warning,
        ),
        Silence::WaitingForService => ("Asking where the track is...".to_owned(), Weight::Plain),
        Silence::Opening => ("Opening the track...".to_owned(), Weight::Plain),
        Silence::Snagged(why) => (format!("{why}. It is asked for again..."), Weight::Warning),
        Silence::Buffering { bytes_per_second } => {
            (format!("Buffering at {}...", speed(*bytes_per_second)), Weight::Warning)
        }
    }
}

fn speed(bytes_per_second: u64) -> String {
    match bytes_per_second {
        0..1000 => format!("{bytes_per_second} B/s"),
        1000..1_000_000 => format!("{} kB/s", bytes_per_second / 1000),
        _ => format!("{}.{} MB/s", bytes_per_second / 1_000_000, bytes_per_second % 1_000_000 / 100_000),
    }
}

/// Where the sound goes, and how much of it is ready.
fn sounding(state: &State, theme: &Theme) -> String {
    if state.playback.play_state() != PlayState::Playing {
        return String::new();
    }
    let device = match &state.playback.output {
        Some(OutputState::Playing { device, .. }) => format!("Playing on {device}"),
        Some(OutputState::NoDevice { .. }) | None => "Playing".to_owned(),
    };
    match state.playback.buffered().as_secs() {
        _ if state.is_own_file() => device,
        0 => device,
        ready => format!("{device} {} buffer {ready} s", theme.signs.dot),
    }
}

/// Draws the keys that work here and now, as many as fit whole; the one that shows all keys always
/// stands at the right.
pub(super) fn hints(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let keys = state.keymap.keys_of(&Action::Help);
    let (help, others): (Vec<_>, Vec<_>) =
        state.hints().into_iter().partition(|hint| keys.contains(&hint.keys));
    let mut right = area.right();
    for hint in &help {
        right = right.saturating_sub(width(hint)).max(area.x);
        one_hint(buffer, Rect { x: right, width: area.right() - right, ..area }, hint, theme);
        right = right.saturating_sub(GAP);
    }
    let mut x = area.x;
    for hint in &others {
        if width(hint) > right.saturating_sub(x) {
            break;
        }
        one_hint(buffer, Rect { x, width: right - x, ..area }, hint, theme);
        x = x.saturating_add(width(hint)).saturating_add(GAP).min(area.right());
    }
}

fn width(hint: &Hint) -> u16 {
    u16::try_from(cells(&spoken(&hint.keys)) + 1 + cells(hint.words)).unwrap_or(u16::MAX)
}

fn one_hint(buffer: &mut Canvas<'_>, area: Rect, hint: &Hint, theme: &Theme) {
    buffer.mark(Rect { width: width(hint).min(area.width), ..area }, Target::Action(hint.action.clone()));
    spans(buffer, area, &[(&spoken(&hint.keys), theme.key), (" ", theme.text), (hint.words, theme.faint)]);
}
