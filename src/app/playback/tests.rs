mod elsewhere;
mod ending;
mod kept;
mod run_out;

use std::time::Duration;

use super::*;
use crate::app::tests::Step::{
    At, Do, Ended, Failed, Keys, Located, NewestFailed, NotElsewhere, NotLocated, Started, WantsNext,
};
use crate::app::tests::{Run, Step, gone, services, slow, tracks};
use crate::app::{Action, Effect, Event, Heard, Msg, PlayState, Start};
use crate::config::{Equaliser, PRESETS, SoundSettings};
use crate::model::{
    EntryId, FaultKind, OutputState, PlayId, Repeat, SampleRate, ScreenLeft, Session, Volume,
};

const PLAY: [Step; 3] = [Keys("<Space>"), Located, Started];

fn check(queue: &str, steps: &[Step], asked: &str, facts: &str) -> Run {
    let run = Run::with(queue).steps(steps.iter().cloned());
    assert_eq!((run.asked().as_str(), run.playing().as_str()), (asked, facts), "{queue} {steps:?}");
    run
}

/// The same once the first track sounds.
fn check_playing(queue: &str, steps: &[Step], asked: &str, facts: &str) -> Run {
    check(queue, &[&PLAY, steps].concat(), asked, facts)
}

#[test]
fn a_track_is_located_loaded_and_heard() {
    check("a b", &[], "", "*a b | none @0");
    check("a b", &PLAY[..1], "locate a", "*a b | a locating @0");
    check("a b", &PLAY[..2], "load @0", "*a b | a loading @0");
    check("a b", &PLAY, "listened a", "*a b | a sounding @0");
    check_playing("a b", &[At(42)], "", "*a b | a sounding @42");
    check_playing("a b", &[Located], "", "*a b | a sounding @0");
    check("", &PLAY[..1], "wait 5000", " | none @0");
}

#[test]
fn a_queue_from_last_time_goes_on_where_it_was() {
    let session = Session {
        tracks: tracks("a b").into_iter().map(Into::into).collect(),
        entries: vec![EntryId(4), EntryId(2)],
        step: 3,
        current: Some(1),
        position: Duration::from_secs(61),
        volume: Some(Volume::new(35)),
        muted: true,
        repeat: Repeat::All,
        order: Some(vec![1, 0]),
        screen: Box::new(ScreenLeft { page: "queue".to_owned(), now: Some(50), ..ScreenLeft::default() }),
    };
    let run = Run::new(Start { services: services(), session: session.clone(), ..Start::default() });
    assert_eq!((run.playing().as_str(), run.state.session()), ("a *b | none @61", session));
    let run = run.steps([Keys("<Right>"), Keys("<Space>"), Located]);
    assert_eq!((run.playing().as_str(), run.asked().as_str()), ("a *b | b loading @66", "load @66"));
    assert_eq!(run.state.session().position, Duration::from_secs(66));
}

#[test]
fn pausing_reaches_what_is_loaded_and_what_will_be() {
    check_playing("a", &[Keys("<Space>")], "pause", "*a | a sounding paused @0");
    check_playing("a", &[Keys("<Space>"), Keys("<Space>")], "resume", "*a | a sounding @0");
    check_playing("a", &[Do(Action::Pause), Do(Action::Pause)], "", "*a | a sounding paused @0");
    check_playing("a", &[Do(Action::Play)], "", "*a | a sounding @0");
    check("a", &[Do(Action::Pause)], "", "*a | none @0");
    check("a", &[Keys("<Space><Space>")], "locate a", "*a | a locating paused @0");
    check("a", &[Keys("<Space><Space>"), Located], "load @0 paused", "*a | a loading paused @0");
    check_playing("a b", &[Keys("<Space>"), Keys(">")], "stop, locate b", "a *b | b locating @0");
    check_playing("a b", &[At(9), Keys("S")], "stop", "*a b | none @0");
    check_playing("a b", &[At(9), Keys("S"), Keys("<Space>")], "locate a", "*a b | a locating @0");
}

