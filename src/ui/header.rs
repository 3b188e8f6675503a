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
    let tabs = tabs(state);
    let shown = if fit(&tabs, area) { tabs.as_slice() } else { &[] };
    // Numbers are typed, not pressed, while a line takes the keys.
    let key = if state.focus().is_typing() { theme.faint } else { theme.key };
    let mut taken = 0;
    for Tab { page, key: keys, words } in shown {
        let style = if *page == state.page { theme.open_page } else { theme.text };
        let rest = Rect { x: area.x + taken, width: area.width - taken, ..area };
        let gap = if keys.is_empty() { "" } else { " " };
        let tab = spans(buffer, rest, &[(keys, key), (gap, theme.text), (words, style)]);
        buffer.mark(Rect { width: tab, ..rest }, Target::Action(show(*page)));
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

fn fit(tabs: &[Tab], area: Rect) -> bool {
    let wide: usize = tabs.iter().map(|tab| cells(&tab.key) + 1 + cells(&tab.words) + 3).sum();
    wide <= usize::from(area.width) + 3
}

/// The name of the page, where there is no room for the others: it stands there alone, and need not be said again.
pub(super) fn name_alone(area: Rect, state: &State) -> Option<&'static str> {
    let demo = if state.demo { cells(DEMO) } else { 0 };
    let area = Rect { width: area.width.saturating_sub(u16::try_from(demo).unwrap_or(u16::MAX)), ..area };
    (!area.is_empty() && !fit(&tabs(state), area)).then(|| title(state, state.page))
}

/// A page as it is offered.
struct Tab {
    page: Page,
    key: String,
    words: String,
}

fn tabs(state: &State) -> Vec<Tab> {
    let tab = |page: Page| {
        let rows = state.queue.entries.len();
        let words = match page {
            Page::Queue if rows > 0 => format!("{} ({rows})", page.title()),
            page => title(state, page).to_owned(),
        };
        // On the first page the numbers open doors.
        let key = match state.keymap.keys_of(&show(page)).first() {
            Some(keys) if state.page != Page::Welcome => spoken(keys),
            _ => String::new(),
        };
        Tab { page, key, words }
    };
    Page::TABS.map(tab).into()
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
