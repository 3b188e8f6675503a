//! What changes the sound: cross-fades, a sound that fades out, and one that is shaped.

use super::*;

/// What two ramps become, the second from 0 on, when the first goes over `fade` frames.
fn faded(first: usize, second: usize, fade: usize) -> Vec<f32> {
    let (old, new) = (floats(first, 0), floats(second, 0));
    let mixed = (0..fade * 2).map(|index| {
        let share = ((index / 2) as f32 + 0.5) / fade as f32 * std::f32::consts::FRAC_PI_2;
        let (coming, going) = share.sin_cos();
        old[(first - fade) * 2 + index] * going + new[index] * coming
    });
    let alone = old[..(first - fade) * 2].iter().copied();
    alone.chain(mixed).chain(new[fade * 2..].iter().copied()).collect()
}

fn assert_close(heard: &[f32], expected: &[f32]) {
    assert_eq!(heard.len(), expected.len());
    let off = heard.iter().zip(expected).position(|(heard, expected)| (heard - expected).abs() > 1e-6);
    assert_eq!(off, None);
}

#[test]
fn one_track_goes_while_the_next_one_comes() {
    let mut rig = Rig::fading(RATE, Duration::from_millis(100));
    rig.load(1, "55000-0", Duration::ZERO);
    rig.append(2, "50000-0");
    let expected = faded(55_000, 50_000, 4410);
    let heard = rig.pull_full(100_590, 100_590);
    assert_close(&heard, &expected);
    assert!(heard[..101_000] == expected[..101_000] && heard[110_000..] == expected[110_000..]);
    assert_eq!(told(&rig.story("ended 2")), ["started 1", "ended 1", "started 2", "ended 2"]);
    assert_eq!(rig.player.snapshot().frames_heard, 100_590);
}

#[test]
fn a_fade_that_is_not_heard_yet_can_be_taken_back() {
    let mut rig = Rig::fading(RATE, Duration::from_millis(100));
    rig.load(1, "55000-0", Duration::ZERO);
    rig.append(2, "50000-0");
    let mut heard = rig.pull_full(45_000, 100_590);
    while rig.renderer.as_ref().unwrap().waiting() < 12_000 {
        thread::yield_now();
    }
    rig.player.send(Command::DropAppended);
    let line = Arc::clone(rig.renderer.as_ref().unwrap().line());
    while line.discard_ahead(line.read()).is_none() {
        thread::yield_now();
    }
    heard.extend(rig.pull(10_000));
    assert_eq!(told(&rig.story("ended 1")), ["started 1", "ended 1"]);
    let expected = floats(55_000, 0);
    // A soft start of ten milliseconds where the fade would have been.
    assert!(heard[..50_590 * 2] == expected[..50_590 * 2]);
    assert!(heard[(50_590 + 441) * 2..] == expected[(50_590 + 441) * 2..]);
}

#[test]
fn a_seek_within_a_fade_moves_the_track_that_comes() {
    let mut rig = Rig::fading(RATE, Duration::from_millis(500));
    rig.load(1, "55000-0", Duration::ZERO);
    rig.append(2, "50000-0");
    rig.pull_full(40_000, 82_950);
    assert_eq!(told(&rig.story("started 2")), ["started 1", "ended 1", "started 2"]);
    rig.player.send(Command::Seek(Duration::from_secs(1)));
    while rig.player.snapshot().position < Duration::from_millis(900) {
        thread::yield_now();
    }
    assert_eq!(told(&rig.story("ended 2")), ["ended 2"]);
}

#[test]
fn a_sound_fades_out_and_comes_back() {
    let mut rig = Rig::new(RATE);
    rig.load(1, "300000-0", Duration::ZERO);
    rig.pull(10);
    let line = Arc::clone(rig.renderer.as_ref().unwrap().line());
    rig.player.send(Command::FadeOut(Duration::from_millis(150)));
    let mut gains = vec![line.gain()];
    while line.gain() > 0.0 {
        if line.gain() < gains[gains.len() - 1] {
            gains.push(line.gain());
        }
    }
    assert!(gains.len() > 3, "in steps: {gains:?}");
    rig.player.send(Command::FadeIn);
    while line.gain() < 1.0 {
        thread::yield_now();
    }
    // Held while it is silent, and loud when it goes on.
    rig.player.send(Command::FadeOut(Duration::ZERO));
    rig.player.send(Command::Pause);
    while line.gain() > 0.0 || !line.is_paused() {
        thread::yield_now();
    }
    rig.player.send(Command::Resume);
    while line.is_paused() {
        thread::yield_now();
    }
    assert!(line.gain() >= 1.0);
}

