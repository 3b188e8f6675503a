//! Redirects to a place of somebody else's: whatever it learns, it learns no secret.

use std::sync::Arc;

use futures_util::future::join_all;
use segue::config::HlsSettings;
use segue::model::{FaultKind, Purpose};
use segue::stream::{Cancel, Open, Streams};

use crate::house::{ALL, ASKS, Ask, House, NOW, Plan, STREAM, Who, good, net};
use crate::leaks::{API_KEY, assert_log_is_clean, assert_none, watch_log};
use crate::server::{Reply, Server};
use crate::table::tasks;

/// Asks everything of everybody at a server that sends all on to another one, and looks through what came
/// there.
fn check(status: u16, elsewhere: impl Fn() -> Reply) {
    watch_log();
    let net = net(0, false);
    let pairs = ALL.iter().flat_map(|&who| ASKS.map(|ask| (who, ask))).filter(|(who, ask)| who.has(*ask));
    let questions = pairs.map(|(who, ask)| {
        let answer = elsewhere();
        let other = Server::start(move |call| match &answer {
            Reply::HangUp => good(call),
            answer => answer.clone(),
        });
        let target = other.url("/elsewhere/stream/812");
        let server = Server::start(move |_| Reply::redirect(status, &target));
        let plan = Plan::new(&net);
        async move {
            let house = House::new(who, &server.url("/v1"), plan).await;
            let outcome = house.ask(ask).await;
            (who, ask, outcome, server.calls(), other.calls())
        }
    });
    let mut came = 0;
    for (who, ask, outcome, first, elsewhere) in tasks().block_on(join_all(questions)) {
        let name = format!("{who:?} {ask:?}, a {status}");
        assert!(!first.is_empty(), "{name}");
        came += elsewhere.len();
        for call in &elsewhere {
            assert_none(&name, &call.raw);
            assert!(
                call.header("authorization").is_empty() && call.header("x-tenant").is_empty(),
                "{call:?}"
            );
            assert!(call.body().is_empty() && call.header("referer").is_empty(), "{call:?}");
        }
        // What is sent with a body goes nowhere else, whatever is said.
        if first[0].method == "POST" && !first[0].body().is_empty() && matches!(status, 307 | 308) {
            let told = outcome.unwrap_err().fault();
            assert!(matches!(told.kind, FaultKind::Network | FaultKind::Other), "{name}: {told}");
        }
    }
    assert!(came > 20, "{came}");
    assert_log_is_clean();
}

#[test]
fn another_origin_learns_nothing() {
    for status in [301, 302, 303, 307, 308] {
        check(status, || Reply::HangUp);
    }
    // It asks for more than it was given.
    for answer in [401, 403, 407] {
        check(302, || Reply::with(answer, "WWW-Authenticate: Bearer\r\n", "{}"));
    }
}

/// A network that asks everybody to sign in says nothing about the session at the service.
#[test]
fn a_refusal_from_elsewhere_ends_no_session() {
    let tasks = tasks();
    for who in [Who::YourMusic, Who::Audius] {
        for answer in [400, 401, 403, 422] {
            let other = Server::start(move |_| Reply::json(answer, "{\"error\":\"sign in\"}"));
            let target = other.url("/elsewhere");
            let server = Server::start(move |_| Reply::redirect(302, &target));
            let plan = Plan { until: NOW + 1, ..Plan::new(&net(0, false)) };
            let house = tasks.block_on(House::new(who, &server.url("/v1"), plan));
            let told = tasks.block_on(house.ask(Ask::Change)).unwrap_err().fault();
            assert!(told.to_string().contains("sends on to 127.0.0.1"), "{who:?} {answer}: {told}");
            assert_eq!(told.kind, FaultKind::Network, "{who:?} {answer}");
            assert!(house.catalog.capabilities().account.who.is_some(), "{who:?} {answer}: {told}");
        }
    }
}

#[test]
fn circles_and_strange_places_are_told() {
    let rows = [("/v1", "redirects without end"), ("http://ada:pass@127.0.0.1:9/", "names a user")];
    for (location, words) in rows {
        let server = Server::start(move |_| Reply::with(302, &format!("Location: {location}\r\n"), ""));
        let tasks = tasks();
        let house =
            tasks.block_on(House::new(Who::Audiosocket, &server.url("/v1"), Plan::new(&net(0, false))));
        let told = tasks.block_on(house.ask(Ask::Search)).unwrap_err().fault().to_string();
        assert!(told.contains(words) && !told.contains("pass"), "{told}");
    }
}

/// The sound itself: a playlist with a bearer, sent on.
#[test]
fn a_stream_that_is_sent_on_leaves_its_bearer_behind() {
    watch_log();
    let list = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nseg.aac\n#EXT-X-ENDLIST\n";
    let other =
        Server::start(move |_| Reply::with(200, "Content-Type: application/vnd.apple.mpegurl\r\n", list));
    let target = other.url("/elsewhere.m3u8");
    let server = Server::start(move |call| {
        if call.path.contains("/stream/") { Reply::redirect(302, &target) } else { good(call) }
    });
    let (tasks, net) = (tasks(), net(0, false));
    let streams = Streams::new(net.clone(), HlsSettings::default(), tasks.handle().clone());
    for who in [Who::YourMusic, Who::YourMusicClient, Who::Audius] {
        let base = server.url("/v1");
        let house = tasks.block_on(House::new(who, &base, Plan::new(&net)));
        let id = if who == Who::Audius { "stream" } else { STREAM };
        let place = tasks.block_on(house.catalog.locate(id, Purpose::Listen)).unwrap();
        // There is no sound in it.
        if let Ok(mut media) = streams.open(&place, &Cancel::default(), &Arc::default()) {
            let _ = media.next_part();
        }
    }
    assert!(server.calls().iter().any(|call| call.raw.contains(API_KEY)), "it was known at home");
    assert!(!other.calls().is_empty());
    for call in other.calls() {
        assert_none("another origin", &call.raw);
    }
    assert_log_is_clean();
}
