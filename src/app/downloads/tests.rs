//! The order against a model that knows no better than to count.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::model::{DownloadId, DownloadState, Fault, FaultKind, Hold, HoldReason, Retry, ServiceId};

const SERVICES: [&str; 3] = ["audius", "audiomack", "yourmusic"];

fn service(number: u64) -> Option<ServiceId> {
    SERVICES.get(usize::try_from(number % 4).unwrap()).map(|name| ServiceId::known(name))
}

fn fault(retry: Retry, wait_s: Option<u64>) -> Fault {
    Fault { retry, wait_s, ..Fault::new(FaultKind::Network, "the line broke") }
}

fn order(jobs: &[u64]) -> Order {
    let mut order = Order::new(Limits::default());
    for (place, of) in jobs.iter().enumerate() {
        order.add(DownloadId(place as u64), service(*of));
    }
    order
}

fn ids(begun: Vec<DownloadId>) -> Vec<u64> {
    begun.into_iter().map(|id| id.0).collect()
}

#[test]
fn one_service_does_not_keep_the_others_waiting() {
    let mut order = order(&[0, 0, 0, 0, 1, 2]);
    assert_eq!(ids(order.begin(0)), [0, 4, 5], "one of each before a second of any");
    order.ended(DownloadId(4), Outcome::Done, 1);
    assert_eq!(ids(order.begin(1)), [1]);
    order.ended(DownloadId(5), Outcome::Done, 2);
    assert_eq!(ids(order.begin(2)), Vec::<u64>::new(), "two of a service at most");
    order.move_to(DownloadId(3), 0);
    order.ended(DownloadId(0), Outcome::Done, 3);
    assert_eq!(ids(order.begin(3)), [3], "the listener's order");
}

#[test]
fn waits_grow_survive_and_are_kept_to() {
    let mut order = order(&[0]);
    let mut now = 1_000_000;
    for wait in [30, 60, 120, 300, 600] {
        assert_eq!(ids(order.begin(now)), [0]);
        order.ended(DownloadId(0), Outcome::Failed(fault(Retry::Later, None)), now);
        // What is written down is all it takes to go on.
        order = order.clone();
        assert_eq!(order.wakes_at(now), Some(now + wait));
        assert_eq!(ids(order.begin(now + wait - 1)), Vec::<u64>::new());
        now += wait;
    }
    // A clock set back by a year holds nothing.
    assert_eq!(ids(order.begin(now - 31_536_000)), [0]);
}

#[test]
fn a_service_that_fails_six_times_is_left_alone_while_others_go_on() {
    let mut order = order(&[0, 0, 0, 0, 0, 0, 0, 0, 1]);
    let mut now = 0;
    for _ in 0..3 {
        for id in order.begin(now).into_iter().filter(|id| id.0 < 8) {
            order.ended(id, Outcome::Failed(fault(Retry::Later, None)), now);
        }
        now += 1;
    }
    let holds: Vec<_> = order.holds(now).collect();
    assert_eq!(holds.len(), 1, "{holds:?}");
    assert_eq!((holds[0].0, holds[0].1.reason.as_str()), (service(0).as_ref(), "the line broke"));
    let until = holds[0].1.until;
    assert!((now + 290..now + 310).contains(&until), "{until}");
    assert_eq!(ids(order.begin(until - 1)), Vec::<u64>::new());
    let waiting = order.job(DownloadId(7)).unwrap();
    let DownloadState::Held(hold) = order.shown(waiting, until - 42) else { panic!() };
    assert_eq!((hold.reason, hold.fault.wait_s), (HoldReason::Service, Some(42)));
    assert_eq!(order.job(DownloadId(8)).unwrap().state, DownloadState::Locating, "another service goes on");
    assert_eq!(order.begin(until).len(), 1, "tried with one first");
}

#[test]
fn a_limit_holds_the_whole_service_as_long_as_it_asks() {
    let mut order = order(&[0, 0, 1]);
    assert_eq!(ids(order.begin(0)), [0, 2, 1]);
    order.ended(DownloadId(0), Outcome::Failed(fault(Retry::Later, Some(90))), 0);
    order.ended(DownloadId(1), Outcome::Stopped, 0);
    assert_eq!(ids(order.begin(89)), Vec::<u64>::new());
    assert_eq!(ids(order.begin(90)), [0, 1]);
}

#[test]
fn what_is_denied_is_not_asked_for_again_unless_by_hand() {
    let mut order = order(&[0]);
    order.begin(0);
    order.ended(DownloadId(0), Outcome::Failed(fault(Retry::Never, None)), 0);
    assert_eq!((ids(order.begin(1_000_000)), order.wakes_at(0)), (Vec::new(), None));
    order.resume(DownloadId(0));
    assert_eq!(ids(order.begin(0)), [0]);
}

