//! `segue play`: the same player and the same decisions, without a screen.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use tokio::time::{MissedTickBehavior, interval};

use crate::app::{Action, Effect, Event, Msg, Start, State, update};
use crate::audio::Snapshot;
use crate::library::described;
use crate::model::{
    CleanText, Fault, FaultKind, FilePart, Kind, OutputChoice, OutputState, PlayId, Session as Left, Track,
    TrackRef, Volume, format_clock,
};

use super::ask::{self, Target, is_local, local_playlist};
use super::demo::Demo;
use super::event_loop::heard;
use super::hands::{Flow, Hands};
use super::log;
use super::paths::make_private_folder;
use super::profile::Profile;
use super::signals::Signals;
use super::stderr::StderrGuard;
use super::wire_up::{self, Wired};

/// How often the position is read.
const HEARD_INTERVAL: Duration = Duration::from_millis(500);

/// Longest wait for unfinished tasks at the end.
const FAREWELL: Duration = Duration::from_millis(100);

/// What is to be played, and how.
#[derive(Clone, Debug)]
pub struct PlayRequest {
    /// One after the other.
    pub targets: Vec<Target>,
    /// After them, these playlists: those of this machine by name.
    pub playlists: Vec<Target>,
    /// Where the sound goes; the settings decide without one.
    pub output: Option<OutputChoice>,
    /// Where in the first track to start.
    pub start: Duration,
}

/// What there is to tell meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// For programs: a JSON object with its kind in `event`.
    Event(Value),
    /// For people: where playing is. Replaces the one before.
    Progress(String),
    /// Something that both should know.
    Warning(Fault),
}

/// How playing ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Everything was played.
    Whole,
    /// The first thing that went wrong; what followed was played if it could be.
    Flawed(Fault),
    /// A signal of this number came.
    Signal(u8),
}

/// Plays everything to the end and tells `news` meanwhile.
///
/// # Errors
/// When nothing could even be begun.
pub fn play(mut profile: Profile, request: PlayRequest, news: &mut dyn FnMut(News)) -> Result<Ending, Fault> {
    // Without a place for logs there is still music.
    let _ = make_private_folder(&profile.paths.state);
    log::start(&profile.paths.log_file(), profile.settings.log.level);
    for warning in profile.warnings.drain(..) {
        news(News::Warning(warning));
    }
    let tasks = super::tokio_runtime()?;
    let _demo = Demo::begin(&mut profile, &tasks)?;
    let output = request.output.clone().unwrap_or_else(|| profile.settings.player.output.clone());
    // A file gets the samples as they are.
    let is_file = matches!(output, OutputChoice::Wav(_));
    let volume = if is_file { Volume::FULL } else { profile.settings.player.volume };
    if let OutputChoice::Wav(file) = &output {
        refuse_own_source(file, &request.targets)?;
    }
    let quiet = StderrGuard::redirect(&profile.paths.stderr_file());
    let Wired { hands, events, services, left: _, downloads } =
        wire_up::wire_up(&profile, output, volume, false, tasks.handle())?;
    let offline = profile.settings.network.offline;
    let (state, _) = State::new(Start {
        services,
        volume,
        session: Left::default(),
        downloads,
        offline,
        ..Start::default()
    });
    let wants_device = matches!(request.output, Some(OutputChoice::Device(_) | OutputChoice::Wav(_)));
    let start = request.start;
    let mut run = Run {
        state,
        hands,
        news,
        unknown: Vec::new(),
        flaws: Vec::new(),
        renewed: None,
        start,
        wants_device,
        to_file: is_file,
        library: profile.paths.library_file(),
        done: false,
    };
    let ending = tasks.block_on(run.run(request, events));
    drop(run);
    drop(quiet);
    tasks.shutdown_timeout(FAREWELL);
    ending
}

/// Whether it is a playlist of this machine by its number; other names are those of files.
fn is_own(target: &Target) -> bool {
    matches!(target, Target::Item(_)) && is_local(target)
}

