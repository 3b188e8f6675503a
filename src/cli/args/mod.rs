//! What can be typed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Parser, Subcommand};
use url::Url;

use crate::model::{OutputChoice, TrackRef, TrackRefError, parse_clock};

/// Segue plays music in the terminal: from Audius, Audiomack, YourMusic, Audiosocket and your own files.
#[derive(Parser, Debug)]
#[command(name = "segue", version, disable_help_subcommand = true, after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// Play with the bundled music and a service on this machine: no network, no account
    #[arg(long, global = true)]
    pub demo: bool,
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXIT_CODES: &str = "Exit codes: 0 ok, 1 failure, 2 usage, 3 not found, 4 sign-in needed or access refused, \
5 network, 6 unsupported or damaged media. Without a command the player opens on the screen.";

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Play without a screen, to the end
    Play(Play),
    /// Tell what a file, address or playlist is
    Probe(Probe),
    /// List sound devices
    Devices {
        /// As JSON
        #[arg(long)]
        json: bool,
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

#[derive(clap::Args, Debug)]
pub(super) struct Play {
    /// A path, an http(s) address of a file or .m3u8, or SERVICE:track:ID such as audius:track:D7KyD
    #[arg(required = true, value_name = "LOCATOR", value_parser = OsStringValueParser::new().try_map(reference))]
    pub locators: Vec<TrackRef>,
    /// auto, null, wav:PATH or device:NAME
    #[arg(long)]
    pub output: Option<OutputChoice>,
    /// Where in the first track to start, as SS, MM:SS or HH:MM:SS
    #[arg(long, value_name = "MM:SS", value_parser = clock)]
    pub start: Option<Duration>,
    /// Events and a summary as JSON lines on standard output
    #[arg(long)]
    pub json: bool,
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

#[derive(Subcommand, Debug)]
pub(super) enum Stage {
    /// Read an HLS playlist
    Playlist {
        /// A path or an http(s) address
        #[arg(value_name = "FILE|URL", value_parser = OsStringValueParser::new().try_map(reference))]
        target: TrackRef,
        /// The address the playlist counts as fetched from
        #[arg(long)]
        base_url: Option<Url>,
    },
    /// Decode a file whole
    Decode {
        /// The file
        file: PathBuf,
        /// Write the samples to this WAV file
        #[arg(long, value_name = "OUT")]
        wav: Option<PathBuf>,
    },
    /// Sign a request with OAuth 1.0a; the request comes as JSON on standard input
    SignOauth1,
    /// Clean a text as the screen or a file name would; the text comes as a JSON string on standard input
    CleanText {
        /// ui or file
        #[arg(long, value_enum)]
        target: CleanTarget,
    },
    /// Show the screens that keys lead to, from the demo's state
    Render {
        /// Keys as typed; special ones in angle brackets, as in "2<Enter>j<C-d>"
        #[arg(long, default_value = "")]
        keys: String,
        /// Columns x rows, as in 120x40
        #[arg(long, default_value = "120x40", value_parser = size)]
        size: (u16, u16),
    },
    /// Take the screen, then fail on purpose: the terminal must come back whole
    #[command(hide = true)]
    Panic,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum CleanTarget {
    /// As on the screen
    Ui,
    /// As in a file name
    File,
}

/// A file name need not be text.
fn reference(text: OsString) -> Result<TrackRef, TrackRefError> {
    match text.into_string() {
        Ok(text) => text.parse(),
        Err(raw) => Ok(TrackRef::File(raw.into())),
    }
}

fn clock(text: &str) -> Result<Duration, String> {
    parse_clock(text).ok_or_else(|| "expected a time such as 90, 1:30 or 1:02:03".to_owned())
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let (columns, rows) = text.split_once('x').ok_or("expected COLUMNSxROWS, as in 120x40")?;
    match (columns.parse(), rows.parse()) {
        (Ok(columns @ 1..=1000), Ok(rows @ 1..=1000)) => Ok((columns, rows)),
        _ => Err("both must be whole numbers from 1 to 1000".to_owned()),
    }
}
