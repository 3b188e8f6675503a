//! Any commands in any order, with devices that vanish and streams that stand still: what is heard is what a
//! model of a few lines says, 20 ms after each command at the latest. The time is that of the output, which is
//! pulled by hand; `SEGUE_SEQUENCES` says how many sequences there are.

use std::sync::mpsc::Receiver as Inbox;

use super::super::super::deck::span;
use super::super::control::Control;
use super::numbered::{Numbered, Stall, number};
use super::*;

/// Sequences where nothing else is asked for.
const SEQUENCES: u64 = 1_000;

/// Frames within which a command is obeyed: 20 ms.
const ANSWER: u64 = 882;

/// Looks in vain for samples until the player counts as stuck.
const STUCK: u32 = 20_000_000;

/// What should be heard.
#[derive(Debug, Default)]
struct Model {
    /// The track that plays, and its length in frames.
    track: Option<(u64, u64)>,
    /// The one that follows.
    next: Option<(u64, u64)>,
    paused: bool,
    /// The frame that comes next, if it is known exactly.
    place: Option<u64>,
    /// Where the last jump went.
    landed: u64,
    /// Frames of music since the last jump.
    since_jump: u64,
    /// Frames rendered since the last command, and those of music among them.
    since_command: u64,
    music_since_command: u64,
    /// Frames of music that may come softly, after it broke off.
    soft: u64,
    /// Whether the track was to follow another one, and whether it is known to have begun.
    appended: bool,
    started: bool,
}

impl Model {
    fn jump(&mut self, to: u64) {
        (self.place, self.landed, self.since_jump) = (None, to, 0);
    }

    /// What was placed on the line may be placed anew from where the ear is, coming as the old goes: 10 ms are
    /// heard twice.
    fn again(&mut self) {
        if let Some(place) = self.place {
            self.jump(place);
        }
    }

    /// The track is over; what follows may have been heard already.
    fn ended(&mut self) {
        let length = self.track.map_or(0, |(_, frames)| frames);
        self.track = self.next.take();
        (self.appended, self.started) = (true, false);
        self.place = self.place.map(|place| place.saturating_sub(length));
        self.landed = 0;
    }

    /// A command was given, or another device plays.
    fn commanded(&mut self) {
        (self.since_command, self.music_since_command) = (0, 0);
    }

    /// Whether nothing has been heard of what was appended.
    fn only_waits(&self) -> bool {
        self.track.is_none() || self.appended && !self.started
    }

    /// Music was rendered that is not looked at: the next frame is so many further on.
    fn pass(&mut self, frames: u64) {
        self.since_jump += frames;
        self.place = self.place.map(|place| place + frames);
    }

    /// A frame was heard.
    fn hear(&mut self, heard: [f32; 2], gain: f32) {
        let Some((track, length)) = self.track else { panic!("{heard:?} though nothing is loaded") };
        let (number, index) =
            number(heard, gain).unwrap_or_else(|| panic!("{heard:?} at {gain} is no frame"));
        let (expected_track, place) = match (self.place, self.next) {
            (Some(place), Some((next, _))) if place >= length => (next, Some(place - length)),
            (None, Some((next, _))) if number == next => (next, None),
            (place, _) => (track, place),
        };
        assert_eq!(number, expected_track, "another track, at {index}, expected {place:?}");
        if let Some(place) = place {
            assert_eq!(index, place, "of track {number}");
        } else {
            // Across a jump the music between is not counted exactly: some of it was of the old place.
            let from = if number == track { self.landed } else { 0 };
            assert!(index >= from && index <= from + self.since_jump, "{index} after a jump to {from}");
        }
        self.since_jump += 1;
        self.place = Some(if number == track { index + 1 } else { length + index + 1 });
    }
}

struct World {
    control: Control,
    messages: Inbox<Message>,
    reports: Receiver<Report>,
    renderers: Receiver<Renderer>,
    tells: Arc<Mutex<Vec<Tell>>>,
    renderer: Option<Renderer>,
    stall: Arc<Stall>,
    is_stalled: bool,
    model: Model,
    ended: Vec<u64>,
    last_id: u64,
}

impl World {
    fn new() -> Self {
        let (inbox, messages) = channel();
        let (report, reports) = channel();
        let (hand_over, renderers) = channel();
        let tells: Arc<Mutex<Vec<Tell>>> = Arc::default();
        let kept = Arc::clone(&tells);
        let opener = Numbered::default();
        let stall = Arc::clone(&opener.stall);
        let options = PlayerOptions {
            buffer_ms: 46,
            closes_after: Duration::MAX,
            moves: false,
            output: OutputChoice::Auto,
            volume: Volume::FULL,
            replaygain: ReplayGain::Off,
            preamp_db: 0.0,
            crossfade: Duration::ZERO,
            sound: SoundSettings::default(),
        };
        let control = Control::new(
            options,
            Arc::new(opener),
            Box::new(move |told| report.send(told).unwrap_or_default()),
            Box::new(move |_, _, loudness, tell| {
                let (output, _) = output::manual(SampleRate(RATE), loudness, &tell, &hand_over);
                tell(Happened::Running);
                kept.lock().unwrap().push(tell);
                Ok(output)
            }),
            inbox,
            Default::default(),
        );
        let (renderer, model) = (None, Model::default());
        let is_stalled = false;
        let (ended, last_id) = (Vec::new(), 0);
        Self {
            control,
            messages,
            reports,
            renderers,
            tells,
            renderer,
            stall,
            is_stalled,
            model,
            ended,
            last_id,
        }
    }

