//! `segue` without a command: the player on the screen.

use std::process::ExitCode;

use crate::model::Fault;
use crate::runtime::{Profile, run_screen};

pub(in crate::cli) fn run(demo: bool) -> Result<ExitCode, Fault> {
    run_screen(Profile::load(demo)?).map(ExitCode::from)
}
