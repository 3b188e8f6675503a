//! Puts the rooms together for one run: settings in, hands and a stream of events out.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::app::{DownloadStart, Event};
use crate::artwork::Artwork;
use crate::audio::{CLOSE_AFTER, Player, PlayerOptions, Report};
use crate::catalog::{self, Catalog, MemoryVault, Surroundings, Vault};
use crate::config::{KeepTokens, Unplugged};
use crate::library::{Keeper, Left, News, Order, OwnMusic};
use crate::lyrics::LyricsFinder;
use crate::model::{Fault, FaultKind, KeptDownloads, OutputChoice, ServiceInfo, Volume};
use crate::net::Net;
use crate::secrets::{self, Keep};
use crate::stream::Streams;

use super::accounts::info;
use super::clock;
use super::covers::homes;
use super::downloads::{self, Copying, DownloadDesk};
use super::hands::Hands;
use super::kept_catalog::KeptCatalog;
use super::keys::{Keys, Tell};
use super::network::watch_network;
use super::own_music::{OwnShelf, Scanning, music_folders};
use super::profile::Profile;
use super::weather::WeatherHouse;

/// Which items of the keyring are ours.
const KEYRING_LABEL: &str = "segue";

/// Events waiting for the loop, at most.
const WAITING_EVENTS: usize = 4096;

/// What one run starts with.
pub(super) struct Wired {
    pub hands: Hands,
    pub events: Receiver<Event>,
    pub services: Vec<ServiceInfo>,
    /// How things were left, where they are kept.
    pub left: Left,
    /// The queue of downloads, and what is here already.
    pub downloads: DownloadStart,
}

/// Builds everything that does work. `keep` tells whether the queue is kept over the run.
pub(super) fn wire_up(
    profile: &Profile,
    output: OutputChoice,
    volume: Volume,
    keep: bool,
    tasks: &Handle,
) -> Result<Wired, Fault> {
    let settings = &profile.settings;
    let net = Net::new(settings.network.clone());
    let (events, waiting) = mpsc::channel(WAITING_EVENTS);
    let remarks = events.clone();
    let tell: Tell = Box::new(move |name, remark| {
        tell_without_waiting(&remarks, Event::TokenKept { name: name.to_owned(), remark });
    });
    let mut catalogs = shelves(profile, &net, tell);
    catalogs.extend(own_shelf(profile));
    let copies = downloads::target(settings, &profile.paths);
    let copying = Copying::new(settings, copies.clone(), &net, catalogs.clone(), tasks, events.clone());
    watch_network(&net, tasks, events.clone());
    WeatherHouse::new(settings, tasks).watch(tasks, events.clone());
    // The demo's addresses are others each time.
    let covers = (!profile.demo).then(|| profile.paths.covers_folder());
    let artwork = Arc::new(Artwork::new(net.clone(), homes(settings), covers));
    // Nobody outside is told what the demo plays.
    let lrclib = settings.lyrics.lrclib_url.clone().filter(|_| settings.lyrics.lrclib && !profile.demo);
    let lyrics = Arc::new(LyricsFinder::new(net.clone(), lrclib));
    let streams = Streams::new(net.clone(), settings.hls.clone(), tasks.clone());
    let streams = Arc::new(streams.keeping_in(profile.paths.sound_folder(), settings.cache.sound_bytes));
    let (keeper, left) = if keep { open_library(profile, &events) } else { (None, Left::default()) };
    let (desk, kept) = if keep && keeper.is_some() {
        open_downloads(profile, copies.folder, &events)
    } else {
        (None, copies_here(profile))
    };
    // Never louder than it was left.
    let volume = left.session.volume.unwrap_or(volume);
    let reports = events.clone();
    let player = Player::start(
        PlayerOptions {
            output,
            buffer_ms: settings.player.buffer_ms,
            closes_after: CLOSE_AFTER,
            moves: settings.player.unplugged == Unplugged::Move,
            volume,
            replaygain: settings.player.replaygain,
            crossfade: settings.player.crossfade,
            sound: settings.sound,
            preamp_db: settings.player.replaygain_preamp_db,
        },
        streams,
        Box::new(move |report| tell_without_waiting(&reports, event_of(report))),
    )
    .map_err(|error| Fault::new(FaultKind::Other, error.to_string()))?;
    let services: Vec<_> = catalogs.iter().map(|catalog| info(&**catalog)).collect();
    for service in keeper.iter().flat_map(|_| &services) {
        let account = service.capabilities.account.key.clone();
        let order = Order::SignedIn { service: service.id.clone(), account };
        let _ = keeper.as_ref().is_some_and(|keeper| keeper.take(order));
    }
    // Nothing is scanned into a library that could not be opened.
    let scanning = keeper.as_ref().and_then(|_| {
        Scanning::begin(profile.paths.library_file(), &music_folders(settings), events.clone())
    });
    let library = keeper.as_ref().map(|_| profile.paths.library_file());
    let hands = Hands {
        tasks: tasks.clone(),
        net,
        catalogs,
        player,
        keeper,
        library,
        events,
        config_file: profile.paths.config_file(),
        config_turn: Arc::default(),
        _scanning: scanning,
        downloads: desk,
        copying,
        artwork,
        cover: None,
        lyrics,
        words: None,
        searches: HashMap::new(),
        talk: None,
    };
    let downloads = DownloadStart { kept, limits: downloads::limits(settings), runs_here: false };
    Ok(Wired { hands, events: waiting, services, left, downloads })
}

