use crate::app::tests::{Run, Step, page, tracks};
use crate::app::{Action, Focus, Overlay, Page, Palette};

fn palette(run: &Run) -> &Palette {
    match run.state.overlays.last() {
        Some(Overlay::Palette(palette)) => palette,
        other => panic!("no palette: {other:?}"),
    }
}

fn names(run: &Run) -> Vec<&'static str> {
    palette(run).rows.iter().map(|row| row.info.name).collect()
}

fn first(keys: &'static str) -> &'static str {
    let run = Run::with("a b").steps([Step::Keys(keys)]);
    names(&run).first().copied().unwrap_or("")
}

#[test]
fn a_few_letters_find_what_can_be_done() {
    for (keys, name) in [
        (":loud", "volume-up"),
        (":shuf", "shuffle"),
        (":empty", "clear-list"),
        (":cl", "clear-list"),
        (":sbt", "sort-by-title"),
        (":set", "show-settings"),
        (":show<Space>the<Space>sett", "show-settings"),
        (":spectrum<Space>show", "spectrum"),
        ("<C-p>zzz", ""),
        // Its key finds an action first.
        (":D", "clear-list"),
        (":s", "shuffle"),
    ] {
        assert_eq!(first(keys), name, "{keys}");
    }
    let run = Run::with("a b").steps([Step::Keys(":loud<Enter>")]);
    assert_eq!((run.asked().as_str(), run.state.focus()), ("volume 85", Focus::Queue));
    let run = Run::with("a b").steps([Step::Keys(":zzz<Enter>")]);
    assert_eq!((run.asked().as_str(), run.state.focus()), ("", Focus::Palette));
    let run = run.steps([Step::Keys("<Esc>")]);
    assert_eq!(run.state.focus(), Focus::Queue);
}

#[test]
fn only_what_can_be_done_is_offered_and_its_keys_are_those_here() {
    let has = |run: &Run, name: &str| names(run).contains(&name);
    let run = Run::with("").steps([Step::Keys(":")]);
    assert!(has(&run, "listen-now") && has(&run, "search") && has(&run, "show-settings"));
    for name in
        ["remove-entry", "clear-list", "seek-forward", "caret-left", "pick", "find-action", "close", "undo"]
    {
        assert!(!has(&run, name), "{name}");
    }
    let run = Run::with("a b").steps([Step::Keys(":")]);
    assert!(has(&run, "remove-entry") && has(&run, "seek-forward") && has(&run, "open-album"));
    assert!(!has(&run, "paste-after") && !has(&run, "listen-now") && !has(&run, "open-door"));
    assert_eq!(names(&run).first(), Some(&"play-entry"), "what is nearest comes first");
    assert_eq!(names(&run).last(), Some(&"filter"), "moving about comes last");
    let run = Run::with("a b").steps([Step::Keys("y:")]);
    assert!(has(&run, "paste-after"));
    let keys = |run: &Run, action: &Action| {
        palette(run).rows.iter().find(|row| row.info.action == *action).unwrap().keys.clone()
    };
    // On the first page digits open doors.
    let run = Run::with("").steps([Step::Keys(":")]);
    assert_eq!(keys(&run, &Action::ShowSearch), Vec::<String>::new());
    assert_eq!(keys(&run, &Action::ListenNow), ["1"]);
}

#[test]
fn a_menu_is_about_one_thing() {
    let run = Run::with("a b").steps([Step::Keys(".")]);
    assert_eq!(palette(&run).title.as_str(), "a");
    let rows = names(&run);
    for name in ["play-entry", "remove-entry", "like", "open-artist", "add-to-playlist", "download"] {
        assert!(rows.contains(&name), "{name} in {rows:?}");
    }
    for name in ["clear-list", "sort-by-title", "volume-up", "quit", "move-down", "play-here"] {
        assert!(!rows.contains(&name), "{name} in {rows:?}");
    }
    let run = run.steps([Step::Keys("take<Space>rows<Space>out<Enter>")]);
    assert_eq!((run.state.queue.entries.len(), run.state.focus()), (1, Focus::Queue));
    let run = Run::with("a b").steps([Step::Keys("V<C-x>")]);
    assert_eq!(palette(&run).title.as_str(), "2 selected");
    let run = Run::with("").steps([Step::Keys(".")]);
    assert!(run.state.overlays.is_empty() && run.state.page == Page::Welcome);
    let listed = [Step::Keys("1"), Step::Browsed(Ok(page(tracks("one"), false))), Step::Keys(".")];
    let run = Run::with("").steps(listed);
    assert_eq!(palette(&run).title.as_str(), "one");
    assert!(names(&run).contains(&"add-next"));
}
