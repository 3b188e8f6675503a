//! Why it is silent is told in the status line, whatever the reason.

use super::golden::playing;
use super::house::House;
use super::screen::picture;
use crate::app::{Action, Event, Heard, PlayState};
use crate::model::{Fault, FaultKind, OutputState, Volume};

fn refused(fault: Fault) -> House {
    let mut house = playing(120, 40);
    let play_id = house.state.playback.now.as_ref().unwrap().play_id;
    house.refusal = Some(fault.clone());
    house.event(Event::Failed { play_id, fault });
    house
}

#[test]
fn every_reason_is_told() {
    let check = |house: &House, words: &str| {
        for (columns, rows) in [(120, 40), (80, 24), (40, 12)] {
            let mut state = house.state.clone();
            (state.columns, state.rows) = (columns, rows);
            let shown = picture(&state, columns, rows);
            let flat: String =
                shown.replace(['│', '»', '_'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(flat.contains(words), "{words} at {columns}x{rows}:\n{shown}");
        }
    };
    let after = |action: Action| {
        let mut house = playing(120, 40);
        house.action(action);
        // Notices go by; the reason stays.
        house.state.notices = crate::app::Notices::default();
        house
    };
    check(&House::usual(120, 40), "Nothing to play yet.");
    check(&after(Action::Pause), "Paused. Space plays on.");
    check(&after(Action::Stop), "Stopped. Space plays.");
    check(&after(Action::Mute), "Muted. m makes it heard again.");
    let mut quiet = playing(120, 40);
    quiet.state.playback.volume = Volume::new(0);
    check(&quiet, "The volume is 0. + makes it louder.");
    let mut none = playing(120, 40);
    none.event(Event::OutputChanged(OutputState::NoDevice { reason: "ALSA found none".into() }));
    none.state.notices = crate::app::Notices::default();
    check(&none, "No sound device: ALSA found none.");
    let mut slow = playing(120, 40);
    let heard =
        Heard { state: PlayState::Buffering, bytes_per_second: 40_000, ..slow.state.playback.heard.clone() };
    slow.event(Event::Heard(heard));
    check(&slow, "Buffering at 40 kB/s...");
    let play_id = slow.state.playback.now.as_ref().unwrap().play_id;
    slow.event(Event::Snagged { play_id, why: Some("a.example cannot be reached".into()) });
    check(&slow, "a.example cannot be reached.");
    let mut station = playing(120, 40);
    let heard = Heard { is_live: true, length: None, ..station.state.playback.heard.clone() };
    let now = station.state.playback.now.as_mut().unwrap();
    (now.length, now.track.length) = (None, None);
    station.event(Event::Heard(heard));
    check(&station, " live");
    check(&refused(Fault::new(FaultKind::Refused, "Audius refused the track")), "Audius refused the track");
    // How long a service asks to wait is counted down, which `app::limits` tests.
    let offline = Fault::new(FaultKind::Network, "Audius cannot be reached: there is no network");
    check(&refused(offline), "there is no network");
}
