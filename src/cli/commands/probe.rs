//! `segue probe`.

use std::process::ExitCode;

use crate::cli::args::Probe;
use crate::cli::{facts, text};
use crate::model::Fault;
use crate::runtime::{Profile, RunAs, probe};

pub(in crate::cli) fn run(arguments: &Probe) -> Result<ExitCode, Fault> {
    let found = probe(&Profile::load(RunAs::default())?, &arguments.target)?;
    if arguments.json {
        text::json(&found);
    } else {
        facts::print_tree(&found, "");
    }
    Ok(ExitCode::SUCCESS)
}
