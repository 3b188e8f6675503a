//! A machine whose clock is ten minutes off, or is set by far while everything runs.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::house::{ALL, ASKS, Ask, House, NOW, Plan, Who, good, net};
use crate::server::{Call, Reply, Server};
use crate::table::tasks;

const OFF_S: u64 = 600;

/// The time that a request carries.
pub fn stamp(call: &Call) -> u64 {
    let value = call.header("authorization").split("oauth_timestamp=\"").nth(1).unwrap();
    value.split('"').next().unwrap().parse().unwrap()
}

/// A service that takes signatures of the last five minutes. Its `Date` is right.
fn strict() -> Server {
    Server::start(|call| {
        if stamp(call).abs_diff(NOW) > 300 {
            return Reply::json(401, "{\"errorcode\":1002,\"message\":\"Timestamp is too far from now\"}");
        }
        good(call)
    })
}

#[test]
fn signatures_carry_the_time_of_the_service() {
    let tasks = tasks();
    for now in [NOW - OFF_S, NOW + OFF_S] {
        for first in [Ask::Search, Ask::Change] {
            let server = strict();
            let plan = Plan { now, ..Plan::new(&net(0, false)) };
            let house = tasks.block_on(House::new(Who::Audiomack, &server.url("/v1"), plan));
            tasks.block_on(house.ask(first)).unwrap();
            let refused = server.calls().iter().filter(|call| stamp(call).abs_diff(NOW) > 300).count();
            assert_eq!(refused, 1, "learnt from one refusal");
            for ask in [Ask::Item, Ask::Locate, Ask::Change] {
                tasks.block_on(house.ask(ask)).unwrap();
            }
            let stamps: Vec<u64> = server.calls().iter().skip(1).map(stamp).collect();
            assert!(stamps.iter().all(|stamp| stamp.abs_diff(NOW) <= 60), "{stamps:?}");
        }
    }
}

/// The others go by how long a token lives, and not by when it ends.
#[test]
fn nobody_else_minds() {
    let tasks = tasks();
    for who in ALL.into_iter().filter(|who| *who != Who::Audiomack) {
        for now in [NOW - OFF_S, NOW + OFF_S] {
            let server = Server::start(good);
            let plan = Plan { now, until: now + 3600, ..Plan::new(&net(0, false)) };
            let house = tasks.block_on(House::new(who, &server.url("/v1"), plan));
            for ask in ASKS.into_iter().filter(|ask| who.has(*ask)) {
                tasks.block_on(house.ask(ask)).unwrap();
            }
        }
    }
}

const DAY_S: u64 = 86_400;

/// Set back a day, forward a year, to 1970, and right again: whoever was signed in still is, and nothing waits for it.
#[test]
fn a_clock_that_is_set_signs_nobody_out_and_makes_nobody_wait() {
    let tasks = tasks();
    for who in ALL {
        for then in [NOW - DAY_S, NOW + 365 * DAY_S, 0] {
            let server = if who == Who::Audiomack { strict() } else { Server::start(good) };
            let house = tasks.block_on(House::new(who, &server.url("/v1"), Plan::new(&net(0, false))));
            let asks = || ASKS.into_iter().filter(|ask| *ask != Ask::SignIn && who.has(*ask));
            for (step, now) in [NOW, then, NOW + 60].into_iter().enumerate() {
                house.clock.store(now, Ordering::Relaxed);
                for ask in asks() {
                    let before = server.calls().len();
                    #[expect(
                        clippy::disallowed_methods,
                        reason = "how long it takes in truth is what counts"
                    )]
                    let begun = Instant::now();
                    let done = tasks.block_on(house.ask(ask));
                    assert!(done.is_ok(), "{who:?} {ask:?} at {now}, step {step}: {done:?}");
                    assert!(begun.elapsed() < Duration::from_secs(10), "{who:?} {ask:?} at {now}");
                    // It may be refused once for the time it carries, and renew what it is let in by.
                    assert!(
                        server.calls().len() - before <= 6,
                        "{who:?} {ask:?} at {now}: asked again and again"
                    );
                }
            }
        }
    }
}
