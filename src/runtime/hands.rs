//! Carries effects out. Each answer comes back as an event; nothing here decides anything.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;
use tokio::task::AbortHandle;

use crate::app::list_text::TextRow;
use crate::app::{Effect, Event};
use crate::artwork::Artwork;
use crate::audio::{self, Command, Player, Snapshot};
use crate::catalog::Catalog;
use crate::library::{Keeper, Order};
use crate::lyrics::LyricsFinder;
use crate::model::{
    Change, DownloadChange, DownloadCommand, Fault, FaultKind, ItemRef, ListId, ListSource, Locator,
    MarkSettled, MarkWish, PlayId, PlaylistOrder, Purpose, RemoteAddress, Resume, Round, SearchQuery,
    ServiceId, Settled, SoundDevice, Ticket, Track, TrackRef,
};

use crate::net::Net;

use super::accounts::{TalkUnderWay, info, noting_sessions};
use super::ask;
use super::clock;
use super::downloads::{Copying, DownloadDesk};
use super::kept_lists::{read_list, send_notes};
use super::named::named;
use super::outbox::{self, Post, Sweep};
use super::own_music::Scanning;

/// How long copies may come and go before services are told of them together.
const NOTES_AFTER: Duration = Duration::from_secs(3);

/// What the loop does after an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// Go on.
    GoOn,
    /// Let the listener edit a text on the terminal.
    Edit(Ticket, String),
    /// Give the terminal back and stop until the shell says otherwise.
    Suspend,
    /// Leave for the demo.
    EnterDemo,
    /// End the program.
    Quit,
}

/// Everything that effects are carried out with.
pub(super) struct Hands {
    pub tasks: Handle,
    pub net: Net,
    pub catalogs: Vec<Arc<dyn Catalog>>,
    pub player: Player,
    pub keeper: Option<Keeper>,
    /// Where the library is, if there is one.
    pub library: Option<PathBuf>,
    pub events: Sender<Event>,
    /// Where the listener's wishes are kept.
    pub config_file: PathBuf,
    /// Held by whoever changes that file.
    pub config_turn: Arc<Mutex<()>>,
    /// Keeps the library in step with the music folders.
    pub _scanning: Option<Scanning>,
    /// Keeps the queue of downloads.
    pub downloads: Option<DownloadDesk>,
    /// Makes the copies.
    pub copying: Copying,
    /// Finds covers.
    pub artwork: Arc<Artwork>,
    /// The cover that is looked for; a newer one ends it.
    pub cover: Option<AbortHandle>,
    /// Finds words.
    pub lyrics: Arc<LyricsFinder>,
    /// The words that are looked for; newer ones end it.
    pub words: Option<AbortHandle>,
    /// The search under way for each service; a newer one ends it.
    pub searches: HashMap<ServiceId, AbortHandle>,
    /// The sign-in under way; a newer one ends it.
    pub talk: Option<TalkUnderWay>,
}

