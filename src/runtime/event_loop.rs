//! The loop of the screen: messages in, effects out, a frame when something changed.

mod hearing;
mod lending;

use std::io::{self, IsTerminal};
use std::time::Duration;

use crossterm::event::EventStream;
use futures_util::StreamExt;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until};

use crate::app::{Effect, Event, Msg, PlayState, State, update};
use crate::library::Order;
use crate::model::{Fault, FaultKind, Ticket};
use crate::ui::{self, Theme};

use super::answers::{ASK_BACKGROUND, Answers};
use super::attention::Attention;
use super::begin::start_of;
use super::clock;
use super::config_watch::ConfigWatch;
use super::demo::Demo;
use super::editing::{Editing, editor_end};
use super::editor::editor_ended;
use super::hands::{Flow, Hands};
use super::input;
use super::local_time::WallClock;
use super::log;
use super::looks::{Looks, load_themes, unknown_theme};
use super::notify::Notifier;
use super::panic::screen_is_taken;
use super::paths::make_private_folder;
use super::pictures::{Encoded, Pictures};
use super::profile::Profile;
use super::signals::Signals;
use super::stderr::StderrGuard;
use super::terminal::{Modes, Screen};
use super::wire_up::{self, Wired};
use super::wishes::LastWishes;
use hearing::{HEARD_INTERVAL, fall_silent, next_look, tells_more};

pub(super) use hearing::heard;

/// How often the spectrum is read while it is shown.
const SPECTRUM_INTERVAL: Duration = Duration::from_millis(33);

/// How often changes of the queue are kept: with the time that keeping takes, never five seconds behind.
const KEEP_INTERVAL: Duration = Duration::from_secs(4);

/// How long after a save the files are read: an editor writes more than once.
const SETTLE: Duration = Duration::from_millis(100);

/// Longest wait for unfinished tasks when the program ends.
const FAREWELL: Duration = Duration::from_millis(100);

/// The exit code of a program that a signal ended is this and the signal's number.
const SIGNAL_CODE: u8 = 128;

/// How long after an editor's end a signal that keys made may still be on its way here.
const LATE_SIGNAL: Duration = Duration::from_millis(500);

/// How a run of the screen ends.
pub(super) enum Leave {
    /// The program ends with this code.
    Quit(u8),
    /// Another begins, with the demo.
    Demo,
}

/// Opens the player on the screen and returns the exit code: 0, or 128 and the number of the signal
/// that ended it.
///
/// # Errors
/// When there is no terminal to draw on.
pub fn run_screen(mut profile: Profile) -> Result<u8, Fault> {
    check_terminal()?;
    loop {
        match run_once(&profile)? {
            Leave::Quit(code) => return Ok(code),
            Leave::Demo => profile = profile.into_demo(),
        }
    }
}

/// What can be done where there can be no screen.
const WITHOUT_A_SCREEN: &str =
    "segue --plain reads lines instead, and segue play LOCATOR plays without a screen";

fn check_terminal() -> Result<(), Fault> {
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        return Err(Fault::new(FaultKind::Usage, "Standard input and output are not a terminal")
            .hint(WITHOUT_A_SCREEN));
    }
    match std::env::var("TERM").as_deref() {
        Ok("dumb") => Err(Fault::new(FaultKind::Usage, "This terminal (TERM=dumb) cannot show a screen")
            .hint(WITHOUT_A_SCREEN)),
        _ => Ok(()),
    }
}

fn failed(what: &str, error: &io::Error) -> Fault {
    Fault::new(FaultKind::Other, format!("{what}: {error}"))
}

fn run_once(profile: &Profile) -> Result<Leave, Fault> {
    let mut profile = profile.clone();
    let mut warnings = std::mem::take(&mut profile.warnings);
    if let Err(error) = make_private_folder(&profile.paths.state) {
        let path = profile.paths.state.display();
        warnings
            .push(Fault::new(FaultKind::Other, format!("{path} cannot be made: {error}; nothing is logged")));
    }
    log::start(&profile.paths.log_file(), profile.settings.log.level);
    let tasks = super::tokio_runtime()?;
    let _demo = Demo::begin(&mut profile, &tasks)?;
    let volume = profile.settings.player.volume;
    let output = profile.settings.player.output.clone();
    // Sound libraries write to standard error; there is a screen there now.
    let quiet = StderrGuard::redirect(&profile.paths.stderr_file());
    // Whatever may take time comes first, and signals are heard before the terminal is taken: until then
    // they end the program as they always do, with nothing to give back.
    let wired = wire_up::wire_up(&profile, output, volume, true, tasks.handle())?;
    let signals = {
        let _tasks = tasks.enter();
        Signals::listen()
            .and_then(Signals::with_stops)
            .map_err(|error| failed("Signals cannot be heard", &error))?
    };
    let screen = Screen::take(Modes::of(&profile.settings.screen))
        .map_err(|error| failed("The terminal cannot be taken", &error))?;
    screen_is_taken(true);
    let left = tasks.block_on(run_on(screen, signals, wired, &profile, warnings));
    screen_is_taken(false);
    drop(quiet);
    tasks.shutdown_timeout(FAREWELL);
    left
}

