//! The output as the player sees it: opened with the first track, replaced by silence while there is no
//! device, and opened again when one appears.

use std::sync::Arc;
use std::thread::Thread;
use std::time::{Duration, Instant};

use rtrb::Producer;

use crate::model::{CleanText, Fault, FaultKind, OutputChoice, OutputState, SampleRate, SoundFormat};

use super::super::command::Report;
use super::super::deck::span;
use super::super::line::Line;
use super::super::mix::Mix;
use super::super::output::{Happened, Loudness, Opened, Order, Output, SPARE, Wanted};
use super::Message;
use super::control::{Control, now};
use super::quiet::Quiet;

/// Longest wait for a device to run: a sound server that goes while it is asked never answers.
const RUN_LIMIT: Duration = Duration::from_secs(8);

/// Waits between attempts to open a device; the last one goes on.
const BACK_OFF_MS: [u64; 5] = [200, 500, 1000, 2000, 4000];

#[derive(Default)]
pub(super) struct Outlet {
    pub choice: OutputChoice,
    /// Whether the default device stands in for a missing one.
    moves: bool,
    pub sink: Option<Sink>,
    output: Option<(u64, Output)>,
    /// What that is: not always what was chosen.
    present: OutputChoice,
    /// One that is being opened, to take the other's place.
    candidate: Option<Candidate>,
    outputs_opened: u64,
    wanted: Option<Wanted>,
    /// What is told once the output runs.
    announced: Option<OutputState>,
    /// Why nothing can be written any more.
    broken: Option<CleanText>,
    /// What was told last; attempts that fail alike are told once.
    told: Option<OutputState>,
    retry: Option<Instant>,
    /// Until when what is being opened has to run.
    due: Option<Instant>,
    attempts: usize,
    /// Nothing but silence stands in.
    is_silent: bool,
    pub quiet: Quiet,
}

#[derive(Debug)]
struct Candidate {
    number: u64,
    output: Output,
    /// What is to be opened.
    choice: OutputChoice,
    /// Why silence is to stand in for a device.
    stands_in: Option<CleanText>,
}

/// The line as the player writes it.
pub(super) struct Sink {
    pub samples: Producer<f32>,
    pub line: Arc<Line>,
    pub rate: SampleRate,
    channels: u16,
    /// Bits of a sample that arrive as they were.
    bits: u16,
    pub unpark: Option<Thread>,
    pub mix: Mix,
    /// Frames pushed since the line began.
    pub pushed: u64,
    /// Something was pushed since the line was cleared.
    pub flowing: bool,
    /// Underruns that the log knows of.
    logged_underruns: u64,
}

impl Sink {
    /// As many frames as will have been pushed once the line was filled one more time.
    pub fn full_once_more(&self) -> u64 {
        self.pushed + self.capacity() as u64
    }

    /// Frames the line holds at most, if none are to be discarded.
    fn capacity(&self) -> usize {
        self.samples.buffer().capacity() / self.channels() * SPARE / (SPARE + 1)
    }

    /// Frames that may be pushed now.
    pub fn room(&self) -> usize {
        let free = self.samples.slots() / self.channels();
        if self.discards() {
            return free;
        }
        let spare = self.samples.buffer().capacity() / self.channels() - self.capacity();
        free.saturating_sub(spare)
    }

    /// Whether frames wait to be discarded.
    fn discards(&self) -> bool {
        self.line.discard_ahead(self.line.read()).is_some()
    }

    pub fn channels(&self) -> usize {
        usize::from(self.channels.max(1))
    }

    /// Whether samples of this format can arrive as they were decoded.
    pub fn suits(&self, format: &SoundFormat) -> bool {
        // A single channel is heard on both sides, as it is.
        let channels = self.channels == format.channels || (format.channels == 1 && self.channels == 2);
        // What lossy codecs give has no bits of its own but the decoder's.
        self.rate == format.sample_rate && channels && format.bits.unwrap_or(24) <= self.bits
    }

    /// How long until there is room worth waking up for: half of the ring.
    pub fn until_room(&self) -> Duration {
        // What is to be discarded is gone at the output's next round.
        if self.discards() {
            return Duration::from_millis(5);
        }
        let waiting = (self.samples.buffer().capacity() - self.samples.slots()) / self.channels();
        span(waiting.saturating_sub(self.capacity() / 2) as u64, self.rate.0)
    }
}

impl Outlet {
    pub fn new(choice: OutputChoice, moves: bool, closes_after: Duration) -> Self {
        Self { choice, moves, quiet: Quiet::new(closes_after), ..Self::default() }
    }

    /// What is open: not always what was chosen.
    pub fn present(&self) -> &OutputChoice {
        &self.present
    }