#[test]
fn a_sound_is_shaped_from_where_the_ear_is() {
    let mut rig = Rig::new(RATE);
    rig.load(1, "60000-0", Duration::ZERO);
    let before = rig.pull(20_000);
    let expected = floats(60_000, 0);
    assert!(before == expected[..40_000]);
    let line = Arc::clone(rig.renderer.as_ref().unwrap().line());
    rig.player.send(Command::Shape(SoundSettings { balance: -100, ..SoundSettings::default() }));
    while line.discard_ahead(line.read()).is_none() {
        thread::yield_now();
    }
    assert!(rig.player.snapshot().position.abs_diff(Duration::from_millis(453)) < Duration::from_millis(5));
    // 10 ms in which the old sound goes; then the same samples once more, coming within 10 ms.
    let after = rig.pull(441 + 40_000);
    let (left, right): (Vec<f32>, Vec<f32>) =
        after[882 + 882..].chunks(2).map(|pair| (pair[0], pair[1])).unzip();
    let wanted: Vec<f32> = expected[40_882..].iter().step_by(2).copied().collect();
    // The ramp falls from its top to 0 at frame 30,000: between those samples it is beyond full scale, and limited.
    let (before, behind) = (29_700 - 20_441, 39_200 - 20_441);
    assert!(left[..before] == wanted[..before] && left[behind..] == wanted[behind..left.len()]);
    assert!(right.iter().all(|sample| *sample == 0.0));
    assert_eq!(told(&rig.story("ended 1")), ["started 1", "ended 1"]);
    // And back: not a bit is changed.
    rig.player.send(Command::Shape(SoundSettings::default()));
    rig.load(2, "30000-0", Duration::ZERO);
    assert!(rig.pull(30_000) == floats(30_000, 0));
}

#[test]
fn whether_every_bit_arrives_is_told() {
    let becomes = |rig: &Rig, exact: bool| {
        while rig.player.snapshot().exact != exact {
            thread::yield_now();
        }
    };
    let mut rig = Rig::new(RATE);
    assert!(!rig.player.snapshot().exact, "nothing is heard");
    rig.load(1, "200000-0", Duration::ZERO);
    rig.pull(100);
    becomes(&rig, true);
    let quieter = Command::Volume { volume: Volume::new(99), muted: false };
    let full = Command::Volume { volume: Volume::FULL, muted: false };
    let mono = SoundSettings { mono: true, ..SoundSettings::default() };
    for (changed, back) in [
        (quieter, full),
        (Command::Shape(mono), Command::Shape(SoundSettings::default())),
        (Command::FadeOut(Duration::from_secs(9)), Command::FadeIn),
    ] {
        rig.player.send(changed);
        becomes(&rig, false);
        rig.player.send(back);
        becomes(&rig, true);
    }
    let mut rig = Rig::new(48_000);
    rig.load(1, "200000-0", Duration::ZERO);
    rig.pull(100);
    rig.story("started 1");
    assert!(!rig.player.snapshot().exact, "another rate");
}

#[test]
fn where_a_seek_goes_is_heard_in_the_round_in_which_the_old_place_ends() {
    let mut rig = Rig::new(RATE);
    rig.load(1, "300000-0", Duration::ZERO);
    rig.pull_full(1000, 300_000);
    let renderer = rig.renderer.as_mut().unwrap();
    // A second is kept ready, and no more.
    while renderer.waiting() < 43_000 {
        thread::yield_now();
    }
    rig.player.send(Command::Seek(Duration::from_secs(3)));
    while renderer.waiting() < 44_100 + 2_000 {
        thread::yield_now();
    }
    let mut room = vec![9.0; 4000];
    assert_eq!(renderer.render(&mut room), 2000, "no silence between them");
    // 10 ms in which the old place goes, 10 ms in which the new one comes, and then the new one as it is.
    let expected = floats(300_000, 0);
    assert!(room[1764..] == expected[(3 * RATE as usize + 441) * 2..][..4000 - 1764]);
}
