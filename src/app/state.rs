//! Everything the screen shows and the decisions need.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::config::{KeysPreset, SoundSettings, Unplugged};
use crate::model::{
    CleanText, Fault, ItemRef, Learned, LocalTime, Mark, Network, OutputChoice, PlayId, ServiceInfo, Session,
    Ticket, Track, TrackRef, Volume,
};

use super::accounts::Accounts;
use super::artwork::Cover;
use super::as_text::{Draft, TextUnderWay};
use super::browse::{Browse, Gathering, Pane};
use super::chord::Chord;
use super::downloads::{DownloadStart, Downloads};
use super::effect::Effect;
use super::filter::Filter;
use super::focus::{Focus, Page};
use super::help::Help;
use super::info::Info;
use super::journal::JournalPage;
use super::keymap::Keymap;
use super::limits::Limits;
use super::lyrics::LyricsPane;
use super::marks::Marking;
use super::mouse::MouseMemory;
use super::notices::{Level, Notices, SHOWN_MS, words};
use super::now::NowPage;
use super::outbox::Outbox;
use super::outputs::Outputs;
use super::own_journal::Said;
use super::palette::Palette;
use super::panes::Panes;
use super::picker::Picker;
use super::playback::Playback;
use super::playlists::{Naming, Playlists};
use super::queue::{Queue, Random};
use super::record::LogPage;
use super::scan::ScanProgress;
use super::search::Search;
use super::settings::{Capture, Choice, SettingsPage};
use super::themes::{ThemeList, ThemeRow};
use super::welcome::Welcome;
use super::wishes::placed;

/// Rows of the screen that are taken by other things than a list, about.
const ROWS_AROUND_A_LIST: u16 = 8;

/// Faults kept in the record.
const FAULTS_KEPT: usize = 1000;

/// What a run begins with.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// The services, in the order the screen lists them.
    pub services: Vec<ServiceInfo>,
    /// The listener's own keys by action name.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Where those stand, in words, by the name of the setting.
    pub key_places: BTreeMap<String, String>,
    /// The keys that those stand on.
    pub keys_preset: KeysPreset,
    /// The themes there are, in the order of the list.
    pub themes: Vec<ThemeRow>,
    /// The one that is worn, by name.
    pub theme: String,
    /// Loudness where the session names none; the player starts with the same.
    pub volume: Volume,
    /// Percent points a key press changes it by.
    pub volume_step: u8,
    /// How the sound is shaped; the player starts with the same.
    pub sound: SoundSettings,
    /// Where the sound goes; the player starts with the same.
    pub output: OutputChoice,
    /// What is done when the device goes away.
    pub unplugged: Unplugged,
    /// How things were left.
    pub session: Session,
    /// What is known of tracks.
    pub learned: Learned,
    /// The queue of downloads.
    pub downloads: DownloadStart,
    /// Whether nobody is to be asked for anything.
    pub offline: bool,
    /// Whether this is the demo.
    pub demo: bool,
    /// Whether covers are shown.
    pub covers: bool,
    /// Cells of the terminal across.
    pub columns: u16,
    /// Cells of the terminal down.
    pub rows: u16,
    /// Where chance begins; any number will do.
    pub seed: u64,
    /// What the start complained about.
    pub warnings: Vec<Fault>,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            services: Vec::new(),
            keys: BTreeMap::new(),
            key_places: BTreeMap::new(),
            keys_preset: KeysPreset::Default,
            themes: Vec::new(),
            theme: String::new(),
            volume: Volume::new(80),
            volume_step: 5,
            sound: SoundSettings::default(),
            output: OutputChoice::Auto,
            unplugged: Unplugged::Move,
            session: Session::default(),
            learned: Learned::default(),
            downloads: DownloadStart::default(),
            offline: false,
            demo: false,
            covers: false,
            columns: 80,
            rows: 24,
            seed: 0,
            warnings: Vec::new(),
        }
    }
}

