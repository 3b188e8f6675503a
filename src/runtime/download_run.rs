//! `segue download run`: the same queue and the same engine, without a screen.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{MissedTickBehavior, interval};

use crate::app::{EngineNews, EngineReport, Event, JobOrder, Jobs, Weather};
use crate::catalog::Catalog;
use crate::library::Downloads;
use crate::model::{
    DownloadId, DownloadState, EntryId, Fault, FaultKind, FinishedCopy, Hold, HoldReason, ListSource,
    Network, Track,
};
use crate::net::Net;

use super::ask;
use super::clock;
use super::demo::Demo;
use super::downloads::{Copying, keep, limits, sweep, target};
use super::kept_lists::{read_list, send_notes};
use super::listed_copies::find_again;
use super::log;
use super::paths::make_private_folder;
use super::profile::Profile;
use super::signals::Signals;
use super::weather::{LOOK, WeatherHouse};
use super::wire_up;

/// A step of time, and how often is looked for what other programs want.
const STEP: Duration = Duration::from_secs(1);

/// Failures in a row after which nobody sits and waits.
const MOST_TRIES: u32 = 10;

/// A network that stays away longer is not waited for.
const LONGEST_OUTAGE: Duration = Duration::from_secs(600);

/// Nobody sits and waits longer than this for anything to come; the next run goes on where this one ended.
const LONGEST_IDLE: Duration = Duration::from_secs(120);

/// How long copies that were told to stop are waited for.
const FAREWELL: Duration = Duration::from_secs(5);

/// What there is to tell meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub enum RunNews {
    /// A download is begun.
    Begun(DownloadId, String),
    /// A copy is there.
    Done(DownloadId, String, Box<FinishedCopy>),
    /// A download failed, and whether it is tried again by itself.
    Failed(DownloadId, String, Fault, bool),
    /// A list that is kept offline could not be read; it stays as it was.
    ListNotRead(String, Fault),
    /// Something stands in the way of a download.
    Held(DownloadId, String, Fault),
    /// Where everything is: how many are done, of how many, bytes a second.
    Progress {
        /// How many are done.
        done: usize,
        /// Of how many.
        all: usize,
        /// Bytes that came of those that run.
        bytes: u64,
        /// Bytes of those that run, as far as known.
        total: u64,
        /// Bytes a second.
        speed: u64,
    },
}

/// How it ended.
#[derive(Clone, Debug, PartialEq)]
pub struct RunEnd {
    /// How many are done, also those of earlier runs.
    pub done: usize,
    /// How many are not: failed, paused or waiting still.
    pub left: usize,
    /// How many of those the listener has paused.
    pub paused: usize,
    /// How many of those go on by themselves with the next run.
    pub later: usize,
    /// Why the first of those failed, if any did.
    pub fault: Option<Fault>,
    /// A signal of this number came.
    pub signal: Option<u8>,
}

