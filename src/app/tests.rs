//! A program without a world: steps in, effects and facts out as short words. The features' tests
//! stand beside them; here are the pages, the keys and what holds for every sequence of messages.

mod any;
mod choosing;
mod counts;
mod keys;
mod left;
mod marks;
mod offline;
mod outputs;
mod own;
mod pages;
mod presets;
mod themes;
mod to_the_end;

use std::time::Duration;

use super::{Action, Effect, Event, Heard, Msg, PlayState, Stage, Start, State, parse_keys, update};
use crate::model::{
    BrowseList, Capabilities, Change, Collection, Fault, FaultKind, Item, Kind, ListId, Locator, Mark, Page,
    PlayId, PlaylistOrder, Purpose, Round, SampleRate, ServiceId, ServiceInfo, Session, SignIn, SignInAnswer,
    SignInStep, SoundFormat, Ticket, Track, TrackRef,
};

pub(super) fn service(id: &'static str, search: bool, lists: &[&str], sign_in: SignIn) -> ServiceInfo {
    let list = |id: &&str| BrowseList { id: ListId((*id).to_owned()), title: (*id).into() };
    let search = if search { vec![Kind::Track] } else { Vec::new() };
    let is_local = id == "files";
    let lists = lists.iter().map(list).collect();
    let capabilities = Capabilities { is_local, search, lists, sign_in, ..Capabilities::default() };
    ServiceInfo { id: ServiceId::known(id), name: id.into(), capabilities }
}

/// One of each kind: open, signed in, not signed in, folders.
pub(super) fn services() -> Vec<ServiceInfo> {
    vec![
        service("open", true, &["top", "new"], SignIn::NotNeeded),
        service("ready", true, &["best"], SignIn::Ready),
        service("shut", true, &["gone"], SignIn::Missing("Set services.shut.token".into())),
        service("files", false, &["music"], SignIn::NotNeeded),
    ]
}

pub(super) fn track(service: &str, title: &str) -> Track {
    let reference = TrackRef::Service { service: service.parse().unwrap(), id: title.to_owned() };
    let length = Some(Duration::from_secs(200));
    Track { length, artists: vec!["Ada Cole".into()], ..Track::new(reference, title) }
}

/// A configuration that was read anew.
pub(super) fn wishes() -> crate::app::Wishes {
    themes::wishes(&["auto"], "auto")
}

/// Tracks of the open service, one a word.
pub(super) fn tracks(titles: &str) -> Vec<Track> {
    titles.split_whitespace().map(|title| track("open", title)).collect()
}

pub(super) fn page(items: Vec<Track>, more: bool) -> Page<Item> {
    Page { items: items.into_iter().map(Item::Track).collect(), more, ..Page::default() }
}

pub(super) fn gone() -> Fault {
    Fault::new(FaultKind::NotFound, "It is gone")
}

pub(super) fn slow() -> Fault {
    Fault::new(FaultKind::Network, "Nothing comes")
}

pub(super) fn format() -> SoundFormat {
    SoundFormat { codec: "MP3".into(), sample_rate: SampleRate(44_100), channels: 2, bits: None }
}

