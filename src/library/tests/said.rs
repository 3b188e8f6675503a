//! What the listener says of the own music: likes, ratings, kept searches. And whatever is typed into a search.

use std::fs;
use std::time::Duration;

use proptest::prelude::*;
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;

use super::super::Order;
use super::music::{CAFE, HARBOUR, House, NIGHT_FERRY, NOCTURNE, put};
use crate::model::{Kind, ListId, OwnChange, OwnMove, Session, Track, TrackRef};

fn four() -> House {
    let house = House::new();
    for (name, facts) in [("1", NIGHT_FERRY), ("2", HARBOUR), ("3", CAFE), ("4", NOCTURNE)] {
        put(&house.path(&format!("{name}.wav")), facts);
    }
    house.scan();
    house
}

impl House {
    fn said(&self, change: OwnChange) {
        self.keep(Order::Own { at: 7, change });
    }

    fn file(&self, name: &str) -> TrackRef {
        TrackRef::File(self.path(name))
    }
}

#[test]
fn what_was_said_can_be_taken_back() {
    let house = four();
    let (ferry, cafe) = (house.file("1.wav"), house.file("3.wav"));
    let rate = |track: &TrackRef, stars| house.said(OwnChange::Rate { track: track.clone(), stars });
    let keep = |words: &str| {
        house.said(OwnChange::KeepSearch { name: "Good".into(), words: words.to_owned() });
    };
    rate(&ferry, 4);
    rate(&ferry, 4);
    rate(&ferry, 2);
    house.said(OwnChange::Like { track: cafe, on: true });
    keep("ada");
    keep("rating>1");
    house.said(OwnChange::ForgetSearch { name: "Good".into() });
    let go = |by: OwnMove| house.music.go_in_journal(by, 9).unwrap();
    let words = |by: OwnMove| go(by).walked.iter().map(|step| step.words()).collect::<Vec<_>>().join(", ");
    let stars = |count: u8| house.search(&format!("rating={count}"), Kind::Track);
    assert_eq!(go(OwnMove::Look).steps.len(), 6, "what is so already is no step");
    assert_eq!(words(OwnMove::Back), "forgetting the search Good");
    assert_eq!(house.list("smart"), ["Good (1 track)"]);
    assert_eq!(words(OwnMove::Back), "keeping another search as Good");
    let mut found = house.list("smart:Good");
    // Of tracks that are found equally the one that was read first comes first.
    found.sort();
    assert_eq!(found, ["Harbour Lights", "Night Ferry"]);
    assert_eq!(words(OwnMove::Back), "keeping the search Good");
    assert_eq!(house.list("smart"), [""; 0]);
    assert_eq!(words(OwnMove::Back), "liking Caf\u{e9} \u{d1}and\u{fa}");
    assert_eq!(house.list("liked"), [""; 0]);
    assert_eq!(words(OwnMove::Back), "rating Night Ferry with 2 stars");
    assert_eq!(stars(4), ["Night Ferry"]);
    assert_eq!(words(OwnMove::Back), "rating Night Ferry with 4 stars");
    assert_eq!((stars(4).len(), words(OwnMove::Back)), (0, String::new()));
    assert_eq!(words(OwnMove::On), "rating Night Ferry with 4 stars");
    // What is said now keeps what was taken back within reach.
    rate(&ferry, 5);
    let journal = go(OwnMove::Look);
    assert_eq!((journal.steps.len(), journal.number), (12, 12));
    assert_eq!(journal.steps[11].words_before(), "Night Ferry with 4 stars");
    let walked = go(OwnMove::To(6));
    assert!(walked.is_back && walked.walked.len() == 6, "{walked:?}");
    assert_eq!((stars(2), house.list("liked").len()), (vec!["Night Ferry".to_owned()], 1));
    // A file that moves takes the way back with it.
    fs::rename(house.path("1.wav"), house.path("one.wav")).unwrap();
    house.scan();
    go(OwnMove::To(1));
    assert_eq!(stars(4), ["Night Ferry"]);
}

