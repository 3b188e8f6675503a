use super::*;
use crate::app::tests::{Run, Step, gone, page, slow, track, tracks};
use crate::app::{Effect, Event, Msg};
use crate::model::{Allowed, Ticket, Track};
use std::time::Duration;

const ASKED: &str = "search open \"night\" 0, search ready \"night\" 0";

fn check(steps: Vec<Step>, asked: &str, facts: &str) {
    let told = format!("{steps:?}");
    let run = Run::with("").steps(steps);
    let search = &run.state.search;
    let rows: Vec<_> =
        search.rows.iter().map(|row| format!("{}+{}", row.item.title(), row.others.len())).collect();
    let answers: Vec<_> = search.services.iter().map(|service| service.answer.words()).collect();
    let cursor = search.list.cursor().map_or("-".to_owned(), |row| row.to_string());
    let found = format!("{} @{cursor} | {}", rows.join(" "), answers.join(", "));
    assert_eq!((run.asked().as_str(), found.as_str()), (asked, facts), "{told}");
}

fn searched() -> Vec<Step> {
    vec![Step::Keys("/night<Enter>")]
}

fn and(mut steps: Vec<Step>, more: impl IntoIterator<Item = Step>) -> Vec<Step> {
    steps.extend(more);
    steps
}

#[test]
fn words_are_looked_for_at_once_or_when_the_keys_rest() {
    let none = " @- | , , not signed in, cannot be searched";
    let waiting = " @- | waiting, waiting, not signed in, cannot be searched";
    check(vec![Step::Keys("/night")], "wait 250, wait 250, wait 250, wait 250", none);
    check(vec![Step::Keys("/n")], "", none);
    check(vec![Step::Keys("/night"), Step::Elapsed], ASKED, waiting);
    check(vec![Step::Keys("/night"), Step::Keys("s"), Step::Keys("<Esc>")], "", none);
    check(vec![Step::Keys("/night  "), Step::Elapsed], ASKED, waiting);
    check(and(vec![Step::Keys("/night"), Step::Elapsed], [Step::Keys("<Enter>")]), "", waiting);
    check(vec![Step::Keys("/<Enter>")], "", none);
    check(and(searched(), [Step::Keys("/<C-u>")]), "", none);
    let one = vec![Step::Keys("/x<Enter>")];
    check(one, "search open \"x\" 0, search ready \"x\" 0", waiting);
}

#[test]
fn a_pause_that_is_over_too_late_asks_nothing() {
    let mut run = Run::with("").steps([Step::Keys("/nigh")]);
    let Effect::Wait { ticket, .. } = run.effects[0].clone() else { panic!("{}", run.asked()) };
    run = run.steps([Step::Keys("t")]);
    run.send(Msg::Event(Event::Elapsed(ticket)));
    assert_eq!(run.asked(), "");
}

#[test]
fn answers_join_as_they_come_and_no_row_moves() {
    let first = || Step::Found("ready", Ok(page(vec![track("ready", "a"), track("ready", "b")], false)));
    check(and(searched(), [first()]), "", "a+0 b+0 @0 | waiting, 2 found, not signed in, cannot be searched");
    check(
        and(searched(), [first(), Step::Keys("j"), Step::Found("open", Ok(page(tracks("c b"), false)))]),
        "",
        "a+0 b+1 c+0 @1 | 2 found, 2 found, not signed in, cannot be searched",
    );
    check(
        and(searched(), [first(), Step::Found("open", Err(slow()))]),
        "",
        "a+0 b+0 @0 | Nothing comes, 2 found, not signed in, cannot be searched",
    );
    check(
        and(searched(), [first(), Step::Found("open", Ok(page(Vec::new(), false)))]),
        "",
        "a+0 b+0 @0 | nothing found, 2 found, not signed in, cannot be searched",
    );
    check(
        and(searched(), [first(), first()]),
        "",
        "a+0 b+0 @0 | waiting, 2 found, not signed in, cannot be searched",
    );
}

#[test]
fn what_failed_is_asked_again_and_more_near_the_end() {
    let both = [Step::Found("ready", Err(gone())), Step::Found("open", Ok(page(tracks("a b c"), true)))];
    let steps = and(searched(), both);
    check(
        and(steps.clone(), [Step::Keys("R")]),
        "search ready \"night\" 0",
        "a+0 b+0 c+0 @0 | 3 found, waiting, not signed in, cannot be searched",
    );
    let next = and(steps, [Step::Keys("j")]);
    check(
        next.clone(),
        "search open \"night\" 1",
        "a+0 b+0 c+0 @1 | waiting, It is gone, not signed in, cannot be searched",
    );
    check(
        and(next, [Step::Found("open", Ok(page(tracks("d"), false)))]),
        "",
        "a+0 b+0 c+0 d+0 @1 | 4 found, It is gone, not signed in, cannot be searched",
    );
}

#[test]
fn answers_to_an_older_search_change_nothing() {
    let mut run = Run::with("").steps([Step::Keys("/old<Enter>")]);
    let Some(Effect::Search { ticket, service, .. }) = run.effects.last().cloned() else {
        panic!("nothing asked")
    };
    run = run.steps([Step::Keys("/er<Enter>")]);
    let before = run.state.clone();
    for ticket in [ticket, Ticket(0)] {
        let result = Ok(page(tracks("a"), false));
        run.send(Msg::Event(Event::Searched { ticket, service: service.clone(), result }));
        assert_eq!(run.state, before);
    }
}

