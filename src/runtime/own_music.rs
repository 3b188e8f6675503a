//! The listener's own music as one more service, and the thread that keeps it in step with the folders.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;

use crate::app::{Event, ScanOutcome, ScanProgress};
use crate::catalog::{Answer, Catalog, CatalogError};
use crate::config::Settings;
use crate::library::{
    Call, Check, LibraryError, OWN_MUSIC, OwnMusic, Progress, ScanReport, SmartList, Stats, Watch, own_lists,
    scan,
};
use crate::model::{
    Capabilities, Change, CleanText, Collection, Fault, FaultKind, Item, ItemRef, Kind, ListId, Locator,
    OwnChange, OwnJournal, OwnMove, Page, Powers, Purpose, SearchQuery, ServiceId, Track, TrackRef,
    query_problem,
};

use super::clock;
use super::paths::Paths;
use super::profile::Profile;

/// As the screen names it.
const NAME: &str = "My music";

/// How often a scan tells how far it is.
const NEWS_INTERVAL: Duration = Duration::from_millis(250);

/// The listener's own music among the services.
pub(super) struct OwnShelf {
    music: Arc<OwnMusic>,
    /// What is scanned before the first answer, where there is no library yet.
    folders: Arc<[PathBuf]>,
    /// Of several first questions, one makes the library.
    making: Arc<Mutex<()>>,
}

impl OwnShelf {
    pub fn new(music: OwnMusic, folders: Vec<PathBuf>) -> Self {
        Self { music: Arc::new(music), folders: folders.into(), making: Arc::default() }
    }

    /// Asks the library on a thread that may wait.
    fn ask<'a, T: Send + 'static>(
        &self,
        question: impl FnOnce(&OwnMusic) -> Result<T, LibraryError> + Send + 'static,
    ) -> Answer<'a, T> {
        let (music, folders) = (Arc::clone(&self.music), Arc::clone(&self.folders));
        let making = Arc::clone(&self.making);
        Box::pin(async move {
            let refused = |reason: String| CatalogError::Refused { service: NAME, reason };
            let answer = tokio::task::spawn_blocking(move || {
                {
                    let _turn = making.lock().unwrap_or_else(PoisonError::into_inner);
                    begin(&music, &folders)?;
                }
                question(&music)
            })
            .await;
            answer.map_err(|error| refused(error.to_string()))?.map_err(|error| refused(error.to_string()))
        })
    }

    fn has_no<T>(what: String) -> Result<T, CatalogError> {
        Err(CatalogError::NotFound { service: NAME, what })
    }
}

impl Catalog for OwnShelf {
    fn id(&self) -> ServiceId {
        ServiceId::known(OWN_MUSIC)
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            is_local: true,
            search: vec![Kind::Track, Kind::Album, Kind::Artist],
            lists: own_lists(),
            powers: Powers { like: vec![Kind::Track], ..Powers::default() },
            ..Capabilities::default()
        }
    }

    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        let query = query.clone();
        self.ask(move |music| music.search(&query))
    }

    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        Box::pin(async move {
            let asked = list.clone();
            let found = self.ask(move |music| music.browse(&asked, page)).await?;
            found.map_or_else(|| Self::has_no(format!("list {}", list.0)), Ok)
        })
    }

    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track> {
        Box::pin(async move { Self::has_no(format!("track {id}; its tracks go by their paths")) })
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        Box::pin(async move {
            let reference = ItemRef { service: self.id(), kind, id: id.to_owned() };
            let page = self.browse(&reference.list(), 0).await?;
            let Some(first) = page.items.iter().find_map(Item::track) else {
                return Self::has_no(format!("{kind} {id}"));
            };
            let title = match kind {
                Kind::Album => first.album.clone(),
                Kind::Track | Kind::Artist | Kind::Playlist => first.artist_id.clone().map(Into::into),
            };
            let tracks = page.items.iter().filter(|item| item.track().is_some()).count();
            let mut made = Collection::new(reference, title.unwrap_or_else(|| id.into()));
            made.tracks = page.total.or(Some(tracks as u64));
            made.by = first.artist_id.clone().filter(|_| kind == Kind::Album).map(Into::into);
            Ok(made.into())
        })
    }

    fn locate<'a>(&'a self, id: &'a str, _: Purpose) -> Answer<'a, Locator> {
        Box::pin(async move { Self::has_no(format!("track {id}; its tracks go by their paths")) })
    }

    fn change<'a>(&'a self, change: &'a Change) -> Answer<'a, Option<ItemRef>> {
        let Change::Like { item, on } = change else {
            return Box::pin(async { Err(self.lacks("such change")) });
        };
        let Some(track) = TrackRef::from_kept(&item.id).filter(|_| item.kind == Kind::Track) else {
            return Box::pin(async { Self::has_no(item.to_string()) });
        };
        let wish = OwnChange::Like { track, on: *on };
        let done = self.ask(move |music| music.change(&wish, clock::unix_seconds()));
        Box::pin(async move { done.await.map(|_| None) })
    }

    fn ping(&self) -> Answer<'_, ()> {
        self.ask(|music| music.browse(&ListId("added".to_owned()), 0).map(|_| ()))
    }
}

