//! The mouse: what is clicked is what is seen there.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::golden::{found, playing};
use super::house::{House, plain};
use super::screen::buffer;
use super::sizes::states;
use crate::app::{Action, Focus, ListPlace, Mouse, Msg, Page, State, Target, update};
use crate::ui::{Theme, target_at};

/// A house with a pointer.
struct Hand {
    house: House,
    size: (u16, u16),
    at: Duration,
}

impl Hand {
    fn new(house: House) -> Self {
        let size = (house.state.columns, house.state.rows);
        Self { house, size, at: Duration::ZERO }
    }

    /// Where `text` begins on the screen, the first time.
    fn find(&self, text: &str) -> (u16, u16) {
        let (columns, rows) = self.size;
        let drawn = buffer(&self.house.state, &Theme::default(), columns, rows);
        let drawn = &drawn;
        let line = |y| (0..columns).map(move |x| drawn[(x, y)].symbol().chars().next().unwrap_or(' '));
        let wanted: Vec<_> = text.chars().collect();
        for y in 0..rows {
            let line: Vec<_> = line(y).collect();
            if let Some(x) = line.windows(wanted.len()).position(|part| part == wanted) {
                return (u16::try_from(x).unwrap(), y);
            }
        }
        panic!("{text} is not on the screen");
    }

    fn target(&self, (column, row): (u16, u16)) -> Option<Target> {
        target_at(&self.house.state, &Theme::default(), self.size, column, row)
    }

    fn press(&mut self, place: (u16, u16)) {
        let target = self.target(place);
        self.house.send(Msg::Mouse(Mouse::Press { target, column: place.0, at: self.at }));
    }

    /// Clicks on a text, so many milliseconds after the last click.
    fn click(&mut self, text: &str, after_ms: u64) -> &State {
        self.at += Duration::from_millis(after_ms);
        self.press(self.find(text));
        self.house.send(Msg::Mouse(Mouse::Release));
        &self.house.state
    }

    fn drag(&mut self, text: &str, cells: i16) -> &State {
        let (column, row) = self.find(text);
        self.press((column, row));
        self.house.send(Msg::Mouse(Mouse::Drag { column: column.saturating_add_signed(cells) }));
        &self.house.state
    }

    fn wheel(&mut self, text: &str, down: bool) -> &State {
        let target = self.target(self.find(text));
        self.house.send(Msg::Mouse(Mouse::Wheel { target, down }));
        &self.house.state
    }
}

fn now(state: &State) -> Option<&str> {
    state.playback.now.as_ref().map(|now| now.track.title.as_str())
}

#[test]
fn a_click_chooses_and_a_double_click_plays() {
    let mut hand = Hand::new(House::with_queue(plain("audius", 9), 120, 40));
    let state = hand.click("Harbour Lights 7", 0);
    assert_eq!((state.queue.list.cursor(), now(state)), (Some(6), None));
    let state = hand.click("Harbour Lights 7", 401);
    assert_eq!((state.queue.list.cursor(), now(state)), (Some(6), None), "too late for a double click");
    let state = hand.click("Slow Orbit 8", 100);
    assert_eq!((state.queue.list.cursor(), now(state)), (Some(7), None), "another row");
    let state = hand.click("Slow Orbit 8", 400);
    assert_eq!(now(state), Some("Slow Orbit 8"));
    let attempt = state.playback.now.as_ref().map(|now| now.play_id);
    let state = hand.click("Slow Orbit 8", 100);
    let same = state.playback.now.as_ref().map(|now| now.play_id);
    assert_eq!(same, attempt, "a third click is the first of the next two");
}

#[test]
fn a_heading_sorts_the_queue() {
    let mut hand = Hand::new(House::with_queue(plain("audius", 9), 120, 40));
    let titles = |state: &State| -> Vec<String> {
        state.queue.entries.iter().map(|entry| entry.track.title.to_string()).collect()
    };
    let mut sorted = titles(hand.click("Artist", 0));
    assert_eq!(sorted[..2], ["Harbour Lights 1", "Paper Lanterns 5"], "both are Ada Cole's");
    sorted.sort();
    assert_eq!(titles(hand.click("Title", 1000)), sorted);
}

