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

#[test]
fn the_default_device_stands_in_for_one_that_is_gone_until_it_is_back() {
    let usb = OutputChoice::Device("USB".to_owned());
    let named = usb.clone();
    let mut rig = Rig::with(RATE, move |options| (options.output, options.moves) = (named, true));
    rig.load(1, "120000-0", Duration::ZERO);
    let mut heard = rig.pull(30_000);
    *rig.missing.lock().unwrap() = Some(usb.clone());
    rig.renderer = None;
    rig.tells.lock().unwrap()[0](Happened::Lost("unplugged".into()));
    heard.extend(rig.pull(30_000));
    // It is looked for, and what plays goes on meanwhile.
    while rig.opened.lock().unwrap().len() < 4 {
        thread::yield_now();
    }
    assert_eq!(*rig.opened.lock().unwrap(), [usb.clone(), OutputChoice::Auto, usb.clone(), usb.clone()]);
    *rig.missing.lock().unwrap() = None;
    let renderer = rig.renderers.recv().unwrap();
    rig.renderer = Some(renderer);
    heard.extend(rig.pull(60_000));
    let expected = floats(120_000, 0);
    assert!(heard[..60_000] == expected[..60_000]);
    assert!(heard[60_882..120_000] == expected[60_882..120_000]);
    assert!(heard[120_882..] == expected[120_882..]);
    rig.story("ended 1");
}

#[test]
fn a_device_that_comes_back_at_another_rate_plays_on_at_the_same_pitch() {
    for new in [48_000_u32, 96_000, 22_050] {
        let mut rig = Rig::new(RATE);
        // Two ramps of 30,000 frames: it goes as the first one ends.
        rig.load(1, "60000-0", Duration::ZERO);
        rig.pull(30_000);
        rig.renderer = None;
        rig.rate.store(new, Ordering::Relaxed);
        rig.tells.lock().unwrap()[0](Happened::Lost("unplugged".into()));
        let whole = 30_000 * new as usize / RATE as usize;
        let heard = rig.pull(whole - 1000);
        // How steep the ramp is now, away from the soft start and from the end.
        let (from, to) = (whole / 10, whole * 9 / 10);
        let steps = f64::from(heard[to * 2] - heard[from * 2]) * 32_768.0;
        let a_second = steps / (to - from) as f64 * f64::from(new);
        assert!((a_second / f64::from(RATE) - 1.0).abs() < 0.001, "{new}: {a_second} steps a second");
        // At the very place where it went.
        let expected = from as f64 * f64::from(RATE) / f64::from(new);
        let place = f64::from(heard[from * 2]) * 32_768.0;
        assert!((place - expected).abs() < 2.0, "{new}: {place}, not {expected}");
        let story = rig.story("ended 1");
        assert!(!story.contains(&"failed 1".to_owned()), "{story:?}");
    }
}
