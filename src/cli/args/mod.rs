//! What can be typed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Parser, Subcommand};

use crate::model::{OutputChoice, ServiceId, TrackRef, TrackRefError, parse_clock};
use crate::runtime::{PlaylistRow, Target};

mod ask;
mod config;
mod debug;
mod download;
mod examples;
mod playlist;
mod queue;

pub(super) use ask::{Browse, Marks, Open, Search, Service, Show};
pub(super) use config::{Config, Keys};
pub(super) use debug::{CleanTarget, Stage};
pub(super) use download::Download;
pub(super) use playlist::{About, Playlist, Retrace};
pub(super) use queue::Queue;

/// Segue plays music in the terminal: from Audius, Audiomack, YourMusic, Audiosocket and your own files.
#[derive(Parser, Debug)]
#[command(name = "segue", version, disable_help_subcommand = true, after_help = examples::ALL)]
pub(super) struct Arguments {
    /// Play with the bundled music and a service on this machine: no network, no account
    #[arg(long, global = true)]
    pub demo: bool,
    /// Ask nobody for anything: only what is on this machine
    #[arg(long, global = true)]
    pub offline: bool,
    /// Lines of text in place of the screen, for screen readers: what changes is said, what is typed is a line
    #[arg(long)]
    pub plain: bool,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Play without a screen, to the end
    Play(Play),
    /// Search all services at the same time
    Search(Search),
    /// List what the services have: their lists, an album, an artist, a playlist
    Browse(Browse),
    /// Tell the particulars of one thing
    Show(Show),
    /// Tell what a share link leads to, and play it
    Open(Open),
    /// Mark things as liked
    Like(Marks),
    /// Take likes back
    Unlike(Marks),
    /// Repost things
    Repost(Marks),
    /// Take reposts back
    Unrepost(Marks),
    /// Follow artists
    Follow(Marks),
    /// Follow artists no longer
    Unfollow(Marks),
    /// List, make, change and delete playlists
    Playlist {
        #[command(subcommand)]
        verb: Playlist,
    },
    /// Save the queue under a name, and bring one back
    Queue {
        #[command(subcommand)]
        verb: Queue,
    },
    /// Copy music for listening offline: queue it, see how far it is, run the queue
    #[command(alias = "downloads")]
    Download {
        #[command(subcommand)]
        verb: Download,
    },
    /// Make a call that no screen offers
    Service(Service),
    /// Tell what a file, address or playlist is
    Probe(Probe),
    /// List sound devices
    Devices {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell who is signed in where
    Accounts {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Sign in to a service; what it asks for is asked here, or read from standard input line by line
    Login {
        /// Its short name, as `segue accounts --json` tells it
        service: ServiceId,
        /// Tell the address for a browser on any machine, and ask for the code that it shows
        #[arg(long)]
        no_browser: bool,
    },
    /// Sign out of a service
    Logout {
        /// Its short name
        service: ServiceId,
    },
    /// Your own music: bring the library up to date, count it, find what is wrong
    Library {
        #[command(subcommand)]
        command: Library,
    },
    /// The settings: check them, tell them, edit them
    Config {
        #[command(subcommand)]
        command: Config,
    },
    /// The keys: list them, and tell which hide others
    Keys {
        #[command(subcommand)]
        command: Keys,
    },
    /// Tell where things are kept
    Paths {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Check configuration, folders, sound, terminal and services, and say what to do
    Doctor {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Serve the demo's services on this machine until interrupted
    Sandbox {
        /// Port on 127.0.0.1; 0 takes a free one
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
    /// Run one stage alone, for bug reports: JSON on standard output, words on standard error
    Debug {
        #[command(subcommand)]
        stage: Stage,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum Library {
    /// Look through the music folders and read what is new or changed
    ///
    /// The folders are those of library.folders in config.toml, else the system's music folder. Files that are as they were are
    /// not read again; what moved keeps its plays and ratings; nothing in the folders is changed.
    #[command(after_long_help = "Example: segue library scan --json | jq .problems")]
    Scan {
        /// One JSON object: files, added, changed, moved, removed, problems, stopped (cut short)
        #[arg(long)]
        json: bool,
    },
    /// Count tracks, albums, artists and listens
    ///
    /// Of what the last scan found; no file is opened.
    #[command(after_long_help = "Example: segue library stats --json | jq .never_played")]
    Stats {
        /// One JSON object: tracks, albums, artists, length_s (seconds), bytes, plays, never_played, gone (not there any more),
        /// problems
        #[arg(long)]
        json: bool,
    },
    /// Searches that are kept as lists: add, list, remove
    Smart {
        #[command(subcommand)]
        verb: Smart,
    },
    /// Take back what was said of your music last: a like, a rating, a search that was kept or forgotten
    ///
    /// One step at a time; `segue library log` tells which there are. Edits of playlists are taken back with `segue playlist undo`.
    #[command(after_long_help = "Example: segue library undo && segue library log")]
    Undo {
        /// As JSON: what was done, what it is called, and how many steps are left to take back
        #[arg(long)]
        json: bool,
    },
    /// Say again what was taken back
    ///
    /// The last `segue library undo` first, one step at a time.
    #[command(after_long_help = "Example: segue library undo && segue library redo")]
    Redo {
        /// As JSON: what was done, what it is called, and how many steps are left to take back
        #[arg(long)]
        json: bool,
    },
    /// Tell everything that was said of your music, and how it was before
    ///
    /// Likes, ratings, and searches that were kept or forgotten, the oldest first, here and on the screen.
    #[command(after_long_help = "Example: segue library log --json | jq 'map(select(.done))'")]
    Log {
        /// One JSON array: number, at (seconds since 1970), what, done (false: taken back), before
        #[arg(long)]
        json: bool,
    },
    /// Examine the database, and list files that could not be read
    ///
    /// SQLite looks through the whole database; the files are those of the last scan, each with what is wrong. Nothing is
    /// changed. The exit code is 1 when the database is damaged.
    #[command(after_long_help = "Example: segue library check --json | jq -r '.problems[].path'")]
    Check {
        /// One JSON object: database (null where it is whole, else what is wrong), problems (each with path and problem)
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand, Debug)]
#[command(disable_help_subcommand = true)]
pub(super) enum Smart {
    /// Keep a search as a list of My music; one of the same name is replaced
    #[command(after_long_help = "Example: segue library smart add Unheard 'year>2019 not:played'")]
    Add {
        /// What the list is called
        name: String,
        /// A search as on the screen, such as 'artist:"ada" year>2019 not:played rating>=4'
        #[arg(required = true, value_name = "QUERY")]
        query: Vec<String>,
        /// As JSON: name, query, and tracks (how many it finds now)
        #[arg(long)]
        json: bool,
    },
    /// List them, each with its search and how many tracks it finds now
    List {
        /// One JSON array: name, query and tracks of each
        #[arg(long)]
        json: bool,
    },
    /// Forget one; its tracks stay where they are
    Remove {
        /// What it is called
        name: String,
        /// As JSON: done and name
        #[arg(long)]
        json: bool,
    },
}

#[derive(clap::Args, Debug)]
pub(super) struct Play {
    /// A path, an http(s) address of a file or .m3u8, a share link of a service, or SERVICE:KIND:ID of a track,
    /// album or playlist such as audius:track:D7KyD
    #[arg(required_unless_present = "playlists", value_name = "LOCATOR", value_parser = OsStringValueParser::new().try_map(target))]
    pub locators: Vec<Target>,
    /// Play a playlist, after the locators if there are any: the name of one on this machine, SERVICE:playlist:ID or a
    /// share link; may be said more than once
    #[arg(long = "playlist", value_name = "PLAYLIST", value_parser = playlist::playlist)]
    pub playlists: Vec<Target>,
    #[command(flatten)]
    pub sound: Sound,
    /// Events and a summary as JSON lines on standard output
    #[arg(long)]
    pub json: bool,
}

/// How something is played.
#[derive(clap::Args, Debug)]
pub(super) struct Sound {
    /// auto, null, wav:PATH or device:NAME
    #[arg(long)]
    pub output: Option<OutputChoice>,
    /// Where in the first track to start, as SS, MM:SS or HH:MM:SS
    #[arg(long, value_name = "MM:SS", value_parser = clock)]
    pub start: Option<Duration>,
}

#[derive(clap::Args, Debug)]
pub(super) struct Probe {
    /// A path or an http(s) address
    #[arg(value_name = "FILE|URL|M3U8", value_parser = OsStringValueParser::new().try_map(reference))]
    pub target: TrackRef,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// A file name need not be text.
fn reference(text: OsString) -> Result<TrackRef, TrackRefError> {
    match text.into_string() {
        Ok(text) => text.parse(),
        Err(raw) => Ok(TrackRef::File(whole(raw))),
    }
}

/// The same for what may also be no single track.
fn target(text: OsString) -> Result<Target, TrackRefError> {
    match text.into_string() {
        Ok(text) => text.parse(),
        Err(raw) => Ok(Target::File(whole(raw))),
    }
}

/// The same for a row of a playlist.
fn playlist_row(text: OsString) -> Result<PlaylistRow, String> {
    match text.into_string() {
        Ok(text) => text.parse(),
        Err(raw) => Ok(PlaylistRow::Track(Target::File(whole(raw)))),
    }
}

/// Seen from the root: only so can a name that is no text be written as text.
fn whole(raw: OsString) -> PathBuf {
    std::path::absolute(&raw).unwrap_or_else(|_| raw.into())
}

fn clock(text: &str) -> Result<Duration, String> {
    parse_clock(text).ok_or_else(|| "expected a time such as 90, 1:30 or 1:02:03".to_owned())
}