#[test]
fn lists_are_chosen_and_opened() {
    let mut house = House::usual(120, 40);
    house.action(Action::ShowBrowse);
    let mut hand = Hand::new(house);
    let state = hand.click("All files", 0);
    assert_eq!(state.focus(), Focus::BrowseLists);
    assert!(state.browse.open().unwrap().rows.len() > 50, "the list beside shows what was clicked");
    let state = hand.click("Slow Orbit 8", 1000);
    assert_eq!((state.focus(), now(state)), (Focus::BrowseTracks, None));
    let state = hand.click("Slow Orbit 8", 300);
    assert_eq!((now(state), state.queue.entries.len()), (Some("Slow Orbit 8"), 60));
    let state = hand.click("  Underground", 1000);
    assert_eq!(state.focus(), Focus::BrowseLists);
    let state = hand.click("  Underground", 300);
    assert_eq!(state.focus(), Focus::BrowseTracks);

    let mut hand = Hand::new(House::usual(80, 24));
    hand.click("your own folder", 0);
    let state = hand.click("your own folder", 200);
    assert_eq!((state.page, state.focus()), (Page::Browse, Focus::BrowseTracks));
}

#[test]
fn the_wheel_scrolls_what_is_under_it() {
    let mut house = House::usual(120, 24);
    house.action(Action::ShowBrowse);
    house.action(Action::OpenMyMusic);
    house.action(Action::PaneLeft);
    let mut hand = Hand::new(house);
    let state = hand.wheel("Morning Post 3", true);
    let shelf = state.browse.open().unwrap();
    assert_eq!((shelf.list.window(10).start, shelf.list.cursor()), (3, Some(3)));
    assert_eq!(state.focus(), Focus::BrowseLists, "the keyboard stays where it is");
    let state = hand.wheel("Northern Line 4", false);
    let shelf = state.browse.open().unwrap();
    assert_eq!((shelf.list.window(10).start, shelf.list.cursor()), (0, Some(3)));
    let state = hand.wheel("Trending", true);
    assert_eq!(state.browse.open().unwrap().title().as_str(), "All files", "a short list stays");
}

#[test]
fn tabs_hints_and_signs_do_what_they_say() {
    let mut hand = Hand::new(playing(120, 40));
    assert_eq!(hand.click("Search", 0).focus(), Focus::SearchInput);
    assert_eq!(hand.click("Browse", 0).page, Page::Browse);
    assert_eq!(hand.click("Queue", 0).page, Page::Queue);
    assert_eq!(hand.click("? keys", 0).focus(), Focus::Help);
    assert_eq!(hand.click("Browse", 0).focus(), Focus::BrowseLists);
    assert!(hand.click("▶ Northern Line", 0).playback.paused);
    assert_eq!(hand.click("Northern Line 4", 0).page, Page::Now);
    assert_eq!(hand.click("Queue", 0).page, Page::Queue);
    hand.house.action(Action::FindAction);
    hand.house.send(Msg::Paste("louder".to_owned()));
    hand.click("Louder", 0);
    let state = hand.click("Louder", 100);
    assert_eq!((state.playback.volume.percent(), state.focus()), (85, Focus::Queue));
    let before = hand.click("Browse", 0).clone();
    let after = hand.click("Artist", 0);
    assert_eq!(*after, before, "a heading is no button where the order is the service's");
}

#[test]
fn the_line_takes_the_keys_when_clicked() {
    let mut hand = Hand::new(found(120, 40));
    assert_eq!(hand.house.state.focus(), Focus::SearchResults);
    assert_eq!(hand.click("/ night", 0).focus(), Focus::SearchInput);
    assert_eq!(hand.click("Night Ferry", 0).focus(), Focus::SearchResults);
}

