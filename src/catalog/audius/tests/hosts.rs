//! Which host is asked, and which one next.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use super::*;
use crate::catalog::audius::hosts::Hosts;

const LIST: &str = include_str!("../../../../tests/fixtures/catalog/audius/hosts.json");

fn found() -> Reply {
    json(200, &json!({ "data": [{ "id": "a" }] }))
}

/// Two servers: the first lists the second and answers all else as `first` says.
fn two(first: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> (Stand, Arc<Stand>) {
    let second = Arc::new(Stand::start(|_| found()));
    let listed = second.url("/second/").to_string();
    let stand = Stand::start(move |call| match call.path.as_str() {
        "/audius" => json(200, &json!({ "data": [null, "ftp://x", "http://plain.example", listed] })),
        _ => first(call),
    });
    (stand, second)
}

fn lines(stand: &Stand) -> Vec<String> {
    stand.calls().iter().map(Call::line).collect()
}

async fn trending(audius: &Audius) -> Result<usize, CatalogError> {
    audius.browse(&ListId("trending-week".to_owned()), 0).await.map(|page| page.items.len())
}

#[tokio::test]
async fn a_host_that_fails_is_asked_last() {
    let refusals: [fn() -> Reply; 4] = [
        || json(500, &"oops"),
        || json(502, &"<html>bad gateway</html>"),
        || json(404, &"<html>Not Found</html>"),
        || json(404, &json!({ "code": 404, "error": "not found" })),
    ];
    for refusal in refusals {
        let (first, second) = two(move |_| refusal());
        let audius = audius(&first, "k3y");
        assert_eq!(trending(&audius).await.unwrap(), 1);
        assert_eq!(lines(&first), ["GET /audius/v1/tracks/trending", "GET /audius"]);
        assert_eq!(lines(&second), ["GET /second/v1/tracks/trending"]);
        // Until the program ends; the stream goes there too.
        assert_eq!(trending(&audius).await.unwrap(), 1);
        assert_eq!((first.calls().len(), second.calls().len()), (2, 2));
        let Locator::Http(place) = audius.locate("a", Purpose::Listen).await.unwrap() else { panic!() };
        assert!(place.url.as_str().starts_with(second.url("/second/v1/tracks/a/stream").as_str()));
        let all: Vec<Call> = first.calls().into_iter().chain(second.calls()).collect();
        assert!(all.iter().all(|call| call.param("app_name") == "segue"));
    }
}

#[tokio::test]
async fn nobody_listening_is_a_host_that_fails() {
    let (first, second) = two(|_| found());
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = AudiusSettings {
        base_url: format!("http://{gone}/audius").parse().ok(),
        ..AudiusSettings::default()
    };
    let audius = Audius::new(&settings, &net(), &surroundings(0));
    let fault = trending(&audius).await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::Network, "{fault}");
    // A server at home stands for itself: the public gateway is not asked in its place.
    assert!(fault.to_string().contains("127.0.0.1"), "{fault}");
    assert_eq!((first.calls().len(), second.calls().len()), (0, 0));
}

/// "Not found" about one thing says nothing of a host that has answered before.
#[tokio::test]
async fn a_thing_that_is_not_there_is_no_fault_of_the_host() {
    let (first, second) = two(|call| match call.path.as_str() {
        "/audius/v1/tracks/trending" => found(),
        _ => json(404, &json!({ "code": 404, "error": "track not found" })),
    });
    let audius = audius(&first, "");
    assert_eq!(audius.track("nope").await.unwrap_err().fault().kind, FaultKind::NotFound);
    assert_eq!(lines(&first), ["GET /audius/v1/tracks/nope", "GET /audius/v1/tracks/trending"]);
    trending(&audius).await.unwrap();
    audius.track("nope").await.unwrap_err();
    assert_eq!((first.calls().len(), second.calls().len()), (4, 0));
}

