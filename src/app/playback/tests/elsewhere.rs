//! A recording that its source lost, from another one.

use crate::app::tests::Step::{At, Failed, Keys, Located, NotElsewhere, NotLocated, Started};
use crate::app::tests::{Run, Step, gone, slow, track};
use crate::app::{Event, Likeness};
use crate::model::{Fault, FaultKind};

fn found(run: &Run) -> Event {
    let found = Some(Box::new((track("ready", "a"), Likeness::Length)));
    Event::RecordingFound { play_id: run.newest, found }
}

/// What its service has no more is looked for at the others, once, and what plays instead is said with how sure that is.
#[test]
fn what_a_service_lost_is_looked_for_elsewhere() {
    let lost = || Run::with("a b").steps([Keys("<Space>"), NotLocated(gone())]);
    let run = lost();
    let (asked, others) = (run.asked(), "ready");
    assert!(asked.contains("find a at") && asked.contains(others) && !asked.contains("open"), "{asked}");
    assert_eq!(run.playing(), "*a b | a locating @0");
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

/// What fails in its middle goes on where it was, from another source; once for each track.
#[test]
fn what_fails_in_its_middle_goes_on_from_elsewhere() {
    let broken = || Fault::new(FaultKind::Damaged, "It is broken");
    let cut = |faults: &[Step]| {
        Run::with("a b").steps([Keys("<Space>"), Located, Started, At(42)]).steps(faults.iter().cloned())
    };
    // What may heal is asked for once more where it was.
    let ways = [
        vec![Failed(broken())],
        vec![Failed(slow()), Located, Failed(slow())],
        vec![Failed(slow()), NotLocated(slow())],
    ];
    for way in ways {
        let run = cut(&way);
        assert!(run.asked().contains("find a at"), "{way:?}: {}", run.asked());
        let event = found(&run);
        let run = run.hears(event);
        assert_eq!(run.playing(), "*a b | a locating @42", "{way:?}");
        let run = run.steps([Located, Started, At(60), Failed(broken())]);
        assert_eq!(run.playing(), "a! *b | b locating @0", "{way:?}");
        assert_eq!(cut(&way).steps([NotElsewhere]).playing(), "a! *b | b locating @0", "{way:?}");
    }
    // The device is not the source's fault.
    assert!(!cut(&[Failed(Fault::new(FaultKind::Device, "It is gone"))]).asked().contains("find"));
}
