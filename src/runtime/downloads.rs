//! Carries the queue's orders out: a desk that keeps what becomes of it, and a thread a copy. Decides nothing.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;

use crate::app::{EngineNews, EngineReport, Event, JobLimits};
use crate::catalog::Catalog;
use crate::config::Settings;
use crate::downloads::{Copier, Pace, Rules, Stop, discard, leftovers};
use crate::library::Downloads;
use crate::model::{
    DownloadChange, DownloadCommand, DownloadId, DownloadState, Fault, FaultKind, FinishedCopy, Hold,
    HoldReason, KeptDownloads, SignIn, Target, Track, Wanted,
};
use crate::net::Net;
use crate::stream::{Cancel, Streams};

use super::accounts::info;
use super::ask::hash_of_file;
use super::clock;
use super::copying::CopyDesk;
use super::listed_copies::{find_again, note_changes};
use super::paths::Paths;

/// How often is looked for what other programs want: each look wakes a program that may do nothing else.
const LOOK: Duration = Duration::from_secs(1);

/// How often it is told how far copies are.
const PROGRESS: Duration = Duration::from_millis(250);

/// By how much the threads of copies stand behind the others, as `nice` counts it.
#[cfg(target_os = "linux")]
const COPIES_NICE: i32 = 5;

/// How many run at once, as the settings say.
pub(super) fn limits(settings: &Settings) -> JobLimits {
    JobLimits {
        at_once: settings.downloads.at_once.into(),
        per_service: settings.downloads.per_service.into(),
        budget_bytes: settings.downloads.budget_bytes,
    }
}

/// Where copies go. The program's own folder is made where it is not there.
pub(super) fn target(settings: &Settings, paths: &Paths) -> Target {
    let own = || {
        let folder = paths.downloads_folder();
        // Whoever copies there says what is wrong with it.
        let _ = fs::create_dir_all(&folder);
        folder
    };
    let folder = settings.downloads.folder.clone().unwrap_or_else(own);
    Target { folder, template: settings.downloads.template.clone() }
}

/// What the desk is told.
enum Word {
    /// Everything is ready: take the turn to run the queue, as soon as no other program has it.
    Begin,
    Keep(Vec<DownloadChange>, Option<u64>),
    Wish(Box<DownloadCommand>),
    OwnCodes,
    End,
}

/// Keeps the queue, on a thread of its own. Dropping it finishes what waits.
pub(super) struct DownloadDesk {
    words: mpsc::Sender<Word>,
    thread: Option<JoinHandle<()>>,
}

impl DownloadDesk {
    /// Opens what is kept, and reads it. The copies in `folder` that nobody asks for any more are swept once the turn
    /// is taken.
    pub fn open(
        path: &Path,
        folder: PathBuf,
        events: impl Fn(Event) + Send + 'static,
    ) -> Result<(Self, KeptDownloads), Fault> {
        let mut kept = Downloads::open(path).map_err(|error| error.fault())?;
        let left = kept.load(clock::unix_millis())?;
        let (words, waiting) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("downloads".to_owned())
            .spawn(move || {
                Keeping { kept, folder, events: Box::new(events), runs_here: false, asked: 0 }.run(&waiting);
            })
            .map_err(|error| Fault::new(FaultKind::Other, format!("Downloads cannot be kept: {error}")))?;
        Ok((Self { words, thread: Some(thread) }, left))
    }

    fn say(&self, word: Word) {
        if self.words.send(word).is_err() {
            tracing::error!("what became of downloads is not kept");
        }
    }

    /// What lets it take the turn, to be called once everybody can be asked for tracks.
    pub fn begin(&self) -> impl FnOnce() + Send + use<> {
        let words = self.words.clone();
        // Where the desk is gone, nothing is to be begun.
        move || drop(words.send(Word::Begin))
    }

    pub fn keep(&self, changes: Vec<DownloadChange>, done: Option<u64>) {
        self.say(Word::Keep(changes, done));
    }

    pub fn find_own_codes(&self) {
        self.say(Word::OwnCodes);
    }

