//! The verbs of `segue download`.

use clap::Subcommand;

use crate::runtime::Target;

/// The shape of the answers, for the help.
const DONE: &str = "As JSON an object: done (the verb), asked (whether another Segue runs the downloads and was asked), \
count (how many downloads it changed) and words.";

#[derive(Subcommand, Debug)]
#[command(disable_help_subcommand = true, after_help = super::examples::DOWNLOAD)]
pub(in crate::cli) enum Download {
    /// Queue tracks for listening offline: tracks, or all of an album or playlist
    #[command(
        after_long_help = "As JSON an object: done, asked, queued, better (those of them that are here, but not as well), here (on this machine already), known (queued \
already), refused (each with title and why) and words."
    )]
    Add {
        /// SERVICE:KIND:ID of a track, album or playlist, a share link, or an http(s) address
        #[arg(required = true, value_name = "WHAT")]
        targets: Vec<Target>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// List the queue in its order
    List {
        /// One JSON array: id, title, artists, source, group, state, reason, hint, heals, wait_s, tries, bytes, total
        #[arg(long)]
        json: bool,
    },
    /// Hold downloads until they are resumed
    #[command(after_long_help = DONE)]
    Pause {
        /// Their numbers; none: all
        ids: Vec<u64>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Let downloads go on
    #[command(after_long_help = DONE)]
    Resume {
        /// Their numbers; none: all that are not held by themselves
        ids: Vec<u64>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take downloads out of the queue before they are done
    #[command(after_long_help = DONE)]
    Cancel {
        /// Their numbers
        #[arg(required = true)]
        ids: Vec<u64>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Try downloads again now
    #[command(after_long_help = DONE)]
    Retry {
        /// Their numbers; none: all that failed
        ids: Vec<u64>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Put downloads elsewhere in the order
    #[command(after_long_help = DONE)]
    Move {
        /// Their numbers
        #[arg(required = true)]
        ids: Vec<u64>,
        /// To this position, from 1; without one to the top
        #[arg(long, value_name = "POSITION")]
        to: Option<usize>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take finished downloads out of the list; their copies stay
    #[command(after_long_help = DONE)]
    Remove {
        /// Their numbers; none: all that are done
        ids: Vec<u64>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Examine every copy, and queue again what is missing or damaged; a damaged file gets .damaged behind its name
    #[command(
        after_long_help = "As JSON an object: whole, missing and damaged (each with title, source and path), queued, asked."
    )]
    Verify {
        /// Tell, and queue nothing
        #[arg(long)]
        dry_run: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Keep lists offline: their copies stay in step with them, here and each time Segue runs
    #[command(after_long_help = "As JSON an array of objects: done, title, tracks, queued, asked.")]
    Keep {
        /// SERVICE:KIND:ID of an album or playlist, a share link, SERVICE/LIST such as audiomack/mine/downloads, or the name of
        /// a playlist on this machine
        #[arg(required = true, value_name = "LIST")]
        lists: Vec<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Keep lists offline no longer; their copies stay as any others
    #[command(after_long_help = "As JSON an array of objects: done, title, asked.")]
    Unkeep {
        /// Their titles, or as segue download check writes them
        #[arg(required = true, value_name = "LIST")]
        lists: Vec<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell before a journey what of the lists that are kept offline is not yet here; exit code 1 when something is not
    #[command(
        after_long_help = "As JSON an object: all, here, words and lists (each with list, title, all, here, read_at and \
missing: title, source, why_not)."
    )]
    Check {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell what changes in the queue, whoever runs it, until nothing is left to be done
    #[command(
        after_long_help = "As JSON lines with event: watch (runs: whether a Segue downloads), job (as in list), gone (id) \
and progress (done, all, bytes, total)."
    )]
    Watch {
        /// As JSON lines
        #[arg(long)]
        json: bool,
    },
    /// Copy everything in the queue, without a screen
    Run {
        /// Events as JSON lines, the summary last
        #[arg(long)]
        json: bool,
    },
}