/// The services alone, for whoever needs no player. `tell` hears where tokens are kept, when that is not the
/// keyring. Nobody is signed in before [`Catalog::restore`].
pub(super) fn catalogs(profile: &Profile, tell: Tell) -> Vec<Arc<dyn Catalog>> {
    shelves(profile, &Net::new(profile.settings.network.clone()), tell)
}

/// The listener's own music, where there is a folder for it.
pub(super) fn own_shelf(profile: &Profile) -> Option<Arc<dyn Catalog>> {
    let music = OwnMusic::new(&profile.paths.library_file());
    let folders = music_folders(&profile.settings);
    (!folders.is_empty()).then(|| Arc::new(OwnShelf::new(music, folders)) as Arc<dyn Catalog>)
}

/// The same over a wire that others use too.
pub(super) fn shelves(profile: &Profile, net: &Net, tell: Tell) -> Vec<Arc<dyn Catalog>> {
    let keep = match profile.settings.secrets.keep {
        KeepTokens::Auto => Keep::Auto,
        KeepTokens::Keyring => Keep::Keyring,
        KeepTokens::File => Keep::File,
    };
    // What is done in the demo is forgotten with it.
    let vault: Arc<dyn Vault> = if profile.demo {
        Arc::new(MemoryVault::default())
    } else {
        Arc::new(Keys::new(secrets::Vault::open(&profile.paths.data, KEYRING_LABEL, keep), tell))
    };
    let surroundings = Surroundings {
        unix_time: Arc::new(clock::unix_seconds),
        random: Arc::new(clock::random_bytes),
        vault,
        // The demo's addresses are others each time.
        pages: (!profile.demo).then(|| profile.paths.cache.join("pages")),
    };
    let services = catalog::services(&profile.settings.services, net, &surroundings);
    let library = profile.paths.library_file();
    let kept = |service| Arc::new(KeptCatalog::new(service, library.clone())) as Arc<dyn Catalog>;
    services.into_iter().map(kept).collect()
}

/// The library, or a warning and no memory of this run.
fn open_library(profile: &Profile, events: &Sender<Event>) -> (Option<Keeper>, Left) {
    let complaints = events.clone();
    let report = move |news| tell_without_waiting(&complaints, news_event(news));
    match Keeper::open(&profile.paths.library_file(), clock::unix_seconds(), report) {
        Ok((keeper, left)) => (Some(keeper), left),
        Err(error) => {
            tell_without_waiting(events, Event::Warned(error.fault()));
            (None, Left::default())
        }
    }
}

/// The queue of downloads, which nobody runs yet; or a warning and no downloads in this run.
fn open_downloads(
    profile: &Profile,
    folder: PathBuf,
    events: &Sender<Event>,
) -> (Option<DownloadDesk>, KeptDownloads) {
    let told = events.clone();
    // Its thread may wait for the loop, which never waits for it.
    let tell = move |event| drop(told.blocking_send(event));
    match DownloadDesk::open(&profile.paths.library_file(), folder, tell) {
        Ok((desk, kept)) => (Some(desk), kept),
        Err(fault) => {
            tell_without_waiting(events, Event::Warned(fault));
            (None, KeptDownloads::default())
        }
    }
}

/// What can be heard offline, for a run that keeps nothing.
fn copies_here(profile: &Profile) -> KeptDownloads {
    let path = profile.paths.library_file();
    // Looking makes no library.
    let kept = path.exists().then(|| crate::library::Downloads::open(&path).ok()?.load(0).ok()).flatten();
    KeptDownloads { copies: kept.map(|kept| kept.copies).unwrap_or_default(), ..KeptDownloads::default() }
}

/// For the threads that must never wait for the loop.
fn tell_without_waiting(events: &Sender<Event>, event: Event) {
    if let Err(error) = events.try_send(event) {
        tracing::warn!("an event found no room: {error}");
    }
}

fn news_event(news: News) -> Event {
    match news {
        News::Trouble(fault) => Event::Warned(fault),
        News::Playlists { ticket, result } => Event::Playlists { ticket, result },
        News::MarkKept { ticket, result } => Event::MarkKept { ticket, result },
        News::QueueJournal(journal) => Event::QueueJournal(journal),
        News::OwnJournal(result) => Event::OwnJournal(result),
    }
}

fn event_of(report: Report) -> Event {
    match report {
        Report::Started { play_id, format, length } => Event::Started { play_id, format, length },
        Report::WantsNext { play_id } => Event::WantsNext { play_id },
        Report::Ended { play_id } => Event::Ended { play_id },
        Report::Failed { play_id, fault } => Event::Failed { play_id, fault },
        Report::Troubled { play_id, fault } => Event::Troubled { play_id, fault },
        Report::Measured { play_id, loudness } => Event::Measured { play_id, loudness },
        Report::Snagged { play_id, why } => Event::Snagged { play_id, why },
        Report::Titled { play_id, title } => Event::Titled { play_id, title },
        Report::Output(state) => Event::OutputChanged(state),
    }
}