    pub fn wish(&self, command: Box<DownloadCommand>) {
        self.say(Word::Wish(command));
    }
}

impl Drop for DownloadDesk {
    fn drop(&mut self) {
        self.say(Word::End);
        if let Some(thread) = self.thread.take() {
            // A panic there has been told already.
            let _ = thread.join();
        }
    }
}

/// The desk's own thread.
struct Keeping {
    kept: Downloads,
    folder: PathBuf,
    events: Box<dyn Fn(Event) + Send>,
    runs_here: bool,
    /// The last wish that was handed on.
    asked: u64,
}

impl Keeping {
    fn run(mut self, words: &mpsc::Receiver<Word>) {
        let (mut wants_turn, mut wants_codes, mut next) = (false, false, None);
        loop {
            let done = match next.take().map_or_else(|| words.recv_timeout(LOOK), Ok) {
                Ok(Word::Begin) => {
                    // The files of a large library are looked through once the first frame is shown.
                    (wants_turn, wants_codes) = (true, true);
                    Ok(())
                }
                Ok(Word::OwnCodes) => self.find_own_codes(),
                Ok(Word::Keep(mut changes, mut done)) => {
                    // What waits already is kept in the same piece.
                    loop {
                        match words.try_recv() {
                            Ok(Word::Keep(more, upto)) => {
                                changes.extend(more);
                                done = upto.or(done);
                            }
                            other => break next = other.ok(),
                        }
                    }
                    keep(&mut self.kept, &self.folder, &changes, done)
                }
                Ok(Word::Wish(command)) => self.kept.wish(&command).map(|_| ()),
                Err(RecvTimeoutError::Timeout) if std::mem::take(&mut wants_codes) => self.find_own_codes(),
                Err(RecvTimeoutError::Timeout) => Ok(()),
                Ok(Word::End) | Err(RecvTimeoutError::Disconnected) => return,
            };
            if let Err(fault) = done.and_then(|()| self.look(wants_turn)) {
                (self.events)(Event::Warned(fault));
            }
        }
    }

    fn find_own_codes(&mut self) -> Result<(), Fault> {
        (self.events)(Event::OwnCodes(self.kept.own_codes()?));
        tracing::debug!("the recordings of own files are known");
        Ok(())
    }

    /// Looks for the turn, for wishes, and for what the program that has the turn has done.
    fn look(&mut self, wants_turn: bool) -> Result<(), Fault> {
        if self.runs_here {
            return self.hand_wishes_on();
        }
        if wants_turn && self.kept.take_turn() {
            self.runs_here = true;
            let kept = self.kept.load(clock::unix_millis())?;
            sweep(&self.folder, &kept);
            let (found, kept) = find_again(&mut self.kept, &self.folder, kept)?;
            if let Some(told) = found {
                (self.events)(Event::Warned(told));
            }
            (self.events)(Event::DownloadsKept { kept: Box::new(kept), runs_here: true });
            return self.hand_wishes_on();
        }
        if wants_turn && self.kept.has_changed()? {
            let kept = self.kept.load(clock::unix_millis())?;
            (self.events)(Event::DownloadsKept { kept: Box::new(kept), runs_here: false });
        }
        Ok(())
    }

    fn hand_wishes_on(&mut self) -> Result<(), Fault> {
        let wishes: Vec<_> =
            self.kept.wishes()?.into_iter().filter(|wish| wish.number > self.asked).collect();
        if let Some(last) = wishes.last() {
            self.asked = last.number;
            let commands = wishes.into_iter().map(|wish| wish.command).collect();
            (self.events)(Event::DownloadsWished { upto: self.asked, commands });
        }
        Ok(())
    }
}

