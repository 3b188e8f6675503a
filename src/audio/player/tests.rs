//! The player with tracks of ramps, its output pulled by hand.

mod any;
mod fades;
mod hour;
mod loudness;
mod numbered;
mod outputs;
mod quiet;
mod ramps;
mod speed;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::super::output::{self, Happened, Order, Tell};
use super::super::render::Renderer;
use super::*;
use crate::config::{ReplayGain, SoundSettings};
use crate::model::{Locator, PlayId, SampleRate};
use ramps::{Ramps, floats};

/// Aborts the test that allocates where it must not.
#[global_allocator]
static TRAP: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

const RATE: u32 = 44_100;

/// More than half of the ring.
const READY: usize = 30_000;

/// A player whose output is pulled by hand.
struct Rig {
    player: Player,
    reports: Receiver<Report>,
    renderers: Receiver<Renderer>,
    tells: Arc<Mutex<Vec<Tell>>>,
    renderer: Option<Renderer>,
    /// What was to be opened, in order.
    opened: Arc<Mutex<Vec<OutputChoice>>>,
    /// What each output is ordered.
    orders: Arc<Mutex<Vec<Receiver<Order>>>>,
    /// Frames a second of the next output that is opened.
    rate: Arc<AtomicU32>,
    /// What is not there.
    missing: Arc<Mutex<Option<OutputChoice>>>,
    /// The next output does not run before the test tells so.
    slow: Arc<AtomicBool>,
    /// What cannot be opened waits for this.
    gate: Arc<Mutex<()>>,
}

impl Rig {
    fn new(rate: u32) -> Self {
        Self::fading(rate, Duration::ZERO)
    }

    fn fading(rate: u32, crossfade: Duration) -> Self {
        Self::with(rate, |options| options.crossfade = crossfade)
    }

    fn with(rate: u32, change: impl FnOnce(&mut PlayerOptions)) -> Self {
        let mut options = PlayerOptions {
            buffer_ms: 46,
            closes_after: Duration::MAX,
            output: OutputChoice::Auto,
            moves: false,
            volume: Volume::FULL,
            replaygain: ReplayGain::Off,
            preamp_db: 0.0,
            crossfade: Duration::ZERO,
            sound: SoundSettings::default(),
        };
        change(&mut options);
        let (report, reports) = channel();
        let (hand_over, renderers) = channel();
        let tells: Arc<Mutex<Vec<Tell>>> = Arc::default();
        let kept = Arc::clone(&tells);
        let gate = Arc::default();
        let (opened, missing) =
            (Arc::<Mutex<Vec<OutputChoice>>>::default(), Arc::<Mutex<Option<_>>>::default());
        let (told, gone) = (Arc::clone(&opened), Arc::clone(&missing));
        let orders: Arc<Mutex<Vec<Receiver<Order>>>> = Arc::default();
        let inboxes = Arc::clone(&orders);
        let slow = Arc::new(AtomicBool::new(false));
        let is_slow = Arc::clone(&slow);
        let rate = Arc::new(AtomicU32::new(rate));
        let present = Arc::clone(&rate);
        let player = Player::start_with(
            options,
            Arc::new(Ramps { gate: Arc::clone(&gate) }),
            Box::new(move |told| report.send(told).unwrap_or_default()),
            Box::new(move |choice, _, loudness, tell| {
                told.lock().unwrap().push(choice.clone());
                if gone.lock().unwrap().as_ref() == Some(choice) {
                    return Err(std::io::ErrorKind::NotFound.into());
                }
                let rate = SampleRate(present.load(Ordering::Relaxed));
                let (output, inbox) = output::manual(rate, loudness, &tell, &hand_over);
                if !is_slow.load(Ordering::Relaxed) {
                    tell(Happened::Running);
                }
                inboxes.lock().unwrap().push(inbox);
                kept.lock().unwrap().push(tell);
                Ok(output)
            }),
        )
        .unwrap();
        Self { player, reports, renderers, tells, renderer: None, opened, orders, rate, missing, slow, gate }
    }