#[test]
fn next_and_previous() {
    check_playing("a b", &[Keys(">")], "stop, locate b", "a *b | b locating @0");
    check_playing("a b", &[Keys("n")], "stop, locate b", "a *b | b locating @0");
    check("a b c", &[Keys(">"), Keys(">")], "locate c", "a b *c | c locating @0");
    check_playing("a", &[Keys(">")], "wait 5000", "*a | a sounding @0");
    check_playing(
        "a b",
        &[Keys(">"), Located, Started, At(3), Keys("<")],
        "stop, locate a",
        "*a b | a locating @0",
    );
    check_playing(
        "a b",
        &[Keys(">"), Located, Started, At(4), Keys("<")],
        "seek 0, wait 3000",
        "a *b | b sounding @0",
    );
    check_playing("a b", &[At(2), Keys("<")], "seek 0, wait 3000", "*a b | a sounding @0");
}

#[test]
fn seeking_keeps_to_the_track() {
    let wait = "wait 3000";
    check_playing("a", &[At(10), Keys("<Right>")], &format!("seek 15, {wait}"), "*a | a sounding @15");
    check_playing(
        "a",
        &[At(10), Keys("<Left><Left><Left>")],
        &format!("seek 5, {wait}, seek 0, {wait}, seek 0, {wait}"),
        "*a | a sounding @0",
    );
    check_playing("a", &[At(10), Keys("]")], &format!("seek 70, {wait}"), "*a | a sounding @70");
    check_playing("a", &[At(70), Keys("[")], &format!("seek 10, {wait}"), "*a | a sounding @10");
    check_playing("a", &[At(70), Keys("0")], &format!("seek 0, {wait}"), "*a | a sounding @0");
    check_playing("a", &[At(190), Keys("]")], &format!("seek 199, {wait}"), "*a | a sounding @199");
    check("a", &[Keys("<Space><Right>"), Located], "load @5", "*a | a loading @5");
    // A report from before the seek does not take the target back, one from after it counts.
    check_playing("a", &[At(10), Keys("]"), At(11)], "", "*a | a sounding @70");
    check_playing("a", &[At(10), Keys("]"), At(71), At(73)], "", "*a | a sounding @73");
    check_playing("a", &[At(10), Keys("]"), At(11), Step::Elapsed], "", "*a | a sounding @11");
}

#[test]
fn the_next_track_follows_without_a_gap() {
    check_playing("a b c", &[WantsNext], "locate b", "*a b c | a sounding @0");
    check_playing("a b c", &[WantsNext, WantsNext], "", "*a b c | a sounding @0");
    check_playing("a b c", &[WantsNext, Located], "append", "*a b c | a sounding @0");
    check_playing("a b c", &[WantsNext, Located, WantsNext], "locate b", "*a b c | a sounding @0");
    check_playing("a b c", &[WantsNext, Located, Ended], "wait 30000", "*a b c | a ended @0");
    check_playing("a b c", &[WantsNext, Located, Ended, Started], "listened b", "a *b c | b sounding @0");
    check_playing("a b c", &[WantsNext, Located, Started], "listened b", "a *b c | b sounding @0");
    check_playing("a b c", &[WantsNext, Located, Started, WantsNext], "locate c", "a *b c | b sounding @0");
    check_playing(
        "a b c",
        &[WantsNext, Located, Ended, Step::Elapsed],
        "stop, locate b",
        "a *b c | b locating @0",
    );
    check_playing("a b", &[WantsNext, Ended], "", "a *b | b locating @0");
    check_playing("a b", &[WantsNext, Ended, Located], "load @0", "a *b | b loading @0");
    check_playing("a b", &[WantsNext, NotLocated(gone())], "", "*a b | a sounding @0");
    check_playing("a b", &[WantsNext, NotLocated(gone()), Ended], "locate b", "a *b | b locating @0");
    check_playing("a b", &[WantsNext, Located, NewestFailed(gone())], "", "*a b | a sounding @0");
    check_playing(
        "a b",
        &[WantsNext, Located, NewestFailed(gone()), Ended],
        "locate b",
        "a *b | b locating @0",
    );
    check_playing("a b", &[Ended], "locate b", "a *b | b locating @0");
    check_playing("a", &[WantsNext], "", "*a | a sounding @0");
}