/// Keeps what changed. What the engine remembers of a copy that is noted goes after that.
pub(super) fn keep(
    kept: &mut Downloads,
    folder: &Path,
    changes: &[DownloadChange],
    done: Option<u64>,
) -> Result<(), Fault> {
    kept.keep(changes, done, clock::unix_millis())?;
    note_changes(folder, changes);
    for change in changes {
        let DownloadChange::Job { job, .. } = change else { continue };
        let is_over = match job.state {
            DownloadState::Done => true,
            // Of what brought nothing and is not tried again, nothing is of use.
            DownloadState::Failed(_) => job.bytes == 0 && job.wait.is_none(),
            _ => false,
        };
        if is_over {
            forget(folder, job.id);
        }
    }
    Ok(())
}

fn forget(folder: &Path, id: DownloadId) {
    if let Err(error) = discard(folder, id) {
        tracing::info!("what is left of a download stays: {error}");
    }
}

/// The sound and the screen go before copies: this thread, and those it starts, have the processor when they leave it.
fn yield_to_others() {
    // Elsewhere it would be asked for the whole program.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, COPIES_NICE) {
        tracing::debug!(%error, "copies are as important as everything else");
    }
}

/// Removes what is left of downloads that were cancelled, or noted.
pub(super) fn sweep(folder: &Path, kept: &KeptDownloads) {
    let open = kept.jobs.iter().filter(|job| job.state != DownloadState::Done);
    let wanted: HashSet<_> = open.map(|job| job.id).collect();
    let Ok(left) = leftovers(folder) else { return };
    // Others' numbers are not ours to judge.
    for id in left.into_iter().filter(|id| id.0 <= kept.last_id && !wanted.contains(id)) {
        forget(folder, id);
    }
}

/// Whether a service knows who listens, as far as it needs to.
fn is_signed_in(catalog: &dyn Catalog) -> bool {
    let able = catalog.capabilities();
    able.account.who.is_some() || able.sign_in == SignIn::Ready
}

/// A refusal for want of a sign-in: of everything there, where one has ended or nothing works without; else of one track.
fn signed_out(fault: Fault, catalog: &dyn Catalog, was_signed_in: bool) -> Stop {
    if was_signed_in || matches!(catalog.capabilities().sign_in, SignIn::Missing(_)) {
        let message = format!("The sign-in at {} has ended", catalog.name());
        let fault = Fault { message: message.into(), ..fault };
        return Stop::Held(Hold { reason: HoldReason::SignIn, fault: fault.hint("Sign in again") });
    }
    Stop::Failed(fault)
}

/// What runs: by job, the number of the run and what ends it.
type Running = Arc<Mutex<HashMap<DownloadId, (u64, Cancel)>>>;

fn lock(running: &Running) -> MutexGuard<'_, HashMap<DownloadId, (u64, Cancel)>> {
    // A panic elsewhere leaves whole entries behind.
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the copies that the queue orders. Dropping it stops them; what came is kept.
pub(super) struct Copying {
    desk: Arc<CopyDesk>,
    copier: Copier,
    target: Target,
    running: Running,
    events: Sender<Event>,
    tasks: Handle,
    tells: bool,
}

impl Copying {
    pub fn new(
        settings: &Settings,
        target: Target,
        net: &Net,
        catalogs: Vec<Arc<dyn Catalog>>,
        tasks: &Handle,
        events: Sender<Event>,
    ) -> Self {
        let streams = Streams::new(net.clone(), settings.hls.clone(), tasks.clone());
        let rules = Rules {
            connections: settings.downloads.connections,
            writes_tags: settings.downloads.writes_tags,
            reserve_bytes: settings.downloads.reserve_bytes,
            ..Rules::default()
        };
        let pace = Pace::new(settings.downloads.bytes_per_second);
        Self {
            desk: Arc::new(CopyDesk::new(catalogs, net.clone(), tasks.clone())),
            copier: Copier::new(streams, tasks.clone(), rules, pace),
            target,
            running: Running::default(),
            events,
            tasks: tasks.clone(),
            tells: false,
        }
    }

    /// Where copies go.
    pub fn folder(&self) -> &Path {
        &self.target.folder
    }

