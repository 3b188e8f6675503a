//! `segue` without a command: the player on the screen, or in lines.

use std::process::ExitCode;

use crate::cli::text::line;
use crate::model::Fault;
use crate::runtime::{Profile, RunAs, run_plain, run_screen};

pub(in crate::cli) fn run(run_as: RunAs, plain: bool) -> Result<ExitCode, Fault> {
    let profile = Profile::load(run_as)?;
    let code = if plain { run_plain(profile, &mut line) } else { run_screen(profile) };
    code.map(ExitCode::from)
}