/// What lies over the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// The help.
    Help(Help),
    /// Where the sound goes.
    Outputs(Outputs),
    /// What the screen looks like.
    Themes(ThemeList),
    /// The choice of a playlist.
    Picker(Box<Picker>),
    /// The line for a playlist's name.
    Naming(Box<Naming>),
    /// The journal of a list.
    Journal(Box<JournalPage>),
    /// What is known of a row.
    Info(Box<Info>),
    /// Actions to choose from.
    Palette(Box<Palette>),
    /// The choice of a setting's value.
    Choice(Box<Choice>),
    /// The box that takes keys for an action.
    Capture(Box<Capture>),
}

/// What is known to be liked from the start, whether or not a list of it was read.
fn liked_before(learned: &Learned) -> HashSet<(Mark, ItemRef)> {
    let marked = |track: &TrackRef| Some((Mark::Like, track.marked_as()?));
    learned.liked.iter().filter_map(marked).collect()
}

/// The whole state. Read it freely; only [`super::update`] changes it.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What time it is, once somebody has said.
    pub(super) time: Option<LocalTime>,
    /// The services as they were registered.
    pub services: Vec<ServiceInfo>,
    /// All keys.
    pub keymap: Keymap,
    /// The themes there are.
    pub themes: Vec<ThemeRow>,
    /// The one that was chosen, by name; [`State::theme`] tells which is to be seen now.
    pub kept_theme: String,
    /// What is known of the network.
    pub network: Network,
    /// Whether this is the demo.
    pub demo: bool,
    /// Cells of the terminal across.
    pub columns: u16,
    /// Cells of the terminal down.
    pub rows: u16,
    /// The page that is shown.
    pub page: Page,
    /// The page with a tab that pages without one go back to.
    pub(super) tab: Page,
    /// How what is heard is shown.
    pub now_page: NowPage,
    /// The panes beside the page.
    pub panes: Panes,
    /// What lies over it, the top one last.
    pub overlays: Vec<Overlay>,
    /// The keys of a sequence that has begun.
    pub pending: Vec<Chord>,
    /// The first page.
    pub welcome: Welcome,
    /// The search page.
    pub search: Search,
    /// The browse page.
    pub browse: Browse,
    /// Who is signed in where.
    pub accounts: Accounts,
    /// The queue and its page.
    pub queue: Queue,
    /// The listener's playlists and their page.
    pub playlists: Playlists,
    /// The list that is being edited as text.
    pub(super) text: Option<TextUnderWay>,
    /// Texts of lists that could not be taken.
    pub(super) drafts: Vec<Draft>,
    /// The filter over a list, if there is one.
    pub(super) filter: Option<Filter>,
    /// Rows that the last edit left out because its list was full.
    pub(super) left_out: usize,
    /// What was said of the own music last, and what of it was taken back.
    pub(super) said: Said,
    /// What was changed here and has not reached its service.
    pub outbox: Outbox,
    /// Copies for listening offline, and their page.
    pub downloads: Downloads,
    /// What was cut or copied last.
    pub(super) clipboard: Vec<Arc<Track>>,
    /// What is heard.
    pub playback: Playback,
    /// Its cover.
    pub cover: Cover,
    /// Its words.
    pub lyrics: LyricsPane,
    /// What the status line tells.
    pub notices: Notices,
    /// The log page.
    pub log: LogPage,
    /// The page of settings.
    pub settings: SettingsPage,
    /// How far a scan of the listener's own music is, while there is one.
    pub scan: Option<ScanProgress>,
    pub(super) mouse: MouseMemory,
    pub(super) gatherings: Vec<Gathering>,
    pub(super) marking: Vec<Marking>,
    /// What was marked in this run, where rows do not show it.
    pub(super) marked: HashSet<(Mark, ItemRef)>,
    pub(super) limits: Limits,
    /// The link that is being looked up.
    pub(super) link: Option<Ticket>,
    pub(super) faults: Vec<(Track, Fault)>,
    /// What is known of tracks from earlier listening.
    pub(super) learned: Learned,
    pub(super) random: Random,
    last_number: u64,
}

