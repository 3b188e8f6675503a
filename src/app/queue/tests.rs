use super::update::MAX_ENTRIES;
use crate::app::tests::Step::{At, Browsed, Do, Ended, Keys, Located, Started, WantsNext};
use crate::app::tests::{Run, Step, page, tracks};
use crate::app::{Action, Page, Start};
use crate::model::{Allowed, Session, Track};
use std::time::Duration;

const PLAY: [Step; 3] = [Keys("<Space>"), Located, Started];

fn check(queue: &str, steps: &[Step], asked: &str, facts: &str) -> Run {
    let run = Run::with(queue).steps(steps.iter().cloned());
    assert_eq!((run.asked().as_str(), run.playing().as_str()), (asked, facts), "{queue} {steps:?}");
    run
}

/// On the browse page with the cursor in a list of `x y z`.
fn list(steps: &[Step]) -> Vec<Step> {
    [&[Keys("2<Enter>"), Browsed(Ok(page(tracks("x y z"), false)))], steps].concat()
}

#[test]
fn a_track_plays_with_the_rest_of_its_list() {
    check(
        "",
        &[Keys("1"), Browsed(Ok(page(tracks("x y z"), false))), Keys("j<Enter>")],
        "locate y",
        "x *y z | y locating @0",
    );
    check("a b", &list(&[Keys("<Enter>")]), "locate x", "*x y z | x locating @0");
    let playing = [&PLAY[..], &list(&[Keys("<Enter>")])].concat();
    check("a b", &playing, "stop, locate x", "*x y z | x locating @0");
    let ahead = [&PLAY[..], &[WantsNext, Located], &list(&[Keys("<Enter>")])].concat();
    check("a b", &ahead, "stop, locate x", "*x y z | x locating @0");
    let run = check(
        "",
        &[Keys("/x<Enter>"), Step::Found("open", Ok(page(tracks("x y"), false))), Keys("<Enter>")],
        "locate x",
        "*x y | x locating @0",
    );
    assert_eq!(run.state.page, Page::Search, "playing leaves the page as it is");
}

#[test]
fn what_may_not_be_played_is_left_out_and_said() {
    let mut rows = tracks("x y z");
    rows[1] = Track { playable: Allowed::No("only for buyers".into()), ..rows[1].clone() };
    let some = |steps: &[Step]| [&[Keys("2<Enter>"), Browsed(Ok(page(rows.clone(), false)))], steps].concat();
    check(
        "",
        &[Keys("1"), Browsed(Ok(page(rows.clone(), false))), Keys("G<Enter>")],
        "locate z",
        "x *z | z locating @0",
    );
    let run = check("a", &some(&[Keys("j<Enter>")]), "wait 5000", "*a | none @0");
    assert_eq!(run.state.notices.latest().unwrap().words.as_str(), "y cannot be played: only for buyers");
    check("a", &some(&[Keys("je")]), "wait 5000", "*a | none @0");
}

#[test]
fn tracks_are_added_and_rows_taken_out() {
    check("a b", &list(&[Keys("e")]), "wait 5000", "*a b x | none @0");
    check("a b", &list(&[Keys("E")]), "wait 5000", "*a x b | none @0");
    check("", &[Keys("1"), Browsed(Ok(page(tracks("x y"), false))), Keys("e")], "wait 5000", "*x | none @0");
    check("a b c", &[Keys("jd")], "wait 5000", "*a c | none @0");
    check("a b c", &[Keys("d")], "wait 5000", "*b c | none @0");
    check("a b c", &[Keys("ddd")], "wait 5000, wait 5000, wait 5000", " | none @0");
    check("a b c", &[Keys("Gddd")], "wait 5000, wait 5000, wait 5000", " | none @0");
    check("", &[Keys("3d")], "demo", " | none @0");
    let playing = |steps: &[Step]| [&PLAY[..], &[At(9)], steps].concat();
    check("a b c", &playing(&[Keys("d")]), "stop, locate b, wait 5000", "*b c | b locating @0");
    check("a b c", &playing(&[Keys("Gd")]), "wait 5000", "*a b | a sounding @9");
    check("a", &playing(&[Keys("d")]), "stop, wait 5000", " | none @0");
    check("a b", &playing(&[Keys("<Space>d")]), "pause, stop, wait 5000", "*b | none @0");
    check("a b", &playing(&[Keys("D")]), "stop, wait 5000", " | none @0");
    check("a b c", &playing(&[Keys("G<Enter>"), Keys("ggd")]), "wait 5000", "b *c | c locating @0");
}