#[test]
fn the_end_of_the_queue_and_repeating() {
    let run = check_playing("a b", &[Keys(">"), Located, Started, WantsNext, Ended], "", "*a b | none @0");
    assert!(run.state.finished());
    let run = run.steps([Keys("<Space>")]);
    assert!(!run.state.finished());
    check_playing(
        "a b",
        &[Keys("r"), Keys(">"), Located, Started, WantsNext],
        "locate a",
        "a *b | b sounding @0",
    );
    check_playing("a b", &[Keys("rr"), WantsNext], "locate a", "*a b | a sounding @0");
    check_playing("a b", &[Keys("rr"), Keys(">")], "stop, locate b", "a *b | b locating @0");
    check_playing(
        "a b",
        &[WantsNext, Located, Keys("rr")],
        "wait 5000, drop, locate a, wait 5000",
        "*a b | a sounding @0",
    );
    check_playing("a b", &[WantsNext, Keys("rrr"), Located], "append", "*a b | a sounding @0");
}

#[test]
fn what_fails_is_told_and_the_next_is_played() {
    let told = check(
        "a b",
        &[Keys("<Space>"), NotLocated(gone()), NotElsewhere],
        "locate b",
        "a! *b | b locating @0",
    );
    assert_eq!(told.state.notices.latest().unwrap().words.as_str(), "a: It is gone.");
    assert_eq!(told.state.faults().iter().map(|(_, fault)| fault.clone()).collect::<Vec<_>>(), [gone()]);
    check("a b", &[Keys("<Space>"), Located, Failed(gone())], "locate b", "a! *b | b locating @0");
    check("a b", &[Keys("<Space><Space>"), Located, Failed(gone())], "", "*a! b | none @0");
    let run = check("a", &[Keys("<Space>"), Located, Failed(gone())], "", "*a! | none @0");
    assert!(run.state.finished());
    assert_eq!(run.state.why_silent(), Some(Silence::Failed(gone())));
    check(
        "a",
        &[Keys("<Space>"), NotLocated(gone()), NotElsewhere, Keys("<Space>"), Located, Started],
        "listened a",
        "*a | a sounding @0",
    );
    check_playing(
        "a b c",
        &[WantsNext, Located, Ended, NewestFailed(gone())],
        "locate c",
        "a b! *c | c locating @0",
    );
}

#[test]
fn too_many_failures_in_a_row_end_it() {
    let fail = [Located, Failed(crate::model::Fault::new(FaultKind::Damaged, "It is broken"))];
    let mut steps = vec![Keys("<Space>")];
    (0..5).for_each(|_| steps.extend(fail.clone()));
    let run = check("a b c d e f", &steps, "", "a! b! c! d! *e! f | none @0");
    assert!(run.state.finished());
    assert_eq!(run.state.faults().len(), 5);
    assert!(
        run.state.notices.latest().unwrap().words.as_str().starts_with("Stopped after 5 tracks in a row")
    );
    // One that plays a while in between begins the count anew.
    steps.splice(7..9, [Located, Started, At(6), fail[1].clone(), NotElsewhere]);
    check("a b c d e f", &steps, "locate f", "a! b! c! d! e! *f | f locating @0");
}

