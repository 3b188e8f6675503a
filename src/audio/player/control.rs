//! The player's thread: orders in, reports out.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::config::{ReplayGain, SoundSettings};
use crate::model::{Fault, FaultKind, Locator, Loudness, OutputState, PlayId, Volume};
use crate::stream::Open;

use super::super::command::{Command, Report};
use super::super::deck::{Deck, span};
use super::super::loudness::Levelling;
use super::super::output::Happened;
use super::super::scope::Tape;
use super::board::Board;
use super::outlet::Outlet;
use super::voice::{Mark, Unheard, Voice, What};
use super::{Message, OpenOutput, PlayerOptions};

/// How often notes of the streams are read while something plays.
const NOTES_INTERVAL: Duration = Duration::from_secs(1);

pub(super) struct Control {
    pub opener: Arc<dyn Open>,
    pub report: Box<dyn Fn(Report) + Send + Sync>,
    pub open_output: OpenOutput,
    pub inbox: Sender<Message>,
    pub board: Arc<Mutex<Board>>,
    pub tape: Arc<Mutex<Tape>>,
    /// Tracks the ear has not left; the first is heard or will be next.
    pub voices: VecDeque<Voice>,
    /// Which of them is being pushed.
    pub feeding: usize,
    pub marks: VecDeque<Mark>,
    pub unheard: VecDeque<Unheard>,
    /// Converted samples, and where among them those begin that found no room yet.
    pub pending: Vec<f32>,
    pub pending_from: usize,
    pub paused: bool,
    pub volume: Volume,
    pub muted: bool,
    /// When the sound began to fade out, and over what time.
    pub fading_out: Option<(Instant, Duration)>,
    pub levelling: Levelling,
    /// How long one track goes while the next one comes.
    pub crossfade: Duration,
    /// How the sound is shaped.
    pub sound: SoundSettings,
    /// The track that goes.
    pub going: Option<PlayId>,
    /// The track that goes, once the next one is heard.
    pub gone: Option<Voice>,
    /// Nothing is pushed until the next track is there, to come while this one goes.
    pub awaits_next: bool,
    /// There is more to push, and room for it.
    pub has_more: bool,
    pub outlet: Outlet,
    decks_opened: u64,
}

impl Control {
    pub fn new(
        options: PlayerOptions,
        opener: Arc<dyn Open>,
        report: Box<dyn Fn(Report) + Send + Sync>,
        open_output: OpenOutput,
        inbox: Sender<Message>,
        (board, tape): (Arc<Mutex<Board>>, Arc<Mutex<Tape>>),
    ) -> Self {
        if let Ok(mut board) = board.lock() {
            board.speed = options.sound.speed;
        }
        Self {
            opener,
            report,
            open_output,
            inbox,
            board,
            tape,
            voices: VecDeque::new(),
            feeding: 0,
            marks: VecDeque::new(),
            unheard: VecDeque::new(),
            pending: Vec::new(),
            pending_from: 0,
            paused: false,
            volume: options.volume,
            muted: false,
            fading_out: None,
            crossfade: options.crossfade,
            sound: options.sound,
            going: None,
            gone: None,
            awaits_next: false,
            has_more: false,
            levelling: Levelling { mode: options.replaygain, preamp_db: options.preamp_db, shuffled: false },
            outlet: Outlet::new(options.output, options.moves, options.closes_after),
            decks_opened: 0,
        }
    }