/// Copies everything in the queue, and tells `news` meanwhile. Ends when nothing is left that may be done soon.
///
/// # Errors
/// When another program runs the queue, or nothing could even be begun.
pub fn run_downloads(mut profile: Profile, news: &mut dyn FnMut(RunNews)) -> Result<RunEnd, Fault> {
    let _ = make_private_folder(&profile.paths.state);
    log::start(&profile.paths.log_file(), profile.settings.log.level);
    let tasks = super::tokio_runtime()?;
    let _demo = Demo::begin(&mut profile, &tasks)?;
    let mut kept = Downloads::open(&profile.paths.library_file()).map_err(|error| error.fault())?;
    if !kept.take_turn() {
        let fault = Fault::new(FaultKind::Other, "Another Segue downloads already");
        return Err(fault.hint("It takes up whatever is queued; segue download list tells how far it is"));
    }
    let net = Net::new(profile.settings.network.clone());
    let catalogs = wire_up::shelves(&profile, &net, Box::new(|_, fault| tracing::info!("{fault}")));
    for fault in tasks.block_on(ask::restore(&catalogs)) {
        tracing::warn!("{fault}");
    }
    let (events, waiting) = mpsc::channel(1024);
    let settings = &profile.settings;
    let copies = target(settings, &profile.paths);
    let copying = Copying::new(settings, copies, &net, catalogs.clone(), tasks.handle(), events.clone());
    let before = kept.load(clock::unix_millis())?;
    sweep(copying.folder(), &before);
    let (found, before) = find_again(&mut kept, copying.folder(), before)?;
    if let Some(told) = found {
        tracing::warn!("{told}");
    }
    let jobs = Jobs::new(before, limits(settings));
    let outside = Outside {
        net: net.clone(),
        house: tasks.block_on(async {
            let mut house = WeatherHouse::new(settings, tasks.handle());
            house.settle().await;
            house
        }),
        seen: Weather::default(),
        looks: 0,
        gone_for: Duration::ZERO,
    };
    let library = profile.paths.library_file();
    let (notes, shelves) = (library.clone(), catalogs.clone());
    let mut run = Run {
        jobs,
        kept,
        copying,
        outside,
        catalogs,
        library,
        events,
        reading: 0,
        news,
        told: Vec::new(),
        asked: 0,
        came: (0, 0),
        idle: Duration::ZERO,
    };
    let end = tasks.block_on(run.run(waiting));
    drop(run);
    // Services that want to know hear of it before the end, as far as they listen.
    let _ = tasks.block_on(async { tokio::time::timeout(FAREWELL, send_notes(notes, shelves)).await });
    tasks.shutdown_timeout(Duration::from_millis(100));
    end
}

/// What may keep everything from being copied.
struct Outside {
    net: Net,
    house: WeatherHouse,
    /// As it was at the last look at the clock.
    seen: Weather,
    looks: u64,
    /// How long there has been no network.
    gone_for: Duration,
}

impl Outside {
    /// Whether there is no network, and there may be one before long.
    fn may_clear_up(&self) -> bool {
        *self.net.network().borrow() == Network::Gone && self.gone_for < LONGEST_OUTAGE
    }

    fn is_reached(&self) -> bool {
        *self.net.network().borrow() == Network::There
    }

    /// As it is now; asked for every step of time. The clock is looked at now and then.
    fn weather(&mut self) -> Weather {
        let network = *self.net.network().borrow();
        self.gone_for = if network == Network::There { Duration::ZERO } else { self.gone_for + STEP };
        self.net.look();
        if self.looks.is_multiple_of(LOOK.as_secs()) {
            self.seen = self.house.at(clock::unix_seconds());
        }
        self.looks += 1;
        Weather { is_offline: self.net.network().borrow().is_offline(), ..self.seen }
    }
}

struct Run<'n> {
    jobs: Jobs,
    kept: Downloads,
    copying: Copying,
    outside: Outside,
    catalogs: Vec<Arc<dyn Catalog>>,
    library: PathBuf,
    events: Sender<Event>,
    /// Lists that are being read.
    reading: usize,
    news: &'n mut dyn FnMut(RunNews),
    /// What is told once it is kept.
    told: Vec<RunNews>,
    /// The last wish of other programs that was done.
    asked: u64,
    /// How many were done and how many bytes had come of the others at the last step.
    came: (usize, u64),
    /// How long nothing has come.
    idle: Duration,
}