/// Of a host that has nothing at all it says everything.
#[tokio::test]
async fn a_host_without_any_route_does_not_speak_for_a_thing() {
    let (first, second) = two(|_| json(404, &"<html>Not Found</html>"));
    let audius = audius(&first, "");
    assert_eq!(audius.track("a").await.map(|track| id_of(&track).to_owned()).unwrap(), "a");
    assert_eq!(lines(&second), ["GET /second/v1/tracks/a"]);
}

#[tokio::test]
async fn refusals_and_limits_are_no_reason_to_go_elsewhere() {
    for status in [400, 401, 403, 429] {
        let (first, second) = two(move |_| json(status, &json!({ "code": status, "error": "no" })));
        trending(&audius(&first, "")).await.unwrap_err();
        assert_eq!(second.calls().len(), 0, "{status}");
    }
}

/// When all have failed, all get another chance at the next call.
#[tokio::test]
async fn hosts_that_all_failed_are_asked_again() {
    let status = Arc::new(AtomicU16::new(500));
    let now = Arc::clone(&status);
    let stand = Stand::start(move |_| match now.load(Ordering::SeqCst) {
        200 => found(),
        status => json(status, &""),
    });
    let audius = audius(&stand, "");
    assert_eq!(trending(&audius).await.unwrap_err().fault().kind, FaultKind::Network);
    status.store(200, Ordering::SeqCst);
    assert_eq!(trending(&audius).await.unwrap(), 1);
}

/// The apps' metrics are gone from newer servers; one that lacks them is no worse for it.
#[tokio::test]
async fn what_one_generation_lacks_another_may_have() {
    let (first, second) = two(|call| match call.path.as_str() {
        "/audius/v1/tracks/trending" => found(),
        _ => json(404, &json!({ "code": 404, "error": "not found" })),
    });
    let audius = audius(&first, "");
    let answer = audius.special("metrics", &[]).await.unwrap();
    assert_eq!(answer.value, json!([]), "rows without a name are none");
    assert_eq!(lines(&second), ["GET /second/v1/metrics/app_name/trailing/week"]);
    trending(&audius).await.unwrap();
    assert_eq!(second.calls().len(), 1);
    for (name, range) in [("metrics", "year"), ("other", "week")] {
        let values = [("range".to_owned(), range.to_owned())];
        assert_eq!(audius.special(name, &values).await.unwrap_err().fault().kind, FaultKind::Refused);
    }
}

/// Only whole encrypted addresses are taken from a list, and only places at home from one that is there.
#[tokio::test]
async fn a_list_is_read_with_care() {
    let check = async |list: &'static str, expected: &[&str]| {
        let stand = Stand::start(move |_| json(200, &list));
        let hosts = Hosts::new(&stand.url("/audius"), PACE, "segue", &net(), &surroundings(0)).unwrap();
        hosts.read_list().await;
        let mut found = hosts.bases();
        found.remove(0);
        found.sort();
        assert_eq!(found, expected, "{list}");
    };
    let listed = [
        "http://127.0.0.1:9/v1",
        "https://127.0.0.1/v1",
        "https://host-1.example/v1",
        "https://host-2.example/v1",
    ];
    check(LIST, &listed).await;
    for nothing in [
        "{}",
        r#"{"data":[]}"#,
        r#"{"data":null}"#,
        r#"{"data":"x"}"#,
        "<html>",
        "",
        r#"{"env":"prod","git":"1"}"#,
    ] {
        check(nothing, &[]).await;
    }
}

#[tokio::test]
async fn the_order_is_configured_public_listed() {
    let order = |base: &str| {
        let hosts = Hosts::new(&base.parse().unwrap(), PACE, "segue", &net(), &surroundings(0)).unwrap();
        hosts.bases()
    };
    assert_eq!(order("https://api.audius.co"), ["https://api.audius.co/v1"]);
    let own = order("https://audius.example/base/");
    assert_eq!(own, ["https://audius.example/base/v1", "https://api.audius.co/v1"]);
    assert_eq!(order("http://127.0.0.1:7/audius"), ["http://127.0.0.1:7/audius/v1"]);
}
