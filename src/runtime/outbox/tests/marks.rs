//! Likes against a service that cannot be reached, loses answers, and while the program is killed.

use super::*;
use crate::model::{Mark, MarkSettled, MarkWish};

fn like(house: &House, id: &str, on: bool) {
    let item = ItemRef { service: service(), kind: Kind::Track, id: id.to_owned() };
    let wish = MarkWish { item, mark: Mark::Like, on, title: id.into() };
    house.library().keep_mark(&wish).unwrap();
}

fn liked(house: &House) -> Vec<String> {
    house.fake.world().liked.iter().cloned().collect()
}

fn waiting(house: &House) -> Vec<(String, bool)> {
    let marks = house.library().waiting_marks().unwrap();
    marks.into_iter().map(|mark| (mark.wish.item.id, mark.wish.on)).collect()
}

#[test]
fn likes_wait_for_the_network_and_are_sent_once() {
    let mut house = House::new(&["x"]);
    house.calm();
    like(&house, "a", true);
    like(&house, "b", true);
    for _ in 0..3 {
        // Who does not answer the first is not asked for the second.
        house.round(&[Mishap::Offline, Mishap::Offline]);
        assert_eq!(waiting(&house), [("a".to_owned(), true), ("b".to_owned(), true)]);
    }
    assert_eq!(house.fake.world().likes, 3);
    // The last word counts: the service hears nothing of the one before.
    like(&house, "b", false);
    like(&house, "b", true);
    like(&house, "a", false);
    house.round(&[]);
    assert_eq!((liked(&house), waiting(&house)), (names(&["b"]), Vec::new()));
    assert_eq!(house.fake.world().likes, 5, "one for each");
    house.round(&[]);
    assert_eq!(house.fake.world().likes, 5);
}

#[test]
fn a_lost_answer_or_a_kill_loses_no_like() {
    for mishap in [Mishap::Lost, Mishap::Broken, Mishap::KilledBefore, Mishap::KilledAfter, Mishap::Limited] {
        let mut house = House::new(&["x"]);
        house.calm();
        like(&house, "a", true);
        house.round(&[mishap]);
        assert_eq!(waiting(&house), [("a".to_owned(), true)], "{mishap:?}");
        house.round(&[]);
        assert_eq!((liked(&house), waiting(&house)), (names(&["a"]), Vec::new()), "{mishap:?}");
    }
}

#[test]
fn what_is_wanted_while_something_else_is_sent_is_not_settled_by_its_answer() {
    let mut house = House::new(&["x"]);
    house.calm();
    like(&house, "a", true);
    let first = house.library().next_mark(&service(), true, 0, 1).unwrap().unwrap();
    like(&house, "a", false);
    house.library().settle_mark(first.number, &MarkSettled::Arrived, 1).unwrap();
    assert_eq!(waiting(&house), [("a".to_owned(), false)]);
    // Tries are further and further apart, and no further than a quarter of an hour (README).
    let mut times = Vec::new();
    for _ in 0..12 {
        let number = house.library().next_mark(&service(), true, 0, 1000).unwrap().unwrap().number;
        let fault = Fault::new(FaultKind::Network, "no");
        house.library().settle_mark(number, &MarkSettled::Waits(fault), 1000).unwrap();
        times.push(house.library().waiting_marks().unwrap()[0].next_try_at - 1000);
    }
    assert!(times.is_sorted() && times[0] < times[3] && times[11] == 900, "{times:?}");
    assert_eq!(house.library().next_mark(&service(), false, 0, 1001).unwrap(), None);
}
