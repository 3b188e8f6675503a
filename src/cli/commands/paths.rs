//! `segue paths`.

use std::process::ExitCode;

use crate::cli::text;
use crate::model::Fault;
use crate::runtime::Profile;

pub(in crate::cli) fn run(demo: bool, json: bool) -> Result<ExitCode, Fault> {
    let profile = Profile::load(demo)?;
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