#[test]
fn bars_are_clicked_dragged_and_turned() {
    let mut hand = Hand::new(playing(120, 40));
    let length = hand.house.state.playback.length().unwrap();
    let (left, row) = hand.find("━━━━");
    let Some(Target::Progress(bar)) = hand.target((left, row)) else { panic!("no progress there") };
    assert_eq!(bar.left, left);

    let at = |state: &State| (state.playback.position().as_secs(), state.playback.shown_position().as_secs());
    let middle = i16::try_from(bar.cells / 2).unwrap();
    let (_, shown) = at(hand.drag("━━━━", middle));
    assert!(shown.abs_diff(length.as_secs() / 2) <= 2, "{shown}");
    let (heard, shown) = at(hand.drag("━━━━", i16::MAX));
    assert!(
        heard == 117 && shown + 3 >= length.as_secs(),
        "it is shown, and sought in when let go: {heard} {shown}"
    );
    hand.house.send(Msg::Mouse(Mouse::Drag { column: 0 }));
    hand.house.send(Msg::Mouse(Mouse::Release));
    assert_eq!(at(&hand.house.state), (0, 0));
    hand.press((bar.left + bar.cells - 1, row));
    hand.house.send(Msg::Mouse(Mouse::Release));
    let (heard, _) = at(&hand.house.state);
    assert!(heard < length.as_secs() && heard + 3 >= length.as_secs(), "the end is heard: {heard}");

    let volume = |state: &State| (state.playback.volume.percent(), state.playback.muted);
    let (words, row) = hand.find("vol 80");
    let bar = words + 7;
    assert!(matches!(hand.target((bar, row)), Some(Target::Loudness(_))));
    for (cell, percent) in [(0, 0), (3, 30), (10, 100)] {
        hand.press((bar + cell, row));
        assert_eq!(volume(&hand.house.state), (percent, false));
        hand.house.send(Msg::Mouse(Mouse::Release));
    }
    assert_eq!(volume(hand.wheel("vol 100", false)), (100, false));
    assert_eq!(volume(hand.wheel("vol 100", true)), (95, false));
    assert_eq!(volume(hand.click("vol 95", 0)), (95, true));
}

#[test]
fn what_comes_next_is_played_from_beside_a_page() {
    let mut house = House::with_queue(plain("audius", 9), 200, 40);
    house.action(Action::ShowBrowse);
    let mut hand = Hand::new(house);
    hand.click("Night Ferry 6", 0);
    let state = hand.click("Night Ferry 6", 200);
    assert_eq!((now(state), state.queue.current, state.page), (Some("Night Ferry 6"), Some(5), Page::Browse));
}

/// A row that the mouse finds is there, whatever the size; a click anywhere breaks nothing.
#[test]
fn targets_are_real() {
    let states = states();
    let anywhere = (1_u16..=240, 1_u16..=70, 0_u16..1000, 0_u16..1000, any::<bool>());
    let mut runner = TestRunner::new(ProptestConfig::with_cases(48));
    let outcome = runner.run(&anywhere, |(columns, rows, x, y, down)| {
        let (column, row) = (x % columns, y % rows);
        for state in &states {
            let mut state = state.clone();
            let target = target_at(&state, &Theme::default(), (columns, rows), column, row);
            if let Some(Target::List { list, height, row: Some(index) }) = target {
                prop_assert!(height > 0);
                let len = match list {
                    ListPlace::Doors => state.welcome.doors.len(),
                    ListPlace::Results => state.search.rows.len(),
                    ListPlace::Shelves => state.browse.shelves.len(),
                    ListPlace::Tracks => state.browse.open().unwrap().rows.len(),
                    ListPlace::Queue => state.queue.entries.len(),
                    ListPlace::Playlists => state.playlists.rows.len(),
                    ListPlace::Playlist => state.playlists.open.as_ref().unwrap().entries.len(),
                    ListPlace::Downloads => state.downloads.jobs.entries().len(),
                    ListPlace::Upcoming => state.queue.upcoming().len(),
                    ListPlace::Accounts => state.account_rows().count(),
                    ListPlace::Form => state.accounts.talk.as_ref().unwrap().lines.len(),
                    ListPlace::Help
                    | ListPlace::Outputs
                    | ListPlace::Themes
                    | ListPlace::Palette
                    | ListPlace::Choice
                    | ListPlace::Settings
                    | ListPlace::Log
                    | ListPlace::Picker
                    | ListPlace::Journal
                    | ListPlace::Info
                    | ListPlace::Lyrics => usize::MAX,
                };
                prop_assert!(index < len, "{list:?} {index}");
            }
            let target_now = target.clone();
            update(&mut state, Msg::Mouse(Mouse::Wheel { target, down }));
            update(&mut state, Msg::Mouse(Mouse::Press { target: target_now, column, at: Duration::ZERO }));
            update(&mut state, Msg::Mouse(Mouse::Release));
            buffer(&state, &Theme::default(), columns, rows);
        }
        Ok(())
    });
    outcome.unwrap();
}
