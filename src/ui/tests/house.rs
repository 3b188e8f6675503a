//! States to draw, reached the way the program reaches them: messages in, effects answered.

use std::collections::VecDeque;
use std::time::Duration;

use crate::app::{Action, Effect, Event, Heard, Msg, PlayState, Start, State, parse_keys, update};
use crate::model::{
    Allowed, BrowseList, Capabilities, Fault, FaultKind, Item, Kind, ListId, Locator, OutputState, Page,
    SampleRate, ServiceId, ServiceInfo, Session, SignIn, SoundFormat, Track, TrackRef,
};

/// A pause that is waited out at once; longer ones only tell that a notice has been seen.
const SHORT_MS: u64 = 2_000;

/// What the world answers to a search or a list.
pub(super) type Answers = fn(&ServiceId) -> Option<Result<Page<Item>, Fault>>;

/// A program that runs without a world.
pub(in crate::ui) struct House {
    pub state: State,
    answers: Answers,
    /// Why no track can be located, if none can.
    pub refusal: Option<Fault>,
}

fn service(id: &'static str, name: &str, lists: &[&str], search: bool, sign_in: SignIn) -> ServiceInfo {
    let list = |title: &&str| BrowseList { id: ListId((*title).to_owned()), title: (*title).into() };
    ServiceInfo {
        id: ServiceId::known(id),
        name: name.into(),
        capabilities: Capabilities {
            search: if search { vec![Kind::Track] } else { Vec::new() },
            is_local: id == "files",
            lists: lists.iter().map(list).collect(),
            sign_in,
            ..Capabilities::default()
        },
    }
}

pub(super) fn services() -> Vec<ServiceInfo> {
    let client = "Set services.yourmusic.tenant, client_id and client_secret";
    let token = "Set services.audiosocket.token, which Audiosocket gives on request";
    vec![
        service("audius", "Audius", &["Trending", "Underground", "Electronic"], true, SignIn::NotNeeded),
        service("audiomack", "Audiomack", &["Top songs", "Afrobeats"], true, SignIn::Ready),
        service("files", "My music", &["All files", "Lately added"], false, SignIn::NotNeeded),
        service("yourmusic", "YourMusic", &[], true, SignIn::Missing(client.into())),
        service("audiosocket", "Audiosocket", &[], true, SignIn::Missing(token.into())),
    ]
}

/// A track of a service; no album or length where those are empty or 0.
pub(super) fn track(service: &'static str, title: &str, artist: &str, album: &str, seconds: u64) -> Track {
    let reference = TrackRef::Service { service: ServiceId::known(service), id: title.to_owned() };
    Track {
        artists: if artist.is_empty() { Vec::new() } else { vec![artist.into()] },
        album: (!album.is_empty()).then(|| album.into()),
        length: (seconds > 0).then(|| Duration::from_secs(seconds)),
        ..Track::new(reference, title)
    }
}

/// Titles of many scripts and lengths.
pub(super) fn mixed(service: &'static str) -> Vec<Track> {
    let mut bought = track(service, "Members Only", "The Gate", "", 200);
    bought.playable = Allowed::No("only for buyers".into());
    bought.explicit = true;
    vec![
        track(service, "Night Ferry", "Ada Cole", "Tides", 230),
        track(service, "雨の港", "紙の舟", "硝子の季節", 171),
        track(
            service,
            "Paauer (B2B live set from the harbour, recorded in one take)",
            "Brownies & Lemonade",
            "",
            5265,
        ),
        track(service, "👩\u{200d}🚀 to the 🌙", "Ко́смос", "🎧🎵", 61),
        track(service, "שלום חבר", "יעל לוי", "ערב", 205),
        track(service, "مرحبا يا ليل", "نور", "", 187),
        track(service, "밤의 항구", "서울 밴드", "한강", 244),
        bought,
        track(service, "Cafe\u{301} Mu\u{308}ller", "Zoë", "Ｗｉｄｅ", 30),
        track(service, "Untitled", "", "", 0),
        track(service, "ไม่เป็นไร", "วงดนตรี", "", 199),
    ]
}

pub(super) fn plain(service: &'static str, count: usize) -> Vec<Track> {
    let words =
        ["Harbour Lights", "Slow Orbit", "Morning Post", "Northern Line", "Paper Lanterns", "Night Ferry"];
    let artists = ["Ada Cole", "Lena Ford", "The Tide Tables", "Zoë Müller"];
    (0..count)
        .map(|at| {
            let title = format!("{} {}", words[at % words.len()], at + 1);
            track(service, &title, artists[at % artists.len()], "Tides", 140 + 17 * (at as u64 % 9))
        })
        .collect()
}

pub(super) fn page(items: Vec<Track>, total: Option<u64>) -> Page<Item> {
    let more = total.is_some_and(|total| total > items.len() as u64);
    Page { items: items.into_iter().map(Item::Track).collect(), total, more, is_stale: false }
}

/// Audius finds a mixture, Audiomack fails, the folder has a long list.
pub(super) fn usual(service: &ServiceId) -> Option<Result<Page<Item>, Fault>> {
    match service.as_str() {
        "audius" => Some(Ok(page(mixed("audius"), None))),
        "audiomack" => Some(Err(Fault::new(FaultKind::Limited, "Audiomack limits searches for 14 s"))),
        "files" => Some(Ok(page(plain("files", 60), None))),
        _ => None,
    }
}

impl House {
    pub fn open(start: Start, answers: Answers) -> Self {
        let (state, effects) = State::new(start);
        let mut house = Self { state, answers, refusal: None };
        house.answer(effects);
        house
    }

    /// With the usual services, at this size.
    pub fn usual(columns: u16, rows: u16) -> Self {
        Self::open(Start { services: services(), columns, rows, ..Start::default() }, usual)
    }

