//! `segue paths`.

use std::process::ExitCode;

use crate::cli::text;
use crate::model::Fault;
use crate::runtime::{Profile, RunAs};

pub(in crate::cli) fn run(run_as: RunAs, json: bool) -> Result<ExitCode, Fault> {
    let profile = Profile::load(run_as)?;
    let paths = &profile.paths;
    if json {
        text::json(paths);
    } else {
        for (name, path) in [
            ("config", &paths.config),
            ("data", &paths.data),
            ("cache", &paths.cache),
            ("state", &paths.state),
        ] {
            text::line(&format!("{name}: {}", path.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