#[test]
fn rows_move_with_the_cursor() {
    let run = check("a b c", &[Keys("J")], "", "b *a c | none @0");
    assert_eq!(run.state.queue.list.cursor(), Some(1));
    check("a b c", &[Keys("JJJ")], "", "b c *a | none @0");
    check("a b c", &[Keys("GKK")], "", "c *a b | none @0");
    check("a b c", &[Keys("K")], "", "*a b c | none @0");
}

#[test]
fn what_comes_next_follows_the_edits() {
    let ahead = |steps: &[Step]| [&PLAY[..], &[WantsNext, Located], steps].concat();
    check("a b c", &ahead(&[Keys("jd")]), "drop, locate c, wait 5000", "*a c | a sounding @0");
    check("a b c", &ahead(&[Keys("Gd")]), "wait 5000", "*a b | a sounding @0");
    check("a b", &ahead(&[Keys("jd")]), "drop, wait 5000", "*a | a sounding @0");
    check("a b c", &ahead(&[Keys("jJ")]), "drop, locate c", "*a c b | a sounding @0");
    check("a b", &ahead(&list(&[Keys("E")])), "drop, locate x, wait 5000", "*a x b | a sounding @0");
    check(
        "a b",
        &[&PLAY[..], &[WantsNext], &list(&[Keys("E")])].concat(),
        "locate x, wait 5000",
        "*a x b | a sounding @0",
    );
    check(
        "a",
        &[&PLAY[..], &[WantsNext], &list(&[Keys("e")])].concat(),
        "locate x, wait 5000",
        "*a x | a sounding @0",
    );
}

#[test]
fn every_edit_can_be_taken_back() {
    check("a b c", &[Keys("jdu")], "wait 5000, wait 5000", "*a b c | none @0");
    check("a b c", &[Keys("jduU")], "wait 5000, wait 5000, wait 5000", "*a c | none @0");
    check("a b c", &[Keys("Du")], "wait 5000, wait 5000", "*a b c | none @0");
    check("a b c", &[Keys("Ju")], "wait 5000", "*a b c | none @0");
    check("a b c", &[Keys("jddu")], "wait 5000, wait 5000, wait 5000", "*a c | none @0");
    check("a b c", &[Keys("jdduu")], "wait 5000, wait 5000, wait 5000, wait 5000", "*a b c | none @0");
    let run = check("a", &[Keys("u")], "wait 5000", "*a | none @0");
    assert_eq!(run.state.notices.latest().unwrap().words.as_str(), "Nothing to undo");
    // A list that took the queue's place goes on playing; the queue of before comes after it.
    let replaced = list(&[Keys("<Enter>"), Located, Started]);
    check("a b", &[&replaced[..], &[Keys("u")]].concat(), "wait 5000", "*a b | x sounding @0");
    check("a b", &[&replaced[..], &[Keys("u"), WantsNext]].concat(), "locate a", "*a b | x sounding @0");
    check("a b", &[&replaced[..], &[Keys("u"), Ended]].concat(), "locate a", "*a b | a locating @0");
    check("a b", &[&replaced[..], &[Keys("uU")]].concat(), "wait 5000, wait 5000", "*x y z | x sounding @0");
}

