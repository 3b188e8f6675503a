//! What is heard, large and small: the page of its own, the pane beside others, covers in cells.

use std::sync::Arc;

use ratatui::style::Color;

use super::golden::{check_page, playing};
use super::house::{House, plain, services};
use super::screen::buffer;
use crate::app::{Action, Event, PlayState, Start};
use crate::model::{Picture, Pixels, Session, Ticket};
use crate::ui::{Pictures, Theme};

/// While covers are shown, and this one has come.
#[expect(clippy::needless_pass_by_value, reason = "as the tests have it")]
pub(super) fn with_cover(picture: Option<Picture>, columns: u16, rows: u16) -> House {
    let session = Session {
        tracks: plain("audius", 9).into_iter().map(Into::into).collect(),
        current: Some(3),
        ..Session::default()
    };
    let start = Start { services: services(), session, covers: true, columns, rows, ..Start::default() };
    let mut house = House::open(start, super::house::usual);
    house.action(Action::Play);
    house.hear(117, PlayState::Playing);
    // The number of the request: whichever it is, only that one counts.
    for ticket in 0..40 {
        house.event(Event::CoverFound { ticket: Ticket(ticket), picture: picture.clone().map(Arc::new) });
    }
    house
}

/// Red at the left, blue at the right, the lower half darker.
fn flag() -> Picture {
    let pixels = |side: usize| {
        let of = |x: usize, y: usize| match (x < side / 2, y < side / 2) {
            (true, true) => [255, 0, 0],
            (false, true) => [0, 0, 255],
            (true, false) => [95, 0, 0],
            (false, false) => [0, 0, 95],
        };
        let rgb = (0..side * side).flat_map(|at| of(at % side, at / side)).collect();
        Pixels::new(side, side, rgb).unwrap()
    };
    Picture { large: pixels(64), small: pixels(32), accent: Some([255, 0, 0]) }
}

#[test]
fn the_page_of_what_is_heard() {
    check_page("now", |columns, rows| {
        let mut house = playing(columns, rows);
        house.action(Action::ShowNow);
        house
    });
    check_page("now_mini", |columns, rows| {
        let mut house = playing(columns, rows);
        house.action(Action::Mini);
        house
    });
}

#[test]
fn a_cover_is_two_pixels_a_cell() {
    let mut house = with_cover(Some(flag()), 80, 24);
    house.action(Action::ShowNow);
    let cells = |pictures| buffer(&house.state, &Theme::coloured().with_pictures(pictures), 80, 24);
    let drawn = cells(Pictures::Blocks);
    let halves = drawn.content.iter().filter(|cell| cell.symbol() == "▀").collect::<Vec<_>>();
    assert!(halves.len() > 100 && halves.len() % 2 == 0, "{}", halves.len());
    let (first, last) = (halves[0], halves[halves.len() - 1]);
    assert_eq!((first.fg, first.bg), (Color::Rgb(255, 0, 0), Color::Rgb(255, 0, 0)));
    assert_eq!((last.fg, last.bg), (Color::Rgb(0, 0, 95), Color::Rgb(0, 0, 95)));
    let few = cells(Pictures::FewBlocks);
    let last = few.content.iter().rfind(|cell| cell.symbol() == "▀").unwrap();
    assert_eq!(last.fg, Color::Indexed(17), "0, 0, 95 of the cube");
    for pictures in [Pictures::Empty, Pictures::None] {
        assert!(cells(pictures).content.iter().all(|cell| cell.symbol() != "▀"));
    }
}

#[test]
fn where_pixels_lie_is_told_and_hidden_by_what_lies_over_it() {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    let mut house = with_cover(Some(flag()), 120, 40);
    let place = |house: &House| {
        let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
        let theme = Theme::coloured().with_pictures(Pictures::Empty);
        let mut place = None;
        terminal.draw(|frame| place = crate::ui::draw(frame, &house.state, &theme)).unwrap();
        place
    };
    let beside = place(&house).expect("the queue has a pane beside it");
    assert!(beside.x > 80 && beside.width == 2 * beside.height, "{beside:?}");
    house.action(Action::Help);
    assert_eq!(place(&house), None);
    house.action(Action::Help);
    house.action(Action::ShowNow);
    let page = place(&house).unwrap();
    assert!(page.height > beside.height && page.x < 40, "{page:?}");
    let none = with_cover(None, 120, 40);
    assert_eq!(place(&none), None);
}

#[test]
fn panes_are_sized_by_keys_and_by_the_mouse() {
    use crate::app::{Mouse, Msg, SidePane, Target};
    use crate::ui::target_at;

    let mut house = playing(120, 40);
    house.action(Action::ShowBrowse);
    let divider = |house: &House, pane: SidePane| {
        (0..120).find(|column| {
            target_at(&house.state, &Theme::default(), (120, 40), *column, 20) == Some(Target::Divider(pane))
        })
    };
    let (lists, now) = (divider(&house, SidePane::Lists).unwrap(), divider(&house, SidePane::Now).unwrap());
    house.keys("g .");
    house.keys("g )");
    assert_eq!(divider(&house, SidePane::Now), Some(now + 4));
    assert!(divider(&house, SidePane::Lists).unwrap() > lists);
    let target = Some(Target::Divider(SidePane::Now));
    house.send(Msg::Mouse(Mouse::Press { target, column: now + 4, at: std::time::Duration::ZERO }));
    house.send(Msg::Mouse(Mouse::Drag { column: 70 }));
    house.send(Msg::Mouse(Mouse::Release));
    assert_eq!(divider(&house, SidePane::Now), Some(70));
    house.keys("g H");
    house.keys("g B");
    assert_eq!((divider(&house, SidePane::Lists), divider(&house, SidePane::Now)), (None, None));
    house.keys("g H");
    assert_eq!(divider(&house, SidePane::Now), Some(70));
}