#[test]
fn an_address_that_ran_out_is_asked_for_once_more() {
    let expired = || slow();
    let again = [At(42), Failed(expired())];
    check_playing("a b", &again, "locate a again", "*a b | a locating @42");
    check_playing("a b", &[&again[..], &[Located]].concat(), "load @42", "*a b | a loading @42");
    check_playing(
        "a b",
        &[&again[..], &[Located, Started, Failed(expired()), NotElsewhere]].concat(),
        "locate b",
        "a! *b | b locating @0",
    );
    check_playing(
        "a b",
        &[&again[..], &[Located, Started, At(90), Failed(expired())]].concat(),
        "locate a again",
        "*a b | a locating @90",
    );
    // Addresses that live ten seconds: each seek, and each going on after a pause, may need a new one.
    for (wish, place) in [("]", 104), ("[", 0), ("<Space><Space>", 44)] {
        let refused = crate::model::Fault::new(FaultKind::Refused, "403");
        let steps = [&again[..], &[Located, Started, At(44), Keys(wish), Failed(refused)]].concat();
        check_playing("a b", &steps, "locate a again", &format!("*a b | a locating @{place}"));
    }
    check("a b", &[Keys("<Space>"), Located, Failed(expired())], "locate a again", "*a b | a locating @0");
    check_playing(
        "a b",
        &[Keys("<Space>"), At(9), Failed(expired()), Located],
        "load @9 paused",
        "*a b | a loading paused @9",
    );
    let refused = crate::model::Fault::new(FaultKind::Refused, "403");
    check_playing("a b", &[At(9), Failed(refused.clone())], "locate a again", "*a b | a locating @9");
    check("a b", &[Keys("<Space>"), Located, Failed(refused)], "locate b", "a! *b | b locating @0");
    let appended = [WantsNext, Located, At(9), Failed(expired())];
    check_playing("a b", &appended, "stop, locate a again", "*a b | a locating @9");
    let broken = crate::model::Fault::new(FaultKind::Damaged, "It is broken");
    let appended = [WantsNext, Located, At(9), Failed(broken), Started];
    check_playing("a b", &appended[..4], "wait 30000", "*a! b | a ended @9");
    check_playing("a b", &appended, "listened b", "a! *b | b sounding @0");
}

#[test]
fn a_segment_that_is_refused_is_an_address_that_ran_out() {
    let mut run = Run::with("a b").steps(PLAY).steps([At(42)]);
    let play_id = run.state.playback.now.as_ref().unwrap().play_id;
    let missing = |kind| crate::model::Fault::new(kind, "segment 7 is missing");
    run.send(Msg::Event(Event::Troubled { play_id, fault: missing(FaultKind::Network) }));
    assert_eq!((run.asked().as_str(), run.playing().as_str()), ("wait 5000", "*a b | a sounding @42"));
    run.send(Msg::Event(Event::Troubled { play_id, fault: missing(FaultKind::Refused) }));
    assert_eq!(
        (run.asked().as_str(), run.playing().as_str()),
        ("stop, locate a again", "*a b | a locating @42")
    );

    // Before the first sample is heard, too: the segments before it came.
    let mut run = Run::with("a b").steps([Keys("<Space>"), Located]);
    let play_id = run.state.playback.now.as_ref().unwrap().play_id;
    run.send(Msg::Event(Event::Troubled { play_id, fault: missing(FaultKind::SignInNeeded) }));
    assert_eq!(
        (run.asked().as_str(), run.playing().as_str()),
        ("stop, locate a again", "*a b | a locating @0")
    );
}

#[test]
fn a_file_is_not_located_twice() {
    let file = |name: &str| crate::model::Track::new(crate::model::TrackRef::File(name.into()), name);
    let all = Action::PlayAll { tracks: vec![file("x"), file("y")], start: Duration::ZERO };
    check("", &[Do(all), Located, Started, Failed(slow())], "locate y", "x! *y | y locating @0");
}

