//! `segue doctor`.

use std::process::ExitCode;

use crate::cli::text;
use crate::model::Fault;
use crate::runtime::{Health, Profile, RunAs, examine};

pub(in crate::cli) fn run(run_as: RunAs, json: bool) -> Result<ExitCode, Fault> {
    let findings = examine(&Profile::load(run_as)?)?;
    if json {
        text::json(&findings);
    } else {
        for finding in &findings {
            let mark = match finding.health {
                Health::Good => "ok     ",
                Health::Note => "note   ",
                Health::Bad => "problem",
            };
            text::line(&format!("{mark}  {}: {}", finding.subject, finding.words));
            if let Some(hint) = &finding.hint {
                text::line(&format!("         {hint}"));
            }
        }
    }
    let bad = findings.iter().any(|finding| finding.health == Health::Bad);
    Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