#[test]
fn likes_and_ratings_stay_over_scans_and_moves() {
    let house = four();
    let (ferry, cafe) = (house.file("1.wav"), house.file("3.wav"));
    house.said(OwnChange::Like { track: ferry.clone(), on: true });
    house.said(OwnChange::Rate { track: ferry.clone(), stars: 4 });
    house.said(OwnChange::Rate { track: cafe.clone(), stars: 99 });
    let check = |house: &House| {
        assert_eq!(house.list("liked"), ["Night Ferry"]);
        assert_eq!(house.list("ratings"), ["5 stars (1 track)", "4 stars (1 track)"]);
        assert_eq!(house.list("rating:4"), ["Night Ferry"]);
        assert_eq!(house.search("rating>=4", Kind::Track), ["Night Ferry", "Café Ñandú"]);
        assert_eq!(house.search("is:liked stars<5", Kind::Track), ["Night Ferry"]);
        assert_eq!(house.search("not:rated ada", Kind::Track), ["Harbour Lights"]);
    };
    check(&house);
    put(&house.path("1.wav"), NIGHT_FERRY);
    house.scan();
    check(&house);
    fs::create_dir(house.path("moved")).unwrap();
    fs::rename(house.path("1.wav"), house.path("moved/one.wav")).unwrap();
    fs::rename(house.path("3.wav"), house.path("moved/three.wav")).unwrap();
    assert_eq!(house.scan().moved, 2);
    check(&house);
    let moved = house.file("moved/one.wav");
    let known = house.music.track(&moved).unwrap().unwrap();
    assert_eq!((known.liked, known.stars), (true, 4));
    let remembered = house.music.remembered(&moved).unwrap().unwrap();
    assert_eq!((remembered.plays, remembered.played_at, remembered.stars), (0, None, Some(4)));
    house.keep(Order::Played { track: Box::new(Track::new(moved.clone(), "")), at: 50, whole: true });
    let heard = house.music.remembered(&moved).unwrap().unwrap();
    assert_eq!((heard.plays, heard.played_at, heard.added_at), (1, Some(50), remembered.added_at));
    assert_eq!(house.music.remembered(&house.file("none.wav")).unwrap(), None);
    assert!(house.keep(Order::Save(Session::default())).learned.liked.contains(&moved));
    // Of the listener's own files what is said of them counts, whatever the queue's row said when it was kept.
    let queued = Track::new(moved.clone(), "");
    let session = Session { tracks: vec![queued.into()], ..Session::default() };
    house.keep(Order::Save(session));
    let kept = &house.keep(Order::Save(Session::default())).session.tracks[0];
    assert_eq!((kept.liked, kept.stars), (true, 4));
    house.said(OwnChange::Like { track: moved.clone(), on: false });
    house.said(OwnChange::Rate { track: moved, stars: 0 });
    assert_eq!((house.list("liked").len(), house.list("ratings").len()), (0, 1));
}

#[test]
fn what_was_heard_of_services_is_listed_and_found_as_files_are() {
    let house = four();
    let own = Box::new(Track::new(house.file("2.wav"), ""));
    house.keep(Order::Played { track: own, at: 50, whole: true });
    let mut bus = Track::new("audius:track:abc".parse().unwrap(), "Night Bus");
    bus.artists = vec!["Ida Berg".into(), "Ada Cole".into()];
    bus.album = Some("Routes".into());
    for at in [60, 70] {
        house.keep(Order::Played { track: Box::new(bus.clone()), at, whole: true });
    }
    assert_eq!(house.list("played"), ["Night Bus", "Harbour Lights"]);
    assert_eq!(house.list("most-played"), ["Night Bus", "Harbour Lights"]);
    assert_eq!(house.list("never-played").len(), 3);
    for (words, expected) in [
        ("plays>1", &["Night Bus"][..]),
        ("artist:\"ada cole\" is:played", &["Harbour Lights", "Night Bus"]),
        ("album:routes -ferry", &["Night Bus"]),
        ("is:played -bus", &["Harbour Lights"]),
        ("not:played bus", &[]),
    ] {
        house.said(OwnChange::KeepSearch { name: "often".into(), words: words.to_owned() });
        assert_eq!(house.list("smart:often"), expected, "{words}");
        assert_eq!(
            house.list("smart"),
            [format!("often ({} track{})", expected.len(), if expected.len() == 1 { "" } else { "s" })]
        );
    }
    assert_eq!(house.search("is:played bus", Kind::Track), ["Night Bus"]);
    assert_eq!(house.search("bus", Kind::Track), Vec::<String>::new());
    // What it is called now counts, and what is theirs is not looked for among the own albums.
    bus.title = "Night Bus (live)".into();
    house.keep(Order::Played { track: Box::new(bus.clone()), at: 80, whole: false });
    assert_eq!(house.list("most-played"), ["Night Bus (live)", "Harbour Lights"]);
    let page = house.music.browse(&ListId("played".to_owned()), 0).unwrap().unwrap();
    let first = page.items[0].track().unwrap().clone();
    assert_eq!(first, Track { elsewhere: Vec::new(), ..bus });
}

