//! The screen with lists of 100,000 rows: what a key costs, from the key to the cells that changed, at 200x60.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench that cannot run should say so, and it reads the clock"
)]

#[path = "library/took.rs"]
mod took;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use segue::app::{Action, Msg, Start, State, parse_keys, update};
use segue::model::{ServiceId, Session, Track, TrackRef};
use segue::ui::{Theme, draw};
use took::{Begun, Took, tell};

const ROWS: u32 = 100_000;

/// Keys of each kind that are timed.
const KEYS: usize = 400;

fn track(number: u32) -> Track {
    let words = ["Night", "Ferry", "Harbour", "雨の港", "Café", "Orbit", "שלום", "Paper", "Lantern"];
    let word = |step: u32| words[(number.wrapping_mul(2_654_435_761).rotate_left(step) % 9) as usize];
    let reference = TrackRef::Service { service: ServiceId::known("audius"), id: number.to_string() };
    Track {
        artists: vec![format!("{} {}", word(3), number % 400).into()],
        album: Some(format!("{} {}", word(7), number % 4000).into()),
        length: Some(Duration::from_secs(u64::from(120 + number % 300))),
        ..Track::new(reference, format!("{} {} {number}", word(0), word(5)))
    }
}

/// The program on the page of its queue.
fn program() -> State {
    let session = Session {
        tracks: (0..ROWS).map(|number| track(number).into()).collect(),
        current: Some(50_000),
        ..Session::default()
    };
    let start = Start { session, columns: 200, rows: 60, ..Start::default() };
    State::new(start).0
}

fn press(state: &mut State, terminal: &mut Terminal<TestBackend>, keys: &str, theme: &Theme) {
    for chord in parse_keys(keys).unwrap() {
        update(state, Msg::Key(chord));
    }
    picture(terminal, state, theme);
}

fn picture(terminal: &mut Terminal<TestBackend>, state: &State, theme: &Theme) {
    let drawn = |frame: &mut ratatui::Frame<'_>| {
        draw(frame, state, theme);
    };
    terminal.draw(drawn).unwrap();
}

fn screen(criterion: &mut Criterion) {
    let theme = Theme::default();
    let mut state = program();
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).unwrap();
    press(&mut state, &mut terminal, "3", &theme);
    for (what, keys) in [
        ("a row down", "j"),
        ("a page down", "<PageDown>"),
        ("to the end and back", "G g g"),
        ("to what plays", "o"),
        ("pause", "m"),
        ("the palette, opened and left", ": <Esc>"),
    ] {
        let times: Vec<Took> = (0..KEYS)
            .map(|_| {
                let begun = Begun::now();
                press(&mut state, &mut terminal, keys, &theme);
                begun.took()
            })
            .collect();
        tell(&format!("{what}, update and draw, {ROWS} rows at 200x60"), &times);
    }
    update(&mut state, Msg::Action(Action::Top));
    criterion.bench_function("update_and_draw_a_row_down", |bench| {
        bench.iter(|| press(&mut state, &mut terminal, "j", &theme));
    });
    criterion.bench_function("draw_alone", |bench| {
        bench.iter(|| picture(&mut terminal, &state, &theme));
    });
}

criterion_group!(benches, screen);
criterion_main!(benches);
