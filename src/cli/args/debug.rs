//! The stages of `segue debug`.

use std::path::PathBuf;

use clap::Subcommand;
use clap::builder::{OsStringValueParser, TypedValueParser};
use url::Url;

use crate::model::TrackRef;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum Stage {
    /// Read an HLS playlist
    Playlist {
        /// A path or an http(s) address
        #[arg(value_name = "FILE|URL", value_parser = OsStringValueParser::new().try_map(super::reference))]
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
    Panic {
        /// What the fault says
        #[arg(default_value = "asked for by `segue debug panic`")]
        words: String,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(in crate::cli) enum CleanTarget {
    /// As on the screen
    Ui,
    /// As in a file name
    File,
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let (columns, rows) = text.split_once('x').ok_or("expected COLUMNSxROWS, as in 120x40")?;
    match (columns.parse(), rows.parse()) {
        (Ok(columns @ 1..=1000), Ok(rows @ 1..=1000)) => Ok((columns, rows)),
        _ => Err("both must be whole numbers from 1 to 1000".to_owned()),
    }
}