/// Something that happens. What answers a request answers the newest one.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Keys as they are written.
    Keys(&'static str),
    Do(Action),
    /// The newest wait is over.
    Elapsed,
    /// A service answers the newest search.
    Found(&'static str, Result<Page<Item>, Fault>),
    /// A service answers the newest search with rows of any kind.
    FoundItems(&'static str, Vec<Item>),
    /// The newest list that was asked for comes, with rows of any kind.
    BrowsedItems(Vec<Item>, bool),
    /// The newest request for suggestions is answered.
    Suggested(&'static [&'static str]),
    /// The newest link leads somewhere.
    Resolved(Result<Vec<Item>, Fault>),
    /// The newest mark is on the disk, or is not.
    MarkKept(Result<(), Fault>),
    /// The newest round of sending is over.
    Sent(Box<Round>),
    /// Text is pasted.
    Pasted(&'static str),
    /// The newest list that was asked for comes.
    Browsed(Result<Page<Item>, Fault>),
    Located,
    NotLocated(Fault),
    /// A search for the newest track elsewhere found nothing.
    NotElsewhere,
    /// The newest attempt is heard.
    Started,
    /// What plays is nearly decoded.
    WantsNext,
    Ended,
    /// What plays fails.
    Failed(Fault),
    /// The newest attempt fails.
    NewestFailed(Fault),
    /// So many seconds of what plays were heard.
    At(u64),
    /// A service asks for the next step of the newest sign-in.
    Asked(Result<SignInStep, Fault>),
    /// What a service can do changed.
    ServiceChanged(Box<ServiceInfo>),
    SignedOut(&'static str, Result<(), Fault>),
}

/// A program under test.
pub(super) struct Run {
    pub state: State,
    pub effects: Vec<Effect>,
    wait: Ticket,
    search: Ticket,
    /// Of the newest request for suggestions, a link or a change.
    asked: Ticket,
    browse: Option<(Ticket, ServiceId, ListId)>,
    pub(super) newest: PlayId,
    sign_in: Ticket,
}

impl Run {
    pub fn new(start: Start) -> Self {
        let (state, effects) = State::new(start);
        let mut run = Self {
            state,
            effects: Vec::new(),
            wait: Ticket(0),
            search: Ticket(0),
            asked: Ticket(0),
            browse: None,
            newest: PlayId(0),
            sign_in: Ticket(0),
        };
        run.note(effects);
        run
    }

    /// Services, and a queue of `titles` from last time.
    pub fn with(titles: &str) -> Self {
        let tracks = tracks(titles);
        let current = (!tracks.is_empty()).then_some(0);
        let tracks = tracks.into_iter().map(Into::into).collect();
        let session = Session { tracks, current, position: Duration::ZERO, ..Session::default() };
        Self::new(Start { services: services(), session, ..Start::default() })
    }

    fn note(&mut self, effects: Vec<Effect>) {
        for effect in &effects {
            match effect {
                Effect::Wait { ticket, .. } => self.wait = *ticket,
                Effect::Search { ticket, .. } => self.search = *ticket,
                Effect::Suggest { ticket, .. }
                | Effect::Resolve { ticket, .. }
                | Effect::KeepMark { ticket, .. }
                | Effect::SendChanges { ticket, .. }
                | Effect::Change { ticket, .. } => self.asked = *ticket,
                Effect::Browse { ticket, service, list, .. } => {
                    self.browse = Some((*ticket, service.clone(), list.clone()));
                }
                Effect::Locate { play_id, .. } | Effect::FindRecording { play_id, .. } => {
                    self.newest = *play_id;
                }
                Effect::SignIn { ticket, .. } => self.sign_in = *ticket,
                _ => {}
            }
        }
        self.effects = effects;
    }

    pub fn send(&mut self, message: Msg) {
        let effects = update(&mut self.state, message);
        self.note(effects);
    }

    fn now(&self) -> PlayId {
        self.state.playback.now.as_ref().map_or(PlayId(0), |now| now.play_id)
    }

    pub fn step(&mut self, step: Step) {
        let (newest, now) = (self.newest, self.now());
        let event = match step {
            Step::Keys(text) => {
                let mut all = Vec::new();
                for chord in parse_keys(text).unwrap() {
                    self.send(Msg::Key(chord));
                    all.append(&mut self.effects);
                }
                self.effects = all;
                return;
            }
            Step::Do(action) => return self.send(Msg::Action(action)),
            Step::Elapsed => Event::Elapsed(self.wait),
            Step::Found(service, result) => {
                Event::Searched { ticket: self.search, service: ServiceId::known(service), result }
            }
            Step::Browsed(result) => {
                let (ticket, service, list) = self.browse.clone().unwrap();
                Event::Browsed { ticket, service, list, result }
            }
            Step::FoundItems(service, items) => Event::Searched {
                ticket: self.search,
                service: ServiceId::known(service),
                result: Ok(Page { items, ..Page::default() }),
            },
            Step::BrowsedItems(items, more) => {
                let (ticket, service, list) = self.browse.clone().unwrap();
                Event::Browsed { ticket, service, list, result: Ok(Page { items, more, ..Page::default() }) }
            }
            Step::Suggested(lines) => Event::Suggested {
                ticket: self.asked,
                suggestions: lines.iter().map(|line| (*line).into()).collect(),
            },
            Step::Resolved(result) => Event::Resolved { ticket: self.asked, result },
            Step::MarkKept(result) => Event::MarkKept { ticket: self.asked, result },
            Step::Sent(round) => Event::ChangesSent { ticket: self.asked, result: Ok(*round) },
            Step::Pasted(text) => return self.send(Msg::Paste(text.to_owned())),
            Step::Located => Event::Located { play_id: newest, result: Ok(Locator::File("/x".into())) },
            Step::NotElsewhere => Event::RecordingFound { play_id: newest, found: None },
            Step::NotLocated(fault) => Event::Located { play_id: newest, result: Err(fault) },
            Step::Asked(result) => Event::SignInAsked { ticket: self.sign_in, result },
            Step::ServiceChanged(info) => Event::ServiceChanged(info),
            Step::SignedOut(service, result) => {
                Event::SignedOut { service: ServiceId::known(service), result }
            }
            Step::Started => Event::Started { play_id: newest, format: format(), length: None },
            Step::WantsNext => Event::WantsNext { play_id: now },
            Step::Ended => Event::Ended { play_id: now },
            Step::Failed(fault) => Event::Failed { play_id: now, fault },
            Step::NewestFailed(fault) => Event::Failed { play_id: newest, fault },
            Step::At(seconds) => Event::Heard(Heard {
                play_id: Some(now),
                position: Duration::from_secs(seconds),
                state: PlayState::Playing,
                ..Heard::default()
            }),
        };
        self.send(Msg::Event(event));
    }

    pub fn steps(mut self, steps: impl IntoIterator<Item = Step>) -> Self {
        steps.into_iter().for_each(|step| self.step(step));
        self
    }

    /// One event more.
    pub fn hears(mut self, event: Event) -> Self {
        self.send(Msg::Event(event));
        self
    }

    /// The effects of the last step in short words.
    pub fn asked(&self) -> String {
        let is_told =
            |effect: &&Effect| !matches!(effect, Effect::Played { .. } | Effect::KeepQueueStep { .. });
        self.effects.iter().filter(is_told).map(brief).collect::<Vec<_>>().join(", ")
    }

    /// The queue with its current row marked, and what plays how far.
    pub fn playing(&self) -> String {
        let queue = &self.state.queue;
        let row = |(row, entry): (usize, &super::Entry)| {
            let mark = if queue.current == Some(row) { "*" } else { "" };
            let problem = if entry.problem.is_some() { "!" } else { "" };
            format!("{mark}{}{problem}", entry.track.title)
        };
        let rows: Vec<_> = queue.entries.iter().enumerate().map(row).collect();
        let playback = &self.state.playback;
        let now = match &playback.now {
            None => "none".to_owned(),
            Some(now) => {
                let stage = match now.stage {
                    Stage::Locating => "locating",
                    Stage::Loading => "loading",
                    Stage::Sounding => "sounding",
                    Stage::Ended => "ended",
                };
                let paused = if playback.paused { " paused" } else { "" };
                format!("{} {stage}{paused}", now.track.title)
            }
        };
        format!("{} | {now} @{}", rows.join(" "), playback.position().as_secs())
    }
}

/// An effect in short words, without the numbers that only tell answers apart.
#[expect(clippy::too_many_lines, reason = "an arm for each effect")]
fn brief(effect: &Effect) -> String {
    match effect {
        Effect::Search { service, query, .. } => format!("search {service} {:?} {}", query.words, query.page),
        Effect::Browse { service, list, page, .. } => format!("browse {service} {} {page}", list.0),
        Effect::Suggest { service, words, .. } => format!("suggest {service} {words:?}"),
        Effect::Resolve { words, .. } => format!("resolve {words}"),
        Effect::Change { change, .. } => match change {
            Change::Like { item, on } => format!("like {item} {on}"),
            Change::Repost { item, on } => format!("repost {item} {on}"),
            Change::Follow { item, on } => format!("follow {item} {on}"),
            other => format!("{other:?}"),
        },
        Effect::KeepMark { wish, .. } => match wish.mark {
            Mark::Like => format!("keep like {} {}", wish.item, wish.on),
            Mark::Repost => format!("keep repost {} {}", wish.item, wish.on),
            Mark::Follow => format!("keep follow {} {}", wish.item, wish.on),
        },
        Effect::NoteAccount { service, account } => {
            format!("account {service} {}", account.as_deref().unwrap_or("-"))
        }
        Effect::Listened { service, id } => {
            format!("listened {service}:track:{id}").replace("open:track:", "")
        }
        Effect::Played { track, whole } => format!("played {} {whole}", track.reference),
        Effect::Locate { track, purpose, .. } => {
            let again = if *purpose == Purpose::GoOn { " again" } else { "" };
            format!("locate {track}{again}").replace("open:track:", "")
        }
        Effect::Load { start, paused, .. } => {
            format!("load @{}{}", start.as_secs(), if *paused { " paused" } else { "" })
        }
        Effect::Append { .. } => "append".to_owned(),
        Effect::DropAppended => "drop".to_owned(),
        Effect::Pause => "pause".to_owned(),
        Effect::Resume => "resume".to_owned(),
        Effect::FadeOut { over } => format!("fade {}", over.as_secs()),
        Effect::FadeIn => "loud".to_owned(),
        Effect::Stop => "stop".to_owned(),
        Effect::Seek { to } => format!("seek {}", to.as_secs()),
        Effect::SetVolume { volume, muted } => {
            format!("volume {}{}", volume.percent(), if *muted { " muted" } else { "" })
        }
        Effect::SetShuffled(on) => format!("shuffled {on}"),
        Effect::Shape(sound) => format!("shape {}", super::shape_titles(sound).join(" ")),
        Effect::Watch(on) => format!("watch {on}"),
        Effect::ListOutputs => "list outputs".to_owned(),
        Effect::SetOutput(_) => "output".to_owned(),
        Effect::KeepOwn(change) => format!("own {change:?}"),
        Effect::GoInOwn(by) => format!("own {by:?}"),
        Effect::ReadQueueJournal { last } => format!("read journal {last}"),
        Effect::FindRecording { track, services, .. } => {
            let names: Vec<_> = services.iter().map(ServiceId::as_str).collect();
            format!("find {} at {}", track.title, names.join(" "))
        }
        Effect::KeepTheme(name) => format!("theme {name}"),
        Effect::KeepLoudness { track, loudness } => {
            format!("loudness {track} {}", loudness.lufs).replace("open:track:", "")
        }
        Effect::KeepResume { track, position, .. } => {
            format!("place {track} {}", position.as_secs()).replace("open:track:", "")
        }
        Effect::KeepWordsOffset { track, offset_ms } => {
            format!("words {track} {offset_ms}").replace("open:track:", "")
        }
        Effect::ForgetResume { track } => format!("forget {track}").replace("open:track:", ""),
        Effect::KeepQueueStep { after, step } => format!("keep {after} {}", step.name),
        Effect::Playlists { order, .. } => match &**order {
            PlaylistOrder::List => "playlists".to_owned(),
            PlaylistOrder::Make { name, entries } => format!("make {name} {}", entries.len()),
            PlaylistOrder::SaveQueue { name, entries, place } => {
                format!("save {name} {} @{}", entries.len(), place.position.as_secs())
            }
            PlaylistOrder::MakeAt { service, name, entries, .. } => {
                format!("make at {service} {name} {}", entries.len())
            }
            PlaylistOrder::Append { id, entries } => format!("append {} {}", id.0, entries.len()),
            order => format!("{order:?}"),
        },
        Effect::OpenTheirs { item, .. } => format!("open {item}"),
        Effect::SendChanges { all, .. } => format!("send{}", if *all { " all" } else { "" }),
        Effect::Wait { delay_ms, .. } => format!("wait {delay_ms}"),
        Effect::SignIn { service, answer, .. } => match answer {
            SignInAnswer::Begin { .. } => format!("sign in {service}"),
            SignInAnswer::Form(pairs) | SignInAnswer::Callback(pairs) => {
                let pairs: Vec<_> =
                    pairs.iter().map(|(key, value)| format!("{key}={}", value.reveal())).collect();
                format!("answer {service} {}", pairs.join(" "))
            }
        },
        Effect::Fetch { track, .. } => format!("fetch {}", track.reference).replace("open:track:", ""),
        Effect::StopFetch { id } => format!("stop fetch {}", id.0),
        Effect::ReadList(source) => format!("read {source}"),
        Effect::RemoveCopy(copy) => format!("remove {}", copy.path.display()),
        Effect::GoOffline(off) => format!("offline {off}"),
        Effect::FindOwnCodes => "find own codes".to_owned(),
        Effect::KeepDownloads { changes, .. } => format!("keep {} of downloads", changes.len()),
        Effect::WishDownload(command) => format!("wish {command:?}"),
        Effect::CancelSignIn => "cancel sign-in".to_owned(),
        Effect::SignOut { service } => format!("sign out {service}"),
        Effect::OpenLink(link) => format!("open {}", link.0),
        Effect::EditText { .. } => "edit".to_owned(),
        Effect::FindRows { rows, .. } => format!("find {}", rows.len()),
        Effect::FindDownload { words, .. } => format!("find {words} to download"),
        Effect::FindFacts { track, .. } => format!("facts {track}"),
        Effect::FindLyrics { track, .. } => format!("lyrics {}", track.reference),
        Effect::FindCover { track, .. } => format!("cover {}", track.reference),
        Effect::EnterDemo => "demo".to_owned(),
        Effect::ReadSettings => "read settings".to_owned(),
        Effect::KeepSetting { path, value } => format!("keep {path} {value:?}"),
        Effect::Suspend => "suspend".to_owned(),
        Effect::Quit => "quit".to_owned(),
    }
}