    fn load(&self, id: u64, name: &str, start: Duration) {
        let (play_id, locator) = (PlayId(id), Locator::File(name.into()));
        self.player.send(Command::Load { play_id, locator, known: None, start, paused: false });
    }

    fn append(&self, id: u64, name: &str) {
        self.player.send(Command::Append {
            play_id: PlayId(id),
            locator: Locator::File(name.into()),
            known: None,
            blends: true,
        });
    }

    /// Exactly so many frames, waiting for each to be there.
    fn pull(&mut self, frames: usize) -> Vec<f32> {
        let renderer = match self.renderer.take() {
            Some(renderer) => self.renderer.insert(renderer),
            None => self.renderer.insert(self.renderers.recv().unwrap()),
        };
        let mut pulled = Vec::new();
        while pulled.len() < frames * 2 {
            let run = (frames - pulled.len() / 2).min(512).min(renderer.waiting());
            if run == 0 {
                thread::yield_now();
                continue;
            }
            let mut room = vec![9.0; run * 2];
            let music = renderer.render(&mut room);
            room.truncate(music * 2);
            pulled.extend(room);
        }
        pulled
    }

    /// As `pull`, never taking what is left of `whole` frames below what the player keeps ready.
    fn pull_full(&mut self, frames: usize, whole: usize) -> Vec<f32> {
        let mut pulled = self.pull(1);
        while pulled.len() < frames * 2 {
            let done = pulled.len() / 2;
            let ready = self.renderer.as_ref().unwrap().waiting();
            if ready < (whole - done).min(READY) {
                thread::yield_now();
                continue;
            }
            pulled.extend(self.pull((frames - done).min(256)));
        }
        pulled
    }

    /// One round of the output, whatever there is.
    fn round(&mut self, frames: usize) -> Vec<f32> {
        let mut room = vec![9.0; frames * 2];
        self.renderer.as_mut().unwrap().render(&mut room);
        room
    }

    /// Rounds until this is told; a test that waits in vain is ended from outside.
    fn until(&mut self, wanted: impl Fn(&Report) -> bool) -> Vec<Report> {
        let mut told = Vec::new();
        loop {
            if let Some(renderer) = &mut self.renderer {
                renderer.render(&mut [0.0; 256]);
            }
            while let Ok(report) = self.reports.try_recv() {
                let found = wanted(&report);
                told.push(report);
                if found {
                    return told;
                }
            }
            thread::yield_now();
        }
    }

    /// What was told of tracks so far, until `wanted`, in short.
    fn story(&mut self, wanted: &str) -> Vec<String> {
        let reports = self.until(|report| short(report) == wanted);
        reports.iter().map(short).filter(|word| !word.is_empty()).collect()
    }
}

fn short(report: &Report) -> String {
    match report {
        Report::Started { play_id, .. } => format!("started {}", play_id.0),
        Report::WantsNext { play_id } => format!("wants {}", play_id.0),
        Report::Ended { play_id } => format!("ended {}", play_id.0),
        Report::Failed { play_id, .. } => format!("failed {}", play_id.0),
        Report::Troubled { play_id, .. } => format!("troubled {}", play_id.0),
        Report::Measured { play_id, .. } => format!("measured {}", play_id.0),
        Report::Output(_) | Report::Titled { .. } | Report::Snagged { .. } => String::new(),
    }
}

/// Without the wishes for more, which come when the decoder is ready.
fn told(story: &[String]) -> Vec<&str> {
    story.iter().map(String::as_str).filter(|word| !word.starts_with("wants")).collect()
}