/// Makes the library where there is none yet.
fn begin(music: &OwnMusic, folders: &[PathBuf]) -> Result<(), LibraryError> {
    if music.path().exists() {
        return Ok(());
    }
    let made = OwnMusic::open(music.path())?;
    scan(made.path(), folders, clock::unix_seconds(), &mut |_| true).map(|_| ())
}

/// Where the listener's own music is: the folders of the configuration, else the system's.
pub(super) fn music_folders(settings: &Settings) -> Vec<PathBuf> {
    let mut folders = settings.library.folders.clone();
    if folders.is_empty() {
        folders.extend(Paths::music());
    }
    folders
}

/// Keeps the library in step with the folders on a thread of its own, which ends with this.
#[derive(Debug)]
pub(super) struct Scanning {
    stop: Arc<AtomicBool>,
    caller: SyncSender<Call>,
}

impl Scanning {
    /// Begins with a scan. Folders that are not there are watched once they come.
    pub fn begin(library: PathBuf, folders: &[PathBuf], events: Sender<Event>) -> Option<Self> {
        if folders.is_empty() {
            return None;
        }
        let folders = folders.to_owned();
        let stop = Arc::new(AtomicBool::new(false));
        let (caller, calls) = Watch::calls();
        let (stopped, wakes) = (Arc::clone(&stop), caller.clone());
        let started = thread::Builder::new().name("scan".to_owned()).spawn(move || {
            // Watching comes first: what changes during the scan is seen too.
            let (mut watch, problem) = Watch::begin(&folders, wakes, calls);
            if let Some(problem) = problem {
                let words = format!("Your music folders cannot be watched: {problem}");
                let fault =
                    Fault::new(FaultKind::Other, words).hint("They are looked through every ten minutes");
                let _ = events.try_send(Event::Warned(fault));
            }
            // As long as none of them is there, there is nothing to look through.
            while !folders.iter().any(|folder| folder.is_dir()) {
                if watch.wait() == Call::Stop {
                    return;
                }
            }
            while !stopped.load(Ordering::Relaxed) {
                scan_once(&library, &folders, &stopped, &events);
                if watch.wait() == Call::Stop {
                    return;
                }
            }
        });
        if let Err(error) = started {
            tracing::warn!("no scan: {error}");
            return None;
        }
        Some(Self { stop, caller })
    }
}

impl Drop for Scanning {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // A full queue wakes the thread as well.
        let _ = self.caller.try_send(Call::Stop);
    }
}

fn scan_once(library: &std::path::Path, folders: &[PathBuf], stop: &AtomicBool, events: &Sender<Event>) {
    let mut told: Option<Instant> = None;
    let result = scan(library, folders, clock::unix_seconds(), &mut |progress: &Progress| {
        let now = clock::now();
        if told.is_none_or(|told| now.saturating_duration_since(told) >= NEWS_INTERVAL) {
            told = Some(now);
            let progress = ScanProgress { done: progress.done, total: progress.total };
            // News that finds no room is old soon.
            let _ = events.try_send(Event::ScanWentOn(progress));
        }
        !stop.load(Ordering::Relaxed)
    });
    let result = result.map_err(|error| error.fault()).map(|report| ScanOutcome {
        added: report.added + report.moved,
        changed: report.changed,
        removed: report.removed,
        problems: report.problems,
        moved: report.renamed,
    });
    let _ = events.blocking_send(Event::Scanned(result));
}

