//! The player in lines of text, for screen readers and for terminals that show no screen: what changes is said once, nothing
//! moves, and what is typed is a line.

use std::io::{self, BufRead};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver};
use tokio::time::{MissedTickBehavior, interval};

use crate::app::{Effect, Event, Level, Msg, PlayState, Spoken, State, update};
use crate::library::Order;
use crate::model::{Fault, FaultKind};
use crate::ui::{self, Said};

use super::begin::start_of;
use super::demo::Demo;
use super::event_loop::{Leave, heard};
use super::hands::{Flow, Hands};
use super::local_time::WallClock;
use super::log;
use super::looks::{Looks, load_themes, unknown_theme};
use super::paths::make_private_folder;
use super::profile::Profile;
use super::signals::Signals;
use super::stderr::StderrGuard;
use super::wire_up::{self, Wired};

/// How often the position is read.
const HEARD_INTERVAL: Duration = Duration::from_secs(1);

/// How often changes of the queue are kept.
const KEEP_INTERVAL: Duration = Duration::from_secs(4);

/// Longest wait for unfinished tasks at the end.
const FAREWELL: Duration = Duration::from_millis(100);

/// How long a page may go on filling before it is said.
const SETTLE: Duration = Duration::from_millis(120);

/// Lines that are said of a list at once.
const MOST_ROWS: usize = 20;

/// Lines that may wait to be taken in.
const WAITING_LINES: usize = 16;

/// Lines of a screen that nobody sees: what a page is for the page keys.
const SIZE: (u16, u16) = (220, 50);

/// Says everything in lines with `say`, and takes lines from standard input, until it ends or the listener quits; gives the
/// exit code as the screen does.
///
/// # Errors
/// When nothing could even be begun.
pub fn run_plain(mut profile: Profile, say: &mut dyn FnMut(&str)) -> Result<u8, Fault> {
    let mut lines = read_lines()?;
    loop {
        match run_once(&profile, &mut lines, say)? {
            Leave::Quit(code) => return Ok(code),
            Leave::Demo => profile = profile.into_demo(),
        }
    }
}

/// Standard input, line by line, from a thread that may wait for it.
fn read_lines() -> Result<Receiver<String>, Fault> {
    let (lines, taken) = mpsc::channel(WAITING_LINES);
    let read = move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    };
    let thread = thread::Builder::new().name("lines".to_owned()).spawn(read);
    thread.map_err(|error| Fault::new(FaultKind::Other, format!("Nothing can be read: {error}")))?;
    Ok(taken)
}

/// One profile's run.
fn run_once(
    profile: &Profile,
    lines: &mut Receiver<String>,
    say: &mut dyn FnMut(&str),
) -> Result<Leave, Fault> {
    let mut profile = profile.clone();
    let mut warnings = std::mem::take(&mut profile.warnings);
    // Without a place for logs there is still music.
    let _ = make_private_folder(&profile.paths.state);
    log::start(&profile.paths.log_file(), profile.settings.log.level);
    let tasks = super::tokio_runtime()?;
    let _demo = Demo::begin(&mut profile, &tasks)?;
    let quiet = StderrGuard::redirect(&profile.paths.stderr_file());
    let (volume, output) = (profile.settings.player.volume, profile.settings.player.output.clone());
    let Wired { hands, events, services, left, downloads } =
        wire_up::wire_up(&profile, output, volume, true, tasks.handle())?;
    let (themes, told) = load_themes(&profile.paths);
    warnings.extend(told);
    warnings.extend(unknown_theme(&themes, &profile.settings.screen.theme));
    let looks = Looks::new(themes, &profile.settings.screen, |_| None);
    let start = start_of(&profile, &looks, services, left, downloads, SIZE, warnings);
    let (state, effects) = State::new(start);
    let mut run = Run {
        state,
        hands,
        say,
        told: 0,
        before: Said::default(),
        played: None,
        leave: None,
        unkept: false,
        wall_clock: WallClock::default(),
    };
    run.perform(effects);
    run.hands.restore();
    let left = tasks.block_on(run.run(lines, events));
    run.keep();
    drop(run);
    drop(quiet);
    tasks.shutdown_timeout(FAREWELL);
    left
}

struct Run<'s> {
    state: State,
    hands: Hands,
    say: &'s mut dyn FnMut(&str),
    /// How many notices were said, repeated ones counted.
    told: u64,
    /// What was said last.
    before: Said,
    /// What was said of playing last.
    played: Option<(String, PlayState)>,
    leave: Option<Leave>,
    unkept: bool,
    wall_clock: WallClock,
}