#[test]
fn the_same_recording_is_one_row() {
    let of = |service: &str, title: &str, seconds: u64, isrc: &str| Track {
        length: (seconds > 0).then(|| Duration::from_secs(seconds)),
        isrc: (!isrc.is_empty()).then(|| isrc.into()),
        ..track(service, title)
    };
    let bought = |track: Track| Track { playable: Allowed::No("only for buyers".into()), ..track };
    let rows: &[(Track, Track, &str)] = &[
        (of("open", "Night Ferry", 230, ""), of("ready", "night  ferry!", 233, ""), "Night Ferry+1"),
        (
            of("open", "Night Ferry", 230, ""),
            of("ready", "Night Ferry", 234, ""),
            "Night Ferry+0 Night Ferry+0",
        ),
        (of("open", "Night Ferry", 0, ""), of("ready", "Night Ferry", 0, ""), "Night Ferry+0 Night Ferry+0"),
        (
            of("open", "Night Ferry", 230, ""),
            of("open", "Night Ferry", 230, ""),
            "Night Ferry+0 Night Ferry+0",
        ),
        (of("open", "!!!", 230, ""), of("ready", "???", 230, ""), "!!!+0 ???+0"),
        (of("open", "One", 1, "GBAYE0601498"), of("ready", "Two", 99, "gb-aye-06-01498"), "One+1"),
        (of("open", "One", 9, "GBAYE0601498"), of("ready", "One", 9, "GBAYE0601499"), "One+0 One+0"),
        (of("open", "One", 9, "none"), of("ready", "Two", 9, "none"), "One+0 Two+0"),
        (bought(of("open", "Ferry", 9, "")), of("ready", "FERRY", 9, ""), "FERRY+1"),
    ];
    for (first, second, expected) in rows {
        let mut found = Vec::new();
        fold::fold_in(&mut found, vec![first.clone().into()]);
        fold::fold_in(&mut found, vec![second.clone().into()]);
        let told: Vec<_> =
            found.iter().map(|row| format!("{}+{}", row.item.title(), row.others.len())).collect();
        assert_eq!(told.join(" "), *expected);
    }
}

#[test]
fn what_is_on_this_machine_is_asked_at_every_key() {
    use crate::app::Start;
    use crate::app::tests::service;
    use crate::model::SignIn;

    let start = || {
        let services = ["open", "files"].map(|id| service(id, true, &[], SignIn::NotNeeded));
        Run::new(Start { services: services.to_vec(), ..Start::default() })
    };
    let check = |steps: &[Step], asked: &str, facts: &str| {
        let run = start().steps(steps.iter().cloned());
        let search = &run.state.search;
        let rows: Vec<_> = search.rows.iter().map(|row| row.item.title().to_string()).collect();
        let answers: Vec<_> = search.services.iter().map(|service| service.answer.words()).collect();
        let waits = if search.is_waiting() { "..." } else { "" };
        let found = format!("{} | {}{waits}", rows.join(" "), answers.join(", "));
        assert_eq!((run.asked().as_str(), found.as_str()), (asked, facts), "{steps:?}");
    };
    let typed = "search files \"ni\" 0, wait 250, search files \"nig\" 0, wait 250";
    let own = |titles: &str| Step::Found("files", Ok(page(tracks(titles), false)));
    check(&[Step::Keys("/n")], "", " | , ");
    check(&[Step::Keys("/nig")], typed, " | , waiting...");
    // The rows are there before anybody else is asked, and stay while he says nothing.
    check(&[Step::Keys("/nig"), own("a b")], "", "a b | , 2 found...");
    check(&[Step::Keys("/nig"), own("")], "", " | , nothing found...");
    let asked = "search open \"nig\" 0";
    check(&[Step::Keys("/nig"), own("a b"), Step::Elapsed], asked, "a b | waiting, 2 found...");
    check(&[Step::Keys("/nig"), own("a b"), Step::Keys("<Enter>")], asked, "a b | waiting, 2 found...");
    check(&[Step::Keys("/nig"), Step::Elapsed, own("a b")], "", "a b | waiting, 2 found...");
    let next = "search files \"nigh\" 0, wait 250";
    check(&[Step::Keys("/nig"), own("a b"), Step::Elapsed, Step::Keys("h")], next, " | , waiting...");
    // Whoever was not asked yet is asked when the same words come back.
    check(
        &[Step::Keys("/ni"), own("a"), Step::Keys("<BS>"), Step::Keys("i")],
        "wait 250",
        "a | , 1 found...",
    );
    let back = [Step::Keys("/ni"), own("a"), Step::Keys("<BS>"), Step::Keys("i"), Step::Elapsed];
    check(&back, "search open \"ni\" 0", "a | waiting, 1 found...");
    check(&[Step::Keys("/ni"), own("a"), Step::Elapsed, Step::Keys(" ")], "", "a | waiting, 1 found...");
}