/// Writing to a file that is to be played would destroy it before it is read.
fn refuse_own_source(file: &Path, targets: &[Target]) -> Result<(), Fault> {
    let Ok(file) = file.canonicalize() else { return Ok(()) };
    let is_source = |target: &Target| match target {
        Target::File(path) | Target::Part(FilePart { path, .. }) => {
            path.canonicalize().is_ok_and(|path| path == file)
        }
        Target::Link(_) | Target::Item(_) => false,
    };
    if targets.iter().any(is_source) {
        let words = format!("{} is to be played and cannot be written at the same time", file.display());
        return Err(Fault::new(FaultKind::Usage, words).hint("Write to another file"));
    }
    Ok(())
}

struct Run<'n> {
    state: State,
    hands: Hands,
    news: &'n mut dyn FnMut(News),
    /// Why tracks could not even be looked up.
    unknown: Vec<Fault>,
    /// What was survived and still makes the whole imperfect.
    flaws: Vec<Fault>,
    /// The last play that was begun anew with another address.
    renewed: Option<PlayId>,
    /// Where the first track is to start, until it does.
    start: Duration,
    /// A device was asked for by name, or a file; playing silently is not what was wanted.
    wants_device: bool,
    to_file: bool,
    /// Where the library is.
    library: PathBuf,
    done: bool,
}

