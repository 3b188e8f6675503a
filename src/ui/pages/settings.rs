//! The settings: each with its value, and below them what the one under the cursor is for.

use ratatui::layout::{Position, Rect};

use super::filtered::{Shown, heading_or_filter, nothing_found};
use super::{message, tracks};
use crate::app::{Action, Focus, ListPlace, State};
use crate::config::Setting;
use crate::ui::canvas::Canvas;
use crate::ui::keys::first_key;
use crate::ui::layout::{below, row};
use crate::ui::text::{Align, count, wrap};
use crate::ui::theme::Theme;
use crate::ui::widgets::{BAR_CELLS, Column, List, Row, Span, Weight, put, rule};

const SIGN: Column = Column { title: "", span: Span::Cells(1), align: Align::Left, weight: Weight::Main };
const NAME: Column = Column { title: "", span: Span::Share(3), align: Align::Left, weight: Weight::Main };
const VALUE: Column = Column { title: "", span: Span::Share(2), align: Align::Left, weight: Weight::Aside };

/// Most rows for what a setting is for.
const ABOUT_ROWS: u16 = 7;

pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) -> Option<Position> {
    let page = &state.settings;
    let own = page.rows.iter().filter(|row| row.is_own).count();
    let shown = Shown::of(state, ListPlace::Settings, &page.list);
    let totals = format!("{own} of {} yours", count(page.rows.len(), "setting"));
    let title = ("Settings", totals.as_str());
    let (area, caret) = heading_or_filter(buffer, area, state, theme, ListPlace::Settings, title);
    if page.rows.is_empty() {
        let words = match &page.fault {
            Some(fault) => fault.to_string(),
            None => "Reading config.toml...".to_owned(),
        };
        message(buffer, area, theme, &[words]);
        return caret;
    }
    if shown.len() == 0 {
        message(buffer, area, theme, &nothing_found(state));
        return caret;
    }
    let about = (area.height / 3).min(ABOUT_ROWS);
    let rows = Rect { height: area.height - about, ..area };
    let list = List {
        place: ListPlace::Settings,
        columns: &[SIGN, NAME, VALUE],
        len: shown.len(),
        cursor: shown.cursor(),
        window: &|height| shown.window(height),
        focused: state.focus() == Focus::Settings,
        headings: false,
    };
    list.draw(buffer, rows, theme, |index| match page.rows.get(shown.row(index)) {
        Some(setting) => Row {
            texts: vec![
                if setting.is_own { theme.signs.selected } else { "" }.to_owned(),
                setting.path.clone(),
                setting.value.replace('\n', " "),
            ],
            style: if setting.is_own { theme.strong } else { theme.text },
        },
        None => tracks::nothing(),
    });
    let about = Rect { width: area.width.saturating_sub(BAR_CELLS), ..below(area, rows.height) };
    if let Some(setting) = page.selected() {
        rule(buffer, row(about, 0), theme);
        for (line, at) in words(setting, state, usize::from(about.width)).iter().zip(1..about.height) {
            put(buffer, row(about, at), line, theme.text);
        }
    }
    caret
}

/// What it is for and what can be done with it.
fn words(setting: &Setting, state: &State, width: usize) -> Vec<String> {
    let key = |action| first_key(state, &action);
    let change = key(Action::ChangeSetting);
    let mut advice = match (setting.is_secret, setting.value.as_str()) {
        (true, _) => "Secrets are written in the file: segue config edit.".to_owned(),
        (false, "true" | "false") => format!("{change} turns it over."),
        (false, _) => format!("{change} changes it; expected {}.", setting.expected),
    };
    if setting.is_own {
        advice = format!(
            "{advice} It is in your config.toml; {} brings the default back.",
            key(Action::ResetSetting)
        );
    }
    let about = setting.about.trim_end_matches(':');
    wrap(about, width).into_iter().chain(wrap(&advice, width)).collect()
}