/// What a listener and the world do.
#[derive(Clone, Debug)]
enum Deed {
    Add(u64, u64),
    Move(u64, usize),
    Remove(u64),
    Pause(u64),
    Resume(u64),
    PauseAll(bool),
    Begin,
    End(u64, u8),
    Later(u64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let id = 0_u64..12;
    let deed = prop_oneof![
        (id.clone(), 0_u64..4).prop_map(|(id, of)| Deed::Add(id, of)),
        (id.clone(), 0_usize..14).prop_map(|(id, to)| Deed::Move(id, to)),
        id.clone().prop_map(Deed::Remove),
        id.clone().prop_map(Deed::Pause),
        id.clone().prop_map(Deed::Resume),
        any::<bool>().prop_map(Deed::PauseAll),
        Just(Deed::Begin),
        Just(Deed::Begin),
        (id.clone(), 0_u8..6).prop_map(|(id, how)| Deed::End(id, how)),
        (id, 0_u8..6).prop_map(|(id, how)| Deed::End(id, how)),
        (0_u64..4_000).prop_map(Deed::Later),
    ];
    prop::collection::vec(deed, 0..80)
}

fn outcome(how: u8) -> Outcome {
    match how {
        0 | 1 => Outcome::Done,
        2 => Outcome::Stopped,
        3 => Outcome::Failed(fault(Retry::Never, None)),
        4 => Outcome::Held(Hold { reason: HoldReason::Space, fault: fault(Retry::Later, None) }),
        _ => Outcome::Failed(fault(Retry::Later, Some(7))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("SEGUE_SEQUENCES").map_or(500, |count| count.parse().unwrap_or(500))
    ))]

    #[test]
    fn whatever_is_pressed_each_copy_is_in_one_place(deeds in deeds()) {
        let limits = Limits::default();
        let mut order = Order::new(limits);
        // Who works at what, as the room that copies would have it.
        let (mut works, mut now): (BTreeMap<u64, Option<ServiceId>>, u64) = (BTreeMap::new(), 1_000_000);
        let mut paused = false;
        let mut denied = BTreeSet::new();
        for deed in deeds {
            match deed {
                Deed::Add(id, of) => order.add(DownloadId(id), service(of)),
                Deed::Move(id, to) => order.move_to(DownloadId(id), to),
                Deed::Remove(id) => {
                    let stops = order.remove(DownloadId(id));
                    prop_assert_eq!(stops, works.remove(&id).is_some());
                    denied.remove(&id);
                }
                Deed::Pause(id) => {
                    let stops = order.pause(DownloadId(id));
                    prop_assert_eq!(stops, works.remove(&id).is_some());
                    denied.remove(&id);
                }
                Deed::Resume(id) => {
                    order.resume(DownloadId(id));
                    denied.remove(&id);
                }
                Deed::PauseAll(is_paused) => {
                    paused = is_paused;
                    for id in order.pause_all(is_paused) {
                        prop_assert!(works.remove(&id.0).is_some());
                    }
                }
                Deed::Begin => {
                    let held: Vec<_> = order.holds(now).map(|(service, _)| service.cloned()).collect();
                    for id in order.begin(now) {
                        let of = order.job(id).unwrap().service.clone();
                        prop_assert!(!paused && !held.contains(&of) && !denied.contains(&id.0), "{:?}", id);
                        prop_assert!(works.insert(id.0, of).is_none(), "{:?} is begun twice", id);
                    }
                    // Nothing stands about that could be begun.
                    prop_assert_eq!(order.begin(now), Vec::new());
                }
                Deed::End(id, how) => {
                    if works.remove(&id).is_some() {
                        order.ended(DownloadId(id), outcome(how), now);
                        if how == 3 {
                            denied.insert(id);
                        }
                    } else {
                        // A late word about a copy that was stopped changes nothing.
                        let before = order.clone();
                        if !matches!(how, 0 | 1) {
                            order.ended(DownloadId(id), outcome(how), now);
                            prop_assert_eq!(&order, &before);
                        }
                    }
                }
                Deed::Later(seconds) => now += seconds,
            }
            prop_assert!(works.len() <= limits.at_once);
            let mut loads: BTreeMap<&Option<ServiceId>, usize> = BTreeMap::new();
            for of in works.values() {
                *loads.entry(of).or_default() += 1;
            }
            prop_assert!(loads.values().all(|load| *load <= limits.per_service));
            let ids: BTreeSet<u64> = order.jobs().iter().map(|job| job.id.0).collect();
            prop_assert_eq!(ids.len(), order.jobs().len(), "one is there twice");
            let running: BTreeSet<u64> =
                order.jobs().iter().filter(|job| job.state == DownloadState::Locating).map(|job| job.id.0).collect();
            prop_assert_eq!(&running, &works.keys().copied().collect::<BTreeSet<_>>());
        }
        // In the end everything is done, but what the listener stopped and what is denied.
        order.pause_all(false);
        for _ in 0..500 {
            for id in order.begin(now) {
                works.insert(id.0, None);
            }
            for id in std::mem::take(&mut works).into_keys() {
                order.ended(DownloadId(id), Outcome::Done, now);
            }
            now = order.wakes_at(now).unwrap_or(now + 1);
        }
        for job in order.jobs() {
            let is_at_rest = matches!(&job.state, DownloadState::Done | DownloadState::Paused)
                || matches!(&job.state, DownloadState::Failed(fault) if fault.retry == Retry::Never);
            prop_assert!(is_at_rest, "{:?}", job);
        }
    }
}
