//! Who is signed in where: a row a service; below them what can be done with the one under the cursor.

use ratatui::layout::Rect;

use super::{heading, message, tracks};
use crate::app::{Action, ListPlace, Standing, State};
use crate::model::ServiceInfo;
use crate::ui::canvas::Canvas;
use crate::ui::keys::first_key;
use crate::ui::layout::below;
use crate::ui::text::Align;
use crate::ui::theme::Theme;
use crate::ui::widgets::{Column, List, Row, Span, Weight};

const COLUMNS: &[Column] = &[
    Column { title: "", span: Span::Cells(14), align: Align::Left, weight: Weight::Main },
    Column { title: "", span: Span::Share(1), align: Align::Left, weight: Weight::Aside },
];

pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let services: Vec<_> = state.account_rows().collect();
    let signed_in = services.iter().filter(|service| service.capabilities.account.who.is_some()).count();
    let totals = format!("signed in to {signed_in} of {}", services.len());
    let area = heading(buffer, area, theme, "Accounts", &totals);
    if services.is_empty() {
        message(buffer, area, theme, &["No service is set up.".to_owned()]);
        return;
    }
    let rows = u16::try_from(services.len()).unwrap_or(u16::MAX).min(area.height);
    let list = List {
        place: ListPlace::Accounts,
        columns: COLUMNS,
        len: services.len(),
        cursor: state.accounts.list.cursor(),
        window: &|height| state.accounts.list.window(height),
        focused: state.overlays.is_empty(),
        headings: false,
    };
    list.draw(buffer, Rect { height: rows, ..area }, theme, |index| match services.get(index) {
        Some(service) => Row {
            texts: vec![service.name.to_string(), standing(state, service)],
            style: match state.standing(service) {
                Standing::SignedIn(_) => theme.strong,
                _ => theme.text,
            },
        },
        None => tracks::nothing(),
    });
    if let Some(service) = state.account_here() {
        let gap = u16::from(area.height > rows + 2);
        message(buffer, below(area, rows + gap), theme, &advice(state, service));
    }
}

fn standing(state: &State, service: &ServiceInfo) -> String {
    match state.standing(service) {
        Standing::SignedIn(who) => format!("signed in as {who}"),
        Standing::Leaving => "signing out...".to_owned(),
        Standing::CanSignIn { way, needed: true } => format!("not signed in ({way})"),
        Standing::CanSignIn { way, needed: false } => format!("works; sign in for your own things: {way}"),
        Standing::Missing(what) => what.to_string(),
        Standing::Set => "works with the configuration".to_owned(),
        Standing::Open => "needs no sign-in".to_owned(),
    }
}

/// What can be done, in sentences.
fn advice(state: &State, service: &ServiceInfo) -> Vec<String> {
    let name = &service.name;
    let key = |action| first_key(state, &action);
    match state.standing(service) {
        Standing::SignedIn(who) => {
            vec![format!("You are {who} there. {} signs you out.", key(Action::SignOut))]
        }
        Standing::Leaving => Vec::new(),
        Standing::CanSignIn { way, needed } => {
            let without = if needed { "Nothing of it works before." } else { "Much of it works without." };
            let mut lines = vec![format!("{} signs you in to {name} {way}. {without}", key(Action::SignIn))];
            if service.capabilities.account.join.is_some() {
                let key = key(Action::OpenJoinPage);
                lines.push(format!("{key} opens the page where you get an account."));
            }
            lines
        }
        Standing::Missing(what) => vec![format!("{what}. {name} cannot be used before.")],
        Standing::Set => vec![format!("{name} uses the credentials in the configuration.")],
        Standing::Open => vec![format!("{name} works as it is.")],
    }
}
