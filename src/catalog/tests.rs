//! What every service owes to the one way it is called: pace, flights, retries, and words for bad answers.

use std::sync::Arc;

use futures_util::future::join_all;

use super::audius::Audius;
use super::stand::{Call, Reply, Stand, net, net_that_retries, surroundings};
use super::*;
use crate::config::AudiusSettings;
use crate::model::{FaultKind, Retry};
use crate::net::Net;

pub(super) mod operations;

fn audius(stand: &Stand, net: &Net) -> Audius {
    let settings = AudiusSettings { base_url: Some(stand.url("/audius")), ..AudiusSettings::default() };
    Audius::new(&settings, net, &surroundings(0))
}

fn words(words: &str) -> SearchQuery {
    SearchQuery { words: words.to_owned(), kind: Kind::Track, filters: Vec::new(), limit: 10, page: 0 }
}

/// An answer with one more header; the stand's own headers come after it.
fn with_header(status: u16, header: &'static str, body: &str) -> Reply {
    (status, header, body.to_owned())
}

#[tokio::test]
async fn a_service_that_limits_is_left_alone_and_says_until_when() {
    let rows = [
        (429, "x/y\r\nRetry-After: 42", "Audius limits requests; again in 42 s"),
        // The stand's `Date` is 2025-01-01 00:00:00, whatever this machine's clock says.
        (503, "x/y\r\nRetry-After: Wed, 01 Jan 2025 00:07:00 GMT", "Audius is not available; again in 7 min"),
        // However long: the true wait is told, and nothing is asked before.
        (429, "x/y\r\nRetry-After: 5400", "Audius limits requests; again in 90 min"),
        (
            429,
            "x/y\r\nRetry-After: Thu, 01 Jan 2026 00:00:00 GMT",
            "Audius limits requests; again in 365 days",
        ),
        (
            503,
            "x/y\r\nRetry-After: 18446744073709551615",
            "Audius is not available; again in 213503982334602 days",
        ),
    ];
    for (status, header, expected) in rows {
        let stand = Stand::start(move |_| with_header(status, header, ""));
        let catalog = audius(&stand, &net_that_retries(6));
        let fault = catalog.search(&words("ferry")).await.unwrap_err().fault();
        assert_eq!((fault.kind, fault.retry), (FaultKind::Limited, Retry::Later));
        assert_eq!(fault.message.as_str(), expected);
        let fault = catalog.track("D7KyD").await.unwrap_err().fault();
        assert_eq!(fault.kind, FaultKind::Limited);
        assert!(fault.message.as_str().starts_with("Audius limits requests; again in "), "{fault}");
        assert_eq!(stand.calls().len(), 1, "nothing is asked before the time is up");
    }
}

#[tokio::test]
async fn the_same_page_is_asked_for_once() {
    let stand = Stand::start(|_| (200, "application/json", r#"{"data":[]}"#.to_owned()));
    let catalog = audius(&stand, &net());
    let queries = ["ferry", "ferry", "harbour", "ferry"].map(words);
    for page in join_all(queries.iter().map(|query| catalog.search(query))).await {
        assert!(page.unwrap().items.is_empty());
    }
    let mut asked: Vec<_> = stand.calls().iter().map(|call: &Call| call.param("query").to_owned()).collect();
    asked.sort();
    assert_eq!(asked, ["ferry", "harbour"]);
}

#[tokio::test]
async fn retries_stay_within_a_budget() {
    let stand = Stand::start(|_| (500, "text/plain", String::new()));
    let catalog = audius(&stand, &net_that_retries(6));
    for _ in 0..10 {
        assert_eq!(catalog.track("D7KyD").await.unwrap_err().fault().kind, FaultKind::Network);
    }
    // What fails makes Audius look once for further hosts.
    assert_eq!(stand.calls().len(), 10 + 1 + 10, "each call once, and ten retries for all of them");
}

#[tokio::test]
async fn no_more_than_four_are_under_way() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (inside, peak) = (Arc::clone(&now), Arc::clone(&most));
    let stand = Stand::start(move |_| {
        peak.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // Long enough for the others to come in.
        (0..200).for_each(|_| std::thread::yield_now());
        inside.fetch_sub(1, Ordering::SeqCst);
        (200, "application/json", r#"{"data":[]}"#.to_owned())
    });
    let catalog = audius(&stand, &net());
    let queries: Vec<_> = (0..24).map(|number| words(&number.to_string())).collect();
    let pages = join_all(queries.iter().map(|query| catalog.search(query))).await;
    assert!(pages.iter().all(Result::is_ok));
    assert_eq!(stand.calls().len(), 24);
    assert!((1..=4).contains(&most.load(Ordering::SeqCst)), "{most:?}");
}

#[tokio::test]
async fn bad_answers_are_told_in_words() {
    let senseless = "Audius sent an answer that makes no sense: ";
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let huge = format!(r#"{{"data":"{}"}}"#, "x".repeat(50 << 20));
    let rows = [
        (deep, format!("{senseless}it is nested more than 128 deep")),
        (r#"{"data":[{"id":"#.to_owned(), format!("{senseless}it is cut off at line 1, column 15")),
        ("{\"data\":\n[,]}".to_owned(), format!("{senseless}it is not JSON at line 2, column 2")),
        ("<html>Sign in".to_owned(), "Audius sent a web page instead of data".to_owned()),
        (huge, "sent more than 32 MiB".to_owned()),
    ];
    for (body, expected) in rows {
        let stand = Stand::start(move |_| (200, "application/json", body.clone()));
        let fault = audius(&stand, &net()).search(&words("ferry")).await.unwrap_err().fault();
        assert!(fault.message.as_str().contains(&expected), "{fault}");
        assert!(fault.message.as_str().starts_with("Audius") && fault.hint.is_some(), "{fault}");
    }
}

#[tokio::test]
async fn a_long_refusal_is_still_a_refusal() {
    let stand = Stand::start(|_| (403, "text/plain", "x".repeat(3 << 20)));
    let fault = audius(&stand, &net()).track("D7KyD").await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::Refused);
}