    /// The player's thread, one turn after the other, until nothing more has come.
    fn turn(&mut self) {
        loop {
            let mut is_quiet = true;
            while let Ok(message) = self.messages.try_recv() {
                is_quiet = false;
                self.control.handle(message);
            }
            self.control.turn();
            while let Ok(renderer) = self.renderers.try_recv() {
                is_quiet = false;
                self.renderer = Some(renderer);
                self.model.commanded();
            }
            if is_quiet {
                break;
            }
        }
        while let Ok(report) = self.reports.try_recv() {
            match report {
                Report::Ended { play_id } => {
                    self.ended.push(play_id.0);
                    if self.model.track.is_some_and(|(track, _)| track == play_id.0) {
                        self.model.ended();
                    }
                }
                Report::Started { play_id, .. } => {
                    self.model.started |= self.model.track.is_some_and(|(track, _)| track == play_id.0);
                }
                Report::Failed { .. } | Report::Troubled { .. } => panic!("{report:?}"),
                _ => {}
            }
        }
    }

    /// The model knows of it already.
    fn order(&mut self, command: Command) {
        self.control.handle(Message::Command(command));
        self.model.commanded();
        self.turn();
    }

    fn name(&mut self, frames: u64) -> (PlayId, Locator) {
        self.last_id = self.last_id % 1_000 + 1;
        (PlayId(self.last_id), Locator::File(format!("{}-{frames}", self.last_id).into()))
    }

    fn load(&mut self, frames: u64, start: u64, paused: bool) {
        let (play_id, locator) = self.name(frames);
        self.turn();
        let start_at = span(start, RATE);
        self.model = Model { track: Some((play_id.0, frames)), paused, ..Model::default() };
        self.model.jump(start);
        self.order(Command::Load { play_id, locator, known: None, start: start_at, paused });
    }

    fn append(&mut self, frames: u64) {
        let (play_id, locator) = self.name(frames);
        self.turn();
        if self.model.only_waits() {
            self.model.track = Some((play_id.0, frames));
            (self.model.appended, self.model.started) = (true, false);
            self.model.jump(0);
        } else {
            if self.model.next.is_some() {
                self.model.again();
            }
            self.model.next = Some((play_id.0, frames));
        }
        self.order(Command::Append { play_id, locator, known: None, blends: false });
    }

    fn seek(&mut self, to: u64) {
        self.turn();
        let length = self.model.track.map_or(0, |(_, frames)| frames);
        self.model.jump(to.min(length));
        self.order(Command::Seek(span(to, RATE)));
    }

    /// The output asks for so many frames.
    fn pull(&mut self, frames: u64) {
        let mut left = frames;
        let mut looks = 0;
        while left > 0 {
            self.turn();
            let is_silent = self.model.paused || self.model.track.is_none();
            let Some(renderer) = &mut self.renderer else {
                // Nothing was ever loaded, or it cannot be read.
                if is_silent || self.is_stalled {
                    return;
                }
                self.look_again(&mut looks);
                continue;
            };
            let waiting = renderer.waiting() as u64;
            let run = left.min(256).min(if is_silent || self.is_stalled { 256 } else { waiting });
            if run == 0 {
                self.look_again(&mut looks);
                continue;
            }
            looks = 0;
            let mut room = vec![9.0; usize::try_from(run).unwrap() * 2];
            let music = renderer.render(&mut room) as u64;
            let gain = renderer.line().gain();
            left -= run;
            self.listen(&room, music, gain);
        }
        self.turn();
    }

    fn look_again(&self, looks: &mut u32) {
        *looks += 1;
        assert!(*looks < STUCK, "stuck: {:?}", self.model);
        thread::yield_now();
    }

    fn listen(&mut self, room: &[f32], music: u64, gain: f32) {
        let model = &mut self.model;
        // The last 10 ms before the music breaks off fade out, and the first behind that fade in.
        let breaks_off = music < room.len() as u64 / 2;
        if breaks_off {
            model.soft = 441;
        }
        for (index, heard) in room.chunks_exact(2).enumerate() {
            assert!(heard.iter().all(|sample| sample.is_finite() && sample.abs() <= 1.0), "{heard:?}");
            let is_music = (index as u64) < music;
            let is_answered = model.since_command >= ANSWER;
            model.since_command += 1;
            if is_answered && (model.paused || model.track.is_none() || gain <= 0.0) {
                assert!(heard == [0.0; 2], "{heard:?} where silence should be: {model:?}");
            }
            if !is_music {
                continue;
            }
            // How long the stream takes is not for the player to say.
            let is_settled = model.music_since_command >= ANSWER && !breaks_off && model.soft == 0;
            model.music_since_command += 1;
            if !breaks_off {
                model.soft = model.soft.saturating_sub(1);
            }
            if is_settled && gain > 0.0 {
                model.hear([heard[0], heard[1]], gain);
            } else {
                model.pass(1);
            }
        }
    }