impl Run<'_> {
    async fn run(&mut self, mut events: Receiver<Event>) -> Result<RunEnd, Fault> {
        let mut signals = Signals::listen()
            .map_err(|error| Fault::new(FaultKind::Other, format!("Signals cannot be heard: {error}")))?;
        let mut steps = interval(STEP);
        steps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.look_outside()?;
        let orders = self.jobs.step(Duration::ZERO);
        self.follow(orders, None)?;
        let lists = self.jobs.read_lists();
        self.follow(lists, None)?;
        while self.reading > 0
            || (self.jobs.is_busy(MOST_TRIES) && self.idle < LONGEST_IDLE)
            || (self.outside.may_clear_up() && self.jobs.is_wanted(MOST_TRIES))
        {
            tokio::select! {
                biased;
                number = signals.next() => {
                    self.stop(&mut events).await?;
                    return Ok(RunEnd { signal: Some(number), ..self.end() });
                }
                Some(event) = events.recv() => {
                    self.take(event);
                    // What came meanwhile is kept in the same piece.
                    while let Ok(event) = events.try_recv() {
                        self.take(event);
                    }
                    self.keep(None)?;
                }
                _ = steps.tick() => {
                    self.look_outside()?;
                    let orders = self.jobs.step(STEP);
                    self.follow(orders, None)?;
                    self.take_wishes()?;
                    self.tell_progress();
                }
            }
        }
        // As it stands by itself, and not because it is stopped.
        let end = self.end();
        self.stop(&mut events).await?;
        Ok(end)
    }

    /// Holds what may not be copied now, and lets it go on.
    fn look_outside(&mut self) -> Result<(), Fault> {
        let weather = self.outside.weather();
        if weather == self.jobs.weather() {
            return Ok(());
        }
        let orders = self.jobs.set_weather(weather);
        self.follow(orders, None)
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Download(report) => self.hear(report),
            Event::ListRead { source, result, at } => self.list_read(&source, result, at),
            _ => {}
        }
    }

    /// Does what is to be done, and keeps what changed.
    fn follow(&mut self, orders: Vec<JobOrder>, done: Option<u64>) -> Result<(), Fault> {
        self.act(orders);
        self.keep(done)
    }

    fn act(&mut self, orders: Vec<JobOrder>) {
        for order in orders {
            match order {
                JobOrder::Fetch { id, run } => {
                    if let Some(job) = self.jobs.job(EntryId(id.0)) {
                        self.copying.fetch(id, run, &job.track);
                        (self.news)(RunNews::Begun(id, job.track.title.to_string()));
                    }
                }
                JobOrder::Stop { id } => self.copying.stop(id),
                JobOrder::Remove(copy) => self.copying.remove(copy),
                JobOrder::Read(source) => self.read(source),
            }
        }
    }

    fn keep(&mut self, done: Option<u64>) -> Result<(), Fault> {
        let changes = self.jobs.take_changes();
        if !changes.is_empty() || done.is_some() {
            keep(&mut self.kept, self.copying.folder(), &changes, done)?;
        }
        std::mem::take(&mut self.told).into_iter().for_each(&mut self.news);
        Ok(())
    }

    fn read(&mut self, source: ListSource) {
        self.reading += 1;
        let (library, events) = (self.library.clone(), self.events.clone());
        let read = read_list(self.catalogs.clone(), library, source);
        tokio::spawn(async move { drop(events.send(read.await).await) });
    }

    /// A list that is kept offline was read; as it was, it is still kept when it was not.
    fn list_read(&mut self, source: &ListSource, result: Result<Vec<Track>, Fault>, at: u64) {
        self.reading = self.reading.saturating_sub(1);
        match result {
            Ok(found) => {
                let orders = self.jobs.list_read(source, found, at);
                self.act(orders);
            }
            Err(fault) => {
                tracing::warn!("{source} was not read: {fault}");
                let list = self.jobs.lists().iter().find(|list| list.source == *source);
                let title = list.map(|list| list.title.to_string()).unwrap_or_default();
                (self.news)(RunNews::ListNotRead(title, fault));
            }
        }
    }

    fn hear(&mut self, report: EngineReport) {
        let id = report.id;
        let told = match &report.news {
            EngineNews::Progress(_) | EngineNews::Stopped => None,
            news => Some(news.clone()),
        };
        let orders = self.jobs.hear(report, u64::from_le_bytes(first_half(clock::random_bytes())));
        self.act(orders);
        let Some(job) = self.jobs.job(EntryId(id.0)) else { return };
        let title = job.track.title.to_string();
        match told {
            Some(EngineNews::Done(copy)) => self.told.push(RunNews::Done(id, title, copy)),
            Some(EngineNews::Failed(fault)) => {
                let again = self.jobs.wait(EntryId(id.0)).is_some();
                self.told.push(RunNews::Failed(id, title, fault, again));
            }
            Some(EngineNews::Held(hold)) => self.told.push(RunNews::Held(id, title, hold.fault)),
            Some(EngineNews::Progress(_) | EngineNews::Stopped) | None => {}
        }
    }

    fn take_wishes(&mut self) -> Result<(), Fault> {
        let wishes: Vec<_> =
            self.kept.wishes()?.into_iter().filter(|wish| wish.number > self.asked).collect();
        let Some(last) = wishes.last().map(|wish| wish.number) else { return Ok(()) };
        self.asked = last;
        let (mut orders, now) = (Vec::new(), clock::unix_seconds());
        for wish in wishes {
            orders.extend(self.jobs.obey(wish.command, Some(now)).orders);
        }
        self.follow(orders, Some(last))
    }

    fn tell_progress(&mut self) {
        let (mut done, mut all, mut bytes, mut total, mut speed) = (0, 0, 0, 0, 0);
        let mut works = false;
        for entry in self.jobs.entries() {
            let (Some(state), Some(job)) = (self.jobs.state(entry.id), self.jobs.job(entry.id)) else {
                continue;
            };
            all += 1;
            match state {
                DownloadState::Done => done += 1,
                DownloadState::Locating
                | DownloadState::Fetching
                | DownloadState::Verifying
                | DownloadState::Tagging => {
                    works |= matches!(state, DownloadState::Verifying | DownloadState::Tagging);
                    bytes += job.bytes;
                    total += job.total.unwrap_or(0);
                    speed += job.speed;
                }
                DownloadState::Waiting
                | DownloadState::Paused
                | DownloadState::Held(_)
                | DownloadState::Failed(_) => {}
            }
        }
        let before = std::mem::replace(&mut self.came, (done, bytes));
        // An outage of the network has a patience of its own.
        let is_away = !self.outside.is_reached();
        self.idle = if works || is_away || self.came != before { Duration::ZERO } else { self.idle + STEP };
        (self.news)(RunNews::Progress { done, all, bytes, total, speed });
    }

    /// Stops what runs, and keeps how far it came.
    async fn stop(&mut self, events: &mut Receiver<Event>) -> Result<(), Fault> {
        if !self.jobs.is_running() {
            return Ok(());
        }
        let orders = self.jobs.set_weather(Weather { is_quiet: true, ..Default::default() });
        self.follow(orders, None)?;
        let farewell = async {
            while self.jobs.is_running() {
                match events.recv().await {
                    Some(Event::Download(report)) => {
                        self.hear(report);
                        self.keep(None)?;
                    }
                    Some(_) => {}
                    None => break,
                }
            }
            Ok(())
        };
        tokio::time::timeout(FAREWELL, farewell).await.unwrap_or(Ok(()))?;
        self.jobs.come_to_rest();
        self.keep(None)
    }

    fn end(&self) -> RunEnd {
        let mut end = RunEnd { done: 0, left: 0, paused: 0, later: 0, fault: None, signal: None };
        for entry in self.jobs.entries() {
            let Some(state) = self.jobs.state(entry.id) else { continue };
            if state == DownloadState::Done {
                end.done += 1;
                continue;
            }
            end.left += 1;
            let fault = match state {
                DownloadState::Paused => {
                    end.paused += 1;
                    continue;
                }
                DownloadState::Failed(fault) if self.jobs.wait(entry.id).is_none() => {
                    end.fault = end.fault.or(Some(fault));
                    continue;
                }
                DownloadState::Failed(fault) => Some(fault),
                // Somebody has to make room or sign in first.
                DownloadState::Held(Hold { reason: HoldReason::Budget | HoldReason::SignIn, fault }) => {
                    end.fault = end.fault.or(Some(fault));
                    continue;
                }
                DownloadState::Held(hold) => Some(hold.fault),
                _ => None,
            };
            end.later += 1;
            end.fault = end.fault.or(fault);
        }
        end
    }
}

fn first_half(bytes: [u8; 16]) -> [u8; 8] {
    let mut half = [0; 8];
    half.copy_from_slice(bytes.split_at(8).0);
    half
}