impl Run<'_> {
    /// The track of a target that has a copy on this machine: nobody is asked what it is.
    fn here(&self, target: &Target) -> Option<Track> {
        let Target::Item(item) = target else { return None };
        let reference = TrackRef::Service { service: item.service.clone(), id: item.id.clone() };
        let (jobs, is_offline) = (&self.state.downloads.jobs, self.state.network.is_offline());
        // Who cannot be asked cannot tell that it is the same as the copy of another name.
        let elsewhere = || jobs.copy_of(&Track::new(reference.clone(), "")).filter(|_| is_offline);
        let copy = jobs.copy(&reference).or_else(elsewhere).filter(|_| item.kind == Kind::Track)?;
        Some(Track::clone(&copy.track))
    }

    async fn run(&mut self, request: PlayRequest, mut events: Receiver<Event>) -> Result<Ending, Fault> {
        let mut signals = Signals::listen()
            .map_err(|error| Fault::new(FaultKind::Other, format!("Signals cannot be heard: {error}")))?;
        for fault in ask::restore(&self.hands.catalogs).await {
            (self.news)(News::Warning(fault));
        }
        let mut tracks = Vec::new();
        let playlists = request.playlists.iter().map(|target| (target, is_local(target)));
        for (target, own) in request.targets.iter().map(|target| (target, is_own(target))).chain(playlists) {
            if let Some(here) = self.here(target) {
                tracks.push(here);
                continue;
            }
            if own {
                match local_playlist(&self.library, target) {
                    Ok(found) => tracks.extend(found.entries.iter().map(|entry| Track::clone(&entry.track))),
                    Err(fault) => self.fail(None, &fault),
                }
                continue;
            }
            tokio::select! {
                biased;
                number = signals.next() => return Ok(Ending::Signal(number)),
                found = ask::tracks(&self.hands.catalogs, target) => match found {
                    Ok(found) => tracks.extend(found),
                    Err(fault) => self.fail(None, &fault),
                },
            }
        }
        if !tracks.is_empty() {
            let is_file = |track: &Track| track.reference.file().is_some() && track.album.is_none();
            let tell = |track| if is_file(&track) { described(track) } else { track };
            let tracks = tracks.into_iter().map(tell).collect();
            self.take(Msg::Action(Action::PlayAll { tracks, start: request.start }));
            let mut hearing = interval(HEARD_INTERVAL);
            hearing.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while !self.done && !self.state.finished() {
                tokio::select! {
                    biased;
                    number = signals.next() => {
                        self.tell_summary();
                        return Ok(Ending::Signal(number));
                    }
                    Some(event) = events.recv() => self.hear(event),
                    _ = hearing.tick() => self.listen(),
                }
            }
        }
        // A file is completed before its listener is told that all is over.
        self.hands.player.shutdown();
        while let Ok(event) = events.try_recv() {
            self.hear(event);
        }
        self.tell_summary();
        let failed = self.state.faults().first().map(|(_, fault)| fault);
        let first = self.unknown.first().or(failed).or_else(|| self.flaws.first());
        Ok(first.cloned().map_or(Ending::Whole, Ending::Flawed))
    }

    /// Tells what whoever listens to the program wants to know of it at once.
    fn pass_on(&mut self, event: &Event) {
        match event {
            Event::Ended { play_id } => {
                (self.news)(News::Event(
                    json!({"event": "ended", "play_id": play_id.0, "track": named(self.state.current_track())}),
                ));
            }
            Event::Troubled { play_id, fault } => {
                (self.news)(News::Event(fault_json("troubled", Some(play_id.0), fault)));
            }
            Event::Snagged { play_id, why } => {
                (self.news)(News::Event(json!({"event": "waiting", "play_id": play_id.0, "why": why})));
            }
            Event::Titled { play_id, title } => {
                (self.news)(News::Event(json!({"event": "title", "play_id": play_id.0, "title": title})));
            }
            Event::OutputChanged(OutputState::Playing { device, rate }) => {
                (self.news)(News::Event(json!({"event": "output", "device": device, "sample_rate": rate.0})));
            }
            Event::OutputChanged(OutputState::NoDevice { reason }) => {
                (self.news)(News::Event(json!({"event": "output", "device": null, "reason": reason})));
                let words = if self.to_file {
                    reason.to_string()
                } else {
                    format!("No audio device, playing silently: {reason}")
                };
                let fault = Fault::new(FaultKind::Device, words);
                if self.wants_device {
                    self.flaws.push(fault.clone());
                }
                (self.news)(News::Warning(fault));
            }
            Event::Warned(fault) | Event::TokenKept { remark: fault, .. } => {
                (self.news)(News::Warning(fault.clone()));
            }
            Event::Started { .. }
            | Event::Failed { .. }
            | Event::Measured { .. }
            | Event::OutputsListed(_)
            | Event::Spectrum(_)
            | Event::SettingsRead(_)
            | Event::SettingKept(_)
            | Event::Searched { .. }
            | Event::Suggested { .. }
            | Event::DownloadFound { .. }
            | Event::Resolved { .. }
            | Event::Changed { .. }
            | Event::MarkKept { .. }
            | Event::Browsed { .. }
            | Event::Located { .. }
            | Event::WantsNext { .. }
            | Event::SignInAsked { .. }
            | Event::SignedOut { .. }
            | Event::Playlists { .. }
            | Event::TheirsOpened { .. }
            | Event::ChangesSent { .. }
            | Event::Restored
            | Event::QueueJournal(_)
            | Event::OwnJournal(_)
            | Event::RecordingFound { .. }
            | Event::TextEdited { .. }
            | Event::RowsFound { .. }
            | Event::Download(_)
            | Event::NetworkChanged(_)
            | Event::ListRead { .. }
            | Event::DownloadWeather(_)
            | Event::DownloadsWished { .. }
            | Event::OwnCodes(_)
            | Event::DownloadsKept { .. }
            | Event::Reconfigured(_)
            | Event::ServiceChanged(_)
            | Event::Heard(_)
            | Event::Elapsed(_)
            | Event::ScanWentOn(_)
            | Event::Scanned(_)
            | Event::CoverFound { .. }
            | Event::LyricsFound { .. }
            | Event::FileTold { .. }
            | Event::Resized { .. } => {}
        }
    }

    fn hear(&mut self, event: Event) {
        let track = self.state.current_track().cloned();
        self.pass_on(&event);
        let started = match &event {
            Event::Started { play_id, format, length } => Some((*play_id, format.clone(), *length)),
            _ => None,
        };
        let trouble = match &event {
            Event::Troubled { play_id, fault } => Some((*play_id, fault.clone())),
            _ => None,
        };
        let failed_before = self.state.faults().len();
        let before = self.current();
        self.take(Msg::Event(event));
        if let Some((play_id, fault)) = trouble {
            // What made it ask for a new address is mended by that.
            if before == Some(play_id) && self.current() != before {
                self.renewed = before;
            }
            if self.renewed != Some(play_id) {
                (self.news)(News::Warning(naming(track.as_ref(), &fault)));
                self.flaws.push(fault);
            }
        }
        if let Some((play_id, format, length)) = started {
            (self.news)(News::Event(json!({
                "event": "started",
                "play_id": play_id.0,
                "track": named(self.state.current_track()),
                "codec": format.codec,
                "sample_rate": format.sample_rate.0,
                "channels": format.channels,
                "length": length.map(|length| length.as_secs_f64()),
            })));
            self.check_start(length);
            self.listen();
        }
        let failed: Vec<_> = self.state.faults().iter().skip(failed_before).cloned().collect();
        for (track, fault) in failed {
            self.fail(Some(&track), &fault);
        }
    }

    /// The play that is due.
    fn current(&self) -> Option<PlayId> {
        self.state.playback.now.as_ref().map(|now| now.play_id)
    }

    /// Tells when the first track is over before the place where it was to start.
    fn check_start(&mut self, length: Option<Duration>) {
        let start = std::mem::take(&mut self.start);
        if let Some(length) = length.filter(|length| !start.is_zero() && *length <= start) {
            let words = format!(
                "{} is past the end: the track is {} long",
                format_clock(start),
                format_clock(length)
            );
            let fault = Fault::new(FaultKind::Usage, words).hint("Choose an earlier --start");
            (self.news)(News::Warning(fault.clone()));
            self.flaws.push(fault);
        }
    }

    /// Tells a failure; without a track it happened before there was one.
    fn fail(&mut self, track: Option<&Track>, fault: &Fault) {
        let mut event = fault_json("failed", None, fault);
        if let (Some(event), Some(track)) = (event.as_object_mut(), track) {
            event.insert("track".to_owned(), named(Some(track)));
        }
        (self.news)(News::Event(event));
        (self.news)(News::Warning(naming(track, fault)));
        if track.is_none() {
            self.unknown.push(fault.clone());
        }
    }

    fn take(&mut self, message: Msg) {
        let effects = update(&mut self.state, message);
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match self.hands.perform(effect) {
            // Nobody can ask for the editor or the shell without a screen.
            Flow::GoOn | Flow::Edit(..) | Flow::Suspend => {}
            Flow::Quit | Flow::EnterDemo => self.done = true,
        }
    }

    fn listen(&mut self) {
        let snapshot = self.hands.snapshot();
        self.take(Msg::Event(Event::Heard(heard(&snapshot))));
        if let Some(line) = self.progress(&snapshot) {
            (self.news)(News::Progress(line));
        }
    }

    fn progress(&self, snapshot: &Snapshot) -> Option<String> {
        let track = self.state.current_track()?;
        let length = snapshot.length.map_or_else(|| "?:??".to_owned(), format_clock);
        let state = match snapshot.state {
            crate::audio::PlayerState::Buffering => "  buffering",
            crate::audio::PlayerState::Playing
            | crate::audio::PlayerState::Paused
            | crate::audio::PlayerState::Stopped => "",
        };
        let about = if snapshot.is_about { "~" } else { "" };
        Some(format!("{about}{} / {length}  {}{state}", format_clock(snapshot.position), title(track)))
    }

    fn tell_summary(&mut self) {
        let Snapshot { frames_heard, underruns, retries, variant_switches, .. } = self.hands.snapshot();
        (self.news)(News::Event(json!({
            "event": "summary",
            "frames_heard": frames_heard,
            "underruns": underruns,
            "retries": retries,
            "variant_switches": variant_switches,
        })));
    }
}

fn title(track: &Track) -> String {
    let artists = track.artist_line();
    if artists.is_empty() { track.title.to_string() } else { format!("{artists} – {}", track.title) }
}

/// The fault with the name of what has it, where its words do not tell that.
fn naming(track: Option<&Track>, fault: &Fault) -> Fault {
    let mut fault = fault.clone();
    let name = track.map(|track| match &track.reference {
        TrackRef::File(path) => path.display().to_string(),
        TrackRef::Part(part) => part.to_string(),
        TrackRef::Url(_) | TrackRef::Service { .. } => track.title.to_string(),
    });
    if let Some(name) = name.filter(|name| !fault.message.as_str().contains(name.as_str())) {
        fault.message = CleanText::new(format!("{name}: {}", fault.message));
    }
    fault
}

fn named(track: Option<&Track>) -> Value {
    track.map_or(Value::Null, |track| {
        json!({
            "source": track.reference.to_string(),
            "title": track.title,
            "artists": track.artists,
            "album": track.album,
        })
    })
}

fn fault_json(event: &str, play_id: Option<u64>, fault: &Fault) -> Value {
    json!({
        "event": event,
        "play_id": play_id,
        "kind": fault.kind,
        "message": fault.message,
        "hint": fault.hint,
    })
}
