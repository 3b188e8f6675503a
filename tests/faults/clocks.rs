//! A machine whose clock is ten minutes off.

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