#[test]
fn tracks_follow_each_other_without_a_sample_lost_or_added() {
    let mut rig = Rig::new(RATE);
    rig.load(1, "50001-0", Duration::ZERO);
    rig.append(2, "30011-7");
    let mut expected = floats(50_001, 0);
    expected.extend(floats(30_011, 7));
    let pulled = rig.pull(80_012);
    assert!(pulled == expected, "samples differ");
    assert_eq!(told(&rig.story("ended 2")), ["started 1", "ended 1", "started 2", "ended 2"]);
    assert_eq!(rig.player.snapshot().frames_heard, 80_012);
    assert_eq!(rig.player.snapshot().state, super::super::PlayerState::Stopped);
}

#[test]
fn another_rate_gives_the_same_length_of_time() {
    let mut rig = Rig::new(48_000);
    rig.load(1, "44100-0", Duration::ZERO);
    rig.append(2, "44100-0");
    rig.pull(90_000);
    rig.story("ended 2");
    let heard = rig.player.snapshot().frames_heard;
    assert!(heard.abs_diff(96_000) <= 1, "{heard}");
}

#[test]
fn a_pause_loses_nothing() {
    let mut rig = Rig::new(RATE);
    rig.load(1, "60000-0", Duration::ZERO);
    let before = rig.pull(20_000);
    rig.player.send(Command::Pause);
    let line = Arc::clone(rig.renderer.as_ref().unwrap().line());
    while !line.is_paused() {
        thread::yield_now();
    }
    let fading = rig.round(1000);
    let heard = usize::try_from(line.heard()).unwrap();
    assert!(heard > 20_000 && heard < 21_000, "fades out within the round: {heard}");
    assert!(fading.iter().skip((heard - 20_000) * 2).all(|sample| *sample == 0.0));
    assert!(rig.round(1000).iter().all(|sample| *sample == 0.0), "silent while paused");
    rig.player.send(Command::Resume);
    while line.is_paused() {
        thread::yield_now();
    }
    let after = rig.pull(60_000 - heard);
    assert!(before == floats(20_000, 0));
    // After ten milliseconds of fading in, the samples are the track's again.
    assert!(after[1000..] == floats(60_000 - heard, heard)[1000..]);
}

#[test]
fn a_seek_lands_on_the_frame() {
    for to in [Duration::from_millis(100), Duration::from_secs(1), Duration::from_millis(1900)] {
        let mut rig = Rig::new(RATE);
        rig.load(1, "90000-0", Duration::ZERO);
        rig.pull(40_000);
        rig.player.send(Command::Seek(to));
        while rig.player.snapshot().position.abs_diff(to) > Duration::from_millis(1) {
            thread::yield_now();
        }
        // What was on its way fades out; then the samples of the new place fade in.
        rig.round(512);
        let frame = usize::try_from(to.as_micros() * u128::from(RATE) / 1_000_000).unwrap();
        let pulled = rig.pull(5000);
        let expected = floats(90_000 - frame, frame);
        let settled = &pulled[1200..];
        let at =
            expected.windows(8).position(|run| run == &settled[..8]).expect("these samples are in the track");
        assert_eq!(settled, &expected[at..at + settled.len()]);
        assert!(at <= 1200 + 512, "{at}");
    }
}

#[test]
fn what_was_appended_can_be_dropped_after_it_was_pushed() {
    for rate in [RATE, 48_000] {
        let mut rig = Rig::new(rate);
        rig.load(1, "20000-0", Duration::ZERO);
        rig.append(2, "20000-5");
        rig.pull(10_000);
        while rig.renderer.as_ref().unwrap().waiting() < 25_000 {
            thread::yield_now();
        }
        rig.player.send(Command::DropAppended);
        let line = Arc::clone(rig.renderer.as_ref().unwrap().line());
        while line.discard_ahead(line.read()).is_none() {
            thread::yield_now();
        }
        rig.append(3, "4000-9");
        let story = rig.story("ended 3");
        assert_eq!(told(&story), ["started 1", "ended 1", "started 3", "ended 3"]);
        // Said again once it began, since nobody could heed it before.
        assert!(story.contains(&"wants 3".to_owned()), "{story:?}");
        let expected = (24_000 * u64::from(rate)).div_ceil(u64::from(RATE));
        assert!(rig.player.snapshot().frames_heard.abs_diff(expected) <= 1);
    }
}

