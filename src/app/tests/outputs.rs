//! Choosing where the sound goes, and devices that go away.

use super::Step::{Keys, Located, Started};
use super::*;
use crate::app::{Outputs, Overlay};
use crate::config::Unplugged;
use crate::model::{OutputChoice, OutputState, SampleRate, SoundDevice};

fn devices() -> Vec<SoundDevice> {
    let device = |name: &str, is_default| SoundDevice { name: name.into(), is_default };
    vec![device("Speakers", true), device("USB Headphones", false)]
}

fn listed(choice: OutputChoice) -> Run {
    let start = Start { output: choice, services: services(), ..Start::default() };
    let run = Run::new(start).steps([Keys("gd")]);
    assert_eq!(run.asked(), "list outputs");
    run.hears(Event::OutputsListed(Ok(devices())))
}

fn outputs(run: &Run) -> &Outputs {
    match run.state.overlays.last() {
        Some(Overlay::Outputs(outputs)) => outputs,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_present_output_is_marked_and_another_can_be_chosen() {
    let named = |name: &str| OutputChoice::Device(name.to_owned());
    for (choice, present) in
        [(OutputChoice::Auto, 0), (named("Speakers"), 1), (named("USB"), 2), (named("HDMI"), 0)]
    {
        let run = listed(choice.clone());
        let outputs = outputs(&run);
        let marked: Vec<_> = outputs.rows.iter().map(|row| row.is_present).collect();
        let expected: Vec<_> = (0..3).map(|row| row == present && choice != named("HDMI")).collect();
        assert_eq!((marked, outputs.list.cursor()), (expected, Some(present)), "{choice:?}");
    }
    let run = listed(OutputChoice::Auto).steps([Keys("<Down><Down><Enter>")]);
    assert_eq!(run.effects[0], Effect::SetOutput(named("USB Headphones")));
    assert!(run.state.overlays.is_empty());
    let run = run.steps([Keys("gd")]).hears(Event::OutputsListed(Ok(devices())));
    assert_eq!(outputs(&run).list.cursor(), Some(2));
    let run = run.steps([Keys("<Enter>")]);
    assert_eq!(run.asked(), "wait 5000", "it goes there already");
    let run = listed(OutputChoice::Auto).hears(Event::OutputsListed(Err(gone())));
    assert!(outputs(&run).fault.is_some() && !outputs(&run).waiting);
    let run = listed(OutputChoice::Auto).steps([Keys("q")]);
    assert!(run.state.overlays.is_empty());
}

#[test]
fn a_device_that_goes_away_pauses_or_not() {
    let plays = |device: &str| {
        Event::OutputChanged(OutputState::Playing { device: device.into(), rate: SampleRate(44_100) })
    };
    let lost = || Event::OutputChanged(OutputState::NoDevice { reason: "unplugged".into() });
    let playing = |unplugged| {
        let session = Session {
            tracks: tracks("a").into_iter().map(Into::into).collect(),
            current: Some(0),
            ..Session::default()
        };
        let start = Start { unplugged, session, services: services(), ..Start::default() };
        Run::new(start).steps([Keys("<Space>"), Located]).hears(plays("USB")).steps([Started])
    };
    let check = |run: Run, asked: &str, words: &str| {
        let told = run.state.notices.latest().map(|notice| notice.words.to_string()).unwrap_or_default();
        assert_eq!((run.asked().as_str(), told.as_str()), (asked, words));
        run
    };
    let silent = "No sound device: unplugged. Time passes in silence until there is one";
    let run = check(playing(Unplugged::Move).hears(lost()), "wait 5000", silent);
    check(run.hears(plays("Speakers")), "wait 5000", "Sound goes to Speakers");
    // The player moves by itself from one that was chosen by name, and back.
    let mut run = playing(Unplugged::Move);
    run.state.playback.choice = OutputChoice::Device("US".to_owned());
    let words = "USB is gone. Sound goes to Speakers until it is back";
    let run = check(run.hears(plays("Speakers")), "wait 5000", words);
    check(run.hears(plays("USB")), "wait 5000", "Sound goes to USB");
    let gone = "Paused: USB is gone (unplugged)";
    let run = check(playing(Unplugged::Pause).hears(lost()), "pause, wait 5000", gone);
    let run = check(run.hears(plays("Speakers")), "wait 5000", "Paused. Sound would go to Speakers now");
    assert!(run.state.playback.paused);
    let run = playing(Unplugged::Pause).hears(lost()).hears(plays("USB"));
    let run = check(run, "resume, wait 5000", "USB is back");
    assert!(!run.state.playback.paused);
    // Who paused since, or before, is asked for nothing.
    let run = playing(Unplugged::Pause).steps([Keys("<Space>")]).hears(lost()).hears(plays("USB"));
    assert!(run.state.playback.paused);
    // Without any device it is not played on in silence, and the place stays.
    let run = playing(Unplugged::Pause).hears(lost()).steps([Keys("<Space>")]);
    let run = check(run, "wait 5000", "There is no sound device: it plays on when USB is back");
    assert!(run.state.playback.paused);
    assert!(!run.hears(plays("USB")).state.playback.paused);
    let run = playing(Unplugged::Pause).hears(lost()).hears(plays("Speakers")).steps([Keys("<Space>")]);
    assert!(!run.state.playback.paused, "there is another one");
}
