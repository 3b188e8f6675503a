//! `segue library scan|stats|smart|check`.

use std::process::ExitCode;

use crate::cli::args::{Library, Smart};
use crate::cli::{exit, text};
use crate::model::{Fault, FaultKind};
use crate::runtime::{
    Profile, RunAs, check_library, forget_smart_list, keep_smart_list, library_stats, scan_library,
    smart_lists, stdout_cells,
};

/// Files between two lines about how far a scan is.
const NEWS_STEP: usize = 1000;

pub(in crate::cli) fn run(command: &Library, run_as: RunAs) -> Result<ExitCode, Fault> {
    let profile = Profile::load(run_as)?;
    profile.warnings.iter().for_each(|fault| text::error_line(&format!("segue: {fault}")));
    match command {
        Library::Scan { json } => {
            let mut told = 0;
            let report = scan_library(&profile, &mut |progress| {
                if !json
                    && stdout_cells().is_some()
                    && progress.total > 0
                    && progress.done >= told + NEWS_STEP
                {
                    told = progress.done;
                    text::error_line(&format!("segue: {} of {} files", progress.done, progress.total));
                }
            })?;
            if *json {
                text::json(&report);
            } else {
                text::line(&format!(
                    "{} files: {} added, {} changed, {} moved, {} gone, {} with problems",
                    report.files, report.added, report.changed, report.moved, report.removed, report.problems
                ));
            }
        }
        Library::Stats { json } => {
            let stats = library_stats(&profile)?;
            if *json {
                text::json(&stats);
            } else {
                let rows = [
                    ("tracks", stats.tracks),
                    ("albums", stats.albums),
                    ("artists", stats.artists),
                    ("hours", stats.length_s / 3600),
                    ("megabytes", stats.bytes / 1_000_000),
                    ("listens", stats.plays),
                    ("never played", stats.never_played),
                    ("not there any more", stats.gone),
                    ("problems", stats.problems),
                ];
                for (name, count) in rows {
                    text::line(&format!("{name}: {count}"));
                }
            }
        }
        Library::Smart { verb } => return smart(&profile, verb),
        Library::Check { json } => {
            let check = check_library(&profile)?;
            if *json {
                text::json(&check);
            } else {
                check.problems.iter().for_each(|row| text::line(&format!("{}: {}", row.path, row.problem)));
                let database = check.database.as_deref().unwrap_or("whole");
                text::error_line(&format!(
                    "segue: {} problem{}; the database is {database}",
                    check.problems.len(),
                    if check.problems.len() == 1 { "" } else { "s" },
                ));
            }
            if check.database.is_some() {
                return Ok(exit::code(FaultKind::Other));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn smart(profile: &Profile, verb: &Smart) -> Result<ExitCode, Fault> {
    match verb {
        Smart::Add { name, query, json } => {
            let kept = keep_smart_list(profile, name, &query.join(" "))?;
            if *json {
                text::json(&kept);
            } else {
                text::line(&format!("{} finds {} tracks now: files/smart:{0}", kept.name, kept.tracks));
            }
        }
        Smart::List { json } => {
            let all = smart_lists(profile)?;
            if *json {
                text::json(&all);
            } else {
                for kept in all {
                    text::line(&format!("{}: {} ({} tracks)", kept.name, kept.query, kept.tracks));
                }
            }
        }
        Smart::Remove { name } => {
            forget_smart_list(profile, name)?;
            text::line(&format!("{name} is no smart list any more."));
        }
    }
    Ok(ExitCode::SUCCESS)
}
