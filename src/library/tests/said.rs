//! What the listener says of the own music: likes, ratings, kept searches. And whatever is typed into a search.

use std::fs;
use std::time::Duration;

use proptest::prelude::*;
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;

use super::super::Order;
use super::music::{CAFE, HARBOUR, House, NIGHT_FERRY, NOCTURNE, put};
use crate::model::{Kind, ListId, OwnChange, Session, TrackRef};

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
    assert!(house.music.track(&moved).unwrap().unwrap().liked);
    assert!(house.keep(Order::Save(Session::default())).learned.liked.contains(&moved));
    house.said(OwnChange::Like { track: moved.clone(), on: false });
    house.said(OwnChange::Rate { track: moved, stars: 0 });
    assert_eq!((house.list("liked").len(), house.list("ratings").len()), (0, 1));
}

#[test]
fn every_list_of_habits_is_there() {
    let house = four();
    for (name, at) in [("2.wav", 50), ("1.wav", 60), ("2.wav", 70)] {
        house.keep(Order::Played { reference: house.file(name), at, whole: true });
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
