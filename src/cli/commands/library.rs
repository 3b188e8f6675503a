//! `segue library scan|stats|smart|undo|redo|log|check`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::args::{Library, Smart};
use crate::cli::{exit, text};
use crate::model::{Fault, FaultKind, OwnJournal, OwnMove, OwnStep};
use crate::runtime::{
    Profile, RunAs, check_library, forget_smart_list, go_in_own_music, keep_smart_list, library_stats,
    local_time, scan_library, smart_lists, stdout_cells,
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
        Library::Undo { json } => return retrace(&profile, OwnMove::Back, *json),
        Library::Redo { json } => return retrace(&profile, OwnMove::On, *json),
        Library::Log { json } => log(&go_in_own_music(&profile, OwnMove::Look)?, *json),
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

fn retrace(profile: &Profile, by: OwnMove, json: bool) -> Result<ExitCode, Fault> {
    let is_back = by == OwnMove::Back;
    let journal = go_in_own_music(profile, by)?;
    let Some(step) = journal.walked.first() else {
        let what = if is_back { "take back" } else { "say again" };
        return Err(Fault::new(FaultKind::NotFound, format!("There is nothing to {what}")));
    };
    let what = if is_back { "Taken back" } else { "Said again" };
    if json {
        let verb = if is_back { "undo" } else { "redo" };
        let left = journal.number - journal.first_number;
        text::json(
            &json!({ "done": verb, "what": step.words(), "title": step.title.as_str(), "left": left }),
        );
    } else {
        text::line(&format!("{what}: {}.", step.words()));
    }
    Ok(ExitCode::SUCCESS)
}

fn log(journal: &OwnJournal, json: bool) {
    let steps = (journal.first_number + 1..).zip(&journal.steps);
    if json {
        let row = |(number, step): (u64, &OwnStep)| {
            json!({ "number": number, "at": step.made_at, "what": step.words(), "done": number <= journal.number,
                    "before": step.words_before() })
        };
        text::json(&steps.map(row).collect::<Vec<_>>());
        return;
    }
    if journal.steps.is_empty() {
        text::error_line("segue: Nothing was said of your music yet.");
    }
    let now = local_time();
    for (number, step) in steps {
        let when = step.made_at.map(|at| now.short(at)).unwrap_or_default();
        let state = if number <= journal.number { "" } else { "  (taken back)" };
        let (words, before) = (step.words(), step.words_before());
        text::line(&format!("{number:>5}  {when:>10}  {words}  before: {before}{state}"));
    }
}

fn smart(profile: &Profile, verb: &Smart) -> Result<ExitCode, Fault> {
    match verb {
        Smart::Add { name, query, json } => {
            let kept = keep_smart_list(profile, name, &query.join(" "))?;
            if *json {
                text::json(&kept);
            } else {
                let tracks = counted(kept.tracks);
                text::line(&format!("{} finds {tracks} now: files/smart:{0}", kept.name));
            }
        }
        Smart::List { json } => {
            let all = smart_lists(profile)?;
            if *json {
                text::json(&all);
            } else {
                for kept in all {
                    text::line(&format!("{}: {} ({})", kept.name, kept.query, counted(kept.tracks)));
                }
            }
        }
        Smart::Remove { name, json } => {
            forget_smart_list(profile, name)?;
            if *json {
                text::json(&json!({ "done": "remove", "name": name.trim() }));
            } else {
                text::line(&format!("{name} is no smart list any more."));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn counted(tracks: u64) -> String {
    text::counted(usize::try_from(tracks).unwrap_or(usize::MAX), "track")
}