/// Asked twice, the listener's queue would append two tracks, of which the second cuts the first off.
#[test]
fn a_loaded_track_asks_once_for_what_follows() {
    let mut rig = Rig::new(RATE);
    rig.load(1, "4000-0", Duration::ZERO);
    assert_eq!(rig.story("wants 1"), ["wants 1"]);
    rig.pull(4000);
    assert_eq!(rig.story("ended 1"), ["started 1", "ended 1"]);
}

#[test]
fn a_newer_track_replaces_an_older_one() {
    let mut rig = Rig::new(RATE);
    rig.load(1, "90000-0", Duration::ZERO);
    rig.pull(1000);
    rig.load(2, "8000-3", Duration::ZERO);
    let story = rig.story("ended 2");
    assert_eq!(story.last().map(String::as_str), Some("ended 2"));
    assert!(!story.contains(&"ended 1".to_owned()), "{story:?}");
}

#[test]
fn a_lost_device_costs_no_sample() {
    let mut rig = Rig::new(RATE);
    rig.load(1, "70000-0", Duration::ZERO);
    let mut heard = rig.pull(30_000);
    rig.renderer = None;
    rig.tells.lock().unwrap()[0](Happened::Lost("unplugged".into()));
    heard.extend(rig.pull(40_000));
    // The new device begins with a soft start.
    let expected = floats(70_000, 0);
    assert!(heard[..60_000] == expected[..60_000]);
    assert!(heard[60_882..] == expected[60_882..]);
    rig.story("ended 1");
}

#[test]
fn what_cannot_be_opened_is_told_and_the_rest_plays() {
    let mut rig = Rig::new(48_000);
    // Nothing follows after all: what waits in the resampler is heard.
    rig.load(1, "100-0", Duration::ZERO);
    rig.append(2, "nothing");
    rig.pull(109);
    rig.story("ended 1");
    let mut rig = Rig::new(RATE);
    rig.load(1, "20000-0", Duration::ZERO);
    rig.append(2, "nothing");
    rig.append(3, "100-0");
    rig.pull(20_100);
    let story = rig.story("ended 3");
    assert!(story.contains(&"ended 1".to_owned()), "{story:?}");
    rig.load(4, "nothing", Duration::ZERO);
    assert_eq!(rig.story("failed 4"), ["failed 4"]);
}

#[test]
fn a_failure_is_told_whatever_was_asked_meanwhile() {
    let mut rig = Rig::new(RATE);
    let gate = Arc::clone(&rig.gate);
    let closed = gate.lock().unwrap();
    rig.load(1, "nothing", Duration::ZERO);
    rig.player.send(Command::Seek(Duration::from_secs(1)));
    drop(closed);
    assert_eq!(rig.story("failed 1"), ["failed 1"]);
    // One that waits behind what was decoded ahead of it.
    rig.load(2, "broken 160000-0", Duration::ZERO);
    rig.pull(1000);
    rig.player.send(Command::Seek(Duration::from_millis(100)));
    assert_eq!(told(&rig.story("failed 2")).last(), Some(&"failed 2"));
}

#[test]
fn a_resampled_track_ends_when_nothing_follows_after_all() {
    let mut rig = Rig::new(48_000);
    let gate = Arc::clone(&rig.gate);
    let closed = gate.lock().unwrap();
    rig.load(1, "40000-0", Duration::ZERO);
    rig.append(2, "nothing");
    rig.pull(42_900);
    drop(closed);
    let story = rig.story("ended 1");
    assert!(story.contains(&"failed 2".to_owned()), "{story:?}");
    let heard = rig.player.snapshot().frames_heard;
    assert!(heard.abs_diff(40_000 * 480 / 441) <= 1, "{heard}");
}