/// Brings the library up to date, for the command line. `news` hears how far it is.
///
/// # Errors
/// When there is no folder to look through, or the database fails.
pub fn scan_library(profile: &Profile, news: &mut dyn FnMut(&Progress)) -> Result<ScanReport, Fault> {
    let folders = music_folders(&profile.settings);
    if folders.is_empty() {
        return Err(Fault::new(FaultKind::Usage, "There is no music folder")
            .hint("Set library.folders in the configuration"));
    }
    let music = open(profile)?;
    let report = scan(music.path(), &folders, clock::unix_seconds(), &mut |progress| {
        news(progress);
        true
    });
    report.map_err(|error| error.fault())
}

/// How much there is.
///
/// # Errors
/// When the database fails.
pub fn library_stats(profile: &Profile) -> Result<Stats, Fault> {
    open(profile)?.stats().map_err(|error| error.fault())
}

/// What is wrong with the database and the files.
///
/// # Errors
/// When the database cannot even be opened.
pub fn check_library(profile: &Profile) -> Result<Check, Fault> {
    open(profile)?.check().map_err(|error| error.fault())
}

/// The searches that are kept as lists.
///
/// # Errors
/// When the database fails.
pub fn smart_lists(profile: &Profile) -> Result<Vec<SmartList>, Fault> {
    open(profile)?.smart_lists().map_err(|error| error.fault())
}

/// Keeps a search as a list of the own music, in place of one of the same name; gives the list as it is now.
///
/// # Errors
/// For an empty name or search, and when the database fails.
pub fn keep_smart_list(profile: &Profile, name: &str, query: &str) -> Result<SmartList, Fault> {
    let (name, words) = (CleanText::new(name.trim()), query.trim().to_owned());
    if name.is_empty() || words.is_empty() {
        return Err(Fault::new(FaultKind::Usage, "A smart list has a name and a search")
            .hint("segue library smart add NAME 'rating>=4 not:played'"));
    }
    if let Some(problem) = query_problem(&words, &[]) {
        return Err(problem.fault());
    }
    let music = open(profile)?;
    let fault = |error: LibraryError| error.fault();
    music
        .change(&OwnChange::KeepSearch { name: name.clone(), words }, clock::unix_seconds())
        .map_err(fault)?;
    let mut kept = music.smart_lists().map_err(fault)?.into_iter();
    let is_it = |list: &SmartList| list.name.as_str().eq_ignore_ascii_case(name.as_str());
    kept.find(is_it).ok_or_else(|| Fault::new(FaultKind::Other, format!("{name} was not kept")))
}

/// Forgets a search that is kept.
///
/// # Errors
/// When there is none of this name, and when the database fails.
pub fn forget_smart_list(profile: &Profile, name: &str) -> Result<(), Fault> {
    let wish = OwnChange::ForgetSearch { name: CleanText::new(name.trim()) };
    let was_there = open(profile)?.change(&wish, clock::unix_seconds()).map_err(|error| error.fault())?;
    if was_there {
        return Ok(());
    }
    let fault = Fault::new(FaultKind::NotFound, format!("There is no smart list {name}"));
    Err(fault.hint("segue library smart list tells their names"))
}

/// Takes back what was said of the own music, or says it again.
///
/// # Errors
/// When the database fails.
pub fn go_in_own_music(profile: &Profile, by: OwnMove) -> Result<OwnJournal, Fault> {
    // Looking makes no library.
    if !profile.paths.library_file().exists() {
        return Ok(OwnJournal::default());
    }
    open(profile)?.go_in_journal(by, clock::unix_seconds()).map_err(|error| error.fault())
}

fn open(profile: &Profile) -> Result<OwnMusic, Fault> {
    OwnMusic::open(&profile.paths.library_file()).map_err(|error| error.fault())
}
