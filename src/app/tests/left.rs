//! The screen as it was left, at the next start.

use super::*;
use crate::app::{Focus, ListPlace, Page as Shown};

/// The state at a start after a run that was left so, and what is asked then.
fn again(run: &Run) -> Run {
    Run::new(Start { services: services(), session: run.state.session(), ..Start::default() })
}

fn rows(run: &Run) -> String {
    let search = &run.state.search;
    let titles = search.rows.iter().enumerate().map(|(row, found)| {
        let Item::Track(track) = &found.item else { return String::new() };
        format!("{}{}", if search.list.cursor() == Some(row) { "*" } else { "" }, track.title)
    });
    titles.collect::<Vec<_>>().join(" ")
}

fn found(titles: &'static str) -> Step {
    Step::Found("open", Ok(page(tracks(titles), false)))
}

#[test]
fn a_search_is_asked_anew_once_it_is_shown() {
    let run = Run::with("a").steps([Step::Keys("g s night<Enter>"), found("x y z"), Step::Keys("j")]);
    assert_eq!(rows(&run), "x *y z");
    let later = again(&run);
    assert_eq!(later.state.focus(), Focus::SearchResults);
    let asked = later.asked();
    assert!(asked.contains("search open \"night\""), "{asked}");
    assert_eq!(later.state.search.input.text(), "night");
    // Nothing is lost when that start ends before anybody answers.
    assert_eq!(later.state.session().screen, run.state.session().screen);
    // The row under the cursor is the same one, wherever it comes.
    assert_eq!(rows(&later.steps([found("z x y w")])), "z x *y w");
    // Who goes elsewhere meanwhile stays there.
    let ready = Step::Found("ready", Ok(page(vec![track("ready", "v"), track("ready", "w")], false)));
    let gone = again(&run).steps([ready, Step::Keys("j"), found("x y")]);
    assert_eq!(rows(&gone), "v *w x y");
    // From another page nobody is asked before the search is shown.
    let run = run.steps([Step::Keys("3")]);
    let later = again(&run);
    assert_eq!((later.state.page, later.asked().as_str()), (Shown::Queue, ""));
    assert_eq!(later.state.session().screen, run.state.session().screen);
    let later = later.steps([Step::Keys("1")]);
    assert!(later.asked().contains("search open \"night\""), "{}", later.asked());
    assert_eq!(rows(&later.steps([found("x y z")])), "x *y z");
}

#[test]
fn what_is_typed_takes_the_place_of_old_words() {
    let searched = || Run::with("a").steps([Step::Keys("g s night<Enter>"), found("x y z")]);
    let elsewhere = || searched().steps([Step::Keys("3")]);
    for (keys, expected) in [
        ("g s day", "day"),
        ("<F3>d", "d"),
        ("g s<End>s", "nights"),
        ("g s<Home>a<Space>", "a night"),
        ("g s<Right>s", "nights"),
        ("g s<Backspace>", "nigh"),
        ("g s<Esc>", "night"),
        ("g s<C-u>day", "day"),
    ] {
        let ways: [&dyn Fn() -> Run; 3] = [&searched, &|| again(&searched()), &|| again(&elsewhere())];
        for way in ways {
            let run = way().steps([Step::Keys(keys)]);
            assert_eq!(run.state.search.input.text(), expected, "{keys}");
        }
    }
    let back = searched().steps([Step::Keys("<Tab>day")]);
    assert_eq!(back.state.search.input.text(), "day");
}

#[test]
fn a_row_further_down_is_looked_for_in_further_pages() {
    let wanted = |keys: &'static str| {
        let run =
            Run::with("a").steps([Step::Keys("2<Enter>"), Step::Browsed(Ok(page(tracks("a b x"), false)))]);
        again(&run.steps([Step::Keys(keys)]))
    };
    let pages = |mut run: Run, rows: &'static str| {
        let mut asked = 1;
        while run.asked().starts_with("browse ") && asked < 50 {
            asked += 1;
            run = run.steps([Step::Browsed(Ok(page(tracks(rows), true)))]);
        }
        (asked, run)
    };
    let (asked, run) = pages(wanted("G").steps([Step::Browsed(Ok(page(tracks("a b"), true)))]), "x y z");
    assert_eq!((asked, run.state.browse.open().unwrap().list.cursor()), (2, Some(2)));
    let (asked, run) = pages(wanted("G").steps([Step::Browsed(Ok(page(tracks("a b"), true)))]), "y z");
    assert_eq!(asked, 10, "what is not there any more is not looked for for ever");
    assert_eq!(run.state.browse.open().unwrap().list.cursor(), Some(0));
}

