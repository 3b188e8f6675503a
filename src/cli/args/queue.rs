//! `segue queue`.

use clap::Subcommand;

use super::playlist::playlist;
use crate::runtime::Target;

#[derive(Subcommand, Debug)]
#[command(after_help = super::examples::QUEUE)]
pub(in crate::cli) enum Queue {
    /// List the queues that were saved
    List {
        /// One JSON array: title, name, tracks and position (seconds) of each
        #[arg(long)]
        json: bool,
    },
    /// Save the queue under a name, in place of one that was saved so before: as a playlist that remembers where it stands
    Save {
        /// What it is called
        name: String,
        /// As JSON: done, title and tracks
        #[arg(long)]
        json: bool,
    },
    /// Make a saved queue, or any playlist of this machine, the queue; undo brings the one before back
    Load {
        /// The name of one on this machine, or local:playlist:ID
        #[arg(value_name = "NAME", value_parser = playlist)]
        name: Target,
        /// As JSON: done, title and tracks
        #[arg(long)]
        json: bool,
    },
}