impl Hands {
    /// Carries one effect out, or sends it on its way.
    pub fn perform(&mut self, effect: Effect) -> Flow {
        match effect {
            Effect::Search { ticket, service, query } => self.search(ticket, service, query),
            Effect::Browse { ticket, service, list, page } => self.browse(ticket, service, list, page),
            Effect::Locate { play_id, track, purpose } => self.locate(play_id, track, purpose),
            Effect::Suggest { ticket, service, words } => self.suggest(ticket, &service, words),
            Effect::FindDownload { ticket, words } => self.find_download(ticket, words),
            Effect::Resolve { ticket, words } => self.resolve(ticket, words),
            Effect::Change { ticket, service, change } => self.change(ticket, &service, change),
            Effect::KeepMark { ticket, wish } => self.keep_mark(ticket, *wish),
            Effect::NoteAccount { service, account } => self.keep(Order::SignedIn { service, account }),
            Effect::Listened { service, id } => self.listened(&service, id),
            Effect::Played { track, whole } => self.note_listen(track, whole),
            Effect::Load { play_id, locator, known, start, paused } => {
                self.player.send(Command::Load { play_id, locator, known, start, paused });
            }
            Effect::Append { play_id, locator, known, blends } => {
                self.player.send(Command::Append { play_id, locator, known, blends });
            }
            Effect::DropAppended => self.player.send(Command::DropAppended),
            Effect::Pause => self.player.send(Command::Pause),
            Effect::Resume => self.player.send(Command::Resume),
            Effect::FadeOut { over } => self.player.send(Command::FadeOut(over)),
            Effect::FadeIn => self.player.send(Command::FadeIn),
            Effect::Stop => self.player.send(Command::Stop),
            Effect::Seek { to } => self.player.send(Command::Seek(to)),
            Effect::SetVolume { volume, muted } => {
                self.player.send(Command::Volume { volume, muted });
                self.keep(Order::KeepVolume { volume, muted });
            }
            Effect::SetShuffled(shuffled) => self.player.send(Command::Shuffled(shuffled)),
            Effect::Shape(sound) => self.player.send(Command::Shape(sound)),
            Effect::Watch(watched) => self.player.watch(watched),
            Effect::ListOutputs => self.list_outputs(),
            Effect::SetOutput(output) => self.player.send(Command::Output(output)),
            Effect::KeepOwn(change) => self.keep(Order::Own { at: clock::unix_seconds(), change }),
            Effect::FindRecording { play_id, track, services } => {
                self.find_recording(play_id, *track, services);
            }
            Effect::GoInOwn(by) => self.keep(Order::OwnMove { at: clock::unix_seconds(), by }),
            Effect::ReadQueueJournal { last } => self.keep(Order::QueueJournal { last }),
            Effect::KeepTheme(name) => self.keep_theme(&name),
            Effect::ReadSettings => self.read_settings(),
            Effect::KeepSetting { path, value } => self.keep_setting(path, value),
            Effect::KeepLoudness { track, loudness } => {
                self.keep(Order::KeepLoudness { reference: track, loudness });
            }
            Effect::KeepResume { track, position, length } => {
                let resume = Resume { position, length: Some(length), kept_at: clock::unix_seconds() };
                self.keep(Order::KeepResume { reference: track, resume });
            }
            Effect::KeepWordsOffset { track, offset_ms } => {
                self.keep(Order::KeepWordsOffset { reference: track, offset_ms });
            }
            Effect::ForgetResume { track } => self.keep(Order::ForgetResume { reference: track }),
            Effect::KeepQueueStep { after, step } => {
                self.keep(Order::QueueStep { at: clock::unix_seconds(), after, step: *step });
            }
            Effect::Playlists { ticket, order } => self.order_playlists(ticket, *order),
            Effect::OpenTheirs { ticket, item } => self.open_theirs(ticket, item),
            Effect::SendChanges { ticket, all } => self.send_changes(ticket, all),
            Effect::Fetch { id, run, track } => self.copying.fetch(id, run, &track),
            Effect::StopFetch { id } => self.copying.stop(id),
            Effect::ReadList(source) => self.read_list(source),
            Effect::RemoveCopy(copy) => self.copying.remove(copy),
            Effect::FindOwnCodes => {
                if let Some(desk) = &self.downloads {
                    desk.find_own_codes();
                }
            }
            Effect::KeepDownloads { changes, done } => self.keep_downloads(changes, done),
            Effect::WishDownload(command) => self.wish_download(command),
            Effect::Wait { ticket, delay_ms } => self.wait(ticket, delay_ms),
            Effect::SignIn { ticket, service, answer } => self.sign_in(ticket, service, answer),
            Effect::CancelSignIn => self.cancel_sign_in(),
            Effect::SignOut { service } => self.sign_out(service),
            Effect::OpenLink(link) => self.open_link(link),
            Effect::EditText { ticket, text } => return Flow::Edit(ticket, text),
            Effect::FindRows { ticket, rows, service } => self.find_rows(ticket, rows, service),
            Effect::GoOffline(off) => self.net.set_off(off),
            Effect::FindCover { ticket, track } => self.find_cover(ticket, *track),
            Effect::FindFacts { ticket, track } => self.find_facts(ticket, track),
            Effect::FindLyrics { ticket, track } => self.find_lyrics(ticket, *track),
            Effect::Suspend => return Flow::Suspend,
            Effect::EnterDemo => return Flow::EnterDemo,
            Effect::Quit => return Flow::Quit,
        }
        Flow::GoOn
    }