#[test]
fn reports_of_an_older_attempt_change_nothing() {
    let mut run = check_playing("a b", &[Keys(">"), Located, Started], "listened b", "a *b | b sounding @0");
    let before = run.state.clone();
    let old = PlayId(1);
    for event in [
        Event::Ended { play_id: old },
        Event::Failed { play_id: old, fault: gone() },
        Event::WantsNext { play_id: old },
        Event::Troubled { play_id: old, fault: slow() },
        Event::Located { play_id: old, result: Err(gone()) },
        Event::Started { play_id: old, format: crate::app::tests::format(), length: None },
    ] {
        run.send(Msg::Event(event.clone()));
        assert_eq!(run.state, before, "{event:?}");
    }
}

#[test]
fn the_command_line_plays_to_the_end() {
    let all = Action::PlayAll { tracks: tracks("x y"), start: Duration::from_secs(7) };
    check("a", &[Do(all.clone())], "locate x", "*x y | x locating @7");
    check("a", &[Do(all), Located], "load @7", "*x y | x loading @7");
    let none = Action::PlayAll { tracks: Vec::new(), start: Duration::ZERO };
    assert!(check("", &[Do(none)], "", " | none @0").state.finished());
}

#[test]
fn loudness_stays_in_range_and_unmutes() {
    check("", &[Keys("+")], "volume 85", " | none @0");
    check("", &[Keys("=====")], "volume 85, volume 90, volume 95, volume 100, volume 100", " | none @0");
    check("", &[Keys("-")], "volume 75", " | none @0");
    check("", &[Keys("m")], "volume 80 muted", " | none @0");
    check("", &[Keys("mm")], "volume 80 muted, volume 80", " | none @0");
    check("", &[Keys("m-")], "volume 80 muted, volume 75", " | none @0");
}

#[test]
fn silence_has_a_reason() {
    let rows: &[(&str, Vec<Step>, Option<&str>)] = &[
        ("", vec![], Some("nothing chosen yet")),
        ("a", vec![], Some("stopped")),
        ("a", vec![Keys("<Space>")], Some("waiting for the service")),
        ("a", vec![Keys("<Space>"), Located], Some("opening the track")),
        ("a", PLAY.to_vec(), None),
        ("a", [&PLAY[..], &[Keys("<Space>")]].concat(), Some("paused")),
        ("a", [&PLAY[..], &[Keys("m")]].concat(), Some("muted")),
        ("a", [&PLAY[..], &[Keys("----------------")]].concat(), Some("volume 0")),
        ("a", vec![Keys("<Space>"), NotLocated(gone()), NotElsewhere], Some("failed: It is gone.")),
    ];
    for (queue, steps, expected) in rows {
        let run = Run::with(queue).steps(steps.clone());
        let words = run.state.why_silent().map(|silence| silence.to_string());
        assert_eq!(words.as_deref(), *expected, "{steps:?}");
    }
}

#[test]
fn a_slow_line_and_a_missing_device_are_told() {
    let mut run = Run::with("a").steps(PLAY);
    let play_id = run.state.playback.now.as_ref().map(|now| now.play_id);
    let heard = |bytes_per_second| Heard {
        play_id,
        bytes_per_second,
        state: PlayState::Buffering,
        ..Heard::default()
    };
    run.send(Msg::Event(Event::Heard(heard(40_000))));
    assert_eq!(run.state.why_silent().unwrap().to_string(), "buffering at 40 kB/s");
    run.send(Msg::Event(Event::Heard(heard(0))));
    assert_eq!(run.state.why_silent().unwrap().to_string(), "buffering: nothing comes in");
    let snag = |why: Option<&str>| {
        Msg::Event(Event::Snagged { play_id: play_id.unwrap(), why: why.map(Into::into) })
    };
    run.send(snag(Some("a.example cannot be reached")));
    assert_eq!(run.state.why_silent().unwrap().to_string(), "a.example cannot be reached; asked for again");
    run.send(snag(None));
    assert_eq!(run.state.why_silent().unwrap().to_string(), "buffering: nothing comes in");
    run.send(Msg::Event(Event::OutputChanged(OutputState::NoDevice { reason: "no card".into() })));
    assert_eq!(run.state.why_silent().unwrap().to_string(), "no sound device: no card");
    assert!(matches!(run.effects[..], [Effect::Wait { .. }]));
    let device = OutputState::Playing { device: "Card".into(), rate: SampleRate(48_000) };
    run.send(Msg::Event(Event::OutputChanged(device)));
    assert_eq!(run.state.notices.latest().unwrap().words.as_str(), "Sound goes to Card");
}

