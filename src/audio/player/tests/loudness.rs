//! Tracks without tags: measured while they play, levelled by what was measured before.

use super::*;
use crate::audio::decode::fixture::ffmpeg_make;
use crate::model::Loudness;

fn levelling(replaygain: ReplayGain) -> Rig {
    Rig::with(RATE, |options| options.replaygain = replaygain)
}

/// Five seconds.
const TRACK: &str = "220500-0";

fn measured(rig: &mut Rig, until: &str) -> Vec<Loudness> {
    let reports = rig.until(|report| short(report) == until);
    let loudness = |report: &Report| match report {
        Report::Measured { loudness, .. } => Some(*loudness),
        _ => None,
    };
    reports.iter().filter_map(loudness).collect()
}

#[test]
fn a_track_heard_whole_is_measured_once_where_loudness_is_evened_out() {
    for (replaygain, times) in [(ReplayGain::Off, 0), (ReplayGain::Smart, 1)] {
        let mut rig = levelling(replaygain);
        rig.load(1, TRACK, Duration::ZERO);
        rig.pull(220_500);
        assert_eq!(measured(&mut rig, "ended 1").len(), times);
        // From its middle on it is not whole.
        rig.load(2, TRACK, Duration::from_secs(1));
        rig.pull(1000);
        assert_eq!(measured(&mut rig, "ended 2"), []);
        rig.load(3, TRACK, Duration::ZERO);
        rig.pull(1000);
        rig.player.send(Command::Seek(Duration::ZERO));
        let line = Arc::clone(rig.renderer.as_ref().unwrap().line());
        while line.discard_ahead(line.read()).is_none() {
            thread::yield_now();
        }
        assert_eq!(measured(&mut rig, "ended 3"), []);
    }
}

#[test]
fn what_was_measured_levels_the_track_and_is_not_measured_again() {
    // 6.0206 dB above the target of -18 LUFS: half as loud.
    let known = Some(Loudness { lufs: -11.9794, peak: 1.0 });
    for (replaygain, factor) in [(ReplayGain::Off, 1.0), (ReplayGain::Track, 0.5), (ReplayGain::Album, 0.5)] {
        let mut rig = levelling(replaygain);
        let (play_id, locator) = (PlayId(1), Locator::File(TRACK.into()));
        rig.player.send(Command::Load { play_id, locator, known, start: Duration::ZERO, paused: false });
        let pulled = rig.pull(20_000);
        for (ours, theirs) in pulled.iter().zip(floats(20_000, 0)) {
            assert!((ours - theirs * factor).abs() < 1e-5, "{ours} {theirs}");
        }
        assert_eq!(measured(&mut rig, "ended 1"), []);
    }
}

#[test]
fn what_was_limited_is_not_called_exact() {
    let folder = tempfile::tempdir().unwrap();
    // A lossy codec goes beyond full scale where its source is at it.
    for (name, level, exact) in [("soft.mp3", 0.3, true), ("full.mp3", 1.0, false)] {
        let wave = format!("{level}*sgn(sin(2*PI*997*t))");
        let square = format!("-f lavfi -i aevalsrc={wave}|{wave}:d=3 -b:a 128k");
        let (path, _) = ffmpeg_make(folder.path(), name, &square);
        let mut rig = Rig::new(RATE);
        rig.load(1, path.to_str().unwrap(), Duration::ZERO);
        let heard = rig.pull(100_000);
        assert!(heard.iter().all(|sample| sample.abs() <= 1.0), "{name}");
        while rig.player.snapshot().exact != exact {
            thread::yield_now();
        }
        assert_eq!(heard.iter().any(|sample| sample.abs() > 0.95), !exact, "{name}");
        rig.story("ended 1");
    }
}