impl State {
    /// The state at the start, and what to ask for at once. A queue from last time stands there
    /// paused, nothing of it loaded. Without one the welcome page is shown, in the demo its music.
    pub fn new(start: Start) -> (Self, Vec<Effect>) {
        let (keymap, key_warnings) = Keymap::new(start.keys_preset, &start.keys);
        let resume_at = start.session.current.map_or(Duration::ZERO, |_| start.session.position);
        let volume = start.session.volume.unwrap_or(start.volume);
        let mut state = Self {
            time: None,
            welcome: Welcome::new(&start.services),
            search: Search::new(&start.services),
            browse: Browse::new(&start.services),
            accounts: Accounts::new(&start.services),
            queue: Queue::new(&start.session),
            playlists: Playlists::default(),
            text: None,
            drafts: Vec::new(),
            filter: None,
            left_out: 0,
            outbox: Outbox::default(),
            said: Said::default(),
            downloads: Downloads::new(start.downloads),
            clipboard: Vec::new(),
            playback: Playback::new(volume, start.volume_step, start.sound, resume_at),
            cover: Cover::new(start.covers),
            lyrics: LyricsPane::default(),
            services: start.services,
            keymap,
            themes: start.themes,
            kept_theme: start.theme,
            network: if start.offline { Network::Off } else { Network::There },
            demo: start.demo,
            columns: start.columns,
            rows: start.rows,
            page: Page::Welcome,
            tab: Page::Welcome,
            now_page: NowPage::default(),
            panes: Panes::default(),
            overlays: Vec::new(),
            pending: Vec::new(),
            notices: Notices::default(),
            log: LogPage::default(),
            settings: SettingsPage::default(),
            scan: None,
            mouse: MouseMemory::default(),
            gatherings: Vec::new(),
            marking: Vec::new(),
            marked: liked_before(&start.learned),
            limits: Limits::default(),
            link: None,
            faults: Vec::new(),
            learned: start.learned,
            random: Random(start.seed),
            last_number: 0,
        };
        (state.playback.choice, state.playback.unplugged) = (start.output, start.unplugged);
        let mut effects = state.keep_place_of_last_time();
        effects.extend(state.network_counts_for_downloads());
        effects.extend(state.begin_downloads());
        if start.session.muted {
            effects.extend(state.toggle_mute());
        }
        if state.queue.is_shuffled() {
            effects.push(Effect::SetShuffled(true));
        }
        state.show_kept_lists();
        state.restore_lists(&start.session.screen);
        if !state.queue.entries.is_empty() {
            effects.extend(state.show_page(Page::Queue));
            effects.extend(state.show_playing());
        }
        effects.extend(state.restore_screen(&start.session.screen));
        if state.demo && state.page == Page::Welcome {
            effects.extend(state.show_page(Page::Browse));
        }
        let key_warnings = placed(key_warnings, &start.key_places);
        let mut warnings: Vec<_> = start.warnings.iter().chain(&key_warnings).map(words).collect();
        if let [first, others @ ..] = warnings.as_mut_slice()
            && !others.is_empty()
        {
            *first = format!("{first} (and {} more)", others.len()).into();
        }
        effects.extend(state.settle_cover());
        // The first one is told last: it is the one that stays to be seen.
        for warning in warnings.into_iter().rev() {
            effects.extend(state.tell(Level::Warning, warning));
        }
        (state, effects)
    }

    /// What takes the keys.
    pub fn focus(&self) -> Focus {
        match self.page_focus() {
            _ if self.overlays.is_empty() && self.filter_here().is_some_and(|filter| filter.typing) => {
                Focus::FilterInput
            }
            focus => focus,
        }
    }

    /// What time it is, for what is done from now on.
    pub fn tell_time(&mut self, time: LocalTime) {
        self.time = Some(time);
    }