    pub fn run(mut self, messages: &Receiver<Message>) {
        loop {
            let message = match self.next_wake() {
                Some(wait) => messages.recv_timeout(wait),
                None => messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match message {
                Ok(message) => {
                    if self.handle(message) {
                        break;
                    }
                    for message in messages.try_iter() {
                        if self.handle(message) {
                            return self.close(messages);
                        }
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.turn();
        }
        self.close(messages);
    }

    /// What is done after each message, and when a wait is over.
    pub fn turn(&mut self) {
        self.fade_on();
        self.outlet.quiet.give_up_waiting(now());
        self.listen();
        self.feed();
        self.listen();
        self.look_after_output();
        self.tell_path();
        self.pass_on_notes();
    }

    fn close(mut self, messages: &Receiver<Message>) {
        self.voices.clear();
        self.outlet.close();
        // A file that could not be completed says so only now.
        for message in messages.try_iter() {
            if let Message::Output(_, Happened::Lost(reason)) = message {
                (self.report)(Report::Output(OutputState::NoDevice { reason }));
            }
        }
    }

    /// True when the player is to end.
    pub fn handle(&mut self, message: Message) -> bool {
        match message {
            Message::Command(command) => self.obey(command),
            Message::Fed => {}
            Message::Output(number, happened) => self.output_told(number, happened),
            Message::Shutdown => return true,
        }
        false
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Load { play_id, locator, known, start, paused } => {
                self.load(play_id, start, paused);
                self.add(play_id, locator, known, start);
            }
            Command::Append { play_id, locator, known, blends } => {
                self.drop_appended();
                self.add(play_id, locator, known, Duration::ZERO);
                if let Some(voice) = self.voices.back_mut().filter(|voice| voice.play_id == play_id) {
                    voice.appended = true;
                    voice.blends = blends;
                }
            }
            Command::DropAppended => self.drop_appended(),
            Command::Pause => self.pause(true),
            Command::Resume => self.pause(false),
            Command::FadeOut(over) => self.fading_out = Some((now(), over)),
            Command::FadeIn => self.stop_fading(),
            Command::Stop => {
                self.unload();
                self.stop_fading();
                self.pause(false);
            }
            Command::Seek(to) => self.seek(to),
            Command::Volume { volume, muted } => {
                (self.volume, self.muted) = (volume, muted);
                self.tell_gain();
            }
            Command::Shuffled(shuffled) => self.levelling.shuffled = shuffled,
            Command::Shape(sound) => self.shape(sound),
            Command::Output(choice) => self.change_output(&choice),
        }
    }

    fn load(&mut self, play_id: PlayId, start: Duration, paused: bool) {
        self.unload();
        self.pause(paused);
        self.on_board(|board| {
            board.play_id = Some(play_id);
            board.at = start;
            board.length = None;
            board.loaded = true;
            board.feeding = true;
        });
    }

    fn add(&mut self, play_id: PlayId, locator: Locator, known: Option<Loudness>, start: Duration) {
        let measures = self.levelling.mode != ReplayGain::Off && known.is_none();
        match self.open_deck(locator.clone(), start, measures) {
            Ok(deck) => {
                if self.voices.is_empty() {
                    let monitor = Arc::clone(deck.monitor());
                    self.on_board(|board| {
                        board.loaded = true;
                        board.feeding = true;
                        board.play_id = Some(play_id);
                        board.monitor = Some(monitor);
                    });
                }
                let mut voice = Voice::new(play_id, locator, known, deck, start);
                voice.skips = self.sound.skip_silence;
                self.voices.push_back(voice);
            }
            Err(fault) => {
                (self.report)(Report::Failed { play_id, fault });
                self.settle();
            }
        }
    }

    fn open_deck(&mut self, locator: Locator, start: Duration, measures: bool) -> Result<Deck, Fault> {
        let name = if self.decks_opened.is_multiple_of(2) { "decode-a" } else { "decode-b" };
        self.decks_opened += 1;
        let inbox = self.inbox.clone();
        let wake = move || {
            let _ = inbox.send(Message::Fed);
        };
        Deck::open(name, Arc::clone(&self.opener), locator, start, measures, wake)
            .map_err(|error| Fault::new(FaultKind::Other, format!("no thread can be started: {error}")))
    }

    /// Forgets every track and every sample.
    fn unload(&mut self) {
        while let Some(voice) = self.voices.pop_front() {
            self.retire(&voice);
        }
        self.clear_line();
        self.unheard.clear();
        self.on_board(|board| {
            board.loaded = false;
            board.feeding = false;
            board.play_id = None;
            board.length = None;
            board.at = Duration::ZERO;
            board.monitor = None;
        });
    }

    /// Counts a voice's monitor among what is over.
    pub fn retire(&mut self, voice: &Voice) {
        let monitor = Arc::clone(voice.deck.monitor());
        self.notes_of(voice.play_id, &monitor);
        self.on_board(|board| board.past.add_monitor(&monitor));
    }

    fn pause(&mut self, paused: bool) {
        if self.paused && !paused {
            self.stop_fading();
        }
        self.paused = paused;
        if let Some(sink) = &self.outlet.sink {
            sink.line.pause(paused);
        }
        self.on_board(|board| board.paused = paused);
        if !paused {
            self.outlet.wake();
        }
    }

    fn seek(&mut self, to: Duration) {
        self.return_unheard();
        self.clear_line();
        let Some(voice) = self.voices.front_mut() else { return };
        let to = voice.length.map_or(to, |length| to.min(length));
        voice.returned.clear();
        voice.skipper.clear();
        voice.soften = true;
        if voice.dead || !voice.deck.seek(to) {
            let locator = voice.locator.clone();
            match (self.open_deck(locator, to, false), self.voices.front_mut()) {
                (Ok(deck), Some(voice)) => {
                    let monitor = Arc::clone(deck.monitor());
                    voice.deck = deck;
                    voice.dead = false;
                    self.on_board(|board| board.monitor = Some(monitor));
                }
                (Err(fault), _) => return self.fail_unheard(fault),
                (Ok(_), None) => {}
            }
        }
        self.on_board(|board| {
            board.at = to;
            board.feeding = true;
        });
    }

    /// Forgets what was appended and is not yet heard.
    fn drop_appended(&mut self) {
        let Some(front) = self.voices.front() else { return };
        if front.appended && !front.started {
            // The track before has ended already, and this one has not begun.
            self.clear_line();
            while let Some(voice) = self.voices.pop_front() {
                self.retire(&voice);
            }
            return self.settle();
        }
        let heard = front.play_id;
        if self.voices.len() == 1 {
            return;
        }
        if self.outlet.sink.as_ref().is_some_and(|sink| sink.line.discard_ahead(sink.line.read()).is_some()) {
            // A line holds one order to discard at a time: this one begins anew.
            self.return_unheard();
            self.clear_line();
        }
        let end = self.marks.iter().find(|mark| mark.play_id == heard && matches!(mark.what, What::End(_)));
        if let (Some(end), true) = (end.map(|mark| mark.frame), self.feeding > 0) {
            self.cut_from(end);
            self.take_fade_back();
        }
        for voice in self.voices.split_off(1) {
            self.retire(&voice);
        }
        self.feeding = self.feeding.min(1);
        self.marks.retain(|mark| mark.play_id == heard);
        self.unheard.retain(|unheard| unheard.play_id == heard);
    }

    /// Tells what the ear has reached.
    pub fn listen(&mut self) {
        let Some(line) = self.outlet.sink.as_ref().map(|sink| Arc::clone(&sink.line)) else { return };
        let ear = line.ear();
        while self.marks.front().is_some_and(|mark| mark.frame <= ear) {
            if let Some(mark) = self.marks.pop_front() {
                self.reach(mark);
            }
        }
        while self.unheard.get(1).is_some_and(|next| next.frame <= ear) {
            self.unheard.pop_front();
        }
    }

    fn reach(&mut self, mark: Mark) {
        let Some(voice) = self.voices.front_mut().filter(|voice| voice.play_id == mark.play_id) else {
            return;
        };
        match mark.what {
            What::At(at) => {
                let (play_id, length) = (voice.play_id, voice.length);
                let monitor = Arc::clone(voice.deck.monitor());
                let first = !std::mem::replace(&mut voice.started, true);
                let format = voice.format.clone();
                self.on_board(|board| {
                    (board.play_id, board.length) = (Some(play_id), length);
                    (board.frame, board.at) = (mark.frame, at);
                    board.monitor = Some(monitor);
                });
                if let (true, Some(format)) = (first, format) {
                    (self.report)(Report::Started { play_id, format, length });
                    // What was wished for before the listener knew that an appended track is the one that plays was
                    // not heeded. Of a loaded one it was: asked twice, two tracks would be appended.
                    if self.voices.len() == 1
                        && self.voices.front().is_some_and(|voice| voice.appended && voice.wants_next_told)
                    {
                        (self.report)(Report::WantsNext { play_id });
                    }
                }
            }
            What::End(fault) => {
                let play_id = voice.play_id;
                if let Some(voice) = self.voices.pop_front() {
                    if self.going == Some(play_id) {
                        self.gone = Some(voice);
                    } else {
                        self.retire(&voice);
                    }
                }
                self.feeding = self.feeding.saturating_sub(1);
                self.unheard.retain(|unheard| unheard.play_id != play_id);
                (self.report)(match fault {
                    None => Report::Ended { play_id },
                    Some(fault) => Report::Failed { play_id, fault },
                });
                self.settle();
            }
        }
    }

    /// Tells the board when nothing is loaded any more.
    pub fn settle(&mut self) {
        if self.voices.is_empty() {
            self.on_board(|board| {
                board.loaded = false;
                board.feeding = false;
                board.play_id = None;
                board.monitor = None;
            });
        }
    }

    /// Places a track on the board before it is heard: its length is known.
    pub fn on_board(&self, change: impl FnOnce(&mut Board)) {
        if let Ok(mut board) = self.board.lock() {
            change(&mut board);
        }
    }

    fn pass_on_notes(&mut self) {
        for index in 0..self.voices.len() {
            if let Some(voice) = self.voices.get(index) {
                let (play_id, monitor) = (voice.play_id, Arc::clone(voice.deck.monitor()));
                self.notes_of(play_id, &monitor);
            }
        }
    }

    fn notes_of(&self, play_id: PlayId, monitor: &crate::stream::Monitor) {
        if let Some(title) = monitor.take_title() {
            (self.report)(Report::Titled { play_id, title });
        }
        if let Some(why) = monitor.take_snag() {
            (self.report)(Report::Snagged { play_id, why });
        }
        for note in monitor.take_notes() {
            (self.report)(Report::Troubled { play_id, fault: note.fault() });
        }
    }

    /// How long nothing needs to be done unless something comes in.
    fn next_wake(&self) -> Option<Duration> {
        if self.has_more {
            return Some(Duration::ZERO);
        }
        let mut wakes = Vec::with_capacity(5);
        wakes.extend(self.outlet.next_look(self.paused || self.voices.is_empty(), now()));
        if let Some(sink) = &self.outlet.sink
            && !self.paused
            && !self.voices.is_empty()
        {
            wakes.push(NOTES_INTERVAL);
            wakes.extend(self.next_fade_step());
            if let Some(mark) = self.marks.front() {
                // The ear moves in steps of the device's; a little later it is surely there.
                wakes.push(
                    span(mark.frame.saturating_sub(sink.line.ear()), sink.rate.0) + Duration::from_millis(5),
                );
            }
            if self.pending_from < self.pending.len() || self.awaits_next {
                wakes.push(sink.until_room());
            }
        }
        wakes.into_iter().min()
    }
}

/// The clock by which the player waits.
#[expect(clippy::disallowed_methods, reason = "the player waits and measures speeds by this")]
pub(super) fn now() -> Instant {
    Instant::now()
}
