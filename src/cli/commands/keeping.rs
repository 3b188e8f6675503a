//! `segue download keep`, `unkeep`, `check` and `watch`.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::arrange::shown;
use super::download::{facts, print};
use crate::app::{percent, travel_words};
use crate::cli::{exit, text};
use crate::model::{CleanText, Fault, FaultKind, ListStanding};
use crate::runtime::{DownloadsDone, Profile, WatchNews, leave_list, travel_check, watch_downloads};

/// Keeps lists offline from now on.
pub(super) fn keep(profile: &Profile, names: &[String], json: bool) -> Result<ExitCode, Fault> {
    let shelves = super::open_shelves(Profile { warnings: Vec::new(), ..profile.clone() })?;
    let mut rows = Vec::new();
    let mut fault = None;
    for name in names {
        match shelves.keep_list(profile, name) {
            Ok((done, title, tracks)) => rows.push(kept(&done, &title, tracks, json)),
            Err(found) => {
                text::error_line(&format!("segue: {found}"));
                fault.get_or_insert(found);
            }
        }
    }
    if json {
        text::json(&rows);
    }
    Ok(fault.map_or(ExitCode::SUCCESS, |fault| exit::code(fault.kind)))
}

fn kept(done: &DownloadsDone, title: &CleanText, tracks: usize, json: bool) -> Value {
    let queued = match done {
        DownloadsDone::Done { count, .. } => Some(*count),
        DownloadsDone::Asked => None,
    };
    if !json {
        let more = match queued {
            Some(queued) => format!("{queued} of {tracks} queued"),
            None => "the Segue that downloads was asked".to_owned(),
        };
        text::line(&format!("keep: {title} is kept offline; {more}."));
    }
    json!({ "done": "keep", "title": title.as_str(), "tracks": tracks, "queued": queued, "asked": queued.is_none() })
}

/// Keeps lists offline no longer.
pub(super) fn unkeep(profile: &Profile, names: &[String], json: bool) -> Result<ExitCode, Fault> {
    let mut rows = Vec::new();
    for name in names {
        let (done, title) = leave_list(profile, name)?;
        if !json {
            text::line(&format!("unkeep: {title} is kept offline no longer; its copies stay."));
        }
        rows.push(
            json!({ "done": "unkeep", "title": title.as_str(), "asked": done == DownloadsDone::Asked }),
        );
    }
    if json {
        text::json(&rows);
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells how much of what is kept offline is not yet here.
pub(super) fn check(profile: &Profile, json: bool) -> Result<ExitCode, Fault> {
    let lists = travel_check(profile)?;
    let words = travel_words(&lists);
    let count = |of: fn(&ListStanding) -> usize| lists.iter().map(of).sum::<usize>();
    if json {
        text::json(&json!({
            "all": count(|list| list.all), "here": count(|list| list.here), "words": words,
            "lists": lists.iter().map(standing).collect::<Vec<_>>(),
        }));
    } else {
        for list in &lists {
            let read = if list.read_at == 0 { "  not read yet" } else { "" };
            text::line(&format!("{:>5} of {:<5} {}  {}{read}", list.here, list.all, list.title, list.source));
            for (track, why_not) in &list.missing {
                let why = why_not.as_ref().map(|why| format!("  may not be kept: {why}")).unwrap_or_default();
                text::line(&format!("      missing    {}{why}", shown(track)));
            }
        }
        text::line(&format!("{words}."));
    }
    let waits = |list: &ListStanding| list.missing.iter().any(|(_, why_not)| why_not.is_none());
    let is_ready = !lists.iter().any(|list| list.read_at == 0 || waits(list));
    Ok(if is_ready { ExitCode::SUCCESS } else { exit::code(FaultKind::Other) })
}

fn standing(list: &ListStanding) -> Value {
    let missing = |(track, why_not): &(std::sync::Arc<crate::model::Track>, Option<CleanText>)| {
        json!({ "title": track.title.as_str(), "source": track.reference.to_string(),
                "why_not": why_not.as_ref().map(CleanText::as_str) })
    };
    json!({
        "list": list.source.to_string(), "title": list.title.as_str(), "all": list.all, "here": list.here,
        "read_at": (list.read_at > 0).then_some(list.read_at),
        "missing": list.missing.iter().map(missing).collect::<Vec<_>>(),
    })
}

/// Tells what changes in the queue, until nothing is left to be done.
pub(super) fn watch(profile: &Profile, json: bool) -> Result<ExitCode, Fault> {
    let mut line = text::ProgressLine::new(!json && io::stderr().is_terminal());
    watch_downloads(profile, &mut |news| match news {
        WatchNews::Runs(runs) if json => text::json(&json!({ "event": "watch", "runs": runs })),
        WatchNews::Runs(true) => {}
        WatchNews::Runs(false) => {
            text::error_line("segue: Nobody downloads just now; segue download run does.");
        }
        WatchNews::Job(job) if json => {
            let mut row = facts(&job);
            if let Some(row) = row.as_object_mut() {
                row.insert("event".to_owned(), "job".into());
            }
            text::json(&row);
        }
        WatchNews::Job(job) => {
            line.clear();
            print(&job);
        }
        WatchNews::Gone(id) if json => text::json(&json!({ "event": "gone", "id": id.0 })),
        WatchNews::Gone(id) => {
            line.clear();
            text::line(&format!("{:>5}  taken out", id.0));
        }
        WatchNews::Sum { done, all, bytes, total } if json => text::json(
            &json!({ "event": "progress", "done": done, "all": all, "bytes": bytes, "total": total }),
        ),
        WatchNews::Sum { done, all, bytes, total } => {
            let part = percent(bytes, Some(total).filter(|total| *total > 0));
            line.show(&format!("{done}/{all} {part}%"));
        }
    })?;
    line.clear();
    Ok(ExitCode::SUCCESS)
}
