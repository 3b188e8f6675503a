//! Playing that ends before the queue does: after a track, and by the sleep timer.

use super::*;

#[test]
fn playing_stops_after_the_track() {
    let told = "wait 5000";
    check_playing("a b", &[Keys("c")], told, "*a b | a sounding @0");
    check_playing("a b", &[Keys("c"), WantsNext], "", "*a b | a sounding @0");
    check_playing("a b", &[Keys("c"), WantsNext, Ended], told, "a *b | none @0");
    check_playing("a b", &[Keys("c"), WantsNext, Ended, Keys("<Space>")], "locate b", "a *b | b locating @0");
    check_playing("a b", &[WantsNext, Located, Keys("c")], "drop, wait 5000", "*a b | a sounding @0");
    check_playing("a b", &[WantsNext, Located, Keys("c"), Ended], told, "a *b | none @0");
    check_playing("a b", &[WantsNext, Located, Ended, Keys("c")], "drop, wait 5000", "a *b | none @0");
    check_playing("a b", &[WantsNext, Keys("c"), Keys("c")], "locate b, wait 5000", "*a b | a sounding @0");
    check_playing(
        "a b",
        &[Keys("c"), Failed(gone()), NotLocated(gone()), NotElsewhere],
        "",
        "*a! b | none @0",
    );
    check_playing("a", &[Keys("rr"), Keys("c"), Ended], told, "*a | none @0");
    // It is meant once.
    let again = [Keys("c"), Ended, Keys("<Space>"), Located, Started, WantsNext];
    check_playing("a b c", &again, "locate c", "a *b c | b sounding @0");
}

#[test]
fn the_sleep_timer_lets_the_sound_fade_and_pauses() {
    let told = "wait 5000";
    let title = |run: &Run| run.state.playback.ending.title().unwrap_or_default();
    let steps = [
        "stops after this",
        "sleep 15 min",
        "sleep 30 min",
        "sleep 45 min",
        "sleep 60 min",
        "sleep 90 min",
        "",
    ];
    let mut run = Run::with("a b").steps(PLAY);
    for words in steps {
        run.step(Keys("z"));
        assert_eq!(title(&run), words);
    }
    let minutes = |run: &mut Run, count: usize| {
        for _ in 0..count {
            let Ending::In { minute, .. } = run.state.playback.ending else { panic!("no minute runs") };
            run.send(Msg::Event(Event::Elapsed(minute)));
        }
    };
    run.step(Keys("zz"));
    minutes(&mut run, 1);
    assert_eq!((run.asked().as_str(), title(&run).as_str()), ("wait 60000", "sleep 14 min"));
    let fading = || {
        let mut run = Run::with("a b").steps(PLAY).steps([Keys("zz")]);
        minutes(&mut run, 15);
        run
    };
    assert_eq!((fading().asked().as_str(), title(&fading()).as_str()), ("fade 10, wait 10000", "sleep now"));
    let asleep = fading().steps([Step::Elapsed]);
    assert_eq!(
        (asleep.asked().as_str(), asleep.playing().as_str()),
        ("pause, wait 5000", "*a b | a sounding paused @0")
    );
    let awake = fading().steps([Keys("<Right>")]);
    assert_eq!((awake.asked(), title(&awake)), (format!("loud, {told}, seek 5, wait 3000"), String::new()));
    // As long as is typed.
    let typed = |keys| Run::with("a b").steps(PLAY).steps([Keys("gZ"), Keys(keys)]);
    let notice = |run: &Run| run.state.notices.latest().unwrap().words.to_string();
    for (keys, title_of, told) in [
        ("2 0 <Enter>", "sleep 20 min", "Sleep timer: 20 minutes"),
        ("1 <Enter>", "sleep 1 min", "Sleep timer: 1 minute"),
        ("1 4 4 0 <Enter>", "sleep 1440 min", "Sleep timer: 1440 minutes"),
        ("1 4 4 1 <Enter>", "", "1441 is no number of minutes from 1 to 1440"),
        ("0 <Enter>", "", "0 is no number of minutes from 1 to 1440"),
        ("s o o n <Enter>", "", "soon is no number of minutes from 1 to 1440"),
        ("<Enter>", "", "Type the minutes, then Enter"),
    ] {
        let run = typed(keys);
        assert_eq!((title(&run).as_str(), notice(&run).as_str()), (title_of, told));
    }
    let run = typed("2 0 <Enter>").steps([Keys("c")]);
    assert_eq!(notice(&run), "Playing stops after this track; the sleep timer is off");
    // Nothing plays any more: nothing fades.
    let mut run = Run::with("a b").steps(PLAY).steps([Keys("zz"), Keys("<Space>")]);
    minutes(&mut run, 15);
    assert_eq!((run.asked().as_str(), title(&run).as_str()), ("", ""));
}
