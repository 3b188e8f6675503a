//! `segue download`.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::arrange::shown;
use super::keeping;
use crate::app::{Added, leave_out_refused, percent};
use crate::cli::args::Download;
use crate::cli::{exit, text};
use crate::model::{
    CleanText, DownloadCommand, DownloadId, DownloadJob, DownloadState, Fault, MoveTo, OfflineCopy, Retry,
    size_words,
};
use crate::runtime::{
    DownloadsDone, Profile, RunAs, RunNews, Target, command_downloads, downloads, run_downloads,
    verify_downloads,
};

/// Most titles that are named of what may not be kept for one reason.
const MOST_NAMED: usize = 3;

pub(in crate::cli) fn run(verb: Download, run_as: RunAs) -> Result<ExitCode, Fault> {
    let profile = load(run_as)?;
    let ids = |ids: Vec<u64>| ids.into_iter().map(DownloadId).collect::<Vec<_>>();
    let (name, command, json) = match verb {
        Download::Add { targets, json } => return add(&profile, &targets, json),
        Download::List { json } => return list(&profile, json),
        Download::Verify { dry_run, json } => return verify(&profile, dry_run, json),
        Download::Run { json } => return copy(profile, json),
        Download::Keep { lists, json } => return keeping::keep(&profile, &lists, json),
        Download::Unkeep { lists, json } => return keeping::unkeep(&profile, &lists, json),
        Download::Check { json } => return keeping::check(&profile, json),
        Download::Watch { json } => return keeping::watch(&profile, json),
        Download::Pause { ids: all, json } if all.is_empty() => ("pause", DownloadCommand::PauseAll, json),
        Download::Pause { ids: some, json } => ("pause", DownloadCommand::Pause(ids(some)), json),
        Download::Resume { ids: all, json } if all.is_empty() => ("resume", DownloadCommand::ResumeAll, json),
        Download::Resume { ids: some, json } => ("resume", DownloadCommand::Resume(ids(some)), json),
        Download::Cancel { ids: some, json } => ("cancel", DownloadCommand::Cancel(ids(some)), json),
        Download::Retry { ids: all, json } if all.is_empty() => ("retry", DownloadCommand::RetryFailed, json),
        Download::Retry { ids: some, json } => ("retry", DownloadCommand::Retry(ids(some)), json),
        Download::Move { ids: some, to, json } => {
            let to = to.map_or(MoveTo::Top, |position| MoveTo::Place(position.saturating_sub(1)));
            ("move", DownloadCommand::Move { ids: ids(some), to }, json)
        }
        Download::Remove { ids: some, json } => {
            let kept = downloads(&profile)?;
            let is_meant = |job: &&DownloadJob| {
                job.state == DownloadState::Done && (some.is_empty() || some.contains(&job.id.0))
            };
            let done: Vec<_> = kept.jobs.iter().filter(is_meant).map(|job| job.id).collect();
            ("remove", DownloadCommand::Cancel(done), json)
        }
    };
    let (asked, count) = match command_downloads(&profile, command)? {
        DownloadsDone::Done { count, .. } => (false, count),
        DownloadsDone::Asked => (true, 0),
    };
    let words = if asked {
        "The Segue that downloads was asked".to_owned()
    } else {
        format!("{count} {}", if count == 1 { "download" } else { "downloads" })
    };
    if json {
        text::json(&json!({ "done": name, "asked": asked, "count": count, "words": words }));
    } else {
        text::line(&format!("{name}: {words}."));
    }
    Ok(ExitCode::SUCCESS)
}

/// The profile, after a word about what is wrong with it.
fn load(run_as: RunAs) -> Result<Profile, Fault> {
    let profile = Profile::load(run_as)?;
    profile.warnings.iter().for_each(|fault| text::error_line(&format!("segue: {fault}")));
    Ok(profile)
}