#[test]
fn a_resampled_track_keeps_its_end_when_what_follows_is_dropped() {
    let mut rig = Rig::new(48_000);
    let gate = Arc::clone(&rig.gate);
    let closed = gate.lock().unwrap();
    rig.load(1, "40000-0", Duration::ZERO);
    rig.append(2, "nothing");
    rig.pull(20_000);
    rig.player.send(Command::DropAppended);
    rig.story("ended 1");
    drop(closed);
    let heard = rig.player.snapshot().frames_heard;
    assert!(heard.abs_diff(40_000 * 480 / 441) <= 1, "{heard}");
}

#[test]
fn what_was_to_follow_can_be_dropped_while_it_is_waited_for() {
    let mut rig = Rig::new(RATE);
    let gate = Arc::clone(&rig.gate);
    let closed = gate.lock().unwrap();
    rig.load(1, "3000-0", Duration::ZERO);
    rig.append(2, "nothing");
    rig.pull(3000);
    rig.story("ended 1");
    rig.append(3, "3000-0");
    drop(closed);
    assert_eq!(told(&rig.story("ended 3")), ["started 3", "ended 3"]);
}

#[test]
fn what_follows_a_short_rest_that_faded_begins_whole() {
    let line = Arc::new(super::super::line::Line::new(1.0, false));
    let (mut samples, mut renderer) = super::super::render::ring(&line, 2, SampleRate(RATE), 10_000);
    samples.push_entire_slice(&[0.5; 400]).unwrap();
    renderer.render(&mut [0.0; 200]);
    // Fewer frames than it takes to fall silent.
    line.discard(100, 200);
    renderer.render(&mut [0.0; 400]);
    samples.push_entire_slice(&[0.5; 2000]).unwrap();
    let mut room = [0.0; 2000];
    assert_eq!(renderer.render(&mut room), 1000);
    assert!(room.iter().all(|sample| sample.to_bits() == 0.5_f32.to_bits()), "{:?}", &room[..8]);
}

#[test]
fn music_that_breaks_off_goes_and_comes_softly() {
    let line = Arc::new(super::super::line::Line::new(1.0, false));
    let (mut samples, mut renderer) = super::super::render::ring(&line, 1, SampleRate(RATE), 10_000);
    line.expect_music(true);
    let mut heard = Vec::new();
    // Enough for the first round, and then for less than 10 ms, for more, and for nothing.
    for frames in [3000, 0, 200, 0, 0, 1500, 0, 5000] {
        samples.push_entire_slice(&vec![0.8; frames]).unwrap();
        let mut room = [0.0; 2048];
        renderer.render(&mut room);
        heard.extend(room);
    }
    let step = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0_f32, f32::max);
    // The shortest fade is over 200 frames.
    assert!(step <= 0.8 / 200.0 + 1e-6, "{step}");
    assert!(heard[..2048].iter().all(|sample| sample.to_bits() == 0.8_f32.to_bits()));
    assert!(heard[heard.len() - 1000..].iter().all(|sample| sample.to_bits() == 0.8_f32.to_bits()));
    assert_eq!(line.underruns(), 3);
}

#[test]
fn the_callback_neither_allocates_nor_frees() {
    let line = Arc::new(super::super::line::Line::new(1.0, false));
    let (mut samples, mut renderer) = super::super::render::ring(&line, 2, SampleRate(RATE), 10_000);
    samples.push_entire_slice(&floats(10_000, 0)).unwrap();
    let mut room = vec![0.0; 1024];
    let mut rounds = |change: &dyn Fn()| {
        change();
        assert_no_alloc::assert_no_alloc(|| renderer.render(&mut room));
    };
    rounds(&|| ());
    rounds(&|| line.set_gain(0.5));
    rounds(&|| line.pause(true));
    rounds(&|| line.pause(false));
    rounds(&|| line.discard(0, 6000));
    for _ in 0..20 {
        rounds(&|| line.expect_music(true));
    }
    assert_eq!(line.underruns(), 1);
}