    /// Copies a track on a thread of its own.
    pub fn fetch(&mut self, id: DownloadId, run: u64, track: &Track) {
        if !std::mem::replace(&mut self.tells, true) {
            self.tell_progress();
        }
        let cancel = Cancel::default();
        lock(&self.running).insert(id, (run, cancel.clone()));
        let (desk, copier, events) = (Arc::clone(&self.desk), self.copier.clone(), self.events.clone());
        let running = Arc::clone(&self.running);
        let wanted = Wanted { id, track: track.clone(), target: self.target.clone() };
        let work = move || {
            yield_to_others();
            let service = desk.service_of(&wanted.track);
            let was_signed_in = service.as_deref().is_some_and(is_signed_in);
            let result = copier.copy(&wanted, &*desk, &cancel);
            lock(&running).remove(&id);
            let result = match (result, service) {
                (Err(Stop::Failed(fault)), Some(service)) if fault.kind == FaultKind::SignInNeeded => {
                    // The screen learns what the service can do now.
                    let _ = events.blocking_send(Event::ServiceChanged(Box::new(info(&*service))));
                    Err(signed_out(fault, &*service, was_signed_in))
                }
                (result, _) => result,
            };
            let news = match result {
                Ok(copy) => EngineNews::Done(Box::new(copy)),
                Err(Stop::Cancelled) => EngineNews::Stopped,
                Err(Stop::Held(hold)) => EngineNews::Held(hold),
                Err(Stop::Failed(fault)) => EngineNews::Failed(fault),
            };
            // The loop has ended: nobody is left to be told, and the next start finds out.
            let _ = events.blocking_send(Event::Download(EngineReport { id, run, news }));
        };
        if let Err(error) = thread::Builder::new().name(format!("copy-{}", id.0)).spawn(work) {
            lock(&self.running).remove(&id);
            let fault = Fault::new(FaultKind::Device, format!("No thread can be started: {error}"));
            let report = EngineReport { id, run, news: EngineNews::Failed(fault) };
            let events = self.events.clone();
            self.tasks.spawn(async move { drop(events.send(Event::Download(report)).await) });
        }
    }

    /// Stops copying; the thread reports when it has.
    pub fn stop(&self, id: DownloadId) {
        if let Some((_, cancel)) = lock(&self.running).get(&id) {
            cancel.cancel();
        }
    }

    /// Removes the file of a copy, and the folders that are empty without it. One that is not as it was made is somebody's by now.
    pub fn remove(&self, copy: Box<FinishedCopy>) {
        let folder = self.target.folder.clone();
        self.tasks.spawn_blocking(move || {
            let path = copy.path.as_path();
            let is_ours = fs::symlink_metadata(path)
                .is_ok_and(|about| about.is_file() && about.len() == copy.bytes)
                && hash_of_file(path).is_ok_and(|sha256| sha256 == copy.sha256);
            if !is_ours {
                return tracing::warn!("a copy that was changed stays: {}", path.display());
            }
            if let Err(error) = fs::remove_file(path) {
                return tracing::warn!("a copy stays: {}: {error}", path.display());
            }
            for above in
                path.ancestors().skip(1).take_while(|above| **above != folder && above.starts_with(&folder))
            {
                // It holds something else.
                let Ok(()) = fs::remove_dir(above) else { return };
            }
        });
    }

    /// Tells now and then how far everything is that runs.
    fn tell_progress(&self) {
        let (desk, running) = (Arc::downgrade(&self.desk), Arc::clone(&self.running));
        let events = self.events.clone();
        self.tasks.spawn(async move {
            loop {
                tokio::time::sleep(PROGRESS).await;
                let Some(desk) = desk.upgrade() else { return };
                for (id, progress) in desk.take_progress() {
                    let Some(run) = lock(&running).get(&id).map(|(run, _)| *run) else { continue };
                    let news = EngineNews::Progress(progress);
                    if events.send(Event::Download(EngineReport { id, run, news })).await.is_err() {
                        return;
                    }
                }
            }
        });
    }
}

impl Drop for Copying {
    fn drop(&mut self) {
        for (_, cancel) in lock(&self.running).values() {
            cancel.cancel();
        }
    }
}