#[test]
fn what_is_stopped_is_as_long_as_it_turned_out_to_be() {
    let mut run = Run::with("a");
    std::sync::Arc::make_mut(&mut run.state.queue.entries[0].track).length = None;
    let run = run.steps([Keys("<Space>"), Located]);
    let (play_id, length) = (run.newest, Some(Duration::from_secs(40)));
    let mut run = run.hears(Event::Started { play_id, format: crate::app::tests::format(), length });
    run.step(Keys("S"));
    assert_eq!(run.state.current_track().unwrap().length, length);
    for _ in 0..20 {
        run.step(Keys("<Right>"));
    }
    let place = run.state.playback.position();
    assert!(Duration::from_secs(35) < place && Some(place) < length, "{place:?}");
}

#[test]
fn the_sound_is_shaped_while_it_plays() {
    let told = "wait 5000";
    check_playing("a", &[Keys("g e")], &format!("shape eq bass, {told}"), "*a | a sounding @0");
    check("a", &[Do(Action::Mono)], &format!("shape mono, {told}"), "*a | none @0");
    check("a", &[Do(Action::Mono), Do(Action::Mono)], &format!("shape , {told}"), "*a | none @0");
    check("a", &[Do(Action::BalanceLeft)], &format!("shape left 10, {told}"), "*a | none @0");
    let run = Run::with("").steps(std::iter::repeat_n(Do(Action::BalanceRight), 12));
    assert_eq!(run.asked(), format!("shape right 100, {told}"));
    // All presets, the listener's own bands first, and off again.
    let bands = [3.0; 10];
    let sound = SoundSettings { equaliser: Equaliser::Own(bands), ..SoundSettings::default() };
    let mut run = Run::new(Start { sound, ..Start::default() });
    let mut seen = Vec::new();
    for _ in 0..PRESETS.len() + 2 {
        run.step(Keys("g e"));
        seen.push(run.state.playback.sound.equaliser.title());
    }
    let expected: Vec<_> = PRESETS.iter().map(|preset| preset.name).chain(["off", "own"]).collect();
    assert_eq!(seen, expected);
    assert_eq!(run.state.playback.sound, sound);
}

#[test]
fn a_listen_counts_at_the_end_or_after_half() {
    let played = |run: &Run| {
        let is_told = |effect: &&Effect| matches!(effect, Effect::Played { .. });
        run.effects.iter().filter(is_told).map(|effect| format!("{effect:?}")).collect::<Vec<_>>()
    };
    let check = |steps: &[Step], expected: &[&str]| {
        let run = Run::with("a b").steps(PLAY.into_iter().chain(steps.iter().cloned()));
        let told = played(&run);
        assert_eq!(told.len(), expected.len(), "{steps:?}: {told:?}");
        assert!(told.iter().zip(expected).all(|(told, part)| told.contains(part)), "{steps:?}: {told:?}");
    };
    check(&[Ended], &["whole: true"]);
    check(&[At(99), Do(Action::Next)], &[]);
    check(&[At(101), Do(Action::Next)], &["whole: false"]);
    check(&[At(101), Do(Action::Stop)], &["whole: false"]);
    check(&[Do(Action::Stop)], &[]);
}