    fn lose_device(&mut self) {
        if self.renderer.is_none() {
            return;
        }
        self.turn();
        let tells = self.tells.lock().unwrap();
        tells[tells.len() - 1](Happened::Lost("unplugged".into()));
        drop(tells);
        self.renderer = None;
        self.model.commanded();
        self.turn();
    }

    /// A device that is quiet is closed.
    fn let_time_pass(&mut self) {
        self.turn();
        self.control.outlet.quiet.closes_after = Duration::ZERO;
        self.turn();
        self.control.outlet.quiet.closes_after = Duration::MAX;
        if self.renderer.take_if(|renderer| renderer.is_let_go()).is_some() {
            assert!(
                self.model.paused || self.control.voices.is_empty(),
                "closed while it plays: {:?}",
                self.model
            );
            self.model.commanded();
        }
    }

    /// Whatever came before, the music goes on to its end.
    fn finish(&mut self) {
        self.stall.hold(false);
        self.is_stalled = false;
        self.turn();
        self.model.paused = false;
        self.order(Command::Volume { volume: Volume::FULL, muted: false });
        self.order(Command::Resume);
        let mut looks = 0;
        while let Some((track, length)) = self.model.track {
            if self.model.place.is_none_or(|place| place + 6_000 < length) {
                self.seek(length.saturating_sub(4_000));
            }
            while !self.ended.contains(&track) {
                let waiting = self.renderer.as_ref().map_or(0, Renderer::waiting) as u64;
                if waiting > 0 {
                    looks = 0;
                    self.pull(waiting.min(512));
                } else {
                    self.turn();
                    self.look_again(&mut looks);
                }
            }
        }
        self.ended.clear();
    }
}

/// A linear congruential generator: a sequence is told by its number.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn play(world: &mut World, number: u64, story: &Mutex<Vec<String>>) {
    let mut dice = Dice(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
    let step = |what: String| story.lock().unwrap().push(what);
    for _ in 0..4 + dice.below(10) {
        let frames = 1_500 + dice.below(10_000);
        match dice.below(16) {
            0 | 1 => {
                let start = dice.below(2) * dice.below(frames);
                let paused = dice.below(5) == 0;
                step(format!("load {frames} at {start}, paused {paused}"));
                world.load(frames, start, paused);
            }
            2..=4 => {
                step(format!("append {frames}"));
                world.append(frames);
            }
            5 => {
                step("drop what was appended".to_owned());
                world.turn();
                if world.model.next.take().is_some() {
                    world.model.again();
                }
                if world.model.only_waits() {
                    world.model.track = None;
                }
                world.order(Command::DropAppended);
            }
            6 | 7 => {
                step("pause".to_owned());
                world.turn();
                world.model.paused = true;
                world.order(Command::Pause);
            }
            8 | 9 => {
                step("resume".to_owned());
                world.turn();
                world.model.paused = false;
                world.order(Command::Resume);
            }
            10..=12 => {
                let to = dice.below(12_000);
                step(format!("seek {to}"));
                world.seek(to);
            }
            13 => {
                let volume = Volume::new(u8::try_from(60 + dice.below(41)).unwrap());
                let muted = dice.below(4) == 0;
                step(format!("volume {volume:?}, muted {muted}"));
                world.order(Command::Volume { volume, muted });
            }
            14 if dice.below(2) == 0 => {
                step("it is quiet for long".to_owned());
                world.let_time_pass();
            }
            14 => {
                step("the device is lost".to_owned());
                world.lose_device();
            }
            _ => match dice.below(3) {
                0 => {
                    step("stop".to_owned());
                    world.turn();
                    world.model = Model::default();
                    world.order(Command::Stop);
                }
                which => {
                    step(format!("stall {}", which == 1));
                    world.is_stalled = which == 1;
                    world.stall.hold(world.is_stalled);
                }
            },
        }
        let pulled = dice.below(4) * dice.below(1_800);
        step(format!("pull {pulled}"));
        world.pull(pulled);
    }
    step("finish".to_owned());
    world.finish();
}

#[test]
fn any_commands_are_obeyed_at_once_and_lose_no_sample() {
    let wanted = std::env::var("SEGUE_SEQUENCES").ok().and_then(|count| count.parse().ok());
    let mut world = World::new();
    for number in 0..wanted.unwrap_or(SEQUENCES) {
        let story = Mutex::new(Vec::new());
        let outcome =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| play(&mut world, number, &story)));
        assert!(outcome.is_ok(), "sequence {number}:\n{}", story.lock().unwrap().join("\n"));
        if number % 200 == 199 {
            world = World::new();
        }
    }
}