fn add(profile: &Profile, targets: &[Target], json: bool) -> Result<ExitCode, Fault> {
    let shelves = super::open_shelves(Profile { warnings: Vec::new(), ..profile.clone() })?;
    let (mut sum, mut asked, mut fault) = (Added::default(), 0, None);
    for target in targets {
        let (tracks, group) = match shelves.downloadable(target) {
            Ok(found) => found,
            Err(found) => {
                text::error_line(&format!("segue: {found}"));
                fault.get_or_insert(found);
                continue;
            }
        };
        let (tracks, refused) = leave_out_refused(tracks);
        sum.refused.extend(refused);
        if tracks.is_empty() {
            continue;
        }
        let count = tracks.len();
        match command_downloads(profile, DownloadCommand::Add { tracks, group })? {
            DownloadsDone::Done { added, .. } => {
                sum.queued += added.queued;
                sum.better += added.better;
                sum.here += added.here;
                sum.known += added.known;
                sum.beyond += added.beyond;
                sum.refused.extend(added.refused);
            }
            DownloadsDone::Asked => asked += count,
        }
    }
    let refused =
        |(title, why): &(CleanText, CleanText)| json!({ "title": title.as_str(), "why": why.as_str() });
    let words = told(&sum, asked);
    if json {
        text::json(&json!({
            "done": "add", "asked": asked > 0, "queued": sum.queued, "better": sum.better, "here": sum.here, "known": sum.known,
            "refused": sum.refused.iter().map(refused).collect::<Vec<_>>(), "words": words,
        }));
    } else {
        for words in refusals(&sum.refused) {
            text::error_line(&words);
        }
        text::line(&format!("{words}."));
    }
    Ok(match fault {
        Some(fault) => exit::code(fault.kind),
        None if sum.queued + sum.here + sum.known + asked == 0 => {
            exit::code(crate::model::FaultKind::Refused)
        }
        None => ExitCode::SUCCESS,
    })
}

fn told(sum: &Added, asked: usize) -> String {
    let mut parts = Vec::new();
    let mut part = |count: usize, words: &str| {
        if count > 0 {
            parts.push(format!("{count} {words}"));
        }
    };
    part(asked, "handed to the Segue that downloads");
    part(sum.queued, "queued");
    part(sum.better, "of them better than what is here");
    part(sum.here, "on this machine already");
    part(sum.known, "queued already");
    part(sum.refused.len(), "may not be kept");
    part(sum.beyond, "found no room in the queue");
    if parts.is_empty() { "Nothing was queued".to_owned() } else { parts.join(", ") }
}

pub(super) fn facts(job: &DownloadJob) -> Value {
    let (state, fault) = (job.state.name(), job.state.fault());
    json!({
        "id": job.id.0,
        "title": job.track.title.as_str(),
        "artists": job.track.artist_line(),
        "source": job.track.reference.to_string(),
        "group": job.group.as_ref().map(|group| group.title.as_str()),
        "state": state,
        "reason": fault.map(|fault| fault.message.as_str()),
        "hint": fault.and_then(|fault| fault.hint.as_ref()).map(CleanText::as_str),
        "heals": fault.map(|fault| fault.retry == Retry::Later),
        "wait_s": job.wait.map(|wait| wait.as_secs()),
        "tries": job.tries,
        "bytes": job.bytes,
        "total": job.total,
    })
}

fn list(profile: &Profile, json: bool) -> Result<ExitCode, Fault> {
    let kept = downloads(profile)?;
    if json {
        text::json(&kept.jobs.iter().map(facts).collect::<Vec<_>>());
        return Ok(ExitCode::SUCCESS);
    }
    if kept.jobs.is_empty() {
        text::error_line("segue: Nothing is queued.");
    }
    for job in &kept.jobs {
        print(job);
    }
    if kept.is_paused {
        text::error_line("segue: All downloads are held; segue download resume lets them go on.");
    }
    Ok(ExitCode::SUCCESS)
}

