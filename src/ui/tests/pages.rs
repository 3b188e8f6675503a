//! The pages and boxes that are about the program itself: palette, settings, keys, log.

use super::golden::{check_page, playing};
use super::house::House;
use crate::app::{Action, Event};
use crate::model::{Fault, FaultKind};

/// The palette, the cursor on its second row.
pub(super) fn palette(columns: u16, rows: u16) -> House {
    let mut house = playing(columns, rows);
    house.keys(":<Down>");
    house
}

/// The settings, some of them the listener's own.
pub(super) fn settings(columns: u16, rows: u16) -> House {
    let mut house = playing(columns, rows);
    house.keys("g c");
    house.keys("j");
    house
}

/// The log after some trouble.
pub(super) fn log(columns: u16, rows: u16) -> House {
    let mut house = playing(columns, rows);
    house.action(Action::NextPreset);
    let fault = Fault::new(FaultKind::Usage, "config.toml line 7: player.volume is 250")
        .hint("Expected a whole number from 0 to 100; 80 stays");
    house.event(Event::Warned(fault));
    let refused =
        Fault::new(FaultKind::Refused, "Audius refused the track: it is not offered in this country")
            .hint("Press > for the next track");
    let play_id = house.state.playback.now.as_ref().unwrap().play_id;
    house.refusal = Some(refused.clone());
    house.event(Event::Failed { play_id, fault: refused });
    house.keys("g !");
    house
}

/// Every state that these tests draw.
pub(super) fn houses() -> Vec<House> {
    let mut houses = vec![palette(80, 24), settings(80, 24), log(80, 24)];
    for keys in ["<Enter>", "jj<Enter>", "g g <Enter><C-u>device:nowhere"] {
        let mut choice = settings(80, 24);
        choice.keys(keys);
        houses.push(choice);
    }
    for keys in ["?", "?e", "?eg", "?/mute<Esc>ej"] {
        let mut capture = playing(80, 24);
        capture.keys(keys);
        houses.push(capture);
    }
    houses
}

#[test]
fn what_to_do() {
    check_page("palette", palette);
    check_page("palette_search", |columns, rows| {
        let mut house = playing(columns, rows);
        house.keys(":sort");
        house
    });
    check_page("item_actions", |columns, rows| {
        let mut house = playing(columns, rows);
        house.keys("j.");
        house
    });
}

#[test]
fn settings_and_keys() {
    check_page("settings", settings);
    check_page("settings_choice", |columns, rows| {
        let mut house = settings(columns, rows);
        house.keys("<Enter>");
        house
    });
    check_page("settings_value", |columns, rows| {
        let mut house = settings(columns, rows);
        house.keys("jjj<Enter><C-u>250");
        house
    });
    check_page("keys_capture", |columns, rows| {
        let mut house = playing(columns, rows);
        house.keys("?/silent<Esc>ej");
        house
    });
}

#[test]
fn what_was_told() {
    check_page("log", log);
}