async fn run_on(
    mut screen: Screen,
    signals: Signals,
    wired: Wired,
    profile: &Profile,
    mut warnings: Vec<Fault>,
) -> Result<Leave, Fault> {
    let Wired { hands, events, services, left, downloads } = wired;
    let (themes, told) = load_themes(&profile.paths);
    let screen_settings = &profile.settings.screen;
    warnings.extend(told);
    warnings.extend(unknown_theme(&themes, &screen_settings.theme));
    let looks = Looks::new(themes, screen_settings, |name| std::env::var(name).ok());
    let start = start_of(profile, &looks, services, left, downloads, Screen::size(), warnings);
    let (state, effects) = State::new(start);
    screen.ask(&[ASK_BACKGROUND, &looks.way.question()].concat());
    let (pictures, encoded) = Pictures::new();
    let (worn, theme) = (state.theme().to_owned(), looks.theme(state.theme()));
    let mut session = Session {
        began: clock::now(),
        wall_clock: WallClock::default(),
        state,
        hands,
        looks,
        worn,
        theme,
        answers: Answers::new(clock::now()),
        wishes: LastWishes::new(profile),
        leave: None,
        changed: true,
        resized: false,
        unkept: false,
        moved: false,
        to_edit: None,
        pictures,
        to_suspend: false,
        modes: Modes::of(&profile.settings.screen),
        attention: Attention::new(profile.settings.screen.unfocused),
        regained: false,
        notifier: Notifier::new(tokio::runtime::Handle::current()),
    };
    // Whoever sees the first frame may save a setting at once.
    let watch = session.wishes.watch();
    let result = match session.draw(&mut screen) {
        Ok(()) => {
            // What is asked of others would take the processor from the first frame.
            session.perform(effects);
            session.hands.restore();
            session.run(&mut screen, signals, watch, events, encoded).await
        }
        Err(fault) => Err(fault),
    };
    // The terminal comes back before anything that may take time.
    screen.give_back();
    session.keep();
    fall_silent(&session.state, &session.hands.player).await;
    result
}

/// Everything the loop holds.
struct Session {
    began: std::time::Instant,
    wall_clock: WallClock,
    state: State,
    hands: Hands,
    looks: Looks,
    /// The name of the theme that `theme` was made from.
    worn: String,
    theme: Theme,
    /// The configuration as it was read last.
    wishes: LastWishes,
    /// What may be an answer of the terminal.
    answers: Answers,
    leave: Option<Leave>,
    /// Something visible changed since the last frame.
    changed: bool,
    /// The terminal has another size, or had in between.
    resized: bool,
    /// Something changed since the queue was kept.
    unkept: bool,
    /// The position did.
    moved: bool,
    /// A text that the listener is to edit.
    to_edit: Option<(Ticket, String)>,
    /// What lies over the screen.
    pictures: Pictures,
    /// The listener wants the shell.
    to_suspend: bool,
    /// What is wanted of the terminal.
    modes: Modes,
    /// Whether the terminal is looked at.
    attention: Attention,
    /// It is, and was not.
    regained: bool,
    notifier: Notifier,
}