impl Run<'_> {
    async fn run(
        &mut self,
        lines: &mut Receiver<String>,
        mut events: Receiver<Event>,
    ) -> Result<Leave, Fault> {
        let failed =
            |error: io::Error| Fault::new(FaultKind::Other, format!("Signals cannot be heard: {error}"));
        let mut signals = Signals::listen().map_err(failed)?;
        let mut hearing = interval(HEARD_INTERVAL);
        let mut keeping = interval(KEEP_INTERVAL);
        hearing.set_missed_tick_behavior(MissedTickBehavior::Delay);
        keeping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        (self.say)(
            "Segue. Type help for what can be said here, an empty line for where you are, quit to leave.",
        );
        self.tell();
        loop {
            if let Some(leave) = self.leave.take() {
                self.tell();
                return Ok(leave);
            }
            tokio::select! {
                biased;
                number = signals.next() => return Ok(Leave::Quit(128 + number)),
                line = lines.recv() => match line {
                    Some(line) => {
                        self.obey(&line);
                        self.settle(&mut events).await;
                    }
                    None => return Ok(Leave::Quit(0)),
                },
                Some(event) = events.recv() => {
                    self.take(Msg::Event(event));
                    self.settle(&mut events).await;
                }
                _ = hearing.tick() => {
                    let heard = heard(&self.hands.snapshot());
                    if heard != self.state.playback.heard {
                        self.take(Msg::Event(Event::Heard(heard)));
                        self.tell();
                    }
                }
                _ = keeping.tick(), if self.unkept => self.keep(),
            }
        }
    }

    /// Takes in what comes at once, so that it is said in one go.
    async fn settle(&mut self, events: &mut Receiver<Event>) {
        let pause = tokio::time::sleep(SETTLE);
        tokio::pin!(pause);
        loop {
            tokio::select! {
                biased;
                () = &mut pause => break,
                Some(event) = events.recv() => self.take(Msg::Event(event)),
            }
        }
        self.tell();
    }

    fn take(&mut self, message: Msg) {
        self.unkept = true;
        self.state.tell_time(self.wall_clock.now());
        let effects = update(&mut self.state, message);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match self.hands.perform(effect) {
                Flow::GoOn | Flow::Suspend => {}
                Flow::Edit(ticket, _) => {
                    let fault = Fault::new(
                        FaultKind::Unsupported,
                        "An editor needs the screen: start segue without --plain",
                    );
                    self.take(Msg::Event(Event::TextEdited { ticket, text: None, result: Err(fault) }));
                }
                Flow::Quit => self.leave = Some(Leave::Quit(0)),
                Flow::EnterDemo => self.leave = Some(Leave::Demo),
            }
        }
    }

    fn keep(&mut self) {
        let Some(keeper) = &self.hands.keeper else { return };
        self.unkept = !keeper.take(Order::Save(self.state.session()));
    }

    /// Does what a line says, or answers it.
    fn obey(&mut self, line: &str) {
        match self.state.spoken(line) {
            Spoken::Do(messages) => messages.into_iter().for_each(|message| self.take(message)),
            Spoken::Where => {
                self.before = Said::default();
                self.tell();
                self.say_all(ui::said_now(&self.state));
            }
            Spoken::Rows => self.say_rows(),
            Spoken::Status => self.say_all(ui::said_now(&self.state)),
            Spoken::Help(lines) => {
                self.say_all([
                    "Say an action by its name or by words of it, keys as they are written, a row's number, or:".to_owned(),
                    "search WORDS, open LINK, enter, list, where, status, help WORDS, type WORDS, keys KEYS, quit.".to_owned(),
                ]);
                self.say_all(lines);
            }
            Spoken::Unclear(names) if names.is_empty() => {
                (self.say)("That means nothing here. Type help for what can be said.");
            }
            Spoken::Unclear(names) => (self.say)(&format!("That may mean: {}", names.join(", "))),
        }
    }

    fn say_all(&mut self, lines: impl IntoIterator<Item = String>) {
        lines.into_iter().for_each(|line| (self.say)(&line));
    }

    /// The rows around the cursor.
    fn say_rows(&mut self) {
        let said = ui::said(&self.state);
        let cursor = said.page.cursor.unwrap_or_default();
        let first = cursor.saturating_sub(MOST_ROWS / 2);
        let rows: Vec<_> =
            said.page.rows.iter().filter(|(index, _)| *index >= first).take(MOST_ROWS).collect();
        for (index, words) in &rows {
            let here = if *index == cursor { ", here" } else { "" };
            (self.say)(&format!("{}: {words}{here}", index + 1));
        }
        if rows.is_empty() {
            (self.say)("There are no rows here.");
        }
    }

    /// Says what is new.
    fn tell(&mut self) {
        let said = ui::said(&self.state);
        let before = std::mem::replace(&mut self.before, said);
        let (page, was) = (&self.before.page, &before.page);
        let mut lines = Vec::new();
        if page.heading != was.heading && !page.heading.is_empty() {
            lines.push(page.heading.clone());
        }
        if page.sentences != was.sentences {
            lines.extend(page.sentences.iter().cloned());
        }
        if let Some(wanted) = page.line.as_ref().filter(|_| page.line != was.line) {
            lines.push(format!("Type: {wanted}"));
        }
        let row =
            |words: &ui::Words| words.rows.iter().find(|(index, _)| Some(*index) == words.cursor).cloned();
        if let Some((index, words)) = row(page).filter(|_| (row(page), page.len) != (row(was), was.len)) {
            lines.push(format!("{} of {}: {words}", index + 1, page.len));
        }
        let play_state = self.state.playback.play_state();
        let now = (self.before.track.clone(), play_state);
        if play_state == PlayState::Playing && self.played.as_ref() != Some(&now) {
            lines.push(format!("Playing {}", now.0));
        }
        if play_state != PlayState::Buffering {
            self.played = Some(now);
        }
        let news = self.news();
        if !self.before.silence.is_empty() && self.before.silence != before.silence && news.is_empty() {
            lines.push(self.before.silence.clone());
        }
        lines.extend(news);
        self.say_all(lines);
    }

    /// The notices that were not said yet, the oldest first.
    fn news(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        let all: u64 = self.state.told().map(|notice| u64::from(notice.times)).sum();
        let mut new = all.saturating_sub(self.told);
        self.told = all;
        for (at, notice) in self.state.told().enumerate() {
            if new == 0 {
                break;
            }
            new = new.saturating_sub(u64::from(notice.times));
            let mut before = self.state.told().skip(at + 1);
            let was_told = notice.times > 1 || before.any(|before| before.words == notice.words);
            let words = notice.words.as_str();
            lines.push(match notice.level {
                Level::Info => ui::told(words, was_told),
                Level::Warning => format!("Warning: {}", ui::told(words, was_told)),
                Level::Error => format!("Error: {words}"),
            });
        }
        lines.reverse();
        lines
    }
}
