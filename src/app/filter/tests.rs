use crate::app::tests::Step::{Browsed, Do, Found, FoundItems, Keys};
use crate::app::tests::{Run, Step, page, tracks};
use crate::app::{Action, Focus, ListPlace};

/// The queue's titles that are shown, the one under the cursor marked.
fn shown(run: &Run) -> String {
    let (queue, place) = (&run.state.queue, ListPlace::Queue);
    let all: Vec<usize> = (0..queue.entries.len()).collect();
    let rows = run.state.filter_of(place).map_or(all.as_slice(), |filter| &filter.rows);
    let row = |row: &usize| {
        let mark = if queue.list.cursor() == Some(*row) { "*" } else { "" };
        format!("{mark}{}", queue.entries[*row].track.title)
    };
    rows.iter().map(row).collect::<Vec<_>>().join(" ")
}

fn check(keys: &'static str, expected: &str) -> Run {
    let run = Run::with("alpha beta gamma delta alphabet").steps([Keys(keys)]);
    assert_eq!(shown(&run), expected, "{keys}");
    run
}

#[test]
fn only_rows_with_the_words_are_shown() {
    check("/", "*alpha beta gamma delta alphabet");
    check("/al", "*alpha alphabet");
    check("/AL<Enter>", "*alpha alphabet");
    check("/bet", "*beta alphabet");
    check("/bet<Down>", "beta *alphabet");
    check("/bet<BS>", "*beta alphabet");
    check("/ta<Enter>", "*beta delta");
    check("/gm", "*gamma");
    let run = check("/xx<Enter>", "");
    assert_eq!(run.state.queue.list.cursor(), None, "nothing is meant that is not shown");
    check("/xx<Enter>d<Esc>", "*alpha beta gamma delta alphabet");
    // Nothing typed is no filter.
    assert!(check("/<Enter>", "*alpha beta gamma delta alphabet").state.filter.is_none());
    assert!(check("/al<C-u><Enter>", "*alpha beta gamma delta alphabet").state.filter.is_none());
}

#[test]
fn the_cursor_goes_from_match_to_match() {
    check("/al<Enter>n", "alpha *alphabet");
    check("/al<Enter>nn", "*alpha alphabet");
    check("/al<Enter>N", "alpha *alphabet");
    check("/al<Enter>j", "alpha *alphabet");
    check("/al<Enter>jjj", "alpha *alphabet");
    check("/al<Enter>G", "alpha *alphabet");
    check("j/al<Esc>", "alpha *beta gamma delta alphabet");
    check("j/al<Enter><Esc>", "alpha beta gamma delta *alphabet");
    check("j/al<Enter><Esc>/<Esc>", "alpha beta gamma delta *alphabet");
    // What plays is shown, whatever is looked for.
    check("j/bet<Enter>o", "*alpha beta gamma delta alphabet");
    check("/al<Enter>jo", "*alpha alphabet");
}