    /// What takes the keys apart from the filter's line.
    pub(super) fn page_focus(&self) -> Focus {
        match (self.overlays.last(), self.page) {
            (Some(Overlay::Help(help)), _) if help.typing => Focus::HelpInput,
            (Some(Overlay::Help(_)), _) => Focus::Help,
            (Some(Overlay::Outputs(_)), _) => Focus::Outputs,
            (Some(Overlay::Themes(_)), _) => Focus::Themes,
            (Some(Overlay::Picker(_)), _) => Focus::Picker,
            (Some(Overlay::Naming(_)), _) => Focus::Naming,
            (Some(Overlay::Journal(_)), _) => Focus::Journal,
            (Some(Overlay::Info(_)), _) => Focus::Info,
            (Some(Overlay::Palette(_)), _) => Focus::Palette,
            (Some(Overlay::Choice(_)), _) => Focus::Choice,
            (Some(Overlay::Capture(_)), _) => Focus::Capture,
            (None, Page::Settings) => Focus::Settings,
            (None, Page::Log) => Focus::Log,
            (None, Page::Welcome) => Focus::Doors,
            (None, Page::Now) => Focus::Now,
            (None, Page::Search) if self.search.typing => Focus::SearchInput,
            (None, Page::Search) => Focus::SearchResults,
            (None, Page::Browse) => match self.browse.pane {
                Pane::Lists => Focus::BrowseLists,
                Pane::Tracks => Focus::BrowseTracks,
            },
            (None, Page::Queue) => Focus::Queue,
            (None, Page::Playlists) if self.playlists.open.is_some() => Focus::Playlist,
            (None, Page::Playlists) => Focus::Playlists,
            (None, Page::Downloads) => Focus::Downloads,
            (None, Page::Accounts) => match &self.accounts.talk {
                Some(talk) if talk.is_typing() => Focus::SignInForm,
                Some(_) => Focus::SignIn,
                None => Focus::Accounts,
            },
        }
    }

    /// The queue's row that is loaded in the player.
    pub fn playing_row(&self) -> Option<usize> {
        self.queue.row_of(self.playback.now.as_ref()?.entry)
    }

    /// The track that plays, or would on the play key.
    pub fn current_track(&self) -> Option<&Track> {
        match &self.playback.now {
            Some(now) => Some(&now.track),
            None => self.queue.current_entry().map(|entry| &*entry.track),
        }
    }

    /// What is to be kept for the next start.
    pub fn session(&self) -> Session {
        let (current, position) = self.place();
        Session {
            tracks: self.queue.entries.iter().map(|entry| Arc::clone(&entry.track)).collect(),
            entries: self.queue.entries.iter().map(|entry| entry.id).collect(),
            step: self.queue.step_number(),
            current,
            position,
            volume: Some(self.playback.volume),
            muted: self.playback.muted,
            repeat: self.queue.repeat,
            order: self.queue.own_order(),
            screen: Box::new(self.screen_left()),
        }
    }

    /// Those parts of it that change while something plays: the current row, and how far the ear is in it.
    pub fn place(&self) -> (Option<usize>, Duration) {
        let position = self.queue.current.map_or(Duration::ZERO, |_| self.playback.position());
        (self.queue.current, position)
    }

    /// What failed since the start, the oldest first: tracks that could not be played.
    pub fn faults(&self) -> &[(Track, Fault)] {
        &self.faults
    }

    /// Lines a list has on the screen, about: what a page is for the page keys.
    pub(super) fn list_height(&self) -> usize {
        usize::from(self.rows.saturating_sub(ROWS_AROUND_A_LIST).max(1))
    }

    pub(super) fn next_ticket(&mut self) -> Ticket {
        self.last_number += 1;
        Ticket(self.last_number)
    }

    pub(super) fn next_play_id(&mut self) -> PlayId {
        self.last_number += 1;
        PlayId(self.last_number)
    }

    /// Shows a notice, and asks to be told when it has been seen for long enough.
    pub(super) fn tell(&mut self, level: Level, words: impl Into<CleanText>) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let is_new_row = self.notices.tell(level, words, self.time.map(|time| time.unix_s), ticket);
        self.note_told(is_new_row);
        match level {
            Level::Info | Level::Warning => vec![Effect::Wait { ticket, delay_ms: SHOWN_MS }],
            Level::Error => Vec::new(),
        }
    }

    /// Records what failed for good.
    pub(super) fn record(&mut self, track: Track, fault: &Fault) {
        if self.faults.len() < FAULTS_KEPT {
            self.faults.push((track, fault.clone()));
        }
    }
}