    /// What is heard now.
    pub fn snapshot(&self) -> Snapshot {
        self.player.snapshot()
    }

    fn search(&mut self, ticket: Ticket, service: ServiceId, query: SearchQuery) {
        let shelf = self.catalog(&service);
        let events = self.events.clone();
        let of = service.clone();
        let task = self.tasks.spawn(async move {
            let result = match shelf {
                Ok(catalog) => noting_sessions(&events, &*catalog, catalog.search(&query).await).await,
                Err(fault) => Err(fault),
            };
            tell(&events, Event::Searched { ticket, service: of, result }).await;
        });
        if let Some(older) = self.searches.insert(service, task.abort_handle()) {
            older.abort();
        }
    }

    fn browse(&self, ticket: Ticket, service: ServiceId, list: ListId, page: u32) {
        let events = self.events.clone();
        let shelf = self.catalog(&service);
        self.tasks.spawn(async move {
            let result = match shelf {
                Ok(catalog) => {
                    let before = catalog.capabilities().account;
                    let answer = catalog.browse(&list, page).await;
                    // Some services say who is signed in only when they are asked for something of theirs.
                    if catalog.capabilities().account != before {
                        tell(&events, Event::ServiceChanged(Box::new(info(&*catalog)))).await;
                    }
                    noting_sessions(&events, &*catalog, answer).await
                }
                Err(fault) => Err(fault),
            };
            tell(&events, Event::Browsed { ticket, service, list, result }).await;
        });
    }

    fn find_recording(&self, play_id: PlayId, track: crate::model::Track, services: Vec<ServiceId>) {
        let (events, catalogs) = (self.events.clone(), self.catalogs.clone());
        self.tasks.spawn(async move {
            let found = ask::recording_elsewhere(&catalogs, &services, &track).await.map(Box::new);
            tell(&events, Event::RecordingFound { play_id, found }).await;
        });
    }

    fn locate(&self, play_id: PlayId, track: TrackRef, purpose: Purpose) {
        let events = self.events.clone();
        let catalog = match &track {
            TrackRef::Service { service, .. } => self.catalog(service),
            TrackRef::File(_) | TrackRef::Part(_) | TrackRef::Url(_) => {
                Err(Fault::new(FaultKind::Other, "no service is needed"))
            }
        };
        self.tasks.spawn(async move {
            let result = match track {
                TrackRef::File(path) => Ok(Locator::File(path)),
                TrackRef::Part(part) => Ok(Locator::Part(part)),
                TrackRef::Url(url) => Ok(Locator::Http(RemoteAddress::plain(url))),
                TrackRef::Service { id, .. } => match catalog {
                    Ok(catalog) => {
                        noting_sessions(&events, &*catalog, catalog.locate(&id, purpose).await).await
                    }
                    Err(fault) => Err(fault),
                },
            };
            tell(&events, Event::Located { play_id, result }).await;
        });
    }

    fn suggest(&self, ticket: Ticket, service: &ServiceId, words: String) {
        let Ok(catalog) = self.catalog(service) else { return };
        let events = self.events.clone();
        self.tasks.spawn(async move {
            // Nobody misses what was not suggested.
            let answer = noting_sessions(&events, &*catalog, catalog.suggest(&words).await).await;
            let suggestions = answer.unwrap_or_default();
            tell(&events, Event::Suggested { ticket, suggestions }).await;
        });
    }

    fn resolve(&self, ticket: Ticket, words: String) {
        let (events, catalogs, library) = (self.events.clone(), self.catalogs.clone(), self.library.clone());
        let net = self.net.clone();
        self.tasks.spawn(async move {
            let result = named(&events, &net, &catalogs, library, &words).await;
            tell(&events, Event::Resolved { ticket, result }).await;
        });
    }

    fn find_download(&self, ticket: Ticket, words: String) {
        let (events, catalogs) = (self.events.clone(), self.catalogs.clone());
        self.tasks.spawn(async move {
            let result = ask::download_named(&catalogs, &words).await;
            tell(&events, Event::DownloadFound { ticket, result }).await;
        });
    }

