use crate::app::tests::{Run, Step, page, tracks};
use crate::app::{ACTIONS, Action, Focus, Overlay, Page};

fn rows(keys: &'static str) -> Vec<&'static str> {
    let run = Run::with("a b").steps([Step::Keys(keys)]);
    match run.state.overlays.last() {
        Some(Overlay::Help(help)) => help.rows.iter().map(|row| row.info.name).collect(),
        Some(_) | None => Vec::new(),
    }
}

#[test]
fn words_find_actions_and_enter_does_them() {
    assert_eq!(rows("?").len(), ACTIONS.len());
    assert_eq!(rows("?/loud"), ["volume-up"]);
    assert_eq!(rows("?/queue<Space>empty"), ["clear-list"]);
    assert_eq!(rows("?/EMPTY<Space>the"), ["clear-list"]);
    assert_eq!(rows("?/<C-w>zzz"), Vec::<&str>::new());
    assert_eq!(rows("?/mute"), ["mute"]);
    let run = Run::with("a b").steps([Step::Keys("?/loud<Enter>")]);
    assert_eq!((run.asked().as_str(), run.state.focus()), ("volume 85", Focus::Queue));
    let run = Run::with("a b").steps([Step::Keys("?/loud<Esc><Enter>")]);
    assert_eq!((run.asked().as_str(), run.state.focus()), ("volume 85", Focus::Queue));
    let run = Run::with("a b").steps([Step::Keys("?/nothing<Space>open<Enter>")]);
    assert_eq!(
        (run.asked().as_str(), run.state.focus()),
        ("", Focus::Queue),
        "the row that closes does not quit"
    );
    let run = Run::with("a b").steps([Step::Keys("?/zzz<Enter>")]);
    assert_eq!((run.asked().as_str(), run.state.page), ("", Page::Queue));
}

#[test]
fn the_help_shows_the_keys_that_count() {
    let keys = [("mute".to_owned(), vec!["<F9>".to_owned()])].into();
    let run = Run::new(crate::app::Start { keys, ..crate::app::Start::default() }).steps([Step::Keys("?")]);
    let Some(Overlay::Help(help)) = run.state.overlays.last() else { panic!("no help") };
    let row = help.rows.iter().find(|row| row.info.action == Action::Mute).unwrap();
    assert_eq!(row.keys, ["<F9>"]);
}

#[test]
fn hints_begin_with_what_is_needed_first() {
    let first = |run: &Run, count: usize| {
        let hints = run.state.hints();
        hints.iter().take(count).map(|hint| hint.words).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(first(&Run::with(""), 3), "open, search, quit");
    let run = Run::with("a b");
    assert_eq!(first(&run, 7), "play, play on, search, quit, remove, filter, actions");
    let run = run.steps([Step::Keys("?")]);
    assert_eq!(first(&run, 4), "do it, close, play on, search");
}

#[test]
fn hints_are_keys_that_work_here() {
    let check = |run: &Run, there: &[&str], not_there: &[&str]| {
        let hints: Vec<_> =
            run.state.hints().iter().map(|hint| format!("{} {}", hint.keys, hint.words)).collect();
        for hint in there {
            assert!(hints.contains(&(*hint).to_owned()), "{hint} in {hints:?}");
        }
        for words in not_there {
            assert!(hints.iter().all(|hint| !hint.ends_with(words)), "{words} in {hints:?}");
        }
    };
    let run = Run::with("");
    check(&run, &["1 listen now", "3 demo", "q quit"], &[" play", "play on", "pause", "undo", "next track"]);
    let run = Run::with("a b");
    check(
        &run,
        &["<Enter> play", "<Space> play on", "> next track", "J row down"],
        &["row up", "undo", "pane"],
    );
    let run = Run::with("").steps([Step::Keys("1")]);
    check(&run, &["<Tab> pane"], &["play next", "try again"]);
    let run = run.steps([Step::Browsed(Ok(page(tracks("a"), false)))]);
    check(&run, &["<Enter> play", "e queue", "E play next"], &[]);
    let run = run.steps([Step::Keys("g s n")]);
    check(&run, &["<Enter> go", "<C-u> clear", "<F3> search"], &["quit", "play on"]);
    let run = run.steps([Step::Keys("<Esc>?")]);
    check(&run, &["q close", "/ look up", "<Enter> do it"], &["quit"]);
}
