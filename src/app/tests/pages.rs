//! Pages, panes, doors, notices.

use super::*;
use crate::app::{Focus, Level};

fn check(start: &str, keys: &'static str, focus: Focus, asked: &str) {
    let run = Run::with(start).steps([Step::Keys(keys)]);
    assert_eq!((run.state.focus(), run.asked().as_str()), (focus, asked), "{start:?} {keys}");
}

#[test]
fn keys_lead_to_pages() {
    check("", "", Focus::Doors, "");
    check("a b", "", Focus::Queue, "");
    check("", "1", Focus::BrowseTracks, "browse open top 0");
    check("", "2", Focus::BrowseTracks, "browse files music 0");
    check("", "3", Focus::Doors, "demo");
    check("", "4", Focus::Accounts, "");
    check("a", "g i", Focus::Accounts, "");
    check("a", "2jjj<Enter>", Focus::Accounts, "browse open top 0, wait 250, wait 250");
    check("", "jj<Enter>", Focus::Doors, "demo");
    check("a", "2", Focus::BrowseLists, "browse open top 0");
    check("a", "2<Enter>", Focus::BrowseTracks, "browse open top 0");
    check("a", "2<Tab>", Focus::BrowseTracks, "browse open top 0");
    check("a", "2lh", Focus::BrowseLists, "browse open top 0");
    check("a", "2l<Esc>", Focus::BrowseLists, "browse open top 0");
    check("a", "1", Focus::SearchInput, "");
    check("a", "g s", Focus::SearchInput, "");
    check("a", "g s<Esc>", Focus::SearchResults, "");
    check("a", "g s<Esc>3", Focus::Queue, "");
    check("a", "g sq3", Focus::SearchInput, "wait 250");
    check("a", "?", Focus::Help, "");
    check("a", "??", Focus::Queue, "");
    check("a", "?<Esc>", Focus::Queue, "");
    check("a", "?q", Focus::Queue, "");
    check("a", "?2", Focus::BrowseLists, "browse open top 0");
    check("a", ":", Focus::Palette, "");
    check("a", "?/", Focus::HelpInput, "");
    check("a", "g w", Focus::Doors, "");
    check("a", "q", Focus::Queue, "quit");
    check("a", "Q", Focus::Queue, "quit");
    check("", "q", Focus::Doors, "quit");
    for page in ["g !", "g i", "g w", "g h", "g M", "g h g i g !"] {
        for (way, asked) in [("q", ""), ("<Esc>", ""), ("qq", "quit")] {
            check("a", format!("5{page}{way}").leak(), Focus::Downloads, asked);
        }
    }
    check("a", "5g cq", Focus::Downloads, "read settings");
    check("", "4q", Focus::Doors, "");
    check("a", "/a<Enter>q", Focus::Queue, "");
    check("a", "g s<C-c>", Focus::SearchInput, "quit");
    check("a", "?<C-c>", Focus::Help, "quit");
}

#[test]
fn the_library_is_the_lists_of_the_own_music() {
    check("a", "g y", Focus::BrowseLists, "browse files music 0");
    // Out of it the lists of the services are shown: where the listener was, else the first.
    check("a", "g y2", Focus::BrowseLists, "browse files music 0, browse open top 0");
    check(
        "a",
        "2jg y42",
        Focus::BrowseLists,
        "browse open top 0, wait 250, browse files music 0, playlists, browse open new 0",
    );
    let asked = "browse open top 0, wait 250, browse files music 0";
    check("a", "2/best<Enter>g y", Focus::BrowseLists, asked);
    let lists = ["music", "albums"];
    let own = [
        service("open", true, &["top"], SignIn::NotNeeded),
        service("files", false, &lists, SignIn::NotNeeded),
    ];
    let start = Start { services: own.to_vec(), ..Start::default() };
    let run = Run::new(start).steps([Step::Keys("g yj<Enter>3")]);
    assert!(!run.state.is_in_library());
    let run = run.steps([Step::Keys("g y")]);
    assert!(run.state.is_in_library());
    assert_eq!(run.state.browse.open().unwrap().title().as_str(), "albums", "where it was");
    assert!(!run.steps([Step::Keys("k<Up>")]).state.is_in_library());
    let none = Start { services: own[..1].to_vec(), ..Start::default() };
    let told = Run::new(none).steps([Step::Keys("g wg y")]);
    assert_eq!(
        (told.state.notices.latest().unwrap().level, told.state.focus()),
        (Level::Warning, Focus::Doors)
    );
}

#[test]
fn a_sequence_that_is_broken_off_does_nothing() {
    check("a b", "g Y", Focus::Queue, "");
    check("a b", "g<Esc>", Focus::Queue, "");
    let run = Run::with("a b").steps([Step::Keys("g")]);
    assert_eq!(run.state.pending, parse_keys("g").unwrap());
    let run = run.steps([Step::Keys("g")]);
    assert!(run.state.pending.is_empty());
}

#[test]
fn the_cursor_moves_by_rows_and_pages() {
    let titles = "t ".repeat(50);
    // 24 rows leave 16 for the list.
    let rows =
        [("G", 49), ("Gk", 48), ("Ggg", 0), ("jjj", 3), ("<C-d>", 8), ("<C-d><C-u>", 0), ("<C-f>", 16)];
    for (keys, row) in rows {
        let run = Run::with(&titles).steps([Step::Keys(keys)]);
        assert_eq!(run.state.queue.list.cursor(), Some(row), "{keys}");
    }
}

#[test]
fn the_demo_begins_with_its_music() {
    let run = Run::new(Start { services: services(), demo: true, ..Start::default() });
    assert_eq!((run.state.focus(), run.asked().as_str()), (Focus::BrowseLists, "browse open top 0"));
}

#[test]
fn notices_go_when_they_are_read() {
    let mut run = Run::with("a b");
    run.send(Msg::Event(Event::Warned(slow())));
    assert_eq!(run.asked(), "wait 5000");
    assert_eq!(run.state.notices.latest().unwrap().words.as_str(), "Nothing comes.");
    let run = run.steps([Step::Keys("j")]);
    assert!(run.state.notices.latest().is_some(), "a warning stays its time");
    let run = run.steps([Step::Elapsed]);
    assert_eq!(run.state.notices.latest(), None);
    assert_eq!(run.state.notices.past().len(), 1);

    let run = Run::with("a").steps([Step::Keys("<Space>"), Step::NotLocated(gone()), Step::NotElsewhere]);
    assert_eq!(run.state.notices.latest().unwrap().level, Level::Error);
    let run = run.steps([Step::Elapsed]);
    assert!(run.state.notices.latest().is_some(), "an error waits for a key");
    let run = run.steps([Step::Keys("j")]);
    assert_eq!(run.state.notices.latest(), None);
}