#[test]
fn browsing_goes_on_where_it_was() {
    let new = [Step::Keys("2j<Enter>"), Step::Browsed(Ok(page(tracks("night day dawn"), false)))];
    let run = Run::with("a").steps(new).steps([Step::Keys("j")]);
    let later = again(&run);
    assert_eq!((later.state.focus(), later.asked().as_str()), (Focus::BrowseTracks, "browse open new 0"));
    assert_eq!(later.state.session().screen, run.state.session().screen);
    let later = later.steps([Step::Browsed(Ok(page(tracks("new night day dawn"), false)))]);
    assert_eq!(later.state.browse.open().unwrap().list.cursor(), Some(2));
    // So does what was opened out of it, and what is behind that is asked for once it is shown.
    let album = Collection::new("open:album:7".parse().unwrap(), "Tides");
    let album = Item::Collection(Collection { by: Some("Ada Cole".into()), ..album });
    let way = [Step::Keys("2j<Enter>"), Step::BrowsedItems(vec![album], false), Step::Keys("<Enter>")];
    let later = again(&Run::with("a").steps(way));
    assert_eq!(later.asked(), "browse open album/7 0");
    let about = later.state.browse.open().unwrap().about.clone().unwrap();
    assert_eq!((about.title.as_str(), about.by.as_ref().unwrap().as_str()), ("Tides", "Ada Cole"));
    assert_eq!(later.steps([Step::Keys("<Esc>")]).asked(), "browse open new 0");
}

#[test]
fn a_filter_stands_again() {
    let run = Run::with("alpha beta alphabet").steps([Step::Keys("/bet<Enter>n")]);
    let later = again(&run);
    let filter = later.state.filter_of(ListPlace::Queue).unwrap();
    assert_eq!((filter.rows.as_slice(), filter.typing), (&[1, 2][..], false));
    let shelf = [Step::Keys("2<Enter>"), Step::Browsed(Ok(page(tracks("alpha beta"), false)))];
    let later = again(&Run::with("a").steps(shelf).steps([Step::Keys("/bet<Enter>")]));
    let later = later.steps([Step::Browsed(Ok(page(tracks("alpha beta gamma"), false)))]);
    assert_eq!(later.state.filter_of(ListPlace::Tracks).unwrap().rows, [1]);
    assert_eq!(later.state.browse.open().unwrap().list.cursor(), Some(1));
}

#[test]
fn a_list_comes_back_with_its_service() {
    let of_shut = || service("shut", true, &["gone", "mine"], SignIn::Ready);
    let run = Run::with("a").steps([Step::ServiceChanged(Box::new(of_shut()))]);
    let of = |run: &Run| {
        let shelf = run.state.browse.open().unwrap();
        shelf.source.as_ref().map_or_else(String::new, |source| source.id.0.clone())
    };
    let mut run = run.steps([Step::Keys("2")]);
    while of(&run) != "mine" {
        run = run.steps([Step::Keys("j")]);
    }
    let run =
        run.steps([Step::Keys("<Enter>"), Step::Browsed(Ok(page(tracks("a b"), false))), Step::Keys("j")]);
    let later = again(&run);
    assert_eq!((of(&later).as_str(), later.asked().as_str()), ("", ""), "it is signed in to after the start");
    assert_eq!(later.state.session().screen, run.state.session().screen);
    let later = later.steps([Step::ServiceChanged(Box::new(of_shut()))]);
    assert_eq!((of(&later).as_str(), later.asked().as_str()), ("mine", "browse shut mine 0"));
    let later = later.steps([Step::Browsed(Ok(page(tracks("a b"), false)))]);
    assert_eq!(later.state.browse.open().unwrap().list.cursor(), Some(1));
    // With the words it was filtered by, however many starts it takes.
    let later = again(&later.steps([Step::Keys("/b<Enter>")]));
    let later = again(&later).steps([Step::ServiceChanged(Box::new(of_shut()))]);
    let later = later.steps([Step::Browsed(Ok(page(tracks("a b c"), false)))]);
    assert_eq!(later.state.filter_of(ListPlace::Tracks).unwrap().rows, [1]);
}

#[test]
fn the_page_behind_comes_back() {
    let later = again(&Run::with("a").steps([Step::Keys("5g c")]));
    assert_eq!(later.state.page, Shown::Settings);
    assert_eq!(later.steps([Step::Keys("q")]).state.page, Shown::Downloads);
}

#[test]
fn moving_on_one_page_leaves_the_others_as_they_were() {
    let shelf = [Step::Keys("2<Enter>"), Step::Browsed(Ok(page(tracks("a b c"), false))), Step::Keys("j3")];
    let run = Run::with("x y z").steps(shelf);
    let later = again(&run).steps([Step::Keys("j")]);
    assert_eq!(later.state.session().screen, run.state.session().screen);
    let later = later.steps([Step::Keys("2"), Step::Browsed(Ok(page(tracks("a b c"), false)))]);
    assert_eq!(later.state.browse.open().unwrap().list.cursor(), Some(1));
}