    fn change(&self, ticket: Ticket, service: &ServiceId, change: Change) {
        let (events, catalog) = (self.events.clone(), self.catalog(service));
        self.tasks.spawn(async move {
            let result = match catalog {
                Ok(catalog) => noting_sessions(&events, &*catalog, catalog.change(&change).await).await,
                Err(fault) => Err(fault),
            };
            tell(&events, Event::Changed { ticket, result }).await;
        });
    }

    fn listened(&self, service: &ServiceId, id: String) {
        let Ok(catalog) = self.catalog(service) else { return };
        let events = self.events.clone();
        self.tasks.spawn(async move {
            if let Err(fault) = noting_sessions(&events, &*catalog, catalog.listened(&id).await).await {
                tracing::info!("a listen was not counted: {fault}");
            }
        });
    }

    fn note_listen(&self, track: Box<Track>, whole: bool) {
        self.keep(Order::Played { track, at: clock::unix_seconds(), whole });
    }

    /// Asking the sound system may take long.
    fn list_outputs(&self) {
        let events = self.events.clone();
        self.tasks.spawn(async move {
            let found = tokio::task::spawn_blocking(audio::devices).await;
            let result = match found {
                Ok(Ok(devices)) => Ok(devices.into_iter().map(SoundDevice::from).collect()),
                Ok(Err(reason)) => Err(Fault::new(FaultKind::Device, reason)),
                Err(error) => Err(Fault::new(FaultKind::Other, error.to_string())),
            };
            tell(&events, Event::OutputsListed(result)).await;
        });
    }

    fn keep(&self, order: Order) {
        if self.keeper.as_ref().is_some_and(|keeper| !keeper.take(order)) {
            tracing::warn!("the library is too far behind to keep what was learned");
        }
    }

    fn keep_downloads(&self, changes: Vec<DownloadChange>, done: Option<u64>) {
        let Some(desk) = &self.downloads else { return };
        let is_note =
            |change: &DownloadChange| matches!(change, DownloadChange::Copy(_) | DownloadChange::CopyGone(_));
        let has_notes = changes.iter().any(is_note);
        desk.keep(changes, done);
        if has_notes {
            self.send_notes(NOTES_AFTER);
        }
    }

    /// Tells services which copies came and went, after a while in which more may.
    fn send_notes(&self, after: Duration) {
        let (catalogs, library) = (self.catalogs.clone(), self.library.clone());
        self.tasks.spawn(async move {
            tokio::time::sleep(after).await;
            if let Some(library) = library {
                send_notes(library, catalogs).await;
            }
        });
    }

    fn read_list(&self, source: ListSource) {
        let (events, catalogs, library) = (self.events.clone(), self.catalogs.clone(), self.library.clone());
        self.tasks.spawn(async move {
            if let Some(library) = library {
                tell(&events, read_list(catalogs, library, source).await).await;
            }
        });
    }

    fn wish_download(&self, command: Box<DownloadCommand>) {
        if let Some(desk) = &self.downloads {
            return desk.wish(command);
        }
        let why = "There is no library to keep downloads in; segue doctor tells why";
        let (events, fault) = (self.events.clone(), Fault::new(FaultKind::Other, why));
        self.tasks.spawn(async move { tell(&events, Event::Warned(fault)).await });
    }

    fn order_playlists(&self, ticket: Ticket, order: PlaylistOrder) {
        let at = clock::unix_seconds();
        let why = match &self.keeper {
            Some(keeper) if keeper.take(Order::Playlists { ticket, at, order }) => return,
            Some(_) => "The library is too far behind to take this; try again in a moment",
            None => NO_LIBRARY,
        };
        let (events, result) = (self.events.clone(), Err(Fault::new(FaultKind::Other, why)));
        self.tasks.spawn(async move { tell(&events, Event::Playlists { ticket, result }).await });
    }