    /// With these tracks in the queue, the fourth of them current.
    pub fn with_queue(tracks: Vec<Track>, columns: u16, rows: u16) -> Self {
        let session = Session {
            tracks: tracks.into_iter().map(Into::into).collect(),
            current: Some(3),
            position: Duration::from_secs(17),
            ..Session::default()
        };
        Self::open(Start { services: services(), session, columns, rows, ..Start::default() }, usual)
    }

    pub fn send(&mut self, message: Msg) {
        let effects = update(&mut self.state, message);
        self.answer(effects);
    }

    pub fn event(&mut self, event: Event) {
        self.send(Msg::Event(event));
    }

    pub fn action(&mut self, action: Action) {
        self.send(Msg::Action(action));
    }

    /// Presses keys, written as in the configuration.
    pub fn keys(&mut self, keys: &str) {
        for chord in parse_keys(keys).unwrap() {
            self.send(Msg::Key(chord));
        }
    }

    /// Plays on, so far into the track.
    pub fn hear(&mut self, position: u64, state: PlayState) {
        let now = self.state.playback.now.as_ref().expect("something plays");
        let heard = Heard {
            play_id: Some(now.play_id),
            position: Duration::from_secs(position),
            is_about: false,
            is_live: false,
            length: now.length,
            buffered: Duration::from_secs(if state == PlayState::Buffering { 0 } else { 18 }),
            bytes_per_second: 40_000,
            state,
            exact: false,
            level_db: 0.0,
        };
        self.event(Event::Heard(heard));
        let device = OutputState::Playing { device: "Headphones".into(), rate: SampleRate(48_000) };
        self.event(Event::OutputChanged(device));
    }

    fn answer(&mut self, effects: Vec<Effect>) {
        let mut waiting = VecDeque::from(effects);
        while let Some(effect) = waiting.pop_front() {
            if let Some(event) = self.reply(effect) {
                waiting.extend(update(&mut self.state, Msg::Event(event)));
            }
        }
    }

    fn reply(&self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Wait { ticket, .. } if self.state.downloads.steps_with(ticket) => None,
            Effect::Wait { ticket, delay_ms } => (delay_ms < SHORT_MS).then_some(Event::Elapsed(ticket)),
            Effect::Search { ticket, service, .. } => {
                (self.answers)(&service).map(|result| Event::Searched { ticket, service, result })
            }
            Effect::Browse { ticket, service, list, .. } => {
                (self.answers)(&service).map(|result| Event::Browsed { ticket, service, list, result })
            }
            Effect::SignIn { ticket, service, answer } => {
                Some(Event::SignInAsked { ticket, result: super::accounts::asked(&service, &answer) })
            }
            Effect::Locate { play_id, .. } => {
                let address = Locator::File("night-ferry.mp3".into());
                let result = self.refusal.clone().map_or(Ok(address), Err);
                Some(Event::Located { play_id, result })
            }
            Effect::FindRecording { play_id, .. } => Some(Event::RecordingFound { play_id, found: None }),
            Effect::Load { play_id, .. } => {
                let format = SoundFormat {
                    codec: "AAC".into(),
                    sample_rate: SampleRate(44_100),
                    channels: 2,
                    bits: None,
                };
                Some(Event::Started { play_id, format, length: Some(Duration::from_secs(230)) })
            }
            Effect::Playlists { ticket, order } => {
                let result = Ok(super::playlists::answer(&order)?);
                Some(Event::Playlists { ticket, result })
            }
            Effect::ReadSettings => Some(Event::SettingsRead(Ok(crate::config::settings(
                "[player]\nunplugged = \"move\"\nvolume_step = 2\n",
            )))),
            Effect::KeepSetting { .. }
            | Effect::Suspend
            | Effect::OpenTheirs { .. }
            | Effect::SendChanges { .. }
            | Effect::Append { .. }
            | Effect::Watch(_)
            | Effect::Fetch { .. }
            | Effect::StopFetch { .. }
            | Effect::ReadList(_)
            | Effect::RemoveCopy(_)
            | Effect::GoOffline(_)
            | Effect::KeepMark { .. }
            | Effect::FindOwnCodes
            | Effect::KeepDownloads { .. }
            | Effect::WishDownload(_)
            | Effect::ListOutputs
            | Effect::KeepQueueStep { .. }
            | Effect::KeepOwn(_)
            | Effect::GoInOwn(_)
            | Effect::ReadQueueJournal { .. }
            | Effect::KeepLoudness { .. }
            | Effect::KeepResume { .. }
            | Effect::KeepWordsOffset { .. }
            | Effect::ForgetResume { .. }
            | Effect::Suggest { .. }
            | Effect::Resolve { .. }
            | Effect::Change { .. }
            | Effect::NoteAccount { .. }
            | Effect::Listened { .. }
            | Effect::Played { .. }
            | Effect::DropAppended
            | Effect::Pause
            | Effect::Resume
            | Effect::FadeOut { .. }
            | Effect::FadeIn
            | Effect::Stop
            | Effect::Seek { .. }
            | Effect::SetVolume { .. }
            | Effect::SetShuffled(_)
            | Effect::Shape(_)
            | Effect::SetOutput(_)
            | Effect::CancelSignIn
            | Effect::SignOut { .. }
            | Effect::OpenLink(_)
            | Effect::EditText { .. }
            | Effect::FindDownload { .. }
            | Effect::FindRows { .. }
            | Effect::EnterDemo
            | Effect::FindCover { .. }
            | Effect::FindLyrics { .. }
            | Effect::FindFacts { .. }
            | Effect::KeepTheme(_)
            | Effect::Quit => None,
        }
    }
}
