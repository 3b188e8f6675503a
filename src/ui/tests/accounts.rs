//! The accounts page and the sign-ins, at several sizes.

use super::golden::{check, check_page};
use super::house::{House, services, usual};
use crate::app::{Action, Start};
use crate::model::{
    Account, Fault, FaultKind, Field, Form, ServiceId, ServiceInfo, SignIn, SignInAnswer, SignInStep,
};

/// The usual services, three of them with accounts.
fn with_accounts() -> Vec<ServiceInfo> {
    let mut services = services();
    for service in &mut services {
        let capabilities = &mut service.capabilities;
        let account = |way: &str, who: Option<&str>| Account {
            way: Some(way.into()),
            who: who.map(Into::into),
            key: None,
            join: None,
        };
        match service.id.as_str() {
            "audius" => capabilities.account = account("in the browser", None),
            "audiomack" => capabilities.account = account("in the browser", Some("雨の港 (ada)")),
            "yourmusic" => {
                capabilities.sign_in = SignIn::Missing("Sign in, or set client_id and client_secret".into());
                capabilities.account = account("with a code sent by e-mail", None);
            }
            _ => {}
        }
    }
    services
}

/// What the services ask: a browser with a code, a form, and never that code.
pub(super) fn asked(service: &ServiceId, answer: &SignInAnswer) -> Result<SignInStep, Fault> {
    let begins = matches!(answer, SignInAnswer::Begin { .. });
    match service.as_str() {
        "audius" if begins => Ok(SignInStep::Visit {
            address: format!("https://audius.example/oauth/authorize?response_type=code&scope=write&client_id=0123456789abcdef0123456789abcdef01234567&redirect_uri=http%3A%2F%2Flocalhost%3A43210%2Fcallback&state={}&code_challenge={}&code_challenge_method=S256", "5".repeat(32), "c".repeat(43)).parse().unwrap(),
            code: Some(Form { words: "The page may show a code instead.".into(), fields: vec![Field::new("code", "Code", "")] }),
        }),
        _ if begins => Ok(SignInStep::Form(Form {
            words: "A code was sent to ada@example.net. Nothing came? Look among the unwanted.".into(),
            fields: vec![
                Field::new("code", "Code", "123456"),
                Field::new("secret", "Another secret", "").hidden(),
                Field { optional: true, ..Field::new("born", "Date of birth", "1990-01-15") },
            ],
        })),
        _ => Err(Fault::new(FaultKind::Refused, "The code is not right").hint("Type it as it stands in the letter")),
    }
}

fn page(columns: u16, rows: u16) -> House {
    let mut house =
        House::open(Start { services: with_accounts(), columns, rows, ..Start::default() }, usual);
    house.action(Action::ShowAccounts);
    house
}

fn form(columns: u16, rows: u16) -> House {
    let mut house = page(columns, rows);
    house.keys("jj<Enter>654321<Enter>hush雨hush");
    house
}

fn visit(columns: u16, rows: u16) -> House {
    let mut house = page(columns, rows);
    house.keys("<Enter>");
    house
}

/// One of each kind, for what holds at every size.
pub(super) fn houses() -> Vec<House> {
    let mut over = form(80, 24);
    over.keys("<Enter><Enter><Enter><Enter>");
    let mut helped = visit(80, 24);
    helped.action(Action::Help);
    vec![page(80, 24), form(80, 24), visit(80, 24), over, helped]
}

#[test]
fn accounts() {
    check_page("accounts", page);
    check("accounts_missing", |columns, rows| {
        let mut house = page(columns, rows);
        house.keys("G");
        house
    });
}

#[test]
fn sign_in() {
    check_page("sign_in_form", form);
    check("sign_in_refused", |columns, rows| {
        let mut house = form(columns, rows);
        house.keys("<Enter><Enter>");
        house
    });
    check("sign_in_over", |columns, rows| {
        let mut house = form(columns, rows);
        house.keys("<Enter><Enter><Enter><Enter>");
        house
    });
    check_page("sign_in_visit", visit);
}

/// An address is copied by selecting rows: nothing but the address stands in them, and all of it.
#[test]
fn the_address_is_whole_and_alone_in_its_rows() {
    for (columns, rows) in [(120, 40), (80, 24), (61, 30)] {
        let house = visit(columns, rows);
        let wanted = house.state.accounts.talk.as_ref().unwrap().link.as_ref().unwrap().0.to_string();
        let buffer = super::screen::buffer(&house.state, &crate::ui::Theme::default(), columns, rows);
        let lines: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert!(lines.contains(&wanted), "{columns}x{rows}: {lines}");
        let at = lines.find("https://").unwrap();
        assert_eq!(lines[..at].chars().count() % usize::from(columns), 0, "it begins at the edge");
    }
}
