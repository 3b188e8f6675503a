//! Marks in the lists to choose from: what a search found, and what a service's list holds.

use super::*;
use crate::app::{ListPlace, Overlay};
use crate::model::{Allowed, Collection, ItemRef};

/// On the browse page, in a list of `a b c d`, with these keys.
fn browsing(keys: &'static str) -> Run {
    let rows = Step::Browsed(Ok(page(tracks("a b c d"), false)));
    Run::with("x").steps([Step::Keys("2<Enter>"), rows, Step::Keys(keys)])
}

fn notice(run: &Run) -> String {
    run.state.notices.latest().map_or_else(String::new, |notice| notice.words.to_string())
}

#[test]
fn marked_rows_are_queued_together() {
    let queued = |keys: &'static str, expected: &str| {
        assert_eq!(browsing(keys).playing(), format!("{expected} | none @0"), "{keys}");
    };
    queued("jvje", "*x b c");
    queued("VE", "*x a b c d");
    queued("<C-Space>j<C-Space>e", "*x a c");
    queued("<C-Space>*e", "*x b c d");
    queued("Ae", "*x a");
    queued("v<Esc>je", "*x b");
    queued("/b<Enter>Ve", "*x b");
    // As one change, and nothing is marked after it.
    queued("Veu", "*x");
    queued("Vee", "*x a b c d a");
    assert_eq!(notice(&browsing("jvje")), "Queued at the end: 2 tracks (now 3 tracks)");
}

#[test]
fn an_album_is_known_by_its_artist_too() {
    let row = |title: &str, album: Option<&str>, artist: &str| {
        let album = album.map(Into::into);
        Track { album, artists: vec![artist.into()], ..track("open", title) }
    };
    let rows = vec![
        row("a", Some("Hits"), "Ada"),
        row("b", Some("Hits"), "Bob"),
        row("c", None, "Ada"),
        row("d", Some("Hits"), "Ada"),
        row("e", None, "Ada"),
    ];
    let run = |keys| {
        let rows = Step::Browsed(Ok(page(rows.clone(), false)));
        Run::with("x").steps([Step::Keys("2<Enter>"), rows, Step::Keys(keys)])
    };
    assert_eq!(run("Ae").playing(), "*x a d | none @0");
    assert_eq!(run("jAe").playing(), "*x b | none @0");
    let unknown = run("jjA");
    assert_eq!(unknown.state.marked_rows(ListPlace::Tracks), 0);
    assert_eq!(notice(&unknown), "Nothing tells which album this row is of");
}

#[test]
fn marked_rows_are_copied_and_added_together() {
    let run = browsing("jvjy3p");
    assert_eq!(run.playing(), "*x b c | none @0");
    let run = browsing("Vx");
    assert_eq!(notice(&run), "Copied 4 tracks; nothing is taken out of this list");
    assert_eq!(run.steps([Step::Keys("3P")]).playing(), "a b c d *x | none @0");
    assert_eq!(browsing("jy3p").playing(), "*x b | none @0");
    let run = browsing("vjja");
    let Some(Overlay::Picker(picker)) = run.state.overlays.last() else { panic!("no picker") };
    assert_eq!(picker.title.as_str(), "3 tracks");
    assert_eq!(run.state.marked_rows(ListPlace::Tracks), 3, "until they are added");
}

#[test]
fn what_a_search_found_is_marked_with_where_else_it_is() {
    let found = |service: &'static str| {
        let rows = ["night", "day"].map(|title| track(service, title)).to_vec();
        Step::Found(service, Ok(page(rows, false)))
    };
    let run = Run::with("").steps([Step::Do(Action::Search), Step::Keys("a<Enter>")]);
    let run = run.steps([found("open"), found("ready"), Step::Keys("Ve3")]);
    assert_eq!(run.playing(), "*night day | none @0");
    for entry in &run.state.queue.entries {
        let elsewhere: Vec<_> = entry.track.elsewhere.iter().map(ToString::to_string).collect();
        assert_eq!(elsewhere, [format!("ready:track:{}", entry.track.title)]);
    }
    // The way back gives the marks up first.
    let run = Run::with("").steps([Step::Do(Action::Search), Step::Keys("a<Enter>"), found("open")]);
    let run = run.steps([Step::Keys("V")]);
    assert_eq!(run.state.marked_rows(ListPlace::Results), 2);
    assert_eq!(run.steps([Step::Keys("<Esc>")]).state.marked_rows(ListPlace::Results), 0);
}

#[test]
fn marked_rows_are_queued_for_download_together() {
    let mut rows: Vec<Item> = tracks("a b c").into_iter().map(Item::Track).collect();
    let reference = ItemRef { service: ServiceId::known("open"), kind: Kind::Album, id: "7".to_owned() };
    rows.push(Item::Collection(Collection::new(reference, "Tides")));
    let mut run = Run::with("").steps([Step::Keys("1"), Step::BrowsedItems(rows, false), Step::Keys("V")]);
    run.state.downloads.runs_here = true;
    let run = run.steps([Step::Keys("w")]);
    let titles: Vec<_> =
        run.state.downloads.jobs.entries().iter().map(|entry| entry.track.title.to_string()).collect();
    assert_eq!(titles, ["a", "b", "c"]);
    assert!(run.asked().contains("browse open album/7 0"), "{}", run.asked());
    assert_eq!(notice(&run), "3 tracks: 3 tracks queued for download");
    assert_eq!(run.state.marked_rows(ListPlace::Tracks), 0);
}

#[test]
fn what_cannot_be_queued_is_told() {
    let mut rows: Vec<Item> = tracks("a b").into_iter().map(Item::Track).collect();
    if let Item::Track(track) = &mut rows[0] {
        track.playable = Allowed::No("only for buyers".into());
    }
    let reference = ItemRef { service: ServiceId::known("open"), kind: Kind::Album, id: "7".to_owned() };
    rows.push(Item::Collection(Collection::new(reference, "Tides")));
    let run = Run::with("").steps([Step::Keys("1"), Step::BrowsedItems(rows, false), Step::Keys("V")]);
    let run = run.steps([Step::Keys("e")]);
    assert!(run.asked().contains("browse open album/7 0"), "{}", run.asked());
    assert_eq!(run.playing(), "*b | none @0");
    assert_eq!(notice(&run), "Queued at the end: 1 track, without 1 that cannot be played (now 1 track)");
}
