//! A device that is closed while nothing is to be heard.

use super::*;

/// A player that closes its device as soon as it is quiet.
fn rig() -> Rig {
    Rig::with(RATE, |options| options.closes_after = Duration::ZERO)
}

impl Rig {
    /// Pauses, and waits until the device is closed. Gives the frames that were heard.
    fn pause_until_closed(&mut self) -> usize {
        self.player.send(Command::Pause);
        self.until_closed();
        usize::try_from(self.player.snapshot().frames_heard).unwrap()
    }

    fn until_closed(&mut self) {
        while !self.renderer.as_ref().unwrap().is_let_go() {
            thread::yield_now();
        }
        self.renderer = None;
    }

    fn opened(&self) -> Vec<OutputChoice> {
        self.opened.lock().unwrap().clone()
    }

    /// Orders are taken in turn: what this reads was so after all that were given before.
    fn settle(&mut self) {
        let to = self.player.snapshot().length.unwrap();
        self.player.send(Command::Seek(to));
        while self.player.snapshot().position != to {
            thread::yield_now();
        }
    }
}

#[test]
fn a_long_pause_closes_the_device_and_costs_no_sample() {
    for rate in [RATE, 48_000] {
        let mut rig = Rig::with(rate, |options| options.closes_after = Duration::ZERO);
        rig.load(1, "90000-0", Duration::ZERO);
        let mut heard = rig.pull(10_000);
        for round in 1..=4 {
            let frames = rig.pause_until_closed();
            assert_eq!(frames, 10_000 * round);
            let snapshot = rig.player.snapshot();
            let place = (frames as f64) / f64::from(rate);
            assert!((snapshot.position.as_secs_f64() - place).abs() < 0.000_1, "{snapshot:?}, not {place}");
            assert_eq!(snapshot.state, super::super::super::PlayerState::Paused);
            assert_eq!(rig.opened().len(), round);
            rig.player.send(Command::Resume);
            heard.extend(rig.pull(10_000));
        }
        if rate == RATE {
            let expected = floats(50_000, 0);
            for from in (0..50_000).step_by(10_000) {
                // Each begins softly but the first.
                let soft = if from == 0 { 0 } else { 882 };
                let run = (from + soft) * 2..(from + 10_000) * 2;
                assert!(heard[run.clone()] == expected[run], "from {from}");
            }
        }
        rig.player.send(Command::Append {
            play_id: PlayId(2),
            locator: Locator::File("100-0".into()),
            known: None,
            blends: false,
        });
        assert_eq!(told(&rig.story("ended 2")), ["started 1", "ended 1", "started 2", "ended 2"]);
    }
}

#[test]
fn a_device_that_is_closed_is_not_opened_before_music_comes() {
    let mut rig = rig();
    rig.load(1, "90000-0", Duration::ZERO);
    rig.pull(10_000);
    rig.pause_until_closed();
    // Neither for a seek nor for another track that waits, and not for another device.
    let usb = OutputChoice::Device("USB".to_owned());
    rig.player.send(Command::Seek(Duration::from_secs(1)));
    rig.player.send(Command::Output(usb.clone()));
    rig.settle();
    rig.player.send(Command::Seek(Duration::from_secs(1)));
    assert_eq!(rig.opened(), [OutputChoice::Auto]);
    rig.player.send(Command::Resume);
    let heard = rig.pull(20_000);
    assert_eq!(rig.opened(), [OutputChoice::Auto, usb.clone()]);
    assert!(heard[1764..] == floats(20_000, 44_100)[1764..], "the place that was sought");
    // What is stopped closes it too, and the next track opens it.
    rig.player.send(Command::Stop);
    rig.until_closed();
    rig.load(2, "5000-3", Duration::ZERO);
    assert!(rig.pull(5000) == floats(5000, 3));
    assert_eq!(rig.opened(), [OutputChoice::Auto, usb.clone(), usb]);
    rig.story("ended 2");
}

#[test]
fn a_track_that_is_loaded_and_waits_opens_nothing() {
    let mut rig = rig();
    rig.load(1, "90000-0", Duration::ZERO);
    rig.pull(1000);
    rig.pause_until_closed();
    let (play_id, locator) = (PlayId(2), Locator::File("60000-7".into()));
    let start = Duration::from_millis(500);
    rig.player.send(Command::Load { play_id, locator, known: None, start, paused: true });
    rig.player.send(Command::Append {
        play_id: PlayId(3),
        locator: Locator::File("1000-5".into()),
        known: None,
        blends: false,
    });
    while rig.player.snapshot().length.is_none() {
        thread::yield_now();
    }
    assert_eq!(rig.opened().len(), 1);
    rig.player.send(Command::Resume);
    let heard = rig.pull(60_000 - 22_050 + 1000);
    let mut expected = floats(60_000 - 22_050, 22_057);
    expected.extend(floats(1000, 5));
    assert!(heard[1764..] == expected[1764..]);
    assert_eq!(told(&rig.story("ended 3")), ["started 1", "started 2", "ended 2", "started 3", "ended 3"]);
}

#[test]
fn a_device_that_goes_while_it_is_closed_is_missed_only_then() {
    let mut rig = rig();
    rig.load(1, "90000-0", Duration::ZERO);
    rig.pull(10_000);
    rig.pause_until_closed();
    *rig.missing.lock().unwrap() = Some(OutputChoice::Auto);
    rig.tells.lock().unwrap()[0](Happened::Lost("unplugged".into()));
    rig.player.send(Command::Resume);
    let silence = rig.pull(10_000);
    assert!(silence[1764..] == floats(10_000, 10_000)[1764..], "time goes on without a device");
    assert_eq!(rig.opened()[..3], [OutputChoice::Auto, OutputChoice::Auto, OutputChoice::Null]);
    // It is looked for while it is paused as well: what was paused because of that is to go on.
    rig.player.send(Command::Pause);
    rig.settle();
    let before = rig.tells.lock().unwrap().len();
    *rig.missing.lock().unwrap() = None;
    while rig.tells.lock().unwrap().len() == before {
        std::thread::yield_now();
    }
    assert_eq!(rig.opened().last(), Some(&OutputChoice::Auto));
}

#[test]
fn a_device_is_opened_again_once_it_is_closed() {
    let mut quiet = super::super::quiet::Quiet::new(Duration::ZERO);
    let now = super::super::control::now();
    quiet.wait_for(7, now);
    assert!(!quiet.may_open(false));
    quiet.told_closed(6);
    assert!(!quiet.may_open(false), "another one");
    quiet.told_closed(7);
    assert!(quiet.may_open(false));
    quiet.wait_for(8, now);
    quiet.give_up_waiting(now);
    assert!(!quiet.may_open(false));
    quiet.give_up_waiting(now + Duration::from_secs(2));
    assert!(quiet.may_open(false), "a device that hangs is not waited for");
}

#[test]
fn a_device_that_does_not_run_yet_is_not_put_to_rest() {
    let mut rig = Rig::new(RATE);
    rig.slow.store(true, Ordering::Relaxed);
    rig.load(1, "90000-0", Duration::ZERO);
    rig.pull(10_000);
    rig.player.send(Command::Pause);
    // Longer than until a device that runs rests.
    let order = |wait| rig.orders.lock().unwrap()[0].recv_timeout(Duration::from_millis(wait));
    assert!(order(1500).is_err(), "it may not have asked for samples for the first time");
    rig.tells.lock().unwrap()[0](Happened::Running);
    assert!(matches!(order(60_000), Ok(Order::Rest)));
}
