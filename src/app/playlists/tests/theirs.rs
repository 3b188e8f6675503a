//! Services' playlists in the editor, and answers that come late.

use super::*;
use crate::app::Msg;
use crate::app::list_text::TextRow;
use crate::app::tests::Step::Elapsed;
use crate::model::{Arrival, Remote, ServiceId, Track};

/// The open playlist becomes one that a service keeps.
fn theirs(mut house: House) -> House {
    let service = ServiceId::known("open");
    let remote = Remote {
        service,
        account: Some("ada".to_owned()),
        id: Some("7".to_owned()),
        arrival: Arrival::Arrived,
    };
    house.run.state.playlists.open.as_mut().unwrap().remote = Some(remote);
    house
}

/// The text that the editor was given is changed so, and what it finds is this.
fn edited(house: House, make: impl FnOnce(&str) -> String, found: Vec<Vec<Track>>) -> House {
    let mut house = house.keys("<C-e>");
    let given = house.run.effects.iter().find_map(|effect| match effect {
        Effect::EditText { ticket, text } => Some((*ticket, text.clone())),
        _ => None,
    });
    let (ticket, text) = given.unwrap();
    house.run.send(Msg::Event(Event::TextEdited { ticket, text: Some(make(&text)), result: Ok(()) }));
    let asked = house.run.effects.iter().find_map(|effect| match effect {
        Effect::FindRows { ticket, rows, service } => Some((*ticket, rows.clone(), service.clone())),
        _ => None,
    });
    let (ticket, rows, service) = asked.unwrap();
    assert!(rows.iter().all(|(_, row)| matches!(row, TextRow::Words(_))));
    assert_eq!(service, Some(ServiceId::known("open")), "it is looked for where it can be held");
    house.run.send(Msg::Event(Event::RowsFound { ticket, result: Ok(found) }));
    house.answer();
    house
}

#[test]
fn a_line_that_the_service_cannot_hold_changes_nothing() {
    let text = |text: &str| format!("{text}? night ferry\n");
    let house = edited(theirs(open("a b")), text, vec![vec![track("ready", "x")]]);
    assert_eq!(house.rows(), "a b");
    let told = house.notice();
    assert!(told.contains("x is not of") && told.contains("Nothing was changed"), "{told}");
    let house = edited(theirs(open("a b")), text, vec![vec![track("open", "x")]]);
    assert_eq!(house.rows(), "a b x");
    assert!(house.notice().starts_with("Your text is taken: 1 added"), "{}", house.notice());
}

#[test]
fn only_the_newest_wish_is_shown() {
    let mut house = House::new("a b").keys("<C-s>one<Enter><C-s>two<Enter>4gg");
    let mut asked = Vec::new();
    for keys in ["<Enter>", "j<Enter>"] {
        for chord in parse_keys(keys).unwrap() {
            house.run.send(Msg::Key(chord));
        }
        asked.extend(house.orders().pop_back());
    }
    assert_eq!(asked.len(), 2);
    for (ticket, order) in asked.into_iter().rev() {
        let result = house.library.order(&order, 5);
        house.run.send(Msg::Event(Event::Playlists { ticket, result }));
        let open = house.run.state.playlists.open.as_ref().map(|open| open.name.to_string());
        assert_eq!(open.as_deref(), Some("two"));
    }
}

#[test]
fn a_library_that_fails_once_does_not_end_the_sending() {
    let mut house = theirs(open("a b")).keys("d").step(Elapsed);
    for delay in [5_000, 10_000] {
        let sent = house.run.effects.iter().find_map(|effect| match effect {
            Effect::SendChanges { ticket, .. } => Some(*ticket),
            _ => None,
        });
        house.run.send(Msg::Event(Event::ChangesSent { ticket: sent.unwrap(), result: Err(gone()) }));
        let wait = house.run.effects.iter().find_map(|effect| match effect {
            Effect::Wait { ticket, delay_ms } if *delay_ms == delay => Some(*ticket),
            _ => None,
        });
        house.run.send(Msg::Event(Event::Elapsed(wait.unwrap())));
    }
}