/// A job in a line: where it stands, how much of it there is, and why it does not go on and when it will.
pub(super) fn print(job: &DownloadJob) {
    let part = match job.total {
        Some(_) if job.state != DownloadState::Done && job.bytes > 0 => {
            format!(" {}%", percent(job.bytes, job.total))
        }
        _ => String::new(),
    };
    let size = Some(job.total.unwrap_or(job.bytes)).filter(|size| *size > 0);
    let size = size.map(size_words).unwrap_or_default();
    let group = job.group.as_ref().map(|group| format!("  ({})", group.title)).unwrap_or_default();
    let again = job.wait.map(|wait| format!("  again in {} s", wait.as_secs().max(1))).unwrap_or_default();
    let why = job.state.fault().map(|fault| format!("  {fault}{again}")).unwrap_or_default();
    let state = format!("{}{part}", job.state.name());
    text::line(&format!("{:>5}  {state:<14}  {size:>8}  {}{group}{why}", job.id.0, shown(&job.track)));
}

fn verify(profile: &Profile, dry_run: bool, json: bool) -> Result<ExitCode, Fault> {
    let found = verify_downloads(profile, dry_run)?;
    let row = |copy: &OfflineCopy| {
        json!({ "title": copy.track.title.as_str(), "source": copy.track.reference.to_string(),
                "path": copy.file.path.to_string_lossy() })
    };
    let rows = |copies: &[OfflineCopy]| copies.iter().map(row).collect::<Vec<_>>();
    if json {
        text::json(&json!({
            "whole": found.whole, "missing": rows(&found.missing), "damaged": rows(&found.damaged),
            "queued": found.queued, "asked": found.asked,
        }));
    } else {
        for (word, copies) in [("missing", &found.missing), ("damaged", &found.damaged)] {
            for copy in copies {
                text::line(&format!("{word}  {}  {}", shown(&copy.track), copy.file.path.display()));
            }
        }
        let (missing, damaged) = (found.missing.len(), found.damaged.len());
        let again = if found.asked {
            "the Segue that downloads was asked to copy them again".to_owned()
        } else {
            format!("{} queued again", found.queued)
        };
        text::line(&format!("{} whole, {missing} missing, {damaged} damaged; {again}.", found.whole));
    }
    let is_whole = found.missing.is_empty() && found.damaged.is_empty();
    Ok(if is_whole { ExitCode::SUCCESS } else { exit::code(crate::model::FaultKind::Damaged) })
}

fn copy(profile: Profile, json: bool) -> Result<ExitCode, Fault> {
    let mut line = text::ProgressLine::new(!json && io::stderr().is_terminal());
    let mut is_explained = false;
    let end = run_downloads(profile, &mut |news| {
        is_explained |= matches!(news, RunNews::Failed(..) | RunNews::Held(..));
        if json {
            return text::json(&event(&news));
        }
        match news {
            RunNews::Begun(_, title) => {
                line.clear();
                text::error_line(&format!("begun: {title}"));
            }
            RunNews::Done(_, title, copy) => {
                line.clear();
                text::line(&format!("done: {title}  {}", copy.path.display()));
            }
            RunNews::Failed(_, title, fault, again) => {
                line.clear();
                let again = if again { " It is tried again." } else { "" };
                text::error_line(&format!("failed: {title}. {fault}{again}"));
            }
            RunNews::ListNotRead(title, fault) => {
                line.clear();
                text::error_line(&format!("{title} was not read anew: {fault} What is here of it stays."));
            }
            RunNews::Held(_, title, fault) => {
                line.clear();
                text::error_line(&format!("held: {title}. {fault}"));
            }
            RunNews::Progress { done, all, bytes, total, speed } => {
                let cells = usize::from(percent(bytes, Some(total).filter(|total| *total > 0))) / 5;
                let bar = format!("{}{}", "=".repeat(cells), ".".repeat(20 - cells));
                line.show(&format!("{done}/{all} [{bar}] {} kB/s", speed / 1000));
            }
        }
    });
    line.clear();
    let end = end?;
    if json {
        text::json(
            &json!({ "event": "summary", "done": end.done, "left": end.left, "paused": end.paused, "later": end.later, "fault": end.fault }),
        );
    } else {
        text::line(&format!("{} done, {} left.", end.done, end.left));
        if end.paused > 0 && end.signal.is_none() {
            let paused = part(end.paused, end.left, ["is", "are"]);
            text::error_line(&format!("{paused} paused; `segue download resume ID...` lets it go on."));
        }
        if end.later > 0 && end.signal.is_none() {
            let later = part(end.later, end.left, ["goes", "go"]);
            text::error_line(&format!("{later} on with the next `segue download run`, or with the player."));
        }
        if let Some(fault) = end.fault.as_ref().filter(|_| !is_explained && end.signal.is_none()) {
            text::error_line(&fault.to_string());
        }
    }
    Ok(match (end.signal, end.fault) {
        (Some(number), _) => ExitCode::from(exit::SIGNAL + number),
        (None, Some(fault)) => exit::code(fault.kind),
        (None, None) => ExitCode::SUCCESS,
    })
}