    /// Whether what is open takes samples.
    pub fn runs(&self) -> bool {
        self.announced.is_none()
    }

    /// Whether what is open runs, and stands in for nothing else.
    pub fn is_settled(&self) -> bool {
        self.runs() && !self.is_silent
    }

    /// When a device that was missing, or does not answer, is tried for again.
    pub fn next_try(&self) -> Option<Instant> {
        self.retry.into_iter().chain(self.due).min()
    }

    pub fn order(&self, order: Order) {
        if let Some((_, output)) = &self.output {
            output.order(order);
        }
    }

    /// The number under which the present output will tell that it is closed, if it tells.
    pub fn closes_as(&self) -> Option<u64> {
        self.output.as_ref().filter(|(_, output)| output.tells_its_end()).map(|(number, _)| *number)
    }

    /// The next output is opened as if it were the first.
    pub fn forget_what_was_tried(&mut self) {
        (self.wanted, self.candidate, self.announced) = (None, None, None);
        (self.retry, self.due, self.attempts, self.is_silent) = (None, None, 0, false);
    }

    /// Ends whatever is open; a file is completed before this returns.
    pub fn close(&mut self) {
        self.sink = None;
        self.candidate = None;
        self.output = None;
    }
}

impl Control {
    /// Opens the output for the first track.
    pub fn want_output(&mut self, wanted: Wanted) {
        if let Some(reason) = self.outlet.broken.clone() {
            return self.fail_all(&reason);
        }
        if !self.outlet.quiet.may_open(self.paused) {
            return;
        }
        if self.outlet.candidate.is_none() && self.outlet.wanted.is_none() {
            self.outlet.wanted = Some(wanted);
            let choice = self.outlet.choice.clone();
            self.try_output(&choice, None);
        }
    }

    fn try_output(&mut self, choice: &OutputChoice, stands_in: Option<CleanText>) {
        let Some(wanted) = self.outlet.wanted else { return };
        self.outlet.outputs_opened += 1;
        let number = self.outlet.outputs_opened;
        let inbox = self.inbox.clone();
        let tell = Box::new(move |happened| {
            let _ = inbox.send(Message::Output(number, happened));
        });
        let loudness = Loudness { gain: self.gain(), paused: self.paused };
        match (self.open_output)(choice, wanted, loudness, tell) {
            Ok(output) => {
                self.outlet.due =
                    matches!(choice, OutputChoice::Auto | OutputChoice::Device(_)).then(|| now() + RUN_LIMIT);
                self.outlet.candidate = Some(Candidate { number, output, choice: choice.clone(), stands_in });
            }
            // Not even silence can be had: the system has no thread left.
            Err(error) if *choice == OutputChoice::Null => self.fail_all(&CleanText::new(error.to_string())),
            Err(error) => self.nothing_opened(choice, CleanText::new(error.to_string())),
        }
    }

    pub fn output_told(&mut self, number: u64, happened: Happened) {
        let is_candidate = self.outlet.candidate.as_ref().is_some_and(|its| its.number == number);
        let is_current = self.outlet.output.as_ref().is_some_and(|(its, _)| *its == number);
        match happened {
            Happened::Opened(opened) if is_candidate => {
                if let Some(candidate) = self.outlet.candidate.take() {
                    self.adopt(candidate, opened);
                }
            }
            Happened::Running if is_current => {
                self.outlet.due = None;
                if let Some(state) = self.outlet.announced.take()
                    && self.outlet.told.as_ref() != Some(&state)
                {
                    if matches!(state, OutputState::Playing { .. }) {
                        self.outlet.attempts = 0;
                    }
                    self.outlet.told = Some(state.clone());
                    (self.report)(Report::Output(state));
                }
            }
            Happened::Lost(reason) if is_candidate => {
                let choice = self.outlet.candidate.take().map(|candidate| candidate.choice);
                self.nothing_opened(&choice.unwrap_or_default(), reason);
            }
            Happened::Lost(reason) if is_current => {
                self.let_go();
                let choice = self.outlet.present.clone();
                self.nothing_opened(&choice, reason);
            }
            Happened::Closed => self.outlet.quiet.told_closed(number),
            // From an output that was replaced meanwhile, or merely a reason to look.
            Happened::Opened(_) | Happened::Running | Happened::Lost(_) | Happened::Room => {}
        }
    }