#[test]
fn an_edit_is_about_what_is_selected() {
    let only = |keys: &'static str, facts: &str| {
        let run = Run::with("a b c d e").steps([Keys(keys)]);
        assert_eq!(run.playing(), facts, "{keys}");
        run
    };
    only("jvjd", "*a d e | none @0");
    only("jv<Esc>jd", "*a b d e | none @0");
    only("jvjvGd", "*a d e | none @0");
    only("<C-Space>jd", "*b c d e | none @0");
    only("<C-Space>*d", "*a | none @0");
    only("Vd", " | none @0");
    only("VVd", "*b c d e | none @0");
    only("jvjX", "*b c | none @0");
    only("X", "*a b c d e | none @0");
    // Where the cursor is after taking rows away before it, and that a selection ends with its edit.
    only("v<C-Space>jjd", "*e | none @0");
    only("jvjJ", "*a d b c e | none @0");
    only("jvjJJJ", "*a d e b c | none @0");
    only("jvjvJuU", "*a d b c e | none @0");
    only("jvjK", "b c *a d e | none @0");
    only("jvjxp", "*a d b c e | none @0");
    only("jvjxGp", "*a d e b c | none @0");
    only("jvjxP", "*a b c d e | none @0");
    only("jyggP", "b *a b c d e | none @0");
    only("xP", "a *b c d e | none @0");
    only("jvjY", "*a b c b c d e | none @0");
    only(", r", "e d c b *a | none @0");
    only("jvj, r", "*a c b d e | none @0");
    let run = only("vj, r", "b *a c d e | none @0");
    assert_eq!(run.state.queue.selection.rows(&run.state.queue.entries, None, None), [0, 1]);
    only("jvj, ru", "*a b c d e | none @0");
    only("yjpg u", "*a b c d e | none @0");
    only("yyyppp g u", "*a b c d e | none @0");
    let run = only("Vy", "*a b c d e | none @0");
    assert_eq!(run.state.notices.latest().unwrap().words.as_str(), "Copied 5 tracks");
    let run = Run::with("a").steps([Keys("p")]);
    assert_eq!(run.state.notices.latest().unwrap().words.as_str(), "Nothing was cut or copied");
    let run = Run::with("a b").steps([Keys("VxP")]);
    assert_eq!(run.playing(), "*a b | none @0");
}

#[test]
fn what_plays_goes_on_while_rows_are_edited() {
    let playing = |steps: &[Step]| [&PLAY[..], &[At(9)], steps].concat();
    check("a b c d", &playing(&[Keys("vjd")]), "stop, locate c, wait 5000", "*c d | c locating @0");
    check("a b c d", &playing(&[Keys("jvjd")]), "wait 5000", "*a d | a sounding @9");
    check("a b c d", &playing(&[Keys("Vd")]), "stop, wait 5000", " | none @0");
    check("a b c d", &playing(&[Keys("jvjX")]), "stop, locate b, wait 5000", "*b c | b locating @0");
    check("a b c d", &playing(&[Keys(", r")]), "wait 5000", "d c b *a | a sounding @9");
    check("b a", &playing(&[Keys(", t")]), "wait 5000", "a *b | b sounding @9");
    check("b a", &playing(&[Keys(", t"), Keys("u")]), "wait 5000", "*b a | b sounding @9");
}

#[test]
fn nothing_that_was_taken_back_is_lost() {
    // Two rows go, both come back, another goes: taking all back leads past the two again.
    let run = Run::with("a b c").steps([Keys("ddu"), Keys("ujd")]);
    assert_eq!(run.playing(), "*a c | none @0");
    let mut run = run;
    let mut seen = Vec::new();
    for _ in 0..5 {
        run = run.steps([Keys("u")]);
        seen.push(titles(&run).join(" "));
    }
    assert_eq!(seen, ["a b c", "b c", "c", "b c", "a b c"]);
}

