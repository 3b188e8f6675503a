//! Another output while it plays.

use super::*;

#[test]
fn another_output_costs_no_sample_and_keeps_the_place() {
    let mut rig = Rig::new(RATE);
    rig.load(1, "90000-0", Duration::ZERO);
    let mut heard = rig.pull(30_000);
    // The same again is nothing new.
    rig.player.send(Command::Output(OutputChoice::Auto));
    heard.extend(rig.pull(10_000));
    rig.player.send(Command::Output(OutputChoice::Device("USB".to_owned())));
    rig.renderer = None;
    heard.extend(rig.pull(1));
    let place = rig.player.snapshot().position.as_secs_f64();
    assert!((place - 40_000.0 / f64::from(RATE)).abs() < 0.001, "{place}");
    heard.extend(rig.pull(49_999));
    let expected = floats(90_000, 0);
    assert!(heard[..80_000] == expected[..80_000]);
    // The new one begins with a soft start.
    assert!(heard[80_882..] == expected[80_882..]);
    assert_eq!(told(&rig.story("ended 1")), ["started 1", "ended 1"]);
}

#[test]
fn another_output_while_paused_stays_silent_at_its_place() {
    let mut rig = Rig::new(RATE);
    rig.load(1, "90000-0", Duration::ZERO);
    rig.pull(20_000);
    rig.player.send(Command::Pause);
    rig.player.send(Command::Output(OutputChoice::Device("USB".to_owned())));
    rig.renderer = Some(rig.renderers.recv().unwrap());
    assert!(rig.round(4000).iter().all(|sample| *sample == 0.0));
    let place = rig.player.snapshot().position.as_secs_f64();
    assert!((place - 20_000.0 / f64::from(RATE)).abs() < 0.02, "{place}");
    rig.player.send(Command::Resume);
    rig.pull(70_000);
    rig.story("ended 1");
}