    /// The candidate takes the place of what was there.
    fn adopt(&mut self, candidate: Candidate, opened: Opened) {
        self.let_go();
        self.outlet.output = Some((candidate.number, candidate.output));
        self.outlet.quiet.begin_anew();
        let Opened { samples, line, rate, channels, bits, device, unpark } = opened;
        line.set_gain(self.gain());
        line.pause(self.paused);
        let mut mix = Mix::new(rate, usize::from(channels.max(1)));
        mix.shape(&self.sound);
        self.on_board(|board| {
            board.rate = rate.0;
            board.line = Some(Arc::clone(&line));
        });
        if let Ok(mut tape) = self.tape.lock() {
            tape.begin(rate.0, usize::from(channels));
        }
        self.outlet.sink = Some(Sink {
            samples,
            line,
            rate,
            channels,
            bits,
            unpark,
            mix,
            pushed: 0,
            flowing: false,
            logged_underruns: 0,
        });
        self.outlet.present.clone_from(&candidate.choice);
        self.outlet.is_silent = candidate.stands_in.is_some();
        // While the default device stands in, the named one is looked for.
        if self.outlet.moves
            && matches!(self.outlet.choice, OutputChoice::Device(_))
            && candidate.choice == OutputChoice::Auto
        {
            let wait = BACK_OFF_MS.last().copied().unwrap_or(4000);
            self.outlet.retry.get_or_insert(now() + Duration::from_millis(wait));
        } else if !self.outlet.is_silent {
            self.outlet.retry = None;
        }
        self.outlet.announced = Some(match candidate.stands_in {
            Some(reason) => OutputState::NoDevice { reason },
            None => OutputState::Playing { device, rate },
        });
    }

    /// Takes the present output away; what was not heard is pushed again to the next one.
    pub fn let_go(&mut self) {
        self.return_unheard();
        self.outlet.sink = None;
        self.outlet.output = None;
        self.on_board(super::board::Board::freeze);
    }

    /// A device or file could not be opened, or is gone.
    fn nothing_opened(&mut self, tried: &OutputChoice, reason: CleanText) {
        self.outlet.due = None;
        match self.outlet.choice {
            OutputChoice::Wav(_) => {
                // Another attempt would begin the file anew and lose what is in it.
                self.outlet.broken = Some(reason.clone());
                self.fail_all(&reason);
            }
            OutputChoice::Auto | OutputChoice::Device(_) | OutputChoice::Null => {
                let step = self.outlet.attempts.min(BACK_OFF_MS.len() - 1);
                self.outlet.attempts += 1;
                let wait = BACK_OFF_MS.get(step).copied().unwrap_or(4000);
                self.outlet.retry = Some(now() + Duration::from_millis(wait));
                // Another one may have become the default; it is asked for once more before there is silence.
                let is_named = matches!(tried, OutputChoice::Device(_)) || self.outlet.attempts == 1;
                if self.outlet.moves && is_named && (self.outlet.sink.is_none() || self.outlet.is_silent) {
                    // The named one is tried for again all the while.
                    self.try_output(&OutputChoice::Auto, None);
                } else if self.outlet.sink.is_none() {
                    self.try_output(&OutputChoice::Null, Some(reason));
                }
            }
        }
    }

    fn fail_all(&mut self, reason: &CleanText) {
        self.let_go();
        self.outlet.wanted = None;
        while let Some(voice) = self.voices.pop_front() {
            let fault = Fault::new(FaultKind::Device, reason.as_str());
            (self.report)(Report::Failed { play_id: voice.play_id, fault });
        }
        self.feeding = 0;
        self.settle();
    }

    pub fn change_output(&mut self, choice: &OutputChoice) {
        if *choice == self.outlet.choice {
            return;
        }
        self.let_go();
        self.outlet.choice = choice.clone();
        self.outlet.broken = None;
        self.outlet.candidate = None;
        self.outlet.retry = None;
        self.outlet.attempts = 0;
        if self.outlet.wanted.is_some() {
            self.try_output(choice, None);
        }
    }

    /// Tries for a device that was missing, and sees to what is quiet.
    pub fn look_after_output(&mut self) {
        let now = now();
        if let Some(sink) = &mut self.outlet.sink
            && sink.line.underruns() > sink.logged_underruns
        {
            sink.logged_underruns = sink.line.underruns();
            tracing::warn!(frame = sink.line.read(), "the output ran dry: nothing was decoded in time");
        }
        if self.outlet.due.is_some_and(|at| at <= now) {
            let reason = CleanText::from("the sound system does not answer");
            let tried = if let Some(candidate) = self.outlet.candidate.take() {
                candidate.choice
            } else {
                self.let_go();
                self.outlet.present.clone()
            };
            self.nothing_opened(&tried, reason);
        }
        if self.outlet.retry.is_some_and(|at| at <= now) && self.outlet.candidate.is_none() {
            self.outlet.retry = None;
            let choice = self.outlet.choice.clone();
            self.try_output(&choice, None);
        }
        self.look_after_quiet();
    }
}
