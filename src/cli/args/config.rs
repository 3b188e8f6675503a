//! `segue config` and `segue keys`.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum Config {
    /// Tell everything that cannot be used, with its place and what was expected; 1 when there is anything
    Check {
        /// Another file than config.toml
        file: Option<PathBuf>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell every setting as it counts, and where it is from
    Show {
        /// Only those whose names begin so, as in player or keys
        section: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema, for editors that complete and check config.toml
    Schema,
    /// Open a copy in $VISUAL or $EDITOR, check it, and put it in the place of config.toml
    Edit,
}

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum Keys {
    /// Every action with its keys, and where they work
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell which keys hide others and which actions have none; 1 when there is anything
    Check {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}
