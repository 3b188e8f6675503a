use super::*;
use crate::app::Effect;
use crate::app::tests::{Run, Step, page, slow, track, tracks};

fn check(steps: Vec<Step>, asked: &str, facts: &str) {
    let told = format!("{steps:?}");
    let run = Run::with("").steps(steps);
    let open = run.state.browse.open().unwrap();
    let titles: Vec<_> = open.rows.iter().map(|row| row.title().as_str()).collect();
    let state = match &open.state {
        ShelfState::Closed => "closed".to_owned(),
        ShelfState::Loading => "loading".to_owned(),
        ShelfState::Ready => "ready".to_owned(),
        ShelfState::Failed(fault) => fault.to_string(),
        ShelfState::NeedsSignIn(what) => what.to_string(),
        ShelfState::NoLists => "no lists".to_owned(),
    };
    let cursor = open.list.cursor().map_or("-".to_owned(), |row| row.to_string());
    let found = format!("{} {}: {} @{cursor} {state}", open.service, open.title(), titles.join(" "));
    assert_eq!((run.asked().as_str(), found.as_str()), (asked, facts), "{told}");
}

/// The welcome page's first door: the first list is asked for, the cursor is in it.
fn opened(answer: Vec<Step>) -> Vec<Step> {
    let mut steps = vec![Step::Keys("1")];
    steps.extend(answer);
    steps
}

#[test]
fn a_list_comes_page_by_page() {
    let first = || Step::Browsed(Ok(page(tracks("a b c"), true)));
    check(opened(vec![]), "browse open top 0", "open top:  @- loading");
    check(opened(vec![first()]), "", "open top: a b c @0 ready");
    check(opened(vec![first(), first()]), "", "open top: a b c @0 ready");
    check(opened(vec![first(), Step::Keys("j")]), "browse open top 1", "open top: a b c @1 loading");
    check(opened(vec![first(), Step::Keys("j"), Step::Keys("j")]), "", "open top: a b c @2 loading");
    let second = || vec![first(), Step::Keys("j"), Step::Browsed(Ok(page(tracks("d"), false)))];
    check(opened(second()), "", "open top: a b c d @1 ready");
    let mut end = second();
    end.push(Step::Keys("G"));
    check(opened(end), "", "open top: a b c d @3 ready");
    let empty = vec![first(), Step::Keys("j"), Step::Browsed(Ok(page(vec![], true))), Step::Keys("j")];
    check(opened(empty), "", "open top: a b c @2 ready");
}

#[test]
fn what_failed_says_so_and_is_asked_again() {
    let failed = || Step::Browsed(Err(slow()));
    check(opened(vec![failed()]), "", "open top:  @- Nothing comes.");
    check(opened(vec![failed(), Step::Keys("R")]), "browse open top 0", "open top:  @- loading");
    check(opened(vec![failed(), Step::Keys("h<Enter>")]), "browse open top 0", "open top:  @- loading");
    check(opened(vec![Step::Keys("R")]), "wait 5000", "open top:  @- loading");
}

#[test]
fn lists_are_asked_for_when_the_cursor_rests() {
    let wait = "wait 250";
    check(opened(vec![Step::Keys("hj")]), wait, "open new:  @- closed");
    check(opened(vec![Step::Keys("hj"), Step::Elapsed]), "browse open new 0", "open new:  @- loading");
    check(opened(vec![Step::Keys("hj"), Step::Keys("k"), Step::Elapsed]), "", "open top:  @- loading");
    check(
        opened(vec![Step::Keys("hj"), Step::Keys("<Enter>")]),
        "browse open new 0",
        "open new:  @- loading",
    );
    check(opened(vec![Step::Keys("hjjj")]), "wait 250, wait 250", "shut shut:  @- Set services.shut.token");
    check(
        opened(vec![Step::Keys("hG<Enter>")]),
        "wait 250, browse files music 0",
        "files music:  @- loading",
    );
    let late = vec![Step::Keys("hj"), Step::Browsed(Ok(page(tracks("a"), false))), Step::Keys("k")];
    check(opened(late), "", "open top: a @0 ready");
}

#[test]
fn a_scroll_through_many_rows_asks_once_a_page() {
    let rows = |number: usize| (0..50).map(|row| track("open", &format!("{number}-{row}"))).collect();
    let mut run = Run::with("").steps([Step::Keys("1"), Step::Browsed(Ok(page(rows(0), true)))]);
    let mut asked = 1;
    for _ in 0..1000 {
        run = run.steps([Step::Keys("j")]);
        let pages = run.effects.iter().filter(|effect| matches!(effect, Effect::Browse { .. })).count();
        asked += pages;
        if pages > 0 {
            let more = asked < 10;
            // The answer comes late: the keys go on meanwhile.
            run = run.steps([Step::Keys("jjkj"), Step::Browsed(Ok(page(rows(asked), more)))]);
        }
    }
    let open = run.state.browse.open().unwrap();
    assert_eq!((asked, open.rows.len(), open.list.cursor()), (10, 500, Some(499)));
    let whole: Vec<_> = open.rows.clone();
    assert_eq!(open.amount(), Amount::default().and(&whole), "what was added up page by page");
    assert_eq!((open.amount().tracks, open.amount().unknown), (500, 0));
}
