//! `segue` without a command: the player on the screen.

use std::process::ExitCode;

use crate::model::Fault;
use crate::runtime::{Profile, RunAs, run_screen};

pub(in crate::cli) fn run(run_as: RunAs) -> Result<ExitCode, Fault> {
    run_screen(Profile::load(run_as)?).map(ExitCode::from)
}