/// What may not be kept, a line for each reason.
fn refusals(refused: &[(CleanText, CleanText)]) -> Vec<String> {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (title, why) in refused {
        by_reason.entry(why.as_str()).or_default().push(title.as_str());
    }
    let line = |(why, titles): (&str, Vec<&str>)| {
        let named = titles.iter().take(MOST_NAMED).copied().collect::<Vec<_>>().join(", ");
        let others = match titles.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        format!("segue: {named}{others} may not be kept: {why}")
    };
    by_reason.into_iter().map(line).collect()
}

/// So many of those that are left, with the verb for one and for many.
fn part(count: usize, left: usize, [one, many]: [&str; 2]) -> String {
    match count {
        all if all == left => format!("What is left {one}"),
        1 => format!("1 of them {one}"),
        some => format!("{some} of them {many}"),
    }
}

fn event(news: &RunNews) -> Value {
    match news {
        RunNews::Begun(id, title) => json!({ "event": "begun", "id": id.0, "title": title }),
        RunNews::Done(id, title, copy) => json!({
            "event": "done", "id": id.0, "title": title, "path": copy.path.to_string_lossy(), "bytes": copy.bytes,
            "sha256": copy.sha256,
        }),
        RunNews::Failed(id, title, fault, again) => {
            json!({ "event": "failed", "id": id.0, "title": title, "fault": fault, "again": again })
        }
        RunNews::ListNotRead(title, fault) => {
            json!({ "event": "list_not_read", "title": title, "fault": fault })
        }
        RunNews::Held(id, title, fault) => {
            json!({ "event": "held", "id": id.0, "title": title, "fault": fault })
        }
        RunNews::Progress { done, all, bytes, total, speed } => json!({
            "event": "progress", "done": done, "all": all, "bytes": bytes, "total": total, "bytes_per_second": speed,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_kept_is_told_by_its_reason() {
        let refused = |all: &[(&str, &str)]| {
            let all: Vec<_> = all.iter().map(|(title, why)| ((*title).into(), (*why).into())).collect();
            refusals(&all)
        };
        assert!(refused(&[]).is_empty());
        assert_eq!(
            refused(&[
                ("a", "gated"),
                ("b", "sold"),
                ("c", "gated"),
                ("d", "gated"),
                ("e", "gated"),
                ("f", "gated")
            ]),
            ["segue: a, c, d and 2 more may not be kept: gated", "segue: b may not be kept: sold"]
        );
    }

    #[test]
    fn parts_of_what_is_left_are_told() {
        let is = ["is", "are"];
        assert_eq!(
            [part(2, 2, is), part(1, 3, is), part(2, 3, is)],
            ["What is left is", "1 of them is", "2 of them are"]
        );
    }
}
