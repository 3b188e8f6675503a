//! What the rooms report: past tense, plain values.

use std::sync::Arc;
use std::time::Duration;

use super::downloads::{EngineReport, FoundDownload, Weather};
use super::scan::{ScanOutcome, ScanProgress};
use super::search::Likeness;
use super::wishes::Wishes;
use crate::config::Setting;
use crate::model::{
    CleanText, DownloadCommand, Fault, FileFacts, Item, ItemRef, Journal, KeptDownloads, ListId, ListSource,
    Locator, Loudness, Lyrics, Mirrored, Network, OutputState, OwnCodes, OwnJournal, Page, Picture, PlayId,
    PlaylistAnswer, Round, ServiceId, ServiceInfo, SignInStep, SoundDevice, SoundFormat, Spectrum, Ticket,
    Track,
};

/// A report from a room.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A service answered a search.
    Searched {
        /// Of the search it answers.
        ticket: Ticket,
        /// Which service.
        service: ServiceId,
        /// What it found, or why nothing came.
        result: Result<Page<Item>, Fault>,
    },
    /// A service knows how words may go on.
    Suggested {
        /// Of the request it answers.
        ticket: Ticket,
        /// Whole lines, the best first; none when the service failed.
        suggestions: Vec<CleanText>,
    },
    /// What a link, a name or a path leads to.
    Resolved {
        /// Of the request it answers.
        ticket: Ticket,
        /// The thing, or the tracks of a file; or why there is none.
        result: Result<Vec<Item>, Fault>,
    },
    /// What is to be downloaded, or why there is nothing.
    DownloadFound {
        /// Of the request it answers.
        ticket: Ticket,
        /// The tracks, and what they are together.
        result: Result<FoundDownload, Fault>,
    },
    /// A service made a change, or did not.
    Changed {
        /// Of the request it answers.
        ticket: Ticket,
        /// What was made by it, if something was, or why it was not made.
        result: Result<Option<ItemRef>, Fault>,
    },
    /// A mark is on the disk, or could not be kept.
    MarkKept {
        /// Of the request it answers.
        ticket: Ticket,
        /// Why not, if so.
        result: Result<(), Fault>,
    },
    /// A search for a recording that its source does not have any more has ended.
    RecordingFound {
        /// Of the request it answers.
        play_id: PlayId,
        /// Where else it is, and how sure that is.
        found: Option<Box<(Track, Likeness)>>,
    },
    /// What was said of the own music, after a wish to go through it.
    OwnJournal(Result<OwnJournal, Fault>),
    /// A service answered with a page of one of its lists.
    Browsed {
        /// Of the request it answers.
        ticket: Ticket,
        /// Which service.
        service: ServiceId,
        /// Which list.
        list: ListId,
        /// The rows, or why there are none.
        result: Result<Page<Item>, Fault>,
    },
    /// A service told where a track's bytes are right now.
    Located {
        /// The attempt it was asked for.
        play_id: PlayId,
        /// The address, or why there is none.
        result: Result<Locator, Fault>,
    },
    /// The ear has reached the first sample of this attempt's track.
    Started {
        /// Which attempt.
        play_id: PlayId,
        /// What is heard.
        format: SoundFormat,
        /// How long the track is, where that is known.
        length: Option<Duration>,
    },
    /// The track is decoded almost to its end: the next one should be appended now.
    WantsNext {
        /// The attempt that ends soon.
        play_id: PlayId,
    },
    /// The ear has heard the last sample of this attempt's track.
    Ended {
        /// Which attempt.
        play_id: PlayId,
    },
    /// This attempt cannot go on.
    Failed {
        /// Which attempt.
        play_id: PlayId,
        /// Why.
        fault: Fault,
    },
    /// Something went wrong and playing goes on: a segment is missing, a server is slow.
    Troubled {
        /// Which attempt.
        play_id: PlayId,
        /// What happened.
        fault: Fault,
    },
    /// A track without tags of its loudness was played whole: so loud is it.
    Measured {
        /// Which attempt.
        play_id: PlayId,
        /// What was measured.
        loudness: Loudness,
    },
    /// Nothing comes in, and it is asked for again; or something does again.
    Snagged {
        /// Which attempt.
        play_id: PlayId,
        /// Why nothing comes; `None`: it comes.
        why: Option<CleanText>,
    },
    /// A station tells what it plays.
    Titled {
        /// Which attempt.
        play_id: PlayId,
        /// In the station's words; empty when it has none.
        title: CleanText,
    },
    /// The sound goes elsewhere, or nowhere.
    OutputChanged(OutputState),
    /// The devices that sound can go to.
    OutputsListed(Result<Vec<SoundDevice>, Fault>),
    /// A service asks for the next step of a sign-in, or did not take an answer.
    SignInAsked {
        /// Of the sign-in.
        ticket: Ticket,
        /// What it asks, or what was wrong.
        result: Result<SignInStep, Fault>,
    },
    /// A token was kept, and there is something to say about where.
    TokenKept {
        /// Its name: the service's, or that and a dash and more.
        name: String,
        /// Where it is.
        remark: Fault,
    },
    /// The listener is signed out here.
    SignedOut {
        /// Of which service.
        service: ServiceId,
        /// Whether it knows too.
        result: Result<(), Fault>,
    },
    /// What a service can do, or who is signed in there, may have changed.
    ServiceChanged(Box<ServiceInfo>),
    /// What is heard at this moment; only the newest matters, read once a frame.
    Heard(Heard),
    /// What it is made of; comes while [`crate::app::Playback::shows_spectrum`] and something plays.
    Spectrum(Spectrum),
    /// A `Wait` effect is over.
    Elapsed(Ticket),
    /// The terminal has this many cells now.
    Resized {
        /// Cells across.
        columns: u16,
        /// Cells down.
        rows: u16,
    },
    /// A scan of the listener's own music goes on.
    ScanWentOn(ScanProgress),
    /// A scan of the listener's own music has ended.
    Scanned(Result<ScanOutcome, Fault>),
    /// A service's playlist is there to be edited, perhaps only as it was last known: then the fault says why.
    TheirsOpened {
        /// Of the request it answers.
        ticket: Ticket,
        /// The playlist, or why there is none.
        result: Result<Mirrored, Fault>,
    },
    /// What was changed here was sent, as far as that went.
    ChangesSent {
        /// Of the request it answers.
        ticket: Ticket,
        /// What came of it.
        result: Result<Round, Fault>,
    },
    /// Earlier sign-ins were taken up.
    Restored,
    /// What came of an order about playlists; what it tells is on the disk.
    Playlists {
        /// Of the order.
        ticket: Ticket,
        /// What came of it.
        result: Result<PlaylistAnswer, Fault>,
    },
    /// The listener's editor has ended.
    TextEdited {
        /// Of the request.
        ticket: Ticket,
        /// What is in its file, as far as that can be read.
        text: Option<String>,
        /// Whether all went well.
        result: Result<(), Fault>,
    },
    /// What the new lines of a list's text lead to.
    RowsFound {
        /// Of the request.
        ticket: Ticket,
        /// The tracks behind each line, or the lines that lead nowhere, with the reason.
        result: Result<Vec<Vec<Track>>, Vec<(usize, Fault)>>,
    },
    /// The edits of the queue in earlier runs: the newest of them, or all once they were asked for.
    QueueJournal(Journal),
    /// A download goes on, or is over.
    Download(EngineReport),
    /// The network went, came back, or may be tried.
    NetworkChanged(Network),
    /// A list that is kept offline was read.
    ListRead {
        /// Which list.
        source: ListSource,
        /// What is in it, or why nobody says.
        result: Result<Vec<Track>, Fault>,
        /// When, in seconds since 1970.
        at: u64,
    },
    /// What keeps everything from being copied has changed, apart from the network's being there.
    DownloadWeather(Weather),
    /// Other programs want something of the downloads.
    DownloadsWished {
        /// The number of the last of these wishes.
        upto: u64,
        /// In order.
        commands: Vec<DownloadCommand>,
    },
    /// The recordings that the listener has files of.
    OwnCodes(OwnCodes),
    /// The queue of downloads as it is kept.
    DownloadsKept {
        /// All of it.
        kept: Box<KeptDownloads>,
        /// This program runs it from now on; else another one does.
        runs_here: bool,
    },
    /// The cover that was asked for; none where there is none, or none that can be shown.
    CoverFound {
        /// Of the request.
        ticket: Ticket,
        /// Its pixels.
        picture: Option<Arc<Picture>>,
    },
    /// The words that were asked for, or why there are none.
    LyricsFound {
        /// Of the request.
        ticket: Ticket,
        /// The words.
        result: Result<Arc<Lyrics>, Fault>,
    },
    /// What a file is made of.
    FileTold {
        /// Of the request.
        ticket: Ticket,
        /// What is known of it.
        facts: Box<FileFacts>,
    },
    /// The configuration or the start had something to complain about.
    Warned(Fault),
    /// What the configuration says of every setting.
    SettingsRead(Result<Vec<Setting>, Fault>),
    /// A setting is in the configuration, or is not.
    SettingKept(Result<(), Fault>),
    /// The configuration or a theme was saved.
    Reconfigured(Box<Wishes>),
}

/// What is heard at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// The attempt that is heard, if any.
    pub play_id: Option<PlayId>,
    /// How far into its track the ear is.
    pub position: Duration,
    /// Whether that is only about right.
    pub is_about: bool,
    /// Whether it goes on without an end, as a station does.
    pub is_live: bool,
    /// How long the track is, where that is known.
    pub length: Option<Duration>,
    /// How much sound is ready beyond the ear.
    pub buffered: Duration,
    /// Bytes a second that came in lately; 0 when nothing comes in.
    pub bytes_per_second: u64,
    /// What the player does.
    pub state: PlayState,
    /// Whether what is heard is bit for bit what was decoded.
    pub exact: bool,
    /// By how many decibels its loudness is evened out.
    pub level_db: f32,
}

/// What the player does at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlayState {
    /// Nothing is loaded.
    #[default]
    Stopped,
    /// Samples reach the output.
    Playing,
    /// The listener paused.
    Paused,
    /// Playing, but the samples have not come yet.
    Buffering,
}
