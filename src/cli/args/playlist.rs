//! The verbs of `segue playlist`.

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Subcommand};

use crate::app::SortKey;
use crate::model::{Kind, LOCAL, ServiceId};
use crate::runtime::{PlaylistRow, Target};

use super::ask::ROW;
use super::{playlist_row, target};

/// The shape of the answers, for the help.
const DONE: &str = "As JSON an object: done (the verb), name (the playlist's, which can be typed back; null where the \
service does not tell it), tracks (how many were added, removed or moved; after edit as text, sort, shuffle, dedupe, undo and redo how many \
there are now, 0 where nothing was changed), words, and waits (why its service has not got it: null, \
or a fault). What a service cannot be told now is kept here and sent later; the exit code is then that of the reason.";

/// The same where rows come from elsewhere.
const LANDED: &str = "As JSON an object: done (the verb), title, name (the playlist's, null for a dry run) and rows, each with \
title, artists, source (null: it is no place), match (same, recording or missing), why, and found; and waits (why the service has not got it: \
null, or a fault).";

#[derive(Subcommand, Debug)]
#[command(disable_help_subcommand = true, after_help = super::examples::PLAYLIST)]
pub(in crate::cli) enum Playlist {
    /// List your playlists
    ///
    /// Example: segue playlist list local
    #[command(after_long_help = ROW)]
    List {
        /// At this service, such as audius, or `local`; without one, here and everywhere that you are signed in
        #[arg(value_name = "SERVICE")]
        services: Vec<ServiceId>,
        /// One JSON array
        #[arg(long)]
        json: bool,
    },
    /// Tell what is in a playlist, row by row
    ///
    /// Example: segue playlist show "Night Drive" --json | jq -r '.items[].title'
    #[command(after_long_help = ROW)]
    Show {
        /// SERVICE:playlist:ID as `segue playlist list` tells it, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// One JSON object, its rows in `items`, each with its `position` from 1; `stale`: kept from earlier
        #[arg(long)]
        json: bool,
    },
    /// Make a playlist
    ///
    /// Example: segue playlist new local "Night Drive" audius:track:D7KyD ./a.flac
    #[command(after_long_help = DONE)]
    New {
        /// The service that shall keep it, such as audius, or `local` for this machine
        service: ServiceId,
        /// What it is called
        name: String,
        /// What is in it: tracks of the same service, or all of an album or playlist, as SERVICE:KIND:ID or links; on this
        /// machine of any service, and files
        #[arg(value_name = "TRACK", value_parser = OsStringValueParser::new().try_map(target))]
        tracks: Vec<Target>,
        #[command(flatten)]
        about: About,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Call a playlist something else
    ///
    /// Example: segue playlist rename "Night Drive" "Night Drives"
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
    /// Edit a playlist as text in $EDITOR, or change what is said about it
    ///
    /// One line a row: move, delete or double lines, add files, addresses, SERVICE:track:ID or `? words` to search for.
    /// With --name or what else is said about it, only that is changed.
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
        /// Take the edited text from this file (`-`: standard input) and start no editor
        #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "About"])]
        text: Option<PathBuf>,
        /// Without a question where the text leaves no row; needed where nobody can be asked
        #[arg(long, conflicts_with_all = ["name", "About"])]
        yes: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Sort a playlist; equal rows stay in the order they have, and what has none of it comes last
    ///
    /// Example: segue playlist sort "Night Drive" --by artist,album
    #[command(after_long_help = DONE)]
    Sort {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// By what: title, artist, album, length, source, path or liked; several times for rows that are equal by the first
        #[arg(long, default_value = "title", value_delimiter = ',', value_parser = sort_key)]
        by: Vec<SortKey>,
        /// The last one first
        #[arg(long)]
        reverse: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Put a playlist in any order
    #[command(after_long_help = DONE)]
    Shuffle {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take out of a playlist what is there twice: the same track, or the same recording
    ///
    /// Example: segue playlist dedupe "Night Drive" && segue playlist undo "Night Drive"
    #[command(after_long_help = DONE)]
    Dedupe {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take edits of a playlist back; without one, the last making, renaming or deleting of any, after a question where
    /// a service would hear of it
    #[command(after_long_help = DONE)]
    Undo(Retrace),
    /// Make edits again that were taken back
    #[command(after_long_help = DONE)]
    Redo(Retrace),
    /// Send to the services what was changed here and has not reached them, and tell what came of it
    #[command(
        after_long_help = "Exit code 0: nothing waits any more. Else that of the first reason why something does: 4 the service \
refused or wants a sign-in, 5 it was not reached. As JSON an object: told, each with playlist, service, title, result (arrived, merged, \
not-deleted, waits or held), words and lost (titles changed here that had been taken out there); marked, each with mark (an object: \
service, item, title, mark, on), result (arrived, waits or refused) and words; marks, what waits of these, each with mark and \
next_try; and waiting, each with playlist, service, title, changes, held (why, or null) and next_try (seconds since 1970)."
    )]
    Sync {
        /// Also what a service did not take
        #[arg(long)]
        held: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell every edit of a playlist that was made here, and how it was before each
    ///
    /// Example: segue playlist log "Night Drive"
    Log {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// One JSON array: number, at (seconds since 1970), what, done, rows_before, seconds_before, rows_after, seconds_after
        #[arg(long)]
        json: bool,
    },
    /// Tell what each of two playlists has that the other one has not
    ///
    /// Example: segue playlist diff "Night Drive" audius:playlist:D7KyD
    Diff {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        one: Target,
        /// The other one; the same recording at another service is the same
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        other: Target,
        /// One JSON object: only_first, only_second, shared, same_order
        #[arg(long)]
        json: bool,
    },
    /// Make a playlist of a file: M3U, M3U8, XSPF, JSPF or PLS
    ///
    /// Rows whose place can be used stay as they are; of the others the same recording is looked for. What became of
    /// each row is told.
    ///
    /// Example: segue playlist import night-drive.xspf --to audius --dry-run
    #[command(after_long_help = LANDED)]
    Import {
        /// The file
        file: PathBuf,
        /// The service that shall keep it, such as audius, or `local` for this machine
        #[arg(long, value_name = "SERVICE", default_value = LOCAL)]
        to: ServiceId,
        /// What it is called, if not as the file says
        #[arg(long)]
        name: Option<String>,
        /// Keep rows that were not found, on this machine
        #[arg(long)]
        keep_missing: bool,
        /// Only tell what would become of each row
        #[arg(long)]
        dry_run: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Write a playlist to a file: M3U8, XSPF or JSPF, as its name ends
    ///
    /// Example: segue playlist export "Night Drive" night-drive.m3u8 --relative
    Export {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// The file
        file: PathBuf,
        /// Write paths as seen from the file's folder
        #[arg(long)]
        relative: bool,
        /// Write over a file that is there
        #[arg(long)]
        force: bool,
        /// As JSON an object: done, file and tracks
        #[arg(long)]
        json: bool,
    },
    /// Copy a playlist to another service, or to this machine
    ///
    /// What became of each row is told.
    ///
    /// Example: segue playlist copy "Night Drive" audiomack --dry-run
    #[command(after_long_help = LANDED)]
    Copy {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// The service that shall keep the copy, such as audius, or `local` for this machine
        to: ServiceId,
        /// What the copy is called, if not the same
        #[arg(long)]
        name: Option<String>,
        /// Only tell what would become of each row
        #[arg(long)]
        dry_run: bool,
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
    /// Delete a playlist; undo brings it back
    ///
    /// Example: segue playlist delete "Night Drive" && segue playlist undo
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
    ///
    /// Example: segue playlist add "Night Drive" ./a.flac audius:track:D7KyD
    #[command(after_long_help = DONE)]
    Add {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// Tracks of the same service, or all of an album or playlist, as SERVICE:KIND:ID or links; on this machine of any
        /// service, and files
        #[arg(required = true, value_name = "TRACK", value_parser = OsStringValueParser::new().try_map(target))]
        tracks: Vec<Target>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take rows out of a playlist
    ///
    /// Example: segue playlist remove "Night Drive" 3 7
    #[command(after_long_help = DONE)]
    Remove {
        /// SERVICE:playlist:ID, a share link, or the name of one on this machine
        #[arg(value_name = "PLAYLIST", value_parser = playlist)]
        playlist: Target,
        /// Positions as `segue playlist show` counts them, all as they are before, or tracks wherever they are
        #[arg(required = true, value_name = "POSITION|TRACK", value_parser = OsStringValueParser::new().try_map(playlist_row))]
        rows: Vec<PlaylistRow>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Put a row of a playlist at another place
    ///
    /// Example: segue playlist move "Night Drive" 9 1
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

/// Whose edits, and how many.
#[derive(Args, Debug)]
pub(in crate::cli) struct Retrace {
    /// SERVICE:playlist:ID, a share link, or the name of one on this machine
    #[arg(value_name = "PLAYLIST", value_parser = playlist)]
    pub playlist: Option<Target>,
    /// Without a question; needed where nobody can be asked, no playlist is named and a service's would change
    #[arg(long)]
    pub yes: bool,
    /// How many edits, the newest first
    #[arg(long, default_value_t = 1, requires = "playlist")]
    pub steps: u32,
    /// As JSON
    #[arg(long)]
    pub json: bool,
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

fn sort_key(text: &str) -> Result<SortKey, String> {
    let found = SortKey::ALL.into_iter().find(|key| key.title() == text);
    found.ok_or_else(|| format!("write one of {}", SortKey::ALL.map(SortKey::title).join(", ")))
}

/// What may be a playlist; of a link only its service knows, and what is nothing else is a name on this machine.
pub(super) fn playlist(text: &str) -> Result<Target, String> {
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
