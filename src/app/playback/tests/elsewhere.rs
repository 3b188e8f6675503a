//! A recording that its source lost, from another one.

use crate::app::tests::Step::{Keys, NotElsewhere, NotLocated};
use crate::app::tests::{Run, gone, track};
use crate::app::{Event, Likeness};

/// What its service has no more is looked for at the others, once, and what plays instead is said with how sure that is.
#[test]
fn what_a_service_lost_is_looked_for_elsewhere() {
    let lost = || Run::with("a b").steps([Keys("<Space>"), NotLocated(gone())]);
    let run = lost();
    let (asked, others) = (run.asked(), "ready");
    assert!(asked.contains("find a at") && asked.contains(others) && !asked.contains("open"), "{asked}");
    assert_eq!(run.playing(), "*a b | a locating @0");
    let found = |run: &Run| Event::RecordingFound {
        play_id: run.newest,
        found: Some(Box::new((track("ready", "a"), Likeness::Length))),
    };
    let event = found(&run);
    let run = run.hears(event);
    assert!(
        run.asked().contains("locate ready:track:a") || run.asked().contains("locate a"),
        "{}",
        run.asked()
    );
    let notice = run.state.notices.latest().map(|notice| notice.words.to_string()).unwrap_or_default();
    assert!(notice.contains("instead (same title, artist and length)"), "{notice}");
    // Not a second time for the same track.
    let run = run.steps([NotLocated(gone())]);
    assert!(!run.asked().contains("find"), "{}", run.asked());
    assert_eq!(run.playing(), "a! *b | b locating @0");
    assert_eq!(lost().steps([NotElsewhere]).playing(), "a! *b | b locating @0");
}
