//! What is known of tracks from earlier listening.

use super::*;
use crate::app::update;
use crate::config::Speed;
use crate::model::{Learned, Loudness, Resume};

/// An hour of speech and a song.
fn hour_and_song(learned: Learned) -> Run {
    let mut both = tracks("hour song");
    both[0].length = Some(Duration::from_hours(1));
    let session = Session {
        tracks: both.into_iter().map(Into::into).collect(),
        current: Some(0),
        position: Duration::ZERO,
        ..Session::default()
    };
    Run::new(Start { services: services(), session, learned, ..Start::default() })
}

fn kept_at(seconds: u64) -> Learned {
    let point =
        Resume { position: Duration::from_secs(seconds), length: Some(Duration::from_hours(1)), kept_at: 0 };
    let mut kept = Learned::default();
    kept.resume.insert(tracks("hour")[0].reference.clone(), point);
    kept
}

#[test]
fn a_long_track_goes_on_where_it_was_left() {
    let check = |learned: Learned, steps: &[Step], asked: &str, position: u64| {
        let run = hour_and_song(learned).steps(steps.iter().cloned());
        let at = run.state.playback.position().as_secs();
        assert_eq!((run.asked().as_str(), at), (asked, position), "{steps:?}");
        run
    };
    let left = |at, asked| check(Learned::default(), &[&PLAY[..], &[At(at), Keys("n")]].concat(), asked, 0);
    left(1800, "place hour 1800, stop, locate song");
    left(59, "stop, locate song");
    left(60, "place hour 60, stop, locate song");
    left(3540, "place hour 3540, stop, locate song");
    left(3541, "stop, locate song");
    // Left at its start or its end after it was left in the middle: it begins anew.
    let again = |at, asked| check(kept_at(1800), &[&PLAY[..], &[At(at), Keys("n")]].concat(), asked, 0);
    again(30, "forget hour, stop, locate song");
    again(3590, "forget hour, stop, locate song");
    let run = check(kept_at(3723), &PLAY[..1], "wait 5000, locate hour", 3723);
    let words = run.state.notices.latest().unwrap().words.to_string();
    assert_eq!(words, "Went on at 1:02:03; 0 starts it again");
    check(kept_at(1800), &PLAY[..2], "load @1800", 1800);
    check(kept_at(1800), &[&PLAY[..], &[At(1800), Keys("0")]].concat(), "seek 0, wait 3000", 0);
    check(kept_at(1800), &[&PLAY[..], &[At(2000), Keys("S")]].concat(), "stop, forget hour", 0);
    check(kept_at(1800), &[Keys("0"), Keys("<Space>")], "locate hour", 0);
    check(kept_at(1800), &[&PLAY[..], &[At(3000), Ended]].concat(), "forget hour, locate song", 0);
    // One that never sounded stays where it was.
    check(kept_at(1800), &[Keys("<Space>"), Keys("n")], "locate song", 0);
}

#[test]
fn what_goes_on_in_its_middle_follows_by_itself() {
    let run = hour_and_song(kept_at(1800)).steps([Keys("n"), Located, Started, Keys("r"), WantsNext]);
    assert_eq!(run.asked(), "", "not without a gap");
    let run = run.steps([At(100), Ended]);
    assert_eq!(
        (run.asked().as_str(), run.state.playback.position().as_secs()),
        ("wait 5000, locate hour", 1800)
    );
}

#[test]
fn the_place_of_the_last_run_is_kept_whatever_is_played_first() {
    let mut both = tracks("hour song");
    both[0].length = Some(Duration::from_hours(1));
    let session = Session {
        tracks: both.into_iter().map(Into::into).collect(),
        current: Some(0),
        position: Duration::from_secs(1800),
        ..Session::default()
    };
    let run = Run::new(Start { services: services(), session, ..Start::default() });
    let run = run.steps([Keys("n"), Located, Started, Keys("<")]);
    assert_eq!(
        (run.asked().as_str(), run.state.playback.position().as_secs()),
        ("stop, wait 5000, locate hour", 1800)
    );
}

#[test]
fn what_was_measured_is_kept_and_given_along() {
    let loudness = Loudness { lufs: -9.5, peak: 1.02 };
    let known = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Load { known, .. } | Effect::Append { known, .. } => Some(*known),
            _ => None,
        })
    };
    let mut run = Run::with("a b").steps(PLAY[..2].iter().cloned());
    assert_eq!(known(&run.effects), Some(None));
    let play_id = run.state.playback.now.as_ref().unwrap().play_id;
    for (id, asked) in [(play_id, 1), (PlayId(999), 0)] {
        let effects = update(&mut run.state, Msg::Event(Event::Measured { play_id: id, loudness }));
        assert_eq!(effects.len(), asked, "{effects:?}");
    }
    let run = run.steps([Started, Keys("n"), Located, Started, Keys("<"), Located]);
    assert_eq!(known(&run.effects), Some(Some(loudness)));
    let run = run.steps([Started, Keys("r"), Keys("r"), WantsNext, Located]);
    assert_eq!(known(&run.effects), Some(Some(loudness)), "it follows itself");
}

#[test]
fn the_sound_comes_back_as_keys_shaped_it_unless_the_configuration_was_changed() {
    let mono = SoundSettings { mono: true, ..SoundSettings::default() };
    let run = Run::with("a").steps([Do(Action::NextPreset), Do(Action::BalanceRight), Do(Action::Faster)]);
    let (chosen, session) = (run.state.playback.sound, run.state.session());
    let start = |sound| Run::new(Start { session: session.clone(), sound, ..Start::default() });
    let again = start(SoundSettings::default());
    let expected = SoundSettings { speed: Speed::NORMAL, ..chosen };
    assert_eq!(again.state.playback.sound, expected);
    assert!(again.effects.contains(&Effect::Shape(expected)) && expected.changes_samples());
    let changed = start(mono);
    assert_eq!(changed.state.playback.sound, mono);
    // What is as it is configured is not kept.
    assert_eq!(changed.state.session().screen.sound, "");
}
