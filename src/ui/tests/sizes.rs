//! What holds at every size: nothing panics, drawing twice gives the same cells, no control
//! character is written, nothing blinks.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use ratatui::style::Modifier;

use super::colours::themes;
use super::golden::{found, playing};
use super::house::House;
use super::screen::buffer;
use crate::app::{ACTIONS, Action, Event, Msg, PlayState, State};
use crate::model::{SPECTRUM_BANDS, Spectrum};
use crate::ui::Theme;

pub(super) fn states() -> Vec<State> {
    let mut houses = vec![House::usual(80, 24), found(80, 24), playing(80, 24)];
    let mut browse = House::usual(80, 24);
    browse.action(Action::ShowBrowse);
    browse.action(Action::PaneRight);
    let mut help = playing(80, 24);
    help.action(Action::Help);
    let mut typing = found(80, 24);
    typing.action(Action::Search);
    typing.send(Msg::Paste("雨の港 👩\u{200d}🚀 ".repeat(20)));
    let mut looking = playing(80, 24);
    looking.action(Action::FindAction);
    looking.keys("no such words");
    let mut waiting = playing(80, 24);
    waiting.hear(100_000, PlayState::Buffering);
    waiting.keys("g");
    let mut both = playing(80, 24);
    both.action(Action::Search);
    both.keys("night<Enter>");
    let mut themes = themes(80, 24);
    themes.action(Action::MoveDown);
    let mut outputs = playing(80, 24);
    outputs.action(Action::ShowOutputs);
    let mut spectrum = playing(80, 24);
    spectrum.action(Action::Spectrum);
    let loud = Spectrum { bands: [0.0; SPECTRUM_BANDS], ..Spectrum::default() };
    spectrum.event(Event::Spectrum(loud));
    houses.extend(vec![both, browse, help, typing, looking, waiting, themes, outputs, spectrum]);
    let mut now = super::now::with_cover(None, 80, 24);
    now.action(Action::ShowNow);
    let mut mini = playing(80, 24);
    mini.action(Action::Mini);
    let mut info = playing(80, 24);
    info.action(Action::Info);
    let mut reading = super::words::reading(&Ok(super::words::lyrics(true)), 80, 24);
    reading.keys("jj");
    houses.extend(vec![now, mini, info, reading]);
    houses.extend(super::accounts::houses());
    houses.extend(super::playlists::houses());
    houses.extend(super::pages::houses());
    houses.into_iter().map(|house| house.state).collect()
}

fn check(state: &State, theme: &Theme, columns: u16, rows: u16) {
    let before = state.clone();
    let once = buffer(state, theme, columns, rows);
    assert_eq!(once, buffer(state, theme, columns, rows), "drawn twice at {columns}x{rows}");
    assert_eq!(*state, before);
    for cell in &once.content {
        assert!(!cell.symbol().contains(char::is_control), "{:?} at {columns}x{rows}", cell.symbol());
        assert!(!cell.modifier.intersects(Modifier::SLOW_BLINK | Modifier::RAPID_BLINK));
    }
}

#[test]
fn small_sizes_are_all_drawn() {
    for state in states() {
        for columns in 1..=24 {
            for rows in 1..=12 {
                check(&state, &Theme::plain().typed(), columns, rows);
            }
        }
    }
}

fn any_keys() -> impl Strategy<Value = Vec<&'static str>> {
    let all: Vec<_> = ACTIONS.iter().flat_map(|info| info.keys).copied().collect();
    prop::collection::vec(prop::sample::select(all), 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Wherever any keys lead to.
    #[test]
    fn any_state_is_drawn(keys in any_keys(), columns in 1_u16..=300, rows in 1_u16..=100, begun in any::<bool>()) {
        let mut house = if begun { playing(columns, rows) } else { House::usual(columns, rows) };
        for keys in keys {
            house.keys(keys);
        }
        check(&house.state, &Theme::default(), columns, rows);
    }
}

#[test]
fn any_size_is_drawn() {
    let states = states();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(32));
    let outcome = runner.run(&(1_u16..=300, 1_u16..=100, any::<bool>()), |(columns, rows, plain)| {
        let theme = if plain { Theme::plain() } else { Theme::coloured() };
        for state in &states {
            check(state, &theme, columns, rows);
        }
        Ok(())
    });
    outcome.unwrap();
}
