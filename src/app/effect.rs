//! What the app asks of the world: requests, plain values.

use std::sync::Arc;
use std::time::Duration;

use super::list_text::TextRow;
use crate::config::SoundSettings;
use crate::model::{
    Change, DownloadChange, DownloadCommand, DownloadId, FinishedCopy, ItemRef, Link, ListId, ListSource,
    Locator, Loudness, MarkWish, OutputChoice, OwnChange, OwnMove, PlayId, PlaylistOrder, Purpose,
    SearchQuery, ServiceId, SignInAnswer, Step, Ticket, Track, TrackRef, Volume,
};

/// A request to a room. `runtime` carries it out; answers come back as events.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask one service; searches with an older ticket are dropped.
    Search {
        /// Comes back with the answer.
        ticket: Ticket,
        /// Which service.
        service: ServiceId,
        /// What to look for.
        query: SearchQuery,
    },
    /// Ask a service how words may go on.
    Suggest {
        /// Comes back with the answer.
        ticket: Ticket,
        /// Which service.
        service: ServiceId,
        /// What is typed so far.
        words: String,
    },
    /// Find out what a link, a name or a path leads to.
    Resolve {
        /// Comes back with the answer.
        ticket: Ticket,
        /// As it was typed.
        words: String,
    },
    /// Find out what a link or a name leads to that is to be downloaded; `Event::DownloadFound` tells.
    FindDownload {
        /// Comes back with the answer.
        ticket: Ticket,
        /// As it was typed.
        words: String,
    },
    /// Make a change at a service.
    Change {
        /// Comes back with the answer.
        ticket: Ticket,
        /// Which service.
        service: ServiceId,
        /// What to change.
        change: Change,
    },
    /// Keep a mark until its service has it; sending it is another effect.
    KeepMark {
        /// Comes back once it is on the disk.
        ticket: Ticket,
        /// Which.
        wish: Box<MarkWish>,
    },
    /// From now on this account is signed in at a service: of others nothing is shown or sent. Nothing comes back.
    NoteAccount {
        /// Which service.
        service: ServiceId,
        /// What tells its accounts apart; `None`: nobody, or nobody knows who.
        account: Option<String>,
    },
    /// Tell a service that a listen has begun. Nothing comes back.
    Listened {
        /// Which service.
        service: ServiceId,
        /// Its id of the track.
        id: String,
    },
    /// Remember that a track was listened to. Nothing comes back.
    Played {
        /// Which track, and what is known of it.
        track: Box<Track>,
        /// Whether to its end.
        whole: bool,
    },
    /// Read one page of a service's list.
    Browse {
        /// Comes back with the answer.
        ticket: Ticket,
        /// Which service.
        service: ServiceId,
        /// Which list.
        list: ListId,
        /// Which page, from 0.
        page: u32,
    },
    /// Find out where a track's bytes are right now.
    Locate {
        /// Comes back with the answer.
        play_id: PlayId,
        /// Which track.
        track: TrackRef,
        /// What for.
        purpose: Purpose,
    },
    /// Play this now, in place of whatever is loaded.
    Load {
        /// The attempt.
        play_id: PlayId,
        /// Where the bytes are.
        locator: Locator,
        /// What was measured of its loudness before.
        known: Option<Loudness>,
        /// How far in to start.
        start: Duration,
        /// Load without sound, ready to resume.
        paused: bool,
    },
    /// Play this without a gap once the loaded track has ended.
    Append {
        /// The attempt.
        play_id: PlayId,
        /// Where the bytes are.
        locator: Locator,
        /// What was measured of its loudness before.
        known: Option<Loudness>,
        /// Whether it may come while the loaded track goes: not within an album.
        blends: bool,
    },
    /// Forget what was appended and not yet heard.
    DropAppended,
    /// Hold the sound.
    Pause,
    /// Go on after a pause.
    Resume,
    /// Let the sound become softer until it is silent; a pause and a start undo it.
    FadeOut {
        /// How long that takes.
        over: Duration,
    },
    /// As loud as it was before the fade.
    FadeIn,
    /// Unload everything.
    Stop,
    /// Move within the track that is heard.
    Seek {
        /// From the track's start.
        to: Duration,
    },
    /// Set the loudness; `muted` silences without forgetting it.
    SetVolume {
        /// 0 to 100 percent.
        volume: Volume,
        /// Whether it is silent for now.
        muted: bool,
    },
    /// Whether what comes is in no order: loudness by album makes no sense then.
    SetShuffled(bool),
    /// Shape the sound so.
    Shape(SoundSettings),
    /// Come with `Event::Spectrum` while something plays, or no longer.
    Watch(bool),
    /// Find out which devices there are; `Event::OutputsListed` tells.
    ListOutputs,
    /// Send the sound elsewhere.
    SetOutput(OutputChoice),
    /// Keep what the listener says of the own music. Nothing comes back.
    KeepOwn(OwnChange),
    /// Look for this recording at these services; `Event::RecordingFound` tells.
    FindRecording {
        /// Comes back with the answer.
        play_id: PlayId,
        /// What is looked for.
        track: Box<Track>,
        /// Where.
        services: Vec<ServiceId>,
    },
    /// Take back what was said of the own music, or say it again; `Event::OwnJournal` tells what is so then.
    GoInOwn(OwnMove),
    /// Read edits of the queue that were made earlier, as many as are read at once; `Event::QueueJournal` brings them.
    ReadQueueJournal {
        /// The number of the newest of them.
        last: u64,
    },
    /// Keep over this run which theme is worn. Only a failure comes back, as `Event::Warned`.
    KeepTheme(String),
    /// Read what the configuration says; `Event::SettingsRead` tells.
    ReadSettings,
    /// Keep a setting in the configuration; `Event::SettingKept` tells.
    KeepSetting {
        /// Its dotted name.
        path: String,
        /// Its value as TOML; `None` takes it out.
        value: Option<String>,
    },
    /// Keep over this run how loud a track is.
    KeepLoudness {
        /// Which track.
        track: TrackRef,
        /// As it was measured.
        loudness: Loudness,
    },
    /// Keep over this run where a long track was left.
    KeepResume {
        /// Which track.
        track: TrackRef,
        /// How far in.
        position: Duration,
        /// How long it is.
        length: Duration,
    },
    /// Keep over this run by how much the words of a track come later than they say.
    KeepWordsOffset {
        /// Which track.
        track: TrackRef,
        /// Milliseconds; earlier when negative.
        offset_ms: i64,
    },
    /// A track begins anew next time.
    ForgetResume {
        /// Which track.
        track: TrackRef,
    },
    /// Keep over this run an edit of the queue. Nothing comes back.
    KeepQueueStep {
        /// The number of the last step of its journal that was done then.
        after: u64,
        /// The edit.
        step: Box<Step>,
    },
    /// Copy a track for listening offline; reports carry the number of the run.
    Fetch {
        /// Which job.
        id: DownloadId,
        /// Tells its reports from those of earlier runs.
        run: u64,
        /// What to copy.
        track: Arc<Track>,
    },
    /// Stop copying; what came is kept.
    StopFetch {
        /// Which job.
        id: DownloadId,
    },
    /// Read a list that is kept offline; `Event::ListRead` tells.
    ReadList(ListSource),
    /// Remove the file of a copy, if it is as it was made.
    RemoveCopy(Box<FinishedCopy>),
    /// Keep what became of downloads.
    KeepDownloads {
        /// In one piece.
        changes: Vec<DownloadChange>,
        /// The last wish of other programs that was done with it.
        done: Option<u64>,
    },
    /// Find out which recordings the listener has files of now.
    FindOwnCodes,
    /// Ask the program that runs the downloads.
    WishDownload(Box<DownloadCommand>),
    /// Ask something about the listener's own playlists.
    Playlists {
        /// Comes back with the answer.
        ticket: Ticket,
        /// What is asked.
        order: Box<PlaylistOrder>,
    },
    /// Read a service's playlist, to be edited here.
    OpenTheirs {
        /// Comes back with the answer.
        ticket: Ticket,
        /// Which one.
        item: ItemRef,
    },
    /// Send to the services what was changed here.
    SendChanges {
        /// Comes back with what came of it.
        ticket: Ticket,
        /// Also what waits for another time, or is held.
        all: bool,
    },
    /// Come back with `Elapsed` after a while.
    Wait {
        /// Comes back.
        ticket: Ticket,
        /// How long, in milliseconds.
        delay_ms: u64,
    },
    /// Give a service the next answer of a sign-in. A beginning ends the sign-in before; it is given a callback
    /// address on the way.
    SignIn {
        /// Of the sign-in as a whole; comes back with everything the service asks.
        ticket: Ticket,
        /// Which service.
        service: ServiceId,
        /// What the listener answers.
        answer: SignInAnswer,
    },
    /// End the sign-in that is under way.
    CancelSignIn,
    /// Forget who is signed in.
    SignOut {
        /// Which service.
        service: ServiceId,
    },
    /// Show a page in the listener's browser.
    OpenLink(Link),
    /// Ask nobody for anything from now on, or as usual again.
    GoOffline(bool),
    /// Give the terminal back and stop, until the shell lets the program go on.
    Suspend,
    /// Leave this profile and open the demo.
    EnterDemo,
    /// Let the listener change a text in an editor of their own; `Event::TextEdited` tells.
    EditText {
        /// Comes back with the answer.
        ticket: Ticket,
        /// The text.
        text: String,
    },
    /// Find out what new lines of a list's text lead to; `Event::RowsFound` tells.
    FindRows {
        /// Comes back with the answer.
        ticket: Ticket,
        /// The lines with their numbers; none of them is a row that is kept.
        rows: Vec<(usize, TextRow)>,
        /// Where words are looked for; `None`: everywhere.
        service: Option<ServiceId>,
    },
    /// Find a track's cover; `Event::CoverFound` tells.
    FindCover {
        /// Comes back with the answer.
        ticket: Ticket,
        /// Of which track.
        track: Box<Track>,
    },
    /// Find a track's words; `Event::LyricsFound` tells.
    FindLyrics {
        /// Comes back with the answer.
        ticket: Ticket,
        /// Of which track.
        track: Box<Track>,
    },
    /// Find out what a file is made of; `Event::FileTold` tells.
    FindFacts {
        /// Comes back with the answer.
        ticket: Ticket,
        /// The file, or a stretch of it.
        track: TrackRef,
    },
    /// Close the program.
    Quit,
}