impl Session {
    #[expect(clippy::too_many_lines, reason = "an arm for each thing that is waited for")]
    async fn run(
        &mut self,
        screen: &mut Screen,
        mut signals: Signals,
        mut watch: ConfigWatch,
        mut events: Receiver<Event>,
        mut encoded: Receiver<Encoded>,
    ) -> Result<Leave, Fault> {
        let mut inputs = Some(EventStream::new());
        let mut editing: Option<Editing> = None;
        let mut reread: Option<Instant> = None;
        let [mut hearing, mut picturing, mut keeping] =
            [HEARD_INTERVAL, SPECTRUM_INTERVAL, KEEP_INTERVAL].map(clock::paced);
        let (mut ending, mut watches) = (Screen::watch_end(), true);
        let mut next_frame = Instant::from_std(clock::now());
        let mut lent_until = next_frame;
        let mut gone = false;
        loop {
            if let Some(leave) = self.leave.take() {
                return Ok(leave);
            }
            if screen.is_broken() || gone {
                return Err(Fault::new(FaultKind::Other, "The terminal is gone"));
            }
            if let Some((ticket, text)) = self.to_edit.take() {
                // Whoever reads keys now would take them from the editor.
                inputs = None;
                editing = self.begin_editing(screen, ticket, &text).await;
                if editing.is_none() {
                    self.take_back(screen)?;
                    inputs = Some(EventStream::new());
                }
            }
            if std::mem::take(&mut self.to_suspend) && editing.is_none() {
                drop(inputs.take());
                self.suspend(screen).await?;
                inputs = Some(EventStream::new());
            }
            if std::mem::take(&mut self.regained) {
                next_frame = Instant::from_std(clock::now());
            }
            let playing =
                matches!(self.state.playback.play_state(), PlayState::Playing | PlayState::Buffering);
            let due = self.answers.due();
            tokio::select! {
                biased;
                number = signals.next() => {
                    // Keys that interrupt are the editor's while it has the terminal; its end may be heard of first.
                    let is_lent = editing.is_some() || Instant::from_std(clock::now()) < lent_until;
                    match number {
                        Signals::STOP if editing.is_some() => lending::stop_with_the_others(),
                        Signals::STOP => self.to_suspend = true,
                        // Whoever stopped the program without asking it has used the terminal since.
                        Signals::GO_ON if editing.is_none() => self.take_back(screen)?,
                        Signals::GO_ON => {}
                        _ if is_lent && Signals::is_from_keys(number) => {}
                        _ => return Ok(Leave::Quit(SIGNAL_CODE + number)),
                    }
                }
                ended = editor_end(&mut editing) => {
                    if let Some(editing) = editing.take() {
                        let (ticket, result) = (editing.ticket, editor_ended(&editing.command, ended));
                        let text = editing.file.read().ok();
                        drop(editing);
                        lent_until = Instant::from_std(clock::now()) + LATE_SIGNAL;
                        self.take_back(screen)?;
                        inputs = Some(EventStream::new());
                        self.take(Msg::Event(Event::TextEdited { ticket, text, result }));
                    }
                }
                input = next_input(&mut inputs) => match input {
                    Some(Ok(input)) => self.take_input(input),
                    Some(Err(error)) => return Err(failed("The terminal cannot be read", &error)),
                    None => return Err(Fault::new(FaultKind::Other, "The terminal is gone")),
                },
                // Before what comes in all the time, which would put it off.
                () = sleep_until(next_frame), if self.changed && editing.is_none() && self.attention.draws() => {
                    let now = Instant::from_std(clock::now());
                    // A terminal that is still busy with the last frame gets the newest one once it is not.
                    if screen.is_busy() {
                        next_frame = self.attention.next_look(now);
                    } else {
                        next_frame = self.attention.next_frame(next_frame, now);
                        self.draw(screen)?;
                    }
                }
                Some(event) = events.recv() => self.take(Msg::Event(event)),
                _ = hearing.tick(), if playing => hearing.reset_after(self.listen()),
                _ = picturing.tick(), if playing && self.state.playback.shows_spectrum && self.attention.animates() => {
                    let spectrum = self.hands.player.spectrum();
                    self.take(Msg::Event(Event::Spectrum(spectrum)));
                }
                _ = keeping.tick(), if self.unkept || self.moved => self.keep(),
                () = sleep_until(due.map_or(next_frame, Instant::from_std)), if due.is_some() => {
                    for input in self.answers.give_up() {
                        self.take_key(input);
                    }
                }
                Some(encoded) = encoded.recv() => {
                    self.pictures.take(encoded);
                    self.changed = true;
                }
                Some(()) = watch.saved.recv() => reread = Some(Instant::from_std(clock::now()) + SETTLE),
                () = sleep_until(reread.unwrap_or(next_frame)), if reread.is_some() => {
                    reread = None;
                    self.reread();
                }
                ended = &mut ending, if watches => (watches, gone) = (false, ended.is_ok()),
            }
            // Whatever else waits is taken in before the next frame.
            if let Some(inputs) = &mut inputs {
                while let Some(Ok(input)) = waiting(inputs).await {
                    self.take_input(input);
                }
            }
            while let Ok(event) = events.try_recv() {
                self.take(Msg::Event(event));
            }
        }
    }

    fn draw(&mut self, screen: &mut Screen) -> Result<(), Fault> {
        let undrawn = |error: io::Error| failed("The terminal cannot be drawn to", &error);
        self.changed = false;
        if std::mem::take(&mut self.resized) {
            self.pictures.forget();
            screen.redraw().map_err(undrawn)?;
        }
        self.dress();
        screen.want(self.modes);
        let (state, theme) = (&self.state, &self.theme);
        let pictures = (&mut self.pictures, self.looks.way.protocol());
        screen
            .draw(pictures, state.cover.picture.as_ref(), |frame| ui::draw(frame, state, theme))
            .map_err(undrawn)
    }

