//! The top line: pages with their keys, what there is to listen to, the mark of the demo.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::keys::spoken;
use super::pages::shortened;
use super::text::cells;
use super::theme::Theme;
use super::widgets::{put, put_right, spans};
use crate::app::{Action, Page, State, Target};
use crate::model::{ServiceInfo, SignIn};

/// What stands there when the music is the bundled one.
const DEMO: &str = " demo ";

/// What the page of lists is called where it shows the own music.
const LIBRARY: &str = "Library";

/// Draws the line.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let mut area = area;
    if state.demo {
        area = put_right(buffer, area, DEMO, theme.cursor);
    }
    let shown = fitting(state, area);
    // Numbers are typed, not pressed, while a line takes the keys.
    let key = if state.focus().is_typing() { theme.faint } else { theme.key };
    let mut taken = 0;
    for Tab { action, is_open, key: keys, words } in &shown {
        let style = if *is_open { theme.open_page } else { theme.text };
        let rest = Rect { x: area.x + taken, width: area.width - taken, ..area };
        let gap = if keys.is_empty() { "" } else { " " };
        let tab = spans(buffer, rest, &[(keys, key), (gap, theme.text), (words, style)]);
        buffer.mark(Rect { width: tab, ..rest }, Target::Action(action.clone()));
        taken = taken.saturating_add(tab).saturating_add(3).min(area.width);
    }
    if shown.is_empty() {
        taken = put(buffer, area, title(state, state.page), theme.strong).saturating_add(2).min(area.width);
    }
    let rest = Rect { x: area.x + taken, width: area.width - taken, ..area };
    let totals = buffer.named.take().map(|(_, totals)| totals).unwrap_or_default();
    if !totals.is_empty() {
        let totals = shortened(&totals, rest.width.into(), theme);
        put_right(buffer, rest, totals, theme.faint);
        return;
    }
    let long = services(state, theme);
    if !long.is_empty() && put_right(buffer, rest, &long, theme.faint) == rest && area.width >= 60 {
        put_right(buffer, rest, &short(state), theme.faint);
    }
}

/// The tabs, as far as there is room for all of them: the library's own is the first to go.
fn fitting(state: &State, area: Rect) -> Vec<Tab> {
    let fit = |tabs: &Vec<Tab>| {
        let wide: usize = tabs.iter().map(|tab| cells(&tab.key) + 1 + cells(&tab.words) + 3).sum();
        wide <= usize::from(area.width) + 3
    };
    let has_library = state.services.iter().any(|service| service.capabilities.is_local);
    let ways = [true, false].into_iter().filter(|library| has_library || !library);
    ways.map(|library| tabs(state, library)).find(fit).unwrap_or_default()
}

/// The name of the page, where there is no room for the others: it stands there alone, and need not be said again.
pub(super) fn name_alone(area: Rect, state: &State) -> Option<&'static str> {
    let demo = if state.demo { cells(DEMO) } else { 0 };
    let area = Rect { width: area.width.saturating_sub(u16::try_from(demo).unwrap_or(u16::MAX)), ..area };
    (!area.is_empty() && fitting(state, area).is_empty()).then(|| title(state, state.page))
}

/// A page as it is offered.
struct Tab {
    action: Action,
    is_open: bool,
    key: String,
    words: String,
}

/// The pages, and between them the library where it has a tab of its own.
fn tabs(state: &State, library: bool) -> Vec<Tab> {
    let rows = state.queue.entries.len();
    // On the first page the numbers open doors.
    let key = |action: &Action| match state.keymap.keys_of(action).first() {
        Some(keys) if state.page != Page::Welcome => spoken(keys),
        _ => String::new(),
    };
    let tab =
        |action: Action, is_open: bool, words: String| Tab { key: key(&action), action, is_open, words };
    let mut tabs = Vec::new();
    for page in Page::TABS {
        let words = match page {
            Page::Queue if rows > 0 => format!("{} ({rows})", page.title()),
            page if library => page.title().to_owned(),
            page => title(state, page).to_owned(),
        };
        let in_library = library && page == Page::Browse && state.is_in_library();
        tabs.push(tab(show(page), page == state.page && !in_library, words));
        if library && page == Page::Browse {
            tabs.push(tab(Action::ShowLibrary, in_library, LIBRARY.to_owned()));
        }
    }
    tabs
}

/// The name of a page; the own music is the library.
fn title(state: &State, page: Page) -> &'static str {
    if page == Page::Browse && state.is_in_library() { LIBRARY } else { page.title() }
}

fn show(page: Page) -> Action {
    match page {
        Page::Welcome => Action::ShowWelcome,
        Page::Search => Action::ShowSearch,
        Page::Browse => Action::ShowBrowse,
        Page::Queue => Action::ShowQueue,
        Page::Playlists => Action::ShowPlaylists,
        Page::Downloads => Action::ShowDownloads,
        Page::Accounts => Action::ShowAccounts,
        Page::Now => Action::ShowNow,
        Page::Settings => Action::ShowSettings,
        Page::Log => Action::ShowLog,
    }
}

fn needs_sign_in(service: &ServiceInfo) -> bool {
    matches!(service.capabilities.sign_in, SignIn::Missing(_))
}

/// Whether a service may be asked for anything.
fn is_ready(service: &ServiceInfo, state: &State) -> bool {
    !needs_sign_in(service) && (service.capabilities.is_local || !state.network.is_offline())
}

/// The services by name, then how many of them cannot be reached, or wait for a sign-in.
fn services(state: &State, theme: &Theme) -> String {
    let name = |service: &ServiceInfo| match state.scan.filter(|_| service.capabilities.is_local) {
        Some(scan) if scan.total > 0 => format!("{} {} of {}", service.name, scan.done, scan.total),
        Some(_) => format!("{} scanned", service.name),
        None => service.name.to_string(),
    };
    let (ready, others): (Vec<_>, Vec<_>) =
        state.services.iter().partition(|service| is_ready(service, state));
    let missing = others.iter().filter(|service| needs_sign_in(service)).count();
    let mut parts: Vec<_> = ready.into_iter().map(name).collect();
    for (count, what) in [(others.len() - missing, "offline"), (missing, "not signed in")] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    parts.join(&format!(" {} ", theme.signs.dot))
}

fn short(state: &State) -> String {
    let ready = state.services.iter().filter(|service| is_ready(service, state)).count();
    format!("{ready} of {} services", state.services.len())
}