/// Neither how often a track was heard nor whether it has lyrics says when it was heard.
#[test]
fn what_was_heard_last_comes_first() {
    let house = four();
    fs::write(house.path("2.lrc"), "[00:01.00]la").unwrap();
    house.scan();
    for (name, at) in [("2.wav", 50), ("1.wav", 55), ("1.wav", 56), ("3.wav", 70)] {
        let track = Box::new(Track::new(house.file(name), ""));
        house.keep(Order::Played { track, at, whole: true });
    }
    assert_eq!(house.list("played"), ["Café Ñandú", "Night Ferry", "Harbour Lights"]);
    assert_eq!(house.list("most-played"), ["Night Ferry", "Café Ñandú", "Harbour Lights"]);
}

#[test]
fn every_list_of_habits_is_there() {
    let house = four();
    for (name, at) in [("2.wav", 50), ("1.wav", 60), ("2.wav", 70)] {
        let track = Box::new(Track::new(house.file(name), ""));
        house.keep(Order::Played { track, at, whole: true });
    }
    assert_eq!(house.list("played"), ["Harbour Lights", "Night Ferry"]);
    assert_eq!(house.list("most-played"), ["Harbour Lights", "Night Ferry"]);
    assert_eq!(house.list("never-played"), ["Café Ñandú", "夜想曲第二番"]);
    assert_eq!(house.list("added").len(), 4);
    for list in super::super::own_lists() {
        assert!(house.music.browse(&list.id, 0).unwrap().is_some(), "{}", list.title);
    }
}

#[test]
fn searches_are_kept_as_lists() {
    let house = four();
    let keep = |name: &str, words: &str| {
        house.said(OwnChange::KeepSearch { name: name.into(), words: words.to_owned() });
    };
    assert_eq!(house.list("smart"), Vec::<String>::new());
    keep("Ada", "artist:\"ada\" year>2019 not:played");
    keep("odd: /name%", "nandu");
    assert_eq!(house.list("smart"), ["Ada (2 tracks)", "odd: /name% (1 track)"]);
    assert_eq!(house.list("smart:Ada"), ["Night Ferry", "Harbour Lights"]);
    assert_eq!(house.list("smart:odd: /name%"), ["Café Ñandú"]);
    house.played(&house.path("1.wav"));
    assert_eq!(house.list("smart:Ada"), ["Harbour Lights"]);
    keep("ADA", "year<2000");
    assert_eq!(house.list("smart"), ["ADA (1 track)", "odd: /name% (1 track)"]);
    let forget = OwnChange::ForgetSearch { name: "ada".into() };
    assert!(house.music.change(&forget, 0).unwrap() && !house.music.change(&forget, 0).unwrap());
    assert_eq!(house.music.browse(&ListId("smart:ADA".to_owned()), 0).unwrap(), None);
    let [kept] = &house.music.smart_lists().unwrap()[..] else { panic!() };
    assert_eq!((kept.name.as_str(), kept.query.as_str(), kept.tracks), ("odd: /name%", "nandu", 1));
}

#[test]
fn whatever_is_typed_is_no_error() {
    let house = four();
    let sign = "['\"%_*(){}:^+\\-<>=;,\\\\\\[\\].~|&!?$@#\u{0}]{0,3}";
    let word = "(AND|OR|NOT|NEAR|SELECT|DROP|track_words|rowid|title|artist|year|rating|is|has|not|no|ferry|雨|é|[a-z]{1,4}|\
        -?[0-9]{1,20}|\\PC{1,3})";
    let text = proptest::collection::vec(string_regex(&format!("{sign}{word}{sign}")).unwrap(), 0..6);
    let mut runner = TestRunner::new(ProptestConfig { cases: 2_000, ..ProptestConfig::default() });
    let done = runner.run(&text, |words| {
        let words = words.join(" ");
        for kind in [Kind::Track, Kind::Album, Kind::Artist] {
            house.search(&words, kind);
        }
        // As a kept list it is no error either.
        house.music.change(&OwnChange::KeepSearch { name: "x".into(), words }, 0).unwrap();
        house.list("smart:x");
        Ok(())
    });
    done.unwrap();
    // Plain words between signs find what they find alone.
    let signs = "['\"%*(){}^+;,.~|&!?$@#\\\\\\[\\]]{0,4}";
    let done = runner.run(&(signs, signs), |(before, after)| {
        prop_assert_eq!(house.search(&format!("{before}ferry{after}"), Kind::Track), ["Night Ferry"]);
        Ok(())
    });
    done.unwrap();
    assert_eq!(house.scan().files, 4);
    assert_eq!(house.list("tracks").len(), 4);
    assert_eq!(Duration::from_secs(house.music.stats().unwrap().length_s), Duration::from_secs(4));
}