    fn keep_mark(&self, ticket: Ticket, wish: MarkWish) {
        let why = match &self.keeper {
            Some(keeper) if keeper.take(Order::Mark { ticket, wish }) => return,
            Some(_) => "The library is too far behind to take this; try again in a moment",
            None => NO_LIBRARY,
        };
        let (events, result) = (self.events.clone(), Err(Fault::new(FaultKind::Other, why)));
        self.tasks.spawn(async move { tell(&events, Event::MarkKept { ticket, result }).await });
    }

    /// Looks every new line of a list's text up, one after the other, and tells of all that lead nowhere. Words are looked for
    /// at `service` alone, if one is named.
    fn find_rows(&self, ticket: Ticket, rows: Vec<(usize, TextRow)>, service: Option<ServiceId>) {
        let (events, catalogs) = (self.events.clone(), self.catalogs.clone());
        self.tasks.spawn(async move {
            let (mut found, mut faults) = (Vec::new(), Vec::new());
            for (line, row) in rows {
                match ask::text_row(&catalogs, &row, service.as_ref()).await {
                    Ok(tracks) => found.push(tracks),
                    Err(fault) => faults.push((line, fault)),
                }
            }
            let result = if faults.is_empty() { Ok(found) } else { Err(faults) };
            tell(&events, Event::RowsFound { ticket, result }).await;
        });
    }

    fn open_theirs(&self, ticket: Ticket, item: ItemRef) {
        let (events, catalog) = (self.events.clone(), self.catalog(&item.service));
        let library = self.library.clone();
        self.tasks.spawn(async move {
            let result = match (catalog, library) {
                (Ok(catalog), Some(library)) => outbox::open(library, &*catalog, &item).await,
                (Err(fault), _) => Err(fault),
                (_, None) => Err(no_library()),
            };
            tell(&events, Event::TheirsOpened { ticket, result }).await;
        });
    }

    fn send_changes(&self, ticket: Ticket, all: bool) {
        self.send_notes(Duration::ZERO);
        let (events, catalogs, library) = (self.events.clone(), self.catalogs.clone(), self.library.clone());
        self.tasks.spawn(async move {
            let what = Sweep { early: all, held: all };
            let result = match library {
                Some(library) => outbox::sweep(library, Post::join, catalogs.clone(), what).await,
                None => Ok(Round::default()),
            };
            for service in result.iter().flat_map(signed_out_by) {
                if let Ok(catalog) = ask::find(&catalogs, service) {
                    tell(&events, Event::ServiceChanged(Box::new(info(&**catalog)))).await;
                }
            }
            tell(&events, Event::ChangesSent { ticket, result }).await;
        });
    }

    fn wait(&self, ticket: Ticket, delay_ms: u64) {
        let events = self.events.clone();
        self.tasks.spawn(async move {
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
            tell(&events, Event::Elapsed(ticket)).await;
        });
    }

    pub(super) fn catalog(&self, service: &ServiceId) -> Result<Arc<dyn Catalog>, Fault> {
        ask::find(&self.catalogs, service).cloned()
    }
}

/// Services that want a sign-in before they take what waits.
fn signed_out_by(round: &Round) -> impl Iterator<Item = &ServiceId> {
    let playlists = round.told.iter().filter_map(|told| match &told.what {
        Settled::Waits(fault) => Some((&told.service, fault)),
        Settled::Arrived | Settled::Merged { .. } | Settled::Spared { .. } | Settled::Held(_) => None,
    });
    let marks = round.marked.iter().filter_map(|told| match &told.what {
        MarkSettled::Waits(fault) => Some((&told.wish.item.service, fault)),
        MarkSettled::Arrived | MarkSettled::Refused(_) => None,
    });
    let wants = |(_, fault): &(&ServiceId, &Fault)| fault.kind == FaultKind::SignInNeeded;
    playlists.chain(marks).filter(wants).map(|(service, _)| service)
}

/// Why playlists cannot be kept.
const NO_LIBRARY: &str = "There is no library to keep playlists in; segue doctor tells why";

fn no_library() -> Fault {
    Fault::new(FaultKind::Other, NO_LIBRARY)
}

pub(super) async fn tell(events: &Sender<Event>, event: Event) {
    // The loop has ended: nobody is left to be told.
    let _ = events.send(event).await;
}
