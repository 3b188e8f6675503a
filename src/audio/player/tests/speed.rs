//! Other speeds and shortened silences: lengths, places and joins.

use super::*;
use crate::config::Speed;

fn at_speed(rate: u32, percent: u8) -> Rig {
    Rig::with(rate, |options| options.sound.speed = Speed::new(percent).unwrap())
}

fn seconds(rig: &Rig) -> f64 {
    rig.player.snapshot().position.as_secs_f64()
}

#[test]
fn tracks_take_as_long_as_they_should_and_join() {
    for (rate, percent) in [(RATE, 50), (RATE, 105), (RATE, 200), (48_000, 75), (48_000, 150)] {
        let mut rig = at_speed(rate, percent);
        rig.load(1, "100001-0", Duration::ZERO);
        rig.append(2, "60000-7");
        let frames = 160_001 * u64::from(rate) / u64::from(RATE) * 100 / u64::from(percent);
        rig.pull(usize::try_from(frames).unwrap() - 10);
        assert_eq!(told(&rig.story("ended 2")), ["started 1", "ended 1", "started 2", "ended 2"]);
        let heard = rig.player.snapshot().frames_heard;
        assert!(heard.abs_diff(frames) <= 2, "{percent} % at {rate}: {heard}, not {frames}");
    }
}

#[test]
fn the_place_is_that_in_the_track() {
    for percent in [50, 125, 200] {
        let mut rig = at_speed(RATE, percent);
        rig.load(1, "441000-0", Duration::ZERO);
        let speed = f64::from(percent) / 100.0;
        rig.pull_full(44_100, 44_100_000 / usize::from(percent));
        rig.until(|report| short(report) == "started 1");
        let line = Arc::clone(rig.renderer.as_ref().unwrap().line());
        let due = |from: f64, since: u64| from + (line.ear() - since) as f64 / f64::from(RATE) * speed;
        assert!((seconds(&rig) - due(0.0, 0)).abs() < 0.01, "{percent}: {}", seconds(&rig));
        // A seek lands where it should, and time goes on from there.
        rig.player.send(Command::Seek(Duration::from_secs(5)));
        while (seconds(&rig) - 5.0).abs() > 0.001 {
            thread::yield_now();
        }
        rig.round(512);
        rig.pull(4096);
        let (before, since) = (seconds(&rig), line.ear());
        assert!((before - 5.0).abs() < 0.3, "{percent}: {before}");
        rig.pull(22_050);
        let wanted = due(before, since);
        assert!((seconds(&rig) - wanted).abs() < 0.01, "{percent}: {}, not {wanted}", seconds(&rig));
    }
}

#[test]
fn a_change_of_speed_goes_on_from_where_the_ear_is() {
    let mut rig = Rig::new(RATE);
    rig.load(1, "441000-0", Duration::ZERO);
    // With nothing ready there would be nothing to take back.
    rig.pull_full(88_200, 441_000);
    let sound = |percent| SoundSettings { speed: Speed::new(percent).unwrap(), ..SoundSettings::default() };
    rig.player.send(Command::Shape(sound(200)));
    let line = Arc::clone(rig.renderer.as_ref().unwrap().line());
    while line.discard_ahead(line.read()).is_none() {
        thread::yield_now();
    }
    rig.round(1024);
    rig.pull(44_100);
    assert!((seconds(&rig) - 4.0).abs() < 0.1, "{}", seconds(&rig));
    while rig.player.snapshot().exact {
        thread::yield_now();
    }
    rig.player.send(Command::Shape(sound(100)));
    while !rig.player.snapshot().exact {
        thread::yield_now();
    }
    rig.round(1024);
    // At its own speed all samples are the track's again.
    let pulled = rig.pull(20_000);
    let settled = &pulled[2000..];
    let whole = floats(441_000, 0);
    let at = whole.windows(8).skip(300_000).position(|run| run == &settled[..8]).unwrap() + 300_000;
    assert!(whole[at..at + settled.len()] == *settled);
    assert!((at as f64 / 2.0 / f64::from(RATE) - 4.0).abs() < 0.2, "{at}");
    rig.story("ended 1");
}

#[test]
fn a_cross_fade_is_as_long_in_the_tracks() {
    let mut rig = Rig::with(RATE, |options| {
        options.sound.speed = Speed::new(200).unwrap();
        options.crossfade = Duration::from_secs(1);
    });
    rig.load(1, "200000-0", Duration::ZERO);
    rig.append(2, "200000-0");
    let frames = (400_000 - u64::from(RATE)) / 2;
    rig.pull_full(usize::try_from(frames).unwrap() - 10, usize::try_from(frames).unwrap());
    rig.story("ended 2");
    let heard = rig.player.snapshot().frames_heard;
    assert!(heard.abs_diff(frames) <= 4, "{heard}, not {frames}");
}

#[test]
fn silence_is_skipped_and_the_place_stays_true() {
    let mut rig = Rig::with(RATE, |options| options.sound.skip_silence = true);
    // The middle third, five seconds of it, is silent.
    rig.load(1, "gap 661500-100", Duration::ZERO);
    let pulled = rig.pull(441_000 + 22_050 - 10);
    let quiet = pulled.chunks(2).filter(|frame| frame[0].abs() <= 0.001).count();
    assert!(quiet < 24_000, "{quiet} frames are quiet");
    assert!((seconds(&rig) - 15.0).abs() < 0.01, "{}", seconds(&rig));
    rig.story("ended 1");
    let heard = rig.player.snapshot().frames_heard;
    // Samples near zero at the edges are quiet too.
    assert!(heard.abs_diff(441_000 + 22_050) <= 200, "{heard}");
}