    /// Takes over what was saved.
    fn reread(&mut self) {
        if let Some(wishes) = self.wishes.read_anew(&mut self.looks) {
            self.worn.clear();
            let wished = &self.wishes.settings().screen;
            self.modes = Modes::of(wished);
            self.attention.wish(wished.unfocused);
            self.take(Msg::Event(Event::Reconfigured(Box::new(wishes))));
        }
    }

    /// Puts on the theme that is to be seen.
    fn dress(&mut self) {
        let tint = self.state.cover.picture.as_ref().and_then(|picture| picture.accent);
        if self.looks.take_tint(tint) || self.worn != self.state.theme() {
            self.state.theme().clone_into(&mut self.worn);
            self.theme = self.looks.theme(&self.worn);
        }
    }

    fn take_input(&mut self, input: crossterm::event::Event) {
        if self.attention.hear(&input) {
            (self.changed, self.regained) = (true, true);
        }
        for input in self.answers.take(input, clock::now()) {
            self.take_key(input);
        }
        if self.looks.learn(self.answers.background.take(), self.answers.protocol.take()) {
            self.theme = self.looks.theme(&self.worn);
            self.changed = true;
        }
    }

    fn take_key(&mut self, input: crossterm::event::Event) {
        let at = clock::now().saturating_duration_since(self.began);
        let (state, theme) = (&self.state, &self.theme);
        let size = (state.columns, state.rows);
        let target_at = |column, row| ui::target_at(state, theme, size, column, row);
        if let Some(message) = input::message(input, at, target_at) {
            self.take(message);
        }
    }

    fn take(&mut self, message: Msg) {
        self.changed = true;
        self.resized |= matches!(message, Msg::Event(Event::Resized { .. }));
        let is_position = matches!(message, Msg::Event(Event::Heard(_)));
        *(if is_position { &mut self.moved } else { &mut self.unkept }) = true;
        self.state.tell_time(self.wall_clock.now());
        let is_kept = matches!(message, Msg::Event(Event::SettingKept(Ok(()))));
        let begins = matches!(message, Msg::Event(Event::Started { .. })) && !self.attention.is_here();
        let effects = update(&mut self.state, message);
        self.perform(effects);
        if is_kept {
            self.reread();
        }
        if let Some(now) = self.state.playback.now.as_ref().filter(|_| begins)
            && self.wishes.settings().screen.notifications
        {
            self.notifier.begins(&now.track);
        }
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::KeepTheme(name) = &effect {
                self.wishes.keep_theme(name);
            }
            match self.hands.perform(effect) {
                Flow::GoOn => {}
                Flow::Edit(ticket, text) => self.to_edit = Some((ticket, text)),
                Flow::Suspend => self.to_suspend = true,
                Flow::Quit => self.leave = Some(Leave::Quit(0)),
                Flow::EnterDemo => self.leave = Some(Leave::Demo),
            }
        }
    }

    /// Reads what is heard; how long until that is to be done again.
    fn listen(&mut self) -> Duration {
        let heard = heard(&self.hands.snapshot());
        // Words are followed closely.
        let closely = self.state.lyrics.is_shown;
        let next = next_look(&heard, closely);
        if tells_more(&heard, &self.state.playback.heard, closely) {
            self.take(Msg::Event(Event::Heard(heard)));
        }
        next
    }

    fn keep(&mut self) {
        let Some(keeper) = &self.hands.keeper else { return };
        // All that there is costs as much as there is of it; what plays on changes no more than its place.
        let order = if self.unkept {
            Order::Save(self.state.session())
        } else {
            let (current, position) = self.state.place();
            Order::KeepPlace { current, position }
        };
        if keeper.take(order) {
            (self.unkept, self.moved) = (false, false);
        }
    }
}

/// What the terminal sends next, while it is ours.
async fn next_input(inputs: &mut Option<EventStream>) -> Option<io::Result<crossterm::event::Event>> {
    match inputs {
        Some(inputs) => inputs.next().await,
        None => std::future::pending().await,
    }
}

/// What has come in already. The stream remembers who asked first until something comes, so it is asked
/// from this task and no other: whoever asks in passing (`now_or_never`) would never wake it.
async fn waiting(inputs: &mut EventStream) -> Option<io::Result<crossterm::event::Event>> {
    tokio::select! {
        biased;
        input = inputs.next() => input,
        () = std::future::ready(()) => None,
    }
}