#[test]
fn the_queue_has_an_end() {
    let many: Vec<_> = tracks("x").into_iter().cycle().take(MAX_ENTRIES + 1).collect();
    let run = Run::with("").steps([Do(Action::PlayAll { tracks: many, start: Duration::ZERO })]);
    assert_eq!(run.state.queue.entries.len(), MAX_ENTRIES);
    assert!(run.state.notices.latest().unwrap().words.as_str().contains("full"));
}

#[test]
fn the_cursor_finds_what_plays() {
    let run = Run::with("a b c").steps([Keys("G<Enter>"), Keys("2o")]);
    assert_eq!((run.state.page, run.state.queue.list.cursor()), (Page::Queue, Some(2)));
    assert_eq!(run.state.queue.total_length(), Duration::from_secs(600));
    assert_eq!(run.state.queue.upcoming().len(), 0);
}

fn titles(run: &Run) -> Vec<String> {
    run.state.queue.entries.iter().map(|entry| entry.track.title.to_string()).collect()
}

#[test]
fn shuffling_keeps_what_plays_and_every_row() {
    let own = "a b c d e f g h";
    let run = Run::with(own).steps(PLAY).steps([Keys(">"), Located, Started, WantsNext, Located, Keys("s")]);
    assert!(run.state.queue.is_shuffled());
    let shuffled = titles(&run);
    assert_eq!((shuffled[0].as_str(), run.state.queue.current), ("b", Some(0)));
    assert_ne!(shuffled.join(" "), "b a c d e f g h");
    let sorted = |mut rows: Vec<String>| {
        rows.sort();
        rows.join(" ")
    };
    assert_eq!(sorted(shuffled.clone()), own);
    // What was appended makes way for what comes now, unless that is the same.
    let next = if shuffled[1] == "c" { "" } else { "drop, locate " };
    assert!(run.asked().starts_with(next) && run.asked().contains("shuffled true"), "{}", run.asked());
    // In order again, with a row that came and without one that went; undone step by step.
    let back = run.steps([Keys("s")]);
    assert_eq!(back.playing(), "a *b c d e f g h | b sounding @0");
    assert!(back.asked().contains("shuffled false"));
    let undone = back.steps([Keys("u")]);
    assert_eq!((titles(&undone), undone.state.queue.is_shuffled()), (shuffled, true));
    assert!(undone.asked().contains("shuffled true"));
    let undone = undone.steps([Keys("u")]);
    assert_eq!(undone.playing(), "a *b c d e f g h | b sounding @0");
    let edited =
        Run::with("a b c").steps([Keys("s")]).steps(list(&[Keys("e")])).steps([Keys("3g gd"), Keys("s")]);
    assert_eq!(edited.playing(), "*b c x | none @0");
}

#[test]
fn another_list_is_shuffled_too() {
    let run = Run::with("a b").steps([Keys("s")]).steps(list(&[Keys("j<Enter>")]));
    assert_eq!((titles(&run)[0].as_str(), run.state.queue.current), ("y", Some(0)));
    assert_eq!(run.asked(), "locate y");
    assert_eq!(run.steps([Keys("s")]).playing(), "x *y z | y locating @0");
    assert_eq!(Run::with("").steps([Keys("s"), Keys("s")]).playing(), " | none @0");
}

#[test]
fn every_order_is_as_likely() {
    // Six orders of three rows, 600 seeds: 100 each, and a thousand to one against these limits.
    let mut counts = std::collections::BTreeMap::new();
    for seed in 0..600 {
        let session = Session {
            tracks: tracks("a b c d").into_iter().map(Into::into).collect(),
            current: Some(0),
            position: Duration::ZERO,
            ..Session::default()
        };
        let run = Run::new(Start { session, seed, ..Start::default() }).steps([Keys("s")]);
        *counts.entry(titles(&run).join("")).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 6, "{counts:?}");
    assert!(counts.values().all(|count| (65..=135).contains(count)), "{counts:?}");
    assert!(counts.keys().all(|order| order.starts_with('a')));
}
