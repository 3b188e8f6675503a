//! `segue like`, `unlike`, `repost`, `unrepost`, `follow` and `unfollow`.

use std::process::ExitCode;

use crate::cli::args::Marks;
use crate::cli::{exit, text};
use crate::model::{Fault, Mark};
use crate::runtime::Profile;

/// One after the other; what fails does not stop the rest, and the first failure is the code.
pub(in crate::cli) fn run(mark: Mark, on: bool, arguments: &Marks, demo: bool) -> Result<ExitCode, Fault> {
    let shelves = super::open_shelves(Profile::load(demo)?)?;
    let mut first = None;
    for target in &arguments.targets {
        match shelves.mark(mark, on, target) {
            Ok(words) => text::line(&format!("{words}.")),
            Err(fault) => {
                text::error_line(&format!("segue: {fault}"));
                first.get_or_insert(fault.kind);
            }
        }
    }
    Ok(first.map_or(ExitCode::SUCCESS, exit::code))
}