#[test]
fn marks_and_edits_are_those_of_the_real_rows() {
    check("/al<Enter>jd", "*alpha");
    check("/al<Enter>jd<Esc>", "*alpha beta gamma delta");
    check("/al<Enter>d<Esc>", "beta gamma delta *alphabet");
    let row = |keys: &'static str| {
        let run = Run::with("alpha beta gamma delta alphabet").steps([Keys(keys)]);
        run.state
            .queue
            .entries
            .iter()
            .map(|entry| entry.track.title.to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(row("/al<Enter>Vd"), "beta gamma delta");
    assert_eq!(row("/al<Enter>vjd"), "beta gamma delta", "no row between that is not shown");
    assert_eq!(row("/al<Enter><C-Space><C-Space><Esc>d"), "beta gamma delta");
    assert_eq!(row("/al<Enter><C-Space>*<Esc>d"), "alpha beta gamma delta");
    assert_eq!(row("/al<Enter>Vd<Esc>u"), "alpha beta gamma delta alphabet");
    assert_eq!(row("/al<Enter>V<Esc>jvjX"), "alpha beta gamma alphabet", "marks stay when others are added");
    assert_eq!(row("/beta<Enter>Y"), "alpha beta beta gamma delta alphabet");
}

#[test]
fn a_filter_is_of_one_list() {
    let list = || [Keys("2<Enter>"), Browsed(Ok(page(tracks("one two three"), false)))];
    let focus = |steps: Vec<Step>| {
        let run = Run::with("alpha beta").steps(steps);
        (run.state.focus(), run.state.filter.map(|filter| (filter.place, filter.rows)))
    };
    let tracks_shown = Some((ListPlace::Tracks, vec![1, 2]));
    let typed = [&list()[..], &[Keys("/t")]].concat();
    assert_eq!(focus(typed.clone()), (Focus::FilterInput, tracks_shown.clone()));
    // On another page the keys are that page's, and back again the filter is there.
    assert_eq!(focus([&typed[..], &[Keys("<Enter>3")]].concat()), (Focus::Queue, tracks_shown.clone()));
    assert_eq!(focus([&typed[..], &[Keys("<Enter>32")]].concat()), (Focus::BrowseTracks, tracks_shown));
    assert_eq!(focus([&typed[..], &[Keys("<Enter>h<Down>")]].concat()), (Focus::BrowseLists, None));
    // An empty list cannot be filtered: the services are searched.
    assert_eq!(Run::with("").steps([Keys("3/")]).state.focus(), Focus::SearchInput);
    assert_eq!(Run::with("a").steps([Do(Action::ShowWelcome), Keys("/")]).state.focus(), Focus::SearchInput);
    // What is found later joins where it fits; another search is another list.
    let found = Found("open", Ok(page(tracks("one two"), false)));
    let run = Run::with("").steps([Keys("g<Space>"), Do(Action::Search), Keys("night<Enter>"), found]);
    let run = run.steps([Keys("/tw<Enter>"), FoundItems("ready", page(tracks("twenty x"), false).items)]);
    assert_eq!(run.state.filter.as_ref().unwrap().rows, [1, 2]);
    let run = run.steps([Do(Action::Search), Keys("s<Enter>")]);
    assert_eq!(run.state.filter, None);
}

#[test]
fn the_lists_of_the_services_are_filtered_like_others() {
    let shown = |run: &Run| {
        let filter = run.state.filter.as_ref().unwrap();
        let title = |row: &usize| run.state.browse.shelves[*row].title().to_string();
        (
            filter.rows.iter().map(title).collect::<Vec<_>>().join(" "),
            run.state.browse.open().unwrap().title().to_string(),
        )
    };
    let words = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    let run = Run::with("").steps([Do(Action::ShowBrowse), Keys("/")]);
    assert_eq!(
        (run.state.focus(), shown(&run)),
        (Focus::FilterInput, words("top new best shut music", "top"))
    );
    // What is found is opened when the cursor has rested there.
    let run = run.steps([Keys("be")]);
    assert_eq!(shown(&run), words("best", "best"));
    let run = run.steps([Step::Elapsed]);
    assert_eq!(run.asked(), "browse ready best 0");
    // By its service too; keys move among what is shown, and nothing of it can be marked.
    let run = Run::with("").steps([Do(Action::ShowBrowse), Keys("/open<Enter>j")]);
    assert_eq!((run.state.focus(), shown(&run)), (Focus::BrowseLists, words("top new", "new")));
    let run = run.steps([Keys("V<Esc>")]);
    assert_eq!(
        (run.state.filter.is_none(), run.state.browse.open().unwrap().title().as_str()),
        (true, "new")
    );
}

#[test]
fn n_is_the_next_track_where_nothing_is_filtered() {
    let run = Run::with("a b c").steps([Keys("<Space>n")]);
    assert_eq!(run.playing(), "a *b c | b locating @0");
    let run = Run::with("a b c").steps([Keys("<Space>/b<Enter>n")]);
    assert_eq!(run.playing(), "*a b c | a locating @0");
}
