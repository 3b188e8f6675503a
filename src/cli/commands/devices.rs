//! `segue devices`.

use std::process::ExitCode;

use crate::cli::text;
use crate::model::Fault;
use crate::runtime::{Profile, RunAs, devices};

pub(in crate::cli) fn run(json: bool) -> Result<ExitCode, Fault> {
    let found = devices(&Profile::load(RunAs::default())?)?;
    if json {
        text::json(&found);
    } else if found.is_empty() {
        text::line("No sound device; Segue would play silently until one appears.");
    } else {
        for device in &found {
            let mark = if device.is_default { "*" } else { " " };
            text::line(&format!("{mark} {}", device.name));
        }
    }
    Ok(ExitCode::SUCCESS)
}
