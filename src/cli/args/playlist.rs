//! The verbs of `segue playlist`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::model::{Kind, ServiceId};
use crate::runtime::{PlaylistRow, Target};

/// The shape of the answers, for the help.
const DONE: &str = "As JSON an object: done (the verb), name (the playlist's, which can be typed back; null where the \
service does not tell it), tracks (how many were added, removed or moved) and words.";

#[derive(Subcommand, Debug)]
#[command(disable_help_subcommand = true)]
pub(in crate::cli) enum Playlist {
    /// List your playlists
    List {
        /// At this service, such as audius, or `local`; without one, here and everywhere that you are signed in
        #[arg(value_name = "SERVICE")]
        services: Vec<ServiceId>,
        /// One JSON array
        #[arg(long)]
        json: bool,
    },
    /// Tell what is in a playlist, row by row
    Show {
        /// SERVICE:playlist:ID as `segue playlist list` tells it, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// One JSON object, its rows in `items`
        #[arg(long)]
        json: bool,
    },
    /// Make a playlist
    #[command(after_long_help = DONE)]
    New {
        /// The service that shall keep it, such as audius, or `local` for this machine
        service: ServiceId,
        /// What it is called
        name: String,
        /// What is in it: tracks of the same service, or all of an album or playlist, as SERVICE:KIND:ID or links; on this
        /// machine of any service, and files
        #[arg(value_name = "TRACK")]
        tracks: Vec<Target>,
        #[command(flatten)]
        about: About,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Call a playlist something else
    #[command(after_long_help = DONE)]
    Rename {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// What it is called from now on
        name: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Change what else is said about a playlist
    #[command(after_long_help = DONE)]
    Edit {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// What it is called from now on
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        about: About,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Let everybody see a playlist
    #[command(after_long_help = DONE)]
    Public {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Keep a playlist to yourself
    #[command(after_long_help = DONE)]
    Private {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a playlist for good
    #[command(after_long_help = DONE)]
    Delete {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// Without a question; needed where nobody can be asked
        #[arg(long)]
        yes: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Put tracks at a playlist's end
    #[command(after_long_help = DONE)]
    Add {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// Tracks of the same service, or all of an album or playlist, as SERVICE:KIND:ID or links; on this machine of any
        /// service, and files
        #[arg(required = true, value_name = "TRACK")]
        tracks: Vec<Target>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take rows out of a playlist
    #[command(after_long_help = DONE)]
    Remove {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// Positions as `segue playlist show` counts them, all as they are before, or tracks wherever they are
        #[arg(required = true, value_name = "POSITION|TRACK")]
        rows: Vec<PlaylistRow>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Put a row of a playlist at another place
    #[command(after_long_help = DONE)]
    Move {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// Where it is, from 1
        from: usize,
        /// Where it shall be, from 1
        to: usize,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// What can be said about a playlist beside its name; not every service has all of it.
#[derive(Args, Debug)]
pub(in crate::cli) struct About {
    /// What it is about
    #[arg(long, value_name = "WORDS")]
    pub description: Option<String>,
    /// Its genre
    #[arg(long, value_name = "GENRE")]
    pub genre: Option<String>,
    /// Its picture: a JPEG, PNG or WebP file
    #[arg(long, value_name = "FILE")]
    pub cover: Option<PathBuf>,
    /// Everybody sees it
    #[arg(long, conflicts_with = "private")]
    pub public: bool,
    /// Only you see it
    #[arg(long)]
    pub private: bool,
}

/// What may be a playlist; of a link only its service knows, and what is nothing else is a name on this machine.
fn playlist(text: &str) -> Result<Target, String> {
    let how = || {
        "write SERVICE:playlist:ID, as segue playlist list tells it, the address of its page, or its name"
            .to_owned()
    };
    match text.parse() {
        Ok(Target::Item(item)) if item.kind != Kind::Playlist => Err(how()),
        Ok(target) => Ok(target),
        Err(_) => Err(how()),
    }
}
